"""The `gleanings serve` command: Datasette with the project's plugin, on this machine only by default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from gleanings.options import common_options, gather, opened_store
from gleanings.output import print_json
from record_types.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), metavar="N", help="Port."
)
@click.option(
    "--public", is_flag=True, help="Let other machines read the store; required with any other --host."
)
@click.option("--remote-pictures", is_flag=True, help="Load pictures from the web while reading.")
@common_options()
def command(
    host: str,
    port: int,
    public: bool,
    remote_pictures: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
) -> int:
    """Look at the store in the browser.

    Anyone who can reach the port can read the whole store, so it listens on this machine only unless you
    pass both --host and --public. Stop it with Ctrl-C. You can run an import at the same time.

    \b
      gleanings serve
      gleanings serve --port 8080
    """
    if host not in LOOPBACK and not public:
        raise InputError(
            f"--host {host} lets other machines read everything in the store; add --public if you want that"
        )
    try:
        import datasette.app  # noqa: F401 - fails here, before the store is opened
        import uvicorn
    except ModuleNotFoundError as error:
        if error.name not in ("datasette", "uvicorn"):
            raise
        raise InputError("`serve` needs Datasette: pip install 'gleanings[browse]'") from None
    common = gather(db, config, as_json, verbose)
    with opened_store(common):
        pass  # opening it migrates it; Datasette opens it read-only and cannot
    browser = make_datasette(common.db, remote_pictures=remote_pictures)
    application = browser.app()
    if host in LOOPBACK:
        application = only_for_hosts(application, LOOPBACK)
    shown = f"[{host}]" if ":" in host else host
    server = uvicorn.Server(uvicorn.Config(application, host=host, port=port, log_level="warning"))
    _announce(f"http://{shown}:{port}{browser.urls.database(common.db.stem)}/-/home", as_json=as_json)
    with suppress(KeyboardInterrupt):  # uvicorn shuts down, then raises it again
        server.run()
    return 0


def make_datasette(path: Path, **settings: Any) -> Any:
    """Make a Datasette for the store at `path`; `settings` are those of the project's plugin."""
    # Datasette first: while the plugin is being imported, Datasette would register it without its hooks
    from datasette.app import Datasette
    from datasette.plugins import pm

    from store.browse import plugin

    if not pm.is_registered(plugin):  # in a checkout that is not installed
        pm.register(plugin, "gleanings")
    # with rich installed, Datasette would print a traceback with rows of the store for every 404
    pm.get_plugin("datasette.handle_exception").rich = None
    return Datasette([str(path)], metadata={"plugins": {"gleanings": settings}})


def _announce(url: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"command": "serve", "url": url})
    else:
        click.echo(f"Your library: {url}    (Ctrl-C stops it)")


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


def read_host(headers: list[tuple[bytes, bytes]]) -> str:
    """The host that a request names, without the port; empty if it names none."""
    value = next((value for name, value in headers if name == b"host"), b"").decode("latin-1").lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0]
