"""Each documented programme file, published by the command at a running shop, is what the storefront then tells."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.main import main
from app.settings import settings
from tests.house.repository import ROOT
from tests.web.contract import fits
from tests.web.storefront import Storefront

FILES = sorted((ROOT / "docs/merchants/programmes").glob("*.json"))
UNASKED = frozenset({"segment", "levels"})
"""What makes a reward one that a stranger is not told of."""


@pytest.fixture
def published(storefront: Storefront, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storefront:
    """A shop of either platform, and the operator's terminal beside it."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    return storefront


def test_what_a_file_promises_is_what_shoppers_are_told_in_dollars_and_in_yen(
    published: Storefront, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for documented in FILES:
        path = documented
        said = json.loads(path.read_text(encoding="utf-8"))
        if path.stem == "rewards" and published.platform == "woocommerce":
            assert main(["programme", "publish", str(path), "--programme", published.shop.domain]) == 1
            assert "no shop of this programme can give it" in capsys.readouterr().err
            # WooCommerce holds no money for customers; all other rewards are for its shops too.
            said["rewards"] = [one for one in said["rewards"] if one["id"] not in {"credit", "card"}]
            path = tmp_path / path.name
            path.write_text(json.dumps(said), encoding="utf-8")
        assert main(["programme", "publish", str(path), "--programme", published.shop.domain]) == 0, path.stem
        # The command goes by the machine's own clock, which is ahead of the one that the storefront stands at.
        published.clock.now = datetime.now(UTC) + timedelta(minutes=1)
        told = fits("programme", published.get("programme").get_json())

        assert len(told["earn"]) == len(said.get("earn", ())), path.stem
        shown = [one["id"] for one in said.get("rewards", ()) if not UNASKED & one.keys()]
        assert [one["id"] for one in told["rewards"]] == shown, path.stem
        levels = [one["id"] for one in said.get("tiers", {}).get("levels", ())]
        assert [one["id"] for one in (told["tiers"] or {"levels": ()})["levels"]] == levels, path.stem
    settings.cache_clear()
