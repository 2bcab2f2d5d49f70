"""Exact evaluation of any statement at small sizes, over the rationals or modulo a prime, independent of the kernel."""

from symmetry.checks.exact.check import check_exact
from symmetry.checks.exact.fields import random_prime

__all__ = ["check_exact", "random_prime"]
