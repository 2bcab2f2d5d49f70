"""Replay: derivations, which are plain data, become theorems here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from symmetry.derivation import Derivation, Step
from symmetry.errors import CitationError, DerivationError, KernelError, ShapeError
from symmetry.kernel.equations import chain, combine, restate
from symmetry.kernel.logic import (
    assume,
    choose,
    cite,
    conjoin,
    define,
    detach,
    discharge,
    generalise,
    project,
    specialise,
    witness,
)
from symmetry.kernel.primitives import factorise, induct, penrose
from symmetry.kernel.sets import basis, membership
from symmetry.kernel.sums import average, total
from symmetry.kernel.theorem import PENROSE, Theorem
from symmetry.sizes import Size

__all__ = ["RULES", "apply", "replay", "resolve"]


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


def _size(size: Size | str | None) -> Size | None:
    return None if size is None else Size.of(size)


RULES: Mapping[str, Callable[..., Theorem]] = MappingProxyType(
    {
        "assume": lambda by, formula: _alone(by, assume(formula)),
        "discharge": lambda by, formula: discharge(_one(by), formula),
        "detach": lambda by: detach(*by),
        "conjoin": lambda by: conjoin(*by),
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
        "basis": lambda by, law, group, size=None: basis(by, law, group, _size(size)),
        "total": lambda by, law, statement=None, shift=None, body=None, size=None: total(
            by, law, statement, shift, body, _size(size)
        ),
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

    >>> from symmetry.formulas import Equal
    >>> from symmetry.sizes import Size
    >>> from symmetry.terms import Identity
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
