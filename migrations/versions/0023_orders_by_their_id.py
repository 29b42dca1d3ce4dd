"""Orders are found by their id alone: on a platform whose ids are global, two shops cannot have the same one.

Revision: 0023
Follows: 0022
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0023"
down_revision: str | Sequence[str] | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_orders_order", "orders", ["order_id"])


def downgrade() -> None:
    op.drop_index("ix_orders_order", "orders")
