"""wc/v3 products, reviews, settings and the system status: what an app reads about the shop."""

from flask import Blueprint, Response, request

from tests.sandbox.records import Review
from tests.sandbox.woocommerce import goods
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.replies import RestError, asked_moment, blueprint, page, reply
from tests.sandbox.woocommerce.writing import VERSION, WORDPRESS, Json


class ShopApi:
    """Products, reviews and settings."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo
        self.store = woo.store

    def blueprint(self) -> Blueprint:
        """The routes."""
        return blueprint(
            "shop",
            "",
            self.woo.keys,
            self.woo.shop,
            [
                ("GET", "/products", self.products),
                ("GET", "/products/<int:product_id>", self.product),
                ("GET", "/products/reviews", self.reviews),
                ("GET", "/products/reviews/<int:review_id>", self.review),
                ("GET", "/settings/<group>", self.settings),
                ("GET", "/settings/<group>/<name>", self.setting),
                ("GET", "/system_status", self.system_status),
            ],
        )

    def products(self) -> Response:
        """All products, or those with the ids in `include`."""
        wanted = set(filter(None, request.args.get("include", "").split(",")))
        with self.store.lock:
            found = [each for each in self.store.products.values() if not wanted or str(each.id) in wanted]
            return page(found, lambda product: goods.product_body(self.store, product))

    def product(self, product_id: int) -> Response:
        """One product."""
        with self.store.lock:
            if product_id not in self.store.products:
                raise RestError(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
            return reply(goods.product_body(self.store, self.store.products[product_id]))

    def reviews(self) -> Response:
        """Reviews; approved ones where nothing else is asked for."""
        with self.store.lock:
            return page(self._chosen_reviews(), lambda review: goods.review_body(self.store, review))

    def review(self, review_id: int) -> Response:
        """One review."""
        with self.store.lock:
            if review_id not in self.store.reviews:
                raise RestError(404, "woocommerce_rest_review_invalid_id", "Invalid review ID.")
            return reply(goods.review_body(self.store, self.store.reviews[review_id]))

    def settings(self, group: str) -> Response:
        """A group of settings."""
        known = self._groups().get(group)
        if known is None:
            raise RestError(404, "rest_setting_setting_group_invalid", "Invalid setting group.")
        return reply([_setting(group, name, value) for name, value in known.items()])

    def setting(self, group: str, name: str) -> Response:
        """One setting."""
        value = self._groups().get(group, {}).get(name)
        if value is None:
            raise RestError(404, "rest_setting_setting_invalid", "Invalid setting.")
        return reply(_setting(group, name, value))

    def system_status(self) -> Response:
        """Versions and the few settings that matter to an app."""
        shop = self.woo.shop
        plugin = "kizuna-loyalty-for-woocommerce/kizuna-loyalty-for-woocommerce.php"
        return reply(
            {
                "environment": {
                    "home_url": shop.home,
                    "site_url": shop.home,
                    "version": VERSION,
                    "wp_version": WORDPRESS,
                    "wp_multisite": False,
                    "language": "ja" if shop.language == "ja" else "en_US",
                    "php_version": "8.2.20",
                },
                "active_plugins": [{"plugin": plugin, "version": "0.1.0"}],
                "settings": {"currency": shop.currency, "HPOS_enabled": True},
            }
        )

    def _groups(self) -> dict[str, dict[str, str]]:
        shop = self.woo.shop
        return {
            "general": {
                "woocommerce_currency": shop.currency,
                "woocommerce_price_num_decimals": {"JPY": "0", "KWD": "3"}.get(shop.currency, "2"),
                "woocommerce_default_country": shop.country,
                "woocommerce_calc_taxes": "yes",
            },
            "tax": {"woocommerce_prices_include_tax": "yes" if shop.taxes_included else "no"},
        }

    def _chosen_reviews(self) -> list[Review]:
        wanted = request.args.get("status", "approved")
        found = [r for r in self.store.reviews.values() if wanted in ("all", goods.REVIEW_STATUS[r.status])]
        if email := request.args.get("reviewer_email"):
            found = [review for review in found if review.email.lower() == email.lower()]
        if product := request.args.get("product"):
            found = [review for review in found if str(review.product_id) in product.split(",")]
        if after := asked_moment("after", self.woo.shop):
            found = [review for review in found if review.created_at > after]
        if before := asked_moment("before", self.woo.shop):
            found = [review for review in found if review.created_at < before]
        newest_first = request.args.get("order", "desc") != "asc"
        return sorted(found, key=lambda review: (review.created_at, review.id), reverse=newest_first)


def _setting(group: str, name: str, value: str) -> Json:
    return {"id": name, "label": name, "description": "", "type": "text", "default": "", "value": value,
            "group_id": group}  # fmt: skip
