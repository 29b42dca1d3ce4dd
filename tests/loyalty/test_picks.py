"""What suits a member and why: the order and the reasons of one table, worked by hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order
from app.loyalty.members.shopping import shopper_of
from app.loyalty.redeeming.eligibility import Asker
from app.loyalty.redeeming.picks import Because, Evidence, Has, Pick, picks
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import AmountOff, Service
from app.loyalty.terms.segments import Frequency, Points, Segment, Shopper, Spending, Tier
from tests.factories.facts import order
from tests.factories.instants import instant
from tests.factories.programmes import programme, version
from tests.loyalty.examples import many
from tests.loyalty.notebook import Notebook

NOW = "2025-03-10"
SEGMENTS = (
    Segment("often", (Frequency(2, days=90), Spending(1000))),
    Segment("rich", (Points(10_000),)),
    Segment("new", (Frequency(most=0),)),
)
REWARDS = (
    Reward("near", 120, AmountOff(500)),
    Reward("far", 900, AmountOff(5000)),
    Reward("cheap", 20, AmountOff(100)),
    Reward("again", 50, Service("Wrap it")),
    Reward("ends", 30, AmountOff(100), closes_at=instant("2025-03-17")),
    Reward("ends_later", 30, AmountOff(100), closes_at=instant("2025-03-17T13")),
    Reward("mine", 500, AmountOff(100), segment="often"),
    Reward("not_mine", 0, AmountOff(100), segment="rich"),
    Reward("gone", 10, AmountOff(100), stock=3),
    Reward("spent", 10, AmountOff(100), budget_minor=2_000),
    Reward("limited", 10, AmountOff(100), limit=1),
    Reward("closed", 10, AmountOff(100), closes_at=instant("2025-03-10")),
    Reward("gold", 10, AmountOff(100), level="gold"),
)


def noted(*orders: Order) -> Notebook:
    book = Notebook(programme(promised()))
    book.tell("2025-03-01", *orders)
    return book


def has(book: Notebook) -> Has:
    return Has(book.books.available, book.books.redemptions)


def promised() -> Version:
    return replace(version(rewards=REWARDS), segments=SEGMENTS)


def picked(book: Notebook, at: str = NOW) -> tuple[Pick, ...]:
    shopper: Shopper = shopper_of(book.history(), book.books, book.programme, None, instant(at))
    return picks(
        promised(),
        has(book),
        Asker(shopper=shopper),
        instant(at),
        {"gone": (3, 0), "ends": (99, 0), "spent": (0, 1_950)},
    )


def test_what_is_open_is_ranked_by_reason_and_each_reason_names_its_numbers() -> None:
    book = noted(order("o1", "60.00"), order("o2", "90.00", "2025-02-02"))
    book.redeem("2025-03-02", "k1", reward="again")
    book.redemption("k1").state = book.redemption("k1").state.REDEEMED
    book.redeem("2025-03-03", "k2", reward="limited")
    assert book.books.available == 150 - 50 - 10

    found = picked(book)
    assert [(pick.reward.id, pick.because) for pick in found] == [
        ("ends", Because.ENDS_SOON),
        ("mine", Because.FOR_YOU),
        ("again", Because.HAD_BEFORE),
        ("ends_later", Because.IN_REACH),
        ("cheap", Because.IN_REACH),
        ("near", Because.NEARLY),
        ("far", Because.NEARLY),
    ]
    told = {pick.reward.id: dict(pick.numbers) for pick in found}
    assert told["again"] == {"times": 1, "spend": 50, "missing": 0}
    assert told["near"] == {"times": 0, "spend": 120, "missing": 30}
    assert found[1].evidence == Evidence("frequency", 2, 90)
    assert found[0].ends_at == instant("2025-03-17")


def test_who_never_bought_is_offered_what_is_for_newcomers_alone() -> None:
    newcomer = replace(REWARDS[6], id="first", segment="new")
    terms = replace(promised(), rewards=(newcomer, REWARDS[6]))
    book = Notebook(programme(terms))
    book.tell("2025-03-01")
    shopper = shopper_of(book.history(), book.books, book.programme, None, instant(NOW))
    found = picks(terms, has(book), Asker(shopper=shopper), instant(NOW))
    assert [(pick.reward.id, pick.evidence) for pick in found] == [("first", Evidence("frequency", 0, None))]


def test_an_offer_by_tier_has_no_number_to_tell() -> None:
    terms = replace(promised(), segments=(Segment("often", (Tier(("gold",)),)),), rewards=(REWARDS[6],))
    found = picks(terms, has(noted()), Asker(shopper=Shopper(instant(NOW), level="gold")), instant(NOW))
    assert [pick.evidence for pick in found] == [Evidence("tier", None, None)]
    assert picks(terms, has(noted()), Asker(), instant(NOW)) == ()


@many
@given(data=st.data())
def test_the_order_of_the_programme_does_not_matter(data: st.DataObject) -> None:
    book = noted(order("o1", "60.00"), order("o2", "90.00", "2025-02-02"))
    shopper = shopper_of(book.history(), book.books, book.programme, None, instant(NOW))
    shuffled = replace(promised(), rewards=tuple(data.draw(st.permutations(REWARDS))))
    found = picks(shuffled, has(book), Asker(shopper=shopper), instant(NOW))
    assert found == picks(promised(), has(book), Asker(shopper=shopper), instant(NOW))
