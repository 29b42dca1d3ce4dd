"""A shop, its shopper, its merchant and all of Kizuna in one process, on a clock that the story sets."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from redis import Redis
from rq import Queue
from sqlalchemy import Engine, func, select

from app.db import shops
from app.db.audit import Breach
from app.db.tables import (
    DirectoryRow,
    InboxBodyRow,
    InboxRow,
    MemberRow,
    OutboxRow,
    PostingRow,
    PrivacyRow,
    RedemptionRow,
    ShopRow,
    TransactionRow,
)
from app.db.tables.ledger import OF_ITS_TRANSACTION
from app.db.unit import unit_of_work
from app.factory import create_app
from app.loyalty.terms.programme import Reward
from app.settings import read
from integrations.neutral.verify import sign
from integrations.platform import (
    Changes,
    Connected,
    Credentials,
    Delivery,
    Redirect,
    Refused,
    Request,
    ShopProfile,
    Translation,
)
from jobs import inbox, members, outbox
from jobs import queue as rq
from jobs.audit import audit
from jobs.sweep import sweep
from jobs.works import Works
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.programmes import version
from tests.factories.works import Clock, CountingBell
from tests.sandbox.woocommerce.plugin import shopper_token

WEBHOOK_SECRET, SHOPPER_SECRET = "a1" * 32, "b2" * 32
ADA = "7"
STUMBLING_BLOCK = "bad"
ROUNDS = 14
"""More than a delivery that fails is tried before it is put aside."""


@dataclass
class Store(Scripted):
    """A store under the name of a platform that has a storefront: it can be connected, and some bodies trip us up."""

    name: str = "woocommerce"
    page: list[Delivery] = field(default_factory=list)
    subscribed: int = 0

    def begin(self, request: Request, *, state: str, now: datetime) -> Redirect | Refused:
        del now
        return Redirect(f"https://store.example/consent?state={state}", state, request.one("store") or "")

    def answered_state(self, request: Request) -> str | None:
        return request.one("state")

    def finish(self, request: Request, *, domain: str, now: datetime) -> Connected | Refused:
        del request, now
        opens = {"webhook_secret": WEBHOOK_SECRET, "shopper_secret": SHOPPER_SECRET}
        return Connected(Credentials(domain, opens, None, None, ()), ShopProfile(domain, domain, "EUR", "UTC"))

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        del credentials, address
        self.subscribed += 1
        return ()

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        del since, cursor, credentials
        return Changes(self.page, None)

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        if json.loads(body).get("id") == STUMBLING_BLOCK:
            raise ZeroDivisionError
        return super().translate(topic, body, shop)


class World:
    """One programme of one store, reached over HTTP by the store, its shopper Ada and its merchant."""

    def __init__(self, db: Engine, folder: Path, *, pending_days: int = 0, redis_url: str | None = None) -> None:
        terms = version(rewards=[Reward("r", 30)], pending_days=pending_days)
        self.ours: House = house(db, terms, platform="woocommerce")
        self.key: tuple[UUID, UUID] = (self.ours.programme_id, self.ours.shop_id)
        self.store, self.clock, self.bell = Store(), Clock(instant("2025-02-01")), CountingBell()
        self.redis_url = redis_url
        self.queued: set[str] = set()
        self.domain = f"{uuid4().hex}.example"
        bell = rq.RedisBell(redis_url) if redis_url else self.bell
        stores = {"woocommerce": self.store}
        self.works = Works(db, CIPHER, stores, {}, self.clock, bell, "https://kizuna.example")
        self.keep_token()
        settings = read({"KIZUNA_ENV": "test", "KIZUNA_DATA": str(folder), "KIZUNA_BASE_URL": self.works.address})
        app = create_app(settings, self.works)
        self.client: FlaskClient = app.test_client(use_cookies=True)

    def keep_token(self, token: str = "old", ends: datetime | None = None) -> None:
        """Let the store's door be opened with this token."""
        opens = {"webhook_secret": WEBHOOK_SECRET, "shopper_secret": SHOPPER_SECRET, "token": token}
        with unit_of_work(self.ours.engine) as session:
            shops.keep_credentials(
                session, CIPHER, self.key, opens, expires_at=ends, refresh_expires_at=None, scopes=()
            )

    # -- what others do --------------------------------------------------------------------------------------------

    def deliver(self, body: bytes, topic: str = "order") -> None:
        """The store sends a webhook; without a 2xx it would send it again."""
        headers = {"X-Kizuna-Topic": topic, "X-Kizuna-Signature": sign(body, WEBHOOK_SECRET)}
        answer = self.client.post(f"/webhooks/woocommerce?shop={self.key[1]}", data=body, headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)

    def ask(self, path: str, body: object) -> dict[str, dict[str, str]]:
        """Ada's browser asks the storefront; without an answer it would ask again with the same key."""
        until = int(self.clock.now.timestamp()) + 300
        token = shopper_token(SHOPPER_SECRET, str(self.key[1]), ADA, "", until)
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.client.post(f"/storefront/api/{path}", json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.get_data(as_text=True)
        said: dict[str, dict[str, str]] = answer.get_json()
        return said

    def connect(self) -> None:
        """A merchant connects another store of this kind; left without a word she would begin again."""
        begun = self.client.get(f"/connect/woocommerce/begin?store={self.domain}")
        state = begun.headers["Location"].partition("?state=")[2]
        assert self.client.get(f"/connect/woocommerce/finish?state={state}").status_code == 200

    # -- what goes on by itself ------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Let time pass and do what the sweep rings for, until nothing of ours waits any more."""
        programmes = {self.key[0], *self._connected()}
        for _ in range(ROUNDS):
            self.clock.now += timedelta(minutes=65)
            self.bell.rings.clear()
            sweep(replace(self.works, bell=self.bell))
            rung = [ring for ring in self.bell.rings if ring[1] in programmes]
            if not rung:
                return
            for ring in rung:
                while drain(replace(self.works, bell=self.bell), *ring):
                    pass
        raise AssertionError("something waits for ever")

    def do_what_is_queued(self) -> None:
        """Take every job out of the queue and do it, as a worker would."""
        rq.install(self.works)
        for name in rq.NAMES:
            for job in self.queue(name).get_jobs():
                self.queue(name).remove(job)
                rq.perform(*job.args)

    def queue(self, name: str) -> Queue:
        """Return a queue of the real Redis."""
        assert self.redis_url is not None
        return Queue(name, connection=Redis.from_url(self.redis_url), serializer="json")

    # -- what came of it -------------------------------------------------------------------------------------------

    def _connected(self) -> list[UUID]:
        with self.ours.reading() as scope:
            found = select(DirectoryRow.programme_id).where(DirectoryRow.domain == self.domain)
            return list(scope.session.scalars(found))

    def story(self) -> dict[str, object]:
        """Return everything that must be the same whether or not somebody died on the way; no instants, no ids."""
        ours = self.key[0]
        with self.ours.reading() as scope:
            moved = scope.session.execute(
                select(
                    TransactionRow.reason,
                    PostingRow.from_account,
                    PostingRow.to_account,
                    func.sum(PostingRow.amount),
                    func.count(),
                )
                .join(PostingRow, OF_ITS_TRANSACTION)
                .where(TransactionRow.programme_id == ours)
                .group_by(TransactionRow.reason, PostingRow.from_account, PostingRow.to_account)
            ).all()
            letters = scope.session.execute(
                select(InboxRow.topic, InboxRow.state).where(InboxRow.programme_id == ours)
            ).all()
            bodies = scope.session.scalar(
                select(func.count()).select_from(InboxBodyRow).where(InboxBodyRow.programme_id == ours)
            )
            wishes = scope.session.execute(
                select(OutboxRow.kind, OutboxRow.state).where(OutboxRow.programme_id == ours).distinct()
            ).all()
            duties = scope.session.execute(
                select(PrivacyRow.duty, PrivacyRow.state).where(PrivacyRow.programme_id == ours)
            ).all()
            known = scope.session.scalar(
                select(func.count()).where(MemberRow.programme_id == ours, MemberRow.erased_at.is_(None))
            )
            codes = scope.session.scalars(select(RedemptionRow.stage).where(RedemptionRow.programme_id == ours)).all()
            found = scope.session.scalars(select(ShopRow.state).where(ShopRow.domain == self.domain)).all()
        return {
            "moved": sorted((str(reason), *map(str, rest)) for reason, *rest in moved),
            "letters": Counter(map(tuple, letters)),
            "bodies": bodies,
            "wishes": sorted(map(tuple, wishes)),
            "redemptions": Counter(codes),
            "codes at the store": Counter(self.store.codes.values()),
            "stores connected": Counter(found),
            "jobs queued": self.queued,
            "duties": Counter(map(tuple, duties)),
            "members known": known,
        }

    def breaches(self) -> list[Breach]:
        """Return what the auditor finds: balances against postings, and everybody settled again."""
        return list(audit(self.works, self.key[0]))


def drain(works: Works, queue: str, programme_id: UUID, shop_id: UUID) -> bool:
    """Do one page of what a ring asks for. True where there may be more."""
    if queue == "members":
        return members.tend(works, programme_id)
    if queue == "inbox":
        return inbox.drain(works, programme_id, shop_id)
    return outbox.drain(works, programme_id, shop_id)
