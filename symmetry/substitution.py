"""Substitution: variables, unknown functions and sizes, all at once and without capture.

>>> from symmetry.formulas import Equal, forall
>>> from symmetry.terms import Variable, sizes
>>> d, n = sizes("d n")
>>> X, Y = Variable("X", d, n), Variable("Y", d, n)
>>> substitute(forall(Y, Equal(X, Y)), {X: Y})
∀ Y' : d × n.  Y = Y'
>>> substitute(X.T * X, {"n": n + 1}).shape
(Size('n + 1'), Size('n + 1'))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symmetry.errors import ShapeError
from symmetry.sizes import Size
from symmetry.syntax import Node, Shape, SizeVariable, bound, check_extent, free, fresh, shape_text, symbol_names
from symmetry.terms import Apply, Function, Lambda, Variable

__all__ = ["substitute"]


def substitute(item: Any, mapping: Mapping[Any, Any]) -> Any:
    """Replace free variables by terms, functions by functions or lambdas, and sizes (by name) by sizes, all at once.

    Bound symbols are renamed where a replacement would be captured.

    Raises:
        ShapeError: a replacement does not have the shape of what it replaces.
    """
    values: dict[Any, Any] = {
        (key.name if isinstance(key, SizeVariable) else key): (Size.of(value) if _is_size(key) else value)
        for key, value in mapping.items()
    }
    lengths = {key: value for key, value in values.items() if isinstance(key, str)}
    for key, value in values.items():
        if isinstance(key, Variable) and value.shape != _shape(key.shape, lengths):
            raise ShapeError(f"{key} is {shape_text(key.shape)}, but {value} is {shape_text(value.shape)}")
        if isinstance(key, Function):
            wanted = tuple(_shape(shape, lengths) for shape in (*key.domain, key.codomain))
            if (*value.domain, value.codomain) != wanted:
                raise ShapeError(f"{key.name} and {value} are functions between different shapes")
    if not isinstance(item, Node):
        return _substitute(item, values, lengths)
    key = item, tuple(values.items())
    result = _known.get(key)
    if result is None:
        result = _substitute(item, values, lengths)
        check_extent(result)
        if len(_known) > MAX_KNOWN:
            _known.clear()
        _known[key] = result
    return result


MAX_KNOWN = 20_000
_known: dict[Any, Any] = {}  # a replay asks for the same instances as the writing of a derivation


def _is_size(key: Any) -> bool:
    return isinstance(key, str | SizeVariable)


def _shape(shape: Shape, lengths: Mapping[str, Size]) -> Shape:
    return shape[0].substitute(lengths), shape[1].substitute(lengths)


def _substitute(item: Any, values: Mapping[Any, Any], lengths: Mapping[str, Size]) -> Any:
    if isinstance(item, Size):
        return item.substitute(lengths)
    if isinstance(item, tuple):
        return tuple(_substitute(part, values, lengths) for part in item)
    if not isinstance(item, Node):
        return item
    if free(item).isdisjoint(values):
        return item
    if isinstance(item, Variable) and item in values:
        return values[item]
    if isinstance(item, Apply):
        arguments = _substitute(item.arguments, values, lengths)
        function = values.get(item.function)
        if function is None:
            function = _substitute(item.function, values, lengths)
        return function(*arguments)
    symbols = bound(item)
    if symbols:
        return _substitute_under(item, symbols, values)
    return type(item)(*_substitute(item.key[1:], values, lengths))


def _substitute_under(item: Node, symbols: tuple[Any, ...], values: Mapping[Any, Any]) -> Node:
    """Substitute below a binder, renaming what it binds where a replacement would be captured."""
    own = {symbol.name if isinstance(symbol, SizeVariable) else symbol for symbol in symbols}
    inner = {key: value for key, value in values.items() if key not in own and key in free(item)}
    lengths = {key: value for key, value in inner.items() if isinstance(key, str)}
    incoming = frozenset().union(*(symbol_names(value) for value in inner.values()))
    renamed: list[Any] = []
    for symbol in symbols:
        target = _substitute(symbol, {}, {}) if isinstance(symbol, SizeVariable) else _reshape(symbol, lengths)
        if symbol.name in incoming:
            taken = incoming | symbol_names(item) | {s.name for s in (*symbols, *renamed)}
            target = _rename(target, fresh(symbol.name, taken))
        if target != symbol:
            inner[symbol.name if isinstance(symbol, SizeVariable) else symbol] = (
                Size.of(target.name) if isinstance(symbol, SizeVariable) else target
            )
        renamed.append(target)
    lengths = {key: value for key, value in inner.items() if isinstance(key, str)}
    fields = list(item.key[1:])
    # A binder's own symbols come first among its fields; everything after them is in their scope.
    rest = [_substitute(part, inner, lengths) for part in fields[1:]]
    head = tuple(renamed) if isinstance(item, Lambda) else renamed[0]
    return type(item)(head, *rest)  # type: ignore[call-arg]


def _reshape(symbol: Variable | Function, lengths: Mapping[str, Size]) -> Variable | Function:
    if isinstance(symbol, Variable):
        return Variable(symbol.name, *_shape(symbol.shape, lengths))
    return Function(
        symbol.name, tuple(_shape(shape, lengths) for shape in symbol.domain), _shape(symbol.codomain, lengths)
    )


def _rename(symbol: Any, name: str) -> Any:
    if isinstance(symbol, Variable):
        return Variable(name, symbol.rows, symbol.cols)
    if isinstance(symbol, Function):
        return Function(name, symbol.domain, symbol.codomain)
    return SizeVariable(name)
