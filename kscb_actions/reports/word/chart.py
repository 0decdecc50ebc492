"""Charts of a Word file: editable, with the figures in an embedded workbook and the message as alt text."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml as parse_word
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from lxml import etree
from pptx.chart.axis import CategoryAxis, ValueAxis
from pptx.chart.chart import Chart as ChartShape
from pptx.chart.data import CategoryChartData
from pptx.chart.series import BarSeries
from pptx.dml.color import RGBColor
from pptx.dml.fill import FillFormat
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_PATTERN
from pptx.oxml import parse_xml as parse_chart
from pptx.util import Pt
from xlsxwriter import Workbook

from kscb_actions.reports.content import LETTERS, Chart, Series
from kscb_actions.text import clean_text, one_line

from .table import COLOURS

_WORKBOOK_RELATIONSHIP = "rId1"
_INK = "0B0C0C"
# A bar of nothing carries no figure in a stack, where it has no place of its own; beside others it does. One
# that has room for it says in a letter what it is, so that it is read without colour.
_FIGURES_STACKED, _FIGURES = "#,##0;-#,##0;;", "#,##0"
_FIGURES_LETTERED = '[>={room}]"{letter} "#,##0;[>0]#,##0;'
_ROOM = 12
# Bars side by side have their figures beside them, so their fills may differ by pattern as well as by colour.
_PATTERNS = {"green": MSO_PATTERN.WIDE_UPWARD_DIAGONAL, "red": MSO_PATTERN.DARK_HORIZONTAL}
_FIGURE, _SMALL_FIGURE = Pt(9), Pt(7)
# The fewest steps an axis is divided into, but for those of less than one.
_STEPS = 5
_INLINE = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
  xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
  <wp:inline distT="0" distB="0" distL="0" distR="0">
    <wp:extent/><wp:docPr/><wp:cNvGraphicFramePr/>
    <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart/></a:graphicData></a:graphic>
  </wp:inline>
</w:drawing>"""


def add_chart(
    document: Document,
    paragraph: Paragraph,
    chart: Chart,
    *,
    number: int,
    as_at: date,
    room_mm: tuple[int, int],
) -> None:
    """Put `chart`, the document's `number`th from 1, into `paragraph`.

    It must have a category and a series with a bar. `room_mm` is how wide it becomes, and how high at most;
    `as_at` the date that its workbook gives as its own. A number that is not shown is an empty point.
    """
    wanted = 24 + _height_mm(chart) * len(chart.categories)
    figures = _FIGURE if wanted <= room_mm[1] else _SMALL_FIGURE
    data = CategoryChartData()
    data.categories = _names(chart)
    for series in chart.with_bars:
        data.add_series(_name_of(series), [_drawn(value) for value in series.values])
    kind = XL_CHART_TYPE.BAR_STACKED if chart.is_stacked else XL_CHART_TYPE.BAR_CLUSTERED
    space = parse_chart(data.xml_bytes(kind))
    _draw(ChartShape(space, None), chart, figures)
    columns = [(_name_of(series), list(map(_drawn, series.values))) for series in chart.with_bars]
    workbook = workbook_of(_names(chart), columns, as_at)
    room = room_mm[0], min(wanted, room_mm[1])
    put_chart(
        document, paragraph, space, workbook, number=number, words=(chart.title, chart.alt), room_mm=room
    )


def put_chart(
    document: Document,
    paragraph: Paragraph,
    space: Any,
    workbook: bytes,
    *,
    number: int,
    words: tuple[str, str],
    room_mm: tuple[int, int],
) -> None:
    """Put a chart that is drawn, with the workbook of its figures, into `paragraph`.

    `words` are its title and what it shows in words, for who cannot see it; `room_mm` is how wide it is, and
    how high.
    """
    part = _chart_part(document, _chart_xml(space), workbook, number)
    relationship = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    drawing = parse_word(_INLINE.strip())
    inline = drawing[0]
    extent, properties = inline[0], inline[1]
    extent.set("cx", str(Mm(room_mm[0])))
    extent.set("cy", str(Mm(room_mm[1])))
    properties.set("id", str(number))
    properties.set("name", f"Chart {number}")
    properties.set("descr", clean_text(words[1]))
    properties.set("title", one_line(words[0]))
    inline.find(".//{*}chart").set(f"{{{inline.nsmap['r']}}}id", relationship)
    paragraph.add_run()._r.append(drawing)


def _height_mm(chart: Chart) -> int:
    """Return how high a category stands: its bar, or its bars one below the other."""
    return 8 if chart.is_stacked else 3 + 5 * len(chart.with_bars)


def _chart_part(document: Document, xml: bytes, workbook: bytes, number: int) -> Part:
    package = document.part.package
    sheet = PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx")
    figures = Part(sheet, CONTENT_TYPE.SML_SHEET, workbook, package)
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, xml, package)
    part.rels.add_relationship(RELATIONSHIP_TYPE.PACKAGE, figures, _WORKBOOK_RELATIONSHIP)
    return part


def _chart_xml(space: Any) -> bytes:
    space.get_or_add_externalData().rId = _WORKBOOK_RELATIONSHIP
    for run in space.iter("{*}endParaRPr", "{*}defRPr"):
        run.set("lang", "en-GB")
    # The library numbers the axes below zero, where ISO 29500 has unsigned numbers.
    for axis in space.iter("{*}axId", "{*}crossAx"):
        axis.set("val", axis.get("val").removeprefix("-"))
    return etree.tostring(space, encoding="UTF-8", standalone=True)


def _names(chart: Chart) -> list[str]:
    """Return the categories; with the mark of the number that is not shown where there is one series."""
    names = map(one_line, chart.categories)
    if len(chart.series) > 1:
        return list(names)
    [only] = chart.series
    pairs = zip(names, only.values, strict=True)
    return [f"{name}: {value}" if isinstance(value, str) else name for name, value in pairs]


def _drawn(value: int | str) -> int | None:
    return None if isinstance(value, str) else value


def _draw(shape: ChartShape, chart: Chart, figures: Pt) -> None:
    shape.has_title = False
    shape.font.name, shape.font.size = "Arial", Pt(9)
    shape.has_legend = True
    shape.legend.position, shape.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    shape.category_axis.reverse_order = True
    shape.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    shape.category_axis.tick_labels.font.size = Pt(8)
    _name_every_bar(shape.category_axis)
    _begin_at_zero(shape.value_axis, chart)
    plot = shape.plots[0]
    plot.gap_width = 40
    for drawn, series in zip(plot.series, chart.with_bars, strict=True):
        _paint(drawn, series, chart.is_stacked, figures)
        drawn.data_labels.number_format = _figures(chart, series)
        drawn.data_labels.number_format_is_linked = False


def _name_of(series: Series) -> str:
    """Return what a series is called in the chart's key: a rating with the letter that its bars have."""
    name = one_line(series.name)
    return f"{LETTERS[name]} {name}" if name in LETTERS else name


def _figures(chart: Chart, series: Series) -> str:
    """Return how a bar's figure is written: with the letter of its rating where the bar has room for it."""
    if not chart.is_stacked:
        return _FIGURES
    letter = LETTERS.get(one_line(series.name))
    return (
        _FIGURES_LETTERED.format(room=_longest(chart) // _ROOM + 1, letter=letter)
        if letter
        else _FIGURES_STACKED
    )


def _fill(fill: FillFormat, colour: str, is_stacked: bool) -> None:
    background = RGBColor.from_string(COLOURS[colour][0])
    if is_stacked or colour not in _PATTERNS:
        fill.solid()
        fill.fore_color.rgb = background
        return
    fill.patterned()
    fill.pattern = _PATTERNS[colour]
    fill.fore_color.rgb, fill.back_color.rgb = background, RGBColor(255, 255, 255)


def _paint(drawn: BarSeries, series: Series, is_stacked: bool, figures: Pt) -> None:
    ink = COLOURS[series.colour][1]
    _fill(drawn.format.fill, series.colour, is_stacked)
    drawn.format.line.color.rgb = RGBColor(255, 255, 255)
    labels = drawn.data_labels
    labels.show_value = True
    labels.font.bold, labels.font.size = True, figures
    labels.font.color.rgb = RGBColor.from_string(ink if is_stacked else _INK)
    if not is_stacked:
        labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _begin_at_zero(axis: ValueAxis, chart: Chart) -> None:
    """Begin the axis at 0: programs would begin at 40 where the shortest bar is 46, which misleads."""
    longest = _longest(chart)
    axis.minimum_scale, axis.major_unit = 0, max(1, longest // _STEPS)
    # The library writes 0.0.
    for whole in axis._element.iter("{*}min", "{*}majorUnit"):
        whole.set("val", whole.get("val").removesuffix(".0"))
    axis.visible = axis.has_major_gridlines = False


def _longest(chart: Chart) -> int:
    values = [[_drawn(value) or 0 for value in series.values] for series in chart.with_bars]
    return max(map(sum, zip(*values, strict=True)) if chart.is_stacked else map(max, values))


def _name_every_bar(axis: CategoryAxis) -> None:
    """Label every bar: programs would leave out every other name where names take two lines."""
    skip = axis._element.makeelement(f"{{{axis._element.nsmap['c']}}}tickLblSkip", {"val": "1"})
    axis._element.find("{*}noMultiLvlLbl").addprevious(skip)


def workbook_of(
    names: Sequence[str], columns: Iterable[tuple[str, Sequence[int | float | None]]], as_at: date
) -> bytes:
    """Return the figures where the chart looks for them: categories in column A, one column for each series.
    A number that is not shown leaves its cell empty.

    Written as strings, because text beginning with “=” would otherwise become a formula.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(as_at.year, as_at.month, as_at.day, tzinfo=UTC)})
        sheet = workbook.add_worksheet()
        for row, category in enumerate(names, start=1):
            sheet.write_string(row, 0, category)
        for column, (name, values) in enumerate(columns, start=1):
            sheet.write_string(0, column, name)
            for row, value in enumerate(values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value)
    return out.getvalue()
