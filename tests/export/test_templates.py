"""The user's own templates: what they can change, what they cannot do, and where an error is reported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from export.flavours import logseq
from export.note_places import FLAVOURS, Flavour
from export.render import RenderedNote, render_notes
from export.templates import PIECES, list_shipped, make_style
from export.topic_groups import group_topics
from record_types.errors import InputError
from record_types.library import ReadDocument
from tests.export.samples import DOCUMENTS
from tests.topic_texts import assign_topics

each_flavour = pytest.mark.parametrize("flavour", FLAVOURS)


def write(folder: Path, **templates: str) -> Path:
    for piece, text in templates.items():
        (folder / f"{piece}.jinja").write_text(text)
    return folder


def render(
    folder: Path | None, flavour: Flavour, documents: Sequence[ReadDocument] = DOCUMENTS
) -> list[RenderedNote]:
    topics = group_topics(documents, assign_topics(documents))
    return render_notes(documents, topics, make_style(flavour, "", folder), author_min=1)


def text_of(notes: list[RenderedNote], uid: str = "topic:soil-science") -> str:
    return next(note.text for note in notes if note.uid == uid)


@each_flavour
def test_a_copy_of_the_shipped_templates_changes_nothing(tmp_path: Path, flavour: Flavour) -> None:
    for path, text in list_shipped():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert {path.stem for path in (tmp_path / flavour).iterdir()} == PIECES.keys()
    assert render(tmp_path, flavour) == render(None, flavour)


@each_flavour
def test_a_template_changes_only_its_part(tmp_path: Path, flavour: Flavour) -> None:
    write(tmp_path, resource="{{ link }} [{{ kind or 'thing' }}]")
    mine, ours = render(tmp_path, flavour), render(None, flavour)
    assert "(https://books.example/soil_%28new%29) [book]" in text_of(mine)
    for left, right in zip(mine, ours, strict=True):
        changed = {block.key for block in left.blocks} ^ {block.key for block in right.blocks}
        assert not changed
        assert all(a == b or a.kind == "item" for a, b in zip(left.blocks, right.blocks, strict=True))


def test_a_flavours_folder_takes_precedence_over_the_shared_one(tmp_path: Path) -> None:
    write(tmp_path, intro="shared {{ highlights }}")
    (tmp_path / "obsidian").mkdir()
    write(tmp_path / "obsidian", intro="own {{ highlights }}")
    assert "own 2 highlights" in text_of(render(tmp_path, "obsidian"))
    assert "shared 2 highlights" in text_of(render(tmp_path, "markdown"))


def test_an_empty_template_hides_its_part(tmp_path: Path) -> None:
    write(tmp_path, tags="", related="{# none #}")
    assert "Tags:" not in text_of(render(tmp_path, "logseq"))


def test_a_highlight_cannot_be_hidden(tmp_path: Path) -> None:
    write(tmp_path, highlight="{% if cut %}{{ text }}{% endif %}")
    with pytest.raises(InputError, match=r"highlight\.jinja:1: .* rendered nothing for a highlight"):
        render(tmp_path, "markdown")


def test_a_citation_alone_can_be_changed(tmp_path: Path) -> None:
    write(tmp_path, citation="{{ date or location or 'somewhere' }}")
    assert "— 2021-03-29\n" in text_of(render(tmp_path, "markdown"))
    assert "(2021-03-29)" in text_of(render(tmp_path, "logseq"))


def test_foreign_text_stays_escaped_in_a_template(tmp_path: Path) -> None:
    write(tmp_path, highlight="**{{ text }}**")
    assert r"\<b>mushrooms\</b>" in text_of(render(tmp_path, "markdown"), "topic:botany")


@pytest.mark.parametrize(
    ("piece", "text", "message"),
    [
        (
            "highlight",
            "{{ text }}\n{{ txt }}",
            "highlight.jinja:2: `txt` is not known here; the names are text, ",
        ),
        ("highlight", "a\n\n{% if text %}", "highlight.jinja:3: Unexpected end of template"),
        ("highlight", "{{ text }\n", "highlight.jinja:1: unexpected '}'"),
        ("note", "{{ text | nothing }}", "note.jinja:1: No filter named 'nothing'"),
        ("note", "a\n{{ text + 1 }}", 'note.jinja:2: can only concatenate str (not "int") to str'),
        ("note", "a\n{{ 1 // 0 }}", "note.jinja:2: "),
        ("higlight", "a", "higlight.jinja:1: there is no piece named higlight; did you mean highlight"),
        ("tags", "{% for a in 'abc' %}{% endfor %}x", "tags.jinja:1: a loop goes over a list"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, piece: str, text: str, message: str) -> None:
    write(tmp_path, **{piece: text})
    with pytest.raises(InputError) as caught:
        render(tmp_path, "markdown")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''['__class__']['__mro__'] }}",
        "{{ text['__class__'] }}",
        "{{ text | attr('__class__') }}",
        "{{ tags | map('upper') | list }}",
        "{{ tags | sort(attribute='__class__.__mro__') | join }}",
        "{{ text.format(1) }}",
        "{{ text['format'](1) }}",
        "{{ self }}",
        "{{ range(10) }}",
        "{{ cycler }}",
        "{{ namespace }}",
        "{{ 'a' * 1000000000 }}",
        "{{ text * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ text | center(1000000000) }}",
        "{{ text | indent(1000000000) }}",
        "{{ text | replace('', text) | replace('', text) | replace('', text) }}" * 9,
        "{% set x = text ~ text %}{% set x = x ~ x %}{{ x }}",
        "{% with a = text ~ text %}{{ a }}{% endwith %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 'highlight.jinja' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% block x %}{% endblock %}",
        "{% for a in tags recursive %}{{ loop(tags) }}{% endfor %}",
        "{% for a in tags %}{% for b in tags %}{% for c in tags %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in text %}{{ text }}{% endfor %}",
        "{% for a in tags %}{{ loop.__class__ }}{% endfor %}",
        "{{ [" + "1," * 1001 + "] | items_of }}",
        "{{ (" * 5000 + "1" + ") }}" * 5000,
        "{{ text }}" * 30_000,
    ],
)
def test_hostile_templates_are_contained(tmp_path: Path, text: str) -> None:
    write(tmp_path, highlight=text)
    with pytest.raises(InputError, match=r"highlight\.jinja:\d+: "):
        render(tmp_path, "markdown")


def test_template_output_is_limited(tmp_path: Path) -> None:
    items = "[" + "text," * 900 + "]"
    write(
        tmp_path,
        highlight=f"{{% for a in {items} %}}{{% for b in {items} %}}{{{{ a }}}}{{% endfor %}}{{% endfor %}}",
    )
    with pytest.raises(InputError, match="made more than 200,000 characters"):
        render(tmp_path, "markdown")


@pytest.mark.parametrize(
    "text", ["{{ text }}\n- one more", "{{ text }}\n# heading", "{{ text }}\nkey:: value"]
)
def test_in_logseq_a_template_makes_one_block_without_properties(tmp_path: Path, text: str) -> None:
    write(tmp_path, highlight=text)
    with pytest.raises(InputError, match="in Logseq this is not one block, or has a property"):
        render(tmp_path, "logseq")
    assert render(tmp_path, "markdown")


@pytest.mark.parametrize(
    ("flavour", "quotes", "chosen"),
    [
        ("markdown", "", "plain"), ("markdown", "quote", "quote"), ("markdown", "callout", "quote"),
        ("logseq", "", "plain"), ("logseq", "quote", "plain"), ("logseq", "callout", "plain"),
        ("obsidian", "", "quote"), ("obsidian", "plain", "plain"), ("obsidian", "callout", "callout"),
        ("obsidian", "other", "quote"),
    ],
)  # fmt: skip
def test_each_flavour_has_its_forms_of_quotations(flavour: Flavour, quotes: str, chosen: str) -> None:
    assert make_style(flavour, quotes).quotes == chosen


def test_templates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere is not a folder of templates"):
        make_style("markdown", "", tmp_path / "nowhere")
    folder = tmp_path / "mine"
    folder.mkdir()
    path = folder / "tags.jinja"
    path.write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"tags\.jinja:1: cannot be read: 'utf-8'"):
        make_style("markdown", "", folder)
    path.write_text("x" * 200_001)
    with pytest.raises(InputError, match=r"tags\.jinja:1: longer than 200,000 characters"):
        make_style("markdown", "", folder)
    path.write_text("x" * 200_000)
    assert make_style("markdown", "", folder)
    path.rename(tmp_path / "tags.jinja")
    path.symlink_to(tmp_path / "tags.jinja")
    with pytest.raises(InputError, match=r"tags\.jinja:1: a symbolic link that leaves the folder"):
        make_style("markdown", "", folder)
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError, match=r"tags\.jinja:1: cannot be read: "):
        make_style("markdown", "", folder)


def test_jinja_is_not_loaded_before_there_is_something_to_render() -> None:
    import subprocess
    import sys

    code = "import sys, gleanings.steps.notes; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert logseq.join_note([]) == ""
