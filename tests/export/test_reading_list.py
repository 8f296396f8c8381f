"""The reading list: what it contains and in which order, and the boxes that the reader ticks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from export.highlight_links import collect_resources
from export.note_merge import merge_note
from export.note_tree import Rendered
from export.reading_list import copy_ticks, find_changed_ticks, find_ticks, keep_boxes, make_reading_lists
from export.render import render_notes
from record_types.library import ReadDocument, ReadHighlight, ReadLink
from record_types.pages import Author


def share(number: int, text: str, url: str, *, by: str, day: str, kind: str = "article") -> ReadDocument:
    link = ReadLink(url, "resolved", False, final_url=url, resource_uid=url, resource_url=url, kind=kind)
    highlight = ReadHighlight(
        number,
        f"tweet:{number}",
        text,
        taken_at=f"{day}T08:00:00Z",
        tweet_id=number,
        links=(link,),
    )
    author = Author(by, by, f"https://twitter.com/{by}")
    return ReadDocument(
        number, f"d:{number}", f"D{number}", f"D{number}", "tweets", author, highlights=(highlight,)
    )


TIDE, MOON, BORE = (f"https://tides.example/{name}-explained" for name in ("tide", "moon", "bore"))
DOCUMENTS = (
    share(1, f"Read: {TIDE}", TIDE, by="ada", day="2021-03-29"),
    share(2, f"Watch: {MOON}", MOON, by="ben", day="2023-01-17", kind="video"),
    share(3, f"We saw {BORE} in May", BORE, by="ada", day="2023-01-18"),
    share(4, f"We saw {BORE} in June", BORE, by="ben", day="2023-06-18"),
    share(5, f"We saw {TIDE}x in June", f"{TIDE}x", by="ben", day="2023-06-18"),
)


def render(read: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    notes = render_notes(DOCUMENTS, (), "markdown", read=read)
    return {note.path: note.text for note in notes if note.uid.startswith("reading-list")}


def test_a_link_is_listed_if_someone_offers_it_or_several_people_share_it() -> None:
    assert [each.title for each in collect_resources(DOCUMENTS)] == [
        "Tide explained", "Moon explained", "Bore explained",
    ]  # fmt: skip


def test_one_resource_has_the_best_values_of_its_links() -> None:
    plain, named = (
        ReadLink(f"https://t.co/{name}", "resolved", True, label=label, final_url=TIDE, title=title)
        for name, label, title in (("aaaaaaaaaa", None, None), ("bbbbbbbbbb", "Part 2", "Tides"))
    )
    text = f"We saw {plain.url} in May.\n\nRead: (Part 2) {named.url}"
    offered = replace(DOCUMENTS[0].highlights[0], text=text, links=(plain, named))
    again = replace(
        offered, id=9, uid="tweet:9", tweet_id=9, text=f"We saw {plain.url} in May", links=(plain,)
    )
    document = replace(DOCUMENTS[0], highlights=(offered, again))
    (found,) = collect_resources([document])
    assert (found.key, found.link, found.labels) == (TIDE, named, ("Part 2",))
    assert [(each.highlight.id, each.offer.role) for each in found.sharings] == [
        (1, "offered"),
        (9, "inline"),
    ]


def test_weeks_are_sections_the_newest_first_and_kinds_are_sections_in_them() -> None:
    text = render()["Reading list.md"]
    lines = [line[:40] for line in text.splitlines() if line.startswith(("#", "- "))]
    assert lines == [
        "# Reading list",
        "## Week of 2023-06-12",
        "### Articles",
        "- [ ] [Bore explained](https://tides.exa",
        "## Week of 2023-01-16",
        "### Videos",
        "- [ ] [Moon explained](https://tides.exa",
        "## Week of 2021-03-29",
        "### Articles",
        "- [ ] [Tide explained](https://tides.exa",
    ]
    assert "shared by 2: @ada on 2023-01-18 in [D3]" in text
    assert "- [ ] [Tide explained](https://tides.example/tide-explained)" in text


def test_what_was_read_is_on_a_page_of_its_own() -> None:
    pages = render({TIDE})
    assert "Tide explained" not in pages["Reading list.md"]
    assert "- [x] [Tide explained]" in pages["Reading list (read).md"]


def test_old_items_are_on_pages_by_year() -> None:
    many = [
        share(n, f"Read: {TIDE}-{n}", f"{TIDE}-{n}", by="ada", day=f"{2015 + n % 4}-03-29")
        for n in range(1, 400)
    ]
    notes = make_reading_lists(collect_resources(many))
    assert [note.title for note in notes[:2]] == ["Reading list", "Reading list 2017"]
    assert sum(str(note.blocks).count("'open'") for note in notes) == 399


def test_boxes_are_found_in_every_flavour() -> None:
    text = (
        "- [x] [A](https://a.example) · x\n- [ ] [B](https://b.example)\n\t- DONE [C](https://c.example)\n"
        "- TODO [D](https://d.example)\n- [E](https://e.example)"
    )
    assert [(tick.url, tick.done) for tick in find_ticks(text)] == [
        ("https://a.example", True),
        ("https://b.example", False),
        ("https://c.example", True),
        ("https://d.example", False),
    ]


def test_a_tick_is_noticed_and_removed_only_where_there_was_one() -> None:
    base = "- [ ] [A](https://a.example)\n- [x] [B](https://b.example)\n- [ ] [C](https://c.example)"
    now = "- [x] [A](https://a.example)\n- [ ] [B](https://b.example)\n- [ ] [C](https://c.example)"
    keys = {f"https://{name}.example": name for name in "abc"}
    assert find_changed_ticks(now, base, keys) == {"a": True, "b": False}
    assert find_changed_ticks(now, now, keys) == {}
    unknown = f"- [x] [D](https://d.example)\n{now}"
    assert find_changed_ticks(unknown, base, keys) == {"a": True, "b": False}
    both = f"{now}\n- [ ] [A](https://a.example)"
    assert find_changed_ticks(both, base, keys) == {"a": True, "b": False}


def test_a_tick_is_not_an_edit_but_other_words_are() -> None:
    base = "- [ ] [A](https://a.example) · x\n- TODO [B](https://b.example)"
    assert copy_ticks(base, base.replace("[ ]", "[x]").replace("TODO", "DONE")) == (
        "- [x] [A](https://a.example) · x\n- DONE [B](https://b.example)"
    )
    assert copy_ticks(base, "- [x] [A](https://a.example) · x, and mine") == base


def test_an_item_with_the_readers_words_below_it_takes_its_title_where_it_is() -> None:
    old = [
        Rendered("section:a", "## A", "heading"),
        Rendered("r:1", "[t.co/x](https://t.co/x)", "item", "section:a", 1),
    ]
    new = [
        Rendered("section:b", "## B", "heading"),
        Rendered("r:1", "[Walks](https://w.example)", "item", "section:b", 1),
    ]
    base = {block.key: block.text for block in old}
    mine = merge_note("- ## A\n\t- [t.co/x](https://t.co/x)\n\t\t- mine", base, new, "logseq")
    assert mine.text.startswith("- ## A\n\t- [Walks](https://w.example)\n\t\t- mine")
    moved = merge_note("- ## A\n\t- [t.co/x](https://t.co/x)\n- mine", base, new, "logseq")
    assert "- ## B\n\t- [Walks](https://w.example)" in moved.text
    assert "## A" not in moved.text


@pytest.mark.parametrize(
    ("new", "mine", "kept"),
    [
        (
            "- TODO [A](https://a.example) x",
            "- DOING [A](https://a.example)",
            "- DOING [A](https://a.example) x",
        ),
        ("- TODO [A](https://a.example)", "- DONE [A](https://a.example)", "- TODO [A](https://a.example)"),
        (
            "- DONE [A](https://a.example)",
            "- CANCELED [A](https://a.example)",
            "- CANCELED [A](https://a.example)",
        ),
        ("- TODO [A](https://a.example)", "- DOING [B](https://b.example)", "- TODO [A](https://a.example)"),
        ("- TODO [A](https://a.example)", "- [ ] [A](https://a.example)", "- TODO [A](https://a.example)"),
        ("- [x] [A](https://a.example)", "- [X] [A](https://a.example)", "- [X] [A](https://a.example)"),
        ("- [x] [A](https://a.example)", "- [ ] [A](https://a.example)", "- [x] [A](https://a.example)"),
        ("- TODO [A](https://a.example)", "mine", "- TODO [A](https://a.example)"),
        (
            "\t- TODO [A](https://a.example)",
            "- NOW [A](https://a.example)\n  :LOGBOOK:\n  CLOCK: [now]\n  :END:",
            "\t- NOW [A](https://a.example)\n\t  :LOGBOOK:\n\t  CLOCK: [now]\n\t  :END:",
        ),
        (
            "TODO [A](https://a.example)",
            "- NOW [A](https://a.example)\n  :LOGBOOK:\n  :END:",
            "NOW [A](https://a.example)\n:LOGBOOK:\n:END:",
        ),
    ],
)
def test_an_item_keeps_the_state_and_the_times_that_logseq_gave_it(new: str, mine: str, kept: str) -> None:
    assert keep_boxes(new, ["", mine]) == kept


def test_the_first_page_has_150_items_and_the_undated_ones_are_last() -> None:
    many = [share(n, f"Read: {TIDE}-{n}", f"{TIDE}-{n}", by="ada", day="2021-03-29") for n in range(1, 151)]
    undated = share(200, f"Read: {MOON}", MOON, by="ben", day="")
    undated = replace(undated, highlights=tuple(replace(each, taken_at=None) for each in undated.highlights))
    (first,) = make_reading_lists(collect_resources(many))
    assert str(first.blocks).count("'open'") == 150
    first, rest = make_reading_lists(collect_resources([undated, *many]))
    assert str(first.blocks).count("'open'") == 150
    assert (rest.uid, rest.title) == ("reading-list:Undated", "Reading list Undated")
    synced = replace(
        undated, highlights=tuple(replace(each, synced_on="2020-01-05") for each in undated.highlights)
    )
    assert make_reading_lists(collect_resources([synced, *many]))[1].uid == "reading-list:2020"


def write_list(documents: Sequence[ReadDocument]) -> str:
    notes = render_notes(documents, (), "markdown")
    return next(note.text for note in notes if note.uid == "reading-list")


def test_in_a_week_what_most_people_share_comes_first_then_by_title() -> None:
    names = {"b": ("ada",), "a": ("ada",), "c": ("ada", "ben"), "d": ("ada", "ada")}
    shared = [
        share(10 * at + n, f"Read: {TIDE}-{name}", f"{TIDE}-{name}", by=by, day=f"2021-03-{29 + n}")
        for at, (name, people) in enumerate(names.items())
        for n, by in enumerate(people)
    ]
    assert re.findall(r"tide-explained-(\w)\)", write_list(shared)) == ["c", "a", "b", "d"]


def test_an_unresolved_link_is_counted_and_listed_last_without_its_state() -> None:
    page = share(1, "Read: https://t.co/AAAAAAAAAA", "https://t.co/AAAAAAAAAA", by="ada", day="2021-03-29")
    link = ReadLink("https://t.co/AAAAAAAAAA", "pending", True)
    page = replace(page, highlights=(replace(page.highlights[0], links=(link,)),))
    other = share(2, f"Read: {TIDE}", TIDE, by="ada", day="2021-03-30", kind="hat")
    text = write_list([page, other])
    assert "2 resources, 1 link not yet resolved." in text
    assert text.index("# Other") < text.index("tide-explained") < text.index("# Not yet resolved")
    assert text.index("# Not yet resolved") < text.index("t.co/AAAAAAAAAA")
    assert "⏳" not in text
    assert "\n1 resource.\n" in write_list([other])
