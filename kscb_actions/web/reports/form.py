"""What a report is asked for, as a form: in the address of its page, and behind its download."""

from typing import Any

from werkzeug.datastructures import MultiDict

from kscb_actions.access.policy import Viewer
from kscb_actions.people.queries import list_agencies
from kscb_actions.reports.progress.appendices import Appendix, titled
from kscb_actions.reports.progress.queries import is_named, list_titles
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    save_button,
    select,
)

# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60


class ProgressReportForm(HouseForm):
    """Which review and agency, as at which day, and since which."""

    review = select("Review", wrong=None)
    agency = select("Agency", wrong="There is no agency with this code. Choose one from the list.")
    as_at = DayField(
        "As at",
        called="Date “as at”",
        asks=False,
        description="The day whose end is reported. Leave empty for today.",
    )
    since = DayField(
        "Changes since",
        called="Date “changes since”",
        asks=False,
        description="Leave empty for three months before the day of the report.",
    )
    publication = checkbox(
        "For publication",
        "Leaves out leads, narratives, reasons, pseudonyms, lists of evidence, and every review that is "
        "not released for publication.",
    )
    restricted = checkbox(
        "Include the restricted reviews on which I am named",
        "The report then says in its title, its file name and on every page that it contains them. It is for "
        "people named on every one of them.",
    )
    appendix = checkboxes(
        "Appendices",
        [(each.value, titled(each)) for each in Appendix],
        "The paper has none of them unless you tick it.",
    )
    submit = save_button("Show the report")

    @property
    def choice(self) -> ReportRequest:
        """Return what is asked for. Only after the form has been found right."""
        return ReportRequest(
            review=self.review.data,
            agency=self.agency.data,
            as_at=self.as_at.data,
            since=self.since.data,
            publication=self.publication.data,
            restricted="restricted" in self and self.restricted.data,
            appendices=tuple(self.appendix.data or ()),
        )

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Return the fields as they came in, as (name, value) pairs to be sent again."""
        names = ("review", "agency", "as_at", "since", "publication", "restricted", "appendix")
        return [(name, value) for name in names if name in self for value in self[name].raw_data or []]


def progress_form(viewer: Viewer, sent: MultiDict[str, Any]) -> ProgressReportForm:
    """Return the form with the reviews that this person may see, filled with what was sent."""
    filled = MultiDict(sent)
    for name in ("review", "agency"):
        filled.setdefault(name, "")
    # Nothing is changed by looking, and what is sent by POST is checked for its token before it comes here.
    form = ProgressReportForm(filled, meta={"csrf": False})
    if not is_named(viewer):
        del form.restricted
    titles = list_titles(viewer, MOST_LISTED + 1)
    reviews = [(reference, f"{reference}: {title}") for reference, title in titles]
    # Without choices the page has a box to type the reference in.
    form.review.choices = options([("", "All reviews"), *reviews] if len(reviews) <= MOST_LISTED else [])
    agencies = ((each.code, each.name) for each in list_agencies(active_only=False))
    form.agency.choices = options([("", "All agencies"), *agencies])
    return form
