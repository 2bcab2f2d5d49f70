"""Groups that act on axes: a factor such as ``O("d")``, and products of factors.

``KINDS`` is the table of all kinds; adding a group is stating a :class:`~symmetry.groups.kind.Kind` in a file of its
own and naming it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symmetry.errors import UsageError
from symmetry.groups.kind import Kind, Matrix
from symmetry.groups.orthogonal import ORTHOGONAL, SPECIAL_ORTHOGONAL
from symmetry.groups.symmetric import SYMMETRIC

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KINDS", "SO", "Axis", "Group", "O", "Product", "S"]

Axis = str | int

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ORTHOGONAL, SPECIAL_ORTHOGONAL, SYMMETRIC)}


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
