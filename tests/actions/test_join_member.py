"""A signed-in customer becomes a member at the first look, once, and the shop is asked who that is."""

from sqlalchemy import Engine, func, select

from app.actions.join_member import join_member
from app.db.tables import MemberRow, OutboxRow
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house


def look(ours: House, customer: str = "7", email: str | None = None) -> None:
    with ours.unit("2025-02-01") as scope:
        join_member(scope, ours.shop_id, customer, email)


def asked(ours: House) -> list[dict[str, object]]:
    with ours.reading() as scope:
        rows = scope.session.scalars(select(OutboxRow).where(OutboxRow.programme_id == ours.programme_id))
        return [row.payload for row in rows]


def count(ours: House) -> int:
    with ours.reading() as scope:
        found = select(func.count()).select_from(MemberRow).where(MemberRow.programme_id == ours.programme_id)
        return scope.session.scalar(found) or 0


def test_the_first_look_makes_a_member_and_asks_the_shop_since_when(db: Engine) -> None:
    ours = house(db)
    look(ours, email="ada@example.com")
    row = ours.row("7")
    assert (row.provisional, row.joined_at) == (False, None)
    assert asked(ours) == [{"thing": "customer", "id": "7"}]


def test_looking_again_makes_nobody_and_asks_nothing(db: Engine) -> None:
    ours = house(db)
    look(ours)
    first = ours.member("7")
    look(ours)
    assert ours.member("7") == first
    assert (count(ours), len(asked(ours))) == (1, 1)


def test_a_customer_known_by_an_order_stays_that_member(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01", order(customer="7"))
    look(ours)
    assert (count(ours), asked(ours)) == (1, [])
    assert ours.amounts("7") == (0, 10, 0, 0)


def test_an_address_told_by_a_signature_takes_over_nobodys_points(db: Engine) -> None:
    """Somebody else's account with the same address stays theirs: only its own customer id leads to it."""
    ours = house(db)
    ours.settle("2025-02-01", sign_up("ada"), order(customer="ada"))
    look(ours, "8", "ada@example.com")
    assert ours.amounts("ada") == (0, 10, 0, 0)
    assert ours.amounts("8") == (0, 0, 0, 0)


def test_the_same_number_at_two_shops_is_two_people(db: Engine) -> None:
    ours = house(db, zones={"s1": "UTC", "s2": "UTC"})
    look(ours)
    with ours.unit("2025-02-01") as scope:
        other = join_member(scope, ours.shop_ids["s2"], "7", None)
    assert other != ours.member("7")
    assert count(ours) == 2
