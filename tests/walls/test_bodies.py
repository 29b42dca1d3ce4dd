"""Hostile bodies on their whole way: every one is answered, and ends where people see it; none stops the others."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import cycle
from typing import Any, Final

import pytest
from sqlalchemy import select

from app.db import inbox
from app.db.inbox import Arrival
from app.db.tables import InboxRow
from app.db.unit import reading, unit_of_work
from app.web.webhooks import BODY_MAX_BYTES
from integrations.reviews.judgeme import TOPIC as REVIEW
from jobs import audit
from jobs import inbox as inbox_job
from tests.factories.bodies import order_body, referral_body, review_body, sign_up_body
from tests.integrations.conformance import HOSTILE, ODD, QUAINT, REMOVED, change, paths
from tests.integrations.reviews.test_judgeme import PAYLOADS as REVIEWS
from tests.integrations.shopify.shops import payloads as of_shopify
from tests.integrations.woocommerce.test_conformance import fetched
from tests.integrations.woocommerce.test_conformance import payloads as of_woocommerce
from tests.walls.roles import Street
from tests.walls.test_signatures import SIGNINGS, Doors, doors
from tests.web.shops import Shop, connect

__all__ = ["doors"]  # a fixture

WRITTEN: Final = ("1e999", "NaN", "-Infinity", "9" * 5_000, "[" * 900 + "]" * 900, "-0.0", "1.0", "1E2", '"\\ud83d"')
"""What JSON's own writer would not write, put where a field's value stands."""
_HERE: Final = "here stands what is written otherwise"
ENDS: Final = frozenset({"done", "ignored", "refused", "quarantined"})
BODIES: Final = {**HOSTILE, **QUAINT}

RECORDED: Final[Mapping[str, tuple[tuple[str, bytes], ...]]] = {
    "shopify": tuple(of_shopify().values()),
    "woocommerce": (*of_woocommerce().values(), *fetched()),
    "judgeme": tuple((REVIEW, body) for body in REVIEWS.values()),
    "neutral": (
        ("order", order_body()), ("sign_up", sign_up_body()), ("referral", referral_body()), ("review", review_body()),
    ),
}  # fmt: skip
"""Recorded bodies of each origin, with their topics."""


@pytest.mark.parametrize("origin", SIGNINGS)
def test_whatever_a_signed_body_is_it_is_taken_and_ends_with_a_reason(origin: str, doors: Doors) -> None:
    works, signing = doors.street.works, SIGNINGS[origin]
    wrong: dict[str, object] = {}
    for number, (name, body) in enumerate(BODIES.items()):
        unsigned = doors.send(origin, (body, None))
        more = {"headers": {"X-Shopify-Webhook-Id": f"hostile-{number}"}}
        signed = doors.send(origin, (body, signing.sign(body)), **more)
        too_large = len(body) > BODY_MAX_BYTES
        # A review app's shop stands in the body: one that cannot be read is nobody's.
        good = {413} if too_large else {200, 400, 401} if origin == "judgeme" else {200}
        if signed not in good or unsigned != (413 if too_large else 401):
            wrong[name] = (signed, unsigned)
    for shop in (doors.street.tidewell.shop, doors.street.mado.shop, doors.plain):
        while inbox_job.drain(works, shop.programme_id, shop.shop_id):
            pass
    with reading(works.engine) as session:
        rows = session.scalars(select(InboxRow).where(InboxRow.origin == origin)).all()
    wrong |= {f"{row.key}": (row.state, row.reason) for row in rows if row.state not in ENDS or not row.reason}

    assert wrong == {}
    assert len(rows) >= (1 if origin == "judgeme" else len(BODIES) // 2)


def spoiled(recorded: tuple[tuple[str, bytes], ...], times: int) -> Iterator[tuple[str, str, bytes]]:
    """Return recorded bodies with one field spoiled: every field of every topic, each in a few of all the ways.

    What is spoiled how goes round, so that neighbouring fields are spoiled in different ways.
    """
    ways = cycle([*ODD, REMOVED, *WRITTEN])
    known: set[tuple[str, tuple[str, ...]]] = set()
    for topic, body in recorded:
        whole: Any = json.loads(body)
        for path in paths(whole):
            shape = (topic, tuple("[]" if isinstance(step, int) else step for step in path))
            if shape in known:
                continue
            known.add(shape)
            for _ in range(times):
                value = next(ways)
                written = isinstance(value, str) and value in WRITTEN
                document = deepcopy(whole)
                change(document, path, _HERE if written else value)
                text = json.dumps(document)
                if written:
                    text = text.replace(json.dumps(_HERE), str(value))
                what = "removed" if value is REMOVED else ascii(value)[:40]
                yield topic, f"{topic} {'.'.join(map(str, path))} = {what}", text.encode()


@pytest.fixture(scope="module")
def shops(street: Street) -> Mapping[str, Shop]:
    """A shop for each origin's spoiled bodies."""
    return {
        "shopify": street.tidewell.shop,
        "judgeme": street.tidewell.shop,
        "woocommerce": street.mado.shop,
        "neutral": connect(street.works, "neutral", "spoiled.example"),
    }


@pytest.mark.parametrize("origin", RECORDED)
def test_whatever_one_field_of_a_body_holds_the_body_ends_with_a_reason_and_the_books_are_balanced(
    origin: str, street: Street, shops: Mapping[str, Shop]
) -> None:
    works, shop, names = street.works, shops[origin], {}
    for number, (topic, name, body) in enumerate(spoiled(RECORDED[origin], times=1)):
        names[f"spoiled-{number}"] = name
        arrival = Arrival(origin, topic, f"spoiled-{number}", body, versioned=True)
        with unit_of_work(works.engine, shop.programme_id) as session:
            inbox.accept(session, works.cipher, shop.programme_id, shop.shop_id, arrival, works.clock())
    while inbox_job.drain(works, shop.programme_id, shop.shop_id):
        pass
    with reading(works.engine) as session:
        rows = session.scalars(select(InboxRow).where(InboxRow.origin == origin, InboxRow.key.in_(names))).all()
    wrong = {names[row.key]: (row.state, row.reason) for row in rows if row.state not in ENDS or row.attempts}

    assert wrong == {}
    assert len(rows) == len(names) >= 20
    assert list(audit.audit(works, shop.programme_id)) == []
