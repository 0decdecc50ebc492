"""The standing texts of the annual report: what the panel is, what its terms mean, how it works."""

from kscb_actions.child_deaths import terms
from kscb_actions.figures.printing.blocks import LEGEND_WORDS
from kscb_actions.terms import LazyText, say_later
from kscb_actions.wording import plural

from .protection import LIMIT_SECONDS

PURPOSE = say_later(
    "To tell the Board and the public how many children’s deaths the panel reviewed, what they were due to, "
    "what might have been changed, and what has been learnt."
)
ACCESSIBILITY = say_later(
    "Every chart stands beside a table of the same numbers and says in words what it shows. The report is a "
    "page and a Word file that can be read aloud and enlarged; ask the Board for any other form."
)
SIGN_OFF = say_later(
    "Written by the author, agreed by the panel’s chair and the panel, and received by the Board."
)
EDITION = "The only one of this year, of data as at {day}"
AGREED = say_later("The panel’s chair agreed to its issue on {day}")
NOT_AGREED = "Not yet: this is a draft"
CIRCULATION = "For publication. Nothing in it is about one child."
AUTHOR = "Child Death Overview Panel co-ordinator"
OWNER = say_later("Chair of the Child Death Overview Panel")
INTRODUCTION = say_later(
    "The Child Death Overview Panel reviews the death of every child under 18 who lived in the Board’s area. "
    "Its members come from different agencies. It looks for what can be learnt to make other children safer; "
    "it does not look for who is to blame, and it takes the place of no coroner and no court."
)
SCOPE = (
    "All children who were born alive and died before their 18th birthday, wherever they died, if they lived "
    "in the area. Stillbirths and planned terminations within the law are not reviewed.",
    "A year runs from 1 April to 31 March. A death belongs to the year in which the child died, a review to "
    "the year in which the panel completed it. Many deaths are reviewed in a later year.",
    "The data of the year were frozen on the day that is named under the title. A year is issued once. A "
    "case that becomes known later counts in the next report like any other of that year, and a correction "
    "changes nothing that was issued.",
)
PROMISE = (
    "Where few children died, a number could tell who a child was. From the issued reports together no count "
    "of 1 to 4 can be calculated. Small numbers are therefore not shown, and neither are others from which "
    "they could be worked out, nor percentages of or on them:"
)
SMALL_NUMBERS = LEGEND_WORDS
NOT_PROMISED_INTRO = "This is not promised:"
NOT_PROMISED = (
    "that a family, or somebody who knows of a death, does not recognise it in a number;",
    "that a nought tells nothing: where none is counted, that is said;",
    "that nobody guesses a number from the choice of those that are not shown, or finds it likely;",
    "that a number stays hidden when it is laid beside what others have published, or what people know.",
)
AFTER_A_DEATH = (
    "Whoever learns of a child’s death tells the panel’s co-ordinator, who records it without a name.",
    "If the death was unexpected, professionals of health, police and social care respond together at once.",
    "Agencies that knew the child or the family are asked for what they know.",
    "A coroner’s inquest or criminal proceedings go on beside this, and may delay the review.",
)
REVIEWING: tuple[str | LazyText, ...] = (
    "Members read the anonymised case. A member with an interest in it takes no part.",
    "Which categories apply, which factors played a part, and whether any of them could be modified, is "
    "drafted before the meeting, and members comment on the draft; or each member proposes separately, and "
    "nobody sees another’s proposal before all are in.",
    "The panel discusses what was drafted or proposed, and decides. Where several categories apply, the "
    "uppermost in the list counts as the primary one.",
    "Where abuse or neglect is known or suspected, the panel considers a referral for a serious case review.",
    say_later("What was learnt becomes recommendations, which agencies act on and the Board checks."),
)
MODIFIABLE_MEANS = terms.MODIFIABLE_MEANS
DEFINITIONS = (
    ("Unexpected death", terms.UNEXPECTED_MEANS),
    ("Modifiable factor", MODIFIABLE_MEANS),
    *((f"{number} {name}", terms.CATEGORY_COVERS[number]) for number, name in terms.CATEGORIES.items()),
)
BEGINS = "The cases of the year are being counted."


def far_words(tables: int, rounds: int, proven: int, small: int, seconds: int) -> str:
    """Return in sentences how far the choice of what is hidden is; the numbers as in protection.Tell."""
    if not rounds:
        return f"{plural(tables, 'table')} and all that was issued before are laid side by side."
    return (
        f"{plural(tables, 'table')}, round {rounds}: {proven:,} of {plural(small, 'small number')} proven "
        f"hidden, after {seconds} of at most {LIMIT_SECONDS} seconds. Another round follows where one can be "
        "worked out."
    )
