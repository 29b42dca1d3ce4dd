"""Every planted bug has its place in the code of today and tests that are there; `make mutants` sees them red."""

import pytest

from tests.mutants.bug import ROOT, Bug
from tests.mutants.bugs import BUGS

FEWEST = 25


def test_there_are_bugs_enough_and_none_twice() -> None:
    assert len(BUGS) >= FEWEST
    assert len({bug.name for bug in BUGS}) == len(BUGS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_changes_one_place_of_todays_code(bug: Bug) -> None:
    planted = bug.planted_in(ROOT)
    assert planted != (ROOT / bug.file).read_text(encoding="utf-8")
    if bug.file.endswith(".py"):
        compile(planted, bug.file, "exec")


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_names_tests_that_are_there(bug: Bug) -> None:
    assert bug.caught_by
    for place in bug.caught_by:
        assert (ROOT / place.partition("::")[0]).exists(), place
