"""A case run through the oracle: every outcome and expectation that differs, in words."""

from collections import Counter
from typing import Any

from tests.oracle.days import instant
from tests.oracle.facts import Json, World
from tests.oracle.settling import Account
from tests.oracle.story import Story

TOTALS = {"issued": -1, "granted": -1, "imported": -1, "forgiven": -1, "redeemed": 1, "expired": 1}
HOLDING = ("pending", "available", "held")


def run(case: Json) -> list[str]:
    """Return what differs, step by step; nothing where the oracle and the case agree."""
    story, wrong = Story(World.of(case)), []
    for number, step in enumerate(case["steps"], 1):
        if step["do"] == "expect":
            if "arrives" in step:
                story.step({"do": "clock", "arrives": step["arrives"]})
            wrong += [f"step {number}: {told}" for told in _differences(story, step)]
            continue
        outcome = story.step(step)
        if step.get("outcome", outcome) != outcome:
            wrong.append(f"step {number} ({step['do']}): outcome should be {step['outcome']}, is {outcome}")
        wrong += [f"step {number}: {member} does not add up" for member in story.accounts if not sound(story, member)]
    return wrong


def sound(story: Story, member: str) -> bool:
    """Say whether what was given less what was taken is what the member has."""
    books = story.account(member).books
    totals = totals_of(story.account(member))
    given = totals["issued"] + totals["granted"] + totals["imported"] + totals["forgiven"]
    has = sum(books.amount(account) for account in HOLDING)
    return given - totals["redeemed"] - totals["expired"] == has - books.debt and not (
        books.debt and books.amount("available")
    )


def totals_of(account: Account) -> dict[str, int]:
    """Return the totals of a member, positive in their usual direction."""
    net = account.books.net()
    return {name: sign * net[name] for name, sign in TOTALS.items()}


def lots_of(account: Account) -> Counter[tuple[Any, ...]]:
    """Return what is left by (source, release, expiry); lots of equal source and dates are one."""
    found: Counter[tuple[Any, ...]] = Counter()
    for lot in account.books.lots:
        left = lot.pending + lot.available + lot.held
        if left:
            found[(lot.source, lot.release_at, lot.expires_at)] += left
    return found


def _differences(story: Story, step: Json) -> list[str]:
    wrong: list[str] = []
    for member, expected in step.get("members", {}).items():
        account = story.account(member)
        for what, said in expected.items():
            found = _found(story, account, what)
            should = _as_lots(said) if what == "lots" else said
            if what == "totals":
                found = {name: amount for name, amount in found.items() if name in should}
            if found != should:
                wrong.append(f"{member}: {what} should be {should}, is {found}")
    for source, should in step.get("net", {}).items():
        net: Counter[str] = Counter()
        for account in story.accounts.values():
            net.update(account.books.net(source))
        found = {name: amount for name, amount in net.items() if amount}
        if found != should:
            wrong.append(f"net of {source} should be {should}, is {found}")
    if "settlement" in step and dict(story.settlement()) != step["settlement"]:
        wrong.append(f"settlement should be {step['settlement']}, is {dict(story.settlement())}")
    return wrong


def _found(story: Story, account: Account, what: str) -> Any:  # noqa: ANN401 - as many kinds as a case may expect
    assert story.now
    match what:
        case "tier":
            return account.judge(story.now).level
        case "debt":
            return account.books.debt
        case "totals":
            return totals_of(account)
        case "lots":
            return lots_of(account)
        case _:
            return account.books.amount(what)


def _as_lots(expected: list[Json]) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for lot in expected:
        ends = instant(lot["expires_at"]) if lot.get("expires_at") else None
        found[(lot["source"], instant(lot["release_at"]), ends)] += lot["remaining"]
    return found
