"""Subjects: the words of a text as they are compared, and the phrases found in it."""

from __future__ import annotations

import pytest

from export.subjects import (
    PhraseIndex,
    Subject,
    has_small_words,
    index_main_names,
    index_names,
    load_narrow_subjects,
    load_subjects,
    show_phrase,
    split_tokens,
)
from export.topic_names import fold_name


def make_index(*subjects: Subject) -> PhraseIndex:
    index = PhraseIndex()
    for subject in subjects:
        index.add(subject)
    return index


def find(index: PhraseIndex, text: str) -> dict[str, int]:
    return {" ".join(phrase): count for phrase, count in index.find(split_tokens(text)).items()}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Deep-Work, 2 days", "deep work 2 day"),
        ("Ada's and Ada’s don't", "ada and ada don't"),
        ("classes boxes churches dishes", "class box church dish"),
        ("cities series", "city sery"),
        ("glass bus basis gas bee sees", "glass bus basis gas bee see"),
        ("nación naciones", "nacion nacion"),
        ("decisiones cualidades variedades", "decision cualidad variedad"),
        ("Öl Çevre Ångström", "ol cevre angstrom"),
        ("snake_case dogs' o\u0308l", "snake case dog ol"),
        ("睡眠 ok カ", "睡 眠 ok カ"),
        ("a `code` b", "a b"),
        ("a ```\ncode\n``` b ```open", "a b"),
        ("a `open\nb`", "a open b"),
        ("see [the page](https://x.example/a) and https://y.example/b?c now", "see the page and now"),
        ("![alt](img.png) [](x) a", "a"),
        ("[a](b) ![c](d)", "a"),
        ("[a](b) [c](page.md)", "a c"),
        ("at https://y.example/b", "at"),
        ("", ""),
    ],
)
def test_words_are_folded_without_code_and_addresses(text: str, tokens: str) -> None:
    assert " ".join(split_tokens(text)) == tokens


def test_a_phrase_is_shown_with_spaces_where_its_script_has_them() -> None:
    assert show_phrase(("deep", "work")) == "deep work"
    assert show_phrase(("睡", "眠")) == "睡眠"
    assert show_phrase(("ñandú", "x")) == "ñandú x"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("der x", False),
        ("der die", True),
        ("der die" + " x" * 18, True),
        ("der die" + " x" * 19, False),
        ("der die das" + " x" * 19, True),
        ("", False),
    ],
)
def test_a_language_is_detected_from_two_small_words_and_one_in_ten(text: str, wanted: bool) -> None:
    assert has_small_words(text.split(), {"der", "die", "das"}) is wanted


def test_a_phrase_has_the_weight_of_its_weightiest_kind() -> None:
    index = make_index(
        Subject(
            "space",
            ("star ship", "cosmo", "orbiter"),
            ("cosmo", "star ship", "job"),
            ("space", "job", "star ship"),
        )
    )
    weights = {"space": 0.2, "cosmo": 0.9, "orbiter": 0.9, "star ship": 0.8, "job": 0.8}
    for phrase, weight in weights.items():
        tokens = tuple(phrase.split())
        assert index.kinds(tokens) == {"space": weight}
        assert index.strong(tokens) == (["space"] if weight > 0.2 else [])
    assert make_index(Subject("rest")).kinds(("rest",)) == {"rest": 1.0}


def test_subjects_share_the_weight_of_a_phrase() -> None:
    index = make_index(
        *(Subject(name, phrases=("tide",)) for name in ("a1", "b1", "c1", "d1")), Subject("e1", ("sea",))
    )
    assert index.claims(("tide",)) == dict.fromkeys(("a1", "b1", "c1", "d1"), 0.4)
    assert index.claims(("sea",)) == {"e1": 0.9}


def test_words_are_known_as_a_phrase_or_as_a_part_of_one() -> None:
    index = make_index(Subject("deep work"))
    known = [
        index.knows(tuple(words.split())) for words in ("deep work", "work", "work deep", "deep work x", "x")
    ]
    assert known == [True, True, False, False, False]


def test_a_phrase_inside_a_longer_one_of_another_subject_is_part_of_that() -> None:
    index = make_index(
        Subject("learning"),
        Subject("machine learning", ("learning rate",), ("machine",)),
        Subject("rate", (), ("rate of decay",)),
    )
    assert find(index, "machine learning") == {"machine learning": 1, "machine": 1}
    assert find(index, "a machine, learning rate, learning") == {
        "machine learning": 1,
        "machine": 1,
        "learning rate": 1,
        "learning": 1,
    }
    assert find(index, "learning and learning") == {"learning": 2}
    assert find(index, "rate of decay, rate") == {"rate of decay": 1, "rate": 2}
    assert find(index, "rate of") == {"rate": 1}
    assert find(index, "nothing") == {}
    assert find(index, "rate learning and machine") == {"rate": 1, "learning": 1, "machine": 1}
    assert find(make_index(Subject("deep work"), Subject("sleep")), "deep sleep") == {"sleep": 1}


def test_a_name_is_found_in_compounds_of_german_and_in_no_other_language() -> None:
    index = make_index(Subject("sleep", ("Schlaf", "Ruhe", "REM-Schlaf")), Subject("Schlafsack"))
    german = "Der {} ist nicht gut."
    for word, found in {
        "Schlafmangel": {"schlaf": 1},
        "Mittagsschlaf": {"schlaf": 1},
        "Schlafsackes": {"schlafsack": 1},
        "Schlaf": {"schlaf": 1},
        "Ruhezeit": {},  # four letters are found in too many words
        "Beischlafende": {},
    }.items():
        assert find(index, german.format(word)) == found
        english = find(index, f"The {word} is good.")
        assert english == ({"schlaf": 1} if word == "Schlaf" else {})


def test_a_stem_has_five_letters() -> None:
    index = make_index(Subject("sleep", ("rasts", "abcde", "abcd", "r2d2xy")))
    assert [find(index, f"Das ist das {word}wort nicht.") for word in ("abcde", "abcd", "r2d2xy")] == [
        {"abcde": 1},
        {},
        {},
    ]


def test_homographs_of_german_and_portuguese_do_not_count_in_those_languages() -> None:
    index = make_index(Subject("art"), Subject("ai"), Subject("garden"))
    assert find(index, "Das ist die Art und der Garden.") == {"garden": 1}
    assert find(make_index(Subject("art")), "Das ist die Art und der Garden.") == {}
    assert find(index, "The art of a garden.") == {"art": 1, "garden": 1}
    assert find(index, "Ai, não é uma garden.") == {"garden": 1}
    assert find(index, "An AI, and a garden.") == {"ai": 1, "garden": 1}


def test_the_shipped_list_is_read_line_by_line() -> None:
    found = {each.name: each for each in (*load_subjects(), *load_narrow_subjects())}
    assert not any(name.startswith(("~", "#")) or "|" in name or not name.strip() for name in found)
    assert not {each.name for each in load_subjects()} & {each.name for each in load_narrow_subjects()}
    assert "ai" in found["artificial intelligence"].names
    assert all(each.phrases for each in load_subjects())
    assert all(phrase for each in found.values() for phrase in (*each.names, *each.phrases, *each.words))
    assert index_main_names()[fold_name("Artificial Intelligence")] is found["artificial intelligence"]
    for subject in found.values():
        assert index_names()[fold_name(subject.name)] is subject
        assert all(fold_name(name) in index_names() for name in subject.names)
