"""The programme is the wall between tenants: it stands first in every key of every table but the few global ones."""

import pytest
from sqlalchemy import Table, UniqueConstraint

from app.db.tables import Base

GLOBAL = {
    "directory": "leads from a platform's name of a shop to its programme",
    "connect_states": "a connection under way belongs to no programme yet",
    "sign_in_links": "an operator's link leads to every programme",
    "invitations": "the word a new shop brings tells the programme it is to join",
    "ticks": "the clock serves the whole house",
    "alembic_version": "the shape of the database",
}
TENANTS = [table for table in Base.metadata.sorted_tables if table.name not in GLOBAL]
ACROSS = {
    "ix_inbox_bodies_received": "bodies are dropped by age, whoever's they are",
    "ix_orders_order": "whether an order is known at another shop of its platform is asked of all of them",
}


def ids(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", TENANTS, ids=ids)
def test_the_programme_comes_first_in_the_primary_key(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "programme_id"


@pytest.mark.parametrize("table", TENANTS, ids=ids)
def test_the_programme_comes_first_in_every_unique_key_and_index(table: Table) -> None:
    unique = [next(iter(key.columns)).name for key in table.constraints if isinstance(key, UniqueConstraint)]
    indexes = {str(index.name): next(iter(index.columns)).name for index in table.indexes}

    assert set(unique) <= {"programme_id"}
    assert {first for name, first in indexes.items() if name not in ACROSS} <= {"programme_id"}


def test_the_global_tables_are_the_ones_we_say() -> None:
    without = {table.name for table in Base.metadata.sorted_tables if "programme_id" not in table.primary_key.columns}

    assert without == set(GLOBAL) - {"alembic_version"}
