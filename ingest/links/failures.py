"""Why a request failed, in the few words that the store keeps."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions

from ingest.links.guard import RefusedError

ASK_ERRORS = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    RefusedError,
    OSError,
    ValueError,  # requests and urllib3 raise it bare for URLs that they cannot take
)
"""Everything that asking a stranger's server raises."""

_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (RefusedError, "refused: private address"),
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError), "tls"),
    (urllib3.exceptions.NameResolutionError, "dns"),
    # before the time-outs: urllib3's NewConnectionError counts itself among them
    (urllib3.exceptions.NewConnectionError, "connect"),
    ((requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "timeout"),
    (ConnectionError, "reset"),  # before http.client's: RemoteDisconnected is both
    ((http.client.HTTPException, urllib3.exceptions.DecodeError), "bad response"),
    (urllib3.exceptions.ProtocolError, "reset"),
    ((urllib3.exceptions.LocationValueError, requests.exceptions.InvalidURL), "bad url"),
    (OSError, "reset"),
    (ValueError, "bad url"),
)


class AskError(Exception):
    """A request without an answer; `kind` is one of `timeout dns tls connect reset`, `bad response`,
    `bad url`, `refused: private address`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def name_failure(error: BaseException) -> str:
    """The kind of trouble that `error` and its causes tell of, as `AskError.kind` has it."""
    causes = list(_unwrap(error))
    for kinds, name in _KINDS:
        if any(isinstance(cause, kinds) for cause in causes):
            return name
    return "reset"


def _unwrap(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it was raised for: requests and urllib3 keep that in `reason` or in `args`."""
    at: object = error
    for _ in range(8):
        if not isinstance(at, BaseException):
            return
        yield at
        inner = [*at.args, getattr(at, "reason", None)]
        at = next((cause for cause in reversed(inner) if isinstance(cause, BaseException)), None)
