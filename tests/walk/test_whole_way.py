"""Both stores, from installing to installing again, as people walk it: with browsers, real processes, a real queue."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.walk import chapters
from tests.walk.books import Books
from tests.walk.chapters import PHONE, Walk
from tests.walk.merchants import merchant
from tests.walk.people import Shopper
from tests.walk.running import Town
from tests.walk.tales import MADO, TIDEWELL, Tale

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(1200),
    pytest.mark.parametrize("tale", (TIDEWELL, MADO), ids=("shopify", "woocommerce")),
]


def begin(stack: ExitStack, browser: Browser, town: Town, tale: Tale) -> Walk:
    """Let the people of a tale meet."""
    host = stack.enter_context(merchant(browser, town, tale.platform))
    shopper = stack.enter_context(Shopper(browser, host.store, **PHONE))
    return Walk(town, tale, browser, host, shopper, Books(town, host.store))


def test_the_whole_way_from_installing_to_installing_again(tale: Tale, browser: Browser, sqlite_town: Town) -> None:
    with ExitStack() as stack:
        walk = begin(stack, browser, sqlite_town, tale)
        chapters.installing(walk)
        chapters.first_order(walk)
        chapters.goodwill(walk)
        code = chapters.redeeming(walk)
        order = chapters.paying_with_the_code(walk, code)
        chapters.refunding(walk, order)
        chapters.referring(walk)
        chapters.leaving_and_coming_back(walk)
        chapters.the_books_agree(walk)


def test_the_short_way_on_postgresql(tale: Tale, browser: Browser, postgres_town: Town) -> None:
    with ExitStack() as stack:
        walk = begin(stack, browser, postgres_town, tale)
        chapters.installing(walk)
        chapters.first_order(walk)
        chapters.goodwill(walk)
        chapters.paying_with_the_code(walk, chapters.redeeming(walk))
        chapters.the_books_agree(walk)
