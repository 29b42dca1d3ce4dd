"""The commands of ``kizuna programme``."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from app.actions.choose_unit import choose_unit
from app.actions.publish_programme import publish_programme, roll_back_programme
from app.cli.programme import listing
from app.cli.programme.desk import BY, Desk, RequestError, given, instant, open_desk
from app.cli.programme.trial import preview
from app.db import drafts, programmes
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.files.reading import ProgrammeFileError
from app.files.sentences import sentence
from app.loyalty.errors import LoyaltyError, said
from app.loyalty.publishing.soundness import UnsoundProgrammeError, problems
from app.loyalty.terms.costs import costs
from app.loyalty.terms.programme import Version
from app.settings import settings
from jobs import house

Run = Callable[[Desk, argparse.Namespace], int]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("programme", help="show, check, preview and publish a programme as a file")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    listing.add(verbs)

    def verb(name: str, what: str, run: Run, *, file: bool = False, at: bool = False) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=what)
        made.add_argument("--programme", default=None, metavar="SHOP", help="a shop's domain, or the programme's id")
        if file:
            made.add_argument("file", nargs="?", help="the programme file; - is the standard input")
        if at:
            made.add_argument("--at", type=instant, help="when it begins, with its offset")
        made.set_defaults(run=_at_a_desk(run))
        return made

    shown = verb("show", "print a version as a file", listing.show)
    shown.add_argument("--version", type=int, help="its number (default: the version in force)")
    _with_draft(shown)
    verb("versions", "list what was published and what is drafted", listing.versions)
    _with_draft(verb("check", "say everything that is wrong with a file", _check, file=True))
    kept = verb("draft", "keep a file as a draft, which judges nothing", _draft, file=True)
    kept.add_argument("--name", default=drafts.USUAL, help=f"(default: {drafts.USUAL})")
    kept.set_defaults(draft=None)
    _with_draft(verb("preview", "a shadow run: who would move, what orders would earn", _preview, file=True, at=True))
    _with_draft(verb("publish", "publish a file as the next version", _publish, file=True, at=True))
    unit = verb("unit", "choose what members collect, while nobody has any yet", _unit)
    unit.add_argument("unit", choices=("points", "money"), help="whole points, or money of the programme's currency")
    back = verb("rollback", "publish an old version's content again", _rollback, at=True)
    back.add_argument("number", type=int, help="the number of the old version")


def _with_draft(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--draft", nargs="?", const=drafts.USUAL, metavar="NAME", help="a draft in place of a file")


def _at_a_desk(run: Run) -> Callable[[argparse.Namespace], int]:
    """Open the desk, and tell refusals as sentences: 1 where the programme is at fault, 2 where the request is."""

    def perform(options: argparse.Namespace) -> int:
        try:
            with house.opened(settings()) as works:
                return _at(open_desk(works, options.programme), run, options)
        except RequestError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except ProgrammeFileError as error:
            sys.stderr.writelines(f"{fault}\n" for fault in error.faults)
            return 1
        except LoyaltyError as error:
            sys.stderr.write(f"{_REFUSED.get(error.code, error.code).format(**error.numbers())}\n")
            return 1

    return perform


def _at(desk: Desk, run: Run, options: argparse.Namespace) -> int:
    """Run a command, and tell what keeps a version from being published in the desk's own currency."""
    try:
        return run(desk, options)
    except UnsoundProgrammeError as error:
        sys.stderr.writelines(f"{sentence(error.version, each, desk.currency)}\n" for each in error.problems)
        return 1


_REFUSED = {
    "UNIT_FIXED": "Members of this programme have some already, so what they collect never changes any more.",
    "STARTS_IN_PAST": "starts_at lies in the past. Take it out to begin now, or give a later instant with --at.",
    "UNKNOWN_VERSION": "There is no version {version}. See kizuna programme versions.",
}


def _chosen(desk: Desk, options: argparse.Namespace) -> Version:
    file = given(desk, options)
    at: datetime | None = options.at
    return file.starting(at) if at is not None else file.version(desk.now)


def _check(desk: Desk, options: argparse.Namespace) -> int:
    version = given(desk, options).version(desk.now)
    found = problems(version, desk.shops)
    if found:
        raise UnsoundProgrammeError(version, found)
    sys.stdout.write(f"Sound: {desk.name} can publish this.\n")
    if version.margin is not None:
        sys.stdout.writelines(listing.cost(each, desk) for each in costs(version.rewards, version.margin))
    return 0


def _draft(desk: Desk, options: argparse.Namespace) -> int:
    file = given(desk, options)
    with unit_of_work(desk.works.engine, desk.programme_id) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        drafts.keep(scope, options.name, file.content, file.starts_at, by=BY)
    open_points = len(problems(file.version(desk.now), desk.shops))
    left = f" {open_points} problems keep it from being published: see check --draft." if open_points else ""
    sys.stdout.write(f"Kept as the draft {options.name}. It judges nothing.{left}\n")
    return 0


def _preview(desk: Desk, options: argparse.Namespace) -> int:
    version = _chosen(desk, options)
    found = problems(version, desk.shops)
    if found:
        raise UnsoundProgrammeError(version, found)
    return preview(desk, version)


def _publish(desk: Desk, options: argparse.Namespace) -> int:
    version = _chosen(desk, options)
    with unit_of_work(desk.works.engine, desk.programme_id) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        number = publish_programme(scope, version, by=BY, shops=desk.shops)
        if options.draft is not None:
            drafts.forget(scope, options.draft)
    sys.stdout.write(f"Version {number} of {desk.name} holds from {said(version.starts_at)} on.\n")
    _tell_later(desk, version.starts_at)
    return 0


def _tell_later(desk: Desk, at: datetime) -> None:
    """Say which versions take over later: publishing or going back does not call them off."""
    with reading(desk.works.engine, desk.programme_id) as session:
        programme = programmes.load(session, desk.programme_id)
    for version in programme.versions:
        if version.starts_at > at:
            sys.stdout.write(f"Version {version.number} takes over at {said(version.starts_at)}.\n")


def _unit(desk: Desk, options: argparse.Namespace) -> int:
    with unit_of_work(desk.works.engine, desk.programme_id) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        choose_unit(scope, money=options.unit == "money", by=BY)
    what = f"money in {desk.currency}" if options.unit == "money" else "points"
    sys.stdout.write(f"Members of {desk.name} collect {what}. Until you publish a programme in it, nothing earns.\n")
    return 0


def _rollback(desk: Desk, options: argparse.Namespace) -> int:
    at: datetime = options.at or desk.now
    with unit_of_work(desk.works.engine, desk.programme_id) as session:
        scope = Scope(session, desk.programme_id, desk.now, desk.works.cipher)
        number = roll_back_programme(scope, options.number, at=at, by=BY, shops=desk.shops)
    told = f"Version {number} of {desk.name} has the content of version {options.number} and holds from {said(at)} on."
    sys.stdout.write(f"{told}\n")
    _tell_later(desk, at)
    return 0
