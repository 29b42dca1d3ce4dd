"""The merchant's side of WordPress: our plugin to switch off and on, and the REST keys that were given away."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.woocommerce.face import Woo


class AdminPages:
    """What the merchant sees; as everywhere here, nobody has to log in but to give keys away."""

    def __init__(self, woo: Woo) -> None:
        """Serve one store."""
        self.woo = woo

    def blueprint(self) -> Blueprint:
        """The routes."""
        pages = Blueprint("admin_pages", __name__, url_prefix="/wp-admin")
        pages.add_url_rule("/", "home", self.home, strict_slashes=False)
        pages.add_url_rule("/plugin", "plugin", self.plugin, methods=["POST"])
        pages.add_url_rule("/keys/<int:key_id>/revoke", "revoke", self.revoke, methods=["POST"])
        return pages

    def home(self) -> str:
        """The plugin and the keys."""
        return render_template(
            "merchant/wp_admin.html",
            shop=self.woo.shop,
            plugin=self.woo.plugin,
            keys=sorted(self.woo.keys.values(), key=lambda key: key.id),
            app_url=self.woo.roads.app_url,
        )

    def plugin(self) -> AnyResponse:
        """Switch the plugin on or off; what it knows of its server stays."""
        self.woo.plugin.switch(on=request.form.get("on") == "yes")
        return redirect("/wp-admin/")

    def revoke(self, key_id: int) -> AnyResponse:
        """Take a key away: whoever holds it is answered 401 from now on."""
        for key in [key for key in self.woo.keys.values() if key.id == key_id]:
            self.woo.revoke_key(key)
        return redirect("/wp-admin/")
