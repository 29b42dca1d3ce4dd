"""The auditor finds what should not be: each promise broken by hand is told with the member and the numbers."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from app.actions.audit_ledger import audit_ledger, audit_settlements
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order, refund
from tests.factories.houses import House, house
from tests.factories.programmes import version


def lived_in(db: Engine) -> House:
    ours = house(db, version(rewards=[Reward("r", 30)]))
    ours.settle("2025-02-01T13", order(price="100.00"), order("o2", "9.00"))
    ours.redeem("2025-02-02", "ada", "k1")
    ours.settle("2025-02-03", order(price="100.00", updated="2025-02-03", refunds=[refund("2025-02-03", "40.00")]))
    return ours


def test_honest_books_have_no_breach(db: Engine) -> None:
    ours = lived_in(db)
    assert ours.breaches() == []
    with ours.unit("2025-02-03") as scope:
        assert audit_settlements(scope, UUID(int=0))[0] == []


@pytest.mark.parametrize(
    ("tamper", "promise"),
    (
        ("UPDATE balances SET amount = amount + 1 WHERE account = 'available' AND lot = 1", "L5"),
        ("UPDATE balances SET amount = amount - 1 WHERE account = 'issued'", "L5"),
        ("DELETE FROM balances WHERE account = 'held'", "L5"),
        ("UPDATE members SET number = number + 1", "L"),
        ("UPDATE settlements SET posted = posted + 5 WHERE posted > 0", "L"),
    ),
)
def test_tampering_is_found(db: Engine, tamper: str, promise: str) -> None:
    ours = lived_in(db)
    uuid = ours.programme_id.hex if db.dialect.name == "sqlite" else ours.programme_id
    with db.begin() as connection:
        where = "AND" if "WHERE" in tamper else "WHERE"
        changed = connection.execute(text(f"{tamper} {where} programme_id = :id"), {"id": uuid}).rowcount
    assert changed >= 1
    with ours.reading() as scope:
        found = list(audit_ledger(scope))
    assert found
    assert all(breach.promise.startswith(promise) for breach in found)
    assert {breach.member_id for breach in found} == {ours.member("ada")}


def test_a_fact_that_was_never_settled_is_found(db: Engine) -> None:
    """As if somebody had changed an order behind our back: settling again would move points."""
    ours = lived_in(db)
    uuid = ours.programme_id.hex if db.dialect.name == "sqlite" else ours.programme_id
    with db.begin() as connection:
        connection.execute(
            text("UPDATE orders SET paid_at = NULL WHERE order_id = 'o2' AND programme_id = :id"), {"id": uuid}
        )
    with ours.unit("2025-02-03") as scope:
        [breach] = audit_settlements(scope, UUID(int=0))[0]
        scope.session.rollback()
    assert breach.promise == "W3 order-free"
    assert breach.member_id == ours.member("ada")
