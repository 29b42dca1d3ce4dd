"""Two readings of one page agree: what the app judges is what a slow second reading of FORMAT says."""

import pytest

from tests.loyalty.scenes import MEMBERS, NOW, Chance, judgements
from tests.loyalty.second_reading import Reading, read

SEEDS = 100


@pytest.mark.parametrize("tens", range(SEEDS // 10))
def test_the_app_and_a_second_reading_agree_on_every_due_and_tier(tens: int) -> None:
    for seed in range(tens * 10, tens * 10 + 10):
        scene = Chance(seed).scene()
        judged = judgements(scene, NOW)
        dues = {member: {source.name: due.amount for source, due in judged[member].dues.items()} for member in MEMBERS}
        for member in MEMBERS:
            told = Reading({name: due for name, due in dues[member].items() if due}, judged[member].standing.level)
            assert told == read(scene, member, NOW), (seed, member)


def test_the_scenes_are_rich_enough_to_tell_something() -> None:
    readings = [read(Chance(seed).scene(), member, NOW) for seed in range(40) for member in MEMBERS]
    kinds = [{source.partition(":")[0] for source in reading.dues} for reading in readings]
    for kind, least in (("order", 40), ("referral", 8), ("review", 8), ("sign_up", 15), ("tier", 20)):
        assert sum(kind in found for found in kinds) >= least, kind
    assert sum(reading.tier is not None for reading in readings) >= 15
