"""What shops tell in a campaign: facts that change, twice, shuffled and with poison between; the same for a seed."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

Json = dict[str, Any]

PROGRAMME: Final[Json] = {
    "pending_days": 5,
    "earn": [
        {"rule": "amount", "points": "1", "per": "1.00"},
        {"rule": "sign_up", "points": 100},
        {"rule": "review", "points": 25},
    ],
    "tiers": {
        "measure": "spend",
        "window": {"kind": "lifetime"},
        "levels": [{"id": "silver", "threshold": "200.00"}, {"id": "gold", "threshold": "600.00"}],
    },
}
"""In the words of the case files, which both the app and the oracle read; it starts shortly before the first fact."""
_OLD: Final = timedelta(days=15)
"""No fact is older. The oracle goes through every midnight since the programme's start, so it starts no sooner."""
DUPLICATES: Final = 0.10
POISON: Final = 0.01
WINDOW: Final = 2_000
"""Deliveries that may overtake one another."""
_ORDERS_A_MEMBER: Final = 3
_POISONS: Final = (b"{", b"[]", b'"words"', b'{"id": 5}', b'{"id":"x","member":"m"}', b"\xff\xfe", b"null")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery to be made. ``good``: it says something."""

    shop: int
    topic: str
    body: bytes
    good: bool = True


@dataclass(slots=True)
class Traffic:
    """The programme of every shop, deliveries in the order in which they are sent, and what is true in the end."""

    programme: Json
    parcels: list[Parcel] = field(default_factory=list)
    truth: dict[tuple[int, str], list[tuple[str, Json]]] = field(default_factory=dict)
    """What was told, by shop and member."""
    doubled: int = 0


def traffic(seed: int, count: int, shops: int, now: datetime) -> Traffic:
    """Return ``count`` deliveries of so many shops; ``now`` is the youngest instant that anything is dated by."""
    base = now.replace(minute=30, second=0, microsecond=0) - timedelta(hours=2)
    chance, made = Random(seed), Traffic({"starts_at": _z(base - _OLD), **PROGRAMME})
    wanted = int(count * (1 - DUPLICATES - POISON))
    number = 0
    while len(made.parcels) < wanted:
        number += 1
        for parcel in _member(chance, chance.randrange(shops), number, base):
            made.parcels.append(parcel)
    del made.parcels[wanted:]
    made.parcels += [
        Parcel(chance.randrange(shops), "order", _poison(chance, n), good=False) for n in range(count // 100)
    ]
    again = chance.sample(made.parcels, count - len(made.parcels))
    made.doubled = len(again)
    chance.shuffle(made.parcels)
    for parcel in again:
        made.parcels.insert(chance.randrange(len(made.parcels) + 1), parcel)
    _shuffle_windows(chance, made.parcels)
    made.truth = _truth(made.parcels)
    return made


def _poison(chance: Random, number: int) -> bytes:
    return chance.choice(_POISONS) + b" " * number  # bodies of their own: equal ones would be one delivery


def _shuffle_windows(chance: Random, parcels: list[Parcel]) -> None:
    for begin in range(0, len(parcels), WINDOW):
        window = parcels[begin : begin + WINDOW]
        chance.shuffle(window)
        parcels[begin : begin + WINDOW] = window


def _truth(parcels: list[Parcel]) -> dict[tuple[int, str], list[tuple[str, Json]]]:
    """Return what was said of each member; the oracle takes the latest snapshot by itself."""
    found: dict[tuple[int, str], list[tuple[str, Json]]] = {}
    for parcel in dict.fromkeys(parcels):
        if parcel.good:
            said = json.loads(parcel.body)
            found.setdefault((parcel.shop, said["member"]), []).append((parcel.topic, said))
    return found


def _member(chance: Random, shop: int, number: int, base: datetime) -> list[Parcel]:
    """Return what happens in one member's life: an account, some orders that change, perhaps a review."""
    member, parcels = f"m{number}", []
    joined = base - timedelta(hours=chance.randrange(24 * 12, 24 * 14))
    parcels.append(_parcel(shop, "sign_up", {"member": member, "at": _z(joined)}))
    for order in range(chance.randint(1, _ORDERS_A_MEMBER)):
        parcels += _order(chance, shop, member, f"o{number}-{order}", base)
    if chance.random() < 0.2:
        at = _z(base - timedelta(hours=chance.randrange(1, 48)))
        review: Json = {
            "id": f"r{number}",
            "member": member,
            "product": "p1",
            "at": at,
            "updated_at": at,
            "approved": True,
        }
        parcels.append(_parcel(shop, "review", review))
    return parcels


def _order(chance: Random, shop: int, member: str, name: str, base: datetime) -> list[Parcel]:
    """Return an order's snapshots: placed, paid, and often refunded in part or cancelled."""
    placed = base - timedelta(hours=chance.randrange(24 * 3, 24 * 11))
    cents = chance.randrange(100, 30_000)
    said: Json = {
        "id": name,
        "member": member,
        "updated_at": _z(placed),
        "placed_at": _z(placed),
        "paid_at": None,
        "lines": [{"id": "l1", "product": f"p{chance.randint(1, 3)}", "quantity": 1, "unit_price": _money(cents)}],
    }
    snapshots = [said]
    paid = placed + timedelta(hours=1)
    snapshots.append({**said, "paid_at": _z(paid), "updated_at": _z(paid)})
    fate = chance.random()
    later = placed + timedelta(hours=chance.randrange(2, 48))
    if fate < 0.25:
        refund = {"id": f"{name}-r1", "at": _z(later), "amount": _money(chance.randrange(1, cents + 1))}
        snapshots.append({**snapshots[-1], "updated_at": _z(later), "refunds": [refund]})
    elif fate < 0.35:
        snapshots.append({**snapshots[-1], "updated_at": _z(later), "cancelled_at": _z(later)})
    return [_parcel(shop, "order", snapshot) for snapshot in snapshots]


def _parcel(shop: int, topic: str, said: Json) -> Parcel:
    return Parcel(shop, topic, json.dumps(said).encode())


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _z(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
