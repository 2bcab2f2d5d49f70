"""Exact mode: a function on rational numbers, and modulo a large prime."""

from symmetry.checks.function.exact.check import exact_check
from symmetry.checks.function.exact.report import ExactReport

__all__ = ["ExactReport", "exact_check"]
