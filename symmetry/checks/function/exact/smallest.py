"""An exact counterexample that can be checked by hand: small sizes, small integers, many zeros."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from symmetry.checks.function.calling import Array
from symmetry.checks.function.exact.arithmetic import Exhausted
from symmetry.checks.function.exact.arrays import exact_array
from symmetry.checks.function.exact.calling import Skipped
from symmetry.checks.function.exact.numbers import NotExact
from symmetry.checks.function.exact.points import Element, generating, is_identity, is_matrix, permutes
from symmetry.checks.function.exact.sides import Difference, Sides, as_fraction
from symmetry.checks.function.report import Violation
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["Found", "smallest", "violation"]

DRAWS = 12  # at each assignment of sizes
BUDGET = 1 << 23  # bits
ENTRIES = (0, 0, 0, 1, 1, -1, 2, -2)

Found = tuple[Problem, list[Array], Element, Difference]


def smallest(sides: Sides, factor: Group, component: int, found: Found, smaller: Sequence[Problem]) -> Found:
    """A counterexample no larger than the given one, of the same factor and component.

    Args:
        found: sizes, inputs, element and the difference there.
        smaller: the problem at the sizes to try, the preferred ones first.
    """
    sides.within(BUDGET)
    most = sum(found[0].sizes.values())
    best = found
    try:
        for sized, inputs, element in _candidates(sides, factor, component, smaller):
            if sum(sized.sizes.values()) > most:
                continue
            difference = _violated(sides, sized, inputs, factor, element)
            if difference is not None:
                best = sized, inputs, element, difference
                break
        sized, inputs, element, _ = best
        for position, array in enumerate(inputs):
            for index in np.ndindex(array.shape):
                for value in (0, 1):
                    if as_fraction(array[index]) == value:
                        break
                    simpler = [x.copy() for x in best[1]]
                    simpler[position][index] = sides.arithmetic.exact(value)
                    difference = _violated(sides, sized, simpler, factor, element)
                    if difference is not None:
                        best = sized, simpler, element, difference
                        break
    except Exhausted:
        pass
    return best


def _violated(sides: Sides, sized: Problem, inputs: list[Array], factor: Group, element: Element) -> Difference | None:
    try:
        difference = sides.difference(sized, inputs, factor, element)
        if difference is None or not sides.is_open(sized, inputs, factor, element):
            return None
        return None if sides.is_rounding(sized, inputs, factor, element, difference) else difference
    except (NotExact, Skipped):
        return None


def _candidates(
    sides: Sides, factor: Group, component: int, smaller: Sequence[Problem]
) -> Iterator[tuple[Problem, list[Array], Element]]:
    random = Random(sides.random.random())
    generator = np.random.default_rng(random.getrandbits(32))
    for sized in smaller:
        size = sized.size(factor.axis)
        for draw in range(DRAWS):
            element: Any = None
            if permutes(factor):
                element = random.choice(generating(factor, random, size, component))
            elif draw % 2 == 0:
                monomial = factor.monomial(generator, size, component)
                if all(float(x).is_integer() for x in monomial.flat):
                    element = monomial.astype(int).tolist()
            element = factor.exact(random, size, component) if element is None else element
            if is_identity(element) and size > 1:
                continue
            inputs = []
            for tensor in sized.inputs:
                shape = sized.shape(tensor)
                drawn = np.array([random.choice(ENTRIES) for _ in range(int(np.prod(shape)))], dtype=object)
                inputs.append(exact_array(sides.arithmetic, drawn.reshape(shape)).view(np.ndarray))
            yield sized, inputs, element


def violation(factor: Group, component: int, found: Found, seed: int) -> Violation:
    """A counterexample as it is reported: integers, and fractions as text."""
    sized, inputs, element, difference = found
    lost = "f(g·x) = f(x)" if sized.action(factor).is_invariance else "f(g·x) = g·f(x)"
    sizes = ", ".join(f"{axis}={size}" for axis, size in sized.sizes.items())
    if permutes(factor):
        values = {"permutation": tuple(row.index(1) for row in element)}
    else:
        values = {"Q" if is_matrix(element) else "t": _shown(np.array(element, dtype=object))}
    values |= {name: _shown(x) for name, x in zip(sized.names, inputs, strict=True)}
    left, right = (tuple(map(_shown, side)) for side in (difference.left, difference.right))
    relative = float(difference.relative)
    return Violation(
        values=values,
        note=f"{lost} fails for g a {factor.kind.components[component]} of {factor}"
        f"{f' at {sizes}' if sizes else ''}, in exact arithmetic (relative difference {relative:.2g})",
        left=left if len(left) > 1 else left[0],
        right=right if len(right) > 1 else right[0],
        seed=seed,
        sizes=sized.sizes,
        factor=str(factor),
        component=component,
        residual=relative,
        tolerance=0.0,
    )


def _shown(array: Any) -> Any:
    """Nested tuples of integers, and of fractions as text."""
    if isinstance(array, np.ndarray) and array.ndim:
        return tuple(_shown(x) for x in array)
    entry = array[()] if isinstance(array, np.ndarray) else array
    number = Fraction(entry) if isinstance(entry, int | Fraction) else as_fraction(entry)
    return int(number) if number.denominator == 1 else str(number)
