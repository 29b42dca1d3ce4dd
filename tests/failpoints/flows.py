"""What leads past each named place: one line a place, so that a new place without a flow turns red."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from cryptography.fernet import Fernet
from redis import Redis
from sqlalchemy import delete

from app.actions.conclude_redemption import end_redemption
from app.actions.disconnect_shop import disconnect_shop
from app.db import inbox as inbox_rows
from app.db import outbox as outbox_rows
from app.db import privacy as privacy_rows
from app.db.cipher import Cipher
from app.db.outbox import EffectKind
from app.db.privacy import Names
from app.db.tables import TickRow
from app.db.unit import unit_of_work
from app.failpoints import Place
from app.loyalty.facts import Duty
from app.loyalty.ledger.books import Stage
from integrations.platform import Delivery
from jobs import (
    clock,
    inbox,
    members,
    outbox,
    privacy,
    recommend,
    returns,
    rotate,
    schedule,
    subscriptions,
    sweep,
    tidy,
)
from jobs import queue as rq
from jobs.audit import audit_all
from jobs.reconcile import reconcile
from jobs.schedule import Timetable
from tests.factories.bodies import order_body
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.failpoints.world import ADA, STUMBLING_BLOCK, World
from tests.jobs.story import NEVER, TIMEOUT

Act = Callable[[], object]
NEW_KEY = Fernet.generate_key().decode()


@dataclass(frozen=True, slots=True)
class Flow:
    """``begin`` prepares a world and returns what leads past the place.

    ``again``: whoever began it gets no answer and begins it again, or a later period does. Where it is False, nobody
    does: the sweep alone has to find what was left.
    """

    begin: Callable[[World], Act]
    again: bool = False
    redis: bool = False
    pending_days: int = 0


def delivery(world: World) -> Act:
    """The store tells of an order."""
    return lambda: world.deliver(order_body(member=ADA))


def letters(world: World) -> Act:
    """Two deliveries wait, and a worker takes them."""
    _arrive(world, order_body(member=ADA), order_body("o2", "7.00", member=ADA))
    return lambda: inbox.drain(world.works, *world.key)


def stumbling(world: World) -> Act:
    """One of three deliveries makes every page fail that it is in."""
    _arrive(
        world, order_body(member=ADA), order_body(STUMBLING_BLOCK, member=ADA), order_body("o2", "7.00", member=ADA)
    )
    return lambda: inbox.drain(world.works, *world.key)


def redemption(world: World) -> Act:
    """Ada turns points into a code."""
    _with_points(world)
    return lambda: world.ask("redemptions", {"key": "4f0d5a3e9b1c4d7e8a2f6b0c1d3e5f79", "reward": "r"})


def give_back(world: World) -> Act:
    """Ada turns her code back into points."""
    said = redemption(world)()
    assert isinstance(said, dict)
    outbox.drain(world.works, *world.key)
    return lambda: world.ask(f"redemptions/{said['redemption']['id']}/return", {})


def effects(world: World) -> Act:
    """A code was asked for, and a worker has it made."""
    _with_points(world)
    world.ours.redeem("2025-02-02", ADA, "k1", code="KZ-1")
    world.clock.set("2025-02-02")
    return lambda: outbox.drain(world.works, *world.key)


def failing_effects(world: World) -> Act:
    """The same; the store's first answer is lost."""
    world.store.after.append(TIMEOUT)
    return effects(world)


def subscribing(world: World) -> Act:
    """The store's webhooks are wished for, and a worker asks for them."""
    with world.ours.unit("2025-02-01") as scope:
        outbox_rows.put(scope, world.key[1], EffectKind.SUBSCRIBE, "shop", {})
    return lambda: outbox.drain(world.works, *world.key)


def refetching(world: World) -> Act:
    """The store is asked for an order of which only half was told."""
    world.store.fetched["77"] = order_body("77", "5.00", member=ADA)
    with world.ours.unit("2025-02-01") as scope:
        outbox_rows.put(scope, world.key[1], EffectKind.REFETCH, "order:77", {"thing": "order", "id": "77"})
    return lambda: outbox.drain(world.works, *world.key)


def refreshing(world: World) -> Act:
    """The token ends while a code is asked for."""
    act = effects(world)
    world.keep_token("old", world.clock.now + timedelta(minutes=1))
    return act


def reconciling(world: World) -> Act:
    """The store is asked what changed: an order whose webhook never came."""
    world.store.page = [Delivery("order", "o9", order_body("o9", "9.00", member=ADA))]
    return lambda: reconcile(world.works, *world.key)


def waiting_days_over(world: World) -> Act:
    """The waiting days of an order are over."""
    world.ours.settle("2025-02-01", order(price="100.00", customer=ADA))
    world.clock.set("2025-02-20")
    return lambda: members.tend(world.works, world.key[0])


def judging(world: World) -> Act:
    """Every member is judged again."""
    world.ours.settle("2025-02-01", order(price="100.00", customer=ADA))
    return lambda: members.recalculate(world.works, world.key[0])


def given_up(world: World) -> Act:
    """A code could neither be made nor unmade, and the night tries again."""
    effects(world)()
    with world.ours.unit("2025-02-02T13") as scope:
        end_redemption(scope, "k1", Stage.RETURNED)
    world.store.before.append(NEVER)
    outbox.drain(world.works, *world.key)
    with world.ours.unit("2025-02-02T14") as scope:
        row = world.ours.redemption("k1")
        assert row.stage == Stage.ISSUED.value
        end_redemption(scope, "k1", Stage.RETURNED)
        [claim] = outbox_rows.claim(scope.session, *world.key, owner="another", now=scope.now, limit=1)
        outbox_rows.failed(scope.session, claim, scope.now, error="GIVEN_UP", retry_at=None)
    return lambda: returns.try_again(world.works)


def night(job: Callable[[World], object]) -> Callable[[World], Act]:
    """A job of the night, after an order."""

    def begin(world: World) -> Act:
        letters(world)()
        world.clock.now += timedelta(days=31)
        return lambda: job(world)

    return begin


def sweeping(world: World) -> Act:
    """A delivery and an effect wait, and the sweep looks."""
    letters(world)
    subscribing(world)
    return lambda: sweep.sweep(world.works)


def ringing(world: World) -> Act:
    """A delivery comes and a worker is rung for over a real Redis; what is queued is done."""
    _forget_ticks(world)

    def act() -> None:
        _let_rings_fade(world)
        world.deliver(order_body(member=ADA))
        world.do_what_is_queued()

    return act


def ticking(world: World) -> Act:
    """The clock puts what is due into a real Redis; a day later everything is due again."""
    _forget_ticks(world)
    assert world.redis_url is not None
    redis = Redis.from_url(world.redis_url)

    def act() -> None:
        clock.tick(redis, Timetable(world.works))
        world.queued |= {str(job.args[1]) for job in world.queue("timetable").get_jobs()}

    return act


def timetable(world: World) -> Act:
    """A worker does an entry of the timetable."""
    letters(world)
    return lambda: schedule.perform(world.works, "sweep")


def going_round(world: World) -> Act:
    """A worker judges every member again in the night, a stretch after another."""
    _forget_ticks(world)
    _with_points(world)
    table = Timetable(world.works)

    def act() -> None:
        table.due()
        while schedule.perform(world.works, "recalculate", table.period("recalculate")):
            pass

    return act


def resealing(world: World) -> Act:
    """A new key lies in front, and everything is sealed anew."""
    letters(world)
    world.works = replace(world.works, cipher=Cipher((NEW_KEY, *CIPHER.keys), CIPHER.pepper))
    return lambda: rotate.rotate(world.works)


def forgetting(world: World) -> Act:
    """The store asks that Ada be forgotten, and Ben of whom it told nothing else."""
    letters(world)()
    for customer in (ADA, "8"):
        _owe(world, Duty.CUSTOMER_ERASE, Names((customer,)))
    return lambda: _carry_out(world)


def closing(world: World) -> Act:
    """The store's owner removed the app for good; two days later everything of it goes."""
    letters(world)()
    with world.ours.unit("2025-02-01T13") as scope:
        disconnect_shop(scope, world.key[1])
    _owe(world, Duty.CUSTOMER_DATA, Names((ADA,)))
    _owe(world, Duty.SHOP_ERASE, None)
    world.clock.now += timedelta(days=3)
    return lambda: _carry_out(world)


def _carry_out(world: World) -> None:
    """Whom the first look erases, the second takes out of the deliveries."""
    for _ in range(2):
        privacy.carry_out(world.works)


def _owe(world: World, duty: Duty, names: Names | None) -> None:
    with world.ours.unit("2025-02-01T14") as scope:
        privacy_rows.keep(scope, world.key[1], duty, names)


def _arrive(world: World, *bodies: bytes) -> None:
    with unit_of_work(world.ours.engine) as session:
        for number, body in enumerate(bodies):
            arrival = inbox_rows.Arrival("woocommerce", "order", f"d{number}", body, versioned=True)
            inbox_rows.accept(session, CIPHER, *world.key, arrival, world.clock.now)


def _with_points(world: World) -> None:
    world.ours.settle("2025-02-01", order(price="100.00", customer=ADA))


def _forget_ticks(world: World) -> None:
    with unit_of_work(world.ours.engine) as session:
        session.execute(delete(TickRow))


def _let_rings_fade(world: World) -> None:
    """A ring counts for half a minute; after that the same shop can be rung for again."""
    assert world.redis_url is not None
    with Redis.from_url(world.redis_url) as redis:
        for mark in redis.scan_iter("kizuna:rung:*"):
            assert 0 < redis.ttl(mark) <= rq._RING_TTL_S
            redis.delete(mark)


FLOWS: dict[Place, Flow] = {
    Place.DELIVERY_PROVED: Flow(delivery, again=True),
    Place.DELIVERY_INSERTED: Flow(delivery, again=True),
    Place.DELIVERY_KEPT: Flow(delivery, again=True),
    Place.DELIVERY_RUNG: Flow(delivery, again=True),
    Place.REDEMPTION_WRITTEN: Flow(redemption, again=True),
    Place.REDEMPTION_KEPT: Flow(redemption, again=True),
    Place.GIVE_BACK_KEPT: Flow(give_back, again=True),
    Place.DOOR_OPENED: Flow(lambda world: world.connect, again=True),
    Place.DOOR_KEPT: Flow(lambda world: world.connect, again=True),
    Place.RING_MARKED: Flow(ringing, again=True, redis=True),
    Place.RING_FORGOTTEN: Flow(ringing, redis=True),
    Place.PAGE_DRAINED: Flow(ringing, redis=True),
    Place.LETTERS_CLAIMED: Flow(letters),
    Place.LETTERS_READ: Flow(letters),
    Place.LETTERS_MARKED: Flow(letters),
    Place.LETTERS_COMMITTED: Flow(letters),
    Place.PAGE_ROLLED_BACK: Flow(stumbling),
    Place.LETTER_POSTPONED: Flow(stumbling),
    Place.MEMBERS_LOCKED: Flow(letters),
    Place.WISHES_WRITTEN: Flow(letters),
    Place.POSTINGS_WRITTEN: Flow(letters),
    Place.EFFECTS_CLAIMED: Flow(effects),
    Place.EFFECT_DESCRIBED: Flow(effects),
    Place.SHOP_ANSWERED: Flow(effects),
    Place.EFFECT_MARKED: Flow(effects),
    Place.EFFECT_COMMITTED: Flow(effects),
    Place.FAILURE_WRITTEN: Flow(failing_effects),
    Place.SHOP_SUBSCRIBED: Flow(subscribing),
    Place.THINGS_FETCHED: Flow(refetching),
    Place.THINGS_KEPT: Flow(refetching),
    Place.REFRESH_LEASED: Flow(refreshing),
    Place.TOKEN_EXCHANGED: Flow(refreshing),
    Place.TOKEN_KEPT: Flow(refreshing),
    Place.TICK_TAKEN: Flow(ticking, again=True, redis=True),
    Place.TICK_QUEUED: Flow(ticking, again=True, redis=True),
    Place.TIMETABLE_DONE: Flow(timetable),
    Place.ROUND_KEPT: Flow(going_round, again=True),
    Place.SWEEP_LOOKED: Flow(sweeping),
    Place.CHANGES_ASKED: Flow(reconciling, again=True),
    Place.CHANGES_KEPT: Flow(reconciling, again=True),
    Place.CURSOR_MOVED: Flow(reconciling, again=True),
    Place.MEMBERS_TENDED: Flow(waiting_days_over, pending_days=14),
    Place.MEMBERS_JUDGED: Flow(judging, again=True),
    Place.CODES_WISHED_AGAIN: Flow(given_up, again=True),
    Place.SUBSCRIPTIONS_WISHED: Flow(night(lambda world: subscriptions.subscribe_all(world.works)), again=True),
    Place.ORDERS_COUNTED: Flow(night(lambda world: recommend.recount(world.works, world.key[0])), again=True),
    Place.AUDIT_NOTED: Flow(night(lambda world: audit_all(world.works)), again=True),
    Place.BODIES_DROPPED: Flow(night(lambda world: tidy.tidy(world.works)), again=True),
    Place.PERSON_ERASED: Flow(forgetting, again=True),
    Place.BODIES_SCRUBBED: Flow(forgetting, again=True),
    Place.DUTY_FINISHED: Flow(forgetting, again=True),
    Place.MEMBERS_FORGOTTEN: Flow(closing, again=True),
    Place.SHOP_FORGOTTEN: Flow(closing, again=True),
    Place.PAGE_RESEALED: Flow(resealing, again=True),
}
"""Every place has its flow; the test asks for each by name."""
HOUSE_WIDE = {Place.SUBSCRIPTIONS_WISHED, Place.AUDIT_NOTED, Place.BODIES_DROPPED, Place.PAGE_RESEALED}
"""What goes through every programme there is: done first, while there are few."""
