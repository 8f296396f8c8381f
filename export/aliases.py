"""Other names of topics: from the configuration and from the `alias` properties of the reader's pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from export.topic_names import fold_name, is_stop_name


def fold_aliases(
    configured: Mapping[str, str], of_pages: Iterable[tuple[str, str]], fixed: Collection[str] = ()
) -> dict[str, str]:
    """By the key of each other name (`fold_name`) the topic that it stands for.

    `of_pages` are pairs of a page's name and an alias of it, in any order; where two pages have one, the
    first by name gets it. The configuration goes before pages, and the names `fixed` stand for themselves.
    """
    own = {fold_name(name) for name in fixed}
    steps: dict[str, str] = {}
    pages = sorted(of_pages, key=lambda pair: (pair[0].casefold(), pair))
    for name, topic in [*configured.items(), *((alias, page) for page, alias in pages)]:
        key = fold_name(name)
        if key not in own and key != fold_name(topic) and not is_stop_name(topic):
            steps.setdefault(key, topic)
    return {key: _follow(key, steps) for key in steps}


def _follow(key: str, steps: Mapping[str, str]) -> str:
    """Where one name after the other leads; of names that lead in a circle the first by name."""
    path: list[str] = []
    while key in steps and key not in path:
        path.append(key)
        key = fold_name(steps[key])
    if key in steps:
        return min(
            (steps[each] for each in path[path.index(key) :]), key=lambda name: (name.casefold(), name)
        )
    return steps[path[-1]]
