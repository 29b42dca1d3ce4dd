"""``kizuna link``: a one-time link to the merchant's pages."""

import argparse
import sys
from datetime import UTC, datetime

from app.actions.sign_in import issue_link
from app.db.unit import make_engine, unit_of_work
from app.settings import Settings, settings


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
    engine = make_engine(chosen.database_url)
    with unit_of_work(engine) as session:
        link = issue_link(session, chosen.base_url, None, "operator", datetime.now(UTC))
    engine.dispose()
    return link
