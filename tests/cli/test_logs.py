"""Logging of commands: a logger that was kept writes where standard error leads now."""

import io
from collections.abc import Iterator

import pytest
import structlog

from app.cli import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_kept_logger_outlives_the_stream_it_first_wrote_to(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    logs.configure(machine=True)
    log = structlog.get_logger()
    log.warning("one")
    assert '"one"' in first.getvalue()

    monkeypatch.setattr("sys.stderr", second)
    first.close()
    log.warning("two")
    assert '"two"' in second.getvalue()
