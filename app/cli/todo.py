"""``kizuna tasks`` and ``kizuna give``: what staff have to do for members, and a reward for nothing."""

import argparse
import sys
from uuid import UUID

from app.actions.close_task import close_task
from app.actions.give_reward import give_reward
from app.cli.working import at_programme
from app.db import shops, tasks
from app.db.members import new_id, word
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import ProgrammeRow, TaskRow
from app.db.tasks import View
from app.db.unit import unit_of_work
from app.loyalty.errors import AlreadyClosedError, UnknownRedemptionError, said
from app.loyalty.redeeming.redemptions import Ask
from jobs.works import Works

_ACTOR = "operator"
_MOST = 200
_CODE = 10


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("tasks", help="what staff have to do for members: list it, say that it is done")
    parser.add_argument("programme", help="its id, or the domain of one of its shops")
    parser.add_argument("--closed", action="store_true", help="what was done or cancelled")
    parser.add_argument("--done", metavar="ID", help="the task with this id is done")
    parser.add_argument("--cancel", metavar="ID", help="give up the task with this id; its points come back")
    parser.add_argument("--note", default="", help="a word about it, which is kept")
    parser.set_defaults(run=at_programme(_tasks))
    parser = commands.add_parser("give", help="give a member a reward for nothing, within the month's goodwill")
    parser.add_argument("programme", metavar="shop", help="the domain of the shop where it is given")
    parser.add_argument("member", type=UUID)
    parser.add_argument("reward", help="its id in the programme in force")
    parser.add_argument("--why", required=True, help="the reason, which is kept")
    parser.set_defaults(run=at_programme(_give))


def _tasks(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
    try:
        with unit_of_work(works.engine) as session:
            scope = Scope(session, row.programme_id, works.clock(), works.cipher)
            for task_id, done in ((options.done, True), (options.cancel, False)):
                if task_id is not None:
                    close_task(scope, task_id, done=done, actor=_ACTOR, note=options.note)
            listed = tasks.tasks(scope, View.CLOSED if options.closed else View.OPEN, _MOST)
            lines = [_line(task, scope) for task in listed]
            counted = tasks.figures(scope)
    except UnknownRedemptionError:
        sys.stderr.write("There is no task with this id. `kizuna tasks` lists them.\n")
        return 2
    except AlreadyClosedError:
        sys.stderr.write("The task was closed otherwise before. `kizuna tasks --closed` tells how.\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in [*lines, f"{counted.open} open, {counted.overdue} overdue."])
    return 0


def _line(task: TaskRow, scope: Scope) -> str:
    if task.closed_at is not None:
        end = f"{task.state} {said(task.closed_at)} by {task.closed_by}"
    elif task.due_at is None:
        end = "no day"
    else:
        end = f"{'OVERDUE' if task.due_at <= scope.now else 'due'} {said(task.due_at)}"
    return f"{task.redemption_id}  {end}  member {task.member_id}  {task.task}"


def _give(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
    key = f"give:{new_id().hex}"
    with unit_of_work(works.engine) as session:
        scope = Scope(session, row.programme_id, works.clock(), works.cipher)
        # Named by its id, a programme gives at its home shop.
        domains = {shop.domain: shop for shop in shops.of_programme(session, row.programme_id)}
        shop = domains.get(options.programme) or shops.get(session, row.programme_id, row.home_shop_id)
        can = works.platforms[shop.platform].capabilities
        asked = Request(key, "give", options.member, {"reward": options.reward}, _ACTOR, options.why)
        answer = give_reward(
            scope, shop.shop_id, asked, Ask(key, f"GIVE-{word(_CODE).upper()}", options.reward),
            codes_revive=can.codes_revive, abilities=can.abilities,
        )  # fmt: skip
        rung = shop.shop_id
    if answer.refused is not None:
        numbers = "".join(f", {name} {value}" for name, value in answer.numbers.items())
        sys.stderr.write(f"Not given: {answer.refused}{numbers}.\n")
        return 1
    works.bell.ring("outbox", row.programme_id, rung)
    sys.stdout.write(f"Given: {options.reward}, as {key}.\n")
    return 0
