"""Stock that all members of a programme share: counted under a lock, so the first commit wins."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db.pages import Verb, write
from app.db.scope import Scope
from app.db.tables import RedemptionRow, StockRow
from app.loyalty.books import RedemptionState


def taken(scope: Scope, reward: str) -> int:
    """Lock a reward's stock until the commit and return how many redemptions of it hold or have used theirs.

    What was given back is there again without anybody counting: it is no longer in that state. Members are locked
    before stocks. How often the stock was asked for stays recorded.
    """
    asked = {"programme_id": scope.programme_id, "reward": reward, "amount": 1}
    write(scope.session, StockRow, Verb.ADD, [asked])
    count = scope.session.scalar(
        select(func.count())
        .select_from(RedemptionRow)
        .where(
            RedemptionRow.programme_id == scope.programme_id,
            RedemptionRow.reward == reward,
            RedemptionRow.state != RedemptionState.GIVEN_BACK.value,
        )
    )
    return count or 0


def out(scope: Scope, rewards: Sequence[str]) -> dict[str, int]:
    """Return how many redemptions of each hold or have used a piece, for showing: without a lock."""
    if not rewards:
        return {}
    rows = scope.session.execute(
        select(RedemptionRow.reward, func.count())
        .where(
            RedemptionRow.programme_id == scope.programme_id,
            RedemptionRow.reward.in_(sorted(rewards)),
            RedemptionRow.state != RedemptionState.GIVEN_BACK.value,
        )
        .group_by(RedemptionRow.reward)
    )
    return dict(rows.all())
