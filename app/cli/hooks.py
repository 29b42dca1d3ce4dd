"""``kizuna hooks``: where other systems post the events of a programme's hooks."""

import argparse
import sys

from app.cli.working import at_programme
from app.db import hooks, programmes, shops
from app.db.tables import ProgrammeRow
from app.db.unit import reading
from integrations.told_reviews import HOOK
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("hooks", help="print the addresses other systems post events to")
    parser.add_argument("programme", help="its id, or the domain of one of its shops")
    parser.set_defaults(run=at_programme(run))


def run(works: Works, row: ProgrammeRow, _options: argparse.Namespace) -> int:
    """Print the address of each hook of the version in force, and that for reviews, for each shop.

    Whoever has one can tell of its event.
    """
    with reading(works.engine, row.programme_id) as session:
        version = programmes.load(session, row.programme_id).version_at(works.clock())
        known = list(shops.of_programme(session, row.programme_id))
    events = [(hook.id, hook.event) for hook in version.hooks] if version is not None else []
    for shop in known:
        for hook, meaning in {HOOK: "a review", **dict(events)}.items():
            where = hooks.address(works.address, works.cipher, shop.shop_id, hook)
            sys.stdout.write(f"{shop.domain} {hook} ({meaning}): {where}\n")
    return 0
