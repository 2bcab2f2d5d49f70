"""Forms read off the theorems, and the door to SymPy."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from sympy import ImmutableMatrix, MatrixSymbol, Symbol

from symmetry import forms
from symmetry.errors import ShapeError, UsageError
from symmetry.sympy_door import GroupAverage, MatrixFunction, PseudoInverse, from_sympy, to_sympy
from symmetry.terms import (
    Average,
    Function,
    Identity,
    MatrixGroup,
    Number,
    Scaled,
    Term,
    Total,
    Variable,
    Zero,
    block,
    hstack,
    pinv,
    sizes,
    vstack,
)

d, n, m, k = sizes("d n m k")
X, Z, P = Variable("X", d, n), Variable("Z", d, m), Variable("P", n, n)
g, r = Function("g₁", ((n, n), (m, n)), (n, k)), Function("ρ", ((1, 1),), (1, 1))
e, b = Variable("e", n, 1), Variable("b", n, 1)

TERMS = {
    "variable": X,
    "zero": Zero(d, n),
    "identity": Identity(n + 1),
    "gram": X.T * X,
    "scaled": 2 * X - Fraction(3, 4) * X,
    "pseudo-inverse": pinv(X.T * X) * X.T,
    "row of blocks": hstack(X, Z),
    "column of blocks": vstack(X.T, Z.T),
    "blocks": block([[X.T * X, (Z.T * X).T], [Z.T * X, Z.T * Z]]),
    "function": X * g(X.T * X, Z.T * X),
    "average": Average(P, MatrixGroup("S", n), P * X.T * X * P.T),
    "sum": Total(e, X * e * r(e.T * P * e) * e.T),
    "sum of numbers": Total(e, e.T * X.T * X * e),
    "sum of sums": Total(e, Total(b, Scaled(r(e.T * P * b), e * b.T))) * P,
    "sum over two": Total(Variable("e", 2, 1), Variable("e", 2, 1) * Variable("e", 2, 1).T),
    "function of a sum": g(Total(e, (e.T * P * e) * e * e.T), Z.T * X),
}


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS.keys())
def test_terms_go_through_sympy_and_back(term: Term) -> None:
    expression = to_sympy(term)
    assert to_sympy(from_sympy(expression)) == expression
    assert from_sympy(expression).shape == term.shape
    from symmetry.canonical import same_term

    assert same_term(from_sympy(expression), term)


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS.keys())
def test_terms_print_and_typeset(term: Term) -> None:
    assert sympy.sympify(term) == to_sympy(term)
    assert sympy.latex(to_sympy(term)) and sympy.pretty(to_sympy(term))
    assert not set("₁⁺ᵀ") & set(sympy.latex(to_sympy(term)))


def test_sympy_accepts_shapes_that_we_refuse() -> None:
    a, b = MatrixSymbol("A", Symbol("d"), Symbol("n")), MatrixSymbol("B", Symbol("m"), Symbol("n"))
    with pytest.raises(ShapeError, match=r"cannot multiply A \(d × n\) by B \(m × n\): n is not m"):
        from_sympy(a * b)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        pytest.param(sympy.Inverse(MatrixSymbol("A", 3, 3)), "Inverse", id="inverse"),
        pytest.param(sympy.HadamardProduct(*(MatrixSymbol(c, 2, 3) for c in "AB")), "HadamardProduct", id="hadamard"),
        pytest.param(Symbol("x"), "Symbol", id="scalar-symbol"),
        pytest.param("X.T*X", "str", id="text-is-not-evaluated"),
        pytest.param(0.5, "float", id="float"),
    ],
)
def test_what_has_no_counterpart_is_named(expression: object, name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} has no counterpart"):
        from_sympy(expression)


@pytest.mark.parametrize("size", [Symbol("n") / 2, -Symbol("n"), Symbol("n") * Symbol("m")], ids=str)
def test_sizes_are_natural_linear_forms(size: object) -> None:
    with pytest.raises(ShapeError, match="is not a sum of names and natural numbers"):
        from_sympy(MatrixSymbol("A", size, 2))


FORMS = {
    "equivariant": (forms.equivariant, "f(Y) = Y g(YᵀY)"),
    "with knowledge": (
        forms.equivariant_with_knowledge,
        "f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)",
    ),
    "invariant": (forms.invariant, "h(Y) = g(YᵀY)"),
    "invariant with knowledge": (forms.invariant_with_knowledge, "h(X, Z) = g(XᵀX, ZᵀX, ZᵀZ)"),
}


@pytest.mark.parametrize(("form", "text"), FORMS.values(), ids=FORMS.keys())
def test_forms_are_the_ones_of_the_theory(form: object, text: str) -> None:
    found = form()  # type: ignore[operator]
    assert str(found) == text
    assert found._repr_latex_().startswith("$")
    assert found.equation.rhs == found.expression


def test_a_form_can_be_chosen_sized_and_evaluated() -> None:
    form = forms.equivariant_with_knowledge().with_sizes(d=3, n=2, m=1, k=2)
    chosen = form.concrete(g1=lambda a, b, c: 2 * a, g2=lambda a, b, c: b)
    x, z = ImmutableMatrix([[1, 2], [0, 1], [3, 0]]), ImmutableMatrix([[1], [1], [2]])
    value = chosen.subs({MatrixSymbol("X", 3, 2): x, MatrixSymbol("Z", 3, 1): z}).doit()
    assert ImmutableMatrix(value) == ImmutableMatrix(2 * x * x.T * x + z * z.T * x)


def test_a_pseudo_inverse_evaluates() -> None:
    a = ImmutableMatrix([[1, 2], [2, 4], [0, 0]])
    assert PseudoInverse(a).doit() == a.pinv()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        pytest.param(lambda f: f.concrete(g3=lambda *a: a[0]), "no function g3", id="unknown-function"),
        pytest.param(lambda f: f.concrete(g1=lambda a, b, c: b), "g₁ must give a", id="wrong-shape"),
        pytest.param(lambda f: f.with_sizes(q=3), "no size q", id="unknown-size"),
        pytest.param(lambda f: forms.form_of("span"), "does not state a form", id="not-a-form"),
        pytest.param(lambda f: forms.form_of("nonsense"), "no claim 'nonsense'", id="unknown-claim"),
    ],
)
def test_bad_choices_are_refused(use: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        use(forms.equivariant_with_knowledge())  # type: ignore[operator]


def test_functions_and_averages_have_shapes_and_names() -> None:
    function = MatrixFunction("g₂", Symbol("n"), Symbol("k"))
    applied = function(MatrixSymbol("A", Symbol("n"), Symbol("n")))
    assert applied.shape == (Symbol("n"), Symbol("k"))
    assert sympy.latex(applied) == r"g_{2}\left(A\right)"
    p = MatrixSymbol("P", Symbol("n"), Symbol("n"))
    assert str(GroupAverage(p, p * p.T)) == "avg[P in S(n)](P*P.T)"
    assert to_sympy(Number(Fraction(1, 3))) == sympy.Rational(1, 3)


def test_a_derivation_can_be_written_in_sympy() -> None:
    from symmetry.kernel import replay
    from symmetry.proof import Proof

    size, count = Symbol("d"), Symbol("n")
    a, b, q = MatrixSymbol("A", size, count), MatrixSymbol("B", size, count), MatrixSymbol("Q", size, size)
    proof = Proof("in-sympy")
    moved = proof.suppose(sympy.Eq(b, q * a))  # type: ignore[arg-type]
    turn = proof.suppose(sympy.Eq(q.T * q, sympy.Identity(size)))  # type: ignore[arg-type]
    line = proof.chain(b.T * b, ((q * a).T * (q * a), [moved]), (a.T * a, [turn]))
    proof.close(line, turn, moved)
    proof.states(proof.steps[-1].conclusion)  # type: ignore[arg-type]
    theorem = replay(proof.derivation(), {})[proof.steps[-1].name]
    assert str(theorem) == "⊢  B = QA  ⇒  QᵀQ = I  ⇒  BᵀB = AᵀA"


def test_an_equation_that_sympy_decided_is_refused() -> None:
    from symmetry.sympy_door import statement_from_sympy

    a = MatrixSymbol("A", Symbol("d"), Symbol("n"))
    with pytest.raises(UsageError, match="BooleanTrue is not an equation"):
        statement_from_sympy(sympy.Eq(a, a))
