"""The contract is sound, its examples are true to it, and it refuses what it must refuse."""

from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.widget.canned import CONTRACT, example

DEFINITIONS: dict[str, Any] = CONTRACT["$defs"]
EXAMPLES = [(name, number) for name, one in DEFINITIONS.items() for number in range(len(one.get("examples", ())))]


def checker(name: str) -> Draft202012Validator:
    return Draft202012Validator({**CONTRACT, "$ref": f"#/$defs/{name}"})


def refusals(name: str, value: object) -> list[str]:
    return [error.message for error in checker(name).iter_errors(value)]


def test_the_contract_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(CONTRACT)


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_every_example_is_what_its_schema_says(name: str, number: int) -> None:
    assert refusals(name, example(name, number)) == []


def test_every_request_and_answer_has_an_example() -> None:
    named = {
        one["$ref"].rsplit("/", 1)[1]
        for path in CONTRACT["x-paths"]
        for one in (path.get("request"), *path["answers"].values())
        if one
    }
    assert {name for name in named if not DEFINITIONS[name].get("examples")} == set()
    assert len(CONTRACT["x-paths"]) == 25


def test_every_definition_is_used() -> None:
    text = str(CONTRACT)
    assert [name for name in DEFINITIONS if f"#/$defs/{name}'" not in text] == []


@pytest.mark.parametrize(
    ("name", "change"),
    (
        ("redemption", {"code": None}),  # issued, but no code to show
        ("redemption", {"cost": 5.5}),  # points are whole steps
        ("redemption", {"requested_at": "2026-11-22T10:02:00+01:00"}),  # not UTC
        ("redemption", {"apply_url": "javascript:alert(1)"}),
        ("redemption", {"apply_url": "//elsewhere.example/cart"}),
        ("redemption_request", {"customer": "7"}),  # identity never comes from a body
        ("redemption_request", {"key": "short"}),
        ("member", {"state": "signed_out", "tier": 1, "balance": None, "id": None, "redemptions": "x", "earn": 3}),
        ("referral_claim", {"code": None}),
        ("programme", {"look": {"theme": "light"}}),
        ("problem", {"code": "OOPS"}),
        ("problem", {"reference": "not for reading out"}),
    ),
)
def test_what_would_mislead_the_widget_is_refused(name: str, change: dict[str, object]) -> None:
    value = {**example(name), **change}
    if name == "member":  # the other kinds of shopper allow more keys, so look at the full one
        value["state"] = "member"
    assert refusals(name, value)


@pytest.mark.parametrize("number", (0, 1))
def test_the_history_adds_up(number: int) -> None:
    history, member = example("history", number), example("member", number)
    entries = history["entries"]
    assert entries[0]["balance_after"] == member["balance"]["available"] - member["balance"]["debt"]
    for newer, older in pairwise(entries):
        assert newer["balance_after"] - newer["points"] == older["balance_after"]


@pytest.mark.parametrize("number", (0, 1))
def test_the_member_speaks_of_the_programme(number: int) -> None:
    programme, member = example("programme", number), example("member", number)
    for part in ("earn", "rewards"):
        assert [one["id"] for one in member[part]] == [one["id"] for one in programme[part]]
    held = sum(one["cost"] for one in member["redemptions"] if one["state"] in {"requested", "issued"})
    assert held == member["balance"]["held"]
