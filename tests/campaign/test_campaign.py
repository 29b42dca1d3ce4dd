"""Real processes are killed while thousands of facts come twice, shuffled and with poison: the books are right."""

import pytest

from tests.campaign.campaign import Size, quiet, run
from tests.campaign.traffic import traffic
from tests.factories.instants import instant

SIZES = (Size("postgresql", 2_000, seed=1, deploys=1), Size("sqlite", 500, seed=1, deploys=1))
"""A tenth of what `make push-run` sends, so that a push does not wait for it on a small machine."""


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(
    "size",
    [pytest.param(size, id=size.engine, marks=pytest.mark.xdist_group(f"campaign-{size.engine}")) for size in SIZES],
)
def test_nothing_is_lost_doubled_or_leaked_while_processes_are_killed(
    size: Size, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--engine") not in {None, size.engine}:
        pytest.skip(f"only {request.config.getoption('--engine')} was asked for")
    result = run(size, quiet)

    assert result.good, result.line()
    assert (result.deliveries, result.polled) == (size.deliveries, size.deliveries // 50)
    assert result.kills >= size.kills
    assert result.stopped >= 1
    assert (result.flushes, result.words) == (size.flushes, [])
    assert result.db_restarts == (size.db_restarts if size.engine == "postgresql" else 0)


def test_a_seed_makes_the_same_traffic_everywhere_and_another_seed_another() -> None:
    now = instant("2026-11-22")
    one, again, other = traffic(1, 500, 3, now), traffic(1, 500, 3, now), traffic(2, 500, 3, now)

    assert one == again
    assert one.parcels != other.parcels
    assert len(one.parcels) == 500
    assert sum(not parcel.good for parcel in one.parcels) >= 5
    assert len(set(one.parcels)) == 500 - one.doubled == 450
