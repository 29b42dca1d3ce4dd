"""Cases kept outside this repository, where they are found: by `KIZUNA_CASES`, or in `shared` beside the checkout."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli.cases import story
from tests.cases.collection import Case, cases_in
from tests.factories.ciphers import CIPHER

_BESIDE = Path(__file__).parents[3] / "shared" / "cases"
FOLDER = Path(os.environ.get("KIZUNA_CASES", _BESIDE))
SHARED = list(cases_in(FOLDER)) if FOLDER.is_dir() else []


@pytest.mark.skipif(not SHARED, reason=f"no case files in {FOLDER.name}: set KIZUNA_CASES to a folder that has some")
@pytest.mark.parametrize("case", SHARED, ids=[case["name"] for case in SHARED])
def test_a_case_from_elsewhere_ends_with_its_numbers(story_engine: Engine, case: Case) -> None:
    assert story.run(story_engine, CIPHER, case) == []
