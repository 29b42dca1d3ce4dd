"""Actions on social networks: each network and action by its own rule, as often as its limits let it and no more."""

from collections.abc import Sequence

import pytest

from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.social import Act, Network, Social
from tests.factories.facts import event
from tests.factories.programmes import programme, version
from tests.loyalty.notebook import Notebook

FACEBOOK = Social(Network.FACEBOOK, Act.SHARE, "https://tea.example/spring")
INSTAGRAM = Social(Network.INSTAGRAM, Act.FOLLOW, "https://instagram.com/teahouse")
LINE = Social(Network.LINE, Act.VISIT, "https://line.me/R/ti/p/@teahouse")
RULES = (
    EventRule("facebook", 10, cooldown_hours=168, verified=False, social=FACEBOOK),
    EventRule("instagram", 20, max_total=1, verified=False, social=INSTAGRAM),
    EventRule("line", 5, max_per_day=1, max_total=3, verified=False, social=LINE),
)


@pytest.mark.parametrize(
    ("done", "points"),
    (
        # What was done and when, and what each of it brings: worked out by hand.
        pytest.param([("facebook", "2025-05-01T12"), ("facebook", "2025-05-08T11:59:59")], [10, 0], id="within a week"),
        pytest.param([("facebook", "2025-05-01T12"), ("facebook", "2025-05-08T12")], [10, 10], id="a week later"),
        pytest.param(
            [("facebook", "2025-05-01T12"), ("facebook", "2025-05-07T12"), ("facebook", "2025-05-09T12")],
            [10, 0, 10], id="what brought nothing does not begin the pause anew",
        ),
        pytest.param([("instagram", "2025-05-01"), ("instagram", "2026-05-01")], [20, 0], id="followed once for ever"),
        pytest.param(
            [("line", "2025-05-01T01"), ("line", "2025-05-01T23"), ("line", "2025-05-02T00")], [5, 0, 5],
            id="once a day",
        ),
        pytest.param(
            [("line", f"2025-05-0{day}") for day in (1, 2, 3, 4)], [5, 5, 5, 0], id="and three times in all",
        ),
        pytest.param(
            [*((name, "2025-05-01T10") for name in ("facebook", "instagram", "line")), ("line", "2025-05-01T11")],
            [10, 20, 5, 0], id="one network's limits are nothing to another",
        ),
        pytest.param([("tiktok", "2025-05-01")], [0], id="a network without a rule"),
    ),
)  # fmt: skip
def test_each_action_earns_within_the_limits_of_its_own_network(
    done: Sequence[tuple[str, str]], points: Sequence[int]
) -> None:
    book = Notebook(programme(version(earn=RULES)))
    for number, (name, at) in enumerate(done):
        book.tell("2027-01-01", event(f"e{number}", name, at))

    assert [book.due(f"event:e{number}", "2027-01-01") for number in range(len(done))] == list(points)


def test_done_again_and_told_in_any_order_the_earlier_one_counts() -> None:
    book = Notebook(programme(version(earn=RULES)))
    book.tell("2025-06-01", event("later", "facebook", "2025-05-03"))
    book.tell("2025-06-01", event("earlier", "facebook", "2025-05-02"))

    assert [book.due(f"event:{name}", "2025-06-01") for name in ("earlier", "later")] == [10, 0]
