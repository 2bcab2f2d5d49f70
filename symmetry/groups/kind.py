"""What one kind of group is, as data; each kind is stated in a file of its own.

With this data nothing needs to ask which group it has at hand: checks draw elements with the samplers, characters are
integrated over the conjugacy classes, and the space of equivariant polynomial maps is computed from weights, root
vectors and finitely many elements. (Derivations are of theorems, and those are about O, SO and S.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from symmetry.errors import Underivable
from symmetry.groups.laurent import Laurent
from symmetry.partitions import Partition

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Classes",
    "Gap",
    "Kind",
    "Matrix",
    "Pairs",
    "Sparse",
    "Special",
    "Vector",
    "VectorInvariants",
    "WeightBasis",
]

Matrix = tuple[tuple[Fraction, ...], ...]
Vector = tuple[Fraction, ...]
# What an element is called, its component, and the element.
Special = tuple[str, int, "NDArray[Any]"]
# Row, column and entry of what is not zero.
Sparse = Mapping[tuple[int, int], int]
# A product of inner products, each of two vectors given by their numbers.
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Classes:
    """A family of conjugacy classes with r angles, over which class functions are integrated.

    The Haar average of a class function f is the sum over the families of ``weight`` times the constant term of
    f · ``density``, both Laurent polynomials in z₁, …, z_r.

    Args:
        weight: the share of the family in the Haar measure.
        angles: r, 0 for a single class.
        trace: the trace of the j-th power of an element, j ≥ 1.
        density: of the angles (Weyl's integration formula), without the factor for the Weyl group.

    Source: H. Weyl, The Classical Groups, 1939, chapter VII.
    """

    weight: Fraction
    angles: int
    trace: Callable[[int], Laurent]
    density: Laurent


@dataclass(frozen=True)
class WeightBasis:
    """The defining representation over ℂ, in a basis in which the torus is diagonal.

    A vector is invariant exactly when its weight is zero, the root vectors of the simple roots send it to zero, and
    the finite elements fix it: a highest weight vector of weight zero spans a trivial representation.

    Args:
        weights: the weight of each basis vector; without entries for a finite group.
        raising: the root vectors of the simple roots.
        finite: elements that, with the connected component of the unit, generate the group.
        form: the matrix of the invariant bilinear form in this basis.
    """

    weights: tuple[tuple[int, ...], ...]
    raising: tuple[Sparse, ...]
    finite: tuple[Sparse, ...]
    form: Sparse


@dataclass(frozen=True)
class VectorInvariants:
    """The two fundamental theorems for vectors: what generates their polynomial invariants, and a basis of products.

    The functions take how many vectors there are (in total, or in each input), d, the degree in them (in total, or in
    each input) and the keyword ``marked``, the number of vectors that come first, with degree 1 in each.

    Args:
        generators: the generators, in words.
        products: the products of inner products that are a basis of what they generate, as tuples of pairs.
        determinantal: pairs of the columns of a determinant and such a product, a basis of what determinants add;
            ``None`` where there are none.
        number: how many there are of both, without enumerating them.
        source: author and year.
    """

    generators: str
    products: Callable[..., Iterator[Pairs]]
    determinantal: Callable[..., Iterator[tuple[tuple[int, ...], Pairs]]] | None
    number: Callable[..., int]
    source: str


@dataclass(frozen=True)
class Gap:
    """Stands for data that a kind does not have: asked for it, it refuses and says why.

    Args:
        reason: what stands in the way.
        missing: the piece of mathematics that would be needed.

    >>> Gap("translations are not linear", "averages over differences")(3)
    Traceback (most recent call last):
    ...
    symmetry.errors.Underivable: translations are not linear
      missing: averages over differences
    """

    reason: str
    missing: str

    def __call__(self, size: int) -> NoReturn:
        raise Underivable(self.reason, self.missing)


@dataclass(frozen=True)
class Kind:
    """One kind of group that acts along an axis.

    Args:
        name: as written in a problem, ``"O"``.
        meaning: what an element is, in words.
        equations: what defines an element Q, in words.
        contains: whether a square matrix (for shifts, a vector) of fractions is an element.
        components: key -> what the elements of that component are called. The sign of a key is the determinant of the
            elements; a group that is tested as one piece has the single key 1.
        acts: how the elements that are drawn act along an axis: a ``"matrix"`` by its product with each vector there,
            a ``"permutation"`` by the order of the entries, a ``"shift"`` by adding a vector.
        letter: what a report calls an element.
        stack: independent elements of a size and component, as many as asked for, along a first axis: from the Haar
            measure where the group is compact, else from the distribution that is stated with the function.
        exact, monomial: draw an element of the given size and component.
        near: draw an element at a given distance (of Frobenius norm, or length) from the identity.
        special: elements at a size that generic ones are not.
        signature: the diagonal of the bilinear form that the matrices at a size keep.
        component: which of the components an element that was drawn belongs to.
        stretch: how many times longer an element, or its inverse, makes a vector at most; for shifts, the difference
            of two.
        classes: the conjugacy classes at a size, for characters.
        weight_basis: the defining representation at a size, for linear algebra.
        invariants: the polynomial invariants of vectors; ``None`` where elements permute, or where their generators
            are not products of inner products and determinants.
        invariant_shapes: at a size and a weight w, the partitions λ of w for which the Schur functor S_λ of the
            defining representation contains invariants, always one up to a factor; ``None`` where characters are
            integrated over ``classes``.
        sweep: at a size, what draws elements of given components as ``stack`` does, but cheaper, and not independent of
            each other; ``None`` where ``stack`` is cheap enough.
        stable_size: the size from which on averages of products of traces Π tr(gʲ) of a weight, the sum of the powers
            j, do not change any more; ``None`` where that is not known.
    """

    name: str
    meaning: str
    equations: tuple[str, ...]
    contains: Callable[[Any], bool]
    components: Mapping[int, str]
    acts: Literal["matrix", "permutation", "shift"]
    letter: str
    stack: Callable[[np.random.Generator, int, int, int], NDArray[Any]]
    exact: Callable[[Random, int, int], Matrix | Vector]
    monomial: Callable[[np.random.Generator, int, int], NDArray[Any]]
    near: Callable[[np.random.Generator, int, float], NDArray[Any]]
    special: Callable[[np.random.Generator, int], Iterator[Special]]
    classes: Callable[[int], Iterator[Classes]] | Gap
    weight_basis: Callable[[int], WeightBasis] | Gap
    invariants: VectorInvariants | None = None
    invariant_shapes: Callable[[int, int], Iterator[Partition]] | None = None
    stable_size: Callable[[int], int] | None = None
    sweep: Callable[[np.random.Generator, int], Callable[[NDArray[Any]], NDArray[Any]]] | None = None
    signature: Callable[[int], Sequence[int]] = lambda size: (1,) * size
    component: Callable[[NDArray[Any]], int] = lambda element: 1
    stretch: Callable[[NDArray[Any]], float] = lambda element: 1.0

    @property
    def mixes(self) -> bool:
        """Whether an element forms sums along its axis, so that its action rounds with the size of the axis.

        One that permutes does not: polynomials invariant under it are sums over orbits.
        """
        return self.acts == "matrix"
