"""Find and read the configuration's file; `./config.toml` only if the user approved it.

A graph or repository from somebody else may bring a `config.toml`. If it were used just because a command
runs in its folder, it could copy private pages into the graph or write a log over a file. So it is used only
if it belongs to the user, nobody else can write it, and the user approved exactly these contents at this
place. A configuration that the user names, or that is in the user's own configuration folder, needs no
approval.

An approval is a file in the folder `allowed` beside the user's own configuration. Its name is the SHA-256 of
the configuration's path; it holds one line as `sha256sum` prints it: the hash of the contents, and the path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from gleanings.config import Config, parse_config
from gleanings.config_parser import parse_toml
from record_types.errors import InputError
from record_types.regular_files import drop_leftover_copies, replace_file

READWISE = "https://readwise.io"
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
HERE = Path("config.toml")
"""The configuration in the current folder."""


def find_config(named: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file to read: `--config`, `$GLEANINGS_CONFIG`, `./config.toml`, the user's own, or None.

    Raises InputError if `./config.toml` exists but may not be used.
    """
    path = locate_config(named, environment)
    if path == HERE and named is None and not environment.get("GLEANINGS_CONFIG"):
        check_trusted(path)
    return path


def locate_config(named: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The same file, whether it may be used or not."""
    variable = environment.get("GLEANINGS_CONFIG")
    explicit = named or (Path(variable) if variable else None)
    if explicit is not None:
        if not explicit.is_file():
            what = "no such configuration file"
            if explicit.exists():
                what = f"a {'folder' if explicit.is_dir() else 'special file'}, not a configuration file"
            raise InputError(f"{explicit}: {what}")
        return explicit
    if HERE.is_file():
        return HERE
    own = find_user_folder() / HERE.name
    return own if own.is_file() else None


def read_config(path: Path | None) -> Config:
    """The configuration in `path`, with defaults for missing keys; all defaults for None."""
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8: save the file as UTF-8") from None
    return parse_config(text, str(path))


def find_user_folder() -> Path:
    """The folder with the user's own configuration and approvals."""
    import platformdirs

    return Path(platformdirs.user_config_dir("gleanings", appauthor=False))


def check_trusted(path: Path) -> None:
    """Raise InputError, with the command that helps, unless a configuration found by itself may be used."""
    place = locate(path)
    if is_own(place):
        return
    _check_owner(place)
    data = _read(place)
    allowed = _read_approval(place)
    if allowed != sha256(data).hexdigest():
        why = "it has changed since you approved it" if allowed else "you have not approved it"
        raise InputError(
            f"{place} is not used, since {why}: read it, then run `gleanings config allow` in its folder, "
            "or name it with --config"
        )
    _check_requests(place, data)


def is_trusted(path: Path) -> bool:
    """Whether a configuration found by itself may be used."""
    try:
        check_trusted(path)
    except InputError:
        return False
    return True


def approve(path: Path) -> None:
    """Approve the present contents of a configuration. Raises InputError if it may not be used even then."""
    place = locate(path)
    drop_leftover_copies(place.parent)
    if is_own(place):
        return
    _check_owner(place)
    data = _read(place)
    _check_requests(place, data)
    file = _locate_approval(place)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(file, _describe(place, sha256(data).hexdigest()))
    except OSError as error:
        raise InputError(f"{error.filename or file}: {error.strerror}") from None


def locate(path: Path) -> Path:
    """The absolute path of a configuration, which may itself be a symbolic link."""
    return path.absolute().parent.resolve() / path.name


def is_own(place: Path) -> bool:
    """Whether the configuration is in the user's own configuration folder."""
    return place.parent == find_user_folder().resolve()


def _check_owner(place: Path) -> None:
    """The file, its folder and, for a symbolic link, its target's folder may be written by the user alone."""
    for each in dict.fromkeys((place, place.resolve(), place.parent, place.resolve().parent)):
        try:
            found = each.stat()
        except OSError as error:
            raise InputError(f"{each}: {error.strerror}") from None
        if found.st_uid != os.geteuid():
            raise InputError(
                f"{place} is not used, since {each} belongs to another user: name it with --config"
            )
        # in a folder like /tmp, the sticky bit keeps others from replacing the file
        is_sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
        if found.st_mode & _WRITABLE_BY_OTHERS and not is_sticky:
            raise InputError(
                f"{place} is not used, since other users can write to {each}: run `chmod go-w {each}`, or "
                "name it with --config"
            )


def _check_requests(place: Path, data: bytes) -> None:
    """Raise InputError for what only the environment or a configuration that the user named may decide.

    That is where the token goes, and that addresses are left to a proxy.
    """
    try:
        table = parse_toml(data.decode("utf-8"))
    except ValueError:
        return  # parsing it reports the error with its line
    readwise, links = table.get("readwise"), table.get("links")
    if isinstance(links, dict) and links.get("proxy"):
        raise InputError(
            f"{place}: `proxy` under [links] would leave the check of addresses to a proxy: name the "
            "configuration with --config"
        )
    url = readwise.get("url", READWISE) if isinstance(readwise, dict) else READWISE
    if not isinstance(url, str) or url.rstrip("/") != READWISE:
        raise InputError(
            f"{place}: `url` under [readwise] would send the token elsewhere: set $GLEANINGS_READWISE_URL, "
            "or name the configuration with --config"
        )


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {error.strerror}") from None


def _locate_approval(place: Path) -> Path:
    return find_user_folder() / "allowed" / sha256(os.fsencode(place)).hexdigest()


def _read_approval(place: Path) -> str | None:
    """The hash of the contents that were approved."""
    try:
        line = _locate_approval(place).read_bytes()
    except OSError:
        return None
    digest = line[:64].decode("ascii", "replace")
    return digest if line == _describe(place, digest) else None


def _describe(place: Path, digest: str) -> bytes:
    return digest.encode("ascii", "replace") + b"  " + os.fsencode(place) + b"\n"
