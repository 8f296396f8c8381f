"""A token that is never printed, logged or serialised by accident."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A token; `print`, `repr`, tracebacks with local variables, JSON and pickle do not reveal it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the token, for the one request header that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be serialised")
