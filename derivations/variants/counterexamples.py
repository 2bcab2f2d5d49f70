"""False variants of the negative claims about fixed weights, and one harmless variant of each.

A negative claim becomes false where the law does hold: what was fixed is repaired, or fewer matrices are asked for.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.counterexamples import (
    ADDED,
    COMMUTES,
    MEAN,
    NORM_VALUE,
    O2,
    ONE_TOKEN,
    V2,
    VALUES,
    X2,
    I,
    Q,
    W,
    Y,
    d,
    f,
    numbers,
    p,
    phi,
    scalar,
    two,
    x,
)
from derivations.variants.invariants import ROTATIONS
from symmetry.formulas import Equal
from symmetry.registry import Variant
from symmetry.terms import Identity, MatrixGroup, Number, Variable

_ROTATIONS = (O2, MatrixGroup("SO", two))
_QUARTER = numbers((0, -1), (1, 0))
_x_renamed = Variant("x renamed", "renamed", replace=((x, Variable("v", two, 1)),), harmless=True)

_fixed_weights_are_scalar = (
    Variant("W may be anything", "hypothesis dropped", drop=(COMMUTES,)),
    Variant("W is the identity itself", "wrong constant", replace=((scalar * I, I + 0 * (scalar * I)),)),
    Variant("W is zero", "term dropped", replace=((scalar * I, 0 * (scalar * I)),)),
    Variant("W renamed", "renamed", replace=((W, Variable("T", d, d)),), harmless=True),
)

_fixed_value_matrix = (
    Variant("V = I", "law repaired", replace=((V2, Identity(two)),)),
    Variant("V a quarter turn, and rotations only", "SO(d) for O(d)", replace=((V2, _QUARTER), _ROTATIONS)),
    Variant("a token may get no weight", "hypothesis dropped", drop=(ONE_TOKEN,)),
    _x_renamed,
)

_fixed_score_matrix = (
    Variant("M = I", "law repaired", replace=((V2, Identity(two)),)),
    Variant("M a quarter turn, and rotations only", "SO(d) for O(d)", replace=((V2, _QUARTER), _ROTATIONS)),
    Variant("e may be constant", "hypothesis dropped", drop=VALUES),
    Variant("X renamed", "renamed", replace=((X2, Variable("V", two, two)),), harmless=True),
)

_layer_norm_fixed = (
    Variant("no mean is taken off", "law repaired", replace=((MEAN, 0 * MEAN),)),
    Variant("the token may be scaled to zero", "hypothesis dropped", drop=(NORM_VALUE,)),
    Variant(
        "the token is scaled to zero",
        "wrong value",
        replace=((NORM_VALUE, Equal(phi(Number(Fraction(1, 2))), Number(0))),),
    ),
    _x_renamed,
)

_fixed_vector = (
    Variant("f + p need not turn", "hypothesis dropped", drop=(ADDED,)),
    Variant("rotations only", "SO(d) for O(d)", replace=ROTATIONS),
    Variant("p turns with the inputs", "law repaired", replace=((f(Q * Y) + p, f(Q * Y) + Q * p),)),
    Variant("Y renamed", "renamed", replace=((Y, Variable("V", *Y.shape)),), harmless=True),
)

VARIANTS = {
    "fixed-weights-are-scalar": _fixed_weights_are_scalar,
    "fixed-value-matrix": _fixed_value_matrix,
    "fixed-score-matrix": _fixed_score_matrix,
    "layer-norm-fixed": _layer_norm_fixed,
    "fixed-vector": _fixed_vector,
}
