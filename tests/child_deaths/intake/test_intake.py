"""The import of earlier cases: every problem by row, all or nothing, and nobody's name."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kscb_actions import database
from kscb_actions.access.policy import Refused
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.service import before_each_change
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.intake.rules import COLUMNS, NotText, read_cases, text_of
from kscb_actions.child_deaths.intake.service import Imported, import_cases
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.config import Settings
from kscb_actions.settings.rules import Districts

from ...commands.running import flask
from ...factories import TODAY, World
from ...factories_deaths import DISTRICTS, Panel
from ...long import amount
from ...queries import counted
from ...saving import somebody_saves

ROW = {
    "case_number": "11/001",
    "died_on": "2011-11-03",
    "notified_on": "2011-11-04",
    "age_days": "40",
    "sex": "male",
    "ethnicity": "white_british",
    "district": "thanet",
    "unexpected": "yes",
    "place": "hospital",
    "categories": "10;3",
    "modifiable": "none",
    "reviewed_on": "2012-03-01",
}
KENT = Districts(DISTRICTS)
EARLY = {"died_on": "2009-11-03", "notified_on": "2009-11-04", "reviewed_on": "2010-03-31"}


@pytest.fixture
def panel(world: World) -> Panel:
    """Give a panel with nothing before it."""
    return Panel(world)


def table(*rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> str:
    """Return a file with these rows, each ROW with changes."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for changes in rows:
        writer.writerow({**ROW, **changes}.get(column, "") for column in header)
    return out.getvalue()


def told(text: str) -> list[tuple[int, str]]:
    """Return (row, column) of each problem of a file; a file with problems gives no case for those rows."""
    read = read_cases(text, TODAY, KENT)
    assert not {each.row for each in read.problems if each.column != "case_number"} & {
        each.row for each in read.cases
    }
    return [(each.row, each.column) for each in read.problems]


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({}, []),
        ({"case_number": ""}, ["case_number"]),
        ({"case_number": "SMITH"}, ["case_number"]),
        ({"case_number": "9434765919"}, ["case_number"]),
        ({"died_on": ""}, ["died_on"]),
        ({"died_on": "3 November 2011"}, ["died_on"]),
        ({"died_on": "2011-02-30"}, ["died_on"]),
        ({"died_on": "03/11/2011", "notified_on": "4/11/2011", "reviewed_on": "1/3/2012"}, []),
        ({"died_on": "11/13/2011"}, ["died_on"]),
        ({"died_on": "2011-11-05"}, ["notified_on"]),
        ({"died_on": "2012-03-31", "notified_on": "2012-03-31"}, ["died_on", "notified_on", "reviewed_on"]),
        ({"age_days": ""}, ["age_days"]),
        ({"age_days": "-1"}, ["age_days"]),
        ({"age_days": "1.5"}, ["age_days"]),
        ({"age_days": "9" * 400}, ["age_days"]),
        ({"age_days": "٣"}, ["age_days"]),
        ({"age_days": "6573"}, []),
        ({"age_days": "6574"}, ["age_days"]),
        ({"age_days": "5 months", "died_on": "3 Nov 2011"}, ["died_on"]),
        ({"sex": "X"}, ["sex"]),
        ({"sex": "Not known"}, []),
        ({"ethnicity": "Gypsy/Roma"}, []),
        ({"ethnicity": "Klingon"}, ["ethnicity"]),
        ({"district": "TONBRIDGE AND MALLING"}, []),
        ({"district": "tonbridge_malling"}, []),
        ({"district": "Medway"}, ["district"]),
        ({"district": "Outside"}, []),
        ({"district": "outside the board’s area"}, []),
        ({"district": "N/K"}, []),
        ({"unexpected": "YES"}, []),
        ({"unexpected": "not_known"}, []),
        ({"unexpected": "perhaps"}, ["unexpected"]),
        ({"place": "School or nursery"}, []),
        ({"place": ""}, ["place"]),
        ({"categories": "10"}, []),
        ({"categories": " 3 ; 10 ; "}, []),
        ({"categories": "0"}, ["categories"]),
        ({"categories": "11"}, ["categories"]),
        ({"categories": "3,10"}, ["categories"]),
        ({"categories": "x"}, ["categories"]),
        ({"modifiable": "yes"}, ["modifiable"]),
        ({"modifiable": "preventable"}, ["modifiable"]),
        ({"reviewed_on": "2011-11-02"}, ["reviewed_on"]),
        ({"reviewed_on": "2012-03-30"}, []),
        ({"reviewed_on": "2012-03-31"}, ["reviewed_on"]),
        (dict.fromkeys(("categories", "modifiable", "reviewed_on"), ""), []),
        ({"categories": ""}, ["categories"]),
        ({"modifiable": ""}, ["modifiable"]),
        ({"reviewed_on": ""}, ["reviewed_on"]),
        ({**EARLY, "modifiable": "not_preventable"}, []),
        ({**EARLY, "modifiable": "Potentially preventable"}, []),
        ({**EARLY, "modifiable": "none"}, ["modifiable"]),
        ({**EARLY, "reviewed_on": "2010-04-01", "modifiable": "none"}, []),
        ({**EARLY, "reviewed_on": "2010-04-01", "modifiable": "not_preventable"}, ["modifiable"]),
        ({"sex": "X", "place": "moon", "modifiable": "preventable"}, ["sex", "place", "modifiable"]),
    ],
)
def test_a_row_is_checked_column_by_column(changes: dict[str, str], columns: list[str]) -> None:
    assert told(table({}, changes | {"case_number": changes.get("case_number", "11/002")})) == [
        (3, column) for column in columns
    ]


def test_a_modifiable_status_is_refused_before_april_2010_with_the_reason() -> None:
    (problem,) = read_cases(table({**EARLY, "modifiable": "identified"}), TODAY, KENT).problems
    assert "not translated" in problem.message and "potentially_preventable" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (",,,\n", "empty"),
        (table(), "no case"),
        (table() + "," * 11 + "\n", "no case"),
        (table(header=COLUMNS[:-1]), "“reviewed_on” is missing"),
        (table(header=(*COLUMNS, "name")), "“name” looks like a name"),
        (table(header=(*COLUMNS, "Child’s NHS no")), "the NHS number"),
        (table(header=(*COLUMNS, "weight")), "“weight” is not a column"),
        (table(header=(*COLUMNS, "sex")), "twice"),
        (table(header=(*COLUMNS[:3], "", *COLUMNS[3:])), "Column 4 has no name"),
        (table({}).replace(",", ";"), "separated by commas"),
        (table({}).replace(",", "\t"), "separated by commas"),
        (table({}) + "11/002,2011-11-03\n", "2 cells, the row of names has 12"),
        (table({}) + '11/002,"2011', "cannot be read as CSV"),
        (table({}, {}), "in row 2 too"),
    ],
)
def test_a_file_that_is_no_import_is_refused_with_the_reason(text: str, said: str) -> None:
    messages = " ".join(each.message for each in read_cases(text, TODAY, KENT).problems)
    assert said in messages


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + table({}),
        table({}).replace("\r\n", "\n"),
        table({}).replace("\r\n", "\r"),
        table({}).rstrip(),
        table({}) + "\r\n" + "," * 11 + "\r\n",
        table({}).replace("10;3", '"10;3"'),
        table({}, header=tuple(reversed(COLUMNS))),
        table({}).replace("\r\n", ",,,\r\n"),
        table({}, header=(*COLUMNS, "", "")),
        table({}).replace("case_number,died_on", " Case_Number , DIED_ON"),
    ],
)
def test_a_file_as_spreadsheets_write_it_is_taken(text: str) -> None:
    (case,) = read_cases(text, TODAY, KENT).cases
    assert (case.row, case.facts.case_number, case.categories) == (2, "11/001", {3, 10})


@pytest.mark.parametrize("above", ["\r\n", ",,,\r\n", "\ufeff,,\r\n\r\n"])
def test_blank_rows_above_the_names_are_passed_over_and_counted(above: str) -> None:
    (case,) = read_cases(above + table({}), TODAY, KENT).cases
    assert case.row == 2 + above.count("\n")
    (problem,) = read_cases(above + table(header=(*COLUMNS, "weight")), TODAY, KENT).problems
    assert problem.row == 1 + above.count("\n")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Y", "unexpected"), ("n", "expected"), ("TRUE", "unexpected"), ("False", "expected"),
        ("unknown", "not_known"), ("N/K", "not_known"), ("yes", "unexpected"),
    ],
)  # fmt: skip
def test_yes_and_no_as_people_write_them(written: str, kept: str) -> None:
    (case,) = read_cases(table({"unexpected": written}), TODAY, KENT).cases
    assert case.facts.expected == kept


@pytest.mark.parametrize(
    ("number", "made"),
    [
        ("11-Apr", "a date"), ("Apr-11", "a date"), ("11-Apr-11", "a date"), ("11/04/2011", "a date"),
        ("2011-04-11", "a date"), ("2011-04-11 00:00:00", "a date"), ("1.1E+43", "a number"),
        ("11E42", None), ("11/042", None), ("K-11-042", None), ("2011/04", None), ("2011-042", None),
    ],
)  # fmt: skip
def test_a_case_number_that_a_spreadsheet_made_something_of_is_refused(number: str, made: str | None) -> None:
    read = read_cases(table({"case_number": number}), TODAY, KENT)
    said = [each.message for each in read.problems]
    assert [f"made of a case number: {made}. Set the column to Text" in each for each in said] == [
        True
    ] * bool(made)


@given(st.lists(st.lists(st.text(max_size=12), max_size=14), max_size=4))
@hypothesis_settings(max_examples=amount(150), deadline=None)
def test_no_file_is_too_odd_to_be_answered(rows: list[list[str]]) -> None:
    text = table({}) + "\n".join(",".join(cells) for cells in rows)
    read = read_cases(text, TODAY, KENT)
    assert read.problems or read.cases


@given(st.sampled_from(COLUMNS), st.text(max_size=40))
@hypothesis_settings(max_examples=amount(300), deadline=None)
def test_no_cell_is_too_odd_to_be_answered(column: str, value: str) -> None:
    read = read_cases(table({column: value}), TODAY, KENT)
    assert read.problems or read.cases


def test_letters_of_another_encoding_are_refused_with_advice() -> None:
    assert text_of("\ufeffé".encode()) == "é"
    for data, row in (("a\né".encode("cp1252"), 2), ("a\n".encode("utf-16"), 1)):
        with pytest.raises(NotText, match="CSV UTF-8") as refused:
            text_of(data)
        assert (refused.value.problem.row, refused.value.problem.column) == (row, "")


@pytest.mark.parametrize(
    ("text", "row"), [(table({}) + '11/002,"2011', 3), ('"', 1), (table({}) + "x" * 200_000, 3)]
)
def test_a_row_that_is_no_csv_is_named(text: str, row: int) -> None:
    (problem,) = read_cases(text, TODAY, KENT).problems
    assert (problem.row, problem.column) == (row, "")
    assert "cannot be read as CSV" in problem.message


@pytest.mark.parametrize(
    ("letter", "sex"), [("F", "female"), ("m", "male"), ("M", "male"), ("Female", "female")]
)
def test_a_letter_stands_for_the_sex(letter: str, sex: str) -> None:
    (case,) = read_cases(table({"sex": letter}), TODAY, KENT).cases
    assert case.facts.sex == sex


def test_cases_and_decisions_are_recorded_with_an_event_each(panel: Panel) -> None:
    events = AuditEvent.select().count()
    waiting = dict.fromkeys(("categories", "modifiable", "reviewed_on"), "")
    text = table({}, {"case_number": "11/002a", "district": "dover", **waiting})
    assert import_cases(panel.coordinator, text, dry_run=True) == Imported(2, 0)
    assert (ChildDeath.select().count(), AuditEvent.select().count()) == (0, events)
    assert import_cases(panel.coordinator, text, dry_run=False) == Imported(2, 2)
    first, second = ChildDeath.select().order_by(ChildDeath.id)
    assert (first.age_number, first.age_unit, first.expected) == (1, "months", "unexpected")
    assert (first.decision_number, first.primary_category, first.status) == (1, 3, "none")
    assert (first.reviewed_on, second.decision_number, second.case_number) == (date(2012, 3, 1), 0, "11/002A")
    assert PanelDecision.get().categories == "3;10"
    told_of = [event.event for event in AuditEvent.select().order_by(AuditEvent.id).offset(events)]
    assert told_of == ["death.recorded", "decision.recorded", "death.reviewed", "death.recorded"]


def test_one_wrong_row_keeps_all_out(panel: Panel) -> None:
    done = import_cases(panel.coordinator, table({}, {"case_number": "11/002", "sex": "X"}), dry_run=False)
    assert (done.recorded, [(each.row, each.column) for each in done.problems]) == (0, [(3, "sex")])
    assert ChildDeath.select().count() == 0


def test_a_number_that_is_recorded_is_a_problem_of_its_row(panel: Panel) -> None:
    panel.death(case_number="11/001", district="dover")
    (problem,) = import_cases(panel.coordinator, table({}), dry_run=False).problems
    assert (problem.row, problem.column) == (2, "case_number")


def test_near_duplicates_are_shown_and_let_in_only_when_allowed(panel: Panel) -> None:
    panel.death(case_number="A1", age_days=41)
    text = table({}, {"case_number": "11/002", "sex": "female"}, {"case_number": "11/003", "sex": "female"})
    done = import_cases(panel.coordinator, text, dry_run=False)
    assert [(each.row, each.other, each.other_row) for each in done.near_duplicates] == [
        (2, "A1", None),
        (4, "11/002", 3),
    ]
    assert (done.recorded, ChildDeath.select().count()) == (0, 1)
    assert import_cases(panel.coordinator, text, False, allow_near_duplicates=True).recorded == 3


@pytest.mark.parametrize("name", ["manager", "chair", "reader", "cdop_member"])
def test_only_the_co_ordinator_imports(panel: Panel, name: str) -> None:
    with pytest.raises(Refused):
        import_cases(getattr(panel.world, name).viewer, table({}), dry_run=True)


def many(number: int, first: int = 0) -> str:
    """Return a file of so many cases, no two of them alike."""
    districts = ("thanet", "dover", "swale", "ashford", "dartford")
    return table(
        *(
            {
                "case_number": f"11/{each:05}",
                "district": districts[each % 5],
                "age_days": str(each),
                "sex": ("male", "female")[each // 5 % 2],
            }
            for each in range(first, first + number)
        )
    )


def test_a_case_costs_few_statements_however_many_there_are(panel: Panel) -> None:
    with counted() as few:
        import_cases(panel.coordinator, many(10), dry_run=False, allow_near_duplicates=True)
    with counted() as more:
        import_cases(panel.coordinator, many(30, 10), dry_run=False, allow_near_duplicates=True)
    assert ChildDeath.select().count() == 40
    assert int(more) - int(few) <= 20 * 12


def test_a_file_is_read_before_anybody_has_to_wait_for_it(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.02)
    with somebody_saves():
        wrong = import_cases(panel.coordinator, table({"sex": "x"}), dry_run=False)
        assert [each.column for each in wrong.problems] == ["sex"]
        with pytest.raises(database.Busy):
            import_cases(panel.coordinator, many(3), dry_run=False)
    assert ChildDeath.select().count() == 0


def test_a_case_that_somebody_records_meanwhile_is_a_problem_and_nothing_is_recorded(panel: Panel) -> None:
    numbers = ["11/00001"]

    def meanwhile() -> None:
        while numbers:
            panel.death(case_number=numbers.pop())

    with before_each_change(meanwhile):
        done = import_cases(panel.coordinator, many(3), dry_run=False, allow_near_duplicates=True)
    assert (done.recorded, [each.row for each in done.problems]) == (0, [3])
    assert ChildDeath.select().count() == 0


def test_the_command_records_and_says_so(world: World, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(table({}), encoding="utf-8-sig")
    dry = flask(settings, "import-deaths", str(file), "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert json.loads(dry.stdout) == {
        "recorded": 0,
        "cases": 1,
        "dry_run": True,
        "problems": [],
        "near_duplicates": [],
    }
    done = flask(settings, "import-deaths", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 case recorded." in done.stderr
    again = flask(settings, "import-deaths", str(file), "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["problems"][0] == {
        "row": 2,
        "column": "case_number",
        "message": "A case with this number is recorded already.",
    }
    assert ChildDeath.select().count() == 1


def test_the_command_says_what_is_wrong_and_records_nothing(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "cases.csv"
    for data, said in (
        (table({}, header=(*COLUMNS, "surname")).encode(), "“surname” looks like a name"),
        (table({"district": "Genève"}).encode("cp1252"), "CSV UTF-8"),
        (b"", "empty"),
        (table({}, {"case_number": "11/002"}).encode(), "--allow-near-duplicates"),
    ):
        file.write_bytes(data)
        done = flask(settings, "import-deaths", str(file))
        assert done.returncode == 1
        assert said in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        told = json.loads(flask(settings, "import-deaths", str(file), "--json").stdout)
        assert told["recorded"] == 0
        assert said in json.dumps(told, ensure_ascii=False) or told["near_duplicates"]
    assert flask(settings, "import-deaths", str(tmp_path / "nowhere.csv")).returncode == 2
    assert ChildDeath.select().count() == 0
