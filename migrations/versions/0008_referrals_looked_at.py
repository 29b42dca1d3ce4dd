"""Referrals that are looked at: when one was held back, what staff decided, and orders' traces as keyed hashes.

Revision: 0008
Follows: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("address_hash", sa.String(length=64), nullable=True))
    op.add_column("orders", sa.Column("network_hash", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_orders_network",
        "orders",
        ["programme_id", "placed_at"],
        postgresql_where=sa.text("network_hash IS NOT NULL"),
    )
    op.add_column("referrals", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("referrals", sa.Column("decision", sa.String(length=64), nullable=True))
    op.add_column("referrals", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("referrals", sa.Column("decided_by", sa.String(length=255), nullable=True))
    op.add_column("referrals", sa.Column("decided_why", sa.String(length=255), nullable=True))
    op.create_index(
        "ix_referrals_held",
        "referrals",
        ["programme_id", "held_at"],
        postgresql_where=sa.text("held_at IS NOT NULL"),
    )
    op.create_index(
        "ix_referrals_decided",
        "referrals",
        ["programme_id", "decided_at"],
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_referrals_decided", table_name="referrals")
    op.drop_index("ix_referrals_held", table_name="referrals")
    for column in ("decided_why", "decided_by", "decided_at", "decision", "held_at"):
        op.drop_column("referrals", column)
    op.drop_index("ix_orders_network", table_name="orders")
    op.drop_column("orders", "network_hash")
    op.drop_column("orders", "address_hash")
