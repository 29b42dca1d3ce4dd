"""The table of what a run took."""

import pytest

from tests.times import table


def report(nodeid: str, when: str, duration: float) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid, (nodeid, 1, nodeid), {}, "passed", None, when, duration=duration  # type: ignore[arg-type]
    )  # fmt: skip


def test_seconds_are_summed_by_folder_the_longest_first() -> None:
    _, *lines = table(
        [
            report("tests/db/test_keys.py::test_a", "call", 1.0),
            report("tests/web/pages/test_home.py::test_b[x/y]", "setup", 0.25),
            report("tests/web/pages/test_home.py::test_b[x/y]", "call", 2.0),
            report("tests/web/pages/test_walls.py::test_c", "teardown", 0.5),
        ]
    )

    assert [line.split() for line in lines] == [
        ["2.8", "0.2", "2.0", "0.5", "2", "tests/web/pages"],
        ["1.0", "0.0", "1.0", "0.0", "1", "tests/db"],
    ]
