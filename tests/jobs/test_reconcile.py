"""Reconciling: what a shop says has changed comes by the one road, is kept once, and what was missed is counted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from app.actions.disconnect_shop import disconnect_shop
from app.db import shops
from app.db.tables import CursorRow, InboxRow
from app.db.unit import unit_of_work
from integrations.platform import Changes, Credentials, Delivery, PlatformError, StaleTokenError
from jobs import inbox as inbox_job
from jobs.reconcile import FIRST_LOOK, OVERLAP, reconcile, reconcile_all
from tests.factories.bodies import order_body
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.works import Clock, CountingBell, works

NOON = instant("2025-02-01")


@dataclass
class Remembering(Scripted):
    """A shop that tells its changes in pages, and remembers since when it was asked."""

    pages: list[list[Delivery]] = field(default_factory=list)
    asked: list[tuple[datetime, str | None]] = field(default_factory=list)

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        """Return the page a cursor leads to."""
        del credentials
        self.asked.append((since, cursor))
        self._fail(self.before)
        number = int(cursor or 0)
        page = self.pages[number] if number < len(self.pages) else []
        return Changes(page, str(number + 1) if number + 1 < len(self.pages) else None)


class Story:
    """One shop that remembers, and a clock."""

    def __init__(self, db: Engine) -> None:
        self.ours: House = house(db, platform="remembering")
        self.shop, self.clock, self.bell = Remembering(), Clock(NOON), CountingBell()
        self.jobs = works(db, clock=self.clock, bell=self.bell, platforms={"remembering": self.shop})

    def look(self) -> int:
        """Reconcile, then settle what came."""
        found = reconcile(self.jobs, self.ours.programme_id, self.ours.shop_id)
        inbox_job.drain(self.jobs, self.ours.programme_id, self.ours.shop_id)
        return found

    def kept(self) -> list[tuple[str, str]]:
        with self.ours.reading() as scope:
            rows = scope.session.scalars(
                select(InboxRow).where(InboxRow.programme_id == self.ours.programme_id).order_by(InboxRow.inbox_id)
            )
            return [(row.key, row.road) for row in rows]

    def cursor(self) -> CursorRow | None:
        with self.ours.reading() as scope:
            return scope.session.scalar(select(CursorRow).where(CursorRow.programme_id == self.ours.programme_id))


@pytest.fixture
def story(db: Engine) -> Story:
    return Story(db)


def told(key: str, price: str = "10.00") -> Delivery:
    return Delivery("order", key, order_body(key, price))


def test_an_order_whose_webhook_was_lost_earns_all_the_same_and_is_counted_at_the_next_look(story: Story) -> None:
    story.shop.pages = [[told("o1")]]
    assert story.look() == 0
    assert ("inbox", story.ours.programme_id, story.ours.shop_id) in story.bell.rings
    assert story.ours.amounts("ada") == (0, 10, 0, 0)
    story.clock.now += timedelta(minutes=10)
    assert story.look() == 1
    assert story.kept() == [("o1", "reconcile")]
    assert story.ours.amounts("ada") == (0, 10, 0, 0)
    story.clock.now += timedelta(minutes=10)
    assert story.look() == 0


def test_every_page_is_asked_for(story: Story) -> None:
    story.shop.pages = [[told("o1")], [], [told("o2")]]
    story.look()
    assert [cursor for _, cursor in story.shop.asked] == [None, "1", "2"]
    assert story.ours.amounts("ada") == (0, 20, 0, 0)


def test_a_look_too_long_for_one_turn_goes_on_in_the_next_and_counts_from_its_beginning(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.reconcile.PAGES_A_LOOK", 2)
    story.shop.pages = [[told(f"o{number}")] for number in range(5)]
    for _ in range(2):
        story.look()
        story.clock.now += timedelta(minutes=10)
    assert story.cursor() is not None
    assert [key for key, _ in story.kept()] == ["o0", "o1", "o2", "o3"]

    story.look()
    story.shop.pages = []
    story.clock.now += timedelta(minutes=10)
    story.look()

    assert [key for key, _ in story.kept()] == ["o0", "o1", "o2", "o3", "o4"]
    first = NOON - FIRST_LOOK - OVERLAP
    assert story.shop.asked[:5] == [(first, None), (first, "1"), (first, "2"), (first, "3"), (first, "4")]
    assert story.shop.asked[5] == (NOON - OVERLAP, None), "from the beginning of the long look, not from its end"


def test_a_place_that_the_shop_has_forgotten_is_given_up_and_the_look_made_anew(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.reconcile.PAGES_A_LOOK", 1)
    story.shop.pages = [[told("o1")], [told("o2")]]
    story.look()
    story.shop.before.append(PlatformError("BAD_ANSWER"))

    with pytest.raises(PlatformError):
        story.look()
    story.look()

    assert [cursor for _, cursor in story.shop.asked] == [None, "1", None]


def test_each_look_reaches_back_a_little_before_the_last_one(story: Story) -> None:
    story.look()
    story.clock.now += timedelta(minutes=10)
    story.look()
    assert [since for since, _ in story.shop.asked] == [NOON - FIRST_LOOK - OVERLAP, NOON - OVERLAP]


def test_a_look_that_failed_on_its_way_is_made_again_from_the_same_instant(story: Story) -> None:
    story.shop.pages = [[told("o1")], [told("o2")]]
    story.shop.before.extend([None, PlatformError("TIMEOUT")])
    with pytest.raises(PlatformError):
        story.look()
    assert (story.cursor(), story.kept()) == (None, [("o1", "reconcile")])
    story.clock.now += timedelta(minutes=10)
    story.look()
    assert story.kept() == [("o1", "reconcile"), ("o2", "reconcile")]
    assert story.ours.amounts("ada") == (0, 20, 0, 0)


def test_a_stale_token_is_refreshed_once(story: Story) -> None:
    key = (story.ours.programme_id, story.ours.shop_id)
    with unit_of_work(story.ours.engine) as session:
        ends = NOON + timedelta(days=1)
        shops.keep_credentials(
            session, CIPHER, key, {"token": "old"}, expires_at=ends, refresh_expires_at=None, scopes=()
        )
    story.shop.before.append(StaleTokenError())
    story.look()
    assert (story.shop.refreshes, len(story.shop.asked)) == (1, 2)


def test_a_shop_that_is_gone_is_not_asked(engine: Engine) -> None:
    story = Story(engine)
    with story.ours.unit("2025-02-01") as scope:
        disconnect_shop(scope, story.ours.shop_id)
    assert story.look() == 0
    reconcile_all(story.jobs)
    assert story.shop.asked == []


@pytest.mark.parametrize("failure", (PlatformError("TIMEOUT"), ValueError("no such thing")), ids=("away", "odd"))
def test_one_shop_that_fails_holds_up_no_other(engine: Engine, failure: Exception) -> None:
    first, second = Story(engine), Story(engine)
    shop = Remembering(pages=[[told("o1")]])
    shop.before.append(failure)
    jobs = works(engine, clock=first.clock, platforms={"remembering": shop})
    reconcile_all(jobs)
    looked = [story for story in (first, second) if story.cursor() is not None]
    assert len(looked) == 1
    assert looked[0].kept() == [("o1", "reconcile")]
