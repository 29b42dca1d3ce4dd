"""Programme versions as case files write them, in our own values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.loyalty.campaigns import Campaign
from app.loyalty.conditions import Goods
from app.loyalty.money import Rounding, to_minor
from app.loyalty.programme import (
    AfterUse,
    Clawback,
    Downgrade,
    EarningBase,
    Expiry,
    ExpiryFrom,
    Ladder,
    Level,
    Measure,
    Reward,
    Version,
    Window,
    WindowKind,
)
from app.loyalty.rules import (
    AmountRule,
    BirthdayRule,
    EventRule,
    FirstOrderRule,
    KthOrderRule,
    ReferralRule,
    ReviewRule,
    Rule,
    SignUpRule,
)


class UnsupportedCaseError(Exception):
    """The case uses something this version of Kizuna does not know."""


_KEYS = frozenset(
    {
        "starts_at", "rounding", "pending_days", "expiry", "clawback", "after_use", "base", "earn", "tiers", "rewards",
        "campaigns",
    }
)  # fmt: skip
_RULE_KEYS = {
    "amount": {"rule", "points", "per", "products", "max_per_order", "max_per_day"},
    "first_order": {"rule", "points"},
    "kth_order": {"rule", "points", "k"},
    "sign_up": {"rule", "points"},
    "birthday": {"rule", "points"},
    "event": {"rule", "event", "points", "max_per_day", "max_total", "cooldown_hours"},
    "review": {"rule", "points", "cooldown_hours"},
    "referral": {"rule", "points", "friend_points", "min_amount"},
}


def instant(text: str) -> datetime:
    """Return an ISO 8601 instant with an offset as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def version(content: Mapping[str, Any], currency: str) -> Version:
    """Return a version. Raises UnsupportedCaseError."""
    if unknown := set(content) - _KEYS:
        raise UnsupportedCaseError(f"version with {', '.join(sorted(unknown))}")
    base = content.get("base") or {}
    return Version(
        starts_at=instant(content["starts_at"]),
        rounding=Rounding(content.get("rounding", "floor")),
        pending_days=content.get("pending_days", 0),
        expiry=_expiry(content.get("expiry")),
        clawback=Clawback(content.get("clawback", "owe")),
        after_use=AfterUse(content.get("after_use", "return")),
        base=EarningBase(tax=base.get("tax", False), shipping=base.get("shipping", False)),
        earn=tuple(_rule(rule, currency) for rule in content.get("earn", ())),
        tiers=_ladder(content.get("tiers"), currency),
        rewards=tuple(
            Reward(reward["id"], reward["cost"], code_days=reward.get("code_days"), level=reward.get("level"))
            for reward in content.get("rewards", ())
        ),
        campaigns=tuple(
            Campaign(
                campaign["id"],
                instant(campaign["from"]),
                instant(campaign["until"]),
                (campaign["multiplier"][0], campaign["multiplier"][1]),
                Goods(tuple(campaign.get("products", ()))),
            )
            for campaign in content.get("campaigns", ())
        ),
    )


def _expiry(content: Mapping[str, Any] | None) -> Expiry | None:
    if content is None:
        return None
    return Expiry(content["days"], ExpiryFrom(content.get("from", "fact")), content.get("end_of_day", True))


def _rule(content: Mapping[str, Any], currency: str) -> Rule:
    kind = content["rule"]
    if kind not in _RULE_KEYS or (unknown := set(content) - _RULE_KEYS[kind]):
        raise UnsupportedCaseError(
            f"rule {kind}" if kind not in _RULE_KEYS else f"rule {kind} with {', '.join(sorted(unknown))}"
        )
    if kind == "amount":
        return AmountRule(
            Decimal(content["points"]),
            to_minor(content["per"], currency),
            products={product: Decimal(points) for product, points in content.get("products", {}).items()},
            max_per_order=content.get("max_per_order"),
            max_per_day=content.get("max_per_day"),
        )
    if kind == "referral":
        least = to_minor(content.get("min_amount", "0"), currency)
        return ReferralRule(content["points"], content.get("friend_points", 0), least)
    plain: dict[str, type[Any]] = {
        "first_order": FirstOrderRule,
        "kth_order": KthOrderRule,
        "sign_up": SignUpRule,
        "birthday": BirthdayRule,
        "event": EventRule,
        "review": ReviewRule,
    }
    made: Rule = plain[kind](**{key: value for key, value in content.items() if key != "rule"})
    return made


def _ladder(content: Mapping[str, Any] | None, currency: str) -> Ladder | None:
    if content is None:
        return None
    measure = Measure(content["measure"])
    window = content.get("window") or {"kind": "lifetime"}

    def threshold(value: str | int) -> int:
        return to_minor(str(value), currency) if measure is Measure.SPEND else int(value)

    return Ladder(
        measure=measure,
        window=Window(WindowKind(window["kind"]), window.get("months", 0)),
        grace_days=content.get("grace_days", 0),
        downgrade=Downgrade(content.get("downgrade", "qualified")),
        levels=tuple(
            Level(
                level["id"],
                threshold(level["threshold"]),
                (level.get("multiplier", [1, 1])[0], level.get("multiplier", [1, 1])[1]),
                level.get("entry_reward", 0),
            )
            for level in content["levels"]
        ),
    )
