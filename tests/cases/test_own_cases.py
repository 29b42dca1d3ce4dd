"""The project's own cases, worked by hand from the page that says what every amount means; on both engines."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.cases import story
from tests.cases.collection import Case, cases_in
from tests.factories.ciphers import CIPHER

HERE = Path(__file__).parent
KINDS = list(cases_in(HERE / "kinds"))
"""One story a kind, told by `test_kinds.py`."""
ALL = list(cases_in(HERE))
OWN = [case for case in ALL if case not in KINDS]


@pytest.mark.parametrize("case", OWN, ids=[case["name"] for case in OWN])
def test_the_story_ends_with_the_numbers_worked_by_hand(story_engine: Engine, case: Case) -> None:
    assert story.run(story_engine, CIPHER, case) == []


def test_every_case_says_why_it_is_there_and_shows_its_arithmetic() -> None:
    names = [case["name"] for case in ALL]
    assert len(names) == len(set(names)) >= 50
    assert [case["name"] for case in ALL if not (case["why"] and case["working"])] == []
    assert sorted(f"{name}.json" for name in names) == sorted(path.name for path in HERE.rglob("*.json"))


def test_a_wrong_number_is_told_with_the_step_where_it_stands(story_engine: Engine) -> None:
    case = next(case for case in OWN if case["name"] == "halves-go-up-and-come-back")
    wrong = {**case, "steps": [case["steps"][0], {"do": "expect", "members": {"ada": {"available": 3, "held": 0}}}]}
    assert story.run(story_engine, CIPHER, wrong) == ["step 2: ada: available should be 3, is 2"]


def test_a_wrong_outcome_is_told_too(story_engine: Engine) -> None:
    case = next(case for case in OWN if case["name"] == "a-refusal-is-kept")
    wrong = {**case, "steps": [{**case["steps"][0], "outcome": {"ok": True}}]}
    told = story.run(story_engine, CIPHER, wrong)
    assert len(told) == 1
    assert told[0].startswith("step 1 (redeem): outcome should be")


def test_what_a_case_may_use_and_this_version_does_not_know_is_said_and_never_passed_over(story_engine: Engine) -> None:
    version = {"starts_at": "2025-01-01T00:00:00Z", "earn": [{"rule": "of_tomorrow", "points": 1}]}
    case = {"name": "unknown", "programme": [version], "steps": [{"do": "expect", "members": {}}]}
    (told,) = story.run(story_engine, CIPHER, case)
    assert told.startswith("not supported: earn[0] has a kind that is not known here, 'of_tomorrow'")
