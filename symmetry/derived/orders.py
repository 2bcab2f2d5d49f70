"""The permutation factors: coefficients can be averaged so that they obey the law of each; and the converse.

Averaging P⁻¹·g(P·arguments) over all elements of all permutation factors does not change f, because f obeys their laws,
and re-indexing the mean gives the laws of the averages (theory 4.1, 4.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from symmetry.derived.matrices import Map, Matrix, Turn, law, moved_by
from symmetry.derived.settings import Setting
from symmetry.formulas import Equal, Formula, conjunction
from symmetry.terms import Average, Lambda, Term, Variable

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

__all__ = ["averages", "converse", "laws_of"]


def laws_of(maps: Sequence[Map], turns: Sequence[Turn]) -> tuple[Formula, ...]:
    """For each factor that acts on the functions, what they obey."""
    found = []
    for turn in turns:
        acted = [each for each in maps if each.acted(turn.axis)]
        if acted:
            found.append(law(acted, turn))
    return tuple(found)


def averages(
    proof: Proof, setting: Setting, f: Map, maps: Sequence[Map], known: Line, given: Mapping[Turn, Line]
) -> tuple[list[Lambda], Line, list[Line]]:
    """Functions with which f is still of the form, and which obey the laws.

    Args:
        maps: functions with which f is of the form, as ``known`` says.
        given: the law of f for each permutation factor.
    """
    functions = [_averaged(setting, each) for each in maps]
    same = _unchanged(proof, setting, f, maps, functions, known, given)
    laws = []
    for index, turn in enumerate(setting.orders):
        pairs = [(each, function) for each, function in zip(maps, functions) if each.acted(turn.axis)]
        if pairs:
            laws.append(_obeyed(proof, setting, index, pairs))
    return functions, same, laws


def _averaged(setting: Setting, each: Map) -> Lambda:
    """arguments ↦ the mean of P⁻¹·g(P·arguments)."""
    return Lambda(each.variables, _mean(setting.orders, _summand(setting.orders, each, each.parameters)))


def _summand(turns: Sequence[Turn], each: Map, arguments: Sequence[Matrix]) -> Term:
    return moved_by(each(*(moved_by(argument, turns).term for argument in arguments)), turns, back=True).term


def _mean(turns: Sequence[Turn], body: Term) -> Term:
    for turn in reversed(turns):
        body = Average(turn.element, turn.group, body)
    return body


def _unchanged(
    proof: Proof,
    setting: Setting,
    f: Map,
    maps: Sequence[Map],
    functions: Sequence[Lambda],
    known: Line,
    given: Mapping[Turn, Line],
) -> Line:
    """∀ inputs. f(inputs) = the body with the averages: each summand is P⁻¹·f(P·inputs) = f(inputs)."""
    turns, inputs = setting.orders, setting.variables
    members = [proof.suppose(turn.member, f"{turn.element} is any permutation") for turn in turns]
    summand = setting.body([_summand(turns, each, setting.through()) for each in maps])
    value = f.function(*inputs)
    moved = [moved_by(matrix, turns).term for matrix in setting.inputs]
    after = moved_by(f(*moved), turns, back=True)
    links = [(after.term, [proof.at(known, *moved)], "f is of the form, where the inputs are permuted")]
    for index in reversed(range(len(turns))):
        turn = turns[index]
        before = [moved_by(matrix, turns[:index]).term for matrix in setting.inputs]
        line = proof.at(given[turn], turn.element, members[index], *before)
        plain = moved_by(f(*before), [turn])
        then = moved_by(plain, turns[: index + 1], back=True).term
        links.append((then, [f.oriented(turn, line)], "f obeys the law"))
        orthogonal = proof.equations(proof.subgroup(members[index]))
        after = moved_by(f(*before), turns[:index], back=True)
        links.append((after.term, [orthogonal[1], orthogonal[2]], "and back"))
    line = proof.chain(summand, *links)
    for turn, member in zip(reversed(turns), reversed(members)):
        other = Variable(setting.names.new(turn.element.name), *turn.element.shape)
        summand = Average(turn.element, turn.group, summand)
        closed, mean = proof.close(line, member, turn.element), Equal(summand, Average(other, turn.group, value))
        line = proof.step("average", [closed], "the mean of what is always the same", statement=mean, law="same")
        line = proof.restate(line, Equal(summand, value), why="the mean of a constant")
    body = setting.body([function(*(m.term for m in setting.through())) for function in functions])
    line = proof.restate(line, Equal(value, body), why="the mean is linear")
    return proof.close(line, *reversed(inputs))


def _obeyed(proof: Proof, setting: Setting, index: int, pairs: Sequence[tuple[Map, Lambda]]) -> Line:
    """The averages obey the law of one factor: re-index the mean."""
    turns = setting.orders
    outer, turn, inner = turns[:index], turns[index], turns[index + 1 :]
    shift = Turn(turn.axis, Variable(setting.names.new("T"), *turn.element.shape), turn.group)
    member = proof.suppose(shift.member, f"{shift.element} is any permutation")
    orthogonal = proof.equations(proof.subgroup(member))
    lines, wanted = [], []
    for each, function in pairs:
        moved = [parameter.moved(shift.axis, shift.by) for parameter in each.parameters]
        left = _mean(inner, _summand(turns, each, moved))
        plain = Matrix(_summand(turns, each, each.parameters), each.rows, each.cols)
        right = _mean(inner, moved_by(plain, [shift]).term)
        image = Lambda((turn.element,), right)(shift.element * turn.element)
        here = proof.suppose(turn.member)
        equal = proof.equal(left, image, [orthogonal[1], orthogonal[2]], "the permutations in between cancel")
        left, right = (Average(turn.element, turn.group, side) for side in (left, right))
        line = proof.step(
            "average",
            [proof.close(equal, here, turn.element), member],
            f"re-index the mean by {shift.element}",
            statement=Equal(left, right),
            law="left",
            shift=shift.element,
        )
        for other in reversed(outer):
            beside = proof.suppose(other.member)
            left, right = (Average(other.element, other.group, side) for side in (left, right))
            closed, around = proof.close(line, beside, other.element), Equal(left, right)
            line = proof.step("average", [closed], "and so for the means around it", statement=around, law="same")
        lines.append(line)
        value = Matrix(function.body, each.rows, each.cols)
        wanted.append(Equal(function(*(m.term for m in moved)), moved_by(value, [shift]).term))
    line = lines[0] if len(lines) == 1 else proof.both(*lines)
    stated = proof.restate(line, conjunction(*wanted), why="the mean is linear")
    return proof.close(stated, *reversed(pairs[0][0].variables), member, shift.element)


def converse(
    proof: Proof, setting: Setting, f: Map, maps: Sequence[Map], known: Line, laws: Mapping[Turn, Line]
) -> list[Line]:
    """The law of f for each factor, from the form and the laws of the functions in it."""
    inputs = setting.variables
    through = [matrix.term for matrix in setting.through()]
    here = proof.at(known, *inputs, why="f is of the form")
    found = []
    for turn in setting.turns:
        member = proof.suppose(turn.member)
        space = turn.group.name == "O"
        orthogonal = proof.equations(member if space else proof.subgroup(member))
        moved = [moved_by(matrix, [turn]).term for matrix in setting.inputs]
        invariants = [matrix.term for matrix in setting.through(moved)]
        kept = setting.body([each.function(*invariants) for each in maps], moved)
        rules = [orthogonal[1], orthogonal[2]]
        if turn in laws:
            acted = [each for each in maps if each.acted(turn.axis)]
            line = proof.at(laws[turn], turn.element, member, *through, why="the law of the coefficients")
            parts = [line] if len(acted) == 1 else [line[place + 1] for place in range(len(acted))]
            rules += [each.oriented(turn, part) for each, part in zip(acted, parts)]
        body = Matrix(setting.body([each.function(*through) for each in maps]), f.rows, f.cols)
        why = "orthogonal maps keep inner products" if space else "the coefficients obey the law"
        line = proof.chain(
            f.function(*moved),
            (kept, [proof.at(known, *moved)], "f is of the form"),
            (moved_by(body, [turn]).term, rules, why),
            (moved_by(f(*inputs), [turn]).term, [here], "f is of the form"),
        )
        found.append(proof.close(line, *reversed(inputs), member, turn.element))
    return found
