"""A shop that ran a programme of its own joins a group: nobody loses a point, both sides' books balance."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from app.actions.audit_ledger import audit_settlements
from app.actions.join_group import Plan, join_group, plan_joining
from app.db import outbox, shops
from app.db.audit import NOBODY
from app.db.between_shops import owed_between, standings
from app.db.members import add_identity
from app.db.scope import Scope
from app.db.tables import BalanceRow, BirthdayRow, IdentityRow, InboxBodyRow, LotRow, NoteRow, PersonRow, ShopRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import CannotJoinError
from app.loyalty.facts import Customer, SignUp
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rules import AnniversaryRule, BirthdayRule, SignUpRule
from tests.factories.ciphers import CIPHER
from tests.factories.facts import birthday, order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

TODAY = "2025-02-10"
ADA = "ada@example.com"
TERMS = version(rewards=[Reward("r", 30)])
YEARLY = version(earn=(SignUpRule(10), AnniversaryRule(20), BirthdayRule(7)))


def account(customer: str, email: str | None = None) -> SignUp:
    return SignUp(Customer(customer, email, customer.title()), instant("2025-01-20"), proved=email is not None)


def group(db: Engine) -> House:
    """Two shops; the first knows ada by a proved address, and gave her 25 points."""
    ours = house(db, TERMS, zones={"g1": "UTC", "g2": "UTC"})
    ours.settle("2025-02-01T13", account("ada-g", ADA), order("g-1", "25.00", customer="ada-g"), shop="g1")
    return ours


def alone(db: Engine) -> House:
    """One shop; ada has 40 points, ben 60 and a birthday, cyd owes 20, and dot's 10 are on their way."""
    own = house(db, TERMS, zones={"s": "UTC"})
    own.settle(
        "2025-02-01T13",
        account("ada-s", ADA), account("ben"), account("cyd"), birthday("1990-05-01", customer="ben"),
        order("s-1", "40.00", customer="ada-s"), order("s-2", "60.00", customer="ben"),
        order("s-3", "30.00", customer="cyd"),
    )  # fmt: skip
    key = f"used-{own.programme_id.hex}"
    own.redeem("2025-02-02", "cyd", key)
    own.settle("2025-02-03T13", order("s-4", "10.00", "2025-02-03", customer="cyd", codes=[(key, "0")]))
    own.settle(
        "2025-02-04T13",
        order("s-3", "30.00", customer="cyd", updated="2025-02-04", refunds=[refund("2025-02-04", "30.00")]),
    )
    own.publish("2025-02-05", replace(TERMS, starts_at=instant("2025-02-05"), pending_days=14))
    own.settle("2025-02-06T13", account("dot"), order("s-5", "10.00", "2025-02-06", customer="dot"))
    with own.unit("2025-02-07") as scope:
        for claim in outbox.claim(scope.session, own.programme_id, own.shop_id, owner="t", now=scope.now, limit=99):
            outbox.done(scope.session, claim, scope.now)
    return own


def scopes(session: object, own: House, other: House, now: str) -> tuple[Scope, Scope]:
    return tuple(Scope(session, one.programme_id, instant(now), CIPHER) for one in (own, other))  # type: ignore[arg-type, return-value]


def planned(own: House, other: House, now: str = TODAY) -> Plan:
    with unit_of_work(own.engine) as session:
        return plan_joining(*scopes(session, own, other, now), own.shop_id)


def join(own: House, other: House, word: str | None = None, now: str = TODAY) -> House:
    """Join, and return the group as its new shop's facts are told to it."""
    plan = planned(own, other, now)
    with unit_of_work(own.engine) as session:
        said = word or plan.word(own.programme_id, other.programme_id)
        join_group(*scopes(session, own, other, now), own.shop_id, word=said, actor="operator", why="one family")
    return replace(other, shop_ids={**other.shop_ids, "s": own.shop_id})


def moved(*houses: House) -> list[int]:
    """Return what lies in the account ``moved`` of each programme."""
    found = []
    for one in houses:
        with one.reading() as scope:
            mine = (BalanceRow.programme_id == one.programme_id, BalanceRow.account == "moved")
            found.append(scope.session.scalar(select(func.coalesce(func.sum(BalanceRow.amount), 0)).where(*mine)) or 0)
    return found


def is_sound(*houses: House) -> bool:
    """Say whether the auditor finds nothing, and settling everybody again moves nothing."""
    for one in houses:
        with unit_of_work(one.engine) as session:
            found, _ = audit_settlements(Scope(session, one.programme_id, instant(TODAY), CIPHER), NOBODY)
            session.rollback()
        if one.breaches() or found:
            return False
    return True


def test_members_and_what_they_have_left_go_along_and_both_books_balance(db: Engine) -> None:
    own, other = alone(db), group(db)
    before = {name: own.amounts(name) for name in ("ada-s", "ben", "cyd", "dot")}
    assert before == {"ada-s": (0, 40, 0, 0), "ben": (0, 60, 0, 0), "cyd": (0, 0, 0, 20), "dot": (10, 0, 0, 0)}
    plan = planned(own, other)
    assert (plan.members, plan.matched, plan.hindrances) == (4, 1, {})
    assert (plan.pending, plan.available, plan.debt) == (10, 100, 20)

    ours = join(own, other)

    ada = ours.member("ada-s", "s")
    assert ada == ours.member("ada-g", "g1")
    assert ours.amounts(ada) == (0, 65, 0, 0)
    for name in ("ben", "cyd", "dot"):
        assert ours.amounts(ours.member(name, "s")) == before[name]
    with ours.reading() as scope:
        lots = scope.session.execute(
            select(LotRow.release_at, LotRow.shop_id).where(
                LotRow.programme_id == ours.programme_id, LotRow.member_id == ours.member("dot", "s")
            )
        ).all()
    assert lots == [(instant("2025-02-20"), own.shop_id)]
    assert moved(own, ours) == [90, -90]
    assert is_sound(own, ours)


def test_points_of_the_joined_shop_used_at_another_are_owed_and_it_sums_to_zero(db: Engine) -> None:
    own, other = alone(db), group(db)
    ours = join(own, other)
    ben, key = ours.member("ben", "s"), f"group-{ours.programme_id.hex}"
    with ours.unit("2025-02-11") as scope:
        add_identity(scope, ours.shop_ids["g1"], "ben-g", ben)
    assert ours.redeem("2025-02-11", "ben-g", key).refused is None
    ours.settle("2025-02-12T13", order("g-2", "50.00", "2025-02-12", customer="ben-g", codes=[(key, "5")]), shop="g1")

    with ours.reading() as scope:
        owed = owed_between(scope.session, ours.programme_id)
    assert standings(owed) == {own.shop_id: -30, ours.shop_ids["g1"]: 30}
    assert is_sound(own, ours)


def test_late_facts_of_the_shop_find_their_members_in_the_group_and_old_orders_change_nothing(db: Engine) -> None:
    own, other = alone(db), group(db)
    ours = join(own, other)
    with reading(db) as session:
        place = session.scalars(select(ShopRow).where(ShopRow.shop_id == own.shop_id, ShopRow.state == "connected"))
        assert [row.programme_id for row in place] == [ours.programme_id]
        found = shops.by_id(session, own.shop_id)
        assert found is not None
        assert found.programme_id == ours.programme_id
    late = order("s-2", "60.00", customer="ben", updated=TODAY, refunds=[refund(TODAY, "60.00")])
    ours.settle("2025-02-11", late, account("ben"), shop="s")
    ben = ours.member("ben", "s")
    assert ours.amounts(ben) == (0, 60, 0, 0)
    ours.settle("2025-02-12T13", order("s-9", "7.00", "2025-02-12", customer="ben"), shop="s")
    assert ours.amounts(ben) == (0, 67, 0, 0)
    assert ours.tend("2025-03-01") > 0
    assert ours.amounts(ours.member("dot", "s")) == (0, 10, 0, 0)
    assert is_sound(own, ours)


def test_the_old_programme_names_nobody_any_more_and_judges_nobody(db: Engine) -> None:
    own, other = alone(db), group(db)
    members: list[UUID] = [own.member(name) for name in ("ada-s", "ben", "cyd", "dot")]
    ours = join(own, other)

    with own.reading() as scope:
        for table in (IdentityRow, BirthdayRow, NoteRow, InboxBodyRow):
            assert not scope.session.scalars(select(table).where(table.programme_id == own.programme_id)).all()
        people = scope.session.scalars(select(PersonRow).where(PersonRow.programme_id == own.programme_id)).all()
        assert not [one for one in people if one.name_sealed or one.email_sealed or one.email_hash]
    assert own.tend("2026-02-10") == 0
    assert all(own.amounts(member) == (0, 0, 0, 0) for member in members)
    with ours.reading() as scope:
        ben = ours.member("ben", "s")
        assert scope.session.scalar(
            select(PersonRow.name_sealed).where(PersonRow.programme_id == ours.programme_id, PersonRow.member_id == ben)
        )
        told = select(BirthdayRow.month).where(
            BirthdayRow.programme_id == ours.programme_id, BirthdayRow.member_id == ben
        )
        assert scope.session.scalars(told).all() == [5]


def test_what_the_group_gives_for_joining_birthdays_and_years_is_not_given_for_days_before(db: Engine) -> None:
    own, other = house(db, TERMS, zones={"s": "UTC"}), house(db, YEARLY, zones={"g1": "UTC"})
    joined = SignUp(Customer("ada"), instant("2024-02-20"))
    own.settle("2025-01-01", joined, birthday("1990-02-05", at="2025-01-01"), order("s-1", "40.00"))
    ours = join(own, other)
    assert ours.amounts(ours.member("ada", "s")) == (0, 40, 0, 0)
    ours.tend("2025-02-21")
    assert ours.amounts(ours.member("ada", "s")) == (0, 60, 0, 0)
    ours.tend("2026-02-06")
    assert ours.amounts(ours.member("ada", "s")) == (0, 67, 0, 0)


def test_what_stands_in_the_way_is_listed_and_nothing_happens(db: Engine) -> None:
    own, other = alone(db), house(db, TERMS, zones={"g1": "UTC"}, currency="JPY")
    own.redeem("2025-02-09", "ben", f"open-{own.programme_id.hex}")
    assert planned(own, other).hindrances.keys() == {"REWARDS_OPEN", "EFFECTS_WAIT", "OTHER_CURRENCY"}
    with pytest.raises(CannotJoinError):
        join(own, other)
    assert own.amounts("ben") == (0, 30, 30, 0)
    assert is_sound(own, other)


def test_a_plan_that_has_changed_since_is_looked_at_again(db: Engine) -> None:
    own, other = alone(db), group(db)
    word = planned(own, other).word(own.programme_id, other.programme_id)
    own.settle("2025-02-09T13", order("s-8", "5.00", "2025-01-09", customer="ben"))
    with pytest.raises(CannotJoinError) as refusal:
        join(own, other, word)
    assert refusal.value.numbers() == {"PLAN_CHANGED": 1}
    assert own.amounts("ben") == (0, 65, 0, 0)


PURCHASES = st.lists(
    st.tuples(st.sampled_from(("ada", "ben", "cyd")), st.integers(1, 90), st.integers(0, 90)), min_size=1, max_size=6
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=PURCHASES, there=PURCHASES, matched=st.sets(st.sampled_from(("ada", "ben", "cyd"))))
def test_whatever_was_bought_the_sums_of_both_programmes_are_kept(
    here: list[tuple[str, int, int]], there: list[tuple[str, int, int]], matched: set[str], db: Engine
) -> None:
    own, other = (house(db, TERMS, zones={name: "UTC"}) for name in ("s", "g"))
    for one, bought in ((own, here), (other, there)):
        for name in ("ada", "ben", "cyd"):
            known = f"{name}@example.com" if name in matched or one is own else f"{name}@elsewhere.example"
            one.settle("2025-01-20", account(name, known))
        for number, (name, price, back) in enumerate(bought):
            returned = [refund("2025-02-03", f"{min(price, back)}.00")] if back else ()
            one.settle("2025-02-03T13", order(f"o-{number}", f"{price}.00", customer=name, refunds=returned))
        if one.amounts("ada")[1] >= 30:
            one.adjust("2025-02-04", "ada", "spent", -30)

    def worth(one: House) -> int:
        held = [one.amounts(member) for member in {one.member(n) for n in ("ada", "ben", "cyd")}]
        return sum(pending + available + on_hold - debt for pending, available, on_hold, debt in held)

    before = worth(own) + worth(other)

    ours = join(own, other)

    everyone = {ours.member(n, shop) for n in ("ada", "ben", "cyd") for shop in ("s", "g")}
    assert len(everyone) == 6 - len(matched)
    after = [ours.amounts(member) for member in everyone]
    assert sum(pending + available + held - debt for pending, available, held, debt in after) == before
    assert sum(moved(own, ours)) == 0
    assert is_sound(own, ours)
