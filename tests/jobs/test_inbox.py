"""Draining the inbox: a page settles together, the bad ones are put aside, nobody waits for them."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from app.actions.disconnect_shop import disconnect_shop
from app.db import inbox, shops
from app.db.inbox import ATTEMPTS_MAX, Arrival
from app.db.tables import InboxBodyRow, InboxRow, OutboxRow, PrivacyRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Duty, Fact, Gone, Permitted, PrivacyRequest, Thing, Uninstalled
from integrations.neutral import Neutral
from integrations.platform import ANOTHER_SHOP, Ignored, Malformed, Refetch, ShopProfile, Translation
from jobs import inbox as job
from jobs.works import Works
from tests.factories.bodies import order_body, referral_body, sign_up_body
from tests.factories.ciphers import CIPHER
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.factories.works import Clock, CountingBell, works

NOW = instant("2025-02-02")


class Talkative(Neutral):
    """The neutral platform that also says what other platforms say."""

    answers: dict[str, Translation | Exception] = {}  # noqa: RUF012 - set by each test

    def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
        answer = self.answers.get(topic)
        if isinstance(answer, Exception):
            raise answer
        return answer if answer is not None else super().translate(topic, body, shop)


def talking(db: Engine, clock: Clock | None = None, **answers: Translation | Exception) -> Works:
    platform = Talkative()
    platform.answers = answers
    return works(db, clock=clock or Clock(NOW), platforms={"neutral": platform})


def arrive(ours: House, *letters: tuple[str, bytes], origin: str = "neutral") -> None:
    with unit_of_work(ours.engine) as session:
        count = len(rows(ours))
        for number, (topic, body) in enumerate(letters, count):
            arrival = Arrival(origin, topic, f"d{number:03}", body, versioned=True)
            inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, NOW)


def rows(ours: House) -> Sequence[InboxRow]:
    with reading(ours.engine) as session:
        return session.scalars(
            select(InboxRow).where(InboxRow.programme_id == ours.programme_id).order_by(InboxRow.key)
        ).all()


def states(ours: House) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in rows(ours)]


def drain(jobs: Works, ours: House) -> bool:
    return job.drain(jobs, ours.programme_id, ours.shop_id)


def test_a_page_of_news_is_settled_and_marked_and_the_outbox_is_rung_for(db: Engine) -> None:
    ours, bell = house(db), CountingBell()
    arrive(ours, ("order", order_body()), ("order", order_body("o2", "7.00")), ("sign_up", sign_up_body()))
    assert drain(works(db, clock=Clock(NOW), bell=bell), ours) is False
    assert states(ours) == [("done", None)] * 3
    assert ours.amounts("ada") == (0, 17, 0, 0)
    assert bell.rings == [("outbox", ours.programme_id, ours.shop_id)]
    assert [row.done_at for row in rows(ours)] == [NOW] * 3
    with reading(db) as session:
        assert shops.get(session, ours.programme_id, ours.shop_id).last_event_at == NOW


def test_nothing_to_do_rings_for_nothing(db: Engine) -> None:
    ours, bell = house(db), CountingBell()
    assert drain(works(db, bell=bell), ours) is False
    assert bell.rings == []


def test_a_full_page_says_there_may_be_more(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "PAGE", 2)
    monkeypatch.setattr(job, "PAGE_SQLITE", 2)
    ours, jobs = house(db), works(db, clock=Clock(NOW))
    arrive(ours, *(("order", order_body(f"o{n}")) for n in range(3)))
    assert [drain(jobs, ours), drain(jobs, ours)] == [True, False]
    assert ours.amounts("ada") == (0, 30, 0, 0)


def test_every_delivery_ends_with_a_reason(db: Engine) -> None:
    ours = house(db)
    jobs = talking(
        db, dull=Ignored("CART"), broken=Malformed("lines: no list"), empty=(), half=Refetch(Thing.ORDER, "77"),
        gone=(Gone(Thing.ORDER, "o9", NOW),),
    )  # fmt: skip
    arrive(ours, ("order", order_body()), ("order", b"{"), ("wish", b"{}"), ("dull", b""), ("broken", b""))
    arrive(ours, ("empty", b""), ("half", b""), ("gone", b""), ("order", order_body(updated_at="2025-01-01T00:00:00Z")))
    arrive(ours, ("referral", referral_body(friend="ada")))
    drain(jobs, ours)
    told = states(ours)
    assert told[0] == ("done", None)
    assert told[1][0] == "quarantined"
    assert told[2:] == [
        ("ignored", "UNKNOWN_TOPIC"), ("ignored", "CART"), ("quarantined", "lines: no list"),
        ("ignored", "NOTHING_IN_IT"), ("done", "ASKED_THE_SHOP"), ("ignored", "UNKNOWN"), ("ignored", "OLDER"),
        ("refused", "SELF_REFERRAL"),
    ]  # fmt: skip
    with reading(db) as session:
        [wish] = session.scalars(select(OutboxRow).where(OutboxRow.programme_id == ours.programme_id))
    assert (wish.kind, wish.subject, wish.payload) == ("refetch", "order:77", {"thing": "order", "id": "77"})


def test_a_delivery_of_nobody_we_know_is_put_aside(db: Engine) -> None:
    ours = house(db)
    arrive(ours, ("order", order_body()), origin="stranger")
    drain(works(db, clock=Clock(NOW)), ours)
    assert states(ours) == [("quarantined", "UNKNOWN_ORIGIN")]


_POISONED_ID = "o\x00"
"""PostgreSQL keeps no NUL in a text; SQLite does not mind, so there the poison is in the code."""


def poison(db: Engine) -> tuple[Works, bytes, Clock]:
    clock = Clock(NOW)
    if db.dialect.name == "postgresql":
        return works(db, clock=clock), order_body(_POISONED_ID), clock

    class Stumbling(Neutral):
        def translate(self, topic: str, body: bytes, shop: ShopProfile) -> Translation:
            if json.loads(body)["id"] == _POISONED_ID:
                raise ZeroDivisionError
            return super().translate(topic, body, shop)

    return works(db, clock=clock, platforms={"neutral": Stumbling()}), order_body(_POISONED_ID), clock


def test_one_poisoned_delivery_holds_up_nobody_and_is_put_aside_after_its_tries(db: Engine) -> None:
    ours = house(db)
    jobs, poisoned, clock = poison(db)
    arrive(ours, ("order", order_body()), ("order", poisoned), ("order", order_body("o2", "7.00")))
    drain(jobs, ours)
    assert [state for state, _ in states(ours)] == ["done", "waiting", "done"]
    assert ours.amounts("ada") == (0, 17, 0, 0)
    for _ in range(ATTEMPTS_MAX - 1):
        waits = rows(ours)[1].next_try
        assert waits is not None
        assert waits > clock.now
        clock.now = waits
        arrive(ours, ("order", order_body(f"x{clock.now:%d%H%M%S}", "1.00")))
        drain(jobs, ours)
    assert [row.attempts for row in rows(ours)][:3] == [0, ATTEMPTS_MAX, 0]
    [bad, *others] = sorted(rows(ours), key=lambda row: row.state != "quarantined")
    assert (bad.key, bad.state, bad.reason) == ("d001", "quarantined", rows(ours)[1].reason)
    assert {row.state for row in others} == {"done"}
    assert ours.amounts("ada") == (0, 17 + ATTEMPTS_MAX - 1, 0, 0)
    assert ours.breaches() == []


def test_a_mistake_of_ours_holds_up_nobody_either(db: Engine) -> None:
    ours = house(db)
    jobs = talking(db, bug=KeyError("a slip"))
    arrive(ours, ("bug", b""), ("order", order_body()))
    drain(jobs, ours)
    assert states(ours) == [("waiting", "KeyError"), ("done", None)]


def test_a_body_that_was_dropped_is_put_aside(db: Engine) -> None:
    ours = house(db)
    arrive(ours, ("order", order_body()))
    with unit_of_work(db) as session:
        for row in session.scalars(select(InboxBodyRow).where(InboxBodyRow.programme_id == ours.programme_id)):
            session.delete(row)
    drain(works(db, clock=Clock(NOW)), ours)
    assert [state for state, _ in states(ours)] == ["quarantined"]


def uninstalled(at: str | None) -> tuple[Fact, ...]:
    return (Uninstalled(instant(at) if at else None),)


@pytest.mark.parametrize("at", (None, "2025-02-01"))
def test_uninstalled_the_door_closes_and_what_is_still_waiting_is_settled(db: Engine, at: str | None) -> None:
    ours = house(db)
    arrive(ours, ("off", b""), ("order", order_body()))
    drain(talking(db, off=uninstalled(at)), ours)
    assert states(ours) == [("done", None), ("done", None)]
    assert ours.amounts("ada") == (0, 10, 0, 0)
    with reading(db) as session:
        assert shops.get(session, ours.programme_id, ours.shop_id).state == "disconnected"
        assert shops.door(session, CIPHER, ours.programme_id, ours.shop_id) is None


def test_news_of_an_uninstall_from_before_the_reinstall_close_nothing(db: Engine) -> None:
    ours = house(db)
    arrive(ours, ("off", b""))
    drain(talking(db, off=uninstalled("2023-12-31")), ours)
    assert states(ours) == [("ignored", "REINSTALLED_SINCE")]
    with reading(db) as session:
        assert shops.get(session, ours.programme_id, ours.shop_id).state == "connected"


def test_what_the_owner_allows_by_now_is_noted(engine: Engine) -> None:
    ours = house(engine)
    arrive(ours, ("allowed", b""))
    drain(talking(engine, allowed=(Permitted(("write_gift_cards",)),)), ours)
    assert states(ours) == [("done", None)]
    with reading(engine) as session:
        assert shops.scopes(session, ours.programme_id) == {ours.shop_id: {"write_gift_cards"}}


def test_privacy_duties_are_kept_until_they_are_carried_out(db: Engine) -> None:
    ours = house(db)
    asked = (PrivacyRequest(Duty.CUSTOMER_ERASE, Customer("7", "ada@example.com")),)
    arrive(ours, ("redact", b""))
    drain(talking(db, redact=asked), ours)
    with reading(db) as session:
        [duty] = session.scalars(select(PrivacyRow).where(PrivacyRow.programme_id == ours.programme_id))
    assert (duty.duty, duty.customer_id, duty.state, duty.received_at) == ("customer_erase", "7", "open", NOW)


def test_a_repeat_of_what_was_settled_moves_nothing(db: Engine) -> None:
    ours, jobs = house(db, version(pending_days=3)), works(db, clock=Clock(NOW))
    arrive(ours, ("order", order_body()))
    drain(jobs, ours)
    before = ours.row("ada").number
    arrive(ours, ("order", order_body()), ("order", order_body()))
    drain(jobs, ours)
    assert ours.row("ada").number == before
    assert states(ours)[1:] == [("done", "NO_NEWS")] * 2


class Worldwide(Talkative):
    """A platform on which no two shops have an order of the same id."""

    capabilities = replace(Neutral.capabilities, ids_are_global=True)


def two_shops(db: Engine, platform: Neutral, order: str) -> tuple[Works, House, House]:
    """Two programmes with a shop each on a platform; the first has told of an order."""
    one, other = (house(db, platform="worldwide") for _ in range(2))
    jobs = works(db, clock=Clock(NOW), platforms={"worldwide": platform})
    arrive(one, ("order", order_body(order)), origin="worldwide")
    drain(jobs, one)
    return jobs, one, other


def test_an_order_that_another_shop_told_of_is_set_aside_where_no_two_shops_share_an_id(db: Engine) -> None:
    """F-05: the signature is right and the header names the wrong shop. The rest of the page is settled."""
    jobs, one, other = two_shops(db, Worldwide(), "w1")
    arrive(other, ("order", order_body("w1")), ("order", order_body("w2", "7.00")), origin="worldwide")
    drain(jobs, other)
    assert states(other) == [("quarantined", ANOTHER_SHOP), ("done", None)]
    assert (one.amounts("ada"), other.amounts("ada")) == ((0, 10, 0, 0), (0, 7, 0, 0))
    arrive(one, ("order", order_body("w1", tax="0.00")), origin="worldwide")
    drain(jobs, one)
    assert states(one)[-1][0] == "done"


def test_an_order_of_a_shop_that_is_gone_may_come_from_the_shop_it_is_now(db: Engine) -> None:
    jobs, one, other = two_shops(db, Worldwide(), "w3")
    with one.unit("2025-02-02") as scope:
        disconnect_shop(scope, one.shop_id)
    arrive(other, ("order", order_body("w3")), origin="worldwide")
    drain(jobs, other)
    assert states(other) == [("done", None)]


def test_shops_that_count_their_orders_for_themselves_have_the_same_ids_in_peace(db: Engine) -> None:
    jobs, one, other = two_shops(db, Talkative(), "w4")
    arrive(other, ("order", order_body("w4")), origin="worldwide")
    drain(jobs, other)
    assert (states(one), states(other)) == ([("done", None)], [("done", None)])
