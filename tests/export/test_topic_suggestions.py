"""Proposals: which topics are one subject, and subjects in other languages."""

from __future__ import annotations

import pytest

from export.subjects import PhraseIndex, load_subjects, split_tokens
from export.topic_assignment import TopicSettings
from export.topic_suggestions import Merge, choose_suggestions, propose_merges
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule
from record_types.pages import Author
from tests.topic_texts import assign_topics


def test_names_that_are_forms_of_each_other_are_proposed_for_merging() -> None:
    members = {"gpt": {1, 2, 3}, "GPT-3": {4}, "LLMs": {1, 2, 3, 5}, "chatgpt": {9}, "bitcoin": {7}}
    assert propose_merges(members, ()) == [Merge("LLMs", ("gpt",))]
    del members["LLMs"]
    assert propose_merges(members, ()) == [Merge("gpt", ("GPT-3",))]


def test_parts_of_a_subject_that_share_nothing_are_not_proposed() -> None:
    assert propose_merges({"blockchain": {1}, "web3": {2}, "crypto": {3, 4}}, ()) == []
    assert propose_merges({"web3": {1}, "crypto": {1, 4}}, ()) == [Merge("crypto", ("web3",))]


@pytest.mark.parametrize(
    ("name", "about", "other"),
    [
        ("sleep", "Schlafmangel schadet dem Gedächtnis und der Stimmung.", "Der Zug fährt um acht ab."),
        ("climate change", "Die Klimakrise trifft die Küste und der Klimawandel die Ernte.", "Ein Haus."),
        ("Schlaf", "Die Schlafphasen der Nacht sind für die Erholung wichtig.", "Der Zug fährt um acht ab."),
        ("habits", "Los hábitos se forman con repetición y una señal.", "El tren sale a las ocho."),
        ("inversiones", "Diversificar las inversiones y la inversión en bolsa.", "El tren sale a las ocho."),
        ("hábitos", "Os hábitos se formam com repetição.", "O trem sai às oito."),
        ("sleep", "Dormir bem e o sono profundo ajudam a memória.", "Sono partito alle otto."),
        ("liderança", "A liderança de uma equipe exige escuta.", "O trem sai às oito."),
        ("habitudes", "Les habitudes se forment par la répétition.", "Le train part à huit heures."),
        ("health", "Prendre soin de sa santé.", "Le train part à huit heures."),
        ("sleep", "长期睡眠不足会影响记忆力。", "火车八点开。"),
        ("investing", "长期投资股票需要耐心。", "火车八点开。"),
        ("睡眠", "充足的睡眠让人清醒。", "火车八点开。"),
    ],
)  # fmt: skip
def test_a_named_topic_finds_texts_in_other_languages(name: str, about: str, other: str) -> None:
    documents = [
        ReadDocument(
            number, f"d:{number}", "T", "T", "articles",
            highlights=(ReadHighlight(number, f"h:{number}", text),),
        )
        for number, text in enumerate((about, other))
    ]  # fmt: skip
    found = assign_topics(documents, TopicSettings(rules=(TopicRule(name),)))
    assert [each.highlight_id for each in found] == [0]


def find_topics(name: str, *texts: str) -> list[int]:
    documents = [
        ReadDocument(
            number, f"d:{number}", "T", "T", "articles",
            highlights=(ReadHighlight(number, f"h:{number}", text),),
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    return [each.highlight_id for each in assign_topics(documents, TopicSettings(rules=(TopicRule(name),)))]


@pytest.mark.parametrize("name", ["Sleep & Recovery", "sleep/rest", "SLEEP and dreams", "sleep, naps"])
def test_a_name_of_several_parts_finds_what_its_first_part_does(name: str) -> None:
    texts = ("Insomnia and a lack of deep sleep harm the memory.", "The train leaves at eight.")
    assert find_topics(name, *texts) == [0]


def test_a_name_with_an_unknown_first_part_is_taken_as_a_whole() -> None:
    assert find_topics("Rhubarb & sleep", "Insomnia and a lack of deep sleep harm the memory.") == []


def test_a_name_that_is_a_common_word_shows_its_subject_only_beside_others() -> None:
    texts = ("I host a Space on Friday, follow me to join.", "The rocket left for space and Mars.")
    assert find_topics("space", *texts) == [1]


@pytest.mark.parametrize(
    ("name", "about", "other"),
    [
        (
            "learning",
            "Spaced repetition and flashcards help when learning Latin.",
            "Machine learning overfits.",
        ),
        ("energy", "The energy transition needs solar panels.", "Spend your energy on what you control."),
        (
            "law",
            "The supreme court heard the lawsuit.",
            "Never judge a book by its cover: the law of marketing.",
        ),
        ("ADHD", "With ADHD, executive function varies.", "Add salt, then add water."),
        (
            "real estate",
            "A mortgage on the property at 6 % ends the housing boom.",
            "A property of an object.",
        ),
        ("running", "Marathon running needs a steady pace.", "Running the script takes a minute."),
        ("grief", "In grief, nothing is small.", "The loss falls with each epoch."),
        ("memory", "Human memory forgets most of what we hear.", "A memory leak in the cache."),
        ("video games", "The video game has three levels.", "The price was a game changer."),
        ("art", "Modern art hangs in the museum.", "A state of the art model."),
        ("fashion", "Fashion designers cut the cloth.", "A style guide for code."),
    ],
)
def test_a_word_with_another_meaning_does_not_show_a_subject(name: str, about: str, other: str) -> None:
    assert find_topics(name, other, about) == [1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("death", "Die Katze liegt auf der Matte, und die Sonne scheint auf die Wand."),
        ("war", "Das war ein Haus, und es war nicht mein Haus."),
        ("art", "Das ist eine Art von Haus, die mir nicht gefällt."),
        ("microbiome", "Das ist gut und auch nicht gut für mich."),
        ("artificial intelligence", "Ai de mim, disse ele, e aí fui embora."),
        ("Europe", "Eu não sei o que eu vou fazer com isso, mas eu vou."),
    ],
)
def test_a_word_of_another_language_does_not_show_a_subject_of_english(name: str, text: str) -> None:
    assert find_topics(name, text) == []


def test_a_subject_that_only_one_phrase_indicates_is_not_suggested() -> None:
    texts = ["Scones.", *(f"The city in a bottle, part {number}." for number in range(600))]
    documents = [
        ReadDocument(
            number, f"d:{number}", "T", "T", "articles", author=Author(f"A{number % 9}"),
            highlights=(ReadHighlight(number, f"h:{number}", text),),
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    found = [Assignment(number, "cities", "about: city", 0.9) for number in range(1, 601)]
    assert choose_suggestions(documents, ["cities"], found, {"cities": 1}) == []
    assert choose_suggestions(documents, ["cities"], found, {"cities": 4})[0].name == "cities"


def test_the_names_of_a_subject_in_other_languages_are_not_english_words() -> None:
    index = PhraseIndex()
    for each in load_subjects():
        index.add(each)
    text = "The art of war, a gift in the die, the land and the sol of the arena, an art of the sea."
    assert {" ".join(each) for each in index.find(split_tokens(text))} <= {"art", "war", "die", "land"}
