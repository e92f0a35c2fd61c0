"""Remember when the people of a workspace were read, what their profiles say, and who of them is on no roster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("workspaces", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("zone", "locale"):
        op.add_column("identities", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _strangers()


def downgrade() -> None:
    """Go down."""
    op.drop_table("strangers")
    for name in ("locale", "zone"):
        op.drop_column("identities", name)
    op.drop_column("workspaces", "read_at")


def _strangers() -> None:
    op.create_table(
        "strangers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_strangers_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strangers")),
        sa.UniqueConstraint("workspace_id", "platform_id", name=op.f("uq_strangers_workspace_id_platform_id")),
    )
    op.create_index("ix_strangers_email", "strangers", ["email"])
