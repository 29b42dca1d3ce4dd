"""The second wall on PostgreSQL: a statement that forgets its condition finds nothing of another programme's."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from app.db import shops
from app.db.scope import Scope
from app.db.second_wall import Whose, keep_to
from app.db.tables import Base, MemberRow, ProgrammeRow
from app.db.unit import make_engine, reading, unit_of_work
from jobs import audit, returns, rotate, sweep, tidy
from tests.actions.test_join_group import alone, group, is_sound, join
from tests.db.test_tenants import TENANT, live
from tests.factories.ciphers import CIPHER
from tests.factories.copies import Fill, held
from tests.factories.engines import GRANTS, walled
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.works import Clock, works
from tests.house.repository import modules, tree
from tests.servers.databases import PostgresDatabases

NOW = instant("2025-03-01")


@pytest.fixture
def behind(postgres_engine: Engine) -> Iterator[Engine]:
    """An engine whose sessions are a role that owns nothing."""
    with walled(postgres_engine.url.render_as_string(hide_password=False)) as engine:
        yield engine


@pytest.fixture(scope="module")
def once(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[House, House], Fill]:
    """Two programmes that lived through the main job, both behind the wall; and what the database held at the end."""
    with postgres_databases.migrated() as url:
        with walled(url) as behind:
            houses = live(behind), live(behind)
        owner = make_engine(url)
        fill = held(owner, tmp_path_factory.mktemp("once"))
        owner.dispose()
    return houses, fill


@pytest.fixture
def lived(once: tuple[tuple[House, House], Fill], postgres_engine: Engine, behind: Engine) -> tuple[House, House]:
    """The two in this test's own database, behind its wall."""
    (one, other), fill = once
    fill(postgres_engine)
    return replace(one, engine=behind), replace(other, engine=behind)


def test_every_table_of_a_tenant_has_the_wall_and_only_they(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        guarded = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity")))
        policies = connection.execute(
            text("SELECT tablename, cmd, permissive, qual, with_check FROM pg_policies WHERE schemaname = 'public'")
        ).all()

    assert guarded == {table.name for table in TENANT}
    assert {row.tablename for row in policies} == guarded
    assert len(policies) == len(guarded)
    assert {(row.cmd, row.permissive) for row in policies} == {("ALL", "PERMISSIVE")}
    assert {(row.qual, row.with_check) for row in policies} == {(policies[0].qual, policies[0].qual)}


def test_a_statement_without_a_condition_sees_its_own_programme_alone(
    behind: Engine, lived: tuple[House, House]
) -> None:
    one, other = lived
    filled = set()
    for table in TENANT:
        forgetful = select(table.c.programme_id).distinct()
        with reading(behind) as session:
            everybody = set(session.scalars(forgetful))
        with reading(behind) as session:
            Scope(session, one.programme_id, NOW, CIPHER)
            seen = set(session.scalars(forgetful))
        assert seen <= {one.programme_id}, table.name
        if {one.programme_id, other.programme_id} <= everybody:
            assert seen == {one.programme_id}, table.name
            filled.add(table.name)
    assert len(filled) >= 15


def test_a_change_without_a_condition_changes_its_own_programme_alone(
    behind: Engine, lived: tuple[House, House]
) -> None:
    one, other = lived
    with unit_of_work(behind, one.programme_id) as session:
        session.execute(update(MemberRow).values(tier="everybody"))
        session.execute(delete(Base.metadata.tables["outbox"]))

    def left(ours: House) -> tuple[set[str | None], int]:
        with reading(behind, ours.programme_id) as session:
            tiers = set(session.scalars(select(MemberRow.tier)))
            return tiers, session.scalar(select(func.count()).select_from(Base.metadata.tables["outbox"])) or 0

    assert left(one) == ({"everybody"}, 0)
    assert "everybody" not in left(other)[0]
    assert left(other)[1] > 0


def test_nobody_writes_a_row_of_another_programme(behind: Engine, lived: tuple[House, House]) -> None:
    one, other = lived
    row = {"programme_id": other.programme_id, "at": NOW, "breaches": 0}
    with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(behind, one.programme_id) as session:
        session.execute(insert(Base.metadata.tables["audits"]).values(row))
    with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(behind, one.programme_id) as session:
        session.execute(update(MemberRow).values(programme_id=other.programme_id))


def test_whoever_says_nothing_sees_nothing(behind: Engine, lived: tuple[House, House]) -> None:
    with behind.connect() as connection:
        assert {table.name: connection.execute(select(table)).first() for table in TENANT} == dict.fromkeys(
            table.name for table in TENANT
        )
        connection.execute(text("SET LOCAL kizuna.programme = 'nonsense'"))
        with pytest.raises(Exception, match="uuid"):
            connection.execute(select(ProgrammeRow)).all()


def test_a_knock_at_the_door_sees_the_directory_alone_until_it_is_known_whose_it_is(
    behind: Engine, lived: tuple[House, House]
) -> None:
    one, _ = lived
    with reading(behind, Whose.NOBODY) as session:
        assert [table.name for table in TENANT if session.execute(select(table)).first()] == []
        known = shops.by_id(session, one.shop_id)
        assert known is not None
        keep_to(session, known.programme_id)
        assert set(session.scalars(select(ProgrammeRow.programme_id))) == {one.programme_id}


def test_a_connection_comes_back_from_the_pool_without_a_programme(behind: Engine, lived: tuple[House, House]) -> None:
    said = text("SELECT current_setting('kizuna.programme', true)")
    for _ in range(3):
        with unit_of_work(behind, lived[0].programme_id) as session:
            assert session.scalar(said) == str(lived[0].programme_id)
        with behind.connect() as connection:
            assert connection.scalar(said) in {"", None}
        with reading(behind) as session:
            assert session.scalar(said) == "*"


def test_the_programme_holds_for_the_whole_session_and_can_change_between_two(
    behind: Engine, lived: tuple[House, House]
) -> None:
    one, other = lived
    seen: list[set[UUID]] = []
    with reading(behind, one.programme_id) as session:
        seen.append(set(session.scalars(select(ProgrammeRow.programme_id))))
        session.rollback()
        seen.append(set(session.scalars(select(ProgrammeRow.programme_id))))
        keep_to(session, other.programme_id)
        seen.append(set(session.scalars(select(ProgrammeRow.programme_id))))

    assert seen == [{one.programme_id}, {one.programme_id}, {other.programme_id}]


def test_the_rounds_of_the_clock_still_reach_every_programme(behind: Engine, lived: tuple[House, House]) -> None:
    third = house(behind)
    third.settle("2025-02-01", order())
    jobs = works(behind, clock=Clock(instant("2025-06-01")))

    sweep.sweep(jobs)
    returns.try_again(jobs)
    rotate.rotate(jobs)
    tidy.tidy(jobs)

    assert {*(each.programme_id for each in lived), third.programme_id} <= set(audit.programmes(jobs))
    assert audit.audit_all(jobs) == 0


def test_a_shop_that_moves_into_a_group_passes_the_wall_and_leaves_nobody_behind(behind: Engine) -> None:
    own, other = alone(behind), group(behind)
    ours = join(own, other)

    assert ours.amounts(ours.member("ada-s", "s")) == (0, 65, 0, 0)
    assert is_sound(own, ours)


def test_the_operators_page_says_how_the_wall_is_raised() -> None:
    page = Path("docs/operators/operating.md").read_text(encoding="utf-8")

    assert [line for line in GRANTS if line.format(role="kizuna_app") not in page] == []


ACROSS = {
    "app/cli/connecting.py:run": "a new shop",
    "app/cli/group.py:_invite": "finds the programme first",
    "app/cli/link.py:new_link": "the operator's own link",
    "app/cli/programme/desk.py:open_desk": "finds the programme",
    "app/cli/working.py:at_programme": "finds the programme",
    "app/cli/working.py:found": "finds the programme",
    "app/web/callers.py:_by_proxy": "a knock: finds the shop",
    "app/web/callers.py:_directly": "a knock: finds the shop",
    "app/web/connect.py:begin": "a shop that is not here yet",
    "app/web/connect.py:finish": "a shop that is not here yet",
    "app/web/connect.py:take_keys": "a shop that is not here yet",
    "app/cli/backup.py:_verify": "the keys fit everything or nothing",
    "app/web/health.py:readyz": "how long anything waits",
    "app/web/pages/choosing.py:choose_shop": "the operator chooses among all",
    "app/web/pages/choosing.py:shops": "the operator chooses among all",
    "app/web/pages/sign_in.py:sign_in_link": "a link tells its programme",
    "app/web/pages/sign_in.py:use_sign_in_link": "a link tells its programme",
    "app/web/storefront/roads.py:_is_own": "whose page this is",
    "jobs/alerts.py:alerts": "what is wrong anywhere: counts only",
    "jobs/audit.py:programmes": "a round: ids only",
    "jobs/metrics.py:lines": "counts and ages only",
    "jobs/privacy.py:carry_out": "a round: ids only",
    "jobs/erasures.py:_erased": "ids and keyed hashes, for the file",
    "jobs/erasures.py:erase_again": "a round: ids only",
    "jobs/house.py:_is_workable": "the shape of the database",
    "jobs/rounds.py:_next_shop": "a round: ids only",
    "jobs/rotate.py:rotate": "a round: seals every table anew",
    "jobs/schedule.py:_forget_turns_ahead": "the clock's own ticks",
    "jobs/schedule.py:_is_open": "the clock's own ticks",
    "jobs/schedule.py:_keep_place": "the clock's own ticks",
    "jobs/schedule.py:_place": "the clock's own ticks",
    "jobs/schedule.py:_take": "the clock's own ticks",
    "jobs/schedule.py:_take_again": "the clock's own ticks",
    "jobs/schedule.py:give_back": "the clock's own ticks",
    "jobs/schedule.py:perform": "the clock's own ticks",
    "jobs/sweep.py:sweep": "a round: ids only",
    "jobs/tidy.py:tidy": "a round: drops by age",
    "jobs/tokens.py:refresh_ending": "a round: ids only",
}
"""Functions that open a unit about every programme and never narrow it."""
SAYS = ("Scope(", "_desk(", "keep_to(")


def test_what_looks_after_every_programme_is_known() -> None:
    found = set()
    for path in modules("app", "jobs"):
        for function in ast.walk(tree(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for block in (each for each in ast.walk(function) if isinstance(each, ast.With)):
                calls = [item.context_expr for item in block.items if isinstance(item.context_expr, ast.Call)]
                opened = [each for each in calls if ast.unparse(each.func) in {"reading", "unit_of_work", "trial"}]
                if not any(len(each.args) == 1 for each in opened):
                    continue
                body = "\n".join(ast.unparse(line) for line in block.body)
                if not any(word in body for word in SAYS):
                    found.add(f"{path}:{function.name}")

    assert found == set(ACROSS)
