"""Check that the installed `gleanings serve` and `datasette` show ./gleanings.db with pages and style."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BIN = Path(sys.executable).parent


def fetch(url: str) -> str:
    """Fetch the address, waiting until the server listens."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


def check(*command: str) -> None:
    """Raise unless the command serves the pages of the store, with their style sheet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with subprocess.Popen(
        [BIN / command[0], *command[1:], "--port", port], stdout=subprocess.DEVNULL
    ) as server:
        try:
            origin = f"http://127.0.0.1:{port}"
            page = fetch(f"{origin}/")
            assert "Your library" in page, page[:500]
            style = re.search(r'rel="stylesheet" href="([^"]+)"', page)
            assert style
            assert "--ground" in fetch(origin + style[1])
            for name in ("reading", "plots", "health", "search?q=memory"):
                assert "<main" in fetch(f"{origin}/gleanings/-/{name}"), name
        finally:
            server.terminate()


check("gleanings", "serve")
check("datasette", "gleanings.db")
