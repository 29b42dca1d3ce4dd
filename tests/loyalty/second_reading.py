"""A second reading of what facts deserve: written apart, the slow way, importing nothing of the app.

It takes facts and versions as the case files write them and answers what every source is due, and the tier. Where the
app keeps running sums and plans the midnights that matter, this asks every fact anew at every midnight there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

Json = Mapping[str, Any]
DAY = timedelta(days=1)


@cache
def when(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def cents(text: str | None) -> int:
    amount = Fraction(text or "0") * 100
    assert amount.denominator == 1
    return int(amount)


@cache
def dawn(day: date, zone: str) -> datetime:
    """The first instant of a local day, found minute by minute."""
    instant = datetime.combine(day - DAY, time(0), UTC)
    while instant.astimezone(ZoneInfo(zone)).date() < day:
        instant += timedelta(minutes=15)
    return instant


@cache
def day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


@cache
def months_back(day: date, months: int) -> date:
    year, month = day.year, day.month - months
    while month < 1:
        year, month = year - 1, month + 12
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    exact = [Fraction(amount * weight, whole) for weight in weights]
    shares = [floor(each) for each in exact]
    for place in sorted(range(len(weights)), key=lambda n: (shares[n] - exact[n], n))[: amount - sum(shares)]:
        shares[place] += 1
    return shares


@dataclass
class Scene:
    """Versions in the order of publication, shops (home first), and the facts as they finally stand."""

    versions: Sequence[Json]
    shops: Mapping[str, Json]
    orders: Sequence[Json] = ()
    reviews: Sequence[Json] = ()
    sign_ups: Sequence[Json] = ()
    referrals: Sequence[Json] = ()
    grants: Sequence[Json] = ()
    reckoned: dict[tuple[str, tuple[bool, ...]], int] = field(default_factory=dict)

    @property
    def home(self) -> str:
        return str(next(iter(self.shops.values()))["zone"])

    def zone(self, fact: Json) -> str:
        return str(self.shops[fact["shop"]]["zone"])

    def version(self, at: datetime) -> Json | None:
        begun = [
            (when(each["starts_at"]), number)
            for number, each in enumerate(self.versions)
            if when(each["starts_at"]) <= at
        ]
        return self.versions[max(begun)[1]] if begun else None

    def ladder(self, at: datetime) -> Json | None:
        version = self.version(at)
        return version.get("tiers") if version else None


def rules(version: Json | None, kind: str) -> list[Json]:
    return [rule for rule in version.get("earn", ()) if rule["rule"] == kind] if version else []


def base(scene: Scene, order: Json, as_of: datetime | None) -> int:
    """The base of an order in cents, by what is known as of an instant; the same knowledge is not reckoned twice."""
    told = [order.get("cancelled_at"), *(each["at"] for each in order.get("refunds", ()))]
    known = tuple(bool(at) and (as_of is None or when(at) <= as_of) for at in told)
    if (order["id"], known) not in scene.reckoned:
        refunds = [each for each, dated in zip(order.get("refunds", ()), known[1:], strict=True) if dated]
        gone = not order.get("paid_at") or known[0]
        scene.reckoned[(order["id"], known)] = 0 if gone else _base(scene, order, refunds)
    return scene.reckoned[(order["id"], known)]


def _base(scene: Scene, order: Json, refunds: Sequence[Json]) -> int:
    """FORMAT section 4."""
    version = scene.version(when(order["placed_at"])) or {}
    counts = version.get("base") or {}
    goods = [line for line in order["lines"] if not line.get("gift_card")]
    cards = {line["id"] for line in order["lines"] if line.get("gift_card")}
    paid = [max(0, line["quantity"] * cents(line["unit_price"]) - cents(line.get("discount"))) for line in goods]
    off = min(sum(paid), cents(order.get("discount")))
    paid = [amount - part for amount, part in zip(paid, share_out(off, paid), strict=True)]
    loose = 0
    for refund in refunds:
        for named in refund.get("lines") or ():
            amount = cents(named["amount"])
            if named["line"] in cards:
                continue
            for place, line in enumerate(goods):
                if line["id"] == named["line"]:
                    taken = min(paid[place], amount)
                    paid[place] -= taken
                    amount -= taken
            loose += amount
        if not refund.get("lines"):
            loose += cents(refund.get("amount"))
    total = sum(paid) - min(loose, sum(paid))
    loose -= min(loose, sum(paid))
    tax = max(0, cents(order.get("tax")) - sum(cents(each.get("tax")) for each in refunds)) if counts.get("tax") else 0
    sent = cents(order.get("shipping")) - sum(cents(each.get("shipping")) for each in refunds)
    sent = max(0, sent) if counts.get("shipping") else 0
    return int(total + max(0, tax + sent - loose))


@dataclass
class Reading:
    """What every source of a member is due, and the tier at the end."""

    dues: dict[str, int] = field(default_factory=dict)
    tier: str | None = None


@dataclass
class _Member:
    """One member's walk through time."""

    scene: Scene
    name: str
    orders: list[Json]
    others: list[tuple[datetime, str, int]]
    """Facts that count by points and change no more: (at, source, points)."""
    referred: list[tuple[str, int, "_Friend"]]
    """(source, points, friend) of referrals with this member on either side."""
    multipliers: dict[str, Fraction] = field(default_factory=dict)
    earned: dict[tuple[str, int], int] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    level: str | None = None
    below_since: date | None = None

    def points(self, order: Json, as_of: datetime | None) -> int:
        paid = base(self.scene, order, as_of)
        if (order["id"], paid) not in self.earned:
            version = self.scene.version(when(order["placed_at"]))
            half = Fraction(1, 2) if version is not None and version.get("rounding") == "half_up" else Fraction(0)
            self.earned[(order["id"], paid)] = sum(
                floor(
                    Fraction(paid, cents(rule["per"])) * Fraction(rule["points"]) * self.multipliers[order["id"]] + half
                )
                for rule in rules(version, "amount")
            )
        return self.earned[(order["id"], paid)]

    def worth(self, measure: str, as_of: datetime | None) -> Iterator[tuple[date, int]]:
        """What everything that entered is worth as of an instant, by the day it lies in."""
        for order in self.orders:
            if f"order:{order['id']}" not in self.entered or self.scene.version(when(order["placed_at"])) is None:
                continue
            paid = base(self.scene, order, as_of)
            value = {"spend": paid, "orders": int(paid > 0)}.get(measure)
            value = self.points(order, as_of) if value is None else value
            yield day_of(when(order["paid_at"]), self.scene.zone(order)), value
        if measure != "points":
            return
        for at, source, points in self.others:
            if source in self.entered:
                yield day_of(at, self.scene.home), points
        for source, points, friend in self.referred:
            first = friend.due_by(as_of, {order for each, order in self._first_orders() if each == source})
            if first is not None:
                yield day_of(when(first["paid_at"]), self.scene.home), points

    def _first_orders(self) -> list[tuple[str, str]]:
        return [
            (source, order["id"])
            for source, _, friend in self.referred
            for order in friend.orders
            if f"{source}/{order['id']}" in self.entered
        ]

    def activity(self, ladder: Json, today: date, as_of: datetime | None) -> int:
        window = ladder["window"]
        total = 0
        for day, value in self.worth(ladder["measure"], as_of):
            inside = window["kind"] == "lifetime" or (window["kind"] == "calendar_year" and day.year == today.year)
            if window["kind"] == "rolling_months":
                inside = months_back(today, window["months"]) < day <= today
            total += value if inside else 0
        return total

    def reached(self, ladder: Json, today: date, as_of: datetime | None) -> list[str]:
        measured = self.activity(ladder, today, as_of)
        return [
            level["id"]
            for level in ladder["levels"]
            if measured >= (cents(level["threshold"]) if ladder["measure"] == "spend" else level["threshold"])
        ]

    # -- the walk ------------------------------------------------------------------------------------------------

    def happenings(self, until: datetime) -> list[tuple[datetime, int, str, Any]]:
        """(at, what comes first, source, what): midnights, version starts, facts and refunds."""
        found: list[tuple[datetime, int, str, Any]] = [
            (when(each["starts_at"]), 1, "", None) for each in self.scene.versions if when(each["starts_at"]) <= until
        ]
        for order in self.orders:
            source = f"order:{order['id']}"
            found.append((when(order["paid_at"]), 2, source, order))
            found += [(when(each["at"]), 3, source, None) for each in order.get("refunds", ())]
        found += [(at, 2, source, source) for at, source, _ in self.others]
        for source, _, friend in self.referred:
            found += [(when(order["paid_at"]), 2, source, f"{source}/{order['id']}") for order in friend.orders]
        day = min((day_of(at, self.scene.home) for at, *_ in found), default=day_of(until, self.scene.home))
        last = max(until, *(at for at, *_ in found)) if found else until
        while dawn(day, self.scene.home) <= last:
            found.append((dawn(day, self.scene.home), 0, "", day))
            day += DAY
        return sorted(found, key=lambda each: each[:3])

    def walk(self, until: datetime) -> None:
        for at, kind, source, what in self.happenings(until):
            if kind == 0:
                if at <= until:
                    self._midnight(at, what)
                continue
            if kind == 1:
                self._version(at)
            elif isinstance(what, Mapping):
                self._pay(at, source, what)
            elif what is not None:
                self.entered.add(what)
            self._rise(at, self.scene.ladder(at))

    def _pay(self, at: datetime, source: str, order: Json) -> None:
        version = self.scene.version(when(order["placed_at"]))
        levels = (version.get("tiers") or {}).get("levels", ()) if version else ()
        mine = [level for level in levels if level["id"] == self.level]
        self.multipliers[order["id"]] = Fraction(*mine[0].get("multiplier", (1, 1))) if mine else Fraction(1)
        self.entered.add(source)
        del at

    def _rise(self, at: datetime, ladder: Json | None) -> None:
        if ladder is None:
            return
        names = [level["id"] for level in ladder["levels"]]
        held = names.index(self.level) if self.level in names else -1
        reached = self.reached(ladder, day_of(at, self.scene.home), at)
        if len(reached) - 1 > held:
            self.level, self.below_since = reached[-1], None

    def _version(self, at: datetime) -> None:
        ladder = self.scene.ladder(at)
        if ladder is None:
            self.level, self.below_since = None, None
        elif self.level is not None and self.level not in [level["id"] for level in ladder["levels"]]:
            reached = self.reached(ladder, day_of(at, self.scene.home), at)
            self.level, self.below_since = (reached[-1] if reached else None), None

    def _midnight(self, at: datetime, today: date) -> None:
        # A version that starts at this very instant comes after the midnight.
        ladder = self.scene.ladder(at - timedelta.resolution)
        self._rise(at, ladder)
        if ladder is None or self.level is None:
            return
        names = [level["id"] for level in ladder["levels"]]
        if self.level not in names:
            return
        held, reached = names.index(self.level), self.reached(ladder, today, at)
        if len(reached) - 1 >= held:
            self.below_since = None
            return
        self.below_since = self.below_since or today
        if today < self.below_since + ladder["grace_days"] * DAY or ladder["downgrade"] == "never":
            return
        if ladder["downgrade"] == "qualified":
            self.level, self.below_since = (reached[-1] if reached else None), None
            return
        self.level = names[held - 1] if held else None
        self.below_since = today if held - 1 > len(reached) - 1 else None

    def entry_rewards(self, until: datetime) -> dict[str, int]:
        """Each level's once a period, by everything known at the end."""
        self.entered.clear()
        dues: dict[str, int] = {}
        moments = [each for each in self.happenings(until) if each[1] in {1, 2}]
        settled: dict[str, None] = {}
        final = {source: friend.due_by(None, None) for source, _, friend in self.referred}
        for at, kind, source, what in moments:
            is_order = isinstance(what, Mapping)
            if is_order:
                self.entered.add(source)
            elif what is not None:
                first = final.get(source)
                if "/" in what and (first is None or what != f"{source}/{first['id']}"):
                    continue
                self.entered.add(what)
            ladder, version = self.scene.ladder(at), self.scene.version(at)
            if ladder is None or version is None or (kind == 2 and not is_order and ladder["measure"] != "points"):
                continue
            today = day_of(at, self.scene.home)
            period = "lifetime" if ladder["window"]["kind"] == "lifetime" else str(today.year)
            reached = self.reached(ladder, today, None)
            for level in ladder["levels"]:
                name = f"tier:{self.name}:{level['id']}:{period}"
                if level["id"] in reached and name not in settled:
                    settled[name] = None
                    dues[name] = level.get("entry_reward", 0)
        return dues


@dataclass
class _Friend:
    """The friend's side of a referral: the orders that were first when they were paid."""

    scene: Scene
    referral: Json
    rule: Json
    orders: list[Json]

    def due_by(self, as_of: datetime | None, entered: set[str] | None) -> Json | None:
        """The order that makes the referral due as of an instant."""
        for order in self.orders:
            if entered is not None and order["id"] not in entered:
                continue
            paid = base(self.scene, order, as_of)
            if paid > 0:
                enough = paid >= cents(self.rule.get("min_amount"))
                in_time = when(order["paid_at"]) >= when(self.referral["at"])
                return order if enough and in_time else None
        return None


def first_orders(scene: Scene, orders: Sequence[Json]) -> list[Json]:
    """Orders of rank 1: before which none counted at their payment."""
    return [
        order
        for place, order in enumerate(orders)
        if not any(base(scene, earlier, when(order["paid_at"])) > 0 for earlier in orders[:place])
    ]


def paid_orders(scene: Scene, member: str) -> list[Json]:
    paid = [order for order in scene.orders if order["member"] == member and order.get("paid_at")]
    return sorted(paid, key=lambda order: (when(order["paid_at"]), order["id"]))


def _reviews(scene: Scene, member: str) -> Iterator[tuple[datetime, str, int]]:
    done: set[str] = set()
    for review in sorted(scene.reviews, key=lambda each: (when(each["at"]), each["id"])):
        at = when(review["at"])
        points = sum(rule["points"] for rule in rules(scene.version(at), "review"))
        bought = any(
            line.get("product") == review["product"]
            and when(order["paid_at"]) <= at
            and not (order.get("cancelled_at") and when(order["cancelled_at"]) <= at)
            for order in paid_orders(scene, member)
            for line in order["lines"]
        )
        if review["member"] == member and review["approved"] and bought and points and review["product"] not in done:
            done.add(review["product"])
            yield at, f"review:{review['id']}", points


def _referrals(scene: Scene, member: str) -> Iterator[tuple[str, int, _Friend]]:
    for friend in {referral["friend"] for referral in scene.referrals}:
        told = [referral for referral in scene.referrals if referral["friend"] == friend]
        first = min(told, key=lambda each: (when(each["at"]), each["id"]))
        for rule in rules(scene.version(when(first["at"])), "referral")[:1]:
            side = _Friend(scene, first, rule, first_orders(scene, paid_orders(scene, friend)))
            if first["advocate"] == member:
                yield f"referral:{first['id']}", rule["points"], side
            elif friend == member:
                yield f"referral:{first['id']}", rule.get("friend_points", 0), side


def read(scene: Scene, member: str, now: datetime) -> Reading:
    """Return what every source of a member is due by everything known, and the tier at ``now``."""
    others = list(_reviews(scene, member))
    joined = [when(each["at"]) for each in scene.sign_ups if each["member"] == member]
    if joined:
        points = sum(rule["points"] for rule in rules(scene.version(min(joined)), "sign_up"))
        others += [(min(joined), f"sign_up:{member}", points)] if points else []
    granted = [(when(each["at"]), each["source"], each["amount"]) for each in scene.grants if each["member"] == member]
    referred = list(_referrals(scene, member))
    walker = _Member(scene, member, paid_orders(scene, member), others + granted, referred)
    walker.walk(now)
    reading = Reading(tier=walker.level if scene.ladder(now) is not None else None)
    for order in walker.orders:
        reading.dues[f"order:{order['id']}"] = walker.points(order, None)
    reading.dues |= {source: points for _, source, points in others}
    for source, points, friend in referred:
        reading.dues[source] = points if friend.due_by(None, None) is not None else 0
    reading.dues |= walker.entry_rewards(now)
    reading.dues = {source: due for source, due in reading.dues.items() if due}
    return reading
