"""What is looked at beside a proof: planned as independent pieces of work, and put together once they are done.

The statement is evaluated exactly at small sizes, modulo a random large prime where nothing needs positivity, and in
floating point; each step is evaluated exactly; false variants go through the kernel and through the exact check. What a
claim computes for itself is run as it is, and so are the computations that its variants change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from symmetry import kernel
from symmetry.canonical import formula_key
from symmetry.claims import Claim, StepCheck, VariantOutcome
from symmetry.derivation import Derivation
from symmetry.errors import SymmetryError
from symmetry.evidence import Evidence
from symmetry.formulas import And, ForAll, Formula, Implies, forall, implies, negated
from symmetry.kernel import PENROSE, Theorem
from symmetry.parallel import Piece
from symmetry.registry import Entry, Variant, computation, sampled_check, variants_of
from symmetry.syntax import Node, free, symbol_names
from symmetry.terms import Function, Pseudoinverse, Variable

__all__ = ["Known", "Plan", "planned"]

# Small and pairwise different, for size names that a claim does not mention.
_SPARE_SIZES = (2, 3, 1, 4, 5)
_SMALL_PRIME = 5
# Steps take turns at the claim's first sizes, fewer columns than d, and more; the statement is evaluated at all.
_STEP_SIZES = 2

# Premises, and what follows from them.
Judgement = tuple[frozenset[Formula], Formula]
# Where the evaluation of a judgement will stand.
Known = dict[Judgement, Callable[[], Evidence]]


@dataclass(frozen=True)
class Plan:
    """The checks of one claim: ``finished`` gives the claim with what they found, once every piece has been run."""

    pieces: tuple[Piece, ...]
    finished: Callable[[], Claim]


def planned(claim: Claim, found: Mapping[str, Theorem], lemmas: Mapping[str, Theorem], seed: int, known: Known) -> Plan:
    """Plan the checks of a claim that was derived, or could not be, or need not be.

    Args:
        claim: as it was derived and replayed.
        found: the theorem of each of its steps.
        lemmas: theorems of other claims.
        seed: of everything random.
        known: judgements that are evaluated with the claims before this one; those of this claim are added, since
            steps that only close assumptions or variables, or quote a lemma, state what was stated before.

    Raises:
        UsageError: a module that should hold the claim's sampled check, its computation or its variants does not.
    """
    from symmetry.checks.exact import check_exact, random_prime

    entry = claim.entry
    pieces: list[Piece] = []

    def piece(kind: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
        pieces.append(made := Piece(kind, entry.id, partial(call, *arguments, **named)))
        return lambda: made.result

    results: dict[str, Callable[[], Any]] = {}
    sample = sampled_check(entry)
    if claim.derivation is not None or entry.build is None or entry.open:
        if sample is not None:
            results["sampled"] = piece("sampled", _sampled, sample, seed)
        compute = computation(entry)
        if compute is not None:
            results["computed"] = piece("computed", _computed, compute, seed)
    if claim.statement is not None and claim.derivation is not None:
        sizes = _all_sizes(entry, claim.statement)
        results["exact"] = piece("exact", check_exact, claim.statement, sizes=sizes, seed=seed)
        if claim.theorem is not None:
            known[_judgement(claim.theorem)] = results["exact"]
            inverts = any(isinstance(part, Pseudoinverse) for part in _parts(claim.statement))
            if PENROSE not in claim.theorem.primitives and not inverts:
                prime = random_prime(seed)
                first = sizes[:1]
                results["modular"] = piece("exact", check_exact, claim.statement, sizes=first, seed=seed, prime=prime)
        if found:
            results["steps"] = _steps_planned(claim.derivation, found, entry, seed, known, piece)
    if claim.derivation is not None or entry.is_computed:
        outcomes = [
            (variant, piece("variants", _outcome, variant, claim.derivation, entry, lemmas, seed))
            for variant in variants_of(entry)
        ]
        results["variants"] = lambda: tuple(
            VariantOutcome(variant, refused_by, evidence if evidence or fault else results["exact"](), fault)
            for variant, outcome in outcomes
            for refused_by, evidence, fault in [outcome()]
        )
    return Plan(tuple(pieces), lambda: replace(claim, **{name: result() for name, result in results.items()}))


def _sampled(sample: Callable[[int], Evidence], seed: int) -> Evidence:
    """What a claim's own sampled check finds; an exception in it is inconclusive."""
    try:
        return sample(seed)
    except Exception as error:
        return Evidence("sampled", "inconclusive", seed=seed, detail=f"{type(error).__name__}: {error}")


def _computed(compute: Callable[[int], Evidence], seed: int) -> Evidence:
    """What an exact computation finds; what is not exact, has no sizes or raises is inconclusive."""
    try:
        found = compute(seed)
    except Exception as error:
        return Evidence("exact", "inconclusive", seed=seed, detail=f"{type(error).__name__}: {error}")
    if not isinstance(found, Evidence):
        fault = f"it returned {type(found).__name__}, not Evidence"
    elif found.method in ("sampled", "modular"):
        fault = f"its evidence is {found.method}, and a computation has to be exact"
    elif found.verdict == "holds" and not found.sizes:
        fault = "it does not list the sizes for which it holds"
    else:
        return found
    return Evidence("exact", "inconclusive", seed=seed, detail=fault)


# ---------------------------------------------------------------------------------------------------------------
# Steps


def _steps_planned(
    derivation: Derivation,
    found: Mapping[str, Theorem],
    entry: Entry,
    seed: int,
    known: Known,
    piece: Callable[..., Callable[[], Any]],
) -> Callable[[], tuple[StepCheck, ...]]:
    """Plan the evaluation of each step's judgement that is not among those known."""
    fresh: list[Theorem] = []
    keys: list[Judgement | None] = []
    judged: dict[str, Judgement] = {}
    evaluated = piece("exact", _evaluated, fresh, entry, seed)
    refuted = {formula_key(premise) for premise in _refuted(derivation.statement)}
    for step in derivation.steps:
        theorem = found[step.name]
        supposed = {formula_key(hypothesis) for hypothesis in theorem.hypotheses}
        # What is concluded from a supposition that is refuted in the end has no instances.
        if step.rule == "assume" or not supposed.isdisjoint(refuted):
            keys.append(None)
            continue
        keys.append(key := _judgement(theorem))
        shown = judged.get(step.by[0]) if step.rule == "witness" else None
        if shown is not None:  # what a witness shows has been evaluated for the witness
            known.setdefault(key, known[shown])
        elif key not in known:
            known[key] = partial(_part, evaluated, len(fresh))
            fresh.append(theorem)
        judged[step.name] = key
    return lambda: tuple(
        StepCheck(step, found[step.name], None if key is None else known[key]())
        for step, key in zip(derivation.steps, keys)
    )


def _part(results: Callable[[], list[Evidence]], index: int) -> Evidence:
    return results()[index]


def _evaluated(fresh: Sequence[Theorem], entry: Entry, seed: int) -> list[Evidence]:
    """Evaluate judgements exactly, closed over their free variables and with their hypotheses as premises."""
    from symmetry.checks.exact import check_exact

    evidence = []
    for index, theorem in enumerate(fresh):
        statement = implies(*theorem.hypotheses, theorem.conclusion)
        symbols = sorted(
            (symbol for symbol in free(statement) if isinstance(symbol, Variable | Function)),
            key=lambda symbol: symbol.name,
        )
        closed = forall(*symbols, statement)
        sizes = _all_sizes(entry, closed)[:_STEP_SIZES]
        for turn in range(len(sizes)):
            found = check_exact(closed, sizes=[sizes[(index + turn) % len(sizes)]], seed=seed, samples=1)
            if found.verdict != "inconclusive":
                break
        evidence.append(found)
    return evidence


def _refuted(formula: Formula) -> Iterator[Formula]:
    """What a statement says not to hold."""
    premise = negated(formula)
    if premise is not None:
        yield premise
    elif isinstance(formula, And):
        for part in formula.parts:
            yield from _refuted(part)
    elif isinstance(formula, ForAll):
        yield from _refuted(formula.body)
    elif isinstance(formula, Implies):
        yield from _refuted(formula.conclusion)


def _judgement(theorem: Theorem) -> Judgement:
    """The same for theorems that differ in which hypotheses and variables are still open."""
    premises = set(theorem.hypotheses)
    taken = frozenset().union(*map(symbol_names, premises))
    conclusion = theorem.conclusion
    while True:
        if isinstance(conclusion, Implies):
            premises.add(conclusion.premise)
            taken |= symbol_names(conclusion.premise)
            conclusion = conclusion.conclusion
        elif isinstance(conclusion, ForAll):
            if conclusion.variable.name in taken:
                break
            conclusion = conclusion.body
        else:
            break
    return frozenset(premises), conclusion


def _parts(item: object) -> Iterator[Node]:
    """A node and everything in it."""
    if isinstance(item, Node):
        yield item
        item = item.key[1:]
    if isinstance(item, tuple):
        for part in item:
            yield from _parts(part)


def _all_sizes(entry: Entry, statement: Formula) -> tuple[dict[str, int], ...]:
    """The claim's size assignments, with values for the size names it does not mention."""
    names = sorted(name for name in free(statement) if isinstance(name, str))
    out = []
    for sizes in entry.sizes or ({},):
        spare = [size for size in _SPARE_SIZES if size not in sizes.values()]
        full = dict(sizes)
        for name in names:
            if name not in full:
                full[name] = spare.pop(0) if spare else len(full) + 1
        out.append({name: full[name] for name in names})
    unique = {tuple(sizes.items()): sizes for sizes in out}
    return tuple(unique.values())


# ---------------------------------------------------------------------------------------------------------------
# Variants


def _outcome(
    variant: Variant, derivation: Derivation | None, entry: Entry, lemmas: Mapping[str, Theorem], seed: int
) -> tuple[tuple[str, str, str] | None, Evidence | None, str]:
    """How the kernel refused a variant, the exact check of its statement, and what is wrong with the variant itself.

    There is no check of its own where only names were changed: what was found about the statement holds. A changed
    computation is run, and the kernel has no part in it.
    """
    from symmetry.checks.exact import check_exact
    from symmetry.variants import changed

    if variant.computed is not None:
        return None, _computed(variant.computed, seed), ""
    if derivation is None:
        return None, None, "there is no derivation to change: a variant of a computed claim changes the computation"
    try:
        false = changed(derivation, variant)
    except SymmetryError as error:
        return None, None, str(error)
    refused_by = None
    fault = ""
    try:
        kernel.replay(false, lemmas, recorded=False, ordered=not variant.field)
    except SymmetryError as error:
        rule = getattr(error, "rule", None)
        if rule is None:
            fault = f"no rule refused it, but: {error}"
        else:
            refused_by = (str(getattr(error, "step", "")), rule, str(error))
    prime = _SMALL_PRIME if variant.field else None
    sizes = _all_sizes(entry, false.statement)
    if variant.harmless and _only_renames(variant, derivation.statement):
        return refused_by, None, fault
    if variant.harmless:
        evidence = check_exact(false.statement, sizes=sizes[:_STEP_SIZES], seed=seed, samples=1)
    else:
        evidence = check_exact(false.statement, sizes=sizes, seed=seed, prime=prime, hunt=True)
    return refused_by, evidence, fault


def _only_renames(variant: Variant, statement: Formula) -> bool:
    """Whether all that the variant does to a statement is to give variables and functions other, new names."""
    taken = {part.name for part in _parts(statement) if isinstance(part, Variable | Function)}
    for old, new in variant.replace:
        if not isinstance(old, Variable | Function) or type(old) is not type(new) or old.key[2:] != new.key[2:]:
            return False
        if new.name in taken:
            return False
        taken.add(new.name)
    return not variant.drop
