"""Groups that act on axes: a factor such as ``O("d")``, and products of factors.

``KINDS`` is the table of all kinds; adding a group is stating a :class:`~symmetry.groups.kind.Kind` in a file of its
own and naming it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symmetry.errors import Underivable, UsageError
from symmetry.groups.kind import Gap, Kind, Matrix, Special, Vector
from symmetry.groups.lorentz import LORENTZ
from symmetry.groups.orthogonal import ORTHOGONAL, SPECIAL_ORTHOGONAL
from symmetry.groups.symmetric import SYMMETRIC
from symmetry.groups.translations import TRANSLATIONS

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KINDS", "SO", "Axis", "Group", "Lorentz", "O", "Product", "S", "T"]

Axis = str | int

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (ORTHOGONAL, SPECIAL_ORTHOGONAL, SYMMETRIC, TRANSLATIONS, LORENTZ)
}


@dataclass(frozen=True)
class Group:
    """A factor: the group of one kind, acting on every axis with one name (or one fixed size).

    Args:
        name: the kind, a key of ``KINDS``.
        axis: the name of the axis, or a positive integer for an axis of that fixed size.
        tensors: for translations, the names of the inputs and outputs that they move; without names, all that have
            the axis. (Points move, velocities and forces do not.)

    Raises:
        UsageError: an unknown kind, an axis that is neither a name nor a positive integer, or names of tensors where
            they make no sense, that are none, or that are given twice.

    >>> str(Group("O", "d")), O(3).components
    ('O(d)', (1, -1))
    >>> O(0)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: O acts on an axis: give its name ('d') or a positive size, not 0
    """

    name: str
    axis: Axis
    tensors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise UsageError(f"no group is called {self.name!r}; the groups are {', '.join(KINDS)}")
        axis = self.axis
        named = isinstance(axis, str) and axis.isidentifier()
        sized = isinstance(axis, int) and not isinstance(axis, bool) and axis > 0
        if not named and not sized:
            raise UsageError(f"{self.name} acts on an axis: give its name ('d') or a positive size, not {axis!r}")
        if not isinstance(self.tensors, tuple):
            raise UsageError(f"the names of the tensors that {self.name} moves are a tuple, not {self.tensors!r}")
        if not self.tensors:
            return
        if self.kind.acts != "shift":
            raise UsageError(f"{self.name} acts on every axis {axis!r}: only translations take names of tensors")
        for tensor in self.tensors:
            if not isinstance(tensor, str) or not tensor.isidentifier():
                raise UsageError(f"{self.name} takes names of inputs and outputs, such as 'X', not {tensor!r}")
            if self.tensors.count(tensor) > 1:
                raise UsageError(f"{self.name} moves {tensor!r} once: give its name once")

    @property
    def kind(self) -> Kind:
        """The entry of ``KINDS``."""
        return KINDS[self.name]

    @property
    def components(self) -> tuple[int, ...]:
        """The components to test, with the sign of the determinant: 1 and -1 for O, four for Lorentz, else 1."""
        return tuple(self.kind.components)

    def refuse_gaps(self) -> None:
        """Refuse a factor over which no averages are known, before anything is computed of it.

        Raises:
            Underivable: with what stands in the way, and what is missing.

        >>> Lorentz("d").refuse_gaps()
        Traceback (most recent call last):
        ...
        symmetry.errors.Underivable: Lorentz(d): the Lorentz group is not compact: ...
        """
        if isinstance(self.kind.classes, Gap):
            raise Underivable(f"{self}: {self.kind.classes.reason}", self.kind.classes.missing)

    def haar(self, rng: np.random.Generator, size: int, component: int = 1) -> NDArray[Any]:
        """A Haar-distributed element of one component.

        T and Lorentz have no Haar probability measure: entries of a translation are standard normal, and a Lorentz
        matrix has a rapidity that is uniform on [-2, 2] between Haar-distributed matrices of space.

        Args:
            rng: NumPy generator.
            size: size of the axis, at least 1.
            component: one of ``components``.

        Returns:
            O, SO, Lorentz: float64 matrix (size, size). S: the index array (size,) of a permutation. T: float64
            vector (size,).

        Raises:
            UsageError: no such component, or a size below 1.

        Source: F. Mezzadri, How to generate random matrices from the classical compact groups, 2007.
        """
        element: NDArray[Any] = self.stack(rng, size, component, 1)[0]
        return element

    def stack(self, rng: np.random.Generator, size: int, component: int, count: int) -> NDArray[Any]:
        """Independent elements of one component, each distributed as those of ``haar``, drawn together.

        Args:
            rng, size, component: as in ``haar``.
            count: how many, at least 1.

        Returns:
            O, SO, Lorentz: (count, size, size). S, T: (count, size).

        Raises:
            UsageError: no such component, or a size or count below 1.

        >>> import numpy as np
        >>> stack = O("d").stack(np.random.default_rng(0), 3, -1, 5)
        >>> stack.shape, np.allclose(np.linalg.det(stack), -1)
        ((5, 3, 3), True)
        >>> O("d").stack(np.random.default_rng(0), 3, -1, 0)
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: a stack of O(d) has 1 element or more, not 0
        """
        self._refuse(size, component)
        if count < 1:
            raise UsageError(f"a stack of {self} has 1 element or more, not {count}")
        return self.kind.stack(rng, size, component, count)

    def exact(self, rng: Random, size: int, component: int = 1) -> Matrix | Vector:
        """An exact element of one component, as a matrix of fractions (T: a vector of fractions).

        O and SO: a product of reflections in small integer vectors; as many as the size or one fewer,
        whichever parity gives the determinant. S: the matrix of a random permutation. Lorentz: a boost with rational
        entries between two such products of space.

        Args:
            rng: generator of the standard library.
            size, component: as in ``haar``.

        Returns:
            tuple of rows, (size, size); T: (size,).

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
            O, SO: a signed permutation matrix (size, size). S: the index array (size,) of a transposition. Lorentz: a
            signed permutation matrix of space, with a sign for time. T: a vector (size,) of small integers, which acts
            without rounding on integers; at every x no translation but 0 does.

        Raises:
            UsageError: no such component, or a size below 1.
        """
        self._refuse(size, component)
        return self.kind.monomial(rng, size, component)

    def near(self, rng: np.random.Generator, size: int, scale: float) -> NDArray[Any]:
        """An element near the identity, in a random direction.

        Args:
            rng, size: as in ``haar``.
            scale: the distance from the identity, more than 0 and at most 1: the length of a translation; for matrices
                the Frobenius norm of the difference, up to a factor 1 + O(scale²). (At size 1 no other matrix is near
                the identity, which is then given.)

        Returns:
            as ``haar``. S: two neighbours exchanged at every scale; nothing is nearer.

        Raises:
            UsageError: a size below 1, or a scale out of range.

        >>> import numpy as np
        >>> q = O("d").near(np.random.default_rng(0), 4, 1e-3)
        >>> bool(0.999e-3 < np.linalg.norm(q - np.eye(4)) < 1.001e-3)
        True
        >>> O("d").near(np.random.default_rng(0), 4, 2)
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: a distance from the identity is more than 0 and at most 1, not 2
        """
        self._refuse(size, 1)
        if not 0 < scale <= 1:
            raise UsageError(f"a distance from the identity is more than 0 and at most 1, not {scale}")
        return self.kind.near(rng, size, scale)

    def special(self, rng: np.random.Generator, size: int) -> Iterator[Special]:
        """Elements that generic ones are not, each with its name and component.

        O and SO: one reflection, rotations of one plane, -I, a signed permutation. S: transpositions, cycles, the
        reversal. T: along one coordinate, long, short. Lorentz: a boost along an axis, rotations of a plane, reversals.

        Args:
            rng: source of axes, angles and lengths.
            size: at least 1; some exist from size 2 or 3 on, and S(1) has none.

        Raises:
            UsageError: a size below 1.

        >>> import numpy as np
        >>> [(name, component) for name, component, _ in O("d").special(np.random.default_rng(0), 1)]
        [('reflection in a hyperplane', -1), ('-I', -1), ('signed permutation', -1)]
        """
        self._refuse(size, 1)
        return self.kind.special(rng, size)

    def component(self, element: NDArray[Any]) -> int:
        """The component of an element that was drawn, one of ``components``.

        >>> import numpy as np
        >>> O("d").component(np.array([[0.0, 1.0], [1.0, 0.0]])), Lorentz("d").component(np.diag([-1.0, 1.0, 1.0]))
        (-1, -2)
        """
        return self.kind.component(element)

    def product(self, second: NDArray[Any], first: NDArray[Any]) -> NDArray[Any]:
        """The element that acts as the first one and then the second.

        >>> import numpy as np
        >>> S("n").product(np.array([1, 2, 0]), np.array([1, 0, 2])).tolist(), T("d").product(np.ones(2), np.ones(2))
        ([0, 2, 1], array([2., 2.]))
        """
        import numpy as np

        match self.kind.acts:
            case "matrix":
                return np.asarray(second @ first)
            case "permutation":
                return np.asarray(first[second])
            case "shift":
                return np.asarray(first + second)

    def stretch(self, element: NDArray[Any]) -> float:
        """How many times longer the element makes a vector at most, and with it the rounding errors in its entries.

        1 for O, SO, S and T; for Lorentz e to the rapidity, which is that of the inverse too.

        >>> import numpy as np
        >>> Lorentz("d").stretch(np.array([[1.25, 0.75], [0.75, 1.25]]))
        2.0
        """
        return self.kind.stretch(element)

    def apply(self, element: NDArray[Any] | Matrix | Vector, array: NDArray[Any], axes: Sequence[int]) -> NDArray[Any]:
        """The array with the element acting along each of the given axes.

        A matrix M sends x to y with y[.., i, ..] = Σ_j M[i, j] x[.., j, ..]; an index array p sends x to
        x[.., p[i], ..], which is the action of the permutation matrix with ones at (i, p[i]); a translation t sends x
        to x[.., i, ..] + t[i].

        Args:
            element: what ``haar``, ``monomial``, ``near``, ``special`` or ``exact`` gave.
            array: any shape; exact elements act exactly on arrays of objects (fractions, integers).
            axes: positions of the axes that carry the action.

        >>> import numpy as np
        >>> S("n").apply(np.array([1, 0]), np.array([[1, 2], [3, 4], [5, 6]]), (1,)).tolist()
        [[2, 1], [4, 3], [6, 5]]
        >>> T("d").apply(np.array([10, 20, 30]), np.array([[1, 2], [3, 4], [5, 6]]), (0,)).tolist()
        [[11, 12], [23, 24], [35, 36]]
        """
        import numpy as np

        g = np.asarray(element)
        if g.dtype == object and array.dtype != object:
            g = g.astype(np.float64)
        for axis in axes:
            if self.kind.acts == "shift":
                array = array + g.reshape(-1, *[1] * (array.ndim - 1 - axis % array.ndim))
            elif g.ndim == 1:
                array = np.take(array, g, axis=axis)
            else:
                array = np.moveaxis(np.tensordot(g, array, axes=([1], [axis])), 0, axis)
        return np.ascontiguousarray(array) if array.ndim else array

    def refined(self, element: NDArray[Any]) -> NDArray[Any]:
        """An element that was drawn, in long double, after a step of Newton's method for the equation of the group.

        A matrix that is in the group up to rounding is so up to the square of that afterwards.

        >>> import numpy as np
        >>> q = O("d").refined(O("d").haar(np.random.default_rng(0), 3))
        >>> bool(np.max(np.abs(q.T @ q - np.eye(3))) < 8 * np.finfo(np.longdouble).eps)
        True
        """
        import numpy as np

        if self.kind.acts == "permutation":
            return element
        g = element.astype(np.longdouble)
        if self.kind.acts == "shift":
            return g
        form = np.array(self.kind.signature(len(g)), dtype=np.longdouble)
        inverse = form[:, None] * g.T * form
        refined: NDArray[Any] = g @ (3 * np.eye(len(g), dtype=np.longdouble) - inverse @ g) / 2
        return refined

    def is_trivial(self, size: int, component: int = 1) -> bool:
        """Whether a component has no element but the unit: rotations, and permutations, of one coordinate.

        >>> O("d").is_trivial(1), O("d").is_trivial(1, -1), S("n").is_trivial(2)
        (True, False, False)
        """
        return size == 1 and component == 1 and self.kind.acts != "shift"

    def sweep(self, rng: np.random.Generator, size: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
        """Many Haar-distributed elements, cheaply.

        Args:
            rng, size: as in ``haar``.

        Returns:
            A function from an array of components, (count,), to a stack of elements. O, SO: (count, size, size);
            S, T: (count, size). Each is distributed as ``haar`` says, but those of O and SO share a factor in long
            rows, so that they are not independent of each other.

        Raises:
            UsageError: a size below 1.

        >>> import numpy as np
        >>> draw = O("d").sweep(np.random.default_rng(0), 3)
        >>> np.linalg.det(draw(np.array([1, -1, -1]))).round(12).tolist()
        [1.0, -1.0, -1.0]
        """
        self._refuse(size, self.components[0])
        if self.kind.sweep is not None:
            return self.kind.sweep(rng, size)
        import numpy as np

        def draw(components: NDArray[Any]) -> NDArray[Any]:
            places = {component: np.flatnonzero(components == component) for component in self.components}
            met = {component: at for component, at in places.items() if len(at)}
            stacks = [self.kind.stack(rng, size, component, len(at)) for component, at in met.items()]
            elements: NDArray[Any] = np.concatenate(stacks)
            elements[np.concatenate(list(met.values()))] = elements.copy()
            return elements

        return draw

    def apply_stack(self, elements: NDArray[Any], stack: NDArray[Any], axes: Sequence[int]) -> NDArray[Any]:
        """Each of many arrays with its own element acting along each of the given axes.

        Args:
            elements: what ``sweep`` drew, (count, ...).
            stack: (count, ...) or (1, ...), for one array that all act on.
            axes: positions, in one array, of the axes that carry the action.

        Returns:
            (count, ...), new and contiguous.

        >>> import numpy as np
        >>> S("n").apply_stack(np.array([[1, 0], [0, 1]]), np.array([[[1, 2], [3, 4]]]), (0,)).tolist()
        [[[3, 4], [1, 2]], [[1, 2], [3, 4]]]
        """
        import numpy as np

        count, ndim = len(elements), stack.ndim - 1
        for axis in axes:
            if self.kind.acts == "shift":
                stack = stack + elements.reshape(count, *(-1 if k == axis else 1 for k in range(ndim)))
            elif self.kind.acts == "permutation":
                whole = np.broadcast_to(stack, (count, *stack.shape[1:]))
                index = elements.reshape(count, *(-1 if k == axis else 1 for k in range(ndim)))
                stack = np.take_along_axis(whole, index, axis=axis + 1)
            elif axis == ndim - 1 and ndim == 2:
                stack = stack @ elements.swapaxes(1, 2)
            else:
                front = np.moveaxis(stack, axis + 1, 1)
                product = elements @ front.reshape(len(front), front.shape[1], -1)
                stack = np.moveaxis(product.reshape(count, *front.shape[1:]), 1, axis + 1)
        stack = stack if axes else np.repeat(stack, count // len(stack), axis=0)
        return np.ascontiguousarray(stack)

    def _refuse(self, size: int, component: int) -> None:
        if size < 1:
            raise UsageError(f"{self} has elements of size 1 and above, not {size}")
        if component not in self.kind.components:
            raise UsageError(f"{self} has no component {component}; it has {', '.join(map(str, self.components))}")

    def __mul__(self, other: Group | Product) -> Product:
        return Product((self,)) * other

    def __str__(self) -> str:
        tensors = f"; {', '.join(self.tensors)}" if self.tensors else ""
        return f"{self.name}({self.axis}{tensors})"


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

    def refuse_gaps(self) -> None:
        """Refuse a product with a factor over which no averages are known (see :meth:`Group.refuse_gaps`)."""
        for factor in self.factors:
            factor.refuse_gaps()

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


def T(axis: Axis, *tensors: str) -> Group:
    """The translations along an axis, of all tensors that have it or of those named only.

    >>> print(T("d", "X") * O("d"))
    T(d; X) x O(d)
    """
    return Group("T", axis, tensors)


def Lorentz(axis: Axis) -> Group:
    """The Lorentz group acting on an axis: ΛᵀηΛ = η with η = diag(1, -1, …, -1)."""
    return Group("Lorentz", axis)
