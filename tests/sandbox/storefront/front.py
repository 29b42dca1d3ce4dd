"""What all pages of a store share: words, prices, dates, who is there, and what the platform adds to each page."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime
from flask import Blueprint, flash, render_template, request
from markupsafe import Markup

from tests.sandbox import accounts, signing_in, totals
from tests.sandbox.courier import Courier
from tests.sandbox.drawings import drawing
from tests.sandbox.money import display
from tests.sandbox.records import Address, Customer, Order
from tests.sandbox.store import Store

_WORDS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


@dataclass(slots=True)
class Front:
    """A store as its pages know it.

    `head` and `foot` print what the platform adds for a shopper on a path; `code_parameter` is the query parameter
    by which a link to any page brings a discount code along.
    """

    store: Store
    courier: Courier
    head: Callable[[Customer | None, str], str]
    foot: Callable[[Customer | None, str], str]
    admin_path: str = ""
    code_parameter: str = ""
    neighbours: list[tuple[str, str]] = field(default_factory=list)

    def say(self, key: str, **values: object) -> str:
        """A text in the store's language."""
        return _WORDS[self.store.shop.language][key].format(**values)

    def price(self, minor: int) -> str:
        """A price tag."""
        return display(minor, self.store.shop.currency)

    def day(self, at: datetime) -> str:
        """A date in the store's zone and language."""
        shop = self.store.shop
        return format_date(at.astimezone(shop.tz).date(), "medium" if shop.language == "en" else "long", shop.language)

    def moment(self, at: datetime) -> str:
        """A date with its time."""
        shop = self.store.shop
        return format_datetime(at.astimezone(shop.tz), "short", locale=shop.language)

    def name(self, customer: Customer) -> str:
        """A person's name."""
        return accounts.display_name(customer, self.store.shop.language)

    def order_name(self, order: Order) -> str:
        """An order's number with the store's own mark."""
        return f"#{order.number}"

    def state(self, order: Order) -> str:
        """Where an order stands, as the key of a word."""
        if order.deleted_at:
            return "state_deleted"
        if order.cancelled_at:
            return "state_cancelled"
        if totals.fully_refunded(order, self.store.shop):
            return "state_refunded"
        if order.refunds:
            return "state_partly_refunded"
        if order.fulfilled_at:
            return "state_sent"
        return "state_paid" if order.paid_at else "state_pending"

    def page(self, template: str, **values: object) -> str:
        """Write a page with all that every page needs."""
        shopper = signing_in.shopper(self.store)
        here = request.full_path.rstrip("?")
        return render_template(
            f"shop/{template}",
            front=self,
            shop=self.store.shop,
            t=self.say,
            shopper=shopper,
            count=sum(item.quantity for item in signing_in.cart(self.store)),
            totals=totals,
            draw=_draw,
            here=here,
            head=Markup(self.head(shopper, here)),  # noqa: S704 - written by the platform's own code
            foot=Markup(self.foot(shopper, here)),  # noqa: S704
            **values,
        )

    def tell(self, key: str, **values: object) -> None:
        """Show a sentence on the next page."""
        flash(self.say(key, **values))

    def warn(self, key: str, **values: object) -> None:
        """Show what went wrong on the next page."""
        flash(self.say(key, **values), "warn")


def _draw(name: str, colour: str) -> Markup:
    return Markup(drawing(name, colour))  # noqa: S704 - our own files


def back_to(fallback: str) -> str:
    """The page of this store that a form or link names to go back to."""
    return own_path(request.form.get("next") or request.args.get("next") or "", fallback)


def own_path(wanted: str, fallback: str) -> str:
    """A path as it was wished for, if it cannot lead out of the store."""
    ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if ours and not urlsplit(wanted).netloc else fallback


def typed_address(form: dict[str, Any], country: str) -> Address:
    """Read an address from a form."""
    return Address(
        first_name=form.get("first_name", "").strip(),
        last_name=form.get("last_name", "").strip(),
        address1=form.get("address1", "").strip(),
        city=form.get("city", "").strip(),
        zip=form.get("zip", "").strip(),
        country_code=country,
        country={"US": "United States", "JP": "Japan"}.get(country, country),
    )


def blueprint(name: str) -> Blueprint:
    """A group of pages."""
    return Blueprint(name, __name__)
