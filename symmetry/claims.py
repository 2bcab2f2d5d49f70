"""Claims: what is asserted, what was found in this run, and the status that follows from it.

The status is computed, never written down: ``derived`` when the kernel replayed the derivation (with whatever was
cited listed as assumptions), else what the evidence allows: ``exact``, ``sampled``, ``open``, or ``refuted``. A claim
may stand on an exact computation alone; then it is ``exact``, for the sizes listed, and never more. A claim may be
declared open, with the reason; then it is ``open``, which is no failure. Nothing may rest on either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from symmetry.derivation import Derivation, Step
from symmetry.errors import UsageError
from symmetry.evidence import Evidence
from symmetry.formulas import And, Exists, ForAll, Formula, Implies, is_falsehood
from symmetry.kernel import Theorem
from symmetry.points import Point
from symmetry.registry import Entry, Variant, select

__all__ = ["STATUSES", "Claim", "Report", "Standing", "Status", "StepCheck", "VariantOutcome", "standings"]

Status = Literal["derived", "exact", "sampled", "open", "refuted"]
STATUSES: tuple[Status, ...] = ("derived", "exact", "sampled", "open", "refuted")  # from best to worst


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
        evidence: the exact check of the changed statement, or what the changed computation found.
        fault: why the variant itself is no good (its parts do not fit, or no rule was what refused it), or ``""``.
    """

    variant: Variant
    refused_by: tuple[str, str, str] | None
    evidence: Evidence | None
    fault: str = ""

    @property
    def ok(self) -> bool:
        """A false variant was refused by the kernel and refuted exactly; a harmless one passed both.

        A changed computation does not go through the kernel: it has to find a counterexample, or none where harmless.
        """
        if self.fault or self.evidence is None:
            return False
        if self.variant.computed is not None and not self.variant.harmless:
            return self.evidence.verdict == "violated" and self.evidence.counterexample is not None
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
    computed: Evidence | None = None
    steps: tuple[StepCheck, ...] = ()
    variants: tuple[VariantOutcome, ...] = ()

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def title(self) -> str:
        return self.entry.title

    @property
    def checks(self) -> Mapping[str, Evidence]:
        """The evidence on the statement itself, by the check that found it."""
        checks = {"exact": self.exact, "modular": self.modular, "computed": self.computed, "sampled": self.sampled}
        return {name: found for name, found in checks.items() if found is not None}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence on the statement itself."""
        return tuple(self.checks.values())

    @property
    def status(self) -> Status:
        """One word; assumptions, sizes and evidence stand beside it."""
        if any(found.verdict == "violated" for found in self.evidence):
            return "refuted"
        if self.theorem is not None:
            return "derived"
        if self.entry.open:
            return "open"
        if self.exact is not None and self.exact.verdict == "holds":
            return "exact"
        if self.entry.is_computed and self.computed is not None and self.computed.verdict == "holds":
            return "exact"
        if self.sampled is not None and self.sampled.verdict == "holds":
            return "sampled"
        return "open"

    @property
    def cited(self) -> tuple[str, ...]:
        """What was cited, here or in any lemma."""
        return tuple(sorted(self.theorem.assumptions)) if self.theorem is not None else ()

    @property
    def reading(self) -> str:
        """The definition of ours that the statement uses as a hypothesis, or ``""``."""
        return self.entry.reading

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was cited, and the claim's reading."""
        return (*self.cited, self.reading) if self.reading else self.cited

    @property
    def negative(self) -> bool:
        """Whether the statement says that something does not hold."""
        return self.statement is not None and _refutes(self.statement)

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
        """The sizes at which the statement was evaluated exactly, or for which it was computed."""
        found = self.computed if self.entry.is_computed else self.exact
        return found.sizes if found is not None else ()

    @property
    def false_variants(self) -> int:
        return sum(not outcome.variant.harmless for outcome in self.variants)

    @property
    def variants_refuted(self) -> int:
        """How many false variants were refuted exactly, those of the derivation after the kernel refused them."""
        return sum(outcome.ok for outcome in self.variants if not outcome.variant.harmless)

    @property
    def steps_unevaluated(self) -> tuple[StepCheck, ...]:
        """Steps that the exact check could not evaluate."""
        return tuple(c for c in self.steps if c.evidence is not None and c.evidence.verdict == "inconclusive")

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that keeps this claim from being in order; empty when it is."""
        found = [self.error] if self.error else []
        for name, evidence in self.checks.items():
            if evidence.verdict != "holds":
                what = "computation" if name == "computed" else f"{name} check of the statement"
                found.append(f"the {what} is {evidence.verdict}: {evidence.reason}")
        for check in self.steps:
            if check.evidence is not None and check.evidence.verdict == "violated":
                found.append(f"step {check.step.name} is refuted by the exact check")
        for outcome in self.variants:
            if not outcome.ok:
                found.append(f"variant {outcome.variant.title!r}: {_what_went_wrong(outcome)}")
        return tuple(found)

    @property
    def ok(self) -> bool:
        """Proved from nothing but the primitives and declared assumptions, or computed, or declared open: as it is
        meant to be, and all evidence agrees."""
        expected = "open" if self.entry.open else "exact" if self.entry.is_computed else "derived"
        return self.status == expected and not self.faults


def _refutes(formula: Formula) -> bool:
    if isinstance(formula, ForAll | Exists):
        return _refutes(formula.body)
    if isinstance(formula, Implies):
        return _refutes(formula.conclusion)
    if isinstance(formula, And):
        return all(map(_refutes, formula.parts))
    return is_falsehood(formula)


def _what_went_wrong(outcome: VariantOutcome) -> str:
    if outcome.fault:
        return outcome.fault
    if outcome.variant.computed is not None:
        verdict = outcome.evidence.verdict if outcome.evidence else "missing"
        why = outcome.evidence.detail if outcome.evidence and verdict == "inconclusive" else ""
        wanted = "should hold" if outcome.variant.harmless else "should be violated, with a counterexample"
        return f"the changed computation is {verdict}{': ' * bool(why)}{why}; it {wanted}"
    if outcome.variant.harmless:
        return f"should pass, but was refused: {outcome.refused_by}" if outcome.refused_by else "not confirmed exactly"
    if outcome.refused_by is None:
        return "survives the kernel"
    verdict = outcome.evidence.verdict if outcome.evidence else "missing"
    return f"is not refuted by the exact check ({verdict})"


@dataclass(frozen=True)
class Standing:
    """A point of a source, and what became in this run of the claims that establish it."""

    point: Point
    claims: tuple[Claim, ...]

    @property
    def standing(self) -> Status | Literal["interpretation"]:
        """The worst status of its claims; ``"interpretation"`` where there is none."""
        statuses = [claim.status for claim in self.claims]
        return max(statuses, key=STATUSES.index) if statuses else "interpretation"

    @property
    def ok(self) -> bool:
        """Whether all of its claims are in order."""
        return all(claim.ok for claim in self.claims)


def standings(points: Iterable[Point], claims: Iterable[Claim], everything: bool) -> tuple[Standing, ...]:
    """How the points stand whose claims are all here; with everything, those without a claim too.

    Raises:
        UsageError: with everything, a point names a claim that is not here.
    """
    by_id = {claim.id: claim for claim in claims}
    found = []
    for point in points:
        if missing := [id for id in point.claims if id not in by_id]:
            if everything:
                raise UsageError(f"point {point.number} of {point.source!r} names {missing[0]!r}, not a claim here")
        elif point.claims or everything:
            found.append(Standing(point, tuple(by_id[id] for id in point.claims)))
    return tuple(found)


@dataclass(frozen=True)
class Report:
    """The outcome of :func:`verify`.

    Args:
        claims: lemmas before what rests on them.
        seed: of everything random.
        points: what sources say, and how it stands by these claims.
        timings: seconds of each kind of work, over all processes.
    """

    claims: tuple[Claim, ...]
    seed: int
    points: tuple[Standing, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is at least one claim and all are in order."""
        return bool(self.claims) and all(claim.ok for claim in self.claims)

    @property
    def exit_status(self) -> int:
        """0 all in order; 1 something failed; 3 nothing was checked."""
        return 3 if not self.claims else 0 if self.ok else 1

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of the claims that are declared open."""
        return tuple(claim.id for claim in self.claims if claim.entry.open)

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many claims there are of each status that occurs, from best to worst."""
        found = [claim.status for claim in self.claims]
        return {status: found.count(status) for status in STATUSES if status in found}

    def __getitem__(self, id: str) -> Claim:
        (entry,) = select([id], [claim.entry for claim in self.claims])
        return next(claim for claim in self.claims if claim.entry is entry)
