"""What every test may ask for: databases on both engines, a Redis, a browser, PHP, Node; and what none may do."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from playwright.sync_api import expect
from sqlalchemy import Engine

from app.db.unit import make_engine
from tests import once_for_all, the_same_examples, times
from tests.servers import programs, sockets
from tests.servers.databases import ENGINES, Databases, PostgresDatabases, SqliteDatabases
from tests.servers.patience import PATIENCE_S
from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey, database

_POSTGRES = pytest.StashKey[Postgres]()
_VALKEY = pytest.StashKey[Valkey]()

# The same examples on every machine, and none of them wrong for being slow where two cores do everything.
the_same_examples.arrange()
# What a process works out once serves all its tests.
once_for_all.arrange()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--engine sqlite` for a quick look, which a run that counts leaves out, and `--times`."""
    parser.addoption("--engine", choices=ENGINES, help="run database tests on this engine only")
    parser.addoption("--times", action="store_true", help="end with what each folder took")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what each folder took, where that was asked for."""
    if terminalreporter.config.getoption("--times"):
        terminalreporter.section("seconds by folder")
        everything = (report for reports in terminalreporter.stats.values() for report in reports)
        for line in times.table(report for report in everything if isinstance(report, pytest.TestReport)):
            terminalreporter.write_line(line)


def pytest_configure_node(node: Any) -> None:  # noqa: ANN401  xdist publishes no type for it
    """Start the servers once in the first process, and tell the others where they are."""
    node.workerinput["postgres"] = _postgres(node.config)
    node.workerinput["valkey"] = _valkey(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, and say in plain lines, last of all, what this machine could not run."""
    if _POSTGRES in config.stash:
        config.stash[_POSTGRES].stop()
    if _VALKEY in config.stash:
        config.stash[_VALKEY].stop()
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        for line in _left_out(reporter.stats.get("skipped", ())):
            reporter.write_line(line, yellow=True, bold=True)


def _left_out(reports: Iterable[pytest.TestReport]) -> list[str]:
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in reports
        if isinstance(report.longrepr, tuple) and programs.NOT_RUN in report.longrepr[2]
    )
    return [f"{reason} Tests left out: {count}." for reason, count in sorted(reasons.items())]


def _postgres(config: pytest.Config) -> str:
    if _POSTGRES not in config.stash:
        config.stash[_POSTGRES] = Postgres()
    return config.stash[_POSTGRES].address


def _valkey(config: pytest.Config) -> str:
    if _VALKEY not in config.stash:
        config.stash[_VALKEY] = Valkey()
    return config.stash[_VALKEY].address


@pytest.fixture(autouse=True)
def _closed_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets.close(monkeypatch)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests are not the tests'."""
    for name in list(os.environ):
        if name.startswith("KIZUNA_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> str:
    """The server's address in libpq's form."""
    told = getattr(request.config, "workerinput", None)
    return str(told["postgres"]) if told else _postgres(request.config)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Databases in files."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_address: str) -> Iterator[PostgresDatabases]:
    """Databases on the real server; those of parallel processes and parallel runs have other names."""
    databases = PostgresDatabases(postgres_address, f"kizuna_test_{uuid4().hex[:8]}")
    yield databases
    databases.close()


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Whoever asks for this runs once on each engine."""
    only = request.config.getoption("--engine")
    if only not in {None, request.param}:
        pytest.skip(f"only {only} was asked for")
    wanted = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    found: Databases = request.getfixturevalue(wanted)
    return found


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a migrated database of this test's own, on each engine in turn."""
    with databases.migrated() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test's own, for what only PostgreSQL can show."""
    with postgres_databases.migrated() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine, as the app makes it, on a migrated database of this test's own; on each engine in turn."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """The same on PostgreSQL alone: locks, triggers on TRUNCATE, row-level security."""
    made = make_engine(postgres_url)
    yield made
    made.dispose()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database on a real Redis or Valkey, of this process's own."""
    told = getattr(request.config, "workerinput", None)
    address = str(told["valkey"]) if told else _valkey(request.config)
    number = int(str(told["workerid"]).removeprefix("gw")) + 1 if told else 0
    url = database(address, number)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A Chromium."""
    return programs.chromium()


@pytest.fixture(scope="session")
def php() -> Path:
    """A PHP for the command line."""
    return programs.php()


@pytest.fixture(scope="session")
def node() -> Path:
    """A Node."""
    return programs.node()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The widgets' Node packages."""
    return programs.node_modules()


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """A page that is slow on a busy machine is not wrong: no `expect` gives up before everything else does."""
    expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: Path) -> dict[str, Any]:
    """The browser behind pytest-playwright's `page`: the machine's Chromium, nothing downloaded."""
    return {**browser_type_launch_args, **programs.launching(chromium)}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: every test's servers have ports of their own. The plugin's own fixture warns on pytest 9."""
