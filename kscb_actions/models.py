"""Every table, highest room first: for migrations, backups and checks of the whole."""

from .actions.models import Action, Extension, ProgressUpdate
from .assurance.models import AssuranceDecision, Evidence, EvidenceFile, Submission, SubmittedEvidence
from .audit.models import AuditEvent
from .chasing.models import Chase, Lease, ReturnChase
from .deaths.models import AgencyReturn, ChildDeath, District, Interest, PanelCase, PanelMeeting, PanelSeat
from .figures.models import AnnualDraft, IssuedReport
from .mail.models import OutboxMessage
from .panels.models import (
    Attendance,
    Categorisation,
    Factor,
    Lesson,
    PanelDecision,
    Referral,
    ReferralAnswer,
)
from .people.models import Agency, PasswordLink, SignInAttempt, SignInSession, User
from .reviews.models import (
    AgencyResponse,
    NamedPerson,
    Recommendation,
    RecommendationTheme,
    Review,
    ReviewTheme,
    StageReached,
    StatutoryClock,
    Theme,
)
from .settings.models import Setting

# Rows that are written once and stay as they were written; the database itself refuses otherwise.
APPEND_ONLY = (
    AuditEvent,
    StageReached,
    ProgressUpdate,
    EvidenceFile,
    Submission,
    SubmittedEvidence,
    AssuranceDecision,
    PanelDecision,
    Referral,
    ReferralAnswer,
    Chase,
    ReturnChase,
    IssuedReport,
)
# Rows that carry no history: who is signed in, who guessed, who runs the jobs.
HOUSEKEEPING = (SignInSession, SignInAttempt, PasswordLink, Lease)
ALL = (
    AuditEvent,
    Setting,
    Agency,
    User,
    SignInSession,
    SignInAttempt,
    PasswordLink,
    OutboxMessage,
    Theme,
    Review,
    StageReached,
    StatutoryClock,
    NamedPerson,
    ReviewTheme,
    Recommendation,
    RecommendationTheme,
    AgencyResponse,
    Action,
    ProgressUpdate,
    Extension,
    Evidence,
    EvidenceFile,
    Submission,
    SubmittedEvidence,
    AssuranceDecision,
    District,
    ChildDeath,
    AgencyReturn,
    PanelMeeting,
    PanelSeat,
    PanelCase,
    Interest,
    Attendance,
    Categorisation,
    PanelDecision,
    Factor,
    Referral,
    ReferralAnswer,
    Lesson,
    Chase,
    ReturnChase,
    Lease,
    AnnualDraft,
    IssuedReport,
)
