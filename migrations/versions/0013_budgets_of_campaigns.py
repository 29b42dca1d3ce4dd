"""What orders have of the budgets of campaigns.

One row an order and campaign. The order tells whose it is, so nothing is to be moved where members are merged.

Revision: 0013
Follows: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    amount = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "campaign_grants",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("wanted", amount, nullable=False),
        sa.Column("granted", amount, nullable=False),
        sa.Column("used", amount, nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= granted", name=op.f("ck_campaign_grants_within")),
        sa.PrimaryKeyConstraint("programme_id", "shop_id", "order_id", "campaign", name=op.f("pk_campaign_grants")),
    )
    op.create_index("ix_campaign_grants_campaign", "campaign_grants", ["programme_id", "campaign", "used"])


def downgrade() -> None:
    op.drop_table("campaign_grants")
