"""``kizuna segments``: counted, listed and drawn from the terminal."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.loyalty.terms.segments import Frequency, Segment
from app.settings import settings
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Four bought once, ben and cas once more."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    made = house(engine, replace(version(), segments=(Segment("again", (Frequency(2),), name="Came back"),)))
    bought = [(name, number) for name in ("ada", "ben", "cas", "dot") for number in (1, 2)]
    made.settle(
        "2025-02-01T13",
        *[order(f"o-{name}{n}", customer=name) for name, n in bought if n == 1 or name in {"ben", "cas"}],
    )
    yield made
    settings.cache_clear()


def test_a_segment_is_counted_listed_and_drawn_from(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    shop = f"{ours.shop_id.hex}.example"
    assert main(["segments", "list", shop]) == 0
    told = capsys.readouterr().out
    assert "standing:champions\n" in told
    assert told.endswith("again  Came back\n")

    assert main(["segments", "count", shop, "again"]) == 0
    assert capsys.readouterr().out == "2\n"
    assert main(["segments", "members", shop, "again"]) == 0
    assert capsys.readouterr().out.split() == sorted(str(ours.member(name)) for name in ("ben", "cas"))

    terms = [
        "--id",
        "spring",
        "--seed",
        "cherry",
        "--amount",
        "5",
        "--budget",
        "99",
        "--share",
        "50",
        "--why",
        "Spring",
    ]
    assert main(["segments", "draw", shop, "again", *terms]) == 0
    won = capsys.readouterr().out
    assert won.endswith("1 win 5 each.\n")
    assert main(["segments", "draw", shop, "again", *terms]) == 0
    assert capsys.readouterr().out == won
    assert sum(ours.amounts(name)[1] for name in ("ben", "cas")) == 2 * 20 + 5

    assert main(["segments", "draw", shop, "again", *terms[:3], "plum", *terms[4:]]) == 2
    assert "KEY_REUSED" in capsys.readouterr().err
    assert main(["segments", "draw", shop, "again", *terms[:5], "0", *terms[6:]]) == 2
    assert "above zero" in capsys.readouterr().err
    assert main(["segments", "count", shop, "nobody"]) == 2
    assert "no segment nobody" in capsys.readouterr().err
    assert main(["segments", "list", "nowhere.example"]) == 2
