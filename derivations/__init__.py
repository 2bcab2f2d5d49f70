"""The derivations: one file for each chapter of the theory, in the order in which they rest on one another."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    # The chapters are imported when their claims are asked for, so that each can also be run as a program.
    if name != "CLAIMS":
        raise AttributeError(f"module 'derivations' has no attribute {name!r}")
    from derivations import equivariants, invariants

    return (*invariants.CLAIMS, *equivariants.CLAIMS)
