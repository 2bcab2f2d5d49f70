"""What claims compute: against published values, under every seed, and with bugs planted in what they rest on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from symmetry.checks.computed import COMPUTED, averages, completeness, counts, relations, rotations
from symmetry.checks.computed.cases import Case, compared, joined
from symmetry.errors import UsageError
from symmetry.evidence import Evidence
from symmetry.registry import computation, entries, variants_of

COMPUTED_CLAIMS = [entry for entry in entries() if entry.computed]
ALONE = [entry for entry in COMPUTED_CLAIMS if entry.is_computed]


def test_every_computation_belongs_to_a_claim() -> None:
    assert {entry.id for entry in COMPUTED_CLAIMS} == set(COMPUTED)


@pytest.mark.parametrize("seed", [1, 7, 2**40])
@pytest.mark.parametrize("entry", COMPUTED_CLAIMS, ids=lambda entry: entry.id)
def test_computations_hold_and_their_false_variants_do_not_under_every_seed(entry: Any, seed: int) -> None:
    compute = computation(entry)
    assert compute is not None
    found = compute(seed)
    assert (found.verdict, found.counterexample) == ("holds", None) and found.detail
    for variant in variants_of(entry):
        if variant.computed is not None:
            outcome = variant.computed(seed)
            assert outcome.verdict == ("holds" if variant.harmless else "violated"), variant.title
            assert variant.harmless or (outcome.counterexample is not None and outcome.counterexample.sizes)


def every_second_less(original: Callable[..., int]) -> Callable[..., int]:
    calls = iter(range(10**6))
    return lambda *arguments: original(*arguments) - next(calls) % 2


# What stands on one side of a comparison, changed: the comparison has to notice.
SIDES: dict[str, tuple[str, Any, str, Callable[[Any], Any]]] = {
    "hook lengths": ("invariant-counts", counts, "hook_content", lambda f: lambda *a: f(*a) + 1),
    "turning directions": ("invariant-counts", counts, "rank_modulo", every_second_less),
    "orbit sums": ("permutation-counts", counts, "OrbitSums", lambda f: lambda *a: list(f(*a))[1:]),
    "spaces from scratch": ("permutation-counts", counts, "equivariant_dimension", lambda f: lambda *a: f(*a) + 1),
    "minors": ("gram-relations", relations, "determinant", lambda f: lambda *a: f(*a) + 1),
    "ranks of values": ("gram-relations", relations, "_rank_of_values", lambda f: lambda *a: f(*a) - 1),
    "invariants": ("gram-relations", relations, "equivariant_dimension", lambda f: lambda *a: f(*a) + 1),
    "new determinants": ("rotation-invariants", rotations, "comb", lambda f: lambda *a: f(*a) + 1),
}


@pytest.mark.parametrize("side", SIDES)
def test_each_comparison_notices_when_one_side_is_changed(side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, module, name, change = SIDES[side]
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    assert COMPUTED[claim](0).verdict == "violated"


# How many comparisons each computation makes: none is left out.
COMPARISONS = {
    "polynomial-invariants": 20,
    "polynomial-equivariants": 15,
    "polynomial-matrices": 12,
    "invariant-functions": 6,
    "invariant-functions-with-knowledge": 6,
    "span": 6,
    "representation": 4,
    "central-theorem": 4,
    "matrix-valued": 6,
    "both-symmetries": 4,
    "unordered-knowledge": 4,
    "haar-average": 131,
    "gram-relations": 72,
    "invariant-counts": 118,
    "permutation-counts": 24,
    "rotation-invariants": 63,
}


@pytest.mark.parametrize("claim", COMPUTED)
def test_no_comparison_is_left_out(claim: str) -> None:
    assert COMPUTED[claim](0).samples == COMPARISONS[claim]


def test_computations_need_no_sympy() -> None:
    """Importing it takes longer than all of them."""
    program = (
        "import sys\n"
        "from symmetry.checks.computed import COMPUTED\n"
        "assert all(computed(0).verdict == 'holds' for computed in COMPUTED.values())\n"
        "import derivations.variants.polynomials\n"
        "sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# ---------------------------------------------------------------------------------------------------------------
# Against values from elsewhere


@pytest.mark.parametrize("d", [1, 2, 3])
def test_integrals_are_the_known_moments_of_an_entry_and_of_a_column(d: int) -> None:
    assert averages.integrated(((0, 0),) * 2, d) == Fraction(1, d)
    assert averages.integrated(((0, 0),) * 4, d) == Fraction(3, d * (d + 2))
    assert averages.integrated(((0, 0),) * 6, d) == Fraction(15, d * (d + 2) * (d + 4))
    assert averages.integrated(((0, 0),) * 3, d) == 0
    if d > 1:
        assert averages.integrated(((0, 0), (0, 0), (1, 0), (1, 0)), d) == Fraction(1, d * (d + 2))
        assert averages.integrated(((0, 0), (0, 0), (1, 1), (1, 1)), d) == Fraction(d + 1, d * (d - 1) * (d + 2))


def test_integrals_over_rotations_see_the_determinant() -> None:
    diagonal = ((0, 0), (1, 1), (2, 2))
    assert averages.integrated(diagonal, 3) == 0
    assert averages.integrated(diagonal, 3, components=(1,)) == Fraction(1, 6)  # det Q has 6 terms of one average
    assert averages.integrated(diagonal, 3, components=(-1,)) == -Fraction(1, 6)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_parametrised_matrices_are_orthogonal(d: int) -> None:
    """QᵀQ = I, up to the equation of the sphere: integrated against any product of two entries."""
    for i in range(d):
        for j in range(d):
            for more in ((), ((0, 0), (0, 0))):
                total = sum(averages.integrated(((k, i), (k, j), *more), d) for k in range(d))
                assert total == (i == j) * averages.integrated(more, d)


@pytest.mark.parametrize(
    ("shape", "N", "dimension"),
    [((), 3, 1), ((4,), 3, 15), ((1, 1), 5, 10), ((2, 2), 3, 6), ((3, 1), 3, 15), ((2, 1), 4, 20), ((1, 1, 1), 2, 0)],
)
def test_dimensions_of_schur_functors(shape: tuple[int, ...], N: int, dimension: int) -> None:
    assert counts.hook_content(shape, N) == dimension


def test_minors_have_as_many_terms_as_permutations() -> None:
    assert relations._terms((0, 1), (0, 1)) == {((0, 0), (1, 1)): 1, ((0, 1), (0, 1)): -1}
    assert sum(map(abs, relations._terms((0, 1, 2), (3, 4, 5)).values())) == 6


# ---------------------------------------------------------------------------------------------------------------
# Planted bugs


def less(numbers: Callable[..., int]) -> Callable[..., int]:
    return lambda *arguments: max(numbers(*arguments) - 1, 0)


def shortened(monomials: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    return lambda *arguments: islice(monomials(*arguments), 1, None)


def doubled(monomials: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def found(*arguments: Any) -> Iterator[Any]:
        first, *others = monomials(*arguments)
        return iter([first, first, *others[1:]])

    return found


def wrong_weingarten(p: Any, q: Any, d: int) -> Fraction:
    """Wrong in the values off the diagonal alone."""
    return averages.weingarten(p, q, d) * (1 if p == q or d != 2 else 2)


@pytest.mark.parametrize(
    "computed",
    [
        pytest.param(lambda: averages.compute_averages(0, weight=wrong_weingarten), id="weingarten"),
        pytest.param(
            lambda: relations.compute_relations(0, standard=shortened(relations.standard_monomials)), id="lost"
        ),
        pytest.param(
            lambda: relations.compute_relations(0, standard=doubled(relations.standard_monomials)), id="doubled"
        ),
        pytest.param(lambda: counts.compute_counts(0, average=less(counts.average_over_classes)), id="characters"),
        pytest.param(lambda: counts.compute_permutations(0, counted=less(counts.dimension)), id="permuted"),
        pytest.param(
            lambda: rotations.compute_rotations(0, counted=lambda p, k: int(k == 2)), id="nothing-new-is-counted"
        ),
    ],
)
def test_planted_bugs_are_found(computed: Callable[[], Evidence]) -> None:
    found = computed()
    assert found.verdict == "violated" and found.counterexample is not None
    assert found.counterexample.left != found.counterexample.right


@pytest.mark.parametrize(
    ("module", "name", "bug", "claim"),
    [
        (counts, "standard_monomials", shortened, "invariant-counts"),
        (counts, "equivariant_dimension", less, "permutation-counts"),
        (relations, "equivariant_dimension", less, "gram-relations"),
        (relations, "determinant", lambda f: lambda matrix: f(matrix) + 1, "gram-relations"),
        (rotations, "determinant", lambda f: lambda matrix: f(matrix) + 1, "rotation-invariants"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bugs_planted_below_are_found(
    module: Any, name: str, bug: Callable[[Any], Any], claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, bug(getattr(module, name)))
    compute = {"gram-relations": relations.compute_relations, "rotation-invariants": rotations.compute_rotations}.get(
        claim, COMPUTED[claim]
    )
    # defaults are bound when a function is defined, so what is a default is passed
    more = {"standard": relations.standard_monomials} if claim == "gram-relations" else {}
    assert compute(0, **more).verdict == "violated"  # type: ignore[call-arg]


# ---------------------------------------------------------------------------------------------------------------
# Cases


def test_nothing_to_compare_is_inconclusive() -> None:
    assert compared([]).verdict == joined([], "").verdict == "inconclusive"
    assert completeness.from_scratch()(0).verdict == "inconclusive"


def test_the_first_case_that_fails_is_the_counterexample_and_the_last_looked_at() -> None:
    def cases() -> Iterator[Case]:
        yield Case("one", {"n": 1}, 1, 1)
        yield Case("two", {"n": 2}, 2, 3, {"y": 4})
        raise RuntimeError("looked further")

    found = compared(cases())
    assert (found.verdict, found.samples, found.sizes) == ("violated", 2, ({"n": 2},))
    point = found.counterexample
    assert point is not None and (point.note, point.left, point.right, point.values) == ("two", 2, 3, {"y": 4})


def test_joined_evidence_counts_all_and_stops_where_one_does_not_hold() -> None:
    one, two = (compared([Case("n", {"n": n}, n, n)] * n) for n in (1, 2))
    found = joined([one, two, one], "numbers")
    assert (found.verdict, found.samples, found.sizes, found.detail) == ("holds", 4, ({"n": 1}, {"n": 2}), "numbers")
    bad = compared([Case("n", {"n": 3}, 3, 4)])
    assert joined([one, bad, two], "numbers") is bad


def test_a_space_of_nothing_but_zero_shows_nothing() -> None:
    odd = completeness.Maps("y: d -> ", "O(d)", 0, ({"d": 2},))
    assert odd.evidence().verdict == "holds"  # the constants
    with pytest.raises(UsageError):
        completeness.Maps("y: d -> ", "O(d)", 0, ({},)).evidence()
