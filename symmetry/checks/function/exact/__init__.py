"""Exact mode: a function on rational numbers, and modulo a large prime."""

from symmetry.checks.function.exact.check import ExactReport, exact_check

__all__ = ["ExactReport", "exact_check"]
