"""Where the shared measurement data is, if it is available."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path(os.environ.get("GLEANINGS_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
