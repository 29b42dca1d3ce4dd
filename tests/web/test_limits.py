"""Limits are counted where all web processes see them, and never take the shop's pages down with Redis."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.settings import Environment, Settings
from app.web.limits import limiter
from jobs.works import Works
from tests.web.shops import Shop, proxied

STORE = "https://store.example.com"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """The limiter is one for the process: leave it as the next test expects it."""
    before = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(before)


def begin(client: FlaskClient) -> int:
    return client.get(f"/connect/woocommerce/begin?store={STORE}").status_code


def in_earnest(settings: Settings, redis_url: str) -> Settings:
    return replace(settings, environment=Environment.DEVELOPMENT, redis_url=redis_url)


def test_two_processes_count_together(settings: Settings, works: Works, redis_url: str) -> None:
    one = create_app(in_earnest(settings, redis_url), works).test_client()
    first = [begin(one) for _ in range(12)]
    other = create_app(in_earnest(settings, redis_url), works).test_client()

    assert first + [begin(other) for _ in range(9)] == [302] * 20 + [429]


def test_without_redis_each_process_counts_for_itself(settings: Settings, works: Works) -> None:
    client = create_app(in_earnest(settings, "redis://127.0.0.1:1/0"), works).test_client()

    assert [begin(client) for _ in range(21)] == [302] * 20 + [429]


def test_claims_are_counted_by_the_shoppers_own_address_as_shopify_saw_it(
    client: FlaskClient, works: Works, tidewell: Shop
) -> None:
    def ask(number: int, chain: str) -> int:
        own_time = works.clock()
        url = proxied(f"referral/none{number}/claim", at=own_time)
        return client.post(url, json={"email": "a@example.com"}, headers={"X-Forwarded-For": chain}).status_code

    shopper = [ask(number, "203.0.113.7, 198.51.100.1") for number in range(61)]

    assert shopper == [404] * 60 + [429]
    assert ask(99, "203.0.113.8, 198.51.100.1") == 404
