"""A code that its shop will not make unusable: nothing is lost or doubled, and there is always a way out."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.actions.conclude_redemption import end_redemption
from app.db.overview import Trouble, TroubleKind, health, troubles
from app.loyalty.ledger.books import Stage
from jobs import outbox as job
from jobs.members import tend
from jobs.returns import try_again
from tests.factories.facts import order
from tests.jobs.story import NEVER, TIMEOUT, Story


@pytest.fixture
def story(db: Engine) -> Story:
    return Story(db)


def give_back(story: Story) -> None:
    with story.ours.unit(story.clock.now.isoformat()) as scope:
        end_redemption(scope, "k1", Stage.RETURNED)


def lost(story: Story) -> list[Trouble]:
    with story.ours.reading() as scope:
        found = troubles(health(scope.session, scope.programme_id, story.clock.now), story.clock.now)
    return [trouble for trouble in found if trouble.kind is TroubleKind.LOST]


def refused_to_give_back(story: Story) -> None:
    story.drain()
    give_back(story)
    story.platform.before.append(NEVER)
    story.drain()


def test_a_code_the_shop_will_not_disable_is_the_shoppers_again(story: Story) -> None:
    refused_to_give_back(story)
    assert (story.ours.redemption("k1").state, story.ours.redemption("k1").stage) == ("held", "issued")
    assert (story.ours.amounts("ada"), story.platform.codes) == ((0, 70, 30, 0), {"KZ-1": "live"})
    assert [(wish.kind, wish.state) for wish in story.wishes()] == [("issue_code", "done"), ("disable_code", "failed")]
    story.drain_until_quiet(3)
    assert [call for call, _ in story.platform.calls] == ["IssueDiscount", "DisableDiscount"]


def test_a_shopper_may_ask_again_for_points_that_could_not_be_given_back(story: Story) -> None:
    refused_to_give_back(story)
    [trouble] = lost(story)
    assert trouble.heap is not None
    assert (trouble.count, trouble.heap.kind) == (1, "disable_code")
    give_back(story)
    assert story.ours.redemption("k1").stage == "returning"
    story.drain()
    assert (story.ours.amounts("ada"), story.platform.codes) == ((0, 100, 0, 0), {"KZ-1": "disabled"})
    assert story.ours.redemption("k1").stage == "returned"
    assert lost(story) == []
    assert story.ours.breaches() == []


def test_a_code_that_was_not_disabled_can_be_used_after_all(story: Story) -> None:
    refused_to_give_back(story)
    used = order("o2", "9.00", paid="2025-02-03", codes=[("KZ-1", "5.00")])
    story.ours.settle("2025-02-03", used)
    assert story.ours.redemption("k1").stage == "used"
    assert story.ours.amounts("ada") == (0, 74, 0, 0)


def test_a_code_used_while_it_could_not_be_disabled_stays_used(story: Story) -> None:
    story.drain()
    give_back(story)
    story.ours.settle("2025-02-03", order("o2", "9.00", paid="2025-02-03", codes=[("KZ-1", "5.00")]))
    story.platform.before.append(NEVER)
    story.drain()
    assert (story.ours.redemption("k1").state, story.ours.redemption("k1").stage) == ("redeemed", "used")
    assert story.ours.amounts("ada") == (0, 74, 0, 0)


@pytest.mark.parametrize("asked", (True, False))
def test_points_return_at_the_codes_own_end_although_it_could_not_be_disabled(db: Engine, *, asked: bool) -> None:
    """From then on the shop refuses the code by itself."""
    story = Story(db, code_days=10)
    story.drain()
    if asked:
        give_back(story)
    story.platform.before.extend([NEVER] * 9)
    story.drain()
    story.clock.now += timedelta(days=10)
    tend(story.jobs, story.ours.programme_id)
    story.drain_until_quiet(3)
    assert story.ours.amounts("ada") == (0, 100, 0, 0)
    assert story.ours.redemption("k1").stage == "expired"


def test_a_give_back_given_up_after_the_codes_end_returns_the_points_at_once(db: Engine) -> None:
    story = Story(db, code_days=10)
    story.drain()
    give_back(story)
    story.clock.now += timedelta(days=10)
    story.platform.before.append(NEVER)
    story.drain()
    assert story.ours.amounts("ada") == (0, 100, 0, 0)
    story.platform.before.append(NEVER)
    story.drain_until_quiet(3)
    assert story.ours.amounts("ada") == (0, 100, 0, 0)


def test_a_code_that_could_neither_be_made_nor_disabled_is_tried_again_every_day(story: Story) -> None:
    """Whether the shop has it is in doubt, so nobody is shown it and its points wait until it is surely gone."""
    story.platform.after.append(TIMEOUT)
    story.platform.before.extend([TIMEOUT] * (job.ATTEMPTS_MAX - 1) + [NEVER])
    story.platform.before.appendleft(None)
    story.drain_until_quiet(job.ATTEMPTS_MAX + 3)
    assert (story.ours.redemption("k1").stage, story.platform.codes) == ("returning", {"KZ-1": "live"})
    assert story.ours.amounts("ada") == (0, 70, 30, 0)
    story.platform.before.append(NEVER)
    assert try_again(story.jobs) == 1
    assert try_again(story.jobs) == 0
    story.drain()
    assert story.ours.amounts("ada") == (0, 70, 30, 0)
    [trouble] = (each for each in lost(story) if each.heap is not None and each.heap.kind == "disable_code")
    assert trouble.count == 1
    story.clock.now += timedelta(days=1)
    assert try_again(story.jobs) == 1
    story.drain()
    assert (story.ours.amounts("ada"), story.platform.codes) == ((0, 100, 0, 0), {"KZ-1": "disabled"})
    assert story.ours.redemption("k1").stage == "failed"
    assert try_again(story.jobs) == 0
    assert story.ours.breaches() == []


def test_only_returns_that_nobody_else_can_ask_for_are_tried_again(story: Story) -> None:
    refused_to_give_back(story)
    assert try_again(story.jobs) == 0
    assert story.drain() is False
    assert story.ours.redemption("k1").stage == "issued"
