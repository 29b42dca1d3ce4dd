"""Bugs in what is posted: amounts, their conservation, their history."""

from typing import Final

from tests.mutants.bug import Bug

LEDGER: Final = (
    Bug(
        "L1", "a posting arrives one point short", "app/db/ledger.py",
        "changes[posting.destination] = changes.get(posting.destination, 0) + posting.amount",
        "changes[posting.destination] = changes.get(posting.destination, 0) + posting.amount - 1",
        ("tests/actions/test_adjust_points.py",),
    ),
    Bug(
        "L2", "SQLite lets history be deleted", "migrations/versions/0001_first_tables.py",
        'for change in ("UPDATE", "DELETE"):', 'for change in ("UPDATE",):',
        ("tests/db/test_append_only.py",),
    ),
    Bug(
        "L3", "a request under a known key is carried out again", "app/db/requests.py",
        "    if row is None:\n        return None", "    return None",
        ("tests/actions/test_redeem_reward.py",),
    ),
    Bug(
        "L3", "a key may be used again with other content", "app/db/requests.py",
        "if row.input_hash != request.input_hash:", "if not row.input_hash:",
        ("tests/actions/test_redeem_reward.py",),
    ),
    Bug(
        "L3 W3", "an older snapshot takes the place of a newer one", "app/actions/take_order.py",
        "known[1].updated_at > order.updated_at:", "known[1].updated_at < order.updated_at:",
        ("tests/actions/test_settle_facts.py", "tests/actions/test_shuffles.py"),
    ),
    Bug(
        "L4", "a reward may be had for one point less than it costs", "app/loyalty/redeeming/eligibility.py",
        "if books.available < need:", "if books.available + 1 < need:",
        ("tests/loyalty/test_redemptions.py", "tests/loyalty/test_eligibility.py"),
    ),
    Bug(
        "L4", "what clamp forgives is owed all the same", "app/loyalty/settling.py",
        "        if clamp:\n", "        if clamp and amount < 0:\n",
        ("tests/loyalty/test_settling.py", "tests/cases"),
    ),
    Bug(
        "L4", "members are not locked", "app/db/memberfiles.py",
        "members.with_for_update() if locked else members", "members",
        ("tests/actions/test_at_once.py", "tests/actions/test_budgets.py", "tests/actions/test_overtaking.py"),
    ),
    Bug(
        "L4", "SQLite takes its write lock only at the first write", "app/db/unit.py",
        '"BEGIN" if reading else "BEGIN IMMEDIATE"', '"BEGIN"',
        ("tests/actions/test_at_once.py",),
    ),
    Bug(
        "L5", "points leave a lot and its cached balance stays", "app/db/ledger.py",
        '    less = [row for row in balances if row["amount"] < 0 and row["lot"]]',
        '    less = [row for row in balances if row["amount"] < 0 and row["lot"]][:0]',
        ("tests/actions/test_redeem_reward.py",),
    ),
    Bug(
        "rule 1", "points that expired are taken back once more", "app/loyalty/settling.py",
        "back = max(0, given.posted - given.expired - amount)", "back = max(0, given.posted - amount)",
        ("tests/loyalty/test_settling.py", "tests/loyalty/test_passing_time.py", "tests/cases"),
    ),
    Bug(
        "F-22", "points expire an instant late", "app/loyalty/settling.py",
        "if lot.expires_at is not None and lot.expires_at <= at:\n            books.of",
        "if lot.expires_at is not None and lot.expires_at < at:\n            books.of",
        ("tests/loyalty/test_passing_time.py",),
    ),
    Bug(
        "rule 10", "our own code earns points on itself", "app/loyalty/base.py",
        " + sum(use.amount_minor for use in order.codes)", "",
        ("tests/loyalty/test_base.py",),
    ),
    Bug(
        "rule 9", "money goes through a float", "app/loyalty/money.py",
        "scaled = Fraction(value) * 10 ** exponent(currency)",
        "scaled = Fraction(float(value)) * 10 ** exponent(currency)",
        ("tests/loyalty/test_money.py",),
    ),
    Bug(
        "F-11", "every currency has two decimals", "app/loyalty/money.py",
        "return _EXPONENTS.get(currency, 2)", "return 2",
        ("tests/loyalty/test_money.py",),
    ),
    Bug(
        "budgets", "staff give more than the month's budget", "app/actions/goodwill_budget.py",
        "if have is not None and need > have:", "if have is None and need > 0:",
        ("tests/actions/test_give_goodwill.py", "tests/actions/test_budgets.py"),
    ),
    Bug(
        "draws", "a draw does not follow its seed", "app/loyalty/redeeming/draws.py",
        'f"{seed}\\n{member}".encode()', "member.encode()",
        ("tests/actions/test_draw_surprise.py",),
    ),
)  # fmt: skip
