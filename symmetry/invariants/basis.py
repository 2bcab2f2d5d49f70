"""A basis of the polynomial maps of one degree that have a symmetry, and how many there are.

Under O(d) a basis is enumerated directly: the standard monomials in inner products, for maps with vectors and matrices
as values through marked vectors (Malgrange's device); under SO(d) the determinants come in. Permutations make orbit
sums. Nothing is expanded into coordinates, and elements are made as they are asked for.

>>> problem = Problem("X: d n -> d", group="O(d)")
>>> for element in basis(problem, 3, d=3, n=2):
...     print(element)
(X_1·X_1)*X_1
(X_1·X_2)*X_1
(X_2·X_2)*X_1
(X_1·X_1)*X_2
(X_1·X_2)*X_2
(X_2·X_2)*X_2
>>> count(problem, 3, d=3, n=2), count(problem, 4, d=3, n=2)
(6, 0)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import symmetry.invariants.standard  # noqa: F401 (what enumerates, so that no basis waits for it)
from symmetry.characters.dimensions import dimension
from symmetry.degrees import Degree, checked_degree
from symmetry.errors import TooLarge, Underivable, UsageError
from symmetry.groups import Pairs
from symmetry.invariants.configuration import Configuration
from symmetry.invariants.elements import Expressions
from symmetry.invariants.orbit_sums import OrbitSums
from symmetry.invariants.term import Term
from symmetry.problem import Problem

__all__ = ["Basis", "basis", "count", "counted"]


def count(problem: Problem, degree: Degree, /, **sizes: int) -> int:
    """The dimension of the space of polynomial maps of a degree that have the symmetry of a problem.

    By integrating characters: nothing is enumerated, and any product of groups will do. Where that would take long and
    nothing is permuted, by the hook content formula for the standard monomials.

    Args:
        problem: inputs, outputs and group.
        degree: the total degree, or the degree in each input by name (0 in those left out).
        sizes: sizes of axes that the problem leaves open.

    Raises:
        UsageError: a size is missing, or a degree is negative or of an unknown input.
        TooLarge: neither way is open.

    Source: T. Molien, 1897; H. Weyl, 1926.

    >>> count(Problem("X: d n, Z: d m -> d n", group="O(d) x S(n) x S(m)"), 3, d=3, n=2, m=4)
    25
    >>> count(Problem("X: d n -> d", group="O(d)"), 3, n=2)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: sizes are missing: d; give them, for example d=3
    """
    return counted(_sized(problem, sizes), degree)[0]


def counted(problem: Problem, degree: Degree) -> tuple[int, str]:
    """The number that :func:`count` gives, and how it was found, in words.

    Args, Raises:
        as in :func:`count`; the problem has all its sizes.

    >>> counted(Problem("X: d n -> ", group="O(d)", d=3, n=9), 60)
    (971169508836030372, 'the hook content formula')
    """
    try:
        return dimension(problem, degree), "averaging characters"
    except TooLarge:
        if not all(factor.kind.mixes for factor in problem.group):
            raise
        try:
            number = _number_of_terms(Configuration.of(problem), checked_degree(problem, degree))
            return number, "the hook content formula"
        except Underivable:
            pass
        raise


def _number_of_terms(configuration: Configuration, degree: int | Mapping[str, int]) -> int:
    """How many terms there are that nothing permutes: products of vectors times monomials in scalars."""
    invariants, total = configuration.invariants, 0
    for rank, components in Counter(component.rank for component in configuration.components).items():
        for vectors, scalars in configuration.splits(degree):
            columns = configuration.columns(vectors)
            products = invariants.number(columns, configuration.dimension, vectors, marked=rank) if invariants else 1
            total += components * products * configuration.number_of_scalar_monomials(scalars)
    return total


def basis(problem: Problem, degree: Degree, /, **sizes: int) -> Basis:
    """A basis of the polynomial maps of a degree that have the symmetry of a problem.

    Args, Raises:
        as in :func:`count`.

    Raises:
        Underivable: generators of the invariants are not known here (two orthogonal groups, matrices as inputs).

    >>> [*basis(Problem("x: d, y: d -> ", group="SO(d)"), 2, d=2)]
    [x·x, x·y, y·y, det[x, y]]
    """
    return Basis(_sized(problem, sizes), degree)


class Basis:
    """The elements of a basis, made when they are asked for; iterating gives SymPy expressions.

    A map with a scalar output is a polynomial in inner products ``Inner``; with columns or matrices as outputs, a SymPy
    matrix expression; with several outputs, a tuple of these.

    Args:
        problem: with all sizes given.
        degree: the total degree, or the degree in each input by name.
    """

    def __init__(self, problem: Problem, degree: Degree):
        self.problem = problem
        self.configuration = Configuration.of(problem)
        self.degree = checked_degree(problem, degree)
        self._expressions = Expressions(self.configuration)
        self._sums = OrbitSums(self.configuration, self.degree) if self.configuration.permuted else None

    @property
    def count(self) -> int:
        """How many elements there are, by integrating characters."""
        return counted(self.problem, self.degree)[0]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Any]:
        if self._sums is not None:
            return (self._expressions.total(self._sums.orbit(term)) for term in self._sums)
        if len(self.configuration.components) == 1 and not self.configuration.components[0].rank:
            return self._expressions.invariants(self.terms())
        return (self._expressions.total((term,)) for term in self.terms())

    def terms(self) -> Iterator[Term]:
        """Each element as exponent data; under permutations one term of each orbit sum.

        >>> next(basis(Problem("x: d, y: d -> ", group="O(d)"), 4, d=2).terms())
        Term(component=0, pairs=((0, 0), (0, 0)), scalars=(), determinant=())
        """
        if self._sums is not None:
            return iter(self._sums)
        return chain.from_iterable(
            self._monomials(number, component.rank) for number, component in enumerate(self.configuration.components)
        )

    def orbit(self, term: Term) -> Iterator[Term]:
        """The terms of the element that has this term: the term alone where nothing is permuted.

        >>> found = basis(Problem("X: d n -> d n", group="O(d) x S(n)"), 1, d=3, n=2)
        >>> [[(term.component, term.pairs) for term in found.orbit(first)] for first in found.terms()]
        [[(0, ((0, 1),)), (1, ((0, 2),))], [(0, ((0, 2),)), (1, ((0, 1),))]]
        """
        return iter((term,)) if self._sums is None else self._sums.orbit(term)

    def orbit_size(self, term: Term) -> int:
        """How many terms the element has that has this term; they are not made."""
        return 1 if self._sums is None else self._sums.orbit_size(term)

    def in_coordinates(self, element: Any) -> Any:
        """An element in the entries of the inputs, multiplied out.

        >>> found = basis(Problem("X: d n -> ", group="SO(d)"), 2, d=2, n=2)
        >>> print(found.in_coordinates(list(found)[-1]))
        X[0, 0]*X[1, 1] - X[0, 1]*X[1, 0]
        """
        return self._expressions.in_coordinates(element)

    def _monomials(self, number: int, rank: int) -> Iterator[Term]:
        """The terms of one component: standard monomials times monomials in the scalars, then with determinants."""
        configuration, d = self.configuration, self.configuration.dimension
        invariants = configuration.invariants
        for vectors, scalars in configuration.splits(self.degree):
            columns = configuration.columns(vectors)
            products: Iterable[Pairs] = ((),)
            determinantal: Iterable[tuple[tuple[int, ...], Pairs]] = ()
            if invariants is not None:
                products = invariants.products(columns, d, vectors, marked=rank)
            if invariants is not None and invariants.determinantal is not None:
                determinantal = invariants.determinantal(columns, d, vectors, marked=rank)
            # Where there are no products, no monomial in the scalars is looked at.
            for pairs in products:
                for factor in configuration.scalar_monomials(scalars):
                    yield Term(number, pairs, factor)
            for determinant, pairs in determinantal:
                for factor in configuration.scalar_monomials(scalars):
                    yield Term(number, pairs, factor, determinant)


def _sized(problem: Problem, sizes: Mapping[str, int]) -> Problem:
    if not isinstance(problem, Problem):
        raise UsageError(f"expected a Problem, such as Problem('X: d n -> d', group='O(d)'), not {problem!r}")
    return problem.sized(**sizes)
