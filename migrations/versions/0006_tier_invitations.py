"""Levels held by right: invitations, and until when a level is held.

Revision: 0006
Follows: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tier_invitations",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.String(length=255), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "invitation_id", name=op.f("pk_tier_invitations")),
    )
    with op.batch_alter_table("tier_invitations", schema=None) as batch_op:
        batch_op.create_index("ix_tier_invitations_member", ["programme_id", "member_id"], unique=False)

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("held_until")

    with op.batch_alter_table("tier_invitations", schema=None) as batch_op:
        batch_op.drop_index("ix_tier_invitations_member")

    op.drop_table("tier_invitations")
