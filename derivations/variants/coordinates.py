"""False variants of the negative claims about coordinates and order, and one harmless variant of each."""

from __future__ import annotations

from derivations.coordinates import (
    BY_COORDINATE,
    CANCEL,
    CAUSAL,
    IS_R,
    NOT_ZERO,
    ORDERED,
    RELU,
    SORTS,
    SWAP,
    X2,
    R,
    by_coordinate,
    c,
    d,
    e1,
    numbers,
    pair,
    plane_rotation,
    rho,
    s,
    sort,
    two,
    x,
    y,
    z,
)
from derivations.counterexamples import O2
from symmetry.formulas import Equal
from symmetry.registry import Variant
from symmetry.terms import MatrixGroup, Number, Variable

_mirrored = Equal(R, numbers((1, 0), (0, -1)) * plane_rotation(c, s))
_stays = Equal(by_coordinate(SWAP * ORDERED), SWAP * ORDERED)
_x_renamed = Variant("x renamed", "renamed", replace=((x, Variable("v", two, 1)),), harmless=True)

_coordinate_relu = (
    Variant("ρ may keep −1", "hypothesis dropped", drop=(RELU[1],)),
    Variant("ρ sends −1 to −1", "wrong value", replace=((RELU[1], Equal(rho(Number(-1)), Number(-1))),)),
    Variant("permutations only", "S(d) for O(d)", replace=((MatrixGroup("O", d), MatrixGroup("S", d)),)),
    Variant("z renamed", "renamed", replace=((z, Variable("v", d, 1)),), harmless=True),
)

_coordinate_rotary = (
    Variant("rotations only", "SO(d) for O(d)", replace=((O2, MatrixGroup("SO", two)),)),
    Variant("the angle may be 0", "hypothesis dropped", drop=(NOT_ZERO,)),
    Variant("R may be anything", "hypothesis dropped", drop=(IS_R,)),
    Variant(
        "a mirrored rotation",
        "wrong sign",
        replace=((IS_R, _mirrored),),
    ),
    Variant("y renamed", "renamed", replace=((y, Variable("v", two, 1)),), harmless=True),
)

_sorted_coordinates = (
    Variant("(1, 0) may stay", "hypothesis dropped", drop=(SORTS[0],)),
    Variant("(1, 0) stays", "wrong value", replace=((SORTS[0], Equal(sort(e1), e1)),)),
    Variant("(0, 1) in the place of (1, 0)", "point repeated", replace=((SORTS[0], SORTS[1]),)),
    _x_renamed,
)

_sorted_tokens = (
    Variant("tokens out of order may stay", "hypothesis dropped", drop=(BY_COORDINATE[1],)),
    Variant("they stay", "wrong value", replace=((BY_COORDINATE[1], _stays),)),
    Variant("the same tokens twice", "point repeated", replace=((BY_COORDINATE[1], BY_COORDINATE[0]),)),
    Variant("X renamed", "renamed", replace=((X2, Variable("V", two, two)),), harmless=True),
)

_mask_on_the_right = (
    Variant("any two tokens", "hypothesis dropped", drop=(CANCEL,)),
    Variant("nothing is masked", "law repaired", replace=((CAUSAL, numbers((1, 1), (1, 1))),)),
    Variant("whole columns are masked", "wrong mask", replace=((CAUSAL, numbers((0, 1), (0, 1))),)),
    Variant("X renamed", "renamed", replace=((pair, Variable("V", *pair.shape)),), harmless=True),
)

VARIANTS = {
    "coordinate-relu": _coordinate_relu,
    "coordinate-rotary": _coordinate_rotary,
    "sorted-coordinates": _sorted_coordinates,
    "sorted-tokens": _sorted_tokens,
    "mask-on-the-right": _mask_on_the_right,
}
