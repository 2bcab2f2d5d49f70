"""The general form of all functions with a symmetry, for any problem in the one-line language that a theorem covers.

For every problem a derivation of its own is written, on top of the registered lemmas, and replayed; the form is read
off the theorem. It says: f has the symmetry *exactly when* it is of the form, at all sizes.
"""

from __future__ import annotations

from symmetry.derived.general import derive

__all__ = ["derive"]
