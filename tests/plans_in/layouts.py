"""Plans in the layouts of real boards, in words of our own, and what each of them says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kscb_actions.plans_in.owners import Directory, KnownAgency

from .made import ABOVE, BEFORE, excel, numbered_by_word, word

TODAY = date(2012, 3, 30)
DIRECTORY = Directory(
    [
        KnownAgency("KPOL", "Kent Police"),
        KnownAgency(
            "CSS", "Kent County Council, Children's Social Services", ("Head of Policy and Standards",)
        ),
        KnownAgency("ELS", "Kent County Council, Education, Learning and Skills"),
        KnownAgency("KPRO", "Kent Probation"),
        KnownAgency("NHSK", "NHS Kent and Medway"),
        KnownAgency("KCHT", "Kent Community Health NHS Trust"),
    ],
    {"Early help pilot": ["CSS", "ELS"]},
)
EVERY = ("KPOL", "CSS", "ELS", "KPRO", "NHSK", "KCHT")


@dataclass(frozen=True)
class Layout:
    """A file, and the recommendations in it.

    Each is (number, text, heading, actions); an action is (text, agency, due, status, done), dates like
    2011-07-31.
    `problems` are places of what could not be read.
    """

    kind: str
    content: bytes
    expected: list[tuple]
    problems: tuple[str, ...] = ()


def board_of_2009() -> Layout:
    """Return a board's own table: no heading above the numbers, posts as owners, dates in words."""
    rows = [
        ["", "Recommendation", "Officer responsible", "Date for delivery"],
        [
            "1",
            "Take the audit of referrals to the Board.",
            "Head of Policy and Standards (A Writer)",
            "November 2009",
        ],
        [
            "2.",
            "To note that a strategy is being written.",
            "Director of CSS (B Writer) & Head of Youth, ELS",
            "",
        ],
        [
            "3.",
            "To note the pilot in Thanet.",
            "Director CSS & Policy Manager (C Writer)",
            "Implementation by October 2009",
        ],
        [
            "4.",
            "Look at referrals that come from courts.",
            "Acting Practice & Standards Manager",
            "January 2010",
        ],
        ["5.", "Share the young carers' strategy.", "All Board agencies", "December 2009"],
        ["6.", "To note the report.", "", ""],
    ]
    texts = [row[1] for row in rows[1:]]
    return Layout(
        "docx",
        word(rows),
        [
            ("1", texts[0], "", [(texts[0], "CSS", "2009-11-30", "", "")]),
            ("2", texts[1], "", [(texts[1], "CSS", "", "", "")]),
            ("3", texts[2], "", [(texts[2], "CSS", "2009-10-31", "", "")]),
            ("4", texts[3], "", [(texts[3], "", "2010-01-31", "", "")]),
            ("5", texts[4], "", [(texts[4], code, "2009-12-31", "", "") for code in EVERY]),
            ("6", texts[5], "", []),
        ],
        ("table 1, row 4, column 3", "table 1, row 5, column 3"),
    )


def multi_agency_review() -> Layout:
    """Return a cover table, then recommendations merged over the rows of their actions."""
    cover = [["Document", "Multi-agency action plan"], ["Version", "0.4"], ["Date", "4 May 2011"]]
    rows = [
        [
            "Recommendation",
            "Scope of recommendation",
            "Action to be taken",
            "Lead Agency",
            "Key milestones to enact recommendation",
            "Target date",
            "Progress indicator",
            "Agency response to recommendations",
            "Date of completion and outcome",
        ],
        [
            "1. Supervision reaches every nurse.",
            "Local",
            "Write a standard",
            "Kent Community Health",
            "Draft by June",
            "31/07/2011",
            "Green",
            "Accepted",
            "",
        ],
        [ABOVE, ABOVE, "Audit ten files", "Kent Community Health", "", "30.9.11", "Amber", "", ""],
        [ABOVE, ABOVE, "Report to the subgroup", "NHS Kent and Medway", "", "End of Q3 2011/12", "", "", ""],
        [
            "2. Schools hear of incidents by morning.",
            "Regional",
            "Agree a protocol",
            "Kent Police / Education",
            "",
            "Ongoing",
            "Red",
            "",
            "Delayed by a new system",
        ],
        [
            "",
            "",
            "Brief staff",
            "Education",
            "",
            "by end of September 2011",
            "Complete",
            "",
            "30 September 2011: 312 staff briefed",
        ],
    ]
    return Layout(
        "docx",
        word(cover, rows),
        [
            (
                "1",
                "Supervision reaches every nurse.",
                "",
                [
                    ("Write a standard", "KCHT", "2011-07-31", "Green", ""),
                    ("Audit ten files", "KCHT", "2011-09-30", "Amber", ""),
                    ("Report to the subgroup", "NHSK", "2011-12-31", "", ""),
                ],
            ),
            (
                "2",
                "Schools hear of incidents by morning.",
                "",
                [
                    ("Agree a protocol", "KPOL", "", "Red", ""),
                    ("Brief staff", "ELS", "2011-09-30", "Complete", "2011-09-30"),
                ],
            ),
        ],
    )


def business_plan_of_actions() -> Layout:
    """Return actions alone under headings that go over the whole row."""
    rows = [
        ["Specific Actions", "Timescale/Target", "Lead", "Output/Outcome measurement", "RAG rating"],
        ["Priority 1: Hearing children", BEFORE, BEFORE, BEFORE, BEFORE],
        ["Ask children about their plan", "March 2012", "CSS", "Views in every plan", "G"],
        ["Train chairs", "Dec-11", "All health", "40 chairs trained", "A"],
        ["Priority 2: Neglect", BEFORE, BEFORE, BEFORE, BEFORE],
        ["Agree one tool", "TBC", "Early help pilot", "One tool in use", ""],
    ]
    one, two = "Priority 1: Hearing children", "Priority 2: Neglect"
    return Layout(
        "docx",
        word(rows),
        [
            ("", rows[2][0], one, [(rows[2][0], "CSS", "2012-03-31", "G", "")]),
            ("", rows[3][0], one, [(rows[3][0], code, "2011-12-31", "A", "") for code in ("NHSK", "KCHT")]),
            ("", rows[5][0], two, [(rows[5][0], code, "", "", "") for code in ("CSS", "ELS")]),
        ],
    )


def scrutiny_review() -> Layout:
    """Return a workbook with a blank first row, title rows and numbers that must stay as they are shown."""
    rows = [
        [],
        ["Progress update: review of the safeguarding board"],
        ["As at 31 January 2012"],
        [],
        [
            "No.",
            "Recommendation",
            "Responsibility",
            "Date",
            "Progress presented to Committee",
            "Assessment of progress (Categories 1–4)",
        ],
        [
            (4.1, "0.00"),
            "Publish the plan each year.",
            "Kent Police",
            date(2011, 6, 30),
            "Published in June.",
            1,
        ],
        [(4.2, "0.00"), "Hold a seminar.", "Kent Probation", "autumn", "Not begun.", 3],
        ["Total: 2 recommendations"],
    ]
    return Layout(
        "xlsx",
        excel(("Update", rows)),
        [
            (
                "4.10",
                "Publish the plan each year.",
                "",
                [("Publish the plan each year.", "KPOL", "2011-06-30", "1", "")],
            ),
            ("4.20", "Hold a seminar.", "", [("Hold a seminar.", "KPRO", "", "3", "")]),
        ],
        ("sheet Update, D7",),
    )


def tracker_of_questions() -> Layout:
    """Return headings that are questions, in comma-separated text with lines inside cells."""
    text = (
        "Nos,What?,Who?,How?,When?,Success measures,Current Status,Outcome (report for Q1-Q4)\r\n"
        'R1,"Keep one chronology, shared",Kent Police,"Buy a licence\nTrain users",01/10/2011,One chronology,'
        "On track,\r\n"
        ",,CSS,Write guidance,2 Nov 2011,,Completed 28/10/2011,Issued to all\r\n"
        "R2,Tell fathers,Children's Social Services and Kent Probation,Letters,Immediate,,,\r\n"
    )
    return Layout(
        "csv",
        text.encode(),
        [
            (
                "R1",
                "Keep one chronology, shared",
                "",
                [
                    ("Buy a licence\nTrain users", "KPOL", "2011-10-01", "On track", ""),
                    ("Write guidance", "CSS", "2011-11-02", "Completed 28/10/2011", "2011-10-28"),
                ],
            ),
            ("R2", "Tell fathers", "", [("Letters", "CSS", "", "", "")]),
        ],
    )


def inspection_plan() -> Layout:
    """Return a workbook with merged cells, real dates, and a sheet of notes beside it."""
    head = [
        "No.",
        "Ofsted Para No",
        "Ofsted Area for Improvement",
        "Lead",
        "Action",
        "By When",
        "Progress",
        "R/A/G",
        "Monitoring and Evaluation",
    ]
    rows = [
        ["Improvement plan", BEFORE, BEFORE],
        head,
        [
            1,
            4.2,
            "Timely assessments",
            "Children's Social Services",
            "Weekly list",
            date(2012, 7, 31),
            "Nine of twelve",
            "A",
            "Monthly",
        ],
        [ABOVE, ABOVE, ABOVE, ABOVE, "Second reader", (41153, "mmm-yy"), "", "G", ""],
        [2, 4.5, "Recording", "KPOL", "Decision sheet", 41182, "", "", "Audit"],
    ]
    return Layout(
        "xlsx",
        excel(("Plan", rows), ("Notes", [["Nothing to take in here"]])),
        [
            (
                "1",
                "Timely assessments",
                "",
                [
                    ("Weekly list", "CSS", "2012-07-31", "A", ""),
                    ("Second reader", "CSS", "2012-09-30", "G", ""),
                ],
            ),
            ("2", "Recording", "", [("Decision sheet", "KPOL", "2012-09-30", "", "")]),
        ],
    )


def ticked_columns() -> Layout:
    """Return a status that is ticked in a column of its own, and a new date where it slipped."""
    rows = [
        [
            "Recommendation",
            "Responsible Officer",
            "Update on progress",
            "Achieved",
            "On Target to Achieve",
            "Give expected new achievement date",
        ],
        ["1) Fill the vacant posts", "Head of Policy and Standards", "All filled", "✓", "", ""],
        ["2) Move to one system", "Director of CSS", "Supplier late", "", "No", "30 April 2007"],
        ["3) Train all managers", "Director of CSS", "", "12/01/2007", "", ""],
    ]
    return Layout(
        "docx",
        word(rows),
        [
            ("1", "Fill the vacant posts", "", [("Fill the vacant posts", "CSS", "", "Achieved", "")]),
            ("2", "Move to one system", "", [("Move to one system", "CSS", "", "", "")]),
            ("3", "Train all managers", "", [("Train all managers", "CSS", "", "Achieved", "2007-01-12")]),
        ],
    )


def sheets_in_another_order() -> Layout:
    """Return columns in an order of their own, the plan on two sheets, headings in a column."""
    head = [
        "RAG status",
        "Target completion date",
        "Theme",
        "Rec No",
        "Lead organisation",
        "Agreed actions",
        "Recommendations",
    ]
    health = [
        head,
        ["Blue", "2011-05-31", "Health", "7", "NHSK", "Appoint a nurse", "A named nurse in each hospital"],
        ["Amber", "", "", "7", "KCHT", "Write to trusts", "A named nurse in each hospital"],
    ]
    police = [head, ["Red", "1 Feb 2012", "Police", "8", "KPOL", "Change the form", "Forms name every child"]]
    return Layout(
        "xlsx",
        excel(("Health", health), ("Police", police)),
        [
            (
                "7",
                "A named nurse in each hospital",
                "Health",
                [
                    ("Appoint a nurse", "NHSK", "2011-05-31", "Blue", ""),
                    ("Write to trusts", "KCHT", "", "Amber", ""),
                ],
            ),
            ("8", "Forms name every child", "Police", [("Change the form", "KPOL", "2012-02-01", "Red", "")]),
        ],
    )


def recommendation_above_its_actions() -> Layout:
    """Return one table for each recommendation, which stands in a row above its actions."""
    head = ["Action required", "Lead agency", "Timescale", "Evidence of completion", "Status"]
    first = [
        head,
        [
            "Recommendation 1: The Board should set a standard for supervision.",
            BEFORE,
            BEFORE,
            BEFORE,
            BEFORE,
        ],
        ["1.1 Draft it", "CSS", "Sept 2011", "Paper", "Complete"],
        ["1.2 Agree it", "CSS & Kent Police", "Q4 2011/12", "Minutes", "In progress"],
    ]
    second = [
        head,
        ["Recommendation 2: Agencies should share what they know.", BEFORE, BEFORE, BEFORE, BEFORE],
        ["Sign the protocol", "All partner agencies", "31 March 2012", "", "Not started"],
    ]
    return Layout(
        "docx",
        word(first, second),
        [
            (
                "1",
                "The Board should set a standard for supervision.",
                "",
                [
                    ("Draft it", "CSS", "2011-09-30", "Complete", ""),
                    ("Agree it", "CSS", "2012-03-31", "In progress", ""),
                ],
            ),
            (
                "2",
                "Agencies should share what they know.",
                "",
                [("Sign the protocol", code, "2012-03-31", "Not started", "") for code in EVERY],
            ),
        ],
    )


def recommendation_above_the_headings() -> Layout:
    """Return a sheet with a table for each recommendation, which stands above the headings of its actions."""
    head = ["Action", "Lead", "By when", "Progress"]
    rows = [
        ["Action plan"],
        ["Recommendation 1: Share what is known."],
        head,
        ["Write a protocol", "Kent Police", "End of Q3 2011/12", "Drafted"],
        ["Recommendation 2: Hear children."],
        head,
        ["Ask them", "Kent Probation", "Dec-11", ""],
    ]
    return Layout(
        "xlsx",
        excel(rows),
        [
            ("1", "Share what is known.", "", [("Write a protocol", "KPOL", "2011-12-31", "", "")]),
            ("2", "Hear children.", "", [("Ask them", "KPRO", "2011-12-31", "", "")]),
        ],
    )


def recommendation_in_a_paragraph() -> Layout:
    """Return a document with a table of actions for each recommendation, which a paragraph above it tells."""
    head = ["Action", "Lead", "By when", "Progress"]

    def write(document: Any) -> None:
        [_, *above] = document.paragraphs
        above[0].text = "Recommendation 1: Share what is known."
        above[0].insert_paragraph_before("This plan answers two recommendations.")
        above[1].text = "Recommendation 2:\tHear children."
        # What stands between is passed over.
        above[1]._p.addnext(document.add_paragraph("Actions")._p)

    return Layout(
        "docx",
        word(
            [head, ["Write a protocol", "Kent Police", "End of Q3 2011/12", "Drafted"]],
            [head, ["Ask them", "Kent Probation", "Dec-11", ""]],
            change=write,
        ),
        [
            ("1", "Share what is known.", "", [("Write a protocol", "KPOL", "2011-12-31", "", "")]),
            ("2", "Hear children.", "", [("Ask them", "KPRO", "2011-12-31", "", "")]),
        ],
    )


def pasted_from_word() -> Layout:
    """Return text copied out of a Word table: a cell of several paragraphs breaks its row."""
    text = (
        "Ref\tRecommendation\tAction\tOwner\tDue\tProgress\n"
        "Training\n"
        "(i)\tStaff know the threshold.\tRun ten courses\nPublish dates\tEducation\t31 May 2011\tSix run\n"
        "(ii)\tStaff ask about dogs.\tAdd a question\tKent Police\t1/6/11\t\n"
    )
    return Layout(
        "txt",
        text.encode(),
        [
            (
                "(i)",
                "Staff know the threshold.",
                "Training",
                [("Run ten courses\nPublish dates", "ELS", "2011-05-31", "", "")],
            ),
            ("(ii)", "Staff ask about dogs.", "Training", [("Add a question", "KPOL", "2011-06-01", "", "")]),
        ],
    )


def pasted_from_excel() -> Layout:
    """Return text as Excel copies it, cells with lines in quotes, and as it saves it, in UTF-16."""
    text = (
        "Recommendation\tAction\tLead agency\tTarget date\r\n"
        'A1. Share minutes.\t"Send them\nKeep them"\tKPRO\t30/06/2011\r\n'
    )
    return Layout(
        "txt",
        text.encode("utf-16"),
        [("A1", "Share minutes.", "", [("Send them\nKeep them", "KPRO", "2011-06-30", "", "")])],
    )


def western_text_with_semicolons() -> Layout:
    """Return comma-separated text of an old Excel: semicolons, Windows-1252, a date that was moved."""
    text = (
        "Key finding;Agreed action;Lead agency;Original date;Revised date;Date completed;Comments\r\n"
        "Parents’ views – not heard;Ask them;Children’s Social Services;01/02/2011;01/05/2011;"
        "28/04/2011;Moved once\r\n"
    )
    return Layout(
        "csv",
        text.encode("cp1252"),
        [("", "Parents’ views – not heard", "", [("Ask them", "CSS", "2011-02-01", "", "2011-04-28")])],
    )


def headings_of_two_rows() -> Layout:
    """Return headings in two rows, the upper one over several columns."""
    rows = [
        ["No", "Recommendation", "Action", "Responsible agency", "Timescale", BEFORE, "Status"],
        ["", "", "", "", "Original date", "Revised date", ""],
        ["1", "Check addresses.", "Match lists", "Probation", date(2011, 3, 1), date(2011, 6, 1), "Overdue"],
    ]
    return Layout(
        "xlsx",
        excel(("Plan", rows)),
        [("1", "Check addresses.", "", [("Match lists", "KPRO", "2011-03-01", "Overdue", "")])],
    )


def numbered_by_the_program() -> Layout:
    """Return numbers that Word counts by itself, and a table that goes on in another without headings."""
    first = [
        ["No", "Recommendation", "Lead", "By when"],
        ["", "Write down decisions.", "CSS", "31.12.2010"],
        ["", "Review them.", "CSS", "31.12.2011"],
    ]
    second = [["3", "Publish them.", "Kent Police", "29 February 2012"]]
    return Layout(
        "docx",
        word(first, second, change=lambda document: numbered_by_word(document, 0, 0)),
        [
            ("1", "Write down decisions.", "", [("Write down decisions.", "CSS", "2010-12-31", "", "")]),
            ("2", "Review them.", "", [("Review them.", "CSS", "2011-12-31", "", "")]),
            ("3", "Publish them.", "", [("Publish them.", "KPOL", "2012-02-29", "", "")]),
        ],
    )


def list_of_recommendations() -> Layout:
    """Return recommendations alone, with what no heading explains kept beside them."""
    rows = [["", "Recommendations"], ["(a)", "Tell every school."], ["(b)", "Tell every nursery."]]
    return Layout(
        "docx",
        word(rows),
        [("(a)", "Tell every school.", "", []), ("(b)", "Tell every nursery.", "", [])],
    )


LAYOUTS = (
    board_of_2009,
    multi_agency_review,
    business_plan_of_actions,
    scrutiny_review,
    tracker_of_questions,
    inspection_plan,
    ticked_columns,
    sheets_in_another_order,
    recommendation_above_its_actions,
    recommendation_above_the_headings,
    recommendation_in_a_paragraph,
    pasted_from_word,
    pasted_from_excel,
    western_text_with_semicolons,
    headings_of_two_rows,
    numbered_by_the_program,
    list_of_recommendations,
)
