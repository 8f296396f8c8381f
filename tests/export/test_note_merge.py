"""Merge a note block by block: the user's edits stay, new text arrives, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export.note_merge import Merged, merge_note, shows_blocks
from export.note_places import FLAVOURS, Flavour
from export.note_tree import Rendered
from export.render import RenderedNote, render_notes
from export.topic_groups import group_topics
from record_types.library import ReadDocument
from tests.export.edits import edit, edits
from tests.export.samples import ARTICLE, DOCUMENTS, THREAD, tweet
from tests.growth import assert_linear, measure_time
from tests.topic_texts import assign_topics

NEW_TWEET = tweet(105, "For Soil Science: a last word.\n\nhttps://t.co/CCCCCCCCCC", notes=("Oh.",))


def render(documents: Sequence[ReadDocument], flavour: Flavour) -> dict[str, RenderedNote]:
    notes = render_notes(documents, group_topics(documents, assign_topics(documents)), flavour)
    return {note.uid: note for note in notes}


def base_of(note: RenderedNote) -> dict[str, str]:
    return {block.key: block.text for block in note.blocks}


def merge(current: str, old: RenderedNote, new: RenderedNote, flavour: Flavour) -> Merged:
    return merge_note(current, base_of(old), new.blocks, flavour)


def change_text(number: int, words: str, thread: ReadDocument = THREAD) -> ReadDocument:
    """Return the thread with a different text in one tweet."""
    highlights = tuple(
        replace(each, text=words) if each.tweet_id == number else each for each in thread.highlights
    )
    return replace(thread, highlights=highlights)


OLD = {flavour: render(DOCUMENTS, flavour) for flavour in FLAVOURS}
GROWN = (replace(THREAD, highlights=(*THREAD.highlights, NEW_TWEET)), ARTICLE)
NEW = {flavour: render(GROWN, flavour) for flavour in FLAVOURS}
UID = f"document:{THREAD.uid}"
TOPIC = "topic:soil-science"

pytestmark = pytest.mark.parametrize("flavour", FLAVOURS)


def test_an_unedited_file_becomes_the_new_note_if_new_blocks_come_last(flavour: Flavour) -> None:
    for note in OLD[flavour].values():
        assert merge(note.text, note, note, flavour).text == note.text
    old, new = OLD[flavour][UID], NEW[flavour][UID]
    assert merge(old.text, old, new, flavour) == Merged(new.text)


def test_a_block_that_the_user_changed_stays_and_its_new_text_is_reported_once(flavour: Flavour) -> None:
    old = OLD[flavour][UID]
    new = render((change_text(103, "Bonus: a loud bench."), ARTICLE), flavour)[UID]
    current = old.text.replace("a quiet bench.", "a quiet bench, as I know.")
    merged = merge(current, old, new, flavour)
    assert merged.text == current
    assert [conflict.key for conflict in merged.conflicts] == ["tweet:103"]
    assert "a loud bench." in merged.conflicts[0].text
    assert merge(merged.text, new, new, flavour) == Merged(current)


def test_the_other_blocks_of_an_edited_file_take_their_new_text(flavour: Flavour) -> None:
    old = OLD[flavour][UID]
    new = render((change_text(103, "Bonus: a loud bench."), ARTICLE), flavour)[UID]
    current = old.text.replace("What to read about soil and roots.", "What I read about soil and roots.")
    merged = merge(current, old, new, flavour)
    assert merged == Merged(
        current.replace("a quiet bench.", "a loud bench.")
        .replace("\t  \n  [example.org/untitled](https://example.org/untitled)", "")
        .replace("\n  \n  [example.org/untitled](https://example.org/untitled)", "")
        .replace("\n\n[example.org/untitled](https://example.org/untitled)", "")
        .replace("\n>\n> [example.org/untitled](https://example.org/untitled)", "")
    )


def test_a_deleted_block_stays_deleted_even_if_its_text_changes(flavour: Flavour) -> None:
    old = OLD[flavour][UID]
    block = next(block for block in old.blocks if block.key == "tweet:103")
    lines = old.text.split("\n")
    ours = block.text.split("\n")
    at = next(n for n, line in enumerate(lines) if "a quiet bench" in line)
    del lines[at : at + len(ours) + (flavour != "logseq")]
    current = "\n".join(lines)
    new = render((change_text(103, "Bonus: a loud bench."), ARTICLE), flavour)[UID]
    assert merge(current, old, new, flavour) == Merged(current)
    assert merge(current, old, old, flavour) == Merged(current)


def test_the_users_blocks_stay_in_place_and_new_ones_go_after_ours(
    flavour: Flavour,
) -> None:
    old, new = OLD[flavour][TOPIC], NEW[flavour][TOPIC]
    mine, child = (
        ("- Mine", "\t\t\t- my child") if flavour == "logseq" else ("## Mine\n\nmy words", "my child")
    )
    end = "" if old.text.endswith("\n") else "\n"
    current = f"{old.text}{end}\n{mine}" if flavour != "logseq" else f"{old.text}\n{mine}"
    gap = "\n" if flavour == "logseq" else "\n\n"
    current = current.replace("twice", f"twice{gap}{child}")
    merged = merge(current, old, new, flavour).text
    assert merged.endswith(mine)
    assert merged.index("my child") < merged.index("a last word") < merged.index("Worth opening")
    assert merged.index("slides", merged.index("Worth opening"))
    left = [line for line in merged.split("\n") if line.strip("\t >")]
    assert [line for line in current.split("\n") if line.strip("\t >") and not _is_ambiguous(line)] == [
        line for line in left if line in current.split("\n") and not _is_ambiguous(line)
    ]


def test_nothing_is_re_sorted(flavour: Flavour) -> None:
    old = OLD[flavour]["reading-list"]
    shared = replace(THREAD.highlights[1], id=301, uid="tweet:301")
    other = replace(
        THREAD, id=3, uid="t3", title="Other", full_title="Other", highlights=(shared,), note=None
    )
    new = render((*DOCUMENTS, other), flavour)["reading-list"]
    merged = merge(old.text, old, new, flavour).text
    titles = [
        title
        for line in merged.split("\n")
        for title in ("Deep", "untitled", "Soil ")
        if f" [{title}" in line or f" [example.org/{title}" in line
    ]
    assert titles == ["Deep", "Soil ", "untitled"]
    assert "Other" in merged


def test_an_obsolete_block_is_removed_unless_the_user_wrote_below_it(
    flavour: Flavour,
) -> None:
    shorter = (replace(THREAD, highlights=THREAD.highlights[:3]), ARTICLE)
    old, new = OLD[flavour][UID], render(shorter, flavour)[UID]
    assert merge(old.text, old, new, flavour).text == new.text
    if flavour == "logseq":
        current = old.text.replace("status/103))", "status/103))\n\t- my child")
        merged = merge(current, old, new, flavour).text
        assert "quiet bench" in merged
        assert merged.endswith("\t- my child")


def test_blocks_that_the_user_moved_take_their_new_text(flavour: Flavour) -> None:
    base = {f"k{number}": f"text number {number}" for number in range(10)}
    new = [Rendered(key, f"{text}, new") for key, text in base.items()]
    start, between = ("- ", "\n- ") if flavour == "logseq" else ("", "\n\n")
    moved = [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]
    current = start + between.join(f"text number {number}" for number in moved)
    assert merge_note(current, base, new, flavour) == Merged(
        start + between.join(f"text number {number}, new" for number in moved)
    )


def test_line_endings_byte_order_mark_and_final_newline_are_preserved(flavour: Flavour) -> None:
    old, new = OLD[flavour][UID], NEW[flavour][UID]
    for final in ("", "\n"):
        current = "\ufeff" + (old.text.rstrip("\n") + final).replace("\n", "\r\n")
        wanted = "\ufeff" + (new.text.rstrip("\n") + final).replace("\n", "\r\n")
        assert merge(current, old, new, flavour).text == wanted


def test_a_note_that_was_written_but_not_recorded_gets_no_block_twice(flavour: Flavour) -> None:
    old, new = OLD[flavour][UID], NEW[flavour][UID]
    assert merge(new.text, old, new, flavour) == Merged(new.text)


def test_new_blocks_of_a_deleted_section_are_withheld(flavour: Flavour) -> None:
    old, new = OLD[flavour][TOPIC], NEW[flavour][TOPIC]
    start = old.text.index("- ## Worth opening" if flavour == "logseq" else "## Worth opening")
    current = old.text[:start]
    merged = merge(current, old, new, flavour)
    assert {each.line for each in merged.withheld} == {0}
    assert {each.key for each in merged.withheld} == {
        "resource:https://example.org/slides",
        "resource:https://example.org/untitled",
    }
    assert merged.text.count("org/slides") == 1


@pytest.mark.parametrize(("without", "left"), [("c", {"a", "b"}), ("a", set()), ("b", {"a"})])
def test_new_blocks_that_the_user_took_out_elsewhere_are_not_inserted(
    flavour: Flavour, without: str, left: set[str]
) -> None:
    title = Rendered("title", "Title" if flavour == "logseq" else "# Title", "title")
    new = [title, Rendered("a", "new words", "item"), Rendered("b", "below them", "item", "a", 1)]
    merged = merge_note(
        f"- {title.text}" if flavour == "logseq" else title.text,
        {"title": title.text},
        new,
        flavour,
        {without},
    )
    assert {block.key for block in new[1:] if block.text in merged.text} == left
    assert merged.conflicts == merged.withheld == ()


@settings(max_examples=120, deadline=None)
@given(edits(), edits(), st.sampled_from([UID, TOPIC, "reading-list", "index"]), st.booleans())
@example([("insert", 999, "mine")], [], UID, False)
def test_no_word_of_the_users_is_ever_lost(
    flavour: Flavour,
    first: list[tuple[str, int, str]],
    second: list[tuple[str, int, str]],
    uid: str,
    back: bool,
) -> None:
    old, new = OLD[flavour][uid], NEW[flavour][uid]
    if back:
        old, new = new, old
    current, mine = edit(old.text, first)
    merged = merge(current, old, new, flavour)
    assert sorted(mine) == sorted(find_mine(merged.text))
    assert merge(merged.text, new, new, flavour) == Merged(merged.text)
    current, mine = edit(merged.text, second, start=20)
    again = merge(current, new, old, flavour)
    assert sorted(mine) == sorted(find_mine(again.text))
    assert merge(again.text, old, old, flavour) == Merged(again.text)


@pytest.mark.parametrize("count", [4000])
def test_merging_takes_linear_time(flavour: Flavour, count: int) -> None:
    def measure(number: int) -> float:
        old = {f"k{n}": f"the same words {n % 3}\nand {n}" for n in range(number)}
        new = [Rendered(f"k{n}", f"the same words {n % 3}\nor {n}") for n in range(number + number // 4)]
        current = "".join(
            f"- the same words {n % 3}\n  and {n}\n- mine {n % 5}\n\n```\n" for n in range(number)
        )
        return measure_time(lambda: merge_note(current, old, new, flavour))

    measure(count // 8)
    assert measure(count) < 8 * 4 * max(measure(count // 8), 0.004)


def test_blocks_whose_lines_the_user_pulled_apart_take_linear_time(flavour: Flavour) -> None:
    def merge_torn(number: int) -> None:
        base = {f"k{n}": f"the first line of {n}\nand the second of {n}" for n in range(number)}
        first, second = ([text.split("\n")[part] for text in base.values()] for part in (0, 1))
        bullet = "- " if flavour == "logseq" else ""
        merge_note("\n".join(bullet + line for line in (*first, *second)), base, [], flavour)

    assert_linear(merge_torn, 500, 4000)


def find_mine(text: str) -> list[str]:
    return [word for word in text.replace("`", " ").split() if word.startswith("mine")]


def _is_ambiguous(line: str) -> bool:
    """Return whether a line is a count, which changes, or occurs in several blocks."""
    return "2 highlights" in line or "[!note]" in line


def test_a_text_that_is_gone_is_not_a_heading_of_those_after_it(flavour: Flavour) -> None:
    heading = Rendered("section:a", "## A heading", "heading")
    gone = Rendered("k1", "words that go", "passage", "section:a", 1)
    old = Rendered("k2", "old words", "passage", "section:a", 1)
    base = {block.key: block.text for block in (heading, gone, old)}
    new = [heading, replace(old, text="new words")]
    if flavour == "logseq":
        merged = merge_note("- ## A heading\n\t- words that go\n\t- old words\n- mine", base, new, flavour)
        assert merged == Merged("- ## A heading\n\t- new words\n- mine")
    else:
        merged = merge_note("mine\n\n## A heading\n\nwords that go\n\nold words\n", base, new, flavour)
        assert merged == Merged("mine\n\n## A heading\n\nnew words\n")


def test_a_page_shows_blocks_if_it_has_all_of_their_headings(flavour: Flavour) -> None:
    note = NEW[flavour][TOPIC]
    headings = [block for block in note.blocks if block.kind == "heading"]
    assert headings
    assert shows_blocks(note.text, note.blocks, flavour)
    assert not shows_blocks(note.text.replace(headings[-1].text.strip(), "gone"), note.blocks, flavour)
