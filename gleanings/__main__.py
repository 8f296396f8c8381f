"""`python -m gleanings` runs the command line."""

from __future__ import annotations

from gleanings.cli import main

if __name__ == "__main__":
    main()
