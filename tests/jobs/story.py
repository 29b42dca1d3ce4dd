"""A member with points who asked for a code, at a shop whose answers are scripted."""

from datetime import timedelta

from sqlalchemy import Engine, select

from app.db import shops
from app.db.tables import OutboxRow, ShopRow
from app.db.unit import reading, unit_of_work
from app.loyalty.terms.programme import Reward
from integrations.platform import PlatformError
from jobs import outbox as job
from jobs.works import Works
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.programmes import version
from tests.factories.works import Clock, CountingBell, works

TIMEOUT = PlatformError("TIMEOUT")
NEVER = PlatformError("INVALID_VALUE", permanent=True)


class Story:
    """A member with points, a redemption asked for, a platform with a script, and a clock."""

    def __init__(self, db: Engine, *, code_days: int | None = None) -> None:
        self.ours: House = house(db, version(rewards=[Reward("r", 30, code_days=code_days)]))
        self.ours.settle("2025-02-01T13", order(price="100.00"))
        self.platform, self.clock, self.bell = Scripted(), Clock(instant("2025-02-02")), CountingBell()
        self.jobs: Works = works(db, clock=self.clock, bell=self.bell, platforms={"neutral": self.platform})
        self.ours.redeem("2025-02-02", "ada", "k1", code="KZ-1")

    def drain(self) -> bool:
        return job.drain(self.jobs, self.ours.programme_id, self.ours.shop_id)

    def drain_until_quiet(self, tries: int = 20) -> None:
        for _ in range(tries):
            self.drain()
            self.clock.now += timedelta(minutes=20)

    def wishes(self, subject: str = "redemption:k1") -> list[OutboxRow]:
        with reading(self.ours.engine) as session:
            found = select(OutboxRow).where(
                OutboxRow.programme_id == self.ours.programme_id, OutboxRow.subject == subject
            )
            return list(session.scalars(found.order_by(OutboxRow.effect_id)))

    def shop(self) -> ShopRow:
        with reading(self.ours.engine) as session:
            return shops.get(session, self.ours.programme_id, self.ours.shop_id)

    def keep_token(self, token: str, ends: str | None = None) -> None:
        with unit_of_work(self.ours.engine) as session:
            shops.keep_credentials(
                session, CIPHER, (self.ours.programme_id, self.ours.shop_id), {"token": token},
                expires_at=instant(ends) if ends else None, refresh_expires_at=None, scopes=(),
            )  # fmt: skip
