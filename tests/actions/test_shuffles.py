"""Whatever order deliveries come in and however often: through the inbox they end in the same balances and tiers."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.db import inbox
from app.db.inbox import Arrival
from app.db.unit import unit_of_work
from app.loyalty.terms.programme import Level, Measure, Reward
from app.loyalty.terms.rules import AmountRule, ReferralRule, ReviewRule, SignUpRule
from jobs import inbox as inbox_job
from tests.factories.bodies import order_body, referral_body, review_body, sign_up_body
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order, refund
from tests.factories.houses import House, house
from tests.factories.programmes import ONE_PER_EURO, ladder, version
from tests.factories.works import Clock, works

NOW = "2025-06-01"
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EARN = (ONE_PER_EURO, SignUpRule(10), ReviewRule(5), ReferralRule(50, 5, 1000))
TIERS = ladder(Level("silver", 60, (2, 1), 7), Level("gold", 200, (3, 1), 9), measure=Measure.POINTS)


def back(day: str, amount: str) -> dict[str, object]:
    """A refund dated ``day``, in a snapshot of that day."""
    return {
        "updated_at": f"{day}T12:00:00Z",
        "refunds": [{"id": f"r{day}", "at": f"{day}T11:00:00Z", "amount": amount}],
    }


# Within the limits of FORMAT section 12: nothing is spent, nothing expires, no payment changes its date, no code is
# dropped, and no two snapshots of one thing differ under one version.
DELIVERIES: tuple[tuple[str, bytes], ...] = (
    ("order", order_body("o1", "70.00", "2025-02-01T12:00:00Z")),
    ("order", order_body("o1", "70.00", "2025-02-01T12:00:00Z", **back("2025-02-20", "30.00"))),
    ("order", order_body("o2", "55.00", "2025-02-10T12:00:00Z")),
    ("order", order_body("o2", "55.00", "2025-02-10T12:00:00Z", member="ben", updated_at="2025-02-12T12:00:00Z")),
    ("order", order_body("o3", "40.00", "2025-03-01T12:00:00Z")),
    ("order", order_body("o3", "40.00", "2025-03-01T12:00:00Z", cancelled_at="2025-03-02T12:00:00Z",
                         updated_at="2025-03-02T12:00:00Z")),
    ("order", order_body("o4", "99.00", "2025-04-01T12:00:00Z", member="ben")),
    ("order", order_body("o4", "99.00", "2025-04-01T12:00:00Z", member="ben", **back("2025-04-03", "90.00"))),
    ("review", review_body()),
    ("review", review_body("rv2", at="2025-02-06T12:00:00Z")),
    ("review", review_body("rv1", updated_at="2025-02-09T12:00:00Z", approved=False)),
    ("sign_up", sign_up_body()),
    ("sign_up", sign_up_body(at="2025-01-10T12:00:00Z")),
    ("referral", referral_body()),
    ("referral", referral_body("rf0", advocate="cas", at="2025-01-19T12:00:00Z")),
)  # fmt: skip


def deliver(ours: House, pages: Sequence[Sequence[tuple[str, bytes]]]) -> dict[str, object]:
    """Let deliveries arrive page by page through the inbox, then tend; return what everybody has."""
    clock = Clock()
    clock.set(NOW)
    jobs, count = works(ours.engine, clock=clock), 0
    for page in pages:
        with unit_of_work(ours.engine) as session:
            for topic, body in page:
                count += 1
                arrival = Arrival("neutral", topic, str(count), body, versioned=True)
                inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, clock.now)
        while inbox_job.drain(jobs, ours.programme_id, ours.shop_id):
            pass
    ours.tend(NOW)
    assert ours.breaches() == []
    return ours.everything()


@st.composite
def shuffled(draw: st.DrawFn) -> list[list[tuple[str, bytes]]]:
    """All deliveries in some order, some of them again, cut into pages."""
    again = draw(st.lists(st.sampled_from(DELIVERIES), max_size=5))
    told = draw(st.permutations([*DELIVERIES, *again]))
    cuts = sorted({0, len(told), *draw(st.lists(st.integers(1, len(told) - 1), max_size=3))})
    return [list(told[start:end]) for start, end in pairwise(cuts)]


@FEW
@given(pages=shuffled())
def test_any_order_and_repetition_of_deliveries_ends_in_the_same_place(
    db: Engine, pages: list[list[tuple[str, bytes]]]
) -> None:
    told = version(earn=EARN, tiers=TIERS, pending_days=3)
    in_turn = deliver(house(db, told), [[each] for each in DELIVERIES])
    assert in_turn["ada"] == {"pending": 0, "available": 55, "held": 0, "debt": 0, "tier": None}
    assert deliver(house(db, told), pages) == in_turn


@FEW
@given(
    rate=st.sampled_from(("0.5", "1", "3")),
    later=st.sampled_from(("0.1", "2", "9")),
    parts=st.lists(st.sampled_from(("1.00", "12.34", "33.00")), min_size=1, max_size=4),
    spent=st.booleans(),
)
def test_a_refund_never_takes_more_than_the_order_gave_whatever_the_rule_became(
    db: Engine,
    rate: str,
    later: str,
    parts: list[str],
    spent: bool,  # noqa: FBT001 - drawn
) -> None:
    gave = AmountRule(Decimal(rate), 100)
    ours = house(db, version(earn=[gave], rewards=[Reward("r", 20)]))
    ours.settle("2025-02-01T13", order(price="80.00"))
    given_points = ours.amounts("ada")[1]
    ours.publish("2025-02-02", version("2025-02-03T00", earn=[AmountRule(Decimal(later), 100)]))
    if spent:
        ours.redeem("2025-02-02", "ada", "k1")
    for number in range(1, len(parts) + 1):
        refunds = [refund("2025-02-05", part, id=f"r{n}") for n, part in enumerate(parts[:number])]
        ours.settle("2025-02-06", order(price="80.00", updated=f"2025-02-06T{number:02}", refunds=refunds))
        settled = ours.settlement("ada", "order:o1")
        assert 0 <= settled.posted == settled.due <= given_points
    ours.settle("2025-02-07", order(price="80.00", updated="2025-02-07", cancelled="2025-02-07"))
    pending, available, held, debt = ours.amounts("ada")
    assert pending + available + held - debt == 0
    assert ours.shown("ada")["totals"]["issued"] == 0


@FEW
@given(times=st.lists(st.sampled_from(("2025-02-03", "2025-02-04T12", "2025-02-20", "2025-03-01")), max_size=5))
def test_tending_at_any_instants_and_twice_ends_as_if_once(db: Engine, times: list[str]) -> None:
    told = version(earn=EARN, tiers=TIERS, pending_days=3)
    often, once = house(db, told), house(db, told)
    for ours in (often, once):
        ours.settle("2025-02-01T13", order(price="70.00"))
    for now in sorted([*times, *times]):
        often.tend(now)
    for ours in (often, once):
        ours.tend(NOW)
    assert often.tend(NOW) == 0
    assert often.everything() == once.everything()
    assert often.row("ada").number == once.row("ada").number
