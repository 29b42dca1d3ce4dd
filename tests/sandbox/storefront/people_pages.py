"""Becoming one of the shoppers with one click, or somebody new; the account with its orders."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox import accounts, signing_in
from tests.sandbox.storefront.front import Front, back_to, blueprint
from tests.sandbox.storefront.window import missing


class PeoplePages:
    """Accounts."""

    def __init__(self, front: Front) -> None:
        """Serve one store."""
        self.front = front
        self.store = front.store

    def blueprint(self) -> Blueprint:
        """The routes, with the addresses that WooCommerce gives them."""
        pages = blueprint("people")
        pages.add_url_rule("/account", "account", self.account)
        pages.add_url_rule("/account/choose", "choose", self.choose)
        pages.add_url_rule("/account/sign-in", "sign_in", self.sign_in, methods=["POST"])
        pages.add_url_rule("/account/sign-up", "sign_up", self.sign_up, methods=["POST"])
        pages.add_url_rule("/account/sign-out", "sign_out", self.sign_out, methods=["POST"])
        pages.add_url_rule("/my-account/", "my_account", lambda: redirect("/account"), strict_slashes=False)
        pages.add_url_rule(
            "/my-account/view-order/<int:order_id>/", "view_order", self.view_order, strict_slashes=False
        )
        return pages

    def account(self) -> AnyResponse | str:
        """The shopper's orders; a stranger is asked who to be."""
        shopper = signing_in.shopper(self.store)
        if shopper is None:
            return self.choose()
        return self.front.page("account.html", orders=self.store.orders_of(shopper.id)[:60])

    def choose(self) -> str:
        """The demonstration shoppers, and a form for somebody new."""
        known = [
            (customer, len(self.store.orders_of(customer.id)))
            for customer in self.store.customers.values()
            if customer.note
        ]
        known.sort(key=lambda pair: -pair[1])
        return self.front.page("choose.html", known=known, next=back_to("/"))

    def sign_in(self) -> AnyResponse:
        """Become a shopper; a number, or an address."""
        wanted = request.form.get("customer", "")
        shopper = self.store.customers.get(int(wanted)) if wanted.isdigit() else self.store.customer_by_email(wanted)
        if shopper is None:
            return missing(self.front)
        signing_in.sign_in(shopper)
        return redirect(back_to("/account"))

    def sign_up(self) -> AnyResponse:
        """Open an account and be signed in to it."""
        form = request.form
        email = form.get("email", "").strip()
        if "@" not in email:
            return redirect("/account")
        try:
            shopper = accounts.sign_up(
                self.store, email, form.get("first_name", "").strip(), form.get("last_name", "").strip()
            )
        except accounts.AddressTakenError:
            known = self.store.customer_by_email(email)
            if known is None:
                return missing(self.front)
            shopper = known
            self.front.warn("address_taken")
        signing_in.sign_in(shopper)
        return redirect(back_to("/account"))

    def sign_out(self) -> AnyResponse:
        """Be a stranger again."""
        signing_in.sign_out()
        return redirect(back_to("/"))

    def view_order(self, order_id: int) -> AnyResponse:
        """An order under WooCommerce's address."""
        return redirect(f"/orders/{order_id}")
