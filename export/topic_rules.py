"""Find the highlights that match the topic rules of the configuration.

One of the user's patterns such as `(a+)+b` can take for ever on a line of thirty letters, and in general its
text does not show that. So each gets a few seconds for all texts together; a signal interrupts the engine.
Outside the main thread there are no such signals, and so no limit.
"""

from __future__ import annotations

import re
import signal
import threading
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from export.topic_names import fold_name
from record_types.errors import InputError
from record_types.library import ReadDocument, ReadHighlight, TopicRule
from record_types.pages import Author

WIKILINK = re.compile(r"\[\[([^\[\]\n]{2,100})\]\]")
_HOST = re.compile(r"https?://(?:[^/?#@\s]*@)?(?:www\.)?([^/?#:@\s]+)", re.IGNORECASE)
_TOGETHER = re.compile(r",\s+|;\s*|\s+(?:and|&)\s+")
_WORD = re.compile(r"\w+")
URL = re.compile(r"https?://[^\s)\]]+")
_MARKS = str.maketrans({"*": "", "’": "'", "‘": "'", "\u00ad": ""})
_WITHOUT_SPACES = "\u2e80"
"""The first character of scripts without spaces between words, whose phrases may begin anywhere."""
MAX_TEXT = 20_000
"""Characters of a text that are searched: many times the length of a page."""
SECONDS = 5.0
"""For one pattern and all texts; an ordinary one takes a tenth of that for 35,000 highlights."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, compiled for searching."""

    words: str
    """Folded by `fold_words`."""
    whole: re.Pattern[str]
    first: str = ""
    """Its first word, if `split_words` of every text that contains it contains that word; else empty."""

    def is_in(self, folded: str) -> bool:
        """Whether a text folded by `fold_words` contains the phrase."""
        return self.words in folded and self.whole.search(folded) is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """A highlight that matches one line of a rule."""

    highlight: ReadHighlight
    rule: TopicRule
    kind: str
    """`phrase`, `pattern`, `tag`, `document tag`, `link`, `author`, `site` or `query`."""
    shown: str
    """The words of that line."""


Found = tuple[TopicRule, str, str]


@dataclass(slots=True)
class _Index:
    """The lines of all rules, each kind by its lookup key."""

    phrases: dict[str, list[tuple[Phrase, TopicRule, str]]] = field(default_factory=lambda: defaultdict(list))
    """By the phrase's first word; under the empty string those to search for in every text."""
    excluded: dict[TopicRule, list[Phrase]] = field(default_factory=dict)
    tags: dict[str, list[TopicRule]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[TopicRule]] = field(default_factory=lambda: defaultdict(list))
    authors: dict[str, list[tuple[TopicRule, str]]] = field(default_factory=lambda: defaultdict(list))
    sites: dict[str, list[TopicRule]] = field(default_factory=lambda: defaultdict(list))
    by_highlight: dict[int, list[Found]] = field(default_factory=lambda: defaultdict(list))
    """Matches of queries and patterns, by highlight."""


def find_by_rules(
    documents: Sequence[ReadDocument],
    rules: Sequence[TopicRule],
    answers: Mapping[str, Collection[int]] | None = None,
) -> Iterator[Finding]:
    """Find every match of a rule, in reading order.

    `answers` are the ids of the highlights that each rule's full-text query finds. Raises InputError for a
    pattern that takes too long.
    """
    if not rules:
        return
    needs_text = any(rule.phrases or rule.exclude for rule in rules)
    highlights = (each for document in documents for each in document.highlights)
    texts = {each.id: fold_highlight(each) if needs_text else "" for each in highlights}
    index = _make_index(rules, documents, answers or {})
    for document in documents:
        of_document = [*_find_document_tags(index, document), *_find_site(index, document.url)]
        for highlight in document.highlights:
            folded = texts[highlight.id]
            for rule, kind, shown in (*_find_in_highlight(index, document, highlight, folded), *of_document):
                if not any(phrase.is_in(folded) for phrase in index.excluded[rule]):
                    yield Finding(highlight, rule, kind, shown)


def find_excluded(documents: Iterable[ReadDocument], rules: Sequence[TopicRule]) -> dict[str, set[int]]:
    """Find the ids of the highlights that a rule's `exclude` rejects, by the key of the rule's topic."""
    excluded: dict[str, set[int]] = defaultdict(set)
    some = [(fold_name(rule.name), make_phrase(phrase)) for rule in rules for phrase in rule.exclude]
    for highlight in (each for document in documents for each in document.highlights) if some else ():
        folded = fold_highlight(highlight)
        for key, phrase in some:
            if phrase.is_in(folded):
                excluded[key].add(highlight.id)
    return excluded


def make_phrase(phrase: str) -> Phrase:
    """Compile a phrase for searching; a final `*` matches any ending."""
    words = fold_words(phrase)
    before = r"(?<!\w)" if words[:1] < _WITHOUT_SPACES and re.match(r"\w", words) else ""
    bound = words[-1:] < _WITHOUT_SPACES and re.search(r"\w\Z", words) and not phrase.rstrip().endswith("*")
    word = _WORD.match(words)
    whole_word = word and before and max(word[0]) < _WITHOUT_SPACES and (bound or word.end() < len(words))
    pattern = re.compile(before + re.escape(words) + (r"(?!\w)" if bound else ""))
    return Phrase(words, pattern, word[0] if word and whole_word else "")


def split_words(folded: str) -> set[str]:
    """The distinct words of a text folded by `fold_words`."""
    return set(_WORD.findall(folded))


def fold_words(text: str) -> str:
    """Fold a text to one case and single spaces, without emphasis and curly quotes."""
    return " ".join(text.translate(_MARKS).casefold().split())


def fold_highlight(highlight: ReadHighlight) -> str:
    """Fold what phrases are searched in: a highlight's text and notes, without URLs."""
    text = "\n".join((highlight.text, *highlight.notes))
    return fold_words(URL.sub(" ", text) if "://" in text else text)


def _make_index(
    rules: Sequence[TopicRule], documents: Sequence[ReadDocument], answers: Mapping[str, Collection[int]]
) -> _Index:
    index = _Index(excluded={rule: [make_phrase(phrase) for phrase in rule.exclude] for rule in rules})
    texts: dict[int, str] = {}
    for rule in rules:
        for words in rule.phrases:
            phrase = make_phrase(words)
            index.phrases[phrase.first].append((phrase, rule, words))
        for tag in rule.tags:
            index.tags[fold_name(tag)].append(rule)
        for link in rule.links:
            index.links[fold_name(link.strip().removeprefix("[[").removesuffix("]]"))].append(rule)
        for author in rule.authors:
            index.authors[_fold_author(author)].append((rule, author))
        for site in rule.sites:
            index.sites[(host[0] if (host := _find_hosts(site)) else site.strip().casefold())].append(rule)
        for id_ in answers.get(rule.query, ()) if rule.query else ():
            index.by_highlight[id_].append((rule, "query", rule.query))
        for pattern in rule.patterns:
            texts = texts or {each.id: each.text for document in documents for each in document.highlights}
            for id_ in find_pattern(pattern, texts):
                index.by_highlight[id_].append((rule, "pattern", pattern))
    return index


def _find_in_highlight(
    index: _Index, document: ReadDocument, highlight: ReadHighlight, folded: str
) -> Iterator[Found]:
    for tag in highlight.tags if index.tags else ():
        for rule in index.tags.get(fold_name(tag), ()):
            yield rule, "tag", tag
    text = "\n".join((highlight.text, *highlight.notes)) if index.links else ""
    for match in WIKILINK.finditer(text) if "[[" in text else ():
        for rule in index.links.get(fold_name(match[1]), ()):
            yield rule, "link", f"[[{match[1]}]]"
    for word in index.phrases.keys() & {"", *split_words(folded)} if index.phrases else ():
        for phrase, rule, shown in index.phrases[word]:
            if phrase.is_in(folded):
                yield rule, "phrase", shown
    yield from index.by_highlight.get(highlight.id, ())
    if index.authors:
        for name in _name_authors(highlight.author or document.author):
            for rule, shown in index.authors.get(name, ()):
                yield rule, "author", shown
    for link in highlight.links if index.sites else ():
        yield from _find_site(index, link.resource_url or link.final_url or link.url)


def _find_document_tags(index: _Index, document: ReadDocument) -> Iterator[Found]:
    for tag in document.tags:
        for rule in index.tags.get(fold_name(tag), ()):
            yield rule, "document tag", tag


def _find_site(index: _Index, url: str | None) -> Iterator[Found]:
    for host in _find_hosts(url) if url and index.sites else ():
        for rule in index.sites.get(host, ()):
            yield rule, "site", host


def _find_hosts(url: str) -> list[str]:
    """The URL's host and its parent domains: `a.b.example`, `b.example`, `example`."""
    match = _HOST.match(url)
    labels = match[1].casefold().rstrip(".").split(".")[-10:] if match else []
    return [".".join(labels[number:]) for number in range(len(labels))]


def _name_authors(author: Author | None) -> set[str]:
    """Every name by which a rule may refer to an author; co-authors by their own names, too."""
    if author is None:
        return set()
    names = {author.name, *_TOGETHER.split(author.name)}
    return {_fold_author(name) for name in (*names, author.handle or "") if name}


def _fold_author(name: str) -> str:
    return " ".join(name.strip().lstrip("@").casefold().split())


class _TooSlowError(Exception):
    pass


def find_pattern(pattern: str, texts: Mapping[int, str], *, seconds: float = SECONDS) -> dict[int, str]:
    """Find the first match of a pattern in each text, by the text's key.

    Raises InputError for an invalid pattern and for one that takes too long.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        with time_limit(seconds):
            return {
                key: match[0]
                for key, text in texts.items()
                if (match := compiled.search(text, 0, MAX_TEXT)) and match[0]
            }
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"the pattern `{pattern}` is not a valid regular expression: {error}") from None
    except _TooSlowError:
        raise InputError(
            f"the pattern `{pattern}` took more than {seconds:g} seconds: avoid a repeat within a repeat"
        ) from None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `_TooSlowError` in the block after `seconds`, if signals are available."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise _TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
