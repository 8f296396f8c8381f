"""The records of links and resources (docs/links.md, Resources).

A link's record comes from its URL alone, a resource's from its URL and what its page says. Its kind is
decided by the site first, because pages call nearly everything an article; then by the server's content
type; then by the page; `article` is the default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.links.address import Address, find_registrable, format_address, parse_address
from ingest.links.classify import TWITTER_HOSTS, classify_url, find_unsafe_target, is_shortener
from ingest.links.key import KEY_VERSION, clean_address, clean_url, cut_userinfo, resource_key
from record_types.links import Fetch, Link, Resource

if TYPE_CHECKING:
    from ingest.links.page_head import PageHead  # loads lxml, which importing pages does not need

_SITES: Mapping[str, str] = {
    site: kind
    for kind, sites in {
        "paper": """
            aclanthology.org arxiv.org biorxiv.org dl.acm.org doi.org jmlr.org medrxiv.org openreview.net
            osf.io papers.nips.cc papers.ssrn.com pmc.ncbi.nlm.nih.gov proceedings.mlr.press
            proceedings.neurips.cc psyarxiv.com pubmed.ncbi.nlm.nih.gov semanticscholar.org ssrn.com
        """,
        "video": "loom.com ted.com tiktok.com twitch.tv vimeo.com",
        "book": "goodreads.com gutenberg.org leanpub.com openlibrary.org oreilly.com",
        "course": """
            course.fast.ai coursera.org deeplearning.ai edx.org khanacademy.org maven.com ocw.mit.edu
            udacity.com udemy.com
        """,
        "podcast": """
            anchor.fm castro.fm overcast.fm pca.st pocketcasts.com podbean.com podcasts.apple.com
            podcasts.google.com share.snipd.com
        """,
        "media": "i.imgur.com i.redd.it pbs.twimg.com pic.twitter.com video.twimg.com",
    }.items()
    for site in sites.split()
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

    `content_type` is the HTTP header, `head_type` the page's own claim (`PageHead.kind_hint`).
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


def make_resource(
    url: str, head: PageHead | None = None, status: Fetch = "pending", content_type: str | None = None
) -> Resource:
    """The resource at `url`, where the link landed.

    Its URL is the clean one without a fragment, or the page's canonical link if that is credible. The title
    of a PDF is its file name.
    """
    address = clean_address(url)
    if address is None:
        found = cut_userinfo(url)
        return Resource(
            resource_key(url), found, find_kind(url), site="", status=status, uid_version=KEY_VERSION
        )
    kind = find_kind(url, content_type, head.kind_hint if head else None)
    if head and head.canonical and kind in ("article", "video", "podcast", "course"):
        address = _choose_canonical(address, clean_address(head.canonical))
    clean = format_address(address, fragment=address.fragment.startswith(("/", "!")))
    return Resource(
        uid=resource_key(clean),
        url=clean,
        kind=kind,
        site=address.site,
        status=status,
        title=(head and head.title) or (_read_file_name(address) if kind == "pdf" else None),
        author=head.author if head else None,
        published_on=head.published_on if head else None,
        description=head.description if head else None,
        uid_version=KEY_VERSION,
    )


def _choose_canonical(address: Address, canonical: Address | None) -> Address:
    """`canonical` if it has the same owner and names a page, otherwise `address`.

    Some sites point every page at their home page, a sign-in page or a copy elsewhere.
    """
    if canonical is None or (canonical.path == "/" and not canonical.params):
        return address
    same_owner = find_registrable(canonical.host) == find_registrable(address.host)
    return canonical if same_owner else address


def _read_file_name(address: Address) -> str | None:
    name = unquote(address.path.rstrip("/").rpartition("/")[2], errors="replace").strip()
    return name if name.lower().endswith(".pdf") and len(name) > len(".pdf") else None


# t.co ids have 10 characters, 8 or 9 in old links.
_PLAIN_TCO = re.compile(r"https?://t\.co/([A-Za-z0-9]{8,10})")
_TCO_ID = re.compile(r"/([A-Za-z0-9]{8,10})/?$")


@lru_cache(maxsize=4096)
def describe_link(url: str) -> Link:
    """The link record of `url`, made without any request.

    Its status is `pending` for a short link, `invalid` if it is not a web address, otherwise that of
    `classify_url`, by default `resolved`. A short link that names its target (`youtu.be/<id>`) is resolved
    too.
    """
    plain = _PLAIN_TCO.fullmatch(url)
    if plain:  # nearly all links: no need to parse the URL
        return _describe_tco(url, plain[1])
    found = cut_userinfo(url)
    address = parse_address(found)
    if address is None:
        return Link(uid=found, url=found, host="", short=False, status="invalid")
    if address.host == "t.co":
        match = _TCO_ID.match(address.path)
        return _describe_tco(found, match[1] if match else None)
    status = classify_url(found)
    if status == "unsafe":
        return Link(found, found, address.host, False, status, final_url=find_unsafe_target(found))
    if status in ("media", "self"):
        return Link(found, found, address.host, False, status, final_url=clean_url(found))
    short = is_shortener(address.host)
    if short and not _names_target(found):
        return Link(found, found, address.host, short, "pending")
    return Link(
        found, found, address.host, short, status or "resolved", clean_url(found), make_resource(found)
    )


def _describe_tco(found: str, id_: str | None) -> Link:
    if id_ is None:
        return Link(uid=found, url=found, host="t.co", short=True, status="invalid")
    return Link(uid=f"t.co/{id_}", url=found, host="t.co", short=True, status="pending")


def _names_target(url: str) -> bool:
    clean = clean_address(url)
    return clean is not None and not is_shortener(clean.host)
