"""The templates that write notes: one small Jinja file for each piece of a note and flavour.

The shipped templates write every note; the user's own replace those of the same name. A template sees only
the values of its piece, written for the flavour and with foreign text escaped.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Literal

from jinja2 import Template

from export.note_places import Flavour
from export.template_sandbox import MAX_LENGTH, compile_template, join_parts
from record_types.errors import InputError
from record_types.regular_files import open_regular

PIECES: dict[str, tuple[str, ...]] = {
    "highlight": (
        "text", "citation", "author", "location", "date", "url", "cut", "where", "tags", "id",
        "document", "page", "marks", "also", "starts_apart", "ends_apart", "quotes",
    ),
    "citation": ("author", "location", "date", "url", "cut", "where", "document", "page", "marks", "also"),
    "note": ("lead", "text", "starts_apart", "ends_apart"),
    "tags": ("tags",),
    "resource": ("link", "title", "url", "labels", "kind", "site", "shared", "state", "note"),
    "heading": ("title",),
    "document": ("link", "author", "category"),
    "entry": ("link", "about"),
    "excerpt": ("text", "link"),
    "intro": ("highlights", "documents", "resources", "span"),
    "related": ("lead", "links"),
}  # fmt: skip
"""The names that each piece's template may use.

`where`, `tags`, `marks`, `also`, `labels`, `shared` and `links` are lists. `where` holds author, location and
date, as far as known. In a topic's note, `document` links to the highlight's document, `also` to others with
the same passage, `marks` are the reader's tags, and `where` holds no author; elsewhere the three are empty.
Below a heading that names the document (the piece `document`), `page` takes the place of `document`: a link
to the highlight's block in the reader's own page, if there is one. Where each highlight has a note, it links
to that.
`cut` says that the text is only the beginning; `id` is what Obsidian can link to; `starts_apart` and
`ends_apart` are `yes` if the text begins or ends with a list, table or code, which need lines of their own;
`quotes` is the configured form of highlights.
"""
ONE_LINE = ("heading", "document", "citation", "excerpt")
"""Pieces whose line breaks become spaces."""
MAY_BE_EMPTY = ("citation", "note", "tags", "resource", "entry", "excerpt", "intro", "related")
"""Pieces that a template hides by rendering nothing."""

SUFFIX = ".jinja"
MAX_BYTES = 4 * MAX_LENGTH + 4
_SHIPPED = Path(__file__).with_name("shipped")

Quotes = Literal["plain", "quote", "callout"]
"""A highlight as plain text, as a quotation, or as one of Obsidian's callouts."""
QUOTES: tuple[Quotes, ...] = ("plain", "quote", "callout")
_DEFAULT_QUOTES: dict[Flavour, Quotes] = {"markdown": "plain", "logseq": "plain", "obsidian": "quote"}

Value = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one flavour, by piece."""

    by_piece: Mapping[str, Template]
    names: Mapping[str, frozenset[str]]
    """The names whose values each template needs; no others are written, which saves time."""
    own: frozenset[str] = frozenset()
    """The pieces whose template is the user's."""

    def render(self, piece: str, values: dict[str, Value]) -> str:
        """Render a piece. Raises InputError with the template's file and line."""
        template = self.by_piece[piece]
        try:
            try:
                # As `template.generate` does, without a generator around each of its parts.
                text = join_parts(template.root_render_func(template.new_context(values))).strip("\n")
            except Exception:  # noqa: BLE001 - a template's mistake can raise anything
                template.environment.handle_exception()
        except Exception as error:  # noqa: BLE001
            message = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"{_find_line(error, template)}: {message}") from None
        if piece in ONE_LINE:
            text = " ".join(text.split())
        if piece not in MAY_BE_EMPTY and not text.strip():
            raise InputError(f"{template.filename}:1: this template rendered nothing for a {piece}")
        return text


@dataclass(frozen=True, slots=True)
class Style:
    """What determines, besides the records, how a note looks."""

    flavour: Flavour
    quotes: Quotes
    templates: Templates
    unlinked: bool = False
    """Whether page references in copied text become plain words, as in the graph that the text comes from."""


def make_style(flavour: Flavour, quotes: str = "", folder: Path | None = None) -> Style:
    """Make the style for the configured form of quotations and folder of the user's own templates.

    In Logseq a highlight is a block of its own, so it is never a quotation; callouts are Obsidian's alone.
    """
    chosen = next((each for each in QUOTES if each == quotes), _DEFAULT_QUOTES[flavour])
    if flavour == "logseq":
        chosen = "plain"
    elif flavour == "markdown" and chosen == "callout":
        chosen = "quote"
    templates = _read_shipped(flavour)
    return Style(flavour, chosen, templates if folder is None else _add_own(templates, folder, flavour))


def list_shipped() -> list[tuple[str, str]]:
    """List the shipped templates, for the user to copy and change: path below a folder, text."""
    paths = sorted(_SHIPPED.rglob(f"*{SUFFIX}"))
    return [(path.relative_to(_SHIPPED).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


@lru_cache
def _read_shipped(flavour: Flavour) -> Templates:
    shipped = _compile([_SHIPPED / flavour / f"{piece}{SUFFIX}" for piece in PIECES])
    return Templates(shipped.by_piece, _complete_names(shipped.names))


def _add_own(shipped: Templates, folder: Path, flavour: Flavour) -> Templates:
    """Add the user's templates: those in the folder named like the flavour, else those in `folder` itself.

    Raises InputError with file and line for an invalid template.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder of templates")
    paths = {path.name: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    paths |= {path.name: path for path in sorted((folder / flavour).glob(f"*{SUFFIX}"))}
    for path in paths.values():
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{path}:1: a symbolic link that leaves the folder of templates")
    own = _compile(paths.values())
    return Templates(
        {**shipped.by_piece, **own.by_piece},
        _complete_names({**shipped.names, **own.names}),
        frozenset(own.by_piece),
    )


def _compile(paths: Iterable[Path]) -> Templates:
    by_piece, names = {}, {}
    for path in paths:
        piece = path.name.removesuffix(SUFFIX)
        if piece not in PIECES:
            near = get_close_matches(piece, PIECES, 1)
            hint = f"; did you mean {near[0]}{SUFFIX}?" if near else f"; the pieces are {', '.join(PIECES)}"
            raise InputError(f"{path}:1: there is no piece named {piece}{hint}")
        try:
            with open_regular(path) as file:
                source = file.read(MAX_BYTES).decode("utf-8").replace("\r\n", "\n")
        except OSError as error:
            raise InputError(f"{path}:1: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise InputError(f"{path}:1: cannot be read: {error}") from None
        if len(source) > MAX_LENGTH:
            raise InputError(f"{path}:1: longer than {MAX_LENGTH:,} characters")
        by_piece[piece], names[piece] = compile_template(source, path, PIECES[piece])
    return Templates(by_piece, names)


def _complete_names(names: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Add what a highlight's template needs by way of its citation and `where`."""
    highlight = names["highlight"]
    if "citation" in highlight:
        highlight |= names["citation"]
    if "where" in highlight:
        highlight |= {"author", "location", "date"}
    return {**names, "highlight": highlight}


def _find_line(error: BaseException, template: Template) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == template.filename]
    return f"{template.filename}:{lines[-1] if lines else 1}"
