"""Setting a redemption on its way: the shop is asked for a code or money, or staff get a task."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert

from app.actions.sitting import Sitting
from app.db import outbox
from app.db.memberfiles import MemberFile
from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.tables import TaskRow
from app.loyalty.errors import UnknownRewardError
from app.loyalty.ledger.books import Redemption, Stage
from app.loyalty.terms.rewards import Service, Way, way

_WISHES = {Way.CODE: EffectKind.ISSUE_CODE, Way.CREDIT: EffectKind.GRANT_CREDIT}


def set_on_its_way(scope: Scope, sitting: Sitting, file: MemberFile, redemption: Redemption, shop_id: UUID) -> None:
    """Wish for what the shop has to do, or open a task. Raises UnknownRewardError."""
    reward = sitting.programme.version(redemption.version).picked(redemption.reward, redemption.option)
    if reward is None:
        raise UnknownRewardError
    file.issuing_shops[redemption.id] = shop_id
    wish = _WISHES.get(way(reward.gives))
    if wish is not None and redemption.stage is Stage.REQUESTED:
        outbox.put(scope, shop_id, wish, f"redemption:{redemption.id}", {"redemption": redemption.id})
    if isinstance(reward.gives, Service):
        due_at = scope.now + timedelta(days=reward.gives.days) if reward.gives.days is not None else None
        scope.session.execute(
            insert(TaskRow).values(
                programme_id=scope.programme_id,
                redemption_id=redemption.id,
                member_id=file.row.member_id,
                shop_id=shop_id,
                task=reward.gives.task,
                state="open",
                opened_at=scope.now,
                due_at=due_at,
            )
        )
