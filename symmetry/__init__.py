"""Derive, prove, refute and test symmetry claims about sequence models.

The names below are loaded when first used, so that ``import symmetry`` stays light.

>>> from symmetry import Problem
>>> print(Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)"))
X: d n, Z: d m -> d n
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symmetry.characters.hilbert import HilbertSeries, hilbert_series
    from symmetry.checks.function import check
    from symmetry.claims import Claim, Report
    from symmetry.completeness.check import check_completeness
    from symmetry.derived import derive
    from symmetry.determinant import Cross, Det, Hodge
    from symmetry.errors import SymmetryError
    from symmetry.evidence import Counterexample, Evidence
    from symmetry.groups import SO, Group, O, S
    from symmetry.haar.average import haar_average
    from symmetry.haar.reynolds import reynolds
    from symmetry.haar.weingarten import weingarten, weingarten_table
    from symmetry.inner import Inner
    from symmetry.invariants.basis import Basis, basis, count
    from symmetry.invariants.straightening import are_equal, minors, normal_form
    from symmetry.kernel import Theorem, replay
    from symmetry.problem import Problem
    from symmetry.registry import Entry, Variant, claim
    from symmetry.testing import assert_equivariant, equivariance_error
    from symmetry.transporter import transport
    from symmetry.verification import derivations, verify

__version__ = "0.1.0"

_HOMES = {
    "Basis": "invariants.basis",
    "Claim": "claims",
    "Counterexample": "evidence",
    "Cross": "determinant",
    "Det": "determinant",
    "Entry": "registry",
    "Evidence": "evidence",
    "Group": "groups",
    "HilbertSeries": "characters.hilbert",
    "Hodge": "determinant",
    "Inner": "inner",
    "Lorentz": "groups",
    "O": "groups",
    "Problem": "problem",
    "Report": "claims",
    "S": "groups",
    "SO": "groups",
    "SymmetryError": "errors",
    "T": "groups",
    "Theorem": "kernel",
    "Variant": "registry",
    "are_equal": "invariants.straightening",
    "assert_equivariant": "testing",
    "basis": "invariants.basis",
    "check": "checks.function",
    "check_completeness": "completeness.check",
    "claim": "registry",
    "count": "invariants.basis",
    "derivations": "verification",
    "derive": "derived",
    "equivariance_error": "testing",
    "haar_average": "haar.average",
    "hilbert_series": "characters.hilbert",
    "minors": "invariants.straightening",
    "normal_form": "invariants.straightening",
    "replay": "kernel",
    "reynolds": "haar.reynolds",
    "transport": "transporter",
    "verify": "verification",
    "weingarten": "haar.weingarten",
    "weingarten_table": "haar.weingarten",
}
__all__ = [
    "SO",
    "Basis",
    "Claim",
    "Counterexample",
    "Cross",
    "Det",
    "Entry",
    "Evidence",
    "Group",
    "HilbertSeries",
    "Hodge",
    "Inner",
    "Lorentz",
    "O",
    "Problem",
    "Report",
    "S",
    "SymmetryError",
    "T",
    "Theorem",
    "Variant",
    "are_equal",
    "assert_equivariant",
    "basis",
    "check",
    "check_completeness",
    "claim",
    "count",
    "derivations",
    "derive",
    "equivariance_error",
    "haar_average",
    "hilbert_series",
    "minors",
    "normal_form",
    "replay",
    "reynolds",
    "transport",
    "verify",
    "weingarten",
    "weingarten_table",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symmetry' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"symmetry.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
