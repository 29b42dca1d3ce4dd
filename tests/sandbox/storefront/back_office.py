"""Behind the counter: orders to pay, send, cancel and refund, reviews to show, codes and webhooks to look at."""

from collections.abc import Callable
from datetime import datetime
from decimal import InvalidOperation

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox import ordering, refunding, reviewing, totals
from tests.sandbox.money import minor_units
from tests.sandbox.records import DiscountCode, Order, ReviewStatus
from tests.sandbox.shops import Platform
from tests.sandbox.storefront.front import Front, back_to, blueprint
from tests.sandbox.storefront.window import missing

_MOST = 60
_PAGES = ("orders", "reviews", "codes", "webhooks")


class BackOffice:
    """What the shop's people do."""

    def __init__(self, front: Front) -> None:
        """Serve one store."""
        self.front = front
        self.store = front.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = blueprint("back_office")
        pages.add_url_rule("/back-office", "orders", self.orders)
        pages.add_url_rule("/back-office/orders/<int:order_id>", "order", self.order)
        pages.add_url_rule("/back-office/orders/<int:order_id>/<deed>", "deed", self.deed, methods=["POST"])
        pages.add_url_rule("/back-office/reviews", "reviews", self.reviews)
        pages.add_url_rule("/back-office/reviews/<int:review_id>", "moderate", self.moderate, methods=["POST"])
        pages.add_url_rule("/back-office/codes", "codes", self.codes)
        pages.add_url_rule("/back-office/webhooks", "webhooks", self.webhooks)
        return pages

    def orders(self) -> str:
        """The latest orders, or those that fit a search."""
        wanted = request.args.get("q", "").strip().lower()
        newest = sorted(self.store.orders.values(), key=lambda order: (order.created_at, order.id), reverse=True)
        found = [order for order in newest if not wanted or wanted in self._words(order)]
        return self._page("orders.html", "orders", orders=found[:_MOST], wanted=request.args.get("q", ""))

    def order(self, order_id: int) -> AnyResponse | str:
        """One order with everything that can be done to it."""
        order = self.store.orders.get(order_id)
        if order is None:
            return missing(self.front)
        return self._page(
            "one_order.html",
            "orders",
            order=order,
            state=self.front.state(order),
            lines=[(line, totals.current_units(order, line)) for line in order.lines],
            refundable=totals.refundable(order, self.store.shop),
            story=self._story(order),
            shopify=self.store.shop.platform is Platform.SHOPIFY,
        )

    def deed(self, order_id: int, deed: str) -> AnyResponse:
        """Do something to an order."""
        order = self.store.orders.get(order_id)
        deeds: dict[str, Callable[[Order], object]] = {
            "pay": lambda order: ordering.pay(self.store, order),
            "fulfil": lambda order: ordering.fulfil(self.store, order),
            "cancel": lambda order: ordering.cancel(self.store, order),
            "trash": lambda order: ordering.trash(self.store, order),
            "edit": lambda order: ordering.edit(self.store, order, {int(request.form["line"]): -1}),
            "refund-lines": self._refund_lines,
            "refund-amount": self._refund_amount,
            "refund-rest": lambda order: refunding.the_rest(self.store, order),
        }
        if order is None or deed not in deeds:
            return missing(self.front)
        try:
            deeds[deed](order)
        except (refunding.RefundRefusedError, ValueError, InvalidOperation):
            self.front.warn("bo_refund_refused")
        else:
            self.front.tell("bo_done")
        return redirect(f"/back-office/orders/{order_id}")

    def reviews(self) -> str:
        """Reviews, those that wait first."""
        found = sorted(
            self.store.reviews.values(), key=lambda r: (r.status == ReviewStatus.HELD, r.created_at), reverse=True
        )
        return self._page("reviews.html", "reviews", reviews=found[:_MOST])

    def moderate(self, review_id: int) -> AnyResponse:
        """Show a review or take it down."""
        review = self.store.reviews.get(review_id)
        status = request.form.get("status", "")
        if review is None or status not in list(ReviewStatus):
            return missing(self.front)
        reviewing.moderate(self.store, review, ReviewStatus(status))
        self.front.tell("bo_done")
        return redirect(back_to("/back-office/reviews"))

    def codes(self) -> str:
        """Discount codes, newest first."""
        found = sorted(self.store.codes.values(), key=lambda code: (code.created_at, code.id), reverse=True)
        return self._page("codes.html", "codes", codes=found[:_MOST], worth=self._worth, owner=self._owner)

    def webhooks(self) -> str:
        """What was sent lately and how it was answered."""
        return self._page("webhooks.html", "webhooks", parcels=self.front.courier.latest(_MOST))

    def _refund_lines(self, order: Order) -> None:
        units = {line.id: int(request.form.get(f"line-{line.id}") or 0) for line in order.lines}
        refunding.by_line(self.store, order, units)

    def _refund_amount(self, order: Order) -> None:
        refunding.by_amount(self.store, order, minor_units(request.form["amount"], self.store.shop.currency))

    def _words(self, order: Order) -> str:
        address = order.address
        return f"#{order.number} {order.email} {address.first_name} {address.last_name}".lower()

    def _worth(self, code: DiscountCode) -> str:
        if code.kind == "amount":
            return self.front.price(code.amount)
        return f"{(code.percent * 100).normalize():f} %" if code.kind == "percentage" else self.front.say("free")

    def _owner(self, code: DiscountCode) -> str:
        owners = [self.store.customers[number].email for number in code.customer_ids if number in self.store.customers]
        return ", ".join(owners or code.emails) or self.front.say("bo_everyone")

    def _story(self, order: Order) -> list[tuple[datetime, str]]:
        say = self.front.say
        told = [(order.created_at, say("bo_event_placed"))]
        for at, key in (
            (order.paid_at, "bo_event_paid"),
            (order.fulfilled_at, "bo_event_sent"),
            (order.cancelled_at, "bo_event_cancelled"),
            (order.deleted_at, "bo_event_deleted"),
        ):
            if at is not None:
                told.append((at, say(key)))
        told += [(edit.created_at, say("bo_event_edited")) for edit in order.edits]
        told += [
            (refund.created_at, say("bo_event_refunded", amount=self.front.price(refund.amount)))
            for refund in order.refunds
        ]
        return sorted(told, key=lambda entry: entry[0])

    def _page(self, template: str, section: str, **values: object) -> str:
        return self.front.page(f"office_{template}", section=section, sections=_PAGES, **values)
