"""Names of subjects that the list does not know, found in titles that the texts come back to."""

from __future__ import annotations

from export.unlisted_subjects import find_unlisted
from record_types.library import ReadDocument, ReadHighlight
from record_types.pages import Author

BEES = (
    "Beekeeping begins in winter with clean frames.",
    "What beekeeping teaches first is patience with the hive.",
    "The hive is heavy in August, and the effect is honey.",
)
OTHERS = ("Nothing here has a name.", "The effect is small.", "It goes on and on.")


def write_library(title: str, texts: tuple[str, ...], author: str = "Ann Other") -> list[ReadDocument]:
    """Six documents with the title in theirs, and sixty others."""
    documents = []
    for number in range(66):
        own = texts if number < 6 else OTHERS
        documents.append(
            ReadDocument(
                number, f"d:{number}", "T", f"{title}, part {number}" if number < 6 else "Day", "articles",
                author=Author(f"{author} {number % 5}"),
                highlights=tuple(
                    ReadHighlight(10 * number + at, f"h:{number}:{at}", text)
                    for at, text in enumerate(own)
                ),
            )
        )  # fmt: skip
    return documents


def find(documents: list[ReadDocument], covered: frozenset[int] = frozenset()) -> list[str]:
    return find_unlisted(documents, covered, highlights=8, variety=4)


def test_a_word_that_titles_name_and_texts_come_back_to_is_found_as_titles_spell_it() -> None:
    assert find(write_library("Beekeeping for Beginners", BEES)) == ["Beekeeping"]
    assert find(write_library("BeeKeeping", BEES)) == ["BeeKeeping"]


def test_several_words_are_found_together_and_not_when_one_of_them_is_common() -> None:
    texts = ("Feed the wormcast beds weekly.", "Wormcast beds need air.", "Beds stink when wet.")
    assert find(write_library("Wormcast Beds", texts))[0] == "Wormcast Beds"
    assert find(write_library("Great Effect", ("A great effect.", "One more great effect."))) == []


def test_what_is_only_mentioned_has_a_topic_already_or_is_an_author_is_not_found() -> None:
    assert find(write_library("Beekeeping", ("Beekeeping is dull.", "So it goes.", "The end."))) == []
    documents = write_library("Beekeeping", BEES)
    assert find(documents, frozenset(each.id for one in documents for each in one.highlights)) == []
    assert find(write_library("Beekeeping", BEES, author="Ann Beekeeping")) == []


def test_what_the_list_knows_is_left_to_the_list() -> None:
    texts = ("Insomnia is a lack of sleep.", "Insomnia comes back.", "Insomnia goes.")
    assert find(write_library("Insomnia", texts)) == []


def test_a_narrow_subject_of_the_list_is_found_by_several_of_its_phrases() -> None:
    texts = (
        "Kubernetes runs pods.",
        "A kubernetes cluster with kubectl and helm chart.",
        "Write a helm chart.",
    )
    assert find(write_library("Ops", texts)) == ["Kubernetes"]
    assert find(write_library("Ops", ("Kubernetes it is.", "Kubernetes again.", "So it goes."))) == []
