"""False variants of the claims about averaged predictors, and one harmless variant of each."""

from __future__ import annotations

from derivations.averaging import WEIGHT, A, R, X, averaged, f, g, risk
from symmetry.registry import Variant
from symmetry.terms import Function, Lambda

_renamed = Variant("f renamed", "renamed", replace=((f, Function("p", f.domain, f.codomain)),), harmless=True)
_turned = R(g) * averaged(X)
_averaged_predictor_equivariant = (
    Variant("with a residual connection on one side", "term added", replace=((_turned, _turned + X),)),
    Variant("twice the average", "wrong constant", replace=((_turned, 2 * _turned),)),
    Variant("the average is turned round", "wrong sign", replace=((_turned, -_turned),)),
    _renamed,
)

_mean = risk(Lambda((A,), averaged(A, "g")))
_averaged_predictor = (
    Variant("the weights need not add up to 1", "hypothesis dropped", drop=(WEIGHT,)),
    Variant("twice the risk of the average", "wrong constant", replace=((_mean, 2 * _mean),)),
    Variant("the gaps alone", "term dropped", replace=((_mean, 0 * _mean),)),
    _renamed,
)

VARIANTS = {
    "averaged-predictor-equivariant": _averaged_predictor_equivariant,
    "averaged-predictor": _averaged_predictor,
}
