"""Wherever in a story two members are merged, it ends as if they had always been one; taken back, as if never."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions.audit_ledger import audit_settlements
from app.db import members
from app.db.audit import NOBODY
from app.loyalty.facts import Customer, SignUp
from app.loyalty.terms.programme import Level, Measure, Reward
from app.loyalty.terms.rules import ReviewRule, SignUpRule
from tests.factories.facts import order, refund, review
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TIERS = ladder(Level("silver", 60, (2, 1), 7), Level("gold", 150, (3, 1), 9), measure=Measure.POINTS)
PEOPLE = ("ada", "ben")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("buy", "buy", "buy", "refund", "cancel", "redeem", "use", "give", "review", "sign_up")),
        st.sampled_from(PEOPLE),
        st.integers(1, 5),
    ),
    min_size=4,
    max_size=14,
)


def world(db: Engine) -> House:
    """Orders, reviews, joining and tiers give points; a reward takes them; nothing expires or is forgiven."""
    return house(
        db,
        version(
            earn=(ONE_PER_EURO, SignUpRule(10), ReviewRule(5)), tiers=TIERS, pending_days=1, rewards=[Reward("r", 30)]
        ),
    )


def happen(ours: House, day: int, event: tuple[str, str, int], asked: dict[str, str]) -> bool:
    """Let one thing happen; say whether a reward that was asked for was given."""
    what, name, which = event
    now, key = f"2025-03-{day:02}", f"{ours.programme_id.hex[:8]}-{day}"
    if what == "redeem":
        given = ours.redeem(now, name, f"k{day}", code=key).refused is None
        if given:
            asked[name] = key
        return given
    if what == "give":
        return ours.adjust(now, name, f"g{day}", 7 * which).refused is None
    if what == "sign_up":
        ours.settle(now, SignUp(Customer(name), instant(f"2025-01-{which:02}")))
    elif what == "review":
        ours.settle(f"{now}T13", review(f"rv-{name}-{which}", at=f"2025-02-1{which}", customer=name, updated=now))
    else:
        told = order(
            f"{name}-{which}", f"{13 * which}.00", f"2025-02-0{which}", customer=name, updated=now,
            codes=[(asked[name], "1.00")] if what == "use" and name in asked else (),
            refunds=[refund(now, f"{5 * which}.00")] if what == "refund" else (),
            cancelled=now if what == "cancel" else None,
        )  # fmt: skip
        ours.settle(f"{now}T13", told)
    return True


def worth(ours: House, name: str) -> tuple[int, str | None]:
    """Return what a member has in sum, and the tier."""
    pending, available, held, debt = ours.amounts(name)
    return (pending + available + held - debt, ours.row(name).tier)


def nothing_moves(ours: House, now: str) -> bool:
    with ours.unit(now) as scope:
        found, _ = audit_settlements(scope, NOBODY)
        scope.session.rollback()
    return found == []


@FEW
@given(events=EVENTS, at=st.integers(0, 14))
def test_merged_at_any_point_a_story_ends_as_if_there_had_been_one_member(
    db: Engine, events: list[tuple[str, str, int]], at: int
) -> None:
    parted, one = world(db), world(db)
    parted.join(*PEOPLE)
    [ada] = one.join("ada")
    with one.unit("2024-06-01") as scope:
        members.add_identity(scope, one.shop_id, "ben", ada)
    asked: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for day, event in enumerate(events, 1):
        if day == at + 1:
            parted.merge(f"2025-03-{day:02}T01", "ada", "ben")
        # A reward that one could not afford and both could is another story.
        assume(happen(parted, day, event, asked[0]) == happen(one, day, event, asked[1]))
    now = "2025-03-28"
    if at >= len(events):
        parted.merge(now, "ada", "ben")
    for ours in (parted, one):
        ours.tend(now)
    assert worth(parted, "ada") == worth(one, "ada")
    assert parted.breaches() == []
    assert nothing_moves(parted, now)


@FEW
@given(events=EVENTS)
def test_a_merge_taken_back_at_once_leaves_both_what_they_had(db: Engine, events: list[tuple[str, str, int]]) -> None:
    asked: dict[str, str] = {}
    ours, now = world(db), "2025-03-28"
    ours.join(*PEOPLE)
    for day, event in enumerate(events, 1):
        happen(ours, day, event, asked)
    ours.tend(now)
    before = {name: worth(ours, name) for name in PEOPLE}
    ben = ours.member("ben")
    ours.merge(now, "ada", ben)
    assert ours.unmerge(now, ben).rest == 0
    assert {name: worth(ours, name) for name in PEOPLE} == before
    assert ours.breaches() == []
    assert nothing_moves(ours, now)
