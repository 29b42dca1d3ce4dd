"""What a run took, summed by folder: single slow tests are seen by `--durations`, what every test pays is not."""

from collections.abc import Iterable, Iterator
from typing import Final

import pytest

_PHASES: Final = ("setup", "call", "teardown")


def table(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each folder, the longest first: seconds in all processes, by phase, and the number of tests."""
    sums: dict[str, dict[str, float]] = {}
    tests: dict[str, set[str]] = {}
    for report in reports:
        folder = report.nodeid.partition("::")[0].rpartition("/")[0]
        phases = sums.setdefault(folder, dict.fromkeys(_PHASES, 0.0))
        phases[report.when] += report.duration
        tests.setdefault(folder, set()).add(report.nodeid)
    yield f"{'seconds':>9}" + "".join(f"{phase:>10}" for phase in _PHASES) + f"{'tests':>7}"
    for folder, phases in sorted(sums.items(), key=lambda each: -sum(each[1].values())):
        parts = "".join(f"{phases[phase]:10.1f}" for phase in _PHASES)
        yield f"{sum(phases.values()):9.1f}{parts}{len(tests[folder]):7}  {folder}"
