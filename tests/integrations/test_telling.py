"""Telling other systems: signed as the specification says, and sent to public addresses only."""

import pytest
import responses

from app.loyalty.effects import TellChange
from integrations.outgoing import Outgoing
from integrations.platform import PlatformError
from integrations.telling import Telling, signature
from tests.factories.instants import instant

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"test": 2432232314}'
URL = "https://crm.example/kizuna"
PUBLIC = "93.184.216.34"


def telling(*addresses: str) -> Telling:
    return Telling(Outgoing(production=True, ask=lambda _host, _port: addresses))


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    told = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)

    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@responses.activate
def test_every_secret_signs_what_is_sent_under_its_id_and_the_time_of_the_try() -> None:
    responses.post(URL, status=204)
    now, other = instant("2025-02-01"), "whsec_a2l6dW5h"

    telling(PUBLIC).tell(TellChange("one", URL, (SECRET, other), "{}"), now)

    [call] = responses.calls
    seconds = int(now.timestamp())
    assert call.request.body == b"{}"
    assert {name: call.request.headers[name] for name in ("webhook-id", "webhook-timestamp", "Content-Type")} == {
        "webhook-id": "one",
        "webhook-timestamp": str(seconds),
        "Content-Type": "application/json",
    }
    assert call.request.headers["webhook-signature"].split() == [
        signature(SECRET, "one", seconds, "{}"), signature(other, "one", seconds, "{}"),
    ]  # fmt: skip


@responses.activate
@pytest.mark.parametrize(("status", "for_good"), ((302, False), (404, False), (410, True), (429, False), (500, False)))
def test_only_a_yes_is_a_yes_and_only_a_listener_that_is_gone_is_not_tried_again(
    status: int, *, for_good: bool
) -> None:
    responses.post(URL, status=status, headers={"Location": "https://crm.example/elsewhere"})

    with pytest.raises(PlatformError) as failed:
        telling(PUBLIC).tell(TellChange("one", URL, (SECRET,), "{}"), instant("2025-02-01"))

    assert (failed.value.code, failed.value.permanent) == (f"HTTP_{status}", for_good)
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("url", "addresses", "reason"),
    (
        ("http://crm.example/", (PUBLIC,), "URL_REFUSED"),
        ("https://me:secret@crm.example/", (PUBLIC,), "URL_REFUSED"),
        ("crm.example", (PUBLIC,), "URL_REFUSED"),
        ("https://crm.example:22/", (PUBLIC,), "URL_REFUSED"),
        ("https://crm.example/", ("10.0.0.7",), "ADDRESS_REFUSED"),
        ("https://crm.example/", (PUBLIC, "169.254.169.254"), "ADDRESS_REFUSED"),
        ("https://127.0.0.1/", ("127.0.0.1",), "ADDRESS_REFUSED"),
    ),
)
def test_an_address_inside_a_network_is_refused_when_it_is_told_of_and_when_it_is_sent_to(
    url: str, addresses: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(PlatformError) as refused:
        telling(*addresses).check(url)
    assert refused.value.code == reason
    with pytest.raises(PlatformError) as refused:
        telling(*addresses).tell(TellChange("one", url, (SECRET,), "{}"), instant("2025-02-01"))
    assert (refused.value.code, refused.value.permanent) == (reason, True)


def test_an_address_on_the_internet_is_taken_and_a_name_that_leads_nowhere_is_not() -> None:
    telling(PUBLIC).check(URL)

    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(host, port)

    with pytest.raises(PlatformError) as refused:
        Telling(Outgoing(production=True, ask=nowhere)).check(URL)
    assert refused.value.code == "UNREACHABLE"
