"""The whole way through a store in a real browser: from the installation to the reinstallation."""

import pytest

pytest.register_assert_rewrite("tests.walk.books", "tests.walk.chapters", "tests.walk.people")
