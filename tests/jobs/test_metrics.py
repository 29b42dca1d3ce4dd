"""Figures for curves: every figure and every alert, as Prometheus reads them, and nobody by name."""

import re
from datetime import timedelta

from sqlalchemy import Engine, insert, text

from app.db.tables import AuditRow
from app.db.unit import make_engine, unit_of_work
from app.loyalty.terms.programme import Reward
from jobs.alerts import Alert
from jobs.metrics import FIGURES, lines
from tests.factories.houses import house
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.factories.works import Clock, works

NOW = instant("2025-02-10")
LINE = re.compile(r'kizuna_[a-z_]+(\{alert="[a-z_]+"\})? [0-9]+')


def figures(db: Engine) -> dict[str, int]:
    told = [line for line in lines(works(db, clock=Clock(NOW))) if not line.startswith("# ")]
    assert all(LINE.fullmatch(line) for line in told)
    return {name: int(value) for name, _, value in (line.rpartition(" ") for line in told)}


def test_every_figure_and_every_alert_is_told_and_none_names_anybody(db: Engine) -> None:
    found = figures(db)
    assert found["kizuna_up"] == 1
    assert found.keys() >= {f"kizuna_{name}" for name in FIGURES}
    assert found.keys() >= {f'kizuna_alert{{alert="{alert}"}}' for alert in Alert}
    with unit_of_work(db) as session:
        shops = set(session.execute(text("SELECT domain, name FROM shops")).all())
    said = "\n".join(lines(works(db, clock=Clock(NOW))))
    assert not [word for row in shops for word in row if word in said]


def test_figures_count_what_waits_too_long(db: Engine) -> None:
    before = figures(db)
    ours = house(db, version(rewards=[Reward("r", 10)]))
    ours.join("ada", now="2025-02-10")
    ours.adjust("2025-02-10", "ada", "gift", 50)
    ours.redeem((NOW - timedelta(minutes=20)).isoformat(), "ada", "k1", code="KZ-1", reward="r")
    with unit_of_work(db) as session:
        session.execute(insert(AuditRow).values(programme_id=ours.programme_id, at=NOW, breaches=2))
    after = figures(db)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown["kizuna_holds_old"] == 1
    assert grown["kizuna_effects_waiting"] >= 1
    assert grown["kizuna_audit_breaches"] == 2
    assert grown['kizuna_alert{alert="books_differ"}'] == 2


def test_a_database_that_is_away_is_told_as_such() -> None:
    away = make_engine("sqlite:////nowhere/at/all.db")
    told = [line for line in lines(works(away, clock=Clock(NOW))) if not line.startswith("# ")]
    assert told[0] == "kizuna_up 0"
    assert 'kizuna_alert{alert="database_away"} 1' in told
