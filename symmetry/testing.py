"""For test suites: how far a function is from equivariance, and an assertion that it is equivariant.

``equivariance_error`` measures and judges nothing. ``assert_equivariant`` asks ``check``, which tells rounding from
violations with a tolerance that it measures; with ``atol`` or ``rtol`` it compares both sides as NumPy's
``assert_allclose`` does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from symmetry.checks.function import FunctionReport, check
from symmetry.checks.function.calls.calling import Unfit, quiet
from symmetry.errors import FunctionError, UsageError
from symmetry.groups import Group, Product
from symmetry.problem import Problem
from symmetry.samples import Sample, Sampler

__all__ = ["EquivarianceError", "assert_equivariant", "equivariance_error"]


@dataclass(frozen=True)
class EquivarianceError:
    """How far f(g·x) was from g·f(x) for one component of one factor, at worst.

    Args:
        max_abs: the largest entry of the difference.
        max_rel: the largest norm of the difference of an output, relative to the larger of the two sides; 0 where both
            are zero.
        samples: pairs of an input and an element.
        sizes: where ``max_rel`` was found.
    """

    max_abs: float
    max_rel: float
    samples: int
    sizes: Mapping[str, int]


def equivariance_error(
    f: Callable[..., Any],
    problem: Problem | str,
    group: str | Group | Product | None = None,
    *,
    seed: int = 0,
    trials: int | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    element: Mapping[str, ArrayLike] | None = None,
    inputs: Sequence[ArrayLike] | Mapping[str, ArrayLike] | None = None,
    dtype: DTypeLike = np.float64,
    **options: Any,
) -> dict[str, dict[str, EquivarianceError]]:
    """How far a function is from equivariance: numbers, no verdict and no tolerance.

    For each factor of the group, and each of its components, f(g·x) is compared with g·f(x) at generic inputs and
    Haar-distributed elements. What a number means depends on the rounding of the function; ``check`` measures that.

    Args:
        f: takes one array per input of the problem, returns one array per output.
        problem, group: a problem with its group, or a line and a group.
        seed: of everything random.
        trials: inputs at each assignment of sizes, 4 if not given; with ``inputs``, elements of each component.
        sizes: assignments of the open sizes, instead of our own.
        element: factor as written -> an element of it, a matrix or the indices of a permutation; only these factors
            are looked at, with these elements.
        inputs: one array per input, or by name, instead of generic ones; sizes follow from their shapes.
        dtype: of the inputs, float64 or float32.
        options: further keywords for how the function is called, as ``check`` takes them.

    Returns:
        factor as written -> component in words -> error.

    Raises:
        FunctionError: f does not fit the problem, or has no finite value at one of the inputs.
        UsageError: no group, or an argument that does not fit the problem.

    >>> def double(X):
    ...     return 2 * X
    >>> found = equivariance_error(double, "X: d n -> d n", "O(d) x S(n)")
    >>> {factor: list(components) for factor, components in found.items()}
    {'O(d)': ['rotation (det +1)', 'reflection (det -1)'], 'S(n)': ['permutation']}
    >>> found["O(d)"]["reflection (det -1)"].max_rel < 1e-14
    True
    >>> equivariance_error(double, "X: d n -> d n", "S(n)", element={"S(n)": [1, 0]}, inputs=[[[1.0, 2.0, 3.0]]])
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: the element of S(n) has shape (2,); at d=1, n=3 it needs shape (3,)
    """
    sampler = Sampler(f, _problem(problem, group), seed, trials, sizes, element, inputs, dtype, options)
    errors: dict[str, dict[str, EquivarianceError]] = {}
    with quiet():
        try:
            for sample in sampler:
                if sample.failure is not None:
                    raise FunctionError(f"{sampler.name} has no value at {sample.place}: {sample.failure}")
                found = errors.setdefault(str(sample.factor), {})
                found[sample.component] = _worse(found.get(sample.component), sample)
        except Unfit as unfit:
            raise FunctionError(str(unfit)) from None
    return errors


def assert_equivariant(
    f: Callable[..., Any],
    problem: Problem | str,
    group: str | Group | Product | None = None,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    seed: int | None = None,
    trials: int | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    element: Mapping[str, ArrayLike] | None = None,
    inputs: Sequence[ArrayLike] | Mapping[str, ArrayLike] | None = None,
    dtype: DTypeLike | None = None,
    **options: Any,
) -> None:
    """Every factor of the group *holds*; or an ``AssertionError`` with the worst case.

    Without ``atol`` and ``rtol`` this is the verdict of ``check``: *violated* and *inconclusive* both raise. With one
    of them the other is 0, and |f(g·x) − g·f(x)| ≤ atol + rtol |g·f(x)| has to be true of every entry at every sample.

    Args:
        f: takes one array per input of the problem, returns one array per output.
        problem, group: a problem with its group, or a line and a group.
        atol, rtol: tolerances, instead of the one that is measured.
        seed: of everything random, 0 if not given.
        trials, sizes: as in ``check``.
        element, inputs, dtype: as in ``equivariance_error``; only with ``atol`` or ``rtol``.
        options: further keywords for ``check``, or for how the function is called.

    Raises:
        AssertionError: the function is not equivariant, or it cannot be said (NaN, exceptions, not deterministic).
        FunctionError: f does not fit the problem.
        UsageError: no group, or an argument that does not fit the problem.

    >>> assert_equivariant(lambda X: X @ X.T @ X, "X: d n -> d n", "O(d) x S(n)")
    >>> assert_equivariant(abs, "X: d n -> d n", "O(d)", rtol=1e-6)
    Traceback (most recent call last):
    ...
    AssertionError: abs is not equivariant under O(d)...
    """
    __tracebackhide__ = True
    problem = _problem(problem, group)
    seed = 0 if seed is None else seed
    if atol is None and rtol is None:
        given = {"element": element, "inputs": inputs, "dtype": dtype}
        for name, value in given.items():
            if value is not None:
                raise UsageError(f"{name}= needs atol= or rtol=; without them check chooses what it looks at")
        report = check(f, problem, seed=seed, trials=trials, sizes=sizes, **options)
        text = None if report.ok else _judged(report)
    else:
        tolerances = _tolerance(atol, "atol"), _tolerance(rtol, "rtol")
        dtype = np.float64 if dtype is None else dtype
        sampler = Sampler(f, problem, seed, trials, sizes, element, inputs, dtype, options)
        text = _compared(sampler, *tolerances)
    if text is not None:
        chosen = f", trials={trials}" * (trials is not None) + f", sizes={sizes!r}" * (sizes is not None)
        chosen += f", atol={atol!r}" * (atol is not None) + f", rtol={rtol!r}" * (rtol is not None)
        again = f"seed {seed}; the same again with seed={seed}{chosen}"
        raise AssertionError(f"{text}\n{again}")


def _problem(problem: Problem | str, group: str | Group | Product | None) -> Problem:
    """The problem, with a group that has factors."""
    if isinstance(problem, Problem):
        if group is not None and len(problem.group):
            raise UsageError(f"{problem!r} has its group already, so {str(group)!r} cannot be given as well")
        problem = problem if group is None else Problem(str(problem), group, **problem.sizes)
    else:
        problem = Problem(problem, group)
    if not len(problem.group):
        raise UsageError(f"{str(problem)!r} names no group, so there is nothing to compare; add one, such as 'O(d)'")
    return problem


def _tolerance(value: float | None, name: str) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value < math.inf:
        raise UsageError(f"{name} is a finite number of at least 0, not {value!r}")
    return float(value)


def _worse(found: EquivarianceError | None, sample: Sample) -> EquivarianceError:
    """The errors so far, with those of one more sample."""
    absolute, relative = sample.errors
    if found is None:
        return EquivarianceError(absolute, relative, 1, sample.sized.sizes)
    sizes = sample.sized.sizes if relative > found.max_rel else found.sizes
    return EquivarianceError(max(absolute, found.max_abs), max(relative, found.max_rel), found.samples + 1, sizes)


def _judged(report: FunctionReport) -> str:
    """What `check` found against a function."""
    violated = [factor for factor, verdict in report.verdicts.items() if verdict == "violated"]
    unclear = [factor for factor, verdict in report.verdicts.items() if verdict == "inconclusive"]
    lines = []
    if violated:
        lines.append(f"{report.function} is not equivariant under {', '.join(violated)}")
    for factor in violated:
        found = report.counterexamples[factor]
        lines.append(f"{found}\nresidual {found.residual:.2g} > tolerance {found.tolerance:.2g} (relative)")
    if unclear:
        lines.append(f"{report.function}: it is inconclusive whether it is equivariant under {', '.join(unclear)}")
    lines.extend(dict.fromkeys(report.evidence[factor].reason for factor in unclear))
    lines.append(f"problem {report.problem}   under {report.problem.group}")
    return "\n".join(lines)


def _compared(sampler: Sampler, atol: float, rtol: float) -> str | None:
    """What a comparison with given tolerances found against a function, or ``None``."""
    worst: tuple[float, Sample] | None = None
    failed, samples, failure = 0, 0, "nothing was compared"
    with quiet():
        try:
            for sample in sampler:
                samples += 1
                if sample.failure is not None:
                    failure = f"no value at {sample.place}: {sample.failure}"
                    break
                excess, *_ = sample.excess(atol, rtol)
                if not excess <= 1:
                    failed += 1
                    worst = worst if worst is not None and worst[0] >= excess else (excess, sample)
            else:
                failure = failure if samples == 0 else ""
        except Unfit as unfit:
            worst, failure = None, str(unfit)
    where = f"problem {sampler.problem}   under {sampler.problem.group}"
    if worst is not None:
        return f"{_worst_case(sampler, worst[1], atol, rtol)} at {failed} of {samples} samples\n{where}"
    if failure:
        group = sampler.problem.group
        return f"{sampler.name}: it is inconclusive whether it is equivariant under {group}\n{failure}\n{where}"
    return None


def _worst_case(sampler: Sampler, sample: Sample, atol: float, rtol: float) -> str:
    _, position, index = sample.excess(atol, rtol)
    left, right = sample.left[position][index], sample.right[position][index]
    entry = f" at entry {', '.join(map(str, index))}" if index else ""
    output = f" of output {position + 1}" if len(sample.left) > 1 else ""
    return (
        f"{sampler.name} is not equivariant under {sample.factor}\n{sample.violation(sampler.seed)}\n"
        f"worst{entry}{output}: {left:.8g}, expected {right:.8g}; relative difference of the two sides "
        f"{sample.errors[1]:.2g}\nbeyond atol={atol:g}, rtol={rtol:g}"
    )
