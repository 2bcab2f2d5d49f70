"""Does a user's function have the symmetry that a problem states?

For each factor of the group, and each of its components, f(g·x) is held against g·f(x), in this order:

1. a fixed *battery* at several sizes: generic and structured inputs, Haar-distributed, special and near elements,
   float32 and float64 (``battery.py``); residuals are judged by a tolerance that is measured (``noise.py``);
2. *trials*: many random inputs and elements (``stream.py``);
3. a *search*: inputs that flip comparisons in the function's code, and a climb of the residual (``search``);
4. *exact* arithmetic where the function allows it (``exact``);
5. *controls*: a violation is planted, and must be seen (``controls.py``).

What is found is a sample: *holds* means that nothing above the tolerance was seen, and says how hard was looked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from symmetry.checks.function.battery import effort, glance_at, look_at
from symmetry.checks.function.calls.calling import Callee, Failed, Unfit, quiet
from symmetry.checks.function.calls.guarding import one_thread, preserved
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.comparing import compare
from symmetry.checks.function.controls import LARGEST, detected
from symmetry.checks.function.exact import ExactReport, exact_check
from symmetry.checks.function.examination import Examination
from symmetry.checks.function.inputs import assignments, edge_assignments, natural, small_assignments
from symmetry.checks.function.report import FunctionReport, Looked, Violation
from symmetry.checks.function.search.branches import Coverage
from symmetry.checks.function.search.searching import search_at
from symmetry.checks.function.stream import Block, Tally, entries, plan
from symmetry.checks.function.verdicts import report_of
from symmetry.errors import UsageError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Tallies", "check"]

Tallies = Mapping[tuple[Group, int], Tally]
Progress = Callable[[FunctionReport], None] | None
Run = Callable[[Examination, Sequence[Problem], int, Progress], Tallies]
EXACT = 2**12  # entries of inputs and outputs up to which numbers may be fractions
SINGLE_THREADED = 2**14  # entries up to which threads of a framework cost more than they save
SEARCHED = 2  # assignments of sizes, the smallest ones, at which violations are searched for
QUICK = 2  # measurements of noise; where there are fewer, controls measure none
CONTROL = 7  # tells the generator of the controls from others made from the same seed


def check(
    f: Callable[..., Any],
    problem: Problem,
    *,
    seed: int = 0,
    trials: int | None = None,
    sizes: Sequence[Mapping[str, int]] | None = None,
    backend: str | None = None,
    params: Mapping[str, str] | Sequence[str] | None = None,
    timeout: float | None = None,
    search: bool = True,
    exact: bool = True,
    controls: bool = True,
    progress: Progress = None,
    run: Run | None = None,
) -> FunctionReport:
    """A verdict for each factor of the group, with its evidence, or with a counterexample.

    *holds*: no residual above the tolerance. The tolerance is 8 times the rounding that was measured at the point:
    the response to input changes of the size of the action's own rounding, the scatter of the function along a line,
    and the rounding of the output. *violated*: a residual above it which is also there at a neighbouring point, does
    not shrink from float32 to float64 and is no underflow; where it is less than 64 times the noise, the noise is
    measured again, and it must be there at independent inputs and in float32 too; or the two sides differ in exact
    arithmetic. *inconclusive*: the function raised, gave NaN or infinity at a generic point, changed its inputs, is not
    deterministic, or is so ill-conditioned that no tolerance says anything; or a planted violation was not seen.
    It does not show that no violation exists, and a difference at a single point (a tie broken by index, a value at 0
    by convention) is mentioned in the evidence, not held against the function.

    Args:
        f: takes one array per input of the problem, returns one array per output; inputs are copies.
        problem: with a group; open sizes are chosen here.
        seed: of everything random; the same seed gives the same report.
        trials: transformed inputs that are compared after the fixed battery, over all sizes and components; the
            default is a few hundred, fewer at large sizes.
        sizes: assignments of the open sizes to look at, instead of our own.
        backend: ``"numpy"``, ``"torch"`` or ``"jax"``: what f takes; ``None`` for what it seems to take.
        params: inputs that are parameters of the module f rather than arguments, as a dictionary from inputs to
            parameters, or as a list of inputs that are named like them.
        timeout: seconds for one call (in the main thread).
        search: whether to look for violations in small regions.
        exact: whether to compute exactly where the function allows it.
        controls: whether to see that a planted violation is found.
        progress: is given what is known so far, at the beginning and after each assignment of sizes.
        run: runs the trials, with the same result as ``run_blocks``, which does it in this process.

    Raises:
        FunctionError: f does not fit the problem (number of arguments, shape of the output).
        UsageError: no group, no trials, or sizes that do not fit the problem or are too large.

    >>> def gram(X):
    ...     return X @ X.T @ X
    >>> check(gram, Problem("X: d n -> d n", group="O(d) x S(n)")).verdicts
    {'O(d)': 'holds', 'S(n)': 'holds'}
    >>> report = check(abs, Problem("X: d n -> d n", group="O(d) x S(n)"))
    >>> report.verdicts, report.exit_status
    ({'O(d)': 'violated', 'S(n)': 'holds'}, 1)
    >>> check(gram, Problem("X: d n -> n d", group="O(d)"))
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: gram returned shape (4, 2) (as if it were 'd n'), but ...
    """
    if not isinstance(problem, Problem):
        raise UsageError(f"check needs a Problem, such as Problem('X: d n -> d n', group='O(d)'), not {problem!r}")
    if not len(problem.group):
        raise UsageError(
            f"{str(problem)!r} names no group, so there is nothing to check; add one, such as group='O(d)'"
        )
    call, seed = Callee(f, problem, backend=backend, params=params, timeout=timeout), natural(seed, "seed", 0)
    problem = problem.at(**call.fixed)
    chosen = assignments(problem, sizes)
    if trials is None:
        trials = sum(effort(sized).trials for sized in chosen)
    trials = natural(trials, "trials", 1)
    smaller = small_assignments(problem) if sizes is None else sorted(chosen, key=lambda p: sum(p.sizes.values()))
    seen = Examination(call, problem, seed, tuple(smaller), problem.symbolic if sizes is None else ())
    coverage, found, reason = Coverage(), None, None
    alone = one_thread() if max(map(entries, chosen)) <= SINGLE_THREADED else nullcontext()
    with quiet(), call.limit.installed(), alone, preserved(seed) as changes:
        try:
            for sized in chosen:
                if progress is not None:
                    progress(report_of(seen, chosen))
                look_at(seen, sized)
            for sized in edge_assignments(problem) if sizes is None else ():
                glance_at(seen, sized)
            book(seen, chosen, trials, (run or run_blocks)(seen, chosen, trials, progress))
            if search:
                for sized in sorted(chosen, key=entries)[:SEARCHED]:
                    search_at(seen, sized, effort(sized).search, coverage)
            if progress is not None:
                progress(report_of(seen, chosen))
            small = [sized for sized in chosen if entries(sized) <= EXACT]
            if exact and small and call.backend == "numpy" and params is None:
                given = None if sizes is None else [sized.sizes for sized in small]
                found = exact_check(f, problem, seed=seed, sizes=given, callee=call)
                _add_exact(seen, found)
            if controls:
                _add_controls(seen, min(chosen, key=entries))
            seen.require_unchanged()
        except Unfit as unfit:
            reason = str(unfit)
    for change in changes:
        call.remark(change)
    looked = Looked(call.calls, seen.trials, tuple(seen.inputs), coverage.both, coverage.met)
    return report_of(seen, chosen, exact=found, looked=looked, reason=reason)


def run_blocks(seen: Examination, chosen: Sequence[Problem], trials: int, progress: Progress = None) -> Tallies:
    """What so many trials come to, in this process, for the components without a violation so far."""
    keys = seen.open()
    total = dict.fromkeys(keys, Tally())
    for k, block, count in plan(chosen, trials if keys else 0):
        sized = chosen[k]
        found = Block(seen.call, sized, seen.seed, (k, block), count, seen.floors.get(sized, 0.0), keys).run()
        total = {key: total[key] + tally for key, tally in found.items()}
    return total


def book(seen: Examination, chosen: Sequence[Problem], trials: int, tallies: Tallies) -> None:
    """Add trials to what was seen; the worst violation of a component is made again, and small."""
    seen.trials = sum(tally.samples + tally.skipped for tally in tallies.values())
    for key, tally in tallies.items():
        ledger = seen.ledgers[key]
        ledger.add(tally, chosen)
        if tally.violation is None:
            continue
        k, block, trial = tally.violation[1]
        ledger.broken[chosen[k]] = None
        if ledger.violation is None:
            count = next(count for *place, count in plan(chosen, trials) if place == [k, block])
            floor = seen.floors.get(chosen[k], 0.0)
            again = Block(seen.call, chosen[k], seen.seed, (k, block), count, floor, list(tallies))
            point, factor, component, element = again.trial(trial)
            found = replace(compare(point, factor, element), outcome="violated")
            seen.violated(point, factor, component, element, found, is_generic=True)


def _add_exact(seen: Examination, found: ExactReport) -> None:
    """An exact counterexample counts, whatever floating point shows."""
    for (factor, component), ledger in seen.ledgers.items():
        for evidence in (found.exact[str(factor)][component], found.modular[str(factor)][component]):
            if evidence.verdict == "violated" and isinstance(evidence.counterexample, Violation):
                ledger.broken.update(dict.fromkeys(seen.problem.at(**sizes) for sizes in evidence.sizes))
                ledger.violation = ledger.violation or evidence.counterexample


def _add_controls(seen: Examination, sized: Problem) -> None:
    """Plant a violation of each component that holds so far; one that is not seen leaves nothing to say."""
    for number, ((factor, component), ledger) in enumerate(seen.ledgers.items()):
        if ledger.verdict != "holds" or factor.is_trivial(sized.size(factor.axis), component):
            continue
        rng = np.random.default_rng([seen.seed, CONTROL, number])
        quick = effort(sized).noise < QUICK
        try:
            ledger.detects = detected(seen.call, sized, factor, component, rng, ledger.tolerance, quick=quick)
        except Failed as failed:
            ledger.fail(f"no value where a violation was to be planted{at_sizes(sized)}: {failed}")
            continue
        if ledger.detects is None:
            ledger.fail(f"a violation of relative size {LARGEST} was planted{at_sizes(sized)}, and not seen")
