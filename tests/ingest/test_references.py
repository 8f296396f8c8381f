"""References in a block's text."""

from __future__ import annotations

import pytest

from ingest.references import Macro, Marks, References, find_references, read_marks

UUID = "6377a1d0-8e3a-4b2c-9f7e-0123456789ab"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[[a]] and [[b c]]", ("a", "b c")),
        ("[[a]] [[a]]", ("a",)),
        ("[label]([[a]])", ("a",)),
        ("[[x [[y]] z]]", ("x [[y]] z", "y")),
        ("[[ open [[a]]", ("a",)),
        ("[[@h on Twitter]]", ("@h on Twitter",)),
        ("[[[美] Name]]", ("[美] Name",)),
        ("#[[a b]]", ("a b",)),
        ("word#[[a]]", ("a",)),
        ("{{embed [[a]]}}", ("a",)),
        ("`code` [[a]]", ("a",)),
        ("`open [[a]]", ("a",)),
        ("tags:: [[a]], [[b]]", ("a", "b")),
        ("#+BEGIN_QUOTE\n[[a]]\n#+END_QUOTE", ("a",)),
        ("```\n[[b]]\n```\n[[a]]", ("a",)),
    ],
)
def test_page_references_are_found(text: str, names: tuple[str, ...]) -> None:
    assert find_references(text).page_refs == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#a #b/c #d.e", ("a", "b/c", "d.e")),
        ("(#a), #b. #c!", ("a", "b", "c")),
        ("**Tags**: #[[a]] #[[b c]]", ("[[a]]", "[[b c]]")),
        ("#[[a]]#[[b]]", ("[[a]]", "[[b]]")),
        ("#字，文", ("字",)),
        ("## heading #a", ("a",)),
        ("TODO [#A] #b", ("b",)),
    ],
)
def test_tags_are_found(text: str, names: tuple[str, ...]) -> None:
    assert find_references(text).tags == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "`[[a]] #b`",
        "`` a ` [[b]] ``",
        "```\n[[a]] #b\n```",
        "~~~\n((" + UUID + "))\n~~~",
        "#+BEGIN_SRC sh\necho [[a]] #b\n#+END_SRC",
        "\\[[a]]",
        "\\#a",
        "\\{{embed}}",
        "\\((" + UUID + "))",
        "[[]] [[ ]]",
        "[[a\nb]]",
        "[[a",
        "a]]",
        "email#x",
        "&#39;",
        "# heading",
        "a # b",
        "[#A]",
        "#",
        "#+BEGIN_QUOTE\nx\n#+END_QUOTE",
        "((not-a-uuid))",
        "((word))",
        "{{open",
        "{{open\n}}",
        'title:: "[[a]] #b"',
        "http: //x",
    ],
)
def test_what_refers_to_nothing_is_left_alone(text: str) -> None:
    assert find_references(text) == References()


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("(https://a.example/b_(c))", ("https://a.example/b_(c)",)),
        ("👉https://t.co/AbCdEf1234，而", ("https://t.co/AbCdEf1234",)),
        ("see https://a.example/x.", ("https://a.example/x",)),
        ("[l](https://a.example/#f)", ("https://a.example/#f",)),
        ("<https://a.example>", ("https://a.example",)),
        ("`https://a.example`", ()),
    ],
)
def test_addresses_are_found_whole_and_their_fragments_are_no_tags(text: str, urls: tuple[str, ...]) -> None:
    found = find_references(text)
    assert (found.urls, found.tags) == (urls, ())


def test_block_references_are_found_alone_labelled_and_embedded() -> None:
    for text in (f"(({UUID}))", f"[l]((({UUID})))", f"{{{{embed (({UUID}))}}}}"):
        assert find_references(text).block_refs == (UUID,)


def test_macros_come_with_their_arguments() -> None:
    text = "{{video https://a.example/v}} {{query (and [[a]] #b)}} {{cards}} {{renderer :x, y}}"
    assert find_references(text) == References(
        macros=(
            Macro("video", ("https://a.example/v",)),
            Macro("query", ("(and [[a]] #b)",)),
            Macro("cards"),
            Macro("renderer", (":x", "y")),
        )
    )


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("TODO buy", Marks(marker="TODO")),
        ("## DOING [#B] x", Marks(heading=2, marker="DOING", priority="B")),
        ("[#C] x", Marks(priority="C")),
        ("TODO", Marks()),
        ("TODOx y", Marks()),
        ("todo x", Marks()),
        ("x TODO y", Marks()),
        ("#tag", Marks()),
        ("", Marks()),
    ],
)
def test_marks_are_read_from_the_beginning(text: str, marks: Marks) -> None:
    assert read_marks(text) == marks
