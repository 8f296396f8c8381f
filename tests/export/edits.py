"""Edits that users make to a file between two exports, drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

SCRAPS = ("mine", "- mine", "\t- mine", "> mine", "```", "## Mine", "mine:: 1", "", "   mine", "1. mine")


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, int, str]]:
    """Draw successive edits: the kind, the place (in thousandths of the file) and the words."""
    kinds = st.sampled_from(["insert", "insert", "delete", "change", "move", "drop"])
    drawn = draw(st.lists(st.tuples(kinds, st.integers(0, 999), st.sampled_from(SCRAPS)), max_size=6))
    return [(kind, place, words) for kind, place, words in drawn]


def edit(text: str, changes: list[tuple[str, int, str]], start: int = 1) -> tuple[str, list[str]]:
    """Return the edited text and the user's words in it, each of them unique (`mine7`)."""
    lines = text.split("\n")
    for number, (kind, share, words) in enumerate(changes, start):
        words = words.replace("mine", f"mine{number}").replace("Mine", f"mine{number}")
        at = share * len(lines) // 1000
        if kind == "insert":
            lines.insert(at, words)
        elif kind == "change" and "mine" not in lines[at]:
            lines[at] += f" mine{number}"
        elif kind == "delete" and "mine" not in lines[at]:
            del lines[at]
        elif kind == "move":
            lines.insert(share * 7 % (len(lines)), lines.pop(at))
        elif kind == "drop":
            past = min(at + 5, len(lines))
            lines[at:past] = [line for line in lines[at:past] if "mine" in line]
        lines = lines or [""]
    left = "\n".join(lines)
    return left, [word for word in left.replace("`", " ").split() if word.startswith("mine")]
