"""wc/v3 webhooks: registered with an immediate ping, listed, changed, re-enabled, deleted."""

import re
import secrets

from flask import Blueprint, Response, request

from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.records import Webhook, WebhookStatus
from tests.sandbox.woocommerce.replies import (
    RestError,
    blueprint,
    invalid,
    page,
    payload,
    reply,
)
from tests.sandbox.woocommerce.writing import Json, dates, links

_TOPIC = re.compile(
    r"(coupon|order|product)\.(created|updated|deleted|restored)|customer\.(created|updated|deleted)"
    r"|product\.published|action\.(woocommerce|wc)_\w+"
)


class WebhooksApi:
    """Webhooks."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo

    def blueprint(self) -> Blueprint:
        """The routes."""
        return blueprint(
            "webhooks",
            "/webhooks",
            self.woo.keys,
            self.woo.shop,
            [
                ("GET", "", self.index),
                ("POST", "", self.create),
                ("GET", "/<int:hook_id>", self.get),
                ("PUT POST PATCH", "/<int:hook_id>", self.update),
                ("DELETE", "/<int:hook_id>", self.delete),
            ],
        )

    def index(self) -> Response:
        """Webhooks, newest first."""
        wanted = request.args.get("status", "all")
        with self.woo.store.lock:
            found = [hook for hook in self.woo.webhooks.values() if wanted in ("all", hook.status)]
            found.sort(key=lambda hook: hook.id, reverse=True)
            return page(found, lambda hook: _body(self.woo, hook))

    def create(self) -> Response:
        """Register a webhook; its URL is pinged before we have answered."""
        given = payload()
        topic, url = str(given.get("topic") or ""), str(given.get("delivery_url") or "")
        _check(topic, url)
        with self.woo.store.change() as change:
            hook = Webhook(
                id=change.next_id("webhook"),
                name=str(given.get("name") or f"Webhook created on {change.now:%b %d, %Y @ %I:%M %p}"),
                topic=topic,
                delivery_url=url,
                # Without one the store makes its own, which nobody can ever read.
                secret=str(given.get("secret") or secrets.token_urlsafe(37)),
                created_at=change.now,
                modified_at=change.now,
                status=_status(given, WebhookStatus.ACTIVE),
            )
            self.woo.save_webhook(hook)
        self.woo.ping(hook)
        return reply(_body(self.woo, hook), 201)

    def get(self, hook_id: int) -> Response:
        """One webhook."""
        return reply(_body(self.woo, self._hook(hook_id)))

    def update(self, hook_id: int) -> Response:
        """Change a webhook. Made active again it keeps its failures: one more and it is disabled at once."""
        given = payload()
        hook = self._hook(hook_id)
        _check(str(given.get("topic", hook.topic)), str(given.get("delivery_url", hook.delivery_url)))
        moved = "delivery_url" in given and given["delivery_url"] != hook.delivery_url
        with self.woo.store.change() as change:
            hook.status = _status(given, hook.status)
            hook.name = str(given.get("name", hook.name))
            hook.topic = str(given.get("topic", hook.topic))
            hook.delivery_url = str(given.get("delivery_url", hook.delivery_url))
            hook.secret = str(given.get("secret", hook.secret))
            hook.modified_at = change.now
            hook.ping_due = hook.ping_due or moved
            self.woo.save_webhook(hook)
        if moved:
            self.woo.ping(hook)
        return reply(_body(self.woo, hook))

    def delete(self, hook_id: int) -> Response:
        """Delete a webhook, which must be forced."""
        hook = self._hook(hook_id)
        if request.args.get("force", "") not in ("true", "1"):
            raise RestError(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        body = _body(self.woo, hook)
        self.woo.delete_webhook(hook)
        return reply(body)

    def _hook(self, hook_id: int) -> Webhook:
        hook = self.woo.webhooks.get(hook_id)
        if hook is None:
            raise RestError(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        return hook


def _status(given: Json, otherwise: WebhookStatus) -> WebhookStatus:
    try:
        return WebhookStatus(str(given.get("status", otherwise)))
    except ValueError:
        raise invalid("status", "status is not one of active, paused, disabled.") from None


def _check(topic: str, url: str) -> None:
    if not _TOPIC.fullmatch(topic):
        message = "Webhook topic must be valid."
        raise RestError(400, "woocommerce_rest_shop_webhook_invalid_topic", message)
    if not url.startswith(("http://", "https://")):
        raise invalid("delivery_url", "Webhook delivery URL must be a valid URL starting with http:// or https://.")


def _body(woo: Woo, hook: Webhook) -> Json:
    resource, _, event = hook.topic.partition(".")
    return {
        "id": hook.id,
        "name": hook.name,
        "status": str(hook.status),
        "topic": hook.topic,
        "resource": resource,
        "event": event,
        "hooks": [event] if resource == "action" else [f"woocommerce_{event}_{resource}"],
        "delivery_url": hook.delivery_url,
        **dates("date_created", hook.created_at, woo.shop),
        **dates("date_modified", hook.modified_at, woo.shop),
        "_links": links(woo.shop, "webhooks", hook.id),
    }
