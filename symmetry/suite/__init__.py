"""A project's claims about its own functions: read from a file, checked, and reported."""

from symmetry.suite.claims_file import FunctionClaim, read_claims, select_claims
from symmetry.suite.outcome import Finding, Outcome, SuiteReport
from symmetry.suite.running import check_claim, check_claims

__all__ = [
    "Finding",
    "FunctionClaim",
    "Outcome",
    "SuiteReport",
    "check_claim",
    "check_claims",
    "read_claims",
    "select_claims",
]
