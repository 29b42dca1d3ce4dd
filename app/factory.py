"""Puts the web app together: blueprints, guards, error handlers, headers, limits, and nothing else."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final

from apiflask import APIFlask
from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from app.cli import logs
from app.settings import Settings, settings
from app.web import callers, errors, headers, limits, merchants, openapi, tracing
from app.web.connect import connect
from app.web.health import health
from app.web.hooks import hooks
from app.web.house import EXTENSION, House, house
from app.web.pages import pages
from app.web.policy import Policy, ShopFrom, Who, inventory
from app.web.shopify_app import embedded
from app.web.storefront.roads import DIRECT, PROXY, SECURITY_SCHEMES
from app.web.storefront.visit_views import visits
from app.web.webhooks import BODY_MAX_BYTES, webhooks
from integrations.shopify import Shopify
from jobs import house as jobs_house
from jobs.works import Works

BLUEPRINTS: Final = (health, webhooks, hooks, connect, embedded, PROXY.blueprint, DIRECT.blueprint, visits, pages)
FORM_MAX_BYTES: Final = 64 * 1024
"""Everything but deliveries is small."""

_NOT_OURS: Final[Mapping[str, Policy]] = {
    "openapi.spec": Policy(Who.ANYONE, ShopFrom.NONE),
    "pages.static": Policy(Who.ANYONE, ShopFrom.NONE),
}
"""Policies of views that libraries bring."""

_GUARDS: Final[Mapping[Who, Callable[[Policy], Any]]] = {
    Who.VISITOR: callers.guard,
    Who.SHOPPER: callers.guard,
    Who.MERCHANT: merchants.guard,
    Who.OPERATOR: merchants.guard,
}
"""Who is let in how. Deliveries prove themselves; what is open to anyone needs no guard."""


def create_app(settings: Settings, works: Works) -> Flask:
    """Return the app. Raises UndeclaredRouteError for a route without a policy."""
    app = APIFlask(
        __name__,
        title="Kizuna",
        version=version("kizuna"),
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type] # Flask takes it, and serves no files of its own then
        json_errors=False,
    )
    app.json = _Json(app)
    app.url_map.converters["word"] = _Word
    _configure(app, settings)
    tracing.trace(app)
    headers.protect(app, settings)
    app.before_request(_take_care)
    limits.watch(app, settings)
    errors.handle(app)
    for blueprint in BLUEPRINTS:
        vars(blueprint).setdefault("enable_openapi", False)  # APIFlask asks plain blueprints too
        app.register_blueprint(blueprint)
    shopify = works.platforms.get("shopify")
    app.extensions[EXTENSION] = House(
        settings, works, shopify if isinstance(shopify, Shopify) else None, inventory(app, _NOT_OURS)
    )
    if settings.production:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign] # Flask's own way
    return app


def application() -> Flask:
    """Return the app of this process, as the environment says: what a WSGI server is told to call."""
    chosen = settings()
    logs.configure(machine=chosen.production)
    return create_app(chosen, jobs_house.build(chosen))


def _configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_MAX_BYTES,
        MAX_FORM_PARTS=100,
        PROPAGATE_EXCEPTIONS=False,
        DESCRIPTION="Points, tiers, rewards and referrals for online stores.",
        LICENSE={"name": "MIT", "identifier": "MIT"},
        SECURITY_SCHEMES={name: dict(scheme) for name, scheme in SECURITY_SCHEMES.items()},
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,
    )
    app.spec_processor(openapi.complete)


def _take_care() -> Any:  # noqa: ANN401 - whatever a guard answers instead
    """Cap the body by what is asked, then let the policy's guard look."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    declared = house().policies[endpoint]
    if declared.who is not Who.PLATFORM:
        request.max_content_length = FORM_MAX_BYTES
    guard = _GUARDS.get(declared.who)
    return guard(declared) if guard is not None and request.method != "OPTIONS" else None


class _Word(BaseConverter):
    """A code or id in an address: what could be none of ours is not found."""

    regex = "[A-Za-z0-9_-]{1,80}"


class _Json(DefaultJSONProvider):
    """JSON as it stands, and nothing that is none: too deep, NaN, or numbers beyond all measure."""

    sort_keys = False
    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401
        """Raises ValueError for everything that is no plain JSON, also for what Python would fail on in other ways."""
        try:
            return super().loads(s, parse_constant=_no_number, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _no_number(name: str) -> float:
    raise ValueError(name)
