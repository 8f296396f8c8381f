"""`gleanings serve`: Datasette on the store, with the project's plugin, for this machine alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from gleanings.options import common_options, gather, opened_store, say_json
from record_types.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), metavar="N", help="Port."
)
@click.option("--public", is_flag=True, help="Let other machines read the store: needed for another --host.")
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

    Whoever reaches the port may read everything in the store, so only this machine can, unless both
    --host and --public say otherwise. Stop it with Ctrl-C. An import may run meanwhile.

    \b
      gleanings serve
      gleanings serve --port 8080
    """
    if host not in LOOPBACK and not public:
        raise InputError(
            f"--host {host} lets other machines read everything in the store; if that is meant, add --public"
        )
    try:
        import uvicorn

        from store.browse.application import make_application
    except ModuleNotFoundError as error:
        if error.name not in ("datasette", "uvicorn"):
            raise
        raise InputError("`serve` needs Datasette: pip install 'gleanings[browse]'") from None
    common = gather(db, config, as_json, verbose)
    with opened_store(common):
        pass  # brought up to date, which a reader that may not write cannot do
    application, home = make_application(common.db, remote_pictures=remote_pictures)
    if host in LOOPBACK:
        application = only_for_hosts(application, LOOPBACK)
    shown = f"[{host}]" if ":" in host else host
    server = uvicorn.Server(uvicorn.Config(application, host=host, port=port, log_level="warning"))
    _announce(f"http://{shown}:{port}{home}", as_json=as_json)
    with suppress(KeyboardInterrupt):  # uvicorn ends in order, then raises it once more
        server.run()
    return 0


def _announce(url: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"command": "serve", "url": url})
    else:
        click.echo(f"Your library: {url}    (Ctrl-C stops it)")


App = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]


def only_for_hosts(application: App, hosts: tuple[str, ...]) -> App:
    """The application for requests to `hosts` alone.

    Otherwise a page elsewhere whose name is made to point at this machine could read the store with its own
    scripts (DNS rebinding).
    """

    async def guarded(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http" and read_host(scope["headers"]) not in hosts:
            await send({"type": "http.response.start", "status": 421, "headers": []})
            await send({"type": "http.response.body", "body": b"This library is only for this machine.\n"})
            return
        await application(scope, receive, send)

    return guarded


def read_host(headers: list[tuple[bytes, bytes]]) -> str:
    """The host that a request names, without its port; empty when it names none."""
    value = next((value for name, value in headers if name == b"host"), b"").decode("latin-1").lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0]
