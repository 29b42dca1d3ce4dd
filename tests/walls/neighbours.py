"""Shops that have everything an address can name: two members each, with codes, tasks, cases, notes and questions."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.adjust_points import adjust_points
from app.actions.answer_profile import answer_profile
from app.actions.answer_question import answer_question
from app.actions.ask_question import ask_question
from app.actions.conclude_redemption import code_is_live
from app.actions.redeem_reward import redeem_reward
from app.actions.settle_facts import settle_facts
from app.actions.write_note import Written, write_note
from app.db import hooks, members, privacy, programmes
from app.db.notes import Reader
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import CaseRow, MemberRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Duty, Fact, Line, Order, Referral, Review, SignUp
from app.loyalty.hearing.profile import ProfileKind, ProfileQuestion
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.surveys import About, Survey, SurveyKind
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.hooks import Hook
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import Access, AmountOff, Choice, Service
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.social import Act, Network, Social
from app.loyalty.terms.suspicion import ReferralDesk
from jobs.works import Works
from tests.web.shops import Shop, connect

RICH = 5000


_LINE = EventRule(
    "line", 5, max_per_day=1, verified=False, social=Social(Network.LINE, Act.VISIT, "https://line.me/R/ti/p/@teahouse")
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A shop that has lived; ``ids`` names everything of its first member and itself, ``others`` of its second."""

    shop: Shop
    platform: str
    customer: str
    ids: Mapping[str, str]
    others: Mapping[str, str]


def found(works: Works, platform: str, domain: str, letter: str, currency: str, **changes: object) -> Neighbour:
    """Found one, whose own names begin with its letter, so that no two shops have one in common."""
    shop = connect(works, platform, domain, currency=currency, **changes)
    now = works.clock()
    told = _Told(works, shop, letter, currency)
    told.publish(now - timedelta(days=9))
    first, second = (told.person(number) for number in (1, 2))
    for number in (1, 2):
        told.settle(SignUp(told.customer(number), now - timedelta(days=9)), told.order(number))
        told.settle(Review(f"{letter}rv{number}", told.customer(number), "1", now, now, approved=True, rating=1))
    told.settle(Referral(f"{letter}rf", Customer(first), Customer(second), now))
    return Neighbour(shop, platform, first, told.ids(1), told.ids(2))


@dataclass(frozen=True, slots=True)
class _Told:
    works: Works
    shop: Shop
    letter: str
    currency: str

    def scope_of(self, session: Session) -> Scope:
        return Scope(session, self.shop.programme_id, self.works.clock(), self.works.cipher)

    def person(self, number: int) -> str:
        return f"{ord(self.letter)}0{number}"

    def customer(self, number: int) -> Customer:
        who = self.person(number)
        return Customer(who, f"{who}@example.com", f"Person {who}")

    def reward(self, name: str) -> str:
        return f"{self.letter}_{name}"

    @property
    def hook(self) -> str:
        return self.reward("survey")

    def publish(self, starts_at: datetime) -> None:
        """Publish a programme that has one of everything that is named by an id."""
        rewards = (
            Reward(self.reward("five"), 30, AmountOff(100)),
            Reward(self.reward("wrap"), 20, Service("Wrap the parcel")),
            Reward(self.reward("knives"), 20, Service("Sharpen two knives")),
            Reward(self.reward("pick"), 30, Choice((self.reward("five"), self.reward("knives")))),
            Reward(self.reward("door"), 0, Access(("sale",))),
        )
        surveys = (
            Survey("after", SurveyKind.NPS, "delivery", wait_days=1, event="survey", low=6),
            Survey("shop", SurveyKind.CSAT, "support", about=About.SHOP, wait_days=1, quiet_days=1),
        )
        pet = ProfileQuestion(self.reward("pet"), ProfileKind.TEXT, {"en": "Who lives with you?"}, {"en": "To greet."})
        version = starter_version(self.currency, starts_at, "en")
        version = replace(
            version, rewards=rewards, earn=(*version.earn, EventRule("survey", 5), _LINE), surveys=surveys,
            hooks=(Hook(self.hook, "survey", customer="who"),), recovery=Recovery(), goodwill_budget=10**6,
            referral_desk=ReferralDesk(), profile=(pet,),
        )  # fmt: skip
        with unit_of_work(self.works.engine) as session:
            programmes.publish(session, self.shop.programme_id, version, by="operator", now=starts_at)

    def order(self, number: int) -> Order:
        at = self.works.clock() - timedelta(days=3)
        who = self.customer(number)
        line = (Line("1", "1", 1, 5000),)
        order_id = f"{ord(self.letter)}77{number}"
        return Order(order_id, who, at, at, at, None, self.currency, line, f"#{order_id}")

    def settle(self, *facts: Fact) -> None:
        with unit_of_work(self.works.engine) as session:
            settle_facts(self.scope_of(session), self.shop.shop_id, facts)

    def redeem(self, member_id: UUID, reward: str, key: str, *, issued: bool) -> str:
        """Redeem a reward, and return the redemption's id."""
        wish = Request(key, "redeem", member_id, {"reward": reward}, "shopper")
        with unit_of_work(self.works.engine) as session:
            scope = self.scope_of(session)
            ask = Ask(key, f"CODE-{key}", self.reward(reward))
            assert redeem_reward(scope, self.shop.shop_id, wish, ask).refused is None
            if issued:
                code_is_live(scope, key, f"gid://{key}")
        return key

    def ids(self, number: int) -> dict[str, str]:
        """Return the names of everything that is a member's, and of what the whole shop has."""
        works, shop, who = self.works, self.shop, self.person(number)
        prefix = f"{self.letter}{number}"
        note, gift = members.new_id(), secrets.token_hex(16)
        with unit_of_work(works.engine) as session:
            scope = self.scope_of(session)
            member_id = members.find(scope, shop.shop_id, [who])[who]
            given = Request(gift, "adjust", member_id, {"amount": RICH}, "operator", "welcome")
            assert adjust_points(scope, given, RICH).refused is None
            write_note(scope, member_id, Reader("operator", manager=True), Written(note, "Prefers the side door"))
            question = ask_question(scope, shop.shop_id, member_id, "delivery").row
            assert question is not None
            duty = privacy.keep(scope, shop.shop_id, Duty.CUSTOMER_DATA, privacy.Names((who,)))
            answer_question(scope, shop.shop_id, who, question.question_id, 0, "Too late")
            answer_profile(scope, shop.shop_id, who, self.reward("pet"), f"Rex of {who}")
        with reading(works.engine) as session:
            mine = (shop.programme_id, member_id)
            link = session.scalars(
                select(MemberRow.referral_code).where(MemberRow.programme_id == mine[0], MemberRow.member_id == mine[1])
            ).one()
            case_id = session.scalars(
                select(CaseRow.case_id).where(CaseRow.programme_id == mine[0], CaseRow.member_id == mine[1])
            ).first()
        assert case_id is not None
        return {
            "programme": str(shop.programme_id),
            "shop": str(shop.shop_id),
            "hook": self.hook,
            "hook_word": hooks.word(works.cipher, shop.shop_id, self.hook),
            "member": str(member_id),
            "note": str(note),
            "note_hex": note.hex,
            "case": str(case_id),
            "question": question.question_id.hex,
            "told": self.reward("pet"),
            "adjustment": gift,
            "link": link,
            "redemption": self.redeem(member_id, "five", f"red_{prefix}five", issued=True),
            "choosing": self.redeem(member_id, "pick", f"red_{prefix}pick", issued=False),
            "duty": str(duty),
            "task": self.redeem(member_id, "wrap", f"red_{prefix}wrap", issued=False),
            "referral": f"{self.letter}rf",
            "reward": self.reward("five"),
            "option": self.reward("knives"),
            "door": self.reward("door"),
            "order": f"{ord(self.letter)}77{number}",
            "number": f"#{ord(self.letter)}77{number}",
        }


def invented(ids: Mapping[str, str]) -> dict[str, str]:
    """Return ids of the same shapes that nobody has."""
    made_up = members.new_id
    return {
        name: str(made_up()) if _is_uuid(value) else made_up().hex if len(value) == 32 else f"x{made_up().hex[-9:]}"
        for name, value in ids.items()
    }


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
