"""Habits that no other tool holds: one commit, one reader of the environment, no float near money, aware instants."""

import ast
from pathlib import Path

from sqlalchemy import DateTime, Float, Numeric

from app.db.tables import Base
from tests.house.repository import PACKAGES, calls, imports, modules, text, tree

OURS = modules(*PACKAGES)
NAMELESS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LONGEST = 400
"""Lines. A file that passes 200 is asking a question; one that passes this has not answered it."""


def test_only_the_settings_read_the_environment() -> None:
    asked = {"os.environ", "os.environb", "os.getenv"}
    readers = {path for path in OURS if (calls(path) | imports(path)) & asked}

    assert readers == {Path("app/settings/__init__.py")}


def test_only_the_unit_of_work_commits() -> None:
    ends = {"begin_nested", "commit", "rollback"}
    enders = {path for path in OURS if {name.rpartition(".")[2] for name in calls(path)} & ends}

    assert enders <= {Path("app/db/unit.py")}


def test_no_float_comes_near_money_or_points() -> None:
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path in modules("app/loyalty", "app/actions", "app/db")
        if path != Path("app/db/unit.py")  # there seconds are the driver's
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]

    assert found == []


def test_instants_know_their_zone() -> None:
    naive = {"datetime.utcnow", "datetime.utcfromtimestamp", "datetime.datetime.utcnow"}
    now = {"datetime.now", "datetime.datetime.now"}
    everything = (*OURS, *modules("tests", "migrations"))
    without_zone = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path in everything
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in now and not node.args and not node.keywords
    ]

    assert {path for path in everything if calls(path) & naive} == set()
    assert without_zone == []


def test_every_instant_in_the_database_has_a_zone_and_no_amount_is_a_float() -> None:
    naive, inexact = [], []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            kind = getattr(column.type, "impl_instance", column.type)
            if isinstance(kind, DateTime) and not kind.timezone:
                naive.append(f"{table.name}.{column.name}")
            if isinstance(kind, Float) or (isinstance(kind, Numeric) and not kind.asdecimal):
                inexact.append(f"{table.name}.{column.name}")

    assert (naive, inexact) == ([], [])


def test_a_module_says_what_it_is_for_and_has_a_name() -> None:
    assert [path for path in OURS if not ast.get_docstring(tree(path))] == []
    assert [path for path in OURS if set(path.with_suffix("").parts) & NAMELESS] == []


def test_a_module_can_be_read_in_one_go() -> None:
    assert [path for path in OURS if len(text(path).splitlines()) > LONGEST] == []
