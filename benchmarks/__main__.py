"""`make bench`: every benchmark, one by one."""

from __future__ import annotations

import subprocess
import sys

MODULES = ("outline", "imports", "fetch", "expand", "topics", "exports", "startup", "browse")

for module in MODULES:
    print(f"== {module}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}"], check=True)
