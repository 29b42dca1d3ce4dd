"""What the ledger says of a shopper: read straight from the database, as nobody but a test does."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.db import members, shops
from app.db.portrait import Portrait, portrait
from app.db.scope import Scope
from app.db.unit import reading
from tests.sandbox.records import Customer, Order
from tests.walk.people import Store
from tests.walk.running import Town


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a shopper's points lie."""

    available: int
    pending: int = 0
    held: int = 0
    owed: int = 0


class Books:
    """The ledger of one store's programme, and the store's own records beside it."""

    def __init__(self, town: Town, store: Store) -> None:
        self._works = town.works
        self._store = store

    def customer(self, email: str) -> Customer:
        """An account of the store's."""
        found = self._store.store.customer_by_email(email)
        assert found is not None, email
        return found

    def order(self, email: str) -> Order:
        """The newest order that came from an address."""
        return max((o for o in self._store.store.orders.values() if o.email == email), key=lambda order: order.id)

    def portrait(self, email: str) -> Portrait:
        """Everything about the member behind an account."""
        shop = self._store.store.shop
        with reading(self._works.engine) as session:
            place = shops.find(session, shop.platform, shop.domain)
            assert place is not None
            scope = Scope(session, place.programme_id, self._works.clock(), self._works.cipher)
            customer = str(self.customer(email).id)
            found = portrait(scope, members.find(scope, place.shop_id, [customer])[customer])
            assert found is not None
            return found

    def balance(self, email: str) -> Balance:
        """Where the points of an account lie."""
        found = self.portrait(email)
        return Balance(found.available, found.pending, found.held, found.owed)

    def stages(self, email: str) -> list[str]:
        """How far each redemption of an account has come, the newest first."""
        return [row.stage for row in self.portrait(email).codes]

    def here(self, at: datetime) -> datetime:
        """An instant in the store's zone."""
        return at.astimezone(ZoneInfo(self._store.store.shop.zone))
