"""Where the real pages to measure against are, if they are here: beside the project's folder, or as said."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
