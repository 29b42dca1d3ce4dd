"""Questions that members are asked, with their answers, and the products of the order they are about.

A question that was asked counts towards the quiet period whether it was answered or not, so it is a row from then on.
What members write in their own words is sealed.

Revision: 0009
Follows: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touchpoint", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=255), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=64), nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "question_id", name=op.f("pk_questions")),
        sa.UniqueConstraint(
            "programme_id",
            "survey",
            "shop_id",
            "order_id",
            name=op.f("uq_questions_programme_id_survey_shop_id_order_id"),
        ),
    )
    op.create_index("ix_questions_member", "questions", ["programme_id", "member_id"])
    op.create_index("ix_questions_answered", "questions", ["programme_id", "answered_at"])
    op.create_table(
        "question_products",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "question_id", "product", name=op.f("pk_question_products")),
    )


def downgrade() -> None:
    op.drop_table("question_products")
    op.drop_table("questions")
