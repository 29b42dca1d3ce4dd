"""``kizuna link``: a one-time link to the merchant's pages."""

import argparse
import sys

from app.actions.sign_in import issue_link
from app.db.unit import unit_of_work
from app.settings import Settings, settings
from jobs import house


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("link", help="print a one-time link to the merchant's pages")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the operator's link: it leads to every shop."""
    del options
    sys.stdout.write(f"{new_link(settings())}\n")
    return 0


def new_link(chosen: Settings) -> str:
    """Return a new one-time link for the operator."""
    works = house.build(chosen)
    with unit_of_work(works.engine) as session:
        link = issue_link(session, works.address, None, "operator", works.clock())
    works.engine.dispose()
    return link
