"""The verdict on a user's function: is it equivariant as a problem line says?"""

from symmetry.checks.function.calls.loading import load_function
from symmetry.checks.function.check import check
from symmetry.checks.function.report import FunctionReport, Violation
from symmetry.checks.function.separate import check_separately, cut_short

__all__ = ["FunctionReport", "Violation", "check", "check_separately", "cut_short", "load_function"]
