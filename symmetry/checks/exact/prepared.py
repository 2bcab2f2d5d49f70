"""Linear systems whose constants come later: the elimination is done once, each case costs a multiplication."""

from __future__ import annotations

from collections.abc import Callable

from symmetry.checks.exact.affine import System
from symmetry.checks.exact.fields import Matrix, Unsupported

__all__ = ["Prepared"]


class Prepared:
    """A system whose constants are told later: solvable if and only if they are orthogonal to the left kernels."""

    def __init__(self, system: System):
        self.system = system
        field = system.field
        self.groups: list[tuple[list[int], str, Matrix | None]] = []
        for keys, equations in system.groups(range(len(system.equations))):
            if not equations:
                continue
            layout, matrix, _ = system.assemble(keys, [system.equations[index] for index in equations])
            kernel = None
            if keys:
                solved = field.solve(matrix.transpose(), field.zero(matrix.ncols(), 0))
                if solved is None:
                    raise Unsupported("a homogeneous system without solution")
                kernel = solved[1].transpose()
                if kernel.nrows() == 0:
                    continue
            self.groups.append((equations, layout, kernel))

    def solvable(self, told: Callable[[int], Matrix | None]) -> bool:
        """Whether the equations, each with its side minus ``told(index)`` (None is zero), have a solution."""
        field, equations = self.system.field, self.system.equations
        for indices, layout, kernel in self.groups:
            constants = []
            for index in indices:
                value, constant = told(index), equations[index].constant
                constants.append(constant if value is None else constant - value)
            if kernel is None:
                if any(any(constant.entries()) for constant in constants):
                    return False
                continue
            if layout == "entries":
                flat = [entry for constant in constants for entry in constant.entries()]
                stacked = field.matrix(len(flat), 1, flat)
            elif layout == "columns":
                stacked = field.vstack(constants)
            else:
                stacked = field.vstack([constant.transpose() for constant in constants])
            if kernel * stacked != field.zero(kernel.nrows(), stacked.ncols()):
                return False
        return True
