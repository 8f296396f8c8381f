"""Notes show pictures from their copies, which an export puts beside them; everything else stays as it is."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import trustme

from export.note_files import name_temporary
from tests.gleanings.running import Ran, run
from tests.gleanings.test_expand import QUICK, surroundings
from tests.gleanings.test_pictures import MEDIA, list_files, name, prepare
from tests.ingest.links.loopback import Web, write_bundle
from tests.ingest.pictures.samples import GIF, PNG, show

FLAVOURS = {"logseq": "assets", "obsidian": "attachments", "markdown": "media"}
ADDRESS = "https://img.test/a.png?x=1&y=2"
MISSING = "https://img.test/missing.png"
COPY = name(PNG, "png")


@pytest.fixture(scope="module")
def fetched(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three tweets: a picture that was fetched, one that is not there, and a local one."""
    folder = tmp_path_factory.mktemp("fetched")
    web = Web(ca)
    show(web, ADDRESS, PNG)
    prepare(folder, [ADDRESS, MISSING, "../assets/mine.png"])
    (folder / "walk.md").unlink()
    environment = {**surroundings(web), "REQUESTS_CA_BUNDLE": str(write_bundle(ca, folder))}
    assert "1 failed, 1 fetched" in run("expand", cwd=folder, environment=environment).out
    web.close()
    return folder


@pytest.fixture
def folder(fetched: Path, tmp_path: Path) -> Path:
    """A copy of that store of this test's own."""
    return shutil.copytree(fetched, tmp_path / "library")


def export(folder: Path, flavour: str, target: str = "notes", *words: str) -> Ran:
    return run("export", target, "--flavour", flavour, *words, cwd=folder)


def find_note(folder: Path, flavour: str) -> str:
    path = "pages/A walk.md" if flavour == "logseq" else "documents/tweets/A walk.md"
    return (folder / path).read_text()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_notes_link_to_the_copies_and_a_second_export_writes_nothing(folder: Path, flavour: str) -> None:
    assert export(folder, flavour).code == 0
    up = "../" if flavour == "logseq" else "../../"
    note = find_note(folder / "notes", flavour)
    assert f"![]({up}{FLAVOURS[flavour]}/{COPY})" in note
    assert f"![]({MISSING})" in note
    assert "../assets/mine.png" in note
    assert list(list_files(folder / "notes" / FLAVOURS[flavour])) == [COPY]
    shown = [
        (path.parent / address).resolve().read_bytes()
        for path in (folder / "notes").rglob("*.md")
        for address in re.findall(r"!\[\]\((?!http)([^)]*)\)", path.read_text())
    ]
    assert shown == [PNG, PNG]  # in the document's note and the topic's
    before = list_files(folder / "notes")
    assert export(folder, flavour).code == 0
    assert list_files(folder / "notes") == before


def test_a_picture_downloaded_later_changes_only_its_address(folder: Path) -> None:
    (folder / "gleanings.media").rename(folder / "away")
    export(folder, "markdown")
    before = find_note(folder / "notes", "markdown")
    assert ADDRESS in before
    (folder / "away").rename(folder / "gleanings.media")
    export(folder, "markdown", "notes", "--restore")
    assert find_note(folder / "notes", "markdown") == before.replace(ADDRESS, f"../../media/{COPY}")


def test_pictures_that_a_killed_export_half_copied_are_deleted(folder: Path) -> None:
    media = folder / "notes" / "media"
    media.mkdir(parents=True)
    temporary = name_temporary("half.png")
    (media / temporary).write_bytes(b"of a running process")
    (media / temporary.replace(f".{os.getpid()}.", ".999999999.")).write_bytes(b"of a killed one")
    (media / ".other.999999999.tmp").write_bytes(b"of another program")
    assert export(folder, "markdown").code == 0
    assert {path.name for path in media.iterdir()} == {COPY, temporary, ".other.999999999.tmp"}


def test_a_file_of_the_same_name_is_never_overwritten(folder: Path) -> None:
    assets = folder / "notes" / "assets"
    assets.mkdir(parents=True)
    (assets / COPY).write_bytes(b"made smaller by its reader")
    (assets / "mine.png").write_bytes(GIF)
    before = list_files(assets)
    assert export(folder, "logseq").code == 0
    assert list_files(assets) == before
    assert f"../assets/{COPY}" in find_note(folder / "notes", "logseq")


@pytest.mark.parametrize("way", ["link", "file"])
def test_nothing_is_written_through_an_obstacle(folder: Path, way: str) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "notes").mkdir()
    if way == "link":
        (folder / "notes" / "assets").symlink_to(folder / "elsewhere")
    else:
        (folder / "notes" / "assets").write_text("the reader's")
    assert export(folder, "logseq").code == 0
    assert list_files(folder / "elsewhere") == {}
    assert f"![]({ADDRESS})" in find_note(folder / "notes", "logseq")


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("Files/Pictures of mine", "vault/Files/Pictures of mine"),
        ("./beside", "vault/Gleanings/attachments"),
        ("../outside", "vault/Gleanings/attachments"),
    ],
)
def test_a_vaults_own_attachment_folder_is_used(folder: Path, setting: str, place: str) -> None:
    settings = folder / "vault" / ".obsidian"
    settings.mkdir(parents=True)
    (settings / "app.json").write_text(json.dumps({"attachmentFolderPath": setting}))
    assert export(folder, "obsidian", "vault/Gleanings").code == 0
    assert list(list_files(folder / place)) == [COPY]
    note = find_note(folder / "vault/Gleanings", "obsidian")
    address = note.partition("![](")[2].partition(")")[0].replace("%20", " ")
    at = folder / "vault/Gleanings/documents/tweets" / address
    assert at.resolve() == (folder / place / COPY).resolve()


def test_the_folder_can_be_chosen_inside_the_export_only(folder: Path) -> None:
    (folder / "config.toml").write_text(QUICK + MEDIA + 'folder = "files/pictures"\n')
    assert export(folder, "markdown").code == 0
    assert f"](../../files/pictures/{COPY})" in find_note(folder / "notes", "markdown")
    (folder / "config.toml").write_text(QUICK + MEDIA + 'folder = "a/../../up"\n')
    ran = export(folder, "markdown", "other")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert not (folder / "other").exists()


def test_a_damaged_copy_is_not_placed_beside_the_notes(folder: Path) -> None:
    (folder / "gleanings.media" / COPY).write_bytes(PNG[:20])
    assert export(folder, "markdown").code == 0
    assert not (folder / "notes" / "media" / COPY).exists()


@pytest.mark.parametrize(("flavour", "change", "stays"), [
    ("logseq", "nothing", False), ("markdown", "shown", True),
    ("markdown", "edited", True), ("markdown", "linked", True),
])  # fmt: skip
def test_copies_that_only_removed_notes_show_are_removed_too(
    folder: Path, flavour: str, change: str, stays: bool
) -> None:
    assert export(folder, flavour).code == 0
    notes = folder / "notes"
    copy = notes / FLAVOURS[flavour] / COPY
    if change == "shown":
        (notes / "mine.md").write_text(f"![](media/{COPY})\n")
    elif change == "edited":
        copy.write_bytes(b"mine")
    elif change == "linked":
        copy.parent.rename(folder / "elsewhere")
        copy.parent.symlink_to(folder / "elsewhere")
    ran = run("export", "notes", "--remove", "--yes", cwd=folder)
    assert ran.code == 0, ran.err
    assert copy.exists() is stays
    assert [path.name for path in notes.rglob("*.md")] == (["mine.md"] if change == "shown" else [])


def test_a_dry_run_copies_nothing(folder: Path) -> None:
    assert export(folder, "markdown", "notes", "--dry-run").code == 0
    assert not (folder / "notes").exists()
