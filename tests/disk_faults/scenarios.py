"""Commands that write, each on a small library, and what must hold after a fault in one of them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import generate_pages
from gleanings.steps.store_checks import LINK_RULES
from store.backup import find_damage
from store.connection import close_store, open_store
from store.integrity import check_store
from tests.disk_faults.disk import Disk, Mode, Ran
from tests.gleanings.fetches import MORE
from tests.ingest.links.loopback import Web
from tests.store.stores import STATES

CONFIG = """\
db = "gleanings.db"

[import]
paths = ["graph"]

[readwise]
enabled = false

[links]
tco_gap = 0.0
host_gap = 0.0
connect_timeout = 2.0
[export]
folder = "notes"
settle_seconds = 0.0
ask_above = 1.0

[sync]
settle_seconds = 0.0
log = "sync.log"
"""
MAP = "url,final_url,status,title,checked_at\n"
WORDS = "readerword"
HIGHLIGHTS = 14
SHOWN = {
    **STATES,
    **MORE,
    "links": "select l.uid, l.status, l.final_url, l.http_status, r.url from links l"
    " left join resources r on r.id = l.resource_id",
    "resources": "select url, title, kind, status from resources",
    "written": "select path, block_key, base_text, note_uid, position from written",
    "journal": "select path from note_journal",
    "examples": "select h.uid, e.topic, e.kind, e.path from topic_examples e"
    " join highlights h on h.id = e.highlight_id",
    "topics": "select h.uid, t.name, b.reason from highlight_topics b"
    " join highlights h on h.id = b.highlight_id join topics t on t.id = b.topic_id",
}
NOT_SHOWN = ("files", "problems", "block_properties")  # with paths: those of `files` are compared by name

PAGE = "https://site.test/page"

State = dict[str, object]
Run = Callable[..., Ran]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command, and what comes before it."""

    name: str
    arguments: tuple[str, ...]
    prepare: tuple[tuple[str, ...], ...] = ()
    """Commands, or the name of a change below."""
    is_whole: bool = False
    """It happens as a whole or not at all."""
    code: int = 0
    """The exit code without a fault."""


IMPORT, EXPORT = ("import", "graph"), ("export", "notes", "--yes")
CHANGED = (IMPORT, ("@change",))
SCENARIOS = {
    each.name: each
    for each in (
        Scenario("first-import", IMPORT),
        Scenario("import", IMPORT, CHANGED),
        Scenario("expand", ("expand",), (IMPORT,)),
        Scenario("links-import", ("links", "import", "map.csv"), (IMPORT, ("@map",))),
        Scenario("rebuild-keys", ("links", "rebuild-keys"), (IMPORT, ("expand",), ("@keys",))),
        Scenario("topics-add", ("topics", "add", "sleep", "Schlaf"), (IMPORT,), is_whole=True),
        Scenario("topics-accept", ("topics", "accept", "--all"), (IMPORT,), is_whole=True),
        Scenario("first-export", EXPORT, (IMPORT,)),
        Scenario("export", EXPORT, (IMPORT, EXPORT, ("@edit",), EXPORT, ("@change",), IMPORT)),
        Scenario(
            "remove",
            ("export", "notes", "--remove", "--yes"),
            (IMPORT, EXPORT, ("@edit",), EXPORT),
            code=1,  # the notes that the reader edited stay
        ),
        Scenario("undo", ("undo", "--yes"), (*CHANGED, IMPORT), is_whole=True),
        Scenario("redo", ("redo", "--yes"), (*CHANGED, IMPORT, ("undo", "--yes")), is_whole=True),
        Scenario("first-sync", ("sync",)),
        Scenario("sync", ("sync",), (("sync",), ("@edit",), ("@change",))),
        Scenario("backup", ("backup",), (IMPORT, ("@picture",))),
        Scenario(
            "restore",
            ("restore", "copy/gleanings.db", "--yes"),
            (IMPORT, ("@picture",), ("@folder",), ("backup", "copy/gleanings.db"), ("@change",), IMPORT),
            is_whole=True,
        ),
        Scenario(
            "init",
            ("init", "--config", "new/config.toml", "--graph", "graph", "--notes", "notes", "--yes"),
            is_whole=True,
        ),
        Scenario("doctor", ("doctor", "--fix"), (IMPORT, ("expand",), ("@damage",))),
    )
}


def fill_web(web: Web) -> dict[str, str]:
    """Let every short link lead to one page; returns the environment in which commands find it."""
    web.redirect("https://t.co/*", PAGE)
    web.page(PAGE, "<title>A page</title>")
    hosts = ",".join(f"{host}={to}" for host, to in web.connect_to.items())
    return {"GLEANINGS_CONNECT_TO": hosts, "REQUESTS_CA_BUNDLE": os.environ["REQUESTS_CA_BUNDLE"]}


def make_place(folder: Path, run: Run, scenario: Scenario) -> None:
    """Fill `folder` for a scenario."""
    pages = folder / "graph" / "pages"
    pages.mkdir(parents=True)
    for name, text in generate_pages(HIGHLIGHTS, seed=3):
        (pages / name).write_text(text)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "none.csv").write_text(MAP)
    for step in scenario.prepare:
        if step[0].startswith("@"):
            CHANGES[step[0]](folder)
        else:
            ran = run(folder, *step)
            assert ran.code in (0, 1), (scenario.name, step, ran)


def _change(folder: Path) -> None:
    """Some highlights are new, some are gone, one page too."""
    pages = sorted((folder / "graph" / "pages").glob("*.md"))
    for number, page in enumerate(pages[:3]):
        lines = page.read_text().rstrip("\n").split("\n")
        view = f"https://twitter.com/zoe/status/{1_500_000_000_000_000_000 + number}"
        lines.append(f"\t- New words {number} about #[[soil]] ([View Tweet]({view}))")
        page.write_text("\n".join(lines[:-2] + lines[-1:]) + "\n")
    pages[-1].unlink()


def _edit(folder: Path) -> None:
    """The reader adds words to some notes, moves one, and deletes one."""
    notes = sorted((folder / "notes").rglob("*.md"))
    for number, note in enumerate(notes[::2]):
        note.write_text(note.read_text().rstrip("\n") + f"\n\n{WORDS}{number}x\n")
    notes[1].unlink()
    (folder / "notes" / "mine").mkdir()
    notes[3].rename(folder / "notes" / "mine" / notes[3].name)
    (folder / "notes" / "mine" / "Own.md").write_text(f"# Own\n\n{WORDS}-own\n")


def _map(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "gleanings.db")) as db:
        urls = [url for (url,) in db.execute("select url from links where short = 1 order by url")]
    rows = [
        f"{url},https://maths.test/{at},resolved,Title {at},2022-01-01T00:00:00Z\n"
        for at, url in enumerate(urls)
    ]
    (folder / "map.csv").write_text(MAP + "".join(rows))


def _keys(folder: Path) -> None:
    _execute(folder, "update resources set uid = 'old:' || id, uid_version = 0")


def _damage(folder: Path) -> None:
    _execute(folder, "update highlights set text = 'wrong', category = 'books' where id % 2 = 0")
    _execute(folder, "update facet_counts set count = count + 7")


def _picture(folder: Path) -> None:
    from tests.gleanings.test_restore import PICTURE, add_picture

    add_picture(folder / "gleanings.db", PICTURE)


def _folder(folder: Path) -> None:
    (folder / "copy").mkdir()


CHANGES: Mapping[str, Callable[[Path], None]] = {
    "@change": _change,
    "@edit": _edit,
    "@map": _map,
    "@keys": _keys,
    "@damage": _damage,
    "@picture": _picture,
    "@folder": _folder,
}


def _execute(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "gleanings.db")) as db:
        db.execute(statement)
        db.commit()


# --- what must hold


def read_notes(folder: Path) -> dict[str, bytes]:
    """The notes, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted((folder / "notes").rglob("*.md"))
    }


def read_state(folder: Path) -> State:
    """Everything that a fault must not change: rows, notes, settings, pictures."""
    state: State = {}
    if (folder / "gleanings.db").exists():
        with closing(sqlite3.connect(folder / "gleanings.db")) as db:
            tables = {name for (name,) in db.execute("select name from sqlite_master")}
            if "highlights" in tables:
                state = {
                    name: sorted(map(repr, db.execute(query)))
                    for name, query in SHOWN.items()
                    if name not in NOT_SHOWN
                }
    state["notes"] = read_notes(folder)
    for name in ("config.toml", "new/config.toml", "notes/.gleanings.json"):
        path = folder / name
        state[name] = path.read_bytes() if path.exists() else None
    media = folder / "gleanings.media"
    state["media"] = {path.name: path.read_bytes() for path in media.glob("*")} if media.is_dir() else {}
    return state


def find_leftovers(folder: Path) -> list[str]:
    """Temporary files."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.name.startswith(".gleanings-")
        or path.suffix in (".tmp", ".new")
        or path.name.endswith("-journal")
    )


def find_words(folder: Path) -> set[str]:
    """The reader's own words in notes."""
    texts = (path.read_text(errors="replace") for path in (folder / "notes").rglob("*.md"))
    return {word for text in texts for word in text.split() if word.startswith(WORDS)}


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A scenario without a fault."""

    before: Path
    """The folder before the command, to be copied."""
    calls: int
    old: State
    end: State
    end_notes: Mapping[str, bytes]
    findings: frozenset[str]
    """What doctor finds after an undisturbed run."""
    words: frozenset[str]


def run_undisturbed(scratch: Path, disk: Disk, scenario: Scenario, *, log: Path | None) -> Undisturbed:
    """Prepare a scenario and run it once."""
    before, here = scratch / "before", scratch / "here"
    make_place(here, disk.run, scenario)
    shutil.copytree(here, before)
    old, words = read_state(here), find_words(here)
    ran = disk.run(here, *scenario.arguments, log=log)
    assert ran.code == scenario.code, (scenario.name, ran)
    end, notes = read_state(here), read_notes(here)
    found = check_derived(here)
    assert not found or scenario.name == "none", (scenario.name, found)
    shutil.rmtree(here)
    return Undisturbed(before, ran.calls, old, end, notes, frozenset(found), frozenset(words))


def check_derived(folder: Path) -> set[str]:
    """The checks of doctor that find something wrong in the store."""
    if not (folder / "gleanings.db").exists():
        return set()
    db = open_store(folder / "gleanings.db")
    try:
        return {
            each.check for each in check_store(db, LINK_RULES) if each.trouble and each.check != "cut texts"
        }
    finally:
        close_store(db)


def check_after_fault(
    folder: Path, disk: Disk, scenario: Scenario, calm: Undisturbed, ran: Ran, mode: Mode | None
) -> list[str]:
    """What is wrong after a fault; ideally nothing. Runs the command to its end."""
    wrong: list[str] = []
    if "Traceback" in ran.output:
        wrong.append(f"traceback: {ran.output[-600:]}")
    store = folder / "gleanings.db"
    if store.exists() and store.stat().st_size:
        with closing(sqlite3.connect(store)) as db:
            if damage := find_damage(db):
                return [*wrong, f"damaged: {damage}"]
            if db.execute("select 1 from pragma_foreign_key_check").fetchone():
                wrong.append("foreign keys")
    # a sync goes on after a failed step: then notes show what was stored until then
    goes_on = "sync" in scenario.arguments and mode in (Mode.EIO_ONCE, Mode.EIO_STAYS)
    for path, data in read_notes(folder).items():
        if not goes_on and data not in (calm.old["notes"].get(path), calm.end_notes.get(path)):  # type: ignore[attr-defined]
            wrong.append(f"note neither old nor new: {path} {data[:60]!r}")
    if lost := calm.words - find_words(folder):
        wrong.append(f"words lost: {sorted(lost)}")
    if ran.code == scenario.code and mode is not None and _differences(folder, calm):
        wrong.append(f"exit code {ran.code}, but {_differences(folder, calm)} differ")
    wrong += _go_on(folder, disk, scenario, calm)
    return wrong


def _go_on(folder: Path, disk: Disk, scenario: Scenario, calm: Undisturbed) -> list[str]:
    """Run one ordinary command, look at what is derived, then repeat the command until it is done."""
    wrong = []
    if (folder / "gleanings.db").exists() and scenario.name not in ("doctor",):
        ran = disk.run(folder, "links", "import", "none.csv")
        if ran.code != 0 and (folder / "gleanings.db").stat().st_size:
            wrong.append(f"the next command ends with {ran.code}: {ran.output[-300:]}")
        elif ran.code == 0 and (found := check_derived(folder) - calm.findings - {"old keys"}):
            wrong.append(f"derived, after one more command: {sorted(found)}")
    if scenario.name == "init" and (folder / "new" / "config.toml").exists():
        disk.run(folder, "config", "allow", "--config", "new/config.toml")
    if scenario.is_whole and scenario.name != "init":
        state = read_state(folder)
        if not (_equal(state, calm.old) or _equal(state, calm.end)):
            wrong.append(f"neither before nor after: {_list_differences(state, calm.end)}")
    is_done = scenario.is_whole and not _differences(folder, calm)
    for _ in range(0 if is_done else 2):
        ran = disk.run(folder, *scenario.arguments)
        if not _differences(folder, calm):
            break
    if differences := _differences(folder, calm):
        wrong.append(f"another end: {differences} (exit code {ran.code}: {ran.output[-300:]})")
    if found := check_derived(folder) - calm.findings:
        wrong.append(f"derived, at the end: {sorted(found)}")
    if left := find_leftovers(folder):
        wrong.append(f"left over: {left}")
    if lost := calm.words - find_words(folder):
        wrong.append(f"words lost at the end: {sorted(lost)}")
    for copy in (folder / "backups").glob("*.db"):
        with closing(sqlite3.connect(copy)) as db:
            if damage := find_damage(db):
                wrong.append(f"damaged backup {copy.name}: {damage}")
    return wrong


def _differences(folder: Path, calm: Undisturbed) -> str:
    return _list_differences(read_state(folder), calm.end)


def _equal(one: State, other: State) -> bool:
    return not _list_differences(one, other)


def _list_differences(got: State, wanted: State) -> str:
    """The names of what differs, with one example."""
    names = [name for name in wanted if got.get(name) != wanted[name]]
    names += [name for name in got if name not in wanted]
    if not names:
        return ""
    one, other = got.get(names[0]), wanted.get(names[0])
    if isinstance(one, list) and isinstance(other, list):
        return f"{names}: {[x for x in one if x not in other][:1]} {[x for x in other if x not in one][:1]}"
    if isinstance(one, dict) and isinstance(other, dict):
        return f"{names}: {sorted(key for key in {*one, *other} if one.get(key) != other.get(key))[:3]}"
    return f"{names}"
