"""What members tell about themselves: the latest answer to each profile question, with its time and version.

The version says what purpose was told. An answer is the member's: they change it and take it back, so nothing guards
these rows against change; one that was taken back stays without its answer, so that answering is paid for once.

Revision: 0016
Follows: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | Sequence[str] | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAID = "(SELECT current_setting('kizuna.programme', true))"
_SHOWN = f"{_SAID} = '*' OR programme_id = NULLIF(NULLIF({_SAID}, '*'), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "profile_answers",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.String(length=64), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "member_id", "question", name=op.f("pk_profile_answers")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY one_programme ON profile_answers USING ({_SHOWN}) WITH CHECK ({_SHOWN})")
        op.execute("ALTER TABLE profile_answers ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("profile_answers")
