"""`python -m gleanings`: the same as the command."""

from __future__ import annotations

from gleanings.cli import main

if __name__ == "__main__":
    main()
