"""The claims about traces, matrix-valued functions and the choice of coefficients, sampled in double precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]

SAMPLED: Mapping[str, Callable[[int], Evidence]] = {}
