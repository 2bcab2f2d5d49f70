"""Candidates for an unknown function: concrete exact maps with every kind of symmetry, and with none.

A statement about "every f with such a symmetry" is tested with each candidate that has the symmetry. So a statement
that asks for too little symmetry (rotations only, a hypothesis dropped) meets a candidate that refutes it: the cross
product, a determinant, a fixed matrix. A new family is one ``yield`` in one of the generators below.

>>> from symmetry.terms import Function, sizes
>>> d, N = sizes("d N")
>>> for candidate in candidates(Function("f", ((d, N),), (d, N)), {"d": 3, "N": 2}, Field(), 0)[:2]:
...     print(str(candidate).partition(",")[0])
f(Y) = (cofactor cross product of the first 2 columns of Y)·row
f(Y) = M·Y·K
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from symmetry.checks.exact.evaluate import Map
from symmetry.checks.exact.fields import Field, Matrix
from symmetry.checks.exact.maps import cross, first_row, sandwich, skew, squares, trace
from symmetry.sizes import Size
from symmetry.syntax import Shape
from symmetry.terms import Function

__all__ = ["candidates"]

Call = Callable[[Sequence[Matrix]], Matrix]
Text = str | Callable[[], str]
Family = Iterator[tuple[Text, int | None, Call]]  # description, degree (None: not polynomial), the map
WORD_LENGTH = 4


def candidates(
    function: Function, sizes: Mapping[str, int], field: Field, seed: int, *, natural: bool = False
) -> tuple[Map, ...]:
    """Concrete maps of a function's shapes, those most likely to refute first; polynomial ones only modulo a prime.

    With ``natural``, products of the arguments alone, which treat all coordinates along an axis alike.
    """
    names = function.key[2:]
    used = sorted({name for shape in (*names[0], names[1]) for size in shape for name, _ in size.parts})
    return _candidates(function, tuple((name, sizes[name]) for name in used), field.prime, seed, natural)


@lru_cache(maxsize=512)
def _candidates(
    function: Function, sizes: tuple[tuple[str, int], ...], prime: int | None, seed: int, natural: bool
) -> tuple[Map, ...]:
    pool = _Pool(function, dict(sizes), Field(prime), random.Random(seed))
    head = f"{function.name}({pool.arguments}) = "
    return tuple(
        Map(call, _full_text(head, text), degree, natural)
        for text, degree, call in (pool.words() if natural else pool.all())
        if degree is not None or prime is None
    )


def _full_text(head: str, text: Text) -> Callable[[], str]:
    return lambda: head + (text if isinstance(text, str) else text())


class _Pool:
    """The families for one signature at concrete sizes."""

    def __init__(self, function: Function, sizes: Mapping[str, int], field: Field, rng: random.Random):
        self.domain, self.codomain = function.domain, function.codomain
        self.field, self.rng, self.sizes = field, rng, sizes
        self.rows, self.cols = function.codomain[0].at(sizes), function.codomain[1].at(sizes)
        self.shapes = [(rows.at(sizes), cols.at(sizes)) for rows, cols in self.domain]
        count = len(self.domain)
        self.letters = ["Y"] if count == 1 else [f"X{'₀₁₂₃₄₅₆₇₈₉'[k] if k < 10 else k}" for k in range(1, count + 1)]
        self.arguments = ", ".join(self.letters)

    def all(self) -> Family:
        """Families of all axes, one of each in turn."""
        axes: list[Size] = []
        for size in (*self.codomain, *(size for shape in self.domain for size in shape)):
            if size.parts and size not in axes:
                axes.append(size)
        streams: list[Family] = []
        for axis in axes:
            if any(axis in shape for shape in self.domain):
                # The first axis, usually that of the vectors, gets three turns to everybody else's one.
                streams.extend(stream for family in self.of_axis(axis) for stream in [family] * (1 if streams else 3))
        streams.append(self.words())
        streams.append(self.plain())
        streams.append(self.selections())
        for layer in zip_longest(*streams):
            yield from (found for found in layer if found is not None)

    def note(self, text: str, **constants: Matrix) -> Callable[[], str]:
        """The description with the values of its constants, written out only when asked for."""
        shown = self.field.printable
        return lambda: text + ", " + ", ".join(f"{name} = {shown(value)}" for name, value in constants.items())

    def constant(self, rows: int, cols: int) -> Matrix:
        return self.field.matrix(rows, cols, self.rng.choices((-2, -1, 1, 2, 3), k=rows * cols))

    def of_axis(self, axis: Size) -> Iterator[Family]:
        """Vectors along an axis: the columns of W are the arguments (or their transposes) that have it as rows."""
        d = axis.at(self.sizes)
        as_rows = [k for k, shape in enumerate(self.domain) if shape[0] == axis]
        as_cols = [k for k, shape in enumerate(self.domain) if shape[1] == axis and shape[0] != axis]
        names = [self.letters[k] for k in as_rows] + [f"{self.letters[k]}ᵀ" for k in as_cols]
        width = sum(self.domain[k][1].at(self.sizes) for k in as_rows)
        width += sum(self.domain[k][0].at(self.sizes) for k in as_cols)
        field = self.field

        def gather(values: Sequence[Matrix]) -> Matrix:
            return field.hstack([values[k] for k in as_rows] + [values[k].transpose() for k in as_cols])

        parts: list[tuple[int, Call]] = [(k, lambda v, k=k: v[k]) for k in as_rows]  # type: ignore[misc]
        parts += [(k, lambda v, k=k: v[k].transpose()) for k in as_cols]  # type: ignore[misc]
        W = names[0] if len(names) == 1 else f"[{' '.join(names)}]"
        if self.codomain == (axis, axis):
            yield self.matrices(gather, W, d, width)
        if self.codomain[0] == axis:
            yield self.vectors(gather, W, d, width, self.cols, parts)
        elif self.codomain[1] == axis:
            yield (
                (_full_text("transpose of ", text), degree, lambda v, call=call: call(v).transpose())  # type: ignore[misc]
                for text, degree, call in self.vectors(gather, W, d, width, self.rows, parts)
            )
        else:
            yield self.invariants(gather, W, d, width)

    def vectors(self, gather: Call, W: str, d: int, N: int, c: int, parts: Sequence[tuple[int, Call]] = ()) -> Family:
        """d × c: first for rotations only, then with no symmetry, then for all of O(d)."""
        field, constant = self.field, self.constant
        K, K2, left, right, M = constant(N, c), constant(N, c), constant(N, N), constant(N, N), constant(d, d)
        row, shift = constant(1, c), constant(d, c)
        if N >= d - 1 >= 0:
            yield (
                self.note(f"(cofactor cross product of the first {d - 1} columns of {W})·row", row=row),
                d - 1,
                lambda v: cross(field, field.columns(gather(v), range(d - 1))) * row,
            )
        yield self.note(f"M·{W}·K", M=M, K=K), 1, lambda v: M * gather(v) * K
        if N >= d:
            yield (
                self.note(f"det(first {d} columns of {W})·{W}·K", K=K),
                d + 1,
                lambda v: gather(v) * K * field.columns(gather(v), range(d)).det(),
            )
        yield self.note(f"{W}·K", K=K), 1, lambda v: gather(v) * K

        def cubic(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return w * (left * (w.transpose() * w) * right + left) * K2

        yield self.note(f"{W}·(L G R + L)·K, G = WᵀW, W = {W}", L=left, R=right, K=K2), 3, cubic
        yield self.note(f"entrywise square of {W}·K", K=K), 2, lambda v: squares(field, gather(v) * K)
        yield self.note("the constant B", B=shift), 0, lambda v: shift

        def by_rank(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return w * (K * field.number(w.rank()) + K2)

        yield self.note(f"{W}·(rank W·K + K′)", K=K, **{"K′": K2}), None, by_rank

        # Constants of its own: no other candidate may agree with it wherever the first column is short.
        near, far = constant(N, c), constant(N, c)

        def by_order(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            gram = w.transpose() * w
            return w * (near if N == 0 or gram[0, 0] <= gram[N - 1, N - 1] else far)

        text = f"{W}·K if the first column is not longer than the last, else {W}·K′"
        yield self.note(text, K=near, **{"K′": far}), None, by_order
        yield self.note(f"W⁺ᵀ·K, W = {W}", K=K), None, lambda v: field.pseudoinverse(gather(v)).transpose() * K

        def projected(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return w * left * (field.pseudoinverse(w) * w) * K

        yield self.note(f"W·L·W⁺W·K, W = {W}", L=left, K=K), None, projected
        pick = field.matrix(d, d, [int(i == j == 0) for i in range(d) for j in range(d)])
        yield self.note(f"the first coordinate of {W}·K, the others 0", K=K), 1, lambda v: pick * gather(v) * K

        def last_cross(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return cross(field, field.columns(w, range(N - d + 1, N))) * first_row(field, w, K, row)

        if len(parts) > 1:
            for k, part in parts:
                small = constant(part([self.field.zero(*s) for s in self.shapes]).ncols(), c)
                others = [j for j in range(len(self.domain)) if j != k]

                def alone(
                    v: Sequence[Matrix], part: Call = part, small: Matrix = small, others: list[int] = others
                ) -> Matrix:
                    factor = sum((v[j][0, 0] for j in others if v[j].nrows() and v[j].ncols()), field.number(1))
                    return part(v) * small * factor

                yield self.note(f"{self.letters[k]}·K·(1 + first entries of the other arguments)", K=small), 2, alone
        if N >= d - 1 >= 0:
            yield (
                self.note(
                    f"(cofactor cross product of the last {d - 1} columns of W)·(row + first row of WᵀW K), W = {W}",
                    row=row,
                    K=K,
                ),
                d + 1,
                last_cross,
            )

    def matrices(self, gather: Call, W: str, d: int, N: int) -> Family:
        """d × d, for the action f ↦ Q f Qᵀ: first rotations only, then none, then O(d)."""
        field, constant = self.field, self.constant
        beta, gamma, M = constant(N, N), constant(N, N), constant(d, d)
        unit = field.identity(d)
        if N >= d - 2 >= 0:
            yield (
                f"the skew matrix of the first {d - 2} columns of {W}, a quarter turn for d = 2, [z]× for d = 3",
                d - 2,
                lambda v: skew(field, field.columns(gather(v), range(d - 2))),
            )
        yield self.note(f"M·W·B·Wᵀ, W = {W}", M=M, B=beta), 2, lambda v: M * sandwich(gather(v), beta)
        yield self.note(f"2·I + W·B·Wᵀ, W = {W}", B=beta), 2, lambda v: unit * 2 + sandwich(gather(v), beta)
        if N >= d:
            yield f"det(first {d} columns of {W})·I", d, lambda v: unit * field.columns(gather(v), range(d)).det()
        yield self.note("the constant M", M=M), 0, lambda v: M

        def traced(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            gram = w.transpose() * w
            return unit * trace(field, gram) + sandwich(w, beta * gram * gamma + gamma)

        yield self.note(f"tr(G)·I + W·(B G C + C)·Wᵀ, G = WᵀW, W = {W}", B=beta, C=gamma), 4, traced
        yield (
            f"the projection W·W⁺ onto the columns of W = {W}",
            None,
            lambda v: gather(v) * field.pseudoinverse(gather(v)),
        )

        def ranked(v: Sequence[Matrix]) -> Matrix:
            return unit * field.number(gather(v).rank()) + sandwich(gather(v), gamma)

        yield self.note(f"rank(W)·I + W·B·Wᵀ, W = {W}", B=gamma), None, ranked
        yield (
            self.note(f"entrywise square of W·B·Wᵀ, W = {W}", B=beta),
            4,
            lambda v: squares(field, sandwich(gather(v), beta)),
        )

    def invariants(self, gather: Call, W: str, d: int, N: int) -> Family:
        """Any other shape: first for rotations only, then none, then functions of the Gram matrix."""
        field, constant, r, c = self.field, self.constant, self.rows, self.cols
        shape, L, R, D, L2, R2 = (constant(*s) for s in ((r, c), (r, N), (N, c), (r, d), (r, N), (N, c)))
        if N >= d:
            text = self.note(f"det(first {d} columns of {W})·B", B=shape)
            yield text, d, lambda v: shape * field.columns(gather(v), range(d)).det()
        yield self.note(f"D·{W}·R", D=D, R=R), 1, lambda v: D * gather(v) * R
        yield (
            self.note(f"L·G·R, G = WᵀW, W = {W}", L=L, R=R),
            2,
            lambda v: L * (gather(v).transpose() * gather(v)) * R,
        )

        def entry(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return shape * (w[0, 0] if d and N else 0)

        yield self.note(f"(first entry of {W})·B", B=shape), 1, entry

        def quartic(v: Sequence[Matrix]) -> Matrix:
            gram = gather(v).transpose() * gather(v)
            return L * gram * R + L2 * squares(field, gram) * R2

        longer = f"L·G·R + L′·(G squared entrywise)·R′, G = WᵀW, W = {W}"
        yield self.note(longer, L=L, R=R, **{"L′": L2, "R′": R2}), 4, quartic
        yield self.note(f"rank(W)·B, W = {W}", B=shape), None, lambda v: shape * field.number(gather(v).rank())

        def inverse_gram(v: Sequence[Matrix]) -> Matrix:
            return L * field.pseudoinverse(gather(v).transpose() * gather(v)) * R

        yield self.note(f"L·G⁺·R, G = WᵀW, W = {W}", L=L, R=R), None, inverse_gram
        yield (
            self.note(f"tr(WᵀW)·B, W = {W}", B=shape),
            2,
            lambda v: shape * trace(field, gather(v).transpose() * gather(v)),
        )

        def row_sums(v: Sequence[Matrix]) -> Matrix:
            w = gather(v)
            return D * w * (w.transpose() * (D.transpose() * shape))

        yield self.note(f"D·WWᵀ·Dᵀ·B, W = {W}", D=D, B=shape), 2, row_sums

    def words(self) -> Family:
        """Products of the arguments and their transposes that have the right shape: natural in every axis at once."""
        found = shape_words(self.domain, self.codomain)
        if not found:
            return
        field, letters = self.field, [*self.letters, *(f"{letter}ᵀ" for letter in self.letters)]
        count = len(self.domain)

        def product(word: tuple[int, ...], v: Sequence[Matrix]) -> Matrix:
            if not word:
                return field.identity(self.rows)
            parts = [v[k] if k < count else v[k - count].transpose() for k in word]
            total = parts[0]
            for part in parts[1:]:
                total = total * part
            return total

        def text(word: tuple[int, ...]) -> str:
            return "·".join(letters[k] for k in word) or "I"

        chosen = found[:6]
        weights = self.rng.choices((-2, -1, 1, 2, 3), k=len(chosen))
        mix = " + ".join(f"{weight}·{text(word)}" for weight, word in zip(weights, chosen))
        longest = max(map(len, chosen))

        def mixture(v: Sequence[Matrix]) -> Matrix:
            total = product(chosen[0], v) * weights[0]
            for weight, word in zip(weights[1:], chosen[1:]):
                total = total + product(word, v) * weight
            return total

        yield mix, longest, mixture
        plain = found[0] or found[min(1, len(found) - 1)]
        yield f"entrywise square of {text(plain)}", 2 * len(plain), lambda v: squares(field, product(plain, v))
        yield from self.lopsided()
        for k, shape in enumerate(self.domain):
            if shape == self.codomain:
                X = self.letters[k]
                yield (
                    f"{X}·(the entrywise square of {X}ᵀ{X})",
                    5,
                    lambda v, k=k: v[k] * squares(field, v[k].transpose() * v[k]),  # type: ignore[misc]
                )
                yield (
                    f"{X}·({X}ᵀ{X})²",
                    5,
                    lambda v, k=k: v[k] * v[k].transpose() * v[k] * v[k].transpose() * v[k],  # type: ignore[misc]
                )
        for word in found[:4]:
            yield text(word), len(word), lambda v, word=word: product(word, v)  # type: ignore[misc]

    def lopsided(self) -> Family:
        """Natural in the columns alone: a quarter turn, and what a square argument C = ZᵀZ of rank 1 annihilates."""
        field, rows = self.field, self.rows
        turn = field.matrix(2, 2, [0, -1, 1, 0])
        square = next((j for j, shape in enumerate(self.domain) if shape == (self.codomain[0],) * 2), None)
        for k, shape in enumerate(self.domain):
            if shape != self.codomain or shape[0] == shape[1]:
                continue
            X = self.letters[k]
            if rows == 2:
                yield f"{X} turned by a right angle", 1, lambda v, k=k: turn * v[k]  # type: ignore[misc]
            if square is not None:
                C, L = self.letters[square], self.constant(rows, rows)

                def silent(v: Sequence[Matrix], k: int = k, j: int = square, L: Matrix = L) -> Matrix:
                    return L * v[k] * trace(field, v[j]) - v[j] * L * v[k]

                yield self.note(f"(tr({C})·I − {C})·L·{X}", L=L), 2, silent

    def selections(self) -> Family:
        """Square matrices chosen by the position that the first argument stands for: a reflection, or a permutation."""
        field, size = self.field, self.rows
        if self.cols != size or not size or not self.shapes[0][0] or self.shapes[0][1] != 1:
            return
        mirror = field.matrix(size, size, [2 * int(i == j == 0) for i in range(size) for j in range(size)])
        letter = self.letters[0]
        yield (
            f"I − 2 e₁e₁ᵀ where the first entry of {letter} is 1, I where it is 0",
            1,
            lambda v: field.identity(size) - mirror * v[0][0, 0],
        )
        if self.shapes[0][0] == size:
            turns = [field.permutation([(j + k + 1) % size for j in range(size)]) for k in range(size)]

            def turned(v: Sequence[Matrix]) -> Matrix:
                total = field.zero(size, size)
                for k, turn in enumerate(turns):
                    total = total + turn * v[0][k, 0]
                return total

            yield f"the cyclic permutation by as many places as the position {letter}", 1, turned

    def plain(self) -> Family:
        """No structure at all: fixed linear maps of each argument, constants, zero."""
        field, r, c = self.field, self.rows, self.cols
        pairs = []
        for rows, cols in self.domain:
            pairs.append((self.constant(r, rows.at(self.sizes)), self.constant(cols.at(self.sizes), c)))

        def total(v: Sequence[Matrix]) -> Matrix:
            result = field.zero(r, c)
            for (left, right), value in zip(pairs, v):
                result = result + left * value * right
            return result

        shape = self.constant(r, c)
        named = {f"{side}{k}": pair[i] for k, pair in enumerate(pairs, 1) for i, side in enumerate("LR")}
        text = " + ".join(f"L{k}·{letter}·R{k}" for k, letter in enumerate(self.letters, 1))
        yield self.note(text, **named), 1, total
        yield self.note("the constant B", B=shape), 0, lambda v: shape
        yield self.note(f"entrywise square of {text}", **named), 2, lambda v: squares(field, total(v))
        yield "0", 0, lambda v: field.zero(r, c)


def shape_words(domain: Sequence[Shape], codomain: Shape) -> list[tuple[int, ...]]:
    """Words in the letters 0 … p−1 (arguments) and p … 2p−1 (their transposes) of the wanted shape, short ones first.

    >>> d, n = Size.of("d"), Size.of("n")
    >>> shape_words([(d, n)], (d, n)), shape_words([(d, n)], (n, n))
    ([(0,), (0, 1, 0)], [(), (1, 0), (1, 0, 1, 0)])
    """
    shapes = [*domain, *((cols, rows) for rows, cols in domain)]
    found: list[tuple[int, ...]] = [()] if codomain[0] == codomain[1] else []
    layer: list[tuple[tuple[int, ...], Size]] = [((), codomain[0])]
    for _ in range(WORD_LENGTH):
        layer = [((*word, k), shape[1]) for word, end in layer for k, shape in enumerate(shapes) if shape[0] == end]
        found.extend(word for word, end in layer if end == codomain[1])
        if len(layer) > 200:
            break
    return found
