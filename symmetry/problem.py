"""The one-line problem language: what goes in, what comes out, and which symmetry is claimed.

    "X: d n, Z: d m -> d n"   under   "O(d) x S(n)"

Axes have names or fixed sizes; a factor of the group acts on every axis that bears its name, in the
inputs and in the outputs. A factor on an axis that the output lacks states an invariance. An axis that
no factor names stays as it is.

Translations add one vector along their axis, so that a tensor which they move has the axis exactly once. They move
every such tensor, ``T(d)``, or those named only: under ``O(d) x T(d; X)`` the points X move, and forces do not. An axis
has one factor; translations may share theirs with O, SO or Lorentz, with which they make up E(d), SE(d) or the
Poincaré group. Grammar (blanks separate, and are otherwise free)::

    line    = tensor {"," tensor} "->" [tensor {"," tensor}]
    tensor  = [name ":"] (axis {axis} | "()" | nothing after a name)
    axis    = name | positive integer
    group   = factor {("x" | "×" | "*") factor} | "1"
    factor  = ("O" | "SO" | "S" | "Lorentz") "(" axis ")" | "T" "(" axis [";" name {"," name}] ")"

The reader is a recursive descent of linear cost; it evaluates nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from symmetry.errors import UsageError
from symmetry.groups import Axis, Group, Product
from symmetry.groups.text import Written, parse_factors
from symmetry.scanner import Scanner, nearest

__all__ = ["Action", "Problem", "Tensor", "parse_group"]


@dataclass(frozen=True)
class Tensor:
    """An input or output: its axes in order, and its name where one was written.

    >>> str(Tensor("X", ("d", "n"))), str(Tensor(None, ()))
    ('X: d n', '()')
    """

    name: str | None
    axes: tuple[Axis, ...]

    def __str__(self) -> str:
        axes = " ".join(map(str, self.axes)) or "()"
        return axes if self.name is None else f"{self.name}: {axes}"


@dataclass(frozen=True)
class Action:
    """Where one factor acts: for each input and each output, the positions of its axes.

    Args:
        inputs, outputs: one tuple of positions each, empty where the factor does not act.
    """

    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]

    @property
    def is_invariance(self) -> bool:
        """Whether no output carries the action, so that the factor states an invariance."""
        return not any(self.outputs)


@dataclass(frozen=True, init=False, repr=False)
class Problem:
    """A map between tensors and a symmetry claimed for it.

    Args:
        line: the map, ``"X: d n, Z: d m -> d n"``; names of inputs and outputs may be left out.
        group: ``"O(d) x S(n)"``, a ``Group`` or a ``Product``; nothing for the trivial group.
        sizes: sizes of named axes; the others stay symbolic.

    Raises:
        ProblemError: the line or the group does not parse, or the group does not fit the line; the message points at
            the character.
        UsageError: a size for an axis that is not there, or that is not a positive integer.

    >>> p = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)", m=4)
    >>> print(p), print(p.group)
    X: d n, Z: d m -> d n
    O(d) x S(n)
    (None, None)
    >>> p.action(p.group.factors[0])
    Action(inputs=((0,), (0,)), outputs=((0,),))
    >>> p.at(d=3, n=2).sizes
    {'d': 3, 'n': 2, 'm': 4}
    >>> Problem(str(p), group=p.group, **p.sizes) == p
    True
    >>> Problem("X: d n, d n", group="O(d)")
    Traceback (most recent call last):
    ...
    symmetry.errors.ProblemError: expected an axis, ',' or '->' but found the end of the line at character 12
      X: d n, d n
                 ^
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    group: Product
    _sizes: tuple[tuple[str, int], ...]

    def __init__(self, line: str, /, group: str | Group | Product | None = None, **sizes: int):
        if not isinstance(line, str):
            raise UsageError(f"a problem is one line of text such as 'X: d n -> d n', not {type(line).__name__}")
        inputs, outputs = _parse_line(line)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "outputs", outputs)
        object.__setattr__(self, "group", _parse_product(group, self))
        object.__setattr__(self, "_sizes", _checked(self, sizes))

    @property
    def axes(self) -> tuple[Axis, ...]:
        """All axes, names and fixed sizes, in order of first appearance."""
        return tuple(dict.fromkeys(axis for tensor in (*self.inputs, *self.outputs) for axis in tensor.axes))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs; an input without one is called X1, X2, … by its position."""
        taken = {tensor.name for tensor in self.inputs}
        names = []
        for position, tensor in enumerate(self.inputs, start=1):
            name = tensor.name or f"X{position}"
            while tensor.name is None and name in taken:
                name += "_"
            names.append(name)
        return tuple(names)

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes given so far, by name of the axis."""
        return dict(self._sizes)

    @property
    def symbolic(self) -> tuple[str, ...]:
        """The names of the axes whose size is still open."""
        given = self.sizes
        return tuple(axis for axis in self.axes if isinstance(axis, str) and axis not in given)

    def at(self, /, **sizes: int) -> Problem:
        """The same problem with (more) sizes given.

        Raises:
            UsageError: an unknown axis, not a positive integer, or a size that was given before with another value.
        """
        known = self.sizes
        for name, value in sizes.items():
            if name in known and known[name] != value:
                raise UsageError(f"axis {name!r} already has size {known[name]}, so it cannot have size {value!r}")
        return Problem(str(self), self.group, **{**known, **sizes})

    def sized(self, /, **sizes: int) -> Problem:
        """The same problem with the sizes of all axes given.

        Raises:
            UsageError: as in :meth:`at`, or a size is still missing.

        >>> Problem("X: d n -> d", group="O(d)", n=2).sized()
        Traceback (most recent call last):
        ...
        symmetry.errors.UsageError: sizes are missing: d; give them, for example d=3
        """
        problem = self.at(**sizes) if sizes else self
        if problem.symbolic:
            missing = ", ".join(problem.symbolic)
            raise UsageError(f"sizes are missing: {missing}; give them, for example {problem.symbolic[0]}=3")
        return problem

    def size(self, axis: Axis) -> int:
        """The size of one axis.

        Raises:
            UsageError: the size is still symbolic.
        """
        if isinstance(axis, int):
            return axis
        sizes = self.sizes
        if axis not in sizes:
            raise UsageError(f"axis {axis!r} of {str(self)!r} has no size yet; give one, for example at({axis}=3)")
        return sizes[axis]

    def shape(self, tensor: Tensor) -> tuple[int, ...]:
        """The shape of an input or output as integers.

        Raises:
            UsageError: a size is still symbolic.
        """
        return tuple(self.size(axis) for axis in tensor.axes)

    def action(self, factor: Group) -> Action:
        """Where a factor acts; on tensors that a translation does not move, nowhere.

        >>> Problem("Z: d m -> d d", group="O(d)").action(Group("O", "d"))
        Action(inputs=((0,),), outputs=((0, 1),))
        >>> p = Problem("X: d n, V: d n -> Y: n d, d n", group="O(d) x T(d; X, Y)")
        >>> p.action(p.group.factors[1])
        Action(inputs=((0,), ()), outputs=((1,), ()))
        """

        def positions(tensors: Iterable[Tensor], names: Iterable[str | None]) -> tuple[tuple[int, ...], ...]:
            return tuple(
                tuple(i for i, axis in enumerate(tensor.axes) if axis == factor.axis)
                if not factor.tensors or name in factor.tensors
                else ()
                for tensor, name in zip(tensors, names, strict=True)
            )

        return Action(
            positions(self.inputs, self.names), positions(self.outputs, (tensor.name for tensor in self.outputs))
        )

    def __str__(self) -> str:
        outputs = "" if self.outputs == (Tensor(None, ()),) else ", ".join(map(str, self.outputs))
        return f"{', '.join(map(str, self.inputs))} -> {outputs}"

    def __repr__(self) -> str:
        sizes = "".join(f", {name}={value}" for name, value in self._sizes)
        return f"Problem({str(self)!r}, group={str(self.group)!r}{sizes})"


def parse_group(text: str) -> Product:
    """The product of groups that a text such as ``"O(d) x S(n)"`` names.

    Raises:
        ProblemError: the text does not parse, or names one axis twice; the message points at the character.

    >>> print(parse_group("O(d)×S(n) * T(d;X)"))
    O(d) x S(n) x T(d; X)
    >>> parse_group("so(d)")
    Traceback (most recent call last):
    ...
    symmetry.errors.ProblemError: expected a group (O, SO, S, T, Lorentz; did you mean 'SO'?) but found 'so' at ...
      so(d)
      ^
    """
    return Product(tuple(written.group for written in parse_factors(text)))


def _parse_line(line: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    scan = Scanner(line)
    inputs = _parse_tensors(scan, "an input", "'->'")
    if not scan.take("->", "→"):
        scan.fail("an axis, ',' or '->'" + _comma_hint(scan, inputs))
    if not scan.next():
        return inputs, (Tensor(None, ()),)
    outputs = _parse_tensors(scan, "an output", "the end of the line")
    if scan.next():
        scan.fail("an axis, ',' or the end of the line" + _comma_hint(scan, outputs))
    return inputs, outputs


def _comma_hint(scan: Scanner, tensors: tuple[Tensor, ...]) -> str:
    if scan.next() == ":" and tensors[-1].axes:
        return f" (a new name, as {str(tensors[-1].axes[-1])!r} seems to be, follows a ',')"
    return ""


def _parse_tensors(scan: Scanner, what: str, end: str) -> tuple[Tensor, ...]:
    tensors: list[Tensor] = []
    taken: set[str] = set()
    while True:
        scan.next()
        start = scan.at
        tensor = _parse_tensor(scan, what)
        if tensor.name in taken:
            scan.fail(f"a name that is not taken yet for {what}", start, f"{tensor.name!r} a second time")
        if tensor.name is not None:
            taken.add(tensor.name)
        tensors.append(tensor)
        if not scan.take(","):
            return tuple(tensors)


def _parse_tensor(scan: Scanner, what: str) -> Tensor:
    name = None
    axis = scan.axis()
    if isinstance(axis, str) and scan.take(":"):
        name, axis = axis, scan.axis()
    axes: list[Axis] = []
    while axis is not None:
        axes.append(axis)
        axis = scan.axis()
    if not axes and scan.take("("):
        if not scan.take(")"):
            scan.fail("')' ('()' is a scalar)")
    elif not axes and name is None:
        scan.fail(f"{what} (axes such as 'd n', or '()' for a scalar)")
    return Tensor(name, tuple(axes))


def _parse_product(group: Any, problem: Problem) -> Product:
    if group is None:
        group = Product()
    if not isinstance(group, str | Group | Product):
        raise UsageError(f"a group is text such as 'O(d) x S(n)', or O('d') * S('n'), not {type(group).__name__}")
    text = str(group)
    factors = parse_factors(text)
    known = set(problem.axes)
    for factor in factors:
        axis = factor.group.axis
        if axis not in known:
            axes = tuple(map(str, problem.axes))
            hint = f" ({', '.join(axes)}{nearest(str(axis), axes)})" if axes else ", which has none"
            Scanner(text).fail(f"an axis of {str(problem)!r}{hint}", factor.axis, repr(axis))
        if factor.group.kind.acts == "shift":
            _check_moved(text, factor, problem)
    return Product(tuple(factor.group for factor in factors))


def _check_moved(text: str, factor: Written, problem: Problem) -> None:
    """Refuse a translation of a tensor that is not there, or that has not the axis exactly once."""
    group, scan = factor.group, Scanner(text)
    tensors = [*zip(problem.names, problem.inputs, strict=True), *((tensor.name, tensor) for tensor in problem.outputs)]
    names = tuple(dict.fromkeys(name for name, _ in tensors if name is not None))
    for moved, position in zip(group.tensors, factor.tensors, strict=True):
        if moved not in names:
            hint = f"{', '.join(names)}{nearest(moved, names)}"
            scan.fail(f"the name of an input or output of {str(problem)!r} ({hint})", position, repr(moved))
    for name, tensor in tensors:
        times = tensor.axes.count(group.axis)
        if name in group.tensors and times != 1:
            position = factor.tensors[group.tensors.index(name)]
            found = f"{name!r}, which has it {times} times" if times else f"{name!r}, which has not"
            scan.fail(f"a tensor that has the axis {group.axis!r} once", position, found)
        if not group.tensors and times > 1:
            expected = f"an axis that no tensor has twice ({group.name} adds a vector along it; name those it moves)"
            scan.fail(expected, factor.axis, f"{group.axis!r}, which is {times} times in {str(tensor)!r}")


def _checked(problem: Problem, sizes: dict[str, int]) -> tuple[tuple[str, int], ...]:
    names = tuple(axis for axis in problem.axes if isinstance(axis, str))
    checked: dict[str, int] = {}
    for name, value in sizes.items():
        if name not in names:
            known = ", ".join(names) or "none"
            raise UsageError(
                f"size given for {name!r}, but the named axes of {str(problem)!r} are: {known}{nearest(name, names)}"
            )
        try:
            checked[name] = operator.index(value)
        except TypeError:
            raise UsageError(f"the size of axis {name!r} must be a positive integer, not {value!r}") from None
        if isinstance(value, bool) or checked[name] < 1:
            raise UsageError(f"the size of axis {name!r} must be a positive integer, not {value!r}")
    return tuple((name, checked[name]) for name in names if name in checked)
