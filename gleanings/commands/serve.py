"""`gleanings serve`: run Datasette with the project's plugin, on this machine only by default."""

from __future__ import annotations

import errno
import os
import re
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gleanings.json_report import print_now
from gleanings.options import GivenOptions, common_options, gather, opened_store
from gleanings.terminal import echo
from record_types.errors import InputError, describe_missing

if TYPE_CHECKING:
    import sqlite3

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), metavar="N", help="Port."
)
@click.option(
    "--public",
    is_flag=True,
    help="Let people on other machines read the store with a password; required with any other --host.",
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read the password for --public from FILE instead of $GLEANINGS_PASSWORD.",
)
@click.option("--open", "open_", is_flag=True, help="Open it in the web browser.")
@click.option("--remote-pictures", is_flag=True, help="Load pictures from the web while reading.")
@common_options()
def command(
    host: str,
    port: int,
    public: bool,
    password_file: Path | None,
    open_: bool,
    remote_pictures: bool,
    given: GivenOptions,
) -> int:
    """Browse the store in a web browser.

    It listens on this machine only, unless you pass both --host and --public. --public needs a password of
    at least 12 characters, in a file or in $GLEANINGS_PASSWORD; browsers ask for it (the user name does not
    matter). Stop it with Ctrl-C. You can run an import at the same time.

    \b
      gleanings serve --open
      gleanings serve --port 8080
      gleanings serve --host 0.0.0.0 --public --password-file password.txt
    """
    if host not in LOOPBACK and not public:
        raise InputError(
            f"--host {host} lets other machines read everything in the store; add --public if you want that"
        )
    password = read_password(password_file) if public else None
    try:
        import datasette.app  # noqa: F401 - fails here, before the store is opened
        import uvicorn
    except ModuleNotFoundError as error:
        if error.name not in ("datasette", "uvicorn"):
            raise
        raise InputError(describe_missing("`serve`", "browse")) from None
    common = gather(given)
    with opened_store(common) as store:  # opening it migrates it; Datasette opens it read-only and cannot
        exposed = describe_contents(store) if public else None
    browser = make_datasette(common.db, password=password, remote_pictures=remote_pictures, ticks=not public)
    application = browser.app()
    if host in LOOPBACK:
        application = only_for_hosts(application, LOOPBACK)
    shown = f"[{host}]" if ":" in host else host
    listening = open_port(host, port)
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
    if exposed:
        echo(f"Everyone with the password can read, without encryption: {exposed}.", err=True)
    url = f"http://{shown}:{port}{browser.urls.database(common.db.stem)}/-/home"
    _announce(url, as_json=given.as_json)
    if open_:  # in a thread, since a browser in the terminal would block
        import webbrowser

        local = url.replace(f"//{shown}:", "//127.0.0.1:") if host in ("0.0.0.0", "::") else url  # noqa: S104
        threading.Thread(target=webbrowser.open, args=(local,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # uvicorn shuts down, then raises it again
        server.run(sockets=[listening])
    return 0


def open_port(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises InputError that says what to do if the port cannot be opened."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except socket.gaierror:
        raise InputError(f"--host {host}: no such address") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = " is in use, perhaps by another `gleanings serve`"
        else:
            reason = f": {(error.strerror or str(error)).lower()}"
        raise InputError(f"port {port} of {host}{reason}; name another with --port") from None


SHORTEST_PASSWORD = 12
"""Characters; guesses from other machines are only slowed down, not counted."""


def read_password(file: Path | None) -> str:
    """Read the password from the file's first line, else from $GLEANINGS_PASSWORD."""
    if file is None:
        password, origin = os.environ.get("GLEANINGS_PASSWORD", ""), "$GLEANINGS_PASSWORD"
    else:
        origin = str(file)
        try:
            password = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file} cannot be read: {error}") from None
    if not password:
        raise InputError("--public needs a password: set $GLEANINGS_PASSWORD or pass --password-file FILE")
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(f"the password in {origin} is shorter than {SHORTEST_PASSWORD} characters")
    return password


count_contents = """
select (select count(*) from highlights), (select count(*) from notes), (select count(*) from files)
"""


def describe_contents(store: sqlite3.Connection) -> str:
    """What everyone who can read the store sees, with counts."""
    highlights, notes, files = store.execute(count_contents).fetchone()
    return (
        f"{highlights:,} highlights, {notes:,} notes of yours, the paths of {files:,} files,"
        " and, through SQL, every other row of the store"
    )


def make_datasette(path: Path, *, password: str | None = None, **settings: Any) -> Any:
    """Make a Datasette for the store at `path`; `settings` are those of the project's plugin.

    With a `password`, only those who send it can read anything.
    """
    # Datasette first: while the plugin is being imported, Datasette would register it without its hooks
    from datasette.app import Datasette
    from datasette.plugins import pm

    from store.browse import plugin

    if not pm.is_registered(plugin):  # in a checkout that is not installed
        pm.register(plugin, "gleanings")
    # with rich installed, Datasette would print a traceback with rows of the store for every 404
    pm.get_plugin("datasette.handle_exception").rich = None
    if password is None:
        return Datasette([str(path)], metadata={"plugins": {"gleanings": settings}})
    from store.browse.access import READER, require_password

    browser = Datasette([str(path)], metadata={"allow": READER, "plugins": {"gleanings": settings}})
    require_password(browser, password)
    return browser


def _announce(url: str, *, as_json: bool) -> None:
    if as_json:
        print_now(url=url)
    else:
        echo(f"Your library: {url}    (Ctrl-C stops it)")


App = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]


def only_for_hosts(application: App, hosts: tuple[str, ...]) -> App:
    """Wrap the application so that it only answers requests for `hosts`.

    This prevents DNS rebinding: a website whose name is made to resolve to this machine could otherwise read
    the store with its scripts.
    """

    async def guarded(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http" and read_host(scope["headers"]) not in hosts:
            await send({"type": "http.response.start", "status": 421, "headers": []})
            await send(
                {"type": "http.response.body", "body": b"This library is only available on this machine.\n"}
            )
            return
        await application(scope, receive, send)

    return guarded


_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:@/?#]+))(?::[0-9]*)?")


def read_host(headers: list[tuple[bytes, bytes]]) -> str:
    """The host that a request names, without the port; empty if it names none, or names it in another
    form."""
    value = next((value for name, value in headers if name == b"host"), b"").decode("latin-1").lower()
    match = _HOST.fullmatch(value)
    return (match[1] or match[2]) if match else ""
