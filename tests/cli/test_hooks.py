"""``kizuna hooks``: the addresses of a programme's hooks, shop by shop."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.loyalty.terms.hooks import Hook
from app.settings import settings
from tests.factories.houses import House, house
from tests.factories.programmes import version

SURVEY = Hook("survey", "survey_done", customer="who")


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Two shops, and a second version that has a hook."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    yield house(engine, version(), zones={"s1": "UTC", "s2": "UTC"})
    settings.cache_clear()


def test_every_hook_has_an_address_of_its_own_at_every_shop(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hooks", str(ours.programme_id)]) == 0
    reviews = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in reviews] == [
        f"{shop_id.hex}.example product-reviews (a review)" for shop_id in ours.shop_ids.values()
    ]
    ours.publish("2025-02-01", replace(version("2025-02-01T13"), hooks=(SURVEY,)))
    assert main(["hooks", str(ours.programme_id)]) == 0
    told = capsys.readouterr().out
    for shop_id in ours.shop_ids.values():
        assert f"{shop_id.hex}.example survey (survey_done): " in told
        assert f"/hooks/{shop_id}/survey/" in told
    assert len({line.rpartition("/")[2] for line in told.splitlines()}) == 4, "no two addresses end alike"
    assert main(["hooks", "nobody.example"]) == 2
