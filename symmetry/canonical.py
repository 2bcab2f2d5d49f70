"""One canonical form for matrix terms and statements; equality in it is the only equality the kernel knows.

A term becomes a rational combination of *words*: products of letters (variables, transposes, pseudo-inverses,
unknown functions, averages, sums, selectors of block rows), with 1 × 1 pieces pulled out as commuting scalars that are
read up to transposition. Blocks become selectors, E(o, l, t) being rows o … o+l−1 of the t × t identity. A letter is
named by text that spells out its arguments in canonical form, so equal letters are equal text, whatever the run.

With oriented equations the same form is taken modulo those: each must have a single word on its left, which is
replaced wherever it occurs, also inside the arguments of functions, until nothing changes or the step budget ends.

>>> from symmetry.terms import sizes, Variable, Identity, hstack, vstack
>>> d, n, m = sizes("d n m")
>>> X, Z, u = Variable("X", d, n), Variable("Z", d, m), Variable("u", d, Size.of(1))
>>> same_term(hstack(X, Z) * hstack(X, Z).T, X * X.T + Z * Z.T)
True
>>> same_term(u.T * X * X.T * u * u, u * (X.T * u).T * (X.T * u))
True
>>> same_term(X.T * X, X * X.T)
False
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from symmetry.errors import KernelError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member
from symmetry.sizes import Reserved, Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable
from symmetry.terms import (
    Apply,
    Average,
    Block,
    Function,
    Identity,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
    vstack,
)
from symmetry.words import (
    ONE,
    UNIT,
    Letter,
    Letters,
    Poly,
    Rational,
    Word,
    bound_letter,
    flip,
    letters_text,
    one_scalar,
    poly_text,
    select_pair,
    selector,
    sorted_scalars,
    weight,
    word_text,
)

__all__ = [
    "Canonical",
    "Rules",
    "formula_key",
    "same_formula",
    "same_formula_modulo",
    "same_term",
    "same_term_modulo",
    "term_text",
]

BUDGET = 4000  # rewriting steps
MAX_WRITTEN_OUT = 6  # sums over E(n) for a number n up to this are written out
WORK = 1_000_000  # characters of letters handled in one comparison; the derivations here need 6 000


# ---------------------------------------------------------------------------------------------------------------
# Oriented equations


class Rule(NamedTuple):
    """Replace ``word`` by ``poly``."""

    word: Word
    poly: Poly
    text: str


class Rules:
    """Oriented equations, ready for rewriting.

    Raises:
        KernelError: the left side of an equation is not a single word with at least one letter.
    """

    def __init__(self, equations: Sequence[Equal] = ()):
        self.rules: list[Rule] = []
        self.height = max((1 + _height((equation.left, equation.right)) for equation in equations), default=0)
        for equation in equations:
            plain = Canonical()
            left, right = plain.poly(equation.left), plain.poly(equation.right)
            if len(left) != 1:
                raise KernelError(
                    f"cannot rewrite with {equation}: its left side is {len(left)} words, and must be one; "
                    "turn it round, or use a combination with multipliers"
                )
            ((word, value),) = left.items()
            if not word.letters and not (word.scalars and equation.left.is_scalar):
                raise KernelError(f"cannot rewrite with {equation}: its left side has no letter to look for")
            right = {other: _plain_number(Fraction(coefficient) / value) for other, coefficient in right.items()}
            self._add(word, right, str(equation))
            if word.letters:
                flipped = Word(word.scalars, flip(word.letters))
                other_side = {Word(w.scalars, flip(w.letters)): c for w, c in right.items()}
                if flipped != word and right != {flipped: ONE}:
                    self._add(flipped, other_side, str(equation))

    def _add(self, word: Word, poly: Poly, text: str) -> None:
        if poly != {word: ONE}:
            self.rules.append(Rule(word, poly, text))


def _find(needle: Letters, letters: Letters) -> int:
    width = len(needle)
    for start in range(len(letters) - width + 1):
        if letters[start : start + width] == needle:
            return start
    return -1


def _without(scalars: tuple[Letters, ...], pieces: tuple[Letters, ...]) -> tuple[Letters, ...] | None:
    """The multiset difference, or ``None`` where ``pieces`` is not contained in ``scalars``."""
    rest = list(scalars)
    for piece in pieces:
        if piece not in rest:
            return None
        rest.remove(piece)
    return tuple(rest)


# ---------------------------------------------------------------------------------------------------------------
# The canonical form


class Canonical:
    """Canonical forms modulo the given oriented equations.

    Raises:
        KernelError: rewriting does not settle within the step budget, or the form grows beyond all bounds.
    """

    def __init__(self, rules: Rules | None = None):
        self.rules = rules.rules if rules is not None else []
        self.height = rules.height if rules is not None else 0  # names bound here are above those that rules bring in
        self.steps = 0
        self.work = 0
        self._polys: dict[Term, Poly] = {}

    def _charge(self, *pieces: Letters) -> None:
        self.work += 16 + sum(map(weight, pieces))
        if self.work > WORK:
            raise KernelError(f"the canonical form is too large: more than {WORK} characters of letters{self._loop()}")

    def _loop(self) -> str:
        names = ", ".join(sorted({rule.text for rule in self.rules}))
        return f": do these equations loop? {names}" if names else ""

    def _charged(self, poly: Poly) -> Poly:
        for word in poly:
            self._charge(word.letters, *word.scalars)
        return poly

    def _sum(self, polys: Iterable[Poly]) -> Poly:
        return _add(map(self._charged, polys))

    def poly(self, term: Term) -> Poly:
        """The canonical form of a term."""
        known = self._polys.get(term)
        if known is None:
            known = {} if term.rows.is_zero or term.cols.is_zero else self._poly(term)
            self._polys[term] = known
        return known

    def _poly(self, term: Term) -> Poly:
        match term:
            case Variable():
                return self._letter(Letter(f"{term.name}[{term.rows},{term.cols}]", term.rows, term.cols))
            case Zero():
                return {}
            case Identity():
                return {UNIT: ONE}
            case Number():
                return {UNIT: _plain_number(term.value)} if term.value else {}
            case Sum():
                return self._sum(self.poly(part) for part in term.terms)
            case Scaled():
                return self._scale(self.poly(term.factor), self.poly(term.body))
            case Product():
                product = self.poly(term.factors[0])
                for factor in term.factors[1:]:
                    product = self._times(product, self.poly(factor))
                return product
            case Transpose():
                inner = self.poly(term.body)
                return self._sum(self._settle(value, word.scalars, flip(word.letters)) for word, value in inner.items())
            case Pseudoinverse():
                text = f"pinv[{term.rows},{term.cols}]({poly_text(self._charged(self.poly(term.body)))})"
                return self._letter(Letter(text, term.rows, term.cols))
            case Apply():
                arguments = "; ".join(poly_text(self._charged(self.poly(argument))) for argument in term.arguments)
                return self._letter(Letter(f"{_signature(term.function)}({arguments})", term.rows, term.cols))
            case Block():
                return self._block(term)
            case Average():
                return self._average(term)
            case Total():
                return self._total(term)
        raise KernelError(f"no canonical form for a {type(term).__name__}")

    def _letter(self, letter: Letter) -> Poly:
        return self._settle(ONE, (), (letter,))

    def _scale(self, factor: Poly, body: Poly) -> Poly:
        return self._sum(
            self._settle(a * b, v.scalars + w.scalars, w.letters) for v, a in factor.items() for w, b in body.items()
        )

    def _times(self, left: Poly, right: Poly) -> Poly:
        return self._sum(
            self._settle(a * b, v.scalars + w.scalars, v.letters + w.letters)
            for v, a in left.items()
            for w, b in right.items()
        )

    def _block(self, term: Block) -> Poly:
        total: list[Poly] = []
        down = Size()
        for row in term.grid:
            across = Size()
            for entry in row:
                above = selector(down, entry.rows, term.rows).flip()
                beside = selector(across, entry.cols, term.cols)
                for word, value in self.poly(entry).items():
                    total.append(self._settle(value, word.scalars, (above, *word.letters, beside)))
                across = across + entry.cols
            down = down + row[0].rows
        return self._sum(total)

    def _average(self, term: Average) -> Poly:
        """Linear; factors that do not contain the variable come out; the average of a constant is the constant."""
        token = Reserved(f"#a{self.height + _height(term.body)}")
        inner = self.poly(substitute(term.body, {term.variable: Variable(token, *term.variable.shape)}))
        head = f"mean[{term.group.name},{term.group.size}]"
        return self._sum(
            self._bound(head, token, word, value) if f"{token}[" in word_text(word) else {word: value}
            for word, value in inner.items()
        )

    def _bound(self, head: str, token: str, word: Word, value: Rational) -> Poly:
        """A word under a linear binder: what does not contain the bound name comes out, the rest becomes a letter."""
        mark = f"{token}["
        inside = [index for index, letter in enumerate(word.letters) if mark in letter.text]
        start, stop = (inside[0], inside[-1] + 1) if inside else (len(word.letters), len(word.letters))
        moving = tuple(piece for piece in word.scalars if mark in letters_text(piece))
        fixed = tuple(piece for piece in word.scalars if mark not in letters_text(piece))
        middle = word.letters[start:stop]
        letter = bound_letter(head, token, moving, middle)
        if middle:
            return self._settle(value, fixed, (*word.letters[:start], letter, *word.letters[stop:]))
        return self._settle(value, (*fixed, (letter,)), word.letters)

    def _total(self, term: Total) -> Poly:
        """Linear; Σ e eᵀ = I and eᵀe = 1; over E(n) for a small number n the sum is written out."""
        size = term.variable.rows
        if not size.parts and size.constant <= MAX_WRITTEN_OUT:
            units = (_unit(index, size.constant) for index in range(size.constant))
            return self._sum(self.poly(substitute(term.body, {term.variable: unit})) for unit in units)
        token = Reserved(f"#t{self.height + _height(term.body)}")
        inner = self.poly(substitute(term.body, {term.variable: Variable(token, *term.variable.shape)}))
        return self._sum(self._summed(token, size, word, value) for word, value in inner.items())

    def _summed(self, token: str, size: Size, word: Word, value: Rational) -> Poly:
        """The sum of one word over E(size), the bound vector e being the letter of the given name.

        A piece that ends in e, and speaks of e nowhere else, can be opened: (u e)(v e) t(e) sums to u (Σ e eᵀ t(e)) vᵀ
        and (u e) t(e) to u (Σ e t(e)), where t(e) is what is left over. Without t(e), Σ e eᵀ is the identity.
        """
        head, mark = f"sum[{size}]", f"{token}["
        e = Letter(f"{token}[{size},1]", size, Size((), 1))
        row: Letters = (e.flip(),)
        rows: list[Letters] = []  # the u of each scalar u e
        moving: list[Letters] = []
        fixed: list[Letters] = []
        for piece in word.scalars:
            opened = _opened(piece, e, mark)
            if piece == (*row, e):
                continue
            elif opened is not None:
                rows.append(opened)
            elif mark in letters_text(piece):
                moving.append(piece)
            else:
                fixed.append(piece)
        letters = word.letters
        ends = [index for index, letter in enumerate(letters) if letter in (e, *row)]
        hidden = any(mark in letter.text and letter not in (e, *row) for letter in letters)
        count = len(rows) + len(ends)
        if hidden or count > 2:
            beside = _inserted(letters, rows[0], e, mark) if len(rows) == 1 and hidden else None
            if beside is not None:
                return self._bound(head, token, Word(sorted_scalars((*moving, *fixed)), beside), value)
            kept = tuple(piece for piece in word.scalars if piece != (*row, e))
            return self._bound(head, token, Word(kept, letters), value)
        if count == 0:
            number = self._number(head, token, size, tuple(moving))
            return self._scale(number, {Word(tuple(fixed), letters): value})
        middle: Letters = ()
        if count == 1 or moving:
            middle = (bound_letter(head, token, tuple(moving), (e,) if count == 1 else (e, *row)),)
        if not ends:
            scalar = rows[0] + middle + (flip(rows[1]) if count == 2 else ())
            return self._scale(self._settle(ONE, (), scalar), {Word(tuple(fixed), letters): value})
        first, after = ends[0], ends[-1] + 1
        if letters[first] == e:
            inside = middle + (flip(rows[0]) if rows else ())
        else:
            inside = rows[0] + middle if rows else flip(middle)
        return self._settle(value, tuple(fixed), letters[:first] + inside + letters[after:])

    def _number(self, head: str, token: str, size: Size, moving: tuple[Letters, ...]) -> Poly:
        """A sum of numbers; a sum of ones counts the basis."""
        if moving:
            return {Word(((bound_letter(head, token, moving, ()),),), ()): ONE}
        total: Poly = {UNIT: size.constant} if size.constant else {}
        for name, times in size.parts:
            total[Word(((Letter(f"size[{name}]", Size((), 1), Size((), 1)),),), ())] = times
        return total

    def _settle(self, value: Rational, scalars: tuple[Letters, ...], letters: Letters, *, rewrite: bool = True) -> Poly:
        """The canonical form of one product: selectors combined, equations applied, scalars pulled out."""
        total: Poly = {}
        work = [(value, scalars, letters)]
        while work:
            value, scalars, letters = work.pop()
            self._charge(letters, *scalars)
            step = None
            if any(letter.offset is not None for letter in letters):
                if any(letter.rows.is_zero or letter.cols.is_zero for letter in letters):
                    continue
                step = self._combine_selectors(letters)
            if step is None:
                scalars, letters, moved = _pull_scalars(scalars, letters)
                if moved:
                    step = [(ONE, scalars, letters)]
                    scalars = ()
                elif self.rules and rewrite:
                    step = self._rewrite(scalars, letters)
                    if step is not None:
                        scalars = ()
            if step is None:
                word = Word(sorted_scalars(scalars), letters)
                total[word] = total.get(word, 0) + value
                continue
            self.steps += 1
            if self.steps > BUDGET and self.rules:
                raise KernelError(f"rewriting did not settle after {BUDGET} steps{self._loop()}")
            work.extend((value * factor, scalars + more, rest) for factor, more, rest in step)
        return {word: coefficient for word, coefficient in total.items() if coefficient}

    def _combine_selectors(self, letters: Letters) -> list[tuple[Rational, tuple[Letters, ...], Letters]] | None:
        for index, letter in enumerate(letters):
            if letter.offset is not None and letter.rows == letter.cols:
                return [(ONE, (), letters[:index] + letters[index + 1 :])]
            if index + 1 < len(letters):
                pair = select_pair(letter, letters[index + 1])
                if pair is not None:
                    return [(sign, (), letters[:index] + middle + letters[index + 2 :]) for sign, middle in pair]
        return None

    def _rewrite(
        self, scalars: tuple[Letters, ...], letters: Letters
    ) -> list[tuple[Rational, tuple[Letters, ...], Letters]] | None:
        for rule in self.rules:
            self._charge(letters, *scalars)
            rest = _without(scalars, rule.word.scalars)
            needle = rule.word.letters
            if rest is not None:
                if not needle:
                    return [(c, rest + w.scalars, letters) for w, c in rule.poly.items()]
                start = _find(needle, letters)
                if start >= 0:
                    before, after = letters[:start], letters[start + len(needle) :]
                    return [(c, rest + w.scalars, before + w.letters + after) for w, c in rule.poly.items()]
            if needle and not rule.word.scalars:
                step = self._rewrite_scalar(rule, scalars, letters)
                if step is not None:
                    return step
        return None

    def _rewrite_scalar(
        self, rule: Rule, scalars: tuple[Letters, ...], letters: Letters
    ) -> list[tuple[Rational, tuple[Letters, ...], Letters]] | None:
        # The other reading of a number is searched by the transposed rule; searching it here too would let an equation
        # such as Pᵀ = P turn xᵀPᵀVx = xᵀVᵀPx round for ever.
        needle = rule.word.letters
        for index, piece in enumerate(scalars):
            start = _find(needle, piece)
            if start < 0:
                continue
            others = scalars[:index] + scalars[index + 1 :]
            before, after = piece[:start], piece[start + len(needle) :]
            out = []
            for word, coefficient in rule.poly.items():
                whole = before + word.letters + after
                for inner, value in self._settle(coefficient, word.scalars, whole, rewrite=False).items():
                    out.append((value, others + inner.scalars, letters))
            return out
        return None


def _pull_scalars(scalars: tuple[Letters, ...], letters: Letters) -> tuple[tuple[Letters, ...], Letters, bool]:
    """Cut a word where an inner size is 1, and move the 1 × 1 pieces among the scalars."""
    pieces: list[Letters] = []
    start = 0
    for index, letter in enumerate(letters):
        if letter.cols.is_one or index + 1 == len(letters):
            pieces.append(letters[start : index + 1])
            start = index + 1
    moved = [piece for piece in pieces if piece[0].rows.is_one and piece[-1].cols.is_one]
    if not moved:
        return scalars, letters, False
    kept: Letters = ()
    for piece in pieces:
        if not (piece[0].rows.is_one and piece[-1].cols.is_one):
            kept = kept + piece
    return scalars + tuple(one_scalar(piece) for piece in moved), kept, True


def _add(polys: Iterable[Poly]) -> Poly:
    total: Poly = {}
    for poly in polys:
        for word, value in poly.items():
            total[word] = total.get(word, 0) + value
    return {word: value for word, value in total.items() if value}


def _plain_number(value: Fraction) -> Rational:
    return value.numerator if value.denominator == 1 else value


def _signature(function: Function) -> str:
    shapes = ";".join(f"{rows}|{cols}" for rows, cols in (*function.domain, function.codomain))
    return f"{function.name}[{shapes}]"


def _height(item: object) -> int:
    """How deeply averages and sums are nested in a term."""
    if isinstance(item, Term):
        known = item.__dict__.get("_height")
        if known is None:
            known = item.__dict__["_height"] = _height(item.key[1:]) + isinstance(item, Average | Total)
        return int(known)
    return max(map(_height, item), default=0) if isinstance(item, tuple) else 0


def _unit(index: int, size: int) -> Term:
    """A vector of the standard basis of a small size."""
    parts = [Zero(index, 1), Number(1), Zero(size - index - 1, 1)]  # type: ignore[arg-type]
    return vstack(*(part for part in parts if not part.rows.is_zero))


def _inserted(letters: Letters, row: Letters, e: Letter, mark: str) -> Letters | None:
    """The letters with the number u e among them, beside the part P that speaks of e: P (eᵀuᵀ) or (u e) P.

    ``None`` where P is neither one column nor one row.
    """
    inside = [index for index, letter in enumerate(letters) if mark in letter.text]
    start, stop = inside[0], inside[-1] + 1
    if letters[stop - 1].cols.is_one:
        return letters[:stop] + flip((*row, e)) + letters[stop:]
    if letters[start].rows.is_one:
        return (*letters[:start], *row, e, *letters[start:])
    return None


def _opened(piece: Letters, e: Letter, mark: str) -> Letters | None:
    """u where a 1 × 1 piece is u e, or its transpose is, and u does not speak of e."""
    for reading in (piece, flip(piece)):
        if reading[-1] == e and mark not in letters_text(reading[:-1]):
            return reading[:-1]
    return None


# ---------------------------------------------------------------------------------------------------------------
# Statements


_PLAIN = Canonical()


def _plain(rules: Rules | None) -> Canonical:
    """A fresh canonical form; the one without equations is shared, and emptied before it grows large."""
    if rules is not None and rules.rules:
        return Canonical(rules)
    if len(_PLAIN._polys) > 20_000 or _PLAIN.work > WORK // 10:
        _PLAIN._polys.clear()
    _PLAIN.work = 0
    return _PLAIN


def term_text(term: Term, rules: Rules | None = None) -> str:
    """The canonical form of a term as text, modulo the equations."""
    return poly_text(_plain(rules).poly(term))


def same_term(left: Term, right: Term, rules: Rules | None = None) -> bool:
    """Whether two terms of one shape have the same canonical form modulo the equations."""
    if left.shape != right.shape:
        return False
    if left == right:
        return True
    canonical = _plain(rules)
    return canonical.poly(left) == canonical.poly(right)


@lru_cache(maxsize=20_000)
def same_term_modulo(left: Term, right: Term, equations: tuple[Equal, ...]) -> bool:
    """Whether two terms have the same canonical form modulo the equations, read from left to right."""
    return same_term(left, right, Rules(equations))


@lru_cache(maxsize=20_000)
def same_formula_modulo(left: Formula, right: Formula, equations: tuple[Equal, ...]) -> bool:
    """Whether two statements have the same canonical form modulo the equations, read from left to right."""
    return same_formula(left, right, Rules(equations))


def formula_key(formula: Formula, rules: Rules | None = None) -> str:
    """Text that two statements share exactly when they differ only in canonical form and bound names.

    An equation is read as "left − right is zero", up to a rational factor.
    """
    if rules is None or not rules.rules:
        cached = formula.__dict__.get("_canonical_key")
        if cached is None:
            cached = "".join(_key(formula, _plain(None), 0))
            if len(cached) < 10_000:
                formula.__dict__["_canonical_key"] = cached
        return str(cached)
    return "".join(_key(formula, _plain(rules), 0))


def same_formula(left: Formula, right: Formula, rules: Rules | None = None) -> bool:
    """Whether two statements have the same canonical form modulo the equations."""
    return left == right or formula_key(left, rules) == formula_key(right, rules)


def _key(formula: Formula, canonical: Canonical, depth: int) -> Iterator[str]:
    match formula:
        case Equal():
            difference = _add([canonical.poly(formula.left), {w: -c for w, c in canonical.poly(formula.right).items()}])
            if difference:
                lead = difference[min(difference, key=word_text)]
                difference = {word: Fraction(value) / lead for word, value in difference.items()}
            yield f"zero[{formula.left.rows},{formula.left.cols}]({poly_text(difference)})"
        case Member():
            yield f"in[{formula.group.name},{formula.group.size}]({poly_text(canonical.poly(formula.element))})"
        case And():
            yield "and("
            for part in formula.parts:
                yield from _key(part, canonical, depth)
                yield ";"
            yield ")"
        case Implies():
            yield "if("
            yield from _key(formula.premise, canonical, depth)
            yield ";"
            yield from _key(formula.conclusion, canonical, depth)
            yield ")"
        case ForAll() | Exists():
            symbol = formula.variable
            head = "all" if isinstance(formula, ForAll) else "some"
            if isinstance(symbol, SizeVariable):
                yield f"{head} size("
                body = substitute(formula.body, {symbol.name: Size(((Reserved(f"#s{depth}"), 1),))})
            elif isinstance(symbol, Variable):
                yield f"{head} [{symbol.rows},{symbol.cols}]("
                body = substitute(formula.body, {symbol: Variable(Reserved(f"#v{depth}"), *symbol.shape)})
            else:
                token = Function(Reserved(f"#f{depth}"), symbol.domain, symbol.codomain)
                yield f"{head} {_signature(token)}("
                body = substitute(formula.body, {symbol: token})
            yield from _key(body, canonical, depth + 1)
            yield ")"
        case _:
            raise KernelError(f"no canonical form for a {type(formula).__name__}")
