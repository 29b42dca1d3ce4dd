"""The wall between tenants, table by table: every table a statement mentions is tied to a programme, joins too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, text

from app.actions.audit_ledger import audit_settlements
from app.actions.conclude_redemption import end_redemption
from app.actions.connect_shop import NewShop, connect_shop
from app.actions.disconnect_shop import disconnect_shop
from app.db import inbox
from app.db.inbox import Arrival
from app.db.tables import Base
from app.db.unit import unit_of_work
from app.loyalty.facts import Customer
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Level, Reward
from app.loyalty.terms.rules import ReferralRule, ReviewRule, SignUpRule
from jobs import audit, reconcile, returns, sweep
from jobs import inbox as inbox_job
from jobs import members as members_job
from jobs import outbox as outbox_job
from jobs.works import Works
from tests.db.test_tenant_keys import GLOBAL
from tests.factories.bodies import order_body, referral_body, sign_up_body
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order, refund, review, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version
from tests.factories.works import Clock, works

TENANT = [table for table in Base.metadata.sorted_tables if table.name not in GLOBAL]
_NAMES = "|".join(table.name for table in TENANT)
_ADDS = re.compile(r"(WITH \w+ AS \()?INSERT")
"""Rows that are added carry the programme themselves; PostgreSQL takes two tables' rows in one statement."""
ACROSS_TENANTS = (
    # What jobs go round: they find out whose turn it is, then work inside one programme.
    "SELECT DISTINCT inbox.programme_id, inbox.shop_id FROM",
    "SELECT DISTINCT outbox.programme_id, outbox.shop_id FROM",
    "SELECT DISTINCT members.programme_id FROM",
    "SELECT programmes.programme_id FROM programmes ORDER BY",
)
_MENTION = re.compile(rf"\b(?:FROM|JOIN|UPDATE|,)\s+({_NAMES})\b(?:\s+AS\s+(\w+))?")


@contextmanager
def overheard(db: Engine) -> Iterator[list[str]]:
    """Collect every statement sent to the database."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(" ".join(statement.split()))

    event.listen(db, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db, "before_cursor_execute", hear)


def walls_missing(statement: str) -> list[str]:
    """Return the tables (or their aliases) of a statement that no condition ties to a programme."""
    if _ADDS.match(statement):
        return []
    names = {alias or table for table, alias in _MENTION.findall(statement)}
    return sorted(
        name for name in names if not re.search(rf"\b{name}\.programme_id = |= {name}\.programme_id\b", statement)
    )


@pytest.mark.parametrize(
    ("statement", "missing"),
    (
        ("SELECT lots.lot FROM lots WHERE lots.member_id = ?", ["lots"]),
        ("SELECT lots.lot FROM lots WHERE lots.programme_id = ? AND lots.member_id = ?", []),
        ("SELECT 1 FROM lots JOIN balances ON balances.lot = lots.lot WHERE lots.programme_id = ?", ["balances"]),
        (
            "SELECT 1 FROM lots JOIN balances ON balances.programme_id = lots.programme_id WHERE lots.programme_id = ?",
            [],
        ),
        ("UPDATE members SET tier=? WHERE members.member_id = ?", ["members"]),
        ("DELETE FROM credentials WHERE credentials.shop_id = ?", ["credentials"]),
        ("SELECT 1 FROM outbox WHERE outbox.programme_id = ? AND EXISTS (SELECT * FROM outbox AS o2)", ["o2"]),
        ("SELECT 1 FROM ticks WHERE ticks.job = ?", []),
    ),
)
def test_the_listener_hears_what_is_missing(statement: str, missing: list[str]) -> None:
    assert walls_missing(statement) == missing


def arrive(ours: House, topic: str, body: bytes, key: str) -> None:
    with unit_of_work(ours.engine) as session:
        arrival = Arrival("neutral", topic, key, body, versioned=True)
        inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, instant("2025-02-01"))


def drain(jobs: Works, ours: House) -> None:
    for _ in range(3):
        inbox_job.drain(jobs, ours.programme_id, ours.shop_id)
        outbox_job.drain(jobs, ours.programme_id, ours.shop_id)
        members_job.tend(jobs, ours.programme_id)


def live(db: Engine) -> House:
    """Live through the main job from end to end: connect, listen, judge, redeem, refer, tend, audit, leave."""
    told = NewShop("neutral", "walls.example", "Walls", "EUR", "UTC", "en", None, False, None, {"token": "t"})
    with unit_of_work(db) as session:
        first = connect_shop(session, CIPHER, told, instant("2025-01-01"))
        assert connect_shop(session, CIPHER, told, instant("2025-01-01")) == first
    rules = (ONE_PER_EURO, SignUpRule(10), ReviewRule(5), ReferralRule(50, 5))
    tiers = ladder(Level("silver", 5000, (2, 1), 5))
    ours = house(db, version(earn=rules, tiers=tiers, rewards=[Reward("r", 30, code_days=5)]))
    clock = Clock(instant("2025-02-03"))
    jobs = works(db, clock=clock)
    arrive(ours, "sign_up", sign_up_body(), "1")
    arrive(ours, "order", order_body(price="60.00"), "2")
    arrive(ours, "referral", referral_body(), "3")
    arrive(ours, "order", order_body("b1", "20.00", member="ben"), "4")
    arrive(ours, "order", b"nonsense", "5")
    drain(jobs, ours)
    guest = Customer(None, "guest@example.com")
    ours.settle("2025-02-03", order("g1", customer=guest), review(), review("rv2", customer=guest))
    ours.settle("2025-02-03", sign_up(Customer("9", "guest@example.com")))
    ours.redeem("2025-02-03", "ada", "k1", codes_revive=True)
    ours.redeem("2025-02-03", "ada", "k2")
    drain(jobs, ours)
    used = order("o2", "9.00", paid="2025-02-03T13", codes=[("k1", "3.00")])
    ours.settle("2025-02-04", used)
    ours.settle("2025-02-04", order("o1", "60.00", updated="2025-02-04", refunds=[refund("2025-02-04", "30.00")]))
    with ours.unit("2025-02-04") as scope:
        end_redemption(scope, "k2", Stage.RETURNED)
    ours.adjust("2025-02-04", "ada", "a1", 5)
    ours.bring("2025-02-04", "ada", "i1", 5, "2025-01-01")
    ours.publish("2025-02-04", version("2025-02-05T00"))
    clock.set("2025-02-20")
    drain(jobs, ours)
    members_job.recalculate(jobs, ours.programme_id)
    reconcile.reconcile(jobs, ours.programme_id, ours.shop_id)
    assert list(audit.audit(jobs, ours.programme_id)) == []
    assert ours.breaches() == []
    with ours.unit("2025-02-20") as scope:
        assert audit_settlements(scope, UUID(int=0))[0] == []
        inbox.counts(scope.session, ours.programme_id, ours.shop_id)
        disconnect_shop(scope, ours.shop_id)
    return ours


def test_every_statement_of_the_main_job_names_the_programme(db: Engine) -> None:
    with overheard(db) as said:
        ours = live(db)
    spoken = [each for each in said if _MENTION.search(each)]
    assert len(set(spoken)) > 40
    assert {each: missing for each in spoken if (missing := walls_missing(each))} == {}
    assert ours.amounts("ada")[1] > 0


def test_every_row_that_is_added_carries_the_programme(db: Engine) -> None:
    with overheard(db) as said:
        live(db)
    added = [each for each in said if _ADDS.match(each) and re.search(rf"INTO ({_NAMES})\b", each)]
    assert len(added) > 20
    assert [each for each in added if "programme_id" not in each] == []


def test_only_what_goes_round_asks_over_all_tenants(db: Engine) -> None:
    """It sees who has work, reads ids and nothing else, and does the work inside one programme."""
    ours = house(db)
    ours.settle("2025-02-01", order())
    with overheard(db) as said:
        jobs = works(db, clock=Clock(instant("2025-02-03")))
        sweep.sweep(jobs)
        returns.try_again(jobs)
        audit.programmes(jobs)
    asked = [each for each in said if _MENTION.search(each) and walls_missing(each)]
    assert [each for each in asked if not each.startswith(ACROSS_TENANTS)] == []
    assert {across for across in ACROSS_TENANTS for each in asked if each.startswith(across)} == set(ACROSS_TENANTS)


def test_what_one_programme_lives_through_moves_nothing_of_another(db: Engine) -> None:
    neighbour = live(db)
    uuid = neighbour.programme_id.hex if db.dialect.name == "sqlite" else neighbour.programme_id

    def everything() -> dict[str, list[tuple[object, ...]]]:
        with db.connect() as connection:
            return {
                table.name: sorted(
                    tuple(map(str, row))
                    for row in connection.execute(
                        text(f"SELECT * FROM {table.name} WHERE programme_id = :id"),  # noqa: S608
                        {"id": uuid},
                    )
                )
                for table in TENANT
            }

    before = everything()
    assert sum(map(len, before.values())) > 60
    live(db)
    assert everything() == before
