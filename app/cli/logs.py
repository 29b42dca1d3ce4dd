"""How processes speak: one line of words for people in a terminal, one JSON object for machines."""

import io
import logging
import sys
from typing import TextIO, cast

import structlog


class _Stderr(io.TextIOBase):
    """Wherever ``sys.stderr`` leads at that moment: loggers are kept, and a stream that stood there may be closed."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(*, machine: bool) -> None:
    """Set up logging for a process; nothing that is logged may hold a secret, a body or a person."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    # A request that waits for a free thread is no news; an unreachable shop is told once, by the job that gives up.
    for name in ("waitress.queue", "stamina"):
        logging.getLogger(name).setLevel(logging.ERROR)
