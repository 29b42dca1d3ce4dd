"""A process that ends at any named place loses nothing and doubles nothing: the rest of the house carries on."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import failpoints
from app.failpoints import Killed, Place
from app.settings import SettingsProblem, read
from tests.failpoints.flows import FLOWS, HOUSE_WIDE
from tests.failpoints.world import World
from tests.settings.test_production import STRONG


@pytest.mark.parametrize("place", sorted(Place, key=lambda place: place not in HOUSE_WIDE))
def test_who_dies_there_leaves_nothing_lost_and_nothing_doubled(
    db: Engine, place: Place, tmp_path: Path, redis_url: str
) -> None:
    """The same is done twice, once by somebody who dies at the place: in the end both tell one story."""
    flow = FLOWS[place]
    calm, struck = (
        World(db, tmp_path, pending_days=flow.pending_days, redis_url=redis_url if flow.redis else None)
        for _ in range(2)
    )
    act = flow.begin(calm)
    act()
    calm.go_on()
    told = calm.story()

    act = flow.begin(struck)
    failpoints.arm(place.value, failpoints.fall)
    with pytest.raises(Killed, match=f"^{place.value}$"):
        act()
    if flow.again:
        struck.clock.now += timedelta(days=1)
        act()
    struck.go_on()

    assert struck.story() == told
    assert struck.breaches() == calm.breaches() == []


def test_every_place_has_its_own_flow() -> None:
    assert set(FLOWS) == set(Place)
    assert len(Place) >= 25


def test_a_place_that_nobody_armed_costs_nothing_and_does_nothing() -> None:
    failpoints.passed(Place.DELIVERY_KEPT)


def test_only_the_hit_that_is_meant_ends_it_and_only_once() -> None:
    failpoints.arm("delivery_kept:3", failpoints.fall)
    for _ in range(2):
        failpoints.passed(Place.DELIVERY_KEPT)
        failpoints.passed(Place.DELIVERY_RUNG)
    with pytest.raises(Killed):
        failpoints.passed(Place.DELIVERY_KEPT)
    failpoints.passed(Place.DELIVERY_KEPT)


def test_an_armed_process_really_dies() -> None:
    told = (
        "from app import failpoints\n"
        "failpoints.arm('tick_taken')\n"
        "try:\n"
        "    failpoints.passed(failpoints.Place.TICK_TAKEN)\n"
        "finally:\n"
        "    print('tidied up')\n"
    )
    ended = subprocess.run((sys.executable, "-c", told), check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "")


@pytest.mark.parametrize("told", ("no_such_place", "delivery_kept:0", "delivery_kept:x", "delivery_kept:-1"))
def test_a_place_that_does_not_exist_is_no_setting(told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="KIZUNA_FAILPOINT must name a place"):
        read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_FAILPOINT": told})


def test_production_does_not_start_where_a_place_is_armed(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="KIZUNA_FAILPOINT is set: it ends processes on purpose"):
        read({**STRONG, "KIZUNA_DATA": str(tmp_path), "KIZUNA_FAILPOINT": "delivery_kept"})
