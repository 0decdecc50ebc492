"""An attacker by linear programming: which finest counts agree with all that is printed."""

from collections.abc import Iterable
from typing import Any

import highspy
import numpy as np

NEAR = 1e-6
INFINITE = highspy.kHighsInf


def programme(
    rows: Any, low: Any, high: Any, cost: Any, top: float = INFINITE, is_whole: bool = False
) -> highspy.Highs:
    """Return a programme: columns from 0 to `top` that cost the least, with each row within its bounds."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_, model.col_lower_ = cost, np.zeros(model.num_col_)
    model.col_upper_ = np.full(model.num_col_, top)
    model.row_lower_, model.row_upper_ = low, high
    lines, columns = np.nonzero(rows)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(lines, np.arange(model.num_row_ + 1))
    model.a_matrix_.index_, model.a_matrix_.value_ = columns, rows[lines, columns]
    if is_whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


def solved(solver: highspy.Highs, seconds: float = INFINITE) -> Any | None:
    """Return the columns of the optimum; None where nothing meets the rows. Raise TimeoutError."""
    solver.setOptionValue("time_limit", max(seconds, 0.1))
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        raise TimeoutError
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)


class Attacker:
    """Hold what everybody knows, and find counts that agree with it.

    matrix  the rows: sums that are 0, then what is stated
    first   the row of the first statement
    truth   counts that agree with everything, a whole number for each column
    """

    def __init__(self, matrix: Any, first: int, truth: Any) -> None:
        self.matrix, self.first, self.truth = matrix, first, truth
        self._lines, self._columns = np.nonzero(matrix)
        self._signs = matrix[self._lines, self._columns]
        self.stated = self.sums(truth)[first:]
        self.low, self.high = self.stated, self.stated
        # No count is taken to be far beyond all that is printed: so every aim has a bound.
        self.top = float(max(self.stated.max(initial=0), truth.max(initial=0))) + 100
        zero = np.zeros(len(matrix))
        self._solver = programme(matrix, zero, zero, np.zeros(matrix.shape[1]), self.top)

    def sums(self, counts: Any) -> Any:
        """Return each row's sum of these counts."""
        return np.bincount(self._lines, self._signs * counts[self._columns], len(self.matrix))

    def read(self, low: Any, high: Any) -> None:
        """Take in between which bounds each stated sum lies."""
        self.low, self.high = low, high
        rows = np.arange(self.first, len(self.matrix), dtype=np.int32)
        self._solver.changeRowsBounds(len(rows), rows, low, high)  # type: ignore[attr-defined]

    def push(self, aim: Any) -> tuple[Any, Any, Any]:
        """Return counts in which the aim is largest, and how far each statement and count holds it."""
        self._solver.changeColsCost(len(aim), np.arange(len(aim), dtype=np.int32), -aim)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError("What is printed contradicts itself.")
        solution = self._solver.getSolution()
        held = -np.array(solution.row_dual)[self.first :], -np.array(solution.col_dual)
        return np.array(solution.col_value), *held

    def other(self, aim: Any, seconds: float) -> Any | None:
        """Return whole counts in which the aim is another than in truth; None where there are none."""
        value, rows = float(aim @ self.truth), np.vstack([self.matrix, aim])
        for bounds in ((value + 1, INFINITE), (-INFINITE, value - 1)):
            low, high = (
                np.concatenate([np.zeros(self.first), known, [bound]])
                for known, bound in zip((self.low, self.high), bounds, strict=True)
            )
            found = solved(programme(rows, low, high, np.zeros(len(aim)), self.top, is_whole=True), seconds)
            if found is not None:
                return found
        return None

    def agreeing(self, counts: Any) -> Any | None:
        """Return these counts as whole numbers, if they agree with everything: checked without the solver."""
        near = np.round(counts)
        if np.abs(near - counts).max(initial=0) > NEAR or (near < 0).any():
            return None
        sums = self.sums(near)
        stated = sums[self.first :]
        is_within = ((self.low <= stated) & (stated <= self.high)).all()
        return near if is_within and not sums[: self.first].any() else None


def a_truth(matrix: Any, first: int, counts: Any, loose: Iterable[int]) -> Any | None:
    """Return finest counts of which the statements are sums; of the `loose` ones as nearly as can be.

    What was issued before a correction may differ from what later reports count.
    """
    slack = np.zeros((len(matrix), 2 * len(free := list(loose))))
    for place, number in enumerate(free):
        slack[first + number, 2 * place : 2 * place + 2] = (1, -1)
    sums = np.concatenate([np.zeros(first), counts])
    cost = np.concatenate([np.zeros(matrix.shape[1]), np.ones(2 * len(free))])
    rows = np.hstack([matrix, slack])
    found = solved(programme(rows, sums, sums, cost))
    if found is not None and np.abs(found - np.round(found)).max(initial=0) > NEAR:
        found = solved(programme(rows, sums, sums, cost, is_whole=True))
    return None if found is None else np.round(found[: matrix.shape[1]])
