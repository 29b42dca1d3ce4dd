"""What shops of a group owe each other: by the lots that paid for their orders, and zero in sum whatever happened."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions.conclude_redemption import end_redemption
from app.db.between_shops import owed_between, standings
from app.db.members import add_identity
from app.loyalty.errors import AlreadyUsedError, UnknownRedemptionError
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

SHOPS = ("a", "b", "c")
PEOPLE = ("ada", "ben")
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def group(db: Engine) -> House:
    """Three shops, and two people whom each of them knows."""
    ours = house(db, version(rewards=[Reward("r", 30)]), zones=dict.fromkeys(SHOPS, "UTC"))
    ours.join(*PEOPLE)
    with ours.unit("2024-06-01") as scope:
        for name in PEOPLE:
            for shop in SHOPS[1:]:
                add_identity(scope, ours.shop_ids[shop], name, ours.member(name))
    return ours


def owed(ours: House, since: str | None = None, until: str | None = None) -> dict[str, int]:
    """Return what is owed, as ``issuer>spender``."""
    names = {shop_id: name for name, shop_id in ours.shop_ids.items()}
    window = {"since": instant(since) if since else None, "until": instant(until) if until else None}
    with ours.reading() as scope:
        found = owed_between(scope.session, ours.programme_id, **window)
    assert sum(standings(found).values()) == 0
    return {f"{names[entry.issuer]}>{names[entry.spender]}": entry.amount for entry in found}


def test_points_of_one_shop_used_at_another_are_owed_by_the_lots_that_paid(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-01T13", order(price="20.00"), shop="a")
    ours.settle("2025-02-02T13", order("o2", "25.00", "2025-02-02"), shop="c")
    ours.redeem("2025-02-03", "ada", "k1")
    assert owed(ours) == {}
    ours.settle("2025-02-04T13", order("o3", "50.00", "2025-02-04", codes=[("k1", "5.00")]), shop="b")
    assert owed(ours) == {"a>b": 20, "c>b": 10}


def test_a_use_that_is_undone_is_owed_no_more(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-01T13", order(price="40.00"), shop="a")
    ours.redeem("2025-02-03", "ada", "k1")
    used = order("o3", "50.00", "2025-02-04", codes=[("k1", "5.00")])
    ours.settle("2025-02-04T13", used, shop="b")
    assert owed(ours) == {"a>b": 30}
    cancelled = order("o3", "50.00", "2025-02-04", codes=[("k1", "5.00")], updated="2025-02-09", cancelled="2025-02-09")
    ours.settle("2025-02-09T13", cancelled, shop="b")
    assert owed(ours) == {}
    assert owed(ours, until="2025-02-05") == {"a>b": 30}
    assert owed(ours, since="2025-02-05") == {"a>b": -30}


def test_what_a_shop_issued_and_took_in_itself_is_owed_by_nobody(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-01T13", order(price="40.00"), shop="b")
    ours.redeem("2025-02-03", "ada", "k1")
    ours.settle("2025-02-04T13", order("o3", "50.00", "2025-02-04", codes=[("k1", "5.00")]), shop="b")
    assert owed(ours) == {}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("buy", "buy", "use", "refund", "cancel", "redeem", "return", "give")),
        st.sampled_from(PEOPLE),
        st.sampled_from(SHOPS),
        st.integers(1, 6),
    ),
    min_size=20,
    max_size=20,
)


@FEW
@given(events=EVENTS)
def test_after_twenty_mixed_events_the_settlement_between_the_shops_sums_to_zero(
    db: Engine, events: list[tuple[str, str, str, int]]
) -> None:
    ours = group(db)
    asked: dict[str, list[str]] = {name: [] for name in PEOPLE}
    for day, (what, name, shop, which) in enumerate(events, 1):
        now = f"2025-03-{day:02}"
        if what == "redeem":
            key = f"k{ours.programme_id.hex[:8]}-{day}"
            ours.redeem(now, name, key)
            asked[name].append(key)
        elif what == "return" and asked[name]:
            with ours.unit(now) as scope, contextlib.suppress(AlreadyUsedError, UnknownRedemptionError):
                end_redemption(scope, asked[name][which % len(asked[name])], Stage.RETURNED)
        elif what == "give":
            ours.adjust(now, name, f"g{day}", 10 * which)
        else:
            codes = [(key, "1.00") for key in asked[name][-1:]] if what == "use" else []
            told = order(
                f"{name}-{which}", f"{10 * which}.00", f"2025-02-0{which}", customer=name, updated=now, codes=codes,
                refunds=[refund(now, f"{5 * which}.00")] if what == "refund" else (),
                cancelled=now if what == "cancel" else None,
            )  # fmt: skip
            ours.settle(f"{now}T13", told, shop=shop)
        owed(ours)
    assert ours.breaches() == []
