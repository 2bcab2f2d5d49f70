"""The main job: derive, replay and cross-check claims.

Beside every proof stand an exact evaluation of the statement and of each step at small sizes, one modulo a random
large prime where nothing needs positivity, one in floating point, and false variants, which must all fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from symmetry import kernel
from symmetry.canonical import formula_key
from symmetry.claims import Claim, Report, StepCheck, VariantOutcome
from symmetry.derivation import Derivation
from symmetry.errors import SymmetryError, UsageError
from symmetry.evidence import Evidence
from symmetry.formulas import And, ForAll, Formula, Implies, forall, implies, negated
from symmetry.kernel import PENROSE, Theorem
from symmetry.proof import Proof
from symmetry.registry import Entry, Variant, entries, sampled_check, select, variants_of, with_lemmas
from symmetry.syntax import Node, free, symbol_names
from symmetry.terms import Function, Pseudoinverse, Variable

__all__ = ["derivations", "derive", "verify"]

# Small and pairwise different, for size names that a claim does not mention.
_SPARE_SIZES = (2, 3, 1, 4, 5)
_SMALL_PRIME = 5
# Steps and harmless variants are evaluated at the claim's first sizes: fewer columns than d, and more.
_STEP_SIZES = 2


def derive(entry: Entry, lemmas: Mapping[str, Theorem]) -> Derivation:
    """The claim's derivation, written by its author's function on top of the lemmas it declares.

    Raises:
        SymmetryError: the derivation cannot be written, or does not use exactly what it declares.
    """
    missing = [id for id in entry.rests_on if id not in lemmas]
    if missing:
        raise SymmetryError(f"rests on {', '.join(missing)}, which could not be derived")
    if entry.build is None:
        raise SymmetryError("there is no derivation")
    proof = Proof(entry.id, {id: lemmas[id] for id in entry.rests_on})
    entry.build(proof)
    derivation = proof.derivation()
    if set(derivation.lemmas) != set(entry.rests_on):
        used = ", ".join(derivation.lemmas) or "nothing"
        raise SymmetryError(f"declares that it rests on {', '.join(entry.rests_on) or 'nothing'}, but uses {used}")
    return derivation


def derivations(ids: Iterable[str] | None = None) -> tuple[Derivation, ...]:
    """The derivations of the claims and of everything they rest on, lemmas first, each replayed.

    >>> [derivation.claim for derivation in derivations(["representation"])][-2:]
    ['invariant-coefficients', 'representation']
    """
    every = entries()
    chosen = with_lemmas(select(ids, every) if ids else every, every)
    theorems: dict[str, Theorem] = {}
    found = []
    for entry in chosen:
        derivation = derive(entry, theorems)
        theorems[entry.id] = _last(derivation, kernel.replay(derivation, theorems))
        found.append(derivation)
    return tuple(found)


def verify(
    ids: Iterable[str] | None = None,
    *,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    registered: Sequence[Entry] | None = None,
) -> Report:
    """Derive, replay and cross-check claims.

    Args:
        ids: ids or theory numbers; all claims when ``None``.
        seed: of everything random; the same seed gives the same report.
        progress: called with (claim id, done, total) before each claim.
        registered: the claims to choose from, instead of those that are registered.

    Raises:
        UsageError: an unknown id, or a broken registration.

    >>> report = verify(["gram-invariance"])
    >>> report.ok, report["1.1"].status, report["1.1"].variants_refuted
    (True, 'derived', 4)
    """
    every = entries() if registered is None else tuple(registered)
    for index, entry in enumerate(every):
        if not isinstance(entry, Entry):
            raise UsageError(f"registered claims are made by @claim, not {entry!r}")
        if any(other.id == entry.id for other in every[:index]):
            raise UsageError(f"two claims are called {entry.id!r}")
    chosen = select(ids, every) if ids is not None else every
    wanted = {entry.id for entry in chosen}
    theorems: dict[str, Theorem] = {}
    claims: list[Claim] = []
    known: dict[object, Evidence] = {}
    spent = {"derive": 0.0, "exact": 0.0, "sampled": 0.0, "variants": 0.0}
    for entry in with_lemmas(chosen, every):
        if entry.id in wanted and progress is not None:
            progress(entry.id, len(claims), len(wanted))
        start = perf_counter()
        claim, found = _proved(entry, theorems)
        spent["derive"] += perf_counter() - start
        if claim.theorem is not None:
            theorems[entry.id] = claim.theorem
        if entry.id in wanted:
            claims.append(_cross_checked(claim, found, theorems, seed, known, spent))
    return Report(tuple(claims), seed, spent)


def _last(derivation: Derivation, theorems: Mapping[str, Theorem]) -> Theorem:
    return theorems[derivation.steps[-1].name]


def _proved(entry: Entry, lemmas: Mapping[str, Theorem]) -> tuple[Claim, dict[str, Theorem]]:
    """The claim after derivation and replay, and the theorem of each step."""
    try:
        derivation = derive(entry, lemmas)
    except SymmetryError as error:
        return Claim(entry, None, None, None, f"cannot be derived: {error}"), {}
    except Exception as error:  # the claim's own code: it must not take the other claims down
        return Claim(entry, None, None, None, f"cannot be written: {type(error).__name__}: {error}"), {}
    try:
        found = kernel.replay(derivation, lemmas)
    except SymmetryError as error:
        return Claim(entry, derivation.statement, None, derivation, f"does not replay: {error}"), {}
    return Claim(entry, derivation.statement, _last(derivation, found), derivation), found


def _cross_checked(
    claim: Claim,
    found: Mapping[str, Theorem],
    lemmas: Mapping[str, Theorem],
    seed: int,
    known: dict[object, Evidence],
    spent: dict[str, float],
) -> Claim:
    from symmetry.checks.exact import check_exact, random_prime

    if claim.statement is None or claim.derivation is None:
        return claim
    clock = [perf_counter()]

    def lap(name: str) -> None:
        clock.append(perf_counter())
        spent[name] += clock[-1] - clock[-2]

    sizes = _all_sizes(claim.entry, claim.statement)
    exact = check_exact(claim.statement, sizes=sizes, seed=seed)
    if claim.theorem is not None:
        known[_judgement(claim.theorem)] = exact
    modular = None
    if claim.theorem is not None and PENROSE not in claim.theorem.primitives and not _inverts(claim.statement):
        modular = check_exact(claim.statement, sizes=sizes, seed=seed, prime=random_prime(seed))
    steps = _step_checks(claim.derivation, found, claim.entry, seed, known) if found else ()
    lap("exact")
    sample = sampled_check(claim.entry)
    sampled = _sampled(sample, seed) if sample is not None else None
    lap("sampled")
    outcomes = tuple(
        _outcome(variant, claim.derivation, claim.entry, lemmas, seed) for variant in variants_of(claim.entry)
    )
    lap("variants")
    return replace(claim, exact=exact, modular=modular, sampled=sampled, steps=steps, variants=outcomes)


def _sampled(sample: Callable[[int], Evidence], seed: int) -> Evidence:
    """What a claim's own sampled check finds; an exception in it is inconclusive."""
    try:
        return sample(seed)
    except Exception as error:
        return Evidence("sampled", "inconclusive", seed=seed, detail=f"{type(error).__name__}: {error}")


def _step_checks(
    derivation: Derivation, found: Mapping[str, Theorem], entry: Entry, seed: int, known: dict[object, Evidence]
) -> tuple[StepCheck, ...]:
    """Evaluate each step's judgement exactly, closed over its free variables and with its hypotheses as premises.

    Steps that only close assumptions or variables, or quote a lemma, state what was stated before; it is evaluated once
    in a run, and ``known`` holds what was.
    """
    from symmetry.checks.exact import check_exact

    checks = []
    refuted = {formula_key(premise) for premise in _refuted(derivation.statement)}
    for step in derivation.steps:
        theorem = found[step.name]
        evidence = None
        supposed = {formula_key(hypothesis) for hypothesis in theorem.hypotheses}
        # What is concluded from a supposition that is refuted in the end has no instances.
        if step.rule != "assume" and supposed.isdisjoint(refuted):
            key = _judgement(theorem)
            if key not in known:
                statement = implies(*theorem.hypotheses, theorem.conclusion)
                symbols = sorted(
                    (symbol for symbol in free(statement) if isinstance(symbol, Variable | Function)),
                    key=lambda symbol: symbol.name,
                )
                closed = forall(*symbols, statement)
                known[key] = check_exact(closed, sizes=_all_sizes(entry, closed)[:_STEP_SIZES], seed=seed, samples=1)
            evidence = known[key]
        checks.append(StepCheck(step, theorem, evidence))
    return tuple(checks)


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


def _judgement(theorem: Theorem) -> object:
    """The same for theorems that differ in which hypotheses and variables are still open."""
    premises = {formula_key(hypothesis) for hypothesis in theorem.hypotheses}
    taken = frozenset().union(*map(symbol_names, theorem.hypotheses))
    conclusion = theorem.conclusion
    while True:
        if isinstance(conclusion, Implies):
            premises.add(formula_key(conclusion.premise))
            taken |= symbol_names(conclusion.premise)
            conclusion = conclusion.conclusion
        elif isinstance(conclusion, ForAll):
            if conclusion.variable.name in taken:
                break
            conclusion = conclusion.body
        else:
            break
    return frozenset(premises), formula_key(conclusion)


def _inverts(item: object) -> bool:
    """Whether a pseudo-inverse occurs, which has no meaning modulo a prime."""
    if isinstance(item, Pseudoinverse):
        return True
    if isinstance(item, Node | tuple):
        return any(map(_inverts, item.key[1:] if isinstance(item, Node) else item))
    return False


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


def _outcome(
    variant: Variant, derivation: Derivation, entry: Entry, lemmas: Mapping[str, Theorem], seed: int
) -> VariantOutcome:
    from symmetry.checks.exact import check_exact
    from symmetry.variants import changed

    try:
        false = changed(derivation, variant)
    except SymmetryError as error:
        return VariantOutcome(variant, None, None, str(error))
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
    if variant.harmless:
        evidence = check_exact(false.statement, sizes=sizes[:_STEP_SIZES], seed=seed, samples=1)
    else:
        evidence = check_exact(false.statement, sizes=sizes, seed=seed, prime=prime, hunt=True)
    return VariantOutcome(variant, refused_by, evidence, fault)
