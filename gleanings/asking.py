"""Readwise's API, ready to be asked: the client as configuration and environment say."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Mapping

from gleanings.config import Config
from ingest.readwise.api_client import ApiClient, ApiConnection
from ingest.readwise.api_origin import parse_origin
from ingest.web.guard import read_connect_to, split_connect_to
from ingest.web.session import PROJECT_URL
from record_types.secrets import Secret

URL_VARIABLE = "GLEANINGS_READWISE_URL"


def make_client(
    config: Config,
    token: Secret,
    *,
    stop: threading.Event,
    environment: Mapping[str, str] = os.environ,
) -> ApiClient:
    """A client that waits no longer than until `stop` is set; close it when done.

    `$GLEANINGS_READWISE_URL` goes before `[readwise] url`; `[links] connect_to` counts here too.
    """
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
    )
    return ApiClient(connection, random=random.random, sleep=stop.wait)
