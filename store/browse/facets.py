"""Facets from stored counts if there is no filter or one on category or year; others count by an index."""

from __future__ import annotations

from typing import Any

from datasette.facets import ColumnFacet, Facet
from datasette.utils import path_with_added_args, path_with_removed_args

from store.browse.databases import is_store

KEPT_NAMES = {
    ("highlights", "category"): "category",
    ("highlights", "year"): "year",
    ("highlights", "author_id"): "author_id",
    ("resources", "kind"): "kind",
    ("resources", "status"): "resource",
    ("links", "status"): "link",
    ("problems", "kind"): "problem",
}
"""(table, column) → the facet's name in `facet_counts`."""

KEPT_BESIDE = {
    ("category", "year"): ("category year", "part"),
    ("category", "author_id"): ("category author_id", "part"),
    ("year", "author_id"): ("year author_id", "part"),
    ("year", "category"): ("category year", "value"),
}
"""(column chosen, column counted) → the facet of `highlights`, and its column with the counted value."""

LABELS = {"author_id": "author"}
"""Column → the name that a reader sees."""

PLAIN = {
    *("_facet", "_facet_size", "_facet_kept", "_nofacet", "_nosuggest", "_nocount"),
    *("_size", "_sort", "_sort_desc", "_next", "_shape", "_labels", "_col", "_nocol"),
    *("_extra", "_trace", "_nl", "_header"),
}
"""Arguments that do not filter rows."""

kept_counts = """
select c.value as value, c.count as count, coalesce(a.name, c.value) as label
from facet_counts as c
left join authors as a on c.facet = 'author_id' and a.id = cast(c.value as integer)
where c.facet = :facet
order by c.count desc, c.value
limit :limit
"""

kept_parts = """
select c.part as value, c.count as count, coalesce(a.name, c.part) as label
from facet_counts as c
left join authors as a on c.facet like '% author_id' and a.id = cast(c.part as integer)
where c.facet = :facet and c.value = :chosen
order by c.count desc, c.part
limit :limit
"""

kept_values = """
select value, count, value as label from facet_counts where facet = :facet and part = :chosen
order by count desc, value
limit :limit
"""

kept_one = """
select value, count, value as label from facet_counts where facet = :facet and value = :chosen limit :limit
"""

kept_tags = """
select t.id as value, t.name as label, c.count as count
from facet_counts as c join tags as t on t.id = cast(c.value as integer)
where c.facet = :facet
order by c.count desc, t.name
limit :limit
"""


class KeptFacet(ColumnFacet):
    """Values of a column; without a filter, no row of the table is read."""

    type = "kept"

    async def suggest(self) -> list[dict[str, Any]]:
        return []

    async def facet_results(self) -> Any:
        chosen = find_filter(self)
        columns = [source["config"]["simple"] for source in self.get_configs()]
        questions = [find_question(self.table, column, chosen) for column in columns]
        if chosen is None or None in questions:
            counted, timed_out = await super().facet_results()
            return [_label(facet) for facet in counted], timed_out
        results = []
        for source, column, question in zip(self.get_configs(), columns, questions, strict=True):
            sql, facet = question or ("", "")
            rows = await _fetch(self, sql, facet, chosen[1])
            values = [_make_value(self, row, column, chosen == (column, str(row["value"]))) for row in rows]
            results.append(_make_facet(self, column, values, source["source"]))
        return results, []


def find_filter(facet: Any) -> tuple[str, str] | None:
    """Find the only filter, as (column, value); two empty strings if there is none, None for others."""
    if not facet.table or not is_store(facet.ds.databases[facet.database]):
        return None
    given = [(name, value) for name, value in facet.get_querystring_pairs() if name not in PLAIN]
    if not given:
        return "", ""
    name, value = given[0]
    name = name.removesuffix("__exact")
    return (name, value) if len(given) == 1 and value and "__" not in name else None


def find_question(table: str, column: str, chosen: tuple[str, str] | None) -> tuple[str, str] | None:
    """Find the SQL and the stored facet for `column`; None if its rows must be counted."""
    kept = KEPT_NAMES.get((table, column))
    if chosen is None or kept is None:
        return None
    if not chosen[0]:
        return kept_counts, kept
    if table != "highlights" or chosen[0] not in ("category", "year"):
        return None
    if chosen[0] == column:
        return kept_one, kept
    facet, where = KEPT_BESIDE[chosen[0], column]
    return (kept_parts if where == "part" else kept_values), facet


class TagFacet(Facet):
    """Tags of highlights, counted in the join table instead of in JSON."""

    type = "tag"

    async def suggest(self) -> list[dict[str, Any]]:
        return []

    async def facet_results(self) -> Any:
        if not self.get_configs() or self.table != "highlights" or find_filter(self) != ("", ""):
            return [], []
        rows = await _fetch(self, kept_tags, "tag", "")
        values = [_make_value(self, row, "_through", False, _through(row["value"])) for row in rows]
        return [_make_facet(self, "tag", values, "metadata")] if values else [], []


def _through(tag_id: int) -> str:
    return f'{{"table":"highlight_tags","column":"tag_id","value":"{tag_id}"}}'


async def _fetch(facet: Any, sql: str, name: str, chosen: str) -> list[Any]:
    row = {"facet": name, "limit": facet.get_facet_size() + 1, "chosen": chosen}
    return list((await facet.ds.execute(facet.database, sql, row)).rows)


def _make_value(
    facet: Any, row: Any, name: str, selected: bool, argument: str | None = None
) -> dict[str, Any]:
    value = str(row["value"])
    if selected:
        path = path_with_removed_args(facet.request, {name: value, f"{name}__exact": value})
    else:
        path = path_with_added_args(facet.request, {name: value if argument is None else argument})
    return {
        "value": int(value) if value.isdigit() else value,
        "label": row["label"],
        "count": row["count"],
        "toggle_url": facet.ds.absolute_url(facet.request, facet.ds.urls.path(path)),
        "selected": selected,
    }


def _make_facet(facet: Any, name: str, values: list[dict[str, Any]], source: str) -> dict[str, Any]:
    size = facet.get_facet_size()
    removed = path_with_removed_args(facet.request, {f"_facet_{facet.type}": name})
    return _label({
        "name": name,
        "hideable": source != "metadata",
        "toggle_url": facet.ds.urls.path(removed),
        "results": values[:size],
        "truncated": len(values) > size,
    })  # fmt: skip


def _label(facet: dict[str, Any]) -> dict[str, Any]:
    """The facet under the name that a reader sees."""
    # Datasette writes any type but `column` after the name
    return {**facet, "name": LABELS.get(facet["name"], facet["name"]), "type": "column"}
