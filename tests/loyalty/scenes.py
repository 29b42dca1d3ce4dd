"""Scenes of two members, drawn by chance: versions and facts as case files write them, on a coarse grid of instants.

The grid makes facts meet: midnights, version starts, payments and refunds fall on one instant again and again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from app.cli.cases.versions import version as read_version
from app.loyalty.facts import Fact, Order, Review
from app.loyalty.judging.earning import Judgement, judge
from app.loyalty.judging.referrals import outcomes
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import (
    Granted,
    History,
    MemberOrder,
    MemberReferral,
    MemberReview,
    MemberSignUp,
    valued,
)
from app.loyalty.terms.programme import Programme, Shop
from integrations.neutral import translate
from integrations.platform import ShopProfile
from tests.loyalty.second_reading import Scene, when

START = datetime(2025, 1, 1, tzinfo=UTC)
T = TypeVar("T")
MEMBERS = ("ada", "ben")
ZONES = ("UTC", "Asia/Dhaka", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Auckland")
STEP = timedelta(hours=6)
STEPS = 4 * 430
NOW = START + STEP * STEPS


def text(step: int) -> str:
    """Return an instant of the grid as case files write it."""
    return (START + STEP * step).isoformat().replace("+00:00", "Z")


class Chance:
    """Draws scenes; a seed is a scene."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        # Few days, so that facts meet; some far apart, so that windows and years pass.
        self.crowded = [self.random.randrange(STEPS) for _ in range(3)]

    def one(self, *choices: T) -> T:
        """Return one of the choices."""
        return self.random.choice(choices)

    def step(self) -> int:
        """Return a step of the grid, most often near where others are."""
        if self.random.random() < 0.7:
            return min(STEPS - 1, max(0, self.one(*self.crowded) + self.random.randrange(-6, 7)))
        return self.random.randrange(STEPS)

    def later(self, step: int) -> int:
        """Return a step that is seldom before, often soon after, sometimes long after another."""
        near = step + self.one(-1, 0, 0, 1, 2, 4, 4, 8, 30)
        return min(STEPS - 1, max(0, self.one(near, near, self.random.randrange(step, STEPS))))

    def price(self) -> str:
        """Return a price."""
        return self.one("5.00", "20.00", "49.99", "60.00", "100.00")

    def ladder(self) -> dict[str, Any]:
        """Return a ladder."""
        measure = self.one("spend", "points", "orders")
        kinds: tuple[dict[str, Any], ...] = ({"kind": "lifetime"}, {"kind": "calendar_year"})
        kinds += ({"kind": "rolling_months", "months": 1}, {"kind": "rolling_months", "months": 12})
        names = self.one(("silver",), ("silver", "gold"), ("bronze", "silver", "gold"))
        every: dict[str, tuple[str | int, ...]] = {
            "spend": ("20.00", "60.00", "150.00"), "points": (20, 60, 150), "orders": (1, 2, 4),
        }  # fmt: skip
        return {
            "measure": measure,
            "window": self.one(*kinds),
            "grace_days": self.one(0, 0, 1, 10),
            "downgrade": self.one("qualified", "one_step", "never"),
            "levels": [
                {
                    "id": name,
                    "threshold": size,
                    "multiplier": self.one([1, 1], [3, 2], [2, 1]),
                    "entry_reward": self.one(0, 7),
                }
                for name, size in zip(names, every[measure], strict=False)
            ],
        }

    def version(self) -> dict[str, Any]:
        """Return a version with some of the rules."""
        earn: list[dict[str, Any]] = [
            {"rule": "amount", "points": self.one("1", "0.3", "2"), "per": self.one("1.00", "7.00")},
            {"rule": "sign_up", "points": 15},
            {"rule": "review", "points": 12},
            {"rule": "referral", "points": 40, "friend_points": 9, "min_amount": self.one("0", "20.00")},
        ]
        return {
            "starts_at": text(self.one(-300, 0, 4, *self.crowded)),
            "rounding": self.one("floor", "half_up"),
            "base": {"tax": self.one(True, False), "shipping": self.one(True, False)},
            "earn": [rule for rule in earn if self.random.random() < 0.8],
            "tiers": self.ladder() if self.random.random() < 0.8 else None,
        }

    def refund(self, number: int, paid: int) -> dict[str, Any]:
        """Return a refund of an order paid at a step."""
        refund: dict[str, Any] = {"id": f"r{number}", "at": text(self.later(paid))}
        if self.one(True, False):
            refund["lines"] = [{"line": self.one("l1", "l2", "gone"), "amount": self.price()}]
        else:
            refund["amount"] = self.price()
        return refund | self.one({}, {"tax": "1.00", "shipping": "2.50"})

    def order(self, number: int) -> dict[str, Any]:
        """Return an order with its refunds."""
        paid = self.step()
        order: dict[str, Any] = {
            "id": f"o{number}",
            "member": self.one(*MEMBERS),
            "shop": self.one("s1", "s2"),
            "updated_at": text(STEPS),
            "placed_at": text(paid - self.one(0, 0, 0, 1, 90)),
            "paid_at": text(paid),
            "lines": [
                {"id": "l1", "product": "p1", "quantity": 1, "unit_price": self.price()},
                {"id": "l2", "product": "p2", "quantity": 2, "unit_price": "3.33", "gift_card": self.one(True, False)},
            ],
            "discount": self.one("0", "0", "4.99", "30.00"),
            "tax": self.one("0", "8.00"),
            "shipping": self.one("0", "4.00"),
            "refunds": [self.refund(number, paid) for number in range(self.one(0, 0, 0, 1, 2))],
        }
        if self.random.random() < 0.15:
            order["cancelled_at"] = text(self.later(paid))
        return order

    def scene(self) -> Scene:
        """Return a scene."""
        couples = [self.one(("ada", "ben"), ("ben", "ada")) for _ in range(self.one(0, 1, 1, 2))]
        return Scene(
            versions=[self.version() for _ in range(self.one(1, 2, 3))],
            shops={"s1": {"zone": self.one(*ZONES)}, "s2": {"zone": self.one(*ZONES)}},
            orders=[self.order(number) for number in range(self.one(1, 3, 5, 7))],
            reviews=[
                {
                    "id": f"v{number}", "member": self.one(*MEMBERS), "product": self.one("p1", "p2"),
                    "at": text(self.step()), "updated_at": text(STEPS), "approved": self.one(True, True, False),
                }
                for number in range(self.one(0, 1, 2))
            ],
            sign_ups=[{"member": self.one(*MEMBERS), "at": text(self.step())} for _ in range(self.one(0, 1, 3))],
            referrals=[
                {"id": f"f{number}", "advocate": advocate, "friend": friend, "at": text(max(0, self.step() - 200))}
                for number, (advocate, friend) in enumerate(couples)
            ],
            grants=[
                {
                    "member": self.one(*MEMBERS), "source": f"adjust:a{number}", "at": text(self.step()),
                    "amount": self.one(-30, 25, 80),
                }
                for number in range(self.one(0, 0, 1, 2))
            ],
        )  # fmt: skip


# -- the app's own reading --------------------------------------------------------------------------------------------


def programme_of(scene: Scene) -> Programme:
    """Return the scene's programme in the app's values."""
    numbered = [
        (when(told["starts_at"]), number, read_version(told, "EUR")) for number, told in enumerate(scene.versions, 1)
    ]
    return Programme(
        versions=tuple(
            replace(version, number=number) for _, number, version in sorted(numbered, key=lambda each: each[:2])
        ),
        shops=tuple(Shop(name, str(told["zone"]), "EUR") for name, told in scene.shops.items()),
    )


def _translated(topic: str, told: Mapping[str, Any]) -> Fact:
    facts = translate.translate(topic, json.dumps(told).encode(), ShopProfile("x", "x", "EUR", "UTC"))
    assert isinstance(facts, tuple), facts
    fact: Fact = facts[0]
    return fact


def _orders(scene: Scene, member: str) -> Iterator[MemberOrder]:
    for told in scene.orders:
        if told["member"] == member:
            order = _translated("order", told)
            assert isinstance(order, Order)
            yield MemberOrder(told["shop"], order)


def _reviews(scene: Scene, member: str) -> Iterator[MemberReview]:
    for told in scene.reviews:
        if told["member"] == member:
            review = _translated("review", told)
            assert isinstance(review, Review)
            yield MemberReview(next(iter(scene.shops)), review.id, review.product, review.at, review.approved)


def history_of(scene: Scene, member: str) -> History:
    """Return one member's facts in the app's values, as the neutral platform translates them."""
    joined = [when(told["at"]) for told in scene.sign_ups if told["member"] == member]
    home = next(iter(scene.shops))
    return History(
        member=member,
        orders=tuple(_orders(scene, member)),
        reviews=tuple(_reviews(scene, member)),
        sign_up=MemberSignUp(home, min(joined)) if joined else None,
        referred=tuple(
            MemberReferral(told["id"], when(told["at"])) for told in scene.referrals if told["friend"] == member
        ),
        granted=tuple(
            Granted(Source(told["source"]), when(told["at"]), told["amount"])
            for told in scene.grants
            if told["member"] == member
        ),
    )


def judgements(scene: Scene, now: datetime) -> dict[str, Judgement]:
    """Return the app's judgement of every member."""
    programme = programme_of(scene)
    histories = {member: history_of(scene, member) for member in MEMBERS}
    found = {
        outcome.id: outcome
        for history in histories.values()
        for outcome in outcomes(history.referred, valued(history.orders, programme), programme)
    }
    for told in scene.referrals:
        advocate = histories[told["advocate"]]
        mine = {outcome.id: outcome for outcome in advocate.outcomes} | {told["id"]: found[told["id"]]}
        histories[told["advocate"]] = replace(advocate, outcomes=tuple(mine.values()))
    return {member: judge(history, programme, now) for member, history in histories.items()}
