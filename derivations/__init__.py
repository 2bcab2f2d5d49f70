"""The derivations: one file for each part of the theory, in the order in which they rest on one another."""

from __future__ import annotations

from importlib import import_module
from typing import Any

CHAPTERS = (
    "invariants",
    "equivariants",
    "traces",
    "matrix_valued",
    "coefficients",
    "attention",
    "closure",
    "knowledge",
    "blocks",
    "counterexamples",
    "coordinates",
    "freedom",
    "averaging",
    "approximation",
    "permutations",
    "unordered",
    "positions",
    "finite_information",
    "gathering",
    "information_bounds",
    "polynomials",
)


def __getattr__(name: str) -> Any:
    # The chapters are imported when their claims are asked for, so that each can also be run as a program.
    if name == "CLAIMS":
        return tuple(claim for chapter in CHAPTERS for claim in import_module(f"derivations.{chapter}").CLAIMS)
    if name == "POINTS":
        return import_module("derivations.abstract").POINTS
    if name == "WALKS":
        return import_module("derivations.walks").WALKS
    raise AttributeError(f"module 'derivations' has no attribute {name!r}")
