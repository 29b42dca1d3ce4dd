"""Points into codes and back: once per wish, never another member's, and nothing taken for nothing."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db.tables import OutboxRow, ProgrammeRow, RedemptionRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import CodeUse, Customer, Line, Order
from jobs.works import Works
from tests.web.contract import fits
from tests.web.shops import Shop, bearer, proxied
from tests.web.storefront import KEY, MAYA, Storefront, at

OTHER_KEY = "ffffffffffffffffffffffffffffffff"


def test_a_reward_is_asked_for_once_and_its_code_wished_for(storefront: Storefront) -> None:
    storefront.give("501", 1000)

    answer = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})

    assert answer.status_code == 201
    said = fits("redemption_answer", answer.get_json())
    assert said["redemption"]["state"] == "requested"
    assert (said["redemption"]["code"], said["redemption"]["returnable"]) == (None, False)
    assert said["balance"] == {"available": 500, "pending": 0, "held": 500, "debt": 0, "worth_minor": 500}
    with reading(storefront.works.engine) as session:
        wished = session.scalars(select(OutboxRow).where(OutboxRow.kind == "issue_code")).one()
        row = session.scalars(select(RedemptionRow)).one()
    assert wished.payload == {"redemption": said["redemption"]["id"]}
    prefix = "TIDE" if storefront.platform == "shopify" else "MADO"
    assert re.fullmatch(rf"{prefix}(-[A-HJKMNP-Z2-9]{{4}}){{2}}-[A-HJKMNP-Z2-9]{{5}}", row.code)


def test_the_same_wish_is_answered_the_same_and_costs_once(storefront: Storefront) -> None:
    storefront.give("501", 1000)

    answers = [storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[0].get_json() == answers[1].get_json() == answers[2].get_json()
    assert storefront.get("member", "501").get_json()["balance"]["available"] == 500


def test_a_key_used_for_another_reward_is_refused(storefront: Storefront) -> None:
    storefront.give("501", 2000)
    storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})

    answer = storefront.post("redemptions", "501", {"key": KEY, "reward": "ten_off"})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (409, "KEY_REUSED")


def test_the_same_key_of_two_members_is_two_wishes(storefront: Storefront) -> None:
    storefront.give("501", 500)
    storefront.give("502", 500)

    one = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})
    two = storefront.post("redemptions", "502", {"key": KEY, "reward": "five_off"})

    assert (one.status_code, two.status_code) == (201, 201)
    assert one.get_json()["redemption"]["id"] != two.get_json()["redemption"]["id"]


def test_too_few_points_are_told_with_the_gap(storefront: Storefront) -> None:
    storefront.give("501", 240)

    answer = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})

    said = fits("problem", answer.get_json())
    assert (answer.status_code, said["code"]) == (409, "INSUFFICIENT_POINTS")
    assert (said["have"], said["need"], said["missing"]) == (240, 500, 260)


def test_a_reward_of_a_higher_tier_names_the_tier(storefront: Storefront) -> None:
    storefront.give("501", 2000)

    said = fits("problem", storefront.post("redemptions", "501", {"key": KEY, "reward": "fifteen_percent"}).get_json())

    assert (said["status"], said["code"], said["need"]) == (409, "TIER_TOO_LOW", "stream")


def test_an_unknown_reward_and_a_paused_programme_take_nothing(storefront: Storefront) -> None:
    storefront.give("501", 2000)
    unknown = storefront.post("redemptions", "501", {"key": KEY, "reward": "a-free-boat"})
    with unit_of_work(storefront.works.engine) as session:
        session.execute(update(ProgrammeRow).values(state="paused"))
    paused = storefront.post("redemptions", "501", {"key": OTHER_KEY, "reward": "five_off"})

    assert (unknown.status_code, fits("problem", unknown.get_json())["code"]) == (404, "UNKNOWN_REWARD")
    assert (paused.status_code, fits("problem", paused.get_json())["code"]) == (409, "PROGRAMME_PAUSED")
    assert storefront.get("member", "501").get_json()["balance"]["available"] == 2000


@pytest.mark.parametrize(
    "body",
    (
        {},
        {"key": KEY},
        {"key": "short", "reward": "five_off"},
        {"key": KEY, "reward": ""},
        {"key": KEY, "reward": 5},
        {"key": KEY, "reward": "five_off", "cost": 1},
        {"key": KEY, "reward": "five_off", "member": "someone else"},
        [],
        "five_off",
        None,
    ),
)
def test_a_body_with_anything_else_in_it_is_refused(body: object, storefront: Storefront) -> None:
    answer = storefront.post("redemptions", "501", body if body is not None else {"key": None})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    (
        (b"{", "application/json", 400),
        (b"[" * 30_000, "application/json", 400),
        (b'{"key": NaN}', "application/json", 400),
        (b'{"key": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (json.dumps({"key": KEY, "reward": "five_off"}).encode(), "text/plain", 415),
        (b"key=1", "application/x-www-form-urlencoded", 415),
        (b"x" * 70_000, "application/json", 413),
    ),
)
def test_what_is_no_json_is_refused_before_anything_is_read(
    data: bytes, kind: str, status: int, storefront: Storefront, mado: Shop
) -> None:
    url, headers = "/storefront/api/redemptions", bearer(mado, "501", at=storefront.clock.now)

    answer = storefront.client.post(url, data=data, content_type=kind, headers=headers)

    assert answer.status_code == status
    assert fits("problem", answer.get_json())["code"] == "INVALID_REQUEST"


def test_a_code_that_was_made_is_shown_with_the_way_to_use_it(storefront: Storefront) -> None:
    storefront.give("501", 1000)
    asked = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}).get_json()["redemption"]
    storefront.make_code(asked["id"])

    said = fits("redemption_answer", storefront.get(f"redemptions/{asked['id']}", "501").get_json())["redemption"]

    assert (said["state"], said["returnable"]) == ("issued", True)
    assert said["apply_url"] == (
        f"/discount/{said['code']}?redirect=/cart"
        if storefront.platform == "shopify"
        else f"/cart/?kz_code={said['code']}"
    )
    assert said["expires_at"].startswith("2027-01-21T12:00:")
    member = fits("member", storefront.get("member", "501").get_json())
    assert member["redemptions"] == [said]


def test_an_unused_code_is_turned_back_and_made_unusable_first(storefront: Storefront) -> None:
    storefront.give("501", 1000)
    asked = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}).get_json()["redemption"]
    early = storefront.post(f"redemptions/{asked['id']}/return", "501")
    storefront.make_code(asked["id"])

    said = fits("redemption_answer", storefront.post(f"redemptions/{asked['id']}/return", "501").get_json())
    again = storefront.post(f"redemptions/{asked['id']}/return", "501")

    assert (early.status_code, fits("problem", early.get_json())["code"]) == (409, "NOT_RETURNABLE")
    assert (said["redemption"]["state"], said["redemption"]["returnable"]) == ("returned", False)
    assert said["balance"]["held"] == 500
    assert again.status_code == 200
    with reading(storefront.works.engine) as session:
        wished = session.scalars(select(OutboxRow).where(OutboxRow.kind == "disable_code")).one()
    assert wished.payload["redemption"] == asked["id"]


def test_a_used_code_is_not_turned_back_and_names_its_order(storefront: Storefront) -> None:
    storefront.give("501", 1000)
    asked = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}).get_json()["redemption"]
    storefront.make_code(asked["id"])
    code = storefront.get(f"redemptions/{asked['id']}", "501").get_json()["redemption"]["code"]
    now = at("2026-11-22T12:00:00+00:00")
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    storefront.settle(
        Order("1002", MAYA, now, now, now, None, currency, (Line("1", "77", 1, 4000),), "#1002",
              codes=(CodeUse(code.lower(), 500),))
    )  # fmt: skip

    said = fits("redemption_answer", storefront.get(f"redemptions/{asked['id']}", "501").get_json())["redemption"]
    back = storefront.post(f"redemptions/{asked['id']}/return", "501")

    assert (said["state"], said["order"]["name"], said["apply_url"]) == ("used", "#1002", None)
    assert said["concluded_at"] is not None
    assert (back.status_code, fits("problem", back.get_json())["code"]) == (409, "ALREADY_USED")


def test_another_members_redemption_is_as_unknown_as_an_invented_one(storefront: Storefront) -> None:
    storefront.give("501", 1000)
    asked = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}).get_json()["redemption"]
    storefront.make_code(asked["id"])
    storefront.get("member", "502")

    for path in (f"redemptions/{asked['id']}", f"redemptions/red_{'0' * 32}"):
        for answer in (storefront.get(path, "502"), storefront.post(f"{path}/return", "502")):
            said = {k: v for k, v in fits("problem", answer.get_json()).items() if k != "reference"}
            assert said == {
                "type": "about:blank",
                "title": "No such redemption",
                "status": 404,
                "code": "UNKNOWN_REDEMPTION",
            }


def test_nobody_redeems_without_a_signature(storefront: Storefront) -> None:
    answer = storefront.post("redemptions", None, {"key": KEY, "reward": "five_off"})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (401, "NOT_SIGNED_IN")


def test_one_signature_of_the_proxy_carries_one_wish(storefront: Storefront, app: Flask) -> None:
    if storefront.platform != "shopify":
        pytest.skip("only the app proxy leaves the body unsigned")
    storefront.give("501", 2000)
    url = proxied("redemptions", customer="501", at=storefront.clock.now)

    first = app.test_client().post(url, json={"key": KEY, "reward": "five_off"})
    repeat = app.test_client().post(url, json={"key": KEY, "reward": "five_off"})
    other = app.test_client().post(url, json={"key": OTHER_KEY, "reward": "five_off"})

    assert [first.status_code, repeat.status_code, other.status_code] == [201, 200, 429]
    assert fits("problem", other.get_json())["code"] == "TOO_MANY_REQUESTS"
    assert storefront.get("member", "501").get_json()["balance"]["available"] == 1500


def test_many_wishes_at_once_never_spend_a_point_twice(storefront: Storefront, app: Flask, works: Works) -> None:
    storefront.give("501", 1000)
    start = threading.Barrier(8)
    now = storefront.clock.now

    def ask(number: int) -> int:
        start.wait()
        key = f"{number:032d}"
        body = {"key": key, "reward": "five_off"}
        if storefront.platform == "shopify":
            moment = now.replace(microsecond=0).timestamp() - number
            url = proxied("redemptions", customer="501", at=now.fromtimestamp(moment, now.tzinfo))
            return app.test_client().post(url, json=body).status_code
        headers = bearer(storefront.shop, "501", at=now)
        return app.test_client().post("/storefront/api/redemptions", json=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(ask, range(8)))

    assert statuses == [201, 201] + [409] * 6
    assert storefront.get("member", "501").get_json()["balance"]["available"] == 0


def test_the_eleventh_wish_within_a_minute_is_too_many_for_this_shopper_only(storefront: Storefront) -> None:
    storefront.give("501", 100)
    storefront.give("502", 100)

    statuses = [
        storefront.post("redemptions", "501", {"key": f"{n:032d}", "reward": "five_off"}).status_code for n in range(10)
    ]
    over = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})
    other = storefront.post("redemptions", "502", {"key": KEY, "reward": "five_off"})

    assert set(statuses) == {409}
    assert (over.status_code, fits("problem", over.get_json())["code"]) == (429, "TOO_MANY_REQUESTS")
    assert 0 < over.get_json()["retry_after_seconds"] <= 61
    assert other.status_code == 409


def test_guests_of_the_same_name_are_nobodys_members(storefront: Storefront) -> None:
    guest = Customer(None, "maya@example.com")
    now = at("2026-11-01T12:00:00+00:00")
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    storefront.settle(Order("1", guest, now, now, now, None, currency, (Line("1", "77", 1, 10_000),), "#1"))

    assert storefront.get("member", "501").get_json()["balance"]["available"] == 0
