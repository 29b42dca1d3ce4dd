"""Whatever address a merchant names as a store's, nothing of ours is sent to a machine that is not on the internet."""

import re
import socket
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db.tables import ConnectStateRow, ShopRow
from app.db.unit import reading
from app.web.limits import limiter
from integrations import transport
from jobs.works import Works
from tests.integrations.test_outgoing import HOSTILE_URLS, LOCAL_URLS, NOT_PUBLIC

STORE = "https://store.example.com"
KEYS = {
    "key_id": 1, "consumer_key": "ck_" + "a" * 40, "consumer_secret": "cs_" + "b" * 40, "key_permissions": "read_write",
}  # fmt: skip
NAMED = (
    *HOSTILE_URLS, *(url.format(port=8443) for url in LOCAL_URLS), *(url.format(port=443) for url in LOCAL_URLS),
    "https://metadata.google.internal/", "https://printer.local/", "https://router.lan/", "https://localhost/",
    "https://store.example.com/?next=https://127.0.0.1/", "https://store.example.com/#@127.0.0.1",
    "https://store.example.com/../../etc", "https://store.example.com\t.127.0.0.1/", "javascript:alert(1)",
    "data:text/html,x", "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://1.1.1.1/",
)  # fmt: skip


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a connection was tried to; none of them answers."""
    tried: list[str] = []

    def dial(address: tuple[str, int], *_args: object, **_kwargs: object) -> socket.socket:
        tried.append(address[0])
        raise OSError

    monkeypatch.setattr(transport, "create_connection", dial)
    monkeypatch.setattr(limiter, "enabled", False)
    return tried


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)


def test_an_address_that_is_no_public_name_begins_nothing(
    client: FlaskClient, works: Works, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "127.0.0.1")
    begun = [url for url in NAMED if client.get(f"/connect/woocommerce/begin?store={quote(url)}").status_code < 400]

    with reading(works.engine) as session:
        states = session.scalar(select(func.count()).select_from(ConnectStateRow))
    assert (begun, states, dialled) == ([], 0, [])
    assert len(NAMED) + len(NOT_PUBLIC) >= 60


def keys_arrive(client: FlaskClient) -> int:
    """Begin with an honest name, and let somebody post keys for it."""
    begun = client.get(f"/connect/woocommerce/begin?store={STORE}")
    state = re.search(r"user_id=([A-Za-z0-9_-]+)", begun.headers["Location"])
    assert state is not None
    return client.post("/connect/woocommerce/finish", json={**KEYS, "user_id": state[1]}).status_code


def test_a_public_name_that_leads_inside_is_not_called(
    client: FlaskClient, works: Works, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = {}
    for address in NOT_PUBLIC:
        leads_to(monkeypatch, address)
        statuses[address] = keys_arrive(client)
        leads_to(monkeypatch, "1.1.1.1", address)
        statuses[f"1.1.1.1 and {address}"] = keys_arrive(client)

    with reading(works.engine) as session:
        assert session.scalar(select(func.count()).select_from(ShopRow)) == 0
    assert {name: status for name, status in statuses.items() if status != 502} == {}
    assert dialled == []


def test_the_name_is_asked_for_once_a_call_and_what_it_said_is_what_is_dialled(
    client: FlaskClient, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that says something else the second time is called where it led the first time."""
    asked: list[str] = []

    def ask(host: str, *_args: object, **_kwargs: object) -> list[object]:
        asked.append(host)
        address = "1.1.1.1" if len(asked) % 2 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", ask)

    assert keys_arrive(client) == 502
    assert set(dialled) == {"1.1.1.1"}
