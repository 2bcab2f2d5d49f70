"""What a block came to as text, and back. What is read may come from anyone: all of it is validated."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from symmetry.campaigns.campaign import Campaign, Found, Work
from symmetry.checks.function.stream import Place, Tally
from symmetry.errors import UsageError

__all__ = ["as_text", "from_text"]

LONGEST = 2**20  # characters
COUNTS = ("samples", "skipped", "unexplained")
FIELDS = {*asdict(Tally())}


def as_text(found: Found) -> str:
    """One line of JSON; floating-point numbers are written so that the same ones are read.

    >>> from symmetry.groups import S
    >>> as_text(Found({(S("n"), 1): Tally(samples=2, residual=0.1, tolerance=0.5, worst=(0, 3, 1))}, 5))[:70]
    '{"calls": 5, "tallies": [{"factor": "S(n)", "component": 1, "samples":'
    """
    tallies = [{"factor": str(g), "component": component, **asdict(t)} for (g, component), t in found.tallies.items()]
    return json.dumps({"calls": found.calls, "tallies": tallies}, allow_nan=False, ensure_ascii=False)


def from_text(text: str, campaign: Campaign, work: Work) -> Found:
    """What a block came to.

    Raises:
        UsageError: this is not the text of such a block; the message says what is wrong.

    >>> from symmetry.groups import S
    >>> from symmetry.problem import Problem
    >>> campaign = Campaign("f", Problem("x: n -> n", group="S(n)"), ({"n": 2},), 0, 9, (0.0,))
    >>> tally = Tally(samples=9, residual=1e-17, tolerance=1e-15, worst=(0, 0, 1))
    >>> found = Found({(S("n"), 1): tally}, 12)
    >>> from_text(as_text(found), campaign, (0, 0, 9)) == found
    True
    >>> from_text(as_text(found), campaign, (0, 0, 10))
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: 9 of its 10 trials are accounted for
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise UsageError("it is no text of a moderate length")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("it is not JSON") from None
    if not isinstance(document, dict) or document.keys() != {"calls", "tallies"}:
        raise UsageError("it is not a number of calls and tallies")
    calls, rows = document["calls"], document["tallies"]
    if type(calls) is not int or not 0 <= calls < 2**63:
        raise UsageError(f"calls is {calls!r}, not a number of calls")
    if not isinstance(rows, list) or len(rows) != len(campaign.keys):
        raise UsageError(f"it has not the tallies of {len(campaign.keys)} components")
    tallies = {}
    for (factor, component), row in zip(campaign.keys, rows):
        if not isinstance(row, dict) or row.keys() != FIELDS | {"factor", "component"}:
            raise UsageError("an entry is not a tally")
        if (row.pop("factor"), repr(row.pop("component"))) != (str(factor), repr(component)):
            raise UsageError(f"a tally is not of component {component} of {factor}")
        tallies[factor, component] = _tally(row, work)
    found = Found(tallies, calls)
    if found.trials != work[2]:
        raise UsageError(f"{found.trials} of its {work[2]} trials are accounted for")
    return found


def _tally(row: dict[str, Any], work: Work) -> Tally:
    for name in COUNTS:
        if type(row[name]) is not int or not 0 <= row[name] <= work[2]:
            raise UsageError(f"{name} is {row[name]!r}, not a number of trials")
    for name in ("residual", "tolerance"):
        _require_finite(name, row[name])
    if row["tolerance"] == 0:
        raise UsageError("a tolerance is 0")
    if not isinstance(row["remark"], str):
        raise UsageError("a remark is no text")
    row |= {name: row[name] if row[name] is None else _place(row[name], work) for name in ("worst", "first")}
    if row["violation"] is not None:
        if not isinstance(row["violation"], list) or len(row["violation"]) != 2:
            raise UsageError("a violation is not a residual and a place")
        residual, place = row["violation"]
        _require_finite("a violation", residual)
        row["violation"] = residual, _place(place, work)
    counted = row["samples"] > 0
    if counted != (row["worst"] is not None) or (row["skipped"] > 0) != (row["first"] is not None):
        raise UsageError("samples or skipped trials are without a place")
    if row["unexplained"] > row["skipped"] or (row["violation"] is not None and not counted):
        raise UsageError("its counts contradict each other")
    return Tally(**row)


def _require_finite(name: str, value: Any) -> None:
    if not isinstance(value, float) or not math.isfinite(value) or value < 0:
        raise UsageError(f"{name} is {value!r}, not a finite number of at least 0")


def _place(value: Any, work: Work) -> Place:
    if not isinstance(value, list) or len(value) != 3 or any(type(part) is not int for part in value):
        raise UsageError(f"{value!r} is not a place")
    sizes, block, trial = value
    if (sizes, block) != work[:2] or not 0 <= trial < work[2]:
        raise UsageError(f"the place {value!r} is not in this block")
    return sizes, block, trial
