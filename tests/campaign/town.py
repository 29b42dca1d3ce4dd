"""Where a campaign takes place: a database of its own, a Valkey of its own, shops, and Kizuna's processes."""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet
from redis import Redis
from sqlalchemy import Engine

from app.actions.connect_shop import NewShop, add_shop
from app.cli.cases.versions import version
from app.db import members, programmes, shops
from app.db.migrate import upgrade
from app.db.programmes import NewProgramme
from app.db.unit import unit_of_work
from app.settings import read
from jobs import house, queue
from jobs.works import Works
from tests.campaign.processes import Process
from tests.campaign.sending import Address
from tests.campaign.traffic import Json
from tests.factories.instants import instant
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey, database
from tests.walk.running import free_port

BEGINNING = instant("2020-01-01T00")


@dataclass(slots=True)
class Town:
    """Servers, settings and shops; no process runs yet."""

    engine_name: str
    folder: Path
    environ: dict[str, str]
    works: Works
    redis_url: str
    postgres: Postgres | None
    addresses: list[Address] = field(default_factory=list)
    programmes: list[UUID] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        """The database behind it all."""
        return self.works.engine

    def process(self, role: str, number: int, **environ: str) -> Process:
        """Return a process of the Procfile, not started."""
        return Process(role, {**self.environ, **environ}, self.folder / f"{role}-{number}.txt")

    def flush(self) -> None:
        """Empty the queue."""
        with Redis.from_url(self.redis_url) as redis:
            redis.flushall()

    def ring_for(self, job: str) -> None:
        """Put a job of the timetable into the queue."""
        with Redis.from_url(self.redis_url) as redis:
            queue.enqueue(redis, "timetable", job)

    def crash_database(self) -> None:
        """Stop the database as a power cut would, and start it again."""
        if self.postgres is None:
            raise RuntimeError("SQLite has no server to restart")
        self.postgres.crash()

    def open_shops(self, count: int, programme: Json) -> None:
        """Found so many programmes, each of one neutral shop; customers have the same ids in all of them."""
        for number in range(count):
            key, secret = (members.new_id(), members.new_id()), secrets.token_hex(32)
            with unit_of_work(self.engine) as session:
                programmes.make(session, key[0], NewProgramme(f"Shop {number}", "EUR", key[1], "points", 0), BEGINNING)
                domain = f"{key[1].hex}.invalid"
                shop = NewShop("neutral", domain, domain, "EUR", "UTC", "en", None, False, None, {})
                add_shop(session, key, shop, BEGINNING)
                shops.keep_credentials(
                    session, self.works.cipher, key, {"webhook_secret": secret},
                    expires_at=None, refresh_expires_at=None, scopes=(),
                )  # fmt: skip
                programmes.publish(session, key[0], version(programme, "EUR"), by="staff", now=BEGINNING)
            self.addresses.append(Address(key[1], secret))
            self.programmes.append(key[0])


@contextmanager
def town(engine: str) -> Iterator[Town]:
    """Start a database and a Valkey of the campaign's own; everything goes at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kizuna-campaign-", dir="/tmp")))
        valkey = Valkey()
        stack.callback(valkey.stop)
        postgres: Postgres | None = None
        if engine == "postgresql":
            postgres = Postgres(to_crash=True)
            stack.callback(postgres.stop)
            url = stack.enter_context(PostgresDatabases(postgres.address, "kizuna_campaign").empty())
        else:
            url = f"sqlite:///{folder / 'kizuna.db'}"
        upgrade(url)
        redis_url = database(valkey.address, 0)
        environ = {
            "PATH": "/usr/bin:/bin",
            "KIZUNA_ENV": "test",
            "KIZUNA_DATA": str(folder),
            "KIZUNA_DATABASE_URL": url,
            "KIZUNA_REDIS_URL": redis_url,
            "KIZUNA_SECRET_KEY": secrets.token_hex(32),
            "KIZUNA_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        works = house.build(read(environ))
        stack.callback(works.engine.dispose)
        try:
            yield Town(engine, folder, environ, works, redis_url, postgres)
        except BaseException:
            for log in sorted(folder.glob("*.txt")):
                sys.stderr.write(f"── {log.name} ──\n{log.read_text(errors='replace')[-4000:]}\n")
            raise


def ports(count: int) -> list[int]:
    """Return so many free ports."""
    found: list[int] = []
    while len(found) < count:
        port = free_port()
        if port not in found:
            found.append(port)
    return found
