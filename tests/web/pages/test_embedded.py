"""Inside the Shopify admin: no cookies, no shell, a session token on the first document and on every fetch."""

import time
from datetime import datetime
from typing import Final
from uuid import uuid4

import jwt
import pytest
from flask import Flask

from app.actions.disconnect_shop import disconnect_shop
from app.db.unit import unit_of_work
from jobs.works import Works
from tests.web.pages.conftest import BASE, HTML, Visitor
from tests.web.pages.story import Story, found
from tests.web.shops import CLIENT_ID, CLIENT_SECRET, TIDEWELL, Clock

USER: Final = "548380009"


def session_token(now: datetime, shop: str = TIDEWELL, secret: str = CLIENT_SECRET, **changes: object) -> str:
    at = int(now.timestamp())
    claims = {
        "iss": f"https://{shop}/admin", "dest": f"https://{shop}", "aud": CLIENT_ID, "sub": USER,
        "exp": at + 60, "nbf": at, "iat": at, "jti": str(uuid4()), "sid": uuid4().hex, **changes,
    }  # fmt: skip
    return jwt.encode(claims, secret, algorithm="HS256")


@pytest.fixture
def clock() -> Clock:
    """The library looks at the real clock, so the story's stands there, too."""
    clock = Clock()
    clock.now = datetime.fromtimestamp(int(time.time()), clock.now.tzinfo)
    return clock


@pytest.fixture
def frame(app: Flask, works: Works, clock: Clock) -> tuple[Visitor, Story]:
    """A browser's frame in Tidewell's admin."""
    now = clock.now
    story = found(works)
    clock.now = now
    story.joins("101")
    return Visitor(app.test_client(use_cookies=True)), story


def bearer(now: datetime, **changes: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {session_token(now, **changes)}"}  # type: ignore[arg-type]


def test_the_first_document_takes_its_seat_from_the_token(frame: tuple[Visitor, Story], clock: Clock) -> None:
    visitor, _ = frame
    answer = visitor.get(f"/home?id_token={session_token(clock.now)}&embedded=1&shop={TIDEWELL}&locale=ja")
    policy = answer.headers["Content-Security-Policy"]

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert 'data-shell="embedded"' in answer.text
    assert '<nav class="side"' not in answer.text
    assert "<s-app-nav><s-link" in answer.text
    assert f'<meta name="shopify-api-key" content="{CLIENT_ID}">' in answer.text
    assert '<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>' in answer.text
    assert f"frame-ancestors https://{TIDEWELL} https://admin.shopify.com" in policy
    assert "'unsafe-inline'" not in policy
    assert '<html lang="ja"' in answer.text
    assert session_token(clock.now)[:20] not in answer.text


def test_later_pages_and_forms_come_by_bearer_without_cookie_or_word(
    frame: tuple[Visitor, Story], clock: Clock
) -> None:
    visitor, story = frame
    member_id = story.member("101")
    form = {"key": uuid4().hex, "way": "add", "amount": "40", "note": "gift", "confirmed": "1"}

    page = visitor.get(f"/members/{member_id}", bearer(clock.now))
    sent = visitor.client.post(
        f"/members/{member_id}/adjust", base_url=BASE, data=form, headers={**HTML, **bearer(clock.now)}
    )
    after = visitor.get(sent.location, bearer(clock.now))

    assert (page.status_code, sent.status_code) == (200, 303)
    assert 'name="csrf"' not in page.text
    assert "40 points added." in after.text
    assert f"Adjusted by Shopify staff {USER}" in after.text


def test_a_form_cannot_prove_itself_by_its_address(frame: tuple[Visitor, Story], clock: Clock) -> None:
    visitor, story = frame
    form = {"key": uuid4().hex, "way": "add", "amount": "40", "note": "gift", "confirmed": "1"}
    answer = visitor.client.post(
        f"/members/{story.member('101')}/adjust?id_token={session_token(clock.now)}", base_url=BASE, data=form
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "wrong",
    (
        {"secret": "shpss_" + "00" * 16}, {"aud": "another-app"}, {"exp": 1, "nbf": 0},
        {"shop": "stranger.myshopify.com"}, {"dest": "https://mado.myshopify.com"},
    ),
    ids=("secret", "app", "old", "shop", "destination"),
)  # fmt: skip
def test_a_token_that_is_not_good_opens_nothing(
    frame: tuple[Visitor, Story], clock: Clock, wrong: dict[str, object]
) -> None:
    visitor, _ = frame
    fetched = visitor.get("/members", bearer(clock.now, **wrong))
    token = session_token(clock.now, **wrong)  # type: ignore[arg-type]
    document = visitor.get(f"/home?id_token={token}&shop={TIDEWELL}&embedded=1&host=aG9zdA")

    assert fetched.status_code == 401
    assert fetched.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"
    assert document.status_code == 302
    assert document.location.startswith("/shopify/bounce?")
    assert "id_token" not in document.location


def test_a_shop_that_removed_the_app_has_no_seat(frame: tuple[Visitor, Story], clock: Clock) -> None:
    visitor, story = frame
    with unit_of_work(story.works.engine) as session:
        disconnect_shop(story.scope(session), story.shop_id)

    assert visitor.get("/members", bearer(clock.now)).status_code == 401


def test_in_a_plain_browser_no_admin_may_frame_us(staff: Visitor) -> None:
    answer = staff.get("/home")

    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "app-bridge" not in answer.text
