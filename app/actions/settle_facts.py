"""Settle a page of facts of one shop: find the members, lock them, take the facts in, post the differences."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.actions.fact_page import DONE, UNKNOWN, End, FactPage, Found, Outcome
from app.actions.goodwill_budget import one_at_a_time
from app.actions.link_accounts import link_accounts
from app.actions.merge_accounts import merge_accounts
from app.actions.open_case import open_for_reviews
from app.actions.sitting import Sitting
from app.actions.take_deed import take_birthday, take_event, take_gone_event
from app.actions.take_order import take_gone_order, take_order
from app.actions.take_person import take_referral, take_sign_up
from app.actions.take_review import match_waiting_reviews, take_gone_review, take_review
from app.db import evidence, facts, forgotten, listeners, members, outbox, programmes, redemptions, shops, traits
from app.db.listeners import Change, News
from app.db.scope import Scope
from app.db.traits import Told
from app.db.unit import OvertakenError
from app.loyalty.facts import Birthday, Customer, Event, Fact, Gone, Merger, Order, Referral, Review, SignUp, Thing


def settle_facts(
    scope: Scope, shop_id: UUID, reported: Sequence[Fact], heard: Sequence[datetime] = ()
) -> list[Outcome]:
    """Settle facts of one shop in the order given and return how each ended.

    ``heard`` is when each of them reached us; left out, now.

    One set of queries for the whole page. Facts that mean nothing or are refused are values in the answer, not
    exceptions; only the database raises.
    """
    spends = programmes.load(scope.session, scope.programme_id).has_budgets
    if spends:
        one_at_a_time(scope)
    found = _find(scope, shop_id, reported)
    page = FactPage(scope, shop_id, found, Sitting(scope, _concerned(scope, shop_id, found, reported), spends=spends))
    _look_again(page, reported)
    outcomes = [_take(page, fact) for fact in reported]
    match_waiting_reviews(page)
    traits.keep(scope, shop_id, _told(scope, reported))
    traced = page.sitting.programme.watched_traces
    facts.put_orders(scope, shop_id, list(page.order_puts.values()), traced=traced)
    facts.put_reviews(scope, shop_id, list(page.review_puts.values()))
    outbox.refetch(scope, shop_id, Thing.GOODS, page.unfiled)
    outbox.refetch(scope, shop_id, Thing.ORDER, page.half_told - page.unfiled)
    told = [(member_id, review) for member_id, _, review in page.review_puts.values()]
    open_for_reviews(scope, page.sitting.programme, shop_id, told, _reviews_heard(reported, heard))
    listeners.tell(scope, [News(Change.MEMBER_JOINED, each) for each in sorted(page.joined)])
    page.sitting.conclude()
    if page.proved:
        link_accounts(scope, shop_id, page.proved)
    merge_accounts(scope, shop_id, page.mergers)
    return outcomes


def _reviews_heard(reported: Sequence[Fact], heard: Sequence[datetime]) -> dict[str, datetime]:
    """Return when each review of a page was first heard of."""
    told = [(fact.id, at) for fact, at in zip(reported, heard, strict=False) if isinstance(fact, Review)]
    return dict(reversed(told))


def _take(page: FactPage, fact: Fact) -> Outcome:
    if isinstance(fact, Order):
        return take_order(page, fact)
    if isinstance(fact, Review):
        return take_review(page, fact)
    if isinstance(fact, Event):
        return take_event(page, fact)
    if isinstance(fact, Birthday):
        return take_birthday(page, fact)
    return _take_rare(page, fact)


def _take_rare(page: FactPage, fact: Fact) -> Outcome:
    if isinstance(fact, SignUp):
        return take_sign_up(page, fact)
    if isinstance(fact, Referral):
        return take_referral(page, fact)
    if isinstance(fact, Merger):
        page.mergers.append(fact)
        return DONE
    return _take_gone(page, fact) if isinstance(fact, Gone) else Outcome(End.IGNORED, "NOT_FOR_SETTLING")


def _take_gone(page: FactPage, gone: Gone) -> Outcome:
    if gone.thing is Thing.ORDER:
        return take_gone_order(page, gone)
    if gone.thing is Thing.EVENT:
        return take_gone_event(page, gone)
    return take_gone_review(page, gone) if gone.thing is Thing.REVIEW else UNKNOWN


def _told(scope: Scope, reported: Sequence[Fact]) -> dict[str, Told]:
    """Return where customers live and how they are tagged, as far as the page tells; of tags the last told count."""
    told: dict[str, Told] = {}
    for fact in reported:
        for customer in _customers(fact):
            key = members.identity_key(scope, customer)
            sent = fact.place if isinstance(fact, Order) and not fact.test else None
            if key is None or (customer.place is None and customer.tags is None and sent is None):
                continue
            one = told.setdefault(key, Told())
            one.own = customer.place or one.own
            one.tags = one.tags if customer.tags is None else customer.tags
            if isinstance(fact, Order) and sent is not None:
                one.sent.append((fact.placed_at, sent))
    return told


def _customers(fact: Fact) -> tuple[Customer, ...]:
    if isinstance(fact, Order):
        return (fact.customer,) if fact.customer is not None else ()
    if isinstance(fact, Review):
        return (fact.customer,) if fact.customer.id else ()
    if isinstance(fact, SignUp | Event | Birthday):
        return (fact.customer,)
    return (fact.advocate, fact.friend) if isinstance(fact, Referral) else ()


_NEVER = datetime.min.replace(tzinfo=UTC)


def _happened(fact: Fact) -> datetime:
    """Return when the customer did what a fact tells of; the beginning of time where it tells no time."""
    if isinstance(fact, Order):
        return fact.placed_at
    return fact.at if isinstance(fact, Review | SignUp | Event | Birthday | Referral) else _NEVER


def _find(scope: Scope, shop_id: UUID, reported: Sequence[Fact]) -> Found:
    """Read what the page needs before its members can be locked; new members are made here."""
    found = Found()
    named = {
        key: customer
        for fact in reported
        for customer in _customers(fact)
        if (key := members.identity_key(scope, customer)) is not None
    }
    found.people = members.find_or_make(scope, shop_id, _without_forgotten(scope, shop_id, named, reported))
    _find_guests(scope, shop_id, found, reported)
    if any(isinstance(fact, SignUp) for fact in reported):
        found.confirms_addresses = shops.get(scope.session, scope.programme_id, shop_id).confirms_addresses
    gone = [fact for fact in reported if isinstance(fact, Gone)]
    orders = [fact for fact in reported if isinstance(fact, Order)]
    found.order_ids = [order.id for order in orders] + [fact.id for fact in gone if fact.thing is Thing.ORDER]
    found.review_ids = [fact.id for fact in reported if isinstance(fact, Review)]
    found.review_ids += [fact.id for fact in gone if fact.thing is Thing.REVIEW]
    found.event_ids = [fact.id for fact in reported if isinstance(fact, Event)]
    found.event_ids += [fact.id for fact in gone if fact.thing is Thing.EVENT]
    found.codes = [use.code for order in orders for use in order.codes]
    _read_rows(scope, shop_id, found)
    return found


def _without_forgotten(
    scope: Scope, shop_id: UUID, named: Mapping[str, Customer], reported: Sequence[Fact]
) -> Mapping[str, Customer]:
    """Leave out customers who were erased and of whom the page tells nothing that happened since."""
    erased = forgotten.since(scope, shop_id, named)
    if not erased:
        return named
    news = {
        key
        for fact in reported
        for customer in _customers(fact)
        if (key := members.identity_key(scope, customer)) in erased and _happened(fact) > erased[key]
    }
    return {key: customer for key, customer in named.items() if key not in erased or key in news}


def _read_rows(scope: Scope, shop_id: UUID, found: Found) -> None:
    if found.order_ids:
        found.orders = facts.order_rows(scope, shop_id, found.order_ids)
    if found.review_ids:
        found.reviews = facts.review_rows(scope, shop_id, found.review_ids)
    if found.event_ids:
        found.events = facts.event_rows(scope, shop_id, found.event_ids)
    if found.codes:
        found.claims = facts.open_claims(scope, found.codes)


def _look_again(page: FactPage, reported: Sequence[Fact]) -> None:
    """Read under the locks what was read before them: another unit may have been quicker with an order of this page.

    Raises OvertakenError where that unit left points with members who are not locked here. SQLite has one writer.
    """
    scope, found = page.scope, page.found
    if scope.session.get_bind().dialect.name == "sqlite":
        return
    _read_rows(scope, page.shop_id, found)
    same = members.find(scope, page.shop_id, found.people) == found.people
    if not (same and _concerned(scope, page.shop_id, found, reported) <= page.sitting.files.keys()):
        raise OvertakenError


def _find_guests(scope: Scope, shop_id: UUID, found: Found, reported: Sequence[Fact]) -> None:
    """An account with a guest's address proves it: the guest's name leads to the account from now on.

    Only a guest is taken over. Where an address changed hands, the account that had it keeps all that is its own.
    """
    proofs = {
        f"guest:{scope.cipher.fingerprint(fact.customer.email)}": found.people[fact.customer.id or ""]
        for fact in reported
        if isinstance(fact, SignUp) and fact.customer.email and fact.customer.id in found.people
    }
    if not proofs:
        return
    known = members.find(scope, shop_id, proofs)
    for key, account in proofs.items():
        if key not in known:
            members.add_identity(scope, shop_id, key, account)
        elif known[key] != account:
            members.repoint(scope, shop_id, key, account)
            found.people[key] = account
    for guest in members.provisional(scope, known.values()):
        found.guests[guest] = next(proofs[key] for key, member_id in known.items() if member_id == guest)


def _concerned(scope: Scope, shop_id: UUID, found: Found, reported: Sequence[Fact]) -> set[UUID]:
    """Return every member whose points the page may move: all of them are locked at once, in the order of their ids."""
    wanted = set(found.people.values()) | set(found.guests)
    wanted |= {row.member_id for row in found.orders.values()} | {row.member_id for row in found.events.values()}
    wanted |= {row.member_id for row in found.reviews.values() if row.member_id is not None}
    wanted |= {claim.advocate_id for claim in found.claims}
    wanted |= redemptions.users_of(scope, shop_id, found.order_ids)
    for fact in reported:
        if isinstance(fact, Review) and not fact.customer.id and fact.customer.email:
            wanted |= set(members.with_email(scope, scope.cipher.fingerprint(fact.customer.email)))
    wanted |= _friends_to_weigh(scope, wanted, found, reported)
    return wanted | {row.advocate_id for row in facts.referrals_of(scope, wanted)}


def _friends_to_weigh(scope: Scope, wanted: set[UUID], found: Found, reported: Sequence[Fact]) -> set[UUID]:
    """Return friends whose referrals look different by what is told of those who brought them."""
    told = {
        found.people[key]: customer.email
        for fact in reported
        for customer in _customers(fact)
        if customer.email and (key := members.identity_key(scope, customer)) in found.people
    }
    traces = {trace for fact in reported if isinstance(fact, Order) for trace in facts.trace_hashes(scope, fact)}
    return evidence.friends_to_weigh(scope, wanted, told, traces) if told or traces else set()
