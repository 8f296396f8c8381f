"""`gleanings expand`: from links that are due to links that are known, over a real web on loopback."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gleanings.running import CODE, ROOT, Ran, name_config, query, run
from tests.ingest.links.loopback import Request, Web, make_response
from tests.ingest.web.proxy_server import running_proxy

QUICK = """
[links]
tco_gap = 0.0
tco_in_flight = 16
host_gap = 0.0
per_host = 16
connect_timeout = 2.0
read_timeout = 2.0
total_timeout = 4.0
"""
PACED = QUICK.replace("tco_gap = 0.0\n", "")


def write_thread(folder: Path, names: list[str]) -> None:
    """A page of tweets, one short link each."""
    first = 1_480_000_000_000_000_000
    lines = [
        'title:: A thread (highlights)\nauthor:: [[@ada on Twitter]]\nfull-title:: "A thread"',
        f"category:: #tweets\nurl:: https://twitter.com/ada/status/{first}\n",
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]",
    ]
    for number, name in enumerate(names):
        view = f"([View Tweet](https://twitter.com/ada/status/{first + number}))"
        lines.append(f"\t- Tweet {number} https://t.co/{name} {view}")
    (folder / "thread.md").write_text("\n".join(lines))


def prepare(folder: Path, names: list[str]) -> None:
    write_thread(folder, names)
    (folder / "config.toml").write_text(QUICK)
    assert run("import", "thread.md", cwd=folder).code == 0


def surroundings(web: Web) -> dict[str, str]:
    pairs = ",".join(f"{asked}={to}" for asked, to in web.connect_to.items())
    return {"GLEANINGS_CONNECT_TO": pairs}


def expand(folder: Path, web: Web, *words: object) -> Ran:
    return run("expand", *words, cwd=folder, environment=surroundings(web))


def states(folder: Path) -> dict[str, str]:
    return dict(query(folder / "gleanings.db", "select substr(uid, 6), status from links"))


def test_links_are_resolved_once_and_shown_by_their_titles(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://short.test/x")
    web.redirect("https://short.test/x", "https://maths.test/course?utm_source=twitter")
    web.page("https://maths.test/course*", "<title>Linear Algebra in Pictures</title>")
    web.tco("BBBBBBBBBB", "https://twitter.com/ada/status/1480000000000000001/photo/1")
    prepare(tmp_path, ["AAAAAAAAAA", "BBBBBBBBBB"])
    ran = expand(tmp_path, web)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "2 pending links: 1 media, 1 resolved\n"
    assert states(tmp_path) == {"AAAAAAAAAA": "resolved", "BBBBBBBBBB": "media"}
    rows = query(tmp_path / "gleanings.db", "select title, url, site, status from resources")
    assert rows == [("Linear Algebra in Pictures", "https://maths.test/course", "maths.test", "ok")]
    texts = query(tmp_path / "gleanings.db", "select text from tweets order by id")
    assert texts == [("Tweet 0 [Linear Algebra in Pictures](https://maths.test/course)",), ("Tweet 1",)]


def test_a_second_run_makes_no_request(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://maths.test/")
    web.page("https://maths.test/")
    prepare(tmp_path, ["AAAAAAAAAA"])
    expand(tmp_path, web)
    asked = len(web.asked)
    assert asked == 2
    ran = expand(tmp_path, web)
    assert (ran.code, ran.out) == (0, "No pending links.\n")
    assert len(web.asked) == asked


def test_failed_links_are_retried_later_or_on_request(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://ill.test/")
    web.page("https://ill.test/", status=503)
    prepare(tmp_path, ["AAAAAAAAAA"])
    expand(tmp_path, web)
    row = query(tmp_path / "gleanings.db", "select l.status, r.status, due_at from links l join resources r")[
        0
    ]
    assert row[:2] == ("resolved", "error")
    assert row[2] is not None
    assert expand(tmp_path, web).out == "No pending links.\n"
    web.page("https://ill.test/", "<title>Well again</title>")
    expand(tmp_path, web, "--retry", "failed")
    assert query(tmp_path / "gleanings.db", "select title, status from resources") == [("Well again", "ok")]


def test_a_dead_short_link_is_gone_only_once_confirmed(tmp_path: Path, web: Web) -> None:
    web.page("https://t.co/AAAAAAAAAA", status=404)
    web.tco("BBBBBBBBBB", "https://maths.test/")
    web.page("https://maths.test/")
    prepare(tmp_path, ["AAAAAAAAAA", "BBBBBBBBBB"])
    ran = expand(tmp_path, web)
    assert ran.code == 1
    assert states(tmp_path) == {"AAAAAAAAAA": "pending", "BBBBBBBBBB": "resolved"}
    for _ in range(3):
        expand(tmp_path, web, "--retry", "failed")
    assert states(tmp_path)["AAAAAAAAAA"] == "gone"
    assert query(tmp_path / "gleanings.db", "select status from dead_links") == [("gone",)]


def test_offline_and_dry_run_make_no_request(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://maths.test/")
    prepare(tmp_path, ["AAAAAAAAAA"])
    for word in ("--offline", "--dry-run"):
        assert "1 pending link" in expand(tmp_path, web, word).out
    assert web.asked == []
    assert states(tmp_path) == {"AAAAAAAAAA": "pending"}


def test_limit_and_host_select_the_links(tmp_path: Path, web: Web) -> None:
    for name in ("AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC"):
        web.tco(name, "https://maths.test/")
    web.page("https://maths.test/")
    prepare(tmp_path, ["AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC"])
    assert expand(tmp_path, web, "--host", "elsewhere.test").out == "No pending links.\n"
    expand(tmp_path, web, "--limit", 2)
    assert sorted(states(tmp_path).values()) == ["pending", "resolved", "resolved"]


def test_without_a_network_nothing_is_recorded_as_failed(tmp_path: Path) -> None:
    prepare(tmp_path, ["AAAAAAAAAA", "BBBBBBBBBB"])
    nobody = {"GLEANINGS_CONNECT_TO": "t.co:443=127.0.0.1:9"}  # a port of loopback where nobody listens
    ran = run("expand", cwd=tmp_path, environment=nobody, timeout=30)
    assert ran.code == 75
    assert ran.err.count("\n") == 1
    assert set(states(tmp_path).values()) == {"pending"}
    assert query(tmp_path / "gleanings.db", "select count(*) from links where due_at is not null") == [(0,)]


@pytest.mark.slow
def test_a_run_without_a_network_ends_within_seconds_however_many_links_are_due(tmp_path: Path) -> None:
    prepare(tmp_path, [f"N{number:09}" for number in range(1000)])
    (tmp_path / "config.toml").write_text(PACED)
    nobody = {"GLEANINGS_CONNECT_TO": "t.co:443=127.0.0.1:9"}
    began = time.monotonic()
    ran = run("expand", cwd=tmp_path, environment=nobody, timeout=60)
    assert (ran.code, ran.err.count("\n")) == (75, 1)
    assert time.monotonic() - began < 12  # 6 on an idle machine; 20 s and more if all are asked
    assert set(states(tmp_path).values()) == {"pending"}
    assert query(tmp_path / "gleanings.db", "select count(*) from links where due_at is not null") == [(0,)]
    assert query(tmp_path / "gleanings.db", "select count(*) from runs where status = 'running'") == [(0,)]


def test_a_link_refused_for_the_pace_is_asked_again_and_the_pace_is_remembered(
    tmp_path: Path, web: Web
) -> None:
    names = [f"N{number:09}" for number in range(6)]
    answered: list[int] = []

    def answer(request: Request, conn: socket.socket) -> bytes:
        answered.append(429 if len(answered) == 2 else 301)
        if answered[-1] == 429:
            return make_response(429)
        return make_response(301, b"", [("Location", "https://x.com/ada/status/1480000000000000001")])

    web.serve("https://t.co/*", answer)
    prepare(tmp_path, names)
    (tmp_path / "config.toml").write_text(PACED)
    ran = expand(tmp_path, web)
    assert (ran.code, ran.err) == (0, "")
    assert sorted(answered) == [301] * 6 + [429]
    [(host, per_second, refused_at)] = query(
        tmp_path / "gleanings.db", "select host, per_second, refused_at_pace from host_paces"
    )
    assert host == "t.co"
    assert 2 < per_second < refused_at < 5


def test_no_private_address_is_requested_even_behind_a_redirect(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", f"http://127.0.0.1:{web.port}/secret")
    web.tco("BBBBBBBBBB", "http://169.254.169.254/latest/meta-data")
    prepare(tmp_path, ["AAAAAAAAAA", "BBBBBBBBBB"])
    expand(tmp_path, web)
    assert [url for url in web.asked_urls if "t.co" not in url] == []
    assert set(states(tmp_path).values()) == {"invalid"}


def test_a_signal_ends_the_run_with_everything_saved(tmp_path: Path, web: Web) -> None:
    names = [f"N{number:09}" for number in range(300)]
    for name in names:
        web.tco(name, f"https://maths.test/{name}")
    web.page("https://maths.test/*")
    prepare(tmp_path, names)
    (tmp_path / "config.toml").write_text(QUICK.replace("tco_gap = 0.0", "tco_gap = 0.01"))
    process = start(tmp_path, web)
    deadline = time.monotonic() + 30
    while len(web.asked_urls) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 1
    known = sum(state == "resolved" for state in states(tmp_path).values())
    assert known == len({url for url in web.asked_urls if "t.co" in url}) > 0
    rows = query(tmp_path / "gleanings.db", "select status from runs where command = 'expand'")
    assert rows == [("interrupted",)]


def start(folder: Path, web: Web) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings(web)}
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "expand"],
        cwd=folder,
        env={**environment, **name_config(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("kills", [5])
def test_a_killed_run_resumes_where_it_stopped(tmp_path: Path, web: Web, kills: int) -> None:
    names = [f"N{number:09}" for number in range(600)]
    for name in names:
        web.tco(name, f"https://maths.test/{name}")
    web.page("https://maths.test/*")
    prepare(tmp_path, names)
    chance = random.Random(1)
    for _ in range(kills):
        process = start(tmp_path, web)
        time.sleep(0.5 + chance.random() * 1.2)
        process.kill()
        process.wait()
        assert query(tmp_path / "gleanings.db", "pragma integrity_check") == [("ok",)]
    expand(tmp_path, web)
    assert set(states(tmp_path).values()) == {"resolved"}
    asked = [url for url in web.asked_urls if "t.co" in url]
    assert len(asked) - len(names) <= kills * (100 + 64)  # a batch and what was in flight


def test_json_reports_the_result(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://maths.test/")
    web.page("https://maths.test/")
    prepare(tmp_path, ["AAAAAAAAAA"])
    ran = expand(tmp_path, web, "--json")
    outcomes = json.loads(ran.out)["outcomes"]
    assert {result: count for result, count in outcomes.items() if count} == {"resolved": 1}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_used_and_one_line_says_so(
    tmp_path: Path, web: Web, variable: str
) -> None:
    web.tco("AAAAAAAAAA", "https://maths.test/course")
    web.page("https://maths.test/course", "<title>A course</title>")
    prepare(tmp_path, ["AAAAAAAAAA"])
    proxy = {variable: "http://127.0.0.1:9"}  # where nothing answers
    line = f"${variable} is ignored: no proxy is used, so that every address can be checked"
    offline = {**proxy, "GLEANINGS_CONNECT_TO": "t.co:443=127.0.0.1:9"}
    synced = run("sync", cwd=tmp_path, environment=offline)
    assert f"is the network down? No failure is recorded. {line}" in " ".join(synced.err.split())
    ran = run("expand", cwd=tmp_path, environment={**surroundings(web), **proxy})
    assert (ran.code, " ".join(ran.err.split())) == (0, line)
    assert states(tmp_path) == {"AAAAAAAAAA": "resolved"}


def test_doctor_confirms_where_links_lead(tmp_path: Path, web: Web) -> None:
    head = "<link rel=canonical href=https://www.maths.test/course><title>A course</title>"
    web.tco("AAAAAAAAAA", "https://maths.test/course?page=1&utm_source=x#part")
    web.page("https://maths.test/course?page=1&utm_source=x", head)
    web.tco("BBBBBBBBBB", "https://maths.test/course?page=1")
    web.page("https://maths.test/course?page=1", head)
    web.tco("CCCCCCCCCC", "https://twitter.com/ada/status/1470000000000000001")
    web.tco("DDDDDDDDDD", "https://twitter.com/ada/status/1480000000000000003/photo/1")
    web.tco("EEEEEEEEEE", "https://medium.com/m/global-identity?redirectUrl=https%3A%2F%2Fblog.test%2Fpost")
    web.redirect("https://maths.test/moved", "https://maths.test/gone")
    web.tco("FFFFFFFFFF", "https://maths.test/moved")
    web.tco("GGGGGGGGGG", "https://nowhere.invalid/x")
    prepare(tmp_path, [letter * 10 for letter in "ABCDEFG"])
    expand(tmp_path, web)
    assert len(set(states(tmp_path).values())) > 2
    ran = run("doctor", cwd=tmp_path)
    assert (ran.code, ran.out.count("!")) == (0, 0), ran.out
    db = sqlite3.connect(tmp_path / "gleanings.db")
    with db:
        db.execute("update links set final_url = 'https://maths.txst/course' where uid = 't.co/AAAAAAAAAA'")
    db.close()
    assert "1 link or resource differs from what its URL says: link 1" in run("doctor", cwd=tmp_path).out


def test_the_proxy_of_the_environment_is_used_if_the_configuration_says_so(tmp_path: Path, web: Web) -> None:
    web.tco("AAAAAAAAAA", "https://maths.test/course")
    web.page("https://maths.test/course", "<title>A course</title>")
    prepare(tmp_path, ["AAAAAAAAAA"])
    (tmp_path / "config.toml").write_text(QUICK + 'proxy = "environment"\n')
    with running_proxy(web.connect_to) as proxy:
        environment = {"HTTPS_PROXY": f"http://me:hidden@127.0.0.1:{proxy.port}"}
        ran = run("expand", cwd=tmp_path, environment=environment)
    assert (ran.code, ran.err) == (0, "")
    assert proxy.asked == ["CONNECT t.co:443", "CONNECT maths.test:443"]
    write_thread(tmp_path, ["BBBBBBBBBB"])
    assert run("import", "thread.md", cwd=tmp_path).code == 0
    for word in ("sync", "expand"):  # the proxy has gone
        ran = run(word, cwd=tmp_path, environment=environment)
        assert ran.code == 75 or word == "sync"
        assert "is the network or the proxy down? No failure is recorded" in " ".join(ran.err.split())
        assert "hidden" not in ran.out + ran.err
    assert states(tmp_path)["BBBBBBBBBB"] == "pending"
    logs = [path.read_text() for path in tmp_path.rglob("*.log")]
    assert logs
    assert "hidden" not in "".join(logs)
    ran = run("expand", cwd=tmp_path, environment={"HTTPS_PROXY": "socks5://me:hidden@127.0.0.1"})
    assert (ran.code, "$HTTPS_PROXY: not the URL of an HTTP proxy" in ran.err) == (2, True)
    assert "hidden" not in ran.err


def test_the_map_transfers_resolved_links_to_another_machine(tmp_path: Path, web: Web) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    web.tco("AAAAAAAAAA", "https://maths.test/course")
    web.page("https://maths.test/course", "<title>A course</title>")
    prepare(here, ["AAAAAAAAAA"])
    expand(here, web)
    assert run("links", "export", "map.csv", cwd=here).code == 0
    assert run("links", "import", here / "map.csv", cwd=there).code == 0
    prepare(there, ["AAAAAAAAAA"])
    rows = query(there / "gleanings.db", "select l.status, r.title from links l join resources r")
    assert rows == [("resolved", "A course")]
    assert query(there / "gleanings.db", "select text from tweets")[0][0].startswith("Tweet 0 [A course](")
