"""The oracle agrees with every case there is, and knows nothing of the app."""

import ast
import sys
from pathlib import Path

import pytest

from tests.cases.collection import Case, cases_in
from tests.cases.test_own_cases import KINDS, OWN
from tests.cases.test_shared_cases import FOLDER, SHARED
from tests.oracle import telling

HERE = Path(__file__).parent
PARTS = sorted({*HERE.glob("*.py")} - {*HERE.glob("test_*.py"), HERE / "conftest.py", HERE / "twice.py"})
# A template's rules and rewards come out of the app's own catalogue, of which the page of exact meanings says nothing:
# versions, options of rewards, limits of asking and channels of orders in these stories are outside the oracle's reach.
OUTSIDE = {case["name"] for case in cases_in(HERE.parent / "cases" / "templates")}
# Of the stories of the kinds, those of which that page speaks.
SPOKEN_OF = {
    "a-birthday-of-29-february-once-a-year",
    "a-calendar-year-and-its-notice",
    "earned-at-one-shop-spent-at-two",
    "every-third-stamp-fills-the-card",
    "joined-once-however-often-told",
    "the-first-order-brings-fifty",
}
WITHIN = [case for case in OWN if case["name"] not in OUTSIDE]
WITHIN += [case for case in KINDS if case["name"] in SPOKEN_OF]


@pytest.mark.skipif(not SHARED, reason=f"no case files in {FOLDER.name}: set KIZUNA_CASES to a folder that has some")
@pytest.mark.parametrize("case", SHARED, ids=[case["name"] for case in SHARED])
def test_the_oracle_agrees_with_a_case_from_elsewhere(case: Case) -> None:
    assert telling.run(case) == []


@pytest.mark.parametrize("case", WITHIN, ids=[case["name"] for case in WITHIN])
def test_the_oracle_agrees_with_a_case_of_our_own(case: Case) -> None:
    assert telling.run(case) == []


def test_nothing_is_outside_its_reach_but_what_is_written_as_a_template() -> None:
    assert len(WITHIN) >= 62
    assert [case["name"] for case in OWN if case["name"] in OUTSIDE and "template" not in case["programme"][0]] == []


def test_the_oracle_imports_nothing_but_the_standard_library_and_itself() -> None:
    assert len(PARTS) >= 8
    for path in PARTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [f"{'.' * node.level}{node.module or ''}"] if isinstance(node, ast.ImportFrom) else []
            foreign = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
            assert [name for name in foreign if not name.startswith("tests.oracle")] == [], path.name


def _changed(name: str, at: int, **said: object) -> Case:
    case = next(case for case in WITHIN if case["name"] == name)
    steps = [{**step, **said} if number == at else step for number, step in enumerate(case["steps"], 1)]
    return {**case, "steps": steps}


def test_a_wrong_number_is_told_with_its_step() -> None:
    wrong = _changed(
        "halves-go-up-and-come-back", 2, members={"ada": {"available": 3, "held": 0}}, net={"order:o1": {}}
    )
    found = [told.split(" should")[0] for told in telling.run(wrong)]
    assert found == ["step 2: ada: available", "step 2: net of order:o1"]


def test_a_wrong_outcome_is_told_with_its_step() -> None:
    (told,) = telling.run(_changed("a-refusal-is-kept", 1, outcome={"ok": True}))
    assert told.startswith("step 1 (redeem): outcome should be {'ok': True}")


def test_a_step_or_a_rule_nobody_explained_is_an_error_and_never_passed_over() -> None:
    version = {"starts_at": "2025-01-01T00:00:00Z", "earn": [{"rule": "of_tomorrow", "points": 1}]}
    arrives = "2025-01-02T00:00:00Z"
    with pytest.raises(ValueError, match="of_tomorrow"):
        telling.run({"programme": [version], "steps": [{"do": "clock", "arrives": arrives}]})
    with pytest.raises(ValueError, match="of_tomorrow"):
        telling.run({"programme": [], "steps": [{"do": "of_tomorrow", "arrives": arrives}]})
    with pytest.raises(ValueError, match="template"):
        telling.run({"programme": [{**version, "earn": [], "template": "cafe"}], "steps": []})
