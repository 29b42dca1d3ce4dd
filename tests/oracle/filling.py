"""A story filled in with what the oracle says: the outcome of every step, and everything of every member after it."""

from typing import Any

from tests.oracle.facts import Json, World
from tests.oracle.settling import Account
from tests.oracle.story import Story
from tests.oracle.telling import HOLDING, lots_of, totals_of


def filled_in(case: Json) -> dict[str, Any]:
    """Return the case with every outcome and expectation."""
    story, steps = Story(World.of(case)), []
    for step in case["steps"]:
        steps.append({**step, "outcome": story.step(step)})
        members = {name: everything(story, account) for name, account in sorted(story.accounts.items())}
        steps.append({"do": "expect", "members": members})
    steps[-1]["settlement"] = {way: amount for way, amount in story.settlement().items() if amount}
    return {**case, "steps": steps}


def everything(story: Story, account: Account) -> dict[str, Any]:
    """Return all that a case may expect of a member."""
    assert story.now
    return {name: account.books.amount(name) for name in HOLDING} | {
        "debt": account.books.debt,
        "tier": account.judge(story.now).level,
        "totals": totals_of(account),
        "lots": [
            {
                "source": source,
                "remaining": remaining,
                "release_at": release_at.isoformat(),
                "expires_at": expires_at and expires_at.isoformat(),
            }
            for (source, release_at, expires_at), remaining in lots_of(account).items()
        ],
    }
