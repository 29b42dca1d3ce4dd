"""Since when a member wants no offers, picks and recommendations of their own; null for who never said so.

Revision: 0018
Follows: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | Sequence[str] | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("members", sa.Column("impersonal_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "impersonal_since")
