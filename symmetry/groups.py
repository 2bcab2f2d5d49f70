"""Groups as data: O(d), SO(d) and S(n), with exact and Haar-distributed elements.

A *kind* of group is one entry of a table: its components, and how to draw an element of each.
A *factor* such as ``O("d")`` says which axis the group acts on; a *product* is a list of factors.
Adding a group is adding an entry to ``KINDS``; nothing else asks which group it has at hand.

Elements are drawn in three ways, each needed by some check:

* ``haar``: from the Haar measure, in double precision;
* ``exact``: a matrix of fractions, for checks without rounding;
* ``monomial``: a matrix that only permutes and negates coordinates, so that it acts on floating
  point numbers without rounding.

NumPy is imported where it is used; importing this module stays light.

>>> print(O("d") * S("n"))
O(d) x S(n)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symmetry.errors import UsageError

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KINDS", "SO", "Axis", "Group", "Kind", "Matrix", "O", "Product", "S", "reflection"]

Axis = str | int
Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Kind:
    """One kind of group of matrices.

    Args:
        name: as written in a problem, ``"O"``.
        meaning: what an element is, in words.
        components: determinant -> what the elements of that component are called; a group that is
            tested as one piece has the single key 1.
        mixes: whether an element forms sums along its axis, so that its action rounds.
        haar, exact, monomial: draw an element of the given size and component.
    """

    name: str
    meaning: str
    components: Mapping[int, str]
    mixes: bool
    haar: Callable[[np.random.Generator, int, int], NDArray[Any]]
    exact: Callable[[Random, int, int], Matrix]
    monomial: Callable[[np.random.Generator, int, int], NDArray[Any]]


@dataclass(frozen=True)
class Group:
    """A factor: the group of one kind, acting on every axis with one name (or one fixed size).

    Args:
        name: the kind, a key of ``KINDS``.
        axis: the name of the axis, or a positive integer for an axis of that fixed size.

    Raises:
        UsageError: an unknown kind, or an axis that is neither a name nor a positive integer.

    >>> str(Group("O", "d")), O(3).components
    ('O(d)', (1, -1))
    >>> O(0)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: O acts on an axis: give its name ('d') or a positive size, not 0
    """

    name: str
    axis: Axis

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise UsageError(f"no group is called {self.name!r}; the groups are {', '.join(KINDS)}")
        axis = self.axis
        named = isinstance(axis, str) and axis.isidentifier()
        sized = isinstance(axis, int) and not isinstance(axis, bool) and axis > 0
        if not named and not sized:
            raise UsageError(f"{self.name} acts on an axis: give its name ('d') or a positive size, not {axis!r}")

    @property
    def kind(self) -> Kind:
        """The entry of ``KINDS``."""
        return KINDS[self.name]

    @property
    def components(self) -> tuple[int, ...]:
        """The components to test: determinants 1 and -1 for O, 1 for the others."""
        return tuple(self.kind.components)

    def haar(self, rng: np.random.Generator, size: int, component: int = 1) -> NDArray[Any]:
        """A Haar-distributed element of one component.

        Args:
            rng: NumPy generator.
            size: size of the axis, at least 1.
            component: one of ``components``.

        Returns:
            O, SO: float64 matrix (size, size). S: the index array (size,) of a permutation.

        Raises:
            UsageError: no such component, or a size below 1.

        Source: F. Mezzadri, How to generate random matrices from the classical compact groups, 2007.
        """
        self._refuse(size, component)
        return self.kind.haar(rng, size, component)

    def exact(self, rng: Random, size: int, component: int = 1) -> Matrix:
        """An exact element of one component, as a matrix of fractions.

        O and SO: a product of reflections in small integer vectors; as many as the size or one fewer,
        whichever parity gives the determinant. S: the matrix of a random permutation.

        Args:
            rng: generator of the standard library.
            size, component: as in ``haar``.

        Returns:
            tuple of rows, (size, size).

        Raises:
            UsageError: no such component, or a size below 1.

        Source: Cartan-Dieudonné (every orthogonal matrix is a product of at most d reflections).

        >>> from random import Random
        >>> q = O("d").exact(Random(0), 3, -1)
        >>> all(sum(q[k][i] * q[k][j] for k in range(3)) == (i == j) for i in range(3) for j in range(3))
        True
        """
        self._refuse(size, component)
        return self.kind.exact(rng, size, component)

    def monomial(self, rng: np.random.Generator, size: int, component: int = 1) -> NDArray[Any]:
        """An element of one component that acts without rounding.

        Args:
            rng, size, component: as in ``haar``.

        Returns:
            O, SO: a signed permutation matrix (size, size). S: the index array (size,) of a transposition.

        Raises:
            UsageError: no such component, or a size below 1.
        """
        self._refuse(size, component)
        return self.kind.monomial(rng, size, component)

    def apply(self, element: NDArray[Any] | Matrix, array: NDArray[Any], axes: Sequence[int]) -> NDArray[Any]:
        """The array with the element acting along each of the given axes.

        A matrix M sends x to y with y[.., i, ..] = Σ_j M[i, j] x[.., j, ..]; an index array p sends x to
        x[.., p[i], ..], which is the action of the permutation matrix with ones at (i, p[i]).

        Args:
            element: what ``haar``, ``monomial`` or ``exact`` gave.
            array: any shape.
            axes: positions of the axes that carry the action.

        >>> import numpy as np
        >>> S("n").apply(np.array([1, 0]), np.array([[1, 2], [3, 4], [5, 6]]), (1,)).tolist()
        [[2, 1], [4, 3], [6, 5]]
        """
        import numpy as np

        g = np.asarray(element)
        if g.dtype == object:
            g = g.astype(np.float64)
        for axis in axes:
            if g.ndim == 1:
                array = np.take(array, g, axis=axis)
            else:
                array = np.moveaxis(np.tensordot(g, array, axes=([1], [axis])), 0, axis)
        return np.ascontiguousarray(array) if array.ndim else array

    def _refuse(self, size: int, component: int) -> None:
        if size < 1:
            raise UsageError(f"{self} has elements of size 1 and above, not {size}")
        if component not in self.kind.components:
            raise UsageError(f"{self} has no component {component}; it has {', '.join(map(str, self.components))}")

    def __mul__(self, other: Group | Product) -> Product:
        return Product((self,)) * other

    def __str__(self) -> str:
        return f"{self.name}({self.axis})"


@dataclass(frozen=True)
class Product:
    """A product of factors, in the order written; without factors it is the trivial group, printed 1.

    >>> [str(g) for g in O("d") * S("n") * S("m")]
    ['O(d)', 'S(n)', 'S(m)']
    """

    factors: tuple[Group, ...] = ()

    def __mul__(self, other: Group | Product) -> Product:
        if isinstance(other, Group):
            return Product((*self.factors, other))
        if isinstance(other, Product):
            return Product((*self.factors, *other.factors))
        return NotImplemented

    def __iter__(self) -> Iterator[Group]:
        return iter(self.factors)

    def __len__(self) -> int:
        return len(self.factors)

    def __str__(self) -> str:
        return " x ".join(map(str, self.factors)) or "1"


def O(axis: Axis) -> Group:  # noqa: E743 (the field's name)
    """The orthogonal group acting on an axis: QᵀQ = I."""
    return Group("O", axis)


def SO(axis: Axis) -> Group:
    """The rotations of an axis: QᵀQ = I and det Q = 1."""
    return Group("SO", axis)


def S(axis: Axis) -> Group:
    """The permutations of an axis."""
    return Group("S", axis)


def reflection(vector: Sequence[int | Fraction]) -> Matrix:
    """The reflection in the hyperplane orthogonal to a vector, H = I - 2wwᵀ/(wᵀw), exactly.

    Args:
        vector: (d,), not zero.

    Raises:
        UsageError: the vector is zero.

    Source: A. Householder, 1958; theory.md 1.2.

    >>> [[str(x) for x in row] for row in reflection((1, 2))]
    [['3/5', '-4/5'], ['-4/5', '-3/5']]
    """
    w = tuple(map(Fraction, vector))
    length = sum(x * x for x in w)
    if not length:
        raise UsageError("a zero vector has no orthogonal hyperplane to reflect in")
    return tuple(tuple((i == j) - 2 * a * b / length for j, b in enumerate(w)) for i, a in enumerate(w))


def _reflections(rng: Random, size: int, component: int) -> Matrix:
    even = component == 1
    count = size if (size % 2 == 0) == even else size - 1
    matrix = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    for _ in range(count if count > 0 or even else 1):
        vector = [rng.randint(-2, 2) for _ in range(size)]
        if not any(vector):
            vector[rng.randrange(size)] = 1
        support = [i for i, w in enumerate(vector) if w]
        length = sum(w * w for w in vector)
        # (I - 2wwᵀ/wᵀw) M = M - w (2 wᵀM / wᵀw)
        row = [sum((vector[i] * matrix[i][j] for i in support), Fraction()) * 2 / length for j in range(size)]
        for i in support:
            matrix[i] = [entry - vector[i] * change for entry, change in zip(matrix[i], row, strict=True)]
    return tuple(map(tuple, matrix))


def _permutation_matrix(rng: Random, size: int, component: int) -> Matrix:
    order = list(range(size))
    rng.shuffle(order)
    return tuple(tuple(Fraction(order[i] == j) for j in range(size)) for i in range(size))


def _orthogonal(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    # Q of a Gaussian matrix is Haar-distributed on O(d) once R has a positive diagonal; negating a column
    # carries one component onto the other and the Haar measure with it.
    import numpy as np

    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    if np.linalg.det(q) * component < 0:
        q[:, 0] = -q[:, 0]
    return q


def _signed_permutation(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    import numpy as np

    matrix: NDArray[Any] = np.eye(size)[rng.permutation(size)] * rng.choice((-1.0, 1.0), size)
    if np.linalg.det(matrix) * component < 0:
        matrix[:, 0] = -matrix[:, 0]
    matrix += 0.0  # no negative zeros
    return matrix


def _permutation(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    return rng.permutation(size)


def _transposition(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    import numpy as np

    order = np.arange(size)
    if size > 1:
        i, j = rng.choice(size, 2, replace=False)
        order[[i, j]] = order[[j, i]]
    return order


KINDS: Mapping[str, Kind] = {
    "O": Kind(
        name="O",
        meaning="orthogonal matrices",
        components={1: "rotation (det +1)", -1: "reflection (det -1)"},
        mixes=True,
        haar=_orthogonal,
        exact=_reflections,
        monomial=_signed_permutation,
    ),
    "SO": Kind(
        name="SO",
        meaning="orthogonal matrices of determinant 1",
        components={1: "rotation (det +1)"},
        mixes=True,
        haar=_orthogonal,
        exact=_reflections,
        monomial=_signed_permutation,
    ),
    "S": Kind(
        name="S",
        meaning="permutations",
        components={1: "permutation"},
        mixes=False,
        haar=_permutation,
        exact=_permutation_matrix,
        monomial=_transposition,
    ),
}
