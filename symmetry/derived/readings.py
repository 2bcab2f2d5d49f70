"""Finite information: the definitions of theory chapter 5 as further suppositions, by name.

The source names a principle of finite information and does not define it; these definitions are this project's.
**Knowledge-mediated**: coefficients see tokens only through their inner products with the knowledge. **Order p, width
r**: an output token is gathered from at most p tokens at a time; see :mod:`symmetry.derived.gathering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symmetry.derived.gathering import Gathering, tokens
from symmetry.derived.settings import Setting
from symmetry.derived.theorem import opened, split
from symmetry.errors import Underivable
from symmetry.problem import Problem

if TYPE_CHECKING:
    from symmetry.proof import Line, Proof

__all__ = ["mediated", "prove_gathering"]


def mediated(problem: Problem, setting: Setting) -> Setting:
    """The setting with the inner products of tokens hidden from the coefficients."""
    name = "the knowledge-mediated reading"
    axis = tokens(problem, name)
    vectors = [tensor for tensor in problem.inputs if setting.axis in tensor.axes]
    own = [index for index, tensor in enumerate(vectors) if axis in tensor.axes]
    if len(own) == len(vectors):
        raise Underivable(
            f"{name} needs knowledge: an input that O({setting.axis}) turns, without the axis {axis}", name
        )
    return replace(setting, hidden=frozenset((i, j) for i in own for j in own))


# ---------------------------------------------------------------------------------------------------------------


def prove_gathering(proof: Proof, whole: Gathering, claims: Sequence[str]) -> None:
    """Write the derivation: f is gathered from such functions exactly when it is of the form.

    Args:
        claims: ids of the theorems that give the forms of vₛ and tₛ, in the order of ``whole.shapes``.
    """
    proof.states(whole.statement)
    forward = _into_form(proof, whole, claims)
    backward = _from_form(proof, whole, claims)
    proof.close(proof.both(forward, backward), whole.f.function)


def _into_form(proof: Proof, whole: Gathering, claims: Sequence[str]) -> Line:
    given = proof.suppose(whole.definition, "let f be gathered from such functions")
    taken = opened(proof, given, [function.name for function in whole.functions])
    counts = [len(shape.symmetry) for shape in whole.shapes]
    equation, *laws = split(taken[-1], 1 + sum(counts))
    facts = [equation]
    for shape, claim, count in zip(whole.shapes, claims, counts, strict=True):
        own, laws = laws[:count], laws[count:]
        general = proof.at(proof.lemma(claim), shape.f.function)
        premise = own[0] if count == 1 else proof.both(*own)
        facts.append(proof.at(general[1], premise, why="the form of this function"))
    line = proof.witnesses(proof.both(*facts), whole.form, whole.functions)
    return proof.close(line, *reversed(taken), given)


def _from_form(proof: Proof, whole: Gathering, claims: Sequence[str]) -> Line:
    found = proof.suppose(whole.form, "conversely, let f be gathered from functions of the form")
    taken = opened(proof, found, [function.name for function in whole.functions])
    equation, *forms = split(taken[-1], 1 + len(whole.shapes))
    facts = [equation]
    for shape, claim, form in zip(whole.shapes, claims, forms, strict=True):
        general = proof.at(proof.lemma(claim), shape.f.function)
        turns = proof.at(general[2], form, why="functions of this form turn with the space")
        facts += split(turns, len(shape.symmetry))
    line = proof.witnesses(proof.both(*facts), whole.definition, whole.functions)
    return proof.close(line, *reversed(taken), found)
