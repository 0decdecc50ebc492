"""A measure as a line in a Word file: an editable chart, its target as a dashed line beside it."""

from collections.abc import Sequence
from datetime import date

from docx.document import Document
from docx.text.paragraph import Paragraph
from pptx.chart.axis import ValueAxis
from pptx.chart.chart import Chart as ChartShape
from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml as parse_chart
from pptx.util import Pt

from kscb_actions.reports.content import LineChart
from kscb_actions.text import one_line

from .chart import put_chart, workbook_of

READINGS, TARGET, ACCEPTED = "Readings", "Target: {}", "Actions accepted, how many"
_ROOM_MM = (170, 70)
# The colours of the page's line and of its text.
_LINE, _INK = RGBColor(0x1D, 0x70, 0xB8), RGBColor(0x0B, 0x0C, 0x0C)


def add_line(document: Document, paragraph: Paragraph, chart: LineChart, *, number: int, as_at: date) -> None:
    """Put `chart`, the document's `number`th from 1, into `paragraph`; `as_at` is the date of its workbook.

    What is drawn differs by stroke and by shape, so that black and white suffices.
    """
    names = [one_line(name) for name in chart.categories]
    columns: list[tuple[str, list[float | None]]] = [
        (READINGS, [float(value) if value else None for value in chart.values]),
        (TARGET.format(f"{chart.target}{chart.unit}"), [float(chart.target)] * len(names)),
    ]
    if chart.accepted:
        marks: list[float | None] = [_foot(chart) if count else None for count in chart.accepted]
        columns.append((ACCEPTED, marks))
    data = CategoryChartData()
    data.categories = names
    for name, values in columns:
        data.add_series(name, values)
    space = parse_chart(data.xml_bytes(XL_CHART_TYPE.LINE_MARKERS))
    _draw(ChartShape(space, None), chart)
    for blanks in space.iter("{*}dispBlanksAs"):
        blanks.set("val", "span")
    workbook = workbook_of(names, columns, as_at)
    words = (chart.title, chart.alt)
    put_chart(document, paragraph, space, workbook, number=number, words=words, room_mm=_ROOM_MM)


def _draw(shape: ChartShape, chart: LineChart) -> None:
    shape.has_title = False
    shape.font.name, shape.font.size = "Arial", Pt(9)
    shape.has_legend = True
    shape.legend.position, shape.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    shape.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    # Below the line also where that goes down to nothing.
    shape.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    shape.value_axis.visible = shape.value_axis.has_major_gridlines = False
    _leave_room(shape.value_axis, chart)
    readings, target, *marks = shape.plots[0].series
    readings.smooth = target.smooth = False
    _label(readings, chart.unit)
    readings.format.line.color.rgb, readings.format.line.width = _LINE, Pt(2.25)
    readings.marker.style, readings.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    readings.marker.format.fill.solid()
    readings.marker.format.fill.fore_color.rgb = _LINE
    target.format.line.color.rgb, target.format.line.width = _INK, Pt(1.5)
    target.format.line.dash_style = MSO_LINE.DASH
    target.marker.style = XL_MARKER_STYLE.NONE
    for each in marks:
        _mark(each, chart.accepted)


def _mark(series: LineSeries, counts: Sequence[int]) -> None:
    """Draw a triangle at the foot wherever actions were accepted, with how many beside it."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.TRIANGLE, 9
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = _INK
    for place, count in enumerate(counts):
        if count:
            label = series.points[place].data_label
            label.has_text_frame, label.position = True, XL_LABEL_POSITION.RIGHT
            label.text_frame.text = str(count)


def _foot(chart: LineChart) -> float:
    """Return where the marks stand: below the lowest number, within the axis."""
    numbers = _numbers(chart)
    return min(numbers) - (max(numbers) - min(numbers)) / 8


def _numbers(chart: LineChart) -> list[float]:
    return [float(value) for value in (*chart.values, chart.target) if value]


def _leave_room(axis: ValueAxis, chart: LineChart) -> None:
    """Let the axis go from below the lowest number to so far above the highest that its label has room."""
    numbers = _numbers(chart)
    span = max(numbers) - min(numbers)
    if span:
        axis.minimum_scale, axis.maximum_scale = min(numbers) - span / 5, max(numbers) + span / 3


def _label(series: LineSeries, unit: str) -> None:
    """Write each reading above its dot, in its unit."""
    labels = series.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.ABOVE
    labels.number_format, labels.number_format_is_linked = f'General"{unit}"' if unit else "General", False
    labels.font.bold, labels.font.size = True, Pt(9)
    labels.font.color.rgb = _INK
