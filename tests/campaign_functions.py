"""Functions and campaigns for the tests of campaigns."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from symmetry.campaigns import Campaign, run_campaign
from symmetry.campaigns.campaign import Found
from symmetry.problem import Problem

Array = np.ndarray[Any, Any]
PROBLEM = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)")
SIZES = ({"d": 3, "n": 2, "m": 4}, {"d": 2, "n": 5, "m": 3})
QUICK = {"sizes": [dict(sizes) for sizes in SIZES], "search": False, "exact": False, "controls": False}


def attention(X: Array, Z: Array) -> Array:
    return X @ (X.T @ X) + Z @ (Z.T @ X)


def rarely_wrong(X: Array, Z: Array) -> Array:
    """Wrong where the largest entry of X is in a range so narrow that the fixed battery does not meet it."""
    return attention(X, Z) + (0.01 * np.abs(X) if 3.2 < np.abs(X).max() < 3.23 else 0.0)


def rarely(harm: Callable[[], object], low: float = 3.2, high: float = 3.23) -> Callable[[Array, Array], Array]:
    """A function that does harm where the largest entry of X is in this range; not in the process of the tests."""
    here = os.getpid()

    def function(X: Array, Z: Array) -> Array:
        if low < np.abs(X).max() < high and os.getpid() != here:
            harm()
        return attention(X, Z)

    return function


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def campaign(trials: int = 3000, **changes: Any) -> Campaign:
    made = Campaign("symmetry.examples:attention", PROBLEM, SIZES, 7, trials, (1e-16, 2e-16))
    return replace(made, **changes)


def last(campaign: Campaign, **options: Any) -> Found:
    *_, progress = run_campaign(campaign, **options)
    return progress.found
