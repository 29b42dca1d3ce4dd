"""``kizuna referrals``: what waits and why, approved and refused from the terminal."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.loyalty.facts import Traces
from app.loyalty.terms.rules import ReferralRule
from app.loyalty.terms.suspicion import ReferralDesk
from app.settings import settings
from tests.factories.facts import order, referral
from tests.factories.houses import House, house
from tests.factories.programmes import version

HOME = Traces("street/1/de")


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Ada brought ben, who lives at her address."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    made = house(engine, replace(version(earn=[ReferralRule(500)]), referral_desk=ReferralDesk()))
    made.settle("2025-01-10", replace(order("o1"), traces=HOME), referral())
    made.settle("2025-02-01", replace(order("o2", customer="ben"), traces=HOME))
    yield made
    settings.cache_clear()


def test_the_desk_is_worked_off_from_the_terminal(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    shop = f"{ours.shop_id.hex}.example"
    assert main(["referrals", "list", shop]) == 0
    told = capsys.readouterr().out
    assert "rf1  HELD_FOR_REVIEW  500 points  60: SAME_ADDRESS 60\n" in told
    assert told.endswith("1 waiting; held back wrongly: 0 of 0 decided.\n")

    assert main(["referrals", "approve", shop, "rf1", "--why", "two people"]) == 0
    assert capsys.readouterr().out == "rf1: approved.\n"
    assert ours.amounts("ada")[1] == 500
    assert main(["referrals", "list", shop, "--view", "decided"]) == 0
    told = capsys.readouterr().out
    assert "rf1  approved  500 points  60: SAME_ADDRESS 60; operator: two people\n" in told
    assert told.endswith("0 waiting; held back wrongly: 1 of 1 decided.\n")

    assert main(["referrals", "refuse", shop, "rf1", "--why", "one person after all"]) == 0
    assert capsys.readouterr().out == "rf1: refused.\n"
    assert ours.amounts("ada")[1] == 0
    assert main(["referrals", "refuse", shop, "rf9", "--why", "?"]) == 2
    assert "No referral rf9" in capsys.readouterr().err
