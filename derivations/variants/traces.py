"""False variants of the claims about traces, and one harmless variant of each."""

from __future__ import annotations

from derivations.invariants import c, r
from derivations.traces import ZERO, K, M, trace, w
from symmetry.formulas import Equal
from symmetry.registry import Variant
from symmetry.sizes import Size
from symmetry.terms import Variable


def _lengths(name: str) -> tuple[Variable, ...]:
    """The matrices of this name with c, c + 1 and no columns, as they stand in the induction."""
    return tuple(Variable(name, r, length) for length in (c, c + 1, Size()))


_nothing = tuple(Equal(trace(x.T * x) + w.T * w, ZERO) for x in _lengths("T"))
_sum_positivity = (
    Variant("the sum may be anything", "hypothesis dropped", drop=_nothing),
    Variant("one square less: a difference", "wrong sign", replace=((w.T * w, -(w.T * w)),)),
    Variant("modulo a prime, where a sum of squares can vanish", "field", field="GF(p)"),
    Variant(
        "T renamed",
        "renamed",
        replace=tuple((x, Variable("V", *x.shape)) for x in _lengths("T")),
        harmless=True,
    ),
)

_cyclic_trace = (
    Variant("one factor transposed", "transpose misplaced", replace=((trace(K * M, "b"), trace(M.T * M, "b")),)),
    Variant("twice the trace", "wrong constant", replace=((trace(K * M, "b"), 2 * trace(K * M, "b")),)),
    Variant("the sum of all entries", "wrong factor", replace=((trace(K * M, "b"), trace(K * M, "b") + trace(M * K)),)),
    Variant("M renamed", "renamed", replace=((M, Variable("V", r, c)),), harmless=True),
)

VARIANTS = {"sum-positivity": _sum_positivity, "cyclic-trace": _cyclic_trace}
