"""What a campaign came to: every account against the oracle, every acknowledged delivery against the inbox."""

import hashlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from multiprocessing import get_context
from typing import Any

from sqlalchemy import case, func, select

from app.db.tables import BalanceRow, IdentityRow, InboxRow, MemberRow, OrderRow, PostingRow, TransactionRow
from app.db.unit import reading
from app.loyalty.ledger.postings import Account
from jobs.audit import audit
from tests.campaign.town import Town
from tests.campaign.traffic import Json, Parcel, Traffic
from tests.oracle.days import instant
from tests.oracle.facts import World
from tests.oracle.story import _FACTS, Story

Held = dict[tuple[int, str], dict[str, Any]]
MEMBERS = ("pending", "available", "held", "debt")


@dataclass(frozen=True, slots=True)
class Count:
    """What must all be 0, and a few words for each kind that is not."""

    lost: int
    doubled: int
    leaked: int
    trial_balance: int
    drift: int
    breaches: int
    unquarantined: int
    words: list[str]


def count(town: Town, made: Traffic, taken: list[Parcel], now: datetime) -> Count:
    """Compare everything with everything. The house is quiet."""
    words: list[str] = []
    lost = _without_a_row(town, taken)
    found, drift, less, more = _held(town), 0, 0, 0
    for (shop, member), should in _expected(made, now).items():
        has = found.pop((shop, member), None)
        if should != has:
            drift += 1
            fewer = sum((should[name] - (has or should | dict.fromkeys(MEMBERS, 0))[name]) for name in MEMBERS)
            less, more = less + (fewer > 0), more + (fewer < 0)
            if len(words) < 10:
                words.append(f"shop {shop}, {member}: should have {should}, has {has}")
    strange = sorted(found)
    words += [f"nobody told of {shop}/{member}" for shop, member in strange[:5]]
    breaches = [breach for programme in town.programmes for breach in audit(town.works, programme)]
    words += [f"{breach.promise}: {breach.detail}" for breach in breaches[:5]]
    if lost:
        words.append(f"{lost} deliveries were acknowledged and are not in the inbox")
    return Count(
        lost=lost + less,
        doubled=more,
        leaked=len(strange) + _orders_elsewhere(town, made),
        trial_balance=_trial_balance(town),
        drift=drift,
        breaches=len(breaches),
        unquarantined=_poison_at_large(town, made),
        words=words,
    )


def transactions(town: Town) -> int:
    """Return how many transactions there are."""
    with reading(town.engine) as session:
        return session.scalar(select(func.count()).select_from(TransactionRow)) or 0


def _expected(made: Traffic, now: datetime) -> Held:
    """Return what the oracle says of everybody; it is slow on purpose, so all processors help."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as crew:
        names = [member for _, member in made.truth]
        said = crew.map(_oracle, names, made.truth.values(), repeat(made.programme), repeat(now), chunksize=25)
        return dict(zip(made.truth, said, strict=True))


def _oracle(member: str, facts: list[tuple[str, Json]], programme: Json, now: datetime) -> dict[str, Any]:
    story = Story(World.of({"programme": [programme]}))
    for kind, said in sorted(facts, key=lambda fact: instant(fact[1].get("updated_at") or fact[1]["at"])):
        _FACTS[kind](story.world, said)
    story.step({"do": "clock", "arrives": now.isoformat()})
    account = story.account(member)
    books = account.books
    return {
        **{name: books.amount(name) for name in MEMBERS[:3]},
        "debt": books.debt,
        "tier": account.judge(now).level,
    }


def _held(town: Town) -> Held:
    """Return what every member has."""
    shops = {address.shop_id: number for number, address in enumerate(town.addresses)}
    found: Held = {}
    with reading(town.engine) as session:
        sums = {
            name: func.coalesce(func.sum(case((BalanceRow.account == name, BalanceRow.amount))), 0) for name in MEMBERS
        }
        rows = session.execute(
            select(IdentityRow.shop_id, IdentityRow.customer_id, MemberRow.tier, *sums.values())
            .join(
                MemberRow,
                (MemberRow.programme_id == IdentityRow.programme_id) & (MemberRow.member_id == IdentityRow.member_id),
            )
            .outerjoin(
                BalanceRow,
                (BalanceRow.programme_id == MemberRow.programme_id) & (BalanceRow.member_id == MemberRow.member_id),
            )
            .where(IdentityRow.shop_id.in_(shops))
            .group_by(IdentityRow.shop_id, IdentityRow.customer_id, MemberRow.tier)
        )
        for shop_id, customer, tier, pending, available, held, debt in rows:
            amounts = {"pending": int(pending), "available": int(available), "held": int(held), "debt": -int(debt)}
            found[(shops[shop_id], customer)] = {**amounts, "tier": tier}
    return found


def _without_a_row(town: Town, taken: list[Parcel]) -> int:
    """Return how many acknowledged deliveries the inbox does not know."""
    with reading(town.engine) as session:
        kept = {tuple(row) for row in session.execute(select(InboxRow.shop_id, InboxRow.topic, InboxRow.key))}
    told = {(town.addresses[p.shop].shop_id, p.topic, hashlib.sha256(p.body).hexdigest()) for p in taken}
    return len(told - kept)


def _poison_at_large(town: Town, made: Traffic) -> int:
    """Return how many deliveries without sense are not in quarantine."""
    with reading(town.engine) as session:
        states = dict(session.execute(select(InboxRow.key, InboxRow.state)).all())
    bad = {hashlib.sha256(parcel.body).hexdigest() for parcel in made.parcels if not parcel.good}
    return Counter(states.get(key) == "quarantined" for key in bad)[False]


def _orders_elsewhere(town: Town, made: Traffic) -> int:
    """Return how many orders lie in a shop that never told of them."""
    shops = {address.shop_id: number for number, address in enumerate(town.addresses)}
    told = {(shop, said["id"]) for (shop, _), facts in made.truth.items() for kind, said in facts if kind == "order"}
    with reading(town.engine) as session:
        rows = session.execute(select(OrderRow.shop_id, OrderRow.order_id).where(OrderRow.shop_id.in_(shops))).all()
    return sum((shops[shop_id], order_id) not in told for shop_id, order_id in rows)


def _trial_balance(town: Town) -> int:
    """Return what members' balances and the postings of everybody else's accounts add up to."""
    outside = [account.value for account in Account if account.value not in MEMBERS]
    with reading(town.engine) as session:
        inside = session.scalar(select(func.sum(BalanceRow.amount)).where(BalanceRow.account.in_(MEMBERS))) or 0
        came = session.scalar(select(func.sum(PostingRow.amount)).where(PostingRow.to_account.in_(outside))) or 0
        went = session.scalar(select(func.sum(PostingRow.amount)).where(PostingRow.from_account.in_(outside))) or 0
    return int(inside + came - went)
