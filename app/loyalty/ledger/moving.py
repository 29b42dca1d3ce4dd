"""Moving what lies in one programme's book of a member into another programme's: only what is left, with its dates.

The history stays where it was made. What leaves goes through the account ``moved``, what arrives comes from it.
"""

from datetime import datetime

from app.loyalty.ledger.books import Books, pay_debt
from app.loyalty.ledger.merging import Passage
from app.loyalty.ledger.postings import Account, Address, Reason, Source


def move(origin: Books, goal: Books, name: Source, at: datetime) -> int:
    """Move points on their way, points that can be spent, and debt; return what arrived, less what is owed.

    Each lot gets its like with the same source, shop and dates. Points on hold stay, with their rewards. A person with
    points in one book and debt in the other pays at once.
    """
    passage, moved = Passage(origin, goal), -origin.debt
    for lot in sorted(origin.lots.values(), key=lambda lot: lot.id):
        for account in (Account.PENDING, Account.AVAILABLE):
            if amount := lot.amount(account):
                passage.lot(name, lot.id, account, amount)
                moved += amount
    if origin.debt:
        passage.carry(name, Address(Account.DEBT), Address(Account.DEBT), -origin.debt)
    passage.post(Reason.MOVE, at)
    pay_debt(goal, at)
    return moved
