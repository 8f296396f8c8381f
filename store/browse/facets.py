"""Facets that read kept counts while nothing is filtered, and count through an index when something is."""

from __future__ import annotations

from typing import Any

from datasette.facets import ColumnFacet, Facet
from datasette.utils import path_with_added_args, path_with_removed_args

from store.browse.recognition import is_ours

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

kept_counts = """
select c.value as value, c.count as count, coalesce(a.name, c.value) as label
from facet_counts as c
left join authors as a on c.facet = 'author_id' and a.id = cast(c.value as integer)
where c.facet = :facet
order by c.count desc, c.value
limit :limit
"""

kept_tags = """
select t.id as value, t.name as label, c.count as count
from facet_counts as c join tags as t on t.id = cast(c.value as integer)
where c.facet = :facet
order by c.count desc, t.name
limit :limit
"""


class KeptFacet(ColumnFacet):  # type: ignore[misc]
    """A column's values; without a filter no row of the table is read."""

    type = "kept"

    async def suggest(self) -> list[dict[str, Any]]:
        return []

    async def facet_results(self) -> Any:
        if not _is_kept(self):
            return await super().facet_results()
        results = []
        for source in self.get_configs():
            column = source["config"]["simple"]
            facet = KEPT_NAMES.get((self.table, column))
            if facet is None:
                continue
            rows = await _fetch(self, kept_counts, facet)
            values = [_make_value(self, row, {column: row["value"]}, source=row["value"]) for row in rows]
            results.append(_make_facet(self, column, values, source["source"]))
        return results, []


class TagFacet(Facet):  # type: ignore[misc]
    """The tags of highlights, counted in the join table and never in JSON."""

    type = "tag"

    async def suggest(self) -> list[dict[str, Any]]:
        return []

    async def facet_results(self) -> Any:
        if not self.get_configs() or self.table != "highlights" or not _is_kept(self):
            return [], []
        rows = await _fetch(self, kept_tags)
        values = [
            _make_value(self, row, {"_through": _through(row["value"])}, source=row["value"]) for row in rows
        ]
        return [_make_facet(self, "tag", values, "metadata")] if values else [], []


def _through(tag_id: int) -> str:
    return f'{{"table":"highlight_tags","column":"tag_id","value":"{tag_id}"}}'


def _is_kept(facet: Any) -> bool:
    """Whether the facet counts all rows of one of our tables: no filter, no search, no condition."""
    plain = {
        "_facet",
        "_size",
        "_sort",
        "_sort_desc",
        "_next",
        "_shape",
        "_labels",
        "_col",
        "_nocol",
        "_extra",
    }
    plain |= {"_facet_size", "_nofacet", "_nosuggest", "_nocount", "_trace", "_nl", "_header", "_facet_kept"}
    names = {name for name, _ in facet.get_querystring_pairs()}
    return bool(facet.table) and names <= plain and is_ours(facet.ds.databases[facet.database])


async def _fetch(facet: Any, sql: str, name: str = "tag") -> list[Any]:
    row = {"facet": name, "limit": facet.get_facet_size() + 1}
    return list((await facet.ds.execute(facet.database, sql, row)).rows)


def _make_value(facet: Any, row: Any, arguments: dict[str, Any], source: Any) -> dict[str, Any]:
    path = path_with_added_args(facet.request, arguments)
    return {
        "value": int(source) if str(source).isdigit() else source,
        "label": row["label"],
        "count": row["count"],
        "toggle_url": facet.ds.absolute_url(facet.request, facet.ds.urls.path(path)),
        "selected": False,
    }


def _make_facet(facet: Any, name: str, values: list[dict[str, Any]], source: str) -> dict[str, Any]:
    size = facet.get_facet_size()
    removed = path_with_removed_args(facet.request, {f"_facet_{facet.type}": name})
    return {
        "name": name,
        "type": facet.type,
        "hideable": source != "metadata",
        "toggle_url": facet.ds.urls.path(removed),
        "results": values[:size],
        "truncated": len(values) > size,
    }
