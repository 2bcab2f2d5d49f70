"""The kernel: what each rule gives, what each refuses and why, and that nothing else makes a theorem."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from semantics import Writer, holds, random_model

from symmetry import canonical, kernel
from symmetry.derivation import Derivation, Step
from symmetry.errors import CitationError, DerivationError, KernelError, ShapeError, SymmetryError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member, exists, forall, implies
from symmetry.kernel import (
    BASIS,
    PENROSE,
    RULES,
    Theorem,
    assume,
    average,
    basis,
    chain,
    choose,
    cite,
    combine,
    conjoin,
    define,
    detach,
    discharge,
    factorise,
    generalise,
    induct,
    membership,
    penrose,
    project,
    replay,
    restate,
    specialise,
    total,
    witness,
)
from symmetry.sizes import Reserved, Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable
from symmetry.terms import (
    Average,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    StandardBasis,
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
from symmetry.variants import replaced

d, n, m = sizes("d n m")
one = Size.of(1)
X, Y, W, Z = Variable("X", d, n), Variable("Y", d, n), Variable("W", d, n), Variable("Z", d, m)
A, B, Q, R = (Variable(name, d, d) for name in "ABQR")
P, T, K = (Variable(name, n, n) for name in "PTK")
a, y = Variable("a", 1, 1), Variable("y", 1, 1)
f, g = Function("f", ((d, n),), (d, n)), Function("g", ((d, n),), (d, n))
h = Function("h", ((d, n), (d, n)), (d, n))
k = Function("k", ((n, n),), (n, d))
O, SO, S = MatrixGroup("O", d), MatrixGroup("SO", d), MatrixGroup("S", n)  # noqa: E741
Id = Identity(d)
nSize = SizeVariable("n")
TRUE = Equal(X, X)
FALSE = Equal(Number(1), Number(0))  # type: ignore[arg-type]
XY, AB = Equal(X, Y), Equal(A, B)


def known(formula: Formula) -> Theorem:
    """A premise without hypotheses."""
    return cite(formula, "given")


def scale(number: int) -> Number:
    return Number(number)  # type: ignore[arg-type]


def average_of(body: Term, variable: Variable = P) -> Average:
    return Average(variable, S, body)


def for_permutations(left: Term, right: Term) -> Formula:
    return forall(P, implies(Member(P, S), Equal(left, right)))


def induction(body: Formula) -> tuple[Theorem, Theorem, ForAll]:
    """The premises of an induction on n, as if known, and its conclusion."""
    base = substitute(body, {"n": Size()})
    step = ForAll(nSize, Implies(body, substitute(body, {"n": n + 1})))
    return known(base), known(step), ForAll(nSize, body)


EVERY = forall(X, Equal(X, 2 * X))  # any statement about n

# The standard basis and sums over it.
E = StandardBasis(n)
e, b, c, p, x = (Variable(name, n, 1) for name in "ebcpx")
low = Variable("a", m, 1)
t = Function("t", ((n, one),), (d, m))
t3 = Function("t3", ((n, one),) * 3, (d, d))
t2 = Function("t2", ((n, one), (m, one)), (d, d))
IN_E, IN_B, ORTHOGONAL = Member(e, E), Member(b, E), Equal(e.T * b, Zero(one, one))
BOTH = [known(IN_E), known(IN_B)]


WIDE, UPPER, LOWER = Variable("w", n + m, 1), Variable("w", n, 1), Variable("w", m, 1)
tall = Function("tall", ((n + m, one),), (d, d))


def sum_of(body: Term, variable: Variable = e) -> Total:
    return Total(variable, body)


def for_vectors(left: Term, right: Term) -> Formula:
    return forall(e, implies(IN_E, Equal(left, right)))


# What factorisation needs: ∀ X ∃ W. φ(X, W), and transfer along equal XᵀX.
X2 = Variable("X2", d, n)
PHI = Equal(W, f(X))
HAS = forall(X, exists(W, PHI))


def transfer(through: Callable[[Variable], Term], phi: Callable[[Variable], Formula], *outputs: Variable) -> Formula:
    return forall(X, X2, *outputs, implies(Equal(through(X), through(X2)), phi(X), phi(X2)))


TRANSFER = transfer(lambda x: x.T * x, lambda x: Equal(W, f(x)), W)

# ---------------------------------------------------------------------------------------------------------------
# What each rule gives

GIVES: dict[str, tuple[Callable[[], Theorem], tuple[Formula, ...], Formula]] = {
    "assume": (lambda: assume(XY), (XY,), XY),
    "discharge": (lambda: discharge(assume(XY), XY), (), Implies(XY, XY)),
    "discharge what is not assumed": (lambda: discharge(assume(XY), AB), (XY,), Implies(AB, XY)),
    "discharge up to form": (
        lambda: discharge(assume(XY), Equal(Y - X, Zero(d, n))),
        (),
        Implies(Equal(Y - X, Zero(d, n)), XY),
    ),
    "detach": (lambda: detach(known(Implies(XY, AB)), assume(XY)), (XY,), AB),
    "detach up to form": (
        lambda: detach(known(Implies(XY, AB)), assume(Equal(2 * Y, 2 * X))),
        (Equal(2 * Y, 2 * X),),
        AB,
    ),
    "conjoin": (lambda: conjoin(assume(XY), assume(AB), assume(XY)), (XY, AB), And((XY, AB, XY))),
    "generalise": (lambda: generalise(known(XY), X), (), forall(X, XY)),
    "generalise beside a hypothesis": (
        lambda: generalise(conjoin(known(XY), assume(AB)), X),
        (AB,),
        forall(X, And((XY, AB))),
    ),
    "generalise a function": (lambda: generalise(known(Equal(f(X), X)), f), (), forall(f, Equal(f(X), X))),
    "generalise a size": (lambda: generalise(known(EVERY), nSize), (), ForAll(nSize, EVERY)),
    "specialise": (lambda: specialise(known(forall(X, XY)), f(Y)), (), Equal(f(Y), Y)),
    "specialise a function": (
        lambda: specialise(known(forall(f, Equal(f(X), X))), Lambda((W,), A * W + X)),
        (),
        Equal(A * X + X, X),
    ),
    "specialise a size": (
        lambda: specialise(known(ForAll(nSize, EVERY)), m + 1),
        (),
        forall(Variable("X", d, m + 1), Equal(Variable("X", d, m + 1), 2 * Variable("X", d, m + 1))),
    ),
    "specialise without capture": (
        lambda: specialise(known(forall(X, exists(Y, Equal(X, 2 * Y)))), f(Y)),
        (),
        exists(Variable("Y'", d, n), Equal(f(Y), 2 * Variable("Y'", d, n))),
    ),
    "witness": (lambda: witness(known(Equal(f(X), X)), exists(W, Equal(f(W), W)), X), (), exists(W, Equal(f(W), W))),
    "witness of some places": (
        lambda: witness(known(Equal(f(X), X)), exists(W, Equal(f(W), X)), X),
        (),
        exists(W, Equal(f(W), X)),
    ),
    "witness function": (
        lambda: witness(known(Equal(A * X, Y)), exists(f, Equal(f(X), Y)), Lambda((W,), A * W)),
        (),
        exists(f, Equal(f(X), Y)),
    ),
    "choose": (
        lambda: choose(
            assume(exists(W, Equal(W, f(W)))), witness(assume(Equal(Y, f(Y))), exists(X, Equal(X, f(X))), Y), Y
        ),
        (exists(W, Equal(W, f(W))),),
        exists(X, Equal(X, f(X))),
    ),
    "choose a function": (
        lambda: choose(
            known(exists(g, Equal(g(X), Y))), detach(known(implies(Equal(f(X), Y), AB)), assume(Equal(f(X), Y))), f
        ),
        (),
        AB,
    ),
    "define": (lambda: define(detach(known(Implies(Equal(W, f(X)), AB)), assume(Equal(W, f(X)))), W), (), AB),
    "define a function": (
        lambda: define(
            detach(
                known(Implies(forall(X, Y, Equal(h(X, Y), X + A * Y)), AB)),
                assume(forall(X, Y, Equal(h(X, Y), X + A * Y))),
            ),
            h,
        ),
        (),
        AB,
    ),
    "define beside a hypothesis": (
        lambda: define(conjoin(detach(known(Implies(Equal(W, X), AB)), assume(Equal(W, X))), assume(XY)), W),
        (XY,),
        And((AB, XY)),
    ),
    "chain": (
        lambda: chain((A * X, A * Y, B * Y, B * Y + X - X), (((assume(XY), False),), ((assume(AB), False),), ())),
        (XY, AB),
        Equal(A * X, B * Y + X - X),
    ),
    "chain backwards": (lambda: chain((Y, X), (((assume(XY), True),),)), (XY,), Equal(Y, X)),
    "combine": (
        lambda: combine(
            Equal(2 * (A * X), 2 * (A * Y)),
            [assume(XY)],
            [(scale(2), A, None)],
        ),
        (XY,),
        Equal(2 * (A * X), 2 * (A * Y)),
    ),
    "combine two": (
        lambda: combine(Equal(A * X.T.T, B * Y), [assume(XY), assume(AB)], [(scale(1), A, None), (scale(1), None, Y)]),
        (XY, AB),
        Equal(A * X, B * Y),
    ),
    "restate": (lambda: restate(assume(XY), Equal(Y - X, Zero(d, n)), ()), (XY,), Equal(Y - X, Zero(d, n))),
    "restate with an equation": (
        lambda: restate(known(forall(W, Equal(f(W), X))), forall(W, Equal(f(W), Y)), ((assume(XY), False),)),
        (XY,),
        forall(W, Equal(f(W), Y)),
    ),
    "penrose 1": (lambda: penrose(X, 1), (), Equal(X * pinv(X) * X, X)),
    "penrose 2": (lambda: penrose(X, 2), (), Equal(pinv(X) * X * pinv(X), pinv(X))),
    "penrose 3": (lambda: penrose(X, 3), (), Equal((X * pinv(X)).T, X * pinv(X))),
    "penrose 4": (lambda: penrose(X, 4), (), Equal((pinv(X) * X).T, pinv(X) * X)),
    "induct": (lambda: induct(*induction(EVERY)), (), ForAll(nSize, EVERY)),
    "factorise": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], ["q"]),
        (),
        exists(Function("q", ((n, n),), (d, n)), forall(X, Equal(Function("q", ((n, n),), (d, n))(X.T * X), f(X)))),
    ),
    "factorise pairs": (
        lambda: factorise(
            known(forall(X, exists(W, Z, Equal(h(W, X), Z * Zero(m, n))))),
            known(
                forall(
                    X,
                    X2,
                    W,
                    Z,
                    implies(
                        And((Equal(A * X, A * X2), Equal(X * P, X2 * P))),
                        Equal(h(W, X), Z * Zero(m, n)),
                        Equal(h(W, X2), Z * Zero(m, n)),
                    ),
                )
            ),
            [A * X, X * P],
            ["q", "r"],
        ),
        (),
        exists(
            Function("q", ((d, n), (d, n)), (d, n)),
            Function("r", ((d, n), (d, n)), (d, m)),
            forall(
                X,
                Equal(
                    h(Function("q", ((d, n), (d, n)), (d, n))(A * X, X * P), X),
                    Function("r", ((d, n), (d, n)), (d, m))(A * X, X * P) * Zero(m, n),
                ),
            ),
        ),
    ),
    "membership equations": (
        lambda: membership([assume(Member(Q, SO))], "equations", SO, None),
        (Member(Q, SO),),
        And((Equal(Q.T * Q, Id), Equal(Q * Q.T, Id))),
    ),
    "membership criterion": (
        lambda: membership([known(Equal(A.T * A, Id)), known(Equal(A * A.T, Id))], "criterion", O, A),
        (),
        Member(A, O),
    ),
    "membership subgroup": (
        lambda: membership([known(Member(P, S))], "subgroup", S, None),
        (),
        Member(P, MatrixGroup("O", n)),
    ),
    "membership identity": (lambda: membership([], "identity", SO, None), (), Member(Id, SO)),
    "membership product": (
        lambda: membership([known(Member(Q, O)), known(Member(R, O))], "product", O, None),
        (),
        Member(Q * R, O),
    ),
    "membership inverse": (lambda: membership([known(Member(P, S))], "inverse", S, None), (), Member(P.T, S)),
    "average same": (
        lambda: average(
            [known(for_permutations(k(P), k(P)))], Equal(average_of(k(P)), average_of(k(T), T)), "same", None
        ),
        (),
        Equal(average_of(k(P)), average_of(k(T), T)),
    ),
    "average right": (
        lambda: average(
            [known(for_permutations(k(P), k(P * T) * A)), known(Member(T, S))],
            Equal(average_of(k(P)), average_of(k(P) * A)),
            "right",
            T,
        ),
        (),
        Equal(average_of(k(P)), average_of(k(P) * A)),
    ),
    "average left": (
        lambda: average(
            [known(for_permutations(k(P), k(T * P))), known(Member(T, S))],
            Equal(average_of(k(P)), average_of(k(K), K)),
            "left",
            T,
        ),
        (),
        Equal(average_of(k(P)), average_of(k(K), K)),
    ),
    "average inverse": (
        lambda: average(
            [known(for_permutations(k(P), 2 * k(P.T)))], Equal(average_of(k(P)), average_of(2 * k(P))), "inverse", None
        ),
        (),
        Equal(average_of(k(P)), average_of(2 * k(P))),
    ),
    "basis one": (
        lambda: basis([], "one", StandardBasis(one), None),
        (),
        Member(scale(1), StandardBasis(one)),
    ),
    "basis unit": (lambda: basis([assume(IN_E)], "unit", E, None), (IN_E,), Equal(e.T * e, scale(1))),
    "basis moved": (
        lambda: basis([assume(Member(P, S)), assume(IN_E)], "moved", E, None),
        (Member(P, S), IN_E),
        Member(P * e, E),
    ),
    "basis transposition": (
        lambda: basis([assume(IN_E), assume(IN_B)], "transposition", E, None),
        (IN_E, IN_B),
        Member(Identity(n) - (e - b) * (e - b).T, S),
    ),
    "basis first": (
        lambda: basis([assume(IN_E)], "first", E, m),
        (IN_E,),
        Member(vstack(e, Zero(m, one)), StandardBasis(n + m)),
    ),
    "basis last": (
        lambda: basis([assume(IN_E)], "last", E, m),
        (IN_E,),
        Member(vstack(Zero(m, one), e), StandardBasis(n + m)),
    ),
    "basis last after nothing": (
        lambda: basis([known(IN_E)], "last", E, Size()),
        (),
        Member(vstack(Zero(Size(), one), e), E),
    ),
    "basis cases": (
        lambda: basis([*BOTH, assume(Implies(Equal(e, b), AB)), assume(Implies(ORTHOGONAL, AB))], "cases", E, None),
        (Implies(Equal(e, b), AB), Implies(ORTHOGONAL, AB)),
        AB,
    ),
    "basis cases up to form": (
        lambda: basis(
            [*BOTH, known(Implies(Equal(b, e), AB)), known(Implies(Equal(2 * (b.T * e), 0 * scale(1)), Equal(B, A)))],
            "cases",
            E,
            None,
        ),
        (),
        AB,
    ),
    "total same": (
        lambda: total(
            [assume(for_vectors(t(e), t(e)))], "same", Equal(sum_of(t(e)), sum_of(t(b), b)), None, None, None
        ),
        (for_vectors(t(e), t(e)),),
        Equal(sum_of(t(e)), sum_of(t(b), b)),
    ),
    "total moved": (
        lambda: total(
            [known(for_vectors(t(e), A * t(P * e))), assume(Member(P, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(A * t(b), b)),
            P,
            None,
            None,
        ),
        (Member(P, S),),
        Equal(sum_of(t(e)), sum_of(A * t(b), b)),
    ),
    "total sift": (
        lambda: total([assume(IN_B)], "sift", None, None, Lambda((e,), A * t(e)), None),
        (IN_B,),
        Equal(sum_of((e.T * b) * (A * t(e))), A * t(b)),
    ),
    "total split": (
        lambda: total([], "split", None, None, Lambda((WIDE,), tall(WIDE)), n),
        (),
        Equal(
            Total(WIDE, tall(WIDE)),
            Total(UPPER, tall(vstack(UPPER, Zero(m, one)))) + Total(LOWER, tall(vstack(Zero(n, one), LOWER))),
        ),
    ),
    "total split off nothing": (
        lambda: total([], "split", None, None, Lambda((e,), t(e)), Size()),
        (),
        Equal(
            sum_of(t(e)),
            Total(Variable("e", 0, 1), t(vstack(Variable("e", 0, 1), Zero(n, one))))
            + sum_of(t(vstack(Zero(Size(), one), e))),
        ),
    ),
    "total swap": (
        lambda: total([], "swap", None, None, Lambda((e, low), t2(e, low)), None),
        (),
        Equal(Total(e, Total(low, t2(e, low))), Total(low, Total(e, t2(e, low)))),
    ),
    "cite": (lambda: cite(XY, "a textbook"), (), XY),
}


@pytest.mark.parametrize("name", GIVES)
def test_rule_gives(name: str) -> None:
    make, hypotheses, conclusion = GIVES[name]
    theorem = make()
    assert theorem.hypotheses == hypotheses
    assert theorem.conclusion == conclusion or (
        name.startswith("factorise") and canonical.same_formula(theorem.conclusion, conclusion)
    )


Y2 = Variable("Y2", d, n)
q = Function("q", ((d, n), (n, n)), (d, n))


def two_inputs(agree: Formula, moved: Formula) -> Theorem:
    """∃ q ∀ X, Y. f(X) = A q(AX, YᵀY), from transfer along the equations given."""
    premise = forall(X, Y, X2, Y2, W, implies(agree, Equal(f(X) + Y, A * W), moved))
    return factorise(known(forall(X, Y, exists(W, Equal(f(X) + Y, A * W)))), known(premise), [A * X, Y.T * Y], ["q"])


def test_factorise_moves_every_input_at_once() -> None:
    agree = And((Equal(A * X, A * X2), Equal(Y.T * Y, Y2.T * Y2)))
    theorem = two_inputs(agree, Equal(f(X2) + Y2, A * W))
    assert theorem.conclusion == exists(q, forall(X, Y, Equal(f(X) + Y, A * q(A * X, Y.T * Y))))
    half = And((Equal(A * X, A * X2), Equal(Y.T * Y, Y.T * Y)))
    for along, moved in (
        (half, Equal(f(X2) + Y, A * W)),
        (agree, Equal(f(X2) + Y, A * W)),
        (half, Equal(f(X2) + Y2, A * W)),
    ):
        with pytest.raises(KernelError, match="factorisation needs"):
            two_inputs(along, moved)


def test_factorise_leaves_further_values_to_exist() -> None:
    """Of ∃ W, Z the first becomes a function; the second stays what exists for it."""
    inner = Equal(h(W, X), Z * Zero(m, n))
    r = Function("r", ((n, n),), (d, n))
    along = Equal(X.T * X, X2.T * X2)
    moved = implies(along, exists(Z, inner), exists(Z, Equal(h(W, X2), Z * Zero(m, n))))
    theorem = factorise(known(forall(X, exists(W, Z, inner))), known(forall(X, X2, W, moved)), [X.T * X], ["r"])
    assert theorem.conclusion == exists(r, forall(X, exists(Z, Equal(h(r(X.T * X), X), Z * Zero(m, n)))))
    with pytest.raises(KernelError, match="factorisation needs"):
        open_moved = implies(along, inner, Equal(h(W, X2), Z * Zero(m, n)))
        factorise(known(forall(X, exists(W, Z, inner))), known(forall(X, X2, W, open_moved)), [X.T * X], ["r"])


@pytest.mark.parametrize("name", ["X'", "X''", "X2"])
def test_factorise_along_a_parameter_of_any_name(name: str) -> None:
    """A parameter of s that is called as the second input might be is not taken for it."""
    parameter, twin = Variable(name, d, n), Variable("V", d, n)
    moved = forall(X, twin, W, implies(Equal(parameter.T * X, parameter.T * twin), PHI, Equal(W, f(twin))))
    theorem = factorise(known(HAS), known(moved), [parameter.T * X], ["r"])
    r = Function("r", ((n, n),), (d, n))
    assert theorem.conclusion == exists(r, forall(X, Equal(r(parameter.T * X), f(X))))
    captured = forall(
        X, parameter, W, implies(Equal(parameter.T * X, parameter.T * parameter), PHI, Equal(W, f(parameter)))
    )
    with pytest.raises(KernelError, match="factorisation needs"):
        factorise(known(HAS), known(captured), [parameter.T * X], ["r"])


def test_part_of_a_conjunction() -> None:
    theorem = project(assume(And((XY, AB))), 2)
    assert (theorem.hypotheses, theorem.conclusion) == ((And((XY, AB)),), AB)


def test_every_rule_has_an_example() -> None:
    assert {name.split()[0] for name in GIVES} == set(RULES)
    assert len(RULES) == 20
    with pytest.raises(TypeError):
        RULES["magic"] = lambda by: by  # type: ignore[index]


@pytest.mark.parametrize("rule", [kernel.membership, kernel.average, kernel.basis, kernel.total])
def test_every_law_has_an_example(rule: Callable[..., Theorem]) -> None:
    laws = set(re.findall("``([a-z]+)``", rule.__doc__ or "")) - {"law", "element", "shift", "statement", "body"}
    assert laws and {f"{rule.__name__} {law}" for law in laws} <= set(GIVES)
    assert laws - {"one", "identity", "swap", "split"} <= {name.split()[-1] for name in TRAVEL} | {"criterion"}


# ---------------------------------------------------------------------------------------------------------------
# What each rule refuses: one line for each side condition

Refusal = tuple[Callable[[], Any], type[SymmetryError], str]
DEFINED = Equal(W, f(X))


def after(hypothesis: Formula, conclusion: Formula = AB) -> Theorem:
    """hypothesis ⊢ conclusion."""
    return detach(known(Implies(hypothesis, conclusion)), assume(hypothesis))


# A permutation that depends on the vector e.
TURN = Identity(n) - (e - b) * (e - b).T

# An output that `through` mentions: with a := 0 the function would have to tell inputs apart that look alike.
CHOSEN = Variable("c", 2, 1)


def _pair(x: Term) -> Term:
    return vstack(x, Number(1))  # type: ignore[arg-type]


def _through_the_chosen() -> Theorem:
    last = block([[Number(0), Number(1)]])  # type: ignore[arg-type]
    y2 = Variable("y2", 1, 1)
    existence = known(forall(y, exists(CHOSEN, Equal(CHOSEN, _pair(y)))))
    through = y * (last * CHOSEN)
    premise = forall(
        y,
        y2,
        CHOSEN,
        implies(Equal(through, substitute(through, {y: y2})), Equal(CHOSEN, _pair(y)), Equal(CHOSEN, _pair(y2))),
    )
    return factorise(existence, known(premise), [through], ["g"])


REFUSED: dict[str, Refusal] = {
    # logic
    "assume a term": (lambda: assume(X), KernelError, "expected a statement, found X"),  # type: ignore[arg-type]
    "discharge a term": (lambda: discharge(assume(XY), X), KernelError, "expected a statement"),  # type: ignore[arg-type]
    "detach one": (
        lambda: detach(assume(XY)),
        KernelError,
        "needs an implication and its premise, but was given only X = Y",
    ),
    "detach none": (lambda: detach(), KernelError, "was given only nothing"),
    "detach from an equation": (
        lambda: detach(assume(XY), assume(XY)),
        KernelError,
        "expected an implication, found X = Y",
    ),
    "detach another premise": (
        lambda: detach(known(Implies(XY, AB)), assume(Equal(X, W))),
        KernelError,
        r"the implication needs X = Y\n  but was given X = W",
    ),
    "detach the conclusion": (
        lambda: detach(known(Implies(XY, AB)), assume(AB)),
        KernelError,
        "the implication needs X = Y",
    ),
    "conjoin one": (lambda: conjoin(assume(XY)), KernelError, "at least two theorems, not 1"),
    "project an equation": (lambda: project(assume(XY), 1), KernelError, "expected a conjunction, found X = Y"),
    "project part 0": (lambda: project(known(And((XY, AB))), 0), KernelError, "no part 0: .* has parts 1 to 2"),
    "project part 3": (lambda: project(known(And((XY, AB))), 3), KernelError, "no part 3: .* has parts 1 to 2"),
    "project part 1.0": (lambda: project(known(And((XY, AB))), 1.0), KernelError, "no part 1.0"),  # type: ignore[arg-type]
    "generalise what is assumed": (
        lambda: generalise(assume(XY), X),
        KernelError,
        "cannot generalise X: the hypothesis X = Y speaks of it",
    ),
    "generalise a function assumed": (
        lambda: generalise(assume(Equal(f(X), X)), f),
        KernelError,
        "cannot generalise f",
    ),
    "generalise a size assumed": (
        lambda: generalise(assume(XY), nSize),
        KernelError,
        "cannot generalise n: the hypothesis X = Y speaks",
    ),
    "generalise the name in another shape": (
        lambda: generalise(conjoin(assume(XY), known(AB)), Variable("X", d, m)),
        KernelError,
        "cannot generalise X",
    ),
    "generalise a size of something free": (
        lambda: generalise(known(XY), nSize),
        ShapeError,
        "n is bound here, but the body has a free",
    ),
    "generalise a term": (
        lambda: generalise(known(XY), f(X)),
        KernelError,
        "expected a variable, a function or a size",
    ),  # type: ignore[arg-type]
    "specialise an equation": (
        lambda: specialise(known(XY), X),
        KernelError,
        "expected a statement 'for all', found X = Y",
    ),
    "specialise an existence": (
        lambda: specialise(known(exists(X, XY)), X),
        KernelError,
        "expected a statement 'for all'",
    ),
    "specialise to another shape": (
        lambda: specialise(known(forall(X, XY)), Z),
        ShapeError,
        "X is d × n, but Z is d × m",
    ),
    "specialise a matrix to a function": (
        lambda: specialise(known(forall(X, XY)), f),
        KernelError,
        "expected a value for X, found f",
    ),
    "specialise a function to a matrix": (
        lambda: specialise(known(forall(f, Equal(f(X), X))), X),
        KernelError,
        "expected a value for f",
    ),
    "specialise a function to another shape": (
        lambda: specialise(known(forall(f, Equal(f(X), X))), k),
        ShapeError,
        "are functions between different shapes",
    ),
    "specialise a size to a matrix": (
        lambda: specialise(known(ForAll(nSize, EVERY)), X),
        KernelError,
        "expected a value for n, found X",
    ),
    "specialise a size below 0": (lambda: specialise(known(ForAll(nSize, EVERY)), "0 - 1"), ShapeError, "not a size"),  # type: ignore[arg-type]
    "witness for all": (lambda: witness(known(XY), forall(X, XY), X), KernelError, "expected a statement 'there is'"),  # type: ignore[arg-type]
    "witness of something else": (
        lambda: witness(known(XY), exists(W, Equal(W, Y)), Y),
        KernelError,
        r"the witness Y needs Y = Y\n  but was given X = Y",
    ),
    "witness of another shape": (
        lambda: witness(known(XY), exists(W, Equal(W, Y)), Z),
        ShapeError,
        "W is d × n, but Z is d × m",
    ),
    "choose from an equation": (
        lambda: choose(known(XY), known(XY), W),
        KernelError,
        "expected a statement 'there is', found X = Y",
    ),
    "choose named in the conclusion": (
        lambda: choose(known(exists(W, Equal(W, X))), assume(Equal(Y, X)), Y),
        KernelError,
        "Y is not fresh: something besides Y = X speaks of it",
    ),
    "choose named in a hypothesis": (
        lambda: choose(known(exists(W, Equal(W, X))), conjoin(after(Equal(Y, X)), after(Equal(Y, A * X))), Y),
        KernelError,
        "Y is not fresh",
    ),
    "choose named in the existence": (
        lambda: choose(known(exists(W, Equal(W, 2 * Y))), after(Equal(Y, 2 * Y)), Y),
        KernelError,
        "Y is not fresh",
    ),
    "choose named where existence is assumed": (
        lambda: choose(after(XY, exists(W, Equal(W, A * W))), after(Equal(X, A * X)), X),
        KernelError,
        "X is not fresh",
    ),
    "choose a term": (
        lambda: choose(known(exists(W, Equal(W, X))), known(AB), f(Y)),
        KernelError,
        "expected a variable or a function",
    ),  # type: ignore[arg-type]
    "choose another shape": (
        lambda: choose(known(exists(W, Equal(W, X))), known(AB), Z),
        ShapeError,
        "W is d × n, but Z is d × m",
    ),
    "define a condition": (
        lambda: define(after(Equal(A * W, X)), W),
        KernelError,
        "AW = X does not define W: expected W = …, with no W on the right",
    ),
    "define by itself": (lambda: define(after(Equal(W, 2 * W + X)), W), KernelError, "does not define W"),
    "define backwards": (lambda: define(after(Equal(X, W)), W), KernelError, "X = W does not define W"),
    "define by an implication": (lambda: define(after(Implies(AB, DEFINED)), W), KernelError, "does not define W"),
    "define twice": (
        lambda: define(conjoin(after(DEFINED), after(Equal(W, X))), W),
        KernelError,
        "2 hypotheses speak of W: one definition was expected",
    ),
    "define nothing": (lambda: define(after(DEFINED), Y), KernelError, "0 hypotheses speak of Y"),
    "define what is spoken of": (
        lambda: define(assume(DEFINED), W),
        KernelError,
        r"the conclusion W = f\(X\) still speaks of W",
    ),
    "define beside a condition": (
        lambda: define(conjoin(after(DEFINED), after(Equal(A * W, X))), W),
        KernelError,
        "does not define W",
    ),
    "define a function by itself": (
        lambda: define(after(forall(X, Equal(f(X), A * f(X)))), f),
        KernelError,
        "does not define f",
    ),
    "define a function inside": (
        lambda: define(after(forall(X, Equal(f(X), g(f(Y))))), f),
        KernelError,
        "does not define f",
    ),
    "define a function at one place": (lambda: define(after(Equal(f(Y), X)), f), KernelError, "does not define f"),
    "define a function on a diagonal": (
        lambda: define(after(forall(X, Equal(h(X, X), 2 * X))), h),
        KernelError,
        "does not define h",
    ),
    "define a function twice on a diagonal": (
        lambda: define(after(ForAll(X, forall(X, Equal(h(X, X), 2 * X)))), h),
        KernelError,
        "does not define h",
    ),
    "define a function of too much": (
        lambda: define(after(forall(X, Y, Equal(f(X), Y))), f),
        KernelError,
        "does not define f",
    ),
    "define a function of terms": (
        lambda: define(after(forall(X, Equal(f(2 * X), X))), f),
        KernelError,
        "does not define f",
    ),
    "define a function with arguments exchanged": (
        lambda: define(after(forall(X, Y, Equal(h(Y, X), X))), h),
        KernelError,
        "does not define h",
    ),
    "define a size": (lambda: define(after(DEFINED), nSize), KernelError, "expected a variable or a function"),  # type: ignore[arg-type]
    "one name in two shapes": (
        lambda: conjoin(known(XY), known(Equal(Variable("X", d, m), Z))),
        KernelError,
        "X would stand for two different things in one theorem",
    ),
    "one name for a matrix and a function": (
        lambda: conjoin(known(XY), known(Equal(Function("X", ((d, n),), (d, n))(Y), Y))),
        KernelError,
        "X would stand for two different things",
    ),
    "one name for a matrix and a size": (
        lambda: conjoin(known(XY), known(Equal(Variable("n", d, d), A))),
        KernelError,
        "n would stand for two different things",
    ),
    "one name in a hypothesis and the conclusion": (
        lambda: discharge(assume(XY), Equal(Variable("X", d, m), Z)),
        KernelError,
        "X would stand for two different things",
    ),
    "a name of canonical forms": (
        lambda: assume(Equal(Variable(Reserved("#v0"), d, n), X)),
        KernelError,
        "#v0 is a name of canonical forms",
    ),
    "a witness named as canonical forms name what is bound": (  # ∃ x ∀ y. x = y
        lambda: witness(
            known(forall(Y, Equal(Y, Y))), exists(X, forall(Y, Equal(X, Y))), Variable(Reserved("#v0"), d, n)
        ),
        KernelError,
        "#v0 is a name of canonical forms",
    ),
    "a witness named as canonical forms name what is summed": (
        lambda: witness(
            known(Equal(sum_of(sum_of(c * c.T, c), e), sum_of(sum_of(c * c.T, c), e))),
            exists(x, Equal(sum_of(sum_of(c * x.T, c), e), sum_of(sum_of(c * c.T, c), e))),
            Variable(Reserved("#t0"), n, 1),
        ),
        KernelError,
        "#t0 is a name of canonical forms",
    ),
    "a function named as canonical forms name what is bound": (
        lambda: witness(
            known(forall(f, Equal(f(X), f(X)))),
            exists(g, forall(f, Equal(g(X), f(X)))),
            Function(Reserved("#f0"), *f.key[2:]),
        ),
        KernelError,
        "#f0 .* is a name of canonical forms",
    ),
    "a choice named as canonical forms name what is bound": (
        lambda: choose(
            known(exists(X, forall(Y, Equal(h(X, Y), Y)))),
            assume(forall(Y, Equal(h(Y, Y), Y))),
            Variable(Reserved("#v0"), d, n),
        ),
        KernelError,
        "#v0 is a name of canonical forms",
    ),
    "a chain through a name of canonical forms": (  # which without equations is the outer e, and with one the inner b
        lambda: chain(
            tuple(sum_of(sum_of(t3(e, b, v), b), e) for v in (e, Variable(Reserved("#t1"), n, 1), b)),
            ((), ((known(XY), False),)),
        ),
        KernelError,
        "#t1 is a name of canonical forms",
    ),
    "a multiplier that is a name of canonical forms": (
        lambda: combine(XY, [known(XY)], [(scale(1), Variable(Reserved("#v0"), d, d), None)]),
        KernelError,
        "#v0 is a name of canonical forms",
    ),
    "a size that is a name of canonical forms": (
        lambda: specialise(known(ForAll(nSize, EVERY)), Size(((Reserved("#s0"), 1),))),
        KernelError,
        "#s0 is a name of canonical forms",
    ),
    # equations
    "chain of one": (lambda: chain((X,), ()), KernelError, "a chain of 1 terms needs 1 links, not 0"),
    "chain with a link too few": (
        lambda: chain((X, X, X), ((),)),
        KernelError,
        "a chain of 3 terms needs 2 links, not 1",
    ),
    "chain with a link too many": (
        lambda: chain((X, X), ((), ())),
        KernelError,
        "a chain of 2 terms needs 1 links, not 2",
    ),
    "chain that does not hold": (
        lambda: chain((A * X, X), ((),)),
        KernelError,
        r"does not hold: AX = X, by the canonical form alone\n  left side:  1\*A\[d,d\] X\[d,n\]\n  right side: 1\*X",
    ),
    "chain with a broken second link": (
        lambda: chain((A * X, A * Y, Y), (((assume(XY), False),), ((assume(XY), False),))),
        KernelError,
        "this link does not hold: AY = Y, by X = Y",
    ),
    "chain with a broken first link": (
        lambda: chain((A * X, A * Y, A * X), ((), ())),
        KernelError,
        "does not hold: AX = AY",
    ),
    "chain by another equation": (
        lambda: chain((f(X), f(Y)), (((assume(Equal(X, A * Y)), False),),)),
        KernelError,
        r"does not hold: f\(X\) = f\(Y\), by X = AY",
    ),
    "chain by an implication": (
        lambda: chain((X, Y), (((known(Implies(AB, XY)), False),),)),
        KernelError,
        "expected an equation to rewrite with",
    ),
    "chain across shapes": (lambda: chain((X, Z), ((),)), ShapeError, "X is d × n, but Z is d × m"),
    "chain of statements": (lambda: chain((XY, XY), ((),)), KernelError, "expected a term, found X = Y"),  # type: ignore[arg-type]
    "combine with something left": (
        lambda: combine(Equal(A * X, B * Y), [assume(XY)], [(scale(1), A, None)]),
        KernelError,
        "these multipliers do not give AX = BY\n  what is left over: .*B",
    ),
    "combine with the wrong sign": (
        lambda: combine(XY, [assume(XY)], [(scale(-1), None, None)]),
        KernelError,
        "what is left over",
    ),
    "combine with the wrong side": (
        lambda: combine(Equal(A * B * A, A * A * A), [assume(AB)], [(scale(-1), A * A, None)]),
        KernelError,
        "what is left over",
    ),
    "combine without equations": (lambda: combine(TRUE, [], []), KernelError, "0 equations need as many multipliers"),
    "combine with multipliers missing": (
        lambda: combine(XY, [assume(XY), assume(AB)], [(scale(1), None, None)]),
        KernelError,
        "2 equations need as many multipliers, not 1",
    ),
    "combine an implication": (
        lambda: combine(XY, [known(Implies(AB, XY))], [(scale(1), None, None)]),
        KernelError,
        "expected an equation to combine",
    ),
    "combine with a scalar term": (
        lambda: combine(Equal(a * X, a * Y), [assume(XY)], [(a, None, None)]),  # type: ignore[list-item]
        KernelError,
        "expected a rational multiplier, found a",
    ),
    "combine across shapes": (
        lambda: combine(XY, [assume(XY)], [(scale(1), P, None)]),
        ShapeError,
        "cannot multiply P",
    ),
    "combine into a conjunction": (
        lambda: combine(And((XY, AB)), [assume(XY)], [(scale(1), None, None)]),  # type: ignore[arg-type]
        KernelError,
        "expected an equation",
    ),
    "restate as something else": (
        lambda: restate(assume(XY), Equal(X, W), ()),
        KernelError,
        r"X = Y\n  is not X = W\n  by the canonical form alone",
    ),
    "restate a bound variable": (
        lambda: restate(known(forall(X, Equal(f(X), X))), forall(X, Equal(f(Y), X)), ((assume(XY), False),)),
        KernelError,
        "by X = Y",
    ),
    "restate by an implication": (
        lambda: restate(assume(XY), XY, ((known(Implies(AB, XY)), False),)),
        KernelError,
        "expected an equation to rewrite with",
    ),
    "restate as a term": (lambda: restate(assume(XY), X, ()), KernelError, "expected a statement, found X"),  # type: ignore[arg-type]
    # primitives
    "penrose 0": (lambda: penrose(X, 0), KernelError, "Penrose equations 1 to 4, not 0"),
    "penrose 5": (lambda: penrose(X, 5), KernelError, "Penrose equations 1 to 4, not 5"),
    "penrose of a function": (lambda: penrose(f, 1), KernelError, "expected a term"),  # type: ignore[arg-type]
    "induct without base": (
        lambda: induct(known(AB), induction(EVERY)[1], ForAll(nSize, EVERY)),
        KernelError,
        "induction needs .*\n  but was given A = B",
    ),
    "induct without step": (
        lambda: induct(induction(EVERY)[0], known(AB), ForAll(nSize, EVERY)),
        KernelError,
        "but was given A = B",
    ),
    "induct from 1": (
        lambda: induct(known(substitute(EVERY, {"n": one})), induction(EVERY)[1], ForAll(nSize, EVERY)),
        KernelError,
        "induction needs",
    ),
    "induct by steps of two": (
        lambda: induct(
            induction(EVERY)[0],
            known(ForAll(nSize, Implies(EVERY, substitute(EVERY, {"n": n + 2})))),
            ForAll(nSize, EVERY),
        ),
        KernelError,
        "induction needs",
    ),
    "induct downwards": (
        lambda: induct(
            induction(EVERY)[0],
            known(ForAll(nSize, Implies(substitute(EVERY, {"n": n + 1}), EVERY))),
            ForAll(nSize, EVERY),
        ),
        KernelError,
        "induction needs",
    ),
    "induct on one instance": (
        lambda: induct(
            induction(EVERY)[0], known(Implies(EVERY, substitute(EVERY, {"n": n + 1}))), ForAll(nSize, EVERY)
        ),
        KernelError,
        "induction needs",
    ),
    "induct on a matrix": (
        lambda: induct(known(XY), known(XY), forall(X, XY)),
        KernelError,
        "expected a size, found X",
    ),  # type: ignore[arg-type]
    "induct to an equation": (lambda: induct(known(XY), known(XY), XY), KernelError, "expected a statement 'for all'"),  # type: ignore[arg-type]
    "factorise without transfer": (
        lambda: factorise(known(HAS), known(AB), [X.T * X], ["q"]),
        KernelError,
        "factorisation needs .*\n  but was given A = B",
    ),
    "factorise through something else": (
        lambda: factorise(known(HAS), known(TRANSFER), [X * X.T], ["q"]),
        KernelError,
        "factorisation needs",
    ),
    "factorise through nothing": (
        lambda: factorise(known(HAS), known(TRANSFER), [], ["q"]),
        KernelError,
        "does not say that for all",
    ),
    "factorise through what is chosen": (_through_the_chosen, KernelError, "speaks of what is chosen"),
    "factorise through less than was transferred": (
        lambda: factorise(
            known(HAS), known(transfer(lambda x: hstack(x.T * x, x.T), lambda x: Equal(W, f(x)), W)), [X.T * X], ["q"]
        ),
        KernelError,
        "factorisation needs",
    ),
    "factorise a transfer of itself": (
        lambda: factorise(
            known(HAS), known(forall(X, X2, W, implies(Equal(X.T * X, X2.T * X2), PHI, PHI))), [X.T * X], ["q"]
        ),
        KernelError,
        "factorisation needs",
    ),
    "factorise for one value only": (
        lambda: factorise(
            known(HAS), known(forall(X, X2, implies(Equal(X.T * X, X2.T * X2), PHI, Equal(W, f(X2))))), [X.T * X], ["q"]
        ),
        KernelError,
        "factorisation needs",
    ),
    "factorise without existence": (
        lambda: factorise(known(forall(X, PHI)), known(TRANSFER), [X.T * X], ["q"]),
        KernelError,
        "there are 1 matrices",
    ),
    "factorise an existence first": (
        lambda: factorise(known(exists(W, forall(X, PHI))), known(TRANSFER), [X.T * X], ["q"]),
        KernelError,
        "does not say that for all",
    ),
    "factorise with two names": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], ["q", "r"]),
        KernelError,
        "there are 2 matrices",
    ),
    "factorise with no name": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], []),
        KernelError,
        "there are 0 matrices",
    ),
    "factorise with a name in use": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], ["f"]),
        KernelError,
        "function names f are not fresh",
    ),
    "factorise with the name of an input": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], ["X"]),
        KernelError,
        "function names X are not fresh",
    ),
    "factorise with a reserved name": (
        lambda: factorise(known(HAS), known(TRANSFER), [X.T * X], ["#f0"]),
        ShapeError,
        "'#f0' is not a name",
    ),
    "factorise with one name twice": (
        lambda: factorise(known(forall(X, exists(W, Y, Equal(W, Y)))), known(AB), [X], ["q", "q"]),
        KernelError,
        "function names q, q are not fresh and different",
    ),
    "factorise a shadowed input": (
        lambda: factorise(known(ForAll(X, forall(X, exists(W, PHI)))), known(TRANSFER), [X.T * X], ["q"]),
        KernelError,
        "binds one name twice",
    ),
    "factorise a shadowed output": (
        lambda: factorise(known(forall(X, exists(X, PHI))), known(TRANSFER), [X.T * X], ["q"]),
        KernelError,
        "binds one name twice",
    ),
    "factorise through a function": (
        lambda: factorise(known(HAS), known(TRANSFER), [f], ["q"]),
        KernelError,
        "expected a term",
    ),  # type: ignore[list-item]
    "membership in SO by equations": (
        lambda: membership([known(Equal(A.T * A, Id)), known(Equal(A * A.T, Id))], "criterion", SO, A),
        KernelError,
        r"an orthogonal matrix need not be in SO\(d\): the criterion is for O\(d\)",
    ),
    "membership by one equation twice": (
        lambda: membership([known(Equal(A.T * A, Id))] * 2, "criterion", O, A),
        KernelError,
        "needs AᵀA = I and AAᵀ = I",
    ),
    "membership by one equation": (
        lambda: membership([known(Equal(A.T * A, Id))], "criterion", O, A),
        KernelError,
        "needs AᵀA = I and AAᵀ = I",
    ),
    "membership by two copies of the second": (
        lambda: membership([known(Equal(A * A.T, Id))] * 2, "criterion", O, A),
        KernelError,
        "needs AᵀA = I and AAᵀ = I",
    ),
    "membership of another matrix": (
        lambda: membership([known(Equal(A.T * A, Id)), known(Equal(A * A.T, Id))], "criterion", O, B),
        KernelError,
        "needs BᵀB = I",
    ),
    "membership of nothing": (
        lambda: membership([], "criterion", O, None),
        KernelError,
        "expected a matrix, found None",
    ),
    "membership criterion without equations": (lambda: membership([], "criterion", O, A), KernelError, "needs AᵀA = I"),
    "membership in another group": (
        lambda: membership([known(Member(Q, O))], "inverse", SO, None),
        KernelError,
        r"expected an element of SO\(d\), but was given Q ∈ O\(d\)",
    ),
    "membership of a product across groups": (
        lambda: membership([known(Member(Q, SO)), known(Member(R, O))], "product", SO, None),
        KernelError,
        r"expected an element of SO\(d\), but was given R ∈ O\(d\)",
    ),
    "membership in a larger group": (
        lambda: membership([known(Member(Q, O))], "subgroup", O, None),
        KernelError,
        r"no law 'subgroup' of O\(d\)",
    ),
    "membership of a product of one": (
        lambda: membership([known(Member(Q, O))], "product", O, None),
        KernelError,
        "no law 'product'",
    ),
    "membership of an inverse of two": (
        lambda: membership([known(Member(Q, O))] * 2, "inverse", O, None),
        KernelError,
        "no law 'inverse'",
    ),
    "membership equations of two": (
        lambda: membership([known(Member(Q, O))] * 2, "equations", O, None),
        KernelError,
        "no law 'equations'",
    ),
    "membership of the identity of one": (
        lambda: membership([known(Member(Q, O))], "identity", O, None),
        KernelError,
        "no law 'identity'",
    ),
    "membership by an unknown law": (lambda: membership([], "transpose", O, None), KernelError, "no law 'transpose'"),
    "membership from an equation": (
        lambda: membership([known(AB)], "inverse", O, None),
        KernelError,
        "expected membership in a group",
    ),
    "membership in no group": (lambda: membership([], "identity", "O", None), KernelError, "expected a group, found O"),  # type: ignore[arg-type]
    "average shifted by anything": (
        lambda: average(
            [known(for_permutations(k(P), k(P * T)))], Equal(average_of(k(P)), average_of(k(P))), "right", T
        ),
        KernelError,
        r"the shift needs a theorem T ∈ S\(n\)",
    ),
    "average shifted by something else": (
        lambda: average(
            [known(for_permutations(k(P), k(P * T))), known(Member(K, S))],
            Equal(average_of(k(P)), average_of(k(P))),
            "right",
            T,
        ),
        KernelError,
        r"the shift needs a theorem T ∈ S\(n\)",
    ),
    "average shifted by an orthogonal matrix": (
        lambda: average(
            [known(for_permutations(k(P), k(P * T))), known(Member(T, MatrixGroup("O", n)))],
            Equal(average_of(k(P)), average_of(k(P))),
            "right",
            T,
        ),
        KernelError,
        "the shift needs a theorem",
    ),
    "average shifted by what is averaged": (
        lambda: average(
            [known(for_permutations(k(P), k(P * P))), known(Member(P, S))],
            Equal(average_of(k(P)), average_of(k(P))),
            "right",
            P,
        ),
        KernelError,
        "the shift P depends on P",
    ),
    "average shifted from the other side": (
        lambda: average(
            [known(for_permutations(k(P), k(T * P))), known(Member(T, S))],
            Equal(average_of(k(P)), average_of(k(P))),
            "right",
            T,
        ),
        KernelError,
        "the average needs",
    ),
    "average not transposed": (
        lambda: average(
            [known(for_permutations(k(P), 2 * k(P)))], Equal(average_of(k(P)), average_of(2 * k(P))), "inverse", None
        ),
        KernelError,
        "the average needs",
    ),
    "average of unequal things": (
        lambda: average(
            [known(for_permutations(k(P), k(P)))], Equal(average_of(k(P)), average_of(2 * k(P))), "same", None
        ),
        KernelError,
        "the average needs",
    ),
    "average at one permutation": (
        lambda: average([known(Equal(k(P), 2 * k(P)))], Equal(average_of(k(P)), average_of(2 * k(P))), "same", None),
        KernelError,
        "the average needs",
    ),
    "average that speaks of the other's variable": (
        lambda: average(
            [known(for_permutations(k(P), k(P)))], Equal(average_of(k(P)), average_of(k(P) + 0 * k(K), K)), "same", None
        ),
        KernelError,
        "speaks of P, which the other average binds",
    ),
    "average with a premise too many": (
        lambda: average(
            [known(for_permutations(k(P), k(P))), known(AB)], Equal(average_of(k(P)), average_of(k(P))), "same", None
        ),
        KernelError,
        "2 theorems were given for re-indexing 'same'",
    ),
    "average by an unknown law": (
        lambda: average([known(AB)], Equal(average_of(k(P)), average_of(k(P))), "conjugate", None),
        KernelError,
        "unknown re-indexing 'conjugate'",
    ),
    "average of no average": (
        lambda: average([known(AB)], AB, "same", None),
        KernelError,
        "expected an average on the left, found A",
    ),
    "average against no average": (
        lambda: average([known(AB)], Equal(average_of(k(P)), k(T)), "same", None),
        KernelError,
        "expected an average on the right",
    ),
    "average without a shift": (
        lambda: average([known(AB), known(AB)], Equal(average_of(k(P)), average_of(k(P))), "right", None),
        KernelError,
        "expected a shift, found None",
    ),
    "basis of nothing": (lambda: basis([], "one", None, None), KernelError, "expected a standard basis, found None"),  # type: ignore[arg-type]
    "basis of a group": (
        lambda: basis([known(Member(P, S))], "unit", S, None),
        KernelError,
        "expected a standard basis",
    ),  # type: ignore[arg-type]
    "basis by an unknown law": (
        lambda: basis([known(IN_E)], "sum", E, None),
        KernelError,
        r"no law 'sum' of E\(n\) for 1 premises",
    ),
    "basis one of any size": (lambda: basis([], "one", E, None), KernelError, r"no law 'one' of E\(n\) for 0 premises"),
    "basis one of no size": (
        lambda: basis([], "one", StandardBasis(Size()), None),
        KernelError,
        "no law 'one' of E.0.",
    ),
    "basis one of size 2": (lambda: basis([], "one", StandardBasis(2), None), KernelError, "no law 'one'"),  # type: ignore[arg-type]
    "basis one with a premise": (
        lambda: basis([known(Member(scale(1), StandardBasis(one)))], "one", StandardBasis(one), None),
        KernelError,
        "no law 'one' of E.1. for 1 premises",
    ),
    "basis unit of nothing": (lambda: basis([], "unit", E, None), KernelError, "no law 'unit'"),
    "basis unit of two": (lambda: basis(BOTH, "unit", E, None), KernelError, "no law 'unit' of E.n. for 2 premises"),
    "basis unit of an equation": (
        lambda: basis([known(AB)], "unit", E, None),
        KernelError,
        "expected membership in the standard basis, found A = B",
    ),
    "basis unit of a permutation": (
        lambda: basis([known(Member(P, S))], "unit", E, None),
        KernelError,
        r"expected a vector of E\(n\), but was given P ∈ S\(n\)",
    ),
    "basis unit in another size": (
        lambda: basis([known(Member(low, StandardBasis(m)))], "unit", E, None),
        KernelError,
        r"expected a vector of E\(n\), but was given a ∈ E\(m\)",
    ),
    "basis moved by nothing": (lambda: basis([known(IN_E)], "moved", E, None), KernelError, "no law 'moved'"),
    "basis moved by an equation": (
        lambda: basis([known(Equal(P.T * P, Identity(n))), known(IN_E)], "moved", E, None),
        KernelError,
        "expected a permutation, found PᵀP = I",
    ),
    "basis moved by an orthogonal matrix": (
        lambda: basis([known(Member(P, MatrixGroup("O", n))), known(IN_E)], "moved", E, None),
        KernelError,
        r"expected an element of S\(n\), but was given P ∈ O\(n\)",
    ),
    "basis moved by another size": (
        lambda: basis([known(Member(Variable("J", m, m), MatrixGroup("S", m))), known(IN_E)], "moved", E, None),
        KernelError,
        r"expected an element of S\(n\), but was given J ∈ S\(m\)",
    ),
    "basis moved by a vector": (
        lambda: basis(BOTH, "moved", E, None),
        KernelError,
        r"expected an element of S\(n\), but was given e ∈ E\(n\)",
    ),
    "basis moved vector unknown": (
        lambda: basis([known(Member(P, S)), known(Equal(e, b))], "moved", E, None),
        KernelError,
        "expected membership in the standard basis, found e = b",
    ),
    "basis moved vector of another size": (
        lambda: basis([known(Member(P, S)), known(Member(low, StandardBasis(m)))], "moved", E, None),
        KernelError,
        r"expected a vector of E\(n\), but was given a ∈ E\(m\)",
    ),
    "basis moved in another order": (
        lambda: basis([known(IN_E), known(Member(P, S))], "moved", E, None),
        KernelError,
        "expected an element of S.n., but was given e ∈ E.n.",
    ),
    "basis transposition of one": (
        lambda: basis([known(IN_E)], "transposition", E, None),
        KernelError,
        "no law 'transposition' of E.n. for 1 premises",
    ),
    "basis transposition of three": (
        lambda: basis([*BOTH, known(Member(c, E))], "transposition", E, None),
        KernelError,
        "no law 'transposition' of E.n. for 3 premises",
    ),
    "basis moved twice": (
        lambda: basis([known(Member(P, S)), *BOTH], "moved", E, None),
        KernelError,
        "expected a vector of E.n., but was given P ∈ S.n.",
    ),
    "basis cases with a third": (
        lambda: basis(
            [*BOTH, known(Implies(Equal(e, b), AB)), known(Implies(ORTHOGONAL, AB)), known(AB)], "cases", E, None
        ),
        KernelError,
        "no law 'cases' of E.n. for 5 premises",
    ),
    "basis transposition with anything": (
        lambda: basis([known(IN_E), known(Equal(b, c))], "transposition", E, None),
        KernelError,
        "expected membership in the standard basis, found b = c",
    ),
    "basis transposition across sizes": (
        lambda: basis([known(IN_E), known(Member(low, StandardBasis(m)))], "transposition", E, None),
        KernelError,
        "expected a vector of E.n., but was given a ∈ E.m.",
    ),
    "basis first without a size": (
        lambda: basis([known(IN_E)], "first", E, None),
        KernelError,
        "expected the number of further rows, found None",
    ),
    "basis last with a text": (
        lambda: basis([known(IN_E)], "last", E, "m"),  # type: ignore[arg-type]
        KernelError,
        "expected the number of further rows, found m",
    ),
    "basis first of two": (lambda: basis(BOTH, "first", E, m), KernelError, "no law 'first' of E.n. for 2 premises"),
    "basis last of none": (lambda: basis([], "last", E, m), KernelError, "no law 'last' of E.n. for 0 premises"),
    "basis first of no vector": (
        lambda: basis([known(Equal(e, b))], "first", E, m),
        KernelError,
        "expected membership in the standard basis",
    ),
    "basis cases of two": (lambda: basis(BOTH, "cases", E, None), KernelError, "no law 'cases' of E.n. for 2 premises"),
    "basis cases of equal vectors only": (
        lambda: basis([*BOTH, known(Implies(Equal(e, b), AB))], "cases", E, None),
        KernelError,
        "no law 'cases' of E.n. for 3 premises",
    ),
    "basis cases without implications": (
        lambda: basis([*BOTH, known(AB), known(Implies(ORTHOGONAL, AB))], "cases", E, None),
        KernelError,
        "expected an implication, found A = B",
    ),
    "basis cases with one implication": (
        lambda: basis([*BOTH, known(Implies(Equal(e, b), AB)), known(AB)], "cases", E, None),
        KernelError,
        "expected an implication, found A = B",
    ),
    "basis cases exchanged": (
        lambda: basis([*BOTH, known(Implies(ORTHOGONAL, AB)), known(Implies(Equal(e, b), AB))], "cases", E, None),
        KernelError,
        "this case needs the premise e = b\n  but was given eᵀb = 0",
    ),
    "basis cases of equal vectors twice": (
        lambda: basis([*BOTH, known(Implies(Equal(e, b), AB)), known(Implies(Equal(e, b), AB))], "cases", E, None),
        KernelError,
        "this case needs the premise eᵀb = 0\n  but was given e = b",
    ),
    "basis cases of another vector": (
        lambda: basis([*BOTH, known(Implies(Equal(e, c), AB)), known(Implies(ORTHOGONAL, AB))], "cases", E, None),
        KernelError,
        "this case needs the premise e = b\n  but was given e = c",
    ),
    "basis cases orthogonal to another vector": (
        lambda: basis(
            [*BOTH, known(Implies(Equal(e, b), AB)), known(Implies(Equal(e.T * c, 0 * scale(1)), AB))], "cases", E, None
        ),
        KernelError,
        "this case needs the premise eᵀb = 0",
    ),
    "basis cases with two conclusions": (
        lambda: basis([*BOTH, known(Implies(Equal(e, b), AB)), known(Implies(ORTHOGONAL, XY))], "cases", E, None),
        KernelError,
        "the two cases reach A = B\n  and X = Y",
    ),
    "basis cases of no vectors": (
        lambda: basis(
            [known(IN_E), known(TRUE), known(Implies(Equal(e, b), AB)), known(Implies(ORTHOGONAL, AB))],
            "cases",
            E,
            None,
        ),
        KernelError,
        "expected membership in the standard basis, found X = X",
    ),
    "basis cases across sizes": (
        lambda: basis(
            [
                known(IN_E),
                known(Member(low, StandardBasis(m))),
                known(Implies(Equal(e, b), AB)),
                known(Implies(ORTHOGONAL, AB)),
            ],
            "cases",
            E,
            None,
        ),
        KernelError,
        "expected a vector of E.n., but was given a ∈ E.m.",
    ),
    "total by an unknown law": (
        lambda: total([], "product", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "no law 'product' of sums for 0 premises",
    ),
    "total same without a statement": (
        lambda: total([known(for_vectors(t(e), t(e)))], "same", None, None, None, None),
        KernelError,
        "expected an equation, found None",
    ),
    "total same of no sum": (
        lambda: total([known(for_vectors(t(e), t(e)))], "same", Equal(t(e), sum_of(t(e))), None, None, None),
        KernelError,
        "expected a sum on the left",
    ),
    "total same against no sum": (
        lambda: total([known(for_vectors(t(e), t(e)))], "same", Equal(sum_of(t(e)), t(b)), None, None, None),
        KernelError,
        "expected a sum on the right",
    ),
    "total same over different sizes": (
        lambda: total([known(for_vectors(A, A))], "same", Equal(sum_of(A), Total(low, A)), None, None, None),
        KernelError,
        r"sums over different sets: E\(n\) and E\(m\)",
    ),
    "total same of nothing": (
        lambda: total([], "same", Equal(sum_of(t(e)), sum_of(t(e))), None, None, None),
        KernelError,
        "0 theorems were given for the law 'same'",
    ),
    "total same with a premise too many": (
        lambda: total(
            [known(for_vectors(t(e), t(e))), known(AB)], "same", Equal(sum_of(t(e)), sum_of(t(e))), None, None, None
        ),
        KernelError,
        "2 theorems were given for the law 'same'",
    ),
    "total same of unequal things": (
        lambda: total(
            [known(for_vectors(t(e), t(e)))], "same", Equal(sum_of(t(e)), sum_of(2 * t(e))), None, None, None
        ),
        KernelError,
        "the sum needs ∀ e ∈ E.n.",
    ),
    "total same at one vector": (
        lambda: total([known(Equal(t(e), 2 * t(e)))], "same", Equal(sum_of(t(e)), sum_of(2 * t(e))), None, None, None),
        KernelError,
        "the sum needs ∀ e ∈ E.n.",
    ),
    "total same under another condition": (
        lambda: total(
            [known(forall(e, implies(Equal(e, b), Equal(t(e), t(b)))))],
            "same",
            Equal(sum_of(t(e)), sum_of(t(b), c)),
            None,
            None,
            None,
        ),
        KernelError,
        "the sum needs ∀ e ∈ E.n.",
    ),
    "total same for another set": (
        lambda: total(
            [known(forall(low, implies(Member(low, StandardBasis(m)), Equal(A, B))))],
            "same",
            Equal(sum_of(A), sum_of(B)),
            None,
            None,
            None,
        ),
        KernelError,
        "the sum needs ∀ e ∈ E.n.",
    ),
    "total same of sides exchanged in the sum only": (
        lambda: total([known(for_vectors(t(e), t(b)))], "same", Equal(sum_of(t(e)), sum_of(t(b), b)), None, None, None),
        KernelError,
        "the sum needs",
    ),
    "total same that speaks of the other's vector": (
        lambda: total([known(for_vectors(t(e), t(e)))], "same", Equal(sum_of(t(e)), sum_of(t(e), b)), None, None, None),
        KernelError,
        "speaks of e, which the other sum binds: rename one of them",
    ),
    "total moved by anything": (
        lambda: total([known(for_vectors(t(e), t(P * e)))], "moved", Equal(sum_of(t(e)), sum_of(t(e))), P, None, None),
        KernelError,
        "1 theorems were given for the law 'moved'",
    ),
    "total moved without a shift": (
        lambda: total(
            [known(for_vectors(t(e), t(P * e))), known(Member(P, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(e))),
            None,
            None,
            None,
        ),
        KernelError,
        "expected a permutation, found None",
    ),
    "total moved by another matrix": (
        lambda: total(
            [known(for_vectors(t(e), t(P * e))), known(Member(T, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(e))),
            P,
            None,
            None,
        ),
        KernelError,
        r"the shift needs a theorem P ∈ S\(n\)",
    ),
    "total moved by an orthogonal matrix": (
        lambda: total(
            [known(for_vectors(t(e), t(P * e))), known(Member(P, MatrixGroup("O", n)))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(e))),
            P,
            None,
            None,
        ),
        KernelError,
        r"the shift needs a theorem P ∈ S\(n\)",
    ),
    "total moved by what is summed": (
        lambda: total(
            [known(for_vectors(t(e), t(TURN * e))), known(Member(TURN, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(e))),
            TURN,
            None,
            None,
        ),
        KernelError,
        "the shift .* depends on e",
    ),
    "total moved from the other side": (
        lambda: total(
            [known(for_vectors(t(e), t(P.T * e))), known(Member(P, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(e))),
            P,
            None,
            None,
        ),
        KernelError,
        "the sum needs",
    ),
    "total moved that speaks of the other's vector": (
        lambda: total(
            [known(for_vectors(t(e), t(P * e))), known(Member(P, S))],
            "moved",
            Equal(sum_of(t(e)), sum_of(t(P * e), b)),
            P,
            None,
            None,
        ),
        KernelError,
        "speaks of e, which the other sum binds",
    ),
    "total without a body": (
        lambda: total([], "swap", None, None, None, None),
        KernelError,
        "the summand as a function",
    ),
    "total of a term": (
        lambda: total([], "split", None, None, t(e), m),  # type: ignore[arg-type]
        KernelError,
        "expected the summand as a function",
    ),
    "total over matrices": (
        lambda: total([], "split", None, None, Lambda((X,), X), Size()),
        KernelError,
        "a sum runs over vectors, but X is d × n",
    ),
    "total over a vector and a matrix": (
        lambda: total([], "swap", None, None, Lambda((e, X), A), None),
        KernelError,
        "a sum runs over vectors, but X is d × n",
    ),
    "total sift of nothing": (
        lambda: total([], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "no law 'sift' of sums for 0 premises",
    ),
    "total sift of two": (
        lambda: total(BOTH, "sift", None, None, Lambda((c,), t(c)), None),
        KernelError,
        "no law 'sift' of sums for 2 premises",
    ),
    "total sift of two vectors": (
        lambda: total([known(IN_B)], "sift", None, None, Lambda((e, c), t(c)), None),
        KernelError,
        "no law 'sift' of sums for 1 premises",
    ),
    "total sift of any vector": (
        lambda: total([known(Equal(b, c))], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "expected membership in the standard basis, found b = c",
    ),
    "total sift of another size": (
        lambda: total([known(Member(low, StandardBasis(m)))], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        r"expected a vector of E\(n\), but was given a ∈ E\(m\)",
    ),
    "total sift of a permutation": (
        lambda: total([known(Member(P, S))], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        r"expected a vector of E\(n\), but was given P ∈ S\(n\)",
    ),
    "total sift of what is summed": (
        lambda: total([known(Member(P * e, E))], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "speaks of e, which the sum binds: rename one of them",
    ),
    "total split with a premise": (
        lambda: total([known(AB)], "split", None, None, Lambda((WIDE,), tall(WIDE)), n),
        KernelError,
        "no law 'split' of sums for 1 premises",
    ),
    "total split of two vectors": (
        lambda: total([], "split", None, None, Lambda((WIDE, e), tall(WIDE)), n),
        KernelError,
        "no law 'split' of sums for 0 premises",
    ),
    "total split without a size": (
        lambda: total([], "split", None, None, Lambda((WIDE,), tall(WIDE)), None),
        KernelError,
        "expected the size of the first part, found None",
    ),
    "total split at too much": (
        lambda: total([], "split", None, None, Lambda((WIDE,), tall(WIDE)), n + 1),
        KernelError,
        r"m \+ n is not n \+ 1 and something",
    ),
    "total split at another size": (
        lambda: total([], "split", None, None, Lambda((e,), t(e)), m),
        KernelError,
        "n is not m and something",
    ),
    "total swap of one": (
        lambda: total([], "swap", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "no law 'swap' of sums for 0 premises",
    ),
    "total swap of three": (
        lambda: total([], "swap", None, None, Lambda((e, b, c), t(e)), None),
        KernelError,
        "no law 'swap' of sums for 0 premises",
    ),
    "total swap with a premise": (
        lambda: total([known(AB)], "swap", None, None, Lambda((e, b), t(e)), None),
        KernelError,
        "no law 'swap' of sums for 1 premises",
    ),
    "cite without a name": (lambda: cite(XY, " "), KernelError, "a citation needs a name"),
    "cite a term": (lambda: cite(X, "a textbook"), KernelError, "expected a statement"),  # type: ignore[arg-type]
    "too large a statement": (lambda: _doubled(30), ShapeError, "larger than 200000 nodes"),
}


def _doubled(times: int) -> Theorem:
    theorem = assume(XY)
    for _ in range(times):
        theorem = conjoin(theorem, theorem)
    return theorem


@pytest.mark.parametrize("name", REFUSED)
def test_rule_refuses(name: str) -> None:
    make, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        make()


def test_averages_over_groups_of_other_sizes_are_different() -> None:
    other = Variable("P", m, m)
    body = Average(other, MatrixGroup("S", m), X)
    with pytest.raises(KernelError, match=r"averages over different groups: S\(n\) and S\(m\)"):
        average([known(for_permutations(X, X))], Equal(Average(P, S, X), body), "same", None)


def test_every_rule_has_a_refusal() -> None:
    assert {name.split()[0] for name in REFUSED} >= set(RULES)


# ---------------------------------------------------------------------------------------------------------------
# Hypotheses, assumptions and primitives travel

MARKS = [Equal(Variable(f"mark{i}", 2, i + 3), Zero(2, i + 3)) for i in range(3)]  # type: ignore[arg-type]
USES = [
    penrose(X, 1),
    induct(*induction(EVERY)),
    factorise(known(HAS), known(TRANSFER), [X.T * X], ["q"]),
]
NAMES = [PENROSE, "induction on a size", "choice"]


def marked(formula: Formula, index: int) -> Theorem:
    """The statement, under a hypothesis, an assumption and a primitive of its own."""
    theorem = cite(implies(MARKS[index], formula), f"assumption {index}")
    return detach(project(conjoin(theorem, USES[index]), 1), assume(MARKS[index]))


def premises(*formulas: Formula) -> list[Theorem]:
    return [marked(formula, index) for index, formula in enumerate(formulas)]


TRAVEL: dict[str, tuple[list[Formula], Callable[..., Theorem], set[str]]] = {
    "discharge": ([XY], lambda p: discharge(p, AB), set()),
    "detach": ([Implies(XY, AB), XY], detach, set()),
    "conjoin": ([XY, AB, TRUE], conjoin, set()),
    "project": ([And((XY, AB))], lambda p: project(p, 1), set()),
    "generalise": ([XY], lambda p: generalise(p, X), set()),
    "specialise": ([forall(X, XY)], lambda p: specialise(p, W), set()),
    "witness": ([XY], lambda p: witness(p, exists(W, Equal(W, Y)), X), set()),
    "choose": ([exists(W, Equal(W, X)), Implies(Equal(T, T), AB)], lambda p, q: choose(p, q, W), set()),
    "define": ([AB], lambda p: define(conjoin(p, after(DEFINED)), W), set()),
    "chain": ([XY, AB], lambda p, q: chain((A * X, A * Y, B * Y), (((p, False),), ((q, False),))), set()),
    "combine": (
        [XY, AB],
        lambda p, q: combine(Equal(A * X, B * Y), [p, q], [(scale(1), A, None), (scale(1), None, Y)]),
        set(),
    ),
    "restate": ([Equal(f(X), X), XY], lambda p, q: restate(p, Equal(f(Y), Y), ((q, False),)), set()),
    "induct": (
        [induction(EVERY)[0].conclusion, induction(EVERY)[1].conclusion],
        lambda p, q: induct(p, q, ForAll(nSize, EVERY)),
        {"induction on a size"},
    ),
    "factorise": ([HAS, TRANSFER], lambda p, q: factorise(p, q, [X.T * X], ["q"]), {"choice"}),
    "membership criterion": (
        [Equal(A.T * A, Id), Equal(A * A.T, Id)],
        lambda p, q: membership([p, q], "criterion", O, A),
        set(),
    ),
    "membership equations": ([Member(Q, O)], lambda p: membership([p], "equations", O, None), set()),
    "membership product": ([Member(Q, O), Member(R, O)], lambda p, q: membership([p, q], "product", O, None), set()),
    "membership subgroup": ([Member(Q, SO)], lambda p: membership([p], "subgroup", SO, None), set()),
    "average right": (
        [for_permutations(k(P), k(P * T)), Member(T, S)],
        lambda p, q: average([p, q], Equal(average_of(k(P)), average_of(k(P))), "right", T),
        {"finite group average"},
    ),
    "average same": (
        [for_permutations(k(P), k(P))],
        lambda p: average([p], Equal(average_of(k(P)), average_of(k(P))), "same", None),
        {"finite group average"},
    ),
    "average left": (
        [for_permutations(k(P), k(T * P)), Member(T, S)],
        lambda p, q: average([p, q], Equal(average_of(k(P)), average_of(k(P))), "left", T),
        {"finite group average"},
    ),
    "average inverse": (
        [for_permutations(k(P), k(P.T))],
        lambda p: average([p], Equal(average_of(k(P)), average_of(k(P))), "inverse", None),
        {"finite group average"},
    ),
    "membership inverse": ([Member(Q, O)], lambda p: membership([p], "inverse", O, None), set()),
    "basis unit": ([IN_E], lambda p: basis([p], "unit", E, None), {"standard basis"}),
    "basis moved": ([Member(P, S), IN_E], lambda p, q: basis([p, q], "moved", E, None), {"standard basis"}),
    "basis transposition": ([IN_E, IN_B], lambda p, q: basis([p, q], "transposition", E, None), {"standard basis"}),
    "basis first": ([IN_E], lambda p: basis([p], "first", E, m), {"standard basis"}),
    "basis last": ([IN_E], lambda p: basis([p], "last", E, m), {"standard basis"}),
    "basis cases": (
        [IN_E, Implies(Equal(e, b), AB), Implies(ORTHOGONAL, AB)],
        lambda p, q, r: basis([p, known(IN_B), q, r], "cases", E, None),
        {"standard basis"},
    ),
    "basis cases, second vector": (
        [IN_B],
        lambda p: basis(
            [known(IN_E), p, known(Implies(Equal(e, b), AB)), known(Implies(ORTHOGONAL, AB))], "cases", E, None
        ),
        {"standard basis"},
    ),
    "total same": (
        [for_vectors(t(e), t(e))],
        lambda p: total([p], "same", Equal(sum_of(t(e)), sum_of(t(e))), None, None, None),
        {"standard basis"},
    ),
    "total moved": (
        [for_vectors(t(e), t(P * e)), Member(P, S)],
        lambda p, q: total([p, q], "moved", Equal(sum_of(t(e)), sum_of(t(e))), P, None, None),
        {"standard basis"},
    ),
    "total sift": (
        [IN_B],
        lambda p: total([p], "sift", None, None, Lambda((e,), t(e)), None),
        {"standard basis"},
    ),
}


@pytest.mark.parametrize("name", TRAVEL)
def test_hypotheses_assumptions_and_primitives_travel(name: str) -> None:
    formulas, rule, own = TRAVEL[name]
    theorem = rule(*premises(*formulas))
    count = len(formulas)
    assert set(MARKS[:count]) <= set(theorem.hypotheses)
    assert {f"assumption {index}" for index in range(count)} <= theorem.assumptions
    assert theorem.primitives == {*NAMES[:count], *own}


def test_primitives_name_themselves() -> None:
    assert penrose(X, 1).primitives == {PENROSE}
    one_in, split = GIVES["basis one"][0](), GIVES["total split"][0]()
    assert one_in.primitives == split.primitives == GIVES["total swap"][0]().primitives == {BASIS}
    assert assume(XY).primitives == assume(XY).assumptions == frozenset()
    assert cite(XY, "Weyl 1939").assumptions == {"Weyl 1939"}


def test_a_hypothesis_stands_once() -> None:
    assert conjoin(assume(XY), assume(Equal(3 * Y, 3 * X))).hypotheses == (Equal(3 * Y, 3 * X),)


# ---------------------------------------------------------------------------------------------------------------
# Nothing else makes a theorem


def _fake(conclusion: Formula) -> Any:
    class Fake:
        hypotheses: tuple[Formula, ...] = ()
        assumptions: frozenset[str] = frozenset()
        primitives: frozenset[str] = frozenset()

    Fake.conclusion = conclusion  # type: ignore[attr-defined]
    return Fake()


FORGERIES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "constructor": (
        lambda: Theorem((), FALSE, frozenset(), frozenset()),
        KernelError,
        "only a rule of the kernel makes a theorem",
    ),
    "constructor with a key": (
        lambda: Theorem(object(), (), FALSE, frozenset(), frozenset()),
        KernelError,
        "only a rule",
    ),
    "constructor by name": (lambda: Theorem(conclusion=FALSE), KernelError, "only a rule"),
    "assignment": (lambda: setattr(assume(XY), "conclusion", FALSE), KernelError, "a theorem cannot be changed"),
    "deletion": (lambda: delattr(assume(XY), "hypotheses"), KernelError, "a theorem cannot be changed"),
    "new attribute": (lambda: setattr(assume(XY), "note", 1), KernelError, "a theorem cannot be changed"),
    "copy": (lambda: copy.copy(assume(XY)), KernelError, "not copied or pickled: replay its derivation"),
    "deepcopy": (lambda: copy.deepcopy(assume(XY)), KernelError, "not copied or pickled"),
    "pickle": (lambda: pickle.dumps(assume(XY)), KernelError, "not copied or pickled"),
    "replace": (lambda: dataclasses.replace(assume(XY), hypotheses=()), TypeError, "dataclass"),  # type: ignore[type-var]
    "subclass": (lambda: type("Better", (Theorem,), {}), KernelError, "a theorem has no subclasses"),
    "fake in detach": (
        lambda: detach(_fake(Implies(TRUE, FALSE)), chain((X, X), ((),))),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in chain": (lambda: chain((scale(1), scale(0)), (((_fake(Equal(a, a)), False),),)), KernelError, "."),
    "fake as an equation": (lambda: chain((X, Y), (((_fake(XY), False),),)), KernelError, "a premise is not a theorem"),
    "fake in combine": (
        lambda: combine(XY, [_fake(XY)], [(scale(1), None, None)]),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in conjoin": (lambda: conjoin(_fake(XY), assume(AB)), KernelError, "a premise is not a theorem"),
    "fake in specialise": (lambda: specialise(_fake(forall(X, XY)), Y), KernelError, "a premise is not a theorem"),
    "fake in project": (lambda: project(_fake(And((XY, AB))), 1), KernelError, "a premise is not a theorem"),
    "fake in restate": (lambda: restate(_fake(XY), XY, ()), KernelError, "a premise is not a theorem"),
    "fake in witness": (
        lambda: witness(_fake(XY), exists(W, Equal(W, Y)), X),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in choose": (
        lambda: choose(_fake(exists(W, Equal(W, X))), known(AB), W),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in generalise": (lambda: generalise(_fake(XY), X), KernelError, "a premise is not a theorem"),
    "fake in discharge": (lambda: discharge(_fake(XY), AB), KernelError, "a premise is not a theorem"),
    "fake in membership": (
        lambda: membership([_fake(Member(A, O))], "inverse", O, None),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in induct": (
        lambda: induct(_fake(induction(EVERY)[0].conclusion), induction(EVERY)[1], ForAll(nSize, EVERY)),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in factorise": (
        lambda: factorise(_fake(HAS), known(TRANSFER), [X.T * X], ["q"]),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in define": (
        lambda: define(_with_hypothesis(_fake(AB), DEFINED), W),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in average": (
        lambda: average([_fake(for_permutations(k(P), k(P)))], Equal(average_of(k(P)), average_of(k(P))), "same", None),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in basis": (lambda: basis([_fake(IN_E)], "unit", E, None), KernelError, "a premise is not a theorem"),
    "fake in basis cases": (
        lambda: basis([*BOTH, _fake(Implies(Equal(e, b), FALSE)), _fake(Implies(ORTHOGONAL, FALSE))], "cases", E, None),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in total": (
        lambda: total(
            [_fake(for_vectors(t(e), 2 * t(e)))], "same", Equal(sum_of(t(e)), sum_of(2 * t(e))), None, None, None
        ),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake in total sift": (
        lambda: total([_fake(IN_B)], "sift", None, None, Lambda((e,), t(e)), None),
        KernelError,
        "a premise is not a theorem",
    ),
    "fake as a lemma": (
        lambda: replay(
            Derivation("c", FALSE, (Step("1", "restate", ("lemma",), {"statement": FALSE, "links": ()}, (), FALSE),)),
            {"lemma": _fake(FALSE)},
        ),
        DerivationError,
        "a premise is not a theorem",
    ),
}


def _with_hypothesis(fake: Any, hypothesis: Formula) -> Any:
    fake.hypotheses = (hypothesis,)
    return fake


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery(name: str) -> None:
    make, error, message = FORGERIES[name]
    with pytest.raises(error, match=message):
        make()


def test_an_empty_theorem_says_nothing() -> None:
    empty = Theorem.__new__(Theorem)
    with pytest.raises(AttributeError, match="conclusion"):
        detach(empty, assume(XY))
    with pytest.raises(AttributeError):
        conjoin(empty, assume(XY))


# ---------------------------------------------------------------------------------------------------------------
# Replay


def step(name: str, rule: str, by: tuple[str, ...] = (), **arguments: Any) -> Step:
    return Step(name, rule, by, arguments)


def run(statement: Formula, *steps: Step, **options: Any) -> dict[str, Theorem]:
    return replay(Derivation("claim", statement, steps), options.pop("lemmas", {}), recorded=False, **options)


SAME = step("1", "chain", terms=(X, X), links=((),))
BAD_DERIVATIONS: dict[str, tuple[Callable[[], Any], type[SymmetryError], str]] = {
    "no steps": (lambda: run(TRUE), DerivationError, "a derivation without steps proves nothing"),
    "another statement": (lambda: run(XY, SAME), DerivationError, r"claim: proves X = X\n  but states X = Y"),
    "a hypothesis left": (
        lambda: run(XY, step("1", "assume", formula=XY)),
        DerivationError,
        "claim: proved only under X = Y",
    ),
    "unknown rule": (
        lambda: run(TRUE, step("1", "sorry")),
        DerivationError,
        "step 1: no rule 'sorry'; there are assume, discharge",
    ),
    "a private function": (lambda: run(TRUE, step("1", "_mint")), DerivationError, "no rule '_mint'"),
    "unknown argument": (
        lambda: run(TRUE, step("1", "assume", formula=XY, trust=1)),
        DerivationError,
        "do not fit the rule",
    ),
    "missing argument": (lambda: run(TRUE, step("1", "assume")), DerivationError, "do not fit the rule"),
    "premises as argument": (lambda: run(TRUE, step("1", "conjoin", by=())), DerivationError, "step 1 .conjoin."),
    "an argument named by": (
        lambda: run(TRUE, Step("1", "assume", (), {"by": (), "formula": XY})),
        DerivationError,
        "do not fit the rule",
    ),
    "too many premises": (
        lambda: run(TRUE, SAME, step("2", "assume", ("1",), formula=XY)),
        DerivationError,
        r"step 2 \(assume\): expected no premise, was given 1",
    ),
    "no premise": (
        lambda: run(TRUE, step("1", "generalise", symbol=X)),
        DerivationError,
        r"step 1 \(generalise\): expected one premise, was given 0",
    ),
    "a premise for a Penrose equation": (
        lambda: run(TRUE, SAME, step("2", "penrose", ("1",), term=X, index=1)),
        DerivationError,
        r"step 2 \(penrose\): expected no premise, was given 1",
    ),
    "a premise for a citation": (
        lambda: run(TRUE, SAME, Step("2", "cite", ("1",), {"formula": XY, "name": "a textbook"})),
        DerivationError,
        r"step 2 \(cite\): expected no premise, was given 1",
    ),
    "one premise of two": (
        lambda: run(TRUE, SAME, step("2", "choose", ("1",), symbol=X)),
        DerivationError,
        r"step 2 \(choose\): expected two premises, was given 1",
    ),
    "restate of nothing": (
        lambda: run(TRUE, step("1", "restate", statement=TRUE, links=())),
        DerivationError,
        "do not fit the rule",
    ),
    "a later step": (
        lambda: run(TRUE, step("1", "conjoin", ("2", "2")), step("2", "chain", terms=(X, X), links=((),))),
        CitationError,
        "'2' is neither",
    ),
    "itself": (
        lambda: run(TRUE, step("1", "conjoin", ("1", "1"))),
        CitationError,
        "'1' is neither an earlier step nor a lemma",
    ),
    "a missing lemma": (lambda: run(TRUE, step("1", "conjoin", ("gram", "gram"))), CitationError, "'gram' is neither"),
    "a name twice": (lambda: run(TRUE, SAME, SAME), DerivationError, "step name '1' is taken"),
    "a lemma's name": (
        lambda: run(TRUE, step("gram", "chain", terms=(X, X), links=((),)), lemmas={"gram": known(XY)}),
        DerivationError,
        "step name 'gram' is taken",
    ),
    "a name with a dot": (
        lambda: run(TRUE, step("1.1", "chain", terms=(X, X), links=((),))),
        DerivationError,
        "is taken or has a dot",
    ),
    "a part of an equation": (
        lambda: run(TRUE, SAME, step("2", "restate", ("1.1",), statement=TRUE, links=())),
        DerivationError,
        "step 2: expected a conjunction",
    ),
    "part 3 of 2": (
        lambda: run(
            TRUE, SAME, step("2", "conjoin", ("1", "1")), step("3", "restate", ("2.3",), statement=TRUE, links=())
        ),
        DerivationError,
        "step 3: no part 3",
    ),
    "part x": (
        lambda: run(
            TRUE, SAME, step("2", "conjoin", ("1", "1")), step("3", "restate", ("2.x",), statement=TRUE, links=())
        ),
        DerivationError,
        "step 3: no part 0",
    ),
    "an empty part": (
        lambda: run(
            TRUE, SAME, step("2", "conjoin", ("1", "1")), step("3", "restate", ("2.",), statement=TRUE, links=())
        ),
        DerivationError,
        "step 3: no part 0",
    ),
    "part 1 of nothing": (
        lambda: run(TRUE, step("1", "restate", (".1",), statement=TRUE, links=())),
        CitationError,
        "'' is neither",
    ),
    "a link to no premise": (
        lambda: run(TRUE, step("1", "chain", terms=(X, Y), links=(((0, 0),),))),
        DerivationError,
        "does not name a premise: there are 0",
    ),
    "a negative link": (
        lambda: run(TRUE, SAME, step("2", "chain", ("1",), terms=(X, Y), links=(((-1, 0),),))),
        DerivationError,
        "does not name a premise: there are 1",
    ),
    "a link in a third direction": (
        lambda: run(TRUE, SAME, step("2", "chain", ("1",), terms=(X, Y), links=(((0, 2),),))),
        DerivationError,
        "does not name a premise",
    ),
    "a link by name": (
        lambda: run(TRUE, SAME, step("2", "chain", ("1",), terms=(X, Y), links=((("1", 0),),))),
        DerivationError,
        "does not name a premise",
    ),
    "links that are numbers": (
        lambda: run(TRUE, SAME, step("2", "chain", ("1",), terms=(X, Y), links=(3,))),
        DerivationError,
        "do not fit the rule",
    ),
    "project as a step": (
        lambda: run(TRUE, SAME, step("2", "conjoin", ("1", "1")), step("3", "project", ("2",), index=1)),
        DerivationError,
        "step 3: no rule 'project'",
    ),
    "a size that is none": (
        lambda: run(TRUE, step("1", "total", law="split", body=Lambda((WIDE,), tall(WIDE)), size="n - 1")),
        DerivationError,
        r"step 1 \(total\): 'n - 1' is not a size",
    ),
    "a size below 0": (
        lambda: run(TRUE, step("1", "total", law="split", body=Lambda((WIDE,), tall(WIDE)), size=-1)),
        DerivationError,
        "a size lies between 0 and",
    ),
    "a size that is a matrix": (
        lambda: run(TRUE, step("1", "total", law="split", body=Lambda((WIDE,), tall(WIDE)), size=X)),
        DerivationError,
        "a size is a name or a natural number",
    ),
    "a size that is true": (
        lambda: run(TRUE, step("1", "total", law="split", body=Lambda((WIDE,), tall(WIDE)), size=True)),
        DerivationError,
        "a size is a name or a natural number",
    ),
    "a vector of a group": (
        lambda: run(TRUE, step("1", "basis", law="one", group=MatrixGroup("S", one))),
        DerivationError,
        r"step 1 \(basis\): expected a standard basis",
    ),
    "an identity of the standard basis": (
        lambda: run(TRUE, step("1", "membership", law="identity", group=StandardBasis(one))),
        DerivationError,
        r"step 1 \(membership\): expected a group",
    ),
    "Penrose over another field": (
        lambda: run(penrose(X, 1).conclusion, step("1", "penrose", term=X, index=1), ordered=False),
        DerivationError,
        r"step 1 \(penrose\): rests on the Penrose equations, which need an ordered field",
    ),
    "a lemma that rests on Penrose over another field": (
        lambda: run(TRUE, step("1", "conjoin", ("lemma", "lemma")), lemmas={"lemma": penrose(X, 1)}, ordered=False),
        DerivationError,
        "rests on the Penrose equations",
    ),
}


@pytest.mark.parametrize("name", BAD_DERIVATIONS)
def test_replay_refuses(name: str) -> None:
    make, error, message = BAD_DERIVATIONS[name]
    with pytest.raises(error, match=message):
        make()


def test_a_step_too_deep_for_the_stack_is_refused() -> None:
    nested: Term = X
    for _ in range(90):
        nested = f(nested)
    deep = step("1", "chain", terms=(nested, nested), links=((),))

    def with_frames_left(count: int) -> Any:
        frame, used = sys._getframe(), 0
        while frame is not None:
            frame, used = frame.f_back, used + 1  # type: ignore[assignment]
        return below(sys.getrecursionlimit() - used - count)

    def below(frames: int) -> Any:
        return below(frames - 1) if frames > 0 else kernel.apply(deep, ())

    with pytest.raises(DerivationError, match=r"step 1 \(chain\): nested too deeply"):
        with_frames_left(150)
    assert kernel.apply(deep, ()).conclusion == Equal(nested, nested)


def test_replay_gives_every_step() -> None:
    steps = (SAME, step("2", "conjoin", ("1", "lemma")), step("3", "restate", ("2.1",), statement=TRUE, links=()))
    theorems = run(TRUE, *steps, lemmas={"lemma": known(AB)})
    assert list(theorems) == ["1", "2", "3"] and theorems["3"].conclusion == TRUE
    assert run(TRUE, *steps[:1], ordered=False)["1"].conclusion == TRUE


def test_replay_compares_what_is_recorded() -> None:
    right = Step("1", "assume", (), {"formula": XY}, (XY,), XY)
    last = Step("2", "discharge", ("1",), {"formula": XY}, (), Implies(XY, XY))
    assert replay(Derivation("claim", Implies(XY, XY), (right, last)), {})["2"].hypotheses == ()
    for forged, message in (
        (dataclasses.replace(right, conclusion=AB), r"step 1: the file says A = B\n  but assume gives X = Y"),
        (dataclasses.replace(right, conclusion=None), "step 1: the file says None"),
        (dataclasses.replace(right, hypotheses=()), r"step 1: the file says hypotheses none\n  but assume gives X = Y"),
        (dataclasses.replace(right, hypotheses=(XY, AB)), "step 1: the file says hypotheses X = Y, A = B"),
    ):
        with pytest.raises(DerivationError, match=message) as refusal:
            replay(Derivation("claim", Implies(XY, XY), (forged, last)), {})
        assert refusal.value.step == "1"


def test_a_refusal_names_the_step_and_the_rule() -> None:
    with pytest.raises(DerivationError, match=r"step 2 \(generalise\): cannot generalise X") as refusal:
        run(TRUE, step("1", "assume", formula=XY), step("2", "generalise", ("1",), symbol=X))
    assert (refusal.value.step, refusal.value.rule) == ("2", "generalise")
    assert isinstance(refusal.value.__cause__, KernelError)


# Whole arguments that end in something false, each wrong in one place.

y2 = Variable("y2", 1, 1)
zero1, one1 = scale(0), scale(1)
BOGUS: dict[str, tuple[Formula, tuple[Step, ...], str]] = {
    "every number is 0: generalise under a hypothesis": (
        forall(y, Equal(y, zero1)),
        (step("1", "assume", formula=Equal(y, zero1)), step("2", "generalise", ("1",), symbol=y)),
        "generalise",
    ),
    "1 = 0: cancel a factor 0": (
        FALSE,
        (
            step("1", "chain", terms=(0 * one1, 0 * zero1), links=((),)),
            step("2", "combine", ("1",), statement=FALSE, multipliers=((one1, None, None),)),
        ),
        "combine",
    ),
    "1 = 0: s⁺s is not 1": (
        FALSE,
        (
            step("1", "penrose", term=zero1, index=1),
            step("2", "chain", ("1",), terms=(one1, pinv(zero1) * zero1, zero1), links=(((0, 0),), ())),
        ),
        "chain",
    ),
    "1 = 0: one value serves for all": (
        FALSE,
        (
            step("1", "chain", terms=(y, y), links=((),)),
            step("2", "witness", ("1",), statement=exists(a, Equal(y, a)), value=y),
            step("3", "generalise", ("2",), symbol=y),
            step("4", "assume", formula=forall(y, Equal(y, a))),
            step("5", "choose", ("3", "4"), symbol=a),
        ),
        "choose",
    ),
    "1 = 0: a function of less than it depends on": (
        FALSE,
        (
            step("1", "chain", terms=(y, y), links=((),)),
            step("2", "witness", ("1",), statement=exists(a, Equal(y, a)), value=y),
            step("3", "generalise", ("2",), symbol=y),
            step("4", "factorise", ("3", "3"), through=(0 * y,), names=("g",)),
        ),
        "factorise",
    ),
    "1 = 0: a number equal to its successor": (
        FALSE,
        (
            step("1", "assume", formula=Equal(y, y + one1)),
            step("2", "combine", ("1",), statement=FALSE, multipliers=((scale(-1), None, None),)),
            step("3", "define", ("2",), symbol=y),
        ),
        "define",
    ),
    "all matrices are 0: induction without a step": (
        ForAll(nSize, forall(X, Equal(X, Zero(d, n)))),
        (
            step("1", "chain", terms=(Variable("X", d, 0), Zero(d, Size())), links=((),)),
            step("2", "generalise", ("1",), symbol=Variable("X", d, 0)),
            step("3", "induct", ("2", "2"), statement=ForAll(nSize, forall(X, Equal(X, Zero(d, n))))),
        ),
        "induct",
    ),
    "every orthogonal matrix is a rotation": (
        forall(Q, implies(Member(Q, O), Member(Q, SO))),
        (
            step("1", "assume", formula=Member(Q, O)),
            step("2", "membership", ("1",), law="equations", group=O),
            step("3", "membership", ("2.1", "2.2"), law="criterion", group=SO, element=Q),
        ),
        "membership",
    ),
    "the mean of a function is its value": (
        Equal(average_of(k(P)), k(T)),
        (
            step("1", "assume", formula=Member(T, S)),
            step("2", "chain", terms=(average_of(k(P)), k(T)), links=((),)),
        ),
        "chain",
    ),
    "AB = BA: scalars commute, matrices do not": (
        Equal(A * B, B * A),
        (step("1", "chain", terms=(A * B, B * A), links=((),)),),
        "chain",
    ),
    "0 = 1 in a matrix with no entries, then in all": (
        forall(X, XY),
        (
            step("1", "chain", terms=(Variable("X", d, 0), Variable("Y", d, 0)), links=((),)),
            step("2", "generalise", ("1",), symbol=SizeVariable("n")),
            step("3", "restate", ("2",), statement=forall(X, XY), links=()),
        ),
        "restate",
    ),
    "1 = 0: a sum over no vectors is a sum over one": (
        FALSE,
        (
            step("1", "total", law="split", body=Lambda((Variable("w", 1, 1),), one1), size="1"),
            step("2", "chain", ("1",), terms=(one1, zero1), links=(((0, 0),),)),
        ),
        "chain",
    ),
    "every vector is of unit length": (
        forall(e, Equal(e.T * e, one1)),
        (
            step("1", "assume", formula=IN_E),
            step("2", "basis", ("1",), law="unit", group=E),
            step("3", "generalise", ("2",), symbol=e),
        ),
        "generalise",
    ),
    "any two vectors are equal or orthogonal": (
        Implies(IN_E, Equal((e.T * b) * (e - b), Zero(n, one))),
        (
            step("1", "assume", formula=IN_E),
            step("2", "basis", ("1", "1"), law="transposition", group=E),
            step("3", "chain", terms=((e.T * b) * (e - b), Zero(n, one)), links=((),)),
        ),
        "chain",
    ),
    "a function of a sum is the sum of the function": (
        Equal(sum_of(t(e)), t(sum_of(e))),
        (step("1", "chain", terms=(sum_of(t(e)), t(sum_of(e))), links=((),)),),
        "chain",
    ),
    "a sum of products is the product of sums": (
        Equal(sum_of(b.T * e, e) * sum_of(c.T * e, e), b.T * c),
        (step("1", "chain", terms=(sum_of(b.T * e, e) * sum_of(c.T * e, e), b.T * c), links=((),)),),
        "chain",
    ),
    "a summand that is right at one vector": (
        Equal(sum_of(t(e)), sum_of(t(b), e)),
        (
            step("1", "assume", formula=Equal(e, b)),
            step("2", "chain", ("1",), terms=(t(e), t(b)), links=(((0, 0),),)),
            step("3", "chain", ("2",), terms=(sum_of(t(e)), sum_of(t(b), e)), links=(((0, 0),),)),
        ),
        "chain",
    ),
    "a size is 1 because it may be": (
        Equal(X.T * X * Y.T, Y.T * X * X.T),
        (step("1", "chain", terms=(X.T * Y * Y.T * X, Y.T * X * X.T * Y), links=((),)),),
        "chain",
    ),
}


@pytest.mark.parametrize("name", BOGUS)
def test_bogus_argument_is_refused_where_it_is_wrong(name: str) -> None:
    statement, steps, rule = BOGUS[name]
    with pytest.raises(DerivationError) as refusal:
        replay(Derivation(name, statement, steps), {}, recorded=False)
    assert refusal.value.rule == rule
    assert refusal.value.step == steps[-1].name


def test_a_chosen_value_inside_the_factored_term_cannot_prove_one_equals_zero() -> None:
    """∀ y ∃ c. c = [y; 1], transferred along y·c₂ (which is y, since c₂ = 1), must not give g(y·c₂) for a free c."""
    with pytest.raises(KernelError, match="so a function of it is no function of the inputs"):
        _through_the_chosen()


# ---------------------------------------------------------------------------------------------------------------
# Optimised Python refuses the same

_CORPUS = """
import sys
sys.path.insert(0, {tests!r})
import test_kernel as t
for table in (t.REFUSED, t.FORGERIES, t.BAD_DERIVATIONS):
    for name, (make, *_) in table.items():
        try:
            print(name, "ACCEPTED", make())
        except Exception as error:
            print(name, type(error).__name__, error)
for name, (statement, steps, _) in t.BOGUS.items():
    try:
        print(name, "ACCEPTED", t.replay(t.Derivation(name, statement, steps), {{}}, recorded=False))
    except t.SymmetryError as error:
        print(name, type(error).__name__, error)
print(__debug__, file=sys.stderr)
"""


def test_optimised_python_refuses_exactly_the_same() -> None:
    program = _CORPUS.format(tests=str(Path(__file__).parent))
    plain, optimised = (
        subprocess.run([sys.executable, *flags, "-c", program], capture_output=True, text=True)
        for flags in ([], ["-O"])
    )
    assert (plain.returncode, optimised.returncode) == (0, 0), plain.stderr + optimised.stderr
    assert (plain.stderr.strip(), optimised.stderr.strip()) == ("True", "False")
    assert plain.stdout == optimised.stdout
    assert plain.stdout.count("\n") >= len(REFUSED) + len(FORGERIES) + len(BAD_DERIVATIONS) + len(BOGUS)
    assert "ACCEPTED" not in plain.stdout


# ---------------------------------------------------------------------------------------------------------------
# Random rules, and every theorem they give checked in finite models: 1 × 1 matrices modulo 3, and d = 0


class _Explorer:
    """Applies random rules to what was found before."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)
        self.x, self.y, self.z = self.variables = tuple(Variable(name, d, d) for name in "xyz")
        self.f = Function("f", ((d, d),), (d, d))
        self.writer = Writer(
            self.draw,
            self.variables,
            [self.f],
            [(d, d)],
            averages=False,
            pseudoinverses=False,
            blocks=False,
            numbers=(-1,),
        )
        self.pool: list[Theorem] = []

    def term(self, depth: int = 1) -> Term:
        return self.writer.term((d, d), depth)

    def some(self, kind: type = Formula) -> Theorem:
        return self.draw.choice([theorem for theorem in self.pool if isinstance(theorem.conclusion, kind)])

    def formula(self) -> Formula:
        """A statement, or a part of one that was met before."""
        draw = self.draw
        if not self.pool or draw.random() < 0.5:
            return self.writer.formula(2, quantified=self.variables)
        theorem = self.some()
        part = draw.choice([theorem.conclusion, *theorem.hypotheses])
        while draw.random() < 0.4:
            if isinstance(part, ForAll | Exists):
                part = part.body
            elif isinstance(part, Implies | And):
                part = draw.choice(part.parts if isinstance(part, And) else (part.premise, part.conclusion))
        return part

    def given(self, most: int = 2) -> tuple[tuple[Theorem, bool], ...]:
        equations = [theorem for theorem in self.pool if isinstance(theorem.conclusion, Equal)]
        chosen = self.draw.sample(equations, min(len(equations), self.draw.randint(1, most)))
        return tuple((theorem, self.draw.random() < 0.5) for theorem in chosen)

    def assume(self) -> Theorem:
        variable = self.draw.choice(self.variables)
        return assume(self.formula() if self.draw.random() < 0.6 else Equal(variable, self.term()))

    def discharge(self) -> Theorem:
        theorem = self.some()
        return discharge(theorem, self.draw.choice([*theorem.hypotheses, self.formula()]))

    def detach(self) -> Theorem:
        implication = self.some(Implies)
        assert isinstance(implication.conclusion, Implies)
        return detach(implication, assume(implication.conclusion.premise))

    def conjoin(self) -> Theorem:
        return conjoin(self.some(), self.some())

    def project(self) -> Theorem:
        return project(self.some(And), self.draw.randint(1, 2))

    def generalise(self) -> Theorem:
        return generalise(self.some(), self.draw.choice(self.variables))

    def specialise(self) -> Theorem:
        return specialise(self.some(ForAll), self.term())

    def witness(self) -> Theorem:
        theorem, old, new = self.some(), self.draw.choice(self.variables), self.draw.choice(self.variables)
        body = theorem.conclusion
        if isinstance(body, Equal) and self.draw.random() < 0.4:
            body = Equal(body.left, substitute(body.right, {old: new}))
        elif self.draw.random() < 0.7:
            body = substitute(body, {old: new})
        return witness(theorem, Exists(new, body), old if self.draw.random() < 0.7 else self.term())

    def choose(self) -> Theorem:
        existence, symbol = self.some(Exists), self.draw.choice(self.variables)
        rule = existence.conclusion
        assert isinstance(rule, Exists)
        theorem = assume(substitute(rule.body, {rule.variable: symbol}))
        if self.draw.random() < 0.6:
            theorem = conjoin(theorem, self.some())
        if self.draw.random() < 0.6:
            other = self.draw.choice(self.variables)
            theorem = witness(theorem, Exists(other, substitute(theorem.conclusion, {symbol: other})), symbol)
        return choose(existence, theorem, symbol)

    def define(self) -> Theorem:
        symbol: Any = self.draw.choice([*self.variables, self.f])
        if isinstance(symbol, Variable):
            definition: Formula = Equal(symbol, self.term())
        else:
            definition = forall(self.x, Equal(self.f(self.x), self.term()))
        theorem = conjoin(self.some(), assume(definition))
        return define(project(theorem, 1) if self.draw.random() < 0.7 else theorem, symbol)

    def chain(self) -> Theorem:
        given, start = self.given(), self.term(2)
        targets = [self.term() for _ in range(10)]
        for theorem, _ in given:
            equation = theorem.conclusion
            assert isinstance(equation, Equal)
            targets += [equation.left, equation.right, self.f(equation.right)]
            start = self.draw.choice([start, equation.left, self.f(equation.left)])
        self.draw.shuffle(targets)
        for target in targets:
            if target != start and canonical.same_term_modulo(start, target, kernel.equations.equations_of(given)):
                return chain((start, target), (given,))
        raise KernelError("nothing to be linked")

    def combine(self) -> Theorem:
        first, second = self.some(Equal), self.some(Equal)
        left = self.draw.choice([self.x, self.f(self.y)])
        one_side, other = first.conclusion, second.conclusion
        assert isinstance(one_side, Equal) and isinstance(other, Equal)
        sides = Equal(one_side.left + left * other.left, one_side.right + left * other.right)
        return combine(sides, [first, second], [(scale(1), None, None), (scale(1), left, None)])

    def restate(self) -> Theorem:
        given, theorem = self.given(1), self.some()
        equation = given[0][0].conclusion
        assert isinstance(equation, Equal)
        sides = (equation.right, equation.left) if given[0][1] else (equation.left, equation.right)
        return restate(theorem, replaced(theorem.conclusion, [sides]), given)

    def factorise(self) -> Theorem:
        source, output = self.draw.sample(self.variables, 2)
        twin = Variable("w", d, d)
        phi = Equal(output, self.term()) if self.draw.random() < 0.5 else self.formula()
        through = self.term()
        same = Equal(through, substitute(through, {source: twin}))
        moved = forall(source, twin, output, implies(same, phi, substitute(phi, {source: twin})))
        return factorise(assume(forall(source, exists(output, phi))), assume(moved), [through], ["g"])


MOVES = (
    "assume discharge detach conjoin project generalise generalise specialise witness choose choose define define "
    "chain chain combine restate factorise"
).split()


@pytest.mark.parametrize("part", range(4))
def test_theorems_of_random_rules_hold_in_finite_models(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "BUDGET", 60)
    monkeypatch.setattr(canonical, "WORK", 30_000)
    used: Counter[str] = Counter()
    for seed in range(3 * part, 3 * part + 3):
        explorer = _Explorer(seed)
        for _ in range(150):
            move = explorer.draw.choice(MOVES)
            try:
                theorem = getattr(explorer, move)()
            except (SymmetryError, IndexError):  # refused, or nothing to apply the rule to
                continue
            text = repr(theorem)
            if len(text) > 200 or text.count("∀") + text.count("∃") > 4:
                continue
            explorer.pool.append(theorem)
            used[move] += 1
            statement = implies(*theorem.hypotheses, theorem.conclusion)
            for size in (0, 1, 1, 1):
                model = random_model([statement], {"d": size}, explorer.draw, prime=3)
                assert holds(statement, model), (seed, move, theorem, model.values)
    assert set(used) >= {"assume", "choose", "generalise", "specialise", "witness", "define", "chain"}
    assert sum(used.values()) > 150
