"""What kept a sync from beginning, so that this, too, is said once: a configuration that cannot be read, say.

A sync remembers beside its store what it has said (`memory`), but a store that no configuration names is none
to lie beside. This lies where the log does by default, a file for each folder and options that a sync is
begun with, and goes when that sync begins.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from gleanings.sync.memory import Memory, digest_name, read_memory, save_memory
from record_types.errors import GleaningsError

STEP = "begin"


def name_refusals(here: Path, config: Path | None, db: Path | None) -> Path:
    """Where the memory lies of the syncs that are begun in the folder `here` with these options."""
    import platformdirs

    folder = Path(platformdirs.user_log_dir("gleanings", appauthor=False))
    words = "\0".join((str(here), str(config or ""), str(db or "")))
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return folder / f"not-begun-{digest}.json"


def is_news(path: Path, error: GleaningsError) -> bool:
    """Whether this is not what was said last, as it is from now on; True where that cannot be kept."""
    digest = digest_name(str(error))
    if digest in read_memory(path).said.get(STEP, ()):
        return False
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        save_memory(path, Memory(said={STEP: [digest]}))
    return True


def forget(path: Path) -> None:
    """A sync has begun: what kept it from it would be news again."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
