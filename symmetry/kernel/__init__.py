"""The trusted kernel: theorems, the rules that mint them, and the replay of derivations.

Interface

    Theorem        hypotheses ⊢ conclusion, with the assumptions cited and the primitives used; only rules make one
    replay         derivations (plain data) → theorems, every conclusion recomputed and compared
    PRIMITIVES     the primitives in words, by the name under which a theorem records them
    RULES          the rules by name; each is also a function here:

    logic          assume  discharge  detach  conjoin  generalise  specialise  witness  choose  define
    equations      chain  combine  restate
    primitives     penrose  induct  factorise  membership  average  basis  total
    admission      cite

What trust rests on
    * the files of this package, and `errors`, `sizes`, `syntax`, `terms`, `formulas`, `substitution`, `words`,
      `canonical` and `derivation`; it imports nothing else of ours;
    * the reading of the primitives, for matrices over an ordered field:
      penrose     every matrix t has a t⁺ with  t t⁺ t = t,  t⁺ t t⁺ = t⁺,  (t t⁺)ᵀ = t t⁺,  (t⁺ t)ᵀ = t⁺ t;
                  this is the only rule that needs positivity (tᵀt = 0 ⇒ t = 0 follows from it);
      induct      induction on a natural number used as a size, 0 included;
      factorise   a property of y and a that depends on y only through s(y), and has some a for every y, has a
                  function of s(y) for a (uses choice);
      membership  the definition of O(d), and that O, SO and S are groups with SO(d), S(d) inside O(d);
      average     a mean over a finite group does not change when the group is re-indexed;
      basis       E(n), the columns of the n × n identity: of unit length, equal or orthogonal, permuted by S(n);
      total       finite sums over E(n); the canonical form knows that they are linear and that Σ e eᵀ = I.
    * Python: nothing can stop a program that rewrites these modules, or the slots of a theorem or a term, by force.
      That is why a derivation is replayed from its JSON form, in a fresh process if you like.

Every refusal is an exception with a message; nothing is checked by ``assert``, so ``python -O`` changes nothing.

>>> from symmetry.formulas import Equal
>>> from symmetry.terms import sizes, Variable
>>> d, n = sizes("d n")
>>> X, Y = Variable("X", d, n), Variable("Y", d, n)
>>> given = assume(Equal(X, Y))
>>> chain((X.T * X, Y.T * Y), (((given, False),),), )
X = Y  ⊢  XᵀX = YᵀY
>>> chain((X.T * X, Y.T * Y), ((),))
Traceback (most recent call last):
...
symmetry.errors.KernelError: this link does not hold: XᵀX = YᵀY, by the canonical form alone
  left side:  1*X[d,n]' X[d,n]
  right side: 1*Y[d,n]' Y[d,n]
>>> Theorem((), Equal(X, Y))
Traceback (most recent call last):
...
symmetry.errors.KernelError: only a rule of the kernel makes a theorem
"""

from __future__ import annotations

from symmetry.kernel.equations import chain, combine, restate
from symmetry.kernel.logic import (
    assume,
    choose,
    cite,
    conjoin,
    define,
    detach,
    discharge,
    generalise,
    project,
    specialise,
    witness,
)
from symmetry.kernel.primitives import factorise, induct, penrose
from symmetry.kernel.rules import RULES, apply, replay, resolve
from symmetry.kernel.sets import basis, membership
from symmetry.kernel.sums import average, total
from symmetry.kernel.theorem import AVERAGE, BASIS, CHOICE, INDUCTION, PENROSE, PRIMITIVES, Theorem

__all__ = [
    "AVERAGE",
    "BASIS",
    "CHOICE",
    "INDUCTION",
    "PENROSE",
    "PRIMITIVES",
    "RULES",
    "Theorem",
    "apply",
    "assume",
    "average",
    "basis",
    "chain",
    "choose",
    "cite",
    "combine",
    "conjoin",
    "define",
    "detach",
    "discharge",
    "factorise",
    "generalise",
    "induct",
    "membership",
    "penrose",
    "project",
    "replay",
    "resolve",
    "restate",
    "specialise",
    "total",
    "witness",
]
