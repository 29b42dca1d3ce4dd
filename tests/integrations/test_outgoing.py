"""Calls to shops reach public addresses only, over https, once, and never wait or read without end."""

import gzip
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import requests
import responses
import stamina
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations import addresses, transport
from integrations.addresses import AddressRefused, is_public, public_addresses
from integrations.outgoing import Outgoing, repeated
from integrations.platform import PlatformError
from integrations.transport import Limits, OutgoingRefused

SHOP = "tidewell.myshopify.com"
_SYSTEM = socket.getaddrinfo

NOT_PUBLIC = (
    "0.0.0.1", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8",
    "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.7",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.3", "203.0.113.9", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.216.34",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo", "fec0::1",
    "ff02::1", "4000::1",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "23.227.38.65", "93.184.216.34", "99.255.255.255", "172.15.0.1", "192.0.1.1", "223.255.255.254")
PUBLIC_6 = ("2606:4700::1111", "2620:127:f00f:5::", "2a00:1450:4001:80b::200e")

HOSTILE_URLS = (
    "http://shop.example/",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://shop.example/",
    "https://",
    "https:///path",
    "https://user@shop.example/",
    "https://user:secret@shop.example/",
    "https://shop.example@127.0.0.1/",
    "https://shop.example:22/",
    "https://shop.example:80/",
    "https://shop.example:99999/",
    "https://shop.example:port/",
    "https://[::1/",
    "//shop.example/",
    "shop.example",
    "",
)
LOCAL_URLS = (
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST.:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://127。0。0。1:{port}/",
    "https://127.0.0.1%2f@:{port}/",
    "https://127.0.0.1\\@shop.example:{port}/",
    "https://shop.example#@127.0.0.1:{port}/",
)


# ── Addresses ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_inner_address_is_never_a_shop(address: str) -> None:
    def ask(_host: str, _port: int) -> list[str]:
        return [address]

    with pytest.raises(AddressRefused):
        public_addresses("shop.example", 443, ask)


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_a_public_address_may_be_a_shop(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_inner_address_among_public_ones_spoils_the_name() -> None:
    with pytest.raises(AddressRefused):
        public_addresses("shop.example", 443, lambda _h, _p: ["1.1.1.1", "10.0.0.1"])


# ── A canary on loopback ─────────────────────────────────────────────────────


class Canary:
    """Listens on loopback and counts who comes."""

    def __init__(self) -> None:
        self.hits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def canary() -> Iterator[Canary]:
    listening = Canary()
    yield listening
    listening.close()


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing(production=True)


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_a_url_that_is_not_plain_https_is_not_called(outgoing: Outgoing, url: str) -> None:
    with pytest.raises(PlatformError) as refused:
        outgoing.call("GET", url)
    assert refused.value.permanent
    assert refused.value.code == "URL_REFUSED"


def spelt(host: str, port: int) -> list[str]:
    """Read a host the system's way, all its odd spellings of numbers, but ask nobody."""
    if host.rstrip(".").lower() == "localhost":
        return ["127.0.0.1", "::1"]
    found = _SYSTEM(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(entry[4][0]) for entry in found]


@pytest.mark.parametrize("url", LOCAL_URLS)
def test_no_spelling_of_loopback_reaches_it(canary: Canary, url: str) -> None:
    outgoing = Outgoing(production=True, ask=spelt)
    with pytest.raises(PlatformError):
        outgoing.call("GET", url.format(port=canary.port))
    assert canary.hits == 0


@pytest.mark.parametrize("address", ("127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1"))
def test_a_name_that_leads_inside_is_refused_for_good(canary: Canary, address: str) -> None:
    outgoing = Outgoing(production=True, ask=lambda _host, _port: [address])
    with pytest.raises(PlatformError) as refused:
        outgoing.call("GET", f"https://shop.example:{canary.port}/")
    assert refused.value.code == "ADDRESS_REFUSED"
    assert refused.value.permanent
    assert canary.hits == 0


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    called: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        called.append(address[0])
        raise OSError

    monkeypatch.setattr(transport, "create_connection", connect)
    outgoing = Outgoing(production=True, ask=rebinding)
    with pytest.raises(PlatformError) as failed:
        outgoing.call("GET", "https://shop.example/")
    assert failed.value.code == "UNREACHABLE"
    assert called == ["93.184.216.34"]
    with pytest.raises(PlatformError) as refused:
        outgoing.call("GET", "https://shop.example/")
    assert refused.value.code == "ADDRESS_REFUSED"
    assert called == ["93.184.216.34"]


def test_a_name_without_an_address_is_tried_again_later() -> None:
    def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(PlatformError) as failed:
        Outgoing(production=True, ask=nowhere).call("GET", "https://shop.example/")
    assert failed.value.code == "UNREACHABLE"
    assert not failed.value.permanent


def test_a_certificate_nobody_vouches_for_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _address: True)
    outgoing = Outgoing(production=True, ask=lambda _host, _port: ["127.0.0.1"])
    outgoing.session.verify = False  # a library that turns it off is not heard
    with _tls_server() as port, pytest.raises(PlatformError) as failed:
        outgoing.call("GET", f"https://shop.example:{port}/")
    assert failed.value.code == "UNREACHABLE"


class _tls_server:  # noqa: N801  (reads as a verb)
    """A server with a certificate it signed itself."""

    def __enter__(self) -> int:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(hours=1))
        certificate = builder.sign(key, hashes.SHA256())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            file.write(key.private_bytes(*pem))
            file.flush()
            context.load_cert_chain(file.name)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self._server.server_port

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


# ── The sandbox ──────────────────────────────────────────────────────────────

Answer = Callable[[BaseHTTPRequestHandler], None]


class Store:
    """A plain server on loopback that plays a demonstration shop."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.answer: Answer = lambda handler: self.reply(handler, 200, b"{}")
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                store.seen.append((self.command, self.path, dict(self.headers.items())))
                store.answer(self)

            do_POST = do_GET  # noqa: N815  (the server's own name)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a caller who hung up is the point
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def outgoing(self, limits: Limits | None = None) -> Outgoing:
        return Outgoing(production=False, sandbox={SHOP: self.address}, limits=limits)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def store() -> Iterator[Store]:
    serving = Store()
    yield serving
    serving.close()


def test_a_sandbox_shop_is_called_on_this_machine_under_its_own_name(store: Store) -> None:
    outgoing = store.outgoing()
    answer = outgoing.call("GET", f"https://{SHOP}/admin?x=1&y=%2F", headers={"X-Test": "1"})
    assert answer.json() == {}
    assert answer.url == f"https://{SHOP}/admin?x=1&y=%2F"
    method, path, headers = store.seen[0]
    assert (method, path) == ("GET", "/admin?x=1&y=%2F")
    assert headers["Host"] == SHOP
    assert headers["X-Test"] == "1"
    assert headers["User-Agent"].startswith("Kizuna/")


def test_only_the_shops_of_the_sandbox_are_sent_there(store: Store) -> None:
    outgoing = Outgoing(production=False, sandbox={SHOP: store.address}, ask=lambda _h, _p: ["127.0.0.1"])
    with pytest.raises(PlatformError):
        outgoing.call("GET", f"https://other.myshopify.com:{store.address.rpartition(':')[2]}/")
    assert store.seen == []


def test_a_browser_is_sent_to_the_sandbox_too(store: Store) -> None:
    outgoing = store.outgoing()
    assert outgoing.browser_url(f"https://{SHOP}/wc-auth?a=b") == f"{store.address}/wc-auth?a=b"
    assert outgoing.browser_url("https://real.myshopify.com/x") == "https://real.myshopify.com/x"


def test_production_has_no_sandbox() -> None:
    with pytest.raises(ValueError, match="KIZUNA_SANDBOX"):
        Outgoing(production=True, sandbox={SHOP: "http://127.0.0.1:8101"})


@pytest.mark.parametrize("place", ("http://10.0.0.1:80", "https://127.0.0.1:1", "http://shop.example", "127.0.0.1:80"))
def test_a_sandbox_is_on_this_machine(place: str) -> None:
    with pytest.raises(ValueError, match="this machine"):
        Outgoing(production=False, sandbox={SHOP: place})


# ── What an answer may be ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "target", ("http://127.0.0.1:1/", "/elsewhere", "https://evil.example/", "http://[bad", "\\\\")
)
def test_a_redirect_is_an_answer_and_is_not_followed(store: Store, target: str) -> None:
    store.answer = lambda handler: store.reply(handler, 302, b"", Location=target)
    assert store.outgoing().call("GET", f"https://{SHOP}/").status_code == 302
    assert len(store.seen) == 1


def test_a_library_that_wants_redirects_does_not_get_them(store: Store) -> None:
    store.answer = lambda handler: store.reply(handler, 307, b"", Location="/again")
    answer = store.outgoing().session.post(f"https://{SHOP}/", allow_redirects=True, data=b"x")
    assert answer.status_code == 307
    assert len(store.seen) == 1


def test_cookies_are_not_kept(store: Store) -> None:
    store.answer = lambda handler: store.reply(handler, 200, b"", Set_Cookie="who=me; Path=/")
    outgoing = store.outgoing()
    outgoing.call("GET", f"https://{SHOP}/")
    outgoing.call("GET", f"https://{SHOP}/")
    assert "Cookie" not in store.seen[1][2]
    assert not list(outgoing.session.cookies)


def test_the_environment_does_not_choose_the_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert store.outgoing().call("GET", f"https://{SHOP}/").status_code == 200


def test_two_megabytes_are_read_and_no_more(store: Store) -> None:
    outgoing = store.outgoing()
    store.answer = lambda handler: store.reply(handler, 200, b"x" * 2 * 1024 * 1024)
    assert len(outgoing.call("GET", f"https://{SHOP}/").content) == 2 * 1024 * 1024
    store.answer = lambda handler: store.reply(handler, 200, b"x" * (2 * 1024 * 1024 + 1))
    with pytest.raises(PlatformError) as refused:
        outgoing.call("GET", f"https://{SHOP}/")
    assert refused.value.code == "ANSWER_TOO_LARGE"


def test_a_small_body_that_unpacks_to_a_large_one_is_refused(store: Store) -> None:
    bomb = gzip.compress(b"\0" * 64 * 1024 * 1024)
    store.answer = lambda handler: store.reply(handler, 200, bomb, Content_Encoding="gzip")
    began = time.monotonic()
    with pytest.raises(PlatformError) as refused:
        store.outgoing().call("GET", f"https://{SHOP}/")
    assert refused.value.code == "ANSWER_TOO_LARGE"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("where", ("head", "body"))
def test_an_answer_that_trickles_is_cut(store: Store, where: str) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            for _ in range(60):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            handler.close_connection = True

    store.answer = trickle
    began = time.monotonic()
    with pytest.raises(PlatformError) as failed:
        store.outgoing(Limits(total_s=0.5)).call("GET", f"https://{SHOP}/")
    assert failed.value.code == "NO_ANSWER"
    assert time.monotonic() - began < 3


def test_a_silent_shop_is_waited_for_no_longer_than_asked(store: Store) -> None:
    store.answer = lambda _handler: time.sleep(1)
    with pytest.raises(PlatformError) as failed:
        store.outgoing().call("GET", f"https://{SHOP}/", read_s=0.2)
    assert failed.value.code == "NO_ANSWER"


def test_a_connection_that_breaks_leaves_a_doubt(store: Store) -> None:
    store.answer = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(PlatformError) as failed:
        store.outgoing().call("POST", f"https://{SHOP}/", json={"a": 1})
    assert failed.value.code == "NO_ANSWER"


def test_a_closed_door_leaves_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PlatformError) as failed:
        Outgoing(production=False, sandbox={SHOP: f"http://127.0.0.1:{port}"}).call("POST", f"https://{SHOP}/")
    assert failed.value.code == "UNREACHABLE"


@responses.activate
def test_recorded_answers_can_stand_in_for_a_shop() -> None:
    responses.get(f"https://{SHOP}/x", json={"a": 1}, status=201)
    answer = Outgoing(production=True).call("GET", f"https://{SHOP}/x")
    assert (answer.status_code, answer.json()) == (201, {"a": 1})
    with pytest.raises(OutgoingRefused):
        Outgoing(production=True).session.get(f"http://{SHOP}/x")


@responses.activate
def test_what_went_wrong_is_told_without_the_address_called() -> None:
    responses.get(f"https://{SHOP}/x", body=requests.ConnectionError("https://…?consumer_secret=canary"))
    with pytest.raises(PlatformError) as failed:
        Outgoing(production=True).call("GET", f"https://{SHOP}/x", params={"consumer_secret": "canary"})
    assert "canary" not in f"{failed.value!r} {failed.value.__cause__!r}"
    assert failed.value.__suppress_context__


# ── Again ────────────────────────────────────────────────────────────────────


def failing(*errors: PlatformError) -> tuple[Callable[[], str], list[int]]:
    left, tries = list(errors), [0]

    def read() -> str:
        tries[0] += 1
        if left:
            raise left.pop(0)
        return "read"

    return read, tries


@pytest.fixture
def _patient() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.mark.usefixtures("_patient")
def test_a_read_is_repeated_after_what_passes_three_times_at_most() -> None:
    read, tries = failing(PlatformError("NO_ANSWER"), PlatformError("UNAVAILABLE"))
    assert repeated(read) == "read"
    assert tries == [3]
    read, tries = failing(*(PlatformError("UNREACHABLE") for _ in range(5)))
    with pytest.raises(PlatformError):
        repeated(read)
    assert tries == [3]


@pytest.mark.usefixtures("_patient")
@pytest.mark.parametrize(
    "error",
    (PlatformError("NO_ANSWER", permanent=True), PlatformError("THROTTLED", retry_after_s=2.0), PlatformError("OTHER")),
)
def test_a_read_is_not_repeated_after_a_refusal_or_inside_a_wait(error: PlatformError) -> None:
    read, tries = failing(error)
    with pytest.raises(PlatformError):
        repeated(read)
    assert tries == [1]
