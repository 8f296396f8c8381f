"""`gleanings doctor`: check the store and its environment, and fix what can be fixed."""

from __future__ import annotations

import click

from gleanings.environment_checks import check_environment
from gleanings.json_report import report_json
from gleanings.options import Common, GivenOptions, common_options, gather, opened_store
from gleanings.steps.store_checks import check_all, fix_all
from gleanings.terminal import count_as, echo
from store.findings import Finding


@click.command(name="doctor")
@click.option("--fix", is_flag=True, help="Fix what can be fixed without guessing.")
@click.option("--network", is_flag=True, help="Also check the network.")
@common_options(writes=True)
def command(fix: bool, network: bool, given: GivenOptions) -> int:
    """Check the store's environment, then the store itself.

    The environment: configuration, folders, permissions, free disk space, clock, the schedule and its
    last success; with --network, the network. The store: the file itself, references, full text, copied
    columns, pictures, unfinished runs, cut texts. With -v, it also lists the checks that found nothing.

    Each finding says what to do. The exit code is 1 only if a finding needs your attention (!), not if it is
    just worth knowing (i). Before the first import, only the environment is checked.

    Nothing is changed without --fix, and --fix loses nothing: it rebuilds indexes, removes rows that
    nothing refers to, and marks crashed runs. Do not use it while another run is in progress.

    \b
      gleanings doctor
      gleanings doctor --fix
    """
    common = gather(given)
    environment = check_environment(common, network=network)
    if not given.as_json:
        _print_findings(environment, verbose=bool(given.verbose))
    if common.db.exists() or common.db.is_symlink():
        store = _check_store(common, fix=fix)
    else:
        store = [_report_missing(common, is_named=given.db is not None)]
    findings = [*environment, *store]
    wrong = [finding for finding in findings if finding.trouble and not finding.harmless]
    if given.as_json:
        report_json(db=str(common.db), findings=[finding._asdict() for finding in findings])
        return 1 if wrong else 0
    _print_findings(store, verbose=bool(given.verbose))
    if not wrong:
        echo(f"{common.db}: {count_as(len(findings), 'check')}, no problems")
    return 1 if wrong else 0


def _report_missing(common: Common, *, is_named: bool) -> Finding:
    """A missing store is normal before the first import, unless the user named one."""
    advice = "`gleanings import PATH` creates it" + ("; or is --db misspelt?" if is_named else "")
    return Finding("store", 1, f"{common.db} does not exist yet", advice=advice, harmless=not is_named)


def _check_store(common: Common, *, fix: bool) -> list[Finding]:
    with opened_store(common, only_reads=not fix, renew=False) as store:
        if fix:
            fix_all(store, common.config.topics)
        return check_all(store, common.config.topics)


def _print_findings(findings: list[Finding], *, verbose: bool) -> None:
    for finding in findings:
        if not (finding.trouble or verbose):
            continue
        sign = "=" if not finding.trouble else "i" if finding.harmless else "!"
        echo(f"{sign} {finding.check}" + (f": {finding.message}" if finding.message else ""))
        if finding.advice:
            echo(f"    {finding.advice}")
