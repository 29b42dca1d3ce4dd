"""A new encryption key in front: everything sealed moves under it, and the old key can go."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, LargeBinary

from app.db import inbox, shops
from app.db.cipher import Cipher, SealBrokenError
from app.db.inbox import Arrival
from app.db.resealing import sealed_tables
from app.db.tables import Base
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer
from jobs.rotate import rotate
from jobs.works import SilentBell, Works
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant

NEW = Fernet.generate_key().decode()
BOTH = Cipher((NEW, *CIPHER.keys), CIPHER.pepper)
ONLY_NEW = Cipher((NEW,), CIPHER.pepper)


def works(shop: House, cipher: Cipher) -> Works:
    """Return works that only rotate."""
    return Works(shop.engine, cipher, {}, {}, lambda: instant("2025-03-01"), SilentBell(), "https://kizuna.example")


def filled(db: Engine) -> House:
    """Return a programme with a person, credentials and a body."""
    shop = house(db)
    key = (shop.programme_id, shop.shop_id)
    shop.settle("2025-02-01", order(customer=Customer("ada", "ada@example.com", "Ada")))
    arrival = Arrival("neutral", "order", "k1", b"a body", versioned=True)
    with unit_of_work(db) as session:
        secret = {"access_token": "a secret"}
        shops.keep_credentials(session, CIPHER, key, secret, expires_at=None, refresh_expires_at=None, scopes=())
        inbox.accept(session, CIPHER, *key, arrival, instant("2025-02-02"))
    return shop


def opened(shop: House, cipher: Cipher) -> tuple[str, bytes]:
    """Return the credentials' secret and the waiting body as a process with these keys reads them."""
    with reading(shop.engine) as session:
        door = shops.door(session, cipher, shop.programme_id, shop.shop_id)
        key = (shop.programme_id, shop.shop_id)
        (letter,) = inbox.claim(session, cipher, *key, now=instant("2025-03-01"), limit=1)
        assert door is not None
        return door.values["access_token"], letter.body


def test_after_rotating_the_new_key_alone_opens_everything(db: Engine) -> None:
    shop = filled(db)

    with pytest.raises(SealBrokenError):
        opened(shop, ONLY_NEW)
    rotate(works(shop, BOTH))

    assert opened(shop, ONLY_NEW) == ("a secret", b"a body")


def test_rotating_again_changes_nothing_that_can_be_read(db: Engine) -> None:
    shop = filled(db)
    rotate(works(shop, BOTH))

    rotate(works(shop, BOTH))

    assert opened(shop, ONLY_NEW) == ("a secret", b"a body")


def test_addresses_are_found_by_the_same_hash_after_rotating() -> None:
    assert CIPHER.fingerprint("ada@example.com") == ONLY_NEW.fingerprint(" Ada@Example.com ")
    assert CIPHER.fingerprint("ada@example.com") != replace(CIPHER, pepper="x").fingerprint("ada@example.com")


def test_every_sealed_column_is_rotated() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert sealed == {f"{table.name}.{column}" for table, columns in sealed_tables() for column in columns}
