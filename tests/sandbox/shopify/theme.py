"""Renders the app's real theme app extension into the storefront, as Shopify does with an app embed block."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from liquid import DictLoader, Environment
from liquid.filter import string_filter

from tests.sandbox.records import Customer
from tests.sandbox.shops import Shop

EXTENSIONS = Path(__file__).parents[3] / "widgets" / "shopify" / "extensions"
_SCHEMA = re.compile(r"{%-?\s*schema\s*-?%}(.*?){%-?\s*endschema\s*-?%}", re.DOTALL)


class Embed:
    """One app embed block: its Liquid, its target, and the defaults of its settings."""

    def __init__(self, path: Path) -> None:
        """Read a block file; a block without a schema is none."""
        source = path.read_text(encoding="utf-8")
        found = _SCHEMA.search(source)
        self.schema: dict[str, Any] = json.loads(found[1]) if found else {}
        self.target = str(self.schema.get("target", ""))
        self.extension = path.parents[1]
        self.settings = {
            setting["id"]: setting.get("default") for setting in self.schema.get("settings", []) if "id" in setting
        }
        self._source = _SCHEMA.sub("", source)

    def html(self, globals_: Mapping[str, Any]) -> str:
        """Render the block, with the files its schema names."""
        environment = _environment(self.extension)
        block = {"settings": self.settings, "id": "kizuna-embed", "shopify_attributes": ""}
        text = environment.from_string(self._source).render(**globals_, block=block)
        tags = ""
        if script := self.schema.get("javascript"):
            tags += f'<script src="{asset_path(self.extension.name, script)}" defer></script>'
        if style := self.schema.get("stylesheet"):
            tags += f'<link rel="stylesheet" href="{asset_path(self.extension.name, style)}">'
        return tags + text


def embeds(target: str) -> list[Embed]:
    """The app embed blocks there are for a target; none before the extension is written."""
    found = [Embed(path) for path in sorted(EXTENSIONS.glob("*/blocks/*.liquid"))]
    return [embed for embed in found if embed.target == target]


def render(target: str, shop: Shop, customer: Customer | None, path: str) -> str:
    """Render all embeds of a target for one page."""
    known = {
        "shop": {
            "name": shop.name,
            "permanent_domain": shop.domain,
            "domain": shop.domain,
            "url": shop.home,
            "secure_url": shop.home,
            "currency": shop.currency,
            "locale": shop.language,
        },
        "request": {"locale": {"iso_code": shop.language, "root_url": "/"}, "design_mode": False, "path": path},
        "localization": {"language": {"iso_code": shop.language}, "country": {"iso_code": shop.country}},
        "routes": {
            "root_url": "/",
            "account_url": "/account",
            "account_login_url": "/account",
            "account_register_url": "/account",
            "account_logout_url": "/account/logout",
            "cart_url": "/cart",
            "all_products_collection_url": "/",
        },
        "customer": {"id": customer.id, "first_name": customer.first_name, "email": customer.email}
        if customer
        else None,
    }
    return "\n".join(embed.html(known) for embed in embeds(target))


def asset_path(extension: str, name: str) -> str:
    """Where the store serves a file of an extension."""
    return f"/extensions/{extension}/assets/{name}"


def asset(extension: str, name: str) -> Path | None:
    """Find a file of an extension."""
    path = EXTENSIONS / Path(extension).name / "assets" / Path(name).name
    return path if path.is_file() else None


@cache
def _environment(extension: Path) -> Environment:
    snippets = {path.stem: path.read_text(encoding="utf-8") for path in extension.glob("snippets/*.liquid")}
    environment = Environment(loader=DictLoader(snippets), autoescape=False)
    texts = extension / "locales" / "en.default.json"
    words: dict[str, Any] = json.loads(texts.read_text(encoding="utf-8")) if texts.is_file() else {}

    @string_filter
    def asset_url(name: str) -> str:
        return asset_path(extension.name, name)

    @string_filter
    def translated(key: str, **_: object) -> str:
        found: Any = words
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found if isinstance(found, str) else f"translation missing: {key}"

    @string_filter
    def script_tag(url: str) -> str:
        return f'<script src="{url}"></script>'

    @string_filter
    def stylesheet_tag(url: str) -> str:
        return f'<link href="{url}" rel="stylesheet">'

    def as_json(value: object) -> str:
        return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")

    environment.filters.update(
        asset_url=asset_url, t=translated, script_tag=script_tag, stylesheet_tag=stylesheet_tag, json=as_json
    )
    return environment
