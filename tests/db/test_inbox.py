"""The inbox keeps every delivery once, tells noise from work, and gives a page to one worker at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from app.db import inbox
from app.db.inbox import ATTEMPTS_MAX, Accepted, Arrival, Road, State
from app.db.tables import InboxRow
from app.db.unit import unit_of_work
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant

NOW = instant("2025-03-01T12")


def arrive(
    shop: House, key: str = "k1", body: bytes = b"{}", *, versioned: bool = True, road: Road = Road.WEBHOOK
) -> Accepted:
    """Let a delivery arrive."""
    arrival = Arrival("neutral", "order", key, body, versioned, road=road)
    with unit_of_work(shop.engine) as session:
        return inbox.accept(session, CIPHER, shop.programme_id, shop.shop_id, arrival, NOW)


def rows(shop: House) -> list[InboxRow]:
    """Return the deliveries of the shop in order of arrival."""
    with shop.reading() as scope:
        query = select(InboxRow).where(InboxRow.programme_id == shop.programme_id).order_by(InboxRow.inbox_id)
        return list(scope.session.scalars(query))


def end(shop: House, state: State, reason: str | None = None, *, limit: int = 10) -> int:
    """Claim what waits and mark it; returns how much it was."""
    with shop.unit("2025-03-01T12") as scope:
        key = (shop.programme_id, shop.shop_id)
        letters = inbox.claim(scope.session, CIPHER, *key, now=scope.now, limit=limit)
        inbox.finish([letter.row for letter in letters], state, scope.now, reason)
        return len(letters)


def test_a_delivery_is_new_work_once_and_noise_afterwards(db: Engine) -> None:
    shop = house(db)

    assert [arrive(shop), arrive(shop), arrive(shop)] == [Accepted.NEW, Accepted.NOISE, Accepted.NOISE]
    assert [(row.key, row.seen, row.state) for row in rows(shop)] == [("k1", 3, State.WAITING)]


def test_a_repeat_without_a_version_waits_again_when_the_first_was_done(db: Engine) -> None:
    shop = house(db)
    arrive(shop, versioned=False)
    end(shop, State.DONE)

    assert arrive(shop, versioned=False) is Accepted.AGAIN
    assert [row.state for row in rows(shop)] == [State.WAITING]


def test_a_repeat_with_a_version_leaves_a_finished_delivery_finished(db: Engine) -> None:
    shop = house(db)
    arrive(shop)
    end(shop, State.DONE)

    assert arrive(shop) is Accepted.NOISE
    assert [row.state for row in rows(shop)] == [State.DONE]


def test_what_was_quarantined_stays_there_when_it_comes_again(db: Engine) -> None:
    shop = house(db)
    arrive(shop, versioned=False)
    end(shop, State.QUARANTINED, "nonsense")

    arrive(shop, versioned=False)

    assert [(row.state, row.reason) for row in rows(shop)] == [(State.QUARANTINED, "nonsense")]


def test_two_shops_may_receive_the_same_key(db: Engine) -> None:
    one, other = house(db), house(db)

    assert arrive(one) is Accepted.NEW
    assert arrive(other) is Accepted.NEW


def test_a_page_is_the_oldest_deliveries_in_order(db: Engine) -> None:
    shop = house(db)
    for key in ("k1", "k2", "k3"):
        arrive(shop, key)

    end(shop, State.DONE, limit=2)

    assert [row.state for row in rows(shop)] == [State.DONE, State.DONE, State.WAITING]


def test_two_workers_never_hold_the_same_delivery(postgres_engine: Engine) -> None:
    shop = house(postgres_engine)
    for key in ("k1", "k2", "k3"):
        arrive(shop, key)
    place = (shop.programme_id, shop.shop_id)

    with unit_of_work(postgres_engine) as one, unit_of_work(postgres_engine) as other:
        first = inbox.claim(one, CIPHER, *place, now=NOW, limit=2)
        second = inbox.claim(other, CIPHER, *place, now=NOW, limit=2)

        assert [letter.row.key for letter in first] == ["k1", "k2"]
        assert [letter.row.key for letter in second] == ["k3"]


def test_a_body_is_readable_only_with_our_keys(db: Engine) -> None:
    shop = house(db)
    arrive(shop, body=b"maya@example.com bought a mug")

    with shop.unit("2025-03-01T12") as scope:
        sealed = scope.session.execute(text("SELECT sealed FROM inbox_bodies")).scalars().all()
        letters = inbox.claim(scope.session, CIPHER, shop.programme_id, shop.shop_id, now=scope.now, limit=1)
        assert [letter.body for letter in letters] == [b"maya@example.com bought a mug"]
    assert not any(b"maya" in bytes(body) for body in sealed)


def test_a_failing_delivery_waits_longer_each_time_and_is_quarantined_at_last(db: Engine) -> None:
    shop = house(db)
    arrive(shop)
    pauses = []
    now = NOW
    for _ in range(ATTEMPTS_MAX):
        with unit_of_work(db) as session:
            (letter,) = inbox.claim(session, CIPHER, shop.programme_id, shop.shop_id, now=now, limit=1)
            inbox.postpone(letter.row, now, "DataError")
            pauses.append((letter.row.next_try or now) - now)
        now += timedelta(hours=2)

    (row,) = rows(shop)
    assert (row.state, row.attempts, row.reason) == (State.QUARANTINED, ATTEMPTS_MAX, "DataError")
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[0] > timedelta()


def test_a_delivery_that_waits_for_its_next_try_is_not_claimed_before(db: Engine) -> None:
    shop = house(db)
    arrive(shop)
    with unit_of_work(db) as session:
        (letter,) = inbox.claim(session, CIPHER, shop.programme_id, shop.shop_id, now=NOW, limit=1)
        inbox.postpone(letter.row, NOW, "DataError")

    with unit_of_work(db) as session:
        assert inbox.claim(session, CIPHER, shop.programme_id, shop.shop_id, now=NOW, limit=1) == []
        assert (shop.programme_id, shop.shop_id) not in inbox.shops_waiting(session, NOW)


@pytest.mark.parametrize(("road", "reason", "missed"), (
    (Road.RECONCILE, None, 1),
    (Road.RECONCILE, "NO_NEWS", 0),
    (Road.WEBHOOK, None, 0),
))  # fmt: skip
def test_a_webhook_was_missed_where_asking_brought_news(
    db: Engine, road: Road, reason: str | None, missed: int
) -> None:
    shop = house(db)
    arrive(shop, road=road)
    end(shop, State.DONE, reason)

    with shop.reading() as scope:
        assert inbox.missed(scope.session, shop.programme_id, shop.shop_id, instant("2025-03-01")) == missed
