"""``kizuna tasks`` and ``kizuna give``, as they are typed."""

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import Service
from app.settings import settings
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version


@pytest.fixture
def ours(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> House:
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    made = house(engine, version(rewards=[Reward("knives", 30, Service("Sharpen two knives", 3))]))
    made.settle("2025-02-01T13", order(price="100.00"))
    made.redeem("2025-02-02", "ada", "k1", "knives")
    return made


def test_tasks_are_listed_and_closed_by_their_id(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    programme = str(ours.programme_id)
    assert main(["tasks", programme]) == 0
    said = capsys.readouterr().out
    assert said.startswith("k1  OVERDUE 2025-02-05T12:00:00Z  member ")
    assert said.endswith("Sharpen two knives\n1 open, 1 overdue.\n")

    assert main(["tasks", programme, "--done", "k1", "--note", "sharp"]) == 0
    assert capsys.readouterr().out == "0 open, 0 overdue.\n"
    assert ours.amounts("ada") == (0, 70, 0, 0)
    assert main(["tasks", programme, "--cancel", "k1"]) == 1
    assert main(["tasks", programme, "--done", "k9"]) == 2
    assert "closed otherwise" in capsys.readouterr().err
    assert main(["tasks", programme, "--closed"]) == 0
    assert "done" in capsys.readouterr().out
