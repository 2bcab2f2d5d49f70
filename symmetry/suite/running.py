"""Check the claims of a file, one after the other; what goes wrong with one does not stop the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symmetry.checks.function import check, load_function
from symmetry.errors import SymmetryError
from symmetry.suite.claims_file import FunctionClaim
from symmetry.suite.outcome import Outcome

__all__ = ["check_claim", "check_claims"]


def check_claim(claim: FunctionClaim, *, seed: int = 0, trials: int | None = None) -> Outcome:
    """What becomes of one claim; a function that cannot be loaded or called is an outcome, not an exception.

    Args:
        claim: what is claimed.
        seed, trials: where the claim does not say.

    >>> from symmetry.problem import Problem
    >>> problem = Problem("X: d n, Z: d m -> d n", group="O(d)")
    >>> claim = FunctionClaim("attention", "symmetry.examples:attention", problem, {"O(d)": "holds"})
    >>> check_claim(claim).findings[0].result
    'passed'
    >>> check_claim(FunctionClaim("mine", "nowhere.py:f", problem, {"O(d)": "holds"})).error
    "no file 'nowhere.py'..."
    """
    try:
        report = check(
            _load(claim),
            claim.problem,
            seed=seed if claim.seed is None else claim.seed,
            trials=trials if claim.trials is None else claim.trials,
            sizes=claim.sizes,
            **claim.options,
        )
    except SymmetryError as error:
        return Outcome(claim, error=str(error))
    return Outcome(claim, report)


def check_claims(
    claims: Sequence[FunctionClaim],
    *,
    seed: int = 0,
    trials: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Outcome]:
    """The outcomes, as they come.

    Args:
        claims: in the order of the outcomes.
        seed, trials: for the claims that do not say.
        progress: called with the name of a claim before it is checked, the number of those before it, and of all.
    """
    for done, claim in enumerate(claims):
        if progress is not None:
            progress(claim.name, done, len(claims))
        yield check_claim(claim, seed=seed, trials=trials)


def _load(claim: FunctionClaim) -> Callable[..., Any]:
    """The function, looked for from the directory of the claims file."""
    place, colon, name = claim.function.rpartition(":")
    if place.endswith(".py") or "/" in place or os.sep in place:
        return load_function(f"{claim.home / place.strip()}{colon}{name}")
    home = str(claim.home.resolve())
    if home not in sys.path:
        sys.path.append(home)
    return load_function(claim.function)
