"""F-12: a thousand ask at once for what is enough for ten, on two web processes: exactly ten get it."""

from collections.abc import Iterator

import pytest

from tests.campaign.storm import COST, Coast, coast
from tests.servers.databases import ENGINES

WISHES, AFFORDABLE, ROUNDS = 1_000, 10, 3


@pytest.fixture(scope="module", params=ENGINES)
def shore(request: pytest.FixtureRequest) -> Iterator[Coast]:
    """A shop on two web processes, on each engine."""
    if request.config.getoption("--engine") not in {None, request.param}:
        pytest.skip(f"only {request.config.getoption('--engine')} was asked for")
    with coast(request.param) as opened:
        yield opened


@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_a_thousand_at_once_exactly_as_many_as_can_be_paid_for_are_given(shore: Coast, number: int) -> None:
    storm = shore.round(WISHES, AFFORDABLE)

    assert storm.answers == {"yes": AFFORDABLE, "INSUFFICIENT_POINTS": WISHES - AFFORDABLE}
    assert (storm.kept, storm.amounts) == (AFFORDABLE, (0, 0, AFFORDABLE * COST, 0))
    assert storm.breaches == 0
