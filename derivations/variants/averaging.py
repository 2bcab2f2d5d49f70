"""False variants of the claims about averaged predictors, and one harmless variant of each."""

from __future__ import annotations

from derivations.averaging import CLOSED, WEIGHT, R, X, averaged, f, g, gap, h, t, targets
from symmetry.registry import Variant
from symmetry.terms import Function, Total

_renamed = Variant("f renamed", "renamed", replace=((f, Function("p", f.domain, f.codomain)),), harmless=True)
_averaged_predictor_equivariant = (
    Variant("the turns need not form a group", "hypothesis dropped", drop=(CLOSED,)),
    Variant("twice the average", "wrong constant", replace=((R(g) * averaged(X), 2 * (R(g) * averaged(X))),)),
    Variant("the average is invariant", "output not turned", replace=((R(g) * averaged(X), averaged(X)),)),
    _renamed,
)
_averaged_predictor = (
    Variant("the targets are not turned", "input not turned", replace=((R(h) * targets(t), targets(t)),)),
    Variant("the weights need not add up to 1", "wrong weights", drop=(WEIGHT,)),
    Variant("no gaps", "term dropped", replace=((Total(t, gap(t)), 0 * Total(t, gap(t))),)),
    _renamed,
)

VARIANTS = {
    "averaged-predictor-equivariant": _averaged_predictor_equivariant,
    "averaged-predictor": _averaged_predictor,
}
