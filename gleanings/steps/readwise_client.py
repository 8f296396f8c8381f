"""Readwise's token, and a client that uses it.

The token comes from the environment, a file of its own or the system's keyring. It is never printed: messages
name the place where it was looked for, never its contents.
"""

from __future__ import annotations

import os
import random
import re
import stat
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readwise.api_origin import Secret
from record_types.errors import InputError, describe_missing

if TYPE_CHECKING:
    from gleanings.config import Config, ReadwiseConfig
    from ingest.readwise.api_client import ApiClient

TOKEN_VARIABLE = "READWISE_TOKEN"  # noqa: S105 - a name, not a token
URL_VARIABLE = "GLEANINGS_READWISE_URL"
KEYRING_SERVICE = "gleanings"
KEYRING_USER = "readwise"
TOKEN_PAGE = "https://readwise.io/access_token"  # noqa: S105 - a web page, not a token

_TOKEN = re.compile(r"[A-Za-z0-9._=+-]{8,512}")
_MAX_BYTES = 4096
_READABLE_BY_OTHERS = 0o077


def make_client(
    config: Config,
    token: Secret,
    *,
    stop: threading.Event,
    environment: Mapping[str, str] = os.environ,
) -> ApiClient:
    """A client whose waits end when `stop` is set; close it when done.

    `$GLEANINGS_READWISE_URL` overrides `[readwise] url`; `[links] connect_to` and `proxy` apply here as well.
    """
    # Here, since `doctor` and a sync without a token only need `find_token`.
    from ingest.readwise.api_client import ApiClient, ApiConnection
    from ingest.readwise.api_origin import parse_origin
    from ingest.web.guard import read_connect_to, split_connect_to
    from ingest.web.proxy import Proxies, read_proxies
    from ingest.web.session import PROJECT_URL

    pairs = {
        **config.links.connect_to,
        **split_connect_to(environment.get("GLEANINGS_CONNECT_TO", "")),
    }
    connection = ApiConnection(
        token,
        parse_origin(environment.get(URL_VARIABLE) or config.readwise.url),
        f"gleanings (+{PROJECT_URL})",
        stop,
        read_connect_to(pairs),
        read_proxies(environment) if config.links.proxy else Proxies(),
    )
    return ApiClient(connection, random=random.random, sleep=stop.wait)


def find_token(config: ReadwiseConfig, environment: Mapping[str, str] = os.environ) -> Secret | None:
    """The token in `$READWISE_TOKEN`, `token_file` or the keyring, the first that is set; None if none is.

    Raises InputError if that place holds no usable token, or if others can read the file.
    """
    if environment.get(TOKEN_VARIABLE, "").strip():
        return make_secret(environment[TOKEN_VARIABLE], f"${TOKEN_VARIABLE}")
    if config.token_file:
        path = Path(config.token_file).expanduser()
        return make_secret(_read_private(path), str(path))
    if config.keyring:
        return make_secret(_read_keyring(), "the keyring")
    return None


def require_token(config: ReadwiseConfig, environment: Mapping[str, str] = os.environ) -> Secret:
    """Like `find_token`, but raises an InputError that explains what to do if there is none."""
    token = find_token(config, environment)
    if token is None:
        raise InputError(
            f"no Readwise token: get one at {TOKEN_PAGE}, then set ${TOKEN_VARIABLE}, or `token_file` or "
            "`keyring` under [readwise] in config.toml"
        )
    return token


def make_secret(text: str, place: str) -> Secret:
    """The token in a text. Raises InputError, which does not quote it, if it is something else."""
    value = text.strip()
    if not _TOKEN.fullmatch(value):
        raise InputError(f"{place}: not a Readwise token, which is one word of letters and digits")
    return Secret(value)


def _read_private(path: Path) -> str:
    """The file's text; permissions are checked on the open file, so that it cannot be swapped in between."""
    try:
        # without O_NONBLOCK, opening a pipe would block
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise InputError(f"{path}: the token file is not a regular file")
            if mode & _READABLE_BY_OTHERS:
                raise InputError(f"{path}: other users can read the token: chmod 600 {path}")
            return file.read(_MAX_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise InputError(f"{path}: cannot read the token file: {error.strerror}") from None


def _read_keyring() -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise InputError(describe_missing("`keyring` under [readwise]", "keyring")) from None
    try:
        found = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except keyring.errors.KeyringError as error:
        raise InputError(f"the system's keyring returned no token ({type(error).__name__})") from None
    if not found:
        raise InputError(f"the system's keyring holds no token: keyring set {KEYRING_SERVICE} {KEYRING_USER}")
    return str(found)
