"""`gleanings doctor`: is the store whole, and what can be mended?"""

from __future__ import annotations

from pathlib import Path

import click

from gleanings.options import common_options, gather, opened_store, say_json, utc_now


@click.command(name="doctor")
@click.option("--mend", is_flag=True, help="Mend what can be mended without guessing.")
@common_options(writes=True)
def command(
    mend: bool, db: Path | None, config: Path | None, as_json: bool, verbose: int, dry_run: bool
) -> int:
    """Check the store: the file, references, full text, copies, pictures, unfinished runs, cut texts.

    Nothing is changed without --mend. What --mend does loses nothing: indices are built anew, leftovers
    that nothing refers to go, crashed runs are marked so. Do not mend while another run is under way.

    \b
      gleanings doctor
      gleanings doctor --mend
    """
    from store.checking import check_store, mend_store

    common = gather(db, config, as_json, verbose, dry_run)
    with opened_store(common) as store:
        if mend:
            mend_store(store, now=utc_now())
        findings = check_store(store)
    wrong = [finding for finding in findings if finding.trouble]
    if as_json:
        say_json({"db": str(common.db), "findings": [finding._asdict() for finding in findings]})
        return 1 if wrong else 0
    for finding in findings:
        if finding.trouble:
            hint = "  (gleanings doctor --mend)" if finding.mendable else ""
            click.echo(f"! {finding.check}: {finding.message}{hint}")
        elif verbose:
            click.echo(f"= {finding.check}")
    if not wrong:
        click.echo(f"{common.db}: {len(findings)} checks, nothing wrong")
    return 1 if wrong else 0
