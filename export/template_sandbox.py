"""The sandbox of templates, which bounds what a template can do and how long it can take.

A template sees only the values that it is given, calls nothing, and cannot reach attributes or other files.
It has no loops over anything but lists, no variables of its own that could grow from line to line, and
results of at most `MAX_LENGTH` characters. So the time that it takes follows from its length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from record_types.errors import InputError

MAX_LENGTH = 200_000
"""Characters of a template and of its result."""
_MAX_ITEMS = 1000
_MAX_DEPTH = 2
"""Loops within loops."""
_FILTERS = (
    "capitalize", "d", "default", "first", "last", "length", "lower", "select", "sort", "title", "trim",
    "truncate", "unique", "upper",
)  # fmt: skip
_REFUSED = (
    nodes.Call, nodes.Macro, nodes.CallBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends,
    nodes.Block, nodes.Assign, nodes.AssignBlock, nodes.With, nodes.FilterBlock, nodes.Pow, nodes.Mul,
)  # fmt: skip


def compile_template(source: str, path: Path, names: Collection[str]) -> tuple[Template, frozenset[str]]:
    """Compile a template that may use `names`; return it with those that it does use.

    Raises InputError with file and line for anything that is not a template or is not allowed in one.
    """
    try:
        tree = _ENVIRONMENT.parse(source, path.stem, str(path))
        used = _check(tree, path, names)
        code = _ENVIRONMENT.compile(tree, path.stem, str(path))
    except TemplateSyntaxError as error:
        raise InputError(f"{path}:{error.lineno}: {error.message}") from None
    except (RecursionError, SyntaxError, MemoryError):
        raise InputError(f"{path}:1: nested too deep") from None
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - Jinja's parser raises ValueError for some numbers
        raise InputError(f"{path}:1: not a template: {error}") from None
    return Template.from_code(_ENVIRONMENT, code, {}), used


def join_parts(parts: Iterable[object], separator: str = "") -> str:
    """Join parts to a text of at most `MAX_LENGTH` characters. Raises SecurityError."""
    out, length = [], 0
    for part in parts:
        out.append(str(part))
        length += len(out[-1]) + len(separator)
        if length > MAX_LENGTH:
            raise SecurityError(f"made more than {MAX_LENGTH:,} characters")
    return separator.join(out)


def quote(text: str) -> str:
    """Put `> ` before each line."""
    return "\n".join([f"> {line}" if line.strip() else ">" for line in text.split("\n")])


class _Sandbox(ImmutableSandboxedEnvironment):
    """Without attributes and calls, and without the operators that make large results from small operands."""

    intercepted_binops = frozenset(["%", "*", "**"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return type(obj).__name__ == "LoopContext" and attr in ("first", "last", "index", "index0", "length")

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)) or operator == "**":
            raise SecurityError(f"`{operator}` is for numbers only")
        return super().call_binop(context, operator, left, right)


def _check(tree: nodes.Template, path: Path, names: Collection[str]) -> frozenset[str]:
    """Refuse what a piece does not need and what could run without end; return the names it uses."""
    loops = {name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)}
    loops |= {loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)}
    known = {*names, *loops, "loop"}
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
            continue
        if isinstance(node, nodes.Getattr):
            raise InputError(f"{path}:{node.lineno}: `.{node.attr}`: values have no attributes here")
        if isinstance(node, _REFUSED):
            kind = type(node).__name__.lower()
            raise InputError(f"{path}:{node.lineno}: `{kind}` is not allowed in a note template")
        if isinstance(node, nodes.Name) and node.name not in known:
            there = ", ".join(names)
            raise InputError(f"{path}:{node.lineno}: `{node.name}` is not known here; the names are {there}")
    _bound_loops(tree, path, 0)
    return frozenset(name.name for name in tree.find_all(nodes.Name)) & frozenset(names)


def _bound_loops(node: nodes.Node, path: Path, depth: int) -> None:
    """Let loops run over lists only, and limit how deep they are nested."""
    for child in node.iter_child_nodes():
        inner = depth
        if isinstance(child, nodes.For):
            inner = depth + 1
            if inner > _MAX_DEPTH or child.recursive:
                raise InputError(f"{path}:{child.lineno}: loops are nested too deep")
            child.iter = nodes.Filter(child.iter, "items_of", [], [], None, None, lineno=child.lineno)
        _bound_loops(child, path, inner)


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > MAX_LENGTH:
        raise SecurityError(f"made more than {MAX_LENGTH:,} characters")
    return text.replace(old, new)


def _check_items(value: object) -> list[object] | tuple[object, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > _MAX_ITEMS:
        raise SecurityError(f"a loop goes over a list of at most {_MAX_ITEMS:,}")
    return value


def _make_environment() -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.filters |= {"join": join_parts, "quote": quote, "replace": _replace, "items_of": _check_items}
    return environment


_ENVIRONMENT = _make_environment()
