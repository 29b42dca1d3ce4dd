"""The WooCommerce side of a store: its keys and webhooks, and the news that become deliveries."""

import hashlib
import hmac
import secrets
from base64 import b64encode

import urllib3

from tests.sandbox.calls import CallLog
from tests.sandbox.courier import Courier, Letter, Manners, Parcel
from tests.sandbox.roads import Roads
from tests.sandbox.store import Event, Kind, Store
from tests.sandbox.woocommerce import goods, orders
from tests.sandbox.woocommerce.plugin import Plugin
from tests.sandbox.woocommerce.records import Permission, RestKey, Webhook, WebhookStatus
from tests.sandbox.woocommerce.writing import VERSION, WORDPRESS, Json, encode

_FAILURES_THAT_DISABLE = 7
_TAKEN = range(200, 303)  # 301 and 302 are not followed and count as delivered: what they carried is lost

# What an event becomes. For a new order `updated` leaves before `created`, as version 11.0.1 does it.
_TOPICS: dict[Kind, tuple[str, ...]] = {
    Kind.ORDER_CREATED: ("order.updated", "order.created"),
    Kind.ORDER_PAID: ("order.updated",),
    Kind.ORDER_UPDATED: ("order.updated",),
    Kind.ORDER_FULFILLED: ("order.updated",),
    Kind.ORDER_EDITED: ("order.updated",),
    Kind.ORDER_CANCELLED: ("order.updated",),
    Kind.REFUND_CREATED: ("order.updated",),
    Kind.ORDER_TRASHED: ("order.deleted",),
    Kind.CUSTOMER_CREATED: ("customer.created", "customer.updated"),
    Kind.CUSTOMER_UPDATED: ("customer.updated",),
    Kind.CUSTOMER_DELETED: ("customer.deleted",),
    Kind.CUSTOMERS_MERGED: (),
    Kind.CONSENT_CHANGED: (),
    Kind.CODE_CREATED: ("coupon.created",),
    Kind.CODE_UPDATED: ("coupon.updated",),
    Kind.CODE_DELETED: (),
    Kind.REVIEW_WRITTEN: (),
    Kind.REVIEW_APPROVED: ("action.woocommerce_kizuna_review_approved",),
    Kind.REVIEW_WITHDRAWN: ("action.woocommerce_kizuna_review_withdrawn",),
}


class Woo:
    """What the routes below share. Webhooks are delivered one after the other, as Action Scheduler does."""

    def __init__(self, store: Store, roads: Roads, log: CallLog) -> None:
        """Take over the keys and webhooks that the store's file remembers."""
        self.store = store
        self.shop = store.shop
        self.roads = roads
        self.log = log
        self.keys = {key.consumer_key: key for key in store.load(RestKey).values()}
        self.webhooks: dict[int, Webhook] = store.load(Webhook)
        self.plugin = Plugin(store)
        timeout = urllib3.Timeout(connect=5, read=60)
        self.courier = Courier(store, roads, log, Manners(self._prepare, self._concluded, timeout, threads=1))
        store.listen(self._heard)

    # Keys

    def make_key(self, description: str, user: str, permission: Permission) -> RestKey:
        """Make a REST key for an app."""
        with self.store.change() as change:
            key = RestKey(
                id=change.next_id("key"),
                description=description,
                user=user,
                permission=permission,
                consumer_key=f"ck_{secrets.token_hex(20)}",
                consumer_secret=f"cs_{secrets.token_hex(20)}",
                created_at=change.now,
            )
            change.put(key)
            self.keys[key.consumer_key] = key
        return key

    def revoke_key(self, key: RestKey) -> None:
        """Take a REST key away."""
        with self.store.change() as change:
            change.remove(key)
            self.keys.pop(key.consumer_key, None)

    # Webhooks

    def save_webhook(self, webhook: Webhook) -> None:
        """Keep a new or changed webhook."""
        with self.store.change() as change:
            self.webhooks[webhook.id] = webhook
            change.put(webhook)

    def delete_webhook(self, webhook: Webhook) -> None:
        """Delete a webhook for good."""
        with self.store.change() as change:
            self.webhooks.pop(webhook.id, None)
            change.remove(webhook)

    def ping(self, webhook: Webhook) -> None:
        """Send the unsigned greeting; what comes back matters to nobody but the next ping."""
        body = f"webhook_id={webhook.id}".encode()
        headers = {"User-Agent": _AGENT, "Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}
        status = self.courier.send(Letter(webhook.delivery_url, headers, body), "ping")
        if status == 200 and webhook.ping_due:
            webhook.ping_due = False
            self.save_webhook(webhook)

    def letter(self, webhook: Webhook, body: bytes) -> Letter:
        """Write a delivery with its headers and signature."""
        resource, _, event = webhook.topic.partition(".")
        # Two deliveries of one webhook within a second share their id: it is made of nothing else.
        second = int(self.store.clock.now().timestamp())
        delivery_id = hashlib.md5(f"{webhook.id}{second}".encode(), usedforsecurity=False).hexdigest()
        return Letter(
            webhook.delivery_url,
            {
                "User-Agent": _AGENT,
                "Accept": "*/*",
                "Content-Type": "application/json",
                "X-WC-Webhook-Source": f"{self.shop.home}/",
                "X-WC-Webhook-Topic": webhook.topic,
                "X-WC-Webhook-Resource": resource,
                "X-WC-Webhook-Event": event,
                "X-WC-Webhook-Signature": signature(webhook.secret, body),
                "X-WC-Webhook-ID": str(webhook.id),
                "X-WC-Webhook-Delivery-ID": delivery_id,
            },
            body,
        )

    def body(self, topic: str, subject: int) -> bytes:
        """Write a resource as it is at this moment; what is gone by now is an error object."""
        resource, _, event = topic.partition(".")
        with self.store.lock:
            return encode({"id": subject} if event == "deleted" else self._resource(resource, subject))

    def deliveries_of(self, event: Event) -> list[tuple[Webhook, bytes]]:
        """Active webhooks that an event concerns; the body is given where it is fixed by the event itself."""
        wanted = list(_TOPICS[event.kind])
        if event.kind is Kind.ORDER_FULFILLED and self.store.orders[event.subject].customer_id:
            wanted.append("customer.updated")
        fixed = b""
        if event.kind in (Kind.REVIEW_APPROVED, Kind.REVIEW_WITHDRAWN):
            fixed = self._bridged(event)
        active = [w for w in self.webhooks.values() if w.status is WebhookStatus.ACTIVE]
        return [(webhook, fixed) for topic in wanted for webhook in active if webhook.topic == topic]

    def _bridged(self, event: Event) -> bytes:
        name = _TOPICS[event.kind][0].removeprefix("action.")
        review = self.store.reviews[event.subject]
        return encode({"action": name, "arg": goods.bridged_review(self.store, review, event.at)})

    def _resource(self, resource: str, subject: int) -> Json:
        store = self.store
        if resource == "order" and subject in store.orders and not store.orders[subject].deleted_at:
            return orders.order_body(store, store.orders[subject])
        if resource == "customer" and subject in store.customers:
            return goods.customer_body(store, store.customers[subject])
        if resource == "coupon" and subject in store.codes:
            return goods.coupon_body(store, store.codes[subject])
        return {**orders.missing_order(), "code": _MISSING.get(resource, _MISSING["order"])}

    def _heard(self, event: Event) -> None:
        for webhook, fixed in self.deliveries_of(event):
            subject = event.subject
            if webhook.topic == "customer.updated" and event.kind is Kind.ORDER_FULFILLED:
                subject = self.store.orders[event.subject].customer_id or 0
            pending = any(
                p.webhook_id == webhook.id and p.subject == subject and p.attempts == 0 and not fixed
                for p in self.courier.waiting()
            )
            if not pending:
                self.courier.add(webhook.id, webhook.topic, subject, body=fixed.decode())

    def _prepare(self, parcel: Parcel) -> Letter | None:
        webhook = self.webhooks.get(parcel.webhook_id)
        if webhook is None or webhook.status is not WebhookStatus.ACTIVE:
            return None
        body = parcel.body.encode() if parcel.body else self.body(parcel.topic, parcel.subject)
        return self.letter(webhook, body)

    def _concluded(self, parcel: Parcel, status: int | None) -> None:
        parcel.done = True  # whatever was answered: WooCommerce never tries again
        webhook = self.webhooks.get(parcel.webhook_id)
        if webhook is None:
            return
        if status in _TAKEN:
            webhook.failures = 0
        else:
            webhook.failures += 1
            if webhook.failures >= _FAILURES_THAT_DISABLE:
                webhook.status = WebhookStatus.DISABLED
        self.save_webhook(webhook)
        if webhook.ping_due:
            self.ping(webhook)


_AGENT = f"WooCommerce/{VERSION} Hookshot (WordPress/{WORDPRESS})"
_MISSING = {
    "order": "woocommerce_rest_shop_order_invalid_id",
    "customer": "wc_user_invalid_id",
    "coupon": "woocommerce_rest_shop_coupon_invalid_id",
}


def signature(secret: str, body: bytes) -> str:
    """The signature of a delivery: base64 of HMAC-SHA256 over the raw body."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode("ascii")
