"""Connections of the pool: a server that went away and came back is noticed before a unit begins."""

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from app.db import unit
from app.db.unit import reading
from tests.factories.engines import cut_off

_WHO = text("SELECT pg_backend_pid()")


def test_an_idle_connection_that_the_server_closed_is_replaced_before_anybody_notices(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "IDLE_S", 0.0)
    with reading(postgres_engine) as session:
        first = session.scalar(_WHO)
    cut_off(postgres_engine)

    with reading(postgres_engine) as session:
        assert session.scalar(_WHO) != first


def test_a_connection_just_used_is_taken_at_its_word_and_is_gone_after_the_first_error(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "IDLE_S", 3_600.0)
    with reading(postgres_engine) as session:
        first = session.scalar(_WHO)
    asked: list[str] = []
    event.listen(postgres_engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    with reading(postgres_engine) as session:
        assert session.scalar(_WHO) == first
    assert len([said for said in asked if "set_config" not in said]) == 1
    cut_off(postgres_engine)

    with pytest.raises(OperationalError), reading(postgres_engine) as session:
        session.scalar(_WHO)
    with reading(postgres_engine) as session:
        assert session.scalar(_WHO) != first
