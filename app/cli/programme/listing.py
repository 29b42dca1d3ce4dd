"""``kizuna programme show``, ``versions``, ``templates``, ``schema``: what there is, printed."""

import argparse
import sys
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from app.cli.programme.desk import Desk, RequestError, given
from app.db import drafts
from app.db import versions as stored
from app.db.scope import Scope
from app.db.tables import VersionRow
from app.db.unit import reading
from app.files.reading import ProgrammeFile
from app.files.schema import schema as schema_of_files
from app.files.writing import text, written
from app.loyalty.errors import said
from app.loyalty.money import exponent, to_major
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.costs import Cost


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that need no programme."""
    shown = verbs.add_parser("templates", help="list the templates, or print one as a file")
    shown.add_argument("--template", choices=sorted(TEMPLATES), metavar="NAME", help="the one to print")
    shown.add_argument("--currency", default="EUR", help="the currency of its amounts (default: EUR)")
    shown.add_argument("--locale", default="en", help="the language of its names (default: en)")
    shown.set_defaults(run=templates)
    verbs.add_parser("schema", help="print the format as a JSON schema").set_defaults(run=schema)


def templates(options: argparse.Namespace) -> int:
    """List the templates, or print one."""
    if options.template is None:
        width = max(len(name) for name in TEMPLATES)
        for name, each in TEMPLATES.items():
            manner = f" (in the manner of {each.manner})" if each.manner else ""
            sys.stdout.write(f"{name:{width}}  {each.about}{manner}\n")
        return 0
    template = TEMPLATES[options.template]
    version = template.version(options.currency, datetime.now(UTC).replace(microsecond=0), options.locale)
    unit = (options.currency, exponent(options.currency)) if template.in_money else None
    content = written(version, options.currency, unit=unit)
    del content["starts_at"]
    sys.stdout.write(text({"note": template.about} | content))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the format."""
    del options
    sys.stdout.write(text(schema_of_files()))
    return 0


def show(desk: Desk, options: argparse.Namespace) -> int:
    """Print the version in force, the one asked for, or a draft; without its start, so that it can be published."""
    with reading(desk.works.engine, desk.programme_id) as session:
        if options.draft is not None:
            options.file = None
            file, note = given(desk, options), f"The draft {options.draft}"
        else:
            number = options.version
            version = (
                stored.version(session, desk.programme_id, number)
                if number is not None
                else stored.version_at(session, desk.programme_id, desk.now)
            )
            if version is None:
                raise RequestError("There is no such version." if number else "No version is in force yet.")
            file, note = ProgrammeFile(version), f"Version {version.number}, from {said(version.starts_at)} on"
    content = written(file.content, desk.currency, unit=desk.unit)
    del content["starts_at"]
    if file.starts_at is not None:
        content["starts_at"] = said(file.starts_at)
    sys.stdout.write(text({"note": note} | content))
    return 0


def versions(desk: Desk, options: argparse.Namespace) -> int:
    """List every version with its start, and the drafts."""
    del options
    with reading(desk.works.engine, desk.programme_id) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        now = stored.version_at(session, desk.programme_id, desk.now)
        rows = session.execute(
            select(VersionRow.number, VersionRow.starts_at, VersionRow.published_at, VersionRow.published_by)
            .where(VersionRow.programme_id == desk.programme_id)
            .order_by(VersionRow.number)
        ).all()
        for number, starts_at, published_at, by in rows:
            mark = "  ← in force" if now is not None and number == now.number else ""
            sys.stdout.write(f"{number}  from {said(starts_at)}, published {said(published_at)} by {by}{mark}\n")
        for name in drafts.names(scope):
            sys.stdout.write(f"draft {name}\n")
    return 0


def cost(found: Cost, desk: Desk) -> str:
    """Return a line about what a reward costs the shop."""
    paid = f"{to_major(found.cost_minor, desk.currency):f}" if found.cost_minor is not None else "no fixed sum"
    least = f" on orders from {to_major(found.smallest_minor, desk.currency):f}" if found.smallest_minor else ""
    left = found.left_basis_points
    margin = f"; {Decimal(left).scaleb(-2):f} % of the price is left{least}" if left is not None else ""
    return f"{found.reward}: costs {paid} at most for {found.points} of the unit{margin}\n"
