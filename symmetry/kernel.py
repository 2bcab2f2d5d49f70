"""The trusted kernel: theorems, the rules that mint them, and the replay of derivations.

Interface

    Theorem        hypotheses ⊢ conclusion, with the assumptions cited and the primitives used; only rules make one
    replay         derivations (plain data) → theorems, every conclusion recomputed and compared
    PRIMITIVES     the primitives in words, by the name under which a theorem records them
    RULES          the rules by name; each is also a function here:

    logic          assume  discharge  detach  conjoin  project  generalise  specialise  witness  choose  define
    equations      chain  combine  restate
    primitives     penrose  induct  factorise  membership  average
    admission      cite

What trust rests on
    * this file, and `errors`, `sizes`, `syntax`, `terms`, `formulas`, `substitution`, `words`, `canonical` and
      `derivation`; it imports nothing else of ours;
    * the reading of the primitives, for matrices over an ordered field:
      penrose     every matrix t has a t⁺ with  t t⁺ t = t,  t⁺ t t⁺ = t⁺,  (t t⁺)ᵀ = t t⁺,  (t⁺ t)ᵀ = t⁺ t;
                  this is the only rule that needs positivity (tᵀt = 0 ⇒ t = 0 follows from it);
      induct      induction on a natural number used as a size, 0 included;
      factorise   a property of y and a that depends on y only through s(y), and has some a for every y, has a
                  function of s(y) for a (uses choice);
      membership  the definition of O(d), and that O, SO and S are groups with SO(d), S(d) inside O(d);
      average     a mean over a finite group does not change when the group is re-indexed.
    * Python: nothing can stop a program that rewrites this module, or the slots of a theorem or a term, by force.
      That is why a derivation is replayed from its JSON form, in a fresh process if you like.

Every refusal is an exception with a message; nothing is checked by ``assert``, so ``python -O`` changes nothing.

>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> X, Y = Variable("X", d, n), Variable("Y", d, n)
>>> given = assume(Equal(X, Y))
>>> chain((X.T * X, Y.T * Y), (((given, False),),), )
X = Y  ⊢  XᵀX = YᵀY
>>> chain((X.T * X, Y.T * Y), ((),))
Traceback (most recent call last):
...
symmetry.errors.KernelError: this link does not hold: XᵀX = YᵀY, by the canonical form alone
  left side:  1*X[d,n]' X[d,n]
  right side: 1*Y[d,n]' Y[d,n]
>>> Theorem((), Equal(X, Y))
Traceback (most recent call last):
...
symmetry.errors.KernelError: only a rule of the kernel makes a theorem
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn

from symmetry.canonical import Rules, formula_key, same_formula, same_term, term_text
from symmetry.derivation import Derivation, Step
from symmetry.errors import CitationError, DerivationError, KernelError, ShapeError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies, Member, conjunction, exists, forall, implies
from symmetry.sizes import Reserved, Size
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable, check_extent, free, fresh, symbol_names
from symmetry.terms import (
    Apply,
    Average,
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    Product,
    Pseudoinverse,
    Scaled,
    Term,
    Transpose,
    Variable,
)

__all__ = ["PRIMITIVES", "RULES", "Theorem", "replay"]

_MINT = object()
PENROSE, INDUCTION = "Penrose equations", "induction on a size"
CHOICE, AVERAGE = "choice", "finite group average"
PRIMITIVES: Mapping[str, str] = MappingProxyType(
    {
        PENROSE: "over an ordered field, every matrix M has a matrix M⁺ with M M⁺ M = M, M⁺ M M⁺ = M⁺, and with M M⁺ "
        "and M⁺ M symmetric",
        INDUCTION: "what holds for 0 columns, and for n + 1 whenever it holds for n, holds for every number of columns",
        CHOICE: "if every y has a value with some property, and the property only looks at s(y), then some function of "
        "s(y) has it at every y",
        AVERAGE: "a mean over a finite group does not change when the group is re-indexed",
    }
)


class Theorem:
    """``hypotheses ⊢ conclusion``: free variables and sizes stand for anything of their shape.

    Attributes:
        hypotheses: the statements it is subject to.
        conclusion: what holds under them.
        assumptions: names of statements that were cited, not proved, anywhere above.
        primitives: names of the primitive rules used anywhere above.
    """

    __slots__ = ("assumptions", "conclusion", "hypotheses", "primitives")
    hypotheses: tuple[Formula, ...]
    conclusion: Formula
    assumptions: frozenset[str]
    primitives: frozenset[str]

    def __init__(self, *fields: Any, **named: Any) -> None:
        if len(fields) != 5 or fields[0] is not _MINT or named:
            raise KernelError("only a rule of the kernel makes a theorem")
        for slot, value in zip(("hypotheses", "conclusion", "assumptions", "primitives"), fields[1:]):
            object.__setattr__(self, slot, value)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise KernelError("a theorem cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise KernelError("a theorem cannot be changed")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise KernelError("a theorem is not copied or pickled: replay its derivation")

    def __init_subclass__(cls, **options: Any) -> NoReturn:
        raise KernelError("a theorem has no subclasses")

    def __repr__(self) -> str:
        given = ",  ".join(map(str, self.hypotheses))
        return f"{given}  ⊢  {self.conclusion}" if given else f"⊢  {self.conclusion}"


Given = Sequence[tuple[Theorem, bool]]  # equations, each with "read from right to left?"


def _mint(hypotheses: Iterable[Formula], conclusion: Formula, above: Iterable[Theorem], *primitives: str) -> Theorem:
    """A theorem with the assumptions and primitives of all those above it."""
    check_extent(conclusion)
    unique = {formula_key(hypothesis): hypothesis for hypothesis in hypotheses}
    shapes: dict[str, Any] = {}
    for symbol in frozenset().union(*map(free, (conclusion, *unique.values()))):
        name = symbol if isinstance(symbol, str) else symbol.name
        if isinstance(name, Reserved) or shapes.setdefault(name, symbol) != symbol:
            raise KernelError(f"{name} would stand for two different things in one theorem")
    above = tuple(above)
    if any(type(theorem) is not Theorem for theorem in above):
        raise KernelError("a premise is not a theorem")
    return Theorem(
        _MINT,
        tuple(unique.values()),
        conclusion,
        frozenset().union(*(theorem.assumptions for theorem in above)),
        frozenset(primitives).union(*(theorem.primitives for theorem in above)),
    )


def _hypotheses(theorems: Iterable[Theorem]) -> list[Formula]:
    return [hypothesis for theorem in theorems for hypothesis in theorem.hypotheses]


def _without(theorem: Theorem, hypothesis: Formula) -> list[Formula]:
    key = formula_key(hypothesis)
    return [other for other in theorem.hypotheses if formula_key(other) != key]


def _names_of(items: Iterable[Any]) -> frozenset[str]:
    return frozenset().union(*map(symbol_names, items))


def _need(item: Any, kind: Any, what: str) -> Any:
    if not isinstance(item, kind):
        raise KernelError(f"expected {what}, found {item}")
    return item


# ---------------------------------------------------------------------------------------------------------------
# Logic


def assume(formula: Formula) -> Theorem:
    """φ ⊢ φ."""
    return _mint((_need(formula, Formula, "a statement"),), formula, ())


def discharge(theorem: Theorem, formula: Formula) -> Theorem:
    """From Γ, φ ⊢ ψ get Γ ⊢ φ ⇒ ψ."""
    kept = _without(theorem, _need(formula, Formula, "a statement"))
    return _mint(kept, Implies(formula, theorem.conclusion), [theorem])


def detach(*theorems: Theorem) -> Theorem:
    """From φ ⇒ ψ and φ get ψ."""
    if len(theorems) != 2:
        known = ", ".join(str(theorem.conclusion) for theorem in theorems)
        raise KernelError(f"detaching needs an implication and its premise, but was given only {known or 'nothing'}")
    implication, premise = theorems
    rule = _need(implication.conclusion, Implies, "an implication")
    if not same_formula(rule.premise, premise.conclusion):
        raise KernelError(f"the implication needs {rule.premise}\n  but was given {premise.conclusion}")
    return _mint(_hypotheses([implication, premise]), rule.conclusion, [implication, premise])


def conjoin(*theorems: Theorem) -> Theorem:
    """From φ, ψ, … get φ ∧ ψ ∧ …"""
    if len(theorems) < 2:
        raise KernelError(f"a conjunction needs at least two theorems, not {len(theorems)}")
    return _mint(_hypotheses(theorems), And(tuple(theorem.conclusion for theorem in theorems)), theorems)


def project(theorem: Theorem, index: int) -> Theorem:
    """From φ₁ ∧ … ∧ φₖ get φᵢ (i from 1)."""
    parts = _need(theorem.conclusion, And, "a conjunction").parts
    if not isinstance(index, int) or not 1 <= index <= len(parts):
        raise KernelError(f"no part {index}: {theorem.conclusion} has parts 1 to {len(parts)}")
    return _mint(theorem.hypotheses, parts[index - 1], [theorem])


def generalise(theorem: Theorem, symbol: Variable | Function | SizeVariable) -> Theorem:
    """From φ get ∀x. φ, where no hypothesis speaks of x."""
    _need(symbol, (Variable, Function, SizeVariable), "a variable, a function or a size")
    name = symbol.name
    for hypothesis in theorem.hypotheses:
        if name in symbol_names(hypothesis):
            raise KernelError(f"cannot generalise {name}: the hypothesis {hypothesis} speaks of it")
    return _mint(theorem.hypotheses, ForAll(symbol, theorem.conclusion), [theorem])


def specialise(theorem: Theorem, value: Term | Function | Lambda | Size) -> Theorem:
    """From ∀x. φ(x) get φ(t), t of the shape of x."""
    rule = _need(theorem.conclusion, ForAll, "a statement 'for all'")
    return _mint(theorem.hypotheses, _instance(rule, value), [theorem])


def _instance(rule: ForAll | Exists, value: Any) -> Formula:
    wanted = {Variable: Term, Function: (Function, Lambda), SizeVariable: (Size, str)}[type(rule.variable)]
    _need(value, wanted, f"a value for {rule.variable.name}")
    return substitute(rule.body, {rule.variable: value})  # type: ignore[no-any-return]


def witness(theorem: Theorem, statement: Exists, value: Term | Function | Lambda) -> Theorem:
    """From φ(t) get ∃x. φ(x)."""
    instance = _instance(_need(statement, Exists, "a statement 'there is'"), value)
    if not same_formula(instance, theorem.conclusion):
        raise KernelError(f"the witness {value} needs {instance}\n  but was given {theorem.conclusion}")
    return _mint(theorem.hypotheses, statement, [theorem])


def choose(existence: Theorem, theorem: Theorem, symbol: Variable | Function) -> Theorem:
    """From ∃x. φ(x), and ψ under the hypothesis φ(y) for a fresh y, get ψ."""
    rule = _need(existence.conclusion, Exists, "a statement 'there is'")
    given = _instance(rule, _need(symbol, (Variable, Function), "a variable or a function"))
    kept = _without(theorem, given)
    if symbol.name in _names_of((*kept, *existence.hypotheses, existence.conclusion, theorem.conclusion)):
        raise KernelError(f"{symbol.name} is not fresh: something besides {given} speaks of it")
    return _mint(kept + list(existence.hypotheses), theorem.conclusion, [existence, theorem])


def define(theorem: Theorem, symbol: Variable | Function) -> Theorem:
    """Drop a hypothesis x = t, or ∀y. f(y) = t(y), that only names something: nothing else speaks of x, nor does t."""
    name = _need(symbol, (Variable, Function), "a variable or a function").name
    kept = []
    for hypothesis in theorem.hypotheses:
        if name not in symbol_names(hypothesis):
            kept.append(hypothesis)
        elif not _defines(hypothesis, symbol):
            raise KernelError(f"{hypothesis} does not define {name}: expected {name} = …, with no {name} on the right")
    if len(kept) != len(theorem.hypotheses) - 1:
        count = len(theorem.hypotheses) - len(kept)
        raise KernelError(f"{count} hypotheses speak of {name}: one definition was expected")
    if name in symbol_names(theorem.conclusion):
        raise KernelError(f"the conclusion {theorem.conclusion} still speaks of {name}")
    return _mint(kept, theorem.conclusion, [theorem])


def _defines(hypothesis: Formula, symbol: Variable | Function) -> bool:
    parameters: list[Variable] = []
    while isinstance(symbol, Function) and isinstance(hypothesis, ForAll) and isinstance(hypothesis.variable, Variable):
        parameters.append(hypothesis.variable)
        hypothesis = hypothesis.body
    if not isinstance(hypothesis, Equal) or symbol.name in symbol_names(hypothesis.right):
        return False
    if isinstance(symbol, Variable):
        return hypothesis.left == symbol
    distinct = len(set(parameters)) == len(parameters)
    left = hypothesis.left
    return distinct and isinstance(left, Apply) and (left.function, left.arguments) == (symbol, tuple(parameters))


# ---------------------------------------------------------------------------------------------------------------
# Equations


def _rules(given: Given) -> Rules:
    equations = []
    for theorem, backwards in given:
        equation = _need(theorem.conclusion, Equal, "an equation to rewrite with")
        equations.append(Equal(equation.right, equation.left) if backwards else equation)
    return Rules(equations)


def chain(terms: Sequence[Term], links: Sequence[Given]) -> Theorem:
    """t₀ = t₁ = … = tₖ, each link by the canonical form modulo the equations it names, oriented as it says."""
    if len(terms) < 2 or len(links) != len(terms) - 1:
        raise KernelError(f"a chain of {len(terms)} terms needs {max(len(terms) - 1, 1)} links, not {len(links)}")
    for left, right, given in zip(terms, terms[1:], links):
        equation = Equal(_need(left, Term, "a term"), _need(right, Term, "a term"))
        rules = _rules(given)
        if not same_term(left, right, rules):
            reason = "; ".join(str(theorem.conclusion) for theorem, _ in given) or "the canonical form alone"
            raise KernelError(
                f"this link does not hold: {equation}, by {reason}\n"
                f"  left side:  {term_text(left, rules)}\n  right side: {term_text(right, rules)}"
            )
    above = [theorem for given in links for theorem, _ in given]
    return _mint(_hypotheses(above), Equal(terms[0], terms[-1]), above)


def combine(
    statement: Equal, theorems: Sequence[Theorem], multipliers: Sequence[tuple[Number, Term | None, Term | None]]
) -> Theorem:
    """s = t, where s − t = Σ cᵢ Aᵢ (lᵢ − rᵢ) Bᵢ for theorems lᵢ = rᵢ and the given multipliers (cᵢ, Aᵢ, Bᵢ)."""
    _need(statement, Equal, "an equation")
    if len(theorems) != len(multipliers) or not theorems:
        raise KernelError(f"{len(theorems)} equations need as many multipliers, not {len(multipliers)}")
    total: Term = statement.left - statement.right
    for theorem, (scale, left, right) in zip(theorems, multipliers):
        equation = _need(theorem.conclusion, Equal, "an equation to combine")
        part = equation.left - equation.right
        part = part if left is None else Product((left, part))
        part = part if right is None else Product((part, right))
        total = total - Scaled(_need(scale, Number, "a rational multiplier"), part)
    if term_text(total) != "0":
        raise KernelError(f"these multipliers do not give {statement}\n  what is left over: {term_text(total)}")
    return _mint(_hypotheses(theorems), statement, theorems)


def restate(theorem: Theorem, statement: Formula, given: Given) -> Theorem:
    """From φ get ψ, where both have one canonical form modulo the equations named."""
    rules = _rules(given)
    if not same_formula(theorem.conclusion, _need(statement, Formula, "a statement"), rules):
        reason = "; ".join(str(equation.conclusion) for equation, _ in given) or "the canonical form alone"
        raise KernelError(f"{theorem.conclusion}\n  is not {statement}\n  by {reason}")
    above = [theorem, *(equation for equation, _ in given)]
    return _mint(_hypotheses(above), statement, above)


# ---------------------------------------------------------------------------------------------------------------
# Primitives


def penrose(term: Term, index: int) -> Theorem:
    """One of the four Penrose equations of t⁺ (Penrose 1955), for matrices over an ordered field."""
    inverse = Pseudoinverse(_need(term, Term, "a term"))
    sides = {
        1: (term * inverse * term, term),
        2: (inverse * term * inverse, inverse),
        3: (Transpose(term * inverse), term * inverse),
        4: (Transpose(inverse * term), inverse * term),
    }.get(index)
    if sides is None:
        raise KernelError(f"there are Penrose equations 1 to 4, not {index}")
    return _mint((), Equal(*sides), (), PENROSE)


def induct(base: Theorem, step: Theorem, statement: ForAll) -> Theorem:
    """From φ(0) and ∀n. φ(n) ⇒ φ(n + 1) get ∀n. φ(n)."""
    name = _need(_need(statement, ForAll, "a statement 'for all'").variable, SizeVariable, "a size").name
    first = substitute(statement.body, {name: Size()})
    following = ForAll(
        statement.variable, Implies(statement.body, substitute(statement.body, {name: Size.of(name) + 1}))
    )
    for theorem, wanted in ((base, first), (step, following)):
        if not same_formula(theorem.conclusion, wanted):
            raise KernelError(f"induction needs {wanted}\n  but was given {theorem.conclusion}")
    return _mint(_hypotheses([base, step]), statement, [base, step], INDUCTION)


def factorise(existence: Theorem, transfer: Theorem, through: Sequence[Term], names: Sequence[str]) -> Theorem:
    """From ∀y ∃a. φ(y, a) and ∀y ∀y' ∀a. s(y) = s(y') ⇒ φ(y, a) ⇒ φ(y', a) get ∃g ∀y. φ(y, g(s(y))).

    y, a, s and g may be tuples; ``through`` lists the terms s in the variables y, ``names`` the functions g.
    """
    inputs, rest = _peel(existence.conclusion, ForAll)
    outputs, body = _peel(rest, Exists)
    outputs, body = outputs[: len(names)], exists(*outputs[len(names) :], body)
    if len({variable.name for variable in (*inputs, *outputs)}) != len(inputs) + len(outputs):
        raise KernelError(f"{existence.conclusion} binds one name twice")
    if not inputs or not names or len(outputs) != len(names) or not through:
        raise KernelError(f"{existence.conclusion} does not say that for all … there are {len(names)} matrices …")
    through = tuple(_need(term, Term, "a term") for term in through)
    for term in through:
        if symbol_names(term) & {variable.name for variable in outputs}:
            raise KernelError(f"{term} speaks of what is chosen, so a function of it is no function of the inputs")
    taken = symbol_names(existence.conclusion) | _names_of((*inputs, *outputs, *through, body))
    if len(set(names)) != len(names) or taken & set(names):
        raise KernelError(f"the function names {', '.join(names)} are not fresh and different")
    twins: list[Variable] = []
    for variable in inputs:
        twins.append(Variable(fresh(variable.name, taken | {twin.name for twin in twins}), *variable.shape))
    swap = dict(zip(inputs, twins))
    agree = conjunction(*(Equal(term, substitute(term, swap)) for term in through))
    wanted = forall(*inputs, *twins, *outputs, implies(agree, body, substitute(body, swap)))
    if not same_formula(transfer.conclusion, wanted):
        raise KernelError(f"factorisation needs {wanted}\n  but was given {transfer.conclusion}")
    functions = tuple(
        Function(name, tuple(term.shape for term in through), output.shape) for name, output in zip(names, outputs)
    )
    values = {output: Apply(function, through) for output, function in zip(outputs, functions)}
    conclusion = exists(*functions, forall(*inputs, substitute(body, values)))
    return _mint(_hypotheses([existence, transfer]), conclusion, [existence, transfer], CHOICE)


def _peel(formula: Formula, kind: type) -> tuple[list[Variable], Formula]:
    variables: list[Variable] = []
    while isinstance(formula, kind) and isinstance(formula.variable, Variable):  # type: ignore[attr-defined]
        variables.append(formula.variable)  # type: ignore[attr-defined]
        formula = formula.body  # type: ignore[attr-defined]
    return variables, formula


def membership(theorems: Sequence[Theorem], law: str, kind: MatrixGroup, element: Term | None) -> Theorem:
    """A law of a matrix group.

    ``equations``: from Q ∈ G get QᵀQ = I ∧ QQᵀ = I; ``criterion``: the converse, for O(d) alone; ``subgroup``: from
    membership in SO(d) or S(d) get membership in O(d); ``identity``: I ∈ G; ``product``: from P, R ∈ G get PR ∈ G;
    ``inverse``: from Q ∈ G get Qᵀ ∈ G. ``element`` is the matrix of the criterion, and unused otherwise.
    """
    _need(kind, MatrixGroup, "a group")
    if law == "criterion":
        if kind.name != "O":
            raise KernelError(f"an orthogonal matrix need not be in {kind}: the criterion is for O({kind.size})")
        matrix = _need(element, Term, "a matrix")
        one = Identity(kind.size)
        wanted = (Equal(matrix.T * matrix, one), Equal(matrix * matrix.T, one))
        if len(theorems) != 2 or not all(same_formula(t.conclusion, w) for t, w in zip(theorems, wanted)):
            given = ", ".join(str(theorem.conclusion) for theorem in theorems)
            raise KernelError(f"{matrix} ∈ {kind} needs {wanted[0]} and {wanted[1]}\n  but was given {given}")
        return _mint(_hypotheses(theorems), Member(matrix, kind), theorems)
    members = [_need(theorem.conclusion, Member, "membership in a group") for theorem in theorems]
    for member in members:
        if member.group != kind:
            raise KernelError(f"expected an element of {kind}, but was given {member}")
    elements = [member.element for member in members]
    target, conclusion = kind, None
    if law == "identity" and not elements:
        conclusion = Identity(kind.size)
    elif law == "product" and len(elements) == 2:
        conclusion = elements[0] * elements[1]
    elif law == "inverse" and len(elements) == 1:
        conclusion = elements[0].T
    elif law == "subgroup" and len(elements) == 1 and kind.name in ("SO", "S"):
        target, conclusion = MatrixGroup("O", kind.size), elements[0]
    elif law == "equations" and len(elements) == 1:
        (matrix,), one = elements, Identity(kind.size)
        pair = And((Equal(matrix.T * matrix, one), Equal(matrix * matrix.T, one)))
        return _mint(_hypotheses(theorems), pair, theorems)
    if conclusion is None:
        raise KernelError(f"no law {law!r} of {kind} for {len(elements)} elements")
    return _mint(_hypotheses(theorems), Member(conclusion, target), theorems)


def average(theorems: Sequence[Theorem], statement: Equal, law: str, shift: Term | None) -> Theorem:
    """avg s(P) = avg t(P), from ∀P ∈ G. s(P) = t(P R), or t(R P) for an R ∈ G, or t(Pᵀ), or t(P).

    ``law`` is ``right``, ``left``, ``inverse`` or ``same``; ``shift`` is R, and a second theorem says that R ∈ G.
    """
    left = _need(_need(statement, Equal, "an equation").left, Average, "an average on the left")
    right = _need(statement.right, Average, "an average on the right")
    element = left.variable
    image: Term = element
    if law in ("left", "right"):
        image = element * _need(shift, Term, "a shift") if law == "right" else _need(shift, Term, "a shift") * element
        if len(theorems) != 2 or not same_formula(theorems[1].conclusion, Member(shift, left.group)):  # type: ignore[arg-type]
            raise KernelError(f"the shift needs a theorem {shift} ∈ {left.group}")
        if element.name in symbol_names(shift):
            raise KernelError(f"the shift {shift} depends on {element}")
    elif law == "inverse":
        image = element.T
    elif law != "same":
        raise KernelError(f"unknown re-indexing {law!r}: expected left, right, inverse or same")
    if element.name in symbol_names(right):
        raise KernelError(f"{right} speaks of {element}, which the other average binds: rename one of them")
    if left.group != right.group:
        raise KernelError(f"averages over different groups: {left.group} and {right.group}")
    if len(theorems) != (2 if law in ("left", "right") else 1):
        raise KernelError(f"{len(theorems)} theorems were given for re-indexing {law!r}")
    moved = substitute(right.body, {right.variable: image})
    wanted = forall(element, implies(Member(element, left.group), Equal(left.body, moved)))
    if not same_formula(theorems[0].conclusion, wanted):
        raise KernelError(f"the average needs {wanted}\n  but was given {theorems[0].conclusion}")
    return _mint(_hypotheses(theorems), statement, theorems, AVERAGE)


def cite(formula: Formula, name: str) -> Theorem:
    """Admit a statement by name; everything that rests on it carries the name."""
    if not isinstance(name, str) or not name.strip():
        raise KernelError("a citation needs a name")
    theorem = _mint((), _need(formula, Formula, "a statement"), ())
    return Theorem(_MINT, (), theorem.conclusion, frozenset({name}), theorem.primitives)


# ---------------------------------------------------------------------------------------------------------------
# Replay


def _given(premises: Sequence[Theorem], links: Any) -> tuple[tuple[tuple[Theorem, bool], ...], ...]:
    """Links as data, ((premise index, read backwards? 0 or 1), …) each, with the theorems put in."""
    out = []
    for link in links:
        pairs = []
        for pair in link:
            index, backwards = pair
            if not (isinstance(index, int) and 0 <= index < len(premises)) or backwards not in (0, 1):
                raise KernelError(f"{pair} does not name a premise: there are {len(premises)}")
            pairs.append((premises[index], bool(backwards)))
        out.append(tuple(pairs))
    return tuple(out)


def _alone(by: Sequence[Theorem], theorem: Theorem) -> Theorem:
    if by:
        raise KernelError(f"expected no premise, was given {len(by)}")
    return theorem


def _one(by: Sequence[Theorem]) -> Theorem:
    if len(by) != 1:
        raise KernelError(f"expected one premise, was given {len(by)}")
    return by[0]


def _two(by: Sequence[Theorem]) -> tuple[Theorem, Theorem]:
    if len(by) != 2:
        raise KernelError(f"expected two premises, was given {len(by)}")
    return by[0], by[1]


RULES: Mapping[str, Callable[..., Theorem]] = MappingProxyType(
    {
        "assume": lambda by, formula: _alone(by, assume(formula)),
        "discharge": lambda by, formula: discharge(_one(by), formula),
        "detach": lambda by: detach(*by),
        "conjoin": lambda by: conjoin(*by),
        "project": lambda by, index: project(_one(by), index),
        "generalise": lambda by, symbol: generalise(_one(by), symbol),
        "specialise": lambda by, value: specialise(_one(by), value),
        "witness": lambda by, statement, value: witness(_one(by), statement, value),
        "choose": lambda by, symbol: choose(*_two(by), symbol),
        "define": lambda by, symbol: define(_one(by), symbol),
        "chain": lambda by, terms, links: chain(terms, _given(by, links)),
        "combine": lambda by, statement, multipliers: combine(statement, by, multipliers),
        "restate": lambda by, statement, links: restate(by[0], statement, _given(by, (links,))[0]),
        "penrose": lambda by, term, index: _alone(by, penrose(term, index)),
        "induct": lambda by, statement: induct(*_two(by), statement),
        "factorise": lambda by, through, names: factorise(*_two(by), through, names),
        "membership": lambda by, law, group, element=None: membership(by, law, group, element),
        "average": lambda by, statement, law, shift=None: average(by, statement, law, shift),
        "cite": lambda by, formula, name: _alone(by, cite(formula, name)),
    }
)


def apply(step: Step, premises: Sequence[Theorem]) -> Theorem:
    """The theorem that a step's rule gives, whatever conclusion the step records.

    Raises:
        DerivationError: an unknown rule, or arguments that the rule does not take.
        KernelError: the rule refuses; the exception is chained to a :class:`DerivationError` that names the step.
    """
    rule = RULES.get(step.rule)
    if rule is None:
        raise DerivationError(f"step {step.name}: no rule {step.rule!r}; there are {', '.join(RULES)}", step=step.name)
    try:
        return rule(tuple(premises), **step.arguments)
    except (KernelError, ShapeError) as error:
        raise DerivationError(f"step {step.name} ({step.rule}): {error}", step=step.name, rule=step.rule) from error
    except (TypeError, ValueError, AttributeError, IndexError, KeyError) as error:
        message = f"step {step.name} ({step.rule}): these arguments do not fit the rule: {error}"
        raise DerivationError(message, step=step.name) from error
    except RecursionError:
        message = f"step {step.name} ({step.rule}): nested too deeply"
        raise DerivationError(message, step=step.name, rule=step.rule) from None


def resolve(reference: str, theorems: Mapping[str, Theorem], lemmas: Mapping[str, Theorem]) -> Theorem:
    """The theorem that a premise names: a step, part of one as in ``"3.2"``, or a lemma."""
    name, *parts = reference.split(".")
    theorem = theorems.get(name) or lemmas.get(name)
    if theorem is None:
        raise CitationError(f"{name!r} is neither an earlier step nor a lemma at hand")
    for part in parts:
        theorem = project(theorem, int(part) if part.isdecimal() and len(part) < 6 else 0)
    return theorem


def replay(
    derivation: Derivation, lemmas: Mapping[str, Theorem], *, recorded: bool = True, ordered: bool = True
) -> dict[str, Theorem]:
    """Every step's theorem, by name; the last one is the claim's statement, without hypotheses.

    Args:
        derivation: the data.
        lemmas: theorems of other claims, by id.
        recorded: also compare each step's recorded judgement with the one found (off only for derivations that were
            changed on purpose, whose records are stale).
        ordered: whether the field is ordered; over another field what rests on the Penrose equations is refused. The
            canonical form divides by the coefficients that occur, so a prime characteristic must divide none of them.

    Raises:
        DerivationError: a rule refused, a recorded conclusion was not the one found, the derivation is empty, or it
            proves something else than its statement.
        CitationError: a premise is missing.

    >>> from symmetry.derivation import Derivation, Step
    >>> replay(Derivation("nothing", Equal(Identity(Size()), Identity(Size())), ()), {})
    Traceback (most recent call last):
    ...
    symmetry.errors.DerivationError: nothing: a derivation without steps proves nothing
    """
    theorems: dict[str, Theorem] = {}
    for step in derivation.steps:
        if step.name in theorems or step.name in lemmas or "." in step.name:
            raise DerivationError(f"{derivation.claim}: step name {step.name!r} is taken or has a dot", step=step.name)
        try:
            premises = [resolve(reference, theorems, lemmas) for reference in step.by]
        except KernelError as error:
            raise DerivationError(f"step {step.name}: {error}", step=step.name, rule=step.rule) from error
        theorem = apply(step, premises)
        if not ordered and PENROSE in theorem.primitives:
            message = f"step {step.name} ({step.rule}): rests on the Penrose equations, which need an ordered field"
            raise DerivationError(message, step=step.name, rule=step.rule)
        if recorded:
            _compare(step, theorem)
        theorems[step.name] = theorem
    if not theorems:
        raise DerivationError(f"{derivation.claim}: a derivation without steps proves nothing")
    last = theorems[derivation.steps[-1].name]
    if last.hypotheses:
        raise DerivationError(f"{derivation.claim}: proved only under {', '.join(map(str, last.hypotheses))}")
    if last.conclusion != derivation.statement:
        raise DerivationError(f"{derivation.claim}: proves {last.conclusion}\n  but states {derivation.statement}")
    return theorems


def _compare(step: Step, theorem: Theorem) -> None:
    if step.conclusion != theorem.conclusion:
        raise DerivationError(
            f"step {step.name}: the file says {step.conclusion}\n  but {step.rule} gives {theorem.conclusion}",
            step=step.name,
        )
    if step.hypotheses != theorem.hypotheses:
        said, found = (", ".join(map(str, given)) or "none" for given in (step.hypotheses, theorem.hypotheses))
        raise DerivationError(
            f"step {step.name}: the file says hypotheses {said}\n  but {step.rule} gives {found}", step=step.name
        )
