"""The corpus of `prove`: the truth worked out by hand agrees with sampling, and every guilty line is marked."""

from __future__ import annotations

from collections import Counter

import prove_corpus
import pytest
from prove_corpus.record import CASES, Case
from prove_corpus.sampling import difference

prove_corpus.load()

EACH = [pytest.param(case, id=case.name) for case in CASES]
FACTORS = [pytest.param(case, factor, id=f"{case.name}-{factor}") for case in CASES for factor in case.truth]


@pytest.mark.parametrize(("case", "factor"), FACTORS)
def test_truth_agrees_with_sampling(case: Case, factor: str) -> None:
    found = difference(case, factor)
    if case.truth[factor] is False:
        assert found > case.resolution, f"{factor} is recorded as violated, and sides differ by {found:.1e} only"
    else:
        assert found < 1e-8, f"{factor} is recorded as holding, and sides differ by {found:.1e}"


@pytest.mark.parametrize("case", EACH)
def test_violations_have_a_guilty_line(case: Case) -> None:
    unmarked = [factor for factor, truth in case.truth.items() if truth is not True and factor not in case.marks]
    assert not unmarked


@pytest.mark.parametrize("library", prove_corpus.LIBRARIES)
def test_corpus_has_functions_of_each_library(library: str) -> None:
    pytest.importorskip(library)
    assert sum(case.library == library for case in CASES) >= 50


def test_names_are_unique() -> None:
    assert max(Counter(case.name for case in CASES).values()) == 1
