"""What facts have of the budgets of earning rules.

One row a fact (an order, a review, an event), budget and period. The fact tells whose it is, so nothing is to be moved
where members are merged.

Revision: 0020
Follows: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | Sequence[str] | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAID = "(SELECT current_setting('kizuna.programme', true))"
_SHOWN = f"{_SAID} = '*' OR programme_id = NULLIF(NULLIF({_SAID}, '*'), '')::uuid"


def upgrade() -> None:
    amount = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "rule_grants",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("thing", sa.String(length=64), nullable=False),
        sa.Column("thing_id", sa.String(length=255), nullable=False),
        sa.Column("budget", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("wanted", amount, nullable=False),
        sa.Column("granted", amount, nullable=False),
        sa.Column("used", amount, nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= granted", name=op.f("ck_rule_grants_within")),
        sa.PrimaryKeyConstraint(
            "programme_id", "shop_id", "thing", "thing_id", "budget", "period", name=op.f("pk_rule_grants")
        ),
    )
    op.create_index("ix_rule_grants_budget", "rule_grants", ["programme_id", "budget", "period", "used"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY one_programme ON rule_grants USING ({_SHOWN}) WITH CHECK ({_SHOWN})")
        op.execute("ALTER TABLE rule_grants ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("rule_grants")
