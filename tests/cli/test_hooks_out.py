"""``kizuna hooks-out``: an address is told, shown with how it fares, given a new secret, and told nothing any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.settings import settings
from tests.factories.facts import order
from tests.factories.houses import House, house

URL = "https://93.184.216.34/kizuna"


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    yield house(engine)
    settings.cache_clear()


def test_an_address_is_added_shown_given_a_new_secret_and_removed(
    ours: House, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = f"{ours.shop_id.hex}.example"
    assert main(["hooks-out", "list", shop]) == 0
    assert capsys.readouterr().out == "Nobody is told of changes.\n"

    asked = ["hooks-out", "add", "--shop", shop, "--url", URL, "--events", "points.changed", "tier.changed"]
    assert main(asked) == 0
    added = capsys.readouterr().out
    listener, secret = added.split()[0], added.split()[-1]
    assert secret.startswith("whsec_")
    ours.settle("2025-02-01", order())
    assert main(["hooks-out", "list", shop]) == 0
    shown = capsys.readouterr().out
    assert shown == f"{listener} {shop} {URL}: points.changed, tier.changed; 1 waiting, 0 given up\n"

    assert main(["hooks-out", "rotate", listener]) == 0
    fresh = capsys.readouterr().out.split()[-1]
    assert fresh.startswith("whsec_")
    assert fresh != secret
    assert main(["hooks-out", "remove", listener]) == 0
    capsys.readouterr()
    assert main(["hooks-out", "list", shop]) == 0
    assert capsys.readouterr().out == "Nobody is told of changes.\n"
    assert main(["hooks-out", "remove", listener]) == 2


@pytest.mark.parametrize(
    ("shop", "url", "said"),
    (
        (None, "http://93.184.216.34/", "https"),
        (None, "https://127.0.0.1/", "inside a network"),
        (None, "https://169.254.169.254/latest", "inside a network"),
        ("nowhere.example", URL, "nowhere.example"),
    ),
)
def test_what_cannot_be_told_is_refused_with_the_reason(
    ours: House, capsys: pytest.CaptureFixture[str], shop: str | None, url: str, said: str
) -> None:
    assert main(["hooks-out", "add", "--shop", shop or str(ours.shop_id), "--url", url]) == 2
    assert said in capsys.readouterr().err


def test_a_shop_has_a_few_listeners_and_no_more(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["hooks-out", "add", "--shop", str(ours.shop_id), "--url", URL]
    assert [main(asked) for _ in range(6)] == [0, 0, 0, 0, 0, 2]
    assert "remove one first" in capsys.readouterr().err
