"""Sentences about three subjects and about none, enough to distinguish them by meaning; topics."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from export.topic_about import choose_attracting, count_shown, find_threshold, score_documents
from export.topic_assignment import (
    TopicSettings,
    assign_about,
    assign_named,
    choose_names,
    find_subjects,
    gather_uses,
)
from export.topic_phrases import choose_prefix, learn_phrases
from record_types.library import Assignment, ReadDocument, ReadHighlight

SLEEP = (
    "Sleep consolidates what you learned during the day, and a night without sleep undoes it.",
    "Most adults need eight hours of sleep; less sleep shows in their mood the next morning.",
    "Caffeine in the afternoon delays sleep and makes deep sleep at night shallower.",
    "Go to bed at the same hour: a regular rhythm is what good sleep is made of.",
    "Screens before bed suppress melatonin, so falling asleep takes longer and sleep suffers.",
    "Dreams come mostly in REM sleep, which fills the last hours of the night.",
    "A cool dark bedroom lets the body fall asleep and stay in deep sleep.",
    "Napping late in the day takes away the pressure to sleep at night.",
)
BREAD = (
    "A sourdough starter is flour and water in which yeast and bacteria make bread dough rise.",
    "Bake the bread in a hot iron pot: steam keeps the crust soft while the loaf rises.",
    "Knead the dough until the gluten is smooth, or let time do it: bread is patient.",
    "Whole wheat flour drinks more water, so a bread dough of it must be wetter.",
    "Salt tightens the dough and slows the yeast; bread without salt tastes of nothing.",
    "Score the loaf before baking so that the bread opens where you want it to.",
    "A long cold proof in the fridge gives bread its sour flavour and open crumb.",
    "Let the loaf cool before you slice it, as the crumb of bread sets only then.",
)
STARS = (
    "A telescope gathers light; the wider its mirror, the fainter the stars and galaxies it shows.",
    "Stars fuse hydrogen into helium, and the heaviest stars end as supernovae.",
    "The light of distant galaxies is shifted to red because the universe expands.",
    "Astronomers measure the distance of near stars by their parallax over half a year.",
    "A neutron star packs the mass of the sun into the size of a city.",
    "Our galaxy holds some two hundred billion stars and a black hole in its centre.",
    "Planets betray themselves when they dim the light of their stars in passing.",
    "On a moonless night away from cities the telescope shows spiral galaxies and nebulae.",
)
OTHERS = ("Yes.", "So it goes, and so it went.", "Enjoyed this? Follow me for more threads like it.")


def write_documents(*, tagged: dict[int, str] | None = None) -> list[ReadDocument]:
    """Eight documents with a highlight of each subject; `tagged` are tags by highlight."""
    tags = tagged or {}
    documents = []
    for number, texts in enumerate(zip(SLEEP, BREAD, STARS, strict=True), 1):
        highlights = tuple(
            ReadHighlight(
                10 * number + place,
                f"h:{10 * number + place}",
                text,
                tags=tuple(filter(None, [tags.get(10 * number + place)])),
            )
            for place, text in enumerate((*texts, OTHERS[number % len(OTHERS)]))
        )
        documents.append(
            ReadDocument(number, f"d:{number}", f"Day {number}", "D", "articles", highlights=highlights)
        )
    return documents


def assign_topics(
    documents: Sequence[ReadDocument],
    settings: TopicSettings = TopicSettings(),  # noqa: B008 - it is frozen
) -> list[Assignment]:
    """Which highlight belongs to which topic, in reading order, topics by name; the best reason of each."""
    uses = list(gather_uses(documents, settings))
    names = choose_names(uses, settings)
    up_to = choose_prefix(max((each.id for document in documents for each in document.highlights), default=0))
    subjects = find_subjects(names, settings, partial(learn_phrases, documents, up_to=up_to))
    scores = score_documents(documents, subjects)
    named = assign_named(documents, uses, names)
    threshold = find_threshold(settings.precision)
    attracting = choose_attracting([count_shown(named, subjects, scores, threshold)])
    return assign_about(documents, settings, named, subjects, scores, attracting)
