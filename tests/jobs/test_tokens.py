"""Tokens that end: one refresher among many, stored before use, and a dead one marks the shop."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from app.db import shops
from app.db.unit import reading, unit_of_work
from integrations.platform import Credentials, PlatformError, ReauthorizeError
from jobs import tokens
from jobs.works import Works
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.works import Clock, works


def closing(db: Engine, ends: str | None = "2025-02-01T12:04:00", refresh_ends: str | None = None) -> House:
    ours = house(db)
    with unit_of_work(db) as session:
        shops.keep_credentials(
            session, CIPHER, (ours.programme_id, ours.shop_id), {"token": "old"},
            expires_at=instant(ends) if ends else None,
            refresh_expires_at=instant(refresh_ends) if refresh_ends else None, scopes=("read_orders",),
        )  # fmt: skip
    return ours


def jobs_with(db: Engine, platform: Scripted, clock: Clock | None = None) -> Works:
    return works(db, clock=clock or Clock(), platforms={"neutral": platform})


def open_door(jobs: Works, ours: House, *, refresh: bool = False) -> str:
    door = tokens.open_door(jobs, ours.programme_id, ours.shop_id, refresh=refresh)
    return door.values["token"] if door is not None else "none"


@pytest.mark.parametrize(
    ("ends", "refresh", "token"),
    (
        (None, False, "old"),
        (None, True, "old"),
        ("2025-02-01T13:00:00", False, "old"),
        ("2025-02-01T13:00:00", True, "fresh-1"),
        ("2025-02-01T12:05:00", False, "fresh-1"),
        ("2025-01-01T12:05:00", False, "fresh-1"),
    ),
)
def test_a_token_is_refreshed_when_it_ends_soon_or_was_refused(
    db: Engine,
    ends: str | None,
    refresh: bool,  # noqa: FBT001 - a column of the table
    token: str,
) -> None:
    ours = closing(db, ends)
    assert open_door(jobs_with(db, Scripted()), ours, refresh=refresh) == token


def test_among_many_threads_one_refreshes_and_all_go_on_with_the_new_token(db: Engine) -> None:
    ours, barrier = closing(db), Barrier(8)

    class Slow(Scripted):
        def refresh(self, credentials: Credentials, *, now: datetime) -> Credentials:
            time.sleep(0.2)
            return super().refresh(credentials, now=now)

    platform = Slow()
    jobs = jobs_with(db, platform)

    def work() -> str:
        barrier.wait()
        return open_door(jobs, ours)

    with ThreadPoolExecutor(8) as pool:
        opened = [future.result() for future in [pool.submit(work) for _ in range(8)]]
    assert Counter(opened) == {"fresh-1": 8}
    assert platform.refreshes == 1


def test_the_new_token_is_stored_before_it_is_used(db: Engine) -> None:
    ours = closing(db)
    open_door(jobs_with(db, Scripted()), ours)
    with reading(db) as session:
        door = shops.door(session, CIPHER, ours.programme_id, ours.shop_id)
    assert door is not None
    assert (door.values, door.expires_at, door.refresh_expires_at) == (
        {"token": "fresh-1"}, instant("2025-02-01T13"), instant("2025-03-03"),
    )  # fmt: skip


def test_a_refresher_that_died_keeps_others_waiting_no_longer_than_its_lease(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_PATIENCE_S", 0.3)
    ours, clock, platform = closing(db), Clock(), Scripted()
    with unit_of_work(db) as session:
        assert shops.lease_refresh(session, ours.programme_id, ours.shop_id, owner="dead", now=clock.now)
    jobs = jobs_with(db, platform, clock)
    with pytest.raises(PlatformError, match="REFRESH_UNDER_WAY") as waited:
        open_door(jobs, ours)
    assert not waited.value.permanent
    assert platform.refreshes == 0
    clock.now += shops.REFRESH_LEASE
    assert open_door(jobs, ours) == "fresh-1"


def test_an_answer_lost_leaves_the_old_token_for_the_next_try(db: Engine) -> None:
    ours, clock, platform = closing(db), Clock(), Scripted(refreshing=[PlatformError("TIMEOUT")])
    jobs = jobs_with(db, platform, clock)
    with pytest.raises(PlatformError, match="TIMEOUT"):
        open_door(jobs, ours)
    clock.now += timedelta(seconds=31)
    assert open_door(jobs, ours) == "fresh-2"


def test_a_dead_refresh_token_marks_the_shop(db: Engine) -> None:
    ours = closing(db)
    with pytest.raises(ReauthorizeError):
        open_door(jobs_with(db, Scripted(refreshing=[ReauthorizeError()])), ours)
    with reading(db) as session:
        assert shops.get(session, ours.programme_id, ours.shop_id).state == "reauthorize"


def test_a_disconnected_shop_has_no_door(db: Engine) -> None:
    ours = closing(db)
    with unit_of_work(db) as session:
        shops.get(session, ours.programme_id, ours.shop_id).state = "disconnected"
    platform = Scripted()
    assert open_door(jobs_with(db, platform), ours) == "none"
    assert platform.refreshes == 0


def test_quiet_shops_are_refreshed_before_their_refresh_token_ends(db: Engine) -> None:
    soon, later = closing(db, "2025-02-01T13", "2025-02-07"), closing(db, "2025-02-01T13", "2025-02-20")
    platform = Scripted()
    assert tokens.refresh_ending(jobs_with(db, platform)) >= 1
    with reading(db) as session:
        held = {
            ours.shop_id: door.values["token"]
            for ours in (soon, later)
            if (door := shops.door(session, CIPHER, ours.programme_id, ours.shop_id)) is not None
        }
    assert held[soon.shop_id].startswith("fresh")
    assert held[later.shop_id] == "old"
