"""Questions about members: what may be answered, what a version may ask, and segments by what was told."""

from dataclasses import replace

import pytest

from app.loyalty.hearing.profile import AnswerNotOfferedError, ProfileKind, ProfileOption, ProfileQuestion, answered
from app.loyalty.publishing.soundness import problems
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import FreeShipping
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.segments import Answered, Profile, Segment, Shopper, Told, belongs
from tests.factories.instants import instant
from tests.factories.profile import DRY, PET, SINCE, SKIN
from tests.factories.programmes import version

NOW = instant("2025-06-01")


@pytest.mark.parametrize(
    ("question", "value", "kept"),
    (
        (SKIN, "dry", "dry"), (SKIN, "oily", "oily"),
        (PET, "  Rex\u0000 and\nMia ", "Rex and\nMia"), (PET, "x" * 500, "x" * 500),
        (SINCE, "2019-04-01", "2019-04-01"), (SINCE, "2024-02-29", "2024-02-29"),
    ),
)  # fmt: skip
def test_an_answer_is_kept_as_its_kind_says(question: ProfileQuestion, value: str, kept: str) -> None:
    assert answered(question, value) == kept


@pytest.mark.parametrize(
    ("question", "value"),
    (
        (SKIN, "blue"), (SKIN, ""), (SKIN, "Dry"),
        (PET, " \u0000\n"), (PET, "x" * 501),
        (SINCE, "2023-02-29"), (SINCE, "20190401"), (SINCE, "2019-W14-1"), (SINCE, "1 April 2019"), (SINCE, ""),
    ),
)  # fmt: skip
def test_what_is_no_answer_is_refused(question: ProfileQuestion, value: str) -> None:
    with pytest.raises(AnswerNotOfferedError):
        answered(question, value)


WRONG = (
    (replace(SKIN, id="my skin"), (("profile", 0, "id"), "NO_WORD")),
    (replace(SKIN, id=""), (("profile", 0, "id"), "EMPTY")),
    (replace(SKIN, text={}), (("profile", 0, "text"), "EMPTY")),
    (replace(SKIN, purpose={}), (("profile", 0, "purpose"), "EMPTY")),
    (replace(SKIN, purpose={"en": "To suggest things.", "ja": " "}), (("profile", 0, "purpose"), "EMPTY")),
    (replace(SKIN, text={"en": "x" * 401}), (("profile", 0, "text"), "TOO_LONG")),
    (replace(SKIN, event="nothing"), (("profile", 0, "event"), "NO_EVENT_RULE")),
    (replace(SKIN, options=(DRY,)), (("profile", 0, "options"), "TOO_FEW_OPTIONS")),
    (replace(SKIN, options=(DRY, DRY)), (("profile", 0, "options", 1, "id"), "TWICE")),
    (replace(SKIN, options=(DRY, ProfileOption("wet"))), (("profile", 0, "options", 1, "text"), "EMPTY")),
    (replace(PET, options=(DRY,)), (("profile", 0, "options"), "NO_CHOICE")),
)


@pytest.mark.parametrize(
    ("question", "found"), WRONG, ids=[f"{number}-{code}" for number, (_, (_, code)) in enumerate(WRONG)]
)
def test_nobody_is_asked_in_no_words_or_for_no_purpose(question: ProfileQuestion, found: object) -> None:
    asking = replace(version(earn=[EventRule("about", 20)]), profile=(question,))

    assert [(problem.path, problem.code) for problem in problems(asking)] == [found]


def test_sound_questions_are_published_and_two_need_two_ids() -> None:
    asking = replace(version(earn=[EventRule("about", 20)]), profile=(SKIN, PET, SINCE))

    assert problems(asking) == []
    twice = problems(replace(asking, profile=(SKIN, replace(PET, id="skin"))))
    assert [(problem.path, problem.code) for problem in twice] == [(("profile", 1, "id"), "TWICE")]


# -- segments ----------------------------------------------------------------------------------------------------------

ADA = Shopper(
    NOW,
    answers=(
        Told("skin", "dry", instant("2025-05-01")), Told("pet", None, instant("2025-05-01")),
        Told("since", "2019-04-01", instant("2025-06-02")), Answered("fur", 3, instant("2025-05-01")),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "holds"),
    (
        (Profile("skin", ("dry",)), True), (Profile("skin", ("oily", "dry")), True), (Profile("skin"), True),
        (Profile("skin", ("oily",)), False), (Profile("pet"), True), (Profile("since"), False),
        (Profile("fur"), False),
    ),
    ids=("so", "one of both", "at all", "otherwise", "in own words", "only tomorrow", "a survey of that name"),
)  # fmt: skip
def test_somebody_is_in_by_what_they_told(condition: Profile, holds: bool) -> None:  # noqa: FBT001
    assert belongs(Segment("s", (condition,)), ADA, {}) is holds


@pytest.mark.parametrize(
    ("condition", "found"),
    (
        (Profile("hair"), ("question", "UNKNOWN_QUESTION")),
        (Profile("skin", ("blue",)), ("options", "UNKNOWN_OPTION")),
        (Profile("pet", ("dry",)), ("options", "UNKNOWN_OPTION")),
    ),
)
def test_a_segment_asks_for_answers_that_can_be_given(condition: Profile, found: tuple[str, str]) -> None:
    asking = replace(
        version(earn=[EventRule("about", 20)]), profile=(SKIN, PET), segments=(Segment("s", (condition,)),)
    )

    place, code = found
    assert [(each.path, each.code) for each in problems(asking)] == [(("segments", 0, "all", 0, place), code)]


def test_offers_may_ask_for_an_answer_and_campaigns_may_not() -> None:
    told = Segment("dry", (Profile("skin", ("dry",)),))
    asking = replace(version(earn=[EventRule("about", 20)]), profile=(SKIN,), segments=(told,))
    offer = Reward("cream", 10, FreeShipping(), segment="dry")
    campaign = Campaign("spring", instant("2025-01-01"), instant("2025-02-01"), (2, 1), segment="dry")

    assert problems(replace(asking, rewards=(offer,))) == []
    found = problems(replace(asking, campaigns=(campaign,)))
    assert [(each.path, each.code) for each in found] == [(("campaigns", 0, "segment"), "NOT_FROM_HISTORY")]


def test_a_question_knows_its_options() -> None:
    assert SKIN.option("dry") == DRY
    assert SKIN.option("blue") is None
    assert {kind.value for kind in ProfileKind} == {"choice", "text", "date"}
