"""A storm: a thousand wishes at once, over HTTP and on two web processes, for points that are enough for ten."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select

from app.actions.connect_shop import NewShop, add_shop
from app.cli.cases.versions import version
from app.db import members, programmes, shops
from app.db.programmes import NewProgramme
from app.db.tables import RedemptionRow
from app.db.unit import unit_of_work
from jobs.audit import audit
from tests.campaign.processes import Keeper, Process
from tests.campaign.town import BEGINNING, Town, ports, town
from tests.factories.houses import House
from tests.sandbox.woocommerce.plugin import shopper_token
from tests.walk.running import answers, until

COST: Final = 30
_SECRET: Final = "c7" * 32
_PATIENCE_S: Final = 240.0
_WEBS: Final = 2
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of one round."""

    answers: Counter[str]
    kept: int
    amounts: tuple[int, int, int, int]
    breaches: int


@dataclass(slots=True)
class Coast:
    """A shop whose storefront is asked, and the doors it is asked at."""

    house: House
    works: Town
    doors: Sequence[int]
    webs: Sequence[Process]

    def round(self, wishes: int, affordable: int) -> Storm:
        """Let a new member with points for so many wishes have them all at once."""
        customer = str(uuid4().int % 10**9)
        now = self.works.works.clock().isoformat()
        self.house.join(customer, now=now)
        self.house.adjust(now, customer, f"gift-{customer}", COST * affordable)
        told: list[str] = []
        gate = threading.Barrier(wishes)
        crew = [threading.Thread(target=self._wish, args=(gate, customer, n, told)) for n in range(wishes)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        member_id = self.house.member(customer)
        with self.house.reading() as scope:
            kept = scope.session.scalar(
                select(func.count())
                .select_from(RedemptionRow)
                .where(RedemptionRow.programme_id == self.house.programme_id, RedemptionRow.member_id == member_id)
            )
        breaches = len(list(audit(self.works.works, self.house.programme_id)))
        return Storm(Counter(told), kept or 0, self.house.amounts(customer), breaches)

    def _wish(self, gate: threading.Barrier, customer: str, number: int, told: list[str]) -> None:
        until_s = int(time.time()) + 300
        token = shopper_token(_SECRET, str(self.house.shop_id), customer, "", until_s)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"key": f"{number:032x}", "reward": "r"})
        door = self.doors[number % len(self.doors)]
        status, code = 0, ""
        gate.wait()
        for _ in range(_TRIES):
            status, code = _ask(door, body, headers)
            if status != 0 and status < 500:
                break
            time.sleep(0.5)  # the browser asks again with the same key
        told.append("yes" if status in {200, 201} else code)


def _ask(door: int, body: str, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", door, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/storefront/api/redemptions", body, headers)
        answer = connection.getresponse()
        said: Any = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, type(error).__name__
    finally:
        connection.close()
    return answer.status, str(said.get("code"))


@contextmanager
def coast(engine: str) -> Iterator[Coast]:
    """Open a shop with a storefront on two web processes, without a worker: what is bought is only held."""
    with town(engine) as here:
        key, doors = (members.new_id(), members.new_id()), ports(_WEBS)
        domain = f"{key[1].hex}.invalid"
        terms = {"starts_at": "2020-01-01T00:00:00Z", "rewards": [{"id": "r", "cost": COST}]}
        with unit_of_work(here.engine) as session:
            programmes.make(session, key[0], NewProgramme("Coast", "EUR", key[1], "points", 0), BEGINNING)
            shop = NewShop("woocommerce", domain, "Coast", "EUR", "UTC", "en", None, False, None, {})
            add_shop(session, key, shop, BEGINNING)
            shops.keep_credentials(
                session, here.works.cipher, key, {"shopper_secret": _SECRET},
                expires_at=None, refresh_expires_at=None, scopes=(),
            )  # fmt: skip
            programmes.publish(session, key[0], version(terms, "EUR"), by="staff", now=BEGINNING)
        house = House(here.engine, *key, here.works.cipher, {"s1": key[1]})
        webs = [_web(here, number, door) for number, door in enumerate(doors)]
        with Keeper(webs):
            for door in doors:
                until(lambda door=door: answers(f"http://127.0.0.1:{door}"), "the web answers", 600)  # type: ignore[misc]
            yield Coast(house, here, doors, webs)


def _web(here: Town, number: int, door: int) -> Process:
    log = here.folder / f"web-{number}.txt"
    serve = ("-m", "waitress", "--host=127.0.0.1", f"--port={door}", "--threads=8", "--call")
    return Process("web", here.environ, log, command=(*serve, "tests.campaign.unlimited:application"))
