"""The charts of a Word file: what each draws, and what the workbook behind it holds."""

import io
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from lxml import etree
from python_calamine import CalamineWorkbook


@dataclass(frozen=True)
class ChartPart:
    """A chart's XML, and the cells of its workbook row by row."""

    xml: Any
    cells: list[list[Any]]

    @property
    def bars(self) -> dict[tuple[str, str], float]:
        """Return {(series, category): number} of every bar."""
        found = {}
        for series in self.xml.iter("{*}ser"):
            name = series.findtext("{*}tx//{*}v")
            names = {each.get("idx"): each.findtext("{*}v") for each in series.iterfind("{*}cat//{*}pt")}
            for point in series.iterfind("{*}val//{*}pt"):
                found[name, names[point.get("idx")]] = float(point.findtext("{*}v"))
        return found

    @property
    def in_workbook(self) -> dict[tuple[str, str], float]:
        """Return the same of the workbook's cells that hold anything."""
        names = self.cells[0]
        return {
            (name, row[0]): cell
            for row in self.cells[1:]
            for name, cell in zip(names[1:], row[1:], strict=True)
            if cell != ""
        }

    @property
    def categories(self) -> list[str]:
        """Return its categories, whether or not they have a bar."""
        return [row[0] for row in self.cells[1:]]


def charts_in(data: bytes) -> list[ChartPart]:
    """Return the charts of this Word file, in order."""
    package = ZipFile(io.BytesIO(data))
    names = [name for name in package.namelist() if name.startswith("word/charts/chart")]
    return [
        ChartPart(
            etree.fromstring(package.read(f"word/charts/chart{number}.xml")),
            CalamineWorkbook.from_object(
                io.BytesIO(package.read(f"word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"))
            )
            .get_sheet_by_index(0)
            .to_python(),
        )
        for number in range(1, len(names) + 1)
    ]


def begins_at_zero(part: ChartPart) -> bool:
    """Return whether its value axes begin at 0 and go up in whole numbers."""
    axes = list(part.xml.iter("{*}valAx"))
    least = [[each.get("val") for each in axis.iterfind("{*}scaling/{*}min")] for axis in axes]
    steps = [float(axis.find("{*}majorUnit").get("val")) for axis in axes]
    return bool(axes) and all(each == ["0"] for each in least) and all(s >= 1 and s % 1 == 0 for s in steps)
