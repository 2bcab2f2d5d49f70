"""Claims: what is asserted, what was found in this run, and the status that follows from it.

The status is computed, never written down: ``derived`` when the kernel replayed the derivation (with whatever was
cited listed as assumptions), else what the evidence allows: ``exact``, ``sampled``, ``open``, or ``refuted``.
Beside every proof stand an exact evaluation of the statement and of each step at small sizes, one modulo a random
large prime where nothing needs positivity, one in floating point, and false variants, which must all fail.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from symmetry import kernel
from symmetry.canonical import formula_key
from symmetry.derivation import Derivation, Step
from symmetry.errors import SymmetryError
from symmetry.evidence import Evidence
from symmetry.formulas import ForAll, Formula, Implies, forall, implies
from symmetry.kernel import PENROSE, Theorem
from symmetry.proof import Proof
from symmetry.registry import Entry, Variant, entries, sampled_check, select, variants_of, with_lemmas
from symmetry.terms import Function, Variable, free, symbol_names

__all__ = ["Claim", "Report", "Status", "StepCheck", "VariantOutcome", "derivations", "verify"]

Status = Literal["derived", "exact", "sampled", "open", "refuted"]
# Small and pairwise different, for size names that a claim does not mention.
_SPARE_SIZES = (2, 3, 1, 4, 5)
_SMALL_PRIME = 5
# Steps and harmless variants are evaluated at the claim's first sizes: fewer columns than d, and more.
_STEP_SIZES = 2


@dataclass(frozen=True)
class StepCheck:
    """A step and the exact evaluation of what it concluded; ``evidence`` is ``None`` for an assumption."""

    step: Step
    theorem: Theorem
    evidence: Evidence | None


@dataclass(frozen=True)
class VariantOutcome:
    """What became of a changed claim.

    Args:
        variant: what was changed.
        refused_by: (step, rule, message) of the kernel's refusal; ``None`` where it accepted the derivation.
        evidence: the exact check of the changed statement.
        fault: why the variant itself is no good (its parts do not fit, or no rule was what refused it), or ``""``.
    """

    variant: Variant
    refused_by: tuple[str, str, str] | None
    evidence: Evidence | None
    fault: str = ""

    @property
    def ok(self) -> bool:
        """A false variant was refused by the kernel and refuted exactly; a harmless one passed both."""
        if self.fault or self.evidence is None:
            return False
        if self.variant.harmless:
            return self.refused_by is None and self.evidence.verdict == "holds"
        return self.refused_by is not None and self.evidence.verdict == "violated"


@dataclass(frozen=True)
class Claim:
    """A claim with everything that was found about it in this run."""

    entry: Entry
    statement: Formula | None
    theorem: Theorem | None
    derivation: Derivation | None
    error: str = ""
    exact: Evidence | None = None
    modular: Evidence | None = None
    sampled: Evidence | None = None
    steps: tuple[StepCheck, ...] = ()
    variants: tuple[VariantOutcome, ...] = ()

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def title(self) -> str:
        return self.entry.title

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence on the statement itself."""
        return tuple(found for found in (self.exact, self.modular, self.sampled) if found is not None)

    @property
    def status(self) -> Status:
        """One word; assumptions, sizes and evidence stand beside it."""
        if any(found.verdict == "violated" for found in self.evidence):
            return "refuted"
        if self.theorem is not None:
            return "derived"
        if self.exact is not None and self.exact.verdict == "holds":
            return "exact"
        if self.sampled is not None and self.sampled.verdict == "holds":
            return "sampled"
        return "open"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was cited, here or in any lemma."""
        return tuple(sorted(self.theorem.assumptions)) if self.theorem is not None else ()

    @property
    def primitives(self) -> tuple[str, ...]:
        """The kernel's primitives that were used, here or in any lemma."""
        return tuple(sorted(self.theorem.primitives)) if self.theorem is not None else ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        return self.entry.rests_on

    @property
    def formal(self) -> bool:
        """Whether a proof-assistant twin was compiled in this run (there is none yet)."""
        return False

    @property
    def sizes(self) -> tuple[Mapping[str, int], ...]:
        """The sizes at which the statement was evaluated exactly."""
        return self.exact.sizes if self.exact is not None else ()

    @property
    def false_variants(self) -> int:
        return sum(not outcome.variant.harmless for outcome in self.variants)

    @property
    def variants_refuted(self) -> int:
        """How many false variants were refused by the kernel and refuted exactly."""
        return sum(outcome.ok for outcome in self.variants if not outcome.variant.harmless)

    @property
    def steps_unevaluated(self) -> tuple[StepCheck, ...]:
        """Steps that the exact check could not evaluate."""
        return tuple(c for c in self.steps if c.evidence is not None and c.evidence.verdict == "inconclusive")

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that keeps this claim from being in order; empty when it is."""
        found = [self.error] if self.error else []
        for evidence in self.evidence:
            if evidence.verdict != "holds":
                found.append(f"the {evidence.method} check of the statement is {evidence.verdict}: {evidence.detail}")
        for check in self.steps:
            if check.evidence is not None and check.evidence.verdict == "violated":
                found.append(f"step {check.step.name} is refuted by the exact check")
        for outcome in self.variants:
            if not outcome.ok:
                found.append(f"variant {outcome.variant.title!r}: {_what_went_wrong(outcome)}")
        return tuple(found)

    @property
    def ok(self) -> bool:
        """Proved from nothing but the primitives and declared assumptions, all evidence agreeing."""
        return self.status == "derived" and not self.faults


def _what_went_wrong(outcome: VariantOutcome) -> str:
    if outcome.fault:
        return outcome.fault
    if outcome.variant.harmless:
        return f"should pass, but was refused: {outcome.refused_by}" if outcome.refused_by else "not confirmed exactly"
    if outcome.refused_by is None:
        return "survives the kernel"
    verdict = outcome.evidence.verdict if outcome.evidence else "missing"
    return f"is not refuted by the exact check ({verdict})"


@dataclass(frozen=True)
class Report:
    """The outcome of :func:`verify`."""

    claims: tuple[Claim, ...]
    seed: int
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is at least one claim and all are in order."""
        return bool(self.claims) and all(claim.ok for claim in self.claims)

    @property
    def exit_status(self) -> int:
        """0 all in order; 1 something failed; 3 nothing was checked."""
        return 3 if not self.claims else 0 if self.ok else 1

    def __getitem__(self, id: str) -> Claim:
        (entry,) = select([id], [claim.entry for claim in self.claims])
        return next(claim for claim in self.claims if claim.entry is entry)


# ---------------------------------------------------------------------------------------------------------------


def derive(entry: Entry, lemmas: Mapping[str, Theorem]) -> Derivation:
    """The claim's derivation, written by its author's function on top of the lemmas it declares.

    Raises:
        SymmetryError: the derivation cannot be written, or does not use exactly what it declares.
    """
    missing = [id for id in entry.rests_on if id not in lemmas]
    if missing:
        raise SymmetryError(f"rests on {', '.join(missing)}, which could not be derived")
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
    from time import perf_counter

    every = entries() if registered is None else tuple(registered)
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
    from dataclasses import replace
    from time import perf_counter

    from symmetry.checks.exact import check_exact

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
    if claim.theorem is not None and PENROSE not in claim.theorem.primitives:
        modular = check_exact(claim.statement, sizes=sizes, seed=seed, prime=random_prime(seed))
    steps = _step_checks(claim.derivation, found, claim.entry, seed, known) if found else ()
    lap("exact")
    sample = sampled_check(claim.entry)
    sampled = sample(seed) if sample is not None else None
    lap("sampled")
    outcomes = tuple(
        _outcome(variant, claim.derivation, claim.entry, lemmas, seed) for variant in variants_of(claim.entry)
    )
    lap("variants")
    return replace(claim, exact=exact, modular=modular, sampled=sampled, steps=steps, variants=outcomes)


def _step_checks(
    derivation: Derivation, found: Mapping[str, Theorem], entry: Entry, seed: int, known: dict[object, Evidence]
) -> tuple[StepCheck, ...]:
    """Evaluate each step's judgement exactly, closed over its free variables and with its hypotheses as premises.

    Steps that only close assumptions or variables, or quote a lemma, state what was stated before; it is evaluated once
    in a run, and ``known`` holds what was.
    """
    from symmetry.checks.exact import check_exact

    checks = []
    for step in derivation.steps:
        theorem = found[step.name]
        evidence = None
        if step.rule != "assume":
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
        evidence = check_exact(false.statement, sizes=sizes, seed=seed, prime=prime)
    return VariantOutcome(variant, refused_by, evidence, fault)


def random_prime(seed: int) -> int:
    """A random prime of 61 bits; the same seed gives the same prime."""
    from flint import fmpz

    start = random.Random(f"prime {seed}").randrange(2**60, 2**61 - 2**20)
    candidate = start | 1
    while not fmpz(candidate).is_prime():
        candidate += 2
    return candidate
