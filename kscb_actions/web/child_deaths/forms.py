"""Forms of cases and of what agencies return on them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import HiddenField
from wtforms.validators import ValidationError

from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.births import are_kept
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import DeathFacts, KeptAge, age_on, days_of
from kscb_actions.child_deaths.cases.service import PLAIN
from kscb_actions.child_deaths.identity import CHECKED
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import DAYS_TO_ANSWER
from kscb_actions.people.models import Agency, User
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    radios,
    save_button,
    select,
    text_area,
    text_line,
)

UNITS = (("days", "days"), ("months", "months"), ("years", "years"))
FORGOTTEN = "It is used to work out the age, and not kept."
NO_AGE = "Age at death must be a whole number of days, months or years."
ENCRYPTED = "It is used to work out the age, and kept encrypted for staff who need it."


class DeathForm(HouseForm):
    """Ask what Form A says of a death, in its order; the age of who has no date of birth."""

    case_number = text_line("Case number", "Letters, digits, hyphens and slashes, like 11/042. Never a name.")
    notified_on = DayField("When was the panel notified?", called="Date of notification")
    date_of_birth = DayField("Date of birth")
    age_number = text_line("Age at death", "Only if you do not have the date of birth.")
    age_unit = select("Counted in", UNITS, wrong=None)
    sex = radios("Sex", terms.SEXES.items())
    ethnicity = select("Ethnicity", [("", "Choose"), *terms.ETHNICITIES.items()], wrong=None)
    district = select(
        "District the child lived in",
        hint="“Outside the Board’s area” where the child lived elsewhere and this panel reviews the death. "
        "If another area’s panel does, the case is not one of this panel.",
        wrong=None,
    )
    died_on = DayField("Date of death")
    place = select("Place of death", [("", "Choose"), *terms.PLACES.items()], wrong=None)
    event = select("What happened (optional)", [("", "Not recorded"), *terms.EVENTS.items()], wrong=None)
    suspected_category = select(
        "Category suspected (optional)",
        [
            ("", "As what happened suggests"),
            *((str(number), f"{number}. {name}") for number, name in terms.CATEGORIES.items()),
        ],
        hint="For agendas until the panel has decided. It goes into no table and no report.",
        wrong=None,
    )
    expected = radios("Was the death expected?", terms.EXPECTED.items())
    circumstances = text_area("Circumstances (optional)", f"What happened, in a few sentences. {CHECKED}")
    looked_after = radios("Was the child looked after?", terms.YES_NO.items())
    protection_plan = radios("Was there a child protection plan?", terms.STANDINGS.items())
    statutory_order = radios("Was there a statutory order?", terms.STANDINGS.items())
    asylum_seeking = radios("Was the child, or the family, seeking asylum?", terms.YES_NO.items())
    rapid_response = radios("Was there a rapid response, or a joint agency response?", terms.YES_NO.items())
    rapid_response_on = DayField("Date of that response (optional)")
    inquest = radios("Is there an inquest?", terms.INQUESTS.items())
    criminal = radios("Are there criminal proceedings?", terms.PROCEEDINGS.items())
    is_abuse_suspected = checkbox(
        "Abuse or neglect is known or suspected",
        "If so, you record next whether the death is referred to the SCR subgroup.",
    )
    is_another = checkbox("This is another child")
    twins_seen = HiddenField()
    submit = save_button()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.date_of_birth.description = ENCRYPTED if are_kept() else FORGOTTEN

    def offer(self, districts: Mapping[str, str]) -> None:
        """Put these districts, {code: name}, on offer."""
        self.district.choices = options([("", "Choose"), *districts.items()])

    @property
    def facts(self) -> DeathFacts:
        """Return what was typed, for the service."""
        values = {name: self[name].data for name in PLAIN}
        return DeathFacts(age_days=self._age_days(), **values)

    def has_seen(self, duplicates: Iterable[ChildDeath]) -> bool:
        """Return whether the person confirms that these, and no others, are other children.

        They are named on the page. A case recorded since the page was shown must be seen first.
        """
        now = _joined(duplicates)
        seen = bool(now) and self.is_another.data and self.twins_seen.data == now
        self.twins_seen.data = now
        return seen

    @staticmethod
    def filled(death: ChildDeath) -> dict[str, Any]:
        """Return the values of the fields as the case has them."""
        values = {name: getattr(death, name) for name in PLAIN}
        return values | {
            "version": str(death.version),
            "age_number": str(death.age_number),
            "age_unit": death.age_unit,
        }

    def _age_days(self) -> int | None:
        died_on, born_on = self.died_on.data, self.date_of_birth.data
        if born_on is not None:
            return (died_on - born_on).days if died_on and born_on <= died_on else None
        typed = (self.age_number.data or "").strip()
        if not re.fullmatch("[0-9]{1,4}", typed) or self.age_unit.data not in dict(UNITS):
            return None
        return days_of(KeptAge(int(typed), self.age_unit.data), died_on or date.max)

    def validate_age_number(self, field: Any) -> None:
        """Refuse an age that is no whole number, or not that of the date of birth beside it."""
        typed, unit = (field.data or "").strip(), self.age_unit.data
        if typed and not re.fullmatch("[0-9]{1,4}", typed):
            raise ValidationError(NO_AGE)
        born_on, died_on = self.date_of_birth.data, self.died_on.data
        is_as_filled = (typed, unit) == (field.object_data, self.age_unit.object_data)
        if not typed or not born_on or not died_on or born_on > died_on or is_as_filled:
            return
        age = age_on(born_on, died_on)
        if unit not in dict(UNITS) or getattr(age, unit) != int(typed):
            raise ValidationError(f"The date of birth says {age.words}. Correct it, or leave the age empty.")

    def _show_error(self, name: str, message: str) -> None:
        if name == "age_days":
            typed = (self.age_number.data or "").strip()
            name = "age_number" if typed else "date_of_birth"
            if typed and self._age_days() is None:
                message = NO_AGE
            elif not typed:
                message = "Enter the date of birth, or the age."
            if self.date_of_birth.errors or self.age_number.errors:
                return
        super()._show_error(name, message)


def _joined(duplicates: Iterable[ChildDeath]) -> str:
    return ";".join(str(each.id) for each in duplicates)


class AskForm(HouseForm):
    """Ask for agencies, and by when they are to answer."""

    agencies = checkboxes("Which agencies do you ask?")
    asked_on = DayField("When were they asked?", called="Date they were asked")
    due_on = DayField("When is the answer due?", called="Date the answer is due")
    by_hand = checkbox(
        "I ask agencies without a contact myself",
        "On paper or by telephone. You then record here what they answer.",
    )
    submit = save_button("Ask them")

    def offer(self, agencies: Iterable[Agency], contacts: Mapping[int, Sequence[User]]) -> None:
        """Put these agencies on offer; contacts: {id of an agency: who answers there}, where it has any."""
        self._agencies = {str(each.id): each for each in agencies}
        self.agencies.choices = options(
            (key, f"{each.name} ({_who(contacts.get(each.id, ()))})") for key, each in self._agencies.items()
        )

    @property
    def chosen(self) -> list[Agency]:
        """Return the agencies that were ticked, once the form is valid."""
        return [self._agencies[key] for key in self.agencies.data or ()]

    @staticmethod
    def begun(today: date) -> dict[str, date]:
        """Return the dates to begin with: asked today, three weeks to answer."""
        return {"asked_on": today, "due_on": today + timedelta(days=DAYS_TO_ANSWER.days)}


def _who(contacts: Sequence[User]) -> str:
    return ", ".join(each.name for each in contacts) or "no contact"


class ReturnAnswerForm(HouseForm):
    """Ask what an agency answered on paper."""

    answered_on = DayField("When did the answer come?", called="Date the answer came")
    knows_child = radios("Does the agency know the child?", terms.YES_NO.items())
    summary = text_area("What does it know?", f"In a few sentences, for the panel. {CHECKED}")
    submit = save_button("Save the answer")

    @staticmethod
    def filled(agency_return: AgencyReturn) -> dict[str, Any]:
        """Return the values of the fields as the return has them."""
        return {
            "version": str(agency_return.version),
            "answered_on": agency_return.answered_on,
            "knows_child": agency_return.knows_child,
            "summary": agency_return.summary,
        }


class TakeBackForm(HouseForm):
    """Ask why the request to an agency is taken back."""

    reason = text_area("Why is the request taken back?", "For whoever reads this later. No names.")
    submit = save_button("Take back")


class ReturnDatesForm(HouseForm):
    """Ask when an agency was asked, and by when it is to answer."""

    asked_on = DayField("When was it asked?", called="Date it was asked")
    due_on = DayField(
        "When is the answer due?",
        called="Date the answer is due",
        description="With a new date the reminders start again.",
    )
    submit = save_button("Save the dates")

    @staticmethod
    def filled(agency_return: AgencyReturn) -> dict[str, Any]:
        """Return the values of the fields as the return has them."""
        return {
            "version": str(agency_return.version),
            "asked_on": agency_return.asked_on,
            "due_on": agency_return.due_on,
        }
