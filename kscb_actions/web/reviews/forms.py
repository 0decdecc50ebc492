"""Forms of reviews, recommendations and answers."""

from collections.abc import Iterable
from typing import Any

from flask import g
from wtforms.validators import ValidationError

from kscb_actions.meetings.models import Meeting
from kscb_actions.people.models import User
from kscb_actions.reviews.answers.rules import OWN_ANSWERS
from kscb_actions.reviews.endings import ENDING_CHOICES
from kscb_actions.reviews.guidance.rules import all_stages, kinds_offered, stages_offered
from kscb_actions.reviews.inspections.queries import name_of_area
from kscb_actions.reviews.inspections.rules import AREA_NAMES, BECAME_NAMES, Area, AreaFacts
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review, Theme
from kscb_actions.reviews.queries import last_recorded_stage, themes_of_recommendation, themes_of_review
from kscb_actions.reviews.rules import (
    ANSWER_NAMES,
    CLASSIFICATIONS,
    HOLD_NAMES,
    STAGE_NAMES,
    RecommendationFacts,
    ReviewFacts,
    Stage,
    kind_names,
)
from kscb_actions.settings.rules import GUIDANCE_NAMES, Guidance
from kscb_actions.terms import say_later
from kscb_actions.text import InvalidInput, whole_number
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    radios,
    reason_area,
    save_button,
    select,
    text_area,
    text_line,
)

PUT_RIGHT, TAKE_BACK = "put_right", "take_back"
LIFTED = "lifted"
EXAMPLES = {Guidance.SERIOUS_CASE: "SCR-2011-02", Guidance.PRACTICE: "LCSPR-2026-02"}


NEEDS_REASON = "Needed for “Decided”, “Considered, not held” and “Not published”: the reason."
DECISION_MAKER = "Whose decision is it? (optional)"
WHOSE = say_later(
    "For “Decided” and “Considered, not held”. For example: the independent chair, by letter of "
    "12 March 2012."
)


class ThemedForm(HouseForm):
    """A form in which themes of the board's list are ticked."""

    themes = checkboxes(
        "Themes", hint="Choose all that apply. They lead to the same lesson in other reviews."
    )

    def offer(self, themes: list[Theme]) -> None:
        """Put the board's themes on offer."""
        self.themes.choices = options((str(each.id), each.name) for each in themes)

    @property
    def theme_ids(self) -> tuple[int, ...]:
        """Return the ids that were ticked; what is no number is not among them."""
        return tuple(found for each in self.themes.data or () if (found := whole_number(each)))


class ReviewForm(ThemedForm):
    """The facts of a review that can be changed."""

    guidance = radios(
        "Which guidance does it go by?",
        GUIDANCE_NAMES.items(),
        "It sets the kinds of review, their stages and their dates. Change it only where it is wrong.",
    )
    kind = radios("What kind of review is it?")
    title = text_line("Title", "Say what it is about without a name, an age or an address.")
    pseudonym = text_line(
        "Pseudonym (optional)", "How papers call the child, like Child A. Never a real name."
    )
    summary = text_area("Summary (optional)", "What happened, in a few sentences. No real names.")
    classification = select("Classification", [(each, each) for each in CLASSIFICATIONS], wrong=None)
    author = text_line("Author of the report (optional)", "Who writes the overview report.")
    panel_chair = text_line("Chair of the review’s panel (optional)")
    is_restricted = checkbox("Restricted: only people named on the review may see it")
    submit = save_button()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kind_names(g.board.has_child_deaths, self.kind.object_data)
        self.kind.choices = options(kinds.items())

    def facts(self, reference: str) -> ReviewFacts:
        """Return what was typed, for the service."""
        return ReviewFacts(
            reference=reference,
            kind=self.kind.data,
            title=self.title.data,
            pseudonym=self.pseudonym.data,
            summary=self.summary.data,
            classification=self.classification.data,
            is_restricted=self.is_restricted.data,
            theme_ids=self.theme_ids,
            author=self.author.data,
            panel_chair=self.panel_chair.data,
            guidance=self.chosen_guidance,
        )

    @property
    def chosen_guidance(self) -> str:
        """Return what the review goes by, as it was chosen."""
        return str(self.guidance.data)

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return the values of the fields as the review has them."""
        return {
            "version": str(review.version),
            "guidance": review.guidance,
            "kind": review.kind,
            "title": review.title,
            "pseudonym": review.pseudonym,
            "summary": review.summary,
            "classification": review.classification,
            "is_restricted": review.is_restricted,
            "author": review.author,
            "panel_chair": review.panel_chair,
            "themes": [str(theme.id) for theme in themes_of_review(review)],
        }


class NewReviewForm(ReviewForm):
    """A review to record, at the stage it has reached."""

    guidance = None
    goes_by = Guidance.SERIOUS_CASE

    reference = text_line("Reference")
    stage = select("Stage it has reached", wrong=None)
    reached_on = DayField("When did it reach this stage?", called="Date of the stage")
    note = text_area("Note on the stage (optional)", NEEDS_REASON)
    decision_maker = text_line(DECISION_MAKER, WHOSE.text)

    def go_by(self, guidance: Guidance) -> None:
        """Offer the kinds and stages of this guidance."""
        self.goes_by = guidance
        self.kind.choices = options(kinds_offered(guidance, g.board.has_child_deaths).items())
        self.stage.choices = options([("", "Choose a stage"), *all_stages(guidance).items()])
        self.reference.description = (
            f"Capital letters, digits and hyphens, like {EXAMPLES[guidance]}. It cannot be changed."
        )

    @property
    def chosen_guidance(self) -> str:
        """Return what the review goes by, as the page's address has it."""
        return self.goes_by


class StageForm(HouseForm):
    """A stage that a review has reached."""

    stage = radios("Which stage?")
    reached_on = DayField("When was it reached?", called="Date of the stage")
    note = text_area("Note (optional)", NEEDS_REASON)
    decision_maker = text_line(DECISION_MAKER, f"{WHOSE} Of “Plan signed off”: who signed it off.")
    held_in = select("In which meeting? (optional)", hint="Of “Plan signed off”.", wrong=None)
    meeting = text_line(
        "In a meeting that is not in the list? (optional)",
        "Of “Plan signed off”, before the board kept its meetings here, such as: Board, 14 March 2012.",
    )
    submit = save_button()

    def offer(self, review: Review, meetings: Iterable[Meeting]) -> None:
        """Offer the stages that such a review can reach, and the meetings in which it can be signed off."""
        self.stage.choices = options(stages_offered(review.guidance, review.kind).items())
        named = ((str(each.id), each.full_name) for each in meetings)
        self.held_in.choices = options([("", "None of these"), *named])

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return the stage that was recorded last, as it is kept."""
        last = last_recorded_stage(review)
        names = ("stage", "reached_on", "note", "decision_maker", "meeting")
        return {name: getattr(last, name) for name in names} if last else {}


class DecideForm(HouseForm):
    """The independent chair's decision whether to hold a review."""

    outcome = radios(
        "What have you decided?",
        [(Stage.DECIDED.value, "A review is held"), (Stage.NOT_HELD.value, "No review is held")],
    )
    decided_on = DayField("When did you decide?", called="Date of the decision")
    rationale = text_area("Why?", "The reason, as it is to be read later. No real names.")
    submit = save_button("Record the decision")

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return the stage that was recorded last, as it is kept."""
        last = last_recorded_stage(review)
        if last is None:
            return {}
        return {
            "outcome": STAGE_NAMES[Stage(last.stage)],
            "decided_on": last.reached_on,
            "rationale": last.note,
        }


class CorrectStageForm(HouseForm):
    """What is to become of a stage that was recorded wrongly."""

    what = radios(
        "What is wrong?",
        [
            (PUT_RIGHT, "The day: it was reached on another day"),
            (TAKE_BACK, "The stage: the review has not reached it"),
        ],
    )
    reached_on = DayField("When was it reached?", called="Date of the stage")
    reason = reason_area("Why?", "For example: the year was typed wrongly.")
    submit = save_button()

    def validate_what(self, field: object) -> None:
        """Ask for one of the two to be chosen."""
        if self.what.data not in (PUT_RIGHT, TAKE_BACK):
            raise ValidationError("Choose what is wrong.")


class HoldForm(HouseForm):
    """A hold to place, to change or to lift."""

    kind = radios("Why is it on hold?")
    reason = reason_area("Reason", "For whoever reads this later. No real names.")
    submit = save_button()

    def offer(self, review: Review) -> None:
        """Offer what would change something: the other kinds of hold and, when there is one, its end."""
        kinds = [(kind, name) for kind, name in HOLD_NAMES.items() if kind != review.hold_kind]
        self.kind.choices = options([(LIFTED, "Lift the hold")] * bool(review.hold_kind) + kinds)
        if review.hold_kind:
            self.kind.label.text = "What changes?"

    @staticmethod
    def filled(review: Review) -> dict[str, Any]:
        """Return the hold as it stands, in words."""
        return {"kind": HOLD_NAMES.get(review.hold_kind, "Not on hold"), "reason": review.hold_reason}


class NameForm(HouseForm):
    """A person to name on a restricted review."""

    person = select("Person", wrong="Choose a person from the list.")
    submit = save_button("Name this person")

    def offer(self, people: list[User]) -> None:
        """Offer these people, each with their agency."""
        named = [
            (str(each.id), f"{each.name}, {each.agency.name}" if each.agency else each.name)
            for each in people
        ]
        self.person.choices = options([("", "Choose a person"), *named])


def area_choices(areas: Iterable[Recommendation]) -> list[tuple[str, str]]:
    """Return areas of other inspections to choose from, and none."""
    return [("", "None"), *((str(each.id), f"{name_of_area(each)}: {each.text[:80]}") for each in areas)]


def chosen_of(people: list[User], value: str) -> User:
    """Return whom a form names by their id. Raises InvalidInput for nobody of these people."""
    person = next((each for each in people if str(each.id) == value), None)
    if person is None:
        raise InvalidInput({"person": "Choose a person from the list."})
    return person


class ThemeForm(HouseForm):
    """A theme for the board's list."""

    name = text_line(
        "New theme", "A lesson that recurs, in a few words, like “Fathers and new partners are missed”."
    )
    submit = save_button("Add the theme")


class RenameThemeForm(HouseForm):
    """Another name for a theme."""

    name = text_line("Name", "Reviews and recommendations that carry the theme have the new name at once.")
    submit = save_button()


class RecommendationForm(ThemedForm):
    """A recommendation."""

    text = text_area("Recommendation", "As the report words it.")
    intended_outcome = text_area("Intended outcome (optional)", "What will be different for children?")
    addressed_to = text_line(
        "Addressed to (optional)",
        "As the report says it, like “All Board agencies”. You choose agencies later.",
    )
    published_number = text_line(
        "Number in the report (optional)", "As it stands there, like 4.3.1 or 2 (i)."
    )
    heading = text_line(
        "Heading or phase (optional)",
        "What it stands under in the report. Write it alike to keep them together.",
    )
    is_key = checkbox("Key recommendation")
    area = radios("What kind of area is it?", AREA_NAMES.items())
    earlier = select(
        "Area of the inspection before (optional)", hint="Where this was named by an inspection before."
    )
    became = select("What became of the earlier area? (optional)", [("", "Not said"), *BECAME_NAMES.items()])
    submit = save_button()

    def of_review(self, review: Review | None, earlier: Iterable[Recommendation] = ()) -> None:
        """Ask in the words of the review; of an inspection, what area it is, and which of these it was."""
        if review is None or not review.is_inspection:
            del self.area, self.earlier, self.became
            return
        self.area.data = self.area.data or Area.DEVELOPMENT.value
        self.earlier.choices = options(area_choices(earlier))
        self.text.label.text = AREA_NAMES[Area.DEVELOPMENT].removesuffix(" for development")
        self.is_key.label.text = "Key area"

    def facts(self) -> RecommendationFacts:
        """Return what was typed, for the service."""
        return RecommendationFacts(
            self.text.data,
            self.intended_outcome.data,
            self.addressed_to.data,
            self.theme_ids,
            self.published_number.data,
            self.heading.data,
            self.is_key.data,
            self._area() if "area" in self else None,
        )

    def _area(self) -> AreaFacts:
        return AreaFacts(self.area.data, whole_number(self.earlier.data), self.became.data or "")

    @staticmethod
    def filled(recommendation: Recommendation) -> dict[str, Any]:
        """Return the values of the fields as the recommendation has them."""
        return {
            "version": str(recommendation.version),
            "text": recommendation.text,
            "intended_outcome": recommendation.intended_outcome,
            "addressed_to": recommendation.addressed_to,
            "published_number": recommendation.published_number,
            "heading": recommendation.heading,
            "is_key": recommendation.is_key,
            "area": recommendation.area,
            "earlier": str(recommendation.earlier_area_id or ""),
            "became": recommendation.became,
            "themes": [str(theme.id) for theme in themes_of_recommendation(recommendation)],
        }


class AgencyAnswerForm(HouseForm):
    """An agency's answer to a recommendation, given by the agency or recorded for it."""

    answer = radios("What does the agency answer?", ANSWER_NAMES.items())
    reason = reason_area("Reason (optional)", "Needed when the agency accepts only a part, or nothing.")
    will_do = text_area("What will the agency do? (optional)", "In a sentence or two. No real names.")
    why_changed = text_area(
        "Why is the answer changed?", "The earlier answer stays readable beside the new one."
    )
    given_on = DayField("When did the agency answer? (optional)")
    submit = save_button()

    def for_agency(self) -> None:
        """Ask as somebody of the agency is asked: they answer today, and with an answer."""
        self.answer.label.text = "What does your agency answer?"
        self.answer.choices = options(OWN_ANSWERS.items())
        self.will_do.label.text = "What will your agency do? (optional)"
        del self.given_on

    def typed(self) -> dict[str, Any]:
        """Return what was typed, as `answer_recommendation` takes it."""
        return {
            "answer": self.answer.data,
            "reason": self.reason.data,
            "will_do": self.will_do.data,
            "why_changed": self.why_changed.data,
            "given_on": self.given_on.data if "given_on" in self else None,
        }

    @staticmethod
    def filled(response: AgencyResponse) -> dict[str, Any]:
        """Return the values of the fields as the answer has them."""
        return {
            "version": str(response.version),
            "answer": response.answer,
            "reason": response.reason,
            "will_do": response.will_do,
        }


class NewAgencyAnswerForm(AgencyAnswerForm):
    """The answer of an agency that has not been asked through an action."""

    agency = select("Agency", wrong="Choose an agency.")


class AskAnswersForm(HouseForm):
    """The agencies to ask for their answers, and the date to answer by."""

    agencies = checkboxes("Which agencies are asked?")
    due_on = DayField("Answer by")
    submit = save_button("Ask the agencies")


class ViewForm(HouseForm):
    """What the Board thinks of an agency's answer."""

    text = text_area("What does the Board think of it?", "The agency reads it. No real names.")
    submit = save_button()

    @staticmethod
    def filled(response: AgencyResponse) -> dict[str, Any]:
        """Return the version of the answer as it is now."""
        return {"version": str(response.version), "answer": response.answer}


class EndRecommendationForm(HouseForm):
    """A recommendation to note, to withdraw, or that is not for this Board."""

    ending = radios(
        "How does it end?", [(each, f"{name}: {what}") for each, (name, what) in ENDING_CHOICES.items()]
    )
    reason = reason_area(
        "Why? (optional for “Noted”)",
        "The agencies read it, and papers show it. No real names.",
    )
    submit = save_button()

    @staticmethod
    def filled(recommendation: Recommendation) -> dict[str, Any]:
        """Return how it ended and the reason, as they are kept."""
        return {"ending": recommendation.ended_as or "", "reason": recommendation.withdrawn_reason}


class BringBackForm(HouseForm):
    """A recommendation that has ended, to bring back."""

    reason = reason_area("Why is it brought back?", "It is kept in the audit trail. No real names.")
    submit = save_button()

    @staticmethod
    def filled(recommendation: Recommendation) -> dict[str, Any]:
        """Return no values to compare: this form holds nothing that is kept on the recommendation."""
        return {"reason": ""}
