"""Every package that is shipped does some work."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.repository import imports, modules, text

_ENTRY = re.compile(r'^    "([A-Za-z0-9._-]+)(?:\[\w+\])?>=[^"]*",(?: # (.+))?$', re.MULTILINE)
_SHIPPED = text(Path("pyproject.toml")).partition("\ndependencies = [\n")[2].partition("\n]\n")[0]
DEPENDENCIES = {_plain: why for name, why in _ENTRY.findall(_SHIPPED) if (_plain := name.lower().replace("_", "-"))}


def _imported() -> set[str]:
    """The packages whose modules the app imports."""
    roots = {name.partition(".")[0] for path in modules("app", "integrations", "jobs") for name in imports(path)}
    found = packages_distributions()
    return {dist.lower().replace("_", "-") for root in roots for dist in found.get(root, ())}


@pytest.mark.parametrize("package", DEPENDENCIES)
def test_a_package_that_is_shipped_is_imported_or_says_what_it_is_for(package: str) -> None:
    assert package in _imported() or DEPENDENCIES[package]


def test_all_of_them_were_looked_at() -> None:
    assert len(DEPENDENCIES) == _SHIPPED.count('    "') > 20
