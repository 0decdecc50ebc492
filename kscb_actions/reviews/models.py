"""Reviews and what hangs on them."""

from collections.abc import Mapping
from typing import ClassVar

import peewee

from kscb_actions.access.policy import Owners
from kscb_actions.database import InstantField, Model, Versioned
from kscb_actions.people.models import Agency, User
from kscb_actions.people.rules import body_of
from kscb_actions.wording import upper_first

from .endings import Ending, ending_of, ending_words
from .inspections.rules import Words, words_of
from .numbering import label_of
from .rules import Kind


class Theme(Versioned):
    """A theme that recurs across reviews."""

    event_room = "reviews"

    name = peewee.CharField(max_length=120, unique=True)


class Review(Versioned):
    """A serious case review or another source of recommendations. Never holds a real name of a child.

    `author`, `panel_chair`: who wrote its report and who chaired its panel, as the board puts it.
    `guidance`: which editions of the national guidance it goes by, a `settings.rules.Guidance`.
    `is_void`: it was recorded by mistake. What reads reviews keeps such out (`queries.visible_review`).
    `order_key`: what lists are sorted by for its reference (`text.order_key`).
    """

    event_room = "reviews"
    not_in_events: ClassVar[Mapping[str, str]] = {"order_key": "made of the reference"}
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "review": ("reference", "pseudonym"),
        "whole_review": ("reference", "pseudonym", "title", "summary"),
        "action_of_review": ("reference", "title"),
    }

    reference = peewee.CharField(max_length=30, unique=True)
    kind = peewee.CharField(max_length=30)
    pseudonym = peewee.CharField(max_length=80, default="")
    title = peewee.CharField(max_length=200)
    summary = peewee.TextField(default="")
    classification = peewee.CharField(max_length=30)
    is_restricted = peewee.BooleanField(default=False)
    stage = peewee.CharField(max_length=30)
    hold_kind = peewee.CharField(max_length=30, default="")
    hold_reason = peewee.TextField(default="")
    author = peewee.CharField(max_length=120, default="")
    panel_chair = peewee.CharField(max_length=120, default="")
    guidance = peewee.CharField(max_length=20, default="serious_case")
    is_void = peewee.BooleanField(default=False, index=True)
    order_key = peewee.TextField(default="", index=True)

    @property
    def is_inspection(self) -> bool:
        """Return whether it is an inspection, whose recommendations are areas."""
        return bool(self.kind == Kind.INSPECTION)

    @property
    def words(self) -> Words:
        """Return what its recommendations are called."""
        return words_of(self.is_inspection)

    def words_for(self, recommendation: "Recommendation") -> Words:
        """Return what one of its recommendations is called."""
        return words_of(self.is_inspection, recommendation.area)


class StageReached(Model):
    """The day a review reached a stage, and why, once said never changed.

    One that was recorded wrongly is among StageTakenBack; the right one has its moment of recording.
    `decided_by`: who recorded their own decision; empty for all that the board manager recorded, who says in
    `decision_maker` whose it is; of a plan signed off who did, and `meeting` in which meeting, if in one.
    """

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="stages")
    stage = peewee.CharField(max_length=30)
    reached_on = peewee.DateField()
    note = peewee.TextField(default="")
    recorded_at = InstantField()
    decided_by = peewee.ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    decision_maker = peewee.CharField(max_length=120, default="")
    meeting = peewee.CharField(max_length=200, null=True)


class StageTakenBack(Model):
    """That a stage was recorded wrongly: the day of it, or the stage at all."""

    event_room = "reviews"

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    stage = peewee.ForeignKeyField(StageReached, on_delete="RESTRICT", unique=True)
    reason = peewee.TextField()
    by = peewee.ForeignKeyField(User, on_delete="RESTRICT")
    at = InstantField()


class StatutoryClock(Versioned):
    """A date that guidance sets for a review; `kind` is one of `guidance.rules.CLOCKS`."""

    event_room = "reviews"
    removed_by = frozenset({"review.clock-removed"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="clocks")
    kind = peewee.CharField(max_length=20)
    due_on = peewee.DateField()
    met_on = peewee.DateField(null=True)

    class Meta:
        indexes = ((("review", "kind"), True),)


class NamedPerson(Model):
    """A person who may see a restricted review."""

    event_room = "reviews"
    removed_by = frozenset({"review.person-unnamed"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="named_people")
    user = peewee.ForeignKeyField(User, on_delete="RESTRICT")

    class Meta:
        indexes = ((("review", "user"), True),)


class ReviewTheme(Model):
    """A theme of a review."""

    event_room = "reviews"
    removed_by = frozenset({"review.theme-removed"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="themes")
    theme = peewee.ForeignKeyField(Theme, on_delete="RESTRICT")

    class Meta:
        indexes = ((("review", "theme"), True),)


class Recommendation(Versioned):
    """One recommendation; `number` counts inside its review, and `published_number` is its report's.

    `withdrawn_on` is empty while it stands. Else `ending` says how it ended (`endings.ending_of`): not only
    what was withdrawn has ended. `carried_from`: the recommendation of an earlier plan that goes on here.
    `is_void`: it was recorded by mistake, or its review was.
    `area`: of an inspection, what kind of area it is; `earlier_area` which one of the inspection before it
    was, and `became` what became of that, as `inspections.rules` have it.
    """

    event_room = "reviews"
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = {"recommendation": ("text",)}

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT", backref="recommendations")
    number = peewee.IntegerField()
    text = peewee.TextField()
    intended_outcome = peewee.TextField(default="")
    addressed_to = peewee.CharField(max_length=200, default="")
    withdrawn_on = peewee.DateField(null=True)
    withdrawn_reason = peewee.TextField(default="")
    carried_from = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="carried_to")
    published_number = peewee.CharField(max_length=20, default="")
    heading = peewee.CharField(max_length=200, default="")
    is_key = peewee.BooleanField(default=False)
    ending = peewee.CharField(max_length=12, default="")
    is_void = peewee.BooleanField(default=False, index=True)
    area = peewee.CharField(max_length=12, default="")
    earlier_area = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="+")
    became = peewee.CharField(max_length=12, default="")

    class Meta:
        indexes = ((("review", "number"), True),)

    @property
    def called(self) -> Words:
        """Return what it is called in its review, beside its label."""
        return words_of(self.review.is_inspection, self.area)

    @property
    def name(self) -> str:
        """Return what it is called at the head of a sentence, like "Recommendation 3"."""
        return f"{upper_first(self.called.one)} {self.label}"

    @property
    def full_name(self) -> str:
        """Return what it is called beside others, like "SCR-2011-02, recommendation 3"."""
        return f"{self.review.reference}, {self.called.one} {self.label}"

    @property
    def ended_as(self) -> Ending | None:
        """Return how it ended; None while it stands."""
        return ending_of(self.withdrawn_on, self.ending)

    @property
    def ended_words(self) -> str:
        """Return how and when it ended; "" while it stands."""
        return ending_words(self.ended_as, self.withdrawn_on) if self.ended_as else ""

    @property
    def label(self) -> str:
        """Return what people call it, like "3", or "4.3.1 (R3)" where its report has a number for it."""
        return label_of(self.number, self.published_number)


class RecommendationTheme(Model):
    """A theme of a recommendation."""

    event_room = "reviews"
    removed_by = frozenset({"recommendation.theme-removed"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="themes")
    theme = peewee.ForeignKeyField(Theme, on_delete="RESTRICT")

    class Meta:
        indexes = ((("recommendation", "theme"), True),)


class AgencyResponse(Versioned):
    """One agency's answer to one recommendation, as it is now; each as it was given is a GivenAnswer.

    asked_on           when the agency was first asked to answer by a date; empty where it never was
    first_due_on       the first date to answer by, which "in time" is judged by
    due_on             the date to answer by now
    first_answered_on  the day of the first answer; empty while it waits
    viewed_on          when the Board said what it thinks of the present answer
    """

    event_room = "reviews"
    removed_by = frozenset({"recommendation.answer-not-asked"})

    review = peewee.ForeignKeyField(Review, on_delete="RESTRICT")
    recommendation = peewee.ForeignKeyField(Recommendation, on_delete="RESTRICT", backref="responses")
    agency = peewee.ForeignKeyField(Agency, on_delete="RESTRICT")
    answer = peewee.CharField(max_length=20, default="awaited")
    reason = peewee.TextField(default="")
    asked_on = peewee.DateField(null=True)
    first_due_on = peewee.DateField(null=True)
    due_on = peewee.DateField(null=True)
    first_answered_on = peewee.DateField(null=True)
    viewed_on = peewee.DateField(null=True)
    will_do = peewee.TextField(default="")

    class Meta:
        # The second is all that counting the answers of each agency has to read.
        indexes = ((("recommendation", "agency"), True), (("agency", "answer", "review"), False))

    @property
    def owners(self) -> Owners:
        """Return whose it is, for the policy; who is one body with it decides nothing either."""
        others = frozenset(body_of(self.agency_id, Agency.successors())) - {self.agency_id}
        return Owners(self.agency_id, former=others)
