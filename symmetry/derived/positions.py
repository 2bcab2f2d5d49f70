"""What a function with token symmetry is at each position: one function φ of what is seen from there.

Bring a position to the front, by a permutation P with P [1; 0] at that position. Then column P [1; 0] of f(X) is
φ(X P [1; 0], X P [0; I]): of its own token, and of the others in whatever order P gives them, which φ does not see
(theory 4.2). A matrix on both of whose sides the permutations act is seen whole, as PᵀAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symmetry.derived.matrices import Map, Matrix, Names, Turn, variables
from symmetry.derived.settings import Setting
from symmetry.formulas import And, Equal, Formula, Member, exists, forall, iff, implies
from symmetry.sizes import Size
from symmetry.substitution import substitute
from symmetry.terms import (
    Function,
    Identity,
    Lambda,
    MatrixGroup,
    Number,
    StandardBasis,
    Term,
    Variable,
    Zero,
    hstack,
    vstack,
)

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

__all__ = ["POSITIONS", "Seen", "prove_seen", "seen"]

POSITIONS = "permutations-move-positions"
_ONE = Size((), 1)


@dataclass(frozen=True)
class Seen:
    """A function with the symmetry of one permutation factor, of n = j + 1, and what it is from each position.

    Args:
        f: the function, with inputs of these sizes.
        turn: the factor.
        rest: j, the number of other positions.
        phi: the function of what is seen.
        names: names that are free.
    """

    f: Map
    turn: Turn
    rest: Size
    phi: Function
    names: Names

    @property
    def front(self) -> Term:
        """[1; 0], the first position."""
        return vstack(Number(Fraction(1)), Zero(self.rest, _ONE))

    @property
    def others(self) -> Term:
        """[0; I], the other positions."""
        return vstack(Zero(_ONE, self.rest), Identity(self.rest))

    @property
    def by_rows(self) -> bool:
        """Whether positions are the rows of the output."""
        return self.f.rows == self.turn.axis

    def at(self, value: Term, place: Term) -> Term:
        """What a value is at a position."""
        return place.T * value if self.by_rows else value * place

    def seen(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        """The inputs taken apart into the first position and the others."""
        found: list[Term] = []
        for term, matrix in zip(terms, self.f.parameters, strict=True):
            on_rows, on_cols = matrix.rows == self.turn.axis, matrix.cols == self.turn.axis
            if on_cols and not on_rows:
                found += [term * self.front, term * self.others]
            elif on_rows and not on_cols:
                found += [self.front.T * term, self.others.T * term]
            else:
                found.append(term)
        return tuple(found)

    def together(self, parts: Sequence[Term]) -> tuple[Term, ...]:
        """The inputs put together again."""
        rest, found = list(parts), []
        for matrix in self.f.parameters:
            on_rows, on_cols = matrix.rows == self.turn.axis, matrix.cols == self.turn.axis
            first = rest.pop(0)
            if on_cols and not on_rows:
                first = hstack(first, rest.pop(0))
            elif on_rows and not on_cols:
                first = vstack(first, rest.pop(0))
            found.append(first)
        return tuple(found)

    @property
    def facts(self) -> tuple[Formula, Formula]:
        """f at a position is φ of what is seen from there; which does not depend on the order of the others."""
        P, inputs = self.turn.element, self.f.variables
        moved = self.phi(*self.seen([matrix.moved(self.turn.axis, self.turn.by).term for matrix in self.f.parameters]))
        value = Equal(self.at(self.f.function(*inputs), P * self.front), moved)
        blind = implies(Equal(P * self.front, self.front), Equal(moved, self.phi(*self.seen(inputs))))
        return value, blind

    @property
    def form(self) -> Formula:
        """∃φ. ∀ P, inputs. both facts"""
        return exists(self.phi, self.turn.every(forall(*self.f.variables, And(self.facts))))

    @property
    def statement(self) -> Formula:
        return forall(self.f.function, iff(self.f.law(self.turn), self.form))


def seen(setting: Setting, f: str, turn: Turn) -> Seen | None:
    """The problem as seen from each position, for n = j + 1.

    ``None`` where the factor does not act on just one side of the output, or where n is a number.
    """
    length = turn.element.rows
    if not length.parts or (setting.output.rows, setting.output.cols).count(turn.axis) != 1:
        return None
    ((name, _),) = length.parts
    rest = Size.of(setting.names.new("j"))
    lengths = {name: rest + 1}
    inputs = tuple(Matrix(substitute(m.term, lengths), m.rows, m.cols) for m in setting.inputs)
    output: Term = substitute(setting.output.term, lengths)
    element: Variable = substitute(turn.element, lengths)
    here = Turn(turn.axis, element, MatrixGroup("S", element.rows))
    function = Function(f, tuple(variable.shape for variable in variables(inputs)), output.shape)
    known = Seen(Map(function, inputs, setting.output.rows, setting.output.cols), here, rest, function, setting.names)
    domain = tuple(term.shape for term in known.seen(variables(inputs)))
    codomain = (_ONE, output.cols) if known.by_rows else (output.rows, _ONE)
    return Seen(known.f, here, rest, Function(setting.names.new("φ"), domain, codomain), setting.names)


def prove_seen(proof: Proof, known: Seen) -> None:
    """Write the derivation: f has the symmetry exactly when one function of what is seen serves all positions."""
    proof.states(known.statement)
    both = proof.both(_forward(proof, known), _backward(proof, known))
    proof.restate(proof.close(both, known.f.function), known.statement)


def _forward(proof: Proof, known: Seen) -> Line:
    f, turn, inputs = known.f, known.turn, known.f.variables
    given = proof.suppose(f.law(turn), "let f turn with the positions")
    parameters = tuple(Variable(known.names.new("y"), *shape) for shape in known.phi.domain)
    function = Lambda(parameters, known.at(f.function(*known.together(parameters)), known.front))
    member = proof.suppose(turn.member, f"let {turn.element} bring some position to the front")
    law = f.oriented(turn, proof.at(given, turn.element, member, *inputs))
    moved = [matrix.moved(turn.axis, turn.by).term for matrix in f.parameters]
    at_place = known.at(f.function(*inputs), turn.element * known.front)
    in_front = known.at(f.function(*moved), known.front)
    value = proof.chain(
        at_place,
        (in_front, [law], "f turns with the positions"),
        (function(*known.seen(moved)), [], "a value at the front"),
    )
    stays = proof.suppose(Equal(turn.element * known.front, known.front), "let it keep the first position")
    blind = proof.chain(
        function(*known.seen(moved)),
        (in_front, [], "put together again"),
        (at_place, [law], "f turns with the positions"),
        (known.at(f.function(*inputs), known.front), [stays], "the first position is kept"),
        (function(*known.seen(inputs)), []),
    )
    line = proof.close(proof.both(value, proof.close(blind, stays)), *reversed(inputs), member, turn.element)
    return proof.close(proof.witness(line, known.form, function, "what stands in front"), given)


def _backward(proof: Proof, known: Seen) -> Line:
    f, turn, inputs = known.f, known.turn, known.f.variables
    found = proof.suppose(known.form, "conversely, let one function serve all positions")
    _, serves = proof.obtain(found, known.phi.name)
    other = Turn(turn.axis, Variable(known.names.new("T"), *turn.element.shape), turn.group)
    member = proof.suppose(other.member, f"{other.element} is any permutation")
    e = Variable(known.names.new("e"), turn.element.rows, _ONE)
    positions = StandardBasis(e.rows)
    first = proof.restate(proof.basis("first", proof.basis("one"), size=known.rest), Member(known.front, positions))
    place = proof.suppose(Member(e, positions), "look at any position")
    moves = proof.at(proof.lemma(POSITIONS, n=e.rows), known.front, e, first, place)
    P, is_P = proof.obtain(moves, turn.element.name, "some permutation brings it to the front")
    moved = [matrix.moved(other.axis, other.by).term for matrix in f.parameters]
    there = proof.at(serves, P, is_P[1], *moved)[1]
    both = proof.product(member, is_P[1])
    here = proof.at(serves, other.element * P, both, *inputs)[1]
    before, after = f.function(*moved), f(*inputs).moved(other.axis, other.by).term
    line = proof.chain(
        known.at(before, e),
        (known.at(before, P * known.front), [is_P[2].back], "bring it to the front"),
        (there.formula.right, [there], "φ of what is seen"),  # type: ignore[attr-defined]
        (known.at(f.function(*inputs), other.element * P * known.front), [here.back], "which is seen from there too"),
        (known.at(after, e), [is_P[2]]),
    )
    line = proof.close(line, is_P)
    if known.by_rows:
        column = proof.close(proof.chain(before.T * e, (after.T * e, [line])), place, e)
        whole = f.oriented(turn, proof.columns(column, Equal(before.T, after.T)))
        line = proof.chain(before, (after, [whole]))
    else:
        line = proof.columns(proof.close(line, place, e), Equal(before, after))
    return proof.close(line, *reversed(inputs), member, other.element, serves, found)
