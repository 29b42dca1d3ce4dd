"""Stories invented by chance end for the app as for the oracle: balances, lots, totals and levels, step by step."""

import pytest
from sqlalchemy import Engine

from app.cli.cases import story as lived
from tests.cases.invented import story
from tests.factories.ciphers import CIPHER
from tests.oracle.filling import filled_in
from tests.oracle.twice import disagreement

# Thousands more are told by `make stories`; these are for every run, and the same on every machine.
FEW = range(1, 41)


@pytest.mark.parametrize("number", FEW)
def test_a_story_told_to_the_engine_is_what_the_oracle_says_after_every_step(number: int) -> None:
    assert disagreement(story(number)) is None


@pytest.mark.parametrize("number", FEW[:3])
def test_a_story_lived_through_the_inbox_is_what_the_oracle_says(story_engine: Engine, number: int) -> None:
    assert lived.run(story_engine, CIPHER, filled_in(story(number))) == []
