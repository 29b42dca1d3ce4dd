"""The sweep rings for everything that waits, so that a lost ring loses nothing."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from app.db import inbox, outbox
from app.db.outbox import EffectKind
from jobs import inbox as inbox_job
from jobs import members as members_job
from jobs import outbox as outbox_job
from jobs.sweep import sweep
from jobs.works import EVERY_SHOP, Works
from tests.factories.bodies import order_body
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.factories.works import Clock, CountingBell, works


@pytest.fixture
def ours(db: Engine) -> House:
    return house(db, version(pending_days=14))


def rung(ours: House, at: str) -> tuple[Works, set[tuple[str, UUID]]]:
    """Return what the sweep rings of this programme; other tests' programmes lie in the same database."""
    bell = CountingBell()
    jobs = works(ours.engine, clock=Clock(instant(at)), bell=bell)
    sweep(jobs)
    return jobs, {(queue, shop) for queue, programme, shop in bell.rings if programme == ours.programme_id}


def arrive(ours: House) -> None:
    with ours.unit("2025-02-01") as scope:
        arrival = inbox.Arrival("neutral", "order", "1", order_body(), versioned=True)
        inbox.accept(scope.session, CIPHER, ours.programme_id, ours.shop_id, arrival, scope.now)


def test_where_nothing_waits_nothing_is_rung(ours: House) -> None:
    assert rung(ours, "2025-02-01")[1] == set()


def test_a_delivery_whose_ring_was_lost_is_rung_for_until_it_is_done(ours: House) -> None:
    arrive(ours)
    jobs, rings = rung(ours, "2025-02-01T13")
    assert rings == {("inbox", ours.shop_id)}
    inbox_job.drain(jobs, ours.programme_id, ours.shop_id)
    assert rung(ours, "2025-02-01T13")[1] == set()
    assert ours.amounts("ada") == (10, 0, 0, 0)


def test_an_effect_is_rung_for_when_its_next_try_is_due_and_not_before(ours: House) -> None:
    with ours.unit("2025-02-01") as scope:
        outbox.put(scope, ours.shop_id, EffectKind.SUBSCRIBE, "shop", {})
        [claim] = outbox.claim(scope.session, ours.programme_id, ours.shop_id, owner="me", now=scope.now, limit=1)
        outbox.failed(scope.session, claim, scope.now, error="TIMEOUT", retry_at=instant("2025-02-01T14"))
    assert rung(ours, "2025-02-01T13:59:59")[1] == set()
    jobs, rings = rung(ours, "2025-02-01T14")
    assert rings == {("outbox", ours.shop_id)}
    outbox_job.drain(jobs, ours.programme_id, ours.shop_id)
    assert rung(ours, "2025-02-01T14")[1] == set()


def test_an_effect_of_a_worker_that_died_is_rung_for_when_its_lease_is_over(ours: House) -> None:
    with ours.unit("2025-02-01") as scope:
        outbox.put(scope, ours.shop_id, EffectKind.SUBSCRIBE, "shop", {})
        outbox.claim(scope.session, ours.programme_id, ours.shop_id, owner="dead", now=scope.now, limit=1)
    assert rung(ours, "2025-02-01T12:01")[1] == set()
    assert rung(ours, "2025-02-01T12:02")[1] == {("outbox", ours.shop_id)}


def test_members_whose_waiting_days_are_over_are_rung_for_once_for_the_whole_programme(ours: House) -> None:
    ours.settle("2025-02-01", order(customer="ada"), order("o2", customer="ben"))
    ours.tend("2025-02-02")
    assert rung(ours, "2025-02-14")[1] == set()
    jobs, rings = rung(ours, "2025-02-16")
    assert rings == {("members", EVERY_SHOP)}
    members_job.tend(jobs, ours.programme_id)
    assert rung(ours, "2025-02-16")[1] == set()
    assert ours.amounts("ada") == ours.amounts("ben") == (0, 10, 0, 0)
