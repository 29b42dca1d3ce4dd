"""What each kind of reward does to the books: one table, worked by hand, from 100 points of one lot."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.effects import Beside
from app.loyalty.errors import AlreadyPickedError, LoyaltyError, UnknownOptionError
from app.loyalty.ledger.books import Redemption, RedemptionState, Stage
from app.loyalty.publishing.offering import faults
from app.loyalty.redeeming.eligibility import rounded_up
from app.loyalty.redeeming.redemptions import Ask, complete, give, pick
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import (
    Access,
    AmountOff,
    Choice,
    Donation,
    FreeProduct,
    FreeShipping,
    Gift,
    GiftCard,
    Opening,
    Service,
    StoreCredit,
)
from app.loyalty.terms.variable import Variable
from tests.factories.facts import order
from tests.factories.instants import instant
from tests.factories.programmes import programme, version
from tests.loyalty.notebook import Notebook

ASKED = "2025-02-02T12"
ONE_TO_ONE = Variable(minimum=10, maximum=None, step=10, value_minor=1, per_points=1)
TREES = Donation("trees", 1, round_to_minor=100)


def rich(*rewards: Reward) -> Notebook:
    book = Notebook(programme(version(rewards=rewards)))
    book.tell("2025-02-01T13", order(price="100.00"))
    return book


def movements(book: Notebook) -> list[tuple[str, str, int]]:
    """Everything a redemption moved, in order."""
    return [
        (posting.source.account.value, posting.destination.account.value, posting.amount)
        for transaction in book.books.transactions
        if transaction.source.name.startswith("redemption:")
        for posting in transaction.postings
    ]


HELD = ("available", "held", 30)
# fmt: off
AT_ASKING: tuple[tuple[Gift, str, list[tuple[str, str, int]], int | None], ...] = (
    # what it gives                    stage        postings                                    worth in minor units
    (AmountOff(300),                   "requested", [HELD],                                     300),
    (FreeProduct("77", 1250),          "requested", [HELD],                                     1250),
    (StoreCredit(300),                 "requested", [HELD],                                     300),
    (GiftCard(500),                    "requested", [HELD],                                     500),
    (Donation("trees", 30),            "fulfilled", [HELD, ("held", "donated", 30)],            30),
    (Access(("sale",)),                "fulfilled", [HELD, ("held", "redeemed", 30)],           None),
    (Service("Sharpen two knives"),    "open",      [HELD],                                     None),
    (Choice(("a", "b")),               "choosing",  [HELD],                                     None),
)
# fmt: on


@pytest.mark.parametrize(("gives", "stage", "postings", "value"), AT_ASKING)
def test_what_asking_does(gives: Gift, stage: str, postings: list[tuple[str, str, int]], value: int | None) -> None:
    others = (Reward("a", 5, AmountOff(100)), Reward("b", 5, Service("Wrap it")))
    book = rich(Reward("r", 30, gives), *others)
    one = book.redeem(ASKED, "k1")
    assert (one.stage.value, movements(book), one.value_minor) == (stage, postings, value)
    assert book.books.available == 70


def done(book: Notebook, one: Redemption) -> None:
    complete(book.books, one, instant("2025-02-03"))


def picked(book: Notebook, one: Redemption, option: str) -> None:
    pick(book.books, one, book.programme.version(one.version), option, instant("2025-02-03"))


def test_money_the_shop_confirmed_is_spent_and_nothing_brings_it_back() -> None:
    book = rich(Reward("r", 30, StoreCredit(300), code_days=5))
    one = book.redeem(ASKED, "k1")
    assert one.ends_at is None  # the days are the credit's own: points on hold for it never run out
    done(book, one)
    book.conclude("2025-03-02")
    assert movements(book) == [HELD, ("held", "redeemed", 30)]
    assert (one.state, one.stage) == (RedemptionState.REDEEMED, Stage.FULFILLED)


def test_cashback_is_a_unit_of_money_that_becomes_credit_one_to_one() -> None:
    """3.50 % of 50.00 is 1.75: held as 175, worth 175, given as 175."""
    book = rich(Reward("out", 0, StoreCredit(1), variable=ONE_TO_ONE))
    one = book.redeem(ASKED, "k1", "out", points=70)
    done(book, one)
    assert (one.cost, one.value_minor) == (70, 70)
    assert movements(book) == [("available", "held", 70), ("held", "redeemed", 70)]


def test_a_service_that_is_cancelled_gives_its_points_back_to_their_lot() -> None:
    book = rich(Reward("r", 30, Service("Sharpen two knives")))
    book.redeem(ASKED, "k1")
    book.give_back("2025-02-04", "k1")
    assert movements(book) == [HELD, ("held", "available", 30)]


PICKS = (
    ("a", "requested", [HELD], 100),
    ("b", "open", [HELD], None),
    ("c", "fulfilled", [HELD, ("held", "donated", 30)], 50),
)
OPTIONS = (
    Reward("r", 30, Choice(("a", "b", "c")), code_days=3),
    Reward("a", 5, AmountOff(100), code_days=10),
    Reward("b", 5, Service("Wrap it")),
    Reward("c", 5, Donation("trees", 50)),
)


@pytest.mark.parametrize(("option", "stage", "postings", "value"), PICKS)
def test_the_picked_one_is_issued_and_the_others_lapse(
    option: str, stage: str, postings: list[tuple[str, str, int]], value: int | None
) -> None:
    book = rich(*OPTIONS)
    one = book.redeem(ASKED, "k1")
    picked(book, one, option)
    assert (one.option, one.stage.value, movements(book), one.value_minor) == (option, stage, postings, value)
    for other in ("a", "b", "c"):
        with pytest.raises(AlreadyPickedError):
            picked(book, one, other)


def test_a_code_that_was_picked_lives_its_own_days_from_then() -> None:
    book = rich(*OPTIONS)
    one = book.redeem(ASKED, "k1")
    picked(book, one, "a")
    assert one.ends_at == instant("2025-02-13")


def test_a_choice_nobody_makes_runs_out_and_no_code_is_disabled_for_it() -> None:
    book = rich(*OPTIONS)
    one = book.redeem(ASKED, "k1")
    book.conclude("2025-02-05T12")
    assert (one.stage, movements(book)) == (Stage.EXPIRED, [HELD, ("held", "available", 30)])
    assert book.books.to_disable == set()
    with pytest.raises(AlreadyPickedError):
        picked(book, one, "a")


def test_what_is_not_among_the_options_cannot_be_picked() -> None:
    book = rich(*OPTIONS)
    one = book.redeem(ASKED, "k1")
    with pytest.raises(UnknownOptionError) as refused:
        picked(book, one, "r")
    assert refused.value.numbers() == {"need": "a,b,c"}
    picked(book, one, "b")


def test_a_gift_costs_nothing_and_moves_nothing() -> None:
    book = rich(*OPTIONS)
    promised = book.programme.versions[0]
    one = give(book.books, Ask("g1", "G1", "r"), promised, instant(ASKED))
    picked(book, one, "c")
    assert (one.cost, one.stage, movements(book), book.books.available) == (0, Stage.FULFILLED, [], 100)


# ── Rounding up ──────────────────────────────────────────────────────────────

# an order's total of 47.30 lacks 0.70; 10 points and more by 10 are worth a cent each
ROUNDED = ((4730, 70), (4799, 10), (4701, 100), (4700, 0), (1, 100))


@pytest.mark.parametrize(("total", "points"), ROUNDED)
def test_rounding_up_gives_what_brings_the_total_to_the_next_whole(total: int, points: int) -> None:
    promised = version(rewards=[Reward("r", 0, TREES, variable=ONE_TO_ONE)])
    assert rounded_up(promised, "r", total) == points


@given(total=st.integers(1, 10**7), per=st.sampled_from((1, 2, 5, 10)), whole=st.sampled_from((10, 100, 500)))
def test_rounding_up_is_the_least_on_offer_that_is_enough(total: int, per: int, whole: int) -> None:
    terms = Variable(per, None, per, 1, per)
    promised = version(rewards=[Reward("r", 0, Donation("trees", 1, whole), variable=terms)])
    points = rounded_up(promised, "r", total) or 0
    assert (total + terms.value(points)) % whole == 0
    assert terms.value(points) < whole


def test_an_order_that_is_whole_already_has_nothing_to_round() -> None:
    book = rich(Reward("r", 0, TREES, variable=ONE_TO_ONE))
    with pytest.raises(LoyaltyError) as refused:
        book.redeem(ASKED, "k1", points=0)
    assert refused.value.code == "POINTS_NOT_OFFERED"


# ── What cannot be offered ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reward", "why"),
    (
        (Reward("r", 1, StoreCredit(0)), "WORTH_NOTHING"),
        (Reward("r", 1, StoreCredit(500), beside=()), "NO_CODE_TO_COMBINE"),
        (Reward("r", 1, AmountOff(5), beside=(Beside.ORDER, Beside.ORDER)), "BESIDE_TWICE"),
        (Reward("r", 1, FreeShipping(), beside=(Beside.SHIPPING,)), "SHIPPING_BESIDE_SHIPPING"),
        (Reward("r", 1, Donation("trees", 5, 100)), "ROUNDING_NEEDS_CHOSEN_POINTS"),
        (Reward("r", 1, Choice(("a",))), "TOO_FEW_OPTIONS"),
        (Reward("r", 1, Choice(("a", "a"))), "TOO_FEW_OPTIONS"),
        (Reward("r", 1, Choice(("a", "x"))), "UNKNOWN_OPTION"),
        (Reward("r", 1, Choice(("a", "r"))), "UNKNOWN_OPTION"),
        (Reward("r", 1, Access(())), "NOTHING_TO_ENTER"),
        (Reward("r", 1, Access(("sale",), (Opening("gold", instant(ASKED)),))), "UNKNOWN_TIER"),
        (Reward("r", 1, Service("Wrap it"), variable=ONE_TO_ONE), "NO_SUM_TO_CHOOSE"),
    ),
)
def test_a_gift_that_cannot_be_given_is_not_published(reward: Reward, why: str) -> None:
    promised: Version = version(rewards=[reward, Reward("a", 1, AmountOff(100))])
    assert list(faults(promised)) == [(0, why)]


def test_versions_keep_every_kind_as_content() -> None:
    from app.db.programmes import VERSION  # noqa: PLC0415 - the content is the tables' business

    kinds: list[Any] = [gives for gives, *_ in AT_ASKING]
    promised = version(rewards=[Reward(f"r{n}", 1, gives, variable=None) for n, gives in enumerate(kinds)])
    assert VERSION.validate_python(VERSION.dump_python(promised, mode="json")) == promised
