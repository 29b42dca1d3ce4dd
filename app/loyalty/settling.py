"""Settling: compare what every source deserves with what it got, post the difference; and let time pass."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.loyalty.judging.dues import Due
from app.loyalty.judging.earning import Judgement, judge
from app.loyalty.judging.yearly import has_yearly, next_yearly
from app.loyalty.ledger.books import NEVER, Books, Forgiven, Part, RedemptionState, Stage, draw, pay_debt
from app.loyalty.ledger.postings import Account, Address, Posting, Reason, Source
from app.loyalty.members.history import History
from app.loyalty.redeeming.redemptions import give_back, settle_redemptions
from app.loyalty.terms.programme import Clawback, Programme

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def settle(books: Books, history: History, programme: Programme, judgement: Judgement, at: datetime) -> None:
    """Post what is missing: redemptions in the order of their requests, sources by (moment, source), then debt.

    A repeat posts nothing (cases FORMAT section 7).
    """
    settle_redemptions(books, history.orders, history.elsewhere, programme, at)
    targets: list[tuple[datetime, Source]] = []
    for source, due in judgement.dues.items():
        given = books.given.get(source)
        if due.amount or given is not None:
            known = given.moment if given is not None else None
            targets.append((due.moment if due.amount or known is None else known, source))
    for source, given in books.given.items():
        if source not in judgement.dues and given.posted:
            targets.append((given.moment or at, source))
    for _, source in sorted(targets):
        _settle_source(books, source, judgement.dues.get(source), programme, at)
    pay_debt(books, at)


def _settle_source(books: Books, source: Source, due: Due | None, programme: Programme, at: datetime) -> None:
    given = books.of(source)
    amount = due.amount if due else 0
    if due is not None and due.amount:
        given.moment = due.moment
    if due is not None and amount > given.posted:
        given.version = due.version.number if due.version else None
        _award(books, due, amount - given.posted, programme, at)
    elif amount < given.posted:
        back = max(0, given.posted - given.expired - amount)
        if back:
            clamp = given.version is not None and programme.version(given.version).clawback is Clawback.CLAMP
            _take_back(books, source, back, at, clamp=clamp)


def _award(books: Books, due: Due, amount: int, programme: Programme, at: datetime) -> None:
    given = books.of(due.source)
    given.posted += amount
    postings = []
    again = min(amount, given.forgiven_total)
    if again:
        postings.append(Posting(Address(Account.DEBT), Address(Account.FORGIVEN), again))
        postings.append(Posting(Address(Account.ISSUED), Address(Account.DEBT), again))
        given.unforgive(again)
    paid = min(amount - again, books.debt)
    if paid:
        postings.append(Posting(Address(Account.ISSUED), Address(Account.DEBT), paid))
    rest = amount - again - paid
    if rest and due.version is not None:
        release_at = due.version.release_at(due.moment) if due.waits else due.moment
        expires_at = due.version.expires_at(due.moment, release_at, programme.shop(due.shop).zone)
        lot = books.open_lot(due.source, due.shop, release_at, expires_at)
        postings.append(Posting(Address(Account.ISSUED), Address(Account.PENDING, lot.id), rest))
    books.post(Reason.AWARD, due.source, at, postings, due.shop)


def _take_back(books: Books, source: Source, amount: int, at: datetime, *, clamp: bool) -> None:
    """Take back from the source's pending and available lots, then other available lots.

    Then debt (forgiven by clamp).
    """
    given = books.of(source)
    given.posted -= amount
    postings: list[Posting] = []
    for account, own in ((Account.PENDING, True), (Account.AVAILABLE, True), (Account.AVAILABLE, False)):
        lots = books.drawable(account, source) if own else books.drawable(account, other_than=source)
        parts: list[Part] = draw(lots, account, amount)
        postings += [Posting(Address(account, part.lot), Address(Account.ISSUED), part.amount) for part in parts]
        amount -= sum(part.amount for part in parts)
    if amount:
        postings.append(Posting(Address(Account.DEBT), Address(Account.ISSUED), amount))
        if clamp:
            postings.append(Posting(Address(Account.FORGIVEN), Address(Account.DEBT), amount))
            given.forgiven.append(Forgiven(books.number + len(postings), amount, at))
    books.post(Reason.TAKE_BACK, source, at, postings)


def _release(books: Books, at: datetime) -> None:
    if books.provisional:
        return
    for lot in sorted(books.drawable(Account.PENDING), key=lambda lot: lot.id):
        if lot.release_at <= at:
            posting = Posting(Address(Account.PENDING, lot.id), Address(Account.AVAILABLE, lot.id), lot.pending)
            books.post(Reason.RELEASE, lot.source, at, [posting], lot.shop)
    pay_debt(books, at)


def _run_out(books: Books, programme: Programme, at: datetime) -> None:
    for redemption in books.redemptions:
        if redemption.state is RedemptionState.HELD and redemption.ends_at is not None and redemption.ends_at <= at:
            if redemption.stage is not Stage.CHOOSING:
                books.to_disable.add(redemption.id)
            give_back(books, redemption, programme, at, Stage.EXPIRED)


def _expire(books: Books, at: datetime) -> None:
    for lot in books.drawable(Account.AVAILABLE):
        if lot.expires_at is not None and lot.expires_at <= at:
            books.of(lot.source).expired += lot.available
            posting = Posting(Address(Account.AVAILABLE, lot.id), Address(Account.EXPIRED), lot.available)
            books.post(Reason.EXPIRE, lot.source, at, [posting], lot.shop)


def next_instant(books: Books, programme: Programme) -> datetime:
    """Return the next instant at which something falls due by the books or the calendar; far future for nothing."""
    instants = [NEVER]
    for lot in books.lots.values():
        if lot.pending and not books.provisional:
            instants.append(lot.release_at)
        if lot.available and lot.expires_at is not None:
            instants.append(lot.expires_at)
    instants += [
        redemption.ends_at
        for redemption in books.redemptions
        if redemption.state is RedemptionState.HELD and redemption.ends_at is not None
    ]
    passed = books.passed_until or _BEGINNING
    instants += [version.starts_at for version in programme.versions if version.starts_at > passed]
    return min(instants)


def pass_time(books: Books, programme: Programme, until: datetime, history: Callable[[], History]) -> None:
    """Do everything due at or before ``until``, in order of time (cases FORMAT section 2).

    At one instant: releases, then codes running out, then expiries, then what falls due by the calendar.
    ``history`` is asked only where the calendar makes judging necessary. A new member's time begins at the first call.
    """
    if books.passed_until is None:
        books.passed_until = until
    yearly = has_yearly(programme)
    while True:
        passed = books.passed_until
        date = next_yearly(history(), programme, passed) if yearly else None
        instant = min(next_instant(books, programme), date or NEVER)
        if instant > until:
            break
        _release(books, instant)
        _run_out(books, programme, instant)
        _expire(books, instant)
        if instant == date or any(passed < version.starts_at <= instant for version in programme.versions):
            books.passed_until = instant
            facts = history()
            settle(books, facts, programme, judge(facts, programme, instant), instant)
    books.passed_until = max(until, books.passed_until)
