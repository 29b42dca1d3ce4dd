"""Stories invented by chance, as case files write them: several members, late and repeated facts, codes, two versions.

Instants lie on a coarse grid over a change of year, so that facts, midnights and version starts meet again and again.
The story of a number is the same on every machine and under every Python: chance asks `Random.random` alone, whose
sequence is promised to stay.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Said = dict[str, Any]
MEMBERS = ("ada", "ben", "cy")
ZONES = ("UTC", "Asia/Dhaka", "America/Sao_Paulo", "Pacific/Auckland")
PRICES = ("20.00", "33.33", "60.00", "9.99", "5.00", "0.00")
CODES = dict(zip(MEMBERS, ("k1", "k2", "k3"), strict=True))
START = datetime(2024, 12, 10, tzinfo=UTC)
STEP = timedelta(hours=6)
LAST = 160
LEVELS: Mapping[str, tuple[str | int, ...]] = {
    "spend": ("20.00", "60.00"), "points": (20, 60), "orders": (1, 3),
}  # fmt: skip


def at(step: int) -> str:
    """Return an instant of the grid."""
    return (START + STEP * step).isoformat()


class Chance:
    """Choices that a number decides."""

    def __init__(self, seed: int) -> None:
        """Begin with a number."""
        self._random = Random(seed)

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def one(self, *choices: Any) -> Any:  # noqa: ANN401 - whatever stands to choose
        """Return one of several."""
        return choices[self.number(0, len(choices) - 1)]

    def some(self, choices: list[Said]) -> list[Said]:
        """Return some of several, in any order."""
        mixed = sorted(choices, key=lambda _: self._random.random())
        return mixed[: self.number(0, len(choices))]


# -- programmes ------------------------------------------------------------------------------------------------------


def _ladder(chance: Chance) -> Said:
    """Return a ladder of two levels."""
    measure = chance.one(*LEVELS)
    windows: list[Said] = [{"kind": "lifetime"}, {"kind": "calendar_year"}, {"kind": "rolling_months", "months": 1}]
    return {
        "measure": measure,
        "window": chance.one(*windows),
        "grace_days": chance.one(0, 3),
        "downgrade": chance.one("qualified", "one_step", "never"),
        "levels": [
            {"id": name, "threshold": threshold, "multiplier": multiplier, "entry_reward": chance.one(0, 7)}
            for name, threshold, multiplier in zip(("silver", "gold"), LEVELS[measure], ([3, 2], [2, 1]), strict=True)
        ],
    }


def version(chance: Chance, starts: int) -> Said:
    """Return a version of any policies with most of the rules."""
    amount: Said = {"rule": "amount", "points": chance.one("0.5", "1", "1.3"), "per": "1.00"}
    amount |= chance.one({}, {}, {"max_per_order": 40}, {"max_per_day": 50}, {"products": {"p2": "3"}})
    others: list[Said] = [
        {"rule": "sign_up", "points": 7},
        {"rule": "review", "points": 4},
        {"rule": "referral", "points": 20, "friend_points": 6, "min_amount": "10.00"},
        {"rule": "first_order", "points": 5},
        {"rule": "kth_order", "k": 2, "points": 3},
        {"rule": "birthday", "points": 8},
        {"rule": "event", "event": "share", "points": 2, "max_per_day": 2, "cooldown_hours": 6},
    ]
    days: Said = {
        "days": chance.one(0, 5, 30), "from": chance.one("fact", "release"), "end_of_day": chance.one(True, False),
    }  # fmt: skip
    campaign = {"id": "c", "from": at(chance.number(0, LAST)), "until": at(LAST), "multiplier": [2, 1]}
    return {
        "starts_at": at(starts),
        "rounding": chance.one("floor", "half_up"),
        "pending_days": chance.one(0, 0, 3),
        "expiry": chance.one(None, None, days),
        "clawback": chance.one("owe", "clamp"),
        "after_use": chance.one("return", "keep"),
        "base": {"tax": chance.one(True, False), "shipping": chance.one(True, False)},
        "earn": [amount, *chance.some(others)],
        "tiers": chance.one(None, _ladder(chance), _ladder(chance)),
        "rewards": [{"id": "r", "cost": chance.one(20, 45, 5), "code_days": chance.one(None, 4)}],
        "campaigns": chance.one([], [campaign]),
    }


# -- steps -----------------------------------------------------------------------------------------------------------


def _delivered(chance: Chance, kind: str, fact: Said, known: int) -> list[tuple[int, Said]]:
    """Return the deliveries of a fact known from a step on: often at once, sometimes late, sometimes twice."""
    arrivals = [known + chance.one(0, 0, 0, 1, 5, 40)]
    arrivals += [known + chance.number(0, 60)] if chance.number(0, 3) == 0 else []
    return [(arrival, {"do": kind, "arrives": at(arrival), kind: fact}) for arrival in arrivals]


def _order(chance: Chance, number: int) -> list[tuple[int, Said]]:
    """Return an order's snapshots: placed, perhaps paid, perhaps refunded or cancelled."""
    paid = chance.number(20, LAST)
    order: Said = {
        "id": f"o{number}",
        "member": chance.one(*MEMBERS),
        "shop": chance.one("s1", "s2"),
        "updated_at": at(paid),
        "placed_at": at(paid - chance.one(0, 0, 1, 40)),
        "paid_at": at(paid),
        "lines": [
            {"id": "l1", "product": "p1", "quantity": 1, "unit_price": chance.one(*PRICES)},
            {"id": "l2", "product": "p2", "quantity": 2, "unit_price": "3.33", "gift_card": chance.one(True, False)},
        ],
        "discount": chance.one("0", "0", "4.99"),
        "tax": chance.one("0", "2.50"),
        "shipping": chance.one("0", "4.00"),
        "refunds": [],
    }
    if code := chance.one("", own := CODES[order["member"]], own, own, "k1"):
        order["own_discount"] = {"redemption": code, "amount": chance.one("0", "5.00")}
    steps: list[tuple[int, Said]] = []
    if chance.one(True, False):
        steps += _delivered(chance, "order", {**order, "paid_at": None, "updated_at": at(paid - 1)}, paid)
    steps += _delivered(chance, "order", order, paid)
    now = paid
    for turn in range(chance.one(1, 0, 1, 2)):
        now += chance.one(30, 0, 4, 60)
        order = {**order, "updated_at": at(now)}
        if chance.number(0, 2) == 0:
            order["cancelled_at"] = at(now)
        else:
            order["refunds"] = [*order["refunds"], _refund(chance, f"f{turn}", now)]
        steps += _delivered(chance, "order", order, now)
    return steps


def _refund(chance: Chance, id: str, step: int) -> Said:
    price = chance.one(*PRICES)
    beside = chance.one({}, {"tax": "1.00", "shipping": "2.00"})
    goods = chance.one({"amount": price}, {"lines": [{"line": "l1", "amount": price}]})
    return {"id": id, "at": at(step), **beside, **goods}


def _other(chance: Chance, number: int) -> list[tuple[int, Said]]:
    """Return one fact that is no order."""
    step, who = chance.number(0, LAST), chance.one(*MEMBERS)
    kind = chance.one("review", "sign_up", "referral", "event", "event", "birthday")
    fact: Said = {"member": who, "at": at(step)}
    if kind == "review":
        fact |= {"id": f"v{number}", "product": chance.one("p1", "p2"), "updated_at": at(step), "rating": 4}
        fact["approved"] = chance.one(True, False)
    elif kind == "referral":
        friend = chance.one(*[name for name in MEMBERS if name != who])
        fact = {"id": f"rf{number}", "advocate": who, "friend": friend, "at": at(step)}
    elif kind == "event":
        fact |= {"id": f"e{number}", "event": "share"}
    elif kind == "birthday":
        fact["date"] = chance.one("1990-12-24", "1991-01-02", "1992-02-29")
    return _delivered(chance, kind, fact, step)


def _request(chance: Chance, number: int) -> list[tuple[int, Said]]:
    """Return one request, some of them twice, some under a key that had other content."""
    step, who = chance.number(20, LAST), chance.one(*MEMBERS)
    kind = chance.one("redeem", "redeem", "redeem", "adjust", "return", "import", "fail")
    said: Said = {"do": kind, "arrives": at(step), "id": f"q{number}", "member": who}
    if kind == "redeem":
        said |= {"id": chance.one(CODES[who], CODES[who], "k1"), "reward": "r"}
    elif kind in {"return", "fail"}:
        said = {"do": kind, "arrives": at(step), "redemption": CODES[who]}
    elif kind == "adjust":
        said["amount"] = chance.one(-30, -15, 8, 30)
    else:
        said |= {"amount": 25, "earned_at": at(step - 30)} | chance.one({}, {"expires_at": at(step + 20)})
    return [(step, said)]


def story(number: int) -> Said:
    """Return the story of a number: a case without expectations."""
    chance = Chance(number)
    brought = {"do": "import", "amount": 10, "earned_at": at(0)}
    parts: list[list[tuple[int, Said]]] = [
        [(1, brought | {"arrives": at(1), "id": f"b{name}", "member": name}) for name in MEMBERS],
        *[_order(chance, number) for number in range(chance.number(2, 6))],
        *[_other(chance, number) for number in range(chance.number(0, 5))],
        *[_request(chance, number) for number in range(chance.number(3, 8))],
    ]
    steps = sorted((step for part in parts for step in part), key=lambda step: step[0])
    second = [version(chance, chance.number(10, LAST))] if chance.one(True, False) else []
    ends = [{"do": "clock", "arrives": at(LAST + later)} for later in (104, 300)]
    return {
        "name": f"invented-{number}",
        "shops": {name: {"zone": chance.one(*ZONES), "currency": "EUR"} for name in ("s1", "s2")},
        "programme": [version(chance, 0), *second],
        "steps": [*(step for _, step in steps), *ends],
    }
