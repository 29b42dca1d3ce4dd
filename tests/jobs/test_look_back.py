"""The long look back: orders of two months that are newer at the shop than here are fetched and counted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.db import overview
from app.db.tables import ShopRow
from integrations.platform import Credentials, PlatformError, Version, Versions
from jobs import inbox, look_back, outbox
from jobs.alerts import Alert, alerts
from tests.factories.bodies import order_body
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.works import Clock, CountingBell, works

NIGHT = instant("2025-02-10")
CONNECTED = instant("2025-02-01")


@dataclass
class Listing(Scripted):
    """A shop that tells how old its orders are, in pages, and remembers what it was asked."""

    name = "listing"

    pages: list[list[Version]] = field(default_factory=list)
    asked: list[tuple[datetime, str | None]] = field(default_factory=list)

    def versions(self, since: datetime, cursor: str | None, credentials: Credentials) -> Versions:
        """Return the page a cursor leads to."""
        del credentials
        self.asked.append((since, cursor))
        self._fail(self.before)
        number = int(cursor or 0)
        page = self.pages[number] if number < len(self.pages) else []
        return Versions(page, str(number + 1) if number + 1 < len(self.pages) else None)


class Story:
    """One shop that was connected on the first of February, and a night ten days later."""

    def __init__(self, db: Engine) -> None:
        self.ours: House = house(db, platform="listing")
        self.key = (self.ours.programme_id, self.ours.shop_id)
        with self.ours.unit("2025-02-01") as scope:
            shop = scope.session.get_one(ShopRow, self.key)
            shop.connected_at = CONNECTED
        self.shop, self.clock, self.bell = Listing(), Clock(NIGHT), CountingBell()
        self.jobs = works(db, clock=self.clock, bell=self.bell, platforms={"listing": self.shop})

    def look(self) -> int:
        """Look back, then fetch and settle what was wished for."""
        found = look_back.look_back(self.jobs, *self.key)
        outbox.drain(self.jobs, *self.key)
        inbox.drain(self.jobs, *self.key)
        return found

    def at_the_shop(self, id_: str, price: str = "10.00", updated: str = "2025-02-02") -> Version:
        """Put an order at the shop of which no webhook tells."""
        at = instant(updated)
        self.shop.fetched[id_] = order_body(id_, price, updated_at=at.isoformat())
        return Version(id_, at, at)

    def fetched(self) -> list[str]:
        return [id_ for what, id_ in self.shop.calls if what == "Refetch"]


@pytest.fixture
def story(engine: Engine) -> Story:
    return Story(engine)


def test_an_order_that_no_webhook_and_no_look_told_is_found_at_night_and_counted_for_the_merchant(db: Engine) -> None:
    story = Story(db)
    story.shop.pages = [[story.at_the_shop("o1")], [story.at_the_shop("o2")]]
    assert story.look() == 2
    assert story.ours.amounts("ada") == (0, 20, 0, 0)
    assert ("outbox", *story.key) in story.bell.rings
    with story.ours.reading() as scope:
        assert overview.health(scope.session, scope.programme_id, NIGHT).missed == 2
    assert [raised.count for raised in alerts(story.jobs) if raised.alert is Alert.WEBHOOKS_MISSING] == [2]
    assert story.look() == 0, "what is known is not fetched again"
    assert story.fetched() == ["o1", "o2"]
    assert not [
        raised for raised in alerts(story.jobs) if raised.alert in {Alert.WEBHOOKS_MISSING, Alert.SHOP_NOT_ASKED}
    ]


def test_an_order_that_changed_since_we_heard_of_it_is_fetched_again(story: Story) -> None:
    story.shop.pages = [[story.at_the_shop("o1")]]
    story.look()
    story.shop.pages = [[story.at_the_shop("o1", "4.00", updated="2025-02-05")]]
    assert (story.look(), story.fetched()) == (1, ["o1", "o1"])


def test_what_changed_just_now_is_left_to_its_webhook_and_what_was_bought_before_us_to_the_past(story: Story) -> None:
    before = story.at_the_shop("o2", updated="2025-01-31")
    story.shop.pages = [[Version("o1", NIGHT, NIGHT - look_back.SETTLED + timedelta(seconds=1)), before]]
    assert (story.look(), story.fetched()) == (0, [])


def test_a_list_too_long_to_leaf_through_is_begun_anew_from_the_last_instant_seen(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_back, "PAGES_AT_ONCE", 1)
    first, second = story.at_the_shop("o1"), story.at_the_shop("o2", updated="2025-02-03")
    story.shop.pages = [[first], [first]]
    begun = NIGHT - look_back.BACK

    def later(since: datetime, cursor: str | None, _: Credentials) -> Versions:
        story.shop.asked.append((since, cursor))
        return Versions([first], "1") if since == begun else Versions([first, second], None)

    monkeypatch.setattr(story.shop, "versions", later)
    story.look()
    assert story.shop.asked == [(begun, None), (first.updated_at, None)]
    assert sorted(set(story.fetched())) == ["o1", "o2"]


def test_one_shop_that_fails_holds_up_no_other_and_a_platform_without_versions_is_not_asked(engine: Engine) -> None:
    Story(engine)
    second = Story(engine)
    second.shop.pages = [[second.at_the_shop("o1")]]
    shop = second.shop
    jobs = works(engine, clock=second.clock, bell=second.bell, platforms={"listing": shop})
    shop.before.append(PlatformError("TIMEOUT"))
    assert look_back.look_back_all(jobs) == 1
    silent = works(engine, clock=second.clock, platforms={"listing": Scripted()})
    assert look_back.look_back_all(silent) == 0
