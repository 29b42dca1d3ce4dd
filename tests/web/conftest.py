"""An app on a database of each engine, with two connected shops and nothing behind the platforms' edge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app.db.cipher import Cipher
from app.factory import create_app
from app.settings import Settings, read
from integrations import platforms, sources
from jobs.works import Works
from tests.web.shops import (
    CLIENT_ID,
    CLIENT_SECRET,
    JUDGEME_SECRET,
    MADO,
    PREVIOUS_SECRET,
    TIDEWELL,
    Clock,
    Rung,
    Shop,
    connect,
)
from tests.web.storefront import Storefront


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a server that is reached by https, with an app of Shopify's."""
    return read(
        {
            "KIZUNA_ENV": "test",
            "KIZUNA_DATA": str(tmp_path),
            "KIZUNA_BASE_URL": "https://points.example.com",
            "KIZUNA_SHOPIFY_CLIENT_ID": CLIENT_ID,
            "KIZUNA_SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
            "KIZUNA_SHOPIFY_PREVIOUS_SECRET": PREVIOUS_SECRET,
            "KIZUNA_JUDGEME_SECRET": JUDGEME_SECRET,
        }
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bell() -> Rung:
    return Rung()


@pytest.fixture
def works(settings: Settings, engine: Engine, clock: Clock, bell: Rung) -> Works:
    return Works(
        engine=engine,
        cipher=Cipher(settings.encryption_keys, settings.secret_key),
        platforms=platforms(settings),
        sources=sources(settings),
        clock=clock,
        bell=bell,
        address=settings.base_url,
    )


@pytest.fixture
def app(settings: Settings, works: Works) -> Flask:
    return create_app(settings, works)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=True)


@pytest.fixture
def tidewell(works: Works) -> Shop:
    """A shop at Shopify, in dollars."""
    return connect(works, "shopify", TIDEWELL)


@pytest.fixture
def mado(works: Works) -> Shop:
    """A store of WooCommerce, in yen."""
    return connect(works, "woocommerce", MADO)


@pytest.fixture
def edge() -> Iterator[responses.RequestsMock]:
    """What the platforms answer."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture(params=("shopify", "woocommerce"))
def storefront(request: pytest.FixtureRequest, client: FlaskClient, works: Works, clock: Clock) -> Storefront:
    """A storefront of either platform, by its own road."""
    shop: Shop = request.getfixturevalue("tidewell" if request.param == "shopify" else "mado")
    return Storefront(client, works, clock, shop, request.param)
