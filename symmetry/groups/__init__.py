"""Groups as data: O(d), SO(d) and S(n), with exact and Haar-distributed elements, characters and weights.

A *kind* of group is one file: its equations, components and samplers, its conjugacy classes and weights.
A *factor* such as ``O("d")`` says which axis the group acts on; a *product* is a list of factors.
The checks of functions, characters, bases and completeness ask for nothing else; derivations know O, SO and S by
name, as the kernel does.

Elements are drawn in three ways, each needed by some check:

* ``haar``: from the Haar measure, in double precision;
* ``exact``: a matrix of fractions, for checks without rounding;
* ``monomial``: a matrix that only permutes and negates coordinates, so that it acts on floating
  point numbers without rounding.

NumPy is imported where it is used; importing this package stays light.

>>> print(O("d") * S("n"))
O(d) x S(n)
"""

from __future__ import annotations

from symmetry.groups.factors import KINDS, SO, Axis, Group, O, Product, S
from symmetry.groups.kind import Classes, Kind, Matrix, Pairs, Sparse, VectorInvariants, WeightBasis
from symmetry.groups.laurent import Laurent, laurent_product
from symmetry.groups.orthogonal import reflection

__all__ = [
    "KINDS",
    "SO",
    "Axis",
    "Classes",
    "Group",
    "Kind",
    "Laurent",
    "Matrix",
    "O",
    "Pairs",
    "Product",
    "S",
    "Sparse",
    "VectorInvariants",
    "WeightBasis",
    "laurent_product",
    "reflection",
]
