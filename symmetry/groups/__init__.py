"""Groups as data: O, SO, S, translations T and Lorentz, with their elements, characters and weights.

A *kind* of group is one file: its equations, components and samplers, its conjugacy classes and weights.
A *factor* such as ``O("d")`` says which axis the group acts on; a *product* is a list of factors.
The checks of functions, characters, bases and completeness ask for nothing else; derivations know O, SO and S by
name, as the kernel does.

Elements are drawn in several ways, each needed by some check:

* ``haar``: from the Haar measure, in double precision; ``stack`` draws many at once;
* ``exact``: a matrix of fractions, for checks without rounding;
* ``monomial``: a matrix that only permutes and negates coordinates, so that it acts on floating
  point numbers without rounding;
* ``near`` and ``special``: near the identity, and what generic elements are not, for the search for violations.

Translations and Lorentz matrices are not compact groups. They are drawn from distributions that are stated in their
files, and what needs averages over the group refuses them (``Gap``).

NumPy is imported where it is used; importing this package stays light.

>>> print(O("d") * S("n"))
O(d) x S(n)
"""

from __future__ import annotations

from symmetry.groups.elements import reflection
from symmetry.groups.factors import KINDS, SO, Axis, Group, Lorentz, O, Product, S, T
from symmetry.groups.kind import (
    Classes,
    Gap,
    Kind,
    Matrix,
    Pairs,
    Sparse,
    Special,
    Vector,
    VectorInvariants,
    WeightBasis,
)
from symmetry.groups.laurent import Laurent, laurent_product

__all__ = [
    "KINDS",
    "SO",
    "Axis",
    "Classes",
    "Gap",
    "Group",
    "Kind",
    "Laurent",
    "Lorentz",
    "Matrix",
    "O",
    "Pairs",
    "Product",
    "S",
    "Sparse",
    "Special",
    "T",
    "Vector",
    "VectorInvariants",
    "WeightBasis",
    "laurent_product",
    "reflection",
]
