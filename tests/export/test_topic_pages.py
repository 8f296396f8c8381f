"""A topic's note is a curated page: its best highlights, no copies, sections, and a bounded size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from export.contained_texts import find_contained, split_words
from export.highlight_choice import MOST_SHOWN, choose_best, choose_shown, collect_choices, rate
from export.note_merge import merge_note
from export.note_places import FLAVOURS, Flavour
from export.note_tree import Note
from export.render import RenderedNote, render_notes
from export.topic_notes import MOST_HIGHLIGHTS, find_related, make_topic_notes
from export.topic_sections import divide, find_excerpts
from export.write_plan import plan_writes
from record_types.library import Assignment, ReadDocument, ReadHighlight, Topic
from record_types.pages import Author
from tests.growth import assert_linear

EACH = pytest.mark.parametrize("flavour", FLAVOURS)


def make_document(number: int, texts: Sequence[str], **more: object) -> ReadDocument:
    highlights = tuple(
        ReadHighlight(
            1000 * number + at,
            f"readwise:{number}x{at}",
            text,
            view_url=f"https://read.example/{number}x{at}",
            taken_at=f"20{20 + number % 4}-05-06T00:00:00Z",
        )
        for at, text in enumerate(texts)
    )
    fields: dict[str, object] = {"author": Author(f"Author {number}"), "highlights": highlights}
    title = f"Document {number}"
    return ReadDocument(number, f"https://d.example/{number}", title, title, "articles", **(fields | more))  # type: ignore[arg-type]


def make_topic(documents: Sequence[ReadDocument], name: str = "Bees", **more: object) -> Topic:
    reasons = tuple(
        Assignment(each.id, name, "tag: bees", 0.9) for document in documents for each in document.highlights
    )
    return Topic(name, name.lower(), tuple(documents), reasons, **more)  # type: ignore[arg-type]


def write_sentences(number: int, count: int, about: str = "honey") -> list[str]:
    """Different sentences of a length that says something."""
    return [
        f"In garden {number} keeper {at} measured {about} with tool {number * at + 7} in {at * 31 + number}."
        for at in range(count)
    ]


def render(topic: Topic, flavour: Flavour) -> dict[str, RenderedNote]:
    return {note.uid: note for note in render_notes(topic.documents, [topic], flavour)}


def list_keys(note: Note) -> list[str]:
    return [block.key for section in note.blocks for block in section.children if block.key]


def test_a_text_that_another_contains_is_found_and_a_similar_one_too() -> None:
    texts = [
        "Boats wait better than people.",
        "Boats wait better than people. They have fewer plans.",
        "As the old pilot said, **boats wait better** than [people](https://a.example).",
        "Boats wait. People do not.",
        "rest",
        "Tip 170: rest.",
        "",
    ]
    assert find_contained([split_words(text) for text in texts]) == {0: 1, 4: 5}
    long = [str(number) for number in range(12)]
    near = [*long[:-1], "dozen"]
    assert find_contained([tuple(long * 5), tuple(long * 4 + near)]) == {1: 0}
    assert find_contained([("a", "b", "c")] * 3) == {1: 0, 2: 0}


@pytest.mark.slow
def test_finding_contained_texts_takes_linear_time() -> None:
    def work(count: int) -> None:
        find_contained(
            [
                split_words(f"the same beginning of it all, but number {n} ends in {n + 1}")
                for n in range(count)
            ]
        )

    assert_linear(work, 2000, 8000)


def test_a_folded_highlight_leaves_its_notes_and_its_document_with_the_one_that_contains_it() -> None:
    fragment = make_document(1, ["Smoke calms the bees of a hive."])
    noted = replace(
        fragment, highlights=(replace(fragment.highlights[0], notes=("Try this.",), tags=("x",)),)
    )
    whole = make_document(2, ["Smoke calms the bees of a hive, since they expect a fire and eat."])
    (choice,) = collect_choices(make_topic([noted, whole]), {})
    assert (choice.document.id, choice.notes, choice.tags) == (2, ("Try this.",), ("x",))
    assert [document.id for document in choice.also] == [1]
    for flavour in FLAVOURS:
        text = render(make_topic([noted, whole]), flavour)["topic:bees"].text
        assert text.count("Smoke calms") == 1
        assert "Try this." in text
        assert re.search(r"also in \[.*Document 1", text)


def test_a_short_highlight_with_a_note_is_not_folded_into_another() -> None:
    short = make_document(1, ["Bees"])
    noted = replace(short, highlights=(replace(short.highlights[0], notes=("My first hive.",)),))
    assert len(collect_choices(make_topic([noted, make_document(2, ["Bees are not flies."])]), {})) == 2


def test_the_best_are_those_with_notes_favourites_and_a_text_that_says_something() -> None:
    plain = make_document(1, [*write_sentences(1, 6), "This is why:", "Bees!", "A thread on bees 🧵"])
    marked = make_document(2, ["Bees find home by the sun.", "Bees sleep at night in the hive, legs folded."])
    first, second = marked.highlights
    marked = replace(
        marked, highlights=(replace(first, notes=("Yes!",)), replace(second, tags=("Favorite",)))
    )
    best = choose_best(collect_choices(make_topic([plain, marked]), {}))
    assert {each.highlight.uid for each in best} > {"readwise:2x0", "readwise:2x1"}
    assert not {"readwise:1x6", "readwise:1x7", "readwise:1x8"} & {each.highlight.uid for each in best}
    assert choose_best(collect_choices(make_topic([marked]), {})) == []


def test_a_closer_is_left_out_and_what_follows_it_is_not() -> None:
    document = make_document(1, ["Follow me for more threads on bees!", *write_sentences(1, 1)])
    assert [each.highlight.uid for each in collect_choices(make_topic([document]), {})] == ["readwise:1x1"]


def test_a_highlight_that_belongs_only_by_its_document_has_fewer_points_unless_it_names_the_topic() -> None:
    texts = [
        *write_sentences(1, 1),
        "In garden 9 keeper 9 measured bees with tool 16 in 40.",
        *write_sentences(2, 1),
    ]
    topic = make_topic([make_document(1, texts)])
    first, *others = topic.reasons
    topic = replace(topic, reasons=(first, *(replace(each, reason="about: its document") for each in others)))
    direct, named, indirect = [rate(choice) for choice in collect_choices(topic, {})]
    assert direct == named == indirect + 1.5


@pytest.mark.parametrize(
    "text",
    [
        "Keepers ask in every spring whether their bees will come back to the old hive again?",
        "But keepers know in every spring that their bees will come back to the old hive again.",
        "keepers know in every spring that their bees will come back to the old hive again.",
    ],
)
def test_a_link_before_or_after_a_text_changes_nothing_about_its_points(text: str) -> None:
    def find_points(text: str) -> float:
        (choice,) = collect_choices(make_topic([make_document(1, [text])]), {})
        return rate(choice)

    linked = (f"{text} https://a.example/b", f"https://a.example/b {text}", f"**{text}**", f"{text}\n")
    assert {find_points(each) for each in linked} == {find_points(text)}
    assert find_points(text) == find_points(text.replace("But k", "K").capitalize().replace("?", ".")) - 1.5


def test_a_note_counts_less_where_most_highlights_of_the_document_have_one() -> None:
    def add_notes(document: ReadDocument, count: int) -> ReadDocument:
        noted = (replace(each, notes=("A summary.",)) for each in document.highlights[:count])
        return replace(document, highlights=(*noted, *document.highlights[count:]))

    often = add_notes(make_document(1, write_sentences(1, 6)), 5)
    seldom = add_notes(make_document(2, write_sentences(2, 5)), 2)
    best = choose_best(collect_choices(make_topic([often, seldom]), {}))
    assert [each.document.id for each in best] == [2, 2, 1]


def test_no_document_has_more_than_two_of_the_best() -> None:
    documents = [make_document(1, write_sentences(1, 30)), make_document(2, write_sentences(2, 3))]
    best = choose_best(collect_choices(make_topic(documents), {}))
    assert sorted(each.document.id for each in best) == [1, 1, 2, 2]


def test_sections_are_named_from_the_words_that_documents_share() -> None:
    documents = [make_document(n, write_sentences(n, 3, "winter feeding")) for n in range(1, 5)]
    documents += [make_document(n, write_sentences(n, 3, "queen rearing")) for n in range(5, 9)]
    documents += [make_document(n, write_sentences(n, 3, "wooden frames")) for n in range(9, 13)]
    documents += [make_document(13, write_sentences(13, 2, "nothing"))]
    sections = divide(collect_choices(make_topic(documents), {}), ["Bees"])
    assert {section.title for section in sections} == {"Winter feeding", "Queen rearing", "Wooden frames", ""}
    assert [len(section.choices) for section in sections] == [12, 12, 12, 2]
    assert sections[-1].title == ""


def test_few_highlights_get_no_subheadings() -> None:
    choices = collect_choices(make_topic([make_document(n, write_sentences(n, 3)) for n in range(1, 5)]), {})
    assert [section.title for section in divide(choices, ["Bees"])] == [""]


def test_excerpts_define_the_topic_and_make_sense_alone() -> None:
    texts = (
        "It is a warm day. Bees are insects that make honey and live in a hive together. More comes soon.",
        "But bees are not always kind to the people who keep them in a garden. Ask one of them about it.",
        "Beekeepers know this. Somebody once counted the bees of one hive and got lost. It took a year.",
        "Bees are loud.",
    )
    documents = [make_document(n, [text]) for n, text in enumerate(texts, 1)]
    found = find_excerpts(collect_choices(make_topic(documents), {}), ["Bees"])
    assert [each.text for each in found] == ["Bees are insects that make honey and live in a hive together."]


@EACH
@pytest.mark.parametrize(("count", "keys"), [(3, ["excerpt:1"]), (2, [])])
def test_a_sentence_that_defines_the_topic_is_quoted_above_its_sections(
    flavour: Flavour, count: int, keys: list[str]
) -> None:
    sentence = "Bees are insects that make honey and live in a hive together."
    texts = [f"It is a warm day. {sentence} More comes soon."]
    counts = {1: 2, 3: 2, 4: count}
    documents = [make_document(number, write_sentences(number, many)) for number, many in counts.items()]
    blocks = render(make_topic([*documents, make_document(2, texts)]), flavour)["topic:bees"].blocks
    found = [block for block in blocks if block.key.startswith("excerpt:")]
    assert [block.key for block in found] == keys
    assert all(sentence in block.text and "Document 2" in block.text for block in found)


def test_a_big_topic_has_pages_of_bounded_size_that_the_first_links_to() -> None:
    documents = [make_document(n, [each * 8 for each in write_sentences(n, 10)]) for n in range(1, 31)]
    notes = make_topic_notes(make_topic(documents), {})
    keys = [key for note in notes for key in list_keys(note) if key.startswith("readwise:")]
    assert sorted(keys) == sorted(each.uid for document in documents for each in document.highlights)
    assert all(
        sum(key.startswith("readwise:") for key in list_keys(note)) <= MOST_HIGHLIGHTS for note in notes
    )
    assert [note.uid for note in notes[:2]] == ["topic:bees", "topic:bees.2"]
    assert {note.uid for note in notes[1:]} <= set(list_keys(notes[0]))


def test_a_topic_with_too_many_highlights_shows_the_most_certain_and_names_the_other_documents() -> None:
    documents = [make_document(n, write_sentences(n, 5)) for n in range(1, 141)]
    topic = make_topic(documents)
    sure = {each.highlight_id for each in topic.reasons[-500:]}
    reasons = tuple(replace(each, score=0.9 if each.highlight_id in sure else 0.6) for each in topic.reasons)
    topic = replace(topic, reasons=reasons)
    notes = make_topic_notes(topic, {})
    shown = re.findall(r"readwise:\w+(?=', children)", repr(notes))
    by_uid = {each.uid: each for document in documents for each in document.highlights}
    homes = {each.uid: document.uid for document in documents for each in document.highlights}
    assert len(set(shown)) == len(shown) == MOST_SHOWN
    assert sure <= {by_uid[uid].id for uid in shown}
    newest = [each for uid, each in by_uid.items() if each.id not in sure and uid in shown]
    left = [each for uid, each in by_uid.items() if uid not in shown]
    assert min(each.taken_at or "" for each in newest) >= max(each.taken_at or "" for each in left)
    named = {
        key: block for note in notes for block in note.blocks for key in [block.key] if key == "documents"
    }
    entries = {entry.key: repr(entry.fields["about"]) for block in named.values() for entry in block.children}
    assert entries.keys() == {f"document:{homes[each.uid]}" for each in left}
    assert "5 further highlights" in " ".join(entries.values())
    assert "700 highlights" in repr(notes[0].blocks[0])
    assert "140 documents" in repr(notes[0].blocks[0])
    assert {note.uid for note in notes[1:]} <= set(list_keys(notes[0]))


def test_a_topic_with_few_enough_highlights_shows_all() -> None:
    topic = make_topic([make_document(n, [f"Bee {n} {at}." for at in range(5)]) for n in range(1, 121)])
    assert choose_shown(topic) is topic


@EACH
def test_pages_that_name_documents_have_at_most_60_kilobytes(flavour: Flavour) -> None:
    title = f"蜜蜂 & <honey> {'蜜' * 60}"
    documents = [
        replace(make_document(n, [f"Bee {n} {at}." for at in range(2)]), full_title=f"{title} {n}")
        for n in range(1, 701)
    ]
    notes = [note for uid, note in render(make_topic(documents), flavour).items() if uid.startswith("topic:")]
    named = [note for note in notes if "Further documents" in note.text and "Continued" not in note.text[:20]]
    assert len(named) > 2
    assert max(len(note.text.encode()) for note in notes) <= 60_000


@EACH
def test_no_page_has_more_than_60_kilobytes(flavour: Flavour) -> None:
    hard = "#tag [x](y) *a* <b> {{c}} _d_ $e$\n" * 60
    documents = [make_document(n, [f"{n} {at} {hard}" for at in range(9)]) for n in range(1, 12)]
    notes = [note for uid, note in render(make_topic(documents), flavour).items() if uid.startswith("topic:")]
    assert len(notes) > 2
    assert max(len(note.text.encode()) for note in notes) <= 60_000


@EACH
def test_a_highlight_of_any_length_is_shown_by_its_beginning_with_a_link(flavour: Flavour) -> None:
    long = make_document(1, ["Bees work. " * 40_000])
    notes = render(make_topic([long]), flavour)
    for uid, longest in (("topic:bees", 2_500), (f"document:{long.uid}", 70_000)):
        assert len(notes[uid].text) < longest
        assert "…" in notes[uid].text
        assert "https://read.example/1x0" in notes[uid].text
    assert "shortened" in notes["topic:bees"].text
    short = make_document(1, write_sentences(1, 1))
    cut = replace(short, highlights=(replace(short.highlights[0], incomplete=True),))
    assert "cut short on its page" in render(make_topic([cut]), flavour)["topic:bees"].text
    assert "cut short" not in render(make_topic([short]), flavour)["topic:bees"].text


def test_related_topics_name_each_other_and_a_parent_names_its_children() -> None:
    document = make_document(1, write_sentences(1, 8))
    topics = [
        make_topic([document], name) for name in ("Ants", "Bees", "Crows", "Doves", "Eels", "Foxes", "Gnus")
    ]
    related = find_related(topics)
    pairs = {(slug, other.slug) for slug, others in related.items() for other in others}
    assert pairs
    assert all((other, slug) in pairs for slug, other in pairs)
    parent = make_topic([document], "Animals", children=("Bees",))
    blocks = make_topic_notes(parent, {}, [topics[1], topics[0]])[0].blocks
    assert [block.key for block in blocks if block.piece == "related"] == ["children", "related"]
    assert "Bees" not in repr([block for block in blocks if block.key == "related"])


@EACH
def test_what_the_reader_deleted_or_changed_on_one_page_does_not_return_on_another(flavour: Flavour) -> None:
    small = make_topic([make_document(n, write_sentences(n, 4)) for n in range(10, 25)])
    grown = make_topic([make_document(n, write_sentences(n, 4)) for n in range(1, 25)])
    old, new = (
        [note for uid, note in render(each, flavour).items() if "topic:" in uid] for each in (small, grown)
    )
    files = {note.path: note.text.encode() for note in old}
    page = old[0]
    passages = [block for block in page.blocks if block.kind == "passage"]
    gone, edited = passages[-1], passages[-2]
    moved = {block.key for note in new[1:] for block in note.blocks}
    assert {gone.key, edited.key} <= moved
    indented = {
        each.key: each.text.replace("\n", "\n\t  ") if flavour == "logseq" else each.text
        for each in (gone, edited)
    }
    text = page.text.replace(indented[gone.key], "" if flavour != "logseq" else "mine too", 1)
    first_line = edited.text.split("\n")[0]
    text = text.replace(first_line, f"{first_line} mine", 1)
    files[page.path] = text.encode()
    blocks = {note.path: {block.key: block.text for block in note.blocks} for note in old}
    plan = plan_writes(
        files.get,
        new,
        {note.path: note.text for note in old},
        files,
        flavour=flavour,
        read_blocks=lambda path: blocks.get(path, {}),
        uids={note.path: note.uid for note in old},
    )
    after = "\n".join((write.data or write.before or b"").decode() for write in plan)
    words = re.search(r"In garden \d+ keeper \d+ measured", gone.text)
    assert words
    assert words[0] not in after
    assert after.count(first_line) == 1
    assert f"{first_line} mine" in after


def test_a_document_with_three_highlights_in_a_section_is_named_once_above_them() -> None:
    documents = [make_document(1, write_sentences(1, 3)), make_document(2, write_sentences(2, 2))]
    text = render(make_topic(documents), "markdown")["topic:bees"].text
    assert text.count("Document 1") == 1
    assert (
        text.count("\n— Author 2, [Document 2](../documents/articles/Document%202.md) · [2022-05-06](") == 2
    )
    heading = "\n### [Document 1](../documents/articles/Document%201.md) · Author 1\n\nIn garden 1 keeper 0"
    assert text.index("Document 2") < text.index(heading)
    assert "\n— [2021-05-06](https://read.example/1x0)\n" in text
    logseq = render(make_topic(documents), "logseq")["topic:bees"].text
    assert "\n\t- [[Document 1]] · Author 1\n\t\t- In garden 1 keeper 0" in logseq


def test_a_citation_without_a_document_begins_with_what_it_has() -> None:
    document = make_document(1, write_sentences(1, 3))
    first = replace(document.highlights[0], view_url=None, taken_at=None, tags=("wax",))
    bare = replace(document.highlights[1], view_url=None, taken_at=None)
    document = replace(document, highlights=(first, bare, document.highlights[2]))
    text = render(make_topic([document]), "markdown")["topic:bees"].text
    assert "with tool 7 in 1.\n\n— wax\n\n" in text
    assert "in 32.\n\n—\n\nIn garden" in text


def merge_topics(text: str, old: Topic, new: Topic, flavour: Flavour) -> str:
    base = {block.key: block.text for block in render(old, flavour)["topic:bees"].blocks}
    blocks = render(new, flavour)["topic:bees"].blocks
    merged = merge_note(text, base, blocks, flavour)
    assert merged.conflicts == ()
    again = merge_note(merged.text, {block.key: block.text for block in blocks}, blocks, flavour)
    assert again.text == merged.text
    return merged.text


@EACH
def test_in_an_edited_note_highlights_follow_their_documents_new_heading_and_leave_it_again(
    flavour: Flavour,
) -> None:
    other, grown = make_document(2, write_sentences(2, 1)), make_document(1, write_sentences(1, 3))
    few = make_topic([replace(grown, highlights=grown.highlights[:2]), other])
    many = make_topic([grown, other])
    mine = "\n- a thought of mine\n"
    text = merge_topics(render(few, flavour)["topic:bees"].text.rstrip("\n") + mine, few, many, flavour)
    passages = [text.index(f"In garden 1 keeper {at}") for at in range(3)]
    assert passages == sorted(passages)
    assert text.index("In garden 2") < text.index("· Author 1\n") < passages[0]
    assert (text.count("Author 1"), text.count("of mine")) == (1, 1)
    text = merge_topics(text, many, few, flavour)
    assert "· Author 1\n" not in text
    assert (text.count("Author 1, "), text.count("of mine"), text.count("keeper 2")) == (2, 1, 0)


@EACH
def test_a_highlight_that_the_reader_moved_keeps_naming_its_document(flavour: Flavour) -> None:
    grown = make_document(1, write_sentences(1, 3))
    few, many = make_topic([replace(grown, highlights=grown.highlights[:2])]), make_topic([grown])
    note = render(few, flavour)["topic:bees"]
    moved = next(block for block in note.blocks if block.key == "readwise:1x0")
    bullet = "- " if flavour == "logseq" else ""
    cut = note.text.replace(f"\t{bullet}{moved.text}\n" if bullet else f"{moved.text}\n\n", "")
    text = f"{cut.rstrip()}\n{bullet}## For the talk\n{chr(9) + bullet if bullet else chr(10)}{moved.text}\n"
    assert text.count("Author 1, ") == 2
    after = merge_topics(text, few, many, flavour)
    assert after.rstrip().endswith(moved.text)
    assert after.count("Author 1, ") == 1
    assert after.index("· Author 1\n") < after.index("keeper 1") < after.index("For the talk")


@EACH
def test_a_topics_note_does_not_link_to_itself(flavour: Flavour) -> None:
    text = "[[bees]] and [[Bees|the bees]] dance on #[[Bees]], not in [[hives]]."
    note = render(make_topic([make_document(1, [text])]), flavour)["topic:bees"].text
    assert "bees and the bees dance on Bees, not in " in note
    assert ("[[hives]]" in note) == (flavour != "markdown")


def test_a_tag_that_is_another_name_of_the_topic_is_not_shown() -> None:
    document = make_document(1, write_sentences(1, 1))
    document = replace(document, highlights=(replace(document.highlights[0], tags=("apis", "wax")),))
    notes = render_notes([document], [make_topic([document])], "markdown", aliases={"Apis": "Bees"})
    text = next(note.text for note in notes if note.uid == "topic:bees")
    assert " · wax\n" in text
    assert "apis" not in text


@EACH
def test_a_heading_that_the_reader_deleted_on_one_page_takes_nothing_from_the_next(flavour: Flavour) -> None:
    documents = [make_document(number, write_sentences(number, 7)) for number in range(1, 12)]
    topic = make_topic(documents)  # one of them is on two pages
    pages = [note for uid, note in sorted(render(topic, flavour).items()) if "topic:" in uid]
    headings = [{block.key for block in page.blocks if block.key.startswith("document:")} for page in pages]
    first = next(at for at in range(len(pages) - 1) if headings[at] & headings[at + 1])
    (key,) = headings[first] & headings[first + 1]
    heading = next(block for block in pages[first].blocks if block.key == key)
    bullet = "- " if flavour == "logseq" else ""
    files = {note.path: note.text.encode() for note in pages}
    edited = pages[first].text.replace(f"{bullet}{heading.text}\n", f"{bullet}mine\n", 1)
    assert edited != pages[first].text
    files[pages[first].path] = edited.encode()
    blocks = {note.path: {block.key: block.text for block in note.blocks} for note in pages}
    document = next(each for each in documents if key.endswith(each.uid))
    texts = [replace(each, text=f"{each.text} Really.") for each in document.highlights]
    changed = [replace(each, highlights=tuple(texts)) if each is document else each for each in documents]
    plan = plan_writes(
        files.get,
        [note for uid, note in render(make_topic(changed), flavour).items() if "topic:" in uid],
        {note.path: note.text for note in pages},
        files,
        flavour=flavour,
        read_blocks=lambda path: blocks.get(path, {}),
        uids={note.path: note.uid for note in pages},
    )
    text = next(write.data.decode() for write in plan if write.path == pages[first + 1].path)
    assert heading.text in text
    assert text.count("Really.") >= 3


@pytest.mark.parametrize(
    ("names", "sentence", "is_taken"),
    [
        (["Mathematics", "Math"], "Math is provably correct, but it has one flaw: its assumptions.", True),
        (["Beekeeping"], "Good beekeeping starts with reading the sky in the morning.", True),
        (["Beekeeping"], "The beekeeping community in the valley was always pretty vibrant.", False),
        (["Product management", "Product"], "The product is a pullback from the terminal object.", False),
        (["Science", "Research"], "The research is a bit all over the place in this old field.", False),
    ],
)
def test_a_sentence_says_what_a_topic_is_about_if_the_topic_is_its_subject(
    names: list[str], sentence: str, is_taken: bool
) -> None:
    document = make_document(
        1, [f"{sentence} Nothing else of what they told me in the spring mattered at all."]
    )
    excerpts = find_excerpts(collect_choices(make_topic([document]), {}), names)
    assert [each.text for each in excerpts] == [sentence] * is_taken
