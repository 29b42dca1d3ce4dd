"""A shop's door opens, closes and opens again; its ledger stays what it was."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from app.actions.connect_shop import NewShop, connect_shop
from app.actions.disconnect_shop import disconnect_shop
from app.actions.settle_facts import settle_facts
from app.db import members, outbox, programmes, shops
from app.db.outbox import Claim, EffectKind
from app.db.scope import Scope
from app.db.tables import CredentialsRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import OtherCurrencyError, OtherProgrammeError
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House
from tests.factories.instants import instant


def told(name: str, **changes: object) -> NewShop:
    shop = NewShop(
        "neutral", f"{name}-{members.word()}.example", name, "EUR", "Europe/Berlin", "de", "77", False,
        f"https://{name}.example", {"token": "opensesame"}, scopes=("read_orders",),
    )  # fmt: skip
    return replace(shop, **changes)  # type: ignore[arg-type]


def connect(db: Engine, shop: NewShop, now: str = "2025-02-01") -> House:
    with unit_of_work(db) as session:
        programme_id, shop_id = connect_shop(session, CIPHER, shop, instant(now))
    return House(db, programme_id, shop_id)


def due(house: House, now: str) -> list[Claim]:
    with house.unit(now) as scope:
        return list(
            outbox.claim(scope.session, house.programme_id, house.shop_id, owner="test", now=scope.now, limit=10)
        )


def test_a_new_shop_gets_a_programme_of_its_own_that_works_at_once(db: Engine) -> None:
    ours = connect(db, told("linden"))
    with ours.reading() as scope:
        programme = programmes.load(scope.session, ours.programme_id)
        found = shops.get(scope.session, ours.programme_id, ours.shop_id)
    assert (found.state, found.zone, found.currency, found.locale) == ("connected", "Europe/Berlin", "EUR", "de")
    assert programme.home.id == str(ours.shop_id)
    version = programme.version_at(instant("2025-02-01"))
    assert version is not None
    assert version.tiers is not None
    ours.settle("2025-02-02", order(price="40.00", paid="2025-02-02"))
    assert ours.amounts("ada") == (200, 0, 0, 0)


@pytest.mark.parametrize(("currency", "price"), (("JPY", "4000"), ("KWD", "40.000"), ("EUR", "40.00")))
def test_the_first_programme_suits_the_size_of_the_currency(db: Engine, currency: str, price: str) -> None:
    ours = connect(db, told("linden", currency=currency))
    ours.settle("2025-02-02", order(price=price, paid="2025-02-02", currency=currency))
    assert ours.amounts("ada") == (200, 0, 0, 0)


def test_two_shops_never_share_a_programme_by_connecting(db: Engine) -> None:
    first, second = connect(db, told("linden")), connect(db, told("ulme"))
    assert first.programme_id != second.programme_id


def test_what_opens_a_shop_is_sealed_and_opened_only_with_our_keys(db: Engine) -> None:
    ours = connect(db, told("linden"))
    with ours.reading() as scope:
        row = scope.session.scalars(
            select(CredentialsRow).where(CredentialsRow.programme_id == ours.programme_id)
        ).one()
        assert b"opensesame" not in row.sealed
        door = shops.door(scope.session, CIPHER, ours.programme_id, ours.shop_id)
    assert door is not None
    assert dict(door.values) == {"token": "opensesame"}
    assert "opensesame" not in repr(door)


def test_uninstalled_the_door_is_forgotten_and_the_ledger_kept_until_it_opens_again(db: Engine) -> None:
    shop = told("linden")
    ours = connect(db, shop)
    ours.settle("2025-02-02", order(price="40.00", paid="2025-02-02"))
    with ours.unit("2025-02-03") as scope:
        disconnect_shop(scope, ours.shop_id)
    with reading(db) as session:
        assert shops.door(session, CIPHER, ours.programme_id, ours.shop_id) is None
        assert shops.get(session, ours.programme_id, ours.shop_id).state == "disconnected"
        assert ours.shop_id not in {row.shop_id for row in shops.connected(session)}
    again = connect(db, replace(shop, name="Linden & Co", values={"token": "new"}), "2025-02-04")
    assert (again.programme_id, again.shop_id) == (ours.programme_id, ours.shop_id)
    assert again.amounts("ada") == (200, 0, 0, 0)
    with again.reading() as scope:
        door = shops.door(scope.session, CIPHER, ours.programme_id, ours.shop_id)
        programme = programmes.load(scope.session, ours.programme_id)
    assert door is not None
    assert (dict(door.values), door.shop.name, door.shop.state) == ({"token": "new"}, "Linden & Co", "connected")
    assert door.shop.disconnected_at is None
    assert len(programme.versions) == 1
    assert again.breaches() == []


def test_the_currency_of_a_known_shop_is_never_changed_by_connecting(db: Engine) -> None:
    shop = told("linden")
    ours = connect(db, shop)
    connect(db, replace(shop, currency="USD"), "2025-02-04")
    with ours.reading() as scope:
        assert shops.get(scope.session, ours.programme_id, ours.shop_id).currency == "EUR"


def test_a_stuck_door_keeps_its_keys_until_the_merchant_opens_it(db: Engine) -> None:
    ours = connect(db, told("linden"))
    with ours.unit("2025-02-03") as scope:
        disconnect_shop(scope, ours.shop_id, state="reauthorize")
    with ours.reading() as scope:
        door = shops.door(scope.session, CIPHER, ours.programme_id, ours.shop_id)
    assert door is not None
    assert door.shop.state == "reauthorize"


def test_what_waited_at_a_closed_door_is_due_as_soon_as_it_opens(db: Engine) -> None:
    shop = told("linden")
    ours = connect(db, shop)
    with ours.unit("2025-02-02") as scope:
        outbox.put_once(scope, ours.shop_id, EffectKind.SUBSCRIBE, {f"shop:{ours.shop_id}": {}})
    (closed,) = due(ours, "2025-02-02")
    with ours.unit("2025-02-02") as scope:
        assert outbox.failed(scope.session, closed, scope.now, error="REAUTHORIZE", retry_at=instant("2025-02-05"))
    assert due(ours, "2025-02-03") == []
    connect(db, shop, "2025-02-03")
    with ours.unit("2025-02-03") as scope:
        # The wish for webhooks is made at every connecting; one that waits already is the same wish.
        outbox.put_once(scope, ours.shop_id, EffectKind.SUBSCRIBE, {f"shop:{ours.shop_id}": {}})
    (again,) = due(ours, "2025-02-03")
    assert again.effect_id == closed.effect_id


def test_a_shop_of_another_programme_is_no_shop_of_ours(db: Engine) -> None:
    ours, theirs = connect(db, told("linden")), connect(db, told("ulme"))
    with unit_of_work(db) as session:
        scope = Scope(session, ours.programme_id, instant("2025-02-02"), CIPHER)
        with pytest.raises(LookupError):
            shops.get(session, ours.programme_id, theirs.shop_id)
        with pytest.raises(LookupError):
            disconnect_shop(scope, theirs.shop_id)
        with pytest.raises(KeyError):
            settle_facts(scope, theirs.shop_id, [order(paid="2025-02-02")])
        session.rollback()
    with reading(db) as session:
        assert shops.get(session, theirs.programme_id, theirs.shop_id).state == "connected"


def test_what_happened_at_a_shop_before_it_joined_a_group_earns_nothing(db: Engine) -> None:
    group = connect(db, told("first"), "2025-01-01")
    with unit_of_work(db) as session:
        _, shop_id = connect_shop(session, CIPHER, told("second"), instant("2025-03-01"), group=group.programme_id)
    second = House(db, group.programme_id, shop_id)
    second.settle("2025-03-02", order("o1", "10.00", "2025-02-01", updated="2025-03-02"))
    assert sum(second.amounts("ada")) == 0
    second.settle("2025-03-03T13", order("o2", "10.00", "2025-03-03"))
    assert sum(second.amounts("ada")) > 0
    assert second.breaches() == []


def test_a_shop_of_another_currency_joins_no_group(db: Engine) -> None:
    group = connect(db, told("first"))
    with pytest.raises(OtherCurrencyError), unit_of_work(db) as session:
        connect_shop(session, CIPHER, told("second", currency="USD"), instant("2025-03-01"), group=group.programme_id)


def test_a_shop_with_a_programme_of_its_own_keeps_it(db: Engine) -> None:
    group, own = connect(db, told("first")), told("second")
    connect(db, own)
    with pytest.raises(OtherProgrammeError), unit_of_work(db) as session:
        connect_shop(session, CIPHER, own, instant("2025-03-01"), group=group.programme_id)
