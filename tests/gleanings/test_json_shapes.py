"""Valid JSON of the wrong shape, in every position of everything that is read as JSON.

Each reader takes what it can use, or raises an error that a person can read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from export.folder_file import FILE_NAME, read_folder_file
from export.model_questions import read_group_names, read_verdicts
from export.note_places import find_picture_folder
from gleanings.setup.note_folders import read_registry
from gleanings.sync.memory import read_memory
from ingest.links.link_map import describe_mapped, read_map
from ingest.links.page_head import read_head
from ingest.links.tweet_lookup import parse_tweet
from ingest.readwise.api_answer import parse_answer
from ingest.readwise.api_book import make_source
from ingest.text import Text
from record_types.errors import GleaningsError
from record_types.foreign_json import MAX_DEPTH, decode_json, parse_json
from tests.ingest.sources.test_sources import DATA, SAMPLES, SOURCE
from tests.readwise_api import make_book, make_highlight

SHAPES = ("null", "5", "1e999", '""', '"x\\u0000\\ud800"', "[]", "{}", "[[{}]]", "[" * 2_000)
"""The last one is closed where it is put."""
PLACE = "<the place>"


def place_shapes(value: Any) -> Iterator[str]:
    """The value as JSON with each part replaced by each shape, or missing; of a list, the first two."""
    for part in _list_parts(value):
        text = json.dumps(part, ensure_ascii=False)
        for shape in SHAPES if PLACE in text else ():
            yield text.replace(f'"{PLACE}"', shape + "]" * shape.count("[") if len(shape) > 99 else shape)
        if PLACE not in text:
            yield text


def _list_parts(value: Any) -> Iterator[Any]:
    yield PLACE
    if isinstance(value, dict):
        for key, each in value.items():
            yield {name: one for name, one in value.items() if name != key}
            yield from ({**value, key: part} for part in _list_parts(each))
    elif isinstance(value, list):
        for at, each in enumerate(value[:2]):
            yield from ([*value[:at], part, *value[at + 1 : 3]] for part in _list_parts(each))


def read_api(body: str) -> object:
    books = parse_answer(body.encode()).books
    return [(make_source(book), book.text, book.make_fingerprints()) for book in books]


def read_attachments(folder: Path) -> object:
    return find_picture_folder(folder, "obsidian").shown


BOOK = make_book(
    7,
    book_tags=[{"id": 1, "name": "a"}],
    highlights=[{**make_highlight(1, "words", "2024-03-01T12:00:00Z"), "location": 5, "tags": ["b"]}],
)
TWEET = {
    "__typename": "Tweet",
    "id_str": "5",
    "text": "a\n- b",
    "user": {"screen_name": "ada"},
    "in_reply_to_status_id_str": "4",
    "display_text_range": [0, 5],
    "entities": {"media": [{"url": "https://t.co/x", "media_url_https": "https://a.test/b.png"}]},
}
ROW = {"url": "https://t.co/a", "final_url": "https://a.test/b", "status": "resolved", "title": "T"}
ARTICLE = {"@type": "Article", "headline": "H", "author": [{"name": "A"}], "publisher": {"name": "P"}}
ANSWERS: dict[str, tuple[object, Callable[[str], object]]] = {
    "Readwise's API": ({"nextPageCursor": "5", "results": [BOOK]}, read_api),
    "a tweet": (TWEET, lambda body: parse_tweet(body.encode())),
    "a page": (
        {"@graph": [ARTICLE]},
        lambda body: read_head(
            f'<script type="application/ld+json">{body}</script>'.encode(), "text/html", "https://a.test/"
        ),
    ),
    "a model's verdicts": ({"1": "about", "2": "no"}, lambda body: read_verdicts(body, 2)),
    "a model's names": ({"names": {}, "same": [[1, 2]]}, lambda body: read_group_names(body, [], [])),
}
FILES: dict[str, tuple[str, object, Callable[[Path], object]]] = {
    "the folder's file": (
        FILE_NAME,
        {"folder": "ab", "notes": {"a.md": ["m", "f", "b"]}},
        lambda path: read_folder_file(path.parent),
    ),
    "the memory of syncs": (
        "gleanings.db.sync.json",
        {"holder": {"pid": 1, "since": "x"}, "reported": {"import": ["ab"]}, "later": {"expand": "x"}},
        read_memory,
    ),
    "Obsidian's vaults": (
        "obsidian.json",
        {"vaults": {"a": {"path": "/x"}}},
        lambda path: [str(each) for each in read_registry(path)],
    ),
    "Obsidian's settings": (
        ".obsidian/app.json",
        {"attachmentFolderPath": "files"},
        lambda path: read_attachments(path.parents[1]),
    ),
    "a map": ("map.json", [ROW], lambda path: describe_mapped(read_map(path))),
    "a short map": ("map.json", {"https://t.co/a": "b"}, lambda path: describe_mapped(read_map(path))),
}


def check(read: Callable[[], object]) -> None:
    """The reader's result can be stored, or its error is one line."""
    try:
        text = repr(read())
    except GleaningsError as error:
        text = str(error)
        assert "\n" not in text
    assert not re.search(r"\\x00|\\ud8|\binf\b", text.replace(r"\\", ""))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_the_wrong_shape_is_read_or_refused(name: str) -> None:
    sample, read = ANSWERS[name]
    for body in place_shapes(sample):
        check(lambda body=body: read(body))  # type: ignore[misc]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_wrong_shape_is_read_or_refused(name: str, tmp_path: Path) -> None:
    file, sample, read = FILES[name]
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    for text in place_shapes(sample):
        path.write_text(text)
        check(lambda: read(path))


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.endswith((".json", ".jsonl", ".js"))])
def test_an_export_of_the_wrong_shape_gives_records_or_a_problem(name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8-sig")
    begin = re.match(r"[^\[{]*", text)[0]  # type: ignore[index]
    sample, _ = json.JSONDecoder().raw_decode(text, len(begin))
    for body in place_shapes(sample[:1] if isinstance(sample, list) else sample):
        file = Text(begin + body, "a file", Path(name).suffix)
        check(lambda file=file: SOURCE[SAMPLES[name]].parse(file))  # type: ignore[misc]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_json_is_nested_at_most_200_levels(opening: str, closing: str) -> None:
    deep, deeper = (opening * levels + "5" + closing * levels for levels in (MAX_DEPTH, MAX_DEPTH + 1))
    assert json.dumps(parse_json(deep)).replace(" ", "") == deep
    assert decode_json(deep, 0) == (parse_json(deep), len(deep))
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json(deeper)
    with pytest.raises(RecursionError):
        decode_json(deeper, 0)
