"""Bases of the polynomial invariants of O(d) and SO(d) on N vectors: standard monomials, enumerated and counted.

Vectors are 0, …, N−1; the generator g_ab = y_a·y_b is the pair (a, b) with a ≤ b; a monomial is the sorted tuple of its
generators (pairs are shared between monomials, and cost no more than numbers). A *chain* is a sequence of generators
with a₁ < a₂ < … and b₁ < b₂ < …. More than d vectors of ℝᵈ obey relations: the (d+1)-minors of the Gram matrix vanish,
and the leading term of a minor is a chain of d+1 generators. The monomials without such a chain, the *standard* ones,
are a vector-space basis of the invariants (theory.md 1.7).

>>> list(standard_monomials(2, 1, 4))  # d = 1: (0, 0)(1, 1) is (0, 1)²
[((0, 0), (0, 0)), ((0, 0), (0, 1)), ((0, 1), (0, 1)), ((0, 1), (1, 1)), ((1, 1), (1, 1))]
>>> is_standard(((0, 0), (1, 1)), 1), dimension(50, 7, 40)
(False, 32023822483968575717198246117491124551787735)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, combinations, combinations_with_replacement, compress, product, repeat

from symmetry.invariants.standard_counts import (
    compositions,
    determinantal_dimension,
    dimension,
    read_inputs,
)

__all__ = [
    "Generator",
    "Monomial",
    "determinantal_dimension",
    "dimension",
    "is_standard",
    "longest_chain",
    "standard_determinantal_monomials",
    "standard_monomials",
]

Generator = tuple[int, int]
Monomial = tuple[Generator, ...]
Masks = tuple[int, ...]


def standard_monomials(
    vectors: int | Sequence[int], d: int, degree: int | Sequence[int], *, marked: int = 0
) -> Iterator[Monomial]:
    """The standard monomials, a basis of the polynomial invariants of O(d) of a degree, one at a time.

    Generators are added in increasing order, and no prefix is a dead end, so that the cost is that of the output. The
    order is lexicographic.

    Args:
        vectors: how many vectors there are, or how many in each input.
        d: the dimension of each.
        degree: the degree in all vectors together (twice that in the generators; when odd there are none), or in the
            vectors of each input.
        marked: how many further vectors come first, with the numbers 0, …, marked − 1, in each of which the degree is
            exactly 1; ``degree`` does not count them. One marked vector w turns an equivariant map f into w·f.
    Returns:
        a lazy iterator of sorted tuples of pairs (a, b), a ≤ b.
    Raises:
        UsageError: a number is negative, or there is not one degree to each input.
    Source:
        A. Conca, Gröbner bases of ideals of minors of a symmetric matrix, 1994; C. De Concini, C. Procesi, A
        characteristic free approach to invariant theory, 1976.

    >>> list(standard_monomials(1, 3, 3, marked=1))  # x ↦ |x|² x
    [((0, 1), (1, 1))]
    >>> list(standard_monomials((2, 1), 3, (1, 3)))
    [((0, 2), (2, 2)), ((1, 2), (2, 2))]
    >>> standard_monomials((2, 1), 3, (1, 3, 2))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 2 inputs but 3 degrees: give one degree to each input
    """
    sizes, degrees = read_inputs(vectors, d, degree, marked)
    total, N = sum(degrees), sum(sizes)
    if total == 0:
        return iter([()])
    if total % 2 or d == 0 or any(k and not n for n, k in zip(sizes, degrees)):
        return iter(())
    d = min(d, N, total // 2)  # no chain is longer than the last two
    if len(sizes) == 1 and d in (N, total // 2):
        return combinations_with_replacement(list(combinations_with_replacement(range(N), 2)), total // 2)
    return chain.from_iterable(_Tree(sizes).families((0,) * d, degrees))


def standard_determinantal_monomials(
    vectors: int | Sequence[int], d: int, degree: int | Sequence[int], *, marked: int = 0
) -> Iterator[tuple[tuple[int, ...], Monomial]]:
    """A basis of the polynomials with f(QY) = det(Q) f(Y): determinants times monomials, one at a time.

    With the standard monomials these are a basis of the invariants of SO(d). The pair (I, m) stands for det[y_i, i ∈ I]
    times the monomial m. It belongs to the basis when no chain gets longer than d after the determinant is put before m
    as the chain (e₁, i₁), …, (e_d, i_d), with rows e₁ < … < e_d before all vectors: for j = 0, …, d, a chain in m
    whose columns are all larger than i_j has at most d − j generators.

    Why: F ↦ det[e]·F(Y) embeds these polynomials into the invariants of O(d) on e₁, …, e_d and Y, and det[e]·det[y_I] m
    = det(e_k·y_{i_l}) m has that chain times m as its leading term. So the pairs are independent. Under Knuth's
    correspondence they are the semistandard tableaux of shape 2μ whose first column is e₁, …, e_d: as many as of the
    shapes with d odd rows, whose sum is the dimension.

    Args:
        vectors, d, degree, marked: as in :func:`standard_monomials`; the degree counts the determinant too.
    Returns:
        a lazy iterator of pairs (I, m), I increasing; none for d = 0, where SO(0) = O(0).
    Raises:
        UsageError: as in :func:`standard_monomials`.
    Source:
        D. E. Knuth, Permutations, matrices, and generalized Young tableaux, 1970; M. Domokos, V. Drensky, Gröbner bases
        for the rings of special orthogonal and 2 × 2 matrix invariants, 2001.

    >>> list(standard_determinantal_monomials(2, 2, 2)), list(standard_determinantal_monomials(2, 3, 5))
    ([((0, 1), ())], [])
    >>> list(standard_determinantal_monomials(1, 2, 3, marked=1))  # |x|² times the quarter turn of x
    [((0, 1), ((1, 1),))]
    >>> standard_determinantal_monomials(2, -1, 2)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: d = -1: a dimension is a whole number, at least 0
    """
    sizes, degrees = read_inputs(vectors, d, degree, marked)
    if d == 0 or (sum(degrees) - d) % 2 or any(k and not n for n, k in zip(sizes, degrees)):
        return iter(())
    return _determinantal(_Tree(sizes), sizes, d, degrees)


def _determinantal(
    tree: _Tree, sizes: Sequence[int], d: int, degrees: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], Monomial]]:
    ends = list(accumulate(sizes))
    for counts in compositions([min(pair) for pair in zip(sizes, degrees)], d):
        left = tuple(k - c for k, c in zip(degrees, counts))
        # The nested completion (see _Tree) is there if its largest vector, the first of the last open input, is at most
        # i_d: if the determinant reaches that input or a later one.
        if _last(left) > _last(counts):
            continue
        for parts in product(*(combinations(range(end - n, end), c) for n, end, c in zip(sizes, ends, counts))):
            picked = tuple(chain.from_iterable(parts))
            masks = tuple(tree.columns_beyond[i] for i in picked)
            families = tree.families(masks, left) if any(left) else iter([[()]])
            yield from zip(repeat(picked), chain.from_iterable(families))


def _last(counts: Sequence[int]) -> int:
    """Index of the last entry that is not 0, or −1."""
    return max((index for index, count in enumerate(counts) if count), default=-1)


# ---------------------------------------------------------------------------------------------------------------
# Chains.


def longest_chain(monomial: Iterable[Generator]) -> Monomial:
    """A chain of greatest length among the generators of a monomial.

    >>> longest_chain([(0, 1), (0, 2), (1, 2), (2, 2), (2, 3)])
    ((0, 1), (1, 2), (2, 3))
    """
    columns: list[int] = []
    chains: list[Monomial] = []  # chains[l] has length l + 1 and ends in the smallest column that is possible
    for a, b in sorted(monomial, key=_rows_up_columns_down):
        length = bisect_left(columns, b)
        columns[length : length + 1] = [b]
        chains[length : length + 1] = [(*chains[length - 1], (a, b)) if length else ((a, b),)]
    return chains[-1] if chains else ()


def _rows_up_columns_down(generator: Generator) -> Generator:
    return generator[0], -generator[1]  # so that two generators of one row are in no chain


def is_standard(monomial: Iterable[Generator], d: int) -> bool:
    """Whether no chain of d+1 generators is in the monomial.

    >>> is_standard([(0, 1), (0, 2), (1, 2)], 1), is_standard([(0, 1), (0, 2)], 1)
    (False, True)
    """
    return len(longest_chain(monomial)) <= d


class _Tree:
    """The tree of prefixes of standard monomials; a set of generators is a mask, bit i for the i-th in order.

    What may still be added after a prefix is decided by masks B_1 ⊇ … ⊇ B_d: B_l has the generators strictly above some
    chain of length l. Those in B_d are forbidden.

    No dead ends. Let (a₀, b₀) be the last generator of a prefix. Some generators complete it, with each vector used a
    given number of times, only if the *nested* ones do: smallest with largest, second smallest with second largest, …
    For no two nested pairs are in a chain, so each of them need only be allowed by itself: be at least (a₀, b₀), and
    not be in B_d, which means b ≤ β(a), where β(a), the least column of a chain of length d that ends above row a, does
    not increase. Suppose that c₁ ≤ … ≤ c_2m are paired in some way, each pair allowed. One of the pairs that meet the i
    largest has both members at least c_i and its larger one at least c_{2m+1−i}: two of the i largest, if any are
    paired; otherwise their i partners are not all among c₁, …, c_{i−1}. So c_{2m+1−i} ≤ β(c_i). And if b₀ > a₀, each
    of the t vectors equal to a₀ has a partner that is at least b₀; so it has when nested.
    Among the contents with a given degree in each input and a given t, the least is best for β: partners b₀ as far as
    later inputs have not enough of them, and otherwise the first vector of each input (a₀+1 in that of a₀).
    When a single input is open, repeating the last generator is a completion.

    Marked vectors are inputs of one vector and degree 1.
    """

    def __init__(self, sizes: Sequence[int]):
        N = sum(sizes)
        self.pairs = list(combinations_with_replacement(range(N), 2))
        self.index = {pair: place for place, pair in enumerate(self.pairs)}
        self.input_of = [number for number, n in enumerate(sizes) for _ in range(n)]
        self.ends = list(accumulate(sizes))
        self.starts = [0, *self.ends]
        self.columns = [sum(1 << self.index[a, b] for a in range(b + 1)) for b in range(N)]
        self.columns_beyond = [sum(self.columns[b + 1 :]) for b in range(N)]
        self.rows_from = [-1 << self.index[a, a] for a in range(N)] + [-1 << len(self.pairs)]
        self._singles = [(pair,) for pair in self.pairs]
        # Caches of one enumeration: it meets few masks, and each many times.
        self.members = lru_cache(1 << 12)(self._members)
        self.tails = lru_cache(1 << 12)(self._tails)
        self.region = lru_cache(1 << 12)(self._region)
        self.completable = lru_cache(1 << 16)(self._completable)

    def families(self, masks: Masks, degrees: tuple[int, ...]) -> Iterator[Iterable[Monomial]]:
        """The monomials that use up the degrees (not all 0), in families that differ in the last generator only."""
        stack: list[tuple[Monomial, int, Masks, tuple[int, ...]]] = [((), -1, masks, degrees)]
        while stack:
            prefix, last, masks, left = stack.pop()
            if last >= 0:
                pair = self.pairs[last]
                prefix, masks, left = (*prefix, pair), self.raised(masks, last), self.less(left, pair)
            following = self.following(max(last, 0), masks, left)
            if sum(left) == 2:
                yield map(prefix.__add__, self.tails(following))
            else:
                stack.extend((prefix, place, masks, left) for place in self.members(following))

    def raised(self, masks: Masks, place: int) -> Masks:
        """The masks after one more generator."""
        a, b = self.pairs[place]
        above = self.rows_from[a + 1] & self.columns_beyond[b]
        result = list(masks)
        for length, mask in enumerate(masks):
            result[length] = mask | above
            if not mask >> place & 1:
                break
        return tuple(result)

    def less(self, left: tuple[int, ...], pair: Generator) -> tuple[int, ...]:
        """The degrees that are left after one more generator."""
        result = list(left)
        for vector in pair:
            result[self.input_of[vector]] -= 1
        return tuple(result)

    def following(self, last: int, masks: Masks, left: tuple[int, ...]) -> int:
        """The generators that may come next and lead to a monomial."""
        candidates = self.region(left) & ~masks[-1] & (-1 << last)
        if sum(left) == 2 or max(left) == sum(left):
            return candidates
        found = 0
        for place in self.members(candidates):
            forbidden = self.raised(masks, place)[-1]
            if self.completable(place, forbidden, self.less(left, self.pairs[place])):
                found |= 1 << place
        return found

    def _completable(self, last: int, forbidden: int, left: tuple[int, ...]) -> bool:
        """Whether generators from the last one on, not forbidden, use up exactly these degrees."""
        a, b = self.pairs[last]
        own, other = self.input_of[a], self.input_of[b]
        later = sum(left[other + 1 :])
        for copies in range(left[own] + 1):
            partners = max(0, copies - later) if b > a else 0
            content = []
            for number, degree in enumerate(left):
                part = [self.starts[number]] * degree
                if number == own:
                    part = [a] * copies + [min(a + 1, self.ends[own] - 1)] * (degree - copies)
                if number == other:
                    part = part[: max(0, degree - partners)] + [b] * min(partners, degree)
                content += part
            pairs = zip(content[: len(content) // 2], reversed(content))
            if all((place := self.index.get(pair, -1)) >= last and not forbidden >> place & 1 for pair in pairs):
                return True
        return False

    def _region(self, left: tuple[int, ...]) -> int:
        """The generators with their row in the first open input (later rows would leave it unused)."""
        first = next(number for number, degree in enumerate(left) if degree)
        rows = self.rows_from[self.starts[first]] & ~self.rows_from[self.ends[first]]
        open_columns = 0
        for vector, number in enumerate(self.input_of):
            if left[number] > (number == first):
                open_columns |= self.columns[vector]
        return rows & open_columns

    def _members(self, mask: int) -> list[int]:
        """The places in a mask, the last first."""
        return list(compress(range(len(self.pairs)), map(int, reversed(f"{mask:b}"))))[::-1]

    def _tails(self, mask: int) -> list[Monomial]:
        return list(compress(self._singles, map(int, reversed(f"{mask:b}"))))
