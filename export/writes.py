"""What is to be done, or was done, about each file of an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from export.merging import Conflict
    from export.rendered import Rendered

Action = Literal[
    "create",
    "update",
    "merge",
    "same",
    "adopt",
    "edited",
    "deleted",
    "foreign",
    "obsolete",
    "changed",
    "unsettled",
    "refused",
    "held",
]
"""`create`, `update` and `merge` (of a file that its reader edited) write. `same` and `adopt` need nothing;
`adopt` was not known to be ours. `edited` (in a way that cannot be merged), `deleted` (by the reader),
`foreign` (never ours) and `obsolete` (ours, no longer wanted) are left alone. `changed`, `unsettled` and
`refused` come from the writing itself: the file changed meanwhile, or so lately that its reader may
still be at it, or lies behind a symbolic link. `held`: its reader edited it, as they did most notes that
would be written anew, and is to be asked first."""

WRITES = ("create", "update", "merge")
DONE = (*WRITES, "same", "adopt")
"""After these the note's newest form counts as written."""
LEFT_ALONE = ("edited", "deleted", "foreign", "obsolete", "changed", "unsettled", "refused", "held")
"""What the user should hear of."""


@dataclass(frozen=True, slots=True)
class Write:
    """One file and what is to be done about it."""

    path: str
    """Below the export folder, with `/`."""
    action: Action
    text: str = ""
    """The wanted text; empty for `obsolete`."""
    data: bytes = b""
    """The bytes to write: the text with the line ends that the file has."""
    before: bytes | None = None
    """What the file held when it was decided; None where it was not there."""
    reason: str = ""
    """For a file that is left alone: why, in a few words."""
    uid: str = ""
    """The note's; empty for `obsolete`."""
    blocks: tuple[Rendered, ...] = ()
    """What the wanted text is made of."""
    conflicts: tuple[Conflict, ...] = ()
    """Newer texts of blocks that the reader changed; theirs stand in the file."""
    withheld: tuple[Conflict, ...] = ()
    """New blocks whose section the reader deleted."""
