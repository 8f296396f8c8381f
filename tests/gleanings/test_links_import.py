"""`gleanings links import` takes the resolved links out of another store, of any version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from store.migrations import SCHEMA_VERSION, UNRELEASED
from tests.gleanings.running import query, run

MAP = """url,final_url,status,title,checked_at
https://t.co/AAAAAAAAAA,https://maths.test/course,resolved,A course,2022-01-01T00:00:00Z
https://t.co/BBBBBBBBBB,,gone,,2022-01-02T00:00:00Z
"""


@pytest.fixture(params=[UNRELEASED, SCHEMA_VERSION], ids=["made before 0.2", "current"])
def other(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A store with two known links and one pending link."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "map.csv").write_text(MAP)
    assert run("links", "import", "map.csv", "--db", "other.db", cwd=folder).code == 0
    (folder / "map.csv").unlink()
    db = sqlite3.connect(folder / "other.db")
    db.execute(
        "insert into links (url, host, short, status, uid)"
        " values ('https://t.co/CCCCCCCCCC', 't.co', 1, 'pending', 't.co/CCCCCCCCCC')"
    )
    db.commit()
    db.execute(f"pragma user_version = {request.param}")
    db.close()
    return folder / "other.db"


def test_the_resolved_links_of_another_store_are_taken_over(tmp_path: Path, other: Path) -> None:
    before = other.read_bytes()
    ran = run("links", "import", other, "--db", "new.db", cwd=tmp_path)
    assert ran.code == 0
    assert query(
        tmp_path / "new.db",
        "select l.url, l.status, l.final_url, r.title, l.checked_at"
        " from links as l left join resources as r on r.id = l.resource_id order by l.url",
    ) == [
        (
            "https://t.co/AAAAAAAAAA",
            "resolved",
            "https://maths.test/course",
            "A course",
            "2022-01-01T00:00:00Z",
        ),
        ("https://t.co/BBBBBBBBBB", "gone", None, None, "2022-01-02T00:00:00Z"),
    ]
    assert other.read_bytes() == before
    assert [path.name for path in other.parent.iterdir() if path.is_file()] == ["other.db"]


def test_a_second_import_from_the_same_store_changes_nothing(tmp_path: Path, other: Path) -> None:
    run("links", "import", other, "--db", "new.db", cwd=tmp_path)
    ran = run("links", "import", other, "--db", "new.db", "--json", cwd=tmp_path)
    assert (ran.json["rows"], ran.json["added"], ran.json["resolved"]) == (2, 0, 0)


def test_a_store_made_before_the_first_release_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(MAP)
    run("links", "import", "map.csv", "--db", "old.db", cwd=tmp_path)
    db = sqlite3.connect(tmp_path / "old.db")
    db.execute(f"pragma user_version = {UNRELEASED}")
    db.close()
    ran = run("status", "--db", "old.db", cwd=tmp_path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "gleanings links import" in ran.err


def test_a_database_of_another_program_is_not_read(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "other.db")
    db.execute("create table links (url)")
    db.close()
    ran = run("links", "import", "other.db", "--db", "new.db", cwd=tmp_path)
    assert (ran.code, "another program's database" in ran.err) == (2, True)


REFUSED = """url,final_url
https://t.co/AAAAAAAAAA,https://maths.test/course
https://t.co/BBBBBBBBBB,javascript:alert(1)
https://t.co/CCCCCCCCCC,file:///etc/passwd
https://t.co/DDDDDDDDDD,http://169.254.169.254/latest/meta-data
https://t.co/EEEEEEEEEE,http://0x7f.1/admin
https://t.co/FFFFFFFFFF,http://router.lan/reboot
https://t.co/GGGGGGGGGG,"https://twitter.com/safety/unsafe_link_warning?unsafe_link=http%3A%2F%2F[::1]%2F"
https://t.co/HHHHHHHHHH,http://[::1
ftp://files.test/x,https://maths.test/file
"""


def test_targets_that_are_not_public_web_addresses_are_refused_and_counted(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(REFUSED)
    ran = run("links", "import", "map.csv", "--db", "new.db", cwd=tmp_path)
    assert ran.code == 1
    assert ran.err == "! 8 rows refused: 1 not a web address, 3 not http(s), 4 not public\n"
    assert query(tmp_path / "new.db", "select uid, final_url from links") == [
        ("t.co/AAAAAAAAAA", "https://maths.test/course")
    ]
    ran = run("links", "import", "map.csv", "--db", "new.db", "--json", cwd=tmp_path)
    assert {each["reason"]: each["rows"] for each in ran.json["refused"]} == {
        "not a web address": 1,
        "not http(s)": 3,
        "not public": 4,
    }


def test_a_map_keeps_no_password_and_no_target_of_an_invalid_link(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(
        "url,final_url,status\n"
        "https://t.co/AAAAAAAAAA,https://me:word@maths.test/x,gone\n"
        "https://t.co/BBBBBBBBBB,http://10.0.0.1/,invalid\n"
    )
    ran = run("links", "import", "map.csv", "--db", "new.db", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert query(tmp_path / "new.db", "select status, final_url from links order by uid") == [
        ("gone", "https://maths.test/x"),
        ("invalid", None),
    ]
