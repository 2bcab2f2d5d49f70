"""Haar averages over O(d) and SO(d): of polynomials in the entries of Q, and of polynomials in inner products.

Nothing is imported here; ``symmetry.haar_average``, ``symmetry.reynolds`` and ``symmetry.weingarten`` are loaded when
first used.
"""
