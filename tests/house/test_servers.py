"""The servers behind the tests are real, and the tests cannot leave this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
import requests

from tests.servers.databases import PostgresDatabases, SqliteDatabases
from tests.servers.sockets import CalledOut


def test_postgresql_is_the_real_one(postgres_databases: PostgresDatabases) -> None:
    with postgres_databases.empty() as url:
        address = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address) as connection:
            (version,) = connection.execute("SHOW server_version_num").fetchone() or ("0",)
            connection.execute("CREATE TABLE kept (n int)")

    assert int(version) >= 150000
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(address)


def test_every_test_gets_a_file_of_its_own(sqlite_databases: SqliteDatabases) -> None:
    with sqlite_databases.empty() as one, sqlite_databases.empty() as other:
        assert one != other


def test_redis_is_the_real_one_and_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.execute_command("OBJECT", "HELP")
        client.set("left", "behind")  # the next test that asks must not see it


def test_redis_was_emptied_after_the_test_before(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_no_test_calls_out() -> None:
    with pytest.raises(CalledOut, match=r"looked up 'example\.com'"):
        requests.get("http://example.com", timeout=1)
    with pytest.raises(CalledOut, match=r"called 192\.0\.2\.1:443"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    with pytest.raises(CalledOut), socket.socket(socket.AF_INET6) as outside:
        outside.connect_ex(("2001:db8::1", 80))


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()


def test_servers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "address"
    start = (
        "import pathlib, sys, time\n"
        "from tests.servers.valkey import Valkey\n"
        "pathlib.Path(sys.argv[1]).write_text(Valkey().address)\n"
        "time.sleep(600)\n"
    )
    root = Path(__file__).parents[2]
    environ = {name: value for name, value in os.environ.items() if name != "TEST_REDIS_URL"}
    run = subprocess.Popen((sys.executable, "-c", start, told), cwd=root, env=environ)
    try:
        _wait(lambda: told.exists() and told.read_text() != "")
        place = Path(told.read_text().removeprefix("unix://")).parent
        assert place.exists()
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    _wait(lambda: not place.exists())
    assert not place.exists()


def _wait(until: Callable[[], bool], patience_s: float = 60) -> None:
    give_up = time.monotonic() + patience_s
    while not until() and time.monotonic() < give_up:
        time.sleep(0.02)
