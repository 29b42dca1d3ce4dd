"""Events of other systems: whoever has a hook's address is heard there, about that one event at that one shop."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import hooks
from app.db.tables import InboxRow
from app.db.unit import reading
from app.loyalty.terms.hooks import Hook
from app.loyalty.terms.rules import EventRule, ReviewRule
from jobs import inbox
from jobs.works import Works
from tests.factories.houses import House
from tests.factories.programmes import version
from tests.web.shops import NOW, Rung, Shop

SURVEY = Hook("survey", "survey_done", customer="who", key="id")
BODY = {"id": 1, "who": 7}


@pytest.fixture
def ours(works: Works, mado: Shop) -> House:
    """A shop whose programme pays 40 for an answered survey, since yesterday."""
    made = House(works.engine, mado.programme_id, mado.shop_id, works.cipher)
    yesterday = NOW - timedelta(days=1)
    promised = replace(version(earn=[EventRule("survey_done", 40)]), starts_at=yesterday, hooks=(SURVEY,))
    made.publish(yesterday.isoformat(), promised)
    return made


def address(works: Works, shop: House | Shop, hook: str = "survey") -> str:
    return urlsplit(hooks.address(works.address, works.cipher, shop.shop_id, hook)).path


def ends(works: Works, ours: House) -> list[tuple[str, str | None]]:
    """Settle what came and return how each delivery ended."""
    inbox.drain(works, ours.programme_id, ours.shop_id)
    with reading(works.engine) as session:
        rows = session.scalars(select(InboxRow).order_by(InboxRow.inbox_id)).all()
        return [(row.state, row.reason) for row in rows]


def test_an_event_posted_to_a_hook_earns_once_however_often_it_is_posted(
    client: FlaskClient, works: Works, ours: House, bell: Rung
) -> None:
    for body in (BODY, BODY, {**BODY, "read": True}):
        assert client.post(address(works, ours), data=json.dumps(body)).status_code == 200
    assert bell.rings == [("inbox", ours.programme_id, ours.shop_id)] * 2
    assert ends(works, ours) == [("done", None)] * 2
    assert ours.amounts("7") == (0, 40, 0, 0)
    client.post(address(works, ours), data=json.dumps({**BODY, "id": 2}))
    ends(works, ours)
    assert ours.amounts("7") == (0, 80, 0, 0)


def test_a_review_told_by_an_automation_earns_once_and_is_taken_back_when_it_is_hidden(
    client: FlaskClient, works: Works, ours: House
) -> None:
    yesterday = (NOW - timedelta(days=1)).isoformat()
    ours.publish(NOW.isoformat(), replace(version(earn=[ReviewRule(50)]), starts_at=NOW + timedelta(minutes=1)))
    works.clock.now = NOW + timedelta(hours=1)  # type: ignore[attr-defined]
    told = {"id": "r1", "product": "8", "customer": "7", "rating": "5", "created_at": works.clock().isoformat()}
    road = address(works, ours, "product-reviews")
    for said in (
        {"published": "true"},
        {"published": True, "rating": 4},
        {},
        {"published": True, "created_at": yesterday},
    ):
        assert client.post(road, data=json.dumps({**told, **said})).status_code == 200
    assert [state for state, _ in ends(works, ours)] == ["done", "done", "quarantined", "done"]
    client.post(road, data=json.dumps({**told, "published": "hidden"}))
    ends(works, ours)
    assert ours.amounts("7") == (0, 0, 0, 0)


def test_another_address_proves_nothing(client: FlaskClient, works: Works, ours: House, tidewell: Shop) -> None:
    good = address(works, ours)
    word = good.rpartition("/")[2]
    others = (
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        f"/hooks/{ours.shop_id}/other/{word}",
        f"/hooks/{tidewell.shop_id}/survey/{word}",
        f"/hooks/{ours.shop_id}/survey/x",
    )
    for path in others:
        answer = client.post(path, data=json.dumps(BODY))
        assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGNATURE_INVALID")
    assert ends(works, ours) == []


def test_a_hook_the_programme_does_not_have_means_nothing(client: FlaskClient, works: Works, ours: House) -> None:
    assert client.post(address(works, ours, "gone"), data=json.dumps(BODY)).status_code == 200
    assert ends(works, ours) == [("ignored", "UNKNOWN_HOOK")]


def test_a_body_that_cannot_be_read_is_put_aside_with_its_reason(
    client: FlaskClient, works: Works, ours: House
) -> None:
    assert client.post(address(works, ours), data=b"<xml/>").status_code == 200
    assert ends(works, ours) == [("quarantined", "not JSON in UTF-8")]
