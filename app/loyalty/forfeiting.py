"""What becomes of the books of somebody who was erased: nobody can spend what is left, so it ends."""

from datetime import datetime

from app.loyalty.ledger.books import Books, Redemption, RedemptionState, Stage
from app.loyalty.ledger.postings import Account, Address, Posting, Reason, Source
from app.loyalty.redeeming.redemptions import give_back
from app.loyalty.terms.programme import Programme
from app.loyalty.terms.rewards import Way, way

ERASURE = Source("erasure")


def forfeit(books: Books, programme: Programme, at: datetime) -> None:
    """Let everything pending and available expire, forgive debt, and have live codes disabled; a repeat posts nothing.

    What is held follows as soon as its code is known to be gone, or stays spent where it was used. To each source it is
    as if its points had expired: a later refund takes nothing back that is not there.
    """
    for redemption in books.redemptions:
        if redemption.state is RedemptionState.HELD:
            _end(books, redemption, programme, at)
    for lot in sorted(books.lots.values(), key=lambda lot: lot.id):
        postings = [
            Posting(Address(account, lot.id), Address(Account.EXPIRED), lot.amount(account))
            for account in (Account.PENDING, Account.AVAILABLE)
            if lot.amount(account)
        ]
        if postings:
            books.of(lot.source).expired += sum(posting.amount for posting in postings)
            books.post(Reason.ERASE, lot.source, at, postings, lot.shop)
    if books.debt:
        books.post(Reason.ERASE, ERASURE, at, [Posting(Address(Account.FORGIVEN), Address(Account.DEBT), books.debt)])


def _end(books: Books, redemption: Redemption, programme: Programme, at: datetime) -> None:
    """Ask for a live code's end; what nobody carries out any more gives its points back at once."""
    reward = programme.version(redemption.version).picked(redemption.reward, redemption.option)
    if redemption.stage in {Stage.CHOOSING, Stage.OPEN} or reward is None:
        give_back(books, redemption, programme, at, Stage.EXPIRED)
    elif way(reward.gives) is Way.CODE and redemption.stage is not Stage.RETURNING:
        redemption.stage = Stage.RETURNING
        books.to_disable.add(redemption.id)
