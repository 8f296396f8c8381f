"""What kind of thing a link leads to, by its site, its content type and what its page says of itself.

The site is asked first, since pages call nearly everything an article; the content type next, since it is
the server's own word; `article` is what is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.links.address import Address
from ingest.links.classify import TWITTER_HOSTS
from ingest.links.key import clean_address

_SITES: Mapping[str, str] = {
    **dict.fromkeys(("arxiv.org", "doi.org", "openreview.net", "aclanthology.org", "biorxiv.org"), "paper"),
    **dict.fromkeys(
        ("medrxiv.org", "ssrn.com", "papers.ssrn.com", "semanticscholar.org", "jmlr.org"), "paper"
    ),
    **dict.fromkeys(("pubmed.ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "proceedings.mlr.press"), "paper"),
    **dict.fromkeys(
        ("papers.nips.cc", "proceedings.neurips.cc", "dl.acm.org", "psyarxiv.com", "osf.io"), "paper"
    ),
    **dict.fromkeys(("vimeo.com", "twitch.tv", "ted.com", "loom.com", "tiktok.com"), "video"),
    **dict.fromkeys(
        ("goodreads.com", "leanpub.com", "oreilly.com", "gutenberg.org", "openlibrary.org"), "book"
    ),
    **dict.fromkeys(("coursera.org", "edx.org", "udemy.com", "udacity.com", "ocw.mit.edu"), "course"),
    **dict.fromkeys(("deeplearning.ai", "course.fast.ai", "maven.com", "khanacademy.org"), "course"),
    **dict.fromkeys(
        ("podcasts.apple.com", "overcast.fm", "share.snipd.com", "pca.st", "castro.fm"), "podcast"
    ),
    **dict.fromkeys(("podcasts.google.com", "podbean.com", "anchor.fm", "pocketcasts.com"), "podcast"),
    **dict.fromkeys(
        ("pbs.twimg.com", "video.twimg.com", "pic.twitter.com", "i.imgur.com", "i.redd.it"), "media"
    ),
}
_SITE_PATHS: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    site: tuple((re.compile(pattern), kind) for pattern, kind in rules)
    for site, rules in {
        "youtube.com": [(r"/(?:watch|live/|clip/)", "video"), (r"/playlist$", "video")],
        "github.com": [
            (r"/(?!orgs/|topics/|features/|sponsors/|apps/|marketplace/)[^/]+/[^/]+", "repository")
        ],
        "gist.github.com": [(r"/[^/]+/[0-9a-f]+", "repository")],
        "gitlab.com": [(r"/[^/]+/[^/]+", "repository")],
        "codeberg.org": [(r"/[^/]+/[^/]+", "repository")],
        "bitbucket.org": [(r"/[^/]+/[^/]+", "repository")],
        "huggingface.co": [
            (r"/papers/[0-9.]+", "paper"),
            (r"/(?:datasets|spaces)/[^/]+/[^/]+", "repository"),
        ],
        "open.spotify.com": [(r"/(?:episode|show)/", "podcast")],
        "nature.com": [(r"/articles/", "paper")],
        "science.org": [(r"/doi/", "paper")],
        "pnas.org": [(r"/doi/", "paper")],
        "sciencedirect.com": [(r"/science/article/", "paper")],
        "link.springer.com": [(r"/(?:article|chapter)/", "paper"), (r"/book/", "book")],
        "onlinelibrary.wiley.com": [(r"/doi/", "paper")],
        "tandfonline.com": [(r"/doi/", "paper")],
        "ieeexplore.ieee.org": [(r"/(?:abstract/)?document/", "paper")],
        "openaccess.thecvf.com": [(r"/content", "paper")],
        "openai.com": [(r"/.*\.pdf$", "paper")],
        "books.google.com": [(r"/books", "book")],
        "audible.com": [(r"/pd/", "book")],
    }.items()
}
_EXTENSIONS: Mapping[str, str] = {
    "pdf": "pdf",
    **dict.fromkeys(("mp4", "mov", "webm", "m4v"), "video"),
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "svg", "mp3", "m4a", "ogg", "wav"), "media"),
}
_HEAD_TYPES: Mapping[str, str] = {
    "paper": "paper",
    "scholarlyarticle": "paper",
    "book": "book",
    "books.book": "book",
    "course": "course",
    "podcastepisode": "podcast",
    "podcastseries": "podcast",
    "softwaresourcecode": "repository",
    "videoobject": "video",
}
_ARXIV_PAPER = re.compile(r"/(?:abs|pdf|html)/")


def find_kind(url: str, content_type: str | None = None, head_type: str | None = None) -> str:
    """`paper`, `pdf`, `video`, `repository`, `book`, `course`, `podcast`, `tweet`, `media` or `article`.

    `content_type` is the HTTP header, `head_type` what the page calls itself (`PageHead.kind_hint`).
    """
    address = clean_address(url)
    if address is None:
        return _read_content_type(content_type) or "article"
    return (
        _find_by_site(address)
        or _read_content_type(content_type)
        or _EXTENSIONS.get(address.path.rpartition("/")[2].rpartition(".")[2].lower())
        or _read_head_type(head_type)
        or "article"
    )


def _find_by_site(address: Address) -> str | None:
    site = address.site
    if address.host in TWITTER_HOSTS:
        if "/status" not in address.path:
            return None
        return "media" if re.search(r"/(?:photo|video)/[0-9]+/?$", address.path) else "tweet"
    if site.startswith("amazon."):
        return "book" if re.match(r"/dp/(?:[0-9]{9}[0-9X]|B0)", address.path) else None
    if site == "arxiv.org" and not _ARXIV_PAPER.match(address.path):
        return None
    if address.path == "/" and site in _SITES and not address.params:
        return None
    for pattern, kind in _SITE_PATHS.get(site, ()):
        if pattern.match(address.path):
            return kind
    return _SITES.get(site)


def _read_content_type(content_type: str | None) -> str | None:
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in ("application/pdf", "application/x-pdf"):
        return "pdf"
    if kind.startswith("video/"):
        return "video"
    return "media" if kind.startswith(("image/", "audio/")) else None


def _read_head_type(head_type: str | None) -> str | None:
    kind = (head_type or "").strip().lower()
    return "video" if kind.startswith("video") else _HEAD_TYPES.get(kind)
