"""Reports as data for machines: stable keys, plain values, the same bytes for the same seed."""

from __future__ import annotations

from typing import Any

from symmetry.claims import Claim, Report, Standing, VariantOutcome
from symmetry.evidence import Evidence

__all__ = ["claim_document", "evidence_document", "report_document"]


def claim_document(claim: Claim) -> dict[str, Any]:
    """A claim as data; see :func:`report_document`."""
    return {
        "id": claim.id,
        "number": claim.entry.number,
        "title": claim.title,
        "statement": None if claim.statement is None else str(claim.statement),
        "negative": claim.negative,
        "status": claim.status,
        "ok": claim.ok,
        "faults": list(claim.faults),
        "assumptions": list(claim.assumptions),
        "reading": claim.reading,
        "remark": claim.entry.remark,
        "beyond": claim.entry.beyond,
        "repair": {"text": claim.entry.repair, "claims": list(claim.entry.repaired_by)},
        "open": claim.entry.open,
        "primitives": list(claim.primitives),
        "rests_on": list(claim.rests_on),
        "formal": claim.formal,
        "sizes": [dict(sizes) for sizes in claim.sizes],
        "steps": {
            "total": len(claim.steps),
            "evaluated": sum(c.evidence is not None and c.evidence.verdict == "holds" for c in claim.steps),
            "not_evaluated": [
                {"step": c.step.name, "reason": c.evidence.detail if c.evidence else ""}
                for c in claim.steps_unevaluated
            ],
        },
        "evidence": [{"check": name, **evidence_document(found)} for name, found in claim.checks.items()],
        "variants_refuted": claim.variants_refuted,
        "variants": [_outcome(outcome) for outcome in claim.variants],
    }


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """Evidence as data."""
    found: dict[str, Any] = {
        "method": evidence.method,
        "verdict": evidence.verdict,
        "sizes": [dict(sizes) for sizes in evidence.sizes],
        "samples": evidence.samples,
        "seed": evidence.seed,
        "residual": evidence.residual,
        "tolerance": evidence.tolerance,
        "error_bound": evidence.error_bound,
        "skipped": evidence.skipped,
        "detail": evidence.detail,
        "counterexample": None,
    }
    if evidence.counterexample is not None:
        point = evidence.counterexample
        found["counterexample"] = {
            "note": point.note,
            "sizes": dict(point.sizes),
            "values": {name: _plain(value) for name, value in point.values.items()},
            "left": _plain(point.left),
            "right": _plain(point.right),
        }
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, int | float | str) or value is None else str(value)


def _outcome(outcome: VariantOutcome) -> dict[str, Any]:
    step, rule, message = outcome.refused_by or (None, None, None)
    return {
        "title": outcome.variant.title,
        "kind": outcome.variant.kind,
        "harmless": outcome.variant.harmless,
        "computed": outcome.variant.computed is not None,
        "ok": outcome.ok,
        "fault": outcome.fault,
        "refused": None if outcome.refused_by is None else {"step": step, "rule": rule, "message": message},
        "exact": None if outcome.evidence is None else evidence_document(outcome.evidence),
    }


def _standing(found: Standing) -> dict[str, Any]:
    return {
        "number": found.point.number,
        "source": found.point.source,
        "text": found.point.text,
        "standing": found.standing,
        "ok": found.ok,
        "claims": [{"id": claim.id, "status": claim.status, "ok": claim.ok} for claim in found.claims],
        "interpretation": found.point.interpretation,
    }


def report_document(report: Report, *, timings: bool = False) -> dict[str, Any]:
    """A report as data; the same seed gives the same document.

    ``{"ok", "exit_status", "seed", "counts": {status: n}, "open": [ids declared open], "claims": [{"id", "number",
    "title", "statement", "negative", "status", "ok", "faults", "assumptions", "reading", "remark", "beyond", "repair":
    {"text", "claims"}, "open", "primitives", "rests_on", "formal", "sizes", "steps": {"total", "evaluated",
    "not_evaluated"}, "evidence", "variants_refuted", "variants"}], "points": [{"number", "source", "text", "standing",
    "ok", "claims": [{"id", "status", "ok"}], "interpretation"}]}``, and ``"timings"`` in seconds on request. Texts that
    are not given are empty. A claim that is computed and not derived has no statement and no steps. Each piece of
    evidence names the ``"check"`` that found it: ``exact``, ``modular``, ``computed`` or ``sampled``. A variant that is
    ``"computed"`` does not go through the kernel, and ``"exact"`` is what its computation found.
    """
    document: dict[str, Any] = {
        "ok": report.ok,
        "exit_status": report.exit_status,
        "seed": report.seed,
        "counts": dict(report.counts),
        "open": list(report.open),
        "claims": [claim_document(claim) for claim in report.claims],
        "points": [_standing(found) for found in report.points],
    }
    if timings:
        document["timings"] = {name: round(value, 4) for name, value in report.timings.items()}
    return document
