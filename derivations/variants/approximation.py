"""False variants of the claim about averaged approximations, and one harmless variant."""

from __future__ import annotations

from derivations.approximation import MEAN, X, f, h, mean, p, share, square, turned
from derivations.averaging import ORTHOGONAL, WEIGHT
from symmetry.registry import Variant
from symmetry.terms import Function, Total

_error, _spread = square(mean(X) - f(X)), share * Total(h, square(turned - mean(X)))

VARIANTS = {
    "averaged-approximation": (
        Variant("the weights need not add up to 1", "hypothesis dropped", drop=(WEIGHT,)),
        Variant("the turns need not be orthogonal", "hypothesis dropped", drop=(ORTHOGONAL,)),
        Variant("m need not be the average", "hypothesis dropped", drop=(MEAN,)),
        Variant("the spread alone", "term dropped", replace=((_error + _spread, _spread),)),
        Variant("the sum for the error", "wrong sign", replace=((mean(X) - f(X), mean(X) + f(X)),)),
        Variant("p renamed", "renamed", replace=((p, Function("q", p.domain, p.codomain)),), harmless=True),
    ),
}
