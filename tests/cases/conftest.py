"""One migrated database on each engine for all cases: every story founds a programme of its own."""

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from app.db.cipher import Cipher
from app.db.unit import make_engine
from tests.servers.databases import ENGINES, Databases


@pytest.fixture(scope="module", params=ENGINES)
def story_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database that all stories of a module share, on each engine in turn."""
    only = request.config.getoption("--engine")
    if only not in {None, request.param}:
        pytest.skip(f"only {only} was asked for")
    databases: Databases = request.getfixturevalue(f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_databases")
    with databases.migrated() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def cipher() -> Cipher:
    """Keys of this run."""
    return Cipher([Fernet.generate_key().decode()], "pepper")
