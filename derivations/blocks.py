"""Chapter 3. Norms and whole blocks.

A norm multiplies each token by a function of its length, LayerNorm after taking off its mean; with u = 𝟏/√d among the
knowledge it is X D + Z E with D and E functions of the inner products. So a block with attention and a hidden layer is
X g₁ + Z g₂ exactly if its weights are the knowledge: with g₁ = I where the norms stand before the layers, and with g₁ a
product of diagonals where they stand behind them.

Run this file, or ``python -m derivations.blocks``, to read the proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.invariants import A, B, C, O, Q, X, Z, d, for_orthogonal, m, n, one, p, q
from derivations.knowledge import J1, J2, J3, J4, bias, entrywise, heads, nu, rho
from symmetry.formulas import And, Equal, Member, forall, implies
from symmetry.registry import claim
from symmetry.terms import Function, Number, Term, Total, Variable

if TYPE_CHECKING:
    from symmetry.proof import Proof

SAMPLED, VARIANTS = "symmetry.checks.sampled.blocks", "derivations.variants.blocks"
SIZES = ({"d": 4, "n": 2, "m": 1}, {"d": 2, "n": 1, "m": 3})

# ---------------------------------------------------------------------------------------------------------------

phi = Function("φ", ((one, one),), (one, one))
e = Variable("e", n, one)


def normed(tokens: Term) -> Term:
    """Each token times φ of its squared length: Σ φ(xᵀx) x eᵀ, with x = Xe"""
    token = tokens * e
    return Total(e, phi(token.T * token) * token * e.T)


def diagonal(gram: Term) -> Term:
    """The diagonal matrix with φ of the diagonal of a Gram matrix, the squared lengths."""
    return Total(e, phi(e.T * gram * e) * e * e.T)


@claim(
    "rms-norm",
    "A norm, each token times a function of its length, is X D with a diagonal D of invariants",
    number="3.3n",
    sizes=({"d": 3, "n": 2}, {"d": 1, "n": 3}, {"d": 2, "n": 4}),
    source="Zhang and Sennrich 2019 for RMSNorm; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def rms_norm(proof: Proof) -> None:
    proof.states(forall(phi, X, Equal(normed(X), X * diagonal(A))))
    line = proof.equal(normed(X), X * diagonal(A), [], "the squared lengths are the diagonal of A")
    proof.close(line, X, phi)


# ---------------------------------------------------------------------------------------------------------------

u = Variable("u", d, one)
UNIT = Equal(u.T * u, Number(1))
MEANS = u.T * X
CENTRED = X - u * MEANS
DIAGONAL = diagonal(A - MEANS.T * MEANS)
LAYER_NORM = Equal(normed(CENTRED), X * DIAGONAL - u * (MEANS * DIAGONAL))


@claim(
    "layer-norm",
    "LayerNorm is X D + u E with u = 𝟏/√d as knowledge; the mean of a token is an inner product with u",
    number="3.3l",
    sizes=({"d": 3, "n": 2}, {"d": 1, "n": 3}, {"d": 2, "n": 4}),
    source="Ba, Kiros and Hinton 2016 for LayerNorm; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def layer_norm(proof: Proof) -> None:
    proof.states(forall(phi, X, u, implies(UNIT, LAYER_NORM)))
    unit = proof.suppose(UNIT, "u is a unit vector, so X − u uᵀX takes off the means")
    line = proof.chain(
        normed(CENTRED),
        (CENTRED * diagonal(CENTRED.T * CENTRED), [], "a norm of the centred tokens"),
        (LAYER_NORM.right, [unit], "their inner products are A − BᵀB, with B = uᵀX"),
    )
    proof.close(line, unit, u, X, phi)


# ---------------------------------------------------------------------------------------------------------------

W, V, U = Variable("W", p, d), Variable("V", d, p), Variable("U", d, q)
N = Variable("N", d, n)
gain, shift = Variable("D", d, d), Variable("s", d, one)
Phi = Function("Φ", ((p, n),), (q, n))
ROW = Total(e, e.T)
ABSORBED = Equal(V, (W * gain).T)


@claim(
    "absorbed-gain",
    "The gain and shift of a norm before a layer are absorbed: the rows of WD are the knowledge, and Ws is a bias",
    number="3.3g",
    sizes=({"d": 4, "n": 2, "p": 1, "q": 3}, {"d": 2, "n": 3, "p": 4, "q": 1}),
    source="elementary; Ashkboos et al. 2024 (SliceGPT) for its use",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def absorbed_gain(proof: Proof) -> None:
    def layer(out: Term, rows: Term, tokens: Term) -> Term:
        return out * Phi(rows.T * tokens + W * shift * ROW)

    absorbed = Equal(U * Phi(W * (gain * N + shift * ROW)), layer(U, V, N))
    turns = for_orthogonal(Equal(layer(Q * U, Q * V, Q * N), Q * layer(U, V, N)))
    proof.states(forall(Phi, W, gain, shift, U, V, N, implies(ABSORBED, And((absorbed, turns)))))
    named = proof.suppose(ABSORBED, "the rows of WD are the knowledge")
    same = proof.equal(absorbed.left, absorbed.right, [named], "multiply out")
    member = proof.suppose(Member(Q, O), "Q is any orthogonal matrix")
    orthogonal = proof.equations(member)
    line = proof.equal(turns.body.conclusion.left, turns.body.conclusion.right, [orthogonal[1]], "so the layer turns")
    proof.close(proof.both(same, proof.close(line, member, Q)), named, N, V, U, shift, gain, W, Phi)


# ---------------------------------------------------------------------------------------------------------------

blocks_ = ((n, n), (m, n), (m, m))
D, E = Function("D", blocks_, (n, n)), Function("E", blocks_, (m, n))
first, second = Function("Φ", ((m, n),), (m, n)), Function("Ψ", ((m, n),), (m, n))
X_, N1, N2 = Variable("X'", d, n), Variable("N₁", d, n), Variable("N₂", d, n)
G, A_, B_ = Variable("G", m, n), Variable("A'", n, n), Variable("B'", m, n)
AFTER = Equal(A_, A + B.T * G + G.T * B + G.T * C * G), Equal(B_, B + C * G)


def norm_of(tokens: Term) -> Term:
    """X D(XᵀX, ZᵀX, ZᵀZ) + Z E(XᵀX, ZᵀX, ZᵀZ)"""
    inner = tokens.T * tokens, Z.T * tokens, C
    return tokens * D(*inner) + Z * E(*inner)


def read(gram: Term, cross: Term) -> Term:
    """ZᵀN of such a norm N: B D(A, B, C) + C E(A, B, C)"""
    return cross * D(gram, cross, C) + C * E(gram, cross, C)


PRE_NORM = (
    Equal(N1, norm_of(X)),
    Equal(X_, X + Z * first(Z.T * N1)),
    Equal(N2, norm_of(X_)),
    Equal(G, first(read(A, B))),
    *AFTER,
)
PRE_NORM_REASONS = (
    "first a norm",
    "then a layer with its weights among the columns of Z, and a residual connection",
    "then another norm",
    "call what the first layer writes Z G",
    "and the inner products after it A′",
    "and B′",
)


@claim(
    "pre-norm-block",
    "A block with norms before its layers is X + Z g₂: the tokens pass through unchanged, and knowledge is added",
    number="3.3p",
    sizes=SIZES,
    source="Xiong et al. 2020 for pre-norm; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def pre_norm_block(proof: Proof) -> None:
    form = Equal(X_ + Z * second(Z.T * N2), X + Z * (G + second(read(A_, B_))))
    symbols = (D, E, first, second, X, Z, X_, N1, N2, G, A_, B_)
    proof.states(forall(*symbols, implies(*PRE_NORM, form)))
    named = [proof.suppose(*pair) for pair in zip(PRE_NORM, PRE_NORM_REASONS)]
    is_N1, is_X, is_N2, is_G, is_A, is_B = named
    middle = proof.chain(
        X_,
        (X + Z * first(Z.T * N1), [is_X], "the first layer"),
        (X + Z * first(read(A, B)), [is_N1], "reads inner products"),
        (X + Z * G, [is_G], "and writes knowledge"),
    )
    gram = proof.equal(X_.T * X_, A_, [middle, is_A], "its inner products, multiplied out")
    cross = proof.equal(Z.T * X_, B_, [middle, is_B], "and those with the knowledge")
    line = proof.chain(
        form.left,
        (X_ + Z * second(Z.T * norm_of(X_)), [is_N2], "the second layer"),
        (X_ + Z * second(read(A_, B_)), [gram, cross], "reads inner products"),
        (form.right, [middle], "and writes knowledge"),
    )
    proof.close(line, *reversed(named), *reversed(symbols))


# ---------------------------------------------------------------------------------------------------------------

T1, T2 = Variable("T₁", d, n), Variable("T₂", d, n)
D1, D2 = Variable("D₁", n, n), Variable("D₂", n, n)
G1, G2 = Variable("G₁", m, n), Variable("G₂", m, n)
POST_NORM = (
    Equal(T1, X + Z * first(B)),
    Equal(X_, normed(T1)),
    Equal(T2, X_ + Z * second(Z.T * X_)),
    Equal(G1, first(B)),
    Equal(D1, diagonal(A + B.T * G1 + G1.T * B + G1.T * C * G1)),
    Equal(G2, G1 * D1 + second(B * D1 + C * G1 * D1)),
    Equal(D2, diagonal(D1.T * A * D1 + D1.T * B.T * G2 + G2.T * B * D1 + G2.T * C * G2)),
)
POST_NORM_REASONS = (
    "a layer with its weights among the columns of Z, and a residual connection",
    "then a norm",
    "then another layer, to be followed by another norm",
    "call what the first layer writes Z G₁",
    "the diagonal of its norm D₁",
    "what there is of the knowledge before the second norm Z G₂",
    "and the diagonal of that norm D₂",
)


@claim(
    "post-norm-block",
    "A block with norms behind its layers is X g₁ + Z g₂, with g₁ a product of diagonals of invariants",
    number="3.3q",
    sizes=SIZES,
    source="Vaswani et al. 2017 for post-norm; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def post_norm_block(proof: Proof) -> None:
    form = Equal(normed(T2), X * (D1 * D2) + Z * (G2 * D2))
    symbols = (phi, first, second, X, Z, T1, X_, T2, G1, D1, G2, D2)
    proof.states(forall(*symbols, implies(*POST_NORM, form)))
    named = [proof.suppose(*pair) for pair in zip(POST_NORM, POST_NORM_REASONS)]
    is_T1, is_X, is_T2, is_G1, is_D1, is_G2, is_D2 = named
    start = proof.equal(T1, X + Z * G1, [is_T1, is_G1], "the first layer writes knowledge")
    middle = proof.chain(
        X_,
        (T1 * diagonal(T1.T * T1), [is_X], "the first norm, each token by its length"),
        ((X + Z * G1) * D1, [start, is_D1], "is a diagonal of inner products"),
    )
    late = proof.chain(
        T2,
        (X_ + Z * second(Z.T * X_), [is_T2], "the second layer"),
        ((X + Z * G1) * D1 + Z * second(B * D1 + C * G1 * D1), [middle], "reads inner products"),
        (X * D1 + Z * G2, [is_G2], "and writes knowledge"),
    )
    line = proof.equal(form.left, form.right, [late, is_D2], "the second norm is a diagonal of inner products too")
    proof.close(line, *reversed(named), *reversed(symbols))


# ---------------------------------------------------------------------------------------------------------------

K1, K2 = Variable("K₁", m, p), Variable("K₂", m, p)
K0 = Variable("K₀", m, one)


def hidden(read: Term, write: Term | None = None) -> Term:
    """K₂ ρ(K₁ᵀM + c𝟙ᵀ) + K₀𝟙ᵀ, a hidden layer with biases; with Z K in the place of K₂ and K₀, if Z is given."""
    columns, shift_ = (K2, K0) if write is None else (write * K2, write * K0)
    return columns * entrywise(K1.T * read + bias * ROW) + shift_ * ROW


BLOCK = (
    Equal(N1, normed(X)),
    Equal(X_, X + heads(Z.T * N1, Z)),
    Equal(N2, normed(X_)),
    Equal(D1, diagonal(A)),
    Equal(G, heads(B * D1)),
    *AFTER,
    Equal(D2, diagonal(A_)),
)
BLOCK_REASONS = (
    "first a norm",
    "then attention with any number of heads, weights Z J(h), and a residual connection",
    "then another norm",
    "call the diagonal of the first norm D₁",
    "what the heads write Z G",
    "the inner products after them A′",
    "and B′",
    "and the diagonal of the second norm D₂",
)


@claim(
    "transformer-block",
    "A whole transformer block, norm, heads, norm and hidden layer, is X + Z g₂ with every part of g₂ named",
    number="3.3b",
    sizes=({"d": 4, "n": 2, "m": 1, "k": 5, "p": 6, "H": 3}, {"d": 2, "n": 1, "m": 3, "k": 4, "p": 6, "H": 5}),
    source="Vaswani et al. 2017 for the block; elementary",
    sampled=SAMPLED,
    variants=VARIANTS,
)
def transformer_block(proof: Proof) -> None:
    form = Equal(X_ + hidden(Z.T * N2, Z), X + Z * (G + hidden(B_ * D2)))
    symbols = (phi, nu, rho, J1, J2, J3, J4, K1, K2, bias, K0, X, Z, X_, N1, N2, G, A_, B_, D1, D2)
    proof.states(forall(*symbols, implies(*BLOCK, form)))
    named = [proof.suppose(*pair) for pair in zip(BLOCK, BLOCK_REASONS)]
    is_N1, is_X, is_N2, is_D1, is_G, is_A, is_B, is_D2 = named
    first_norm = proof.equal(N1, X * D1, [is_N1, is_D1], "the first norm is a diagonal of inner products")
    middle = proof.chain(
        X_,
        (X + heads(Z.T * N1, Z), [is_X], "the heads"),
        (X + Z * heads(B * D1), [first_norm], "read inner products"),
        (X + Z * G, [is_G], "and write knowledge"),
    )
    gram = proof.equal(X_.T * X_, A_, [middle, is_A], "the inner products after them, multiplied out")
    cross = proof.equal(Z.T * X_, B_, [middle, is_B], "and those with the knowledge")
    second_norm = proof.chain(
        N2,
        (X_ * diagonal(X_.T * X_), [is_N2], "the second norm, each token by its length"),
        (X_ * diagonal(A_), [gram], "is a diagonal of inner products"),
        (X_ * D2, [is_D2], "too"),
    )
    line = proof.chain(
        form.left,
        (X_ + hidden(Z.T * X_ * D2, Z), [second_norm], "the hidden layer"),
        (X_ + hidden(B_ * D2, Z), [cross], "reads inner products"),
        (form.right, [middle], "and writes knowledge"),
    )
    proof.close(line, *reversed(named), *reversed(symbols))


CLAIMS = (rms_norm, layer_norm, absorbed_gain, pre_norm_block, post_norm_block, transformer_block)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
