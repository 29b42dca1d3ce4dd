"""What other systems post, read as a hook says: who did what and when, or why it is nothing."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Customer, Event
from app.loyalty.terms.hooks import Hook
from integrations.hooks import read_hook
from integrations.platform import Ignored, Malformed

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)
SURVEY = Hook(
    "survey", "survey_done", customer="data.user.id", email="data.user.mail", at="data.times.0", key="data.id",
    where={"type": "survey.completed", "data.test": "false"},
)  # fmt: skip
BODY = {
    "type": "survey.completed",
    "data": {
        "id": 77,
        "test": False,
        "user": {"id": "ada", "mail": "ada@example.com"},
        "times": ["2027-02-01T10:00:00Z"],
    },
}


def posted(**data: object) -> bytes:
    return json.dumps({**BODY, "data": {**BODY["data"], **data}}).encode()  # type: ignore[dict-item]


def test_a_body_says_who_did_what_and_when() -> None:
    at = datetime(2027, 2, 1, 10, tzinfo=UTC)
    assert read_hook(SURVEY, posted(), NOON) == (Event("hook:survey:77", Customer("ada"), "survey_done", at),)


def test_who_is_known_by_an_address_only_is_named_by_it() -> None:
    (event,) = _facts(read_hook(SURVEY, posted(user={"mail": "ada@example.com"}), NOON))
    assert event.customer == Customer(None, "ada@example.com")


def test_a_number_names_a_customer_as_well() -> None:
    (event,) = _facts(read_hook(SURVEY, posted(user={"id": 7412258816291}), NOON))
    assert event.customer == Customer("7412258816291")


def test_without_a_key_the_body_itself_is_the_event_and_without_a_time_its_arrival() -> None:
    plain = Hook("share", "share", customer="who")
    once, again, other = (
        read_hook(plain, body, NOON) for body in (b'{"who": "ada"}', b'{"who": "ada"}', b'{"who":"ada"}')
    )
    assert once == again != other
    (event,) = _facts(once)
    assert event.at == NOON


def test_nothing_happens_in_the_future() -> None:
    (event,) = _facts(read_hook(SURVEY, posted(times=["2099-01-01T00:00:00Z"]), NOON))
    assert event.at == NOON


@pytest.mark.parametrize(
    ("body", "reason"),
    (
        (posted(test=True), "OTHER_VALUES"),
        (json.dumps({**BODY, "type": "survey.begun"}).encode(), "OTHER_VALUES"),
        (b"[]", "OTHER_VALUES"),
        (posted(user={}), "NOBODY_NAMED"),
        (posted(user={"mail": "no address"}), "NOBODY_NAMED"),
        (posted(user=None), "NOBODY_NAMED"),
    ),
)
def test_what_is_not_meant_is_ignored(body: bytes, reason: str) -> None:
    assert read_hook(SURVEY, body, NOON) == Ignored(reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    (
        (b"not json", "not JSON in UTF-8"),
        (posted(times=[]), "data.times.0 is missing"),
        (posted(times=["soon"]), "data.times.0 is no instant"),
        (posted(id=None), "data.id names nothing"),
        (posted(id={"a": 1}), "data.id names nothing"),
    ),
)
def test_what_lacks_what_the_hook_asks_for_is_malformed_without_its_content(body: bytes, reason: str) -> None:
    assert read_hook(SURVEY, body, NOON) == Malformed(reason)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("a", "b", "0")), inner, max_size=3),
    max_leaves=9,
)


@given(content=_JSON, place=st.sampled_from(("a", "a.b", "0", "a.0", "b.0.a", "", ".", "a..b")))
def test_whatever_is_posted_nothing_crashes(content: object, place: str) -> None:
    hook = Hook("h", "e", customer=place, key=place, at="a.b", where={"b": "1"} if place == "a" else {})
    seen = read_hook(hook, json.dumps(content).encode(), NOON)
    assert isinstance(seen, Ignored | Malformed | tuple)


def _facts(seen: object) -> tuple[Event, ...]:
    assert isinstance(seen, tuple), seen
    return seen
