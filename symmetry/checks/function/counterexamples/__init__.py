"""Counterexamples that one can hold: made small, printed as programs, saved and replayed."""
