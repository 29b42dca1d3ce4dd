"""Service cases: what a low score or rating opened, and what staff did about it.

One case a source, so that a webhook told twice opens no second one. The steps are history: triggers refuse to remove
them or to change anything but the sealed words, which are sealed anew when keys are rotated and go with the person.

Revision: 0011
Follows: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEPT = "programme_id, step_id, case_id, at, actor, what, amount, until"


def _guard_history() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, change in (("update", f"UPDATE OF {_KEPT}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER service_case_steps_no_{name} BEFORE {change} ON service_case_steps "
                "BEGIN SELECT RAISE(ABORT, 'service_case_steps is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER service_case_steps_no_change BEFORE UPDATE OF {_KEPT} OR DELETE ON service_case_steps "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER service_case_steps_no_truncate BEFORE TRUNCATE ON service_case_steps "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "service_cases",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=True),
        sa.Column("product", sa.String(length=255), nullable=True),
        sa.Column("order_id", sa.String(length=255), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "case_id", name=op.f("pk_service_cases")),
        sa.UniqueConstraint("programme_id", "source", name=op.f("uq_service_cases_programme_id_source")),
    )
    op.create_index("ix_service_cases_state", "service_cases", ["programme_id", "state", "due_at", "case_id"])
    op.create_index("ix_service_cases_member", "service_cases", ["programme_id", "member_id"])
    op.create_table(
        "service_case_steps",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "step_id", name=op.f("pk_service_case_steps")),
    )
    op.create_index("ix_service_case_steps_case", "service_case_steps", ["programme_id", "case_id", "at"])
    _guard_history()


def downgrade() -> None:
    op.drop_table("service_case_steps")
    op.drop_table("service_cases")
