"""A resource from its URL and its page."""

from __future__ import annotations

import pytest

from ingest.links.page_head import PageHead
from ingest.links.resource import find_kind, make_resource


def test_a_resource_has_what_its_page_says() -> None:
    head = PageHead(title="A title", author="A. Writer", published_on="2020-01", description="What it is")
    made = make_resource("https://www.example.test/a?utm_source=x", head, "ok", "text/html")
    assert (made.uid, made.url, made.site) == ("example.test/a", "https://www.example.test/a", "example.test")
    assert (made.title, made.author, made.published_on) == ("A title", "A. Writer", "2020-01")
    assert (made.kind, made.status, made.description) == ("article", "ok", "What it is")


def test_a_canonical_link_of_the_same_owner_is_trusted() -> None:
    head = PageHead(canonical="https://www.example.co.uk/story")
    assert make_resource("https://m.example.co.uk/story?page=all", head).uid == "example.co.uk/story"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.test/a", "https://example.test/"),
        ("https://example.test/a", "https://other.test/a"),
        ("https://one.github.io/a", "https://two.github.io/a"),
        ("https://example.test/a", "http://[bad"),
        ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/other"),
        ("https://github.com/a/b", "https://github.com/login"),
    ],
)
def test_any_other_canonical_link_is_ignored(url: str, canonical: str) -> None:
    assert make_resource(url, PageHead(canonical=canonical)) == make_resource(url)


def test_the_pdf_of_a_paper_is_the_paper() -> None:
    made = make_resource("https://arxiv.org/pdf/1706.03762v5", content_type="application/pdf")
    assert (made.url, made.kind, made.title) == ("https://arxiv.org/abs/1706.03762", "paper", None)


def test_the_title_of_a_pdf_is_its_file_name() -> None:
    assert make_resource("https://example.test/My%20Paper.pdf").title == "My Paper.pdf"
    assert make_resource("https://example.test/get?id=1", content_type="application/pdf").title is None


def test_a_fragment_is_not_part_of_the_resource() -> None:
    assert make_resource("https://example.test/a#part").url == "https://example.test/a"
    assert make_resource("https://example.test/#/route").url == "https://example.test/#/route"


def test_a_url_that_is_not_a_web_address_makes_a_resource_without_a_site() -> None:
    assert make_resource("kindle://book").site == ""


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://arxiv.org/abs/1706.03762", "paper"),
        ("https://doi.org/10.1000/abc", "paper"),
        ("https://www.nature.com/articles/s41586-020-1", "paper"),
        ("https://example.test/a.PDF", "pdf"),
        ("https://youtu.be/dQw4w9WgXcQ", "video"),
        ("https://vimeo.com/12345", "video"),
        ("https://github.com/a/b/tree/main", "repository"),
        ("https://gist.github.com/a/0123456789abcdef", "repository"),
        ("https://www.amazon.com/dp/0262035618", "book"),
        ("https://www.goodreads.com/book/show/1", "book"),
        ("https://www.coursera.org/learn/x", "course"),
        ("https://podcasts.apple.com/us/podcast/x/id1", "podcast"),
        ("https://open.spotify.com/episode/abc", "podcast"),
        ("https://x.com/a/status/20", "tweet"),
        ("https://x.com/a/status/20/photo/1", "media"),
        ("https://x.com/a/status/20/video/1/", "media"),
        ("https://pbs.twimg.com/media/a.jpg", "media"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "video"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", "video"),
        ("https://www.youtube.com/clip/a", "video"),
        ("https://www.youtube.com/playlist?list=a", "video"),
        ("https://gitlab.com/a/b", "repository"),
        ("https://codeberg.org/a/b", "repository"),
        ("https://bitbucket.org/a/b", "repository"),
        ("https://huggingface.co/papers/2301.00001", "paper"),
        ("https://huggingface.co/datasets/a/b", "repository"),
        ("https://huggingface.co/spaces/a/b", "repository"),
        ("https://open.spotify.com/show/abc", "podcast"),
        ("https://www.science.org/doi/10.1126/a", "paper"),
        ("https://www.pnas.org/doi/10.1073/a", "paper"),
        ("https://www.sciencedirect.com/science/article/pii/a", "paper"),
        ("https://link.springer.com/article/10.1007/a", "paper"),
        ("https://link.springer.com/chapter/10.1007/a", "paper"),
        ("https://link.springer.com/book/10.1007/a", "book"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/a", "paper"),
        ("https://www.tandfonline.com/doi/10.1080/a", "paper"),
        ("https://ieeexplore.ieee.org/document/1", "paper"),
        ("https://ieeexplore.ieee.org/abstract/document/1", "paper"),
        ("https://openaccess.thecvf.com/content/a", "paper"),
        ("https://openai.com/a/b.pdf", "paper"),
        ("https://books.google.com/books?id=a", "book"),
        ("https://www.audible.com/pd/a", "book"),
        ("https://www.amazon.de/dp/B0ABCDEFGH", "book"),
        ("https://arxiv.org/pdf/1706.03762", "paper"),
        ("https://example.test/a.mp4", "video"),
        ("https://example.test/a.svg", "media"),
        ("https://example.test/a.mp3?b=c", "media"),
        ("https://www.goodreads.com/?q=a", "book"),
        # and these are not what they look like
        ("https://example.test/a", "article"),
        ("https://github.com/a", "article"),
        ("https://github.com/features/actions", "article"),
        ("https://github.com/orgs/a", "article"),
        ("https://github.com/topics/a", "article"),
        ("https://github.com/sponsors/a", "article"),
        ("https://github.com/apps/a", "article"),
        ("https://github.com/marketplace/a", "article"),
        ("https://gitlab.com/a", "article"),
        ("https://huggingface.co/a/b", "article"),
        ("https://www.youtube.com/playlists", "article"),
        ("https://www.amazon.com/gp/help", "article"),
        ("https://www.amazon.com/dp/B1ABCDEFGH", "article"),
        ("https://x.com/a/status/20/photo/1/b", "tweet"),
        ("https://www.nature.com/collections/a", "article"),
        ("https://openai.com/a", "article"),
        ("https://example.test/pdf/a", "article"),
        ("https://www.youtube.com/@someone", "article"),
        ("https://arxiv.org/list/cs.CL/recent", "article"),
        ("https://www.goodreads.com/", "article"),
        ("https://x.com/someone", "article"),
        ("https://open.spotify.com/track/abc", "article"),
        ("not a url", "article"),
    ],
)
def test_the_kind_comes_from_the_url(url: str, kind: str) -> None:
    assert find_kind(url) == kind


SITES = {
    "paper": """
        aclanthology.org arxiv.org biorxiv.org dl.acm.org doi.org jmlr.org medrxiv.org openreview.net osf.io
        papers.nips.cc papers.ssrn.com pmc.ncbi.nlm.nih.gov proceedings.mlr.press proceedings.neurips.cc
        psyarxiv.com pubmed.ncbi.nlm.nih.gov semanticscholar.org ssrn.com
    """,
    "video": "loom.com ted.com tiktok.com twitch.tv vimeo.com",
    "book": "goodreads.com gutenberg.org leanpub.com openlibrary.org oreilly.com",
    "course": """
        course.fast.ai coursera.org deeplearning.ai edx.org khanacademy.org maven.com ocw.mit.edu udacity.com
        udemy.com
    """,
    "podcast": """
        anchor.fm castro.fm overcast.fm pca.st pocketcasts.com podbean.com podcasts.apple.com
        podcasts.google.com share.snipd.com
    """,
    "media": "i.imgur.com i.redd.it pbs.twimg.com pic.twitter.com video.twimg.com",
}


@pytest.mark.parametrize(("kind", "site"), [(kind, site) for kind in SITES for site in SITES[kind].split()])
def test_each_of_these_sites_has_resources_of_one_kind(kind: str, site: str) -> None:
    assert find_kind(f"https://www.{site}/abs/b2") == kind


@pytest.mark.parametrize(
    ("kind", "extension"),
    [
        *[("pdf", each) for each in ("pdf", "PDF")],
        *[("video", each) for each in ("mp4", "mov", "webm", "m4v")],
        *[
            ("media", each)
            for each in ("jpg", "jpeg", "png", "gif", "webp", "svg", "mp3", "m4a", "ogg", "wav")
        ],
        *[("article", each) for each in ("html", "doc", "zip")],
    ],
)
def test_the_kind_of_a_file_is_that_of_its_extension(kind: str, extension: str) -> None:
    assert find_kind(f"https://example.test/a.b.{extension}?c=d.png") == kind
    assert find_kind(f"https://example.test/a.{extension}/b") == "article"


@pytest.mark.parametrize(
    ("content_type", "head_type", "kind"),
    [
        ("application/pdf", None, "pdf"),
        (" Application/X-PDF ;q=1", "book", "pdf"),
        ("audio/mpeg", None, "media"),
        (None, "scholarlyarticle", "paper"),
        (None, "books.book", "book"),
        (None, "course", "course"),
        (None, "podcastepisode", "podcast"),
        (None, "podcastseries", "podcast"),
        (None, "softwaresourcecode", "repository"),
        (None, "videoobject", "video"),
        ("image/png", None, "media"),
        ("video/mp4; codecs=x", None, "video"),
        ("text/html", "paper", "paper"),
        ("text/html", "video.other", "video"),
        ("text/html", "Book", "book"),
        ("text/html", "website", "article"),
        ("", "nonsense", "article"),
    ],
)
def test_the_kind_comes_from_the_response_if_the_url_does_not_tell(
    content_type: str | None, head_type: str | None, kind: str
) -> None:
    assert find_kind("https://example.test/a", content_type, head_type) == kind


def test_a_response_tells_the_kind_of_what_is_not_a_web_address() -> None:
    assert find_kind("kindle://book", "application/pdf") == "pdf"


def test_the_site_overrules_the_page() -> None:
    assert find_kind("https://github.com/a/b", "text/html", "article") == "repository"
