"""A shop's owner removed the app: its door is forgotten at once, its ledger is kept."""

from uuid import UUID

from app.db import shops
from app.db.scope import Scope


def disconnect_shop(scope: Scope, shop_id: UUID, *, state: str = "disconnected") -> None:
    """Forget the shop's credentials and stop its jobs.

    ``state`` may be ``reauthorize`` where only the door is stuck.
    """
    row = shops.get(scope.session, scope.programme_id, shop_id)
    row.state, row.disconnected_at = state, scope.now
    if state == "disconnected":
        shops.drop_credentials(scope.session, scope.programme_id, shop_id)
