"""The verdict on a user's function: is it equivariant as a problem line says?"""

from symmetry.checks.function.check import check
from symmetry.checks.function.loading import load_function
from symmetry.checks.function.report import FunctionReport, Violation

__all__ = ["FunctionReport", "Violation", "check", "load_function"]
