"""T(d): translations, x ↦ x + t along an axis, with the same t at every other index.

An element is the vector t. With O, SO or Lorentz on the same axis the translations make up E(d), SE(d) or the Poincaré
group: each element is one of either factor after the other, so that a check of both factors is a check of the group.

>>> TRANSLATIONS.contains((Fraction(1, 2), Fraction(3))), TRANSLATIONS.contains(((Fraction(1),),))
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symmetry.groups.kind import Gap, Kind, Special, Vector

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TRANSLATIONS"]

LONG = 2.0**10  # of special vectors; short ones are as much shorter than 1


def _gaussian(rng: np.random.Generator, size: int, component: int, count: int) -> NDArray[Any]:
    """Independent standard normal entries: the group is not compact, and has no invariant probability measure."""
    return rng.standard_normal((count, size))


def _fractions(rng: Random, size: int, component: int) -> Vector:
    return tuple(Fraction(rng.randint(-6, 6), rng.randint(1, 3)) for _ in range(size))


def _integers(rng: np.random.Generator, size: int, component: int) -> NDArray[Any]:
    """Integers from -3 to 3, not all zero.

    x + t is exact where x has integers below 2⁵³. At every x no t but 0 is: next to a fixed t ≠ 0 the last digits of a
    small enough x are lost.
    """
    import numpy as np

    vector = rng.integers(-3, 4, size).astype(np.float64)
    if not vector.any():
        vector[rng.integers(size)] = 1.0
    return vector


def _direction(rng: np.random.Generator, size: int, length: float) -> NDArray[Any]:
    """A vector of the given length, in a direction that is uniformly distributed on the sphere."""
    import numpy as np

    vector: NDArray[Any] = rng.standard_normal(size)
    vector *= length / np.linalg.norm(vector)
    return vector


def _special(rng: np.random.Generator, size: int) -> Iterator[Special]:
    import numpy as np

    along = np.zeros(size)
    along[rng.integers(size)] = rng.uniform(1, 2)
    yield "translation along one coordinate", 1, along
    yield "long translation", 1, _direction(rng, size, LONG)
    yield "short translation", 1, _direction(rng, size, 1 / LONG)
    yield "very long translation", 1, _direction(rng, size, LONG**2)


def _is_vector(vector: Any) -> bool:
    return bool(vector) and all(isinstance(x, int | Fraction) for x in vector)


NO_AVERAGES = Gap(
    "translations are not linear and have no Haar probability measure over which characters are averaged",
    "polynomial maps of the differences of points, with the group that acts on these",
)
TRANSLATIONS = Kind(
    name="T",
    meaning="vectors, which are added",
    equations=(),
    contains=_is_vector,
    components={1: "translation"},
    acts="shift",
    letter="t",
    stack=_gaussian,
    exact=_fractions,
    monomial=_integers,
    near=_direction,
    special=_special,
    classes=NO_AVERAGES,
    weight_basis=NO_AVERAGES,
)
