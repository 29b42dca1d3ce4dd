"""What shoppers do about themselves without writing to anybody: take their file, leave, join again."""

from app.loyalty.facts import Customer, Line, Order, SignUp
from jobs.tidy import tidy
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront


def bought(storefront: Storefront, number: str, customer: Customer = MAYA) -> None:
    """The shop reports an order that is paid now, and that its customer has an account since long ago."""
    now = storefront.clock.now
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    line = Line("1", "77", 1, 5000)
    order = Order(number, customer, now, now, now, None, currency, (line,), name=f"#{number}")
    storefront.settle(order)


def owned(storefront: Storefront) -> int:
    told = fits("member", storefront.get("member", "501").get_json())
    return int(told["balance"]["available"] + told["balance"]["pending"])


def leave(storefront: Storefront) -> None:
    answer = storefront.post("leave", "501", {"sure": True})
    assert (answer.status_code, fits("membership", answer.get_json())) == (200, {"state": "not_member"})


def test_the_file_of_what_is_kept_holds_the_person_and_the_orders_and_nobody_elses(storefront: Storefront) -> None:
    bought(storefront, "1001")
    bought(storefront, "1002", Customer("777", "noor@example.com", "Noor Haddad"))

    answer = storefront.get("kept", "501")

    told = fits("kept", answer.get_json())
    assert told["member"] == str(storefront.member_id("501"))
    assert told["kept"]["people"][0]["email"] == "maya@example.com"
    assert [one["name"] for one in told["kept"]["orders"]] == ["#1001"]
    assert "noor" not in answer.text.casefold()
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_staff_wrote_is_named_and_handed_over_by_the_shop(storefront: Storefront) -> None:
    storefront.give("501", 40, note="sorry for the wait")
    storefront.post("personal", "501", {"wanted": False})

    told = fits("kept", storefront.get("kept", "501").get_json())

    assert told["asked_of_the_shop"] == ["deeds"]
    assert "deeds" not in told["kept"]


def test_who_leaves_is_forgotten_and_no_order_makes_them_a_member_again(storefront: Storefront) -> None:
    bought(storefront, "1001")
    before = storefront.member_id("501")
    leave(storefront)

    storefront.clock.pass_(days=1)
    bought(storefront, "1002")
    storefront.clock.pass_(days=100)
    tidy(storefront.works)
    bought(storefront, "1003")

    assert fits("member", storefront.get("member", "501").get_json()) == {"state": "not_member", "first_name": None}
    refused = storefront.get("history", "501")
    assert (refused.status_code, fits("problem", refused.get_json())["code"]) == (409, "NOT_A_MEMBER")
    leave(storefront)
    assert before is not None


def test_who_joins_again_begins_anew_and_nothing_is_paid_twice(storefront: Storefront) -> None:
    joined = storefront.clock.now
    storefront.settle(SignUp(MAYA, joined))
    bought(storefront, "1001")
    first, had = storefront.member_id("501"), owned(storefront)
    assert had
    storefront.clock.pass_(hours=1)
    leave(storefront)
    storefront.clock.pass_(hours=1)
    bought(storefront, "1002")
    storefront.clock.pass_(hours=1)

    answer = storefront.post("join", "501")

    assert (answer.status_code, fits("membership", answer.get_json())) == (200, {"state": "member"})
    assert storefront.post("join", "501").status_code == 200
    storefront.settle(SignUp(MAYA, joined))
    assert storefront.member_id("501") != first
    assert owned(storefront) == 0, "neither joining nor what was bought before counts a second time"
    storefront.clock.pass_(hours=1)
    bought(storefront, "1003")
    assert owned(storefront) > 0


def test_leaving_asks_for_a_yes_and_for_a_signature(storefront: Storefront) -> None:
    assert storefront.post("leave", "501", {"sure": False}).status_code == 422
    assert storefront.post("leave", "501", {}).status_code == 422
    assert storefront.post("leave", None, {"sure": True}).status_code == 401
    assert storefront.get("kept").status_code == 401
    assert storefront.get("member", "501").get_json()["state"] == "member"
