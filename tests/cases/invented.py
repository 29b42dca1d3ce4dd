"""Stories invented by chance, as case files write them: several members, late and repeated facts, codes, two versions.

Instants lie on a coarse grid over a change of year, so that facts, midnights and version starts meet again and again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

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


# -- programmes ------------------------------------------------------------------------------------------------------


@st.composite
def ladders(draw: st.DrawFn) -> Said:
    """Return a ladder of one or two levels."""
    measure = draw(st.sampled_from(sorted(LEVELS)))
    windows: list[Said] = [{"kind": "lifetime"}, {"kind": "calendar_year"}, {"kind": "rolling_months", "months": 1}]
    return {
        "measure": measure,
        "window": draw(st.sampled_from(windows)),
        "grace_days": draw(st.sampled_from([0, 3])),
        "downgrade": draw(st.sampled_from(["qualified", "one_step", "never"])),
        "levels": [
            {
                "id": name,
                "threshold": threshold,
                "multiplier": multiplier,
                "entry_reward": draw(st.sampled_from([0, 7])),
            }
            for name, threshold, multiplier in zip(("silver", "gold"), LEVELS[measure], ([3, 2], [2, 1]), strict=True)
        ],
    }


@st.composite
def versions(draw: st.DrawFn, starts: int) -> Said:
    """Return a version of any policies with most of the rules."""
    one_of: Callable[..., Any] = lambda *choices: draw(st.sampled_from(choices))  # noqa: E731 - a word for what is done often
    amount: Said = {"rule": "amount", "points": one_of("0.5", "1", "1.3"), "per": "1.00"}
    amount |= one_of({}, {}, {"max_per_order": 40}, {"max_per_day": 50}, {"products": {"p2": "3"}})
    earn: list[Said] = [
        amount,
        {"rule": "sign_up", "points": 7},
        {"rule": "review", "points": 4},
        {"rule": "referral", "points": 20, "friend_points": 6, "min_amount": "10.00"},
        {"rule": "first_order", "points": 5},
        {"rule": "kth_order", "k": 2, "points": 3},
        {"rule": "birthday", "points": 8},
        {"rule": "event", "event": "share", "points": 2, "max_per_day": 2, "cooldown_hours": 6},
    ]
    days: Said = {"days": one_of(0, 5, 30), "from": one_of("fact", "release"), "end_of_day": one_of(True, False)}
    campaign = {"id": "c", "from": at(draw(st.integers(0, LAST))), "until": at(LAST), "multiplier": [2, 1]}
    return {
        "starts_at": at(starts),
        "rounding": one_of("floor", "half_up"),
        "pending_days": one_of(0, 0, 3),
        "expiry": one_of(None, None, days),
        "clawback": one_of("owe", "clamp"),
        "after_use": one_of("return", "keep"),
        "base": {"tax": one_of(True, False), "shipping": one_of(True, False)},
        "earn": [amount, *draw(st.lists(st.sampled_from(earn[1:]), unique_by=lambda rule: rule["rule"]))],
        "tiers": draw(st.none() | ladders() | ladders()),
        "rewards": [{"id": "r", "cost": one_of(20, 45, 5), "code_days": one_of(None, 4)}],
        "campaigns": one_of([], [campaign]),
    }


# -- steps -----------------------------------------------------------------------------------------------------------


def _delivered(draw: st.DrawFn, kind: str, fact: Said, known: int) -> list[tuple[int, Said]]:
    """Return the deliveries of a fact known from a step on: often at once, sometimes late, sometimes twice."""
    arrivals = [known + draw(st.sampled_from([0, 0, 0, 1, 5, 40]))]
    arrivals += [known + draw(st.integers(0, 60))] if draw(st.integers(0, 3)) == 0 else []
    return [(arrival, {"do": kind, "arrives": at(arrival), kind: fact}) for arrival in arrivals]


@st.composite
def orders(draw: st.DrawFn, number: int) -> list[tuple[int, Said]]:
    """Return an order's snapshots: placed, perhaps paid, perhaps refunded or cancelled."""
    paid = draw(st.integers(20, LAST))
    order: Said = {
        "id": f"o{number}",
        "member": draw(st.sampled_from(MEMBERS)),
        "shop": draw(st.sampled_from(["s1", "s2"])),
        "updated_at": at(paid),
        "placed_at": at(paid - draw(st.sampled_from([0, 0, 1, 40]))),
        "paid_at": at(paid),
        "lines": [
            {"id": "l1", "product": "p1", "quantity": 1, "unit_price": draw(st.sampled_from(PRICES))},
            {"id": "l2", "product": "p2", "quantity": 2, "unit_price": "3.33", "gift_card": draw(st.booleans())},
        ],
        "discount": draw(st.sampled_from(["0", "0", "4.99"])),
        "tax": draw(st.sampled_from(["0", "2.50"])),
        "shipping": draw(st.sampled_from(["0", "4.00"])),
        "refunds": [],
    }
    if code := draw(st.sampled_from(["", own := CODES[order["member"]], own, own, "k1"])):
        order["own_discount"] = {"redemption": code, "amount": draw(st.sampled_from(["0", "5.00"]))}
    steps = (
        []
        if draw(st.booleans())
        else _delivered(draw, "order", {**order, "paid_at": None, "updated_at": at(paid - 1)}, paid)
    )
    steps += _delivered(draw, "order", order, paid)
    now = paid
    for turn in range(draw(st.sampled_from([1, 0, 1, 2]))):
        now += draw(st.sampled_from([30, 0, 4, 60]))
        order = {**order, "updated_at": at(now)}
        if draw(st.integers(0, 2)) == 0:
            order["cancelled_at"] = at(now)
        else:
            part: Said = {"id": f"f{turn}", "at": at(now)} | draw(
                st.sampled_from([{}, {"tax": "1.00", "shipping": "2.00"}])
            )
            price = draw(st.sampled_from(PRICES))
            part |= draw(st.sampled_from([{"amount": price}, {"lines": [{"line": "l1", "amount": price}]}]))
            order["refunds"] = [*order["refunds"], part]
        steps += _delivered(draw, "order", order, now)
    return steps


@st.composite
def others(draw: st.DrawFn, number: int) -> list[tuple[int, Said]]:
    """Return one fact that is no order."""
    step, who = draw(st.integers(0, LAST)), draw(st.sampled_from(MEMBERS))
    kind = draw(st.sampled_from(["review", "sign_up", "referral", "event", "event", "birthday"]))
    fact: Said = {"member": who, "at": at(step)}
    if kind == "review":
        fact |= {
            "id": f"v{number}",
            "product": draw(st.sampled_from(["p1", "p2"])),
            "updated_at": at(step),
            "rating": 4,
        }
        fact["approved"] = draw(st.booleans())
    elif kind == "referral":
        friend = draw(st.sampled_from([name for name in MEMBERS if name != who]))
        fact = {"id": f"rf{number}", "advocate": who, "friend": friend, "at": at(step)}
    elif kind == "event":
        fact |= {"id": f"e{number}", "event": "share"}
    elif kind == "birthday":
        fact["date"] = draw(st.sampled_from(["1990-12-24", "1991-01-02", "1992-02-29"]))
    return _delivered(draw, kind, fact, step)


@st.composite
def requests(draw: st.DrawFn, number: int) -> list[tuple[int, Said]]:
    """Return one request, some of them twice, some under a key that had other content."""
    step, who = draw(st.integers(20, LAST)), draw(st.sampled_from(MEMBERS))
    kind = draw(st.sampled_from(["redeem", "redeem", "redeem", "adjust", "return", "import", "fail"]))
    said: Said = {"do": kind, "arrives": at(step), "id": f"q{number}", "member": who}
    if kind == "redeem":
        said |= {"id": draw(st.sampled_from([CODES[who], CODES[who], "k1"])), "reward": "r"}
    elif kind in {"return", "fail"}:
        said = {"do": kind, "arrives": at(step), "redemption": CODES[who]}
    elif kind == "adjust":
        said["amount"] = draw(st.sampled_from([-30, -15, 8, 30]))
    else:
        said |= {"amount": 25, "earned_at": at(step - 30)} | draw(st.sampled_from([{}, {"expires_at": at(step + 20)}]))
    return [(step, said)]


@st.composite
def stories(draw: st.DrawFn) -> Said:
    """Return a case without expectations."""
    brought = {"do": "import", "amount": 10, "earned_at": at(0)}
    parts: Sequence[list[tuple[int, Said]]] = [
        [(1, brought | {"arrives": at(1), "id": f"b{name}", "member": name}) for name in MEMBERS],
        *[draw(orders(number)) for number in range(draw(st.integers(2, 6)))],
        *[draw(others(number)) for number in range(draw(st.integers(0, 5)))],
        *[draw(requests(number)) for number in range(draw(st.integers(3, 8)))],
    ]
    steps = sorted((step for part in parts for step in part), key=lambda step: step[0])
    second = draw(st.none() | versions(draw(st.integers(10, LAST))))
    ends = [{"do": "clock", "arrives": at(LAST + later)} for later in (104, 300)]
    return {
        "name": "invented",
        "shops": {name: {"zone": draw(st.sampled_from(ZONES)), "currency": "EUR"} for name in ("s1", "s2")},
        "programme": [draw(versions(0)), *([second] if second else [])],
        "steps": [*(step for _, step in steps), *ends],
    }
