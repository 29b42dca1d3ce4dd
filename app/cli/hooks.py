"""``kizuna hooks``: where other systems post the events of a programme's hooks."""

import argparse
import sys

from app.cli.working import at_programme
from app.db import hooks, programmes, shops
from app.db.tables import ProgrammeRow
from app.db.unit import reading
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("hooks", help="print the addresses other systems post events to")
    parser.add_argument("programme", help="its id, or the domain of one of its shops")
    parser.set_defaults(run=at_programme(run))


def run(works: Works, row: ProgrammeRow, _options: argparse.Namespace) -> int:
    """Print the address of each hook of the version in force, for each shop. Whoever has one can tell of its event."""
    with reading(works.engine, row.programme_id) as session:
        version = programmes.load(session, row.programme_id).version_at(works.clock())
        known = list(shops.of_programme(session, row.programme_id))
    if version is None or not version.hooks:
        sys.stdout.write("The programme has no hooks.\n")
        return 0
    for shop in known:
        for hook in version.hooks:
            where = hooks.address(works.address, works.cipher, shop.shop_id, hook.id)
            sys.stdout.write(f"{shop.domain} {hook.id} ({hook.event}): {where}\n")
    return 0
