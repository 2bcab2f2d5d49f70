"""transport: an exact orthogonal matrix between lists of vectors with equal inner products, or a clear refusal."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpz_mat, nmod_mat
from hypothesis import given
from hypothesis import strategies as st

import symmetry.transporter as module
from symmetry.errors import GramMismatch, ShapeError, SymmetryError, UsageError
from symmetry.transporter import transport, transport_reflections


def identity(size: int) -> fmpq_mat:
    return fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[fmpq_mat, fmpq_mat]:
    """A matrix, often of low rank, and its image under some reflections."""
    d, N = draw(st.integers(0, 4)), draw(st.integers(0, 5))
    entry = st.integers(-3, 3)
    inner = draw(st.integers(0, 4))
    left = fmpq_mat(d, inner, draw(st.lists(entry, min_size=d * inner, max_size=d * inner)))
    source = left * fmpq_mat(inner, N, draw(st.lists(entry, min_size=inner * N, max_size=inner * N)))
    image = source
    for vector in draw(st.lists(st.lists(entry, min_size=d, max_size=d), max_size=3)):
        if any(vector):
            image = module.reflect(fmpq_mat(d, 1, vector), image)
    return source, image


@given(pairs())
def test_transport_is_orthogonal_and_uses_few_reflections(pair: tuple[fmpq_mat, fmpq_mat]) -> None:
    source, target = pair
    turn = transport(source, target)
    assert turn * source == target
    assert turn.transpose() * turn == identity(source.nrows())
    vectors = transport_reflections(source, target)
    assert len(vectors) <= source.rank()
    assert turn.det() == (-1) ** len(vectors)


Y, Y2 = ((3, 1), (4, 1), (0, 1)), ((5, Fraction(7, 5)), (0, Fraction(1, 5)), (0, 1))


def test_kind_of_the_answer_is_the_kind_of_the_question() -> None:
    plain = transport(Y, Y2)
    assert isinstance(plain, tuple) and isinstance(plain[0][0], Fraction)
    symbolic = transport(sympy.Matrix(Y), sympy.Matrix(Y2))
    assert isinstance(symbolic, sympy.ImmutableMatrix) and symbolic * sympy.Matrix(Y) == sympy.Matrix(Y2)
    array = transport(numpy.array(Y, dtype=object), numpy.array(Y2, dtype=object))
    assert array.dtype == object and (array @ numpy.array(Y, dtype=object) == numpy.array(Y2, dtype=object)).all()
    integers = transport(numpy.array([[1], [2]]), numpy.array([[2], [1]]))
    assert integers.tolist() == [[0, 1], [1, 0]]
    assert isinstance(transport(fmpz_mat([[1], [2]]), fmpz_mat([[2], [1]])), fmpq_mat)
    assert plain == tuple(tuple(map(Fraction, row)) for row in symbolic.tolist())


def test_mixed_rational_entries() -> None:
    assert transport([[sympy.Rational(1, 2)], [0]], [[fmpq(1, 2)], [numpy.int64(0)]]) == ((1, 0), (0, 1))


@pytest.mark.parametrize(("rows", "size"), [([], 0), ([[], []], 2)])
def test_no_vectors_need_no_reflection(rows: list[list[int]], size: int) -> None:
    assert transport(rows, rows) == tuple(tuple(Fraction(i == j) for j in range(size)) for i in range(size))
    assert transport_reflections(rows, rows) == ()


def test_gram_mismatch_shows_the_entry_and_both_values() -> None:
    with pytest.raises(GramMismatch, match=r"entry \(0, 1\).*: 0 on the left, 1/2 on the right"):
        transport([[1, 0], [0, 1]], [[1, Fraction(1, 2)], [0, 1]])


def test_shapes_are_named() -> None:
    with pytest.raises(ShapeError, match="Y is 2 × 1, but Y2 is 3 × 1"):
        transport([[1], [2]], [[1], [2], [0]])
    with pytest.raises(ShapeError, match="row 1 of Y has length 1, but row 0 has length 2"):
        transport([[1, 2], [3]], [[1, 2], [3, 4]])
    with pytest.raises(ShapeError, match="has 1 axes"):
        transport(numpy.array([1, 2]), numpy.array([1, 2]))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[0.5]], "0.5 is a float.*convert it to Fraction"),
        (numpy.array([[0.5]]), "convert it to Fraction"),
        (sympy.Matrix([[sympy.sqrt(2)]]), "exact over the rationals"),
        (sympy.Matrix([[sympy.Symbol("x")]]), "exact over the rationals"),
        (sympy.Matrix([[0.5]]), "convert it to Fraction"),
        (nmod_mat(1, 1, [1], 5), "is a nmod_mat"),
        ([["1"]], "exact over the rationals"),
        ([[True]], "exact over the rationals"),
        ([[1j]], "exact over the rationals"),
        (["12"], "not a sequence of rationals"),
        (7, "is a int"),
    ],
    ids=str,
)
def test_other_fields_are_refused(matrix: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        transport(matrix, matrix)


def test_result_is_verified_before_it_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reflection's 2 replaced by 1, the wrong matrix must not come out."""
    monkeypatch.setattr(module, "fmpq", lambda *_: fmpq(1))
    with pytest.raises(SymmetryError):
        module.reflection_vectors(fmpq_mat([[1], [2]]), fmpq_mat([[2], [1]]))
