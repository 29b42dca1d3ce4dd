"""``kizuna privacy``: what is kept about a member, forgetting one, duties that wait."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.db import privacy
from app.db.privacy import Names
from app.loyalty.facts import Customer, Duty
from app.settings import settings
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Ada bought something."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    monkeypatch.setenv("KIZUNA_SECRET_KEY", CIPHER.pepper)
    monkeypatch.setenv("KIZUNA_ENCRYPTION_KEYS", CIPHER.keys[0])
    settings.cache_clear()
    made = house(engine)
    made.settle("2025-01-10", order(customer=Customer("7", "ada@example.com", "Ada")))
    yield made
    settings.cache_clear()


def test_what_is_kept_is_written_and_the_member_forgotten(
    ours: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, file = f"{ours.shop_id.hex}.example", tmp_path / "ada.json"
    member_id = ours.member("7")
    assert main(["privacy", "export", shop, "ada@example.com", "--to", str(file)]) == 0
    assert "personal data" in capsys.readouterr().out
    assert json.loads(file.read_text(encoding="utf-8"))["kept"]["people"][0]["name"] == "Ada"

    assert main(["privacy", "erase", shop, str(member_id), "--why", "asked by letter"]) == 0
    assert capsys.readouterr().out.startswith("Forgotten. ")
    assert main(["privacy", "erase", shop, str(member_id), "--why", "asked by letter"]) == 0
    assert capsys.readouterr().out.startswith("Forgotten before")
    assert main(["privacy", "export", shop, "ada@example.com"]) == 2
    assert "0 members" in capsys.readouterr().err
    assert main(["privacy", "erase", shop, "nobody", "--why", "?"]) == 2


def test_a_duty_is_listed_with_its_day_and_done_once_the_file_was_handed_over(
    ours: House, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = f"{ours.shop_id.hex}.example"
    with ours.unit("2025-02-01") as scope:
        duty = privacy.keep(scope, ours.shop_id, Duty.CUSTOMER_DATA, Names(("7",)))
    assert main(["privacy", "list", shop]) == 0
    assert capsys.readouterr().out == f"{duty}  customer_data  customer 7  open  due 2025-03-03\n1 duties.\n"
    assert main(["privacy", "done", shop, str(duty)]) == 0
    assert capsys.readouterr().out == "Noted.\n"
    assert main(["privacy", "done", shop, str(duty)]) == 0
    assert main(["privacy", "done", shop, str(ours.shop_id)]) == 2
    capsys.readouterr()
    assert main(["privacy", "list", shop]) == 0
    assert capsys.readouterr().out.endswith("0 duties.\n")
