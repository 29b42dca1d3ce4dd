"""People and secrets are sealed at rest: a dump of the tables tells nobody's name, address or key."""

import re

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from app.actions.connect_shop import NewShop, connect_shop
from app.db import inbox, members, people, shops
from app.db.cipher import Cipher, SealBrokenError
from app.db.inbox import Arrival
from app.db.tables import Base
from app.db.unit import unit_of_work
from app.loyalty.facts import Customer
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order, review, sign_up
from tests.factories.houses import house
from tests.factories.instants import instant

CANARIES = ("canary.lovelace@example.com", "Augusta Canary", "whisper-canary-token", "canary-in-a-body")


def dump(db: Engine) -> bytes:
    """Return everything in every table, one byte string."""
    with db.connect() as connection:
        rows = [
            row
            for table in Base.metadata.sorted_tables
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608
        ]
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row if value is not None
    )


def test_no_table_tells_an_address_a_name_a_token_or_a_body(db: Engine) -> None:
    address, name, token, inside = CANARIES
    ours = house(db)
    person = Customer(None, address.upper(), name)
    ours.settle("2025-02-01T13", order(customer=person), review(customer=person))
    ours.settle("2025-02-02", sign_up(Customer("7", address, name)), order("o2", customer=Customer("8", address, name)))
    told = NewShop("neutral", f"{members.word()}.example", "S", "EUR", "UTC", "en", None, False, None, {"token": token})
    with unit_of_work(db) as session:
        connect_shop(session, CIPHER, told, instant("2025-02-01"))
        arrival = Arrival("neutral", "order", "d1", inside.encode(), versioned=True)
        inbox.accept(session, CIPHER, ours.programme_id, ours.shop_id, arrival, instant("2025-02-01"))
    dumped = dump(db)
    assert b"s1" in dumped
    for canary in CANARIES:
        for part in (canary, *canary.split("@")[:1]):
            assert not re.search(re.escape(part).encode(), dumped, re.IGNORECASE), part
    with ours.reading() as scope:
        found = people.people(scope, [ours.member("7")])[ours.member("7")]
    assert (found.email, found.name) == (address, name)


def test_an_address_is_found_by_its_keyed_hash_however_it_is_written(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01T13", order(customer=Customer("7", " Ada@Example.COM ")))
    with ours.reading() as scope:
        for written in ("ada@example.com", "ADA@EXAMPLE.COM  "):
            assert members.with_email(scope, CIPHER.fingerprint(written)) == [ours.member("7")]
        other = Cipher(CIPHER.keys, "another pepper")
        assert members.with_email(scope, other.fingerprint("ada@example.com")) == []


def test_the_newest_key_seals_every_key_opens_and_a_lost_one_opens_nothing() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    before, both, after = Cipher((old,), "p"), Cipher((new, old), "p"), Cipher((new,), "p")
    sealed = before.seal(b"secret")
    assert both.open(sealed) == b"secret"
    assert after.open(both.rotate(sealed)) == b"secret"
    assert after.open(both.seal(b"secret")) == b"secret"
    with pytest.raises(SealBrokenError):
        after.open(sealed)
    with pytest.raises(SealBrokenError):
        after.rotate(sealed)
    assert "secret" not in repr(both)
    assert new not in repr(both)


def test_a_door_whose_seal_is_broken_stays_shut(db: Engine) -> None:
    told = NewShop("neutral", f"{members.word()}.example", "S", "EUR", "UTC", "en", None, False, None, {"token": "t"})
    with unit_of_work(db) as session:
        programme_id, shop_id = connect_shop(session, CIPHER, told, instant("2025-02-01"))
        with pytest.raises(SealBrokenError):
            shops.door(session, Cipher((Fernet.generate_key().decode(),), "p"), programme_id, shop_id)
