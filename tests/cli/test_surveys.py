"""``kizuna surveys``: what drives the scores, printed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.settings import settings
from tests.factories.hearing import lived
from tests.factories.houses import House

Living = Callable[[int], House]


@pytest.fixture
def living(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    """Lets six members answer, each with doubles."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    yield lambda times: lived(engine, times)
    settings.cache_clear()


def test_a_report_on_few_answers_says_so(living: Living, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["surveys", "report", f"{living(1).shop_id.hex}.example"]) == 0
    told = capsys.readouterr().out

    assert "NPS  6 answers: too few for a score, which takes 10\n" in told
    assert "NPS by tier  none  3 answers: too few" in told
    assert told.endswith("6 asked, 6 of them answered.\n")


def test_a_report_on_many_answers_prints_what_drives_the_score(
    living: Living, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = f"{living(4).shop_id.hex}.example"
    assert main(["surveys", "report", shop]) == 0
    told = capsys.readouterr().out

    assert told.startswith("NPS  16.7: 50.0 % promoters, 33.3 % detractors, 24 answers\n")
    assert "NPS by touchpoint  delivery  33.3: 66.7 % promoters, 33.3 % detractors, 12 answers\n" in told
    assert "NPS by product  tea  -25.0: 25.0 % promoters, 50.0 % detractors, 16 answers\n" in told
    assert main(["surveys", "report", shop, "--days", "1"]) == 0
    assert capsys.readouterr().out == "0 asked, 0 of them answered.\n"
    assert main(["surveys", "report", "nowhere.example"]) == 2
    assert "nowhere.example" in capsys.readouterr().err
