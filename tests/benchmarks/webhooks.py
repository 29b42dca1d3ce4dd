"""B1 (and B11 on SQLite): answer a webhook, beside one file of Flask that does HMAC, one INSERT, commit."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from app.db.tables import InboxRow
from tests.benchmarks import written
from tests.benchmarks.figures import Line, Result
from tests.benchmarks.gunicorn import THREADS, WORKERS, Served, serving
from tests.benchmarks.places import Place, file_of, libpq
from tests.benchmarks.rounds import in_turns, scaled
from tests.benchmarks.senders import SENDERS, Sent, send
from tests.benchmarks.settling import Shop, open_shop
from tests.benchmarks.trade import DOMAIN, SEED, order_body, purchases
from tests.servers.valkey import Valkey, database

DELIVERIES: Final = 3_000
"""A round. Before the first, so many as warm up every thread."""
WARM_UP: Final = 300
_BODIES: Final = 400
_SECRET: Final = f"shpss_{secrets.token_hex(16)}"
_PATH: Final = "/webhooks/shopify"


@dataclass(frozen=True, slots=True)
class Volley:
    """What one round came to."""

    sent: Sent
    cpu_ms: float
    """Processor time of the web workers, a delivery."""


def _deliveries() -> Callable[[int], list[bytes]]:
    """Return what makes so many signed requests, each with a webhook id of its own."""
    signed = []
    for purchase in purchases(_BODIES)[:_BODIES]:
        body = order_body(purchase)
        proof = base64.b64encode(hmac.digest(_SECRET.encode(), body, hashlib.sha256)).decode()
        signed.append((body, proof))

    def make(count: int) -> list[bytes]:
        return [_request(*signed[number % _BODIES]) for number in range(count)]

    return make


def _request(body: bytes, proof: str) -> bytes:
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: kizuna.invalid\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Shopify-Topic: orders/create\r\nX-Shopify-Hmac-Sha256: {proof}\r\n"
        f"X-Shopify-Shop-Domain: {DOMAIN}\r\nX-Shopify-Webhook-Id: {uuid4()}\r\nX-Shopify-Event-Id: {uuid4()}\r\n"
        "X-Shopify-Api-Version: 2026-10\r\nX-Shopify-Triggered-At: 2026-11-22T11:59:58.877041743Z\r\n"
        "User-Agent: Shopify-Captain-Hook\r\nAccept: */*\r\n\r\n"
    )
    return head.encode() + body


def _environment(shop: Shop, redis_url: str) -> dict[str, str]:
    """Settings of production: what is measured is what runs."""
    return {
        "KIZUNA_ENV": "production",
        "KIZUNA_DATABASE_URL": shop.url,
        "KIZUNA_REDIS_URL": redis_url,
        "KIZUNA_BASE_URL": "https://kizuna.invalid",
        "KIZUNA_SECRET_KEY": secrets.token_hex(32),
        "KIZUNA_ENCRYPTION_KEYS": ",".join(shop.cipher.keys),
        "KIZUNA_SHOPIFY_CLIENT_ID": secrets.token_hex(16),
        "KIZUNA_SHOPIFY_CLIENT_SECRET": _SECRET,
    }


def _bare_environment(url: str) -> dict[str, str]:
    """A table of its own beside ours, which stay empty."""
    address = file_of(url) if url.startswith("sqlite") else libpq(url)
    environment = {"BENCH_SECRET": _SECRET, "BENCH_DATABASE": address}
    blob = "BLOB" if url.startswith("sqlite") else "BYTEA"
    connection = written.connect(url)
    connection.cursor().execute(
        "CREATE TABLE deliveries (shop TEXT NOT NULL, topic TEXT NOT NULL, delivery TEXT NOT NULL, "
        f"body {blob} NOT NULL, PRIMARY KEY (shop, topic, delivery))"
    )
    connection.commit()
    connection.close()
    return environment


def _count(url: str, table: str) -> int:
    connection = written.connect(url)
    cursor = connection.cursor()
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
    (row,) = cursor.fetchall()
    connection.close()
    return int(row[0])


def run(place: Place, *, name: str = "b1") -> Result:
    """Measure both servers in turns; every delivery must be answered 200 and be there afterwards."""
    count = scaled(DELIVERIES, 500)
    make = _deliveries()
    shop, bare_url = open_shop(place.make()), place.make()
    valkey = Valkey()
    try:
        with (
            serving("tests.benchmarks.bare_app:app", _bare_environment(bare_url)) as bare,
            serving("app.factory:application()", _environment(shop, database(valkey.address, 0))) as ours,
        ):
            for server in (bare, ours):
                send(server.port, make(WARM_UP))
            plain, mine = in_turns(lambda: _volley(bare, make(count)), lambda: _volley(ours, make(count)))
    finally:
        valkey.stop()
    kept = (_count(bare_url, "deliveries"), _count(shop.url, InboxRow.__tablename__))
    if set(kept) != {WARM_UP + count * len(plain)}:
        raise RuntimeError(kept)
    return Result(name, place.engine, SEED, _sizes(count), _lines(plain, mine), _notes(plain, mine))


def _volley(server: Served, requests: Sequence[bytes]) -> Volley:
    before = server.cpu_s()
    sent = send(server.port, requests)
    return Volley(sent, (server.cpu_s() - before) / len(requests) * 1000)


def _sizes(count: int) -> dict[str, int]:
    return {"deliveries a round": count, "senders": SENDERS, "workers": WORKERS, "threads": THREADS}


def _lines(plain: Sequence[Volley], mine: Sequence[Volley]) -> list[Line]:
    def line(what: str, unit: str, figure: Callable[[Volley], float], goal: float | None, *, more: bool) -> Line:
        return Line.of(what, unit, [*map(figure, plain)], [*map(figure, mine)], goal, more_is_better=more)

    return [
        line("deliveries answered", "/s", lambda volley: volley.sent.per_s, 0.8, more=True),
        line("median answer", "ms", lambda volley: volley.sent.p50_ms, None, more=False),
        line("99th percentile", "ms", lambda volley: volley.sent.p99_ms, 3, more=False),
        line("workers' processor time", "ms", lambda volley: volley.cpu_ms, None, more=False),
    ]


def _notes(plain: Sequence[Volley], mine: Sequence[Volley]) -> dict[str, list[float]]:
    return {
        "baseline_per_s": [round(volley.sent.per_s, 1) for volley in plain],
        "ours_per_s": [round(volley.sent.per_s, 1) for volley in mine],
        "baseline_p99_ms": [round(volley.sent.p99_ms, 1) for volley in plain],
        "ours_p99_ms": [round(volley.sent.p99_ms, 1) for volley in mine],
    }
