"""What is worked out once for all tests is the same as what each would have worked out.

A version of SQLAlchemy or Werkzeug that keeps its work elsewhere fails here: tests/once_for_all.py is to be changed.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, Select, select
from sqlalchemy.sql.compiler import SQLCompiler
from werkzeug.routing import Map, Rule

from app.db.tables import ProgrammeRow
from app.db.unit import make_engine, reading
from tests.servers.databases import Databases


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever SQLAlchemy compiles from here on."""
    texts: list[str] = []
    visit: Callable[..., str] = SQLCompiler.visit_select

    def noting(self: SQLCompiler, asked: Select[Any], **how: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
        texts.append(visit(self, asked, **how))
        return texts[-1]

    monkeypatch.setattr(SQLCompiler, "visit_select", noting)
    return texts


def test_a_statement_is_compiled_once_for_all_engines_of_a_kind(databases: Databases, compiled: list[str]) -> None:
    found = []
    for name in ("Tidewell", "Mado"):
        with databases.migrated() as url:
            engine = make_engine(url)
            found.append(asked(engine, name))
            engine.dispose()

    assert found == [[], []]
    ours = [text for text in compiled if "programmes.created_at, programmes.name" in " ".join(text.split())]
    assert len(ours) == 1, "each engine compiles for itself"


def asked(engine: Engine, name: str) -> list[Any]:
    """Ask what no other test asks."""
    question = select(ProgrammeRow.created_at, ProgrammeRow.name).where(ProgrammeRow.name == name)
    with reading(engine) as session:
        return list(session.execute(question))


def test_every_map_builds_its_own_addresses() -> None:
    member = "/members/<int:number>/<word>"
    maps = [Map([Rule(member, endpoint="member"), Rule("/", endpoint="home", defaults={"page": p})]) for p in (1, 2)]

    first, second = (each.bind("shop.example") for each in maps)

    assert first.build("member", {"number": 7, "word": "a b"}) == second.build("member", {"number": 7, "word": "a b"})
    assert first.build("member", {"number": 7, "word": "x", "more": "y"}) == "/members/7/x?more=y"
    (one,), (same,) = (each._rules_by_endpoint["member"] for each in maps)
    assert one._build.__func__ is same._build.__func__  # type: ignore[attr-defined]
    (one,), (other,) = (each._rules_by_endpoint["home"] for each in maps)
    assert one._build.__func__ is not other._build.__func__  # type: ignore[attr-defined]
