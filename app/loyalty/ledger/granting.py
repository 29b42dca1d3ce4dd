"""Points by request, not by fact: staff adjustments and imported lots."""

from datetime import datetime

from app.loyalty.errors import InsufficientPointsError
from app.loyalty.ledger.books import Books, draw, pay_debt
from app.loyalty.ledger.postings import Account, Address, Posting, Reason, Source
from app.loyalty.terms.programme import Programme


def adjust(books: Books, programme: Programme, request_id: str, amount: int, at: datetime) -> None:
    """Give (above zero) or take (below) points by staff's hand, at the home shop, released at once.

    Expiry by the version in force. Raises InsufficientPointsError when more would be taken than is available.
    """
    if amount == 0:
        return
    source = Source(f"adjust:{request_id}")
    if amount < 0:
        if books.available < -amount:
            raise InsufficientPointsError(books.available, -amount)
        parts = draw(books.drawable(Account.AVAILABLE), Account.AVAILABLE, -amount)
        postings = [
            Posting(Address(Account.AVAILABLE, part.lot), Address(Account.GRANTED), part.amount) for part in parts
        ]
        books.post(Reason.ADJUST, source, at, postings)
        return
    version = programme.version_at(at)
    home = programme.home
    expires_at = version.expires_at(at, at, home.zone) if version else None
    lot = books.open_lot(source, home.id, at, expires_at)
    posting = Posting(Address(Account.GRANTED), Address(Account.AVAILABLE, lot.id), amount)
    books.post(Reason.ADJUST, source, at, [posting], home.id)
    pay_debt(books, at)


def undo(books: Books, request_id: str, amount: int, at: datetime) -> int:
    """Take back ``amount`` that an adjustment gave: from its own lot, then from others; never into debt.

    Returns how much was there to take: what is spent, on hold or expired stays given.
    """
    source = Source(f"adjust:{request_id}")
    postings: list[Posting] = []
    left = amount
    for lots in (books.drawable(Account.AVAILABLE, source), books.drawable(Account.AVAILABLE, other_than=source)):
        parts = draw(lots, Account.AVAILABLE, left)
        postings += [
            Posting(Address(Account.AVAILABLE, part.lot), Address(Account.GRANTED), part.amount) for part in parts
        ]
        left -= sum(part.amount for part in parts)
    if postings:
        books.post(Reason.ADJUST, source, at, postings)
    return amount - left


def import_lot(
    books: Books,
    programme: Programme,
    request_id: str,
    amount: int,
    earned_at: datetime,
    expires_at: datetime | None,
    at: datetime,
) -> None:
    """Open a lot of points earned elsewhere at ``earned_at``.

    Without ``expires_at`` the present policy counts from then. Points of a day to come wait for it, as every lot does.
    """
    if amount == 0:
        return
    source = Source(f"import:{request_id}")
    version = programme.version_at(at)
    home = programme.home
    if expires_at is None and version is not None:
        expires_at = version.expires_at(earned_at, earned_at, home.zone)
    lot = books.open_lot(source, home.id, earned_at, expires_at)
    place = Account.PENDING if earned_at > at else Account.AVAILABLE
    posting = Posting(Address(Account.IMPORTED), Address(place, lot.id), amount)
    books.post(Reason.IMPORT, source, at, [posting], home.id)
    pay_debt(books, at)
