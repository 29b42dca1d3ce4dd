"""What is written down and handed on holds no secret and no person, whoever asked what, and whatever went wrong."""

import io
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.cli import logs
from app.db import inbox
from app.db.inbox import Arrival
from app.db.tables import RedemptionRow
from app.db.unit import reading, unit_of_work
from app.web.storefront import membership
from jobs import inbox as inbox_job
from jobs import members as members_job
from jobs import outbox as outbox_job
from tests.walls.calls import routes
from tests.walls.neighbours import Neighbour, invented
from tests.walls.roles import ROLES, Street
from tests.walls.test_signatures import SIGNINGS, VECTORS, Doors, doors
from tests.web.shops import CLIENT_SECRET, JUDGEME_SECRET, SHOPPER_SECRET, WEBHOOK_SECRET, order, token

__all__ = ["doors"]  # a fixture

TYPED = {
    "note": "Prefers the side door",
    "answer": "Too late",
    "correction": "Prefers tea",
    "friend": "friend@example.com",
}


class Written:
    """Everything that processes write: lines of ours, lines of libraries, what goes to the terminal, the queue."""

    def __init__(self) -> None:
        self.ours = io.StringIO()
        self.theirs = io.StringIO()

    def text(self) -> str:
        return self.ours.getvalue() + self.theirs.getvalue()


@pytest.fixture
def written() -> Iterator[Written]:
    """Write as a server does, into what can be read here."""
    found, before = Written(), structlog.get_config()
    for module in list(sys.modules.values()):
        kept = getattr(module, "log", None)
        if isinstance(kept, type(structlog.get_logger())):
            vars(kept).pop("bind", None)  # what it was first told, in another test, it keeps for good
    logs.configure(machine=True)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(found.ours), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(found.theirs)
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)
    structlog.configure(**before)


def canaries(street: Street) -> dict[str, str]:
    """Return what must stand nowhere, by what it is."""
    found = {
        "the app's secret at Shopify": CLIENT_SECRET,
        "the app's secret at the review app": JUDGEME_SECRET,
        "the store's secret": WEBHOOK_SECRET,
        "the plugin's secret": SHOPPER_SECRET,
        "the access token": "shpat_1",
        "the refresh token": "shprt_1",
        "a shopper's token": token(street.mado.shop, street.mado.customer, at=street.clock.now).split(".")[1][:40],
        **{f"what was typed: {name}": text for name, text in TYPED.items()},
        **{f"what was sent: {name}": f"canary-{name}" for name in ("mail", "name", "street", "phone", "comment")},
    }
    for origin, signing in SIGNINGS.items():
        found[f"a signature of {origin}"] = signing.sign(b'{"canary": 1}')
    for name, neighbour in (("tidewell", street.tidewell), ("mado", street.mado), ("stranger", street.stranger)):
        found |= _of(street, name, neighbour)
    return found


def _of(street: Street, name: str, neighbour: Neighbour) -> dict[str, str]:
    first, second = neighbour.customer, f"{neighbour.customer[:-1]}2"
    with reading(street.works.engine, neighbour.shop.programme_id) as session:
        codes = session.scalars(select(RedemptionRow.code)).all()
    return {
        f"{name}: the first one's address": f"{first}@example.com",
        f"{name}: the second one's address": f"{second}@example.com",
        f"{name}: the first one's name": f"Person {first}",
        f"{name}: the second one's name": f"Person {second}",
        f"{name}: the hook's word": neighbour.ids["hook_word"],
        f"{name}: the first one's link": neighbour.ids["link"],
        f"{name}: the second one's link": neighbour.others["link"],
        **{f"{name}: code {number}": code for number, code in enumerate(codes) if code},
    }


PERSON = {
    "email": "canary-mail@example.com",
    "phone": "canary-phone",
    "billing_address": {"address1": "canary-street", "phone": "canary-phone"},
    "note": "canary-comment",
}


def everything(street: Street, doors: Doors, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let everybody ask everything, and much go wrong; return the addresses that answers lead to."""
    led: list[str] = []
    for role in ROLES:
        own = role.at(street).ids
        for route in routes(street.app):
            led += [role.ask(street, route, ids).headers.get("Location", "") for ids in (own, invented(own))]
    for origin, signing in SIGNINGS.items():
        for vector in VECTORS.values():
            doors.send(origin, vector(signing))
        doors.send(origin, (b'{"canary": 1}', signing.sign(b'{"canary": 1}')))
    _things_go_wrong(street, monkeypatch)
    return led


def _things_go_wrong(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    works = street.works
    shop = street.tidewell.shop
    whole = order(8001, 9, 500, **PERSON).replace(b"Maya", b"canary-name")
    bodies = (whole, whole[:-9], json.dumps(PERSON).encode())
    for number, body in enumerate(bodies):
        with unit_of_work(works.engine, shop.programme_id) as session:
            arrival = Arrival("shopify", "orders/paid", f"canary-{number}", body, versioned=True)
            inbox.accept(session, works.cipher, shop.programme_id, shop.shop_id, arrival, works.clock())

    def stumble(*_args: object, **_kwargs: object) -> Any:  # noqa: ANN401 - it never returns
        words = f"{PERSON} {CLIENT_SECRET}"
        raise IntegrityError(words, {"email": PERSON["email"]}, ValueError(words))

    with monkeypatch.context() as broken:
        broken.setattr(inbox_job, "settle_facts", stumble)
        inbox_job.drain(works, shop.programme_id, shop.shop_id)
        broken.setattr(membership, "join_member", stumble)
        broken.setattr(membership, "_find", stumble)
        for role in (each for each in ROLES if each.name.startswith(("a shopper by", "a shopper of"))):
            for route in routes(street.app):
                if role.may(route):
                    role.ask(street, route, role.at(street).ids)
    while inbox_job.drain(works, shop.programme_id, shop.shop_id):
        pass
    # No shop listens here: every effect fails, and says so.
    monkeypatch.setattr("integrations.transport.public_addresses", stumble)
    for neighbour in (street.tidewell, street.mado):
        outbox_job.drain(works, neighbour.shop.programme_id, neighbour.shop.shop_id)
        members_job.tend(works, neighbour.shop.programme_id)


def hits(where: str, found: Mapping[str, str]) -> list[str]:
    return [what for what, text in found.items() if text in where]


def test_no_canary_stands_in_a_line_an_address_or_the_queue(
    street: Street, doors: Doors, written: Written, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    led = everything(street, doors, monkeypatch)
    found = canaries(street)
    out, err = capfd.readouterr()
    lines = written.text() + out + err

    assert len(found) >= 50
    assert "crashed" in lines
    assert "delivery_failed" in lines
    assert "effect_failed" in lines
    assert hits(lines, found) == []
    assert hits(unquote("\n".join(led)), found) == []
    assert hits(repr(street.works.bell.rings), found) == []  # type: ignore[attr-defined]
    assert hits(repr(street.works) + repr(street.works.cipher), {"a key": street.works.cipher.keys[0], **found}) == []


def test_what_is_sent_cannot_write_a_line_of_its_own(street: Street, written: Written) -> None:
    for line in ('x\n{"event": "forged"}', "x\r\nforged", "x\u2028forged", "x\x1b[2Jforged"):
        street.app.test_client().get(f"/members/{line}", headers={"X-Forwarded-For": line.encode().hex()})
        structlog.get_logger().warning("effect_failed", code=line)

    assert [json.loads(line)["event"] for line in written.ours.getvalue().splitlines()] == ["effect_failed"] * 4
