"""The birthday a member told, and whether it was celebrated yet."""

from uuid import UUID

from sqlalchemy import exists, select

from app.db.scope import Scope
from app.db.tables import BirthdayRow, SettlementRow


def birthday_of(scope: Scope, member_id: UUID) -> tuple[int, int] | None:
    """Return the month and day that were told last, None where none was."""
    told = scope.session.execute(
        select(BirthdayRow.month, BirthdayRow.day)
        .where(BirthdayRow.programme_id == scope.programme_id, BirthdayRow.member_id == member_id)
        .order_by(BirthdayRow.told_at.desc())
        .limit(1)
    ).first()
    return (told.month, told.day) if told is not None else None


def was_celebrated(scope: Scope, member_id: UUID) -> bool:
    """Say whether a birthday of the member earned anything: from then on the date stays."""
    return bool(
        scope.session.scalar(
            select(
                exists().where(
                    SettlementRow.programme_id == scope.programme_id,
                    SettlementRow.member_id == member_id,
                    SettlementRow.source.startswith("birthday:"),
                    SettlementRow.posted > 0,
                )
            )
        )
    )
