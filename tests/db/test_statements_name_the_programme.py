"""Every statement on a tenant's table names the programme, seen from the statements that a whole life really sends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from app.actions.conclude_redemption import end_redemption
from app.db import inbox, outbox
from app.db.tables import Base
from app.db.unit import reading
from app.loyalty.books import Stage
from app.loyalty.facts import Customer, Referral, SignUp
from app.loyalty.programme import Reward
from integrations.neutral import Neutral
from jobs import audit, members, reconcile, sweep
from jobs import inbox as inbox_job
from jobs import outbox as outbox_job
from jobs.works import SilentBell, Works
from tests.db.test_tenant_keys import GLOBAL
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order, review
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

ACROSS_TENANTS = (
    # What jobs go round: they find out whose turn it is, then work inside one programme.
    "SELECT DISTINCT inbox.programme_id, inbox.shop_id",
    "SELECT DISTINCT outbox.programme_id, outbox.shop_id",
    "SELECT DISTINCT members.programme_id",
    "SELECT programmes.programme_id FROM programmes ORDER BY",
    "SELECT directory.shop_id",
)
TENANTS = [table.name for table in Base.metadata.sorted_tables if table.name not in GLOBAL]
ADDS = re.compile(r"(WITH \w+ AS \()?INSERT")
"""Rows that are added carry the programme themselves; PostgreSQL takes two tables' rows in one statement."""
NAMED = re.compile(r"(of_)?programme_id\s*(=|IN)\s", re.IGNORECASE)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect every statement an engine sends."""
    sent: list[str] = []

    def note(
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: object,
        context: ExecutionContext,
        executemany: bool,  # noqa: FBT001 - SQLAlchemy's own shape
    ) -> None:
        del connection, cursor, parameters, context, executemany
        sent.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def live(shop: House) -> None:
    """Let one member live through everything: join, buy, review, refer, redeem, use, refund, return, adjust, jobs."""
    works = Works(
        shop.engine,
        CIPHER,
        {"neutral": Neutral()},
        {},
        lambda: instant("2026-02-01"),
        SilentBell(),
        "https://k.example",
    )
    ada, ben = Customer("ada", "ada@example.com", "Ada"), Customer("ben", "ben@example.com")
    shop.settle("2025-02-01", order("o0", customer=Customer(None, "ada@example.com")))
    shop.settle("2025-02-01", SignUp(ada, instant("2025-02-01")), Referral("r", ada, ben, instant("2025-02-01")))
    shop.settle("2025-02-02", order("o1", "100.00", "2025-02-02"), review(at="2025-02-03"))
    shop.settle("2025-02-04", order("o2", "30.00", "2025-02-04", customer=ben))
    shop.adjust("2025-02-05", "ada", "a1", 500)
    shop.redeem("2025-02-06", "ada", "k1")
    shop.redeem("2025-02-06", "ada", "k2")
    outbox_job.drain(works, shop.programme_id, shop.shop_id)
    shop.settle("2025-02-07", order("o3", "50.00", "2025-02-07", codes=[("k1", "5.00")]))
    with shop.unit("2025-02-08") as scope:
        end_redemption(scope, "k2", Stage.RETURNED)
    outbox_job.drain(works, shop.programme_id, shop.shop_id)
    shop.settle("2025-02-09", order("o3", "50.00", "2025-02-07", updated="2025-02-09", cancelled="2025-02-09"))
    with shop.unit("2025-02-10") as scope:
        arrival = inbox.Arrival("neutral", "order", "k", b"{", versioned=True)
        key = (shop.programme_id, shop.shop_id)
        inbox.accept(scope.session, CIPHER, *key, arrival, scope.now)
        inbox.accept(scope.session, CIPHER, *key, arrival, scope.now)
    inbox_job.drain(works, shop.programme_id, shop.shop_id)
    members.tend(works, shop.programme_id)
    members.recalculate(works, shop.programme_id)
    reconcile.reconcile(works, shop.programme_id, shop.shop_id)
    sweep.sweep(works)
    list(audit.audit(works, shop.programme_id))
    audit.programmes(works)
    with reading(shop.engine) as session:
        outbox.shops_waiting(session, works.clock())


def tables_of(statement: str) -> set[str]:
    """Return the tenants' tables a statement touches."""
    words = set(re.findall(r"[a-z_]+", statement))
    return words & set(TENANTS)


def test_every_statement_on_a_tenants_table_names_the_programme(db: Engine) -> None:
    shop = house(db, version(rewards=[Reward("r", 100)]))

    with statements(db) as sent:
        live(shop)

    looked_at = [statement for statement in sent if tables_of(statement) and not ADDS.match(statement)]
    nameless = [
        statement
        for statement in looked_at
        if not NAMED.search(statement.partition(" WHERE ")[2] or statement) and not statement.startswith(ACROSS_TENANTS)
    ]
    assert len(looked_at) > 100
    assert nameless == []


def test_every_row_that_is_added_carries_the_programme(db: Engine) -> None:
    shop = house(db, version(rewards=[Reward("r", 100)]))

    with statements(db) as sent:
        live(shop)

    added = [statement for statement in sent if ADDS.match(statement) and tables_of(statement)]
    assert added
    assert [statement for statement in added if "programme_id" not in statement] == []
