"""What must never be seen: a token that shows itself to nobody who does not ask by name."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A token; neither `print`, `repr`, a traceback with its variables, JSON nor pickle tells it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The token itself, for the one header that it goes into."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")
