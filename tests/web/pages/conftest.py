"""Signed in at the merchant's pages, with a shop's year behind."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.actions.sign_in import issue_link
from app.db.unit import unit_of_work
from jobs.works import Works
from tests.web.pages.story import Story, a_year

BASE = "https://points.example.com"
SIGNED_IN = "operator"


@pytest.fixture
def story(works: Works) -> Story:
    """Tidewell's year."""
    return a_year(works)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser of somebody who may look at the pages."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path, base_url=BASE, headers={"Accept": "text/html", **{n.replace("_", "-"): v for n, v in headers.items()}}
        )

    def post(self, path: str, data: dict[str, str], *, csrf: bool = True, **headers: str) -> TestResponse:
        """Send a form as a page of ours would, with the word it carries."""
        sent = dict(data)
        if csrf:
            sent["csrf"] = self.csrf()
        return self.client.post(
            path,
            base_url=BASE,
            data=sent,
            headers={"Accept": "text/html", "Origin": BASE, **{n.replace("_", "-"): v for n, v in headers.items()}},
        )

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/home").text)
        assert found is not None
        return found[1]


def sign_in(works: Works, client: FlaskClient, programme_id: object, actor: str = SIGNED_IN) -> TestResponse:
    """Open a fresh one-time link and press its button."""
    with unit_of_work(works.engine) as session:
        link = issue_link(session, BASE, programme_id, actor, works.clock())  # type: ignore[arg-type]
    return client.post(link.removeprefix(BASE), base_url=BASE, headers={"Origin": BASE})


SignIn = Callable[[object], Visitor]


@pytest.fixture
def signing_in(app: Flask, works: Works) -> Iterator[SignIn]:
    """Signs somebody in to a programme, in a browser of their own."""

    def enter(programme_id: object) -> Visitor:
        client = app.test_client(use_cookies=True)
        assert sign_in(works, client, programme_id).status_code == 303
        return Visitor(client)

    yield enter


@pytest.fixture
def visitor(signing_in: SignIn, story: Story) -> Visitor:
    """Staff of Tidewell, signed in."""
    return signing_in(story.programme_id)
