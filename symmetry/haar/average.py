"""Averages of polynomials in the entries of a Haar-distributed orthogonal matrix.

A polynomial is read into monomials. The average of a monomial depends on the matrix of its exponents up to the order of
rows and columns and up to transposition, and is zero unless every row and column has an even sum. It is found in one of
two ways, both right at every integer d: by pairings (a sum of Weingarten functions), or column by column, where the
columns are few and the exponents high.

>>> from sympy import MatrixSymbol, Symbol
>>> Q = MatrixSymbol("Q", Symbol("d"), Symbol("d"))
>>> haar_average(Q[0, 0] ** 4, Q), haar_average(Q[0, 0] * Q[0, 1] * Q[1, 0] * Q[1, 1], Q)
(3/(d*(d + 2)), -1/(d*(d - 1)*(d + 2)))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, permutations, product, zip_longest
from math import prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpq_poly
from sympy import (
    Add,
    Determinant,
    Dummy,
    Expr,
    KroneckerDelta,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    Pow,
    S,
    SympifyError,
    default_sort_key,
    sympify,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symmetry.errors import UsageError
from symmetry.groups import Group, Product
from symmetry.haar.element import dimension_of, keeps_determinants
from symmetry.haar.entries import (
    MOST_TERMS,
    explicit,
    how_many_terms,
    is_in_traces,
    refuse_many_terms,
    written_out,
)
from symmetry.haar.index_sums import degree_in_entries
from symmetry.haar.messages import is_infinite, short
from symmetry.haar.monomials import Exponents, monomial_average
from symmetry.haar.pairings import loop_type, pair_partitions, partners
from symmetry.haar.reynolds import reynolds
from symmetry.haar.weingarten import Quotient, Value, exact_table, written
from symmetry.permutations import permutation_sign

__all__ = ["haar_average"]

Powers = Mapping[tuple[Any, Any], int]  # of a monomial in the entries: indices (i, j) -> exponent
HIGHEST_DEGREE = 1000
LABELLED_DEGREE = 8  # with symbolic indices all pairs of pairings are summed, 105² in degree 8


def haar_average(expr: Any, Q: Any, group: str | Group | Product = "O") -> Any:
    """The average of a polynomial in the entries of Q, where Q is Haar-distributed in O(d) or SO(d).

    Everything that does not contain Q is a constant. The polynomial is in entries of Q and in det Q; with an integer
    size also traces, determinants and entries of products of matrices are written out (of traces of products of Q and
    Qᵀ alone there may be any number of terms), and a matrix is averaged entry by entry. The average over SO(d) is that
    of f·(1 + det Q) over O(d).

    Args:
        expr: a SymPy expression, polynomial in the entries of Q, or a matrix of such expressions.
        Q: a ``MatrixSymbol`` of shape (d, d), d a positive integer or a SymPy expression.
        group: "O" or "SO"; or a factor such as ``O("d")`` or "O(3)", of the size of Q.
    Returns:
        A polynomial in the constants of ``expr``. Its coefficients are rational numbers, or rational functions of d in
        lowest terms with factored denominators (an inverse in ``expr`` counts as a constant, unless it is 1/(d + c)
        with an integer c). They hold for every d for which the indices exist; where symbolic indices were compared,
        so that there are Kronecker deltas, for every d that is at least half the degree.
        A size that is an expression stays as it is: with 2*i rows the average of Q[0, 0]**4 is 3/(2*i*(2*i + 2)).
    Raises:
        UsageError: not a polynomial in the entries of Q, or one with too many terms or of too high a degree; an index
            that does not exist; a Q that is not square; an average that depends on d in another way (over SO(d), and
            with an odd power of the determinant).
    Source:
        B. Collins, P. Śniady, Integration with respect to the Haar measure on unitary, orthogonal and symplectic
        group, 2006; columns: T. Gorin, Integrals of monomials over the orthogonal group, 2002.

    >>> from sympy import Symbol, Trace, symbols
    >>> d, a, i, j = symbols("d a i j")
    >>> Q, R = MatrixSymbol("Q", d, d), MatrixSymbol("R", 3, 3)
    >>> haar_average(d * Q[0, 0] ** 2 + a * Q[0, 1] ** 4, Q), haar_average(Q[i, 0] * Q[j, 0], Q)
    (3*a/(d*(d + 2)) + 1, KroneckerDelta(i, j)/d)
    >>> haar_average(Trace(R) ** 2, R), haar_average(R[0, 0] * R[1, 1] * R[2, 2], R, "SO")
    (1, 1/6)
    >>> haar_average(1 / Q[0, 0], Q)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 1/Q[0, 0] is not a polynomial in the entries of Q; the inverse of Q is Q.T
    """
    size, special = dimension_of(Q), keeps_determinants(group, Q)
    try:
        expr = sympify(expr, strict=True)
    except SympifyError as error:
        raise UsageError(f"{short(repr(expr))} is not a SymPy expression or matrix") from error
    if not isinstance(expr, Expr | MatrixBase):
        raise UsageError(f"{short(expr)} is a {type(expr).__name__}, not a SymPy expression or matrix")
    for other in expr.atoms(MatrixSymbol):
        if other.name == Q.name and other != Q:
            raise UsageError(
                f"expr has a matrix {Q.name} of shape {other.shape}, but the average is over {Q.name} of shape "
                f"{Q.shape}: use one symbol for both, or two names"
            )
    if not expr.has(Q):
        if is_infinite(expr):
            raise UsageError(f"{short(expr)} has no average: it is not a finite number")
        return expr
    if isinstance(expr, MatrixBase | MatrixExpr):
        refuse_many_terms(expr, Q)
        return explicit(expr, Q).applyfunc(lambda entry: haar_average(entry, Q, group))
    if is_in_traces(expr, Q) and how_many_terms(expr, Q) > MOST_TERMS:
        return reynolds(expr, Q, group)
    refuse_many_terms(expr, Q)
    totals: defaultdict[Expr, Any] = defaultdict(int)
    for constants, factor, powers, determinants in _monomials(expr, Q, size):
        for delta, mean in _mean(powers, determinants, Q, size, special).items():
            if mean:
                totals[constants * delta] += mean * factor
    sums: defaultdict[Expr, list[Expr]] = defaultdict(list)
    for constants, value in totals.items():
        sums[written(value, size)].append(constants)
    return Add(*(Mul(value, Add(*constants)) for value, constants in sums.items()))


# ---------------------------------------------------------------------------------------------------------------
# From an expression to monomials.


def _monomials(expr: Expr, Q: MatrixSymbol, size: int | Expr) -> Iterator[tuple[Expr, Any, Powers, int]]:
    """Constants, a rational number or function of d, powers of entries of Q, and the power of det Q."""
    expr = written_out(expr, Q)
    _refuse_high_degree(expr, Q)
    leaves = [leaf for leaf in dict.fromkeys(_leaves(expr)) if not leaf.is_Rational]
    entries: dict[int, tuple[Any, Any]] = {}
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, MatrixElement) and leaf.parent == Q:
            row, column = leaf.indices
            entries[place] = _index(row, leaf, Q, size), _index(column, leaf, Q, size)
        elif leaf != Determinant(Q):
            _refuse_unless_constant(leaf, Q)
    functions = {place: function for place, leaf in enumerate(leaves) if (function := _function(leaf, size))}
    context = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(leaves))], Ordering.lex)
    for exponents, coefficient in _polynomial(expr, dict(zip(leaves, context.gens())), context).to_dict().items():
        factor: Any = Fraction(int(coefficient.p), int(coefficient.q))
        if not isinstance(size, int):
            factor = Quotient(coefficient, {})
        powers, constants, determinants = {}, [], 0
        for place, exponent in enumerate(exponents):
            if not exponent:
                continue
            if place in entries:
                powers[entries[place]] = exponent
            elif place in functions:
                factor = prod([functions[place]] * exponent, start=factor)
            elif leaves[place] == Determinant(Q):
                determinants = exponent
            else:
                constants.append(leaves[place] ** exponent)
        yield Mul(*constants), factor, powers, determinants


def _leaves(node: Expr) -> Iterator[Expr]:
    """What the polynomial is in: the parts of an expression that are not sums, products or powers."""
    if isinstance(node, Add | Mul):
        yield from chain.from_iterable(map(_leaves, node.args))
    elif isinstance(node, Pow) and node.exp.is_Integer:
        yield from _leaves(node.base) if node.exp > 0 else (1 / node.base,)
    else:
        yield node


def _polynomial(node: Expr, generators: Mapping[Expr, Any], context: Any) -> Any:
    if isinstance(node, Add):
        parts = [_polynomial(part, generators, context) for part in node.args]
        while len(parts) > 1:  # in pairs, since a sum takes as long as both its terms
            parts = [one + other for one, other in zip_longest(parts[::2], parts[1::2], fillvalue=0)]
        return parts[0]
    if isinstance(node, Mul):
        return prod((_polynomial(part, generators, context) for part in node.args), start=context.constant(1))
    if isinstance(node, Pow) and node.exp.is_Integer:
        if node.exp > 0:
            return _polynomial(node.base, generators, context) ** int(node.exp)
        return generators[1 / node.base] ** -int(node.exp)
    return context.constant(fmpq(node.p, node.q)) if node.is_Rational else generators[node]


def _refuse_high_degree(expr: Expr, Q: MatrixSymbol) -> None:
    degree = degree_in_entries(expr, Q)
    if degree > HIGHEST_DEGREE:
        raise UsageError(
            f"{short(expr)} has the degree {degree} in the entries of {Q}: averages are formed up to {HIGHEST_DEGREE}"
        )


def _index(index: Expr, entry: Expr, Q: MatrixSymbol, size: int | Expr) -> int | Expr:
    """An index, an ``int`` if it is a number."""
    if index.is_Integer and 0 <= index and (not isinstance(size, int) or index < size):
        return int(index)
    # The size is a positive integer, whatever the user's symbol says.
    n = size if isinstance(size, int) else Dummy("n", integer=True, positive=True)
    place = index if isinstance(size, int) else index.xreplace({size: n})
    beyond = (place - n).is_nonnegative or (index - size).is_nonnegative
    if index.is_number or place.is_integer is False or place.is_negative or beyond or index.has(Q):
        raise UsageError(f"{short(entry)} is not an entry of {Q}: the indices are 0, …, {sympify(size) - 1}")
    return index


def _refuse_unless_constant(leaf: Expr, Q: MatrixSymbol) -> None:
    if leaf.has(Q):
        advice = f"; the inverse of {Q} is {Q}.T" if isinstance(leaf, Pow) and leaf.exp == -1 else ""
        raise UsageError(f"{short(leaf)} is not a polynomial in the entries of {Q}{advice}")
    if not leaf.is_commutative or is_infinite(leaf):
        raise UsageError(
            f"{short(leaf)} cannot be a coefficient: it is not a finite number that commutes with the entries of {Q}"
        )


def _function(leaf: Expr, size: int | Expr) -> Quotient | None:
    """A leaf d or 1/(d + c), with a symbolic size d and an integer c."""
    if isinstance(size, int):
        return None
    if leaf == size:
        return Quotient(fmpq_poly([0, 1]), {})
    shift = leaf.base - size if isinstance(leaf, Pow) and leaf.exp == -1 else size
    return Quotient(1, {int(shift): 1}) if shift.is_Integer else None


# ---------------------------------------------------------------------------------------------------------------
# Averages of the parts that contain Q.


def _mean(powers: Powers, determinants: int, Q: MatrixSymbol, size: int | Expr, special: bool) -> Mapping[Expr, Any]:
    """The average of Π Q[i, j]^power · (det Q)^determinants: products of Kronecker deltas -> values."""
    d = size if isinstance(size, int) else None
    labelled = any(not isinstance(index, int) for place in powers for index in place)
    means: defaultdict[Expr, Any] = defaultdict(int)
    if special or determinants % 2 == 0:  # (det Q)² = 1
        if labelled:
            means.update(_labelled(powers, d))
        elif not _is_odd(powers):
            means[S.One] = monomial_average(_exponents(powers), d)
    if special or determinants % 2:
        odd = None if labelled else _with_determinant(_exponents(powers), d)
        if odd is None:
            monomial = Mul(*(Q[place] ** power for place, power in powers.items()))
            wanted = "integers as indices" if labelled else "an integer size"
            raise UsageError(
                f"the average of {short(monomial)} times det {Q} is not one rational function of the size: "
                f"give {Q} {wanted}"
            )
        means[S.One] += odd
    return means


def _is_odd(powers: Powers) -> bool:
    """Whether a change of the sign of some row or column changes the sign of the monomial; most terms go here."""
    lines: set[tuple[str, int]] = set()
    for (i, j), power in powers.items():
        if power % 2:
            lines ^= {("row", i), ("column", j)}
    return bool(lines)


def _exponents(powers: Powers) -> Exponents:
    rows, columns = (sorted({place[axis] for place in powers}) for axis in (0, 1))
    return tuple(tuple(powers.get((i, j), 0) for j in columns) for i in rows)


def _with_determinant(exponents: Exponents, d: int | None) -> Value | None:
    """The average of a monomial times det Q, or ``None`` if it is zero at all d but one, and d is a symbol.

    Negating a row or column of Q negates det Q. So the average is zero unless all d of them occur, with odd sums. It is
    zero as well if an exchange of two rows or columns does not change the monomial. Otherwise one entry of the first
    row, times det Q, is its cofactor, which is expanded.
    """
    size, columns = len(exponents), list(zip(*exponents))
    if not size or size != len(columns) or not all(sum(line) % 2 for line in (*exponents, *columns)):
        return monomial_average(((1,),), d)
    if d is None:
        return None
    if min(len(set(exponents)), len(set(columns))) < d:
        return Fraction(0)
    first, *rows = exponents
    column = next(j for j, power in enumerate(first) if power)
    lowered = (*first[:column], first[column] - 1, *first[column + 1 :])
    total: Value = Fraction(0)
    for order in permutations(j for j in range(d) if j != column):
        raised = ((*row[:j], row[j] + 1, *row[j + 1 :]) for row, j in zip(rows, order))
        sign: Any = permutation_sign((column, *order))
        total += sign * monomial_average((lowered, *raised), d)
    return total


def _labelled(powers: Powers, d: int | None) -> Mapping[Expr, Any]:
    """The average of a monomial whose indices may be symbols, Σ Wg(p, q) δ_p(rows) δ_q(columns)."""
    places = [place for place, power in powers.items() for _ in range(power)]
    if len(places) > LABELLED_DEGREE and len(places) % 2 == 0:
        raise UsageError(
            f"with symbolic indices averages are formed up to degree {LABELLED_DEGREE}, not {len(places)}: "
            "give integers as indices"
        )
    table = exact_table(len(places) // 2, d)
    kept: list[list[tuple[Expr, list[int]]]] = [[], []]
    for axis in (0, 1):
        labels = [sympify(place[axis]) for place in places]
        for p in pair_partitions(len(places)):
            delta = _delta({frozenset((labels[a], labels[b])) for a, b in p})
            if delta != 0:
                kept[axis].append((delta, partners(p)))
    counts = Counter((r * c, loop_type(p, q)) for (r, p), (c, q) in product(*kept))
    means: defaultdict[Expr, Any] = defaultdict(int)
    for (delta, mu), count in counts.items():
        means[delta] += count * table[mu]
    return means


def _delta(equal: set[frozenset[Expr]]) -> Expr:
    """1 where the labels in each set are equal, else 0; equal conditions are written alike."""
    classes: list[set[Expr]] = []
    for pair in equal:
        met = [some for some in classes if some & pair]
        classes = [some for some in classes if not some & pair] + [set(pair).union(*met)]
    return Mul(
        *(
            KroneckerDelta(first, other)
            for first, *others in (sorted(some, key=default_sort_key) for some in classes)
            for other in others
        )
    )
