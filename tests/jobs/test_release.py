"""A release while shops send: from the released shape to the newest, and no acknowledged delivery is lost."""

import threading
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine

from app.db import inbox, readiness
from app.db.migrate import upgrade
from app.db.unit import reading
from integrations.neutral.verify import sign
from jobs import house
from jobs import inbox as inbox_job
from tests.factories.bodies import order_body
from tests.failpoints.world import ADA, WEBHOOK_SECRET, World
from tests.servers.databases import alembic_config

RELEASED = "0012"
"""The shape of the database in 0.1.0."""
DELIVERIES = 24


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _old(engine: Engine) -> None:
    """Take the database, with what is in it, back to the released shape."""
    engine.dispose()
    command.downgrade(alembic_config(_address(engine)), RELEASED)


class Sender(threading.Thread):
    """A shop that sends its orders one after another, each again until it hears a 2xx."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__()
        self.client = world.client.application.test_client()
        self.path = f"/webhooks/woocommerce?shop={world.key[1]}"
        self.bodies = [order_body(f"s{number}-{order}", "10.00", member=ADA) for order in range(DELIVERIES)]
        self.begun, self.gave_up = threading.Event(), False

    def run(self) -> None:
        for body in self.bodies:
            headers = {"X-Kizuna-Topic": "order", "X-Kizuna-Signature": sign(body, WEBHOOK_SECRET)}
            for _ in range(50):
                if self.client.post(self.path, data=body, headers=headers).status_code == 200:
                    break
            else:
                self.gave_up = True
            self.begun.set()


def test_no_delivery_is_lost_while_the_database_is_brought_to_the_newest_shape(engine: Engine, tmp_path: Path) -> None:
    world = World(engine, tmp_path)
    world.deliver(order_body("before", "10.00", member=ADA))
    inbox_job.drain(world.works, *world.key)
    _old(engine)

    senders = [Sender(world, number) for number in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        assert sender.begun.wait(60)
    upgrade(_address(engine))
    for sender in senders:
        sender.join(120)
        assert not sender.is_alive()
        assert not sender.gave_up

    while inbox_job.drain(world.works, *world.key):
        pass
    with reading(engine) as session:
        assert inbox.counts(session, *world.key) == {"done": 2 * DELIVERIES + 1}
    assert world.ours.amounts(ADA) == (0, 10 * (2 * DELIVERIES + 1), 0, 0)
    assert world.breaches() == []


def test_a_step_that_cannot_have_its_table_gives_way_and_is_tried_again(postgres_engine: Engine) -> None:
    """Somebody reads for as long as they like: the release waits for them, and webhooks do not queue behind it."""
    _old(postgres_engine)
    gave_way: list[str] = []
    with postgres_engine.connect() as reader:
        reader.exec_driver_sql("LOCK TABLE members IN ACCESS SHARE MODE")

        def end_reading() -> None:
            gave_way.append("once")
            reader.rollback()

        upgrade(_address(postgres_engine), end_reading)
    assert gave_way == ["once"]
    with reading(postgres_engine) as session:
        assert readiness.is_migrated(session)


def test_work_waits_for_the_release_and_begins_after_it(engine: Engine, tmp_path: Path) -> None:
    """A worker of the new version that was started too early would put every delivery into quarantine."""
    world = World(engine, tmp_path)
    _old(engine)
    waited: list[str] = []

    def release() -> None:
        waited.append("once")
        upgrade(_address(engine))

    house.wait_for_shape(world.works, release)
    assert waited == ["once"]
    house.wait_for_shape(world.works, lambda: pytest.fail("there is nothing to wait for"))


def test_the_old_version_goes_on_working_while_the_new_one_is_released(engine: Engine, tmp_path: Path) -> None:
    """A shape that this code does not know is a newer one, and shapes are only added to."""
    world = World(engine, tmp_path)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    house.wait_for_shape(world.works, lambda: pytest.fail("there is nothing to wait for"))
