"""``kizuna group``: invite a shop to a programme that other shops run already, and say whose accounts are proved."""

import argparse
import sys
from collections.abc import Callable

from app.cli import finding
from app.cli.working import at_works
from app.db import deeds, invitations, shops
from app.db.scope import Scope
from app.db.tables import ShopRow
from app.db.unit import unit_of_work
from jobs.works import Works

_ACTOR = "operator"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("group", help="several shops with one programme")
    group = parser.add_subparsers(dest="what", required=True, metavar="what")
    invite = group.add_parser("invite", help="print a one-time invitation for a shop that is not connected yet")
    invite.add_argument("programme", help="its id, or the domain of one of its shops")
    invite.add_argument("--shop", help="for this shop alone, by its domain; on Shopify: its .myshopify.com one")
    invite.set_defaults(run=_with_works(_invite))
    proved = group.add_parser("addresses", help="say whether a shop's accounts prove their addresses")
    proved.add_argument("shop", help="the shop's domain")
    proved.add_argument("proved", choices=("proved", "unproved"))
    proved.set_defaults(run=_with_works(_addresses))


def _with_works(perform: Callable[[Works, argparse.Namespace], str]) -> Callable[[argparse.Namespace], int]:
    def run(works: Works, options: argparse.Namespace) -> int:
        try:
            said = perform(works, options)
        except finding.NotFoundError as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        sys.stdout.write(f"{said}\n")
        return 0

    return at_works(run)


def _invite(works: Works, options: argparse.Namespace) -> str:
    with unit_of_work(works.engine) as session:
        row = finding.programme(session, options.programme)
        if options.shop:
            if any(shops.find(session, platform, options.shop) for platform in works.platforms):
                raise finding.NotFoundError(f"{options.shop} is connected already, with a programme and members.")
            invitations.issue_for(session, row.programme_id, options.shop, _ACTOR, works.clock())
            return f"{options.shop} joins when it is connected within {invitations.LIFE.days} days."
        word = invitations.issue(session, row.programme_id, _ACTOR, works.clock())
    return (
        f"For one shop that sells in {row.currency}, within {invitations.LIFE.days} days:\n"
        f"{works.address}/connect/woocommerce/begin?store=https://YOUR-SHOP&invitation={word}"
    )


def _addresses(works: Works, options: argparse.Namespace) -> str:
    with unit_of_work(works.engine) as session:
        row = finding.programme(session, options.shop)
        shop: ShopRow = next(
            (one for one in shops.of_programme(session, row.programme_id) if one.domain == options.shop), None
        ) or _unknown(options.shop)
        shop.confirms_addresses = options.proved == "proved"
        scope = Scope(session, row.programme_id, works.clock(), works.cipher)
        deeds.record(
            scope,
            actor=_ACTOR,
            what="confirms_addresses",
            subject=f"shop:{shop.shop_id}",
            why="said by the operator",
            detail={"confirms": shop.confirms_addresses},
        )
    return f"{options.shop}: the addresses of its accounts count as {options.proved} from now on."


def _unknown(words: str) -> ShopRow:
    raise finding.NotFoundError(f"No shop has the domain {words}.")
