"""The laws of the sets that a statement can name: matrix groups."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.canonical import same_formula
from symmetry.errors import KernelError
from symmetry.formulas import And, Equal, Member
from symmetry.kernel.theorem import Theorem, hypotheses_of, mint, need
from symmetry.terms import Identity, MatrixGroup, Term


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
