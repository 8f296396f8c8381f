"""`gleanings doctor`: is the store whole, is everything around it in order, and what can be mended?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.options import Common, common_options, gather, opened_store, say_json, utc_now

if TYPE_CHECKING:
    from store.integrity import Finding


@click.command(name="doctor")
@click.option("--mend", is_flag=True, help="Mend what can be mended without guessing.")
@click.option("--network", is_flag=True, help="See whether the network is there, too.")
@common_options(writes=True)
def command(
    mend: bool,
    network: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Check what is around the store, then the store.

    Around it: configuration, folders, permissions, free disk, clock, the schedule and when it last did
    its work; with --network the network. The store: the file itself, references, full text, copies,
    pictures, unfinished runs, cut texts. With -v it says what is in order, too.

    Nothing is changed without --mend. What --mend does loses nothing: indices are built anew, leftovers
    that nothing refers to go, crashed runs are marked so. Do not mend while another run is under way.

    \b
      gleanings doctor
      gleanings doctor --mend
    """
    from gleanings.environment_checks import check_surroundings

    common = gather(db, config, as_json, verbose, dry_run)
    around = check_surroundings(common, network=network)
    if not as_json:
        _say(around, verbose=bool(verbose))
    inside = _check_store(common, mend=mend)
    findings = [*around, *inside]
    wrong = [finding for finding in findings if finding.trouble]
    if as_json:
        say_json({"db": str(common.db), "findings": [finding._asdict() for finding in findings]})
        return 1 if wrong else 0
    _say(inside, verbose=bool(verbose))
    if not wrong:
        click.echo(f"{common.db}: {len(findings)} checks, nothing wrong")
    return 1 if wrong else 0


def _check_store(common: Common, *, mend: bool) -> list[Finding]:
    from store.integrity import check_store, repair_store
    from store.runs import Counts, finish_run, start_run

    with opened_store(common, only_reads=not mend) as store:
        if mend:
            repair_store(store, now=utc_now())
            run_id = start_run(store, "doctor", now=utc_now())  # so that a sync sees that something changed
            finish_run(store, run_id, Counts(), "ok", now=utc_now(), message="mended")
        return check_store(store)


def _say(findings: list[Finding], *, verbose: bool) -> None:
    for finding in findings:
        if finding.trouble:
            hint = "  (gleanings doctor --mend)" if finding.mendable else ""
            click.echo(f"! {finding.check}: {finding.message}{hint}")
        elif verbose:
            click.echo(f"= {finding.check}" + (f": {finding.message}" if finding.message else ""))
