"""One story a kind: facts in, expected postings out, worked by hand. A kind without its story is red.

What the stories tell goes through the same SQL as every other case, so one engine is enough for them.
"""

from collections.abc import Callable, Iterator, Mapping

import pytest
from sqlalchemy import Engine

from app.cli.cases import story
from app.cli.cases.versions import version
from app.loyalty.terms.ladder import Downgrade, Entry, Ladder, Measure, Mix, WindowKind
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rewards import REWARDS
from app.loyalty.terms.rules import RULES
from tests.cases.collection import Case
from tests.cases.test_own_cases import ALL, KINDS
from tests.factories.ciphers import CIPHER
from tests.factories.engines import shared_engine

BY_NAME = {case["name"]: case for case in ALL}

EARNED: Mapping[str, str] = {
    "amount": "cashback-becomes-store-credit-cent-by-cent",
    "per_order": "each-order-brings-its-own",
    "first_order": "the-first-order-brings-fifty",
    "kth_order": "every-third-stamp-fills-the-card",
    "renewal": "a-renewal-brings-ten",
    "sign_up": "joined-once-however-often-told",
    "birthday": "a-birthday-of-29-february-once-a-year",
    "anniversary": "years-of-membership",
    "dividend": "a-dividend-of-the-year-is-paid-once",
    "review": "a-picture-brings-more-stars-nothing",
    "referral": "two-friends-are-a-milestone",
    "referral_milestone": "two-friends-are-a-milestone",
    "event": "each-network-within-its-own-limits",
}
SPENT: Mapping[str, str] = {
    "amount_off": "as-many-points-as-one-likes",
    "percentage": "a-percentage-from-a-rank-on",
    "free_shipping": "an-offer-for-regulars-while-it-lasts",
    "free_product": "a-free-mug-is-spent-by-its-order",
    "store_credit": "cashback-becomes-store-credit-cent-by-cent",
    "gift_card": "a-gift-card-is-spent-as-it-is-made",
    "donation": "a-donation-and-a-total-rounded-up",
    "access": "an-entry-is-spent-at-once-while-places-last",
    "service": "a-service-waits-for-staff",
    "choice": "one-of-two-is-picked-the-other-lapses",
}
LADDERS: Mapping[WindowKind | Measure | Entry | Downgrade | Mix, str] = {
    WindowKind.LIFETIME: "invited-until-a-day",
    WindowKind.CALENDAR_YEAR: "a-calendar-year-and-its-notice",
    WindowKind.ROLLING_MONTHS: "by-points-in-a-month",
    WindowKind.ANNIVERSARY: "a-year-of-ones-own",
    Measure.SPEND: "a-calendar-year-and-its-notice",
    Measure.POINTS: "by-points-in-a-month",
    Measure.ORDERS: "counted-by-orders",
    Mix.ALL: "both-measures-or-either",
    Mix.ANY: "both-measures-or-either",
    Entry.EARNED: "a-calendar-year-and-its-notice",
    Entry.INVITED: "invited-until-a-day",
    Entry.BOUGHT: "a-membership-is-paid-for-renewed-and-given-back",
    Downgrade.QUALIFIED: "a-calendar-year-and-its-notice",
    Downgrade.ONE_STEP: "one-step-by-one-step-under-two-ladders",
    Downgrade.NEVER: "grace-runs-where-nobody-falls",
}
BESIDES: Mapping[str, tuple[str, Callable[[Version], bool]]] = {
    "a campaign with a budget": (
        "a-campaigns-budget-is-never-overspent", lambda terms: any(each.budget for each in terms.campaigns),
    ),
    "a rule with a budget": ("a-rules-budget-is-never-overspent", lambda terms: bool(terms.rule_budgets)),
    "goodwill for many": ("goodwill-within-the-month-and-undone", lambda terms: terms.goodwill_budget is not None),
    "a membership that lapses": ("a-membership-lapses-after-its-grace", lambda terms: bool(terms.memberships)),
    "an offer for some": (
        "an-offer-for-regulars-while-it-lasts", lambda terms: any(each.segment for each in terms.rewards),
    ),
    "a level kept and thanked for": (
        "kept-for-the-hold-and-thanked-at-new-year",
        lambda terms: terms.tiers is not None and terms.tiers.hold_days > 0 and terms.has_yearly_rewards,
    ),
    "shops that settle": ("earned-at-one-shop-spent-at-two", lambda terms: bool(terms.rewards)),
    "members made one": ("two-accounts-made-one-and-parted", lambda terms: terms.tiers is not None),
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite"])
def kind_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One migrated database for all kinds: every story founds a programme of its own."""
    yield from shared_engine(request)


@pytest.mark.parametrize("case", KINDS, ids=[case["name"] for case in KINDS])
def test_the_story_of_a_kind_ends_with_the_numbers_worked_by_hand(kind_engine: Engine, case: Case) -> None:
    assert story.run(kind_engine, CIPHER, case) == []


def _versions(name: str) -> list[Version]:
    """Return what is promised in a story."""
    case = BY_NAME[name]
    currency = next(iter((case.get("shops") or {"s1": {}}).values())).get("currency", "EUR")
    later = [step["version"] for step in case["steps"] if step["do"] == "publish"]
    return [version(content, currency) for content in (*case["programme"], *later)]


def _had(name: str) -> set[str]:
    """Return the rewards that somebody gets in a story."""
    wanted = {"ok": True}
    return {step["reward"] for step in BY_NAME[name]["steps"] if step["do"] == "redeem" and step["outcome"] == wanted}


def _ladders(name: str) -> list[Ladder]:
    return [each.tiers for each in _versions(name) if each.tiers is not None]


def _has(ladder: Ladder, kind: WindowKind | Measure | Entry | Downgrade | Mix) -> bool:
    entries = {level.entry for level in ladder.levels}
    mixed = {ladder.mix} if any(level.also for level in ladder.levels) else set()
    return kind in {ladder.window.kind, ladder.measure, ladder.downgrade, *entries, *mixed}


def test_every_kind_of_earning_has_a_story_in_which_it_is_earned() -> None:
    assert set(EARNED) == set(RULES)
    told = {kind: {rule.rule for each in _versions(name) for rule in each.earn} for kind, name in EARNED.items()}
    assert [kind for kind, rules in told.items() if kind not in rules] == []


def test_every_kind_of_reward_has_a_story_in_which_somebody_gets_it() -> None:
    assert set(SPENT) == set(REWARDS)
    for kind, name in SPENT.items():
        given = {reward.gives.kind for each in _versions(name) for reward in each.rewards if reward.id in _had(name)}
        assert kind in given, name


def test_every_kind_of_window_measure_entry_and_fall_has_a_story() -> None:
    kinds = {*WindowKind, *Measure, *Entry, *Downgrade, *Mix}
    assert set(LADDERS) == kinds
    assert [kind for kind, name in LADDERS.items() if not any(_has(each, kind) for each in _ladders(name))] == []


def test_what_else_a_programme_can_be_has_a_story() -> None:
    told = {what: any(map(shows, _versions(name))) for what, (name, shows) in BESIDES.items()}
    assert [what for what, is_shown in told.items() if not is_shown] == []


def test_every_story_of_a_kind_says_what_was_posted_and_serves_some_kind() -> None:
    assert [case["name"] for case in KINDS if not any(step.get("net") for step in case["steps"])] == []
    used = {*EARNED.values(), *SPENT.values(), *LADDERS.values(), *(name for name, _ in BESIDES.values())}
    assert sorted({case["name"] for case in KINDS} - used) == []
