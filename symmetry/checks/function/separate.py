"""A check in a process of its own: whatever the function does, there is a report, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from symmetry.checks.function.calls.isolation import Ended, can_isolate, isolated, stage
from symmetry.checks.function.check import check
from symmetry.checks.function.report import FunctionReport
from symmetry.errors import FunctionError
from symmetry.evidence import Evidence, Verdict
from symmetry.problem import Problem

__all__ = ["check_separately", "cut_short"]

IMPORTING = 120.0  # seconds that an import may take, however little a call may


def check_separately(
    load: Callable[[], Callable[..., Any]],
    problem: Problem,
    *,
    name: str = "the function",
    timeout: float | None = None,
    memory: int | None = None,
    watch: Callable[[FunctionReport], None] | None = None,
    **options: Any,
) -> FunctionReport:
    """The report of ``check`` on a function that is loaded and called in a forked process.

    Where a process cannot be forked safely, everything runs in this one.

    Args:
        load: finds the function; whatever it imports is not imported here.
        problem: as for ``check``.
        name: what is loaded, for messages.
        timeout: seconds for one call.
        memory: bytes that the process may hold; ``None`` for most of what is free.
        watch: is given what is known so far, in this process.
        options: as for ``check``.

    Raises:
        FunctionError: as ``check`` does, or the process ended before there was a function.

    >>> problem = Problem("X: d n -> d n", group="O(d)")
    >>> check_separately(lambda: lambda X: 2 * X, problem).verdicts
    {'O(d)': 'holds'}
    >>> from symmetry.checks.function.calls.loading import load_function
    >>> check_separately(lambda: load_function("nowhere.py:f"), problem)
    Traceback (most recent call last):
    ...
    symmetry.errors.FunctionError: no file 'nowhere.py'...
    """

    def run(send: Callable[[FunctionReport], None]) -> FunctionReport:
        stage(f"loading {name}")
        function = load()
        return check(function, problem, timeout=timeout, progress=send, **options)

    def seconds(current: str) -> float | None:
        return timeout if timeout is None or not current.startswith("loading") else max(timeout, IMPORTING)

    if not can_isolate():
        return run(watch or (lambda report: None))
    try:
        return isolated(run, seconds=seconds, memory=memory, watch=watch)
    except Ended as ended:
        if not isinstance(ended.partial, FunctionReport):
            raise FunctionError(
                f"{name} cannot be loaded: {ended.reason.removesuffix(f' in loading {name}')}"
            ) from None
        return cut_short(ended.partial, ended.reason)


def cut_short(report: FunctionReport, reason: str) -> FunctionReport:
    """The report of a run that ended early: what was violated stays so, and nothing else is decided."""

    def left(evidence: Evidence) -> Evidence:
        return evidence if evidence.verdict == "violated" else replace(evidence, verdict="inconclusive", detail=reason)

    def word(verdict: Verdict) -> Verdict:
        return "violated" if verdict == "violated" else "inconclusive"

    return replace(
        report,
        evidence={factor: left(evidence) for factor, evidence in report.evidence.items()},
        components={g: {c: word(verdict) for c, verdict in found.items()} for g, found in report.components.items()},
        reason=reason,
    )
