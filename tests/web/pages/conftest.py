"""Signed in at the merchant's pages, with a shop's year behind."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app.actions.sign_in import issue_link
from app.db.cipher import Cipher
from app.db.unit import make_engine, unit_of_work
from app.factory import create_app
from app.settings import Settings, read
from app.web.house import EXTENSION
from app.web.seats import Seat, cookie_name, take_seat
from integrations import platforms, sources
from jobs.works import Works
from tests.factories.copies import Fill, held
from tests.servers.databases import Databases
from tests.web.pages.story import Story, a_year, a_year_in_japan, found
from tests.web.shops import Clock, Rung

BASE: Final = "https://points.example.com"
HTML: Final = {"Accept": "text/html"}


def new_link(works: Works, programme_id: UUID | None, actor: str = "operator") -> str:
    """Return the path of a fresh one-time link."""
    with unit_of_work(works.engine) as session:
        return issue_link(session, BASE, programme_id, actor, works.clock()).removeprefix(BASE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser of somebody who looks at the pages."""

    client: FlaskClient

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        return self.client.get(path, base_url=BASE, headers={**HTML, **(headers or {})})

    def post(
        self, path: str, data: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send a form as a page of ours would, with the word this seat's forms carry."""
        sent = {"csrf": self.csrf(), **(data or {})}
        return self.client.post(path, base_url=BASE, data=sent, headers={**HTML, "Origin": BASE, **(headers or {})})

    def csrf(self) -> str:
        for path in ("/home", "/shops"):
            word = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
            if word is not None:
                return word[1]
        return ""

    def sign_in(self, link: str) -> TestResponse:
        """Press the button of a link's page."""
        return self.client.post(link, base_url=BASE, headers={**HTML, "Origin": BASE})


SignIn = Callable[[UUID | None], Visitor]


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody nobody knows."""
    return Visitor(app.test_client(use_cookies=True))


@pytest.fixture
def signing_in(app: Flask) -> SignIn:
    """Signs somebody in to a programme (None: as the operator), in a browser of their own."""

    def enter(programme_id: UUID | None) -> Visitor:
        return seated(app, programme_id)

    return enter


@dataclass(frozen=True, slots=True)
class Year:
    """An installation with two shops that have lived for a year: to be looked at, not to be changed."""

    app: Flask
    works: Works
    story: Story
    mado: Story


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Databases], Year]]:
    """Lives the year once per engine."""
    lived: dict[str, Year] = {}
    with ExitStack() as stack:

        def on(databases: Databases) -> Year:
            kind = type(databases).__name__
            if kind not in lived:
                url = stack.enter_context(databases.migrated())
                lived[kind] = _live(url, tmp_path_factory.mktemp("year"))
                stack.callback(lived[kind].works.engine.dispose)
            return lived[kind]

        yield on


def _live(url: str, folder: Path) -> Year:
    settings = _settings(folder)
    works = _works(url, settings)
    mado = a_year_in_japan(works)
    return Year(create_app(settings, works), works, a_year(works), mado)


def _settings(folder: Path) -> Settings:
    return read({"KIZUNA_ENV": "test", "KIZUNA_DATA": str(folder), "KIZUNA_BASE_URL": BASE})


def _works(url: str, settings: Settings) -> Works:
    return Works(
        engine=make_engine(url),
        cipher=Cipher(settings.encryption_keys, settings.secret_key),
        platforms=platforms(settings),
        sources=sources(settings),
        clock=Clock(),
        bell=Rung(),
        address=settings.base_url,
    )


@pytest.fixture
def year(years: Callable[[Databases], Year], databases: Databases) -> Year:
    """The year, on each engine in turn."""
    return years(databases)


@pytest.fixture
def story(year: Year) -> Story:
    """Tidewell's year."""
    return year.story


@pytest.fixture
def mado(year: Year) -> Story:
    """The other shop's."""
    return year.mado


Tell = Callable[[Story], Story]
"""Tells on from the day a shop was connected."""


@pytest.fixture(scope="session")
def tellings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Databases, Tell], tuple[Story, Fill]]:
    """Tells each story once per engine, and keeps what its database held at the end."""
    told: dict[tuple[str, Tell], tuple[Story, Fill]] = {}

    def on(databases: Databases, tell: Tell) -> tuple[Story, Fill]:
        key = (type(databases).__name__, tell)
        if key not in told:
            folder = tmp_path_factory.mktemp("told")
            with databases.migrated() as url:
                works = _works(url, _settings(folder))
                told[key] = (tell(found(works)), held(works.engine, folder))
                works.engine.dispose()
        return told[key]

    return on


Retold = Callable[[Tell], Story]


@pytest.fixture
def retold(tellings: Callable[[Databases, Tell], tuple[Story, Fill]], databases: Databases, engine: Engine) -> Retold:
    """Gives a story that was told before, in this test's own database and to be told on; on each engine in turn."""

    def again(tell: Tell) -> Story:
        story, fill = tellings(databases, tell)
        fill(engine)
        clock = Clock()
        clock.now = story.works.clock()
        return replace(story, works=replace(story.works, engine=engine, clock=clock, bell=Rung()))

    return again


@pytest.fixture
def young(works: Works) -> Story:
    """A shop that was just connected: nothing has happened."""
    return found(works)


def seated(app: Flask, programme_id: UUID | None, *, operator: bool | None = None) -> Visitor:
    """Return a browser of somebody who has signed in (None: as the operator); how that goes is test_sign_in's."""
    response = app.response_class()
    operator = programme_id is None if operator is None else operator
    with app.test_request_context(base_url=BASE):
        take_seat(response, Seat(programme_id, "boss" if operator and programme_id else "operator", operator))
        name = cookie_name(app.extensions[EXTENSION].settings)
    client = app.test_client(use_cookies=True)
    value = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.set_cookie(name, value, domain=BASE.removeprefix("https://"), secure=True)
    return Visitor(client)


@pytest.fixture
def visitor(year: Year) -> Visitor:
    """Staff of Tidewell after its year, signed in."""
    return seated(year.app, year.story.programme_id)


@pytest.fixture
def staff(app: Flask, young: Story) -> Visitor:
    """Staff of the young shop, signed in."""
    return seated(app, young.programme_id)
