"""The reader's own templates: one small Jinja file for each piece of a note, in a sandbox.

A template sees only the written values of its piece (`export.pieces`), calls nothing, reaches no attribute
and no other file, and is bounded: no loop over anything but the lists that it is given, no names of its own
that could grow from line to line, results of at most `LONGEST` characters. So the time that it takes
follows from its length.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from export.pieces import MAY_BE_EMPTY, ONE_LINE, PIECES
from record_types.errors import InputError

ENDING = ".jinja"
LONGEST = 200_000
"""Characters of a template and of what it may make."""
_MOST = 1000
_DEEPEST = 2
"""Loops within loops."""
_FILTERS = (
    "capitalize", "d", "default", "first", "last", "length", "lower", "select", "sort", "title", "trim",
    "truncate", "unique", "upper",
)  # fmt: skip
_REFUSED = (
    nodes.Call, nodes.Macro, nodes.CallBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends,
    nodes.Block, nodes.Assign, nodes.AssignBlock, nodes.With, nodes.FilterBlock, nodes.Pow, nodes.Mul,
)  # fmt: skip
_MISTAKES = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError)

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one flavour, by piece; what is not there is written as gleanings has it."""

    by_piece: Mapping[str, Template] = field(default_factory=dict)

    def __contains__(self, piece: str) -> bool:
        return piece in self.by_piece

    def render(self, piece: str, values: Values) -> str:
        """The piece as its template writes it; an `InputError` names the template's line."""
        template = self.by_piece[piece]
        try:
            text = _join(template.generate(values), "").strip("\n")
        except _MISTAKES as error:
            raise InputError(f"{_find_line(error, template)}: {_say(error)}") from None
        if not text.strip() and piece not in MAY_BE_EMPTY:
            raise InputError(f"{template.filename}:1: this template made nothing of a {piece}")
        return " ".join(text.split()) if piece in ONE_LINE else text


def read_templates(folder: Path, flavour: str) -> Templates:
    """The templates of a flavour: those in the folder of its name, else those in `folder` itself.

    Raises `InputError` with file and line for what cannot be a template.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder of templates")
    paths = {path.name: path for path in sorted(folder.glob(f"*{ENDING}"))}
    paths |= {path.name: path for path in sorted((folder / flavour).glob(f"*{ENDING}"))}
    environment = _make_environment()
    found = {}
    for name, path in paths.items():
        piece = name.removesuffix(ENDING)
        if piece not in PIECES:
            near = get_close_matches(piece, PIECES, 1)
            hint = f"; did you mean {near[0]}{ENDING}?" if near else f"; there are {', '.join(PIECES)}"
            raise InputError(f"{path}:1: no piece of a note is called {piece}{hint}")
        found[piece] = _compile(environment, piece, path)
    return Templates(found)


def _compile(environment: ImmutableSandboxedEnvironment, piece: str, path: Path) -> Template:
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}:1: cannot be read: {error}") from None
    if len(source) > LONGEST:
        raise InputError(f"{path}:1: longer than {LONGEST:,} characters")
    try:
        tree = environment.parse(source, piece, str(path))
        _check(tree, piece, path)
        code = environment.compile(tree, piece, str(path))
    except TemplateSyntaxError as error:
        raise InputError(f"{path}:{error.lineno}: {error.message}") from None
    except (RecursionError, SyntaxError, MemoryError):
        raise InputError(f"{path}:1: nested too deep") from None
    return Template.from_code(environment, code, {})


def _check(tree: nodes.Template, piece: str, path: Path) -> None:
    """Refuse what a piece does not need and what could run without end."""
    loops = {name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)}
    loops |= {loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)}
    known = {*PIECES[piece], *loops, "loop"}
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
            continue
        if isinstance(node, nodes.Getattr):
            raise InputError(f"{path}:{node.lineno}: `.{node.attr}`: values have no attributes here")
        if isinstance(node, _REFUSED):
            what = type(node).__name__.lower()
            raise InputError(f"{path}:{node.lineno}: a template of notes has no `{what}`")
        if isinstance(node, nodes.Name) and node.name not in known:
            there = ", ".join(PIECES[piece])
            raise InputError(f"{path}:{node.lineno}: `{node.name}` is not known here; there are {there}")
    _bound_loops(tree, path, 0)


def _bound_loops(node: nodes.Node, path: Path, depth: int) -> None:
    """Let loops run over lists only, and not deep."""
    for child in node.iter_child_nodes():
        inner = depth
        if isinstance(child, nodes.For):
            inner = depth + 1
            if inner > _DEEPEST or child.recursive:
                raise InputError(f"{path}:{child.lineno}: loops within loops within loops")
            child.iter = nodes.Filter(child.iter, "items_of", [], [], None, None, lineno=child.lineno)
        _bound_loops(child, path, inner)


def _make_environment() -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.filters |= {"join": _join, "quote": quote, "replace": _replace, "items_of": _items_of}
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    """Without any attribute or call, and without the two operators that make much of little."""

    intercepted_binops = frozenset(["%", "*", "**"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return type(obj).__name__ == "LoopContext" and attr in ("first", "last", "index", "index0", "length")

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)) or operator == "**":
            raise SecurityError(f"`{operator}` is for numbers only")
        return super().call_binop(context, operator, left, right)


def quote(text: str) -> str:
    """Each line behind `> `."""
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))


def _join(parts: Iterable[object], separator: str = "") -> str:
    out, length = [], 0
    for part in parts:
        out.append(str(part))
        length += len(out[-1]) + len(separator)
        if length > LONGEST:
            raise SecurityError(f"made more than {LONGEST:,} characters")
    return separator.join(out)


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > LONGEST:
        raise SecurityError(f"made more than {LONGEST:,} characters")
    return text.replace(old, new)


def _items_of(value: object) -> list[object] | tuple[object, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > _MOST:
        raise SecurityError(f"a loop goes over a list of at most {_MOST:,}")
    return value


def _find_line(error: BaseException, template: Template) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == template.filename]
    return f"{template.filename}:{lines[-1] if lines else 1}"


def _say(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def list_shipped() -> list[tuple[str, str]]:
    """The templates that write what gleanings writes without any: path below a folder, text."""
    shipped = Path(__file__).with_name("shipped")
    paths = sorted(shipped.rglob(f"*{ENDING}"))
    return [(path.relative_to(shipped).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
