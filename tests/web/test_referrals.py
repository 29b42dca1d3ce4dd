"""The friend's side: what a link offers, one code per address, and reasons that give nobody away."""

import re
from collections import Counter

import pytest
from sqlalchemy import select, update

from app.actions.publish_programme import publish_programme
from app.actions.record_effect import effect_is_done
from app.db import sharing
from app.db.outbox import EffectKind
from app.db.tables import ClickRow, MemberRow, OutboxRow, ProgrammeRow, ReferralRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import CodeUse, Customer, Line, Order, SignUp
from app.loyalty.terms.programme import Version
from app.loyalty.terms.sharing import Channel
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront, at

JONAS = "jonas@example.com"
LONG_AGO = at("2026-11-01T09:00:00+00:00")


@pytest.fixture
def link(storefront: Storefront) -> str:
    """The code of Maya's own link."""
    storefront.settle(SignUp(MAYA, LONG_AGO))
    with reading(storefront.works.engine) as session:
        return session.scalars(select(MemberRow.referral_code)).one()


def claim(storefront: Storefront, link: str, email: str = JONAS, customer: str | None = None) -> dict[str, object]:
    answer = storefront.post(f"referral/{link}/claim", customer, {"email": email})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = fits("referral_claim", answer.get_json())
    return found


def paid(storefront: Storefront, customer: Customer, number: str = "1001", code: str | None = None) -> Order:
    when = storefront.clock.now
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    used = (CodeUse(code, 100),) if code else ()
    return Order(
        number, customer, when, when, when, None, currency, (Line("1", "77", 1, 9000),), f"#{number}", codes=used
    )


def rows(storefront: Storefront) -> list[ReferralRow]:
    with reading(storefront.works.engine) as session:
        return list(session.scalars(select(ReferralRow).order_by(ReferralRow.at)))


def test_a_friend_sees_what_the_link_offers_and_not_who_sent_it(storefront: Storefront, link: str) -> None:
    said = fits("referral_landing", storefront.get(f"referral/{link}").get_json())

    assert said == {
        "code": link,
        "state": "open",
        "sender_first_name": None,
        "friend_deal": {"kind": "percentage", "value_minor": None, "percent": "10"},
        "friend_points": 0,
        "min_order_minor": 2000,
        "code_days": 30,
    }


@pytest.mark.parametrize("code", ("unknown", "0" * 80))
def test_a_link_nobody_has_is_unknown(code: str, storefront: Storefront, link: str) -> None:
    for answer in (
        storefront.get(f"referral/{code}"),
        storefront.post(f"referral/{code}/claim", None, {"email": JONAS}),
    ):
        assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (404, "UNKNOWN_REFERRAL")


def test_an_address_gets_one_code_however_often_it_asks(storefront: Storefront, link: str) -> None:
    first = claim(storefront, link)
    again = claim(storefront, link, " JONAS@Example.com".strip())
    plus = claim(storefront, link, "jonas+2@example.com")

    assert first["state"] == again["state"] == plus["state"] == "preparing"
    assert first["code"] is None
    (row,) = rows(storefront)
    assert re.fullmatch(r"GIFT(-[A-HJKMNP-Z2-9]{4}){2}-[A-HJKMNP-Z2-9]{5}", row.code or "")
    assert (row.friend_id, row.code_state) == (None, "requested")
    with reading(storefront.works.engine) as session:
        wished = session.scalars(select(OutboxRow).where(OutboxRow.kind == "issue_friend_code")).one()
    assert (wished.subject, wished.payload) == (f"referral:{row.referral_id}", {"referral": row.referral_id})


def test_the_code_is_shown_once_the_shop_has_made_it(storefront: Storefront, link: str) -> None:
    claim(storefront, link)
    (row,) = rows(storefront)
    with unit_of_work(storefront.works.engine) as session:
        payload = {"referral": row.referral_id}
        effect_is_done(storefront.scope(session), EffectKind.ISSUE_FRIEND_CODE, payload, "gid://1")

    said = claim(storefront, link)

    assert (said["state"], said["code"], said["min_order_minor"]) == ("ready", row.code, 2000)
    assert str(said["expires_at"]).startswith("2026-12-22T12:00:")
    assert row.code is not None
    assert row.code in str(said["apply_url"])


def test_a_friend_who_pays_with_the_code_is_the_advocates_friend(storefront: Storefront, link: str) -> None:
    claim(storefront, link)
    (row,) = rows(storefront)
    storefront.settle(paid(storefront, Customer("601", "someone@example.com"), code=(row.code or "").lower()))

    (joined,) = rows(storefront)

    assert joined.friend_id == storefront.member_id("601")
    people = storefront.get("member", "501").get_json()["referral"]["people"]
    assert [(one["state"], one["points"]) for one in people] == [("bought", 500)]
    assert claim(storefront, link)["reason"] == "already_customer"


def test_nobody_refers_themselves_by_address_by_plus_or_by_account(storefront: Storefront, link: str) -> None:
    said = [
        claim(storefront, link, "maya@example.com"),
        claim(storefront, link, "MAYA+friend@example.com"),
        claim(storefront, link, "other@example.com", customer="501"),
    ]

    assert [(one["state"], one["reason"]) for one in said] == [("refused", "self_referral")] * 3
    assert rows(storefront) == []


def test_who_bought_before_is_refused_without_a_word_on_when(storefront: Storefront, link: str) -> None:
    storefront.settle(paid(storefront, Customer(None, JONAS)))

    said = claim(storefront, link)

    assert (said["state"], said["reason"], said["reason_at"]) == ("refused", "already_customer", None)
    assert rows(storefront) == []


def test_a_signed_in_customer_who_bought_before_is_refused_under_any_address(storefront: Storefront, link: str) -> None:
    storefront.settle(paid(storefront, Customer("601", JONAS)))

    assert claim(storefront, link, "fresh@example.com", customer="601")["reason"] == "already_customer"


def test_an_account_that_never_bought_may_still_be_a_friend(storefront: Storefront, link: str) -> None:
    storefront.settle(SignUp(Customer("601", JONAS), LONG_AGO))

    assert claim(storefront, link)["state"] == "preparing"


def test_an_address_belongs_to_the_first_who_referred_it(storefront: Storefront, link: str) -> None:
    claim(storefront, link)
    storefront.settle(SignUp(Customer("502", "ben@example.com"), LONG_AGO))
    with reading(storefront.works.engine) as session:
        other = session.scalars(select(MemberRow.referral_code).where(MemberRow.referral_code != link)).one()

    assert claim(storefront, other)["reason"] == "already_referred"


def test_clicks_and_friends_by_channel_are_those_of_the_log(storefront: Storefront, link: str) -> None:
    """Eight links followed by three channels, one told twice; a friend by LINE bought, one by e-mail asked."""
    paths = [f"{link}-line"] * 3 + [f"{link}-email"] * 2 + [f"{link}-qr"] + [link] * 2
    said: object = None
    for number, path in enumerate((*paths, paths[-1])):
        key = f"a-click-of-a-friend-{min(number, len(paths) - 1)}"
        answer = storefront.post(f"referral/{path}/click", None, {"key": key})
        assert answer.status_code == 200, answer.text
        said = fits("referral_click", answer.get_json())
    assert said == {"channel": "other"}
    assert storefront.post("referral/nobody-line/click", None, {"key": "a-click-of-a-friend"}).status_code == 404

    claim(storefront, f"{link}-email", "ben@example.com")
    claim(storefront, f"{link}-line")
    claim(storefront, f"{link}-qr")  # the same address again: the first claim stands
    with reading(storefront.works.engine) as session:
        code = session.scalars(select(ReferralRow.code).where(ReferralRow.channel == "line")).one()
    storefront.settle(paid(storefront, Customer("502", JONAS), code=code))

    with reading(storefront.works.engine) as session:
        shown = sharing.by_channel(storefront.scope(session))
        log = Counter(session.scalars(select(ClickRow.channel)))
        asked = Counter(row.channel for row in session.scalars(select(ReferralRow)))
        bought = Counter(row.channel for row in session.scalars(select(ReferralRow)) if (row.outcome or {}).get("due"))
    assert {one.channel.value: one.clicks for one in shown} == log == {"line": 3, "email": 2, "qr": 1, "other": 2}
    assert {one.channel.value: one.claims for one in shown if one.claims} == asked == {"line": 1, "email": 1}
    assert {one.channel.value: one.friends for one in shown if one.friends} == bought == {"line": 1}
    assert [one.conversion for one in shown] == [0, 3333, 0, 0]

    links = storefront.get("member", "501").get_json()["referral"]["links"]
    assert links["line"].endswith(f"kz_ref={link}-line")
    assert set(links) == {one.value for one in Channel} - {"other"}


def test_a_programme_without_referrals_keeps_its_links_but_closes_them(storefront: Storefront, link: str) -> None:
    with unit_of_work(storefront.works.engine) as session:
        publish_programme(storefront.scope(session), Version(starts_at=storefront.clock.now), by="staff")
    storefront.clock.pass_(seconds=1)

    assert fits("referral_landing", storefront.get(f"referral/{link}").get_json())["state"] == "closed"
    assert claim(storefront, link)["reason"] == "closed"
    assert storefront.get("member", "501").get_json()["referral"] is None


def test_a_paused_programme_hands_out_no_codes(storefront: Storefront, link: str) -> None:
    with unit_of_work(storefront.works.engine) as session:
        session.execute(update(ProgrammeRow).values(state="paused"))

    landing = fits("referral_landing", storefront.get(f"referral/{link}").get_json())
    answer = storefront.post(f"referral/{link}/claim", None, {"email": JONAS})

    assert landing["state"] == "closed"
    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (409, "PROGRAMME_PAUSED")


def test_a_code_that_could_not_be_made_or_ran_out_is_not_waited_for(storefront: Storefront, link: str) -> None:
    claim(storefront, link)
    with unit_of_work(storefront.works.engine) as session:
        session.execute(update(ReferralRow).values(code_state="failed"))
    assert claim(storefront, link)["reason"] == "closed"

    claim(storefront, link, "late@example.com")
    storefront.clock.pass_(days=31)
    assert claim(storefront, link, "late@example.com")["reason"] == "closed"


@pytest.mark.parametrize("email", ("", "x", "no-at-sign", "a b@example.com", "a@b@c.example", "x" * 250 + "@e.com", 5))
def test_what_is_no_address_is_refused(email: object, storefront: Storefront, link: str) -> None:
    answer = storefront.post(f"referral/{link}/claim", None, {"email": email})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (422, "INVALID_REQUEST")
    assert "x" * 50 not in answer.text


def test_no_address_is_kept_in_the_clear(storefront: Storefront, link: str) -> None:
    claim(storefront, link)

    (row,) = rows(storefront)

    assert JONAS not in " ".join(str(getattr(row, column.name)) for column in row.__table__.columns)
