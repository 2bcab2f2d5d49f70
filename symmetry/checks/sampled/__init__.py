"""The sampled check of each claim of chapters 1 and 2, by the claim's id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

from symmetry.checks.sampled.equivariants import (
    sample_coefficients,
    sample_converse,
    sample_representation,
    sample_span,
)
from symmetry.checks.sampled.functions import EQUIVARIANT, INVARIANT, Law, with_knowledge
from symmetry.checks.sampled.invariants import (
    sample_completeness,
    sample_factorisation,
    sample_gram_invariance,
    sample_reflection,
)
from symmetry.checks.sampled.inverses import (
    sample_gram_pseudoinverse,
    sample_positivity,
    sample_transpose,
    sample_uniqueness,
)
from symmetry.checks.sampled.points import knowledge_points
from symmetry.evidence import Evidence

__all__ = ["SAMPLED"]


def _with_knowledge(check: Callable[..., Evidence], laws: Iterable[Law]) -> Callable[[int], Evidence]:
    return partial(check, laws=tuple(map(with_knowledge, laws)), points=knowledge_points)


sample_representation_with_knowledge = _with_knowledge(sample_representation, EQUIVARIANT)


def sample_central_theorem(seed: int) -> Evidence:
    """Both directions: what is equivariant is of the form, and what is of the form is equivariant.

    Args:
        seed: any integer.

    Source: theory.md 2.3 and 2.4.

    >>> sample_central_theorem(0).verdict
    'holds'
    """
    forward, backward = sample_representation_with_knowledge(seed), sample_converse(seed)
    if forward.verdict != "holds":
        return forward
    if backward.verdict != "holds":
        return backward
    nearer = max(forward, backward, key=lambda found: (found.residual or 0.0) / (found.tolerance or 1.0))
    sizes = forward.sizes + tuple(size for size in backward.sizes if size not in forward.sizes)
    return replace(nearer, samples=forward.samples + backward.samples, sizes=sizes)


SAMPLED: Mapping[str, Callable[[int], Evidence]] = {
    "positivity": sample_positivity,
    "pseudoinverse-unique": sample_uniqueness,
    "pseudoinverse-transpose": sample_transpose,
    "gram-pseudoinverse": sample_gram_pseudoinverse,
    "gram-invariance": sample_gram_invariance,
    "reflection": sample_reflection,
    "completeness": sample_completeness,
    "invariant-functions": sample_factorisation,
    "invariant-functions-with-knowledge": _with_knowledge(sample_factorisation, INVARIANT),
    "span": sample_span,
    "invariant-coefficients": sample_coefficients,
    "representation": sample_representation,
    "representation-with-knowledge": sample_representation_with_knowledge,
    "converse": sample_converse,
    "central-theorem": sample_central_theorem,
}
