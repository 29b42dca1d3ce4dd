"""What members tell about themselves: paid once, changed and taken back at will, with the purpose told at the time."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions.answer_profile import answer_profile
from app.actions.erase_member import erase_member
from app.actions.withdraw_answer import withdraw_answer
from app.db import profiles, segments
from app.db.dossier import dossier
from app.loyalty.errors import UnknownMemberError
from app.loyalty.hearing.profile import AnswerNotOfferedError, ProfileQuestion
from app.loyalty.hearing.refusals import UnknownQuestionError
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.segments import Profile, Segment
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.profile import PET, SINCE, SKIN
from tests.factories.programmes import ONE_PER_EURO, version

PAYS = EventRule("about", 20)
TOLD = (Segment("dry", (Profile("skin", ("dry",)),)), Segment("told", (Profile("pet"),)))


def terms(*questions: ProfileQuestion, earn: EventRule = PAYS) -> Version:
    return replace(version(earn=[ONE_PER_EURO, earn]), profile=questions or (SKIN, PET, SINCE), segments=TOLD)


def shop(db: Engine, *questions: ProfileQuestion) -> House:
    ours = house(db, terms(*questions))
    ours.join("ada", "ben")
    return ours


def tell(ours: House, now: str, question: str, value: str, customer: str = "ada") -> bool:
    with ours.unit(now) as scope:
        return answer_profile(scope, ours.shop_id, customer, question, value)


def forget(ours: House, now: str, question: str, customer: str = "ada") -> bool:
    with ours.unit(now) as scope:
        return withdraw_answer(scope, ours.shop_id, customer, question)


def known(ours: House, customer: str = "ada") -> list[tuple[str, str, str, str]]:
    """Return question, answer, day and purpose of all that stands."""
    with ours.reading() as scope:
        return [
            (one.question.id, one.value, f"{one.row.answered_at:%m-%d}", one.question.purpose["en"])
            for one in profiles.of_member(scope, ours.member(customer))
        ]


def in_segment(ours: House, name: str) -> set[str]:
    with ours.reading("2025-12-01") as scope:
        found = {one for page in segments.members(scope, segments.describe(scope, name)) for one in page}
    return {who for who in ("ada", "ben") if ours.member(who) in found}


def test_each_answer_is_kept_with_its_day_and_purpose_and_paid_for(db: Engine) -> None:
    ours = shop(db)
    assert tell(ours, "2025-02-01", "skin", "dry")
    assert tell(ours, "2025-02-02", "pet", " Rex ")
    assert tell(ours, "2025-02-03", "since", "2019-04-01")

    assert known(ours) == [
        ("since", "2019-04-01", "02-03", "To send a card."),
        ("pet", "Rex", "02-02", "To greet them."),
        ("skin", "dry", "02-01", "To suggest what suits you."),
    ]
    assert ours.amounts("ada") == (0, 40, 0, 0)  # 20 each; nothing for the question without an event
    assert known(ours, "ben") == []
    assert ours.breaches() == []


CASES = (
    # what happens, day by day; then the answer that stands, and the points
    ("once", ("dry",), "dry", 20),
    ("twice the same", ("dry", "dry"), "dry", 20),
    ("changed", ("dry", "oily"), "oily", 20),
    ("taken back", ("dry", None), None, 20),
    ("taken back twice", ("dry", None, None), None, 20),
    ("taken back and told again", ("dry", None, "oily"), "oily", 20),
    ("told, taken back, told, taken back", ("dry", None, "dry", None), None, 20),
)


@pytest.mark.parametrize(("steps", "stands", "points"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_answer_is_paid_once_whatever_becomes_of_it(
    db: Engine, steps: tuple[str | None, ...], stands: str | None, points: int
) -> None:
    ours = shop(db)
    for day, value in enumerate(steps, 1):
        now = f"2025-02-{day:02}"
        if value is None:
            forget(ours, now, "skin")
        else:
            tell(ours, now, "skin", value)

    assert [answer for _, answer, *_ in known(ours)] == ([stands] if stands else [])
    assert ours.amounts("ada") == (0, points, 0, 0)
    assert ours.breaches() == []


STEPS = st.lists(
    st.tuples(st.sampled_from(("ada", "ben")), st.sampled_from(("skin", "pet")), st.sampled_from((True, False))),
    max_size=12,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_nobody_is_paid_twice_for_one_question(db: Engine, steps: list[tuple[str, str, bool]]) -> None:
    ours = shop(db)
    told: dict[str, set[str]] = {"ada": set(), "ben": set()}
    stands: dict[str, set[str]] = {"ada": set(), "ben": set()}
    for who, question, speaks in steps:
        if speaks:
            tell(ours, "2025-02-01", question, "dry", who)
            told[who].add(question)
            stands[who].add(question)
        elif question in told[who]:
            forget(ours, "2025-02-01", question, who)
            stands[who].discard(question)

    for who, questions in told.items():
        assert ours.amounts(who) == (0, 20 * len(questions), 0, 0)
        assert {question for question, *_ in known(ours, who)} == stands[who]
        assert (who in in_segment(ours, "dry")) is ("skin" in stands[who])
    assert ours.breaches() == []


def test_the_answer_never_changes_the_points(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "skin", "dry", "ada")
    tell(ours, "2025-02-01", "skin", "oily", "ben")

    assert ours.amounts("ada") == ours.amounts("ben") == (0, 20, 0, 0)


def test_a_new_purpose_is_told_only_of_answers_given_since(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "skin", "dry")
    tell(ours, "2025-02-01", "skin", "dry", "ben")
    ours.publish(
        "2025-02-02", replace(terms(replace(SKIN, purpose={"en": "For research."})), starts_at=instant("2025-03-01"))
    )
    assert tell(ours, "2025-03-02", "skin", "dry", "ben")  # the same answer, but for something else

    assert known(ours) == [("skin", "dry", "02-01", "To suggest what suits you.")]
    assert known(ours, "ben") == [("skin", "dry", "03-02", "For research.")]
    assert ours.amounts("ben") == (0, 20, 0, 0)


def test_a_question_that_is_asked_no_more_can_be_taken_back_but_not_answered(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "skin", "dry")
    ours.publish("2025-02-02", replace(terms(PET), segments=(), starts_at=instant("2025-03-01")))
    with pytest.raises(UnknownQuestionError):
        tell(ours, "2025-03-02", "skin", "oily")

    assert [question for question, *_ in known(ours)] == ["skin"]
    assert forget(ours, "2025-03-02", "skin")
    assert not forget(ours, "2025-03-03", "skin")
    assert known(ours) == []


def test_what_cannot_be_answered_or_taken_back_is_refused_and_changes_nothing(db: Engine) -> None:
    ours = shop(db)
    with pytest.raises(AnswerNotOfferedError):
        tell(ours, "2025-02-01", "skin", "blue")
    with pytest.raises(UnknownQuestionError):
        tell(ours, "2025-02-01", "hair", "long")
    with pytest.raises(UnknownQuestionError):
        forget(ours, "2025-02-01", "skin")
    with pytest.raises(UnknownMemberError):
        tell(ours, "2025-02-01", "skin", "dry", "nobody")
    with pytest.raises(UnknownMemberError):
        forget(ours, "2025-02-01", "skin", "nobody")

    assert known(ours) == []
    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_own_words_are_sealed_and_gone_when_taken_back(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "pet", "Canary")
    with ours.reading() as scope:
        row = profiles.one(scope, ours.member("ada"), "pet")
        assert row is not None
        assert row.words_sealed is not None
        assert (row.chosen, b"Canary" in row.words_sealed) == (None, False)
    forget(ours, "2025-02-02", "pet")
    with ours.reading() as scope:
        row = profiles.one(scope, ours.member("ada"), "pet")
        assert row is not None
        assert (row.chosen, row.words_sealed, row.withdrawn_at) == (None, None, instant("2025-02-02"))


def test_the_number_of_a_segment_counts_answers_that_stand(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "skin", "dry")
    tell(ours, "2025-02-01", "skin", "oily", "ben")
    tell(ours, "2025-02-01", "pet", "Rex", "ben")
    assert (in_segment(ours, "dry"), in_segment(ours, "told")) == ({"ada"}, {"ben"})
    forget(ours, "2025-02-02", "skin")
    tell(ours, "2025-02-02", "skin", "dry", "ben")

    assert in_segment(ours, "dry") == {"ben"}


def test_answers_follow_into_a_merge_and_are_not_paid_for_again(db: Engine) -> None:
    ours = shop(db)
    tell(ours, "2025-02-01", "skin", "dry", "ben")
    ben = ours.member("ben")
    ours.settle("2025-02-02", order())
    ours.merge("2025-02-03", "ada", "ben")
    tell(ours, "2025-02-04", "skin", "oily")

    assert [(question, value) for question, value, *_ in known(ours)] == [("skin", "oily")]
    assert ours.amounts("ada") == (0, 30, 0, 0)
    ours.unmerge("2025-02-05", ben)
    assert [(question, value) for question, value, *_ in known(ours, "ben")] == [("skin", "oily")]
    assert ours.breaches() == []


def test_an_answer_at_one_shop_of_a_group_is_paid_for_at_no_other(db: Engine) -> None:
    ours = house(db, terms(), zones={"s1": "UTC", "s2": "UTC"})
    ours.join("ada")
    ours.settle("2025-01-01", sign_up("eve", "2025-01-01"), shop="s2")
    ours.merge("2025-01-02", ours.member("ada"), ours.member("eve", "s2"))
    tell(ours, "2025-02-01", "skin", "dry")
    with ours.unit("2025-02-02") as scope:
        assert answer_profile(scope, ours.shop_ids["s2"], "eve", "skin", "oily")

    assert [value for _, value, *_ in known(ours)] == ["oily"]
    assert ours.amounts("ada") == (0, 20, 0, 0)


def test_what_is_kept_tells_every_answer_with_its_date_and_purpose_until_the_member_is_forgotten(db: Engine) -> None:
    ours = shop(db)
    ada = ours.member("ada")
    tell(ours, "2025-02-01", "skin", "dry")
    tell(ours, "2025-02-02", "pet", "Rex")
    with ours.reading() as scope:
        kept = dossier(scope, ada)
    assert kept is not None
    assert [
        (one["question"], one["chosen"] or one["words"], one["answered_at"][:10], one["purpose"]["en"])
        for one in kept["kept"]["profile_answers"]
    ] == [("pet", "Rex", "2025-02-02", "To greet them."), ("skin", "dry", "2025-02-01", "To suggest what suits you.")]

    with ours.unit("2025-02-03") as scope:
        erase_member(scope, ada, actor="staff", why="asked")
    with ours.reading() as scope:
        assert profiles.rows(scope, ada) == {}


def test_another_programme_knows_nothing_of_it(db: Engine) -> None:
    ours, theirs = shop(db), shop(db)
    tell(ours, "2025-02-01", "skin", "dry")

    assert known(theirs) == []
    assert in_segment(theirs, "dry") == set()
