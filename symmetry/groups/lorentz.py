"""Lorentz(d): matrices with ΛᵀηΛ = η for η = diag(1, -1, …, -1); the first coordinate is time.

The components are told apart by the signs of the determinant and of Λ₀₀ (the direction of time). The key of a component
has the sign of the determinant, and 2 as its absolute value where time is reversed::

     1  proper orthochronous        2  reversal of time and space
    -1  reversal of space          -2  reversal of time

At size 1 there is no space. Its reversal is the identity there, and the four keys stand for the two elements 1 and -1.

The group is not compact for d ≥ 2: there is no invariant probability measure. Elements are K B K', with K and K'
orthogonal matrices of space and B a boost (every element is of this form, with time reversed or not). K is a
Haar-distributed rotation, K' is Haar-distributed on its component, and the rapidity of B is uniformly distributed on
[-2, 2], with density 1/4; for the Haar measure it would be proportional to |sinh|ᵈ⁻² without end. Up to that rapidity
every neighbourhood of every element has a positive probability. No vector is stretched by more than e² < 7.4.

>>> boost = ((Fraction(5, 3), Fraction(4, 3)), (Fraction(4, 3), Fraction(5, 3)))
>>> LORENTZ.contains(boost), LORENTZ.contains(((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))))
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symmetry.groups.elements import cayley, determinant, orthogonal, plane_rotation, reflections, signed_permutation
from symmetry.groups.kind import Gap, Kind, Matrix, Special

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LARGEST_RAPIDITY", "LORENTZ"]

LARGEST_RAPIDITY = 2.0


def _signs(component: int) -> tuple[int, int]:
    """What happens to time, and the determinant of what happens to space."""
    time = 1 if abs(component) == 1 else -1
    return time, time if component > 0 else -time


def _component(time: int, space: int) -> int:
    return (1 if time > 0 else 2) * time * space


def _component_of(element: NDArray[Any]) -> int:
    time = 1 if element[0, 0] > 0 else -1
    return _component(time, time * determinant(element))


def _boosted(rng: np.random.Generator, size: int, component: int, count: int) -> NDArray[Any]:
    """Independent elements K B K'; the distribution is stated above."""
    import numpy as np

    time, space = _signs(component)
    found = np.zeros((count, size, size))
    found[:, 0, 0] = time
    if size == 1:
        return found
    rapidity = rng.uniform(-LARGEST_RAPIDITY, LARGEST_RAPIDITY, count)
    left, right = orthogonal(rng, size - 1, 1, count), orthogonal(rng, size - 1, space, count)
    cosine, sine = np.cosh(rapidity)[:, None], np.sinh(rapidity)[:, None]
    found[:, :1, 0] = time * cosine
    found[:, 0, 1:] = time * sine * right[:, 0]
    found[:, 1:, 0] = sine * left[:, :, 0]
    right[:, 0] *= cosine
    found[:, 1:, 1:] = left @ right
    return found


def _rational(rng: Random, size: int, component: int) -> Matrix:
    """The same with reflections in integer vectors and a boost of velocity v = 2t/(1 + t²), t a small fraction."""
    time, space = _signs(component)
    if size == 1:
        return ((Fraction(time),),)
    left, right = reflections(rng, size - 1, 1), reflections(rng, size - 1, space)
    t = Fraction(rng.choice((1, -1)) * rng.randint(1, 3), 4)
    cosine, sine = (1 + t * t) / (1 - t * t), 2 * t / (1 - t * t)
    after = ((time * cosine, *(time * sine * x for x in right[0])),)
    boosted = ((sine, *(cosine * x for x in right[0])), *((Fraction(0), *row) for row in right[1:]))
    columns = tuple(zip(*boosted, strict=True))
    return after + tuple(tuple(sum((a * b for a, b in zip(row, c)), Fraction(0)) for c in columns) for row in left)


def _signed(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    """A signed permutation of space, and a sign of time."""
    import numpy as np

    time, space = _signs(component)
    found = np.diag(np.full(size, float(time)))
    if size > 1:
        found[1:, 1:] = signed_permutation(rng, size - 1, space)
    return found


def _signature(size: int) -> tuple[int, ...]:
    return (1,) + (-1,) * (size - 1)


def _near(rng: np.random.Generator, size: int, scale: float) -> NDArray[Any]:
    return cayley(rng, _signature(size), scale)


def _special(rng: np.random.Generator, size: int) -> Iterator[Special]:
    """Boosts along one axis, rotations of a plane of space, and the reversals."""
    import numpy as np

    unit = np.eye(size)
    if size > 1:
        axis, rapidity = int(rng.integers(1, size)), rng.uniform(0.5, LARGEST_RAPIDITY)
        boost = unit.copy()
        boost[0, 0] = boost[axis, axis] = math.cosh(rapidity)
        boost[0, axis] = boost[axis, 0] = math.sinh(rapidity)
        yield "boost along an axis", 1, boost
        yield "reversal of one axis of space", -1, np.diag([-1.0 if i == axis else 1.0 for i in range(size)])
        yield "reversal of time", -2, np.diag([-1.0] + [1.0] * (size - 1))
        yield "reversal of time and one axis", 2, np.diag([-1.0 if i in (0, axis) else 1.0 for i in range(size)])
    if size > 2:
        i, j = (1 + rng.choice(size - 1, 2, replace=False)).tolist()
        angle = rng.uniform(math.pi / 6, 5 * math.pi / 6)
        yield "rotation of a plane of space", 1, plane_rotation(size, (i, j), math.cos(angle), math.sin(angle))
    yield "-I", _component(-1, (-1) ** (size - 1)), -unit + 0.0


def _stretch(element: NDArray[Any]) -> float:
    """e to the rapidity, of which |Λ₀₀| is the hyperbolic cosine."""
    return math.exp(math.acosh(max(1.0, abs(float(element[0, 0])))))


def _keeps_the_form(matrix: Matrix) -> bool:
    size, form = range(len(matrix)), _signature(len(matrix))
    return all(len(row) == len(matrix) for row in matrix) and all(
        sum(form[k] * matrix[k][i] * matrix[k][j] for k in size) == (form[i] if i == j else 0)
        for i in size
        for j in size
    )


NO_AVERAGES = Gap(
    "the Lorentz group is not compact: it has no Haar probability measure over which characters are averaged",
    "Weyl's unitarian trick, by which polynomial maps are counted over the complex orthogonal group",
)
LORENTZ = Kind(
    name="Lorentz",
    meaning="matrices that keep the Minkowski product",
    equations=("ΛᵀηΛ = η, η = diag(1, -1, …, -1)",),
    contains=_keeps_the_form,
    components={
        1: "proper orthochronous transformation",
        -1: "reversal of space (det -1)",
        -2: "reversal of time (det -1)",
        2: "reversal of time and space (det +1)",
    },
    component=_component_of,
    acts="matrix",
    letter="Λ",
    stack=_boosted,
    exact=_rational,
    monomial=_signed,
    near=_near,
    special=_special,
    classes=NO_AVERAGES,
    weight_basis=NO_AVERAGES,
    signature=_signature,
    stretch=_stretch,
)
