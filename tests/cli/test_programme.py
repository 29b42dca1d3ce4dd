"""``kizuna programme``: a merchant's programme as a file, from a template to a version that holds, on both engines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from app.actions.connect_shop import NewShop, connect_shop
from app.actions.settle_facts import settle_facts
from app.cli.main import main
from app.db import programmes
from app.db.scope import Scope
from app.db.tables import ShopRow, VersionRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, SignUp
from app.loyalty.templates import TEMPLATES
from app.settings import settings
from jobs.house import now
from tests.factories.ciphers import CIPHER


class Terminal:
    """Types commands and remembers what was said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, engine: Engine) -> None:
        self.capsys, self.folder, self.engine = capsys, folder, engine
        self.said, self.complained = "", ""

    def type(self, *words: str) -> int:
        code = main(["programme", *words])
        self.said, self.complained = self.capsys.readouterr()
        return code

    def file(self, content: object, name: str = "programme.json") -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def connect(self, domain: str, currency: str = "EUR") -> None:
        shop = NewShop("neutral", domain, domain, currency, "UTC", "en", None, False, None, {"webhook_secret": "s"})
        with unit_of_work(self.engine) as session:
            connect_shop(session, CIPHER, shop, now())

    def versions(self) -> int:
        with reading(self.engine) as session:
            return session.scalar(select(func.count()).select_from(VersionRow)) or 0


@pytest.fixture
def terminal(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Terminal]:
    monkeypatch.setenv("KIZUNA_DATABASE_URL", database_url)
    monkeypatch.setenv("KIZUNA_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("KIZUNA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    made = Terminal(capsys, tmp_path, engine)
    made.connect("shop.example")
    yield made
    settings.cache_clear()


def test_what_is_shown_can_be_published_as_it_is(terminal: Terminal) -> None:
    assert terminal.type("show") == 0
    shown = terminal.said
    assert terminal.type("publish", terminal.file(shown)) == 0
    assert terminal.said.startswith("Version 2 of shop.example holds from ")
    assert terminal.type("show") == 0
    assert json.loads(terminal.said) | {"note": ""} == json.loads(shown) | {"note": ""}
    assert terminal.type("show", "--version", "1") == 0
    assert json.loads(terminal.said)["note"].startswith("Version 1, ")


def test_a_template_goes_by_draft_and_preview_into_force_and_back_again(terminal: Terminal) -> None:
    assert terminal.type("templates", "--template", "bonus_days") == 0
    file = terminal.file(terminal.said)
    assert terminal.type("check", file) == 0
    assert terminal.type("draft", file, "--name", "club") == 0
    assert terminal.type("preview", "--draft", "club") == 0
    assert "0 members would lose points" in terminal.said
    assert terminal.versions() == 1
    assert terminal.type("show", "--draft", "club") == 0
    assert json.loads(terminal.said)["earn"][0] == {"rule": "amount", "points": "10", "per": "1.00"}
    assert terminal.type("publish", "--draft", "club", "--at", "2999-01-01T00:00:00+01:00") == 0
    assert "holds from 2998-12-31T23:00:00Z on" in terminal.said
    assert terminal.type("publish", "--draft", "club") == 2
    assert terminal.complained == "There is no draft club. Drafts: none.\n"
    assert terminal.type("rollback", "1") == 0
    assert terminal.said.splitlines()[1] == "Version 2 takes over at 2998-12-31T23:00:00Z."
    assert terminal.type("versions") == 0
    assert [line.endswith("in force") for line in terminal.said.splitlines()] == [False, False, True]


def test_an_unsound_file_is_drafted_with_a_word_and_never_published(terminal: Terminal) -> None:
    file = terminal.file({"earn": [{"rule": "amount", "points": "1", "per": "0"}, {"rule": "sign_up", "points": -1}]})
    assert terminal.type("draft", file) == 0
    assert "2 problems keep it from being published" in terminal.said
    for words in (("check", file), ("publish", file), ("preview", file), ("publish", "--draft")):
        assert terminal.type(*words) == 1
        assert terminal.complained == "earn[0].per must be above 0.\nearn[1].points must be 0 or more.\n"
    assert terminal.versions() == 1


def test_every_fault_of_a_file_is_a_sentence(terminal: Terminal) -> None:
    assert terminal.type("publish", terminal.file({"rounding": "up", "pending_days": "1"})) == 1
    assert terminal.complained.splitlines() == [
        "rounding must be one of 'floor' or 'half_up'.",
        "pending_days must be a whole number without quotes, such as 100.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    (
        ({"currency": "JPY"}, "currency is JPY, but this programme counts in EUR; write its amounts in EUR.\n"),
        (
            {"unit": {"name": "EUR"}},
            "unit is EUR with 2 decimals, but members of this programme have points, and that never changes.\n",
        ),
        (
            {"starts_at": "2020-01-01T00:00:00Z"},
            "starts_at lies in the past. Take it out to begin now, or give a later instant with --at.\n",
        ),
    ),
)
def test_a_file_that_is_not_for_this_programme_is_refused(
    terminal: Terminal, content: dict[str, Any], sentence: str
) -> None:
    assert terminal.type("publish", terminal.file(content)) == 1
    assert terminal.complained == sentence
    assert terminal.versions() == 1


def test_one_of_several_programmes_is_named_by_its_shop(terminal: Terminal) -> None:
    terminal.connect("tokyo.example", "JPY")
    assert terminal.type("show") == 2
    assert terminal.complained.splitlines() == [
        "Say which programme with --programme, by a shop of it:",
        "  shop.example (shop.example)",
        "  tokyo.example (tokyo.example)",
    ]
    assert terminal.type("show", "--programme", "tokyo.example") == 0
    assert json.loads(terminal.said)["earn"][0]["per"] == "100"
    assert terminal.type("show", "--programme", "elsewhere.example") == 2
    assert terminal.complained.startswith("There is no such programme.")


def test_a_file_that_is_not_there_is_told(terminal: Terminal) -> None:
    assert terminal.type("check", "nowhere.json") == 2
    assert terminal.complained.startswith("nowhere.json cannot be read: ")
    assert terminal.type("check") == 2
    assert terminal.complained == "Name a file, or --draft.\n"


def test_an_instant_without_its_offset_is_asked_for_again(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        terminal.type("publish", terminal.file({}), "--at", "2999-01-01")
    assert "2999-01-01 needs its offset from UTC" in capsys.readouterr().err


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("currency", ("EUR", "JPY", "KWD"))
def test_a_template_is_printed_for_a_currency(name: str, currency: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["programme", "templates", "--template", name, "--currency", currency, "--locale", "ja"]) == 0
    assert json.loads(capsys.readouterr().out)["currency"] == currency


def test_the_templates_are_listed_with_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["programme", "templates"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(TEMPLATES)


def test_a_programme_in_money_begins_while_nobody_has_any_points(terminal: Terminal) -> None:
    assert terminal.type("unit", "money") == 0
    assert terminal.said.startswith("Members of shop.example collect money in EUR.")
    assert terminal.type("templates", "--template", "daily_cashback", "--currency", "EUR") == 0
    assert terminal.type("publish", terminal.file(terminal.said)) == 0

    assert terminal.type("show") == 0
    assert json.loads(terminal.said)["unit"] == {"name": "EUR", "decimals": 2}


def test_what_was_promised_in_points_earns_no_money_and_cannot_be_gone_back_to(terminal: Terminal) -> None:
    terminal.type("unit", "money")
    with reading(terminal.engine) as session:
        (shop,) = session.scalars(select(ShopRow)).all()
        programme = programmes.load(session, shop.programme_id)
    started = programme.versions[0].starts_at
    in_force = programme.version_at(started)
    assert in_force is not None
    assert (in_force.earn, in_force.rewards, programme.decimals) == ((), (), 2)
    assert terminal.type("rollback", "1") == 1
    assert "There is no version 1." in terminal.complained


def test_once_anybody_has_points_what_is_collected_never_changes(terminal: Terminal) -> None:
    with reading(terminal.engine) as session:
        (shop,) = session.scalars(select(ShopRow)).all()
    with unit_of_work(terminal.engine) as session:
        scope = Scope(session, shop.programme_id, now(), CIPHER)
        settle_facts(scope, shop.shop_id, [SignUp(Customer("c1"), now())])

    assert terminal.type("unit", "money") == 1
    assert "never changes any more" in terminal.complained
    assert terminal.type("unit", "points") == 0
