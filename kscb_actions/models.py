"""Every table, each after those its rows refer to: for migrations, backups and checks of the whole."""

from kscb_actions.actions.acknowledging.models import Acknowledgement
from kscb_actions.actions.another_way.models import AnotherWay
from kscb_actions.actions.earlier.models import EarlierRecord, Reexamination
from kscb_actions.actions.milestones.models import Milestone
from kscb_actions.actions.models import Action, Contribution, Extension, JointOwner, ProgressUpdate
from kscb_actions.assurance.acknowledging.models import AnswerAcknowledgement
from kscb_actions.assurance.challenges.models import Challenge, ChallengeStep
from kscb_actions.assurance.models import (
    AssuranceDecision,
    CheckQuestion,
    DecisionTakenBack,
    Erasure,
    Evidence,
    EvidenceFile,
    Submission,
    SubmittedEvidence,
    TakenBack,
)
from kscb_actions.audit.models import AuditEvent
from kscb_actions.calendar_feeds.models import CalendarFeed
from kscb_actions.chasing.actions.models import Chase
from kscb_actions.chasing.answers.models import AnswerChase
from kscb_actions.chasing.challenges.models import ChallengeChase
from kscb_actions.chasing.clocks.models import ClockChase
from kscb_actions.chasing.ladder.models import LadderVersion, ReminderPause
from kscb_actions.chasing.log.models import Reminder
from kscb_actions.chasing.models import TakenOut
from kscb_actions.chasing.news.models import News, NewsPace
from kscb_actions.chasing.referred.models import CaseReferralChase
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.judging.models import Categorisation, Factor, PanelDecision
from kscb_actions.child_deaths.learning.models import Lesson, Referral, ReferralAnswer
from kscb_actions.child_deaths.meetings.models import Attendance, Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.child_deaths.particulars.models import Particulars
from kscb_actions.child_deaths.requests.models import (
    ReturnErasure,
    ReturnFile,
    ReturnPart,
    ReturnVerdict,
    SentReturn,
)
from kscb_actions.child_deaths.returns.models import AgencyReturn, ReturnChase
from kscb_actions.child_deaths.telling.models import PanelChase, PanelTold
from kscb_actions.figures.annual.models import (
    AnnualDraft,
    EarlierTotal,
    FrozenYear,
    IssuedReport,
    WithdrawnReport,
)
from kscb_actions.impact.models import ImpactAccount, ImpactChase, ImpactFile, ImpactJudgement
from kscb_actions.jobs.models import Lease, ReplacedWorker
from kscb_actions.mail.models import OutboxItem, OutboxMessage
from kscb_actions.measures.models import Measure, MeasureChase, Reading
from kscb_actions.meetings.calling.models import MeetingCall
from kscb_actions.meetings.deciding.models import MeetingDecision, MeetingRecord, MeetingTaskChase, SignOff
from kscb_actions.meetings.models import BodyReview, BodySeat, Meeting, MeetingBody
from kscb_actions.people.absences.models import Absence
from kscb_actions.people.models import (
    Agency,
    PasswordLink,
    RoleRequest,
    SentForm,
    SignInAttempt,
    SignInSession,
    User,
)
from kscb_actions.plans_in.models import OwnerName, PlanCorrection, PlanLayout, PlanRow
from kscb_actions.reports.drawing.models import PaperDrawing
from kscb_actions.reports.freezing.models import MeetingPaper
from kscb_actions.reports.kept.models import KeptPaper
from kscb_actions.reports.template.models import PaperTemplate
from kscb_actions.reviews.answers.models import AnswerView, GivenAnswer
from kscb_actions.reviews.dissemination.models import Dissemination
from kscb_actions.reviews.inspections.models import InspectionFinding
from kscb_actions.reviews.models import (
    AgencyResponse,
    NamedPerson,
    Recommendation,
    RecommendationTheme,
    Review,
    ReviewTheme,
    StageReached,
    StageTakenBack,
    StatutoryClock,
    Theme,
)
from kscb_actions.reviews.papers.models import PaperReader, ReviewPaper
from kscb_actions.reviews.publishing.models import ReleaseDecision
from kscb_actions.reviews.referring.models import CaseReferral, CaseReferralAnswer
from kscb_actions.searching.models import SearchText
from kscb_actions.settings.models import District, Setting

# Rows that are written once and stay as they were written; the database itself refuses otherwise. Of a file's
# row it lets one change happen, erasing.
APPEND_ONLY = (
    PlanCorrection,
    AuditEvent,
    StageReached,
    StageTakenBack,
    ReleaseDecision,
    ProgressUpdate,
    AnotherWay,
    EarlierRecord,
    Reexamination,
    Contribution,
    EvidenceFile,
    Submission,
    SubmittedEvidence,
    TakenBack,
    AssuranceDecision,
    DecisionTakenBack,
    ChallengeStep,
    GivenAnswer,
    AnswerView,
    AnswerChase,
    PanelDecision,
    DraftComment,
    Referral,
    ReferralAnswer,
    Chase,
    ChallengeChase,
    ClockChase,
    CaseReferralAnswer,
    MeetingTaskChase,
    ImpactChase,
    SignOff,
    ImpactFile,
    CaseReferralChase,
    ReturnChase,
    SentReturn,
    ReturnVerdict,
    PanelTold,
    PanelChase,
    MeasureChase,
    Reading,
    TakenOut,
    LadderVersion,
    Reminder,
    Acknowledgement,
    AnswerAcknowledgement,
    OutboxItem,
    IssuedReport,
    KeptPaper,
    WithdrawnReport,
    MeetingPaper,
    MeetingCall,
)
# Rows that carry no history: who is signed in, who guessed, which forms were sent, which processes run.
HOUSEKEEPING = (
    *(SignInSession, SignInAttempt, SentForm, PasswordLink, CalendarFeed),
    *(Lease, ReplacedWorker, News, PaperDrawing),
)
# Rows that say in one place what the events of others tell, written in the same change; kept like those.
TOLD_BY_OTHERS = (Reminder, SearchText)
ALL = (
    AuditEvent,
    SearchText,
    Setting,
    Agency,
    User,
    RoleRequest,
    Absence,
    SignInSession,
    SignInAttempt,
    SentForm,
    PasswordLink,
    CalendarFeed,
    OutboxMessage,
    OutboxItem,
    TakenOut,
    Theme,
    Review,
    StageReached,
    StageTakenBack,
    ReleaseDecision,
    StatutoryClock,
    ClockChase,
    NamedPerson,
    ReviewTheme,
    ReviewPaper,
    PaperReader,
    CaseReferral,
    CaseReferralAnswer,
    CaseReferralChase,
    PaperTemplate,
    OwnerName,
    PlanCorrection,
    PlanLayout,
    Recommendation,
    RecommendationTheme,
    InspectionFinding,
    Dissemination,
    AgencyResponse,
    GivenAnswer,
    AnswerView,
    AnswerChase,
    Action,
    JointOwner,
    Contribution,
    PlanRow,
    Milestone,
    ProgressUpdate,
    AnotherWay,
    EarlierRecord,
    Reexamination,
    Extension,
    Evidence,
    EvidenceFile,
    Erasure,
    Submission,
    SubmittedEvidence,
    TakenBack,
    CheckQuestion,
    AssuranceDecision,
    DecisionTakenBack,
    Challenge,
    ChallengeStep,
    AnswerAcknowledgement,
    District,
    ChildDeath,
    Particulars,
    AgencyReturn,
    ReturnPart,
    ReturnFile,
    SentReturn,
    ReturnVerdict,
    ReturnErasure,
    PanelMeeting,
    PanelSeat,
    PanelCase,
    Interest,
    Attendance,
    Draft,
    DraftComment,
    Categorisation,
    PanelDecision,
    Factor,
    Referral,
    ReferralAnswer,
    Lesson,
    Chase,
    ChallengeChase,
    ReturnChase,
    PanelTold,
    PanelChase,
    Measure,
    Reading,
    MeasureChase,
    LadderVersion,
    ReminderPause,
    Reminder,
    Acknowledgement,
    News,
    NewsPace,
    Lease,
    ReplacedWorker,
    AnnualDraft,
    IssuedReport,
    WithdrawnReport,
    FrozenYear,
    EarlierTotal,
    KeptPaper,
    PaperDrawing,
    MeetingBody,
    BodyReview,
    BodySeat,
    Meeting,
    MeetingPaper,
    MeetingDecision,
    MeetingTaskChase,
    MeetingRecord,
    SignOff,
    MeetingCall,
    ImpactJudgement,
    ImpactAccount,
    ImpactFile,
    ImpactChase,
)
