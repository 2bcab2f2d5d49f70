"""Chapter 3. Weights are knowledge.

Take every weight of a network that lives in the embedding space as a column of Z: the rows of the matrices that read
tokens (queries, keys, values, hidden layers) and the columns of those that write (outputs, biases). What is read are
inner products, WX is a block of B = ZᵀX; whatever is done to them there, the result returns as a combination of Z:

    f(X, Z) = X + Z g₂(B), or Z g₂(B) without a residual connection.

So turning tokens and weights together turns the outputs, and what is read from them through Z does not change at all.
The content is the *joint* law: at one fixed Z of rank d the form restricts nothing, as the last claims say.

Run this file, or ``python -m derivations.knowledge``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.closure import of_the_form
from derivations.equivariants import F, g1, g2
from derivations.invariants import A, B, C, I, O, Q, X, Z, d, for_orthogonal, k, m, n, one, p, q
from symmetry.formulas import And, Equal, Member, exists, forall, implies
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import Function, Identity, Lambda, Term, Total, Variable, Zero, hstack, pinv, vstack

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.knowledge", "derivations.variants.knowledge"
SOURCE = "elementary; Ma and Ying 2022 for the role of the knowledge"

# ---------------------------------------------------------------------------------------------------------------

V, U = Variable("V", d, p), Variable("U", d, q)
Phi = Function("Φ", ((p, n),), (q, n))
READ = hstack(V, U).T * X


@claim(
    "weights-as-knowledge",
    "A layer U Φ(VᵀX) that reads and writes with its weights turns with tokens and weights, whatever Φ is",
    number="3.3",
    sizes=({"d": 4, "n": 2, "p": 1, "q": 3}, {"d": 2, "n": 3, "p": 4, "q": 1}),
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def weights_as_knowledge(proof: Proof) -> None:
    turns = for_orthogonal(forall(X, V, U, Equal(Q * U * Phi((Q * V).T * (Q * X)), Q * (U * Phi(V.T * X)))))
    upper = hstack(Identity(p), Zero(p, q))
    written = hstack(V, U) * vstack(Zero(p, n), Phi(upper * READ))
    form = forall(X, V, U, Equal(U * Phi(V.T * X), written))
    proof.states(forall(Phi, And((turns, form))))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    same = proof.equal(
        Q * U * Phi((Q * V).T * (Q * X)),
        Q * (U * Phi(V.T * X)),
        [orthogonal[1]],
        "what is read are inner products; what is written turns with the weights",
    )
    first = proof.close(same, U, V, X, member, Q)
    value = proof.equal(U * Phi(V.T * X), written, [], "with Z = [V U] it is Z g₂(ZᵀX), and g₁ = 0")
    proof.close(proof.both(first, proof.close(value, U, V, X)), Phi)


# ---------------------------------------------------------------------------------------------------------------

H = Size.of("H")
h = Variable("h", H, one)
# In head h, queries are read with the columns Z J₁(h) of the knowledge, keys with Z J₂(h) and values with Z J₃(h); the
# result is written with Z J₄(h).
J1, J2, J3, J4 = (Function(f"J{index}", ((H, one),), (m, k)) for index in "₁₂₃₄")
nu = Function("ν", ((n, n), (H, one)), (n, n))


def heads(read: Term, write: Term | None = None) -> Term:
    """Σ J₄ (J₃ᵀM) ν((J₂ᵀM)ᵀ(J₁ᵀM)) over the heads, M being what is read; Z J₄ in the place of J₄, if Z is given."""
    queries, keys, values = J1(h).T * read, J2(h).T * read, J3(h).T * read
    columns = J4(h) if write is None else write * J4(h)
    return Total(h, columns * values * nu(keys.T * queries, h))


HEADS = Total(h, Z * J4(h) * (Z * J3(h)).T * X * nu(((Z * J2(h)).T * X).T * ((Z * J1(h)).T * X), h))


@claim(
    "multi-head-as-knowledge",
    "Multi-head attention with its weights among the columns of Z is Z g₂(B), a combination of its output weights",
    number="3.3h",
    sizes=({"d": 4, "n": 2, "m": 1, "k": 5, "H": 3}, {"d": 2, "n": 1, "m": 3, "k": 4, "H": 5}),
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def multi_head_as_knowledge(proof: Proof) -> None:
    proof.states(forall(nu, J1, J2, J3, J4, X, Z, Equal(HEADS, Z * heads(B))))
    line = proof.chain(
        HEADS,
        (heads(B, Z), [], "queries, keys and values are inner products of tokens and weights"),
        (Z * heads(B), [], "what is written is a combination of weights"),
    )
    proof.close(line, Z, X, J4, J3, J2, J1, nu)


# ---------------------------------------------------------------------------------------------------------------

R = Function("R", ((n, one),), (k, k))
i, j = Variable("i", n, one), Variable("j", n, one)
W1, W2, W3, W4 = (Variable(f"W{index}", d, k) for index in "₁₂₃₄")
plain = Function("ν", ((n, n),), (n, n))


def placed(vectors: Term) -> Term:
    """Each column, one for each position, multiplied by the matrix R of its position."""
    return Total(i, R(i) * vectors * i * i.T)


def rotary(tokens: Term, *weights: Term) -> Term:
    """W₄ (W₃ᵀX) ν(KᵀQ) with queries and keys that were turned by their positions"""
    queries, keys, values = (weight.T * tokens for weight in weights[:3])
    return weights[3] * values * plain(placed(keys).T * placed(queries))


@claim(
    "rotary-attention",
    "Rotary and other relative positions act on queries and keys, which are invariants: the symmetry stays",
    number="3.3r",
    sizes=({"d": 4, "n": 2, "k": 3}, {"d": 2, "n": 3, "k": 4}),
    source="Su et al. 2021 for rotary positions; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def rotary_attention(proof: Proof) -> None:
    weights = W1, W2, W3, W4
    turned = rotary(Q * X, *(Q * weight for weight in weights))
    proof.states(forall(plain, R, for_orthogonal(forall(X, *weights, Equal(turned, Q * rotary(X, *weights))))))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    line = proof.equal(
        turned,
        Q * rotary(X, *weights),
        [orthogonal[1]],
        "queries, keys and values do not change, so neither does what positions make of them",
    )
    proof.close(line, *reversed(weights), X, member, Q, R, plain)


# ---------------------------------------------------------------------------------------------------------------

rho = Function("ρ", ((one, one),), (one, one))
W_in, W_out, w_out = Variable("W₁", d, p), Variable("W₂", d, p), Variable("w", d, one)
bias = Variable("c", p, one)
unit = Variable("i", p, one)
ROW = Total(j, j.T)  # a row of ones


def entrywise(matrix: Term) -> Term:
    """ρ of each entry of a matrix with p rows and n columns."""
    return Total(unit, Total(j, unit * rho(unit.T * matrix * j) * j.T))


ALL = hstack(W_in, W_out, w_out)
MLP = W_out * entrywise(W_in.T * X + bias * ROW) + w_out * ROW
FIRST = hstack(Identity(p), Zero(p, p), Zero(p, one))
MLP_WRITTEN = ALL * vstack(Zero(p, n), entrywise(FIRST * (ALL.T * X) + bias * ROW), ROW)


@claim(
    "mlp",
    "A hidden layer with any nonlinearity and biases is Z g₂(B), its weights and its output bias the columns of Z",
    number="3.3m",
    sizes=({"d": 4, "n": 2, "p": 1}, {"d": 2, "n": 3, "p": 4}),
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def mlp(proof: Proof) -> None:
    proof.states(forall(rho, bias, X, W_in, W_out, w_out, Equal(MLP, MLP_WRITTEN)))
    line = proof.equal(
        MLP, MLP_WRITTEN, [], "hidden units read inner products; outputs and the output bias are combinations of Z"
    )
    proof.close(line, w_out, W_out, W_in, X, bias, rho)


# ---------------------------------------------------------------------------------------------------------------


@claim(
    "read-out",
    "What is read through Z from a function of the form is B g₁ + C g₂, and does not change when the space is turned",
    number="3.3o",
    sizes=({"d": 4, "n": 2, "m": 1, "k": 3}, {"d": 2, "n": 1, "m": 3, "k": 4}),
    source="Ashkboos et al. 2024 (SliceGPT, QuaRot) and Liu et al. 2024 (SpinQuant) for its use; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def read_out(proof: Proof) -> None:
    form = of_the_form(F, g1, g2)
    value = Equal(Z.T * F(X, Z), B * g1(A, B, C) + C * g2(A, B, C))
    same = Equal((Q * Z).T * F(Q * X, Q * Z), Z.T * F(X, Z))
    proof.states(forall(F, g1, g2, implies(form, And((forall(X, Z, value), for_orthogonal(forall(X, Z, same)))))))
    given = proof.suppose(form, "f is of the form: a whole network may be")
    here = proof.at(given, X, Z)
    read = proof.equal(value.left, value.right, [here], "inner products with X and with Z")
    first = proof.close(read, Z, X)
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    there = proof.at(given, Q * X, Q * Z)
    line = proof.chain(
        same.left,
        ((Q * Z).T * there.formula.right, [there], "read the turned outputs with the turned knowledge"),
        (B * g1(A, B, C) + C * g2(A, B, C), [orthogonal[1]], "inner products again, which do not change"),
        (same.right, [here], "so it is what was read before"),
    )
    second = proof.close(line, Z, X, member, Q)
    proof.close(proof.both(first, second), given, g2, g1, F)


# ---------------------------------------------------------------------------------------------------------------

any_map = Function("F", ((d, n),), (d, n))
coefficient = Function("g", ((m, n),), (m, n))
FULL = Equal(Z * pinv(Z), I)


@claim(
    "knowledge-of-full-rank",
    "At one fixed Z of rank d the form says nothing: every function of the tokens is Z g(ZᵀX)",
    number="3.3v",
    sizes=({"d": 2, "n": 1, "m": 3}, {"d": 3, "n": 2, "m": 4}, {"d": 4, "n": 1, "m": 5}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def knowledge_of_full_rank(proof: Proof) -> None:
    form = exists(coefficient, forall(X, Equal(any_map(X), Z * coefficient(B))))
    proof.states(forall(Z, implies(FULL, forall(any_map, form))))
    full = proof.suppose(FULL, "the knowledge spans the whole space")
    symmetric = proof.penrose(Z, 3)
    back = proof.chain(
        pinv(Z).T * B,
        ((Z * pinv(Z)).T * X, [], "the transpose of a product"),
        (X, [symmetric, full], "so the tokens can be computed from their inner products with the knowledge"),
    )
    b = Variable("B", m, n)
    law = Lambda((b,), pinv(Z) * any_map(pinv(Z).T * b))
    line = proof.chain(
        any_map(X),
        (any_map(pinv(Z).T * B), [back], "compute the tokens from B"),
        (Z * law(B), [full], "and write the result as a combination of the knowledge"),
    )
    proof.close(proof.witness(proof.close(line, X), form, law), any_map, full, Z)


# ---------------------------------------------------------------------------------------------------------------

E = Variable("E", d, d)
framed = Function("f", ((d, n), (d, d)), (d, n))
FRAMED = And(
    (
        for_orthogonal(forall(X, E, Equal(framed(Q * X, Q * E), Q * framed(X, E)))),
        forall(X, Equal(framed(X, I), any_map(X))),
    )
)


@claim(
    "frame",
    "With a frame among the knowledge every function of the tokens extends to an equivariant one",
    number="3.3w",
    sizes=({"d": 2, "n": 1}, {"d": 1, "n": 3}, {"d": 3, "n": 2}),
    sampled=SAMPLED,
    variants=VARIANTS,
)
def frame(proof: Proof) -> None:
    proof.states(forall(any_map, exists(framed, FRAMED)))
    law = Lambda((X, E), E * any_map(E.T * X))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    turns = proof.equal(law(Q * X, Q * E), Q * law(X, E), [orthogonal[1]], "E F(EᵀX) turns with tokens and frame")
    same = proof.equal(law(X, I), any_map(X), [], "and is F where the frame is the standard one")
    facts = proof.both(proof.close(turns, E, X, member, Q), proof.close(same, X))
    proof.close(proof.witness(facts, exists(framed, FRAMED), law), any_map)


CLAIMS = (
    weights_as_knowledge,
    multi_head_as_knowledge,
    rotary_attention,
    mlp,
    read_out,
    knowledge_of_full_rank,
    frame,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
