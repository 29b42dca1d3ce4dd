"""Goodwill in batches: once for each, within the month's budget, and taken back as one without anybody owing."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from app.actions.give_goodwill import Batch, Undone, give_goodwill, undo_goodwill
from app.db import goodwill
from app.loyalty.errors import BudgetExceededError, KeyReusedError
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version

SORRY = Batch("late-parcels", 50, "staff", "Parcels were a week late")


def _give(ours: House, now: str, members: list[UUID], batch: Batch = SORRY) -> int:
    with ours.unit(now) as scope:
        return give_goodwill(scope, batch, members)


def _undo(ours: House, now: str) -> Undone:
    with ours.unit(now) as scope:
        return undo_goodwill(scope, SORRY, goodwill.holders(scope, SORRY.id, None, 1000))


def test_a_batch_of_500_is_given_once_and_undone_as_one(db: Engine) -> None:
    ours = house(db)
    members = ours.join(*(f"c{number:03}" for number in range(500)))

    assert [_give(ours, "2025-02-01", members), _give(ours, "2025-02-02", members)] == [500, 0]
    assert ours.amounts("c000") == ours.amounts("c499") == (0, 50, 0, 0)
    assert [_undo(ours, "2025-02-03"), _undo(ours, "2025-02-04")] == [Undone(500, 25_000, 0), Undone(0, 0, 0)]
    assert ours.amounts("c000") == ours.amounts("c499") == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_what_was_spent_of_it_stays_given_and_nobody_owes(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 30)]))
    members = ours.join("ada")
    _give(ours, "2025-02-01", members)
    ours.redeem("2025-02-02", "ada", "k1")

    assert _undo(ours, "2025-02-03") == Undone(1, 20, 30)
    assert ours.amounts("ada") == (0, 0, 30, 0)


def test_whoever_was_merged_gets_it_as_the_one_that_was_kept_and_once(db: Engine) -> None:
    ours = house(db)
    ada, anna, ben = ours.join("ada", "anna", "ben")
    _give(ours, "2025-02-01", [anna])
    ours.merge("2025-02-02", ada, anna)

    assert _give(ours, "2025-02-03", [ada, anna, ben]) == 1
    ours.merge("2025-02-04", ada, ben)
    other = replace(SORRY, id="another-cause")
    assert _give(ours, "2025-02-05", [anna, ben], other) == 1
    assert ours.amounts(ada) == (0, 150, 0, 0)
    assert ours.breaches() == []


def test_the_same_batch_with_another_amount_is_refused_whole(db: Engine) -> None:
    ours = house(db)
    ada, ben = ours.join("ada", "ben")
    _give(ours, "2025-02-01", [ada])

    with pytest.raises(KeyReusedError):
        _give(ours, "2025-02-02", [ada, ben], replace(SORRY, amount=60))

    assert ours.amounts("ben") == (0, 0, 0, 0)


def test_the_months_budget_blocks_the_next_gesture_and_the_next_month_has_one_of_its_own(db: Engine) -> None:
    ours = house(db, replace(version(), goodwill_budget=120))
    ada, ben, cleo = ours.join("ada", "ben", "cleo")
    assert _give(ours, "2025-02-01", [ada, ben]) == 2

    with pytest.raises(BudgetExceededError) as refused:
        _give(ours, "2025-02-28", [cleo])

    assert refused.value.numbers() == {"have": 20, "need": 50, "missing": 30}
    assert _give(ours, "2025-03-01", [cleo]) == 1


def test_goodwill_is_found_by_the_numbers_of_orders(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01", order("o1"), order("o2", customer="ben", paid="2025-02-01"))
    with ours.reading() as scope:
        found = goodwill.buyers(scope, ["#o1", "#o2", "#o3"])

    assert found == {"#o1": ours.member("ada"), "#o2": ours.member("ben")}
