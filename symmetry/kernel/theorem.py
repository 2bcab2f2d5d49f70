"""Theorems, and the one function that mints them; only the rules of this package call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from symmetry.canonical import formula_key
from symmetry.errors import KernelError
from symmetry.formulas import Formula
from symmetry.sizes import Reserved
from symmetry.syntax import check_extent, free, symbol_names

__all__ = ["PRIMITIVES", "Theorem"]

_MINT = object()
PENROSE, INDUCTION = "Penrose equations", "induction on a size"
CHOICE, AVERAGE, BASIS = "choice", "finite group average", "standard basis"
PRIMITIVES: Mapping[str, str] = MappingProxyType(
    {
        PENROSE: "over an ordered field, every matrix M has a matrix M⁺ with M M⁺ M = M, M⁺ M M⁺ = M⁺, and with M M⁺ "
        "and M⁺ M symmetric",
        INDUCTION: "what holds for 0 columns, and for n + 1 whenever it holds for n, holds for every number of columns",
        CHOICE: "if every y has a value with some property, and the property only looks at s(y), then some function of "
        "s(y) has it at every y",
        AVERAGE: "a mean over a finite group does not change when the group is re-indexed",
        BASIS: "the columns of the identity matrix: of unit length, equal or orthogonal, permuted by permutation "
        "matrices; and finite sums over them",
    }
)


class Theorem:
    """``hypotheses ⊢ conclusion``: free variables and sizes stand for anything of their shape.

    Attributes:
        hypotheses: the statements it is subject to.
        conclusion: what holds under them.
        assumptions: names of statements that were cited, not proved, anywhere above.
        primitives: names of the primitive rules used anywhere above.
    """

    __slots__ = ("assumptions", "conclusion", "hypotheses", "primitives")
    hypotheses: tuple[Formula, ...]
    conclusion: Formula
    assumptions: frozenset[str]
    primitives: frozenset[str]

    def __init__(self, *fields: Any, **named: Any) -> None:
        if len(fields) != 5 or fields[0] is not _MINT or named:
            raise KernelError("only a rule of the kernel makes a theorem")
        for slot, value in zip(("hypotheses", "conclusion", "assumptions", "primitives"), fields[1:]):
            object.__setattr__(self, slot, value)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise KernelError("a theorem cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise KernelError("a theorem cannot be changed")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise KernelError("a theorem is not copied or pickled: replay its derivation")

    def __init_subclass__(cls, **options: Any) -> NoReturn:
        raise KernelError("a theorem has no subclasses")

    def __repr__(self) -> str:
        given = ",  ".join(map(str, self.hypotheses))
        return f"{given}  ⊢  {self.conclusion}" if given else f"⊢  {self.conclusion}"


def mint(hypotheses: Iterable[Formula], conclusion: Formula, above: Iterable[Theorem], *primitives: str) -> Theorem:
    """A theorem with the assumptions and primitives of all those above it."""
    check_extent(conclusion)
    unique = {formula_key(hypothesis): hypothesis for hypothesis in hypotheses}
    shapes: dict[str, Any] = {}
    for symbol in frozenset().union(*map(free, (conclusion, *unique.values()))):
        name = symbol if isinstance(symbol, str) else symbol.name
        if isinstance(name, Reserved) or shapes.setdefault(name, symbol) != symbol:
            raise KernelError(f"{name} would stand for two different things in one theorem")
    above = tuple(above)
    if any(type(theorem) is not Theorem for theorem in above):
        raise KernelError("a premise is not a theorem")
    return Theorem(
        _MINT,
        tuple(unique.values()),
        conclusion,
        frozenset().union(*(theorem.assumptions for theorem in above)),
        frozenset(primitives).union(*(theorem.primitives for theorem in above)),
    )


def cited(conclusion: Formula, name: str) -> Theorem:
    """A theorem that was admitted by name, not proved."""
    mint((), conclusion, ())
    return Theorem(_MINT, (), conclusion, frozenset({name}), frozenset())


def hypotheses_of(theorems: Iterable[Theorem]) -> list[Formula]:
    return [hypothesis for theorem in theorems for hypothesis in theorem.hypotheses]


def without(theorem: Theorem, hypothesis: Formula) -> list[Formula]:
    key = formula_key(hypothesis)
    return [other for other in theorem.hypotheses if formula_key(other) != key]


def names_of(items: Iterable[Any]) -> frozenset[str]:
    return frozenset().union(*map(symbol_names, items))


def need(item: Any, kind: Any, what: str) -> Any:
    """The item, of this kind, without names of canonical forms, which would be taken for what those bind."""
    if not isinstance(item, kind):
        raise KernelError(f"expected {what}, found {item}")
    for symbol in free(item):
        if isinstance(symbol if isinstance(symbol, str) else symbol.name, Reserved):
            raise KernelError(f"{symbol} is a name of canonical forms, and not one for {what}")
    return item
