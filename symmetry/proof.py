"""Writing a derivation: each call is one kernel step, checked as it is written and recorded as data.

Nothing here is trusted: what counts is the replay of the recorded steps.

>>> from symmetry.formulas import Equal, forall, implies
>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> X, Y = Variable("X", d, n), Variable("Y", d, n)
>>> p = Proof("twins")
>>> p.states(forall(X, Y, implies(Equal(X, Y), Equal(X.T * X, Y.T * Y))))
>>> same = p.suppose(Equal(X, Y))
>>> gram = p.equal(X.T * X, Y.T * Y, by=[same])
>>> p.close(gram, same, Y, X)
5: ⊢  ∀ X, Y : d × n.  X = Y  ⇒  XᵀX = YᵀY
>>> from sympy import MatrixSymbol, Symbol
>>> A = MatrixSymbol("A", Symbol("d"), Symbol("n"))
>>> p.equal((A.T * A).T, A.T * A)
6: ⊢  AᵀA = AᵀA
>>> p.equal(X, Y)
Traceback (most recent call last):
...
symmetry.errors.DerivationError: step 7 (chain): this link does not hold: X = Y, by the canonical form alone
  left side:  1*X[d,n]
  right side: 1*Y[d,n]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symmetry import kernel
from symmetry.derivation import Derivation, Step
from symmetry.errors import DerivationError
from symmetry.formulas import Equal, Exists, ForAll, Formula, Implies, Member
from symmetry.kernel import Theorem
from symmetry.sizes import Size, SizeLike
from symmetry.substitution import substitute
from symmetry.syntax import SizeVariable, free
from symmetry.terms import Function, Lambda, MatrixGroup, Number, StandardBasis, Term, Total, Variable

__all__ = ["Line", "Proof"]


@dataclass(frozen=True, repr=False)
class Line:
    """A theorem and the name under which later steps refer to it; ``line[i]`` is part i of a conjunction."""

    name: str
    theorem: Theorem
    opened: tuple[str, Any] | None = None  # how an assumption is to be closed: ("let", x) or ("obtain", (∃-line, x))
    backwards: bool = False

    @property
    def formula(self) -> Formula:
        return self.theorem.conclusion

    def __getitem__(self, index: int) -> Line:
        return Line(f"{self.name}.{index}", kernel.project(self.theorem, index))

    @property
    def back(self) -> Line:
        """The same equation, to be used from right to left."""
        return Line(self.name, self.theorem, self.opened, True)

    def __repr__(self) -> str:
        return f"{self.name}: {self.theorem}"


Link = tuple[Term, Sequence[Line]] | tuple[Term, Sequence[Line], str]


class Proof:
    """A derivation being written.

    Args:
        claim: the claim's id.
        lemmas: theorems of the claims that it may use, by id.

    Raises:
        DerivationError: whenever the kernel refuses a step.
    """

    def __init__(self, claim: str, lemmas: Mapping[str, Theorem] | None = None):
        self.claim = claim
        self.lemmas = dict(lemmas or {})
        self.statement: Formula | None = None
        self.steps: list[Step] = []

    def states(self, statement: Formula) -> None:
        """Say what is going to be proved."""
        self.statement = statement

    def derivation(self) -> Derivation:
        """The finished derivation."""
        if self.statement is None or not self.steps:
            raise DerivationError(f"{self.claim}: nothing was stated or nothing was done")
        return Derivation(self.claim, self.statement, tuple(self.steps))

    def step(self, rule: str, by: Sequence[Line] = (), why: str = "", **arguments: Any) -> Line:
        """Add one step by a rule of the kernel; terms and equations may be given as SymPy expressions."""
        name = str(len(self.steps) + 1)
        arguments = {key: _read(value) for key, value in arguments.items()}
        step = Step(name, rule, tuple(line.name for line in by), arguments, why=why)
        theorem = kernel.apply(step, [line.theorem for line in by])
        self.steps.append(Step(name, rule, step.by, arguments, theorem.hypotheses, theorem.conclusion, why))
        return Line(name, theorem)

    # Opening and closing

    def suppose(self, formula: Formula, why: str = "") -> Line:
        """Assume a statement, to be discharged by :meth:`close`."""
        return self.step("assume", why=why, formula=formula)

    def let(self, name: str, term: Term, why: str = "") -> tuple[Variable, Line]:
        """Name a term; returns the variable and its defining equation."""
        value: Term = _read(term)
        variable = Variable(name, *value.shape)
        line = self.step("assume", why=why, formula=Equal(variable, value))
        return variable, Line(line.name, line.theorem, ("let", variable))

    def obtain(self, existence: Line, name: str, why: str = "") -> tuple[Any, Line]:
        """Take something that is known to exist; returns it and what is known of it."""
        rule = existence.formula
        if not isinstance(rule, Exists):
            raise DerivationError(f"{existence} does not say that something exists")
        bound = rule.variable
        symbol: Variable | Function
        if isinstance(bound, Variable):
            symbol = Variable(name, *bound.shape)
        else:
            symbol = Function(name, bound.domain, bound.codomain)
        line = self.step("assume", why=why, formula=substitute(rule.body, {bound: symbol}))
        return symbol, Line(line.name, line.theorem, ("obtain", (existence, symbol)))

    def close(self, line: Line, *items: Line | Variable | Function | Size, why: str = "") -> Line:
        """Close what was opened, innermost first: discharge an assumption, drop a name, generalise a symbol."""
        for index, item in enumerate(items):
            note = why if index + 1 == len(items) else ""
            if isinstance(item, Line) and item.opened is None:
                line = self.step("discharge", [line], note, formula=item.formula)
            elif isinstance(item, Line) and item.opened is not None and item.opened[0] == "let":
                line = self.step("define", [line], note, symbol=item.opened[1])
            elif isinstance(item, Line) and item.opened is not None:
                existence, symbol = item.opened[1]
                line = self.step("choose", [existence, line], note, symbol=symbol)
            else:
                symbol = SizeVariable(str(item)) if isinstance(item, Size) else item
                line = self.step("generalise", [line], note, symbol=symbol)
        return line

    # Using what is known

    def lemma(self, claim: str, **lengths: SizeLike) -> Line:
        """A claim proved earlier, with sizes put in for its size names."""
        theorem = self.lemmas.get(claim)
        if theorem is None:
            raise DerivationError(f"{self.claim} uses {claim!r}, which is not among the claims it rests on")
        line = Line(claim, theorem)
        changed = {name: Size.of(value) for name, value in lengths.items() if Size.of(value) != Size.of(name)}
        unknown = set(lengths) - {name for name in free(theorem.conclusion) if isinstance(name, str)}
        if unknown:
            raise DerivationError(f"{claim} has no size {', '.join(sorted(unknown))}")
        for name in reversed(changed):
            line = self.step("generalise", [line], symbol=SizeVariable(name))
        for value in changed.values():
            line = self.step("specialise", [line], value=value)
        return line

    def at(self, line: Line, *values: Term | Function | Lambda | Size | Line, why: str = "") -> Line:
        """Apply a statement to values (for its "for all") and to theorems (for its premises), in order."""
        for index, value in enumerate(values):
            note = why if index + 1 == len(values) else ""
            if isinstance(value, Line):
                line = self.step("detach", [line, value], note)
            else:
                line = self.step("specialise", [line], note, value=value)
        return line

    def both(self, *lines: Line, why: str = "") -> Line:
        """The conjunction of the lines."""
        return self.step("conjoin", lines, why)

    def witness(self, line: Line, statement: Formula, value: Term | Function | Lambda, why: str = "") -> Line:
        """Conclude that something exists, because this value is one."""
        return self.step("witness", [line], why, statement=statement, value=value)

    def witnesses(
        self, line: Line, statement: Formula, values: Sequence[Term | Function | Lambda], why: str = ""
    ) -> Line:
        """Conclude that several things exist at once, ∃x. ∃y. …, because these values are such."""
        statements = [statement]
        for value in values[:-1]:
            outer = statements[-1]
            if not isinstance(outer, Exists):
                raise DerivationError(f"{outer} does not say that something exists")
            statements.append(substitute(outer.body, {outer.variable: value}))
        for inner, value in zip(reversed(statements), reversed(values)):
            line = self.witness(line, inner, value, why if inner is statement else "")
        return line

    # Equations

    def chain(self, start: Term, *links: Link) -> Line:
        """start = t₁ = … = tₖ; a link is ``(tᵢ, lines it uses)``, with a reason in words as an optional third part."""
        by: list[Line] = []
        pairs, whys = [], []
        for link in links:
            entry = []
            for line in link[1]:
                names = [known.name for known in by]
                if line.name not in names:
                    by.append(line)
                    names.append(line.name)
                entry.append((names.index(line.name), int(line.backwards)))
            pairs.append(tuple(entry))
            whys.append(link[2] if len(link) == 3 else "")
        terms = (start, *(link[0] for link in links))
        return self.step("chain", by, "\n".join(whys), terms=terms, links=tuple(pairs))

    def equal(self, left: Term, right: Term, by: Sequence[Line] = (), why: str = "") -> Line:
        """left = right, by the canonical form modulo the lines."""
        return self.chain(left, (right, by, why))

    def combine(
        self, statement: Equal, *parts: tuple[int | Fraction, Term | None, Line, Term | None], why: str = ""
    ) -> Line:
        """An equation as a combination of others, each with a rational number and matrices to the left and right."""
        multipliers = tuple((Number(Fraction(scale)), left, right) for scale, left, _, right in parts)
        return self.step("combine", [part[2] for part in parts], why, statement=statement, multipliers=multipliers)

    def restate(self, line: Line, statement: Formula, by: Sequence[Line] = (), why: str = "") -> Line:
        """The same statement in another form, by the canonical form modulo the lines."""
        links = tuple((index + 1, int(other.backwards)) for index, other in enumerate(by))
        return self.step("restate", [line, *by], why, statement=statement, links=links)

    # Primitives

    def penrose(self, term: Term, index: int, why: str = "") -> Line:
        """One of the four Penrose equations of a term's pseudo-inverse."""
        return self.step("penrose", why=why, term=term, index=index)

    def induct(self, base: Line, step: Line, statement: ForAll, why: str = "") -> Line:
        """Induction on a size."""
        return self.step("induct", [base, step], why, statement=statement)

    def factorise(
        self, existence: Line, transfer: Line, through: Sequence[Term], names: Sequence[str], why: str = ""
    ) -> Line:
        """A value that depends on y only through s(y) is a function of s(y)."""
        return self.step("factorise", [existence, transfer], why, through=tuple(through), names=tuple(names))

    def equations(self, member: Line, why: str = "") -> Line:
        """QᵀQ = I and QQᵀ = I, for Q in O(d)."""
        return self._membership("equations", [member], why)

    def product(self, left: Line, right: Line, why: str = "") -> Line:
        """The product of two elements of a group is in it."""
        return self._membership("product", [left, right], why)

    def subgroup(self, member: Line, why: str = "") -> Line:
        """An element of SO(d) or S(d) is in O(d)."""
        return self._membership("subgroup", [member], why)

    def unit(self, group: MatrixGroup, why: str = "") -> Line:
        """The identity matrix is in the group."""
        return self.step("membership", (), why, law="identity", group=group)

    def orthogonal(self, matrix: Term, left: Line, right: Line, why: str = "") -> Line:
        """A matrix with QᵀQ = I and QQᵀ = I is in O(d)."""
        group = MatrixGroup("O", matrix.rows)
        return self.step("membership", [left, right], why, law="criterion", group=group, element=matrix)

    # The standard basis and sums over it

    def basis(self, law: str, *lines: Line, size: SizeLike | None = None, why: str = "") -> Line:
        """A law of E(n), for vectors e, b of it: see :func:`symmetry.kernel.basis`."""
        groups = [line.formula.group for line in lines if isinstance(line.formula, Member)]
        group = next((found for found in groups if isinstance(found, StandardBasis)), StandardBasis(Size.of(1)))
        length = {} if size is None else {"size": Size.of(size)}
        return self.step("basis", lines, why, law=law, group=group, **length)

    def sift(self, vector: Line, body: Lambda, why: str = "") -> Line:
        """Σ (eᵀb) t(e) = t(b), for b ∈ E(n) and the body e ↦ t(e)."""
        return self.step("total", [vector], why, law="sift", body=body)

    def swap(self, body: Lambda, why: str = "") -> Line:
        """Σₐ Σ_b t(a, b) = Σ_b Σₐ t(a, b)."""
        return self.step("total", why=why, law="swap", body=body)

    def split(self, body: Lambda, size: SizeLike, why: str = "") -> Line:
        """A sum over E(n + k) as one over E(n) and one over E(k); ``size`` is n."""
        return self.step("total", why=why, law="split", body=body, size=Size.of(size))

    def summed(self, line: Line, statement: Equal, moved: Line | None = None, why: str = "") -> Line:
        """Σ s(e) = Σ t(e), from ∀e ∈ E(n). s(e) = t(e); or s(e) = t(P e), where ``moved`` says that P ∈ S(n)."""
        if moved is None:
            return self.step("total", [line], why, law="same", statement=statement)
        if not isinstance(moved.formula, Member):
            raise DerivationError(f"{moved} does not say that a matrix is a permutation")
        return self.step("total", [line, moved], why, law="moved", statement=statement, shift=moved.formula.element)

    def columns(self, line: Line, statement: Equal, why: str = "") -> Line:
        """M = N, from ∀e ∈ E(n). M e = N e: a matrix is the sum of its columns."""
        rule = line.formula
        if not (
            isinstance(rule, ForAll) and isinstance(rule.body, Implies) and isinstance(rule.body.conclusion, Equal)
        ):
            raise DerivationError(f"{line} is not an equation for every vector of the standard basis")
        vector, member, equation = rule.variable, rule.body.premise, rule.body.conclusion
        if not isinstance(vector, Variable):
            raise DerivationError(f"{line} does not speak of a vector")
        taken = self.suppose(member)
        here = self.at(line, vector, taken)
        outer = Equal(equation.left * vector.T, equation.right * vector.T)
        column = self.combine(outer, (1, None, here, vector.T))
        closed = self.close(column, taken, vector)
        both = self.summed(closed, Equal(Total(vector, outer.left), Total(vector, outer.right)))
        return self.restate(both, statement, why=why or "a matrix is the sum of its columns")

    def _membership(self, law: str, members: Sequence[Line], why: str) -> Line:
        first = members[0].formula
        if not isinstance(first, Member) or not isinstance(first.group, MatrixGroup):
            raise DerivationError(f"{members[0]} is not membership in a group")
        return self.step("membership", members, why, law=law, group=first.group)


def _read(value: Any) -> Any:
    """The value with SymPy expressions in it read as terms, and SymPy equations as statements."""
    if isinstance(value, tuple | list):
        return tuple(_read(part) for part in value)
    if type(value).__module__.partition(".")[0] != "sympy":
        return value
    from symmetry.sympy_door import from_sympy, statement_from_sympy

    return from_sympy(value) if getattr(value, "is_Matrix", False) else statement_from_sympy(value)
