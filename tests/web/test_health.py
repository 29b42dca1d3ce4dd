"""What operators ask: alive, ready, and how far behind."""

from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine, text, update

from app.db.tables import InboxRow
from app.db.unit import make_engine, unit_of_work
from app.factory import create_app
from app.settings import Settings
from jobs.works import Works
from tests.servers.databases import Databases
from tests.web.shops import NOW, Shop, shopify_headers

BODY = b"{}"


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_migrated_database_is_ready_and_nothing_waits(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "database": True,
        "migrations": True,
        "inbox_lag_seconds": None,
        "outbox_lag_seconds": None,
        "late": False,
    }


def test_the_oldest_waiting_delivery_is_the_lag(client: FlaskClient, works: Works, tidewell: Shop) -> None:
    client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY))
    with unit_of_work(works.engine) as session:
        session.execute(update(InboxRow).values(received_at=NOW - timedelta(minutes=16)))

    said = client.get("/readyz").get_json()

    assert (said["inbox_lag_seconds"], said["late"]) == (960, True)


def test_what_is_to_be_tried_later_is_not_late_before_its_time(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY))
    with unit_of_work(works.engine) as session:
        session.execute(update(InboxRow).values(next_try=NOW + timedelta(minutes=1)))

    assert client.get("/readyz").get_json()["inbox_lag_seconds"] is None


def test_an_empty_database_is_not_ready(settings: Settings, works: Works, databases: Databases) -> None:
    with databases.empty() as url:
        engine = make_engine(url)
        app = create_app(settings, replace(works, engine=engine))
        answer = app.test_client().get("/readyz")
        engine.dispose()

    assert answer.status_code == 503
    assert (answer.get_json()["database"], answer.get_json()["migrations"]) == (True, False)


def test_a_database_of_another_time_is_not_ready(client: FlaskClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'before'"))

    assert client.get("/readyz").status_code == 503


def test_a_database_that_is_away_is_not_ready(settings: Settings, works: Works) -> None:
    engine = make_engine("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    app = create_app(settings, replace(works, engine=engine))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["database"] is False
