"""Redemptions: held, used, given back, made good, used again."""

from dataclasses import replace

import pytest

from app.loyalty.errors import InsufficientPointsError, TierTooLowError, UnknownRewardError
from app.loyalty.facts import Order
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.terms.programme import AfterUse, Clawback, Expiry, Ladder, Level, Reward, Version
from tests.factories.facts import order, refund
from tests.factories.instants import instant
from tests.factories.programmes import ladder, programme, version
from tests.loyalty.notebook import Notebook

BRONZE = ladder(Level("bronze", 1000), Level("gold", 10_000))
NOW = "2025-03-01"
USED = "2025-03-02"
LATER = "2025-03-03"


def _version(
    starts: str = "2025-01-01T00",
    *,
    cost: int = 4,
    code_days: int | None = None,
    after_use: AfterUse = AfterUse.RETURN,
    clawback: Clawback = Clawback.OWE,
    expiry: Expiry | None = None,
    tiers: Ladder | None = None,
    level: str | None = None,
) -> Version:
    reward = Reward("r", cost, code_days=code_days, level=level)
    return replace(
        version(starts, clawback=clawback, expiry=expiry, tiers=tiers, rewards=(reward,)), after_use=after_use
    )


def _book(*versions: Version) -> Notebook:
    """Return a member with 10 points from an order of 10.00."""
    book = Notebook(programme(*(versions or (_version(),))))
    book.tell("2025-02-01", order("o1"))
    return book


def _using(
    id: str = "o2", *codes: str, paid: str | None = USED, updated: str | None = None, price: str = "0.50"
) -> Order:
    """Return an order that names codes and earns nothing by itself."""
    return order(id, price, paid=paid, updated=updated or USED, codes=[(code, "0") for code in codes or ("k1",)])


def _cancelled(made: Order, at: str = LATER) -> Order:
    return replace(made, cancelled_at=instant(at), updated_at=instant(at))


# -- asking ----------------------------------------------------------------------------------------------------------


def test_unknown_rewards_are_refused_first() -> None:
    book = _book(_version(cost=99, level="gold", tiers=BRONZE))
    with pytest.raises(UnknownRewardError):
        book.redeem(NOW, "k1", "another")


def test_before_the_programme_there_are_no_rewards() -> None:
    with pytest.raises(UnknownRewardError):
        Notebook(programme(_version())).redeem("2024-06-01", "k1")


def test_a_tier_too_low_is_refused_before_points_are_looked_at() -> None:
    book = _book(_version(cost=99, level="gold", tiers=BRONZE))
    with pytest.raises(TierTooLowError) as refusal:
        book.redeem(NOW, "k1")
    assert refusal.value.numbers() == {"need": "gold"}


def test_a_reward_of_ones_own_level_or_a_lower_one_may_be_had() -> None:
    for level in ("bronze", None):
        book = _book(_version(level=level, tiers=BRONZE))
        book.redeem(NOW, "k1")
        assert book.amounts == (0, 6, 4, 0)


def test_a_reward_for_a_level_is_for_nobody_where_there_is_no_ladder() -> None:
    with pytest.raises(TierTooLowError):
        _book(_version(level="gold")).redeem(NOW, "k1")


def test_too_few_points_are_refused_with_what_is_missing() -> None:
    book = _book(_version(cost=11))
    posted = len(book.transactions)
    with pytest.raises(InsufficientPointsError) as refusal:
        book.redeem(NOW, "k1")
    assert refusal.value.numbers() == {"have": 10, "need": 11, "missing": 1}
    assert (len(book.transactions), book.books.redemptions) == (posted, [])


def test_pending_and_held_points_cannot_be_spent() -> None:
    book = _book(_version(cost=6))
    book.redeem(NOW, "k1")
    with pytest.raises(InsufficientPointsError) as refusal:
        book.redeem(NOW, "k2")
    assert refusal.value.numbers() == {"have": 4, "need": 6, "missing": 2}


def test_the_terms_are_those_of_the_version_at_the_asking() -> None:
    book = _book(_version(cost=4), _version("2025-03-01T12", cost=7))
    book.redeem("2025-03-01T11", "k1")
    assert book.amounts == (0, 6, 4, 0)
    with pytest.raises(InsufficientPointsError):
        book.redeem(NOW, "k2")


def test_points_are_held_lot_by_lot_in_drawing_order() -> None:
    book = _book(_version(cost=12))
    book.bring(NOW, "i1", 5, "2025-01-01", "2025-06-01")
    redemption = book.redeem(NOW, "k1")
    assert [(part.lot, part.amount) for part in redemption.parts] == [(2, 5), (1, 7)]


def test_a_reward_for_nothing_holds_nothing_and_can_still_be_used() -> None:
    book = _book(_version(cost=0))
    book.redeem(NOW, "k1")
    book.tell(USED, _using())
    assert book.redemption("k1").stage is Stage.USED
    assert book.amounts == (0, 10, 0, 0)


# -- use -------------------------------------------------------------------------------------------------------------


def test_a_paid_order_that_names_the_code_uses_it_without_care_for_case() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(USED, _using("o2", "K1"))
    assert book.amounts == (0, 6, 0, 0)
    assert book.moved(source="redemption:k1") == {"available": -4, "redeemed": 4}


def test_an_unpaid_order_uses_nothing() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(USED, _using(paid=None))
    assert book.amounts == (0, 6, 4, 0)


def test_once_used_a_code_stays_used_though_later_snapshots_drop_it() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(USED, _using())
    for later in (_using("o2", "other", updated=LATER), _using(paid=None, updated="2025-03-04")):
        book.tell("2025-03-05", later)
        assert book.redemption("k1").state is RedemptionState.REDEEMED
        assert book.amounts[2] == 0


def test_of_several_orders_with_a_code_the_first_that_lives_uses_it() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    first, second = _using("o2"), _using("o3", paid="2025-03-02T13")
    book.tell(LATER, second, first)
    use = book.redemption("k1").use
    assert use is not None
    assert use.order == "o2"
    book.tell(LATER, _cancelled(first))
    use = book.redemption("k1").use
    assert use is not None
    assert (use.order, book.redemption("k1").state) == ("o3", RedemptionState.REDEEMED)
    book.tell(LATER, _cancelled(second))
    assert book.amounts == (0, 10, 0, 0)


# -- giving back -----------------------------------------------------------------------------------------------------


def test_returned_points_go_back_to_the_lots_they_came_from() -> None:
    book = _book(_version(cost=12))
    book.bring(NOW, "i1", 5, "2025-01-01", "2025-06-01")
    book.redeem(NOW, "k1")
    book.give_back(USED, "k1")
    assert book.lots() == [("order:o1", 10), ("import:i1", 5)]
    assert book.moved(source="redemption:k1") == {}


def test_returning_twice_is_returning_once() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.give_back(USED, "k1")
    posted = len(book.transactions)
    book.give_back(LATER, "k1")
    assert len(book.transactions) == posted


def test_a_code_unused_at_its_end_gives_its_points_back_at_that_instant() -> None:
    book = _book(_version(code_days=2))
    book.redeem(NOW, "k1")
    book.conclude("2025-03-03T11")
    assert book.amounts == (0, 6, 4, 0)
    book.conclude("2025-03-03T12")
    assert book.amounts == (0, 10, 0, 0)
    assert book.redemption("k1").stage is Stage.EXPIRED
    assert book.books.to_disable == {"k1"}


@pytest.mark.parametrize(
    ("end_of_day", "ends"),
    (pytest.param(True, "2025-03-21T00", id="days"), pytest.param(False, "2025-03-20T12", id="hours")),
)
def test_points_that_expired_while_held_live_seven_days_more(end_of_day: bool, ends: str) -> None:  # noqa: FBT001 - drawn
    book = _book(_version(expiry=Expiry(30, end_of_day=end_of_day)))
    book.redeem("2025-02-20", "k1")
    book.conclude("2025-03-13")
    assert book.amounts == (0, 0, 4, 0)
    book.give_back("2025-03-13", "k1")
    (lot,) = (lot for lot in book.books.lots.values() if lot.available)
    original = book.books.lots[lot.parent] if lot.parent else lot
    assert lot is not original
    assert (lot.source, lot.shop, lot.release_at) == (original.source, original.shop, original.release_at)
    assert (lot.available, lot.expires_at) == (4, instant(ends))
    assert book.moved() == {"issued": -10, "expired": 6, "available": 4}


def test_points_that_come_back_before_their_end_keep_it() -> None:
    book = _book(_version(expiry=Expiry(30)))
    book.redeem("2025-02-20", "k1")
    book.give_back("2025-02-21", "k1")
    assert len(book.books.lots) == 1


# -- after use -------------------------------------------------------------------------------------------------------


def test_cancelling_the_order_that_used_a_code_returns_its_points() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(USED, _using())
    book.tell(LATER, _cancelled(_using()))
    assert book.amounts == (0, 10, 0, 0)
    assert book.moved(source="redemption:k1") == {}


def test_refunding_all_goods_is_like_cancelling_and_a_part_gives_nothing_back() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    part, rest = refund(LATER, "0.20", id="a"), refund(LATER, "0.30", id="b")
    book.tell(LATER, replace(_using(), refunds=(part,)))
    assert book.amounts == (0, 6, 0, 0)
    book.tell(LATER, replace(_using(), refunds=(part, rest)))
    assert book.amounts == (0, 10, 0, 0)


def test_an_order_that_the_code_made_free_is_not_refunded_by_being_free() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(USED, order("o2", "0.50", paid=USED, codes=(("k1", "0.50"),)))
    assert book.redemption("k1").state is RedemptionState.REDEEMED


def test_where_points_are_kept_a_cancelled_order_keeps_them() -> None:
    book = _book(_version(after_use=AfterUse.KEEP))
    book.redeem(NOW, "k1")
    book.tell(USED, _using())
    book.tell(LATER, _cancelled(_using()))
    assert book.amounts == (0, 6, 0, 0)


@pytest.mark.parametrize("after_use", tuple(AfterUse))
def test_when_only_the_cancelled_snapshot_came_the_result_is_the_same(after_use: AfterUse) -> None:
    steps, at_once = _book(_version(after_use=after_use)), _book(_version(after_use=after_use))
    for book in (steps, at_once):
        book.redeem(NOW, "k1")
    steps.tell(LATER, _using(), _cancelled(_using()))
    at_once.tell(LATER, _cancelled(_using()))
    assert steps.amounts == at_once.amounts
    assert steps.moved() == at_once.moved()


def test_cancelling_an_order_that_was_never_paid_gives_nothing_back() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.tell(LATER, _cancelled(_using(paid=None)))
    assert book.amounts == (0, 6, 4, 0)


def test_where_a_platform_would_honour_the_code_again_it_is_disabled_before_points_return() -> None:
    book = _book()
    book.redeem(NOW, "k1", codes_revive=True)
    book.tell(USED, _using())
    book.tell(LATER, _cancelled(_using()))
    assert (book.amounts, book.books.to_disable) == ((0, 6, 0, 0), {"k1"})
    book.redemption("k1").code_gone = True
    book.conclude(LATER)
    assert book.amounts == (0, 10, 0, 0)


# -- made good, used again -------------------------------------------------------------------------------------------


def test_a_code_used_after_its_points_were_given_back_draws_them_again() -> None:
    book = _book()
    book.redeem(NOW, "k1")
    book.give_back(USED, "k1")
    book.tell(USED, _using())
    assert book.amounts == (0, 6, 0, 0)
    assert book.moved(source="redemption:k1") == {"available": -4, "redeemed": 4}


def test_where_too_little_is_left_it_is_drawn_from_debt() -> None:
    book = _book(_version(cost=8))
    book.redeem(NOW, "k1")
    book.give_back(NOW, "k1")
    book.adjust(NOW, "a1", -7)
    book.tell(USED, _using())
    assert book.amounts == (0, 0, 0, 5)
    book.tell(LATER, _cancelled(_using()))
    assert book.amounts == (0, 3, 0, 0)
    assert book.moved(source="redemption:k1") == {}


def test_what_was_drawn_from_debt_that_was_paid_since_comes_back_as_points() -> None:
    book = _book(_version(cost=8))
    book.redeem(NOW, "k1")
    book.give_back(NOW, "k1")
    book.adjust(NOW, "a1", -10)
    book.tell(USED, _using())
    assert book.amounts == (0, 0, 0, 8)
    book.adjust(USED, "a2", 20)
    assert book.amounts == (0, 12, 0, 0)
    book.tell(LATER, _cancelled(_using()))
    assert book.amounts == (0, 20, 0, 0)


def test_points_given_back_make_good_what_was_forgiven_since_they_were_asked_for() -> None:
    book = _book(_version(cost=10, clawback=Clawback.CLAMP))
    book.redeem(NOW, "k1")
    book.tell(USED, order("o1", cancelled=USED, updated=USED))
    assert book.amounts == (0, 0, 10, 0)
    book.give_back(LATER, "k1")
    # Hold, refund, return is no way to free points.
    assert book.amounts == (0, 0, 0, 0)
    assert book.moved() == {}


def test_what_was_forgiven_before_the_request_stays_forgiven() -> None:
    book = _book(_version(cost=10, clawback=Clawback.CLAMP))
    book.redeem(NOW, "k1")
    book.tell(USED, order("o1", cancelled=USED, updated=USED))
    book.tell(USED, order("o2", "12.00", paid=USED))
    book.redeem(USED, "k2")
    book.give_back(LATER, "k2")
    assert book.amounts == (0, 12, 10, 0)


def test_making_good_goes_source_by_source_up_to_the_points_given_back() -> None:
    book = _book(_version(cost=10, clawback=Clawback.CLAMP))
    book.tell("2025-02-03", order("o2", "6.00", paid="2025-02-03"))
    book.redeem(NOW, "k1")
    book.adjust(NOW, "a1", -6)
    gone = order("o2", "6.00", paid="2025-02-03", cancelled=USED, updated=USED)
    book.tell(USED, gone, order("o1", cancelled=USED, updated=USED))
    assert book.amounts == (0, 0, 10, 0)
    forgiven = {source.name: given.forgiven_total for source, given in book.books.given.items()}
    assert forgiven == {"order:o1": 10, "order:o2": 6}
    book.give_back(LATER, "k1")
    forgiven = {source.name: given.forgiven_total for source, given in book.books.given.items()}
    assert forgiven == {"order:o1": 0, "order:o2": 6}
    assert book.amounts == (0, 0, 0, 0)
