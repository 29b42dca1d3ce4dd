"""Accounts that a shop made one: their members become one, once, and never against what people decided."""

from sqlalchemy import Engine

from app.loyalty.facts import Merger
from app.loyalty.terms.rules import SignUpRule
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.programmes import ONE_PER_EURO, version


def two_accounts(db: Engine) -> House:
    ours = house(db, version(earn=[ONE_PER_EURO, SignUpRule(100)]))
    ours.settle("2025-02-01T13", sign_up("ada"), sign_up("ben", "2025-01-20"), order(price="50.00"))
    ours.settle("2025-02-02T13", order("o2", "20.00", "2025-02-02", customer="ben"))
    return ours


def test_the_members_of_two_accounts_become_one_with_every_point_but_the_second_welcome(db: Engine) -> None:
    ours = two_accounts(db)
    (ended,) = ours.settle("2025-02-03", Merger("ada", "ben"))
    assert ended.reason is None
    assert ours.member("ben") == ours.member("ada")
    assert ours.amounts("ada") == (0, 50 + 20 + 100, 0, 0)
    assert ours.breaches() == []


def test_being_told_twice_or_of_a_later_order_of_the_lost_account_changes_nothing(db: Engine) -> None:
    ours = two_accounts(db)
    ours.settle("2025-02-03", Merger("ada", "ben"), Merger("ada", "ben"))
    ours.settle("2025-02-04", Merger("ada", "ben"), order("o2", "20.00", "2025-02-02", customer="ben"))
    ours.settle("2025-02-05", order("o2", "20.00", "2025-02-02", customer="ada", updated="2025-02-05"))
    assert ours.amounts("ada") == (0, 170, 0, 0)
    assert ours.breaches() == []


def test_an_account_nobody_knew_takes_over_the_member_of_the_lost_one(db: Engine) -> None:
    ours = two_accounts(db)
    ours.settle("2025-02-03", Merger("eve", "ben"))
    assert ours.member("eve") == ours.member("ben")
    assert ours.amounts("eve") == (0, 120, 0, 0)


def test_accounts_that_are_no_members_are_left_alone(db: Engine) -> None:
    ours = two_accounts(db)
    ours.settle("2025-02-03", Merger("ada", "nobody"), Merger("nobody", "no one"))
    assert sorted(ours.everything()) == ["ada", "ben"]


def test_whom_people_parted_stays_parted(db: Engine) -> None:
    ours = two_accounts(db)
    lost = ours.member("ben")
    ours.settle("2025-02-03", Merger("ada", "ben"))
    ours.unmerge("2025-02-04", lost)
    ours.settle("2025-02-05", Merger("ada", "ben"))
    assert ours.member("ben") == lost
    assert ours.amounts("ben") == (0, 120, 0, 0)
