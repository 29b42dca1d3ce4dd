"""The shop window: home, products with their reviews, pictures, and links that bring a discount code along."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox import drawings, reviewing, signing_in
from tests.sandbox.records import Product
from tests.sandbox.storefront.front import Front, blueprint, own_path

_STARS = range(1, 6)


class Window:
    """What anybody can look at."""

    def __init__(self, front: Front) -> None:
        """Serve one store."""
        self.front = front
        self.store = front.store

    def blueprint(self) -> Blueprint:
        """The routes; products answer under either platform's address."""
        pages = blueprint("window")
        pages.add_url_rule("/", "home", self.home)
        for prefix in ("/products", "/product"):
            pages.add_url_rule(f"{prefix}/<slug>", f"product{prefix}", self.product, strict_slashes=False)
        pages.add_url_rule("/products/<slug>/reviews", "review", self.review, methods=["POST"])
        pages.add_url_rule("/images/<slug>.svg", "picture", self.picture)
        pages.add_url_rule("/discount/<code>", "discount", self.discount)
        pages.add_url_rule("/favicon.ico", "favicon", lambda: Response(status=204))
        return pages

    def home(self) -> str:
        """All there is, by category."""
        shelves: dict[str, list[Product]] = {}
        for product in self.store.products.values():
            shelves.setdefault(product.category, []).append(product)
        return self.front.page("home.html", shelves=shelves)

    def product(self, slug: str) -> AnyResponse | str:
        """One product."""
        product = self.store.product(slug)
        if product is None:
            return missing(self.front)
        shown = [r for r in self.store.reviews.values() if r.product_id == product.id and r.status == "approved"]
        shown.sort(key=lambda review: review.created_at, reverse=True)
        average, count = reviewing.average(self.store, product)
        return self.front.page(
            "product.html", product=product, reviews=shown[:6], average=f"{average:.1f}", review_count=count
        )

    def review(self, slug: str) -> AnyResponse | str:
        """Hand in a review."""
        product, shopper = self.store.product(slug), signing_in.shopper(self.store)
        rating = request.form.get("rating", "")
        if product is None or shopper is None or not rating.isdigit() or int(rating) not in _STARS:
            return missing(self.front)
        reviewing.write(
            self.store,
            product,
            customer=shopper,
            name=self.front.name(shopper),
            email=shopper.email,
            rating=int(rating),
            title=request.form.get("title", "").strip(),
            body=request.form.get("body", "").strip(),
        )
        self.front.tell("review_thanks")
        return redirect(f"/products/{slug}#reviews")

    def picture(self, slug: str) -> AnyResponse | str:
        """A product's picture as a file."""
        product = self.store.product(slug)
        if product is None:
            return missing(self.front)
        return Response(drawings.picture(product.drawing, product.colour), content_type="image/svg+xml")

    def discount(self, code: str) -> AnyResponse:
        """Take a code along from a link, as `/discount/CODE?redirect=/cart` does."""
        keep_code(code)
        return redirect(own_path(request.args.get("redirect", "/"), "/"))


def keep_code(code: str) -> None:
    """Keep a code with the cart; whether it may be used is seen there."""
    known = [name for name in signing_in.codes() if name.lower() != code.lower()]
    signing_in.set_codes([*known, code.strip()])


def missing(front: Front) -> Response:
    """The page for what is not there."""
    return Response(front.page("missing.html"), 404)
