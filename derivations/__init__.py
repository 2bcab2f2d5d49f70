"""The derivations: one file for each chapter of the theory, in the order in which they rest on one another."""

from derivations import equivariants, invariants

CLAIMS = (*invariants.CLAIMS, *equivariants.CLAIMS)
