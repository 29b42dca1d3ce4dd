"""Take an order in: under its member, in the place of what was known of it, telling whose friend or code it shows."""

from dataclasses import replace
from uuid import UUID

from app.actions.fact_page import DONE, NOBODY, OLDER, UNKNOWN, End, FactPage, Outcome
from app.loyalty.facts import Gone, Order, Traces
from app.loyalty.members.history import MemberOrder, MemberReferral
from app.loyalty.terms.filing import as_first_filed, filed_late, is_unfiled

NO_NEWS = "NO_NEWS"
"""The snapshot says what is known already; it is settled again all the same."""


def take_order(page: FactPage, order: Order) -> Outcome:
    """Take a snapshot in; strictly older ones are dropped, of equal ones the last delivered counts."""
    known = _known(page, order.id)
    member_id = _owner(page, known, order)
    if member_id is None:
        return NOBODY
    if order.test:
        return Outcome(End.IGNORED, "TEST_ORDER")
    if known is not None and known[1].updated_at > order.updated_at:
        return _take_filing(page, known, order)
    order = _completed(page, known[1] if known is not None else None, order)
    if known is not None and not order.cancel_dated and order.cancelled_at and known[1].cancelled_at:
        order = replace(order, cancelled_at=known[1].cancelled_at)
    entry = (page.shop, order.id)
    kept = MemberOrder(page.shop, _essence(order))
    if known is not None and known[0] != member_id:
        before = page.file(known[0])
        del before.orders[entry]
        if any(redemption.use and redemption.use.order == order.id for redemption in before.books.redemptions):
            before.elsewhere[entry] = kept
    if known is not None and known[0] == member_id and _essence(known[1]) == kept.order:
        _keep_traces(page, order, member_id)
        return Outcome(End.DONE, NO_NEWS)
    for file in page.sitting.files.values():
        if entry in file.elsewhere:
            file.elsewhere[entry] = kept
    page.file(member_id).orders[entry] = kept
    page.order_puts[order.id] = (member_id, order)
    _join_friend(page, order, member_id)
    return DONE


def _owner(page: FactPage, known: tuple[UUID, Order] | None, order: Order) -> UUID | None:
    """Return whose an order is.

    A shop that forgot the customer still tells of the order: it stays whose it was. So does the order of somebody who
    was erased: it never earns for anybody anew.
    """
    if known is not None and page.file(known[0]).row.erased_at is not None:
        return known[0]
    return page.member(order.customer) or (known[0] if known is not None else None)


def _essence(order: Order) -> Order:
    """Return of an order what is judged and compared: nobody's name, and nothing of the road it came by."""
    return replace(order, customer=None, cancel_dated=True, has_catalogue=False, traces=Traces(), place=None)


def _completed(page: FactPage, known: Order | None, order: Order) -> Order:
    """Return the order with what was known of it and it does not tell, and wish for what is still to be asked.

    What the goods are filed under is asked where the version of the order's time is about that.
    """
    order = as_first_filed(known, order)
    if is_unfiled(order) and page.is_about_labels(order.placed_at):
        page.unfiled.add(order.id)
    return order if order.credit_told else _ask_for_credit(page, known, order)


def _ask_for_credit(page: FactPage, known: Order | None, order: Order) -> Order:
    """Wish to know how much credit paid; until then it is what was known, or all, so that points can only be added."""
    page.half_told.add(order.id)
    if known is None or not known.credit_told or not known.credit_minor:
        return order
    return replace(order, credit_minor=known.credit_minor, credit_told=True)


def _take_filing(page: FactPage, known: tuple[UUID, Order], order: Order) -> Outcome:
    """An older snapshot is dropped, but what was read in the catalogue beside it is news all the same."""
    member_id, newest = known
    filed = filed_late(newest, order)
    if filed == newest:
        return OLDER
    page.file(member_id).orders[(page.shop, order.id)] = MemberOrder(page.shop, _essence(filed))
    page.order_puts[order.id] = (member_id, filed)
    return DONE


def _keep_traces(page: FactPage, order: Order, member_id: UUID) -> None:
    """A snapshot without news may be the first that tells the traces: another road to it leaves them out."""
    if page.sitting.programme.watches_referrals and order.traces != Traces():
        page.order_puts[order.id] = (member_id, order)


def take_gone_order(page: FactPage, gone: Gone) -> Outcome:
    """A vanished order counts as cancelled; its version stays, so that its return is seen."""
    known = _known(page, gone.id)
    if known is None:
        return UNKNOWN
    member_id, order = known
    order = replace(order, cancelled_at=order.cancelled_at or gone.at)
    page.file(member_id).orders[(page.shop, gone.id)] = MemberOrder(page.shop, order)
    page.order_puts[gone.id] = (member_id, order)
    return DONE


def _known(page: FactPage, order_id: str) -> tuple[UUID, Order] | None:
    """Return whose an order is so far and how it stands: in this page, else as stored."""
    if order_id in page.order_puts:
        return page.order_puts[order_id]
    row = page.found.orders.get(order_id)
    if row is None:
        return None
    # The row was read before the locks, and a guest's orders may have become an account's within this page.
    owners = [row.member_id, *page.found.guests.values(), *page.sitting.files]
    for member_id in owners:
        stored = page.file(member_id).orders.get((page.shop, order_id)) if member_id in page.sitting.files else None
        if stored is not None:
            return member_id, stored.order
    return None


def _join_friend(page: FactPage, order: Order, member_id: UUID) -> None:
    """An order with a friend's code tells who the friend is."""
    codes = {use.code.casefold() for use in order.codes}
    for claim in page.found.claims:
        its_code = claim.code.casefold() if claim.code else None
        if claim.friend_id is None and its_code in codes and claim.advocate_id != member_id:
            claim.friend_id = member_id
            file = page.file(member_id)
            file.referred[claim.referral_id] = MemberReferral(claim.referral_id, claim.at)
            file.advocates[claim.referral_id] = claim.advocate_id
