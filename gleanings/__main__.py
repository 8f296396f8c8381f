"""The command line as `python -m gleanings`."""

from __future__ import annotations

from gleanings.cli import main

if __name__ == "__main__":
    main()
