"""Alerts: none in a house where all is well, each of them where it should be, and a page that says what to do."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from app.cli.main import main
from app.db import inbox, outbox, privacy
from app.db.inbox import Arrival, State
from app.db.outbox import EffectKind
from app.db.tables import AuditRow, CursorRow, InboxBodyRow, InboxRow, OutboxRow, PrivacyRow, ShopRow, TickRow
from app.db.unit import make_engine, unit_of_work
from app.loyalty.facts import Duty
from app.settings import settings
from integrations.platform import ANOTHER_SHOP
from jobs.alerts import NIGHTS, PAGE, SENTENCES, Alert, alerts, watch
from jobs.schedule import TIMETABLE
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.works import Clock, works

NOW = instant("2025-02-10")
RUNBOOK = Path(__file__).parents[2] / PAGE


def arrived(state: State, reason: str | None = None) -> Callable[[House], None]:
    def wrong(ours: House) -> None:
        with unit_of_work(ours.engine) as session:
            arrival = Arrival("neutral", "order", uuid4().hex, b"{}", versioned=True)
            inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, NOW - timedelta(hours=1))
            done_at = None if state is State.WAITING else NOW
            of_ours = InboxRow.programme_id == ours.programme_id
            session.execute(update(InboxRow).where(of_ours).values(state=state.value, reason=reason, done_at=done_at))

    return wrong


def wished(**values: object) -> Callable[[House], None]:
    def wrong(ours: House) -> None:
        with ours.unit("2025-02-09") as scope:
            outbox.put(scope, ours.shop_id, EffectKind.SUBSCRIBE, "shop", {})
            of_ours = OutboxRow.programme_id == ours.programme_id
            scope.session.execute(update(OutboxRow).where(of_ours).values(**values))

    return wrong


def shut(ours: House) -> None:
    with unit_of_work(ours.engine) as session:
        session.execute(update(ShopRow).values(state="reauthorize"))


def looked(ago: timedelta, found: int) -> Callable[[House], None]:
    def wrong(ours: House) -> None:
        with unit_of_work(ours.engine) as session:
            row = CursorRow(
                programme_id=ours.programme_id, shop_id=ours.shop_id, kind="changes", at=NOW, checked_at=NOW - ago,
                found=found,
            )  # fmt: skip
            session.add(row)

    return wrong


def night(ours: House) -> None:
    """Taken every night, last done two days ago."""
    with unit_of_work(ours.engine) as session:
        for days in (3, 2, 1, 0):
            at = NOW - timedelta(days=days, hours=1)
            done_at = at if days > 1 else None
            session.execute(insert(TickRow).values(job="audit", period=str(days), at=at, done_at=done_at))


def breach(ours: House) -> None:
    with unit_of_work(ours.engine) as session:
        session.execute(insert(AuditRow).values(programme_id=ours.programme_id, at=NOW, breaches=2))


def duty(ours: House) -> None:
    with ours.unit("2025-01-15") as scope:
        privacy.keep(scope, ours.shop_id, Duty.CUSTOMER_DATA, None)


def old(ours: House) -> None:
    with unit_of_work(ours.engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))


WRONG: dict[Alert, Callable[[House], None]] = {
    Alert.SCHEMA_OLD: old,
    Alert.WORK_LATE: arrived(State.WAITING),
    Alert.EFFECTS_LATE: wished(next_try=NOW + timedelta(minutes=5)),
    Alert.EFFECTS_GIVEN_UP: wished(state="failed", done_at=NOW),
    Alert.DELIVERIES_QUARANTINED: arrived(State.QUARANTINED, "no number"),
    Alert.DELIVERY_OF_ANOTHER_SHOP: arrived(State.QUARANTINED, ANOTHER_SHOP),
    Alert.SEAL_BROKEN: arrived(State.QUARANTINED, "SEAL_BROKEN"),
    Alert.SHOP_SHUT: shut,
    Alert.SHOP_NOT_ASKED: looked(timedelta(hours=2), 0),
    Alert.WEBHOOKS_MISSING: looked(timedelta(minutes=5), 3),
    Alert.NIGHT_NOT_DONE: night,
    Alert.BOOKS_DIFFER: breach,
    Alert.PRIVACY_DUE: duty,
}


def test_each_alert_is_raised_by_its_own_trouble_alone_and_a_sound_house_raises_none(engine: Engine) -> None:
    """One database: every trouble is looked at, then taken back."""
    ours, jobs = house(engine), works(engine, clock=Clock(NOW))
    assert alerts(jobs) == []
    for alert, wrong in WRONG.items():
        if alert is Alert.SCHEMA_OLD:
            continue
        wrong(ours)
        assert [each.alert for each in alerts(jobs)] == [alert]
        assert watch(jobs) == 1
        with engine.begin() as connection:
            for table in _TOUCHED:
                connection.execute(delete(table))
            connection.execute(update(ShopRow).values(state="connected"))
        assert alerts(jobs) == []
    old(ours)
    assert [each.alert for each in alerts(jobs)] == [Alert.SCHEMA_OLD]


_TOUCHED = (InboxBodyRow, InboxRow, OutboxRow, CursorRow, TickRow, AuditRow, PrivacyRow)


def test_a_database_that_is_away_is_an_alert_and_no_crash(tmp_path: Path) -> None:
    away = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    assert [each.alert for each in alerts(works(away))] == [Alert.DATABASE_AWAY]


def test_every_alert_has_a_trouble_a_sentence_and_its_part_of_the_operators_page() -> None:
    page = RUNBOOK.read_text(encoding="utf-8")
    headings = re.findall(r"^## (\w+)$", page, re.MULTILINE)
    assert sorted(headings) == sorted(alert.value for alert in Alert)
    assert set(SENTENCES) == set(Alert) == {*WRONG, Alert.DATABASE_AWAY}
    for alert, rest in zip(headings, re.split(r"^## \w+$", page, flags=re.MULTILINE)[1:], strict=True):
        assert len(rest.split()) >= 25, f"{alert} says nothing to do"


def test_every_job_of_the_night_is_watched() -> None:
    assert set(NIGHTS) == {entry.job for entry in TIMETABLE if entry.is_rung_again}


def test_the_command_says_each_alert_and_where_to_read_on(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    engine = make_engine(database_url)
    assert main(["alerts"]) == 0
    breach(house(engine))
    assert main(["alerts"]) == 1
    said = capsys.readouterr().out
    assert "books_differ: 2 breaches were found by the last audits. See docs/operators/alerts.md#books_differ\n" in said
    engine.dispose()
    settings.cache_clear()
