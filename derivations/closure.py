"""Chapter 3. The form X g₁ + Z g₂ is closed under what networks do.

Call a function of tokens X and knowledge Z *of the form* where f(X, Z) = X g₁ + Z g₂, with g₁ and g₂ functions of the
inner products A = XᵀX, B = ZᵀX, C = ZᵀZ. By chapter 2 these are the equivariant functions. Here is what may be done to
them without leaving the form, each time with the new g₁ and g₂ written out: add them (heads, residual connections),
change their coefficients in any way (masks, position biases, other normalisations), and put one after another (depth).

Run this file, or ``python -m derivations.closure``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.equivariants import F, g1, g2
from derivations.invariants import A, B, C, O, Q, X, Z, d, for_orthogonal, k, m, n, one, q
from symmetry.formulas import Equal, Formula, Member, forall, implies
from symmetry.registry import claim
from symmetry.sizes import Size
from symmetry.terms import Function, Identity, Number, Term, Total, Variable

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.closure", "derivations.variants.closure"
SOURCE = "elementary; Ma and Ying 2022 for its use"


def coefficients(names: str, tokens: Size, outputs: Size) -> tuple[Function, Function]:
    """g₁ and g₂ for this many tokens and outputs: functions of XᵀX, ZᵀX, ZᵀZ."""
    first, second = names.split()
    blocks = ((tokens, tokens), (m, tokens), (m, m))
    return Function(first, blocks, (tokens, outputs)), Function(second, blocks, (m, outputs))


def of_the_form(f: Function, first: Function, second: Function) -> Formula:
    """∀ X, Z. f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)"""
    tokens = Variable("X", *f.domain[0])
    blocks = (tokens.T * tokens, Z.T * tokens, C)
    return forall(tokens, Z, Equal(f(tokens, Z), tokens * first(*blocks) + Z * second(*blocks)))


# ---------------------------------------------------------------------------------------------------------------

H = Function("h", ((d, n), (d, m)), (d, k))
h1, h2 = coefficients("h₁ h₂", n, k)
M, K = (Function(name, ((n, n), (m, n), (m, m)), (k, q)) for name in "MK")
SIZES = ({"d": 4, "n": 2, "m": 1, "k": 3, "q": 5}, {"d": 2, "n": 1, "m": 3, "k": 4, "q": 5})
SUM = F(X, Z) * M(A, B, C) + H(X, Z) * K(A, B, C)
SUMMED = X * (g1(A, B, C) * M(A, B, C) + h1(A, B, C) * K(A, B, C)) + Z * (
    g2(A, B, C) * M(A, B, C) + h2(A, B, C) * K(A, B, C)
)


@claim(
    "closed-under-sums",
    "Sums of functions of the form are of the form, also with invariant matrices on their right: heads, residuals",
    number="3.2s",
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def closed_under_sums(proof: Proof) -> None:
    one_form, other_form = of_the_form(F, g1, g2), of_the_form(H, h1, h2)
    proof.states(forall(F, H, g1, g2, h1, h2, M, K, implies(one_form, other_form, forall(X, Z, Equal(SUM, SUMMED)))))
    first = proof.suppose(one_form, "f is of the form")
    second = proof.suppose(other_form, "and so is h")
    line = proof.chain(
        SUM,
        (
            (X * g1(A, B, C) + Z * g2(A, B, C)) * M(A, B, C) + (X * h1(A, B, C) + Z * h2(A, B, C)) * K(A, B, C),
            [proof.at(first, X, Z), proof.at(second, X, Z)],
            "both are of the form",
        ),
        (SUMMED, [], "collect what stands behind X and what stands behind Z"),
    )
    proof.close(line, Z, X, second, first, K, M, h2, h1, g2, g1, H, F)


# ---------------------------------------------------------------------------------------------------------------

seen = ((n, n), (m, n), (m, m), (n, k), (m, k))  # the inner products and the old coefficients
phi, psi = Function("φ", seen, (n, k)), Function("ψ", seen, (m, k))


def changed(tokens: Term, knowledge: Term) -> Term:
    """X φ(A, B, C, g₁, g₂) + Z ψ(A, B, C, g₁, g₂)"""
    blocks = (tokens.T * tokens, knowledge.T * tokens, knowledge.T * knowledge)
    old = (*blocks, g1(*blocks), g2(*blocks))
    return tokens * phi(*old) + knowledge * psi(*old)


@claim(
    "any-coefficients",
    "Whatever is done to the coefficients, the symmetry stays: masks, position biases, other normalisations",
    number="3.2c",
    sizes=({"d": 4, "n": 2, "m": 1, "k": 3}, {"d": 2, "n": 1, "m": 3, "k": 4}, {"d": 3, "n": 2, "m": 4, "k": 1}),
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def any_coefficients(proof: Proof) -> None:
    same = forall(X, Z, Equal(changed(Q * X, Q * Z), Q * changed(X, Z)))
    proof.states(forall(g1, g2, phi, psi, for_orthogonal(same)))
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    line = proof.equal(
        changed(Q * X, Q * Z),
        Q * changed(X, Z),
        [orthogonal[1]],
        "inner products do not change, so nothing made of them does; Q comes out on the left",
    )
    proof.close(line, Z, X, member, Q, psi, phi, g2, g1)


# ---------------------------------------------------------------------------------------------------------------

second_layer = Function("h", ((d, k), (d, m)), (d, q))
k1, k2 = coefficients("h₁ h₂", k, q)


def between(tokens: Size) -> tuple[Variable, Variable, Variable, Variable]:
    """G₁ and G₂ of a layer X′ = X G₁ + Z G₂, and the inner products A′ = X′ᵀX′ and B′ = ZᵀX′ after it."""
    names = ("G₁", n), ("G₂", m), ("A'", tokens), ("B'", m)
    first, second, gram, cross = (Variable(name, rows, tokens) for name, rows in names)
    return first, second, gram, cross


def after(first: Variable, second: Variable, gram: Variable, cross: Variable) -> tuple[Equal, Equal]:
    """What A′ and B′ are, written in A, B, C."""
    pairs = first.T * A * first, first.T * B.T * second, second.T * B * first, second.T * C * second
    return Equal(gram, sum(pairs[1:], pairs[0])), Equal(cross, B * first + C * second)


G1, G2, A_, B_ = between(k)
NAMED = (Equal(G1, g1(A, B, C)), Equal(G2, g2(A, B, C)), *after(G1, G2, A_, B_))
COMPOSED = X * (G1 * k1(A_, B_, C)) + Z * (G2 * k1(A_, B_, C) + k2(A_, B_, C))


@claim(
    "closed-under-composition",
    "A layer of the form after a layer of the form is of the form, with these coefficients",
    number="3.2",
    sizes=SIZES,
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def closed_under_composition(proof: Proof) -> None:
    one_form, other_form = of_the_form(F, g1, g2), of_the_form(second_layer, k1, k2)
    composed = forall(X, Z, G1, G2, A_, B_, implies(*NAMED, Equal(second_layer(F(X, Z), Z), COMPOSED)))
    proof.states(forall(F, second_layer, g1, g2, k1, k2, implies(one_form, other_form, composed)))
    first = proof.suppose(one_form, "the first layer is of the form")
    second = proof.suppose(other_form, "and so is the second")
    reasons = "call the coefficients of the first G₁", "and G₂", "call the inner products A′", "and B′"
    named = [proof.suppose(*pair) for pair in zip(NAMED, reasons)]
    middle = X * G1 + Z * G2
    value = proof.equal(F(X, Z), middle, [proof.at(first, X, Z), named[0].back, named[1].back], "the first layer")
    there = (middle.T * middle, Z.T * middle, C)
    line = proof.chain(
        second_layer(F(X, Z), Z),
        (second_layer(middle, Z), [value], "the tokens after the first layer"),
        (middle * k1(*there) + Z * k2(*there), [proof.at(second, middle, Z)], "the second layer"),
        (COMPOSED, named[2:], "their inner products, and all of it, multiplied out"),
    )
    proof.close(line, *reversed(named), B_, A_, G2, G1, Z, X, second, first, k2, k1, g2, g1, second_layer, F)


# ---------------------------------------------------------------------------------------------------------------

nu, mu = Function("ν", ((n, n),), (n, n)), Function("μ", ((m, n),), (m, n))
X_ = Variable("X'", d, n)


def layer(tokens: Term) -> Term:
    """X + X ν(XᵀX) + Z μ(ZᵀX): self-attention and cross-attention, with a residual connection."""
    return tokens + tokens * nu(tokens.T * tokens) + Z * mu(Z.T * tokens)


N1, N2, N_, U_ = between(n)
IS_FIRST = Equal(X_, layer(X))
TWO_NAMED = (Equal(N1, Identity(n) + nu(A)), Equal(N2, mu(B)), *after(N1, N2, N_, U_))
WRITTEN_OUT = X * (N1 * (Identity(n) + nu(N_))) + Z * (N2 * (Identity(n) + nu(N_)) + mu(U_))


@claim(
    "two-layers",
    "Two layers of self-attention and cross-attention with residual connections, written out",
    number="3.2t",
    sizes=({"d": 4, "n": 2, "m": 1}, {"d": 2, "n": 1, "m": 3}, {"d": 3, "n": 2, "m": 4}),
    source=SOURCE,
    sampled=SAMPLED,
    variants=VARIANTS,
)
def two_layers(proof: Proof) -> None:
    written_out = implies(IS_FIRST, *TWO_NAMED, Equal(layer(X_), WRITTEN_OUT))
    proof.states(forall(nu, mu, X, Z, X_, N1, N2, N_, U_, written_out))
    first = proof.suppose(IS_FIRST, "the first layer")
    reasons = "its coefficients are G₁ = I + ν(A)", "and G₂ = μ(B)", "its inner products are A′", "and B′"
    named = [proof.suppose(*pair) for pair in zip(TWO_NAMED, reasons)]
    middle = X * N1 + Z * N2
    collected = proof.equal(X_, middle, [first, *named[:2]], "collect X and Z")
    line = proof.chain(
        layer(X_),
        (layer(middle), [collected], "the second layer sees what comes out of the first"),
        (WRITTEN_OUT, named[2:], "its inner products, and all of it, multiplied out"),
    )
    proof.close(line, *reversed(named), first, U_, N_, N2, N1, X_, Z, X, mu, nu)


# ---------------------------------------------------------------------------------------------------------------

L = Size.of("L")
network, layers = (Function(name, ((one, one), (d, n), (d, m)), (d, n)) for name in "Nf")


def number(size: Size) -> Term:
    """A size as a number: a sum of as many ones."""
    return Total(Variable("e", size, one), Number(1))


def turn_at(f: Function, depth: Term) -> Formula:
    """∀ Q ∈ O(d). f(l, QX, QZ) = Q f(l, X, Z)"""
    return for_orthogonal(forall(X, Z, Equal(f(depth, Q * X, Q * Z), Q * f(depth, X, Z))))


START = forall(X, Z, Equal(network(Number(0), X, Z), X))
NEXT = forall(L, X, Z, Equal(network(number(L) + Number(1), X, Z), layers(number(L), network(number(L), X, Z), Z)))
LAYERS_TURN = forall(L, turn_at(layers, number(L)))
NETWORK_TURNS = forall(L, turn_at(network, number(L)))


@claim(
    "depth",
    "A network of any number of layers turns with tokens and knowledge if each of its layers does",
    number="3.2d",
    sizes=({"d": 4, "n": 2, "m": 1}, {"d": 2, "n": 1, "m": 3}),
    source=SOURCE,
    remark="The layers may all be different: f(l, ·) is the layer number l, and N(l, ·) the network of the first l.",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def depth(proof: Proof) -> None:
    proof.states(forall(network, layers, implies(START, NEXT, LAYERS_TURN, NETWORK_TURNS)))
    start = proof.suppose(START, "no layers leave the tokens as they are")
    following = proof.suppose(NEXT, "one more layer acts on what the others made")
    turning = proof.suppose(LAYERS_TURN, "each layer turns")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    at_rest, turned = proof.at(start, X, Z), proof.at(start, Q * X, Q * Z)
    none = number(Size())
    first = proof.equal(network(none, Q * X, Q * Z), Q * network(none, X, Z), [at_rest, turned], "no layers: X turns")
    base = proof.close(first, Z, X, member, Q)
    known = proof.suppose(turn_at(network, number(L)), "suppose that L layers turn")
    member = proof.suppose(Member(Q, O), "by any orthogonal matrix")
    line = proof.chain(
        network(number(L + 1), Q * X, Q * Z),
        (
            layers(number(L), network(number(L), Q * X, Q * Z), Q * Z),
            [proof.at(following, L, Q * X, Q * Z)],
            "one more layer",
        ),
        (layers(number(L), Q * network(number(L), X, Z), Q * Z), [proof.at(known, Q, member, X, Z)], "L layers turn"),
        (
            Q * layers(number(L), network(number(L), X, Z), Z),
            [proof.at(turning, L, Q, member, network(number(L), X, Z), Z)],
            "and the next one turns too",
        ),
        (Q * network(number(L + 1), X, Z), [proof.at(following, L, X, Z).back], "which is the network turned"),
    )
    step = proof.close(proof.close(line, Z, X, member, Q), known, L)
    every = proof.induct(base, step, NETWORK_TURNS, "so any number of layers turns")
    proof.close(every, turning, following, start, layers, network)


# ---------------------------------------------------------------------------------------------------------------

CLAIMS = (closed_under_sums, any_coefficients, closed_under_composition, two_layers, depth)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
