"""Duties carried out: a customer forgotten in every delivery, a shop forgotten unless it came back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from app.actions.disconnect_shop import disconnect_shop
from app.db import inbox, members, privacy, shops
from app.db.inbox import Arrival
from app.db.privacy import Names, State
from app.db.tables import DirectoryRow, InboxBodyRow, InboxRow, MemberRow, PrivacyRow
from app.db.unit import unit_of_work
from app.loyalty.facts import Customer, Duty
from jobs.privacy import SHOP_WAITS, carry_out
from jobs.scrubbing import names_somebody
from jobs.tidy import tidy
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.works import Clock, works

ADA = Customer("7001", "Ada.Canary@Example.com", "Ada Canary")
ABOUT_ADA = {"id": 1, "customer": {"id": 7001, "email": "ada.canary@example.com"}}
ABOUT_BEN = {"id": 7001, "customer": {"id": 7002, "email": "ben@example.com"}}


def arrive(
    ours: House, key: str, said: object, *, state: inbox.State = inbox.State.DONE, topic: str = "orders/paid"
) -> None:
    """Keep a delivery that ended so."""
    with unit_of_work(ours.engine) as session:
        now = instant("2025-02-01")
        arrival = Arrival("neutral", topic, key, json.dumps(said).encode(), versioned=True)
        inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, now)
        row = session.scalar(select(InboxRow).where(InboxRow.programme_id == ours.programme_id, InboxRow.key == key))
        assert row is not None
        if state is not inbox.State.WAITING:
            inbox.finish([row], state, now)


def asked(ours: House, duty: Duty, names: Names | None = None) -> None:
    with ours.unit("2025-02-10") as scope:
        privacy.keep(scope, ours.shop_id, duty, names)


def bodies(ours: House) -> set[str]:
    """Return the keys of deliveries whose bodies are still there."""
    with ours.reading() as scope:
        return set(
            scope.session.scalars(
                select(InboxRow.key)
                .join(InboxBodyRow, InboxBodyRow.inbox_id == InboxRow.inbox_id)
                .where(InboxRow.programme_id == ours.programme_id)
            )
        )


def duties(ours: House) -> list[tuple[str, str, bool]]:
    """Return of every duty what it is, how it stands and whether it still names anybody."""
    with ours.reading() as scope:
        rows = scope.session.scalars(
            select(PrivacyRow).where(PrivacyRow.programme_id == ours.programme_id).order_by(PrivacyRow.request_id)
        )
        return [(row.duty, row.state, row.sealed is not None or row.customer_id is not None) for row in rows]


def test_a_customer_the_platform_names_is_erased_with_every_delivery_that_names_them(engine: Engine) -> None:
    ours, jobs = house(engine), works(engine, clock=Clock(instant("2025-02-11")))
    ours.settle("2025-02-02", sign_up(ADA), order(customer=ADA, price="50.00"))
    member_id = ours.member("7001")
    arrive(ours, "ada", ABOUT_ADA)
    arrive(ours, "odd", ABOUT_ADA, state=inbox.State.QUARANTINED)
    arrive(ours, "ben", ABOUT_BEN)
    asked(ours, Duty.CUSTOMER_ERASE, Names(("7001",), ("ada.canary@example.com",)))

    carry_out(jobs)
    assert ours.row(member_id).erased_at is not None
    carry_out(jobs)
    assert bodies(ours) == {"ben"}
    assert duties(ours) == [("customer_erase", "done", False), ("customer_erase", "done", False)]
    assert ours.amounts(member_id) == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_a_delivery_that_still_waits_is_settled_first_and_dropped_after(engine: Engine) -> None:
    ours, jobs = house(engine), works(engine, clock=Clock(instant("2025-02-11")))
    ours.settle("2025-02-02", order(customer=ADA))
    arrive(ours, "late", ABOUT_ADA, state=inbox.State.WAITING)
    asked(ours, Duty.CUSTOMER_ERASE, Names(("7001",)))
    carry_out(jobs)
    carry_out(jobs)
    assert bodies(ours) == {"late"}
    assert duties(ours)[-1] == ("customer_erase", "scrubbing", True)
    with unit_of_work(engine) as session:
        row = session.scalar(select(InboxRow).where(InboxRow.programme_id == ours.programme_id))
        assert row is not None
        inbox.finish([row], inbox.State.DONE, instant("2025-02-11"))
    carry_out(jobs)
    assert bodies(ours) == set()
    assert {state for _, state, _ in duties(ours)} == {"done"}


def test_of_somebody_never_known_only_the_deliveries_go(engine: Engine) -> None:
    ours, jobs = house(engine), works(engine, clock=Clock(instant("2025-02-11")))
    arrive(ours, "ada", ABOUT_ADA)
    asked(ours, Duty.CUSTOMER_ERASE, Names(("7001",)))
    carry_out(jobs)
    carry_out(jobs)
    assert bodies(ours) == set()
    assert duties(ours) == [("customer_erase", "done", False)]


def test_a_duty_to_hand_over_waits_for_the_merchant(engine: Engine) -> None:
    ours, jobs = house(engine), works(engine, clock=Clock(instant("2025-02-11")))
    asked(ours, Duty.CUSTOMER_DATA, Names(("7001",)))
    assert carry_out(jobs) == 0
    assert duties(ours) == [("customer_data", "open", True)]


def test_a_shop_is_forgotten_two_days_after_its_owner_removed_the_app(engine: Engine) -> None:
    ours, clock = house(engine), Clock(instant("2025-02-11"))
    ours.settle(
        "2025-02-02", sign_up(ADA), order(customer=ADA), order("o2", customer=Customer("7002", "ben@example.com"))
    )
    ada = ours.member("7001")
    arrive(ours, "ada", ABOUT_ADA)
    with ours.unit("2025-02-10") as scope:
        disconnect_shop(scope, ours.shop_id)
    asked(ours, Duty.SHOP_ERASE)
    carry_out(works(engine, clock=clock))
    assert ours.row(ada).erased_at is None

    clock.now = instant("2025-02-10") + SHOP_WAITS
    carry_out(works(engine, clock=clock))
    with ours.reading() as scope:
        kept = scope.session.scalar(
            select(func.count()).where(MemberRow.programme_id == ours.programme_id, MemberRow.erased_at.is_(None))
        )
        found = scope.session.scalars(select(DirectoryRow).where(DirectoryRow.shop_id == ours.shop_id)).all()
        assert shops.door(scope.session, CIPHER, ours.programme_id, ours.shop_id) is None
    assert (kept, found, bodies(ours)) == (0, [], set())
    assert all(state == State.DONE.value and not names for _, state, names in duties(ours))
    assert ours.breaches() == []


def test_files_customers_asked_for_are_owed_no_more_once_their_shop_is_forgotten(engine: Engine) -> None:
    """Nothing is left to hand over, so no sealed name may stay behind with the duty."""
    ours = house(engine)
    ours.settle("2025-02-02", order(customer=ADA))
    asked(ours, Duty.CUSTOMER_DATA, Names(("7001",), ("ada.canary@example.com",)))
    with ours.unit("2025-02-10") as scope:
        disconnect_shop(scope, ours.shop_id)
    asked(ours, Duty.SHOP_ERASE)
    jobs = works(engine, clock=Clock(instant("2025-02-10") + SHOP_WAITS))
    carry_out(jobs)
    carry_out(jobs)
    assert [(duty, state) for duty, state, named in duties(ours) if state != "done" or named] == []


def test_a_shop_that_came_back_is_kept_and_that_is_shown(engine: Engine) -> None:
    ours = house(engine)
    ours.settle("2025-02-02", order(customer=ADA))
    asked(ours, Duty.SHOP_ERASE)
    carry_out(works(engine, clock=Clock(instant("2025-02-10") + SHOP_WAITS + timedelta(days=1))))
    assert duties(ours) == [("shop_erase", "held", False)]
    assert ours.row("7001").erased_at is None


def test_whom_another_shop_of_the_group_knows_stays_a_member_there(engine: Engine) -> None:
    ours = house(engine, zones={"s1": "UTC", "s2": "UTC"})
    ours.settle("2025-02-02", order(customer=ADA), shop="s1")
    ours.settle("2025-02-02", order("o2", customer=Customer("70")), shop="s2")
    with ours.unit("2025-02-03") as scope:
        members.add_identity(scope, ours.shop_ids["s2"], "ada-there", ours.member("7001", "s1"))
    ada = ours.member("7001", "s1")
    with ours.unit("2025-02-04") as scope:
        disconnect_shop(scope, ours.shop_id)
    asked(ours, Duty.SHOP_ERASE)
    carry_out(works(engine, clock=Clock(instant("2025-02-20"))))
    assert ours.row(ada).erased_at is None
    assert ours.member("ada-there", "s2") == ada
    with ours.reading() as scope:
        assert members.find(scope, ours.shop_id, ["7001"]) == {}


@pytest.mark.parametrize(
    ("topic", "said", "named"),
    (
        ("orders/paid", {"customer_id": 7001}, True),
        ("orders/paid", {"customer": {"id": 7001}}, True),
        ("orders/paid", {"order": [{"customer": "gid://shopify/Customer/7001"}]}, True),
        ("orders/paid", {"id": 7001, "total": "7001.00"}, False),
        ("customers/update", {"id": 7001}, True),
        ("customer.updated", {"id": 7001}, True),
        ("orders/paid", {"note": "call ADA.canary@example.com"}, True),
        ("orders/paid", {"email": "ada.canary@example.community"}, True),
        ("orders/paid", {"customer_id": 70011}, False),
        ("orders/paid", {"customer_id": None, "customer": None}, False),
    ),
)
def test_a_delivery_names_a_person_where_customers_are_named(topic: str, said: object, named: bool) -> None:  # noqa: FBT001 - a column
    names = Names(("7001",), ("ada.canary@example.com",))
    assert names_somebody(topic, json.dumps(said).encode(), names) is named


def test_a_delivery_that_cannot_be_read_is_searched_as_text() -> None:
    names = Names(("7001",), ("ada@example.com",))
    assert names_somebody("orders/paid", b'{"customer": 7001', names)
    assert names_somebody("orders/paid", b"\xff ADA@example.com", names)
    assert not names_somebody("orders/paid", b"17001 {", names)
    assert not names_somebody("orders/paid", b"[" * 100_000, names)


def test_deliveries_are_kept_as_long_as_the_setting_says_and_quarantined_ones_for_ninety_days(engine: Engine) -> None:
    ours, clock = house(engine), Clock(instant("2025-02-07"))
    jobs = replace(works(engine, clock=clock), bodies_kept=timedelta(days=7))
    arrive(ours, "done", ABOUT_BEN)
    arrive(ours, "odd", ABOUT_BEN, state=inbox.State.QUARANTINED)
    tidy(jobs)
    assert bodies(ours) == {"done", "odd"}
    clock.now += timedelta(days=2)
    tidy(jobs)
    assert bodies(ours) == {"odd"}
    clock.set("2025-05-03")
    tidy(jobs)
    assert bodies(ours) == set()
