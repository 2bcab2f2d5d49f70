"""Derive, prove, refute and test symmetry claims about sequence models.

The names below are loaded when first used, so that ``import symmetry`` stays light.

>>> from symmetry import Problem
>>> print(Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)"))
X: d n, Z: d m -> d n
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symmetry.checks.function import check
    from symmetry.claims import Claim, Report
    from symmetry.derived import derive
    from symmetry.errors import SymmetryError
    from symmetry.evidence import Counterexample, Evidence
    from symmetry.groups import SO, Group, O, S
    from symmetry.kernel import Theorem, replay
    from symmetry.problem import Problem
    from symmetry.registry import Entry, Variant, claim
    from symmetry.transporter import transport
    from symmetry.verification import derivations, verify

__version__ = "0.1.0"

_HOMES = {
    "Claim": "claims",
    "Counterexample": "evidence",
    "Entry": "registry",
    "Evidence": "evidence",
    "Group": "groups",
    "O": "groups",
    "Problem": "problem",
    "Report": "claims",
    "S": "groups",
    "SO": "groups",
    "SymmetryError": "errors",
    "Theorem": "kernel",
    "Variant": "registry",
    "check": "checks.function",
    "claim": "registry",
    "derivations": "verification",
    "derive": "derived",
    "replay": "kernel",
    "transport": "transporter",
    "verify": "verification",
}
__all__ = [
    "SO",
    "Claim",
    "Counterexample",
    "Entry",
    "Evidence",
    "Group",
    "O",
    "Problem",
    "Report",
    "S",
    "SymmetryError",
    "Theorem",
    "Variant",
    "check",
    "claim",
    "derivations",
    "derive",
    "replay",
    "transport",
    "verify",
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
