"""Stories invented by chance end for the app as for the oracle: balances, lots, totals and levels, step by step."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine

from app.cli.cases import story as lived
from tests.cases.invented import MEMBERS, stories
from tests.factories.ciphers import CIPHER
from tests.loyalty.examples import few
from tests.loyalty.retold import Retelling
from tests.oracle.facts import World
from tests.oracle.filling import filled_in
from tests.oracle.story import Story
from tests.oracle.telling import HOLDING, lots_of, sound, totals_of

engine_size = settings(few, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
slow = settings(few, max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def _by_the_oracle(story: Story, member: str) -> dict[str, Any]:
    account = story.account(member)
    assert story.now
    return {
        "amounts": (*[account.books.amount(name) for name in HOLDING], account.books.debt),
        "tier": account.judge(story.now).level,
        "totals": totals_of(account),
        "lots": lots_of(account),
    }


@engine_size
@given(stories())
def test_a_story_told_to_the_engine_is_what_the_oracle_says_after_every_step(case: dict[str, Any]) -> None:
    story, engine = Story(World.of(case)), Retelling.of(case, MEMBERS)
    for number, step in enumerate(case["steps"], 1):
        outcome, refused = story.step(step), engine.step(step)
        if step["do"] in {"redeem", "adjust", "import"}:
            assert outcome.get("refused") == refused, number
        assert story.now
        for member in MEMBERS:
            assert sound(story, member), (number, member)
            assert _by_the_oracle(story, member) == engine.everything(member, story.now), (number, member)


@slow
@given(case=stories())
def test_a_story_lived_through_the_inbox_is_what_the_oracle_says(story_engine: Engine, case: dict[str, Any]) -> None:
    assert lived.run(story_engine, CIPHER, filled_in(case)) == []
