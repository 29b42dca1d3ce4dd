"""A street of three shops, lived in once for each engine; whatever is asked there, the limits look away."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.db.cipher import Cipher
from app.factory import create_app
from app.settings import read
from app.web.limits import limiter
from integrations import platforms, sources
from jobs.works import Works
from tests.factories.engines import shared_engine, walled
from tests.servers.databases import ENGINES
from tests.walls.neighbours import found
from tests.walls.roles import Street
from tests.web.pages.conftest import BASE
from tests.web.shops import CLIENT_ID, CLIENT_SECRET, JUDGEME_SECRET, MADO, TIDEWELL, Clock, Rung

STRANGERS_SECRETS = {"webhook_secret": "77" * 32, "shopper_secret": "88" * 32}


@pytest.fixture(scope="module", params=ENGINES)
def lived(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of each engine for a whole module; on PostgreSQL as a role for which the second wall stands."""
    for engine in shared_engine(request):
        if request.param == "sqlite":
            yield engine
            continue
        with walled(engine.url.render_as_string(hide_password=False)) as behind:
            yield behind


@pytest.fixture(scope="module")
def works(lived: Engine, tmp_path_factory: pytest.TempPathFactory) -> Works:
    """What the app works with; the clock stands at the real time, for libraries look at that one."""
    clock = Clock()
    clock.now = datetime.fromtimestamp(int(time.time()), clock.now.tzinfo)
    settings = read(environment(tmp_path_factory.mktemp("street")))
    return Works(
        engine=lived,
        cipher=Cipher(settings.encryption_keys, settings.secret_key),
        platforms=platforms(settings),
        sources=sources(settings),
        clock=clock,
        bell=Rung(),
        address=settings.base_url,
    )


@pytest.fixture(scope="module")
def street(works: Works, tmp_path_factory: pytest.TempPathFactory) -> Street:
    """Tidewell at Shopify, Mado with WooCommerce, and a stranger who is nobody's neighbour but for these tests."""
    assert isinstance(works.clock, Clock)
    return Street(
        create_app(read(environment(tmp_path_factory.mktemp("street"))), works),
        works,
        works.clock,
        found(works, "shopify", TIDEWELL, "t", "USD"),
        found(works, "woocommerce", MADO, "m", "JPY"),
        found(works, "woocommerce", "stranger.example", "s", "EUR", values=STRANGERS_SECRETS),
    )


def environment(folder: Path) -> dict[str, str]:
    """Return what the app is told."""
    return {
        "KIZUNA_ENV": "test",
        "KIZUNA_DATA": str(folder),
        "KIZUNA_BASE_URL": BASE,
        "KIZUNA_SHOPIFY_CLIENT_ID": CLIENT_ID,
        "KIZUNA_SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
        "KIZUNA_JUDGEME_SECRET": JUDGEME_SECRET,
    }


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
