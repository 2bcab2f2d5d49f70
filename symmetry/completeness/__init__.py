"""Whether there are equivariant polynomial maps beyond those that the forms give: counted from their definition.

It uses nothing of the invariants, bases and characters that it is evidence for.
"""
