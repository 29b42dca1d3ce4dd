"""The inbox keeps every delivery once, hands it to one worker at a time, and forgets none."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from app.db import inbox
from app.db.cipher import Cipher
from app.db.inbox import ATTEMPTS_MAX, Accepted, Arrival, Road, State
from app.db.tables import InboxBodyRow, InboxRow
from app.db.unit import make_engine, unit_of_work
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant

NOW = instant("2025-02-01")


def arrive(
    ours: House,
    key: str = "d1",
    body: bytes = b"{}",
    *,
    versioned: bool = False,
    topic: str = "order",
    shop: UUID | None = None,
) -> Accepted:
    with unit_of_work(ours.engine) as session:
        arrival = Arrival("neutral", topic, key, body, versioned=versioned)
        return inbox.accept(session, CIPHER, ours.programme_id, shop or ours.shop_id, arrival, NOW)


def rows(ours: House) -> list[InboxRow]:
    with ours.reading() as scope:
        found = select(InboxRow).where(InboxRow.programme_id == ours.programme_id).order_by(InboxRow.inbox_id)
        return list(scope.session.scalars(found))


def claimed(ours: House, limit: int = 10, now: str = "2025-02-01") -> list[str]:
    with ours.unit(now) as scope:
        letters = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=scope.now, limit=limit)
        return [letter.row.key for letter in letters]


def finish(ours: House, state: State) -> None:
    with ours.unit("2025-02-01") as scope:
        letters = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=NOW, limit=10)
        inbox.finish([letter.row for letter in letters], state, NOW)


def test_a_delivery_is_new_once_and_its_repeats_are_counted(db: Engine) -> None:
    ours = house(db)
    assert arrive(ours, versioned=True) is Accepted.NEW
    assert [arrive(ours, versioned=True) for _ in range(3)] == [Accepted.NOISE] * 3
    [row] = rows(ours)
    assert (row.seen, row.state, row.received_at) == (4, "waiting", NOW)


def test_keys_are_those_of_one_shop_and_topic(db: Engine) -> None:
    ours = house(db, zones={"s1": "UTC", "s2": "UTC"})
    assert arrive(ours) is Accepted.NEW
    assert arrive(ours, topic="review") is Accepted.NEW
    assert arrive(ours, shop=ours.shop_ids["s2"]) is Accepted.NEW
    assert arrive(house(db)) is Accepted.NEW


@pytest.mark.parametrize(
    ("versioned", "state", "after"),
    (
        (True, State.DONE, "done"),
        (False, State.DONE, "waiting"),
        (False, State.IGNORED, "waiting"),
        (False, State.QUARANTINED, "quarantined"),
        (False, State.REFUSED, "refused"),
    ),
)
def test_a_repeat_without_a_version_makes_a_finished_delivery_wait_again(
    db: Engine,
    versioned: bool,  # noqa: FBT001 - a column of the table
    state: State,
    after: str,
) -> None:
    ours = house(db)
    arrive(ours, versioned=versioned)
    finish(ours, state)
    assert bool(arrive(ours, versioned=versioned)) is not versioned
    assert [(row.state, row.seen) for row in rows(ours)] == [(after, 2)]


def test_the_oldest_are_claimed_first_with_their_bodies_opened(db: Engine) -> None:
    ours = house(db)
    for number in range(5):
        arrive(ours, f"d{number}", b"body %d" % number)
    with ours.unit("2025-02-01") as scope:
        letters = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=NOW, limit=3)
        assert [(letter.row.key, letter.body) for letter in letters] == [
            ("d0", b"body 0"), ("d1", b"body 1"), ("d2", b"body 2"),
        ]  # fmt: skip


def test_what_a_worker_holds_no_other_worker_is_given(postgres_engine: Engine) -> None:
    ours = house(postgres_engine)
    for number in range(4):
        arrive(ours, f"d{number}")
    other = House(make_engine(str(postgres_engine.url)), ours.programme_id, ours.shop_id)
    with ours.unit("2025-02-01") as scope:
        mine = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=NOW, limit=3)
        assert [letter.row.key for letter in mine] == ["d0", "d1", "d2"]
        assert claimed(other) == ["d3"]
    other.engine.dispose()
    assert claimed(ours) == ["d0", "d1", "d2", "d3"]


def test_a_worker_that_dies_gives_back_what_it_held(db: Engine) -> None:
    ours = house(db)
    arrive(ours)

    def die() -> None:
        with ours.unit("2025-02-01") as scope:
            letters = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=NOW, limit=3)
            inbox.finish([letter.row for letter in letters], State.DONE, NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    assert claimed(ours) == ["d1"]


def test_what_fails_waits_longer_each_time_and_is_put_aside_in_the_end(db: Engine) -> None:
    ours = house(db)
    arrive(ours)
    waits = []
    for _ in range(ATTEMPTS_MAX):
        with ours.unit("2025-02-01") as scope:
            row = scope.session.scalars(select(InboxRow).where(InboxRow.programme_id == ours.programme_id)).one()
            inbox.postpone(row, NOW, "Boom")
            waits.append(row.next_try - NOW if row.next_try else None)
    assert waits == [timedelta(seconds=10 * 2**n) for n in range(ATTEMPTS_MAX - 1)] + [None]
    [row] = rows(ours)
    assert (row.state, row.reason, row.done_at) == ("quarantined", "Boom", NOW)
    assert claimed(ours, now="2026-02-01") == []


def test_what_waits_for_its_time_is_not_claimed_before_it(db: Engine) -> None:
    ours = house(db)
    arrive(ours)
    with ours.unit("2025-02-01") as scope:
        row = scope.session.scalars(select(InboxRow).where(InboxRow.programme_id == ours.programme_id)).one()
        inbox.postpone(row, NOW, "Boom")
    assert claimed(ours, now="2025-02-01T12:00:09") == []
    assert claimed(ours, now="2025-02-01T12:00:10") == ["d1"]


def test_the_sweep_sees_every_shop_that_has_work_due(db: Engine) -> None:
    ours, idle = house(db), house(db)
    arrive(ours)
    arrive(idle)
    finish(idle, State.DONE)
    with ours.reading() as scope:
        waiting = inbox.shops_waiting(scope.session, NOW)
        assert (ours.programme_id, ours.shop_id) in waiting
        assert (idle.programme_id, idle.shop_id) not in waiting
        assert inbox.counts(scope.session, ours.programme_id, ours.shop_id) == {"waiting": 1}


def test_a_body_that_no_key_opens_is_put_aside_and_holds_up_nobody(db: Engine) -> None:
    ours = house(db)
    arrive(ours, "d1", b"a secret")
    arrive(ours, "d2")
    with ours.unit("2025-02-01") as scope:
        body = scope.session.scalars(
            select(InboxBodyRow).where(InboxBodyRow.programme_id == ours.programme_id).order_by(InboxBodyRow.inbox_id)
        ).first()
        assert body is not None
        assert b"a secret" not in body.sealed
        foreign = Cipher(("x" * 43 + "=",), "another pepper")
        body.sealed = foreign.seal(b"a secret")
    assert claimed(ours) == ["d2"]
    assert [(row.state, row.reason) for row in rows(ours)] == [("quarantined", "SEAL_BROKEN"), ("waiting", None)]


@pytest.mark.parametrize(
    ("road", "reason", "missed"), ((Road.RECONCILE, None, 1), (Road.RECONCILE, "NO_NEWS", 0), (Road.WEBHOOK, None, 0))
)
def test_a_webhook_was_missed_where_asking_brought_news(
    db: Engine, road: Road, reason: str | None, missed: int
) -> None:
    ours = house(db)
    with ours.unit("2025-02-01") as scope:
        arrival = Arrival("neutral", "order", "d1", b"{}", versioned=False, road=road)
        inbox.accept(scope.session, CIPHER, ours.programme_id, ours.shop_id, arrival, NOW)
    with ours.unit("2025-02-01") as scope:
        letters = inbox.claim(scope.session, CIPHER, ours.programme_id, ours.shop_id, now=NOW, limit=1)
        inbox.finish([letter.row for letter in letters], State.DONE, NOW, reason)
    with ours.reading() as scope:
        assert inbox.missed(scope.session, ours.programme_id, ours.shop_id, instant("2025-01-31")) == missed
