"""Write the records of a file as text, for comparison with an expected one."""

from __future__ import annotations

from collections.abc import Iterator

from record_types.pages import Highlight, Page, SourceFile


def describe_file(file: SourceFile) -> str:
    """Return everything that was read of a file, a line each."""
    lines = [f"=== {file.stamp.path} ({file.dialect})"]
    for page in file.pages:
        lines += _describe_page(page)
    lines += [f"problem {each.kind}, line {each.line}: {each.message}" for each in file.problems]
    return "\n".join(lines) + "\n"


def _describe_page(page: Page) -> Iterator[str]:
    document = page.document
    author = document.author
    yield f"document {document.uid}, line {page.line}: {document.full_title}"
    yield f"  {document.category}, by {author and author.name} (@{author and author.handle})"
    for key, value in (
        ("url", document.url),
        ("summary", document.summary),
        ("tags", ", ".join(document.tags)),
        *document.properties,
    ):
        if value:
            yield f"  {key}: {value}"
    for note in page.notes:
        yield f"  note, line {note.line}: {note.text}"
    for highlight in page.highlights:
        yield from _describe_highlight(highlight)
    for each in page.block_properties:
        yield f"  line {each.line}, {each.key}: {each.value}"


def _describe_highlight(highlight: Highlight) -> Iterator[str]:
    taken_at = highlight.taken_at.isoformat() if highlight.taken_at else None
    place = f"{highlight.location_kind} {highlight.location}"
    yield f"  highlight {highlight.uid}, line {highlight.line}, {place}, {taken_at}"
    yield "    " + highlight.text.replace("\n", "\n    ")
    if highlight.tags:
        yield f"    tags: {', '.join(highlight.tags)}"
    for note in highlight.notes:
        yield f"    note: {note.text}"
    for found in highlight.links:
        link = found.link
        yield f"    link {link.url} → {link.status} {link.final_url}"
    for picture in highlight.pictures:
        yield f"    picture {picture.url} ({picture.alt})"
