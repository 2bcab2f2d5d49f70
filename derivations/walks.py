"""From the symmetry to self-attention, in one page: `symmetry explain self-attention`."""

from __future__ import annotations

from symmetry.walks import Row, Stage, Walk

SELF_ATTENTION = Walk(
    "self-attention",
    "From the symmetry to self-attention (after C. Ma and L. Ying, 2022)",
    (
        Stage(
            "Ask for the symmetry",
            "A sequence X and a set of knowledge vectors Z live in one embedding space, whose axes mean "
            "nothing. So the "
            "output should turn when both inputs turn: f(QX, QZ) = Q f(X, Z). Nothing is lost by asking for it: "
            "averaging a predictor over the turns does not raise its risk, up to the sign that Jensen's "
            "inequality gives.",
            ("averaged-predictor",),
        ),
        Stage(
            "Invariants are inner products",
            "What does not change when vectors turn together is a function of their inner products: equal "
            "Gram matrices "
            "come from an orthogonal map, built from one reflection for each vector.",
            ("completeness", "invariant-functions-with-knowledge"),
        ),
        Stage(
            "Outputs are combinations of the inputs",
            "The reflection that fixes the inputs must fix the outputs, so these lie in the span of the "
            "inputs; and the "
            "coefficients do not change when the inputs turn.",
            ("span", "invariant-coefficients"),
        ),
        Stage(
            "The general form, and nothing else",
            "So f has the symmetry exactly when it is X g₁ + Z g₂, with coefficients that see A = XᵀX, B = ZᵀX and "
            "C = ZᵀZ alone.",
            ("central-theorem",),
        ),
        Stage(
            "Weights are built from the knowledge",
            "A weight matrix that turns with the knowledge is a multiple of the identity and a "
            "combination of products of "
            "knowledge vectors.",
            ("matrix-valued",),
        ),
        Stage(
            "Self-attention is of this form",
            "With such weights, scores are S = αA + BᵀβB, and attention has g₁ = a ν(S) and g₂ = b B ν(S) for any "
            "normalisation ν of the scores; softmax is one, spelled out as exponentials, sums and a division.",
            ("attention-from-symmetry", "masked-attention", "normalised-columns"),
        ),
        Stage(
            "So is a whole transformer block",
            "Sums, composition and any change of the coefficients stay in the class. With every embedding-space weight "
            "among the knowledge, a block with norms, heads and a hidden layer is X + Z g₂.",
            ("closed-under-composition", "transformer-block"),
        ),
        Stage(
            "Permutations narrow it",
            "If the order of the tokens does not matter, one function serves all positions. Softmax "
            "attention without a "
            "mask is an instance.",
            ("both-symmetries", "entrywise", "softmax-permutations"),
        ),
        Stage(
            "Finite information narrows it further",
            "The source names this principle and does not define it; the definition is ours. If a token gathers from "
            "pairs alone, coefficients see the inner products of two tokens and the knowledge: (m + 2)(m "
            "+ 3)/2 numbers "
            "instead of (n + m)(n + m + 1)/2. Softmax attention gathers from pairs, with one statistic: "
            "its denominator.",
            ("order-two-form", "softmax-order-two", "softmax-not-width-zero"),
        ),
    ),
    general="general form",
    instance="softmax attention",
    rows=(
        Row("what an output is made of", "tokens and knowledge", "values (aI + ZbZᵀ) X", "fixed", ("span",)),
        Row(
            "what weights may depend on",
            "A = XᵀX, B = ZᵀX, C = ZᵀZ",
            "S = αA + BᵀβB, and C",
            "fixed",
            ("central-theorem", "attention-from-symmetry"),
        ),
        Row("weight matrices", "αI + ZβZᵀ", "W_KᵀW_Q and W_O W_V of that form", "fixed", ("matrix-valued",)),
        Row("coefficient of the tokens, g₁", "any function of A, B, C", "a softmax(S)", "free", ("any-coefficients",)),
        Row(
            "coefficient of the knowledge, g₂",
            "any function of A, B, C",
            "b B softmax(S)",
            "free",
            ("any-coefficients",),
        ),
        Row("scores", "any function of all inner products", "one pair of tokens each", "narrowed", ("order-two-form",)),
        Row("one rule for all positions", "not asked for", "yes, without a mask", "narrowed", ("entrywise",)),
        Row("exponential and normalisation", "none needed: X A² will do", "softmax", "free", ("not-forced",)),
        Row(
            "heads, masks, residuals, depth",
            "all allowed",
            "all in use",
            "free",
            ("multi-head-attention", "masked-attention", "closed-under-composition"),
        ),
    ),
    ending="Symmetry fixes where vectors may come from and what weights may depend on. That scores are compared "
    "in pairs, "
    "exponentiated and normalised is a choice; self-attention is a natural member of the class, not the only one.",
)

WALKS = (SELF_ATTENTION,)
