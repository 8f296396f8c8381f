"""Find the people behind documents: someone who appears by name and as a handle is one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from export.file_names import fold_name
from record_types.library import ReadDocument
from record_types.pages import Author

MIN_DOCUMENTS = 2
"""Documents that give an author a note, however few highlights they have."""

_PROFILE = re.compile(r"Tweets From (?P<name>.+?)(?: \(highlights\))?\Z", re.IGNORECASE)
"""The title of the page of someone's single tweets; Readwise writes their name in it."""


@dataclass(frozen=True, slots=True)
class Person:
    """An author with all of their documents."""

    uid: str
    """Of their note: `author:<handle or name>`."""
    author: Author
    documents: tuple[ReadDocument, ...]


def find_people(documents: Iterable[ReadDocument]) -> dict[str, Person]:
    """The authors of documents, by `author_key` of every form in which they appear.

    A name and a handle are one person if a page of their tweets has that name, or if the name without its
    spaces is the handle. Several people on one cover are one author, as on their pages.
    """
    found: dict[str, tuple[Author, list[ReadDocument]]] = {}
    names: dict[str, str] = {}
    for document in documents:
        if document.author is None or not (key := author_key(document.author)):
            continue
        found.setdefault(key, (document.author, []))[1].append(document)
        profile = _PROFILE.match(document.full_title) if document.author.handle else None
        if profile and not profile["name"].endswith(("...", "…")):
            names.setdefault(key, " ".join(profile["name"].split()))
    handles = {fold_name(name): key for key, name in sorted(names.items(), reverse=True)}
    joined = {key: key for key in found}
    for key, (author, _) in found.items():
        if author.handle:
            continue
        plain = key.replace(" ", "")
        home = handles.get(key) or (plain if " " in key and len(plain) > 5 and plain in found else None)
        if home and found[home][0].handle:
            joined[key] = home
    people: dict[str, Person] = {}
    forms: dict[str, list[str]] = {}
    for key, home in joined.items():
        forms.setdefault(home, []).append(key)
    for home, keys in forms.items():
        own = tuple(document for key in keys for document in found[key][1])
        author = found[home][0]
        plain_names = [found[key][0].name for key in keys if not found[key][0].handle]
        name = next(iter(plain_names), None) or names.get(home)
        if name and author.name.casefold() in ("", (author.handle or "").casefold()):
            author = replace(author, name=name)
        person = Person(f"author:{home}", author, own)
        people |= dict.fromkeys(keys, person)
    return people


def choose_people(people: Mapping[str, Person], min_highlights: int) -> list[Person]:
    """The people who get a note, by uid: with two documents or enough highlights; none for 0."""
    if min_highlights <= 0:
        return []
    chosen = {
        person.uid: person
        for person in people.values()
        if len(person.documents) >= MIN_DOCUMENTS
        or sum(len(each.highlights) for each in person.documents) >= min_highlights
    }
    return [chosen[uid] for uid in sorted(chosen)]


def author_key(author: Author) -> str:
    """What identifies an author on one page: the handle, or the name; empty for neither."""
    name = author.handle or author.name
    return fold_name(name) if name.strip() else ""
