"""Means over finite groups, and sums over the standard basis."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.canonical import same_formula
from symmetry.errors import KernelError
from symmetry.formulas import Equal, Member, forall, implies
from symmetry.kernel.theorem import AVERAGE, BASIS, Theorem, hypotheses_of, mint, need
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.syntax import symbol_names
from symmetry.terms import Average, Lambda, MatrixGroup, StandardBasis, Term, Total, Variable, Zero, vstack


def average(theorems: Sequence[Theorem], statement: Equal, law: str, shift: Term | None) -> Theorem:
    """avg s(P) = avg t(P), from ∀P ∈ G. s(P) = t(P R), or t(R P) for an R ∈ G, or t(Pᵀ), or t(P).

    ``law`` is ``right``, ``left``, ``inverse`` or ``same``; ``shift`` is R, and a second theorem says that R ∈ G.
    """
    left = need(need(statement, Equal, "an equation").left, Average, "an average on the left")
    right = need(statement.right, Average, "an average on the right")
    element = left.variable
    image: Term = element
    if law in ("left", "right"):
        image = element * need(shift, Term, "a shift") if law == "right" else need(shift, Term, "a shift") * element
        if len(theorems) != 2 or not same_formula(theorems[1].conclusion, Member(shift, left.group)):  # type: ignore[arg-type]
            raise KernelError(f"the shift needs a theorem {shift} ∈ {left.group}")
        if element.name in symbol_names(shift):
            raise KernelError(f"the shift {shift} depends on {element}")
    elif law == "inverse":
        image = element.T
    elif law != "same":
        raise KernelError(f"unknown re-indexing {law!r}: expected left, right, inverse or same")
    if element.name in symbol_names(right):
        raise KernelError(f"{right} speaks of {element}, which the other average binds: rename one of them")
    if left.group != right.group:
        raise KernelError(f"averages over different groups: {left.group} and {right.group}")
    if len(theorems) != (2 if law in ("left", "right") else 1):
        raise KernelError(f"{len(theorems)} theorems were given for re-indexing {law!r}")
    moved = substitute(right.body, {right.variable: image})
    wanted = forall(element, implies(Member(element, left.group), Equal(left.body, moved)))
    if not same_formula(theorems[0].conclusion, wanted):
        raise KernelError(f"the average needs {wanted}\n  but was given {theorems[0].conclusion}")
    return mint(hypotheses_of(theorems), statement, theorems, AVERAGE)


def total(
    theorems: Sequence[Theorem],
    law: str,
    statement: Equal | None,
    shift: Term | None,
    body: Lambda | None,
    size: Size | None,
) -> Theorem:
    """A law of sums over E(n).

    ``same``: Σ s(e) = Σ t(e), from ∀e ∈ E(n). s(e) = t(e); ``moved``: Σ s(e) = Σ t(e), from ∀e ∈ E(n). s(e) = t(P e)
    and P ∈ S(n); these two prove the ``statement``. For a ``body`` e ↦ t(e): ``sift``: Σ (eᵀb) t(e) = t(b), from
    b ∈ E(n); ``split``: the sum over E(size + k) is that of t([a; 0]) over E(size) and of t([0; c]) over E(k);
    ``swap``, for a body (a, b) ↦ t(a, b): Σₐ Σ_b t = Σ_b Σₐ t.
    """
    if law in ("same", "moved"):
        return _reindexed(theorems, need(statement, Equal, "an equation"), law, shift)
    function = need(body, Lambda, "the summand as a function")
    for parameter in function.parameters:
        if not parameter.cols.is_one:
            raise KernelError(f"a sum runs over vectors, but {parameter} is {parameter.rows} × {parameter.cols}")
    conclusion = None
    if law == "sift" and len(theorems) == 1 and len(function.parameters) == 1:
        (vector,) = function.parameters
        member = need(theorems[0].conclusion, Member, "membership in the standard basis")
        if member.group != StandardBasis(vector.rows):
            raise KernelError(f"expected a vector of {StandardBasis(vector.rows)}, but was given {member}")
        if vector.name in symbol_names(member):
            raise KernelError(f"{member} speaks of {vector}, which the sum binds: rename one of them")
        conclusion = Equal(Total(vector, (vector.T * member.element) * function.body), function(member.element))
    elif law == "split" and not theorems and len(function.parameters) == 1:
        (vector,) = function.parameters
        first = need(size, Size, "the size of the first part")
        rest = vector.rows.minus(first)
        if rest is None:
            raise KernelError(f"{vector.rows} is not {first} and something")
        upper, lower = Variable(vector.name, first, vector.cols), Variable(vector.name, rest, vector.cols)
        parts = (
            Total(upper, function(vstack(upper, Zero(rest, vector.cols)))),
            Total(lower, function(vstack(Zero(first, vector.cols), lower))),
        )
        conclusion = Equal(Total(vector, function.body), parts[0] + parts[1])
    elif law == "swap" and not theorems and len(function.parameters) == 2:
        one, other = function.parameters
        conclusion = Equal(Total(one, Total(other, function.body)), Total(other, Total(one, function.body)))
    if conclusion is None:
        raise KernelError(f"no law {law!r} of sums for {len(theorems)} premises and {function}")
    return mint(hypotheses_of(theorems), conclusion, theorems, BASIS)


def _reindexed(theorems: Sequence[Theorem], statement: Equal, law: str, shift: Term | None) -> Theorem:
    left = need(statement.left, Total, "a sum on the left")
    right = need(statement.right, Total, "a sum on the right")
    vector = left.variable
    if left.basis != right.basis:
        raise KernelError(f"sums over different sets: {left.basis} and {right.basis}")
    if len(theorems) != (2 if law == "moved" else 1):
        raise KernelError(f"{len(theorems)} theorems were given for the law {law!r}")
    image: Term = vector
    if law == "moved":
        image = need(shift, Term, "a permutation") * vector
        if not same_formula(theorems[1].conclusion, Member(shift, MatrixGroup("S", vector.rows))):  # type: ignore[arg-type]
            raise KernelError(f"the shift needs a theorem {shift} ∈ S({vector.rows})")
        if vector.name in symbol_names(shift):
            raise KernelError(f"the shift {shift} depends on {vector}")
    if vector.name in symbol_names(right):
        raise KernelError(f"{right} speaks of {vector}, which the other sum binds: rename one of them")
    wanted = forall(
        vector, implies(Member(vector, left.basis), Equal(left.body, substitute(right.body, {right.variable: image})))
    )
    if not same_formula(theorems[0].conclusion, wanted):
        raise KernelError(f"the sum needs {wanted}\n  but was given {theorems[0].conclusion}")
    return mint(hypotheses_of(theorems), statement, theorems, BASIS)
