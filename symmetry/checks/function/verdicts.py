"""The report on a check, from what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.checks.function.exact import ExactReport
from symmetry.checks.function.examination import Examination
from symmetry.checks.function.ledger import Ledger, evidence_of
from symmetry.checks.function.report import FunctionReport, Looked, Violation
from symmetry.evidence import Evidence, Verdict
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["report_of"]


def report_of(
    seen: Examination,
    chosen: Sequence[Problem],
    *,
    exact: ExactReport | None = None,
    looked: Looked | None = None,
    reason: str | None = None,
) -> FunctionReport:
    """The verdicts.

    Args:
        seen: what was seen in floating point.
        chosen: the sizes looked at.
        exact: what exact arithmetic says; where floating point is undecided, and only for its rounding, it decides.
        looked: how hard was looked.
        reason: why nothing can be judged at all, or ``None``.
    """
    components: dict[str, dict[str, Verdict]] = {}
    evidence: dict[str, Evidence] = {}
    exactly: dict[str, Evidence] = {}
    counterexamples: dict[str, Violation] = {}
    differ: dict[str, str] = {}
    detects: dict[str, float] = {}
    for factor in seen.problem.group:
        name = str(factor)
        ledgers = {component: seen.ledgers[factor, component] for component in factor.components}
        verdicts: dict[int, Verdict] = {c: "inconclusive" if reason else x.verdict for c, x in ledgers.items()}
        if exact is not None and reason is None:
            exactly[name] = _joined(exact, factor)
            for component, ledger in ledgers.items():
                if verdicts[component] == "inconclusive" and ledger.is_blurred:
                    if exact.components[name][component] == "holds":
                        verdicts[component] = "holds"
        components[name] = {factor.kind.components[c]: verdict for c, verdict in verdicts.items()}
        sampled: list[Verdict] = ["inconclusive" if reason else x.verdict for x in ledgers.values()]
        found = evidence_of(list(ledgers.values()), sampled, seen.seed, reason)
        if found.verdict == "inconclusive" and set(verdicts.values()) == {"holds"}:
            found = _beyond_rounding(exactly[name], found)
        evidence[name] = found
        if found.verdict == "violated":
            counterexamples[name] = next(x.violation for x in ledgers.values() if x.violation is not None)
            if text := _where_it_holds(list(ledgers.values())):
                differ[name] = text
        sizes = [ledger.detects for ledger in ledgers.values() if ledger.detects is not None]
        if found.verdict == "holds" and sizes:
            detects[name] = max(sizes)
    return FunctionReport(
        function=seen.call.name,
        problem=seen.problem,
        seed=seen.seed,
        sizes=tuple(sized.sizes for sized in chosen),
        evidence=evidence,
        components=components,
        counterexamples=counterexamples,
        reason=reason,
        exact=exactly,
        detects=detects,
        differ=differ,
        looked=looked or Looked(),
        remarks=tuple(seen.call.remarks),
    )


def _joined(exact: ExactReport, factor: Group) -> Evidence:
    """The exact evidence for a factor: that modulo a prime where it says more, else that from rational points."""
    tables = (exact.modular[str(factor)], exact.exact[str(factor)])
    chosen = next((list(t.values()) for t in tables if all(e.verdict == "holds" for e in t.values())), None)
    if chosen is None:
        chosen = list(tables[1].values())
    weakest = next(e for word in ("violated", "inconclusive", "holds") for e in chosen if e.verdict == word)
    sizes = {tuple(sizes.items()): sizes for evidence in chosen for sizes in evidence.sizes}
    bounds = [e.error_bound for e in chosen if e.error_bound is not None]
    return Evidence(
        method=weakest.method,
        verdict=weakest.verdict,
        sizes=tuple(sizes.values()),
        samples=sum(evidence.samples for evidence in chosen),
        seed=weakest.seed,
        error_bound=max(bounds, default=None),
        counterexample=weakest.counterexample,
        skipped=sum(evidence.skipped for evidence in chosen),
        detail=weakest.detail,
    )


def _beyond_rounding(exact: Evidence, sampled: Evidence) -> Evidence:
    """Exact evidence where floating point was undecided."""
    return Evidence(
        method=exact.method,
        verdict="holds",
        sizes=exact.sizes,
        samples=exact.samples,
        seed=exact.seed,
        error_bound=exact.error_bound,
        skipped=exact.skipped,
        detail=f"decided by exact arithmetic; in floating point: {sampled.detail}",
    )


def _where_it_holds(ledgers: Sequence[Ledger]) -> str:
    """The sizes at which nothing was found of components that are violated elsewhere."""
    violated = [ledger for ledger in ledgers if ledger.violation is not None]
    broken = {sized for ledger in violated for sized in ledger.broken}
    held = [sized for sized in dict.fromkeys(s for ledger in violated for s in ledger.held) if sized not in broken]
    names = ",".join(held[0].sizes) if held else ""
    return f"{names} = " + " ".join(",".join(map(str, sized.sizes.values())) for sized in held) if names else ""
