"""One story told to the oracle and to the engine: at which step they disagree, and a smaller story in which they do.

`python -m tests.oracle.twice 1 3000` tells the stories of these numbers and ends at the first disagreement.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cases.invented import MEMBERS, Said, story
from tests.loyalty.retold import Retelling
from tests.oracle.facts import World
from tests.oracle.story import Story
from tests.oracle.telling import HOLDING, lots_of, sound, totals_of


def by_the_oracle(told: Story, member: str) -> dict[str, Any]:
    """Return balances, level, totals and lots of a member, in the words of the engine's retelling."""
    account = told.account(member)
    assert told.now
    return {
        "amounts": (*[account.books.amount(name) for name in HOLDING], account.books.debt),
        "tier": account.judge(told.now).level,
        "totals": totals_of(account),
        "lots": lots_of(account),
    }


def disagreement(case: Said) -> str | None:
    """Tell a story to both; return what differs at the first step that does, None for nothing."""
    told, engine = Story(World.of(case)), Retelling.of(case, MEMBERS)
    for number, step in enumerate(case["steps"], 1):
        outcome, refused = told.step(step), engine.step(step)
        if step["do"] in {"redeem", "adjust", "import"} and outcome.get("refused") != refused:
            return f"step {number}: the oracle says {outcome}, the engine {refused}"
        assert told.now
        for member in MEMBERS:
            if not sound(told, member):
                return f"step {number}: {member} does not add up in the oracle"
            should, found = by_the_oracle(told, member), engine.everything(member, told.now)
            if should != found:
                wrong = [f"{name} {should[name]}, not {found[name]}" for name in should if should[name] != found[name]]
                return f"step {number} ({step['do']}): by the oracle {member} has {'; '.join(wrong)}"
    return None


def smaller(case: Said) -> Said:
    """Return a story with as little in it as still makes the two disagree."""
    found = True
    while found:
        found = False
        for less in _less(case):
            if disagreement(less):
                case, found = less, True
                break
    return case


def _less(case: Said) -> Iterator[Said]:
    """Return the stories that have one thing less."""
    for part in ("steps", "programme"):
        for at in reversed(range(len(case[part]))):
            if part == "steps" or len(case[part]) > 1:
                yield {**case, part: [*case[part][:at], *case[part][at + 1 :]]}
    for at, version in enumerate(case["programme"]):
        plainer: list[Said] = [{"expiry": None}, {"campaigns": []}, {"tiers": None}, {"pending_days": 0}]
        plainer += [
            {"earn": [rule for rule in version["earn"] if rule is not left_out]} for left_out in version["earn"]
        ]
        plainer += [{"rounding": "floor"}, {"clawback": "owe"}, {"after_use": "return"}, {"base": {}}]
        for change in plainer:
            if {**version, **change} != version:
                versions = [*case["programme"][:at], {**version, **change}, *case["programme"][at + 1 :]]
                yield {**case, "programme": versions}


def main(first: int, count: int) -> int:
    """Tell the stories of some numbers; at a disagreement write the smaller story down. Returns the exit code."""
    for number in range(first, first + count):
        if (case := story(number)) and (said := disagreement(case)):
            least = smaller(case)
            path = Path(f"story-{number}.json")
            path.write_text(json.dumps(least, indent=1), encoding="utf-8")
            sys.stdout.write(f"story {number}, {said}\nmade smaller in {path}: {disagreement(least)}\n")
            return 1
    sys.stdout.write(f"stories {first} to {first + count - 1}: the oracle and the engine agree after every step\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
