"""Numbers of equivariant polynomial maps by averaging characters: in one degree, and in all as a Hilbert series.

Nothing is imported here, so that a number stays light.
"""
