"""Whatever happens in whatever order: no promise of the ledger is broken, and everybody has what the oracle says."""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from app.failpoints import Place
from tests.cases.invented import CODES, MEMBERS, PRICES, Chance, Said, version
from tests.machine.life import SHOPS, Life

# Where somebody may die who works for one programme on neutral shops; the other places have flows of their own.
PLACES = (
    Place.LETTERS_CLAIMED, Place.LETTERS_READ, Place.LETTERS_MARKED, Place.LETTERS_COMMITTED, Place.MEMBERS_LOCKED,
    Place.WISHES_WRITTEN, Place.POSTINGS_WRITTEN, Place.EFFECTS_CLAIMED, Place.EFFECT_DESCRIBED, Place.SHOP_ANSWERED,
    Place.EFFECT_MARKED, Place.EFFECT_COMMITTED, Place.MEMBERS_TENDED,
    Place.CHANGES_ASKED, Place.CHANGES_KEPT, Place.CURSOR_MOVED,
)  # fmt: skip
SIZES = {"sqlite": (7, 18), "postgresql": (3, 14)}
"""Lives, and steps of each; `make lives` asks for more, drawn from a seed."""

member, shop, which = st.sampled_from(MEMBERS), st.sampled_from(sorted(SHOPS)), st.integers(0, 7)


class Machine(RuleBasedStateMachine):
    """Everything that may happen. Of what was made before, rules choose by number."""

    engine: Engine

    @initialize(number=st.integers(0, 200))
    def begin(self, number: int) -> None:
        self.life = Life.begin(self.engine, number)
        self.orders: list[Said] = []
        self.count = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    @property
    def now(self) -> str:
        return self.life.now.isoformat()

    # -- what shops tell -----------------------------------------------------------------------------------------

    @rule(
        who=member, shop=shop, price=st.sampled_from(PRICES), code=st.sampled_from(["", *CODES.values()]),
        late=st.sampled_from([0, 0, 6, 60]), lost=st.sampled_from([False, False, False, True]),
    )  # fmt: skip
    def deliver(self, who: str, shop: str, price: str, code: str, late: int, *, lost: bool) -> None:
        """An order, perhaps late, perhaps with a code: the code is used."""
        paid = (self.life.now - timedelta(hours=late)).isoformat()
        line = {"id": "l1", "product": "p1", "quantity": 1, "unit_price": price}
        order: Said = {"id": self.new("o"), "member": who, "shop": shop, "updated_at": paid, "placed_at": paid}
        order |= {"paid_at": paid, "lines": [line], "tax": "2.50", "shipping": "4.00", "refunds": []}
        if code:
            order["own_discount"] = {"redemption": code, "amount": "1.00"}
        self.orders.append(order)
        self.life.tell("order", order, lost=lost)

    @rule(which=which)
    def redeliver(self, which: int) -> None:
        self.life.tell_again(which)

    @precondition(lambda self: self.orders)
    @rule(which=which, price=st.sampled_from(PRICES), lost=st.sampled_from([False, False, False, True]))
    def refund(self, which: int, price: str, *, lost: bool) -> None:
        at = which % len(self.orders)
        refund = {"id": self.new("f"), "at": self.now, "lines": [{"line": "l1", "amount": price}]}
        order = self.orders[at]
        self.orders[at] = order | {"updated_at": self.now, "refunds": [*order["refunds"], refund]}
        self.life.tell("order", self.orders[at], lost=lost)

    @precondition(lambda self: self.orders)
    @rule(which=which)
    def cancel(self, which: int) -> None:
        at = which % len(self.orders)
        self.orders[at] = self.orders[at] | {"updated_at": self.now, "cancelled_at": self.now}
        self.life.tell("order", self.orders[at])

    @rule(who=member, friend=member, kind=st.sampled_from(["review", "sign_up", "referral", "event", "birthday"]))
    def say_something_else(self, who: str, friend: str, kind: str) -> None:
        more: dict[str, Said] = {
            "review": {"id": self.new("v"), "product": "p1", "updated_at": self.now, "approved": True, "rating": 4},
            "sign_up": {},
            "event": {"id": self.new("e"), "event": "share"},
            "birthday": {"date": "1990-12-24"},
        }
        if kind == "referral":
            self.life.tell(kind, {"id": self.new("rf"), "advocate": who, "friend": friend, "at": self.now})
        else:
            self.life.tell(kind, {"member": who, "at": self.now, **more[kind]})

    # -- what people ask -----------------------------------------------------------------------------------------

    @rule(who=member)
    def redeem(self, who: str) -> None:
        self.life.step({"do": "redeem", "id": CODES[who], "member": who, "reward": "r"})

    @rule(who=member, way=st.sampled_from(["return", "fail"]))
    def undo(self, who: str, way: str) -> None:
        self.life.step({"do": way, "redemption": CODES[who]})

    @rule(who=member, amount=st.sampled_from([30, 8, -15]))
    def adjust(self, who: str, amount: int) -> None:
        self.life.step({"do": "adjust", "id": self.new("q"), "member": who, "amount": amount})

    @rule(number=st.integers(0, 200), hours=st.sampled_from([0, 0, 24, -6]))
    def edit_the_rules(self, number: int, hours: int) -> None:
        starts = (self.life.now + timedelta(hours=hours)).isoformat()
        self.life.step({"do": "publish", "version": version(Chance(number), 0) | {"starts_at": starts}})

    # -- what else happens ---------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([6, 24, 96, 720]))
    def tick(self, hours: int) -> None:
        self.life.wait(hours)

    @rule(kept=member, lost=member)
    def merge(self, kept: str, lost: str) -> None:
        if {kept, lost} <= self.life.lived.people.keys():
            self.life.merge(kept, lost)

    @precondition(lambda self: self.life.tombstones)
    @rule()
    def part(self) -> None:
        self.life.part()

    @precondition(lambda self: self.count > 6)
    @rule(who=member)
    def erase(self, who: str) -> None:
        if who in self.life.lived.people:
            self.life.erase(who)

    @rule(shop=shop)
    def uninstall(self, shop: str) -> None:
        self.life.leave(shop)

    @precondition(lambda self: self.life.away)
    @rule()
    def reinstall(self) -> None:
        self.life.come_back(min(self.life.away))

    @rule()
    def reconcile(self) -> None:
        self.life.reconcile()

    @rule(place=st.sampled_from(PLACES), hit=st.sampled_from([1, 1, 2]))
    def crash(self, place: Place, hit: int) -> None:
        self.life.die_at(place, hit)

    @rule()
    def empty_the_queue(self) -> None:
        self.life.queue_empty = True

    # -- what holds ----------------------------------------------------------------------------------------------

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert self.life.breaches() == []

    @invariant()
    def everybody_has_what_the_oracle_says(self) -> None:
        assert self.life.differences() == []


def test_whatever_happens_no_promise_is_broken(db: Engine) -> None:
    lives, steps = (int(os.environ.get(name, "0")) for name in ("LIVES", "STEPS"))
    lives, steps = (lives, steps) if lives and steps else SIZES[db.dialect.name]
    size = settings(max_examples=lives, stateful_step_count=steps, suppress_health_check=list(HealthCheck))
    machine: Any = type("OnThisEngine", (Machine,), {"engine": db})
    if "SEED" in os.environ:
        size = settings(size, derandomize=False, database=None)
        machine = seed(int(os.environ["SEED"]))(machine)
    run_state_machine_as_test(machine, settings=size)
