"""The sampled check of each claim of chapters 1 and 2, by the claim's id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from symmetry.checks.equivariant_functions import EQUIVARIANT, INVARIANT, Law, with_knowledge
from symmetry.checks.points import knowledge_points
from symmetry.checks.sampled_equivariants import (
    sample_coefficients,
    sample_converse,
    sample_representation,
    sample_span,
)
from symmetry.checks.sampled_invariants import (
    sample_completeness,
    sample_factorisation,
    sample_gram_invariance,
    sample_reflection,
)
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]


def _with_knowledge(check: Callable[..., Evidence], laws: Iterable[Law]) -> Callable[[int], Evidence]:
    return partial(check, laws=tuple(map(with_knowledge, laws)), points=knowledge_points)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "gram-invariance": sample_gram_invariance,
    "reflection": sample_reflection,
    "completeness": sample_completeness,
    "invariant-functions": sample_factorisation,
    "invariant-functions-with-knowledge": _with_knowledge(sample_factorisation, INVARIANT),
    "span": sample_span,
    "invariant-coefficients": sample_coefficients,
    "representation": sample_representation,
    "representation-with-knowledge": _with_knowledge(sample_representation, EQUIVARIANT),
    "converse": sample_converse,
}
