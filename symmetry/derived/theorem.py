"""The theorem of a problem: f has the symmetry exactly when it is of the form, with coefficients that obey the laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from symmetry.derived.matrices import Map, Matrix, numbered
from symmetry.derived.orders import averages, converse, laws_of
from symmetry.derived.settings import Setting
from symmetry.derived.space import coefficients
from symmetry.errors import Underivable
from symmetry.formulas import Equal, Formula, conjunction, exists, forall, iff
from symmetry.terms import Function, Variable

if TYPE_CHECKING:
    from symmetry.derivation import Derivation
    from symmetry.kernel import Theorem
    from symmetry.proof import Line, Proof

__all__ = ["Shape", "arguments_of", "lemmas", "opened", "prove", "shape_of", "split"]


@dataclass(frozen=True)
class Shape:
    """What the theorem of a setting speaks of: f and its coefficients."""

    setting: Setting
    f: Map
    maps: tuple[Map, ...]

    @property
    def symmetry(self) -> tuple[Formula, ...]:
        """The law of f for each factor."""
        return tuple(self.f.law(turn) for turn in self.setting.turns)

    @property
    def equation(self) -> Formula:
        """∀ inputs. f(inputs) = body"""
        through = [matrix.term for matrix in self.setting.through()]
        body = self.setting.body([each.function(*through) for each in self.maps])
        inputs = self.setting.variables
        return forall(*inputs, Equal(self.f.function(*inputs), body))

    @property
    def functions(self) -> tuple[Function, ...]:
        return tuple(each.function for each in self.maps)

    @property
    def of_the_form(self) -> tuple[Formula, ...]:
        """∀ inputs. f(inputs) = body; and the laws of the coefficients."""
        return self.equation, *laws_of(self.maps, self.setting.orders)

    @property
    def form(self) -> Formula:
        """There are coefficients with which f is of the form."""
        return exists(*self.functions, conjunction(*self.of_the_form))

    @property
    def supposed(self) -> tuple[Formula, ...]:
        """The law of f for each factor; and that f is of the form, where not all inner products may be seen."""
        return (*self.symmetry, *([exists(*self.functions, self.equation)] if self.setting.hidden else []))

    @property
    def statement(self) -> Formula:
        supposed = self.supposed
        return forall(self.f.function, iff(conjunction(*supposed), self.form) if supposed else self.form)


def arguments_of(setting: Setting) -> tuple[Matrix, ...]:
    """A variable for each argument of the coefficients: A, B, C or Gᵢⱼ for inner products, and the inputs kept."""
    count, pairs = len(setting.vectors()), setting.pairs
    names = {(0, 0): "A", (1, 0): "B", (1, 1): "C"}
    letters = [names.get(pair, "") for pair in pairs]
    if count > 2 or not setting.names.are_new(*letters):
        letters = [numbered("G", *((i + 1, j + 1) if count > 1 else ())) for i, j in pairs]
    blocks = [
        Matrix(Variable(setting.names.new(letter), *matrix.term.shape), matrix.rows, matrix.cols)
        for letter, matrix in zip(letters, setting.through())
    ]
    return (*blocks, *setting.kept())


def shape_of(setting: Setting, name: str, stems: Sequence[str], arguments: Sequence[Matrix]) -> Shape:
    """The setting with names for f and its coefficients, which are functions of the arguments."""
    shapes = tuple(matrix.term.shape for matrix in arguments)
    maps = tuple(
        Map(Function(stem, shapes, unknown.term.shape), tuple(arguments), unknown.rows, unknown.cols)
        for stem, unknown in zip(stems, setting.unknowns, strict=True)
    )
    return Shape(setting, setting.map(name), maps)


def prove(proof: Proof, shape: Shape) -> None:
    """Write the derivation of the theorem."""
    setting, f, maps = shape.setting, shape.f, shape.maps
    proof.states(shape.statement)
    names = [each.function.name for each in maps]
    supposed = shape.supposed
    if not supposed:
        proof.close(coefficients(proof, setting, f, None, names), f.function)
        return
    given = proof.suppose(conjunction(*supposed), "let f have the symmetry")
    parts = split(given, len(supposed))
    laws = dict(zip(setting.turns, parts))
    space = (setting.space, laws[setting.space]) if setting.space else None
    line = parts[-1] if setting.hidden else coefficients(proof, setting, f, space, names)
    if maps and setting.orders:
        taken = opened(proof, line, names)
        functions, same, obeyed = averages(proof, setting, f, maps, taken[-1], laws)
        both = proof.both(same, *obeyed) if obeyed else same
        line = proof.witnesses(both, shape.form, functions, "the means are such coefficients")
        line = proof.close(line, *reversed(taken))
    forward = proof.close(line, given)
    found = proof.suppose(shape.form, "conversely, let f be of the form, with coefficients that obey the laws")
    taken = opened(proof, found, names)
    acting = [turn for turn in setting.orders if any(each.acted(turn.axis) for each in maps)]
    equation, *rest = split((found, *taken)[-1], 1 + len(acting))
    lines = converse(proof, setting, f, maps, equation, dict(zip(acting, rest, strict=True)))
    if setting.hidden:
        lines.append(proof.witnesses(equation, supposed[-1], shape.functions))
    backward = proof.close(proof.both(*lines) if len(lines) > 1 else lines[0], *reversed(taken), found)
    proof.close(proof.both(forward, backward), f.function)


def split(line: Line, count: int) -> list[Line]:
    """The parts of a conjunction of so many statements; one statement is its only part."""
    return [line] if count == 1 else [line[index + 1] for index in range(count)]


def opened(proof: Proof, line: Line, names: Sequence[str]) -> list[Line]:
    """What is known of functions that exist, taken by name one after the other."""
    found = []
    for name in names:
        _, line = proof.obtain(line, name)
        found.append(line)
    return found


@lru_cache(maxsize=64)
def lemmas(ids: tuple[str, ...]) -> tuple[tuple[Derivation, ...], dict[str, Theorem]]:
    """The registered claims with these ids and all they rest on: derivations, lemmas first, and theorems by id.

    Raises:
        Underivable: a claim is not registered.
    """
    from symmetry import kernel
    from symmetry.registry import entries
    from symmetry.verification import derivations

    known = {entry.id for entry in entries()}
    missing = [id for id in ids if id not in known]
    if missing:
        raise Underivable(f"the claim {missing[0]!r} is not registered", f"the lemma {missing[0]!r}")
    theorems: dict[str, Theorem] = {}
    found = derivations(ids) if ids else ()
    for derivation in found:
        theorems[derivation.claim] = kernel.replay(derivation, theorems)[derivation.steps[-1].name]
    return found, theorems
