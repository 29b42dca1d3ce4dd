"""What must hold of a version before it is promised to anybody: each problem at its place, with its numbers."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from app.files import sentences
from app.files.sentences import sentence
from app.loyalty.effects import DiscountKind
from app.loyalty.publishing import offering, soundness
from app.loyalty.publishing.offering import Abilities
from app.loyalty.publishing.soundness import problems
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.hooks import Hook
from app.loyalty.terms.ladder import Entry
from app.loyalty.terms.programme import (
    Expiry,
    FriendReward,
    Level,
    Measure,
    Membership,
    Reward,
    Version,
    Window,
    WindowKind,
)
from app.loyalty.terms.rewards import AmountOff, FreeShipping, Percentage
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import AmountRule, EventRule, KthOrderRule, Rule, SignUpRule
from app.loyalty.terms.social import Act, Network, Social
from tests.factories.instants import instant
from tests.factories.programmes import ladder, version
from tests.house.repository import ROOT

ONE = AmountRule(Decimal(1), 100)
JUNE, JULY = instant("2025-06-01"), instant("2025-07-01")
ALL = Abilities(frozenset(DiscountKind), caps=True)


def told(promised: Version, *shops: Abilities) -> list[tuple[str, str]]:
    return [(".".join(map(str, problem.path)), problem.code) for problem in problems(promised, shops)]


@pytest.mark.parametrize("currency", ("EUR", "JPY", "KWD"))
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_sound_in_every_size_of_currency(name: str, currency: str) -> None:
    assert problems(TEMPLATES[name].version(currency, JUNE, "en")) == []


@pytest.mark.parametrize(
    ("rule", "place", "code"),
    (
        (AmountRule(Decimal(1), 0), "earn.0.per_minor", "TOO_SMALL"),
        (AmountRule(Decimal(-1), 100), "earn.0.points", "TOO_SMALL"),
        (AmountRule(Decimal("NaN"), 100), "earn.0.points", "TOO_SMALL"),
        (AmountRule(Decimal(1), 100, products={"p9": Decimal(-2)}), "earn.0.products.p9", "TOO_SMALL"),
        (AmountRule(Decimal(1), 100, max_per_order=0), "earn.0.max_per_order", "TOO_SMALL"),
        (AmountRule(Decimal(10**13), 100), "earn.0.points", "TOO_LARGE"),
        (SignUpRule(-1), "earn.0.points", "TOO_SMALL"),
        (KthOrderRule(1, 0), "earn.0.k", "TOO_SMALL"),
        (EventRule(" ", 1), "earn.0.event", "EMPTY"),
        (EventRule("e" * 65, 1), "earn.0.event", "TOO_LONG"),
        (EventRule("share", 1, cooldown_hours=0), "earn.0.cooldown_hours", "TOO_SMALL"),
        (EventRule("share", 1, cooldown_hours=876_001), "earn.0.cooldown_hours", "TOO_LARGE"),
    ),
)
def test_a_rule_has_numbers_that_mean_something(rule: Rule, place: str, code: str) -> None:
    assert told(version(earn=[rule])) == [(place, code)]


FOLLOW = EventRule("follow", 5, max_total=1, verified=False, social=Social(Network.X, Act.FOLLOW, "https://x.com/tea"))


@pytest.mark.parametrize(
    ("rule", "place", "code"),
    (
        (replace(FOLLOW, verified=True), "earn.0.verified", "CANNOT_VERIFY"),
        (replace(FOLLOW, max_total=None), "earn.0", "NEEDS_LIMIT"),
        (replace(FOLLOW, social=Social(Network.X, Act.SHARE, "x.com/tea")), "earn.0.social.address", "NO_ADDRESS"),
        (
            replace(FOLLOW, social=Social(Network.X, Act.SHARE, "https://u@x.com/")),
            "earn.0.social.address",
            "NO_ADDRESS",
        ),
        (
            replace(FOLLOW, social=Social(Network.X, Act.SHARE, f"https://x.com/{'t' * 490}")),
            "earn.0.social.address",
            "TOO_LONG",
        ),
        (replace(FOLLOW, budget=RuleBudget("shares", 0)), "earn.0.budget.points", "TOO_SMALL"),
        (replace(FOLLOW, budget=RuleBudget(" ", 9)), "earn.0.budget.id", "EMPTY"),
    ),
)
def test_what_nobody_can_check_is_called_so_and_has_a_limit_and_a_budget_means_something(
    rule: Rule, place: str, code: str
) -> None:
    assert told(version(earn=[rule])) == [(place, code)]
    assert told(version(earn=[FOLLOW])) == []


def test_two_rules_cannot_share_a_budget() -> None:
    paid = replace(FOLLOW, budget=RuleBudget("shares", 9))
    assert told(version(earn=[paid, replace(paid, id="again")])) == [("earn.1.budget.id", "LIMIT_SHARED")]


def test_two_rules_under_one_name_cannot_share_a_limit() -> None:
    share = EventRule("share", 5, max_per_day=1)
    assert told(version(earn=[share, ONE, share])) == [("earn.2.id", "LIMIT_SHARED")]
    assert told(version(earn=[share, replace(share, id="again"), EventRule("share", 1), EventRule("share", 1)])) == []
    capped = AmountRule(Decimal(1), 100, max_per_day=9)
    assert told(version(earn=[capped, capped, ONE, ONE])) == [("earn.1.id", "LIMIT_SHARED")]


def test_a_ladder_rises_and_never_earns_less_than_no_tier() -> None:
    steps = ladder(Level("a", 100), Level("a", 100, (1, 2)), Level("", 50, (1, 0)))
    assert told(version(tiers=steps)) == [
        ("tiers.levels.2.id", "EMPTY"),
        ("tiers.levels.1.id", "TWICE"),
        ("tiers.levels.1.threshold", "NOT_ABOVE_THE_ONE_BELOW"),
        ("tiers.levels.1.multiplier", "EARNS_LESS_THAN_NO_TIER"),
        ("tiers.levels.2.threshold", "NOT_ABOVE_THE_ONE_BELOW"),
        ("tiers.levels.2.multiplier", "EARNS_LESS_THAN_NO_TIER"),
    ]
    assert told(version(tiers=ladder())) == [("tiers.levels", "EMPTY")]
    rolling = ladder(Level("a", 0), measure=Measure.ORDERS, window=Window(WindowKind.ROLLING_MONTHS))
    assert told(version(tiers=rolling)) == [("tiers.window.months", "TOO_SMALL")]


def test_levels_may_ask_for_the_same_amount_and_something_else_besides_and_bought_ones_for_nothing() -> None:
    steps = ladder(
        Level("a", 100),
        Level("plus", 0, entry=Entry.BOUGHT),
        Level("b", 100, also={Measure.ORDERS: 3}),
        Level("c", 100, also={Measure.ORDERS: 3}),
    )
    assert told(version(tiers=steps)) == [("tiers.levels.3.threshold", "NOT_ABOVE_THE_ONE_BELOW")]


def test_a_membership_sells_a_level_that_can_be_bought() -> None:
    steps = ladder(Level("a", 100), Level("plus", 0, entry=Entry.BOUGHT))
    promised = replace(version(tiers=steps), memberships=(Membership("plus", ("p1",)), Membership("a", ())))
    assert told(promised) == [("memberships.1.level", "NO_BOUGHT_LEVEL"), ("memberships.1.products", "EMPTY")]


def test_a_hook_has_an_address_of_its_own_and_names_somebody() -> None:
    hook = Hook("survey", "survey_done", customer="who")
    wrong = (hook, hook, replace(hook, id="a b"), replace(hook, id=""), replace(hook, id="mail", customer=""))
    assert sorted(told(replace(version(), hooks=wrong))) == [
        ("hooks.1.id", "TWICE"),
        ("hooks.2.id", "NO_WORD"),
        ("hooks.3.id", "EMPTY"),
        ("hooks.4", "NAMES_NOBODY"),
    ]
    assert told(replace(version(), hooks=(hook, replace(hook, id="mail", customer="", email="mail")))) == []


def test_a_campaign_has_a_window_and_multiplies() -> None:
    fine = Campaign("c", JUNE, JULY, (2, 1))
    wrong = [fine, fine, replace(fine, id="d", ends_at=JUNE), replace(fine, id="e", multiplier=(0, 1))]
    assert told(replace(version(), campaigns=tuple(wrong))) == [
        ("campaigns.1.id", "TWICE"),
        ("campaigns.2.ends_at", "ENDS_BEFORE_IT_BEGINS"),
        ("campaigns.3.multiplier", "TOO_SMALL"),
    ]


def test_points_do_not_end_while_they_wait() -> None:
    assert told(version(pending_days=30, expiry=Expiry(29))) == [("expiry.days", "ENDS_WHILE_WAITING")]
    assert told(version(pending_days=30, expiry=Expiry(30))) == []
    assert told(version(expiry=Expiry(0))) == [("expiry.days", "TOO_SMALL")]


def test_a_reward_can_be_had_by_somebody_somewhere() -> None:
    rewards = [
        Reward("r", 0, AmountOff(5)),
        Reward("r", 1, AmountOff(5)),
        Reward("s", -1, AmountOff(5)),
        Reward("t", 1, Percentage(10_001)),
        Reward("u", 1, level="gold"),
        Reward("v", 1, code_days=0),
    ]
    assert told(version(rewards=rewards)) == [
        ("rewards.2.cost", "TOO_SMALL"),
        ("rewards.5.code_days", "TOO_SMALL"),
        ("rewards.1", "CANNOT_OFFER"),
        ("rewards.4", "CANNOT_OFFER"),
        ("rewards.3.gives.basis_points", "TOO_LARGE"),
    ]


def test_what_no_shop_of_the_programme_can_do_is_not_promised() -> None:
    only_amounts = Abilities(frozenset({DiscountKind.AMOUNT_OFF}))
    promised = replace(version(rewards=[Reward("r", 1, FreeShipping())]), friend_reward=FriendReward(Percentage(1000)))
    assert told(promised, only_amounts) == [("rewards.0", "CANNOT_OFFER"), ("friend_reward.gives", "NO_SHOP_CAN")]
    assert told(promised, only_amounts, ALL) == []
    assert told(promised) == []


def test_each_problem_is_a_sentence_in_the_words_of_the_file() -> None:
    promised = version(
        earn=[AmountRule(Decimal(1), 0)],
        tiers=ladder(Level("a", 1), Level("b", 1)),
        rewards=[Reward("r", 1, level="z")],
    )
    assert [sentence(promised, problem) for problem in problems(promised)] == [
        "earn[0].per must be above 0.",
        "tiers.levels[1].threshold must be more than that of levels[0]; order the levels from the lowest up.",
        "rewards[0] cannot be promised (r): it names a tier that the ladder does not have; name a level's id.",
    ]


def test_every_code_has_its_sentence() -> None:
    source = (ROOT / "app/loyalty/publishing/soundness.py").read_text()
    codes = set(re.findall(r'Problem\([^"]*(?:"[a-z_]+"[^"]*)*"([A-Z_]{4,})"', source))
    whys = set(re.findall(r'"([A-Z_]{4,})"', (ROOT / "app/loyalty/publishing/offering.py").read_text()))

    assert len(codes) >= 10
    assert codes - set(sentences.SENTENCES) == set()
    assert {why for why in whys if not why.endswith("_ZERO")} - set(sentences.REASONS) == set()
    assert soundness.problems is problems
    assert offering.faults is not None
