"""Verdicts as JUnit XML, which continuous integration systems show as test results.

A claim is a ``testsuite`` and a factor of its group a ``testcase``. A factor that is not as claimed is a ``failure``;
one that is inconclusive, or whose function could not be loaded or called, is an ``error``: nothing was shown either
way. There are no times and no host, so that the same seed gives the same bytes.

Source: the schema of Jenkins, junit-4.xsd: in a test case ``skipped``, ``error``, ``failure`` and ``system-out`` stand
in this order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from symmetry.suite.outcome import Finding, Outcome, SuiteReport

__all__ = ["junit"]

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


def junit(report: SuiteReport) -> str:
    """The document, with its declaration.

    >>> print(junit(SuiteReport(())))
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="symmetry" tests="0" failures="0" errors="0" />
    <BLANKLINE>
    """
    root = ElementTree.Element("testsuites", {"name": "symmetry", **_counts(report.findings)})
    for outcome in report.outcomes:
        _suite(root, outcome)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, outcome: Outcome) -> None:
    claim = outcome.claim
    skipped = sum(finding.result == "skipped" for finding in outcome.findings)
    counts = {**_counts(outcome.findings), "skipped": str(skipped)}
    suite = ElementTree.SubElement(root, "testsuite", {"name": _clean(claim.name), **counts})
    properties = ElementTree.SubElement(suite, "properties")
    facts = {"function": claim.function, "problem": str(claim.problem), "group": str(claim.problem.group)}
    if outcome.report is not None:
        facts["seed"] = str(outcome.report.seed)
    for name, value in facts.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": _clean(value)})
    for finding in outcome.findings:
        _case(suite, claim.name, finding)


def _case(suite: ElementTree.Element, claim: str, finding: Finding) -> None:
    case = ElementTree.SubElement(suite, "testcase", {"name": _clean(finding.factor), "classname": _clean(claim)})
    tags = {"failed": "failure", "inconclusive": "error", "error": "error", "skipped": "skipped"}
    if finding.result == "skipped":  # the schema lets it have no attributes
        ElementTree.SubElement(case, "skipped").text = _clean(finding.text())
    elif finding.result in tags:
        attributes = {"type": finding.result, "message": _clean(finding.reason)}
        ElementTree.SubElement(case, tags[finding.result], attributes).text = _clean(finding.text())
    if finding.evidence is not None:
        found = f"expected: {finding.expected}, found: {finding.found}\n{finding.how}"
        ElementTree.SubElement(case, "system-out").text = _clean(found.strip())


def _counts(findings: Sequence[Finding]) -> dict[str, str]:
    results = [finding.result for finding in findings]
    errors = results.count("error") + results.count("inconclusive")
    return {"tests": str(len(results)), "failures": str(results.count("failed")), "errors": str(errors)}


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text)
