"""Two more traces of orders for the referral desk, as keyed hashes: the device and what paid.

Revision: 0025
Follows: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | Sequence[str] | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("device_hash", sa.String(length=64), nullable=True))
    op.add_column("orders", sa.Column("payment_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "payment_hash")
    op.drop_column("orders", "device_hash")
