"""``kizuna group``: invite a shop to a programme that other shops run already, and say whose accounts are proved."""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Final

from app.actions.join_group import MEMBERS_MOST, Plan, join_group, plan_joining
from app.cli import finding
from app.cli.working import at_works
from app.db import deeds, invitations, shops
from app.db.scope import Scope
from app.db.tables import ProgrammeRow, ShopRow
from app.db.unit import unit_of_work
from app.loyalty.errors import CannotJoinError
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
    join = group.add_parser("join", help="move a shop with a programme of its own, and its members, into another's")
    join.add_argument("shop", help="the shop's domain")
    join.add_argument("programme", help="its id, or the domain of one of its shops")
    join.add_argument("--confirm", metavar="WORD", help="carry out the plan that was printed with this word")
    join.add_argument("--why", default="the shop joins the group", help="the reason, which is kept")
    join.set_defaults(run=_with_works(_join))


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


_IN_THE_WAY: Final = {
    "SAME_PROGRAMME": "The shop is in this programme already.",
    "OTHER_CURRENCY": "The two programmes count in different currencies.",
    "OTHER_UNIT": "Their points have different names or decimals.",
    "GROUP_CLOSED": "That programme is closed: its last shop went into another one.",
    "OTHER_SHOPS": "{n} other shop(s) have the same programme: only a shop that is alone in its programme can go.",
    "NOT_CONNECTED": "The shop is not connected.",
    "TOO_MANY_MEMBERS": "It has more than {most} members.",
    "DELIVERIES_WAIT": "{n} deliveries wait or could not be read: kizuna drain, and look at what is in quarantine.",
    "EFFECTS_WAIT": "{n} things are still to be done in the shop: kizuna drain.",
    "REWARDS_OPEN": "{n} rewards are open. Publish a version without rewards, and wait until they are used or end.",
    "TASKS_OPEN": "{n} tasks of staff are open.",
    "DUTIES_OPEN": "{n} privacy requests are open.",
    "PLAN_CHANGED": "This is not what the word confirms: something has changed since. Look at the plan again.",
}


def _join(works: Works, options: argparse.Namespace) -> str:
    with unit_of_work(works.engine) as session:
        group_row, own_row = finding.programme(session, options.programme), finding.programme(session, options.shop)
        places = [shops.find(session, platform, options.shop) for platform in works.platforms]
        shop_id = next((place.shop_id for place in places if place is not None), None) or _unknown(options.shop).shop_id
        now = works.clock()
        group = Scope(session, group_row.programme_id, now, works.cipher)
        own = Scope(session, own_row.programme_id, now, works.cipher)
        if options.confirm is None:
            plan = plan_joining(own, group, shop_id)
            return _told(plan, own_row, group_row, options)
        try:
            plan = join_group(own, group, shop_id, word=options.confirm, actor=_ACTOR, why=options.why)
        except CannotJoinError as refusal:
            raise finding.NotFoundError(_hindered(refusal.hindrances)) from refusal
    return f"{options.shop} is in the group now, with {plan.members} members. Its own programme is closed."


def _told(plan: Plan, own: ProgrammeRow, group: ProgrammeRow, options: argparse.Namespace) -> str:
    lines = [
        f"{options.shop} would go from “{own.name}” to “{group.name}”, with {plan.members} members.",
        f"Known there by the same proved address, so one member from then on: {plan.matched}.",
        *(
            f"{what}: {finding.amount(amount, own.unit, own.decimals)}"
            for what, amount in (
                ("Points that can be spent", plan.available),
                ("Points on their way", plan.pending),
                ("Owed by members", plan.debt),
            )
        ),
        "Lots keep their dates; this shop answers to the others for them.",
        "What was bought there until then earns nothing in the group, and a return of it takes nothing back.",
        "Tiers begin anew. Surveys, cases, profile answers and referrals under way do not go along.",
        "It cannot be taken back.",
    ]
    if plan.hindrances:
        return "\n".join([*lines, "It cannot go yet:", _hindered(plan.hindrances)])
    word = plan.word(own.programme_id, group.programme_id)
    return "\n".join(
        [
            *lines,
            "Nothing has happened yet. To do it:",
            f"kizuna group join {options.shop} {options.programme} --confirm {word}",
        ]
    )


def _hindered(hindrances: Mapping[str, int]) -> str:
    return "\n".join(_IN_THE_WAY[code].format(n=number, most=MEMBERS_MOST) for code, number in hindrances.items())


def _unknown(words: str) -> ShopRow:
    raise finding.NotFoundError(f"No shop has the domain {words}.")
