"""Puts the WooCommerce store together: one Flask app with REST, consent, plugin and storefront."""

from flask import Flask, Response

from tests.sandbox.server import new_app
from tests.sandbox.storefront.app import add_storefront
from tests.sandbox.storefront.front import Front
from tests.sandbox.woocommerce.admin_pages import AdminPages
from tests.sandbox.woocommerce.consent import Consent
from tests.sandbox.woocommerce.coupons import CouponsApi
from tests.sandbox.woocommerce.face import Woo
from tests.sandbox.woocommerce.hooks import WebhooksApi
from tests.sandbox.woocommerce.plugin_api import PluginApi
from tests.sandbox.woocommerce.replies import RestError, reply
from tests.sandbox.woocommerce.shop_api import ShopApi
from tests.sandbox.woocommerce.trade_api import CustomersApi, OrdersApi


def woocommerce_app(woo: Woo) -> Flask:
    """Everything the store answers."""
    app = new_app(woo.store, woo.log)
    for part in (OrdersApi, CustomersApi, ShopApi, CouponsApi, WebhooksApi, PluginApi, Consent, AdminPages):
        app.register_blueprint(part(woo).blueprint())

    front = Front(
        store=woo.store,
        courier=woo.courier,
        head=lambda _shopper, _path: "",
        foot=lambda shopper, _path: woo.plugin.widget(shopper, woo.shop.language),
        admin_path="/wp-admin/",
        code_parameter="kz_code",
    )
    add_storefront(app, front)
    app.extensions["front"] = front

    @app.route("/wp-json/<path:_route>", methods=["GET", "POST", "PUT", "DELETE"])
    def no_route(_route: str) -> Response:
        error = RestError(404, "rest_no_route", "No route was found matching the URL and request method.")
        return reply(error.body, error.status)

    return app
