"""The first page: health in words, figures out of the ledger, what needs a person."""

from tests.web.pages.conftest import Visitor
from tests.web.pages.story import Story


def test_the_first_page_shows(visitor: Visitor, story: Story) -> None:
    for path in (
        "/home",
        "/members",
        "/orders",
        "/programme",
        "/activity",
        f"/members/{story.member('101')}",
        "/orders?number=10391",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
