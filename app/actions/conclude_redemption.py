"""What becomes of a redemption after it was asked for: its code is live, it is to be returned, or its code is gone."""

from uuid import UUID

from app.actions.sitting import Sitting
from app.db import outbox, redemptions
from app.db.scope import Scope
from app.db.unit import OvertakenError
from app.loyalty.errors import AlreadyUsedError, UnknownRedemptionError
from app.loyalty.ledger.books import Redemption, RedemptionState, Stage
from app.loyalty.redeeming.redemptions import complete, give_back


def _sit(scope: Scope, redemption_id: str, member_id: UUID | None) -> tuple[Sitting, Redemption]:
    row = redemptions.get(scope, redemption_id)
    if row is None or (member_id is not None and row.member_id != member_id):
        raise UnknownRedemptionError
    sitting = Sitting(scope, [row.member_id])
    for redemption in sitting.files[row.member_id].books.redemptions:
        if redemption.id == redemption_id:
            return sitting, redemption
    # It was carried into another member's books before these were locked.
    raise OvertakenError


def _owner(sitting: Sitting, redemption: Redemption) -> UUID:
    return next(member_id for member_id, file in sitting.files.items() if redemption in file.books.redemptions)


def end_redemption(scope: Scope, redemption_id: str, stage: Stage, *, member_id: UUID | None = None) -> None:
    """Ask for a redemption's end (returned by the shopper, or failed): the code is disabled first, then points return.

    Where the points are back already nothing more happens. ``member_id`` limits it to that member's own.
    Raises UnknownRedemptionError, AlreadyUsedError.
    """
    sitting, redemption = _sit(scope, redemption_id, member_id)
    if redemption.state is RedemptionState.REDEEMED:
        raise AlreadyUsedError
    if redemption.state is RedemptionState.HELD and redemption.stage is Stage.CHOOSING:
        give_back(sitting.files[_owner(sitting, redemption)].books, redemption, sitting.programme, scope.now, stage)
    elif redemption.state is RedemptionState.HELD:
        redemption.stage = Stage.RETURNING
        file = next(file for file in sitting.files.values() if redemption in file.books.redemptions)
        outbox.put_once(
            scope,
            file.issuing_shops[redemption.id],
            outbox.EffectKind.DISABLE_CODE,
            {f"redemption:{redemption.id}": {"redemption": redemption.id, "stage": stage.value}},
        )
    sitting.conclude()


def code_is_live(scope: Scope, redemption_id: str, external_id: str | None) -> None:
    """Record that the shop made the code. Raises UnknownRedemptionError."""
    sitting, redemption = _sit(scope, redemption_id, None)
    if redemption.stage is Stage.REQUESTED:
        redemption.stage = Stage.ISSUED
    redemption.external_id = external_id or redemption.external_id
    sitting.conclude()


def credit_is_given(scope: Scope, redemption_id: str, external_id: str | None) -> None:
    """Record that the platform holds the money: no order will use anything, so the points are spent now.

    Raises UnknownRedemptionError.
    """
    sitting, redemption = _sit(scope, redemption_id, None)
    redemption.external_id = external_id or redemption.external_id
    if redemption.state is RedemptionState.HELD:
        books = sitting.files[_owner(sitting, redemption)].books
        complete(books, redemption, scope.now)
    sitting.conclude()


def credit_is_refused(scope: Scope, redemption_id: str) -> None:
    """Record that the platform will never give the money: the points return. Raises UnknownRedemptionError."""
    sitting, redemption = _sit(scope, redemption_id, None)
    if redemption.state is RedemptionState.HELD:
        books = sitting.files[_owner(sitting, redemption)].books
        give_back(books, redemption, sitting.programme, scope.now, Stage.FAILED)
    sitting.conclude()


def code_is_gone(scope: Scope, redemption_id: str, stage: Stage) -> None:
    """Record that nobody can use the code any more: held points return; a cancelled order's points follow by settling.

    Raises UnknownRedemptionError.
    """
    sitting, redemption = _sit(scope, redemption_id, None)
    redemption.code_gone = True
    if redemption.state is RedemptionState.HELD:
        books = sitting.files[_owner(sitting, redemption)].books
        give_back(books, redemption, sitting.programme, scope.now, stage)
    sitting.conclude()


def code_stays(scope: Scope, redemption_id: str) -> None:
    """Record that the shop will not disable a code: one that was made is the member's again and can still be used.

    Of a code nobody knows to be made the points wait on: it is shown to nobody, and tried again every day.
    """
    row = redemptions.get(scope, redemption_id)
    # Only what is on its way back is taken up: settling any other code would wish anew for what was just given up.
    if row is None or row.state != RedemptionState.HELD or row.stage != Stage.RETURNING or row.external_id is None:
        return
    sitting, redemption = _sit(scope, redemption_id, None)
    if redemption.state is RedemptionState.HELD and redemption.stage is Stage.RETURNING:
        redemption.stage = Stage.ISSUED
    sitting.conclude()


def try_to_disable_again(scope: Scope) -> int:
    """Wish again for codes to be disabled that were given up while points wait for it. Returns how many."""
    return outbox.revive(scope, outbox.EffectKind.DISABLE_CODE, redemptions.returning_subjects(scope))
