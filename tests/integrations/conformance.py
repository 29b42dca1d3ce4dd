"""What every platform must show, whatever its wire looks like: subclass ``PlatformConformance`` and describe yourself.

    class TestShopify(PlatformConformance):
        def subject(self) -> Subject:
            return Subject(platform=…, …)

A review app shows the part of it that it has: ``SourceConformance``. Nothing in here knows anybody's headers or bodies:
the subject signs its own deliveries and brings recorded payloads.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.loyalty.facts import Fact
from integrations.platform import (
    Credentials,
    Ignored,
    Malformed,
    Platform,
    PlatformError,
    Refetch,
    Refused,
    Request,
    ReviewSource,
    ShopProfile,
    Translation,
    Verified,
)

FACTS: tuple[type, ...] = get_args(Fact)
SECRET = "conformance-secret-of-enough-length"
OTHER_SECRET = "another-secret-of-the-same-length!"

DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE: Mapping[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>Fatal error</html>",
    "half a body": b'{"id": 1, "line_items": [{"id"',
    "a list": b"[]",
    "a number": b"7",
    "a string": b'"order"',
    "null": b"null",
    "not a number": b'{"id": NaN}',
    "infinity": b'{"id": -Infinity}',
    "beyond every float": b'{"id": 1e999}',
    "an integer of 5,000 digits": b'{"id": ' + b"9" * 5_000 + b"}",
    "100,000 brackets deep": DEEP,
    "100,000 objects deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "bytes of no encoding": b'{"id": "\xff\xfe\xfa"}',
    "a lone surrogate": b'{"id": "\\ud800"}',
    "a zero byte": b'{"id": "\\u0000"}',
}
"""Bodies that mean nothing on any platform."""

QUAINT: Mapping[str, bytes] = {
    "UTF-16": '{"id": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"id": 1}',
    "one key many times": b'{"id": 1, "id": 2}',
    "200,000 keys": json.dumps(dict.fromkeys(map(str, range(200_000)), 0)).encode(),
}
"""Bodies a platform may read or not, as long as it does not stumble."""

ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**53 + 1, 2**63, 10**30, -(10**30)),
    *("", " ", "0", "-1", "-0.00", "1,5", "1e3", "1e999", "0x1f", "٣", "NaN", "Infinity", "9" * 400, "1." + "3" * 400),
    *("\ud800", "\x00", "\u202e\u2066", "🧵" * 100, "x" * 70_000),
    *("2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *([], {}, [None], [[]], [{}], {"id": None}, {"": ""}, {"shop_money": None}),
)
"""What a field may hold that nobody planned for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One platform or review app, as these tests need it.

    ``sign(topic, body, secret)`` makes an authentic delivery of ``shop`` at ``now`` (an empty secret is an empty key).
    ``signature`` is the name of the header that carries the signature, in lower case. ``payloads`` are recorded
    bodies by name: (topic, body); ``unknown_topic`` is a topic the platform may send and we do not know. ``fetched``
    are bodies of our own topics, which come by asking and are never signed.
    """

    platform: Platform | ReviewSource
    shop: ShopProfile
    now: datetime
    sign: Callable[[str, bytes, str], Request]
    signature: str
    payloads: Mapping[str, tuple[str, bytes]]
    unknown_topic: str
    fetched: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def any_delivery(self) -> tuple[str, bytes]:
        """Return the first recorded payload."""
        return next(iter(self.payloads.values()))

    def readable(self) -> Mapping[str, tuple[str, bytes]]:
        """Return every body that can be translated."""
        return {**self.payloads, **self.fetched}


class SourceConformance:
    """What arrives: proved, and read. A subclass named ``Test…`` runs it all."""

    def subject(self) -> Subject:
        """Describe the platform under test."""
        raise NotImplementedError

    # ── Who is knocking ──────────────────────────────────────────────────────

    def test_an_authentic_delivery_is_known_by_its_shop_topic_and_key(self) -> None:
        subject = self.subject()
        for name, (topic, body) in subject.payloads.items():
            request = subject.sign(topic, body, SECRET)
            seen = subject.platform.verify(request, secrets=(SECRET,), now=subject.now)
            assert isinstance(seen, Verified), f"{name}: {seen}"
            assert seen.topic == topic, name
            assert seen.key, name
            assert subject.platform.claimed_shop(request), name
            again = subject.platform.verify(request, secrets=(SECRET,), now=subject.now)
            assert again == seen, f"{name}: the same delivery has one key"

    def test_during_a_rotation_either_secret_opens(self) -> None:
        subject = self.subject()
        request = subject.sign(*subject.any_delivery(), SECRET)
        for secrets in ((SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET), ("", SECRET)):
            assert isinstance(subject.platform.verify(request, secrets=secrets, now=subject.now), Verified)

    def test_a_forged_delivery_is_refused(self) -> None:
        subject = self.subject()
        topic, body = subject.any_delivery()
        authentic = subject.sign(topic, body, SECRET)
        for name, forged in forgeries(subject, authentic):
            answer = subject.platform.verify(forged, secrets=(SECRET,), now=subject.now)
            assert isinstance(answer, Refused), f"{name}: {answer}"
            assert 400 <= answer.status < 500, name
            assert answer.code, name
            assert answer.reason, name

    def test_an_empty_secret_opens_nothing(self) -> None:
        subject = self.subject()
        topic, body = subject.any_delivery()
        for secret in ("", SECRET):
            request = subject.sign(topic, body, secret)
            for secrets in ((), ("",), ("", "")):
                answer = subject.platform.verify(request, secrets=secrets, now=subject.now)
                assert isinstance(answer, Refused), f"signed with {secret!r}, known secrets {secrets!r}"

    def test_a_signature_sent_twice_is_refused(self) -> None:
        subject = self.subject()
        request = subject.sign(*subject.any_delivery(), SECRET)
        doubled = replace(request, doubled_headers=frozenset({subject.signature}))
        assert isinstance(subject.platform.verify(doubled, secrets=(SECRET,), now=subject.now), Refused)

    def test_proving_a_delivery_does_not_read_its_body(self) -> None:
        subject = self.subject()
        topic, _ = subject.any_delivery()
        for name, body in HOSTILE.items():
            answer = subject.platform.verify(subject.sign(topic, body, SECRET), secrets=(SECRET,), now=subject.now)
            assert isinstance(answer, Verified), f"{name}: {answer}"

    def test_a_refusal_tells_no_secret_and_nothing_of_the_body(self) -> None:
        subject = self.subject()
        topic, _ = subject.any_delivery()
        request = subject.sign(topic, b'{"email": "canary@example.com"}', OTHER_SECRET)
        answer = subject.platform.verify(request, secrets=(SECRET,), now=subject.now)
        assert isinstance(answer, Refused)
        for leaked in ("canary", SECRET, OTHER_SECRET, request.headers[subject.signature]):
            assert leaked not in repr(answer)

    # ── What it says ─────────────────────────────────────────────────────────

    def test_a_recorded_payload_says_something_and_always_the_same(self) -> None:
        subject = self.subject()
        for name, (topic, body) in subject.readable().items():
            first = subject.platform.translate(topic, body, subject.shop)
            assert not isinstance(first, Malformed), f"{name}: {first}"
            check(first)
            assert subject.platform.translate(topic, body, subject.shop) == first, name

    def test_a_broken_body_is_malformed_on_every_topic_that_reads_it(self) -> None:
        subject = self.subject()
        topics = {topic for topic, body in subject.readable().values() if self._reads(subject, topic, body)}
        assert topics, "no recorded payload is read at all"
        for topic in sorted(topics):
            for name, body in HOSTILE.items():
                seen = subject.platform.translate(topic, body, subject.shop)
                check(seen)
                assert isinstance(seen, Malformed | Ignored), f"{topic}, {name}: {seen}"
            for body in QUAINT.values():
                check(subject.platform.translate(topic, body, subject.shop))
            for name in ("nothing", "no JSON", "half a body", "not a number", "100,000 brackets deep"):
                seen = subject.platform.translate(topic, HOSTILE[name], subject.shop)
                assert isinstance(seen, Malformed), f"{topic}, {name}: {seen}"

    def _reads(self, subject: Subject, topic: str, body: bytes) -> bool:
        """Tell whether this topic is read for what its body says."""
        seen = subject.platform.translate(topic, body, subject.shop)
        return not isinstance(seen, Ignored) and isinstance(
            subject.platform.translate(topic, b"[", subject.shop), Malformed
        )

    def test_why_a_body_was_not_understood_never_quotes_it(self) -> None:
        subject = self.subject()
        for topic, _ in subject.readable().values():
            body = b'{"id": {"canary": "canary@example.com"}, "email": ["canary@example.com"], "canary": "canary"}'
            seen = subject.platform.translate(topic, body, subject.shop)
            if isinstance(seen, Malformed):
                assert "canary" not in seen.reason, topic

    def test_an_unknown_topic_is_ignored_with_a_reason(self) -> None:
        subject = self.subject()
        seen = subject.platform.translate(subject.unknown_topic, b'{"id": 1}', subject.shop)
        assert isinstance(seen, Ignored)
        assert seen.reason

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_translating_never_raises_whatever_a_field_holds(self, data: st.DataObject) -> None:
        subject = self.subject()
        topic, body = data.draw(st.sampled_from(sorted(subject.readable().values())))
        document = json.loads(body)
        for _ in range(data.draw(st.integers(1, 3))):
            places = list(paths(document))
            assume(places)
            path = data.draw(st.sampled_from(places))
            odd = st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats(allow_nan=True)
            change(document, path, data.draw(odd | st.just(REMOVED)))
        check(subject.platform.translate(topic, json.dumps(document).encode(), subject.shop))

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_translating_never_raises_whatever_the_bytes_are(self, data: st.DataObject) -> None:
        subject = self.subject()
        topic, body = data.draw(st.sampled_from(sorted(subject.readable().values())))
        cut = data.draw(st.integers(0, len(body)))
        check(
            subject.platform.translate(
                topic, body[:cut] + data.draw(st.binary(max_size=8)) + body[cut + 1 :], subject.shop
            )
        )


class PlatformConformance(SourceConformance):
    """What a whole platform shows besides."""

    # ── What it may do ───────────────────────────────────────────────────────

    def test_credentials_never_show_a_secret(self) -> None:
        shown = repr(Credentials(self.subject().shop.domain, {"access_token": "canary"}))
        assert "canary" not in shown

    def test_a_platform_names_itself_and_what_it_can_do(self) -> None:
        platform = cast("Platform", self.subject().platform)
        assert platform.name
        assert platform.capabilities.discounts

    def test_nothing_is_fetched_before_the_shop_is_named(self) -> None:
        subject = self.subject()
        nobody = Credentials("", {})
        with pytest.raises(PlatformError):
            cast("Platform", subject.platform).changes(subject.now - timedelta(days=1), None, nobody)


def forgeries(subject: Subject, authentic: Request) -> Iterator[tuple[str, Request]]:
    """Change an authentic delivery in every way that must not pass."""
    headers, name = dict(authentic.headers), subject.signature
    signature = headers[name]
    topic, body = subject.any_delivery()
    for secret in (OTHER_SECRET, ""):
        yield f"signed with {secret!r}", subject.sign(topic, body, secret)
    yield "another body", replace(authentic, body=authentic.body + b" ")
    yield "an empty body", replace(authentic, body=b"")
    without = {key: value for key, value in headers.items() if key != name}
    yield "no signature", replace(authentic, headers=without)
    spoiled = {
        "empty": "",
        "cut": signature[:-4],
        "unpadded": signature.rstrip("=")[:-1],
        "longer": signature + signature,
        "in other letters": signature.swapcase(),
        "in front of a comma": signature + ", " + signature,
        "with a line end": signature + "\n",
        "not ASCII": "é" + signature[1:],
        "full width": "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in signature),
        "hexadecimal for base64 or the reverse": signature.encode().hex(),
        "a zero byte": signature[:-1] + "\x00",
        "the word null": "null",
    }
    for what, value in spoiled.items():
        yield f"a signature that is {what}", replace(authentic, headers={**headers, name: value})


REMOVED = object()


def paths(node: object, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every value inside a parsed document."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield (*here, key)
        yield from paths(value, (*here, key))


def change(document: Any, path: tuple[str | int, ...], value: object) -> None:  # noqa: ANN401 (any parsed JSON)
    """Put ``value`` at ``path``, or take what is there away."""
    for step in path[:-1]:
        document = document[step]
    if value is REMOVED:
        del document[path[-1]]
    else:
        # A copy: the next change may go into it, and what nobody planned for is to stay as it is.
        document[path[-1]] = deepcopy(value)


def check(seen: Translation) -> None:
    """A translation is one of its four shapes and holds only what the house can keep."""
    if isinstance(seen, Ignored | Malformed):
        assert seen.reason
        return
    if isinstance(seen, Refetch):
        _check_value(seen)
        return
    for fact in seen:
        assert isinstance(fact, FACTS), fact
        _check_value(fact)


def _check_value(value: object) -> None:
    """Instants are UTC, whole numbers fit, texts can be stored."""
    if is_dataclass(value):
        for each in fields(value):
            _check_value(getattr(value, each.name))
    elif isinstance(value, tuple):
        for part in value:
            _check_value(part)
    elif isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0), value
    elif isinstance(value, str):
        value.encode()
        assert "\x00" not in value
        assert len(value) <= 1_000
    elif isinstance(value, int):
        assert abs(value) <= 10**13, value
    else:
        assert not isinstance(value, float), value
