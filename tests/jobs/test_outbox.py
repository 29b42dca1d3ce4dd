"""Draining the outbox: a code is made once whatever gets lost, points return when it cannot be, doors are minded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from app.actions.conclude_redemption import end_redemption
from app.db import outbox, shops
from app.db.outbox import EffectKind
from app.db.tables import InboxRow
from app.db.unit import reading, unit_of_work
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Level, Reward
from integrations.platform import Credentials, PlatformError, ReauthorizeError, StaleTokenError
from jobs import inbox as inbox_job
from jobs import outbox as job
from tests.factories.bodies import order_body
from tests.factories.facts import order
from tests.factories.houses import house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.programmes import ladder, version
from tests.factories.works import Clock, works
from tests.jobs.story import NEVER, TIMEOUT, Story


@pytest.fixture
def story(db: Engine) -> Story:
    return Story(db)


def test_the_code_is_made_and_its_name_at_the_shop_recorded(story: Story) -> None:
    assert story.drain() is False
    row = story.ours.redemption("k1")
    assert (row.stage, row.external_id, story.platform.codes) == ("issued", "external-KZ-1", {"KZ-1": "live"})
    [wish] = story.wishes()
    assert (wish.state, wish.attempts, wish.error, wish.lease_until) == ("done", 1, None, None)


def test_an_answer_lost_after_the_code_was_made_makes_no_second_code(story: Story) -> None:
    story.platform.after.extend([TIMEOUT, TIMEOUT])
    story.drain()
    [wish] = story.wishes()
    assert (wish.state, wish.error, story.ours.redemption("k1").stage) == ("waiting", "TIMEOUT", "requested")
    story.drain_until_quiet()
    assert story.platform.codes == {"KZ-1": "live"}
    assert [call for call, _ in story.platform.calls] == ["IssueDiscount"] * 3
    assert story.ours.redemption("k1").stage == "issued"
    assert story.ours.amounts("ada") == (0, 70, 30, 0)


def test_a_try_that_failed_waits_longer_each_time_and_as_long_as_the_platform_asks(story: Story) -> None:
    story.platform.before.extend([TIMEOUT, TIMEOUT, PlatformError("THROTTLED", retry_after_s=120.0)])
    pauses = []
    for _ in range(3):
        story.drain()
        [wish] = story.wishes()
        assert wish.next_try is not None
        pauses.append((wish.next_try - story.clock.now).total_seconds())
        assert story.drain() is False
        assert len(story.platform.calls) == len(pauses)
        story.clock.now = wish.next_try
    assert 1.6 <= pauses[0] <= 2.4
    assert 3.2 <= pauses[1] <= 4.8
    assert pauses[2] == 120


def test_a_code_that_can_never_be_made_gives_its_points_back_once_it_is_surely_gone(story: Story) -> None:
    story.platform.before.append(NEVER)
    story.drain()
    assert story.ours.amounts("ada") == (0, 70, 30, 0)
    assert [(wish.kind, wish.state) for wish in story.wishes()] == [
        ("issue_code", "failed"),
        ("disable_code", "waiting"),
    ]
    story.drain()
    assert story.ours.amounts("ada") == (0, 100, 0, 0)
    assert (story.ours.redemption("k1").stage, story.platform.codes) == ("failed", {})


def test_a_platform_that_stays_away_gives_the_points_back_in_the_end(story: Story) -> None:
    story.platform.before.extend([TIMEOUT] * job.ATTEMPTS_MAX)
    story.drain_until_quiet(job.ATTEMPTS_MAX + 3)
    assert story.ours.amounts("ada") == (0, 100, 0, 0)
    assert [wish.state for wish in story.wishes()] == ["failed", "done"]


def test_a_late_twin_of_a_code_given_up_is_disabled(story: Story) -> None:
    """It was made although every answer was lost: before the points return, it is made unusable."""
    story.platform.after.extend([TIMEOUT] * job.ATTEMPTS_MAX)
    story.drain_until_quiet(job.ATTEMPTS_MAX + 3)
    assert story.platform.codes == {"KZ-1": "disabled"}
    assert story.ours.amounts("ada") == (0, 100, 0, 0)


def test_points_come_back_only_after_the_shop_disabled_the_code(story: Story) -> None:
    story.drain()
    with story.ours.unit("2025-02-02T13") as scope:
        end_redemption(scope, "k1", Stage.RETURNED)
    story.platform.before.append(TIMEOUT)
    story.drain()
    assert (story.ours.amounts("ada"), story.platform.codes) == ((0, 70, 30, 0), {"KZ-1": "live"})
    story.drain_until_quiet(3)
    assert (story.ours.amounts("ada"), story.platform.codes) == ((0, 100, 0, 0), {"KZ-1": "disabled"})
    assert story.ours.redemption("k1").stage == "returned"


def test_a_code_returned_before_it_was_made_is_never_made(story: Story) -> None:
    with story.ours.unit("2025-02-02T13") as scope:
        end_redemption(scope, "k1", Stage.RETURNED)
    story.drain_until_quiet(3)
    assert story.platform.codes == {}
    assert [call for call, _ in story.platform.calls] == ["DisableDiscount"]
    assert story.ours.amounts("ada") == (0, 100, 0, 0)


def test_a_refused_token_is_refreshed_once_and_the_effect_done_with_the_new_one(story: Story) -> None:
    story.keep_token("old", "2025-03-01")
    story.platform.before.append(StaleTokenError())
    story.drain()
    assert story.platform.refreshes == 1
    assert story.platform.calls == [("IssueDiscount", "old"), ("IssueDiscount", "fresh-1")]
    assert story.ours.redemption("k1").stage == "issued"


def test_a_token_refused_again_after_its_refresh_waits_for_the_next_try(story: Story) -> None:
    story.keep_token("old", "2025-03-01")
    story.platform.before.extend([StaleTokenError(), StaleTokenError()])
    story.drain()
    assert story.platform.refreshes == 1
    [wish] = story.wishes()
    assert (wish.state, wish.error) == ("waiting", "STALE_TOKEN")
    story.drain_until_quiet(2)
    assert story.ours.redemption("k1").stage == "issued"


def test_a_token_about_to_end_is_refreshed_before_it_is_used(story: Story) -> None:
    story.keep_token("old", "2025-02-02T12:04:59")
    story.drain()
    assert story.platform.calls == [("IssueDiscount", "fresh-1")]


def test_a_door_only_the_merchant_can_open_is_marked_and_hardly_knocked_at(story: Story) -> None:
    story.platform.before.extend([ReauthorizeError()] * 9)
    story.drain()
    assert story.shop().state == "reauthorize"
    for _ in range(5):
        story.clock.now += timedelta(minutes=11)
        story.drain()
    assert len(story.platform.calls) == 1
    assert story.ours.amounts("ada") == (0, 70, 30, 0)
    story.platform.before.clear()
    story.clock.now += timedelta(hours=1)
    story.drain()
    assert story.ours.redemption("k1").stage == "issued"


def test_at_a_closed_shop_nothing_is_tried_and_nothing_is_lost(story: Story) -> None:
    with unit_of_work(story.ours.engine) as session:
        shops.drop_credentials(session, story.ours.programme_id, story.ours.shop_id)
    story.drain()
    [wish] = story.wishes()
    assert (wish.state, wish.error, story.platform.calls) == ("waiting", "NOT_CONNECTED", [])
    story.keep_token("again")
    story.clock.now += timedelta(hours=1)
    story.drain()
    assert story.ours.redemption("k1").stage == "issued"


def test_a_slip_of_ours_over_one_effect_holds_up_no_other(story: Story) -> None:
    story.ours.redeem("2025-02-02", "ada", "k2", code="KZ-2")
    story.platform.before.append(KeyError("a slip"))
    story.drain()
    assert story.platform.codes == {"KZ-2": "live"}
    [wish] = story.wishes()
    assert (wish.state, wish.error) == ("waiting", "KeyError")
    assert wish.next_try is not None
    story.drain_until_quiet(2)
    assert story.platform.codes == {"KZ-1": "live", "KZ-2": "live"}


def test_what_was_done_under_a_lease_that_ended_is_recorded_by_the_one_who_has_it(story: Story) -> None:
    """A slow worker comes back after another took over: its record changes nothing."""
    with story.ours.unit("2025-02-02") as scope:
        [slow] = outbox.claim(
            scope.session, story.ours.programme_id, story.ours.shop_id, owner="slow", now=story.clock.now, limit=1
        )
    story.clock.now += outbox.LEASE
    story.drain()
    before = story.ours.row("ada").number
    job._carry_out(story.jobs, slow)
    assert story.ours.row("ada").number == before
    assert story.platform.codes == {"KZ-1": "live"}
    assert [wish.state for wish in story.wishes()] == ["done"]


def test_half_a_story_is_asked_for_and_the_answer_settled(story: Story) -> None:
    story.platform.fetched["77"] = order_body("77", "5.00")
    with story.ours.unit("2025-02-02") as scope:
        asked = {"order:77": {"thing": "order", "id": "77"}, "order:78": {"thing": "order", "id": "78"}}
        outbox.put_once(scope, story.ours.shop_id, EffectKind.REFETCH, asked)
    story.drain()
    assert ("inbox", story.ours.programme_id, story.ours.shop_id) in story.bell.rings
    inbox_job.drain(story.jobs, story.ours.programme_id, story.ours.shop_id)
    assert story.ours.amounts("ada") == (0, 75, 30, 0)
    assert [wish.state for wish in (*story.wishes("order:77"), *story.wishes("order:78"))] == ["done", "failed"]
    with reading(story.ours.engine) as session:
        rows = session.scalars(select(InboxRow).where(InboxRow.programme_id == story.ours.programme_id)).all()
    assert [(row.key, row.state) for row in rows] == [("fetched-77", "done")]


def test_a_tier_that_moved_is_shown_at_the_shop_as_it_is_when_told(db: Engine) -> None:
    ours = house(db, version(tiers=ladder(Level("silver", 5000))))
    platform, clock = Scripted(), Clock(instant("2025-02-02"))
    ours.settle("2025-02-01T13", order(price="100.00"))
    job.drain(works(db, clock=clock, platforms={"neutral": platform}), ours.programme_id, ours.shop_id)
    assert [call for call, _ in platform.calls] == ["SyncMember"]


def test_the_neutral_shop_carries_out_everything_as_soon_as_it_is_asked(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 30)]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    jobs = works(db, clock=Clock(instant("2025-02-02")))
    ours.redeem("2025-02-02", "ada", "k1")
    job.drain(jobs, ours.programme_id, ours.shop_id)
    assert ours.redemption("k1").stage == "issued"
    with ours.unit("2025-02-02") as scope:
        end_redemption(scope, "k1", Stage.RETURNED)
    job.drain(jobs, ours.programme_id, ours.shop_id)
    assert ours.amounts("ada") == (0, 100, 0, 0)


def test_a_worker_told_to_stop_ends_after_the_effect_at_hand_and_leaves_the_rest_untried(story: Story) -> None:
    story.ours.redeem("2025-02-02", "ada", "k2", code="KZ-2")
    told: list[str] = []

    def ending() -> bool:
        told.append("asked")
        return len(told) > 1

    job.drain(replace(story.jobs, ending=ending), story.ours.programme_id, story.ours.shop_id)
    [rest] = story.wishes("redemption:k2")
    assert (story.platform.codes, rest.state, rest.attempts, rest.lease_until) == ({"KZ-1": "live"}, "waiting", 0, None)

    story.drain()
    assert story.platform.codes == {"KZ-1": "live", "KZ-2": "live"}


class Forgetful(Scripted):
    """A shop that has lost one of its webhooks, and gets it back."""

    def subscribe(self, credentials: Credentials, *, address: str) -> Sequence[str]:
        """Make what is missing."""
        del credentials, address
        return ("orders/paid",)


@pytest.mark.parametrize(("connected", "told"), ((timedelta(minutes=5), 0), (timedelta(days=5), 1)))
def test_webhooks_that_a_shop_had_lost_are_told_in_the_log_but_not_those_of_a_new_shop(
    postgres_engine: Engine, connected: timedelta, told: int
) -> None:
    ours = house(postgres_engine)
    clock = Clock(instant("2025-02-01"))
    with ours.unit("2025-02-01") as scope:
        shops.get(scope.session, scope.programme_id, ours.shop_id).connected_at = clock.now - connected
        outbox.put_once(scope, ours.shop_id, EffectKind.SUBSCRIBE, {f"shop:{ours.shop_id}": {}})
    jobs = works(postgres_engine, clock=clock, platforms={"neutral": Forgetful()})
    with capture_logs() as logs:
        job.drain(jobs, ours.programme_id, ours.shop_id)
    assert [each["topics"] for each in logs if each["event"] == "webhooks_were_missing"] == [["orders/paid"]] * told
