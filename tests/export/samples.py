"""Documents in the shape of the store's, for all tests of the export."""

from __future__ import annotations

from record_types.library import ReadDocument, ReadHighlight, ReadLink
from record_types.pages import Author, Picture

GARDENER = Author("gardener", "gardener", "https://twitter.com/gardener")

LINKS = (
    ReadLink(
        "https://t.co/AAAAAAAAAA",
        "resolved",
        True,
        final_url="https://books.example/soil_(new)?utm_source=x",
        resource_uid="books.example/soil_(new)",
        resource_url="https://books.example/soil_(new)",
        title="Soil [2nd ed.]",
        kind="book",
        site="books.example",
        fetch="ok",
    ),
    ReadLink(
        "https://t.co/BBBBBBBBBB",
        "resolved",
        True,
        label="Advanced",
        final_url="https://example.org/roots",
        resource_uid="example.org/roots",
        resource_url="https://example.org/roots",
        title="Deep Roots",
        kind="paper",
        site="example.org",
        fetch="gone",
    ),
    ReadLink("https://t.co/CCCCCCCCCC", "resolved", True, "Slides", "https://example.org/slides"),
    ReadLink("https://t.co/DDDDDDDDDD", "resolved", True, None, "https://example.org/untitled"),
    ReadLink(
        "https://t.co/MMMMMMMMMM", "media", True, None, "https://twitter.com/gardener/status/100/photo/1"
    ),
    ReadLink("https://t.co/SSSSSSSSSS", "self", True, None, "https://twitter.com/i/web/status/100"),
    ReadLink("https://t.co/QQQQQQQQQQ", "tweet", True, None, "https://twitter.com/botanist/status/77"),
    ReadLink("https://t.co/PPPPPPPPPP", "pending", True),
    ReadLink("https://t.co/UUUUUUUUUU", "unsafe", True, None, "https://bad.example/"),
    ReadLink("https://t.co/GGGGGGGGGG", "gone", True),
    ReadLink("https://example.org/plain", "resolved", False, final_url="https://example.org/plain"),
)


def tweet(number: int, text: str, **more: object) -> ReadHighlight:
    """A tweet of the thread, with those of `LINKS` that its text contains."""
    fields: dict[str, object] = {
        "uid": f"tweet:{number}",
        "view_url": f"https://twitter.com/gardener/status/{number}",
        "taken_at": "2021-03-29T20:15:00Z",
        "tweet_id": number,
        "author": GARDENER,
        "links": tuple(link for link in LINKS if link.url in text),
    }
    return ReadHighlight(id=number, text=text, **(fields | more))  # type: ignore[arg-type]


THREAD = ReadDocument(
    id=1,
    uid="https://twitter.com/gardener/status/100",
    title="How to Read About Soil and...",
    full_title="How to Read About Soil and...",
    category="tweets",
    author=GARDENER,
    url="https://twitter.com/gardener/status/100",
    note="Worth a winter.",
    tags=("garden", "to read"),
    is_thread=True,
    highlights=(
        tweet(
            100,
            "What to read about soil and roots. A thread 👇 \n\n![](https://img.example/tree.jpg)",
            pictures=(Picture("https://img.example/tree.jpg"),),
        ),
        tweet(
            101,
            "For Soil Science: horizons, water &amp; air.\n\nhttps://t.co/AAAAAAAAAA\n\n(Advanced) https://t.co/BBBBBBBBBB",
            notes=("Begin with chapter [[Three]].\n\n- slowly\n- twice",),
            tags=("favorite", "field work"),
        ),
        tweet(
            102,
            "For Botany: trees, #moss & <b>mushrooms</b>.\n\nhttps://t.co/PPPPPPPPPP",
            incomplete=True,
        ),
        tweet(103, "Bonus: a quiet bench.\n\nhttps://t.co/DDDDDDDDDD"),
        tweet(104, "If you found this thread helpful, follow me for more!"),
    ),
)

ARTICLE = ReadDocument(
    id=2,
    uid="https://example.org/essay",
    title='On Moss: a "slow" essay?',
    full_title='On Moss: a "slow" essay?',
    category="articles",
    author=Author("Ada Fern"),
    url="https://example.org/essay_(1)",
    summary="Moss, slowly.",
    blocks=("My own block",),
    highlights=(
        ReadHighlight(
            id=200,
            uid="readwise:01ABC",
            text="- not a bullet\n# not a heading\nkey:: value\n> said so\n```\n# code\n```\n"
            "((ref)) {{embed}} [[Soil Science]]",
            view_url="https://read.readwise.io/read/01ABC",
        ),
        ReadHighlight(
            id=201,
            uid="text:2:abc",
            text="Moss has no roots\nand no hurry.",
            location="12",
            location_kind="page",
            tags=("botany",),
        ),
    ),
)

DOCUMENTS = (THREAD, ARTICLE)
