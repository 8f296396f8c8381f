"""Which URLs are one resource, and which only look alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.links.key import KEY_VERSION, clean_url, resource_key

V = "dQw4w9WgXcQ"

SAME = [
    # the web at large
    ("http://example.test/a", "https://example.test/a"),
    ("https://www.example.test/a", "https://example.test/a"),
    ("https://example.test/a/", "https://example.test/a"),
    ("https://example.test", "https://example.test/"),
    ("https://EXAMPLE.test/a", "https://example.test/a"),
    ("https://example.test:443/a", "https://example.test/a"),
    ("http://example.test:80/a", "https://example.test/a"),
    ("https://me:secret@example.test/a", "https://example.test/a"),
    ("https://example.test./a", "https://example.test/a"),
    ("https://example.test/%7Eme/%61", "https://example.test/~me/a"),
    ("https://example.test/a%2fb", "https://example.test/a%2Fb"),
    ("https://example.test/A_%28b%29", "https://example.test/A_(b)"),
    ("https://example.test/caf\u00e9", "https://example.test/caf%C3%A9"),
    ("https://b\u00fccher.test/", "https://xn--bcher-kva.test/"),
    ("https://example.test/x/../a", "https://example.test/a"),
    ("https://example.test/a?b=1&a=2", "https://example.test/a?a=2&b=1"),
    ("https://example.test/a?", "https://example.test/a"),
    ("https://example.test/a?&b=1&", "https://example.test/a?b=1"),
    ("https://example.test/a?utm_source=x&utm_medium=y", "https://example.test/a"),
    ("https://example.test/a?UTM_Source=x", "https://example.test/a"),
    ("https://example.test/a?id=7&fbclid=x&gclid=y", "https://example.test/a?id=7"),
    ("https://example.test/a?mc_cid=x&mkt_tok=y&_hsenc=z&igshid=1", "https://example.test/a"),
    ("https://example.test/a?ref_src=twsrc%5Etfw&twclid=1", "https://example.test/a"),
    ("https://example.test/a#part-2", "https://example.test/a"),
    ("https://example.test/a#:~:text=words", "https://example.test/a"),
    ("https://example.test/#/", "https://example.test/"),
    ("https://example.test/a-long-story/amp/", "https://example.test/a-long-story"),
    ("https://example.test/a?amp=1", "https://example.test/a"),
    ("https://www.google.com/amp/s/www.example.test/a", "https://example.test/a"),
    ("https://example-test.cdn.ampproject.org/c/s/example.test/a", "https://example.test/a"),
    # single sites
    (f"https://youtu.be/{V}", f"https://www.youtube.com/watch?v={V}"),
    (f"https://youtu.be/{V}?t=42&si=abc", f"https://www.youtube.com/watch?v={V}"),
    (f"https://m.youtube.com/watch?feature=share&v={V}", f"https://www.youtube.com/watch?v={V}"),
    (f"https://www.youtube.com/shorts/{V}", f"https://www.youtube.com/watch?v={V}"),
    (f"https://www.youtube-nocookie.com/embed/{V}?start=3", f"https://www.youtube.com/watch?v={V}"),
    (f"https://www.youtube.com/watch?v={V}&list=PL1&index=2&t=42s", f"https://www.youtube.com/watch?v={V}"),
    ("https://m.youtube.com/playlist?list=PL1&si=x", "https://www.youtube.com/playlist?list=PL1"),
    ("http://youtube.com/@one", "https://www.youtube.com/@one"),
    ("https://arxiv.org/pdf/1706.03762v5.pdf", "https://arxiv.org/abs/1706.03762"),
    ("https://arxiv.org/html/1706.03762v7", "http://www.arxiv.org/abs/1706.03762v1"),
    ("https://arxiv.org/abs/cs/0112017?context=cs.CL", "https://arxiv.org/pdf/cs/0112017"),
    ("https://doi.org/10.48550/arXiv.1706.03762", "https://arxiv.org/abs/1706.03762"),
    ("http://dx.doi.org/10.1000/ABC", "https://doi.org/10.1000/abc"),
    ("https://doi.org/10.1000%2Fabc", "https://doi.org/10.1000/abc"),
    (
        "https://www.amazon.com/A-Title/dp/B00ABCDEFG/ref=sr_1_1?tag=x&qid=1",
        "https://amazon.com/dp/B00ABCDEFG",
    ),
    ("https://smile.amazon.com/gp/product/B00ABCDEFG?psc=1", "https://www.amazon.com/dp/B00ABCDEFG"),
    ("https://twitter.com/someone/status/20?s=20", "https://x.com/SomeOne/status/20"),
    ("https://mobile.twitter.com/i/web/status/20", "https://x.com/someone/status/20?t=a&s=19"),
    ("https://twitter.com/#!/someone/status/20", "https://twitter.com/someone/statuses/20"),
    ("https://twitter.com/SomeOne", "https://x.com/someone?ref_src=x"),
    ("https://github.com/Someone/Thing.git", "https://github.com/someone/thing"),
    ("https://github.com/someone/thing?tab=readme-ov-file#install", "https://github.com/someone/thing"),
    ("https://en.m.wikipedia.org/wiki/A_(b)?wprov=sfti1", "https://en.wikipedia.org/wiki/A_(b)#History"),
    ("https://en.wikipedia.org/w/index.php?title=A_(b)", "https://en.wikipedia.org/wiki/A_(b)"),
    ("https://en.wikipedia.org/wiki/Two%20words", "https://en.wikipedia.org/wiki/Two_words"),
    ("https://medium.com/@me/a-title-0123456789ab?source=rss&sk=x", "https://medium.com/p/0123456789ab"),
    ("https://me.medium.com/a-title-0123456789ab?gi=1", "https://medium.com/@me/a-title-0123456789ab"),
    ("https://me.substack.com/p/title?r=abc&s=w", "https://me.substack.com/p/title"),
    ("https://open.substack.com/pub/me/p/title?r=abc", "https://me.substack.com/p/title"),
    ("https://old.reddit.com/r/books/comments/abc123/a_title/", "https://redd.it/abc123"),
    (
        "https://docs.google.com/document/d/abcDEF12345/edit?usp=sharing",
        "https://docs.google.com/document/d/abcDEF12345",
    ),
    ("https://mobile.nytimes.com/2020/01/01/a.html?smid=tw", "https://www.nytimes.com/2020/01/01/a.html"),
    ("https://amp.theguardian.com/world/a?CMP=share", "https://www.theguardian.com/world/a"),
    ("https://lemonde.fr/a#xtor=RSS-1", "https://lemonde.fr/a#utm_source=x"),
    ("https://m.facebook.com/groups/1?mibextid=x", "https://www.facebook.com/groups/1"),
    ("https://openreview.net/pdf?id=abc", "https://openreview.net/forum?id=abc&noteId=x"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/123", "https://pubmed.ncbi.nlm.nih.gov/123/"),
    (
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12/pdf/a.pdf",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/",
    ),
    ("https://www.ncbi.nlm.nih.gov/articles/PMC12", "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/"),
    ("https://stackoverflow.com/questions/12/how-to", "https://stackoverflow.com/q/12"),
    ("https://dl.acm.org/doi/pdf/10.1145/1.2", "https://dl.acm.org/doi/10.1145/1.2"),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf",
        "https://biorxiv.org/content/10.1101/2020.01.02.123456v1",
    ),
    ("https://www.medrxiv.org/content/10.1101/2020.1", "https://medrxiv.org/content/10.1101/2020.1.abstract"),
    ("https://aclanthology.org/2020.acl-main.1v2.pdf", "https://aclanthology.org/2020.acl-main.1/"),
    (
        "https://www.goodreads.com/de/book/show/12345-a-title?from_search=true",
        "https://www.goodreads.com/book/show/12345.A_Title",
    ),
]

DIFFERENT = [
    ("https://example.test/a", "https://example.test/b"),
    ("https://example.test/a", "https://example.test/A"),
    ("https://example.test/a", "https://other.test/a"),
    ("https://blog.example.test/a", "https://example.test/a"),
    ("https://m.example.test/a", "https://example.test/a"),
    ("https://amp.example.test/a", "https://example.test/a"),
    ("https://example.test:8080/a", "https://example.test/a"),
    ("http://example.test:443/a", "http://example.test/a"),
    ("https://www.test/", "https://test/"),
    ("https://example.test/a%2Fb", "https://example.test/a/b"),
    ("https://example.test/?q=a+b", "https://example.test/?q=a%2Bb"),
    ("https://example.test/?q=a+b", "https://example.test/?q=ab"),
    ("https://example.test/%2561", "https://example.test/a"),
    ("https://example.test/a?id=1", "https://example.test/a?id=2"),
    ("https://example.test/a?p=1", "https://example.test/a?p=2"),
    ("https://example.test/a?q=x", "https://example.test/a"),
    ("https://example.test/a?t=x", "https://example.test/a"),
    ("https://example.test/a?s=x", "https://example.test/a"),
    ("https://example.test/a?ref=x", "https://example.test/a"),
    ("https://example.test/a?source=x", "https://example.test/a"),
    ("https://example.test/a?v=1", "https://example.test/a?v=2"),
    ("https://example.test/a?si=1", "https://example.test/a"),
    ("https://example.test/a?sk=1", "https://example.test/a"),
    ("https://example.test/a?a=1&a=2", "https://example.test/a?a=2&a=1"),
    ("https://example.test/a?flag", "https://example.test/a"),
    ("https://example.test/#/one", "https://example.test/#/two"),
    ("https://example.test/#!one", "https://example.test/#!two"),
    ("https://example.test/#/one", "https://example.test/"),
    ("https://example.test/packages/amp", "https://example.test/packages"),
    ("https://example.test/a?amp=3", "https://example.test/a"),
    (f"https://youtu.be/{V}", "https://youtu.be/dQw4w9WgXcR"),
    (f"https://youtu.be/{V}", f"https://youtu.be/{V.lower()}"),
    ("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/playlist?list=PL2"),
    ("https://www.youtube.com/@one", "https://www.youtube.com/@two"),
    ("https://studio.youtube.com/a", "https://www.youtube.com/a"),
    ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/abs/1706.03763"),
    ("https://arxiv.org/list/cs.CL/recent", "https://arxiv.org/list/cs.AI/recent"),
    ("https://www.biorxiv.org/content/10.1101/2020.1", "https://www.biorxiv.org/content/10.1101/2020.2"),
    ("https://www.biorxiv.org/about", "https://www.biorxiv.org/content"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12", "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/12/related", "https://pubmed.ncbi.nlm.nih.gov/12/"),
    ("https://www.ncbi.nlm.nih.gov/books/PMC12", "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/"),
    ("https://aclanthology.org/2020.acl-main.1.pdf", "https://aclanthology.org/2020.acl-main.11.pdf"),
    ("https://www.goodreads.com/book/show/12345", "https://www.goodreads.com/book/show/12346"),
    ("https://www.goodreads.com/author/show/12345", "https://www.goodreads.com/book/show/12345"),
    ("https://doi.org/10.1000/abc", "https://doi.org/10.1000/abd"),
    ("https://www.amazon.com/dp/B00ABCDEFG", "https://www.amazon.de/dp/B00ABCDEFG"),
    ("https://www.amazon.com/dp/B00ABCDEFG", "https://www.amazon.com/dp/B00ABCDEFH"),
    ("https://x.com/a/status/20", "https://x.com/a/status/21"),
    ("https://x.com/a/status/20", "https://x.com/a/status/20/photo/1"),
    ("https://x.com/search?q=a", "https://x.com/search?q=b"),
    ("https://developer.x.com/en/docs", "https://x.com/en/docs"),
    ("https://netflix.com/a/status/20", "https://x.com/a/status/20"),
    ("https://github.com/a/b", "https://github.com/a/b.js"),
    ("https://github.com/a/b", "https://github.com/a/b/issues/1"),
    ("https://github.com/a/b/blob/main/README.md", "https://github.com/a/b/blob/main/readme.md"),
    ("https://gist.github.com/a/B1", "https://github.com/a/b1"),
    ("https://en.wikipedia.org/wiki/Apple", "https://de.wikipedia.org/wiki/Apple"),
    ("https://en.wikipedia.org/wiki/Apple", "https://en.wikipedia.org/wiki/Apple_(film)"),
    ("https://en.wikipedia.org/w/index.php?title=A&oldid=1", "https://en.wikipedia.org/wiki/A"),
    ("https://medium.com/@me/one-0123456789ab", "https://medium.com/@me/two-0123456789ac"),
    ("https://one.substack.com/p/title", "https://two.substack.com/p/title"),
    ("https://www.reddit.com/r/a/comments/abc/x/", "https://www.reddit.com/r/a/comments/abc/x/def/"),
    ("https://news.ycombinator.com/item?id=1", "https://news.ycombinator.com/item?id=2"),
    (
        "https://docs.google.com/document/d/abcDEF12345/",
        "https://docs.google.com/spreadsheets/d/abcDEF12345/",
    ),
    ("https://openreview.net/forum?id=a", "https://openreview.net/forum?id=b"),
    ("mailto:a@example.test", "mailto:b@example.test"),
    ("kindle://book?asin=1", "kindle://book?asin=2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_one_resource(one: str, other: str) -> None:
    assert resource_key(one) == resource_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_are_two_resources(one: str, other: str) -> None:
    assert resource_key(one) != resource_key(other)


@pytest.mark.parametrize("url", sorted({url for pair in SAME + DIFFERENT for url in pair}))
def test_cleaning_keeps_the_key_and_cleaning_twice_changes_nothing(url: str) -> None:
    assert resource_key(clean_url(url)) == resource_key(url)
    assert clean_url(clean_url(url)) == clean_url(url)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://me:pw@Example.test:80/a?utm_source=x&b=1#part", "http://example.test/a?b=1#part"),
        (f"https://youtu.be/{V}?t=42&si=x", f"https://www.youtube.com/watch?v={V}#t=42"),
        ("https://arxiv.org/pdf/1706.03762v5.pdf", "https://arxiv.org/abs/1706.03762"),
        ("https://mobile.twitter.com/a/status/20?s=20", "https://twitter.com/a/status/20"),
        ("https://en.m.wikipedia.org/wiki/A_%28b%29", "https://en.wikipedia.org/wiki/A_(b)"),
        ("https://me:pw@[bad", "https://[bad"),
    ],
)
def test_a_clean_url_opens_the_same_page(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.test/a/?b=2&a=1#part",
        "http://example.test/a%2Fb",
        "https://www.nytimes.com/a.html?unlocked_article_code=x",
        "https://example.test/a?ref=x&source=y&s=z",
        "https://example.test/#/route",
    ],
)
def test_a_clean_url_is_unchanged(url: str) -> None:
    assert clean_url(url) == url


def test_the_key_has_neither_scheme_nor_www_nor_user() -> None:
    assert resource_key("https://me:pw@www.example.test/a/?b=1&a=2#x") == "example.test/a?a=2&b=1"


def test_the_rules_have_a_version() -> None:
    assert KEY_VERSION >= 1


_HOSTS = st.sampled_from(
    [
        "a.test",
        "www.a.test",
        "youtu.be",
        "www.youtube.com",
        "m.youtube.com",
        "arxiv.org",
        "doi.org",
        "amazon.com",
        "smile.amazon.de",
        "x.com",
        "twitter.com",
        "github.com",
        "en.m.wikipedia.org",
        "medium.com",
        "me.medium.com",
        "open.substack.com",
        "old.reddit.com",
        "redd.it",
        "docs.google.com",
        "google.com",
        "a-b.cdn.ampproject.org",
        "open.spotify.com",
        "openreview.net",
        "stackoverflow.com",
    ]
)
_PIECES = st.sampled_from(
    [
        "/",
        "/amp",
        "/amp/s/",
        "x.com",
        "a-b-c",
        ".git",
        ".pdf",
        "/dp/",
        "B00ABCDEFG",
        "/ref=1",
        "/status/",
        "12",
        "/wiki/",
        "%20",
        "%2e%2e",
        "%2F",
        "%41",
        "%25",
        "?",
        "&",
        "=",
        "#",
        "#!",
        "#/",
        "v=",
        "title=",
        "+",
        "utm_source=x",
        "t=",
        "dQw4w9WgXcQ",
        "/abs/",
        "1706.03762",
        "v2",
        "/10.1000/",
        "A",
        "é",
        "\\",
        "/watch",
        "/comments/",
        "/p/",
        "id=1",
        ":",
    ]
)


@settings(max_examples=300, deadline=None)
@given(_HOSTS, st.lists(_PIECES, max_size=9))
def test_the_key_of_the_clean_url_is_the_key_of_the_url(host: str, pieces: list[str]) -> None:
    url = f"https://{host}/" + "".join(pieces)
    assert resource_key(clean_url(url)) == resource_key(url)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters()), st.sampled_from(["", "http://", "https://a.test/", "https://a.test/?"]))
def test_no_text_raises(text: str, begin: str) -> None:
    assert resource_key(clean_url(begin + text)) == resource_key(begin + text)


TRACKERS = """
    _branch_match_id _branch_referrer _ga _gl _openstat dclid epik fb_action_ids fb_action_types fb_ref
    fb_source fbclid gbraid gclid gclsrc gs_lcrp igsh igshid mc_cid mc_eid mkt_tok ml_subscriber
    ml_subscriber_hash msclkid oly_anon_id oly_enc_id rb_clickid ref_src ref_url rw_tt_thread s_cid spm
    srsltid ttclid twclid vero_conv vero_id wbraid wickedid yclid ysclid __hsfp __hssc __hstc __s
    __twitter_impression utm_x _hsx pk_x mtm_x hsa_x piwik_x amp=1 amp=true amp= amp outputtype=amp
    FBCLID UTM_X AMP=TRUE
"""


@pytest.mark.parametrize("name", TRACKERS.split())
def test_a_tracker_is_not_part_of_a_url(name: str) -> None:
    assert clean_url(f"https://example.test/a?{name}&b=1") == "https://example.test/a?b=1"
    kept = f"x{name}" if "=" in name or name == "amp" else f"x{name}=1"
    assert kept in clean_url(f"https://example.test/a?{kept}&b=1")


@pytest.mark.parametrize(("length", "is_copy"), [(8192, True), (8193, False)])
def test_only_a_path_of_some_length_is_searched_for_an_amp_copy(length: int, is_copy: bool) -> None:
    cached, article = "/c/s/b.test/", "/a-b-c/amp"
    path = cached + "x" * (length - len(cached))
    unwrapped = clean_url(f"https://b-test.cdn.ampproject.org{path}")
    assert unwrapped.startswith("https://b.test/" if is_copy else "https://b-test.cdn")
    copy = f"https://b.test/{'x' * (length - len(article) - 1)}{article}"
    assert clean_url(copy).endswith("/a-b-c" if is_copy else "/amp")
