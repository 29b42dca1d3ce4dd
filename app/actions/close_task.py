"""Staff finish a task, or cancel it: then the points come back."""

from sqlalchemy import select, update

from app.actions.sitting import Sitting
from app.db import deeds
from app.db.scope import Scope
from app.db.tables import TaskRow
from app.loyalty.errors import AlreadyClosedError, UnknownRedemptionError
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.redeeming.redemptions import complete, give_back


def close_task(scope: Scope, redemption_id: str, *, done: bool, actor: str, note: str = "") -> None:
    """Close the task of a redemption: done spends its points, cancelled gives them back; the deed is kept.

    Raises UnknownRedemptionError where there is no such task, AlreadyClosedError where it was closed otherwise before;
    the same once more is nothing.
    """
    named = (TaskRow.programme_id == scope.programme_id, TaskRow.redemption_id == redemption_id)
    member_id = scope.session.scalar(select(TaskRow.member_id).where(*named))
    if member_id is None:
        raise UnknownRedemptionError
    sitting = Sitting(scope, [member_id])
    state = scope.session.scalars(select(TaskRow.state).where(*named)).one()
    wanted = "done" if done else "cancelled"
    if state != "open":
        sitting.conclude()
        if state != wanted:
            raise AlreadyClosedError
        return
    books = sitting.files[member_id].books
    redemption = next(one for one in books.redemptions if one.id == redemption_id)
    if redemption.state is RedemptionState.HELD and done:
        complete(books, redemption, scope.now)
    elif redemption.state is RedemptionState.HELD:
        give_back(books, redemption, sitting.programme, scope.now, Stage.RETURNED)
    scope.session.execute(
        update(TaskRow).where(*named).values(state=wanted, closed_at=scope.now, closed_by=actor, note=note or None)
    )
    deeds.record(
        scope, actor=actor, what="close_task", subject=f"redemption:{redemption_id}", why=note, detail={"state": wanted}
    )
    sitting.conclude()
