"""``kizuna connect``: connect a neutral shop, one that sends signed facts in our own words."""

import argparse
import secrets
import sys

from app.actions.connect_shop import NewShop, connect_shop
from app.cli import finding
from app.cli.working import at_works
from app.db.unit import unit_of_work
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("connect", help="connect a neutral shop and print where it sends its facts")
    parser.add_argument("domain", help="the shop's name, such as shop.example.com")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--zone", default="UTC", help="its IANA time zone")
    parser.add_argument("--locale", default="en")
    parser.add_argument("--programme", help="join this one (its id, or the domain of one of its shops)")
    parser.set_defaults(run=at_works(run))


def run(works: Works, options: argparse.Namespace) -> int:
    """Connect it with a new secret."""
    secret = secrets.token_hex(32)
    shop = NewShop(
        "neutral",
        options.domain,
        options.domain,
        options.currency,
        options.zone,
        options.locale,
        None,
        False,
        None,
        {"webhook_secret": secret},
    )
    with unit_of_work(works.engine) as session:
        group = finding.programme(session, options.programme).programme_id if options.programme else None
        _, shop_id = connect_shop(session, works.cipher, shop, works.clock(), group=group)
    sys.stdout.write(f"Send facts to {works.address}/webhooks/neutral?shop={shop_id}\nSign them with {secret}\n")
    return 0
