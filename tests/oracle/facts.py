"""What is known: shops, versions and the facts told so far, kept as they were told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.oracle.days import instant, last_good, maybe
from tests.oracle.money import exponent

Json = Mapping[str, Any]


RULES = {"amount", "sign_up", "review", "referral", "first_order", "kth_order", "birthday", "event"}
PARTS = {"starts_at", "rounding", "pending_days", "expiry", "clawback", "after_use", "base"}
PARTS |= {"earn", "tiers", "rewards", "campaigns"}


@dataclass(frozen=True, slots=True)
class Version:
    """One version, its content as written."""

    starts_at: datetime
    said: Json

    @staticmethod
    def of(said: Json) -> "Version":
        """Return a version. Raises ValueError for what the page of meanings does not describe."""
        unknown = (said.keys() - PARTS) | ({rule["rule"] for rule in said.get("earn", [])} - RULES)
        if unknown:
            raise ValueError(f"nothing is said about {', '.join(sorted(unknown))}")
        return Version(instant(said["starts_at"]), said)

    def rules(self, kind: str) -> list[Json]:
        """Return the earning rules of a kind."""
        return [rule for rule in self.said.get("earn", []) if rule["rule"] == kind]

    @property
    def ladder(self) -> Json | None:
        return self.said.get("tiers")

    @property
    def clawback(self) -> str:
        return str(self.said.get("clawback", "owe"))

    @property
    def waiting(self) -> timedelta:
        return timedelta(days=self.said.get("pending_days", 0))

    @property
    def ends_with_the_day(self) -> bool:
        return bool((self.said.get("expiry") or {}).get("end_of_day", True))

    def expiry(self, moment: datetime, release_at: datetime, zone: str) -> datetime | None:
        """Return when a lot with these instants expires; never before it is released."""
        said = self.said.get("expiry")
        if not said:
            return None
        since = moment if said.get("from", "fact") == "fact" else release_at
        return max(release_at, last_good(since, said["days"], zone, end_of_day=self.ends_with_the_day))


@dataclass(frozen=True, slots=True)
class Order:
    """The snapshot of an order that counts."""

    said: Json
    shop: str

    @property
    def id(self) -> str:
        return str(self.said["id"])

    @property
    def member(self) -> str:
        return str(self.said["member"])

    @property
    def source(self) -> str:
        return f"order:{self.id}"

    @property
    def placed_at(self) -> datetime:
        return instant(self.said["placed_at"])

    @property
    def paid_at(self) -> datetime | None:
        return maybe(self.said.get("paid_at"))

    @property
    def cancelled_at(self) -> datetime | None:
        return maybe(self.said.get("cancelled_at"))

    @property
    def code(self) -> str | None:
        """The redemption whose code was used."""
        return (self.said.get("own_discount") or {}).get("redemption")

    @property
    def turning_points(self) -> list[datetime]:
        """The instants of its refunds and of its cancellation."""
        refunds = [instant(refund["at"]) for refund in self.said.get("refunds") or []]
        return refunds + ([self.cancelled_at] if self.cancelled_at else [])


@dataclass(slots=True)
class World:
    """Everything told so far."""

    zones: dict[str, str]
    currencies: dict[str, str]
    decimals: int
    versions: list[Version] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    reviews: dict[str, tuple[str, Json]] = field(default_factory=dict)
    sign_ups: dict[str, tuple[str, Json]] = field(default_factory=dict)
    birthdays: dict[tuple[str, datetime], tuple[str, Json]] = field(default_factory=dict)
    referrals: dict[str, Json] = field(default_factory=dict)
    events: dict[str, tuple[str, Json]] = field(default_factory=dict)
    given: list[tuple[str, str, datetime, int]] = field(default_factory=list)  # member, source, moment, amount

    @staticmethod
    def of(case: Json) -> "World":
        """Return a world in which nothing has been told yet, with the versions a case begins with."""
        shops = case.get("shops") or {"s1": {"zone": "UTC", "currency": "EUR"}}
        currencies = {id: shop.get("currency", "EUR") for id, shop in shops.items()}
        unit = case.get("unit") or {"name": "points"}
        cashback = unit["name"] in currencies.values()
        decimals = exponent(unit["name"]) if cashback else unit.get("decimals", 0)
        world = World({id: shop.get("zone", "UTC") for id, shop in shops.items()}, currencies, decimals)
        world.versions = [Version.of(said) for said in case["programme"]]
        return world

    @property
    def home(self) -> str:
        """The first shop."""
        return next(iter(self.zones))

    @property
    def home_zone(self) -> str:
        return self.zones[self.home]

    def version_at(self, at: datetime, *, before: bool = False) -> Version | None:
        """Return the version in force at an instant, or (`before`) just before it; None before the first."""
        begun = [one for one in self.versions if one.starts_at < at or (one.starts_at == at and not before)]
        return max(reversed(begun), key=lambda version: version.starts_at, default=None)

    def paid_orders(self, member: str) -> list[Order]:
        """Return a member's paid orders by their place: (paid, id)."""
        paid = [(o.paid_at, o.id) for o in self.orders.values() if o.member == member and o.paid_at]
        return [self.orders[id] for _, id in sorted(paid)]

    def members(self) -> set[str]:
        """Return everybody any fact names."""
        told = [*self.reviews.values(), *self.sign_ups.values(), *self.birthdays.values(), *self.events.values()]
        named = {said["member"] for _, said in told}
        for referral in self.referrals.values():
            named |= {referral["advocate"], referral["friend"]}
        return named | {order.member for order in self.orders.values()} | {given[0] for given in self.given}
