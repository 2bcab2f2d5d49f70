"""Derive, prove, refute and test symmetry claims about sequence models."""
