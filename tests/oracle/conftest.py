"""Stories run through the app on the databases that case files run on."""

from tests.cases.conftest import story_engine

__all__ = ["story_engine"]
