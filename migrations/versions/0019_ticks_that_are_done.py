"""When a job of the timetable was done to its end, so that a turn nobody finished is taken again the same night.

Turns taken before count as done: which of them were is not known, and doing all of them again helps nobody.

Revision: 0019
Follows: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | Sequence[str] | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("ticks", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE ticks SET done_at = at")


def downgrade() -> None:
    op.drop_column("ticks", "done_at")
