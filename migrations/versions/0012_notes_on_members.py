"""Notes that staff write about members.

They are sealed, for they speak of people, and they are history: triggers refuse to remove one or to change anything but
the member, who may be merged with another, and the sealed words, which are sealed anew when keys are rotated and go
with the person.

Revision: 0012
Follows: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEPT = "programme_id, note_id, at, author, visibility, corrects"


def _guard_history() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, change in (("update", f"UPDATE OF {_KEPT}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER member_notes_no_{name} BEFORE {change} ON member_notes "
                "BEGIN SELECT RAISE(ABORT, 'member_notes is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER member_notes_no_change BEFORE UPDATE OF {_KEPT} OR DELETE ON member_notes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER member_notes_no_truncate BEFORE TRUNCATE ON member_notes "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "member_notes",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=64), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "note_id", name=op.f("pk_member_notes")),
    )
    op.create_index("ix_member_notes_member", "member_notes", ["programme_id", "member_id", "at"])
    _guard_history()


def downgrade() -> None:
    op.drop_table("member_notes")
