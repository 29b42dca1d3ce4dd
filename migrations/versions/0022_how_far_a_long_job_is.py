"""How far a job of the timetable is that takes long, so that somebody goes on from there.

Revision: 0022
Follows: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | Sequence[str] | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("ticks", sa.Column("place", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("ticks", "place")
