"""Other systems hear what changed: signed, again under the same id until they say yes, and nobody else's news."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import responses
from sqlalchemy import Engine, select

from app.actions.erase_member import erase_member
from app.actions.write_note import Written, write_note
from app.db import listeners, outbox, overview
from app.db.listeners import Change
from app.db.members import new_id
from app.db.notes import Reader
from app.db.outbox import EffectKind
from app.db.tables import OutboxRow
from app.loyalty.facts import Customer
from app.loyalty.terms.programme import Level, Reward
from integrations.outgoing import Outgoing
from integrations.telling import Telling, signature
from jobs import outbox as job
from jobs.telling import Silence
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.platforms import Scripted
from tests.factories.programmes import ladder, version
from tests.factories.works import Clock, works

URL = "https://crm.example/kizuna"
ADA = Customer("ada", "ada@example.com", "Ada Lovelace")
_LADDER = ladder(Level("silver", 50))


class Nowhere:
    """Answers that no name leads anywhere, and counts who asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        raise OSError(host, port)


class Tale:
    """A shop whose changes are told, and what was heard of them."""

    def __init__(self, db: Engine, *, ask: Any = None) -> None:  # noqa: ANN401 - a resolver or none
        self.ours: House = house(db, version(rewards=[Reward("r", 30)], tiers=_LADDER))
        self.clock, self.platform = Clock(instant("2025-02-02")), Scripted()
        outgoing = Outgoing(production=True, ask=ask or (lambda _host, _port: ["93.184.216.34"]))
        self.jobs = replace(
            works(db, clock=self.clock, platforms={"neutral": self.platform}), telling=Telling(outgoing)
        )
        self.secret, self.listener = "", UUID(int=0)

    def listen(self, *changes: Change, ours: House | None = None, url: str = URL) -> None:
        ours = ours or self.ours
        with ours.unit("2025-01-01") as scope:
            made = listeners.add(scope, ours.shop_id, url, changes or list(Change))
        self.secret, self.listener = made.secret, made.listener_id

    def drain(self, times: int = 1, pause: timedelta = timedelta()) -> None:
        for _ in range(times):
            job.drain(self.jobs, self.ours.programme_id, self.ours.shop_id)
            self.clock.now += pause

    def wishes(self, ours: House | None = None) -> list[OutboxRow]:
        ours = ours or self.ours
        with ours.reading() as scope:
            mine = (OutboxRow.programme_id == ours.programme_id, OutboxRow.kind == "tell")
            return list(scope.session.scalars(select(OutboxRow).where(*mine).order_by(OutboxRow.effect_id)))


@pytest.fixture(autouse=True)
def world() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def tale(db: Engine) -> Tale:
    return Tale(db)


def _body(request: Any) -> str:  # noqa: ANN401 - a prepared request
    body: bytes = request.body
    return body.decode()


def heard(world: responses.RequestsMock) -> list[dict[str, Any]]:
    return [json.loads(_body(call.request)) for call in world.calls]


def test_what_happens_to_a_member_is_told_in_its_order_and_proves_itself(
    tale: Tale, world: responses.RequestsMock
) -> None:
    world.post(URL, status=200)
    tale.listen()
    tale.ours.settle("2025-02-01", sign_up(ADA))
    tale.ours.settle("2025-02-01T13", order(price="100.00", customer=ADA))
    tale.ours.redeem("2025-02-02", "ada", "k1", code="KZ-1")
    tale.drain(8)

    member = str(tale.ours.member("ada"))
    told = heard(world)
    assert [each["type"] for each in told] == [
        "member.joined", "points.changed", "tier.changed", "points.changed", "reward.issued",
    ]  # fmt: skip
    assert {(each["data"]["member"], each["data"]["customer"]) for each in told} == {(member, "ada")}
    assert [each["data"].get("available") for each in told] == [None, 100, None, 70, None]
    assert (told[2]["data"]["tier"], told[2]["data"]["before"]) == ("silver", None)
    assert (told[4]["data"]["reward"], told[4]["data"]["points"]) == ("r", 30)
    for call in world.calls:
        name, seconds = call.request.headers["webhook-id"], int(call.request.headers["webhook-timestamp"])
        body = _body(call.request)
        assert call.request.headers["webhook-signature"] == signature(tale.secret, name, seconds, body)
        assert not any(word in body for word in ("KZ-1", "Lovelace", "example.com"))
    assert {wish.state for wish in tale.wishes()} == {"done"}


def test_a_listener_that_failed_hears_it_again_under_the_same_id_and_then_no_more(
    tale: Tale, world: responses.RequestsMock
) -> None:
    world.post(URL, status=500)
    world.post(URL, status=200)
    tale.listen(Change.POINTS_CHANGED)
    tale.ours.settle("2025-02-01", order(price="10.00"))
    tale.drain()
    [wish] = tale.wishes()
    assert (wish.state, wish.attempts, wish.error) == ("waiting", 1, "HTTP_500")
    tale.drain(3, timedelta(minutes=1))

    first, second = world.calls
    assert first.request.headers["webhook-id"] == second.request.headers["webhook-id"] == str(wish.effect_id)
    assert first.request.body == second.request.body
    assert first.request.headers["webhook-timestamp"] < second.request.headers["webhook-timestamp"]


def test_a_listener_that_never_answers_is_given_up_and_seen_and_the_shops_own_effects_go_on(
    db: Engine, world: responses.RequestsMock
) -> None:
    world.add_passthru(URL)
    nowhere = Nowhere()
    tale = Tale(db, ask=nowhere)
    tale.listen(Change.POINTS_CHANGED)
    for number in range(9):
        tale.ours.settle("2025-02-01T13", order(f"o{number}", price="100.00", customer=f"c{number}"))
    tale.ours.redeem("2025-02-02", "c0", "k1", code="KZ-1")
    tale.drain()
    assert tale.ours.redemption("k1").stage == "issued"
    assert nowhere.asked == 1, "where nobody answers, what else is to be told there asks no more"
    assert [(wish.attempts, wish.next_try is not None) for wish in tale.wishes()] == [(1, True)] * 10
    with tale.ours.reading() as scope:
        assert listeners.of_programme(scope)[0].waiting == 10

    tale.drain(60, timedelta(minutes=20))
    assert {wish.state for wish in tale.wishes()} == {"failed"}
    with tale.ours.reading() as scope:
        [standing] = listeners.of_programme(scope)
        [shop] = overview.health(scope.session, tale.ours.programme_id, tale.clock.now).shops
    assert (standing.waiting, standing.lost) == (0, 10)
    assert "tell" in {heap.kind for heap in shop.lost}


def test_one_change_that_a_listener_cannot_take_holds_back_no_other(tale: Tale, world: responses.RequestsMock) -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], str]:  # noqa: ANN401 - a prepared request
        return (500 if json.loads(request.body)["data"]["customer"] == "ada" else 200), {}, ""

    world.add_callback("POST", URL, callback=answer)
    tale.listen(Change.POINTS_CHANGED)
    for customer in ("ada", "ben", "cleo"):
        tale.ours.settle("2025-02-01", order(customer, customer=customer))
    tale.drain()

    assert [wish.state for wish in tale.wishes()] == ["waiting", "done", "done"]


def test_an_address_that_leads_inside_is_not_asked_twice(db: Engine, world: responses.RequestsMock) -> None:
    world.add_passthru(URL)
    tale = Tale(db, ask=lambda _host, _port: ["169.254.169.254"])
    tale.listen(Change.POINTS_CHANGED)
    tale.ours.settle("2025-02-01", order())
    tale.drain()

    [wish] = tale.wishes()
    assert (wish.state, wish.attempts, wish.error) == ("failed", 1, "ADDRESS_REFUSED")


def test_of_somebody_forgotten_nothing_is_told_but_that(tale: Tale, world: responses.RequestsMock) -> None:
    world.post(URL, status=200)
    tale.listen()
    tale.ours.settle("2025-02-01", sign_up(ADA), order(price="100.00", customer=ADA))
    member = tale.ours.member("ada")
    with tale.ours.unit("2025-02-02") as scope:
        erase_member(scope, member, actor="staff", why="asked")
    tale.drain(8)

    assert [(each["type"], each["data"]) for each in heard(world)] == [
        (
            "member.forgotten",
            {"member": str(member), "customer": None, "merged": [], "shop": f"{tale.ours.shop_id.hex}.example"},
        )
    ]
    assert not any("ada" in json.dumps(wish.payload) for wish in tale.wishes())


def test_a_note_is_told_without_its_words_and_author(tale: Tale, world: responses.RequestsMock) -> None:
    world.post(URL, status=200)
    tale.listen(Change.NOTE_WRITTEN)
    tale.ours.join("ada")
    written = Written(new_id(), "Allergic to feathers")
    for _ in range(2):
        with tale.ours.unit("2025-02-02") as scope:
            write_note(scope, tale.ours.member("ada"), Reader("kim@example.com", manager=True), written)
    tale.drain(2)

    [told] = heard(world)
    assert told["type"] == "note.written"
    assert (told["data"]["note"], told["data"]["visibility"]) == (str(written.id), "all")
    assert not any(word in json.dumps(told) for word in ("feathers", "kim"))


def test_nobody_hears_of_another_programme_or_shop_or_of_what_they_did_not_ask_for(
    tale: Tale, db: Engine, world: responses.RequestsMock
) -> None:
    neighbour = house(db)
    tale.listen(ours=neighbour, url="https://neighbour.example/")
    tale.listen(Change.NOTE_WRITTEN, Change.MEMBER_FORGOTTEN)
    tale.ours.settle("2025-02-01", sign_up(), order(price="10.00"))
    tale.drain(2)

    assert (tale.wishes(), tale.wishes(neighbour), list(world.calls)) == ([], [], [])


def test_a_listener_that_was_removed_hears_no_more_of_what_waited(tale: Tale, world: responses.RequestsMock) -> None:
    tale.listen(Change.POINTS_CHANGED)
    tale.ours.settle("2025-02-01", order())
    with tale.ours.unit("2025-02-02") as scope:
        [claim] = outbox.claim(
            scope.session,
            tale.ours.programme_id,
            tale.ours.shop_id,
            owner="w",
            now=scope.now,
            limit=9,
            kinds=(EffectKind.TELL,),
        )
    with tale.ours.unit("2025-02-02") as scope:
        assert listeners.remove(scope, tale.listener)
        assert not listeners.remove(scope, tale.listener)
    job._tell(tale.jobs, claim, Silence())

    assert (tale.wishes(), list(world.calls)) == ([], [])


def test_a_new_secret_signs_beside_the_old_one_for_a_week(tale: Tale, world: responses.RequestsMock) -> None:
    world.post(URL, status=200)
    tale.listen(Change.POINTS_CHANGED)
    before = tale.secret
    with tale.ours.unit("2025-02-02") as scope:
        row = listeners.get(scope, tale.listener)
        assert row is not None
        fresh = listeners.rotate(scope, row)
    for now, secrets in (("2025-02-08", [fresh, before]), ("2025-02-10", [fresh])):
        tale.clock.set(now)
        tale.ours.settle(now, order(now))
        tale.drain()
        call = world.calls[-1].request
        name, seconds = call.headers["webhook-id"], int(call.headers["webhook-timestamp"])
        body = _body(call)
        assert call.headers["webhook-signature"].split() == [signature(each, name, seconds, body) for each in secrets]
