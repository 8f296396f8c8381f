"""Each site's own rules: which parameters, hosts and paths of a URL are not part of the page."""

from __future__ import annotations

import pytest

from ingest.links.key import clean_url, resource_key

AMAZON = "ae ca cn co.jp co.uk com com.au com.br com.mx com.tr de es fr ie in it nl pl sa se sg"
AMAZON_NOISE = """
    tag ref ref_ pf_rd_p pf_rd_r pd_rd_i pd_rd_r pd_rd_w pd_rd_wg linkcode linkid camp creative creativeasin
    qid sr crid sprefix psc
"""
MEDIUM = """
    medium.com who.medium.com towardsdatascience.com betterprogramming.pub levelup.gitconnected.com itnext.io
    uxdesign.cc bettermarketing.pub betterhumans.pub codeburst.io blog.devgenius.io
"""
SUBSTACK_NOISE = """
    r s showwelcome showwelcomeonshare triedredirect isfreemail publication_id post_id triggershare
    justpublished token action
"""
DROPPED = {
    "docs.google.com": "usp ts ouid rtpof sd",
    "drive.google.com": "usp ts ouid rtpof sd",
    "podcasts.apple.com": "uo itsct itscg mt ct at l",
    "linkedin.com": "trk trackingid lipi lici originalsubdomain midtoken rcm",
    "facebook.com": "__tn__ __cft__[0] mibextid refid",
    "instagram.com": "hl utm",
    "nytimes.com": "smid smtyp partner referringsource emc action",
    "theguardian.com": "cmp cmp_tu",
    "washingtonpost.com": "itid wpisrc wpmm",
    "bloomberg.com": "sref srnd leadsource",
    "wsj.com": "reflink mod",
    "notion.so": "pvs",
    "who.notion.site": "pvs",
    "goodreads.com": "from_search from_srp qid rank ac",
    "imdb.com": "ref_",
    "tiktok.com": "is_from_webapp sender_device _r _t web_id lang",
    "open.spotify.com": "si context nd dl_branch _branch",
    "who.substack.com": SUBSTACK_NOISE,
    "en.wikipedia.org": "wprov useskin mobileaction useformat",
    **dict.fromkeys(MEDIUM.split(), "source sk gi _referrer referrer"),
}
MOVED = {
    "m.facebook.com": ("www.facebook.com", "__tn__ __cft__[0] mibextid refid"),
    "mbasic.facebook.com": ("www.facebook.com", "__tn__ __cft__[0] mibextid refid"),
    "mobile.nytimes.com": ("www.nytimes.com", "smid smtyp partner referringsource emc action"),
    "amp.theguardian.com": ("www.theguardian.com", "cmp cmp_tu"),
    "m.imdb.com": ("www.imdb.com", "ref_"),
    **{
        host: ("x.com" if "x.com" in host else "twitter.com", "s t cxt src ref lang")
        for host in ("twitter.com", "mobile.twitter.com", "m.twitter.com", "x.com", "mobile.x.com")
    },
    **{
        f"{name}reddit.com": ("www.reddit.com", "share_id st sh rdt ref ref_source")
        for name in ("", "old.", "new.", "np.", "m.", "amp.")
    },
    **dict.fromkeys(("youtube.com", "m.youtube.com"), ("www.youtube.com", "feature si ab_channel pp app")),
    **{
        f"{sub}amazon.{end}": (f"www.amazon.{end}", AMAZON_NOISE)
        for end in AMAZON.split()
        for sub in ("", "smile.", "m.")
    },
}


@pytest.mark.parametrize(
    ("host", "moved", "names"),
    [
        *((host, host, names) for host, names in DROPPED.items()),
        *((host, *row) for host, row in MOVED.items()),
    ],
)
def test_a_site_drops_its_own_trackers(host: str, moved: str, names: str) -> None:
    for name in names.split():
        assert clean_url(f"https://{host}/a/b?{name}=1&x{name}=2") == f"https://{moved}/a/b?x{name}=2", name


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        *[(f"http://{kind}.org/wiki/A%20b", f"https://{kind}.org/wiki/A_b") for kind in (
            "en.wikibooks", "de.wikimedia", "de.wikinews", "de.wikipedia", "de.wikiquote", "de.wikisource",
            "de.wikiversity", "de.wikivoyage", "de.wiktionary", "wikidata",
        )],
        ("https://m.wikidata.org/wiki/Q1", "https://wikidata.org/wiki/Q1"),
        ("https://de.m.wikipedia.org/index.php?title=A+b", "https://de.wikipedia.org/wiki/A_b"),
        ("https://de.wikipedia.org/w/index.php?title=A&b=1", "https://de.wikipedia.org/w/index.php?title=A&b=1"),
        ("https://de.wikipedia.org/a?title=A", "https://de.wikipedia.org/a?title=A"),
        *[(f"http://{host}/who/what.git.git/tree?tab=readme-ov-file", f"https://{host}/who/what/tree")
          for host in ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")],
        ("https://github.com/who/.git?tab=other", "https://github.com/who/.git?tab=other"),
        *[(f"https://music.youtube.com/{path}/dQw4w9WgXcQ/", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
          for path in ("shorts", "embed", "live", "v", "e")],
        *[(f"https://youtu.be/dQw4w9WgXcQ?{name}=3", "https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=3")
          for name in ("t", "start", "time_continue")],
        ("https://youtu.be/a#t=3", "https://www.youtube.com/watch?v=a#t=3"),
        ("https://youtu.be/a#b", "https://www.youtube.com/watch?v=a"),
        *[(f"https://amazon.com/x/{path}/b00abcdefg/ref=a?b=1#c", "https://www.amazon.com/dp/B00ABCDEFG")
          for path in ("dp", "gp/product", "gp/aw/d", "exec/obidos/ASIN", "exec/obidos/asin",
                       "exec/obidos/tg/detail/-", "o/ASIN")],
        ("https://amazon.com/dp/B00ABCDEFGH", "https://www.amazon.com/dp/B00ABCDEFGH"),
        ("https://amazon.com/a/ref=b/ref=c/", "https://www.amazon.com/a"),
        ("https://amazon.com/ref=b", "https://www.amazon.com/"),
        ("https://twitter.com/#!/who/lists", "https://twitter.com/who/lists"),
        ("https://open.substack.com/pub/who/p/what/", "https://who.substack.com/p/what"),
        ("https://redd.it/ab1", "https://www.reddit.com/comments/ab1"),
        ("https://redd.it/aB", "https://redd.it/aB"),
        ("https://open.spotify.com/intl-de/intl-en/track/a", "https://open.spotify.com/track/a"),
        *[(f"http://{host}/pdf/2101.01234v2.pdf", "https://arxiv.org/abs/2101.01234")
          for host in ("arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org")],
        *[(f"https://arxiv.org/{kind}/math.GT/0309136v1/", "https://arxiv.org/abs/math.GT/0309136")
          for kind in ("abs", "pdf", "html", "format", "ps")],
        ("https://arxiv.org/abs/2101.012345", "https://arxiv.org/abs/2101.012345"),
        ("http://dx.doi.org/doi:10.1000/a", "https://doi.org/10.1000/a"),
        ("https://doi.org/10.48550/ARXIV.2101.01234v3/", "https://arxiv.org/abs/2101.01234"),
    ],
)  # fmt: skip
def test_a_site_has_one_url_for_a_page(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    ("url", "key"),
    [
        *[(f"https://{host}/a/what-0123456789ab", "medium.com/p/0123456789ab") for host in MEDIUM.split()],
        ("https://medium.com/0123456789a", "medium.com/p/0123456789a"),
        ("https://medium.com/0123456789", "medium.com/0123456789"),
        *[(f"https://{host}/doi/{kind}/10.1000/A", f"{host}/doi/10.1000/A")
          for host, kind in zip(
              ("dl.acm.org", "tandfonline.com", "journals.sagepub.com", "onlinelibrary.wiley.com", "pnas.org",
               "science.org", "pubs.acs.org", "journals.uchicago.edu", "pnas.org"),
              ("abs", "full", "pdf", "epdf", "pdfdirect", "pdfplus", "epub", "fullHtml", "reader"),
              strict=True)],
        *[(f"https://{host}/content/10.1101/1.2v3{end}", f"{host}/content/10.1101/1.2")
          for host in ("biorxiv.org", "medrxiv.org")
          for end in ("", "/", ".full", ".abstract", ".full-text", ".full.pdf")],
        *[(f"https://{host}/{kind}/d/abcdefgh/edit", f"{host}/{kind}/d/abcdefgh")
          for host in ("docs.google.com", "drive.google.com")
          for kind in ("document", "spreadsheets", "presentation", "forms", "file")],
        ("https://docs.google.com/forms/u/1/d/e/abcdefgh", "docs.google.com/forms/d/e/abcdefgh"),
        ("https://docs.google.com/forms/d/abcdefg/edit", "docs.google.com/forms/d/abcdefg/edit"),
        ("https://reddit.com/user/a/comments/b1/c/d2?e=f", "reddit.com/comments/b1/d2"),
        ("https://stackoverflow.com/questions/1/a?b=c", "stackoverflow.com/questions/1"),
        ("https://goodreads.com/en-gb/book/show/1-a?b=c", "goodreads.com/book/show/1"),
        ("https://twitter.com/ABC", "x.com/abc"),
        (f"https://twitter.com/{'A' * 16}", f"x.com/{'A' * 16}"),
        ("https://mobile.x.com/i/web/status/020?a=b", "x.com/i/status/20"),
        ("https://github.com/A/B/C", "github.com/a/b/C"),
        *[(f"https://{host}/a?{name}=1", f"{host}/a") for host, name in (
            ("nytimes.com", "unlocked_article_code"), ("washingtonpost.com", "pwapi_token"),
            ("bloomberg.com", "accesstoken"), ("wsj.com", "st"))],
    ],
)  # fmt: skip
def test_a_key_drops_what_only_a_key_may_drop(url: str, key: str) -> None:
    assert resource_key(url) == key
