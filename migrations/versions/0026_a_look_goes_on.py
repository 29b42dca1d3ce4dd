"""Where a look at what changed at a shop goes on that was too long for one turn, and when it began.

Revision: 0026
Follows: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | Sequence[str] | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cursors", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("cursors", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("cursors", "began_at")
    op.drop_column("cursors", "place")
