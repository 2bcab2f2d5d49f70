"""Does a function have a symmetry exactly, on rational numbers and modulo a large prime?

For a function that only adds, multiplies, divides and compares there is no rounding: f(g·x) and g·f(x) are equal, or
they are not. Rational points are few and small, yet a difference at one of them is a proof. A function that does not
compare is a quotient of polynomials; modulo a random prime an agreement at one point then means that it is equivariant
at those sizes, up to a probability that is bounded (see ``modular.py`` beside this).

Whatever cannot be computed exactly is no failure: the verdict is *inconclusive*, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

import numpy as np

from symmetry.checks.exact.fields import random_prime
from symmetry.checks.function.calls.calling import Array, Callee, Failed, Output, Unfit, quiet
from symmetry.checks.function.calls.outputs import at_sizes
from symmetry.checks.function.counterexamples.violation import Violation
from symmetry.checks.function.exact.arithmetic import Budget, Exhausted, Residues
from symmetry.checks.function.exact.calling import Skipped
from symmetry.checks.function.exact.modular import ATTEMPTS, agrees, degrees_of, is_drawn, probability, size_of
from symmetry.checks.function.exact.numbers import NotExact
from symmetry.checks.function.exact.points import Element, exact_sizes, generating, point, smaller_sizes
from symmetry.checks.function.exact.report import ExactReport
from symmetry.checks.function.exact.sides import Difference, Sides, as_fraction
from symmetry.checks.function.exact.smallest import smallest, violation
from symmetry.checks.function.noise import SAFETY, noise
from symmetry.errors import FunctionError, UsageError
from symmetry.evidence import Evidence, Verdict
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["ExactReport", "exact_check"]

SIZE_BUDGET = 1 << 23  # bits, for the points at one assignment of sizes
LARGEST = 24  # matrix of fractions
# Largest numerators and the range of the denominators: small rationals, then generic ones of ordinary size, large and
# small, so that a comparison with a constant is met on both sides.
POINTS = ((20, (2, 7)), (2**10, (2**8, 2**10)), (2**10, (3, 7)), (2**10, (2**16, 2**18)))
AGREED = (20, 7)  # numerators and denominator, where values are held against floating point only
LEAST = {"exact": 3, "modular": 1}  # samples; modulo a prime one says as much as many
AGREEMENT = 2.0**-10  # with the function in floating point, relative
CANCELLED = 2.0**-40  # of the inputs; what may be left in floating point of what cancels
LEAST_CERTAIN = 2.0**-20  # a larger bound for a false pass is no evidence


def exact_check(
    function: Callable[..., Any],
    problem: Problem,
    *,
    seed: int = 0,
    sizes: Sequence[Mapping[str, int]] | None = None,
    callee: Callee | None = None,
) -> ExactReport:
    """An exact verdict for each component of each factor of the group, where the function allows exact arithmetic.

    *violated*: the two sides differ at a rational point, at neighbouring points as well, and by more than the rounding
    of the function's own constants explains. *holds*: they were equal at all rational points (``exact``), or modulo
    a random prime (``modular``, with a bound for the probability that this is an accident). *inconclusive*: anything
    else; the detail says why. A difference at a single point (a tie broken by index) is mentioned, not held against
    the function. Everything is about the sizes that the evidence names.

    Args:
        function: takes one array per input of the problem, and is also called on floating point numbers, to see
            that it computes the same there.
        problem: with a group; open sizes are chosen here.
        seed: of everything random; the same seed gives the same report.
        sizes: assignments of the open sizes to look at, instead of our own.
        callee: the function with the ways in which it is called, where it was bound to the problem already.

    Raises:
        FunctionError: the function does not fit the problem.
        UsageError: no group, or sizes that do not fit the problem.

    >>> report = exact_check(lambda X: X @ X.T @ X, Problem("X: d n -> d n", group="O(d) x S(n)"))
    >>> report.verdicts, report.modular["O(d)"][-1].error_bound < 1e-13
    ({'O(d)': 'holds', 'S(n)': 'holds'}, True)
    >>> report = exact_check(lambda X: X + 1e-30 * X**2, Problem("X: d n -> d n", group="SO(d)"))
    >>> report.verdicts, report.counterexamples["SO(d)"].sizes
    ({'SO(d)': 'violated'}, {'d': 2, 'n': 1})
    >>> report = exact_check(np.tanh, Problem("X: d n -> d n", group="S(n)"))
    >>> report.verdicts, report.reason
    ({'S(n)': 'inconclusive'}, 'tanh is not exact')
    >>> exact_check(np.tanh, Problem("X: d n -> d n"))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 'X: d n -> d n' names no group, so there is nothing to check; ...
    """
    if not len(problem.group):
        raise UsageError(f"{str(problem)!r} names no group, so there is nothing to check; add one, as in group='O(d)'")
    small, larger = exact_sizes(problem, sizes)
    free = problem.symbolic if sizes is None else ()
    search = _Search(callee or Callee(function, problem), problem, seed, (smaller_sizes(problem, sizes), free))
    try:
        for sized in small:
            search.rational(sized)
        search.residues([*small, *larger])
    except (NotExact, Unfit) as error:
        search.reason = str(error)
    return search.report()


@dataclass
class _Ledger:
    """What one method has seen of one component of one factor."""

    samples: int = 0
    skipped: int = 0
    sizes: dict[Problem, None] = field(default_factory=dict)
    failure: str | None = None
    remark: str = ""
    error_bound: float | None = None
    violation: Violation | None = None

    def count(self, sized: Problem) -> None:
        self.samples += 1
        self.sizes[sized] = None

    def skip(self, why: str) -> None:
        self.skipped += 1
        self.remark = self.remark or why

    def fail(self, why: str) -> None:
        self.skipped += 1
        self.failure = self.failure or why

    def evidence(self, method: Literal["exact", "modular"], seed: int, reason: str | None) -> Evidence:
        verdict: Verdict = "inconclusive"
        detail = self.failure or reason or self.remark or ("" if self.samples >= LEAST[method] else "too few points")
        if self.violation is not None:
            verdict, detail = "violated", self.violation.note
        elif self.samples >= LEAST[method] and self.failure is None and reason is None:
            verdict = "holds"
        return Evidence(
            method=method,
            verdict=verdict,
            sizes=tuple(sized.sizes for sized in self.sizes),
            samples=self.samples,
            seed=seed,
            error_bound=self.error_bound if verdict == "holds" else None,
            counterexample=self.violation,
            skipped=self.skipped,
            detail=detail,
        )


class _Search:
    """Looks at a function exactly."""

    def __init__(self, callee: Callee, problem: Problem, seed: int, smaller: tuple[Sequence[Problem], Sequence[str]]):
        self.callee = callee
        self.problem = problem
        self.seed = seed
        self.smaller = smaller
        self.random = Random(seed)
        self.generator = np.random.default_rng(seed)
        self.sides = Sides(callee, seed)
        self.reason: str | None = None
        self.exhausted = False
        self.agreed: set[Problem] = set()  # where exact values were seen to be those in floating point
        parts = [(g, component) for g in problem.group for component in g.components]
        self.exact = {part: _Ledger() for part in parts}
        self.modular = {part: _Ledger() for part in parts}

    # -- rational numbers --------------------------------------------------------------------------------------

    def rational(self, sized: Problem) -> None:
        """Compare both sides at rational points of one assignment of sizes.

        Raises:
            NotExact: the function cannot be computed exactly.
        """
        self.sides.within(SIZE_BUDGET)
        if self.exhausted:
            return
        if max((sized.size(g.axis) for g in sized.group if g.kind.mixes), default=0) > LARGEST:
            for ledger in self.exact.values():
                ledger.skip(f"a matrix is too large to be exact{at_sizes(sized)}")
            return
        try:
            for bound, denominators in POINTS:
                denominator = self.random.randint(*denominators)
                inputs = point(sized, self.sides.arithmetic, self.random, bound, denominator)
                self._at(sized, inputs)
        except Exhausted as exhausted:
            self.exhausted = True
            for ledger in self.exact.values():
                ledger.skip(f"{exhausted}{at_sizes(sized)}")

    def _at(self, sized: Problem, inputs: list[Array]) -> None:
        try:
            value = self._value(sized, inputs)
        except Skipped as skipped:
            for ledger in self.exact.values():
                ledger.skip(f"{skipped}{at_sizes(sized)}")
            return
        for (factor, component), ledger in self.exact.items():
            for element in generating(factor, self.random, sized.size(factor.axis), component):
                if ledger.violation is None:
                    self._compare(sized, inputs, value, factor, component, element)

    def _value(self, sized: Problem, inputs: list[Array]) -> tuple[Array, ...]:
        """f(x), which is the same when it is computed again, and in floating point but for rounding.

        Raises:
            Skipped: there is none.
            NotExact: it is not the same, or cannot be computed exactly.
            FunctionError: as ``_in_floating_point`` does.
        """
        output = self._in_floating_point(sized, inputs)
        value = self.sides.value(sized, inputs)
        again = self.sides.value(sized, inputs)
        if any(a.value != b.value for x, y in zip(value, again, strict=True) for a, b in zip(x.flat, y.flat)):
            raise NotExact(f"{self.callee.name} is not deterministic: two calls on one input gave different outputs")
        self._require_agreement(sized, inputs, value, output)
        self.agreed.add(sized)
        return value

    def _in_floating_point(self, sized: Problem, inputs: list[Array]) -> Output:
        """The value there.

        Raises:
            Skipped: there is none.
            NotExact: it does not fit the problem, now that it has been called on exact numbers.
            FunctionError: it does not fit the problem.
        """
        with quiet():
            try:
                return self.callee([_floats(x) for x in inputs], sized)
            except Failed as failed:
                raise Skipped(f"no value in floating point ({failed})") from failed
            except FunctionError as error:
                if self.sides.calls:
                    raise NotExact(f"in floating point, after calls on exact numbers: {error}") from error
                raise

    def _require_agreement(self, sized: Problem, inputs: list[Array], value: Sequence[Array], output: Output) -> None:
        """See that what is checked is what is used, and not one branch for objects and another for floats.

        Raises:
            NotExact: the values differ by more than rounding explains.
        """
        ordinary = max(float(np.max(np.abs(_floats(x)), initial=0.0)) for x in inputs)
        for position, (exact, rounded) in enumerate(zip(map(_floats, value), output.values, strict=True)):
            apart = float(np.max(np.abs(exact - rounded), initial=0.0))
            if apart <= AGREEMENT * float(np.max(np.abs(exact), initial=0.0)):
                continue
            with quiet():
                rounding = noise(self.callee, sized, [_floats(x) for x in inputs], output, self.generator)[position]
            if not apart <= SAFETY * float(rounding) + CANCELLED * ordinary:
                raise NotExact(f"in floating point its value{at_sizes(sized)} is another one, {apart:.1e} away")

    def _compare(
        self, sized: Problem, inputs: list[Array], value: Any, factor: Group, component: int, element: Any
    ) -> None:
        ledger = self.exact[factor, component]
        try:
            difference = self.sides.difference(sized, inputs, factor, element, value)
            if difference is None:
                ledger.count(sized)
            else:
                self._judge(ledger, sized, inputs, factor, component, element, difference)
        except Skipped as skipped:
            ledger.skip(f"{skipped}{at_sizes(sized)}")
        except NotExact as error:
            ledger.fail(str(error))

    def _judge(
        self,
        ledger: _Ledger,
        sized: Problem,
        inputs: list[Array],
        factor: Group,
        component: int,
        element: Element,
        difference: Difference,
    ) -> None:
        """See whether a difference counts, and make a small counterexample of one that does."""
        where = sized, inputs, factor, element
        differ = f"the two sides differ by {float(difference.relative):.1e}{at_sizes(sized)}"
        left = self.sides.arithmetic.budget.left
        self.sides.within(SIZE_BUDGET)
        try:
            if not self.sides.is_open(*where):
                ledger.skip(f"{differ} at a point, but not at its neighbours, as at a tie or a value by convention")
            elif self.sides.is_rounding(*where, difference):
                ledger.fail(f"{differ}, which the rounding of the function's own constants explains")
            else:
                ledger.count(sized)
                found = smallest(self.sides, factor, component, (*where[:2], element, difference), *self.smaller)
                ledger.violation = violation(self.sides, factor, component, found, self.seed)
        except Exhausted as exhausted:
            ledger.fail(f"{differ}, but it could not be looked at closely: {exhausted}")
        self.sides.within(left)

    # -- residues ----------------------------------------------------------------------------------------------

    def residues(self, chosen: Sequence[Problem]) -> None:
        """Compare both sides modulo a random prime."""
        prime = random_prime(self.seed)
        for sized in chosen:
            try:
                budget = Budget(SIZE_BUDGET)
                if not self._agrees(sized):
                    continue
                values = degrees_of(self.callee, sized, budget)
                for (factor, component), ledger in self.modular.items():
                    if self.exact[factor, component].violation is not None:
                        ledger.remark = ledger.remark or "not looked at, as there is an exact counterexample"
                        continue
                    if ledger.failure is not None:
                        continue
                    if not is_drawn(factor):
                        ledger.fail(f"elements of {factor} are not drawn modulo a prime")
                        continue
                    bound = probability(size_of(values, sized, factor, component), prime)
                    if bound > LEAST_CERTAIN:
                        ledger.fail(
                            f"the degree{at_sizes(sized)} is too high: a false pass has a probability up to {bound:.1e}"
                        )
                        continue
                    self._modulo(sized, factor, component, Residues(prime, budget), bound)
            except (NotExact, Exhausted) as error:
                for ledger in self.modular.values():
                    if isinstance(error, Exhausted):
                        ledger.skip(f"{error}{at_sizes(sized)}")
                    else:
                        ledger.fail(str(error))
                return

    def _agrees(self, sized: Problem) -> bool:
        """Whether exact values are those in floating point; where that was not seen yet, at one more point."""
        if sized in self.agreed:
            return True
        self.sides.within(SIZE_BUDGET)
        try:
            self._value(sized, point(sized, self.sides.arithmetic, self.random, *AGREED))
        except (Skipped, Exhausted) as error:
            for ledger in self.modular.values():
                ledger.skip(f"{error}{at_sizes(sized)}")
        return sized in self.agreed

    def _modulo(self, sized: Problem, factor: Group, component: int, residues: Residues, bound: float) -> None:
        ledger = self.modular[factor, component]
        for _ in range(ATTEMPTS):
            try:
                agreed = agrees(self.callee, sized, factor, component, residues, self.random)
            except Skipped as skipped:
                ledger.skip(f"{skipped}{at_sizes(sized)}")
                continue
            if agreed:
                ledger.count(sized)
                ledger.error_bound = max(bound, ledger.error_bound or 0.0)
                if factor.kind.acts == "permutation":
                    ledger.remark = "a transposition and the cycle, which generate all permutations"
                return
            self.rational(sized)
            if self.exact[factor, component].violation is None:
                ledger.fail(
                    f"the two sides differ modulo a prime{at_sizes(sized)}, but no rational counterexample was found"
                )
            else:
                ledger.fail(f"the two sides differ modulo a prime{at_sizes(sized)}")
            return

    def report(self) -> ExactReport:
        """The evidence."""
        tables: tuple[dict[str, dict[int, Evidence]], dict[str, dict[int, Evidence]]] = ({}, {})
        for table, ledgers in zip(tables, (self.exact, self.modular), strict=True):
            method: Literal["exact", "modular"] = "exact" if ledgers is self.exact else "modular"
            for (factor, component), ledger in ledgers.items():
                table.setdefault(str(factor), {})[component] = ledger.evidence(method, self.seed, self.reason)
        return ExactReport(self.callee.name, self.problem, self.seed, *tables, self.reason)


def _floats(array: Array) -> Array:
    return np.array([float(as_fraction(x)) for x in array.flat]).reshape(array.shape)
