"""The acceptance cases of a programme one can trust, by their numbers; 12 stands in ``test_partnership``.

Not here: 5's list of who would move before a switch (the preview's tests), and 11 (measuring by holdout), which Kizuna
does not claim yet.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from app.actions.audit_ledger import audit_settlements
from app.actions.erase_member import erase_member
from app.db import members
from app.db.audit import NOBODY as NOBODY_YET
from app.db.people import NOBODY, people
from app.db.tables import BalanceRow, TransactionRow
from app.loyalty.facts import Customer, Order, SignUp
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.programme import Expiry, Level, Measure, Reward
from app.loyalty.terms.rules import AmountRule
from integrations.neutral.translate import translate
from integrations.platform import ShopProfile
from tests.factories.facts import line, order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, months, version


def _reasons(ours: House) -> list[str]:
    with ours.reading() as scope:
        return list(
            scope.session.scalars(
                select(TransactionRow.reason)
                .where(TransactionRow.programme_id == ours.programme_id)
                .order_by(TransactionRow.number)
            )
        )


def test_case_01_a_full_refund_takes_back_what_the_old_rule_gave_though_the_rule_changed_since(db: Engine) -> None:
    ours = house(db, version(), version("2025-03-01T00", earn=[replace(ONE_PER_EURO, points=Decimal(2))]))
    bought = order(price="50.00", paid="2025-02-01")
    ours.settle("2025-02-01", bought)
    assert ours.amounts("ada") == (0, 50, 0, 0)

    ours.settle("2025-03-05", replace(bought, refunds=(refund("2025-03-05", "50.00"),), updated_at=bought.updated_at))

    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_case_02_three_partial_refunds_under_product_filters_take_their_three_shares_with_the_rounding_carried(
    db: Engine,
) -> None:
    """Tea alone earns, 1.5 points per euro: 9.99 gives 14; the refunds of 3.33 leave 9, 4 and 0."""
    tea = AmountRule(Decimal("1.5"), 100, goods=Goods(products=("tea",)))
    ours = house(db, version(earn=[tea]))
    told = order(lines=[line("9.99", "l1", "tea"), line("50.00", "l2", "cup")])
    ours.settle("2025-02-01", told)
    left = [ours.amounts("ada")[1]]
    for number in (1, 2, 3):
        back = refund(f"2025-02-0{number + 1}", id=f"r{number}", lines=(("l1", "3.33"),))
        told = replace(told, refunds=(*told.refunds, back), updated_at=back.at)
        ours.settle(f"2025-02-0{number + 1}", told)
        left.append(ours.amounts("ada")[1])

    assert left == [14, 9, 4, 0]


def test_case_03_five_deliveries_out_of_order_with_the_refund_first_earn_once_and_take_back_once(db: Engine) -> None:
    ours = house(db)
    bought = order(price="50.00", paid="2025-02-01")
    refunded = replace(bought, refunds=(refund("2025-02-05", "20.00"),), updated_at=refund("2025-02-05").at)
    whole = replace(refunded, refunds=(*refunded.refunds, refund("2025-02-06", "30.00", id="r2")))
    whole = replace(whole, updated_at=whole.refunds[-1].at)
    for told in (refunded, bought, refunded, bought, refunded):
        ours.settle("2025-02-07", told)
    assert (ours.amounts("ada"), _reasons(ours)) == ((0, 30, 0, 0), ["award", "release"])

    for told in (whole, bought, whole, refunded, whole):
        ours.settle("2025-02-08", told)

    assert (ours.amounts("ada"), _reasons(ours)) == ((0, 0, 0, 0), ["award", "release", "take_back"])


def test_case_04_a_return_paid_as_store_credit_takes_the_points_back_like_any(db: Engine) -> None:
    ours = house(db)
    body = """{"id": "o1", "member": "ada", "updated_at": "2025-02-05T12:00:00Z", "placed_at": "2025-02-01T12:00:00Z",
        "paid_at": "2025-02-01T12:00:00Z", "lines": [{"id": "l1", "product": "p1", "unit_price": "50.00"}],
        "refunds": [{"id": "r1", "at": "2025-02-05T12:00:00Z", "amount": "50.00", "to": "store_credit"}]}"""
    [returned] = translate("order", body.encode(), ShopProfile("shop", "Shop", "EUR", "UTC", "en"))  # type: ignore[misc]
    assert isinstance(returned, Order)
    ours.settle("2025-02-01", order(price="50.00", paid="2025-02-01"))

    ours.settle("2025-02-05", returned)

    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_case_05_a_tier_added_to_a_live_programme_costs_nobody_points(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01", order(price="50.00", paid="2025-02-01"))
    before = ours.amounts("ada")

    ours.publish("2025-02-10", version("2025-03-01T00", tiers=ladder(Level("silver", 4000, (3, 2)))))
    ours.tend("2025-03-01T00")

    assert (ours.amounts("ada"), ours.row("ada").tier) == (before, "silver")


@pytest.mark.parametrize(
    ("change", "tier"), (("adjusted up", "gold"), ("adjusted down", None), ("imported", "gold"), ("refunded", None))
)
def test_case_06_one_policy_re_evaluates_the_tier_whatever_changed(db: Engine, change: str, tier: str | None) -> None:
    """By points in the last month: 100 make silver, 200 gold; what falls below is asked at the next midnight."""
    tiers = ladder(Level("silver", 100), Level("gold", 200), measure=Measure.POINTS, window=months(1))
    ours = house(db, version(tiers=tiers, expiry=Expiry(5)))
    bought = order(price="100.00", paid="2025-02-01")
    ours.settle("2025-02-01", bought)
    assert ours.row("ada").tier == "silver"

    if change.startswith("adjusted"):
        ours.adjust("2025-02-02", "ada", "a1", 100 if change.endswith("up") else -50)
    elif change == "imported":
        ours.bring("2025-02-02", "ada", "i1", 100, "2025-02-01")
    else:
        ours.settle(
            "2025-02-02", replace(bought, refunds=(refund("2025-02-02", "50.00"),), updated_at=bought.updated_at)
        )
    ours.tend("2025-02-03T00")

    assert ours.row("ada").tier == tier


def test_case_06_points_that_expire_were_earned_all_the_same(db: Engine) -> None:
    tiers = ladder(Level("silver", 100), measure=Measure.POINTS, window=months(1))
    ours = house(db, version(tiers=tiers, expiry=Expiry(5)))
    ours.settle("2025-02-01", order(price="100.00", paid="2025-02-01"))
    for day in ("2025-02-02T00", "2025-02-07T00"):
        ours.tend(day)

    assert (ours.amounts("ada"), ours.row("ada").tier) == ((0, 0, 0, 0), "silver")


def test_case_07_points_reserved_in_two_tabs_and_at_the_till_are_never_overspent_and_come_back_when_abandoned(
    db: Engine,
) -> None:
    ours = house(db, version(rewards=[Reward("r", 60, code_days=2)]))
    ours.settle("2025-02-01", order(price="100.00", paid="2025-02-01"))
    answers = [ours.redeem("2025-02-02", "ada", place).refused for place in ("tab-1", "tab-2", "till")]
    held = ours.amounts("ada")

    ours.tend("2025-02-04")

    assert answers == [None, "INSUFFICIENT_POINTS", "INSUFFICIENT_POINTS"]
    assert (held, ours.amounts("ada")) == ((0, 40, 60, 0), (0, 100, 0, 0))


def test_case_08_imported_lots_expire_by_the_dates_they_were_earned_on(db: Engine) -> None:
    ours = house(db, version(expiry=Expiry(90)))
    ours.join("ada")
    ours.bring("2025-03-15", "ada", "i1", 10, "2025-01-01T12")
    ours.bring("2025-03-15", "ada", "i2", 20, "2025-03-01T12")

    ours.tend("2025-04-02T00")

    assert ours.amounts("ada") == (0, 20, 0, 0)
    assert ours.shown("ada")["totals"]["expired"] == 10


def test_case_09_of_an_erased_member_nobody_can_tell_who_it_was_and_the_ledger_still_sums_to_zero(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 20)]))
    somebody = Customer("ada", "ada@example.com", "Ada Example")
    ours.settle("2025-02-01", SignUp(somebody, instant("2025-01-20")), order(customer=somebody, price="50.00"))
    ours.redeem("2025-02-02", "ada", f"code-{ours.programme_id.hex}")
    member_id = ours.member("ada")

    with ours.unit("2025-02-05") as scope:
        assert erase_member(scope, member_id, actor="staff", why="asked")

    with ours.reading() as scope:
        assert people(scope, [member_id]).get(member_id, NOBODY) == NOBODY
        assert not members.find(scope, ours.shop_id, ["ada"])
        everything = select(func.sum(BalanceRow.amount)).where(BalanceRow.programme_id == ours.programme_id)
        assert scope.session.scalar(everything) == 0
    assert ours.breaches() == []


def test_case_10_balances_rebuilt_from_what_is_stored_are_the_live_ones(db: Engine) -> None:
    ours = house(db, version(pending_days=3, expiry=Expiry(60), rewards=[Reward("r", 20, code_days=5)]))
    ours.join("ada", "ben")
    for number, customer in enumerate(("ada", "ben", "ada")):
        ours.settle("2025-02-01", order(f"o{number}", "30.00", customer=customer, paid=f"2025-02-0{number + 1}"))
    ours.adjust("2025-02-06", "ben", "a1", 15)
    ours.redeem("2025-02-10", "ada", "k1")
    ours.settle("2025-02-12", order("o0", "30.00", paid="2025-02-01", refunds=[refund("2025-02-11", "30.00")]))
    ours.tend("2025-02-20")

    assert ours.breaches() == []
    with ours.unit("2025-02-20") as scope:
        assert audit_settlements(scope, NOBODY_YET)[0] == []
        scope.session.rollback()
