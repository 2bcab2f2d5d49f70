"""What the abstract of the paper says, point by point, and the claims that establish it.

The abstract was at hand and not the paper. Where it names an idea without defining it, or says “natural” or “right”,
the words say what is proved instead, and what stays interpretation.
"""

from __future__ import annotations

from symmetry.points import Point

SOURCE = (
    "C. Ma, L. Ying, Why self-attention is natural for sequence-to-sequence problems? A perspective from symmetries, "
    "2022 (abstract)"
)

ESTABLISHED_BY: dict[int, tuple[str, ...]] = {
    1: (
        "central-theorem",
        "attention-from-symmetry",
        "multi-head-attention",
        "closed-under-composition",
        "averaged-predictor",
    ),
    2: (),
    3: ("unordered-knowledge", "weights-as-knowledge"),
    4: ("averaged-predictor",),
    5: ("central-theorem", "attention-from-symmetry", "masked-attention", "cross-attention", "not-forced"),
    6: ("closed-under-composition", "pre-norm-block", "post-norm-block", "transformer-block", "density"),
    7: (),
    8: ("both-symmetries", "entrywise", "softmax-permutations", "attention-permutations"),
}


def _point(number: int, text: str, interpretation: str = "") -> Point:
    return Point(number, text, ESTABLISHED_BY[number], interpretation, SOURCE)


POINTS = (
    _point(
        1,
        "Structures similar to self-attention are natural for learning many sequence-to-sequence problems, from "
        "symmetry.",
        "“Natural” is read as: whoever asks for the symmetry gets X g₁ + Z g₂ and nothing else, attention is of this "
        "form, and asking loses nothing. For which problems one should ask is not a statement to prove.",
    ),
    _point(
        2,
        "The object: seq2seq functions with knowledge, two inputs, a sequence and a “knowledge”, one output sequence.",
        "A definition: f(X, Z), with a column of X for each token and a column of Z for each vector of the knowledge.",
    ),
    _point(
        3,
        "The knowledge is a set of vectors in the same embedding space as the sequence; it carries the information of "
        "the language used to process the input.",
        "A definition: the columns of Z have d entries, as those of X have, and “set” is read as: their order does not "
        "matter (a vector may occur twice). What information they carry is not a statement to prove.",
    ),
    _point(
        4,
        "Orthogonal equivariance in the embedding space is natural for such functions.",
        "“Natural” is read as: where the data and a convex loss have the symmetry, the mean of a predictor over turns "
        "has it too and is no worse. That an embedding has no distinguished axes is an assumption.",
    ),
    _point(
        5,
        "Under it the function must take a form close to self-attention.",
        "“Must take a form” is proved: X g₁ + Z g₂, with coefficients that see inner products alone. “Close to” is: "
        "attention is an instance, while softmax, normalisation and pairwise scores are not forced.",
    ),
    _point(
        6,
        "So networks similar to self-attention are the right structures to represent the targets of many seq2seq "
        "problems.",
        "“Right” is read as: whole networks stay within the form, and come close to every function of it. Which "
        "targets have the symmetry is not a statement to prove.",
    ),
    _point(
        7,
        "The representation can be refined by a “finite information principle”.",
        "The abstract names the principle and does not define it. The definitions of chapter 5 (an order and a width; "
        "mediated by the knowledge) are ours, so no claim here counts as evidence for this sentence.",
    ),
    _point(
        8,
        "The representation can be refined by permutation equivariance over the elements of the input sequence.",
        "“Refined” is read as: the coefficients can be chosen to move with the tokens, so that one function serves all "
        "positions.",
    ),
)
