"""A member as the widget sees them: known by a signature only, never cached, numbers of this moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.actions.decide_referral import refuse_referral
from app.actions.publish_programme import publish_programme
from app.db.tables import MemberRow, OutboxRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Line, Order, Referral, Refund, SignUp
from app.loyalty.terms.programme import Ladder, Level, Measure, Version, Window, WindowKind
from app.loyalty.terms.rules import ReferralRule
from app.loyalty.terms.suspicion import ReferralDesk
from jobs.works import Works
from tests.web.contract import fits
from tests.web.shops import Shop, bearer, connect, proxied, token
from tests.web.storefront import MAYA, Storefront, at

PLACED = at("2026-11-20T10:00:00+00:00")


def bought(storefront: Storefront, cents: int, *, number: str = "1001", customer: Customer = MAYA) -> Order:
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    return Order(
        id=number,
        customer=customer,
        updated_at=PLACED,
        placed_at=PLACED,
        paid_at=PLACED,
        cancelled_at=None,
        currency=currency,
        lines=(Line("1", "77", 1, cents),),
        name=f"#{number}",
    )


def test_a_visitor_nobody_signed_for_is_signed_out(storefront: Storefront) -> None:
    answer = storefront.get("member")

    assert fits("member", answer.get_json()) == {"state": "signed_out"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_signed_in_customer_becomes_a_member_by_asking_and_the_shop_is_asked_who_they_are(
    storefront: Storefront,
) -> None:
    said = fits("member", storefront.get("member", "501").get_json())

    assert said["state"] == "member"
    assert said["id"] == str(storefront.member_id("501"))
    assert said["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 0, "worth_minor": 0}
    assert said["joined_at"] is None
    with reading(storefront.works.engine) as session:
        asked = session.scalars(select(OutboxRow)).one()
    assert (asked.kind, asked.payload) == ("refetch", {"thing": "customer", "id": "501"})
    again = storefront.get("member", "501").get_json()
    assert again["id"] == said["id"]
    with reading(storefront.works.engine) as session:
        assert len(session.scalars(select(MemberRow)).all()) == 1


def test_a_member_sees_balance_dates_tier_rewards_and_link(storefront: Storefront) -> None:
    storefront.settle(SignUp(MAYA, at("2026-11-01T09:00:00+00:00")), bought(storefront, 5000))

    said = fits("member", storefront.get("member", "501").get_json())

    assert said["first_name"] == "Maya"
    assert said["joined_at"] == "2026-11-01T09:00:00Z"
    assert said["balance"] == {"available": 100, "pending": 250, "held": 0, "debt": 0, "worth_minor": 100}
    assert said["next_release"] == {"points": 250, "at": "2026-12-04T10:00:00Z"}
    assert said["next_expiry"]["points"] == 100
    assert [one["points"] for one in said["expiries"]] == [100]
    assert said["tier"]["id"] == "spring"
    assert said["tier"]["until"] is None
    assert said["tier"]["progress"] == {"value": 5000, "threshold": 20000, "next": "stream"}
    assert said["rewards"] == [
        {"id": "five_off", "affordable": False, "missing": 400, "locked": False, "opens_at": None},
        {"id": "free_shipping", "affordable": False, "missing": 600, "locked": False, "opens_at": None},
        {"id": "ten_off", "affordable": False, "missing": 900, "locked": False, "opens_at": None},
        {"id": "fifteen_percent", "affordable": False, "missing": 1400, "locked": True, "opens_at": None},
    ]
    assert said["earn"][1] == {"id": "sign_up", "state": "done", "at": "2026-11-01T09:00:00Z", "points": 100}
    assert said["referral"]["link"] == f"https://{storefront.shop.domain}/?kz_ref={said['referral']['code']}"


def test_what_fell_due_since_a_job_last_came_by_is_shown_as_done(storefront: Storefront) -> None:
    storefront.settle(bought(storefront, 5000))
    storefront.clock.pass_(days=13)

    said = storefront.get("member", "501").get_json()

    assert said["balance"]["available"] == 250
    assert said["next_release"] is None


def test_a_level_of_rolling_months_is_kept_until_its_purchases_leave_the_window_and_grace_is_over(
    storefront: Storefront,
) -> None:
    storefront.settle(bought(storefront, 30_000))

    tier = storefront.get("member", "501").get_json()["tier"]

    zone_shift = {"shopify": "2027-12-20T05:00:00Z", "woocommerce": "2027-12-19T15:00:00Z"}
    assert (tier["id"], tier["until"]) == ("stream", zone_shift[storefront.platform])


def test_a_level_of_a_calendar_year_is_kept_until_the_year_is_over(storefront: Storefront) -> None:
    ladder = Ladder(Measure.SPEND, (Level("a", 0), Level("b", 100)), Window(WindowKind.CALENDAR_YEAR), grace_days=10)
    with unit_of_work(storefront.works.engine) as session:
        version = Version(starts_at=storefront.clock.now, tiers=ladder)
        publish_programme(storefront.scope(session), version, by="staff")
    storefront.clock.pass_(hours=1)
    storefront.settle(bought(storefront, 500))

    tier = storefront.get("member", "501").get_json()["tier"]

    midnight = {"shopify": "2027-01-11T05:00:00Z", "woocommerce": "2027-01-10T15:00:00Z"}
    assert (tier["id"], tier["until"]) == ("b", midnight[storefront.platform])


def test_friends_are_told_by_state_and_date_and_never_by_name(storefront: Storefront) -> None:
    friends = [Customer(str(number), f"f{number}@example.com", "Jonas Berg") for number in range(601, 605)]
    said = PLACED - timedelta(days=1)
    for number, friend in enumerate(friends):
        storefront.settle(Referral(f"r{number}", MAYA, friend, said))
    small = bought(storefront, 100, number="2001", customer=friends[1])
    fine = bought(storefront, 9000, number="2002", customer=friends[2])
    refunded = bought(storefront, 9000, number="2003", customer=friends[3])
    storefront.settle(small, fine, refunded)
    back = Refund("1", PLACED + timedelta(days=1), amount_minor=9000)
    storefront.settle(replace(refunded, refunds=(back,)))

    people = fits("member", storefront.get("member", "501").get_json())["referral"]["people"]

    assert {(one["state"], one["points"], one["reason"]) for one in people} == {
        ("invited", None, None),
        ("refused", None, "first_order_too_small"),
        ("bought", 500, None),
        ("refused", None, "order_refunded"),
    }
    assert {one["name"] for one in people} == {None}
    waiting = next(one for one in people if one["state"] == "bought")
    assert waiting["due_at"] == "2026-12-04T10:00:00Z"
    storefront.clock.pass_(days=20)
    later = storefront.get("member", "501").get_json()["referral"]["people"]
    assert "rewarded" in {one["state"] for one in later}


def test_all_that_can_be_spent_is_told_by_when_it_ends(storefront: Storefront) -> None:
    storefront.settle(SignUp(MAYA, at("2026-11-01T09:00:00+00:00")), bought(storefront, 5000))
    storefront.give("501", 70)
    storefront.clock.pass_(days=20)

    said = fits("member", storefront.get("member", "501").get_json())
    ends = [one["at"] for one in said["expiries"]]
    assert sum(one["points"] for one in said["expiries"]) == said["balance"]["available"] == 420
    assert len(ends) == 3
    assert ends == sorted(ends)
    assert said["expiries"][0] == said["next_expiry"]


def test_a_referral_that_is_looked_at_says_so_and_one_that_was_refused_does_too(storefront: Storefront) -> None:
    with unit_of_work(storefront.works.engine) as session:
        terms = Version(
            starts_at=storefront.clock.now, earn=(ReferralRule(500),), pending_days=14, referral_desk=ReferralDesk()
        )
        publish_programme(storefront.scope(session), terms, by="staff")
    storefront.clock.pass_(hours=1)
    again, now = Customer("701", "maya+2@example.com"), storefront.clock.now
    buying = replace(bought(storefront, 9000, customer=again), placed_at=now, paid_at=now, updated_at=now)
    storefront.settle(Referral("r1", MAYA, again, now), buying)

    def told() -> tuple[object, ...]:
        [one] = fits("member", storefront.get("member", "501").get_json())["referral"]["people"]
        return one["state"], one["at"], one["points"], one["due_at"], one["reason"]

    def text(instant: datetime) -> str:
        return instant.isoformat().replace("+00:00", "Z")

    assert told() == ("checking", text(now), 500, text(now + timedelta(days=14)), None)
    storefront.clock.pass_(days=15)
    assert told() == ("checking", text(now), 500, None, None)
    with unit_of_work(storefront.works.engine) as session:
        assert refuse_referral(storefront.scope(session), "r1", key="k", actor="staff", why="x").refused is None
    assert told() == ("refused", text(now), None, None, "not_approved")


def test_shops_know_members_by_their_own_customers_only(storefront: Storefront, works: Works) -> None:
    storefront.give("501", 100)

    other = storefront.get("member", "502").get_json()

    assert other["balance"]["available"] == 0


TOKENS = {
    "of another secret": lambda shop: token(shop, "501", secret="00" * 32),
    "of an empty secret": lambda shop: token(shop, "501", secret=""),
    "run out": lambda shop: token(shop, "501", at=at("2026-11-22T11:00:00+00:00")),
    "good for an hour": lambda shop: token(shop, "501", at=at("2026-11-22T13:00:00+00:00")),
    "none": lambda _: "",
    "nonsense": lambda _: "v1.e30.AAAA",
}


@pytest.mark.parametrize("make", TOKENS.values(), ids=TOKENS)
def test_a_token_that_proves_nothing_is_401(make: object, client: FlaskClient, mado: Shop) -> None:
    assert callable(make)
    answer = client.get("/storefront/api/member", headers={"Authorization": f"Bearer {make(mado)}"})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (401, "NOT_SIGNED_IN")


def test_a_token_of_another_shop_opens_nothing_here(client: FlaskClient, works: Works, mado: Shop) -> None:
    other = connect(works, "woocommerce", "other.example.com", values={"shopper_secret": "77" * 32})
    forged = token(other, "501")  # signed with Mado's secret, made out to the other shop
    mixed = client.get(f"/storefront/api/member?shop={other.shop_id}", headers=bearer(mado, "501"))

    assert client.get("/storefront/api/member", headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert mixed.status_code == 400


def test_the_customer_of_a_proxied_request_is_the_signed_one_alone(client: FlaskClient, tidewell: Shop) -> None:
    url = proxied("member", customer="501")

    assert client.get(url).get_json()["state"] == "member"
    assert client.get(url.replace("logged_in_customer_id=501", "logged_in_customer_id=502")).status_code == 401
    assert client.get(f"{url}&logged_in_customer_id=502").status_code == 401


def test_a_member_is_read_in_few_questions(storefront: Storefront) -> None:
    storefront.give("501", 1000)
    storefront.get("member", "501")
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(storefront.works.engine, "before_cursor_execute", note)
    storefront.get("member", "501")
    event.remove(storefront.works.engine, "before_cursor_execute", note)

    # On PostgreSQL each transaction begins by saying whose rows it is about: that asks no table.
    selects = [line for line in asked if line.startswith("SELECT") and "set_config" not in line]
    assert len(selects) <= 10, selects
    assert [line for line in asked if line.startswith(("INSERT", "UPDATE"))] == []


@pytest.mark.parametrize("query", ("shop={0}&shop={0}", "shop={0}&customer=501", "shop={0}&before=1", "%ff=1"))
def test_what_is_asked_beyond_the_contract_is_refused(query: str, client: FlaskClient, mado: Shop) -> None:
    answer = client.get(f"/storefront/api/member?{query.format(mado.shop_id)}")

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (400, "INVALID_REQUEST")
