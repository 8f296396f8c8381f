/* Faults of the disk, for tests: an LD_PRELOAD library that counts the calls which change files below one
   folder, and lets the n-th fail, or kills the process at it. See tests/disk_faults/disk.py.

   faults_begin(root, mode, at, log) starts counting; `log` is a descriptor that every successful call is
   written to, for the simulation of power cuts (tests/disk_faults/power_cut.py), or -1. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum mode { COUNT, KILL, EIO_ONCE, EIO_STAYS, FULL };

static char root[PATH_MAX];
static size_t root_length;
static int mode, log_file = -1;
static long at, calls;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void faults_begin(const char *folder, int what, long number, int log)
{
    snprintf(root, sizeof root, "%s/", folder);
    root_length = strlen(root);
    mode = what, at = number, log_file = log, calls = 0;
}

long faults_count(void) { return calls; }

#define REAL(name) \
    static typeof(&name) real; \
    if (!real) real = (typeof(&name))dlsym(RTLD_NEXT, #name)

/* The absolute path, if it is below the root; NULL otherwise. */
static const char *place(int fd, const char *path, char *buffer)
{
    if (!root_length) return NULL;
    if (!path) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, buffer, PATH_MAX - 1);
        if (length < 0) return NULL;
        buffer[length] = 0;
    } else if (path[0] != '/') {
        if (!getcwd(buffer, PATH_MAX)) return NULL;
        size_t length = strlen(buffer);
        snprintf(buffer + length, PATH_MAX - length, "/%s", path);
    } else {
        snprintf(buffer, PATH_MAX, "%s", path);
    }
    if (strncmp(buffer, root, root_length - 1) || (buffer[root_length - 1] && buffer[root_length - 1] != '/'))
        return NULL;
    if (strstr(buffer, "-shm")) return NULL; /* SQLite rebuilds it, and never flushes it */
    return buffer;
}

/* Count a call; 1 if it fails (errno is set), 2 if a write is cut short before it fails. */
static int count(const char *path, int adds)
{
    if (!path) return 0;
    pthread_mutex_lock(&lock);
    long number = ++calls;
    pthread_mutex_unlock(&lock);
    if (mode == COUNT || number < at) return 0;
    switch (mode) {
    case KILL:
        kill(getpid(), SIGKILL);
        for (;;) pause();
    case EIO_ONCE:
        if (number > at) return 0; /* fall through */
    case EIO_STAYS:
        errno = EIO;
        return 1;
    case FULL:
        if (!adds) return 0;
        errno = ENOSPC;
        return number == at ? 2 : 1;
    }
    return 0;
}

/* One record of the log: its kind, two numbers, two paths, and data. */
static void record(char kind, const char *path, const char *other, int64_t number, const void *data,
                   size_t size)
{
    if (log_file < 0 || !path) return;
    static ssize_t (*put)(int, const void *, size_t);
    if (!put) put = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    int64_t head[5] = {kind, (int64_t)strlen(path), other ? (int64_t)strlen(other) : 0, number,
                       data ? (int64_t)size : 0};
    int saved = errno;
    pthread_mutex_lock(&lock);
    if (put(log_file, head, sizeof head) < 0 || put(log_file, path, head[1]) < 0 ||
        (other && put(log_file, other, head[2]) < 0) || (data && size && put(log_file, data, size) < 0))
        abort();
    pthread_mutex_unlock(&lock);
    errno = saved;
}

#define AT char buffer[PATH_MAX]; const char *path = place
#define RECORDED(kind, other, number, data, size) \
    if (result >= 0 && path) record(kind, path, other, number, data, size); \
    return result

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write);
    AT(fd, NULL, buffer);
    int fails = count(path, 1);
    if (fails == 1) return -1;
    if (fails == 2 && size > 1) size /= 2;
    else if (fails) return -1;
    ssize_t result = real(fd, data, size);
    off_t end = path && log_file >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    RECORDED('w', NULL, end - result, data, (size_t)result);
}

#define PWRITE(name, offset) \
    ssize_t name(int fd, const void *data, size_t size, offset where) \
    { \
        REAL(name); \
        AT(fd, NULL, buffer); \
        int fails = count(path, 1); \
        if (fails == 1) return -1; \
        if (fails == 2 && size > 1) size /= 2; \
        else if (fails) return -1; \
        ssize_t result = real(fd, data, size, where); \
        RECORDED('w', NULL, where, data, (size_t)result); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

/* Python copies files with these two; without them it reads and writes. */
ssize_t sendfile64(int out, int in, off64_t *offset, size_t size)
{
    REAL(sendfile64);
    AT(out, NULL, buffer);
    return path ? (errno = EINVAL, -1) : real(out, in, offset, size);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t size)
{
    REAL(sendfile);
    AT(out, NULL, buffer);
    return path ? (errno = EINVAL, -1) : real(out, in, offset, size);
}

#define FLUSH(name) \
    int name(int fd) \
    { \
        AT(fd, NULL, buffer); \
        if (count(path, 0)) return -1; \
        if (path) { record(#name[0] == 's' ? 'S' : 's', path, NULL, 0, NULL, 0); return 0; } \
        REAL(name); \
        return real(fd); \
    }
FLUSH(fsync)
FLUSH(fdatasync)
FLUSH(syncfs)

#define TRUNCATE(name, offset) \
    int name(int fd, offset length) \
    { \
        REAL(name); \
        AT(fd, NULL, buffer); \
        if (count(path, 0)) return -1; \
        int result = real(fd, length); \
        RECORDED('t', NULL, length, NULL, 0); \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define OPEN(name) \
    int name(const char *asked, int flags, ...) \
    { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        AT(-1, asked, buffer); \
        if (!(flags & (O_CREAT | O_TRUNC))) path = NULL; \
        if (count(path, 1)) return -1; \
        int result = real(asked, flags, bits); \
        RECORDED('o', NULL, (flags & O_TRUNC) != 0, NULL, 0); \
    }
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to)
{
    REAL(rename);
    char other[PATH_MAX];
    AT(-1, from, buffer);
    if (count(path, 0)) return -1;
    int result = real(from, to);
    RECORDED('r', place(-1, to, other), 0, NULL, 0);
}

int link(const char *from, const char *to)
{
    REAL(link);
    char other[PATH_MAX];
    AT(-1, from, buffer);
    if (count(path, 1)) return -1;
    int result = real(from, to);
    RECORDED('l', place(-1, to, other), 0, NULL, 0);
}

int unlink(const char *asked)
{
    REAL(unlink);
    AT(-1, asked, buffer);
    if (count(path, 0)) return -1;
    int result = real(asked);
    RECORDED('u', NULL, 0, NULL, 0);
}

int unlinkat(int folder, const char *asked, int flags)
{
    REAL(unlinkat);
    char buffer[PATH_MAX];
    const char *path = NULL;
    if (folder == AT_FDCWD || asked[0] == '/') {
        path = place(-1, asked, buffer);
    } else if (place(folder, NULL, buffer)) {
        size_t length = strlen(buffer);
        snprintf(buffer + length, sizeof buffer - length, "/%s", asked);
        path = buffer;
    }
    if (count(path, 0)) return -1;
    int result = real(folder, asked, flags);
    RECORDED('u', NULL, 0, NULL, 0);
}

int rmdir(const char *asked)
{
    REAL(rmdir);
    AT(-1, asked, buffer);
    if (count(path, 0)) return -1;
    int result = real(asked);
    RECORDED('u', NULL, 0, NULL, 0);
}

int mkdir(const char *asked, mode_t bits)
{
    REAL(mkdir);
    AT(-1, asked, buffer);
    if (count(path, 1)) return -1;
    int result = real(asked, bits);
    RECORDED('m', NULL, 0, NULL, 0);
}
