"""Polynomials. What the symmetry leaves in each degree, computed exactly.

The chapters before say what *every* function with the symmetry looks like, by derivations for all sizes. For polynomial
functions there is a second way, without derivations: in each degree they are a space of finite dimension, which can be
computed from the definition of the symmetry alone, and compared with what the form gives. Where both have the same
dimension, the form has lost nothing; and the coefficients are polynomials too.

These claims are *computed*: each is an exact computation at the sizes and up to the degree that it lists, and its false
variants are the same computation with something changed. For all degrees and sizes the theorems of Weyl and others are
cited, and not used.

Run this file, or ``python -m derivations.polynomials``, to see what was computed.
"""

from __future__ import annotations

from symmetry.registry import Entry

COMPUTED, VARIANTS = "symmetry.checks.computed", "derivations.variants.polynomials"
WEYL = "H. Weyl, The Classical Groups, 1939"

polynomial_invariants = Entry(
    "polynomial-invariants",
    "Up to degree 6, a polynomial that orthogonal maps do not change is a polynomial in inner products",
    number="1.6",
    computed=COMPUTED,
    variants=VARIANTS,
    source=f"{WEYL}, theorem 2.9.A",
    beyond="all degrees and sizes: the first fundamental theorem for O(d) (Weyl 1939).",
    remark="In odd degrees there is none but 0, since −I is orthogonal.",
    package=__name__,
)

haar_average = Entry(
    "haar-average",
    "Averaged over O(d), a product of two, four or six inner products aᵢ·Qyᵢ is a sum over pairings of the aᵢ and "
    "pairings of the yᵢ, weighted by the Moore–Penrose inverse of the matrix d^loops",
    number="1.6h",
    computed=COMPUTED,
    variants=VARIANTS,
    source="B. Collins, P. Śniady, Integration with respect to the Haar measure on unitary, orthogonal and symplectic "
    "group, 2006",
    beyond="all degrees and d: that invariant tensors are spanned by pairings (Weyl 1939, Brauer 1937).",
    remark="Where d is less than the number of pairs the matrix is singular; elsewhere its inverse is meant.",
    package=__name__,
)

gram_relations = Entry(
    "gram-relations",
    "Up to degree 6, all relations between inner products of vectors of ℝᵈ come from the (d+1)-minors of the Gram "
    "matrix, and the standard monomials are a basis",
    number="1.7",
    computed=COMPUTED,
    variants=VARIANTS,
    source=f"{WEYL}, theorem 2.17.A; C. De Concini, C. Procesi, A characteristic free approach to invariant theory, "
    "1976",
    beyond="all degrees and sizes: the second fundamental theorem for O(d) (Weyl 1939), and that the minors are a "
    "Gröbner basis (Conca 1994).",
    remark="With at most d vectors there are no minors, and no relations.",
    package=__name__,
)

invariant_counts = Entry(
    "invariant-counts",
    "Up to degree 6, standard monomials, hook lengths and characters give one number of invariants; N(N+1)/2 inner "
    "products are independent where N ≤ d, and Nd − d(d−1)/2 where N > d",
    number="1.8",
    computed=COMPUTED,
    variants=VARIANTS,
    source="T. Molien 1897; H. Weyl 1926; R. Howe, Remarks on classical invariant theory, 1989",
    beyond="all degrees and sizes: the decomposition of polynomials under GL(d) × GL(N) (Cauchy, Howe 1989) and Weyl's "
    "integration formula.",
    package=__name__,
)

rotation_invariants = Entry(
    "rotation-invariants",
    "Up to degree d + 1, all that is new under rotations alone are determinants: invariants from d vectors on, and "
    "equivariant maps from d − 1 on",
    number="1.9",
    computed=COMPUTED,
    variants=VARIANTS,
    source=f"{WEYL}, theorem 2.9.A",
    beyond="all degrees and sizes: the first fundamental theorem for SO(d) (Weyl 1939).",
    remark="The first new map is the cross product, of d − 1 vectors; a product of two determinants is nothing new.",
    package=__name__,
)

polynomial_equivariants = Entry(
    "polynomial-equivariants",
    "Up to degree 5, a polynomial equivariant function is Y g(YᵀY) with polynomial g, and with knowledge X g₁ + Z g₂",
    number="2.6",
    computed=COMPUTED,
    variants=VARIANTS,
    source="B. Malgrange, in V. Poénaru, Singularités C^∞ en présence de symétrie, 1976",
    beyond="all degrees and sizes: 1.6 for the invariant wᵀf(Y) of one vector more, of which the part linear in w is "
    "taken (Malgrange's device).",
    package=__name__,
)

polynomial_matrices = Entry(
    "polynomial-matrices",
    "Up to degree 4, a polynomial equivariant function with matrices as values is α(C) I + Z β(C) Zᵀ with polynomial "
    "α and β",
    number="2.6m",
    computed=COMPUTED,
    variants=VARIANTS,
    source="B. Malgrange, in V. Poénaru, Singularités C^∞ en présence de symétrie, 1976",
    beyond="all degrees and sizes: 1.6 for the invariant uᵀW(Z)v of two vectors more, of which the part linear in both "
    "is taken.",
    package=__name__,
)

permutation_counts = Entry(
    "permutation-counts",
    "With permutations of tokens and of knowledge as well, characters, orbit sums and the space from scratch give one "
    "dimension, up to degree 4",
    number="4.5",
    computed=COMPUTED,
    variants=VARIANTS,
    source="T. Molien 1897; H. Weyl 1926",
    beyond="all degrees and sizes: that the average of a character is the dimension of the invariants, and Weyl's "
    "integration formula.",
    package=__name__,
)

CLAIMS = (
    polynomial_invariants,
    haar_average,
    gram_relations,
    invariant_counts,
    rotation_invariants,
    polynomial_equivariants,
    polynomial_matrices,
    permutation_counts,
)

if __name__ == "__main__":
    from symmetry.cli import explain_chapter

    raise SystemExit(explain_chapter(CLAIMS))
