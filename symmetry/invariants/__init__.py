"""The polynomial side: bases of invariant and equivariant polynomial maps, their relations and their numbers.

Nothing is imported here, so that enumeration, counts and linear algebra stay light; ``symmetry.basis``,
``symmetry.count`` and their like are loaded when first used.
"""
