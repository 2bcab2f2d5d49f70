"""The Reynolds operator of the orthogonal group: Haar averages of polynomials in inner products with moved vectors.

The average of a function of Q over O(d) is what is left when every vector that stands behind Q is moved at random. For
a polynomial in inner products it is a polynomial in inner products of the fixed vectors and of the moved vectors.

>>> from sympy import MatrixSymbol, Symbol
>>> from symmetry.inner import Inner
>>> d = Symbol("d")
>>> a, y = MatrixSymbol("a", d, 1), MatrixSymbol("y", d, 1)
>>> reynolds(Inner(a, MatrixSymbol("Q", d, d) * y) ** 4, MatrixSymbol("Q", d, d))
3*(a·a)**2*(y·y)**2/(d*(d + 2))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from flint import fmpq_poly
from sympy import Basic, Expr, MatrixBase, MatrixExpr, MatrixSymbol, Symbol, SympifyError, sympify
from sympy.matrices.expressions.slice import MatrixSlice

from symmetry.errors import UsageError
from symmetry.groups import Group, Product
from symmetry.haar.closings import DIMENSION, Factors
from symmetry.haar.element import dimension_of, keeps_determinants
from symmetry.haar.messages import short
from symmetry.haar.networks import Network, Weight
from symmetry.haar.polynomials import Polynomial, split, value_of
from symmetry.haar.weingarten import Quotient, Value, exact_table
from symmetry.haar.word_polynomials import DETERMINANT, Reading
from symmetry.haar.words import Alphabet, Word
from symmetry.partitions import Partition

__all__ = ["reynolds"]


def reynolds(
    expr: Any, Q: MatrixSymbol, group: str | Group | Product = "O", *, orthonormal: Iterable[Any] = ()
) -> Expr:
    """The Haar average over O(d) of a polynomial in inner products that contain Q.

    Every factor is a word such as aᵀQy, yᵀQᵀMQz or tr(QAQᵀB). The average of a product of 2k factors Q is the sum over
    pairings p of their rows and q of their columns of Wg(p, q) times what the letters between them close up to; of an
    odd number of factors it is 0.

    Args:
        expr: a polynomial in words: ``Inner(a, Q*y)``, ``Inner(Q*x, M*Q*y)``, 1 × 1 products ``a.T*Q*y`` and their
            entry ``[0, 0]``, ``Trace(Q*A*Q.T*B)``, and sums, products and powers of these. Vectors are (d, 1): symbols,
            columns ``X[:, i]``, products ``M*b`` and ``X*e``, and linear combinations of vectors. Coefficients are free
            of Q. ``Determinant(Q)`` may be a factor where d is a number.
        Q: the group element, a MatrixSymbol of shape (d, d), d symbolic or a positive integer.
        group: ``"O"`` or ``"SO"``; or a factor of the size of Q, such as ``O("d")`` or ``"O(3)"``. SO(d) needs an
            integer d; its averages may have inner products of fixed with moved vectors, since
            det[a₁ … a_d] det[y₁ … y_d] = det(aᵢ·yⱼ).
        orthonormal: fixed or moved vectors whose inner products with each other are 0 or 1.
    Returns:
        a polynomial in inner products and traces without Q; monomials with one coefficient are taken together.
        Symbolic d: the coefficients are rational functions of d, right for every d at least half the number of Q's. Of
        more than d vectors the inner products satisfy relations: there the polynomial is one of several equal ones.
    Raises:
        UsageError: not a scalar, not a polynomial in words, Q not a square MatrixSymbol, SO with symbolic d, or too
            many terms to form.
    Source:
        B. Collins, P. Śniady, Integration with respect to the Haar measure on unitary, orthogonal and symplectic group,
        2006; B. Collins, S. Matsumoto, On some properties of orthogonal Weingarten functions, 2009.

    >>> from sympy import MatrixSymbol, Symbol, Trace
    >>> from symmetry.inner import Inner
    >>> d = Symbol("d")
    >>> a, b, x, y = (MatrixSymbol(name, d, 1) for name in "abxy")
    >>> Q = MatrixSymbol("Q", d, d)
    >>> reynolds(Inner(a, Q * x) * Inner(b, Q * y), Q)
    (a·b)*(x·y)/d
    >>> reynolds(Trace(Q) ** 4, Q)
    3

    The symbolic answer is not for small d: tr Q = ±1 in dimension 1. Do not put a number below half the degree for d in
    it, where its coefficients may also have poles; give Q that number of rows.

    >>> Q1 = MatrixSymbol("Q", 1, 1)
    >>> reynolds(Trace(Q1) ** 4, Q1)
    1
    >>> reynolds(Inner(a, Q * x) ** Symbol("n"), Q)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: ((Q*x)·a)**n does not depend on Q as a polynomial in inner products: ...
    """
    d, rotations = dimension_of(Q), keeps_determinants(group, Q)
    reading = Reading(Alphabet(Q, _vectors(orthonormal, Q)))
    factors = Factors(reading.alphabet)
    terms = []
    for monomial, coefficient in reading.scalar(_expression(expr, Q)).items():
        words = [reading.words[index] for index in monomial]
        moved = [word for word in words if any(letter.matrix == Q for letter in word.letters)]
        fixed = [word for word in words if word != DETERMINANT and word not in moved]
        network = Network(moved, factors)
        for free in _free(words.count(DETERMINANT), rotations, Q):
            network.refuse_hopeless(free)
            terms.append((coefficient, fixed, network, free))
    total = Polynomial(factors.exprs, d)
    for coefficient, fixed, network, free in terms:
        _add_average(total, coefficient, fixed, network, free)
    return total.written()


def _free(determinants: int, rotations: bool, Q: MatrixSymbol) -> list[int]:
    """How many rows a factor det Q leaves free: the averages over O(d) that are added up.

    (det Q)² = 1, and the average of f over SO(d) is that of f + f det Q over O(d).
    """
    if determinants % 2 == 0 and not rotations:
        return [0]
    d = dimension_of(Q)
    if not isinstance(d, int):
        what = f"det {Q} is a factor" if determinants else "SO(d) keeps determinants of d vectors"
        raise UsageError(f"{what}: the average is found at an integer d only, not with {Q} of shape {Q.shape}")
    return [0, d] if rotations else [d]


def _add_average(total: Polynomial, coefficient: Expr, fixed: Sequence[Word], network: Network, free: int) -> None:
    """Add coefficient · fixed words · the average of the network."""
    factors, d = network.factors, total.d
    factor, value = split(coefficient, d)
    outside: list[int] = []
    for word in fixed:
        number = factors.number(word.letters, word.closed)
        if number is None:
            return
        if number == DIMENSION:
            value = value * _power(d, 1)
        elif number >= 0:
            outside.append(number)
    values: dict[frozenset[tuple[Weight, int]], Value] = {}
    for ids, weights in network.average(free).items():
        key = frozenset(weights.items())
        if key not in values:
            values[key] = value * _weighted(weights, d)
        monomial, weight = tuple(sorted((*outside, *ids))), values[key]
        if factors.rationals:
            weight = weight * value_of(prod(factors.rationals.get(number, 1) for number in monomial), d)
            monomial = tuple(number for number in monomial if number not in factors.rationals)
        total.add(monomial, factor, weight)


def _weighted(weights: Mapping[Weight, int], d: int | Expr) -> Value:
    parts: list[Any] = [
        value_of(count, d) * _power(d, loops) * (_weingarten(kind, d) if isinstance(kind, tuple) else _sphere(kind, d))
        for (kind, loops), count in weights.items()
    ]
    total: Value = sum(parts, start=value_of(0, d))
    return total


def _weingarten(kind: Partition, d: int | Expr) -> Value:
    return exact_table(sum(kind), d if isinstance(d, int) else None)[kind]


def _sphere(k: int, d: int | Expr) -> Value:
    """1/(d(d + 2) … (d + 2k − 2)), the sum of Wg(p, q) over all p."""
    if isinstance(d, int):
        return Fraction(1, prod(d + 2 * i for i in range(k)))
    return Quotient(1, {2 * i: 1 for i in range(k)})


def _power(d: int | Expr, exponent: int) -> Value:
    return Fraction(d**exponent) if isinstance(d, int) else Quotient(fmpq_poly([0] * exponent + [1]), {})


# ---------------------------------------------------------------------------------------------------------------
# What the user gave.


def _expression(expr: Any, Q: MatrixSymbol) -> Basic:
    try:
        read: Basic = sympify(expr, strict=True)
    except SympifyError as error:
        raise UsageError(f"{short(repr(expr))} is not a SymPy expression") from error
    if not isinstance(read, Expr | MatrixExpr | MatrixBase):
        raise UsageError(f"{short(repr(expr))} is a {type(expr).__name__}, not a SymPy expression")
    if any(not symbol.is_commutative for symbol in read.atoms(Symbol)):
        raise UsageError(f"scalars must commute, but {short(expr)} contains symbols that do not")
    for other in read.atoms(MatrixSymbol):
        if other.name == Q.name and other != Q:
            raise UsageError(
                f"there is a matrix {Q.name} of shape {other.shape} in it, but the average is over {Q.name} of shape "
                f"{Q.shape}: use one symbol for both, or two names"
            )
    return read


def _vectors(orthonormal: Iterable[Any], Q: MatrixSymbol) -> list[MatrixExpr]:
    if isinstance(orthonormal, str | Expr | MatrixBase) or not isinstance(orthonormal, Iterable):
        raise UsageError(f"orthonormal takes a list of vectors, such as [a, b], not {short(repr(orthonormal))}")
    vectors = list(orthonormal)
    d = Q.shape[0]
    for vector in vectors:
        if getattr(vector, "shape", None) != (d, 1):
            raise UsageError(f"orthonormal vectors are columns of length {d}, not {short(vector)}")
        if not isinstance(vector, MatrixSymbol | MatrixSlice) or vector.has(Q):
            raise UsageError(f"orthonormal vectors are symbols or columns of a matrix, not {short(vector)}")
        if vectors.count(vector) > 1:
            raise UsageError(f"{vector} is named twice among the orthonormal vectors")
    if d.is_Integer and len(vectors) > d:
        raise UsageError(f"there are no {len(vectors)} orthonormal vectors of length {d}")
    return vectors
