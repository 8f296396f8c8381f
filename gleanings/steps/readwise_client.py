"""Readwise's token: from the environment, a file of its own or the system's keyring; never printed.

Messages name where a token was looked for, never what was found there.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from gleanings.config import ReadwiseConfig
from record_types.errors import InputError
from record_types.secrets import Secret

VARIABLE = "READWISE_TOKEN"
KEYRING_SERVICE = "gleanings"
KEYRING_USER = "readwise"
TOKEN_PAGE = "https://readwise.io/access_token"  # noqa: S105 - where a reader finds theirs

_TOKEN = re.compile(r"[!-~]{8,512}")
_MOST_BYTES = 4096
_OTHERS = 0o077


def find_token(config: ReadwiseConfig, environment: Mapping[str, str] = os.environ) -> Secret | None:
    """The token in `$READWISE_TOKEN`, `token_file` or the keyring, the first that is set; None without any.

    Raises InputError where a place is named and holds no usable token, or others can read the file.
    """
    if environment.get(VARIABLE, "").strip():
        return _make_secret(environment[VARIABLE], f"${VARIABLE}")
    if config.token_file:
        path = Path(config.token_file).expanduser()
        return _make_secret(_read_private(path), str(path))
    if config.keyring:
        return _make_secret(_ask_keyring(), "the keyring")
    return None


def require_token(config: ReadwiseConfig, environment: Mapping[str, str] = os.environ) -> Secret:
    """As `find_token`; InputError where there is none, with what to do."""
    token = find_token(config, environment)
    if token is None:
        raise InputError(
            f"no token for Readwise: get one at {TOKEN_PAGE}, then set ${VARIABLE}, or `token_file` or "
            "`keyring` under [readwise] in config.toml"
        )
    return token


def _make_secret(text: str, place: str) -> Secret:
    value = text.strip()
    if not _TOKEN.fullmatch(value):
        raise InputError(f"{place}: what is there is no token of Readwise: one word of letters and digits")
    return Secret(value)


def _read_private(path: Path) -> str:
    """The file's text, from the very file whose permissions were checked."""
    try:
        # without O_NONBLOCK a pipe would be waited for
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise InputError(f"{path}: the token's file is no plain file")
            if mode & _OTHERS:
                raise InputError(f"{path}: others can read the token there: chmod 600 {path}")
            return file.read(_MOST_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise InputError(f"{path}: the token's file cannot be read: {error.strerror}") from None


def _ask_keyring() -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise InputError(
            "the library `keyring` is not installed: pip install 'gleanings[keyring]', or use `token_file`"
        ) from None
    try:
        found = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except keyring.errors.KeyringError as error:
        raise InputError(f"the system's keyring gives no token ({type(error).__name__})") from None
    if not found:
        raise InputError(f"the system's keyring has no token: keyring set {KEYRING_SERVICE} {KEYRING_USER}")
    return str(found)
