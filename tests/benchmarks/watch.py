"""The watch: time on the wall, and processor time of this process and of the database's process that serves it.

On a machine that is busy otherwise the wall tells little; processor time still does.
"""

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Watch:
    """Measures a block: ``wall_s``, ``own_s`` (this process) and ``server_s`` (0 where the server is elsewhere)."""

    def __init__(self, server_pid: int | None) -> None:
        """``server_pid`` as PostgreSQL's ``pg_backend_pid()`` says."""
        self._server_pid = server_pid
        self.wall_s = self.own_s = self.server_s = 0.0

    def __enter__(self) -> Self:
        """Start."""
        self._began = (time.perf_counter(), time.process_time(), used(self._server_pid))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        wall, own, server = self._began
        self.wall_s = time.perf_counter() - wall
        self.own_s = time.process_time() - own
        self.server_s = used(self._server_pid) - server

    @property
    def cpu_s(self) -> float:
        """All processor time."""
        return self.own_s + self.server_s


def used(pid: int | None) -> float:
    """Processor seconds of a process of this machine."""
    if pid is None:
        return 0.0
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
