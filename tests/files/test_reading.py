"""Programme files: what is written comes back, and what is wrong is told with its place and what to do."""

import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from app.files.fitting import check_fit
from app.files.names import file_name
from app.files.reading import ProgrammeFileError, read
from app.files.schema import schema
from app.files.writing import text, written
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure, Mix
from app.loyalty.terms.programme import Membership, Version
from app.loyalty.terms.rewards import REWARDS
from app.loyalty.terms.rules import RULES, AmountRule
from tests.house.repository import ROOT

START = datetime(2027, 1, 1, tzinfo=UTC)
CURRENCIES = ("EUR", "JPY", "KWD")


def faults(document: object, currency: str = "EUR") -> list[str]:
    told = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ProgrammeFileError) as refused:
        read(told, currency)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_written_is_what_is_read(name: str, currency: str) -> None:
    version = TEMPLATES[name].version(currency, START, "ja")
    content = written(version, currency)
    assert read(text(content), currency).version(START) == version
    assert read(json.dumps(content), "XXX").version(START) == version, "the file's own currency counts"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_what_the_schema_describes(name: str) -> None:
    content = written(TEMPLATES[name].version("EUR", START, "en"), "EUR", unit=("points", 0))
    jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(content)


def test_the_schema_in_the_docs_is_the_one_of_this_version() -> None:
    kept = (ROOT / "docs/merchants/programme.schema.json").read_text(encoding="utf-8")
    assert kept == text(schema()), "kizuna programme schema > docs/merchants/programme.schema.json"


@pytest.mark.parametrize("kind", (*RULES.values(), *REWARDS.values()), ids=lambda kind: kind.__name__)
def test_every_rule_and_reward_there_is_can_be_written_with_every_field_it_has(kind: type) -> None:
    described = schema()["$defs"][kind.__name__]
    names = {file_name(kind, each.name) for each in fields(kind)}
    needed = {
        file_name(kind, each.name)
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    }
    assert set(described["properties"]) == names
    assert needed <= set(described["required"])
    assert not [name for name in names if name.endswith("_minor")]


@pytest.mark.parametrize(
    ("part", "sentence"),
    (
        ({"earn": [{"rule": "amount", "points": "1", "per": 1.0}]},
         'earn[0].per must be money in quotes, such as "19.99".'),
        ({"earn": [{"rule": "amount", "points": "1", "per": "1.001"}]},
         'earn[0].per must be money such as "19.99", no finer than the currency has coins.'),
        ({"earn": [{"rule": "amount", "points": "1", "per": "-1"}]},
         'earn[0].per must be money such as "19.99", no finer than the currency has coins.'),
        ({"earn": [{"rule": "amount", "points": 1, "per": "1"}]},
         'earn[0].points must be a decimal number in quotes, such as "1.5".'),
        ({"earn": [{"rule": "amount", "points": "1e5", "per": "1"}]},
         'earn[0].points must be a decimal number in quotes, such as "1.5".'),
        ({"earn": [{"rule": "sign_up", "points": "5"}]},
         "earn[0].points must be a whole number without quotes, such as 100."),
        ({"earn": [{"rule": "sign_up", "points": True}]},
         "earn[0].points must be a whole number without quotes, such as 100."),
        ({"earn": [{"rule": "sign_up", "pionts": 5}]}, 'earn[0] "pionts" is not known here; did you mean "points"?'),
        ({"earn": [{"rule": "event", "points": 5}]}, "earn[0].event is missing; add it."),
        ({"earn": [{"points": 5}]}, "earn[0] must say its kind as 'rule'."),
        ({"earn": {"rule": "sign_up"}}, "earn must be a list in [ ]."),
        ({"base": []}, "base must be an object in { }."),
        ({"base": {"tax": "no"}}, "base.tax must be true or false, without quotes."),
        ({"rounding": "up"}, "rounding must be one of 'floor' or 'half_up'."),
        ({"starts_at": "2027-01-01T00:00:00"},
         'starts_at needs the offset from UTC at its end, such as "+01:00" or "Z".'),
        ({"starts_at": 12}, 'starts_at must be an instant in quotes, such as "2027-01-01T00:00:00+01:00".'),
        ({"currency": "euro"}, "currency must look like ^[A-Z]{3}$."),
        ({"rewards": [{"id": "r", "cost": 1}]}, "rewards[0].gives is missing; add it."),
        ({"rewards": [{"id": "r", "cost": 1, "gives": {"kind": "amount_off", "value": 5}}]},
         'rewards[0].gives.value must be money in quotes, such as "19.99".'),
        ({"tiers": {"measure": "orders", "levels": [{"id": "a", "threshold": "5.00"}]}},
         "tiers.levels[0].threshold must be a whole number without quotes, for it measures orders."),
        ({"tiers": {"measure": "spend", "levels": [{"id": "a", "threshold": 5}]}},
         'tiers.levels[0].threshold must be money in quotes, such as "200.00", for it measures spend.'),
    ),
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_what_to_do(part: dict[str, Any], sentence: str) -> None:
    assert faults(part) == [sentence]


def test_a_ladder_of_every_kind_of_level_comes_back_as_it_was() -> None:
    tiers = Ladder(
        Measure.SPEND,
        (
            Level("a", 5000, also={Measure.ORDERS: 3, Measure.SPEND: 7}),
            Level("friends", 0, entry=Entry.INVITED, hidden=True),
            Level("plus", 0, (2, 1), entry=Entry.BOUGHT, yearly_reward=5),
        ),
        mix=Mix.ANY,
        hold_days=9,
    )
    version = Version(START, tiers=tiers, memberships=(Membership("plus", ("p1",), 365),))
    content = written(version, "EUR")
    assert content["tiers"]["levels"][0] == {"id": "a", "threshold": "50.00", "also": {"orders": 3, "spend": "0.07"}}
    assert content["tiers"]["levels"][1] == {"id": "friends", "entry": "invited", "hidden": True}
    assert read(text(content), "EUR").version(START) == version
    del content["tiers"]["levels"][0]["threshold"]
    assert faults(content) == ["tiers.levels[0].threshold is missing; add it."]
    content["tiers"]["levels"][0] |= {"threshold": "1", "also": {"orders": "3"}}
    assert faults(content) == [
        "tiers.levels[0].also.orders must be a whole number without quotes, for it measures orders."
    ]


def test_a_kind_that_is_not_known_is_told_with_those_that_are() -> None:
    (told,) = faults({"earn": [{"rule": "amoun", "points": "1", "per": "1"}]})
    assert told.startswith("earn[0] has a kind that is not known here, 'amoun'; kinds are ")
    assert {kind for kind in RULES if f"'{kind}'" not in told} == set()


def test_all_faults_are_told_at_once() -> None:
    told = faults({"rounding": "up", "earn": [{"rule": "sign_up"}, {"rule": "kth_order", "points": 1.5}]})
    assert [fault.split()[0] for fault in told] == ["rounding", "earn[0].points", "earn[1].points", "earn[1].k"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    (
        ("[1]", "the file must be one object in { }."),
        ('{"earn": [}', "line 1, column 11 is not JSON: Expecting value."),
        ('{"pending_days": 1, "pending_days": 2}', '"pending_days" stands twice in one object; keep one of them.'),
        ("[" * 100_000, "the file is nested too deeply."),
        (" " * 1_000_001, "the file is longer than 1000000 characters."),
    ),
)
def test_what_is_no_file_at_all_is_told(content: str, sentence: str) -> None:
    assert faults(content) == [sentence]


def test_a_yen_file_has_no_decimals_and_a_dinar_file_three() -> None:
    rule = {"rule": "amount", "points": "1", "per": "1.250"}
    assert faults({"currency": "JPY", "earn": [rule]}, "EUR") == [
        'earn[0].per must be money such as "19.99", no finer than the currency has coins.'
    ]
    found = read(json.dumps({"currency": "KWD", "earn": [rule]}), "EUR")
    assert found.content.earn == (AmountRule(Decimal(1), 1250),)


def test_a_file_of_another_currency_or_unit_is_not_this_programmes() -> None:
    file = read('{"currency": "JPY", "unit": {"name": "JPY"}}', "EUR")
    with pytest.raises(ProgrammeFileError) as refused:
        check_fit(file, "EUR", ("points", 0))
    assert [fault.place for fault in refused.value.faults] == ["currency", "unit"]
    check_fit(file, "JPY", ("JPY", 0))
    check_fit(read("{}", "EUR"), "EUR", ("points", 2))


def test_a_file_that_says_nothing_is_a_version_that_promises_nothing() -> None:
    assert read("{}", "EUR").version(START) == Version(START)
