"""Random terms with sums over the standard basis, and random rules about them, against what they mean."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from semantics import Matrix, Model, holds, permutations, random_model, spelled, standard_basis, value

from symmetry import canonical
from symmetry.canonical import Rules, formula_key, same_formula, term_text
from symmetry.checks.exact.evaluate import Map, Scope, evaluate
from symmetry.checks.exact.fields import Field
from symmetry.derivation import decode, encode
from symmetry.errors import KernelError, ShapeError, SymmetryError
from symmetry.formulas import Equal, ForAll, Formula, Implies, Member, forall, implies
from symmetry.kernel import (
    Theorem,
    assume,
    basis,
    chain,
    conjoin,
    detach,
    discharge,
    generalise,
    restate,
    specialise,
    total,
)
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.syntax import Shape, SizeVariable, free, symbol_names
from symmetry.terms import (
    Average,
    Block,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    StandardBasis,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
    sizes,
)
from symmetry.variants import replaced

n, m = sizes("n m")
one = Size.of(1)

# ---------------------------------------------------------------------------------------------------------------
# Random terms with sums

POOL = [n, m, n + m, n + n + 1, n + 1, m + 2, *map(Size.of, (0, 2, 3, 6, 7))]
NAMES = ("e", "b", "X0", "x1")  # of what is bound; some are names of free variables too


class Sums:
    """Writes random terms in which sums and means are nested, and what they bind occurs often."""

    def __init__(self, draw: random.Random, *, pseudoinverses: bool = True, averages: bool = True, count: int = 3):
        self.draw = draw
        self.sizes = [*draw.sample(POOL, count - 1), one]
        self.pseudoinverses = pseudoinverses
        self.averages = averages
        self.leaves: list[Term] = []  # further terms to use, where their shape fits

    def shape(self) -> Shape:
        return self.draw.choice(self.sizes), self.draw.choice(self.sizes)

    def variable(self, shape: Shape) -> Variable:
        """A free variable: one of two for each shape; names of different shapes differ."""
        rows, cols = (self.sizes.index(size) if size in self.sizes else 9 for size in shape)
        name = ("x" if cols == self.sizes.index(one) else "X") + f"{rows}{cols}"
        column = cols == self.sizes.index(one)
        name = self.draw.choice([f"x{rows}", f"y{rows}"] if column else [f"X{rows}{cols}", f"Y{rows}{cols}"])
        return Variable(name, *shape)

    def function(self, shape: Shape, arguments: Sequence[Term]) -> Term:
        places = "".join(
            f"{self.sizes.index(a.rows)}{self.sizes.index(a.cols)}"
            if a.rows in self.sizes and a.cols in self.sizes
            else "9"
            for a in arguments
        )
        own = f"{self.sizes.index(shape[0])}{self.sizes.index(shape[1])}"
        return Function(f"f{places}₀{own}", tuple(a.shape for a in arguments), shape)(*arguments)

    def term(self, shape: Shape, depth: int, scope: tuple[Variable, ...] = ()) -> Term:
        while True:
            try:
                return self._term(shape, depth, scope)
            except ShapeError:  # a bound name would clash
                depth -= 1

    def _term(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        draw, (rows, cols) = self.draw, shape
        near = [v for v in scope if v.shape == shape] + [v.T for v in scope if v.shape == (cols, rows)]
        wanted = [leaf for leaf in self.leaves if leaf.shape in (shape, shape[::-1])]
        if wanted and draw.random() < (0.7 if depth <= 0 else 0.3):
            leaf = draw.choice(wanted)
            return leaf if leaf.shape == shape else leaf.T
        if depth <= 0 or draw.random() < 0.08:
            if near and draw.random() < 0.8:
                return draw.choice(near)
            choice = draw.random()
            if choice < 0.15:
                return Identity(rows) if rows == cols else Zero(rows, cols)
            if choice < 0.3 and shape == (one, one):
                return Number(draw.choice([2, -1, Fraction(1, 2)]))
            return self.variable(shape) if draw.random() < 0.7 else self.variable((cols, rows)).T
        makers = [self._product] * 4 + [self._scaled] * 3 + [self._total] * 4 + [self._sum, self._transpose]
        makers += [self._apply, self._apply, self._outer, self._block]
        if self.averages:
            makers.append(self._average)
        if self.pseudoinverses:
            makers.append(self._pseudoinverse)
        return draw.choice(makers)(shape, depth - 1, scope)

    def _sum(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        return Sum(tuple(self.term(shape, depth, scope) for _ in range(2)))

    def _product(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        inner = [v.rows for v in scope] + self.sizes
        size = self.draw.choice(inner)
        return Product((self.term((shape[0], size), depth, scope), self.term((size, shape[1]), depth, scope)))

    def _outer(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        return Product((self.term((shape[0], one), depth, scope), self.term((one, shape[1]), depth, scope)))

    def _scaled(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        return Scaled(self._scalar(depth, scope), self.term(shape, depth, scope))

    def _scalar(self, depth: int, scope: tuple[Variable, ...]) -> Term:
        vectors = [v for v in scope if v.cols.is_one]
        if not vectors or self.draw.random() < 0.3:
            return self.term((one, one), depth, scope)
        vector = self.draw.choice(vectors)
        left: Term = vector.T if self.draw.random() < 0.2 else self.term((one, vector.rows), min(depth, 1), scope)
        product = left * vector
        return product if self.draw.random() < 0.5 else product.T

    def _transpose(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        return Transpose(self.term(shape[::-1], depth, scope))

    def _pseudoinverse(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        return Pseudoinverse(self.term(shape[::-1], min(depth, 1), scope))

    def _apply(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        if shape[0] not in self.sizes or shape[1] not in self.sizes:
            return self.variable(shape)
        shapes = [v.shape for v in scope if v.rows in self.sizes and v.cols in self.sizes] + [self.shape()]
        arguments = [self.term(self.draw.choice(shapes), min(depth, 1), scope) for _ in range(self.draw.randint(1, 2))]
        return self.function(shape, arguments)

    def _total(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        vector = Variable(self.draw.choice(NAMES), self.draw.choice([*self.sizes[:-1] * 3, one]), 1)
        inner = (*(v for v in scope if v.name != vector.name), vector)
        return Total(vector, self.term(shape, depth, inner))

    def _average(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        small = [size for size in self.sizes if str(size) in "nm0123"]
        size = self.draw.choice(small)
        matrix = Variable(self.draw.choice(NAMES), size, size)
        inner = (*(v for v in scope if v.name != matrix.name), matrix)
        return Average(matrix, MatrixGroup("S", size), self.term(shape, depth, inner))

    def dense(self, shape: Shape, depth: int, scope: tuple[Variable, ...] = ()) -> Term:
        """A sum or mean of a product in which what is bound stands at many places."""
        while True:
            try:
                return self._dense(shape, depth, scope)
            except ShapeError:  # a bound name would clash
                depth -= 1

    def _dense(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        draw, (rows, cols) = self.draw, shape
        wide = [size for size in self.sizes if not size.is_one]
        mean = self.averages and draw.random() < 0.25
        size = draw.choice([size for size in wide if str(size) in "nm0123"] or [one]) if mean else draw.choice(wide)
        bound = Variable(draw.choice(NAMES), size, size if mean else one)
        inner = (*(v for v in scope if v.name != bound.name), bound)
        vectors = [v for v in inner if v.cols.is_one]
        e = draw.choice(vectors) if vectors else bound

        def some(first: Size, second: Size) -> Term:
            return self.term((first, second), draw.choice([0, 0, 1, 2]), inner)

        cores = [
            lambda: some(rows, cols),
            lambda: some(rows, e.rows) * e * some(one, cols) if e.cols.is_one else some(rows, cols),
            lambda: some(rows, one) * some(one, e.cols) * e.T * some(e.rows, cols),
            lambda: some(rows, e.rows) * e * some(e.cols, e.cols) * e.T * some(e.rows, cols),
            lambda: self._apply(shape, 1, inner),
        ]
        if depth > 1:
            cores += [lambda: self.dense(shape, depth - 1, inner)] * 3
            cores += [lambda: self.dense((rows, e.rows), depth - 1, inner) * e * some(e.cols, cols)]
            cores += [lambda: self.dense(shape, depth - 1, inner) + self.dense(shape, depth - 1, inner)]
        body: Term = draw.choice(cores)()
        for _ in range(draw.choice([0, 0, 1, 1, 2, 3])):
            body = Scaled(self._scalar(1, inner), body)
        if depth > 1 and draw.random() < 0.3:
            body = Scaled(self.dense((one, one), depth - 1, inner), body)
        if draw.random() < 0.15:
            body = Transpose(Transpose(body)) if draw.random() < 0.5 else body + self.term(shape, 1, inner)
        return Average(bound, MatrixGroup("S", size), body) if mean else Total(bound, body)

    def _block(self, shape: Shape, depth: int, scope: tuple[Variable, ...]) -> Term:
        """[I A] [B; C] with columns or rows beside."""
        beside = self.draw.choice(self.sizes)
        left = Block(((Identity(shape[0]), self.term((shape[0], beside), depth - 1, scope)),))
        right = Block(((self.term(shape, depth, scope),), (self.term((beside, shape[1]), depth - 1, scope),)))
        return Product((left, right))


def models(items: Sequence[Term], draw: random.Random, prime: int = 0, count: int = 3) -> list[Model]:
    """Models in which n and m are small, 0 and 1 included."""
    lengths = draw.sample([(0, 1), (1, 0), (1, 1), (2, 1), (1, 2), (2, 2), (0, 2), (3, 1), (2, 3), (3, 0)], count)
    return [random_model(items, {"n": a, "m": b}, draw, prime) for a, b in lengths]


def cost(term: object) -> int:
    """About how many products it takes to compute a term."""
    if isinstance(term, tuple):
        return sum(map(cost, term))
    if isinstance(term, Total):
        return 1 + (4 + term.variable.rows.constant) * cost(term.body)
    if isinstance(term, Average):
        return 1 + 6 * cost(term.body)
    return 1 + cost(term.key[1:]) if isinstance(term, Term) else 0


def written(writer: Sums, most: int = 3) -> Term:
    """A random term that is not too large."""
    while True:
        if writer.draw.random() < 0.7:
            term = writer.dense(writer.shape(), writer.draw.randint(1, most))
        else:
            term = writer.term(writer.shape(), writer.draw.randint(2, most + 2))
        if cost(term) < 1000:
            return term


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large forms and long rewriting are refused early."""
    monkeypatch.setattr(canonical, "BUDGET", 100)
    monkeypatch.setattr(canonical, "WORK", 60_000)


def form(term: Term, rules: Rules | None = None) -> str | None:
    """The canonical form as text; ``None`` where it is too large."""
    try:
        return term_text(term, rules)
    except KernelError as refusal:
        assert "too large" in str(refusal) or (rules and "did not settle" in str(refusal))
        return None


def spelled_right(seed: int) -> int:
    """Whether random terms have the values that their canonical forms spell; the number of comparisons."""
    draw = random.Random(seed)
    prime = draw.choice([0, 0, 5, 7])
    writer = Sums(draw, pseudoinverses=not prime and seed % 3 == 0, averages=seed % 2 == 0)
    compared = 0
    for term in (written(writer) for _ in range(6)):
        text = form(term)
        for model in models([term], draw, prime, 2):
            if text is not None:
                assert spelled(text, term.shape, model) == value(term, model), (seed, term, text, model)
                compared += 1
    return compared


@pytest.mark.parametrize("part", range(4))
def test_form_of_a_sum_spells_its_value(part: int, bounded: None) -> None:
    assert sum(map(spelled_right, range(20 * part, 20 * part + 20))) > 100


def equations(writer: Sums) -> list[Equal]:
    """Equations x = t for fresh x, in either direction, that can be used for rewriting; the writer uses both sides."""
    draw, found = writer.draw, list[Equal]()
    for index in range(draw.randint(2, 4)):
        term = written(writer, 2)
        names = [f"N{index}", f"M{index}", *NAMES[:2]]  # some are bound elsewhere
        fresh = Variable(draw.choice(names), *term.shape)
        if isinstance(term, Variable) or fresh.name in symbol_names(term).union(*map(symbol_names, found)):
            continue
        equation = Equal(term, fresh) if draw.random() < 0.7 else Equal(fresh, term)
        try:
            Rules([equation])
        except KernelError as refusal:
            assert "cannot rewrite" in str(refusal) or "too large" in str(refusal)
            continue
        found.append(equation)
        writer.leaves += [fresh, term, term]
    return found


def spelled_right_modulo(seed: int) -> int:
    """Whether forms modulo equations that hold in a model spell the value there; the number of rewritten forms."""
    draw = random.Random(seed)
    prime = draw.choice([0, 0, 5, 7])
    writer = Sums(draw, pseudoinverses=not prime and seed % 3 == 0, averages=seed % 2 == 0)
    given = equations(writer)
    rules, compared = Rules(given), 0
    for term in (written(writer, 2) for _ in range(5)):
        text = form(term, rules)
        if text is None or text == form(term):
            continue
        for model in models([term, *given], draw, prime, 2):
            for equation in given:
                named, term_of_it = equation.left, equation.right
                if not isinstance(named, Variable):
                    named, term_of_it = term_of_it, named
                model = model.with_value(named, value(term_of_it, model))
            assert all(holds(equation, model) for equation in given), (seed, given)
            assert spelled(text, term.shape, model) == value(term, model), (seed, given, term, text, model)
            compared += 1
    return compared


@pytest.mark.parametrize("part", range(3))
def test_form_modulo_sums_spells_the_value(part: int, bounded: None) -> None:
    assert sum(map(spelled_right_modulo, range(25 * part, 25 * part + 25))) > 30


RESIZED = [Size.of(0), one, Size.of(2), Size.of(3), n + 1, n + m, m]


def resized_right(seed: int) -> int:
    """Whether a size put into a random term changes its value as the size in the model does; also back from JSON."""
    draw = random.Random(seed)
    prime = draw.choice([0, 5])
    writer = Sums(draw, pseudoinverses=not prime and seed % 3 == 0, averages=seed % 2 == 0)
    compared = 0
    for term in (written(writer) for _ in range(4)):
        assert decode(json.loads(json.dumps(encode(term)))) == term
        size = draw.choice(RESIZED)
        other = substitute(term, {"n": size})
        text = form(other)
        if text is None or max((bound.rows.constant for bound in summed(other)), default=0) > 7:
            continue
        for a, b in draw.sample([(0, 1), (1, 1), (1, 0), (0, 2), (2, 1)], 2):
            lengths = {"n": size.at({"n": a, "m": b}), "m": b}
            model = random_model([term], lengths, draw, prime)
            other_model = replace(model, sizes={"n": a, "m": b})
            assert spelled(text, other.shape, other_model) == value(term, model), (seed, term, size, model)
            compared += 1
    return compared


def summed(item: object) -> list[Variable]:
    """The vectors that sums in a term bind."""
    if isinstance(item, tuple):
        return [vector for part in item for vector in summed(part)]
    own = [item.variable] if isinstance(item, Total) else []
    return own + (summed(item.key[1:]) if isinstance(item, Term) else [])


@pytest.mark.parametrize("part", range(2))
def test_sums_at_other_sizes(part: int, bounded: None) -> None:
    assert sum(map(resized_right, range(25 * part, 25 * part + 25))) > 100


def evaluated_right(seed: int) -> int:
    """Whether the exact evaluation of a random term gives its value; the number of comparisons."""
    draw = random.Random(seed)
    prime = draw.choice([0, 101])
    field = Field(prime or None)
    writer = Sums(draw, pseudoinverses=not prime, averages=seed % 2 == 0)
    compared = 0
    for term in (written(writer) for _ in range(4)):
        for model in models([term], draw, prime, 2):
            names: dict[str, Any] = {name: _exact(found, field) for name, found in model.values.items()}
            for name, f in model.functions.items():
                names[name] = Map(lambda given, f=f: _exact(f(*(_plain(x, field) for x in given)), field), name)  # type: ignore[misc]
            assert evaluate(term, Scope(field, model.sizes, names)) == _exact(value(term, model), field), (
                seed,
                term,
                model,
            )
            compared += 1
    return compared


def _exact(found: Matrix, field: Field) -> Any:
    """A matrix of the models as one of the exact check."""
    return field.matrix(found[0], found[1], [field.number(Fraction(entry)) for row in found[2] for entry in row])


def _plain(found: Any, field: Field) -> Matrix:
    rows = ((int(x) if field.prime else Fraction(int(x.p), int(x.q)) for x in row) for row in found.tolist())
    return found.nrows(), found.ncols(), tuple(map(tuple, rows))


@pytest.mark.parametrize("part", range(2))
def test_exact_evaluation_of_sums(part: int) -> None:
    assert sum(map(evaluated_right, range(15 * part, 15 * part + 15))) > 100


def truth_of_keys(seed: int) -> int:
    """Whether statements of one form, many of them about all sizes, are true together; the number of comparisons."""
    draw = random.Random(seed)
    writer = Sums(draw, pseudoinverses=False, averages=False)
    writer.sizes = [n, m, one]
    found: dict[str, list[Formula]] = defaultdict(list)
    for _ in range(12):
        shape = writer.shape()
        left = writer.dense(shape, draw.randint(1, 2))
        right = draw.choice([left, writer.dense(shape, 1), left + Zero(*shape), 2 * left])
        if cost((left, right)) > 150:
            continue
        names = dict(zip(NAMES, draw.sample(["p", "q", "r", "s"], 4)))
        for one_way in (Equal(left, right), Equal(right, renamed(left, names))):
            symbols = sorted((s for s in free(one_way) if not isinstance(s, str)), key=repr)
            if len(symbols) > 3:
                continue
            statement = forall(*symbols, one_way)
            for size in draw.sample(["n", "m"], 2):
                statement = ForAll(SizeVariable(size), statement)
            swapped = substitute(forall(*symbols, one_way), {"n": m, "m": n})
            other = ForAll(SizeVariable("m"), ForAll(SizeVariable("n"), swapped))
            for one_of_them in (statement, other):
                found[formula_key(one_of_them)].append(one_of_them)
    model = Model({}, size_range=(0, 1, 2))
    compared = 0
    for group in found.values():
        assert len({holds(statement, model) for statement in group}) == 1, (seed, group)
        compared += len(group) - 1
    return compared


def renamed(item: Any, names: Mapping[str, str]) -> Any:
    """The term with what its sums bind renamed."""
    if isinstance(item, tuple):
        return tuple(renamed(part, names) for part in item)
    if not isinstance(item, Term):
        return item
    if isinstance(item, Total):
        other = Variable(names[item.variable.name], *item.variable.shape)
        return Total(other, substitute(renamed(item.body, names), {item.variable: other}))
    return type(item)(*renamed(item.key[1:], names))


def test_statements_about_sums_of_one_form_are_true_together(bounded: None) -> None:
    assert sum(map(truth_of_keys, range(12))) > 30


# ---------------------------------------------------------------------------------------------------------------
# Random rules about sums, and every theorem they give checked in finite models: modulo 3, for n = 0, 1 and 2


class _Explorer:
    """Applies rules about E(n) and its sums to what was found before, with names that clash wherever they can."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)
        self.vectors = tuple(Variable(name, n, 1) for name in ("e", "b", "x"))
        self.numbers = tuple(Variable(name, 1, 1) for name in ("s", "t"))
        self.squares = tuple(Variable(name, n, n) for name in ("P", "Q"))
        self.f = Function("f", ((n, one),), (n, one))
        self.g = Function("g", ((n, one), (n, one)), (one, one))
        self.symbols = (*self.vectors, *self.squares, *self.numbers)
        self.shapes = [v.shape for v in self.symbols]
        self.pool: list[Theorem] = []
        self.law = ""  # that was used last

    def term(self, shape: Shape, depth: int = 2) -> Term:
        draw, (rows, cols) = self.draw, shape
        leaves: list[Term] = [v for v in self.symbols if v.shape == shape]
        leaves += [v.T for v in self.symbols if v.shape == shape[::-1]]
        if depth <= 0 or draw.random() < 0.2:
            return draw.choice(leaves + [Zero(*shape)] + [Identity(rows)] * (rows == cols))
        inner = draw.choice((n, one))
        e, b = draw.sample(self.vectors, 2)
        makers: list[Callable[[], Term]] = [
            lambda: self.term((rows, inner), depth - 1) * self.term((inner, cols), depth - 1),
            lambda: Scaled(draw.choice([e.T * b, e.T * e, self.g(e, b)]), self.term(shape, depth - 1)),
            lambda: Scaled(self.term((one, one), depth - 1), self.term(shape, depth - 1)),
            lambda: self.term(shape, depth - 1) + self.term(shape, depth - 1),
            lambda: Total(e, self.term(shape, depth - 1)),
            lambda: Total(e, Scaled(self.g(e, b), self.term(shape, depth - 1))),
            lambda: Total(e, Scaled(e.T * b, self.term(shape, depth - 1))),
        ]
        if cols.is_one and not rows.is_one:
            makers += [lambda: self.f(self.term(shape, depth - 1))] * 2
        if shape == (one, one):
            makers += [lambda: self.g(self.term((n, one), depth - 1), self.term((n, one), depth - 1))]
        return draw.choice(makers)()

    def some(self, kind: type = Formula) -> Theorem:
        return self.draw.choice([theorem for theorem in self.pool if isinstance(theorem.conclusion, kind)])

    def member(self, group: type) -> Theorem:
        """Membership found before, or assumed now."""
        known = [t for t in self.pool if isinstance(t.conclusion, Member) and isinstance(t.conclusion.group, group)]
        known = [t for t in known if t.conclusion.group.size == n]  # type: ignore[attr-defined]
        if known and self.draw.random() < 0.7:
            return self.draw.choice(known)
        if group is StandardBasis:
            return assume(Member(self.draw.choice(self.vectors), StandardBasis(n)))
        return assume(Member(self.draw.choice(self.squares), MatrixGroup("S", n)))

    def summand(self) -> Lambda:
        vector = self.draw.choice(self.vectors)
        return Lambda((vector,), self.term(self.draw.choice(self.shapes)))

    def assume(self) -> Theorem:
        if self.draw.random() < 0.4:
            return self.member(self.draw.choice([StandardBasis, MatrixGroup]))
        symbol = self.draw.choice(self.symbols)
        return assume(Equal(symbol, self.term(symbol.shape)))

    def discharge(self) -> Theorem:
        theorem = self.some()
        return discharge(theorem, self.draw.choice(theorem.hypotheses))

    def generalise(self) -> Theorem:
        return generalise(self.some(), self.draw.choice(self.symbols))

    def specialise(self) -> Theorem:
        theorem = self.some(ForAll)
        return specialise(theorem, self.term(theorem.conclusion.variable.shape, 1))  # type: ignore[attr-defined]

    def detach(self) -> Theorem:
        implication = self.some(Implies)
        premise = implication.conclusion.premise  # type: ignore[attr-defined]
        found = [theorem for theorem in self.pool if same_formula(theorem.conclusion, premise)]
        return detach(implication, self.draw.choice(found or [assume(premise)]))

    def conjoin(self) -> Theorem:
        return conjoin(self.some(), self.some())

    def given(self) -> tuple[tuple[Theorem, bool], ...]:
        equations = [theorem for theorem in self.pool if isinstance(theorem.conclusion, Equal)]
        chosen = self.draw.sample(equations, min(len(equations), self.draw.randint(0, 2)))
        return tuple((theorem, self.draw.random() < 0.5) for theorem in chosen)

    def chain(self) -> Theorem:
        """A term, often one in which a vector is bound, and what it is modulo equations."""
        given, draw = self.given(), self.draw
        start = self.term(draw.choice(self.shapes))
        if given and draw.random() < 0.7:
            left = given[0][0].conclusion.left  # type: ignore[attr-defined]
            start = Total(draw.choice(self.vectors), left) if draw.random() < 0.5 else left
        old = {v: draw.choice(self.vectors) for v in self.vectors}
        turned = [
            (t.conclusion.right, t.conclusion.left) if b else (t.conclusion.left, t.conclusion.right) for t, b in given
        ]  # type: ignore[attr-defined]
        targets = [replaced_term(start, turned), substitute(start, old), start + Zero(*start.shape)]
        targets = [self.term(start.shape) for _ in range(6)] + [t for t in targets if t != start]
        for target in targets:
            try:
                return chain((start, target), (given,))
            except KernelError:
                continue
        raise KernelError("nothing to be linked")

    def restate(self) -> Theorem:
        given, theorem = self.given(), self.some()
        sides = [
            (t.conclusion.right, t.conclusion.left) if b else (t.conclusion.left, t.conclusion.right) for t, b in given
        ]  # type: ignore[attr-defined]
        return restate(theorem, replaced(theorem.conclusion, sides), given)

    def basis(self) -> Theorem:
        draw = self.draw
        law = self.law = draw.choice(["unit", "moved", "transposition", "first", "last", "cases"])
        vector, other = self.member(StandardBasis), self.member(StandardBasis)
        if law == "moved":
            return basis([self.member(MatrixGroup), vector], law, StandardBasis(n), None)
        if law == "transposition":
            return basis([vector, other], law, StandardBasis(n), None)
        if law == "cases":
            e, b = vector.conclusion.element, other.conclusion.element  # type: ignore[attr-defined]
            goal = self.some()
            same, apart = Equal(e, b), Equal(e.T * b, Zero(1, 1))  # type: ignore[arg-type]
            cases = [
                discharge(goal, case) if draw.random() < 0.5 else assume(Implies(case, goal.conclusion))
                for case in (same, apart)
            ]
            return basis([vector, other, *cases], law, StandardBasis(n), None)
        return basis([vector], law, StandardBasis(n), draw.choice([one, Size(), n]))

    def total(self) -> Theorem:
        draw = self.draw
        law = self.law = draw.choice(["sift", "split", "swap", "same", "moved", "same", "moved"])
        if law == "sift":
            return total([self.member(StandardBasis)], law, None, None, self.summand(), None)
        if law == "split":
            return total([], law, None, None, self.summand(), draw.choice([Size(), n]))
        if law == "swap":
            return total(
                [],
                law,
                None,
                None,
                Lambda(tuple(draw.sample(self.vectors, 2)), self.term(draw.choice(self.shapes))),
                None,
            )
        # A premise that holds because both sides have one form, or one found before; bound under clashing names.
        e, b = draw.choice(self.vectors), draw.choice(self.vectors)
        body = self.term(draw.choice(self.shapes), 3)
        shift = self.member(MatrixGroup)
        turn = shift.conclusion.element if law == "moved" else None  # type: ignore[attr-defined]
        image = e if turn is None else turn * e
        target = body if draw.random() < 0.5 else substitute(body, {draw.choice(self.vectors): b})
        start = substitute(target, {b: image}) if draw.random() < 0.8 else self.term(body.shape)
        equation = chain((start, substitute(target, {b: image})), ((),)) if draw.random() < 0.8 else self.some(Equal)
        premise = generalise(discharge(equation, Member(e, StandardBasis(n))), e)
        statement = Equal(Total(e, start), Total(b, target))
        return total([premise] + [shift] * (law == "moved"), law, statement, turn, None, None)


def replaced_term(term: Term, sides: Sequence[tuple[Term, Term]]) -> Term:
    statement = replaced(Equal(term, term), sides)
    assert isinstance(statement, Equal)
    return statement.left


MOVES = (
    "assume assume discharge generalise specialise detach conjoin chain chain restate basis basis total total total"
).split()


def explored(seed: int) -> Counter[str]:
    """How often each rule gave a theorem; every one is checked in models."""
    explorer, used = _Explorer(seed), Counter[str]()
    for _ in range(120):
        move = explorer.draw.choice(MOVES)
        try:
            theorem = getattr(explorer, move)()
        except (SymmetryError, IndexError):  # refused, or nothing to apply the rule to
            continue
        if not 0 < len(repr(theorem)) < 300 or repr(theorem).count("∀") > 2:
            continue
        explorer.pool.append(theorem)
        used[f"{move} {explorer.law}" if move in ("basis", "total") else move] += 1
        statement = implies(*theorem.hypotheses, theorem.conclusion)
        for size in (0, 1, 1, 2, 2):
            if size == 2 and repr(theorem).count("∀") > 1:
                continue
            for fitting in (True, False):
                model = random_model([statement], {"n": size}, explorer.draw, prime=3)
                if fitting:
                    model = fitted(model, theorem.hypotheses, explorer)
                assert holds(statement, model), (seed, move, theorem, model.sizes, model.values)
    return used


def fitted(model: Model, hypotheses: Sequence[Formula], explorer: _Explorer) -> Model:
    """The model with values under which hypotheses that name something, or a set, hold where that is easy."""
    size = model.sizes["n"]
    for hypothesis in hypotheses:
        if isinstance(hypothesis, Member) and isinstance(hypothesis.element, Variable):
            vectors = isinstance(hypothesis.group, StandardBasis)
            values = standard_basis(model, size) if vectors else permutations(model, size)
            model = model.with_value(hypothesis.element, explorer.draw.choice(values)) if values else model
    for hypothesis in hypotheses:
        if isinstance(hypothesis, Equal) and isinstance(hypothesis.left, Variable):
            model = model.with_value(hypothesis.left, value(hypothesis.right, model))
    return model


@pytest.mark.parametrize("part", range(3))
def test_theorems_about_sums_hold_in_finite_models(part: int) -> None:
    used = sum((explored(seed) for seed in range(3 * part, 3 * part + 3)), Counter[str]())
    laws = {f"basis {law}" for law in ("unit", "moved", "transposition", "first", "last", "cases")}
    assert set(used) >= {*MOVES, *laws, "total sift", "total split", "total swap", "total same"} - {"basis", "total"}
