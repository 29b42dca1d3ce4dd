"""Several members judged at once: of budgets they share, whoever paid first takes first, whatever the members' ids."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from app.loyalty.judging.earning import Judgement, judge
from app.loyalty.ledger.postings import Source
from app.loyalty.members.budgets import Grants, Pot, Purse, Turn
from app.loyalty.members.history import History
from app.loyalty.terms.programme import Programme

_BEFORE_ALL: Final[Turn] = (datetime.min.replace(tzinfo=UTC), Source(""))


def judge_in_turn(
    histories: Sequence[History], programme: Programme, as_of: datetime, grants: Grants, spent: Mapping[Pot, int]
) -> tuple[list[Judgement], Grants]:
    """Judge members, who take from budgets; return each one's judgement and what is to be kept of the grants anew.

    ``grants`` are what their facts had before, ``spent`` what everybody's have of each budget. While there is enough
    for all, the order in which they are judged changes nothing. Where there is not, what was given back is counted
    first, and then everything that asks for more takes its turn, by the time of its payment.
    """
    purse = Purse(grants, dict(spent))
    judgements: list[Judgement] = []
    turns: list[tuple[Turn, int]] = []
    for number, history in enumerate(histories):
        before = set(purse.asked)
        judgements.append(judge(history, programme, as_of, purse))
        turns += [(turn, number) for turn in purse.asked - before]
    if not purse.cut_short or len(histories) == 1:
        return judgements, purse.changes()
    purse = Purse(grants, dict(spent), until=_BEFORE_ALL)
    for history in histories:
        judge(history, programme, as_of, purse)
    for turn, number in sorted(turns):
        purse.until = turn
        judge(histories[number], programme, as_of, purse)
    purse.until = None
    judgements = [judge(history, programme, as_of, purse) for history in histories]
    return judgements, purse.changes()
