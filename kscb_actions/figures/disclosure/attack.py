"""An attacker by linear programming: which finest counts agree with all that is printed."""

from typing import Any

import highspy
import numpy as np

NEAR = 1e-6
INFINITE = highspy.kHighsInf


def programme(
    rows: Any, low: Any, high: Any, cost: Any, top: float = INFINITE, is_whole: bool = False
) -> highspy.Highs:
    """Return a programme: columns from 0 to `top` that cost the least, with each row within its bounds."""
    height, width = rows.shape
    every = np.arange(width, dtype=np.int32)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.addVars(width, np.zeros(width), np.full(width, float(top)))
    solver.changeColsCost(width, every, cost)
    if is_whole:
        solver.changeColsIntegrality(width, every, np.full(width, highspy.HighsVarType.kInteger))
    lines, columns = np.nonzero(rows)
    begins = np.searchsorted(lines, np.arange(height))
    solver.addRows(height, low, high, len(lines), begins, columns, rows[lines, columns])
    return solver


def solved(solver: highspy.Highs, seconds: float = INFINITE) -> Any | None:
    """Return the columns of the optimum; None where nothing meets the rows. Raise TimeoutError."""
    solver.setOptionValue("time_limit", max(seconds, 0.1))
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        raise TimeoutError
    is_solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return np.array(solver.getSolution().col_value) if is_solved else None


class Attacker:
    """Hold what everybody knows, and find counts that agree with it.

    matrix  a row for each statement, of the finest counts of which it is the sum
    truth   counts that agree with everything, a whole number for each column
    """

    def __init__(self, matrix: Any, truth: Any) -> None:
        self.matrix, self.truth, self.stated = matrix, truth, matrix @ truth
        self.low, self.high = self.stated, self.stated
        # No count is taken to be far beyond all that is printed: so every aim has a bound.
        self.top = float(max(self.stated.max(initial=0), truth.max(initial=0))) + 100
        self._solver = programme(matrix, self.low, self.high, 0 * truth, self.top)

    def read(self, low: Any, high: Any) -> None:
        """Take in between which bounds each stated sum lies."""
        self.low, self.high = low, high
        rows = np.arange(len(low), dtype=np.int32)
        self._solver.changeRowsBounds(len(rows), rows, low, high)  # type: ignore[attr-defined]

    def push(self, aim: Any) -> tuple[Any, Any, Any]:
        """Return counts in which the aim is largest, and how far each statement and count holds it."""
        self._solver.changeColsCost(len(aim), np.arange(len(aim), dtype=np.int32), -aim)
        if (counts := solved(self._solver)) is None:
            raise ArithmeticError("What is printed contradicts itself.")
        solution = self._solver.getSolution()
        return counts, -np.array(solution.row_dual), -np.array(solution.col_dual)

    def other(self, aim: Any, seconds: float) -> Any | None:
        """Return whole counts in which the aim is another than in truth; None where there are none."""
        value, rows = float(aim @ self.truth), np.vstack([self.matrix, aim])
        for bounds in ((value + 1, INFINITE), (-INFINITE, value - 1)):
            low, high = map(np.append, (self.low, self.high), bounds)
            found = solved(programme(rows, low, high, 0 * aim, self.top, is_whole=True), seconds)
            if found is not None:
                return np.round(found)
        return None

    def agreeing(self, counts: Any) -> Any | None:
        """Return these counts as whole numbers, if they agree with everything: checked without the solver."""
        near = np.round(counts)
        if np.abs(near - counts).max(initial=0) > NEAR or (near < 0).any():
            return None
        sums = self.matrix @ near
        return near if ((self.low <= sums) & (sums <= self.high)).all() else None


def a_truth(matrix: Any, sums: Any, loose: Any) -> Any | None:
    """Return finest counts with these sums, of the `loose` ones as nearly as can be; None: there are none.

    What was issued before a correction may differ from what later reports count.
    """
    slack = np.eye(len(matrix))[:, loose]
    cost = np.repeat([0.0, 1.0], [matrix.shape[1], 2 * slack.shape[1]])
    found = solved(programme(np.hstack([matrix, slack, -slack]), sums, sums, cost, is_whole=True))
    return None if found is None else np.round(found[: matrix.shape[1]])
