"""Every command that writes survives a kill, a full disk, an I/O error and a power cut at any disk call.

On CI a few calls of each command, chosen by its name; all of them with GLEANINGS_EVERY_CALL=1, for hours:

    GLEANINGS_EVERY_CALL=1 python -m pytest -n auto -m slow tests/disk_faults
"""

from __future__ import annotations

import os
import random
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.disk_faults.disk import Disk, Mode, Ran, build_library
from tests.disk_faults.power_cut import Call, Cut, PowerCuts, read_log
from tests.disk_faults.scenarios import SCENARIOS, check_after_fault, fill_web, make_place, run_undisturbed
from tests.disk_faults.sequences import run_sequence
from tests.ingest.links.loopback import Web, write_bundle

MODES = (Mode.KILL, Mode.EIO_ONCE, Mode.EIO_STAYS, Mode.FULL)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory, ca: trustme.CA) -> Iterator[Disk]:
    folder = tmp_path_factory.mktemp("library")
    library = build_library(folder)
    if library is None:
        pytest.skip("needs Linux and a C compiler")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(write_bundle(ca, folder)))
        web = Web(ca)
        disk = Disk(library, fill_web(web))
        yield disk
        disk.close()
        web.close()


def choose_calls(name: str, calls: int, sample: int) -> list[int]:
    """The numbers of the calls to be tried, from 1: all of them, or always the same few."""
    every = range(1, calls + 1)
    if os.environ.get("GLEANINGS_EVERY_CALL"):
        return list(every)
    return sorted(random.Random(name).sample(every, min(sample, calls)))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_whose_disk_fails_at_any_call_can_be_repeated(
    tmp_path: Path, disk: Disk, name: str
) -> None:
    scenario, here = SCENARIOS[name], tmp_path / "here"
    calm = run_undisturbed(tmp_path, disk, scenario, log=None)
    wrong = []
    for mode in MODES:
        for at in choose_calls(f"{name} {mode.name}", calm.calls, 1):
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(calm.before, here)
            ran = disk.run(here, *scenario.arguments, mode=mode, at=at)
            wrong += [
                (mode.name, at, each) for each in check_after_fault(here, disk, scenario, calm, ran, mode)
            ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_power_cut_at_any_call_leaves_what_the_command_can_continue(
    tmp_path: Path, disk: Disk, name: str
) -> None:
    scenario, here = SCENARIOS[name], tmp_path / "here"
    calm = run_undisturbed(tmp_path, disk, scenario, log=tmp_path / "log")
    cuts = PowerCuts(calm.before, here, list(read_log(tmp_path / "log")))
    wrong = []
    for cut in Cut:
        for at in choose_calls(f"{name} {cut.name}", len(cuts.calls) + 1, 1):
            cuts.write(here, at, cut)
            ran = Ran(-9, 0, "")
            wrong += [
                (cut.name, at, each) for each in check_after_fault(here, disk, scenario, calm, ran, None)
            ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("place", ["backups", "copy", "new"])
def test_a_backup_is_whole_after_a_power_cut_at_its_end(tmp_path: Path, disk: Disk, place: str) -> None:
    here = tmp_path / "here"
    make_place(here, disk.run, SCENARIOS["restore" if place == "copy" else "backup"])
    shutil.copytree(here, tmp_path / "before")
    ran = disk.run(here, "backup", *[place] if place != "backups" else [], log=tmp_path / "log")
    assert ran.code == 0
    cuts = PowerCuts(tmp_path / "before", here, list(read_log(tmp_path / "log")))
    cuts.write(here, len(cuts.calls) + 1, Cut.NOTHING)
    shutil.rmtree(here / "gleanings.media")
    backup = max((here / place).glob("*.db"))
    assert disk.run(here, "restore", str(backup), "--yes").code == 0
    assert list((here / "gleanings.media").glob("*.png"))


@pytest.mark.slow
def test_random_sequences_lose_no_word_of_the_readers_and_bring_nothing_back(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    count = int(os.environ.get("GLEANINGS_SEQUENCES", "30"))
    wrong = [faults for seed in range(count) if (faults := run_sequence(tmp_path / "world", seed, disk))]
    assert wrong == []


# --- the simulation itself


def cut_power(tmp_path: Path, cut: Cut, *calls: tuple[str, str, str, bytes]) -> dict[str, bytes]:
    """What a disk with the file `old` has after these calls: (kind, path, other path, data)."""
    before, root, target = tmp_path / "before", tmp_path / "root", tmp_path / "target"
    before.mkdir(exist_ok=True)
    (before / "old").write_bytes(b"old")
    log = [Call(kind, str(root / path), str(root / other), 0, data) for kind, path, other, data in calls]
    PowerCuts(before, root, log).write(target, len(log) + 1, cut)
    return {
        str(path.relative_to(target)): path.read_bytes() if path.is_file() else b""
        for path in target.rglob("*")
    }


REPLACE = (("o", "new", "", b""), ("w", "new", "", b"words"), ("r", "new", "old", b""))
FLUSHED = (*REPLACE[:2], ("s", "new", "", b""), REPLACE[2])


def test_the_log_has_both_names_of_a_rename_that_are_not_ascii(tmp_path: Path) -> None:
    old, new = (str(tmp_path / name).encode() for name in ("書物", "本"))
    (tmp_path / "log").write_bytes(struct.pack("=5q", ord("r"), len(old), len(new), 0, 0) + old + new)
    assert list(read_log(tmp_path / "log")) == [Call("r", old.decode(), new.decode(), 0, b"")]


def test_a_file_renamed_without_a_flush_is_empty_after_a_power_cut_or_not_renamed(tmp_path: Path) -> None:
    assert cut_power(tmp_path, Cut.NAMES, *REPLACE) == {"old": b""}
    assert cut_power(tmp_path, Cut.NOTHING, *REPLACE) == {"old": b"old"}


def test_a_flushed_file_survives_and_its_new_name_does_if_the_folder_was_flushed(tmp_path: Path) -> None:
    assert cut_power(tmp_path, Cut.NOTHING, *FLUSHED) == {"new": b"words", "old": b"old"}
    assert cut_power(tmp_path, Cut.NAMES, *FLUSHED) == {"old": b"words"}
    assert cut_power(tmp_path, Cut.NOTHING, *FLUSHED, ("s", "", "", b"")) == {"old": b"words"}


def test_of_a_rename_without_a_flush_there_is_always_one_name(tmp_path: Path) -> None:
    calls = [("o", "x", "", b""), ("s", "x", "", b""), ("r", "x", "y", b"")]
    more = [("w", "old", "", b"")] * 12  # other moments, with other chances
    found = {tuple(cut_power(tmp_path, Cut.SOME, *calls, *more[:at])) for at in range(12)}
    names = {tuple(name for name in each if name in "xy") for each in found}
    assert names == {("x",), ("y",)}


def test_a_renamed_folder_takes_the_names_in_it_along(tmp_path: Path) -> None:
    made = (("m", "x", "", b""), ("o", "x/a", "", b""), ("s", "x/a", "", b""), ("s", "", "", b""))
    found = cut_power(tmp_path, Cut.NOTHING, *made, ("r", "x", "y", b""), ("s", "", "", b""))
    assert found.keys() == {"old", "y", "y/a"}


def test_a_folder_is_on_the_disk_only_if_its_parent_is(tmp_path: Path) -> None:
    calls = (("m", "x", "", b""), ("o", "x/a", "", b""), ("s", "x/a", "", b""), ("m", "x/y", "", b""))
    more = [("w", "old", "", b"")] * 12  # other moments, with other chances
    found = {tuple(sorted(cut_power(tmp_path, Cut.SOME, *calls, *more[:at]))) for at in range(12)}
    assert found <= {("old",), ("old", "x", "x/a"), ("old", "x", "x/a", "x/y")}
    assert len(found) > 1


def test_a_removal_without_a_flush_may_not_have_happened(tmp_path: Path) -> None:
    assert cut_power(tmp_path, Cut.NOTHING, ("u", "old", "", b"")) == {"old": b"old"}
    assert cut_power(tmp_path, Cut.NAMES, ("u", "old", "", b"")) == {}
