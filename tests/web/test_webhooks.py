"""Deliveries: proved, kept once, acknowledged; and everything that only looks like one."""

import base64
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.actions.disconnect_shop import disconnect_shop
from app.db.scope import Scope
from app.db.tables import InboxBodyRow, InboxRow, ShopRow
from app.db.unit import reading, unit_of_work
from jobs import inbox
from jobs.works import Works
from tests.web.shops import (
    CLIENT_SECRET,
    JUDGEME_SECRET,
    PREVIOUS_SECRET,
    TIDEWELL,
    WEBHOOK_SECRET,
    Clock,
    Rung,
    Shop,
    connect,
    hashed,
    order,
    shopify_headers,
    woo_headers,
)

BODY = b'{"id": 1}'


def kept(works: Works) -> list[InboxRow]:
    with reading(works.engine) as session:
        return list(session.scalars(select(InboxRow).order_by(InboxRow.inbox_id)))


def woo(shop: Shop) -> str:
    return f"/webhooks/woocommerce?shop={shop.shop_id}"


def test_a_delivery_is_kept_sealed_before_it_is_acknowledged_and_a_worker_is_woken(
    client: FlaskClient, works: Works, bell: Rung, tidewell: Shop
) -> None:
    answer = client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY))

    assert (answer.status_code, answer.data) == (200, b"")
    (row,) = kept(works)
    assert (row.shop_id, row.origin, row.topic) == (tidewell.shop_id, "shopify", "orders/paid")
    assert (row.key, row.event_id) == ("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "98880550-7158-44d4-b7cd-2c97c8a091b5")
    assert row.state == "waiting"
    with reading(works.engine) as session:
        sealed = session.scalars(select(InboxBodyRow.sealed)).one()
    assert BODY not in sealed
    assert works.cipher.open(sealed) == BODY
    assert bell.rings == [("inbox", tidewell.programme_id, tidewell.shop_id)]


def test_a_repeated_delivery_is_kept_once_and_acknowledged_again(
    client: FlaskClient, works: Works, bell: Rung, tidewell: Shop
) -> None:
    answers = [client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [row.seen for row in kept(works)] == [3]
    assert len(bell.rings) == 1


def test_twenty_copies_at_once_are_one_delivery(app: Flask, works: Works, tidewell: Shop) -> None:
    start = threading.Barrier(10)

    def send(_: int) -> int:
        start.wait()
        return app.test_client().post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY)).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(send, range(20)))

    assert set(statuses) == {200}
    assert [row.seen for row in kept(works)] == [20]


def test_a_stores_repeat_of_a_finished_delivery_waits_again_since_its_body_has_no_version(
    client: FlaskClient, works: Works, bell: Rung, mado: Shop
) -> None:
    body = b'{"id": 29}'
    headers = woo_headers(body, topic="order.deleted")
    client.post(woo(mado), data=body, headers=headers)
    with unit_of_work(works.engine) as session:
        row = session.scalars(select(InboxRow)).one()
        row.state = "done"

    client.post(woo(mado), data=body, headers=headers)

    assert [(row.state, row.seen, row.key) for row in kept(works)] == [("waiting", 2, hashed(body))]
    assert len(bell.rings) == 2


def test_the_secret_before_is_good_while_the_new_one_spreads(client: FlaskClient, works: Works, tidewell: Shop) -> None:
    answer = client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY, secret=PREVIOUS_SECRET))

    assert answer.status_code == 200
    assert len(kept(works)) == 1


def test_a_stores_last_secret_is_good_for_a_day(client: FlaskClient, works: Works, clock: Clock) -> None:
    values = {
        "webhook_secret": "f6" * 32,
        "previous_webhook_secret": WEBHOOK_SECRET,
        "previous_until": "2026-11-23T12:00:00+00:00",
    }
    shop = connect(works, "woocommerce", "shop.example.com", values=values)

    before = client.post(woo(shop), data=BODY, headers=woo_headers(BODY))
    clock.pass_(days=1)
    after = client.post(woo(shop), data=BODY, headers=woo_headers(BODY))
    new = client.post(woo(shop), data=BODY, headers=woo_headers(BODY, secret="f6" * 32))

    assert [before.status_code, after.status_code, new.status_code] == [200, 401, 200]


FORGED: dict[str, dict[str, str]] = {
    "another body's": shopify_headers(b'{"id": 2}'),
    "another secret's": shopify_headers(BODY, secret="shpss_" + "00" * 16),
    "an empty secret's": shopify_headers(BODY, secret=""),
    "hexadecimal": shopify_headers(
        BODY, X_Shopify_Hmac_Sha256=hmac.digest(CLIENT_SECRET.encode(), BODY, "sha256").hex()
    ),
    "without padding": shopify_headers(
        BODY, X_Shopify_Hmac_Sha256=shopify_headers(BODY)["X-Shopify-Hmac-Sha256"].rstrip("=")
    ),
    "cut off": shopify_headers(BODY, X_Shopify_Hmac_Sha256=shopify_headers(BODY)["X-Shopify-Hmac-Sha256"][:20]),
    "sent twice": shopify_headers(
        BODY, X_Shopify_Hmac_Sha256=",".join([shopify_headers(BODY)["X-Shopify-Hmac-Sha256"]] * 2)
    ),
    "none": {name: value for name, value in shopify_headers(BODY).items() if name != "X-Shopify-Hmac-Sha256"},
    "empty": shopify_headers(BODY, X_Shopify_Hmac_Sha256=""),
    "in odd letters": shopify_headers(BODY, X_Shopify_Hmac_Sha256="é" * 44),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_a_forged_signature_is_401_and_nothing_is_kept(
    headers: dict[str, str], client: FlaskClient, works: Works, bell: Rung, tidewell: Shop
) -> None:
    answer = client.post("/webhooks/shopify", data=BODY, headers=headers)

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert (kept(works), bell.rings) == ([], [])


def test_an_unknown_shop_is_answered_like_a_bad_signature(client: FlaskClient, works: Works, mado: Shop) -> None:
    def said(answer: TestResponse) -> tuple[int, dict[str, Any]]:
        return answer.status_code, {k: v for k, v in answer.get_json().items() if k != "reference"}

    forged = said(client.post(woo(mado), data=BODY, headers=woo_headers(BODY, secret="00" * 32)))
    unknown = said(
        client.post(
            "/webhooks/woocommerce?shop=019a9d1c-0000-7000-8000-000000000000", data=BODY, headers=woo_headers(BODY)
        )
    )
    stranger = said(client.post("/webhooks/shopify", data=BODY, headers=shopify_headers(BODY)))

    assert forged == unknown == stranger == (401, forged[1])
    assert kept(works) == []


def test_one_shops_secret_proves_nothing_for_another(client: FlaskClient, works: Works, mado: Shop) -> None:
    other = connect(works, "woocommerce", "other.example.com", values={"webhook_secret": "99" * 32})

    answer = client.post(woo(other), data=BODY, headers=woo_headers(BODY))

    assert answer.status_code == 401
    assert kept(works) == []


def test_a_shop_of_one_platform_is_not_found_by_another_platforms_road(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    answer = client.post(woo(tidewell), data=BODY, headers=woo_headers(BODY))

    assert answer.status_code == 401


@pytest.mark.parametrize("shop", ("", "%00", "%ff", "a" * 300, "1' OR '1'='1"))
def test_odd_names_of_shops_are_unknown_shops(shop: str, client: FlaskClient, mado: Shop) -> None:
    assert client.post(f"/webhooks/woocommerce?shop={shop}", data=BODY, headers=woo_headers(BODY)).status_code == 401


def test_a_stores_greeting_is_answered_200_and_does_nothing(client: FlaskClient, works: Works, bell: Rung) -> None:
    answer = client.post(
        "/webhooks/woocommerce?shop=anything", data={"webhook_id": "1"}, headers={"User-Agent": "WooCommerce Hookshot"}
    )

    assert answer.status_code == 200
    assert (kept(works), bell.rings) == ([], [])


def test_a_delivery_of_two_megabytes_is_taken_and_one_byte_more_is_413(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    most = b"x" * (2 * 1024 * 1024)
    taken = client.post("/webhooks/shopify", data=most, headers=shopify_headers(most))
    refused = client.post("/webhooks/shopify", data=most + b"x", headers=shopify_headers(most + b"x"))

    assert (taken.status_code, refused.status_code) == (200, 413)
    assert refused.mimetype == "application/problem+json"
    assert len(kept(works)) == 1


@pytest.mark.parametrize(
    "body", (b"", b"{", b"[" * 100_000, b'{"id": 1e999}', b"\xff\xfe{\x00}\x00", b'{"id": ' + b"9" * 5_000 + b"}")
)
def test_whatever_a_signed_body_holds_it_is_kept_as_it_came(
    body: bytes, client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    answer = client.post("/webhooks/shopify", data=body, headers=shopify_headers(body))

    assert answer.status_code == 200
    inbox.drain(works, tidewell.programme_id, tidewell.shop_id)
    assert [row.state for row in kept(works)] == ["quarantined"]


def test_a_shop_that_removed_the_app_may_still_say_so_and_ask_for_erasure(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    with unit_of_work(works.engine) as session:
        scope = Scope(session, tidewell.programme_id, works.clock(), works.cipher)
        disconnect_shop(scope, tidewell.shop_id)
    said = json.dumps({"shop_id": 1, "shop_domain": TIDEWELL, "id": 1, "myshopify_domain": TIDEWELL}).encode()

    for number, topic in enumerate(("app/uninstalled", "shop/redact", "orders/paid")):
        body = order(1001, 501, 5000) if topic == "orders/paid" else said
        headers = shopify_headers(body, X_Shopify_Topic=topic, X_Shopify_Webhook_Id=f"delivery-{number}")
        assert client.post("/webhooks/shopify", data=body, headers=headers).status_code == 200

    inbox.drain(works, tidewell.programme_id, tidewell.shop_id)
    assert [(row.topic, row.state) for row in kept(works)] == [
        ("app/uninstalled", "done"),
        ("shop/redact", "done"),
        ("orders/paid", "done"),
    ]
    with reading(works.engine) as session:
        assert session.scalars(select(ShopRow.state)).all() == ["disconnected"]


def test_a_store_that_was_disconnected_has_no_secret_left_to_sign_with(
    client: FlaskClient, works: Works, mado: Shop
) -> None:
    with unit_of_work(works.engine) as session:
        disconnect_shop(Scope(session, mado.programme_id, works.clock(), works.cipher), mado.shop_id)

    assert client.post(woo(mado), data=BODY, headers=woo_headers(BODY)).status_code == 401


def test_a_review_app_speaks_for_the_shop_its_proved_body_names(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    body = json.dumps({"event": "review/created", "shop_domain": TIDEWELL, "review": {"id": 9}}).encode()
    signature = hmac.digest(JUDGEME_SECRET.encode(), body, "sha256").hex()

    taken = client.post("/webhooks/judgeme", data=body, headers={"JUDGEME-HMAC-SHA256": signature})
    forged = client.post("/webhooks/judgeme", data=body, headers={"JUDGEME-HMAC-SHA256": "0" * 64})

    assert (taken.status_code, forged.status_code) == (200, 401)
    assert [(row.origin, row.shop_id) for row in kept(works)] == [("judgeme", tidewell.shop_id)]


def test_a_platform_nobody_knows_is_not_found(client: FlaskClient) -> None:
    assert client.post("/webhooks/magento", data=BODY).status_code == 404


def test_a_topic_beyond_measure_is_refused(client: FlaskClient, works: Works) -> None:
    shop = connect(works, "neutral", "plain.example.com", values={"webhook_secret": WEBHOOK_SECRET})
    signature = hmac.digest(WEBHOOK_SECRET.encode(), BODY, "sha256").hex()

    answer = client.post(
        f"/webhooks/neutral?shop={shop.shop_id}",
        data=BODY,
        headers={"X-Kizuna-Signature": signature, "X-Kizuna-Topic": "t" * 300},
    )

    assert answer.status_code == 400
    assert kept(works) == []


def test_the_signature_is_base64_of_the_raw_bytes(client: FlaskClient, works: Works, tidewell: Shop) -> None:
    body = '{"name": "Zoë 窓"}'.encode()
    signature = base64.b64encode(hmac.digest(CLIENT_SECRET.encode(), body, "sha256")).decode()

    answer = client.post("/webhooks/shopify", data=body, headers=shopify_headers(b"", X_Shopify_Hmac_Sha256=signature))

    assert answer.status_code == 200
