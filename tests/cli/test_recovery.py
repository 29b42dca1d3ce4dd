"""``kizuna recovery``: what waits, printed; answered and resolved from the terminal."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.loyalty.hearing.recovery import Recovery
from app.settings import settings
from tests.factories.facts import order, review
from tests.factories.houses import House, house
from tests.factories.programmes import version


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A member wrote a review of two stars, a year and more ago."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    made = house(engine, replace(version(), recovery=Recovery()))
    made.settle("2025-02-01", order())
    made.settle("2025-02-02", review(rating=2))
    yield made
    settings.cache_clear()


def test_cases_are_worked_off_from_the_terminal(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    shop = f"{ours.shop_id.hex}.example"
    assert main(["recovery", "list", shop]) == 0
    told = capsys.readouterr().out
    case_id, _, rest = told.partition("  ")
    assert rest.startswith(f"review  p1  2 of 5  due 2025-02-03T12:00:00Z, overdue  member {ours.member('ada')}\n")
    assert "1 waiting, 1 of them overdue; 0 promises due.\n" in told
    assert told.endswith("First answer, 30 days: median none yet; 0 of 0 in time.\n")

    assert main(["recovery", "answer", shop, case_id, "--words", "We are sorry"]) == 0
    assert capsys.readouterr().out == f"{case_id}: answered.\n"
    assert main(["recovery", "resolve", shop, case_id]) == 0
    assert main(["recovery", "list", shop, "--view", "resolved"]) == 0
    assert case_id in capsys.readouterr().out
    assert main(["recovery", "answer", shop, case_id, "--words", "Once more"]) == 2
    assert "ALREADY_CLOSED" in capsys.readouterr().err
    assert main(["recovery", "list", "nowhere.example"]) == 2
