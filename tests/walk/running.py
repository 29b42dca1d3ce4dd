"""Kizuna and both demonstration stores, running: real processes on a database of their own, with a real Redis."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from sqlalchemy import func, select

from app.db.tables import InboxRow, OutboxRow
from app.db.unit import reading
from app.settings import read
from jobs import house
from jobs.works import Works
from tests.sandbox.history import Size
from tests.sandbox.running import Keys, Stores, running_stores
from tests.sandbox.shops import MADO, Shop
from tests.servers.leash import Leashed
from tests.servers.patience import PATIENCE_S

KIZUNA: Final = Path(sys.executable).with_name("kizuna")
PROCESSES: Final = ("worker", "clock", "web")
_NAP_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Town:
    """The app at ``url``, the stores that are connected to it or soon will be, and the database behind it all."""

    url: str
    stores: Stores
    works: Works
    environ: Mapping[str, str]

    def kizuna(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the operator's."""
        return subprocess.run((KIZUNA, *words), env=dict(self.environ), capture_output=True, text=True, check=False)

    def settle(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until stores have told everything, and Kizuna has nothing left to do."""
        until(self._is_quiet, "the stores and Kizuna have nothing left to do", patience_s)

    def _is_quiet(self) -> bool:
        return self.stores.settle(PATIENCE_S) and self._waiting() == 0 and not self._unsent()

    def _unsent(self) -> bool:
        return any(one.courier.waiting() for one in self.stores.both())

    def _waiting(self) -> int:
        with reading(self.works.engine) as session:
            return sum(
                session.scalar(select(func.count()).select_from(row).where(row.state == "waiting")) or 0
                for row in (InboxRow, OutboxRow)
            )


def until(fits: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds. Raises TimeoutError that says what never was."""
    give_up = time.monotonic() + patience_s
    while not fits():
        if time.monotonic() > give_up:
            message = f"Waited {patience_s:.0f} s in vain until {what}."
            raise TimeoutError(message)
        time.sleep(_NAP_S)


@contextmanager
def running_town(
    database_url: str, redis_url: str, data: Path, *, year: Size | None = None, woo: Shop = MADO
) -> Iterator[Town]:
    """Start the processes of the Procfile and both stores; ``database_url`` is migrated already."""
    port = free_port()
    url, keys = f"http://127.0.0.1:{port}", Keys()
    with ExitStack() as stack:
        stores = stack.enter_context(running_stores(url, keys=keys, year=year, woo=woo))
        environ = {
            "PATH": "/usr/bin:/bin",
            "KIZUNA_ENV": "test",
            "KIZUNA_DATA": str(data),
            "KIZUNA_DATABASE_URL": database_url,
            "KIZUNA_REDIS_URL": redis_url,
            "KIZUNA_PORT": str(port),
            "KIZUNA_SANDBOX": stores.sandbox,
            "KIZUNA_SHOPIFY_CLIENT_ID": keys.client_id,
            "KIZUNA_SHOPIFY_CLIENT_SECRET": keys.client_secret,
            "KIZUNA_JUDGEME_SECRET": keys.judgeme_secret,
        }
        said = [f"{name}={value}" for name, value in environ.items()]
        for name in PROCESSES:
            process = Leashed(f"walk-{name}", signal="TERM")
            stack.callback(process.stop)
            stack.callback(_tell, name, process.folder / "output.txt")
            process.start("env", "-i", *said, KIZUNA, name, ready=lambda: True)
        until(lambda: answers(url), f"{url} answers")
        works = house.build(read(environ))
        stack.callback(works.engine.dispose)
        yield Town(url, stores, works, environ)


def _tell(name: str, log: Path) -> None:
    """Print what a process said: pytest shows it where a test failed."""
    sys.stdout.write(f"── {name} ──\n{log.read_text(errors='replace')}\n")


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Say whether Kizuna answers there."""
    try:
        return requests.get(f"{url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False
