"""What terms and statements have in common: frozen nodes, names, binders and free symbols.

>>> from symmetry.terms import Lambda, Variable, sizes
>>> d, n = sizes("d n")
>>> X = Variable("X", d, n)
>>> sorted(symbol_names(X.T * X)), sorted(symbol_names(Lambda((X,), X.T * X)))
(['X', 'd', 'n'], ['d', 'n'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform

from symmetry.errors import ShapeError
from symmetry.sizes import Reserved, Size, is_name

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Node",
    "Shape",
    "SizeVariable",
    "bound",
    "check_binder",
    "check_extent",
    "check_name",
    "expect",
    "free",
    "fresh",
    "node",
    "shape_text",
    "symbol_names",
]

MAX_DEPTH = 100
MAX_NODES = 200_000

Shape = tuple[Size, Size]
_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: type[_T]) -> type[_T]:
    """Make a class of frozen syntax: fields in order, no comparison or text of its own (:class:`Node` has both)."""
    return dataclass(frozen=True, eq=False, repr=False)(cls)


def shape_text(shape: Shape) -> str:
    """A shape as text, for messages."""
    return f"{shape[0]} × {shape[1]}"


class once(Generic[_T]):
    """A property that is computed when it is first asked for, and then stands in the instance."""

    def __init__(self, compute: Callable[[Any], _T]):
        self.compute = compute
        self.name = compute.__name__

    def __get__(self, instance: Any, owner: type) -> _T:
        if instance is None:
            return self  # type: ignore[return-value]
        value = instance.__dict__[self.name] = self.compute(instance)
        return value


class Node:
    """Frozen syntax: equality and hash are structural, and the hash is computed once."""

    is_symbol: ClassVar[bool] = False  # whether it stands for itself: a variable or an unknown function

    def __init_subclass__(cls) -> None:
        if any("__dataclass_fields__" in vars(base) for base in cls.__mro__[1:]):
            raise ShapeError(f"{cls.__name__}: the kinds of terms and statements are fixed and have no subclasses")

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies are built anew: a hash that was computed in another process would be stale.
        return type(self), self.key[1:]

    @once
    def key(self) -> tuple[Any, ...]:
        """The fields, as one tuple."""
        return (type(self).__name__, *(getattr(self, name) for name in self.__dataclass_fields__))  # type: ignore[attr-defined]

    @once
    def _hash(self) -> int:
        return hash(self.key)

    @once
    def extent(self) -> tuple[int, int]:
        """The number of nodes, shared ones counted as often as they occur, and the depth."""
        nodes, depth = _extent(self.key[1:])
        return nodes + 1, depth + 1

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Node) and self._hash == other._hash and self.key == other.key

    def __repr__(self) -> str:
        from symmetry.notation import show

        return show(self)

    __str__ = __repr__


def _extent(item: Any) -> tuple[int, int]:
    if isinstance(item, Node):
        return item.extent
    parts = [_extent(part) for part in item] if isinstance(item, tuple) else []
    return sum(nodes for nodes, _ in parts), max((depth for _, depth in parts), default=0)


def check_extent(item: Node) -> None:
    """Refuse what is too large to work with."""
    nodes, depth = item.extent
    if nodes > MAX_NODES or depth > MAX_DEPTH:
        raise ShapeError(f"nested deeper than {MAX_DEPTH} or larger than {MAX_NODES} nodes")


def expect(kind: type | tuple[type, ...], what: str, parts: Iterable[Any]) -> tuple[Any, ...]:
    """The parts as a tuple; refuse any that is not of the kind."""
    parts = tuple(parts)
    for part in parts:
        if not isinstance(part, kind):
            raise ShapeError(f"expected {what}, found {part!r:.99}")
    return parts


def check_name(name: str) -> None:
    """Refuse what is not a name."""
    if not (isinstance(name, Reserved) or (type(name) is str and is_name(name))):
        raise ShapeError(f"{name!r} is not a name: expected a letter, then letters, digits, subscripts or primes")
    if name == "I":
        raise ShapeError("I is the identity matrix, and not a name for something else")


@dataclass(frozen=True, repr=False)
class SizeVariable:
    """A size name as something that a quantifier can bind."""

    name: str

    def __post_init__(self) -> None:
        check_name(self.name)

    def __repr__(self) -> str:
        return self.name


# ---------------------------------------------------------------------------------------------------------------
# Binders and free symbols


def bound(item: Any) -> tuple[Any, ...]:
    """The symbols that this node binds in its body."""
    return (item.variable,) if hasattr(item, "variable") else getattr(item, "parameters", ())


def free(item: Any) -> frozenset[Any]:
    """Free variables and functions of a node, and the names of its free sizes (as strings)."""
    if isinstance(item, Node):
        cached = item.__dict__.get("_free")
        if cached is None:
            cached = _free(item)
            item.__dict__["_free"] = cached
        return cached
    if isinstance(item, Size):
        return item.names
    if isinstance(item, tuple):
        return frozenset().union(*map(free, item)) if item else frozenset()
    return frozenset()


def _free(item: Node) -> frozenset[Any]:
    inside = free(item.key[1:])
    if item.is_symbol:
        return inside | {item}
    for symbol in bound(item):
        if isinstance(symbol, Node):
            inside = (inside - {symbol}) | free(symbol.key[2:])
        else:
            inside = inside - {symbol.name}
    return inside


def check_binder(symbol: Any, body: Any) -> None:
    """Refuse a binder whose name also occurs free in its body as something else, or in the shape of something free.

    With this, one name means one thing wherever it is visible, and substituting sizes cannot identify two symbols.
    """
    for other in sorted(free(body), key=_name):
        if isinstance(other, str):
            clash = other == symbol.name and not isinstance(symbol, SizeVariable)
        elif isinstance(symbol, SizeVariable):
            clash = other.name == symbol.name or symbol.name in free(other.key[2:])
        else:
            clash = other.name == symbol.name and other != symbol
        if clash:
            raise ShapeError(f"{symbol.name} is bound here, but the body has a free {other} that depends on the name")


def _name(symbol: Any) -> str:
    return symbol if isinstance(symbol, str) else str(symbol.name)


def symbol_names(item: Any) -> frozenset[str]:
    """Every name that occurs free in a node: of variables, functions and sizes."""
    return frozenset(map(_name, free(item)))


def fresh(name: str, avoid: Iterable[str]) -> str:
    """A name like the given one, with primes added until it differs from all those to avoid."""
    taken = set(avoid)
    while name in taken:
        name += "'"
    return name
