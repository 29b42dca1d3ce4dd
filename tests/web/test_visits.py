"""Going to a social network from the storefront: noted when the browser goes there, within the rule's limits."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.db import programmes
from app.db.tables import EventRow, ProgrammeRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import SignUp
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.social import Act, Network, Social
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront

PAGE = "https://tea.example/spring?from=club&x=1"
RULES = (
    EventRule("newsletter", 5, max_total=1),
    EventRule("on_line", 7, max_per_day=1, verified=False, social=Social(Network.LINE, Act.VISIT, "https://line.me/tea")),
    EventRule(
        "follow", 20, max_total=1, verified=False, social=Social(Network.INSTAGRAM, Act.FOLLOW, "https://instagram.com/tea")
    ),
    EventRule("share", 10, cooldown_hours=168, verified=False, social=Social(Network.FACEBOOK, Act.SHARE, PAGE)),
)  # fmt: skip
LINE, FOLLOW, SHARE = "event-2", "event-3", "event-4"


@pytest.fixture
def shop(storefront: Storefront) -> Storefront:
    now = storefront.clock.now
    version = starter_version("USD" if storefront.platform == "shopify" else "JPY", now, "en")
    with unit_of_work(storefront.works.engine) as session:
        programmes.publish(session, storefront.shop.programme_id, replace(version, earn=RULES), by="staff", now=now)
    storefront.settle(SignUp(MAYA, now))
    return storefront


def way(shop: Storefront, rule: str = LINE, customer: str = "501") -> str:
    """Ask for the way to a rule's page, and return our address on it without the host."""
    answer = shop.post(f"visit/{rule}", customer)
    assert answer.status_code == 200, answer.text
    host, slash, path = str(fits("visit_begun", answer.get_json())["address"]).partition("/visit/")
    assert host == "https://points.example.com"
    return slash + path


def take(shop: Storefront, path: str) -> TestResponse:
    """Open an address as a browser does that nobody is signed in with."""
    return shop.client.get(path, headers={"Accept": "text/html"})


def points(shop: Storefront, customer: str = "501") -> int:
    return int(shop.get("member", customer).get_json()["balance"]["available"])


def state(shop: Storefront, rule: str, customer: str = "501") -> tuple[str, str | None]:
    (own,) = (one for one in shop.get("member", customer).get_json()["earn"] if one["id"] == rule)
    return own["state"], own["at"]


@pytest.mark.parametrize(
    ("rule", "earned", "address"),
    (
        (LINE, 7, "https://line.me/tea"),
        (FOLLOW, 20, "https://instagram.com/tea"),
        (SHARE, 10, "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Ftea.example%2Fspring%3Ffrom%3Dclub%26x%3D1"),
    ),
)  # fmt: skip
def test_points_come_when_the_browser_goes_there_and_not_when_it_asks_for_the_way(
    shop: Storefront, rule: str, earned: int, address: str
) -> None:
    path = way(shop, rule)
    assert points(shop) == 0

    answer = take(shop, f"{path}?to=https://elsewhere.example")

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert points(shop) == earned


def test_the_same_way_again_leads_on_and_earns_nothing(shop: Storefront) -> None:
    path, other = way(shop), way(shop)

    assert [take(shop, one).status_code for one in (path, path, other)] == [302, 302, 302]
    assert points(shop) == 7
    with reading(shop.works.engine) as session:
        assert len(session.scalars(select(EventRow)).all()) == 1


def test_within_the_limit_it_earns_nothing_and_after_it_once_more(shop: Storefront) -> None:
    for hours, total in ((0, 10), (25, 10), (141, 10), (3, 20)):
        shop.clock.pass_(hours=hours)
        take(shop, way(shop, SHARE))
        assert points(shop) == total, hours


def test_the_storefront_is_told_when_going_there_counts_again(shop: Storefront) -> None:
    assert [state(shop, rule) for rule in (LINE, FOLLOW, SHARE)] == [("open", None)] * 3
    for rule in (FOLLOW, SHARE, LINE):
        take(shop, way(shop, rule))

    fits("member", shop.get("member", "501").get_json())
    assert [state(shop, rule)[0] for rule in (LINE, FOLLOW, SHARE)] == ["again", "done", "again"]
    assert state(shop, LINE, "777") == ("open", None)
    shop.clock.pass_(days=8)
    assert [state(shop, rule)[0] for rule in (LINE, FOLLOW, SHARE)] == ["open", "done", "open"]


def test_a_token_is_good_for_its_member_alone_whoever_takes_it(shop: Storefront) -> None:
    shop.get("member", "777")
    take(shop, way(shop, customer="777"))

    assert (points(shop, "501"), points(shop, "777")) == (0, 7)


def test_what_is_old_forged_or_of_another_shop_leads_nowhere_and_earns_nothing(shop: Storefront) -> None:
    path = way(shop)
    token = path.rpartition("/")[2]
    signed, _, signature = token.rpartition(".")
    forged = f"{signed}.{signature[::-1]}"
    wrong = [path.replace(token, forged), path.replace(token, "a1.e30"), f"/visit/{uuid4()}/{token}"]
    shop.clock.pass_(minutes=11)

    answers = [take(shop, one) for one in (*wrong, path)]

    assert [(answer.status_code, "Location" in answer.headers) for answer in answers] == [(409, False)] * 4
    assert points(shop) == 0


def test_a_look_at_the_address_is_no_visit(shop: Storefront) -> None:
    path = way(shop)

    assert shop.client.head(path).status_code == 302
    assert points(shop) == 0


def test_a_paused_programme_shows_no_way_and_notes_nobody(shop: Storefront) -> None:
    path = way(shop)
    with unit_of_work(shop.works.engine) as session:
        session.execute(update(ProgrammeRow).values(state="paused"))

    refused = shop.post(f"visit/{LINE}", "501")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "PROGRAMME_PAUSED")
    assert take(shop, path).status_code == 302
    assert points(shop) == 0


@pytest.mark.parametrize("rule", ("event", "event-9", "order"))
def test_a_rule_that_leads_nowhere_has_no_way(shop: Storefront, rule: str) -> None:
    answer = shop.post(f"visit/{rule}", "501")

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (404, "UNKNOWN_RULE")


def test_nobody_is_shown_a_way_without_being_signed_in(shop: Storefront) -> None:
    assert shop.post(f"visit/{LINE}").status_code == 401


def test_a_rule_that_is_gone_meanwhile_is_not_opened(shop: Storefront) -> None:
    path = way(shop)
    now = shop.clock.now
    with unit_of_work(shop.works.engine) as session:
        later = starter_version("USD" if shop.platform == "shopify" else "JPY", now, "en")
        programmes.publish(session, shop.shop.programme_id, replace(later, earn=RULES[:1]), by="staff", now=now)
    shop.clock.pass_(seconds=1)

    answer = take(shop, path)

    assert (answer.status_code, "Location" in answer.headers) == (404, False)
    assert points(shop) == 0
