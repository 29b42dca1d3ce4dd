"""Every mapped table, by noun. The programme is the wall between tenants: its id comes first in every key."""

from app.db.tables.base import Base
from app.db.tables.facts import (
    BirthdayRow,
    ClickRow,
    EventRow,
    GrantRow,
    OrderRow,
    ReferralRow,
    RequestRow,
    ReviewRow,
    RuleGrantRow,
)
from app.db.tables.hearing import CaseRow, CaseStepRow, NoteRow, ProfileAnswerRow, QuestionProductRow, QuestionRow
from app.db.tables.inbox import InboxBodyRow, InboxRow
from app.db.tables.ledger import BalanceRow, LotRow, PostingRow, SettlementRow, TransactionRow
from app.db.tables.members import IdentityRow, MemberRow, MergeRow, PersonRow, TierInvitationRow
from app.db.tables.operations import AuditRow, ConnectStateRow, DeedRow, InvitationRow, SignInLinkRow, TickRow
from app.db.tables.outbox import OutboxRow
from app.db.tables.privacy import ForgottenRow, PrivacyRow
from app.db.tables.programmes import DraftRow, ProgrammeRow, VersionRow
from app.db.tables.recommendations import PairRow, RhythmRow
from app.db.tables.redemptions import RedemptionRow, StockRow, TaskRow
from app.db.tables.shops import CredentialsRow, CursorRow, DirectoryRow, ListenerRow, ShopRow

__all__ = [
    "AuditRow",
    "BalanceRow",
    "Base",
    "BirthdayRow",
    "CaseRow",
    "CaseStepRow",
    "ClickRow",
    "ConnectStateRow",
    "CredentialsRow",
    "CursorRow",
    "DeedRow",
    "DirectoryRow",
    "DraftRow",
    "EventRow",
    "ForgottenRow",
    "GrantRow",
    "IdentityRow",
    "InboxBodyRow",
    "InboxRow",
    "InvitationRow",
    "ListenerRow",
    "LotRow",
    "MemberRow",
    "MergeRow",
    "NoteRow",
    "OrderRow",
    "OutboxRow",
    "PairRow",
    "PersonRow",
    "PostingRow",
    "PrivacyRow",
    "ProfileAnswerRow",
    "ProgrammeRow",
    "QuestionProductRow",
    "QuestionRow",
    "RedemptionRow",
    "ReferralRow",
    "RequestRow",
    "ReviewRow",
    "RhythmRow",
    "RuleGrantRow",
    "SettlementRow",
    "ShopRow",
    "SignInLinkRow",
    "StockRow",
    "TaskRow",
    "TickRow",
    "TierInvitationRow",
    "TransactionRow",
    "VersionRow",
]
