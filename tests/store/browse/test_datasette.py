"""A store under plain `datasette gleanings.db`: descriptions, sort orders, facets, hidden tables, queries."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.browse.databases import read_application_id
from store.browse.metadata import merge_table_settings
from store.browse.middleware import quote_large_integers, wrap_app
from store.browse.queries import QUERIES
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")

PARAMETERS = "month=2022-01&author=statsgarden&since=2020-01-01&until=2030-01-01"


def test_internal_tables_are_hidden_and_the_others_are_not(library: Library) -> None:
    hidden = {table["name"]: table["hidden"] for table in library.json("/gleanings.json")["tables"]}
    for name in ("facet_counts", "appearances", "written", "_sqlite_migrations", "highlights_cjk_data"):
        assert hidden[name], name
    for name in ("highlights", "documents", "resources", "tweets", "authors", "topics"):
        assert not hidden[name], name


def test_tables_and_columns_are_described(library: Library) -> None:
    page = library.text("/gleanings/highlights")
    assert "Passages you marked" in page
    assert "Markdown as on the page" in page


def test_highlights_are_newest_first_and_show_author_names(library: Library) -> None:
    rows = library.json("/gleanings/highlights.json?_shape=objects&_size=max")["rows"]
    times = [row["taken_at"] for row in rows if row["taken_at"]]
    assert times == sorted(times, reverse=True)
    labelled = library.json("/gleanings/highlights.json?_shape=objects&_labels=on&_size=1")["rows"][0]
    assert labelled["author_id"]["label"] == "ilsemarrow"


def read_facets(library: Library, query: str = "") -> dict[str, dict[str, int]]:
    answer = library.json(f"/gleanings/highlights.json?_shape=objects&_extra=facet_results&{query}")
    facets = answer["facet_results"]
    facets = facets.get("results", facets) if "category" not in facets else facets
    return {
        name: {each["label"]: each["count"] for each in facet["results"]} for name, facet in facets.items()
    }


def test_facets_are_not_suggested_as_that_reads_every_row(example: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("create table t (a)").connection.close()
    wanted = {"plugins": {"gleanings": {"suggest_facets": True}}}
    assert not Library(example).datasette.setting("suggest_facets")
    assert Library(example, wanted).datasette.setting("suggest_facets")
    assert Library(example, others=[other]).datasette.setting("suggest_facets"), "they are the other's, too"


def test_a_readers_settings_of_a_table_take_precedence() -> None:
    ours: dict[str, dict[str, object]] = {
        "highlights": {"sort_desc": "taken_at", "size": 50},
        "tags": {"sort": "name"},
        "links": {"size": 9},
    }
    own: dict[str, object] = {"highlights": {"sort": "id"}, "tags": {"size": 7}, "mine": {"size": 1}}
    merge_table_settings(own, ours)
    assert own == {
        "highlights": {"sort": "id", "size": 50},
        "tags": {"size": 7, "sort": "name"},
        "links": {"size": 9},
        "mine": {"size": 1},
    }


@pytest.mark.parametrize("key", ["sort", "sort_desc"])
def test_a_readers_order_replaces_ours_in_either_direction(key: str) -> None:
    own: dict[str, object] = {"tags": {key: "id"}}
    merge_table_settings(own, {"tags": {"sort": "name", "sort_desc": "name"}})
    assert own == {"tags": {key: "id"}}


def test_facets_without_a_filter_count_all_highlights(library: Library, example: Path) -> None:
    facets = read_facets(library)
    counted = dict(sqlite3.connect(example).execute("select category, count(*) from highlights group by 1"))
    assert facets["category"] == counted
    assert facets["tag"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("category=tweets", "category = 'tweets'"),
        ("category__exact=tweets", "category = 'tweets'"),
        ("year=2022", "year = 2022"),
        ("author_id=1", "author_id = 1"),
        ("category=tweets&year=2022", "category = 'tweets' and year = 2022"),
        ("category__not=tweets", "category <> 'tweets'"),
        ("year__gt=2021", "year > 2021"),
        ("_search=memory", "id in (select rowid from highlights_fts where highlights_fts match 'memory')"),
        ("_where=year+is+null", "year is null"),
        ("category=nothing", "category = 'nothing'"),
    ],
)
def test_facets_with_a_filter_count_the_remaining_highlights(
    library: Library, example: Path, query: str, where: str
) -> None:
    facets = read_facets(library, query)
    db = sqlite3.connect(example)
    for name, column in (("category", "category"), ("year", "year"), ("author", "author_id")):
        label = "(select name from authors where id = author_id)" if name == "author" else column
        counted = db.execute(f"select {label}, count(*) from highlights where {where} group by {column}")
        expected = {str(label): count for label, count in counted if label is not None}
        assert {str(label): count for label, count in facets[name].items()} == expected, name
    db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        *[(f"{name}=1", ("", "")) for name in (
            "_facet", "_facet_size", "_facet_kept", "_nofacet", "_nosuggest", "_nocount", "_size", "_sort",
            "_sort_desc", "_next", "_shape", "_labels", "_col", "_nocol", "_extra", "_trace", "_nl",
            "_header",
        )],
        ("year=2022&_size=5", ("year", "2022")), ("year__exact=2022", ("year", "2022")),
        ("_where=1", ("_where", "1")), ("year__gt=2022", None), ("year=", None),
        ("year=2022&category=x", None),
    ],
)  # fmt: skip
def test_facets_know_which_arguments_filter_rows(
    library: Library, query: str, found: tuple[str, str] | None
) -> None:
    from datasette.facets import ColumnFacet
    from datasette.utils.asgi import Request

    from store.browse.facets import find_filter

    request = Request.fake(f"/gleanings/highlights?{query}")
    assert find_filter(ColumnFacet(library.datasette, request, "gleanings", table="highlights")) == found
    assert find_filter(ColumnFacet(library.datasette, request, "gleanings", sql="select 1")) is None


def test_a_selected_facet_value_can_be_removed(library: Library) -> None:
    answer = library.json("/gleanings/highlights.json?_shape=objects&_extra=facet_results&year=2022")
    facets = answer["facet_results"]
    (chosen,) = facets.get("results", facets)["year"]["results"]
    assert chosen["selected"]
    assert "year=2022" not in chosen["toggle_url"]
    assert (
        len(library.json(chosen["toggle_url"].removeprefix("http://localhost"))["rows"]) > chosen["count"] - 1
    )


def test_a_tag_in_the_facet_leads_to_its_highlights(library: Library) -> None:
    answer = library.json("/gleanings/highlights.json?_shape=objects&_extra=facet_results")["facet_results"]
    tag = answer.get("results", answer)["tag"]["results"][0]
    path = tag["toggle_url"].removeprefix("http://localhost")
    assert len(library.json(path)["rows"]) == tag["count"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_every_canned_query_runs(library: Library, query: object) -> None:
    name = query.name  # type: ignore[attr-defined]
    answer = library.json(f"/gleanings/{name}.json?_shape=objects&{PARAMETERS}")
    assert "rows" in answer
    if name in ("threads_by_month", "recommended_by_author", "random_highlight", "reading_list_by_shares"):
        assert answer["rows"]


def list_values(value: object) -> Iterator[object]:
    """Yield every value in a JSON response."""
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from list_values(each)
    else:
        yield value


@pytest.mark.parametrize(
    "path",
    [
        "tweets.json",
        "tweets.json?_shape=array",
        "tweets.json?_shape=arrays",
        "tweets.json?_shape=object",
        "tweets.json?_shape=array&_nl=on",
        "tweets/{id}.json",
        "threads.json",
        "threads_by_month.json?month=2022-01",
        "documents.json?_shape=objects",
    ],
)
def test_tweet_ids_are_exact_in_every_shape_of_json(library: Library, example: Path, path: str) -> None:
    id_ = sqlite3.connect(example).execute("select min(thread_id) from tweets").fetchone()[0]
    text = library.text(f"/gleanings/{path.format(id=id_)}")
    lines = text.splitlines() if "_nl" in path else [text]
    values = [value for line in lines for value in list_values(json.loads(line))]
    assert str(id_) in values
    assert all(abs(value) <= 2**53 for value in values if isinstance(value, int))


def test_small_ids_remain_numbers(library: Library) -> None:
    row = library.json("/gleanings/tweets.json?_shape=objects&_size=1")["rows"][0]
    assert isinstance(row["id"], str)
    assert isinstance(row["highlight_id"], int)
    assert row["id"] in row["url"]


def test_tweet_ids_are_exact_in_csv_and_on_the_page(library: Library, example: Path) -> None:
    id_ = sqlite3.connect(example).execute("select min(thread_id) from tweets").fetchone()[0]
    assert f"\n{id_}," in library.text("/gleanings/tweets.csv")
    assert f">{id_}<" in library.text("/gleanings/tweets").replace(" ", "")


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("slow", "/document/"),
        ("statsgarden", "/author/"),
        ("@statsg", "/author/"),
        ("memory", "/topic/"),
        ("calculus", "/resource/"),
        ("forgetting", "article"),
    ],
)
def test_search_covers_everything(library: Library, words: str, address: str) -> None:
    page = library.text(f"/gleanings/-/search?q={words}")
    assert address in page[page.index("<main") :]
    assert "Nothing found" not in page


def test_no_canned_query_scans_all_highlights(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    names = ("month", "author", "since", "until")
    for query in QUERIES:
        plan = db.execute(f"explain query plan {query.sql}", dict.fromkeys(names, "2022-01"))
        scans = [step[3] for step in plan if step[3].startswith("SCAN h") or step[3] == "SCAN highlights"]
        assert scans == [], query.name
    db.close()


def test_the_readers_own_configuration_wins(example: Path) -> None:
    own = {"sort": "id", "facets": ["category"], "label_column": "uid", "description": "Mine."}
    library = Library(example, {"databases": {"gleanings": {"tables": {"highlights": own}}}})
    rows = library.json("/gleanings/highlights.json?_shape=objects&_size=max")["rows"]
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    page = library.text("/gleanings/highlights")
    assert "Mine." in page
    assert "Passages you marked" not in page


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (b"{broken", b"{broken"),
        (b'{"a":1,  "b": [true, null]}', b'{"a":1,  "b": [true, null]}'),
        (b"[9007199254740992,  -9007199254740992]", b"[9007199254740992,  -9007199254740992]"),
        (b'[{"a": 9007199254740993}, 1]', b'[{"a": "9007199254740993"}, 1]'),
        (b"-9007199254740993", b'"-9007199254740993"'),
    ],
)
def test_integers_that_a_browser_would_round_are_quoted(body: bytes, quoted: bytes) -> None:
    assert quote_large_integers(body) == quoted


def test_another_database_is_unchanged(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("create table highlights (id integer primary key, text, large)")
    db.execute("insert into highlights (text, large) values ('*as it is*', 1479860989326262275)")
    db.commit()
    db.close()
    library = Library(other)
    assert "<em>" not in library.text("/other/highlights")
    row = library.json("/other/highlights.json?_shape=objects")["rows"][0]
    assert row["large"] == 1479860989326262275
    assert library.get("/other/-/home").status_code == 404
    assert library.get("/").status_code == 200
    assert read_application_id(other) == read_application_id(tmp_path / "missing.db") == 0


def test_the_front_page_redirects_to_the_only_store(library: Library) -> None:
    answer = library.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/gleanings/-/home")


def test_what_is_not_a_request_goes_to_datasette_unchanged(library: Library) -> None:
    async def app(*given: Any) -> None:
        passed.append(given)

    async def run() -> None:
        await wrap_app(app, library.datasette)({"type": "lifespan"}, app, app)

    passed: list[Any] = []
    asyncio.run(run())
    assert passed == [({"type": "lifespan"}, app, app)]


def test_the_front_page_can_remain_datasettes(example: Path) -> None:
    library = Library(example, {"plugins": {"gleanings": {"front_page": False}}})
    assert library.get("/").status_code == 200


def test_pages_require_permission_to_view_the_database(example: Path) -> None:
    library = Library(example, {"databases": {"gleanings": {"allow": {"id": "me"}}}})
    assert library.get("/gleanings/-/home").status_code == 403


@pytest.mark.parametrize("table", ["highlights", "documents", "notes", "links", "resources"])
def test_pages_require_permission_to_view_every_table(example: Path, table: str) -> None:
    library = Library(example, {"databases": {"gleanings": {"tables": {table: {"allow": False}}}}})
    assert library.get("/gleanings/-/home").status_code == 403


def test_datasette_mcp_offers_the_agents_tools_with_datasettes_permissions(example: Path) -> None:
    client = need_module("mcp")
    from store.browse.plugin import register_mcp_tools

    def ask(metadata: dict[str, object]) -> tuple[list[str], str]:
        library = Library(example, metadata)
        server = client.server.MCPServer("datasette")
        register_mcp_tools(library.datasette, server)

        async def drive() -> tuple[list[str], str]:
            async with client.Client(server) as session:
                names = [tool.name for tool in (await session.list_tools()).tools]
                result = await session.call_tool("search", {"query": "linear algebra"})
                return names, result.content[0].text

        answer: tuple[list[str], str] = library._await(drive())
        return answer

    names, found = ask({})
    assert names == ["search", "get_document", "get_topic", "find_source", "list_topics"]
    assert json.loads(found)["items"]
    assert "no library" in ask({"databases": {"gleanings": {"allow": {"id": "me"}}}})[1]
