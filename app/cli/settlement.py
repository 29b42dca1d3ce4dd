"""``kizuna settlement``: what the shops of a programme owe each other for points issued by one and used at another."""

import argparse
import sys
from datetime import timedelta

from app.cli import finding
from app.cli.working import at_programme
from app.db import shops
from app.db.between_shops import owed_between, standings
from app.db.tables import ProgrammeRow
from app.db.unit import reading
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("settlement", help="print what the shops of a programme owe each other")
    parser.add_argument("programme", help="its id, or the domain of one of its shops")
    parser.add_argument("--from", dest="since", type=finding.day, help="the first day, by the home shop's calendar")
    parser.add_argument("--until", type=finding.day, help="the last day, by the home shop's calendar")
    parser.set_defaults(run=at_programme(run))


def run(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
    """Print each pair, then each shop's sum; the sums add up to nothing."""
    with reading(works.engine, row.programme_id) as session:
        known = {shop.shop_id: shop for shop in shops.of_programme(session, row.programme_id)}
        zone = known[row.home_shop_id].zone
        since = finding.begins(options.since, zone) if options.since else None
        until = finding.begins(options.until + timedelta(days=1), zone) if options.until else None
        owed = owed_between(session, row.programme_id, since=since, until=until)
    if not owed:
        sys.stdout.write("No shop owes another anything.\n")
        return 0

    def amount(steps: int) -> str:
        return finding.amount(steps, row.unit, row.decimals)

    for entry in owed:
        issuer, spender = known[entry.issuer].domain, known[entry.spender].domain
        sys.stdout.write(f"{issuer} owes {spender} {amount(entry.amount)}\n")
    sums = standings(owed)
    for shop_id, total in sorted(sums.items(), key=lambda one: known[one[0]].domain):
        sys.stdout.write(f"{known[shop_id].domain}: {amount(total)}\n")
    sys.stdout.write(f"Sum: {amount(sum(sums.values()))}\n")
    return 0
