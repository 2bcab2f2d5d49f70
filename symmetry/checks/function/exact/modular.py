"""A rational function modulo a large random prime, and how likely a false identity is to pass there.

Let f be a quotient of polynomials. Modulo p its inputs x are uniform, and an element g of an orthogonal group is a
product of k reflections I − 2wwᵀ/(wᵀw) in uniform vectors (of a Lorentz group, with its form in place of wᵀw), which
reach a whole component (Cartan, Dieudonné). Over the common denominator of both sides, f(g·x) − g·f(x) has a
numerator N(x, w) with integer coefficients, of a degree D and with coefficients of at most h bits, both bounded by
running f on ``Degrees``. If the identity is false, N is not 0, and

* p divides all coefficients of N with probability at most h / (60 · 2⁵³), as at most h / 60 primes of 61 bits
  divide one of them, and there are more than 2⁵³ such primes (Rosser, Schoenfeld 1962, corollary 3);
* else N vanishes at one draw with probability at most D / p (Schwartz, Zippel).

Draws at which a denominator vanishes are thrown away, at most ``ATTEMPTS`` in a row. That any of those passes has
probability at most ATTEMPTS · D / p; so has, all the more, that the first which counts does.

For permutations a transposition and the cycle are looked at: if f commutes with both, it does with all permutations.

Source: J. Schwartz, Fast probabilistic algorithms for verification of polynomial identities, 1980; R. Zippel,
Probabilistic algorithms for sparse polynomials, 1979; J. Rosser, L. Schoenfeld, 1962.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, nmod

from symmetry.checks.function.calls.calling import Array, Callee
from symmetry.checks.function.exact.arithmetic import Budget, Degree, Degrees, Residues
from symmetry.checks.function.exact.calling import Skipped, call_exactly
from symmetry.checks.function.exact.points import Element, act_exactly, generating
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["ATTEMPTS", "Size", "agrees", "degrees_of", "draw", "is_drawn", "probability", "size_of"]

ATTEMPTS = 4
# Invariant forms: the square of the first unit vector, and of the others.
FORMS = {"O": (1, 1), "SO": (1, 1), "Lorentz": (1, -1)}


def is_drawn(factor: Group) -> bool:
    """Whether elements of this kind of group can be drawn modulo a prime, uniformly in the sense above."""
    return factor.kind.acts != "matrix" or factor.name in FORMS


@dataclass(frozen=True)
class Size:
    """Degree D of the numerator N of f(g·x) − g·f(x), and the bits h of its coefficients."""

    degree: int
    bits: int


def probability(size: Size, prime: int) -> float:
    """A bound for the probability that a false identity passes at a random prime of 61 bits."""
    return float(min(Fraction(1), ATTEMPTS * Fraction(size.degree, prime) + Fraction(size.bits, 60 << 53)))


# -- drawing -------------------------------------------------------------------------------------------------------


def draw(factor: Group, residues: Residues, random: Random, size: int, component: int) -> list[Element]:
    """Elements of one component modulo a prime, all of which f must commute with.

    Raises:
        Skipped: a vector without length was drawn.
    """
    if factor.kind.acts == "permutation":
        return generating(factor, random, size, component)
    prime = residues.prime
    if factor.kind.acts == "shift":
        return [[random.randrange(prime) for _ in range(size)]]
    first, others = FORMS[factor.name]
    form = [first] + [others] * (size - 1)
    matrix = [[int(i == j) for j in range(size)] for i in range(size)]
    for _ in range(_reflections(factor, size, component)):
        vector = [random.randrange(prime) for _ in range(size)]
        length = sum(s * w * w for s, w in zip(form, vector, strict=True)) % prime
        if not length:
            raise Skipped("a vector without length")
        scale = int(2 / nmod(length, prime))
        row = [sum(form[i] * vector[i] * matrix[i][j] for i in range(size)) * scale % prime for j in range(size)]
        matrix = [[(matrix[i][j] - vector[i] * row[j]) % prime for j in range(size)] for i in range(size)]
    return [matrix]


def _reflections(factor: Group, size: int, component: int) -> int:
    """As many as the size or one fewer, by the sign of the determinant."""
    few = min(size, 2)  # the determinant of a component is the same at all larger sizes
    sample: Any = factor.exact(Random(0), few, component)
    positive = fmpq_mat(few, few, [fmpq(x.numerator, x.denominator) for row in sample for x in row]).det() > 0
    fits = (size % 2 == 0) == positive
    return size if fits else size - 1 or 2


def agrees(callee: Callee, sized: Problem, factor: Group, component: int, residues: Residues, random: Random) -> bool:
    """Whether f(g·x) = g·f(x) at one draw of x and g modulo a prime.

    Raises:
        Skipped: a denominator vanished.
        NotExact, Exhausted: as ``call_exactly`` does.
    """
    action = sized.action(factor)
    inputs = [_uniform(sized.shape(tensor), residues, random) for tensor in sized.inputs]
    value = call_exactly(callee, inputs, sized, residues)
    for element in draw(factor, residues, random, sized.size(factor.axis), component):
        moved = [act_exactly(factor, element, x, axes, residues) for x, axes in zip(inputs, action.inputs, strict=True)]
        left = call_exactly(callee, moved, sized, residues)
        right = [act_exactly(factor, element, y, axes, residues) for y, axes in zip(value, action.outputs, strict=True)]
        for a, b in zip(left, right, strict=True):
            if any(p.value != q.value for p, q in zip(a.flat, b.flat, strict=True)):
                return False
    return True


def _uniform(shape: tuple[int, ...], residues: Residues, random: Random) -> Array:
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = residues.exact(random.randrange(residues.prime))
    return array


# -- measuring -----------------------------------------------------------------------------------------------------


def degrees_of(callee: Callee, sized: Problem, budget: Budget) -> tuple[Degree, ...]:
    """For each output, bounds for all of its entries.

    Raises:
        NotExact, Exhausted: as ``call_exactly`` does.
    """
    degrees = Degrees(budget)
    inputs = []
    for tensor in sized.inputs:
        array = np.empty(sized.shape(tensor), dtype=object)
        for index in np.ndindex(array.shape):
            array[index] = degrees.variable()
        inputs.append(array)
    outputs = call_exactly(callee, inputs, sized, degrees)
    return tuple(_largest([entry.value for entry in y.flat]) for y in outputs)


def _largest(entries: Sequence[Degree]) -> Degree:
    parts = [[getattr(x, name) for x in entries] for name in ("top", "bottom", "top_bits", "bottom_bits")]
    return Degree(*(max(part, default=0) for part in parts))


def size_of(values: Sequence[Degree], sized: Problem, factor: Group, component: int) -> Size:
    """The size of the numerator of f(g·x) − g·f(x), from those of f.

    Write g = G/δ with the common denominator δ, both of degree 2k in the k vectors. An input on which g acts along u
    axes is P/δᵘ with P of degree 2ku + 1; the numerator and denominator of f at it, times δ to the power uM, where M
    is the larger degree of the two, are polynomials of degree M(2ku + 1). An entry of g·f(x) is a sum of s entries
    of f(x), over the product of their denominators and δ to the number of axes of the output.
    """
    action = sized.action(factor)
    size = sized.size(factor.axis)
    turns = _reflections(factor, size, component) if factor.kind.acts == "matrix" else 0
    entry_bits = turns * ((size + 2).bit_length() + size.bit_length())  # of G and of δ
    inner = max(map(len, action.inputs), default=0)
    shift = int(factor.kind.acts == "shift")
    unit = 2 * turns * inner + 1
    unit_bits = inner * (entry_bits + (size.bit_length() if turns else 0)) + shift
    degree, bits = 0, 0
    for value, axes in zip(values, action.outputs, strict=True):
        outer = len(axes)
        terms = size**outer if turns else 1
        most = max(value.top, value.bottom)
        left_top, left_bottom = most * unit, most * unit
        left_top_bits, left_bottom_bits = value.top_bits + most * unit_bits, value.bottom_bits + most * unit_bits
        if shift and outer:
            value = value + Degree(1, 0, 0, 0)
        turned = 2 * turns * outer
        right_top, right_bottom = turned + value.top + (terms - 1) * value.bottom, turned + terms * value.bottom
        right_top_bits = terms.bit_length() + outer * entry_bits + value.top_bits + (terms - 1) * value.bottom_bits
        right_bottom_bits = outer * entry_bits + terms * value.bottom_bits
        degree = max(degree, left_top + right_bottom, right_top + left_bottom)
        bits = max(bits, left_top_bits + right_bottom_bits + 1, right_top_bits + left_bottom_bits + 1)
    return Size(degree, bits)
