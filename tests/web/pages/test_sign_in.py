"""One-time links, seats and who may sit where."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.db.tables import DeedRow, SignInLinkRow
from app.db.unit import reading
from app.settings import Settings
from app.web.seats import cookie_name
from jobs.works import Works
from tests.web.pages.conftest import BASE, SignIn, Visitor, new_link
from tests.web.pages.story import Story, found
from tests.web.shops import Clock


def test_a_link_signs_in_once(works: Works, young: Story, stranger: Visitor, app: Flask) -> None:
    link = new_link(works, young.programme_id)

    first = stranger.sign_in(link)
    second = Visitor(app.test_client(use_cookies=True)).sign_in(link)

    assert (first.status_code, first.location) == (303, "/home")
    assert stranger.get("/home").status_code == 200
    assert (second.status_code, "Set-Cookie" in second.headers) == (410, False)
    assert "This link was used already" in second.text


def test_looking_at_a_link_uses_nothing_up(works: Works, young: Story, stranger: Visitor) -> None:
    """Mail programs and chats open links before people do."""
    link = new_link(works, young.programme_id)

    looks = [stranger.get(link) for _ in range(3)]

    assert {look.status_code for look in looks} == {200}
    assert "Sign in to Tidewell" in looks[0].text
    assert all("Set-Cookie" not in look.headers for look in looks)
    assert stranger.sign_in(link).status_code == 303


def test_a_link_runs_out_after_a_quarter_of_an_hour(
    works: Works, young: Story, stranger: Visitor, clock: Clock
) -> None:
    link = new_link(works, young.programme_id)

    clock.pass_(minutes=15)
    late = stranger.sign_in(link)

    assert late.status_code == 410
    assert "This link has run out" in late.text
    assert stranger.get("/home").location == "/sign-in"


def test_a_link_is_good_until_just_before(works: Works, young: Story, stranger: Visitor, clock: Clock) -> None:
    link = new_link(works, young.programme_id)

    clock.pass_(minutes=14, seconds=59)

    assert stranger.sign_in(link).status_code == 303


def test_a_made_up_link_opens_nothing(young: Story, stranger: Visitor) -> None:
    answer = stranger.sign_in("/sign-in/abcdefghijklmnopqrstuvwxyz")

    assert answer.status_code == 410
    assert "This link is not one of ours" in answer.text


def test_only_the_hash_of_a_link_is_kept(works: Works, young: Story) -> None:
    token = new_link(works, young.programme_id).rpartition("/")[2]

    with reading(works.engine) as session:
        kept = session.scalars(select(SignInLinkRow.token_hash)).all()

    assert len(kept) == 1
    assert token not in kept[0]
    assert len(kept[0]) == 64


def test_signing_in_to_a_programme_is_a_deed(works: Works, young: Story, stranger: Visitor) -> None:
    stranger.sign_in(new_link(works, young.programme_id))

    with reading(works.engine) as session:
        deeds = session.execute(select(DeedRow.what, DeedRow.actor, DeedRow.programme_id)).all()

    assert deeds == [("sign_in", "operator", young.programme_id)]


def test_the_operator_chooses_among_all_shops(works: Works, young: Story, stranger: Visitor) -> None:
    other = found(works, "woocommerce", japanese=True)
    operator = stranger
    assert operator.sign_in(new_link(works, None)).location == "/shops"

    chooser = operator.get("/shops")
    before = operator.get("/home")
    chosen = operator.post("/shops", {"programme": str(other.programme_id)})

    assert ("Tidewell" in chooser.text, "窓と森" in chooser.text) == (True, True)
    assert (before.status_code, before.location) == (303, "/shops")
    assert (chosen.status_code, chosen.location) == (303, "/home")
    assert "窓と森" in operator.get("/home").text
    assert operator.post("/shops", {"programme": str(young.programme_id)}).status_code == 303
    assert "窓と森" not in operator.get("/home").text


def test_without_any_shop_the_operator_is_told_how_to_connect_one(works: Works, signing_in: SignIn) -> None:
    assert f"{BASE}/connect/woocommerce/begin" in signing_in(None).get("/shops").text


def test_staff_of_one_shop_cannot_choose_another(works: Works, young: Story, signing_in: SignIn) -> None:
    other = found(works, "woocommerce", japanese=True)
    staff = signing_in(young.programme_id)

    assert staff.get("/shops").status_code == 403
    assert staff.post("/shops", {"programme": str(other.programme_id)}).status_code == 403
    assert "窓と森" not in staff.get("/home").text


def test_an_operator_cannot_choose_what_does_not_exist(signing_in: SignIn) -> None:
    operator = signing_in(None)

    assert operator.post("/shops", {"programme": "01a20419-e178-71fd-97be-560fb4c26dc7"}).status_code == 404
    assert operator.post("/shops", {"programme": "no id"}).status_code == 404


def test_the_cookie_is_out_of_reach(works: Works, young: Story, stranger: Visitor) -> None:
    cookie = stranger.sign_in(new_link(works, young.programme_id)).headers["Set-Cookie"]

    assert cookie.startswith("__Host-kizuna=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert str(young.programme_id) not in cookie


def test_leaving_gives_the_seat_back(staff: Visitor) -> None:
    assert staff.post("/sign-out").location == "/sign-in"
    assert staff.get("/home").location == "/sign-in"


@pytest.mark.parametrize("change", ("flip", "cut", "empty"))
def test_a_cookie_that_was_tampered_with_opens_nothing(
    staff: Visitor, settings: Settings, app: Flask, change: str
) -> None:
    kept = staff.client.get_cookie(cookie_name(settings), domain="points.example.com", path="/")
    assert kept is not None
    changed = {"flip": "A" + kept.value[1:], "cut": kept.value[:-4], "empty": ""}[change]
    thief = app.test_client(use_cookies=True)
    thief.set_cookie(cookie_name(settings), changed, domain="points.example.com", secure=True)

    assert kept.value != changed
    assert Visitor(thief).get("/home").location == "/sign-in"


def test_a_seat_lasts_twelve_hours(works: Works, young: Story, stranger: Visitor) -> None:
    begun = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        stranger.sign_in(new_link(works, young.programme_id))
    with time_machine.travel(begun + timedelta(hours=11, minutes=59), tick=False):
        within = stranger.get("/home").status_code
    with time_machine.travel(begun + timedelta(hours=12, minutes=1), tick=False):
        after = stranger.get("/home").status_code

    assert (within, after) == (200, 303)


@pytest.mark.parametrize("path", ("/home", "/members", "/orders", "/programme", "/activity", "/shops"))
def test_without_a_seat_every_page_leads_to_the_door(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path)

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert stranger.get("/sign-in").status_code == 200


def test_programs_without_a_seat_are_told_so(stranger: Visitor) -> None:
    answer = stranger.client.post("/orders/recheck", base_url=BASE, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "NOT_SIGNED_IN")


def test_the_language_is_chosen_and_kept(staff: Visitor) -> None:
    visitor = staff
    chosen = visitor.get("/members?q=maya&language=ja")

    assert (chosen.status_code, chosen.location) == (303, "/members?q=maya")
    assert '<html lang="ja"' in visitor.get("/home").text
    visitor.get("/home?language=en")
    assert '<html lang="en"' in visitor.get("/home", {"Accept-Language": "ja"}).text


def test_the_browser_tells_the_language_else_the_shop_does(works: Works, young: Story, signing_in: SignIn) -> None:
    tidewell, mado = signing_in(young.programme_id), signing_in(found(works, japanese=True).programme_id)

    assert '<html lang="ja"' in tidewell.get("/home", {"Accept-Language": "ja-JP"}).text
    assert '<html lang="en"' in tidewell.get("/home", {"Accept-Language": "fr"}).text
    assert '<html lang="ja"' in mado.get("/home", {"Accept-Language": "fr"}).text
