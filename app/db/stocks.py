"""Stock and budgets that all members of a programme share: counted under a lock, so the first commit wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, func, select

from app.db.pages import Verb, write
from app.db.scope import Scope
from app.db.tables import RedemptionRow, StockRow
from app.loyalty.ledger.books import RedemptionState
from app.loyalty.terms.programme import Reward


@dataclass(frozen=True, slots=True)
class Taken:
    """How many redemptions of a reward hold or have used theirs, and what they are worth together, in minor units."""

    pieces: int = 0
    worth_minor: int = 0


NOTHING: Final = Taken()


def taken(scope: Scope, reward: Reward) -> Taken:
    """Lock a reward's stock and budget until the commit and return what is taken of them.

    What was given back is there again without anybody counting: it is no longer in that state. Members are locked
    before stocks. How often the stock was asked for stays recorded.
    """
    asked = {"programme_id": scope.programme_id, "reward": reward.id, "amount": 1}
    write(scope.session, StockRow, Verb.ADD, [asked])
    return out(scope, [reward]).get(reward.id, NOTHING)


def out(scope: Scope, rewards: Sequence[Reward]) -> dict[str, Taken]:
    """Return what is taken of each reward, without a lock. A percentage is worth its maximum."""
    if not rewards:
        return {}
    worth = case({reward.id: reward.maximum_minor or 0 for reward in rewards}, value=RedemptionRow.reward, else_=0)
    rows = scope.session.execute(
        select(RedemptionRow.reward, func.count(), func.sum(func.coalesce(RedemptionRow.value_minor, worth)))
        .where(
            RedemptionRow.programme_id == scope.programme_id,
            RedemptionRow.reward.in_(sorted(reward.id for reward in rewards)),
            RedemptionRow.state != RedemptionState.GIVEN_BACK.value,
        )
        .group_by(RedemptionRow.reward)
    )
    return {reward: Taken(count, int(total or 0)) for reward, count, total in rows}
