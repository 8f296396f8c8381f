"""Which links of a highlight are recommended, and what they are called."""

from __future__ import annotations

import pytest

from export.offered_links import Offer, read_offers
from export.page_furniture import is_never
from export.resource_names import humanize, name_resource
from record_types.library import ReadDocument, ReadHighlight, ReadLink

T = "https://t.co/tideTable1"
U = "https://t.co/tideTable2"
W = "https://tides.example/how-tides-work"


def offers(text: str, *links: ReadLink, tweet_id: int | None = 7, page: str | None = None) -> list[Offer]:
    highlight = ReadHighlight(1, "h", text, tweet_id=tweet_id, links=links)
    return read_offers(highlight, ReadDocument(1, "d", "D", "D", "tweets", url=page))


def pending(url: str = T, label: str | None = None) -> ReadLink:
    return ReadLink(url, "pending", True, label=label)


def plain(url: str = W, label: str | None = None) -> ReadLink:
    return ReadLink(url, "resolved", False, label=label, final_url=url, resource_uid=url, resource_url=url)


@pytest.mark.parametrize(
    ("before", "others", "role"),
    [
        ("It takes a while, she wrote, ", "", "inline"),  # nothing shows that it is a list
        ("It takes a while, she wrote, ", f"\n(Basics) {U}", "offered"),
        ("For Tides: ", "", "offered"),
    ],
)
def test_a_short_label_offers_an_unresolved_link_in_a_list_or_after_a_lead_in(
    before: str, others: str, role: str
) -> None:
    links = [pending(T, "Advanced"), *([pending(U, "Basics")] if others else [])]
    assert offers(f"{before}(Advanced) {T}{others}", *links)[0].role == role


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        (f"For Tides: {T}", "Tides"),
        (f"Two lists\n\n• Tide tables: {T}\n• Moon tables: nowhere", "Tide tables"),
        (f"The whole paper is here: {T}\n\nIt is long.", "The whole paper is here"),
        (f"3. Slow Water by Ada Fern\n\n{T}\n\n“Water waits.”", "Slow Water by Ada Fern"),
        (f"Slow Water by Ada Fern {T}\n\n“Water waits.”", "Slow Water by Ada Fern"),
        (f"Tides explained.\n\nCheck out this article:\n{T}", "Tides explained"),
        (f"How tides turn\n\nRepo: {T}", "How tides turn (Repo)"),
        (f"Slow Water by Ada Fern\n\n{T}\n\n“Water waits.”", "Slow Water by Ada Fern"),
        (f"#12 - How to read a tide table:\n{T}", "How to read a tide table"),
        (f"#14 - get the best tides from @ada  {T}", "get the best tides from @ada"),
        (f"A tide table\n\nI wrote all of it down here -\n\n{T}", "I wrote all of it down here"),
        (f"#13 - Is it worth a boat?\n{T}", "Is it worth a boat?"),
        (f"5/ Harbourly\n\nDraws the tide of any harbour.\n\n{T}", "Draws the tide of any harbour"),
        (f"Maps!\n\nYou can find them here, by tide...\n\n{T}", "You can find them here, by tide"),
        (
            f"I wrote a post about tides. Check it out below!\n\n🔗: {T}",
            "I wrote a post about tides. Check it out below!",
        ),
        (f"Tide tables: {T} ![](https://img.example/1.png)", "Tide tables"),
        (f"The tables. PDF link: {T}\n\n![](https://img.example/1.png)", "PDF link"),
        (f"An inside look at the harbour 👇 {T}\n\nMore tomorrow.", "An inside look at the harbour"),
        (
            f"The harbour in 256 bytes, so here it is!\n{T} #tides #tinycode",
            "The harbour in 256 bytes, so here it is!",
        ),
        (f"This blog article explains the tides.\n\n(5/n)\n\n{T}", "This blog article explains the tides"),
        (
            f"A study of 30 boats found that they wait.{T} \n\n![](https://img.example/1.png)",
            "A study of 30 boats found that they wait",
        ),
        (f"A review found that boats wait:\n{T}", "A review found that boats wait"),
        (
            f"Turn your boat into a table of tides\n\n👉👉👉 {T} \n\n![](https://img.example/1.png)",
            "Turn your boat into a table of tides",
        ),
        (
            f"All lecture videos on tides are now online!\n{T}\n\nNew this year:",
            "All lecture videos on tides are now online!",
        ),
        (
            f"Link to the map of tides - source: the harbour. {T}",
            "Link to the map of tides - source: the harbour",
        ),
        (f"1. @ada 's list of tides: {T}\n2. More", "@ada's list of tides"),
        (f"1. Ada's book “Tides” (Part II) {T}\n\n2. Moons", "Ada's book “Tides” (Part II)"),
        (f"It is 112 lines long. Link to the code: {T} 3/", "Link to the code"),
        (f"12. Slow water\n\n{T}", "Slow water"),
        (f"1. Slow water\n\n{T}", "Slow water"),
    ],
)
def test_an_unresolved_link_that_a_post_offers_is_called_by_its_lead_in(text: str, lead: str) -> None:
    (offer,) = offers(text, pending())
    assert (offer.role, offer.lead) == ("offered", lead)


def test_a_label_distinguishes_two_links_of_one_lead_in() -> None:
    text = f"For Tides: {T}\n\n(Advanced) {U}"
    first, second = offers(text, pending(), pending(U, "Advanced"))
    assert (first.role, second.role) == ("offered", "offered")
    assert (first.lead, second.lead) == ("Tides", "Tides (Advanced)")
    assert name_resource(pending(U, "Advanced"), second.lead) == "Tides (Advanced)"


@pytest.mark.parametrize(
    "text",
    [
        f"Water waits for nobody. {T}",
        f"He showed me the harbour, and then he nailed it:\n\n{T}",
        f"12/ The boats wait in the harbour until the tide comes in. {T}",
        f"The boats (like {T} and others) wait",
        f"But why!?\n\nHere are different variations: {T}",
        f"It encourages the boats to link to that story. {T}",
        f"“A study of 30 boats ranked the harbour as the most important reason to stay”\n\n{T}",
        f"And thank you!\n\n@ada @ben @cy\n\n{T}",
        f"The tides come in twice a day, and the boats wait {T} 6/20",
    ],
)
def test_an_unresolved_link_without_a_lead_in_is_not_offered(text: str) -> None:
    assert [each.role for each in offers(text, pending())] == ["inline"]


@pytest.mark.parametrize(
    "text",
    [
        f"Boats wait. Read the full changelog 👉 {T}",
        f"If you liked this, retweet the first tweet:\n{T}",
        f"Join my newsletter: {T}",
        f"The thread:\n{T}",
    ],
)
def test_what_a_post_asks_for_is_never_recommended(text: str) -> None:
    assert [each.role for each in offers(text, pending())] == ["never"]


def test_the_picture_behind_an_offered_link_is_not_offered() -> None:
    for text in (f"Tide tables: {T} {U}", f"Moon\n\nDemo: {T} 4/8 {U}"):
        assert [each.role for each in offers(text, pending(), pending(U))] == ["offered", "inline"], text


def test_every_link_of_a_list_has_the_lead_in_above_the_list() -> None:
    found = offers(f"Some of our tide tables:\n📚 {T}\n💬 {U}\n\n4/17", pending(), pending(U))
    assert [(each.role, each.lead) for each in found] == [("offered", "Some of our tide tables")] * 2


def test_a_month_alone_is_not_a_name() -> None:
    (offer,) = offers(f"April: {T}\n\nA long walk.", pending())
    assert name_resource(pending(), offer.lead, "The best walks") == "The best walks (April)"
    assert name_resource(pending(), "Aprils in Paris", "The best walks") == "Aprils in Paris"


def test_links_below_names_are_offered_and_called_by_them() -> None:
    found = offers(
        f"And other harbours:\nThe north\n{T}\n\nThe south\n{U}\n\nMore soon", pending(), pending(U)
    )
    assert [(each.role, each.lead) for each in found] == [("offered", "The north"), ("offered", "The south")]


def test_many_links_below_one_lead_in_cannot_be_distinguished_and_are_not_offered() -> None:
    urls = [f"https://t.co/tide{number}" for number in range(4)]
    text = "Some of our tide tables:\n" + "\n".join(f"📚 {url}" for url in urls)
    assert {each.role for each in offers(text, *map(pending, urls))} == {"inline"}


def test_an_address_that_swallowed_the_words_after_it_is_not_offered() -> None:
    url = "https://tides.example/repoSite"
    assert [each.role for each in offers(f"Code: {url}: {W}", plain(url), plain())] == ["inline", "offered"]


def test_a_numbered_link_after_the_people_of_a_reply_is_offered() -> None:
    assert [each.role for each in offers(f"@ada @ben 4. {T} by @cy\n\nWHY?\n\nTides.", pending())] == [
        "offered"
    ]


def test_the_words_after_a_link_at_the_start_do_not_name_it() -> None:
    (offer,) = offers(f"{T} is now available!\n\nTry it.", pending())
    assert name_resource(pending(), offer.lead, "Tides") == "Tides (link)"


def test_a_link_in_a_sentence_of_an_article_is_not_offered_but_a_line_of_its_own_is() -> None:
    inline = offers(f"See [how tides work]({W}) for more.", plain(label="how tides work"), tweet_id=None)
    assert [each.role for each in inline] == ["inline"]
    for text in (f"Read on:\n\n[how tides work]({W})", f"* [how tides work]({W}): the classic", W):
        assert [each.role for each in offers(text, plain(), tweet_id=None)] == ["offered"], text


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (W, "[12]"),
        (W, "02:05"),
        ("https://pedia.example/wiki/Tide#cite_note-4", "tide"),
        ("https://pedia.example/wiki/Wave", "wave"),
        ("https://other.example/wiki/Help:IPA", "/taɪd/"),
        ("https://twitter.com/harbour", "the harbour"),
        ("https://www.youtube.com/@harbour", "channel"),
        ("https://github.com/harbour", "us"),
        ("https://medium.com/@harbour", None),
        ("https://tides.example/signup", "join"),
        ("https://pedia.example/w/index.php?title=Tide&action=edit", "edit"),
        ("https://www.facebook.com/sharer/sharer.php?u=x", "share"),
        ("https://twitter.com/intent/tweet?text=x", "tweet"),
        ("https://www.google.com/search?q=tides", None),
        ("https://bing.com/search?q=tides", None),
        ("https://www.youtube.com/@harbour", None),
        ("https://m.youtube.com/channel/UC1", None),
        ("https://tides.example/page?action=edit", None),
        ("https://tides.example/@harbour", None),
        ("https://wa.me/123", None),
    ],
)
def test_footnotes_times_profiles_forms_and_navigation_are_never_recommended(
    url: str, label: str | None
) -> None:
    assert is_never(plain(url, label), "https://pedia.example/wiki/Tidal_bore")


@pytest.mark.parametrize(
    "url",
    [
        W,
        "https://en.wikipedia.org/wiki/Tide",
        "https://github.com/harbour/tides",
        "https://youtu.be/abcdefghijk",
        "https://www.youtube.com/watch?v=abcdefghijk",
        "https://medium.com/@harbour/how-tides-work-1f2e3d4c5b6a",
        "https://tides.example/search/results",
        "https://tides.example/@harbour/how-tides-work",
        "https://blog.google.com/tides",
        "https://tides.example/page?action=read",
        "https://reddit.com/",
    ],
)
def test_what_can_be_read_may_be_recommended(url: str) -> None:
    assert not is_never(plain(url, "how tides work"), "https://pedia.example/wiki/Tidal_bore")


@pytest.mark.parametrize(
    ("place", "is_profile"),
    [
        ("twitter.com/harbour", True), ("twitter.com/harbour/status/20", False),
        ("x.com/harbour", True), ("x.com/harbour/lists", False),
        ("instagram.com/harbour", True), ("instagram.com/p/abc", False),
        ("facebook.com/harbour", True), ("facebook.com/harbour/posts", False),
        ("tiktok.com/harbour", True), ("tiktok.com/harbour/video", False),
        ("github.com/harbour", True), ("github.com/harbour/tides", False),
        ("threads.net/harbour", True), ("threads.net/harbour/post", False),
        ("bsky.app/profile/harbour", True), ("bsky.app/profile/harbour/post", False),
        ("t.me/harbour", True), ("t.me/harbour/12", False),
        ("patreon.com/harbour", True), ("patreon.com/posts/12", False),
        ("ko-fi.com/harbour", True), ("ko-fi.com/post/12", False),
        ("gumroad.com/", True), ("gumroad.com/tides", False),
        ("linktr.ee/harbour", True), ("linktr.ee/harbour/x", False),
        ("medium.com/harbour", True), ("medium.com/harbour/tides", False),
        ("dev.to/harbour", True), ("dev.to/harbour/tides", False),
        ("producthunt.com/harbour", True), ("producthunt.com/posts/tides", False),
        ("reddit.com/r/tides", True), ("reddit.com/r/tides/comments", False),
        ("linkedin.com/in/harbour", True), ("linkedin.com/pulse/tides/ada", False),
        ("discord.gg/abc", True), ("discord.gg/abc/d", False),
        ("discord.com/channels/12", True), ("discord.com/channels/12/34", False),
        ("buymeacoffee.com/harbour", True), ("buymeacoffee.com/harbour/post", False),
        ("calendly.com/harbour/call", True), ("calendly.com/harbour/call/x", False),
        ("twitch.tv/harbour", True), ("twitch.tv/harbour/clip", False),
    ],
)  # fmt: skip
def test_a_persons_page_is_never_recommended_and_what_is_below_it_may_be(
    place: str, is_profile: bool
) -> None:
    assert is_never(plain(f"https://www.{place}", "the harbour")) == is_profile


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://tides.example/notes/how-tides-work-4f2a9c81.html", "How tides work"),
        ("https://en.wikipedia.org/wiki/Tidal_bore", "Tidal bore"),
        ("https://github.com/harbour/tides/tree/main", "harbour/tides"),
        ("https://tides.example/p/12345", ""),
        ("https://tides.example/", ""),
    ],
)
def test_an_address_becomes_words(url: str, name: str) -> None:
    assert humanize(url) == name


def test_a_resource_is_called_by_its_title_or_address_and_never_by_the_words_of_a_sentence() -> None:
    assert name_resource(plain(W, "here")) == "How tides work"
    assert name_resource(plain("https://tides.example/t/9", "her website")) == "tides.example/t/9"
    titled = ReadLink(T, "resolved", True, label="of", final_url=W, title="The Tides", resource_url=W)
    assert name_resource(titled) == "The Tides"


def test_a_link_that_is_not_in_the_text_does_not_end_the_others() -> None:
    found = offers(f"For Tides: {T}", pending(U), pending(T))
    assert [each.role for each in found] == ["inline", "offered"]


def test_a_line_of_a_thousand_links_takes_little_time() -> None:
    links = [ReadLink(f"https://t.co/{n:010d}", "pending", True) for n in range(2000)]
    assert len(offers(" ".join(link.url for link in links), *links)) == 2000
