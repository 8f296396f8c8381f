"""What `gleanings search` prints."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from gleanings.commands.search import print_found, strip_markdown
from store.search import Hit, ResourceHit
from tests.gleanings.running import ROOT, run


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **bold** [label](https://x.test/a) https://t.co/Ab12", "a bold label "),
        ("![alt](https://x.test/a.png)a [[Page]] `code`", "a Page code"),
        ("2 * 3 * 4 and snake_case and ⟦found⟧", "2 * 3 * 4 and snake_case and ⟦found⟧"),
    ],
)
def test_results_show_no_markdown_and_no_short_links(text: str, shown: str) -> None:
    assert strip_markdown(text) == shown


def test_what_was_found_is_printed_in_its_order(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    title = "A title of many words that is longer than sixty characters in all"
    words = "seventy-eight columns are the most that a line of a highlight may have here, or so"
    hit = Hit(1, f"an ⟦old⟧ **word**\n{words}", title, "Ann", "2021-02-03T04:05:06Z", "https://r.test/1")
    bare = Hit(2, "new", "Short", None, None, None)
    named = ResourceHit(3, "Tides", "https://a.test/", "article", "a.test", "x")
    print_found("q", [hit], [named, named._replace(title=None)], [bare])
    resource = "\n  article, a.test: https://a.test/\n\n"
    assert click.unstyle(capsys.readouterr().out) == (
        "A title of many words that is longer than sixty characters…, Ann, 2021-02-03\n"
        "  an old word seventy-eight columns are the most that a line of a highlight\n"
        "  may have here, or so\n  https://r.test/1\n\n"
        f"Tides{resource}https://a.test/{resource}Similar in meaning:\n\nShort\n  new\n\n"
    )
    print_found("q", [], [])
    assert capsys.readouterr().out == "Nothing found for q.\n"
    print_found("q", [], [], [bare])
    assert click.unstyle(capsys.readouterr().out) == "Similar in meaning:\n\nShort\n  new\n\n"


def test_a_sentence_finds_something_and_filters_narrow_it(tmp_path: Path) -> None:
    assert run("import", ROOT / "example" / "graph", cwd=tmp_path).code in (0, 1)
    sentence = "how does one learn linear algebra with zebras"
    found = run("search", sentence, "--json", "--limit", "5", cwd=tmp_path).json["highlights"]
    assert 0 < len(found) <= 5
    assert run("search", sentence, "author:nobody", "--json", cwd=tmp_path).json["highlights"] == []


def test_a_resource_is_found_by_its_title_and_shown_with_its_address(tmp_path: Path) -> None:
    run("import", ROOT / "example" / "graph", cwd=tmp_path)
    assert run("links", "import", ROOT / "example" / "links.csv", cwd=tmp_path).code == 0
    found = run("search", "linear", "--json", cwd=tmp_path).json["resources"]
    shown = run("search", "linear", cwd=tmp_path).out
    assert found
    for each in found:
        assert f"{each['title']}\n  {each['kind']}, {each['site']}: {each['url']}\n" in shown
    assert "Nothing found" not in shown
    assert run("search", "zzzz", cwd=tmp_path).out == "Nothing found for zzzz.\n"


def test_missing_word_vectors_are_reported_with_what_to_install(tmp_path: Path) -> None:
    for name in ("numpy", "wordllama"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError(name={name!r})")
    run("import", ROOT / "example" / "graph", cwd=tmp_path)
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    ran = run("search", "calculus", "--related", cwd=tmp_path, environment=environment)
    assert ran.code == 2
    assert "gleanings[topics]" in ran.err
