"""Check the claims of a file, one after the other; what goes wrong with one does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symmetry.checks.function import check, check_separately, load_function
from symmetry.errors import SymmetryError
from symmetry.suite.claims_file import FunctionClaim
from symmetry.suite.outcome import Outcome

__all__ = ["check_claim", "check_claims"]


def check_claim(
    claim: FunctionClaim,
    *,
    seed: int = 0,
    trials: int | None = None,
    timeout: float | None = None,
    memory: int | None = None,
    skip: Sequence[str] = (),
    separately: bool = False,
) -> Outcome:
    """What becomes of one claim; a function that cannot be loaded or called is an outcome, not an exception.

    Args:
        claim: what is claimed.
        seed, trials, timeout: where the claim does not say; ``timeout`` in seconds for one call.
        memory: bytes that a process of its own may hold.
        skip: parts of a check to leave out: ``"search"``, ``"exact"``, ``"controls"``.
        separately: whether the function is loaded and called in a process of its own.

    >>> from symmetry.problem import Problem
    >>> problem = Problem("X: d n, Z: d m -> d n", group="O(d)")
    >>> check_claim(FunctionClaim.plain("symmetry.examples:attention", problem)).findings[0].result
    'passed'
    >>> check_claim(FunctionClaim.plain("nowhere.py:f", problem)).error
    "no file 'nowhere.py'..."
    """
    options: dict[str, Any] = {
        "seed": seed if claim.seed is None else claim.seed,
        "trials": trials if claim.trials is None else claim.trials,
        "sizes": claim.sizes,
        "timeout": timeout,
        **dict.fromkeys(skip, False),
        **claim.options,
    }
    try:
        if separately:
            name = claim.function
            report = check_separately(lambda: _load(claim), claim.problem, name=name, memory=memory, **options)
        else:
            report = check(_load(claim), claim.problem, **options)
    except SymmetryError as error:
        return Outcome(claim, error=str(error))
    return Outcome(claim, report)


def check_claims(
    claims: Sequence[FunctionClaim], *, progress: Callable[[str, int, int], None] | None = None, **options: Any
) -> Iterator[Outcome]:
    """The outcomes, as they come.

    Args:
        claims: in the order of the outcomes.
        progress: called with the name of a claim before it is checked, the number of those before it, and of all.
        options: as for ``check_claim``.
    """
    for done, claim in enumerate(claims):
        if progress is not None:
            progress(claim.name, done, len(claims))
        yield check_claim(claim, **options)


def _load(claim: FunctionClaim) -> Callable[..., Any]:
    """The function, looked for from the directory of the claims file."""
    if claim.located != claim.function:
        return load_function(claim.located)
    home = str(claim.home.resolve())
    if home not in sys.path:
        sys.path.append(home)
    return load_function(claim.function)
