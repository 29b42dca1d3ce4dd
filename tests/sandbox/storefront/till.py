"""From the cart to a placed order: quantities, discount codes, contact, payment, and the order's own page."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox import accounts, ordering, signing_in, totals
from tests.sandbox.discounts import CodeRefusedError
from tests.sandbox.ordering import Buyer, Item
from tests.sandbox.records import Address, Order
from tests.sandbox.storefront.front import Front, back_to, blueprint, typed_address
from tests.sandbox.storefront.window import keep_code, missing


class Till:
    """Where money would change hands."""

    def __init__(self, front: Front) -> None:
        """Serve one store."""
        self.front = front
        self.store = front.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = blueprint("till")
        pages.add_url_rule("/cart", "cart", self.cart, strict_slashes=False)
        pages.add_url_rule("/cart/add", "add", self.add, methods=["POST"])
        pages.add_url_rule("/cart/units", "units", self.units, methods=["POST"])
        pages.add_url_rule("/cart/code", "code", self.code, methods=["POST"])
        pages.add_url_rule("/cart/code/remove", "remove_code", self.remove_code, methods=["POST"])
        pages.add_url_rule("/checkout", "checkout", self.checkout, methods=["GET", "POST"], strict_slashes=False)
        pages.add_url_rule("/orders/<int:order_id>", "order", self.order)
        return pages

    def cart(self) -> str:
        """What lies in the cart."""
        items = signing_in.cart(self.store)
        quote = self._quote(items, self._buyer()) if items else None
        return self.front.page("cart.html", quote=quote, lines=self._lines(quote) if quote else [])

    def add(self) -> AnyResponse:
        """Put a variant into the cart."""
        number = int(request.form.get("variant", "0"))
        product, _ = self.store.variant(number)
        signing_in.set_units(number, signing_in.units(number) + int(request.form.get("units", "1")))
        self.front.tell("added", title=product.title)
        return redirect(back_to("/cart"))

    def units(self) -> AnyResponse:
        """Change how many units lie in the cart."""
        signing_in.set_units(int(request.form.get("variant", "0")), int(request.form.get("units", "0")))
        return redirect("/cart")

    def code(self) -> AnyResponse:
        """Try a code; one that is refused is told with its reason and not kept."""
        typed = request.form.get("code", "").strip()
        if typed:
            known = self._accepted(signing_in.cart(self.store), self._buyer())
            try:
                ordering.price(self.store, signing_in.cart(self.store), self._buyer(), [*known, typed])
            except CodeRefusedError as refused:
                self._tell_refusal(refused)
            else:
                keep_code(typed)
                self.front.tell("applied", code=typed.upper())
        return redirect(back_to("/cart"))

    def remove_code(self) -> AnyResponse:
        """Take a code off again."""
        gone = request.form.get("code", "").lower()
        signing_in.set_codes([name for name in signing_in.codes() if name.lower() != gone])
        return redirect(back_to("/cart"))

    def checkout(self) -> AnyResponse | str:
        """Ask who, where and how; then place the order."""
        items = signing_in.cart(self.store)
        if not items:
            return redirect("/cart")
        if request.method == "POST":
            return self._place(items)
        quote = self._quote(items, self._buyer())
        shopper = signing_in.shopper(self.store)
        address = shopper.address if shopper else Address()
        return self.front.page("checkout.html", quote=quote, lines=self._lines(quote), address=address)

    def order(self, order_id: int) -> AnyResponse | str:
        """An order, for who placed it or holds its key."""
        order = self.store.orders.get(order_id)
        shopper = signing_in.shopper(self.store)
        if order is None or not (request.args.get("key") == order.key or (shopper and order.customer_id == shopper.id)):
            return missing(self.front)
        return self.front.page(
            "order.html",
            order=order,
            lines=self._lines(order),
            new="new" in request.args,
            state=self.front.state(order),
        )

    def _place(self, items: Sequence[Item]) -> AnyResponse:
        form: dict[str, Any] = request.form.to_dict()
        address = typed_address(form, self.store.shop.country)
        email = form.get("email", "").strip()
        shopper = signing_in.shopper(self.store)
        if shopper is None and form.get("create_account"):
            try:
                shopper = accounts.sign_up(self.store, email, address.first_name, address.last_name, address)
            except accounts.AddressTakenError:
                shopper = None
            else:
                signing_in.sign_in(shopper)
        elif shopper is not None and not shopper.address.address1:
            shopper.address = address
            accounts.save(self.store, shopper)
        who = Buyer(shopper, email or (shopper.email if shopper else ""), address)
        try:
            order = ordering.place(
                self.store, items, who, codes=self._accepted(items, who), payment=form.get("payment", "card")
            )
        except CodeRefusedError as refused:
            self._tell_refusal(refused)
            return redirect("/checkout")
        signing_in.empty_cart()
        return redirect(f"/orders/{order.id}?new&key={order.key}")

    def _buyer(self) -> Buyer:
        shopper = signing_in.shopper(self.store)
        return ordering.buyer(shopper) if shopper else Buyer(None, "", Address())

    def _accepted(self, items: Sequence[Item], who: Buyer) -> list[str]:
        """The kept codes that may be used; what is refused is told and forgotten."""
        accepted: list[str] = []
        for name in signing_in.codes():
            try:
                ordering.price(self.store, items, who, [*accepted, name])
            except CodeRefusedError as refused:
                self._tell_refusal(refused)
            else:
                accepted.append(name)
        signing_in.set_codes(accepted)
        return accepted

    def _quote(self, items: Sequence[Item], who: Buyer) -> Order:
        return ordering.price(self.store, items, who, self._accepted(items, who))

    def _lines(self, order: Order) -> list[dict[str, Any]]:
        return [
            {"line": line, "product": self.store.products[line.product_id], "left": totals.current_units(order, line)}
            for line in order.lines
        ]

    def _tell_refusal(self, refused: CodeRefusedError) -> None:
        self.front.warn(f"refused_{refused.reason}", code=refused.code.upper())
