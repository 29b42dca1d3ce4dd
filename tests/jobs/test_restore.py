"""The drill: a database is lost and a backup put back; the shop is asked, and everybody has what they had."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, select

from app.actions.erase_member import erase_member
from app.db import backup
from app.db.strays import Stray, strays
from app.db.tables import InboxRow
from app.db.unit import make_engine, reading
from app.loyalty.ledger.books import Stage
from integrations.platform import Delivery
from jobs import inbox, outbox
from jobs.erasures import erase_again, note_erasures
from jobs.reconcile import reconcile
from tests.factories.bodies import order_body, review_body
from tests.factories.instants import instant
from tests.failpoints.world import ADA, World
from tests.servers.postgres import program

LATER = "2025-02-03T12:00:00Z"
STRAY = "MADO-AB12-CD34-EF567"

Lose = Callable[[], Callable[[], Engine]]


@pytest.fixture
def lose(engine: Engine, tmp_path: Path) -> Iterator[Callable[[], Callable[[], Engine]]]:
    """Backs up; what comes back loses the database, restores the backup and returns an engine on it."""
    opened: list[Engine] = []

    def back_up() -> Callable[[], Engine]:
        file = backup.place(str(engine.url))
        put_back = _on_sqlite(file, tmp_path) if file else _on_postgresql(engine, tmp_path)

        def lose_and_restore() -> Engine:
            engine.dispose()
            put_back()
            opened.append(make_engine(engine.url.render_as_string(hide_password=False)))
            return opened[0]

        return lose_and_restore

    yield back_up
    for each in opened:
        each.dispose()


def _on_sqlite(file: Path, folder: Path) -> Callable[[], None]:
    backup.make(file, folder / "kizuna.backup")

    def put_back() -> None:
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        assert backup.restore(folder / "kizuna.backup", file, instant("2025-02-04")) is None

    return put_back


def _on_postgresql(engine: Engine, folder: Path) -> Callable[[], None]:
    """As the page for operators says; where there are no programs of the server's version, a copy serves."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    server = engine.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name, dump = sql.Identifier(str(engine.url.database)), folder / "kizuna.dump"
    copy = sql.Identifier(f"{engine.url.database}_copy")
    with psycopg.connect(server, autocommit=True) as connection:
        version = connection.info.server_version // 10_000
        dumps, restores = program("pg_dump", version), program("pg_restore", version)
        if dumps is None:
            engine.dispose()
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, name))
    if dumps is not None:
        _run(dumps, "--format=custom", "--no-owner", f"--file={dump}", address)

    def put_back() -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            if restores is None:
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(copy, name))
                return
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        _run(restores, "--no-owner", "--exit-on-error", f"--dbname={address}", dump)

    return put_back


def _run(*words: str | Path) -> None:
    ended = subprocess.run(words, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def settle(world: World) -> None:
    """Work through what waits."""
    while inbox.drain(world.works, *world.key) or outbox.drain(world.works, *world.key):
        pass


def test_a_lost_hour_is_rebuilt_from_the_shop_with_nothing_doubled(engine: Engine, tmp_path: Path, lose: Lose) -> None:
    """Orders, a refund, a review and a used code of the time between backup and loss: all of it comes back, once."""
    world = World(engine, tmp_path)
    world.deliver(order_body("o1", "100.00", member=ADA))
    settle(world)
    world.ours.redeem("2025-02-02", ADA, "k1", code="KZ-1")
    world.clock.set("2025-02-02")
    settle(world)
    restore = lose()

    used = {"redemption": "KZ-1", "amount": "5.00"}
    refund = {"id": "r1", "at": LATER, "lines": [{"line": "l1", "amount": "40.00"}]}
    told = [
        order_body("o2", "30.00", member=ADA, updated_at=LATER, own_discount=used),
        order_body("o1", "100.00", member=ADA, updated_at=LATER, refunds=[refund]),
        order_body("o3", "12.00", member="ben", updated_at=LATER),
    ]
    world.clock.set("2025-02-03")
    for body in told:
        world.deliver(body)
    world.deliver(review_body(member=ADA), topic="review")
    settle(world)
    had = world.ours.everything()
    assert world.ours.redemption("k1").stage == Stage.USED.value

    world.works = replace(world.works, engine=restore())
    world.ours.engine = world.works.engine
    assert world.ours.everything() != had
    assert world.breaches() == []
    assert world.ours.redemption("k1").stage == Stage.ISSUED.value

    world.clock.set("2025-02-04")
    world.store.page = [Delivery("order", f"r{number}", body) for number, body in enumerate(told)]
    world.store.page.append(Delivery("review", "r9", review_body(member=ADA)))
    for _ in range(2):
        reconcile(world.works, *world.key)
        settle(world)
    assert world.ours.everything() == had
    assert world.ours.redemption("k1").stage == Stage.USED.value
    assert world.store.codes == {"KZ-1": "live"}
    assert world.breaches() == []
    with reading(world.works.engine) as session:
        states = session.scalars(select(InboxRow.state).where(InboxRow.programme_id == world.key[0])).all()
    assert set(states) <= {"done", "ignored"}


def test_a_code_made_after_the_backup_is_recognised_on_the_order_that_used_it(engine: Engine, tmp_path: Path) -> None:
    """Its points came back with the backup, so somebody has to know."""
    world = World(engine, tmp_path)
    used = {"redemption": STRAY, "amount": "5.00"}
    world.deliver(order_body("o2", "30.00", member=ADA, own_discount=used))
    world.deliver(order_body("o3", "30.00", member=ADA, own_discount={"redemption": "SUMMER", "amount": "1.00"}))
    settle(world)
    with world.ours.reading() as scope:
        found = list(strays(scope, instant("2025-01-01")))
        assert list(strays(scope, instant("2025-03-01"))) == []
    [stray] = found
    assert stray == Stray(STRAY, stray.order, instant("2025-02-01"), world.ours.member(ADA), 500, "EUR")
    world.ours.redeem("2025-02-02", ADA, "k1", code=STRAY)
    with world.ours.reading() as scope:
        assert list(strays(scope, instant("2025-01-01"))) == []


def test_who_was_forgotten_after_the_backup_is_forgotten_again(engine: Engine, tmp_path: Path, lose: Lose) -> None:
    """Ada was known to the backup; Ben came and went after it, and the shop still tells of his order."""
    world = World(engine, tmp_path)
    world.deliver(order_body("o1", "100.00", member=ADA))
    settle(world)
    restore = lose()
    ada = world.ours.member(ADA)
    world.deliver(order_body("o2", "30.00", member="ben"))
    settle(world)
    for customer in (ADA, "ben"):
        with world.ours.unit("2025-02-02") as scope:
            erase_member(scope, world.ours.member(customer), actor="staff", why="asked to")
    file = tmp_path / "erasures.jsonl"
    noting = replace(world.works, erasures=file)
    assert note_erasures(noting) == 4
    assert note_erasures(noting) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert not [name for name in (ADA, "ben") if f'"{name}"' in file.read_text()]
    file.write_text(file.read_text() + '\n{"programme": "torn')

    world.works = replace(world.works, engine=restore())
    world.ours.engine = world.works.engine
    assert world.ours.member(ADA) == ada
    world.clock.set("2025-02-03")
    assert [erase_again(world.works, file) for _ in range(2)] == [1, 0]
    world.store.page = [
        Delivery("order", "r1", order_body("o1", "100.00", member=ADA, updated_at=LATER)),
        Delivery("order", "r2", order_body("o2", "30.00", member="ben", updated_at=LATER)),
    ]
    reconcile(world.works, *world.key)
    settle(world)
    assert world.ours.everything() == {}
    assert world.breaches() == []
