"""Real gunicorn processes: two workers of eight threads, as `kizuna web` has them on two cores."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.watch import used

WORKERS: Final = 2
THREADS: Final = 8
_ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 60
_NAP_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens."""

    port: int
    pid: int

    def cpu_s(self) -> float:
        """Processor time its workers have used so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        return sum(used(int(pid)) for pid in children)


@contextmanager
def serving(application: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve a WSGI application to a block."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = (
        Path(sys.executable).with_name("gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--threads", str(THREADS), "--no-control-socket", "--log-level", "warning", application,
    )  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KIZUNA_")}
    process = subprocess.Popen(command, cwd=_ROOT, env={**inherited, **environment})
    try:
        _wait(process, port)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(_NAP_S)
        else:
            return
    raise RuntimeError("gunicorn does not listen")
