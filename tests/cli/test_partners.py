"""Commands for groups: who owes whom, two members made one and two again, invitations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.main import main
from app.db.members import add_identity
from app.loyalty.terms.programme import Reward
from app.settings import settings
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version


@pytest.fixture
def ours(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Ada bought for 50 at the first shop, and ben for 20; the second knows ada too."""
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path))
    settings.cache_clear()
    made = house(engine, version(rewards=[Reward("r", 30)]), zones={"s1": "UTC", "s2": "UTC"})
    made.settle("2025-02-01T13", order(price="50.00"), order("o2", "20.00", customer="ben"))
    with made.unit("2025-02-01T13") as scope:
        add_identity(scope, made.shop_ids["s2"], "ada", made.member("ada"))
    yield made
    settings.cache_clear()


def domain(ours: House, shop: str) -> str:
    return f"{ours.shop_ids[shop].hex}.example"


def test_the_settlement_is_told_by_pairs_and_by_shops_and_sums_to_zero(
    ours: House, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = domain(ours, "s1"), domain(ours, "s2")
    assert main(["settlement", first]) == 0
    assert capsys.readouterr().out == "No shop owes another anything.\n"
    ours.redeem("2025-02-02", "ada", "k1")
    ours.settle("2025-02-03T13", order("o3", "10.00", "2025-02-03", codes=[("k1", "0.00")]), shop="s2")
    assert main(["settlement", str(ours.programme_id)]) == 0
    told = capsys.readouterr().out
    assert f"{first} owes {second} 30 points\n" in told
    assert f"{first}: -30 points\n" in told
    assert told.endswith("Sum: 0 points\n")
    assert main(["settlement", first, "--until", "2025-02-02"]) == 0
    assert capsys.readouterr().out == "No shop owes another anything.\n"
    assert main(["settlement", "nobody.example"]) == 2


def test_members_are_merged_and_parted_and_a_repeat_says_so(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    ada, ben = ours.member("ada"), ours.member("ben")
    for said in ("stands for both now", "Nothing to do"):
        assert main(["merge", str(ada), str(ben), "--why", "one person"]) == 0
        assert said in capsys.readouterr().out
    assert sum(ours.amounts(ada)) == 70
    for said in ("stand for themselves again", "Nothing to do"):
        assert main(["unmerge", str(ben), "--why", "two people"]) == 0
        assert said in capsys.readouterr().out
    assert (sum(ours.amounts(ada)), sum(ours.amounts(ben))) == (50, 20)
    assert main(["merge", str(ada), str(ada), "--why", "a slip"]) == 2


def test_a_shop_that_is_connected_is_not_invited(ours: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["group", "invite", domain(ours, "s1")]) == 0
    assert "invitation=" in capsys.readouterr().out
    assert main(["group", "invite", domain(ours, "s1"), "--shop", "new.myshopify.com"]) == 0
    assert main(["group", "addresses", domain(ours, "s2"), "proved"]) == 0


def test_a_shop_with_members_joins_by_a_plan_that_was_looked_at(
    ours: House, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    own = house(engine, version(), zones={"s": "UTC"})
    own.settle("2025-02-01T13", order("o1", "12.00", customer="eve"))
    shop, group = domain(own, "s"), domain(ours, "s1")
    assert main(["group", "join", shop, group]) == 0
    told = capsys.readouterr().out
    assert "with 1 members" in told
    assert "Points that can be spent: 12 points" in told
    assert own.amounts("eve") == (0, 12, 0, 0)
    assert main(["group", "join", shop, group, "--confirm", "guessed"]) == 2
    assert "something has changed since" in capsys.readouterr().err
    assert main(told.splitlines()[-1].split()[1:]) == 0
    assert "is in the group now, with 1 members" in capsys.readouterr().out
    assert main(["audit"]) == 0
    capsys.readouterr()
    assert main(["group", "join", shop, group]) == 0
    assert "The shop is in this programme already." in capsys.readouterr().out
