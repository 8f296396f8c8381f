"""Where the shared measuring material lies, when it is there."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
