"""The laws of the sets that a statement can name: matrix groups, and the standard basis."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.canonical import same_formula
from symmetry.errors import KernelError
from symmetry.formulas import And, Equal, Implies, Member
from symmetry.kernel.theorem import BASIS, Theorem, hypotheses_of, mint, need
from symmetry.sizes import Size
from symmetry.terms import Identity, MatrixGroup, Number, StandardBasis, Term, Zero, vstack


def membership(theorems: Sequence[Theorem], law: str, kind: MatrixGroup, element: Term | None) -> Theorem:
    """A law of a matrix group.

    ``equations``: from Q ∈ G get QᵀQ = I ∧ QQᵀ = I; ``criterion``: the converse, for O(d) alone; ``subgroup``: from
    membership in SO(d) or S(d) get membership in O(d); ``identity``: I ∈ G; ``product``: from P, R ∈ G get PR ∈ G;
    ``inverse``: from Q ∈ G get Qᵀ ∈ G. ``element`` is the matrix of the criterion, and unused otherwise.
    """
    need(kind, MatrixGroup, "a group")
    if law == "criterion":
        if kind.name != "O":
            raise KernelError(f"an orthogonal matrix need not be in {kind}: the criterion is for O({kind.size})")
        matrix = need(element, Term, "a matrix")
        one = Identity(kind.size)
        wanted = (Equal(matrix.T * matrix, one), Equal(matrix * matrix.T, one))
        if len(theorems) != 2 or not all(same_formula(t.conclusion, w) for t, w in zip(theorems, wanted)):
            given = ", ".join(str(theorem.conclusion) for theorem in theorems)
            raise KernelError(f"{matrix} ∈ {kind} needs {wanted[0]} and {wanted[1]}\n  but was given {given}")
        return mint(hypotheses_of(theorems), Member(matrix, kind), theorems)
    members = [need(theorem.conclusion, Member, "membership in a group") for theorem in theorems]
    for member in members:
        if member.group != kind:
            raise KernelError(f"expected an element of {kind}, but was given {member}")
    elements = [member.element for member in members]
    target, conclusion = kind, None
    if law == "identity" and not elements:
        conclusion = Identity(kind.size)
    elif law == "product" and len(elements) == 2:
        conclusion = elements[0] * elements[1]
    elif law == "inverse" and len(elements) == 1:
        conclusion = elements[0].T
    elif law == "subgroup" and len(elements) == 1 and kind.name in ("SO", "S"):
        target, conclusion = MatrixGroup("O", kind.size), elements[0]
    elif law == "equations" and len(elements) == 1:
        (matrix,), one = elements, Identity(kind.size)
        pair = And((Equal(matrix.T * matrix, one), Equal(matrix * matrix.T, one)))
        return mint(hypotheses_of(theorems), pair, theorems)
    if conclusion is None:
        raise KernelError(f"no law {law!r} of {kind} for {len(elements)} elements")
    return mint(hypotheses_of(theorems), Member(conclusion, target), theorems)


def basis(theorems: Sequence[Theorem], law: str, kind: StandardBasis, size: Size | None) -> Theorem:
    """A law of the standard basis E(n); e and b are vectors of it.

    ``one``: 1 ∈ E(1); ``unit``: eᵀe = 1; ``moved``: from P ∈ S(n) and e get Pe ∈ E(n); ``transposition``: from e and b
    get I − (e − b)(e − b)ᵀ ∈ S(n); ``first`` and ``last``: [e; 0] ∈ E(n + size) and [0; e] ∈ E(size + n); ``cases``:
    from e, b, e = b ⇒ φ and eᵀb = 0 ⇒ φ get φ.
    """
    need(kind, StandardBasis, "a standard basis")
    one = Number(1)  # type: ignore[arg-type]
    if law == "one" and not theorems and kind.size.is_one:
        return mint((), Member(one, kind), (), BASIS)
    if law == "moved" and len(theorems) == 2:
        turn = need(theorems[0].conclusion, Member, "a permutation")
        if turn.group != MatrixGroup("S", kind.size):
            raise KernelError(f"expected an element of S({kind.size}), but was given {turn}")
        vector = _vector(theorems[1], kind)
        return mint(hypotheses_of(theorems), Member(turn.element * vector, kind), theorems, BASIS)
    vectors = [_vector(theorem, kind) for theorem in theorems[:2]]
    if law == "unit" and len(theorems) == 1:
        return mint(hypotheses_of(theorems), Equal(vectors[0].T * vectors[0], one), theorems, BASIS)
    if law in ("first", "last") and len(theorems) == 1:
        rest = Zero(need(size, Size, "the number of further rows"), Size((), 1))
        longer = vstack(vectors[0], rest) if law == "first" else vstack(rest, vectors[0])
        return mint(hypotheses_of(theorems), Member(longer, StandardBasis(longer.rows)), theorems, BASIS)
    if law == "transposition" and len(theorems) == 2:
        gap = vectors[0] - vectors[1]
        swap = Identity(kind.size) - gap * gap.T
        return mint(hypotheses_of(theorems), Member(swap, MatrixGroup("S", kind.size)), theorems, BASIS)
    if law == "cases" and len(theorems) == 4:
        same, apart = (need(theorem.conclusion, Implies, "an implication") for theorem in theorems[2:])
        wanted = (Equal(vectors[0], vectors[1]), Equal(vectors[0].T * vectors[1], Zero(one.rows, one.cols)))
        for case, premise in zip((same, apart), wanted):
            if not same_formula(case.premise, premise):
                raise KernelError(f"this case needs the premise {premise}\n  but was given {case.premise}")
        if not same_formula(same.conclusion, apart.conclusion):
            raise KernelError(f"the two cases reach {same.conclusion}\n  and {apart.conclusion}")
        return mint(hypotheses_of(theorems), same.conclusion, theorems, BASIS)
    raise KernelError(f"no law {law!r} of {kind} for {len(theorems)} premises")


def _vector(theorem: Theorem, kind: StandardBasis) -> Term:
    member = need(theorem.conclusion, Member, "membership in the standard basis")
    if member.group != kind:
        raise KernelError(f"expected a vector of {kind}, but was given {member}")
    return member.element  # type: ignore[no-any-return]
