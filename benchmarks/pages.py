"""Pages in the shape that Readwise gives a Logseq graph, made up for benchmarks: any number, always the same.

The proportions follow real graphs: six pages in ten are threads of tweets, then articles, podcasts and books;
about five highlights a page; half of the tweets run over several lines, one in five has a t.co link or a
picture; one highlight in five (articles, books) has no URL; a few have notes and tags, some pages are Chinese
or Japanese.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

_WORDS = """
time habit system model reader writer problem answer page margin idea thread memory note list garden market
price risk reward chance story number graph matrix vector proof theorem lecture course book chapter author
simple useful early daily weekly rarely often always never because before after without every another most few
learn build keep write read ask try change compare collect measure explain repeat forget plan share start stop
the a of to in is that it for on with as this be are you your can not but or what when how why than don't it's
"""
_CJK = "阅读写作时间问题答案方法系统记忆笔记每天复习分享书籍作者データ記憶読書習慣毎日本をとの"
_EMOJI = ("👇", "🧵", "👉", "🔥", "📚", "—", "…", "→")
_NAMES = ("ada", "grace", "emmy", "sofia", "alan", "karl", "maryam", "kurt", "hedy", "edith", "noor")
_TAGS = ("favorite", "two words", "math", "writing", "to read", "health", "design")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CATEGORIES = ("tweets", "articles", "podcasts", "books")
_CATEGORY_WEIGHTS = (60, 32, 5, 3)

_FIRST_STATUS = 1_300_000_000_000_000_000
"""A status id of September 2020."""


def generate_pages(highlights: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """File name and text of pages with `highlights` highlights in all; the same for the same arguments."""
    writer = _PageWriter(random.Random(seed))
    number = 0
    while highlights > 0:
        number += 1
        count = min(highlights, 1 + int(writer.random.expovariate(1 / 4)))
        highlights -= count
        yield writer.write_page(number, count)


class _PageWriter:
    """Makes up one page after the other out of one source of randomness."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self._status = self._first_status = _FIRST_STATUS
        self._words = _WORDS.split()

    def write_page(self, number: int, count: int) -> tuple[str, str]:
        category = self.random.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0]
        is_cjk = self.random.random() < 0.05
        handle = f"{self.random.choice(_NAMES)}{self.random.randrange(400)}"
        full_title = self._phrase(self.random.randrange(5, 14), is_cjk).capitalize()
        title = f"{full_title[:28].rstrip()}{'...' if len(full_title) > 28 else ''} {number}"
        author = f"@{handle} on Twitter" if category == "tweets" else handle.title()
        lines = [f"title:: {title} (highlights)", f"author:: [[{author}]]"]
        lines += (f'full-title:: "{full_title} {number}"', f"category:: #{category}")
        highlighted = self._write_sections(category, handle, count, is_cjk)
        if category == "tweets":
            lines.append(f"url:: https://twitter.com/{handle}/status/{self._first_status}")
        elif category == "articles":
            lines.append(f"url:: https://{handle}.example/{number}/{self._letters(6, _BASE62)}")
        if self.random.random() < 0.06:
            lines.append(f"document_note:: {self._phrase(12, is_cjk)}")
        if self.random.random() < 0.1:
            lines.append("tags:: " + " ".join(f"#[[{tag}]]" for tag in self.random.sample(_TAGS, 2)))
        return f"{title} (highlights).md", "\n".join([*lines, "", *highlighted])

    def _write_sections(self, category: str, handle: str, count: int, is_cjk: bool) -> list[str]:
        day = date(2022, 11, 19)
        lines = [f"- Highlights first synced by [[Readwise]] [[{_format_day(day)}]]"]
        self._status += self.random.randrange(10**11, 10**13)
        self._first_status = self._status
        for index in range(count):
            if index and self.random.random() < 0.03:
                day += timedelta(days=self.random.randrange(1, 90))
                hour = self.random.randrange(1, 13)
                lines.append(f"- New highlights added [[{_format_day(day)}]] at {hour}:07 PM")
            lines += self._write_highlight(category, handle, index, is_cjk)
        return lines

    def _write_highlight(self, category: str, handle: str, index: int, is_cjk: bool) -> list[str]:
        if category == "tweets":
            paragraphs = self._write_tweet(index, is_cjk)
            view = f"([View Tweet]({self._next_status(handle, index)}))"
        else:
            paragraphs = [self._phrase(self.random.randrange(12, 70), is_cjk)]
            view = self._view(category)
        paragraphs[-1] += f" {view}" if view else ""
        own = "\n\n".join(paragraphs).split("\n")
        lines = [f"\t- {own[0]}", *(f"\t  {line}" for line in own[1:])]
        if self.random.random() < 0.08:
            lines.append("\t\t- **Tags**: " + " ".join(f"#[[{tag}]]" for tag in self.random.sample(_TAGS, 2)))
        if category == "tweets" and index == 0 and self.random.random() < 0.3:
            lines.append("\t\t- **Note**: Thread")
        elif self.random.random() < 0.05:
            lines.append(f"\t\t- **Note**: {self._phrase(9, is_cjk)}")
        return lines

    def _write_tweet(self, index: int, is_cjk: bool) -> list[str]:
        """A tweet's paragraphs: the text, perhaps a list, t.co links, pictures."""
        paragraphs = [self._phrase(self.random.randrange(6, 30), is_cjk)]
        if index:
            paragraphs[0] = f"{index}/ {paragraphs[0]}"
        if self.random.random() < 0.5:
            paragraphs.append(self._phrase(self.random.randrange(4, 20), is_cjk))
        if self.random.random() < 0.1:
            paragraphs.append("\n".join(f"{number}. {self._phrase(4, is_cjk)}" for number in (1, 2, 3)))
        if self.random.random() < 0.2:
            link = f"https://t.co/{self._letters(10, _BASE62)}"
            paragraphs.append(f"(Advanced) {link}" if self.random.random() < 0.2 else link)
        if self.random.random() < 0.2:
            paragraphs.append(f"![](https://pbs.twimg.com/media/{self._letters(15, _BASE62)}.jpg)")
        return paragraphs

    def _next_status(self, handle: str, index: int) -> str:
        self._status += self.random.randrange(10**8, 10**10) if index else 0
        return f"https://twitter.com/{handle}/status/{self._status}"

    def _view(self, category: str) -> str:
        """What ends a highlight that is not a tweet; for many, nothing does."""
        if category == "podcasts":
            minutes, seconds = self.random.randrange(90), self.random.randrange(60)
            snip = self._letters(32, "0123456789abcdef")
            return f"([Time\u00a0{minutes}:{seconds:02}](https://share.snipd.com/snip/{snip}))"
        if self.random.random() < 0.5:
            return ""
        if category == "books":
            return f"(Location\u00a0{self.random.randrange(1, 9000)})"
        return f"([View Highlight](https://read.readwise.io/read/01{self._letters(24, _CROCKFORD)}))"

    def _phrase(self, words: int, is_cjk: bool) -> str:
        if is_cjk:
            return self._letters(words * 2, _CJK) + "。"
        text = " ".join(self.random.choices(self._words, k=words))
        return f"{text} {self.random.choice(_EMOJI)}" if self.random.random() < 0.1 else f"{text}."

    def _letters(self, count: int, alphabet: str) -> str:
        return "".join(self.random.choices(alphabet, k=count))


def _format_day(day: date) -> str:
    """`day` as Logseq's default titles its journal: `Nov 19th, 2022`."""
    ending = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day:%b} {day.day}{ending}, {day.year}"
