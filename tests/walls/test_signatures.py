"""Signatures that only look like one: whatever is wrong with them, 401, nothing kept, and the body not even read."""

import ast
import base64
import gzip
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from app.db.tables import InboxRow
from app.db.unit import reading
from app.factory import create_app
from app.settings import read
from integrations import platforms, sources
from tests.house.repository import calls, modules, tree
from tests.walls.conftest import STRANGERS_SECRETS, environment
from tests.walls.roles import Street
from tests.web.pages.conftest import BASE
from tests.web.shops import (
    CLIENT_SECRET,
    JUDGEME_SECRET,
    TIDEWELL,
    WEBHOOK_SECRET,
    Shop,
    connect,
    shopify_headers,
    woo_headers,
)

BODY: Final = b'{"id": 1001, "shop_domain": "tidewell.myshopify.com", "name": "Zo\xc3\xab"}'


@dataclass(frozen=True, slots=True)
class Signing:
    """How one origin signs: the header, whether in hexadecimal, with which secret, beside which other headers."""

    header: str
    secret: str
    is_hex: bool
    others: Mapping[str, str]
    platform: str = "woocommerce"

    def written(self, digest: bytes) -> str:
        return digest.hex() if self.is_hex else base64.b64encode(digest).decode()

    def sign(self, body: bytes, secret: str | bytes | None = None, kind: str = "sha256") -> str:
        """Return a signature; the right one, unless told otherwise."""
        key = self.secret if secret is None else secret
        return self.written(hmac.digest(key.encode() if isinstance(key, str) else key, body, kind))


def _beside(headers: Mapping[str, str], signature: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != signature.lower()}


SIGNINGS: Final = {
    "shopify": Signing(
        "X-Shopify-Hmac-Sha256", CLIENT_SECRET, is_hex=False,
        others=_beside(shopify_headers(BODY), "X-Shopify-Hmac-Sha256"),
    ),
    "woocommerce": Signing(
        "X-WC-Webhook-Signature", WEBHOOK_SECRET, is_hex=False,
        others=_beside(woo_headers(BODY), "X-WC-Webhook-Signature"),
    ),
    "neutral": Signing(
        "X-Kizuna-Signature", WEBHOOK_SECRET, is_hex=True,
        others={"X-Kizuna-Topic": "order", "Content-Type": "application/json"},
    ),
    "judgeme": Signing(
        "JUDGEME-HMAC-SHA256", JUDGEME_SECRET, is_hex=True, others={"Content-Type": "application/json"}
    ),
}  # fmt: skip
"""Every origin of deliveries; a test says that none is missing."""

_TAKEN, _REFUSED, _NOT_THERE = 200, 401, 404

Sent = tuple[bytes, str | None]
"""A body and what stands in the signature's header, None for no header."""
Vector = Callable[[Signing], Sent]


def _header(change: Callable[[str], str | None]) -> Vector:
    """Change the right signature."""
    return lambda signing: (BODY, change(signing.sign(BODY)))


def _made(make: Callable[[Signing], str]) -> Vector:
    """Put another signature there."""
    return lambda signing: (BODY, make(signing))


def _body(change: Callable[[bytes], bytes]) -> Vector:
    """Change the body under its right signature."""
    return lambda signing: (change(BODY), signing.sign(BODY))


def _other_form(signing: Signing) -> str:
    digest = hmac.digest(signing.secret.encode(), BODY, "sha256")
    return base64.b64encode(digest).decode() if signing.is_hex else digest.hex()


VECTORS: Final[Mapping[str, Vector]] = {
    "absent": _header(lambda _: None),
    "empty": _header(lambda _: ""),
    "a space": _header(lambda _: " "),
    "null in words": _header(lambda _: "null"),
    "undefined in words": _header(lambda _: "undefined"),
    "true in words": _header(lambda _: "true"),
    "zero": _header(lambda _: "0"),
    "an empty list": _header(lambda _: "[]"),
    "a star": _header(lambda _: "*"),
    "nothing but padding": _header(lambda _: "===="),
    "all zeros": _made(lambda signing: signing.written(bytes(32))),
    "all ones": _made(lambda signing: signing.written(b"\xff" * 32)),
    "its first letter": _header(lambda text: text[:1]),
    "its first half": _header(lambda text: text[: len(text) // 2]),
    "all but its last letter": _header(lambda text: text[:-1]),
    "all but its first letter": _header(lambda text: text[1:]),
    "all but its last two letters": _header(lambda text: text[:-2]),
    "one letter more": _header(lambda text: text + "A"),
    "one padding more": _header(lambda text: text + "="),
    "backwards": _header(lambda text: text[::-1]),
    "its first letter another": _header(lambda text: ("1" if text[0] != "1" else "2") + text[1:]),
    "a letter in its middle another": _header(
        lambda text: text[:20] + ("1" if text[20] != "1" else "2") + text[21:]
    ),
    "in the other case": _header(lambda text: text.swapcase()),
    "in the other form, base64 or hexadecimal": _made(_other_form),
    "the other form in base64": _made(lambda signing: base64.b64encode(_other_form(signing).encode()).decode()),
    "twice in base64": _header(lambda text: base64.b64encode(text.encode()).decode()),
    "with 0x before it": _header(lambda text: f"0x{text}"),
    "with the name of the method": _header(lambda text: f"sha256={text}"),
    "as a bearer": _header(lambda text: f"Bearer {text}"),
    "in quotation marks": _header(lambda text: f'"{text}"'),
    "in brackets": _header(lambda text: f"[{text}]"),
    "with a semicolon": _header(lambda text: f"{text};"),
    "with a NUL after it": _header(lambda text: f"{text}\x00"),
    "sent twice": _header(lambda text: f"{text},{text}"),
    "sent twice, with a space": _header(lambda text: f"{text}, {text}"),
    "sent twice, the second forged": _header(lambda text: f"{text},{'A' * len(text)}"),
    "sent twice, the first forged": _header(lambda text: f"{'A' * len(text)},{text}"),
    "sent twice, the first empty": _header(lambda text: f",{text}"),
    "in odd letters": _header(lambda text: "é" * len(text)),
    "with one odd letter": _header(lambda text: text[:-1] + "é"),
    "of a hundred thousand letters": _header(lambda text: text * 2000),
    "of another body": _made(lambda signing: signing.sign(b'{"id": 1002}')),
    "of no body": _made(lambda signing: signing.sign(b"")),
    "of the body and a new line": _made(lambda signing: signing.sign(BODY + b"\n")),
    "of the same JSON written otherwise": _made(lambda signing: signing.sign(BODY.replace(b": ", b":"))),
    "of the body in base64": _made(lambda signing: signing.sign(base64.b64encode(BODY))),
    "of the topic and the body": _made(lambda signing: signing.sign(b"orders/paid" + BODY)),
    "of another secret": _made(lambda signing: signing.sign(BODY, "00" * 32)),
    "of another shop's secret": _made(lambda signing: signing.sign(BODY, STRANGERS_SECRETS["webhook_secret"])),
    "of an empty secret": _made(lambda signing: signing.sign(BODY, "")),
    "of a secret of one NUL": _made(lambda signing: signing.sign(BODY, "\x00\x01")),
    "of the secret and a new line": _made(lambda signing: signing.sign(BODY, f"{signing.secret}\n")),
    "of the secret in the other case": _made(lambda signing: signing.sign(BODY, signing.secret.swapcase())),
    "of the secret but its last letter": _made(lambda signing: signing.sign(BODY, signing.secret[:-1])),
    "of the secret in base64": _made(lambda signing: signing.sign(BODY, base64.b64encode(signing.secret.encode()))),
    "of the secret in UTF-16": _made(lambda signing: signing.sign(BODY, signing.secret.encode("utf-16"))),
    "of the word None": _made(lambda signing: signing.sign(BODY, "None")),
    "of the shop's name": _made(lambda signing: signing.sign(BODY, TIDEWELL)),
    "the secret itself": _made(lambda signing: signing.secret),
    "by SHA-1": _made(lambda signing: signing.sign(BODY, kind="sha1")),
    "by MD5": _made(lambda signing: signing.sign(BODY, kind="md5")),
    "by SHA-512": _made(lambda signing: signing.sign(BODY, kind="sha512")),
    "by SHA3": _made(lambda signing: signing.sign(BODY, kind="sha3_256")),
    "a plain hash": _made(lambda signing: signing.written(hashlib.sha256(BODY).digest())),
    "a plain hash of secret and body": _made(
        lambda signing: signing.written(hashlib.sha256(signing.secret.encode() + BODY).digest())
    ),
    "key and body exchanged": _made(
        lambda signing: signing.written(hmac.digest(BODY, signing.secret.encode(), "sha256"))
    ),
    "a body with one byte changed": _body(lambda body: body.replace(b"1001", b"1002")),
    "a body with a byte more": _body(lambda body: body + b" "),
    "a body with a mark of order before it": _body(lambda body: b"\xef\xbb\xbf" + body),
    "a body in UTF-16": _body(lambda body: body.decode().encode("utf-16")),
    "a body packed": _body(gzip.compress),
    "a body twice": _body(lambda body: body + body),
    "no body": _body(lambda _: b""),
    "a body that is no JSON": _body(lambda _: b"[" * 100_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doors:
    """Where each origin's deliveries go: of shops with the secrets above, and of shops whose secrets are empty."""

    street: Street
    plain: Shop
    empty: Mapping[str, Shop]

    def address(self, origin: str, *, empty: bool = False) -> str:
        shops = self.empty if empty else {"woocommerce": self.street.mado.shop, "neutral": self.plain}
        shop = str(shops[origin].shop_id) if origin in shops else TIDEWELL
        return f"/webhooks/{origin}?shop={shop}"

    def send(self, origin: str, sent: Sent, **more: Any) -> int:  # noqa: ANN401 - what the client takes
        """Send a delivery, and return the status of the answer."""
        body, signature = sent
        headers = {**SIGNINGS[origin].others, **more.pop("headers", {})}
        if signature is not None:
            headers[SIGNINGS[origin].header] = signature
        path = more.pop("path", None) or self.address(origin)
        client = more.pop("app", self.street.app).test_client()
        return int(client.post(path, base_url=BASE, data=body, headers=headers, **more).status_code)


@pytest.fixture(scope="module")
def doors(street: Street) -> Doors:
    """The street's shops, and three more."""
    works = street.works
    nothing = {"webhook_secret": "", "shopper_secret": ""}
    empty = {name: connect(works, name, f"empty-{name}.example", values=nothing) for name in ("woocommerce", "neutral")}
    plain = connect(works, "neutral", "plain.example", values={"webhook_secret": WEBHOOK_SECRET})
    return Doors(street, plain, empty)


def kept(street: Street) -> int:
    with reading(street.works.engine) as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read as JSON while it is watched, our own credentials apart."""
    seen: list[str] = []
    real = json.loads

    def loads(text: str | bytes, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - json's own
        if "webhook_secret" not in repr(text):
            seen.append(repr(text)[:80])
        return real(text, *args, **kwargs)

    monkeypatch.setattr(json, "loads", loads)
    return seen


def test_every_origin_of_deliveries_has_its_table_and_the_table_has_sixty_lines(street: Street) -> None:
    assert set(SIGNINGS) == {*street.works.platforms, *street.works.sources}
    assert len(VECTORS) >= 60


@pytest.mark.parametrize("origin", SIGNINGS)
def test_a_signature_that_is_not_the_right_one_is_401_keeps_nothing_and_reads_nothing(
    origin: str, doors: Doors, unread: list[str]
) -> None:
    before = kept(doors.street)
    answers = {name: doors.send(origin, make(SIGNINGS[origin])) for name, make in VECTORS.items()}

    assert {name: status for name, status in answers.items() if status != _REFUSED} == {}
    assert (kept(doors.street), unread) == (before, [])


@pytest.mark.parametrize("origin", SIGNINGS)
def test_a_signature_in_another_place_is_none(origin: str, doors: Doors, unread: list[str]) -> None:
    before, right = kept(doors.street), SIGNINGS[origin].sign(BODY)
    header = SIGNINGS[origin].header
    elsewhere = {other.header: right for other in SIGNINGS.values() if other.header != header}
    there: Mapping[str, dict[str, Any]] = {
        "in the address": {"path": f"{doors.address(origin)}&{header}={right}&hmac={right}&signature={right}"},
        "in a cookie": {"headers": {"Cookie": f"{header}={right}"}},
        "as authorization": {"headers": {"Authorization": f"Bearer {right}"}},
        "under a longer name": {"headers": {f"X-{header}": right}},
        "under every other origin's name": {"headers": elsewhere},
    }
    answers = {name: doors.send(origin, (BODY, None), **how) for name, how in there.items()}

    assert {name: status for name, status in answers.items() if status != _REFUSED} == {}
    assert (kept(doors.street), unread) == (before, [])


@pytest.mark.parametrize("origin", SIGNINGS)
def test_the_right_signature_is_good_so_the_table_is_about_signatures(origin: str, doors: Doors) -> None:
    before = kept(doors.street)

    assert doors.send(origin, (BODY, SIGNINGS[origin].sign(BODY))) == _TAKEN
    assert kept(doors.street) == before + 1


@pytest.mark.parametrize("origin", SIGNINGS)
def test_where_a_secret_is_empty_nothing_is_good(
    origin: str, doors: Doors, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It means refusing, never passing by: with an empty secret anybody can sign."""
    told = environment(tmp_path_factory.mktemp("bare"))
    settings = read({name: value for name, value in told.items() if "SHOPIFY" not in name and "JUDGEME" not in name})
    works = doors.street.works
    bare = replace(works, platforms=platforms(settings), sources=sources(settings))
    app, path = create_app(settings, bare), doors.address(origin, empty=True)
    before, signing = kept(doors.street), SIGNINGS[origin]
    tries = ["", *(signing.sign(BODY, secret) for secret in ("", " ", "None", "\x00"))]

    # What is not set up at all is not there.
    assert {doors.send(origin, (BODY, each), path=path, app=app) for each in tries} <= {_REFUSED, _NOT_THERE}
    assert kept(doors.street) == before


SIGNS: Final = re.compile(r"hmac|signature|digest|secret|token|csrf", re.IGNORECASE)


def test_what_proves_something_is_never_compared_with_an_equals_sign() -> None:
    """An equals sign stops at the first letter that differs, and the time it took tells which one that is."""
    makers = [path for path in modules("app", "integrations", "jobs") if {"hmac.new", "hmac.digest"} & calls(path)]
    comparers = [path for path in modules("app", "integrations", "jobs") if "hmac.compare_digest" in calls(path)]
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path in {*makers, *comparers}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        and any(isinstance(sign, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for sign in node.ops)
        and any(isinstance(side, ast.Call) and SIGNS.search(ast.unparse(side.func)) for side in _sides(node))
    ]

    assert found == []
    assert len(makers) >= len(SIGNINGS)
    assert len(comparers) >= len(SIGNINGS)


def _sides(node: ast.Compare) -> list[ast.expr]:
    return [node.left, *node.comparators]
