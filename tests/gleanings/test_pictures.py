"""Pictures are fetched once with `gleanings expand` and kept beside the store, over a web on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gleanings.running import CODE, ROOT, Ran, name_config, query, run
from tests.gleanings.test_expand import QUICK, surroundings
from tests.ingest.links.loopback import Request, Web, make_response
from tests.ingest.pictures.samples import GIF, JPEG, PNG, SVG, make_png, show

slow = pytest.mark.slow  # whole runs, again and again

MEDIA = "\n[media]\ndownload = true\n"


def write_thread(folder: Path, urls: list[str]) -> None:
    """A page of tweets, one picture each."""
    first = 1_480_000_000_000_000_000
    lines = [
        'title:: A walk (highlights)\nauthor:: [[@ada on Twitter]]\nfull-title:: "A walk"',
        f"category:: #tweets\nurl:: https://twitter.com/ada/status/{first}\n",
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]",
    ]
    for number, url in enumerate(urls):
        view = f"([View Tweet](https://twitter.com/ada/status/{first + number}))"
        lines.append(f"\t- Step {number} on the way\n\t  ![]({url}) {view}\n\t\t- **Tags**: #[[walking]]")
    (folder / "walk.md").write_text("\n".join(lines))


def prepare(folder: Path, urls: list[str], *, config: str = QUICK + MEDIA) -> None:
    write_thread(folder, urls)
    (folder / "config.toml").write_text(config)
    assert run("import", "walk.md", cwd=folder).code == 0


def expand(folder: Path, web: Web, *words: object) -> Ran:
    return run("expand", *words, cwd=folder, environment=surroundings(web))


def name(body: bytes, extension: str) -> str:
    return f"{hashlib.sha256(body).hexdigest()[:16]}.{extension}"


def list_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and time."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def read_media(folder: Path, columns: str) -> list[tuple[object, ...]]:
    return query(folder / "gleanings.db", f"select {columns} from media order by id")


# fetching


@slow
def test_pictures_are_downloaded_after_links_and_stored_beside_the_store(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/a.png", PNG)
    show(web, "https://img.test/b", JPEG)
    prepare(tmp_path, ["https://img.test/a.png", "https://img.test/b"])
    ran = expand(tmp_path, web)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "No pending links.\n2 pending pictures: 2 fetched\n"
    assert read_media(tmp_path, "status, path, content_type, size, sha256, due_at, error") == [
        (
            "ok",
            f"gleanings.media/{name(body, ext)}",
            kind,
            len(body),
            hashlib.sha256(body).hexdigest(),
            None,
            None,
        )
        for body, ext, kind in ((PNG, "png", "image/png"), (JPEG, "jpg", "image/jpeg"))
    ]
    assert (tmp_path / "gleanings.media" / name(PNG, "png")).read_bytes() == PNG
    assert query(tmp_path / "gleanings.db", "select status, changed from runs order by id desc")[0] == (
        "ok",
        2,
    )


def test_a_second_run_makes_no_request(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/a.png", PNG)
    prepare(tmp_path, ["https://img.test/a.png", "https://img.test/a.png"])
    expand(tmp_path, web)
    before = list_files(tmp_path / "gleanings.media")
    ran = expand(tmp_path, web)
    assert (ran.code, ran.out) == (0, "No pending links.\nNo pending pictures.\n")
    assert len(web.asked) == 1
    assert list_files(tmp_path / "gleanings.media") == before


def test_the_same_bytes_from_two_addresses_are_one_file(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/a.png", PNG)
    show(web, "https://other.test/b.png", PNG)
    prepare(tmp_path, ["https://img.test/a.png", "https://other.test/b.png"])
    expand(tmp_path, web)
    assert list(list_files(tmp_path / "gleanings.media")) == [name(PNG, "png")]
    assert len(set(read_media(tmp_path, "path"))) == 1


def test_without_the_setting_no_picture_is_requested_or_mentioned(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/a.png", PNG)
    prepare(tmp_path, ["https://img.test/a.png"], config=QUICK)
    ran = expand(tmp_path, web)
    assert (ran.code, ran.out) == (0, "No pending links.\n")
    assert web.asked == []
    assert "[media]" in run("status", cwd=tmp_path).out
    assert not (tmp_path / "gleanings.media").exists()


def test_offline_and_dry_run_report_what_is_pending_and_make_no_request(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/a.png", PNG)
    prepare(tmp_path, ["https://img.test/a.png"])
    for word in ("--offline", "--dry-run"):
        assert expand(tmp_path, web, word).out == (
            "No pending links.\n1 pending picture; nothing was requested.\n        1  img.test\n"
        )
    assert json.loads(expand(tmp_path, web, "--offline", "--json").out)["pictures"]["due"] == 1
    assert "1  pending: `gleanings expand`" in run("status", cwd=tmp_path).out
    assert web.asked == []


def test_the_readers_local_pictures_are_ignored(tmp_path: Path, web: Web) -> None:
    prepare(tmp_path, ["../assets/mine.png", "data:image/png;base64,iVBORw0KGgo="])
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "mine.png").write_bytes(PNG)
    assert expand(tmp_path, web).out == "No pending links.\nNo pending pictures.\n"
    assert web.asked == []
    assert not (tmp_path / "gleanings.media").exists()


def test_refusals_and_failures_are_reported_and_stored(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/svg", SVG)
    show(web, "https://img.test/large", make_png(size=300_000))
    show(web, "https://img.test/ill", b"", status=500)
    web.redirect("https://img.test/in", "http://127.0.0.1:9/x.png")
    show(web, "https://img.test/good", GIF)
    names = ["svg", "large", "ill", "in", "gone", "good"]
    config = QUICK + MEDIA + "max_megabytes = 0.2\n"
    prepare(tmp_path, [f"https://img.test/{each}" for each in names], config=config)
    ran = expand(tmp_path, web)
    assert (ran.code, ran.out) == (
        1,
        "No pending links.\n6 pending pictures: 2 failed, 1 fetched, 3 refused\n",
    )
    assert read_media(tmp_path, "status, error, due_at is not null, path is not null") == [
        ("skipped", "refused: svg", 0, 0),
        ("skipped", "refused: too large", 0, 0),
        ("error", "http 500", 1, 0),
        ("skipped", "refused: private address", 0, 0),
        ("error", "http 404", 1, 0),
        ("ok", None, 0, 1),
    ]
    asked = len(web.asked)
    assert "No pending pictures." in expand(tmp_path, web).out
    assert len(web.asked) == asked


def test_failed_pictures_are_retried_on_request_until_they_are_gone(tmp_path: Path, web: Web) -> None:
    show(web, "https://img.test/gone", b"", status=404)
    show(web, "https://img.test/ill", b"", status=503)
    prepare(tmp_path, ["https://img.test/gone", "https://img.test/ill"])
    expand(tmp_path, web)
    show(web, "https://img.test/ill", PNG)
    for _ in range(2):
        expand(tmp_path, web, "--retry", "failed")
    assert read_media(tmp_path, "status, due_at") == [("gone", None), ("ok", None)]


def test_limit_and_host_select_the_pictures(tmp_path: Path, web: Web) -> None:
    for host in ("img.test", "other.test", "cdn.other.test"):
        show(web, f"https://{host}/*", PNG)
    prepare(tmp_path, ["https://img.test/a", "https://other.test/b", "https://cdn.other.test/c"])
    assert "2 pending pictures" in expand(tmp_path, web, "--host", "other.test", "--offline").out
    assert "1 pending picture: 1 fetched" in expand(tmp_path, web, "--limit", 1).out
    assert web.asked_urls == ["https://img.test/a"]
    assert "No pending pictures." in expand(tmp_path, web, "--host", "img.test").out


def test_without_a_network_no_picture_is_recorded_as_failed(tmp_path: Path) -> None:
    prepare(tmp_path, ["https://pbs.twimg.com/media/A.jpg"])
    nobody = {"GLEANINGS_CONNECT_TO": "pbs.twimg.com:443=127.0.0.1:9"}
    ran = run("expand", cwd=tmp_path, environment=nobody, timeout=30)
    assert ran.code == 75
    assert ran.err.count("\n") == 1
    assert read_media(tmp_path, "status, checked_at, due_at") == [("pending", None, None)]


def start(folder: Path, web: Web) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings(web)}
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-c", CODE, "expand"]
    environment |= name_config(folder)
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)


def serve_many(web: Web, count: int) -> list[str]:
    def answer(request: Request, conn: object) -> bytes:
        time.sleep(0.02)
        number = int(request.url.rpartition("/")[2])
        return make_response(200, make_png(number % 256, size=10 + number))

    web.serve("https://img.test/*", answer)
    return [f"https://img.test/{number}" for number in range(count)]


@slow
def test_a_killed_run_resumes_where_it_stopped(tmp_path: Path, web: Web) -> None:
    urls = serve_many(web, 300)
    prepare(tmp_path, urls)
    for asked in (40, 120):
        process = start(tmp_path, web)
        while len(web.asked) < asked:
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert query(tmp_path / "gleanings.db", "pragma integrity_check") == [("ok",)]
        for path, sha256 in query(
            tmp_path / "gleanings.db", "select path, sha256 from media where path > ''"
        ):
            assert hashlib.sha256((tmp_path / path).read_bytes()).hexdigest() == sha256
    assert expand(tmp_path, web).code == 0
    files = list_files(tmp_path / "gleanings.media")
    assert len(files) == 300
    assert all(path.endswith(".png") and not path.startswith(".") for path in files)
    assert len(web.asked) - 300 <= 2 * (50 + 32 + 8)  # a batch, what waits to be taken, what was in flight
    runs = query(tmp_path / "gleanings.db", "select status from runs where command = 'expand' order by id")
    assert runs == [("interrupted",), ("interrupted",), ("ok",)]
    assert "pictures" not in run("doctor", cwd=tmp_path).out


@slow
def test_a_signal_ends_the_run_with_everything_saved(tmp_path: Path, web: Web) -> None:
    prepare(tmp_path, serve_many(web, 1000))
    process = start(tmp_path, web)
    while len(web.asked) < 20:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 1
    [(known,)] = query(tmp_path / "gleanings.db", "select count(*) from media where status = 'ok'")
    assert known == len(web.asked) > 0
    [(status,)] = query(tmp_path / "gleanings.db", "select status from runs where command = 'expand'")
    assert status == "interrupted"


@slow
def test_doctor_finds_lost_or_damaged_pictures_and_schedules_them_again(tmp_path: Path, web: Web) -> None:
    bodies = {"a": PNG, "b": GIF, "c": JPEG}
    for key, body in bodies.items():
        show(web, f"https://img.test/{key}", body)
    prepare(tmp_path, [f"https://img.test/{key}" for key in bodies])
    expand(tmp_path, web)
    media = tmp_path / "gleanings.media"
    (media / name(PNG, "png")).unlink()
    (media / name(GIF, "gif")).write_bytes(b"GIF89a, but another")
    ran = run("doctor", cwd=tmp_path)
    assert (ran.code, ran.out.count("!")) == (1, 1)
    assert "2 pictures' files are missing or damaged" in ran.out
    run("doctor", "--fix", cwd=tmp_path)
    assert read_media(tmp_path, "status, path is null") == [("pending", 1), ("pending", 1), ("ok", 0)]
    assert "2 pending pictures: 2 fetched" in expand(tmp_path, web).out
    assert (media / name(GIF, "gif")).read_bytes() == GIF
    assert run("doctor", cwd=tmp_path).code == 0
