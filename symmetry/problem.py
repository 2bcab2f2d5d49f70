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

import difflib
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from symmetry.errors import ProblemError, UsageError
from symmetry.groups import KINDS, Axis, Group, Product

__all__ = ["Action", "Problem", "Tensor", "parse_group"]

LONGEST_SIZE = 9  # digits


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
    return Product(tuple(written.group for written in _parse_factors(text)))


class _Scanner:
    """A text and a position in it."""

    def __init__(self, text: str):
        self.text = "".join(" " if c.isspace() else c for c in text)
        self.at = 0

    def next(self) -> str:
        """The next character that is not blank, or ``""``; moves up to it."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, *literals: str) -> bool:
        """Whether one of the literals comes next; moves behind it."""
        self.next()
        for literal in literals:
            if self.text.startswith(literal, self.at):
                self.at += len(literal)
                return True
        return False

    def word(self) -> str | None:
        """The name that comes next, or ``None``; moves behind it."""
        if not self.next().isidentifier():
            return None
        start = self.at
        while self.at < len(self.text) and ("a" + self.text[self.at]).isidentifier():
            self.at += 1
        return self.text[start : self.at]

    def axis(self) -> Axis | None:
        """The axis that comes next, or ``None``; moves behind it."""
        character = self.next()
        if not (character.isascii() and character.isdigit()):
            return self.word()
        start = self.at
        while self.text[self.at : self.at + 1].isascii() and self.text[self.at : self.at + 1].isdigit():
            self.at += 1
        digits = self.text[start : self.at]
        if ("a" + self.text[self.at : self.at + 1]).isidentifier() and self.at < len(self.text):
            self.fail(f"a blank after the size {digits}")
        if len(digits) > LONGEST_SIZE or int(digits) == 0:
            shown = repr(digits) if len(digits) <= LONGEST_SIZE else f"a number of {len(digits)} digits"
            self.fail(f"a size from 1 to {10**LONGEST_SIZE - 1}", start, shown)
        return int(digits)

    def fail(self, expected: str, at: int | None = None, found: str | None = None) -> NoReturn:
        if at is None:
            self.next()
            at = self.at
        raise ProblemError(self.text, at, expected, found)


def _parse_line(line: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    scan = _Scanner(line)
    inputs = _parse_tensors(scan, "an input", "'->'")
    if not scan.take("->", "→"):
        scan.fail("an axis, ',' or '->'" + _comma_hint(scan, inputs))
    if not scan.next():
        return inputs, (Tensor(None, ()),)
    outputs = _parse_tensors(scan, "an output", "the end of the line")
    if scan.next():
        scan.fail("an axis, ',' or the end of the line" + _comma_hint(scan, outputs))
    return inputs, outputs


def _comma_hint(scan: _Scanner, tensors: tuple[Tensor, ...]) -> str:
    if scan.next() == ":" and tensors[-1].axes:
        return f" (a new name, as {str(tensors[-1].axes[-1])!r} seems to be, follows a ',')"
    return ""


def _parse_tensors(scan: _Scanner, what: str, end: str) -> tuple[Tensor, ...]:
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


def _parse_tensor(scan: _Scanner, what: str) -> Tensor:
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


@dataclass(frozen=True)
class _Written:
    """A factor, and where its axis and the names of its tensors stand in the text."""

    group: Group
    axis: int
    tensors: tuple[int, ...]


def _parse_factors(text: str) -> list[_Written]:
    scan = _Scanner(text)
    if scan.text.strip() in ("", "1"):
        return []
    factors: list[_Written] = []
    acting: dict[Axis, list[Group]] = {}
    while True:
        scan.next()
        start = scan.at
        name = scan.word()
        if name is None or name not in KINDS:
            found = None if name is None else repr(name)
            scan.fail(f"a group ({', '.join(KINDS)}{_nearest(name or '', KINDS)})", start, found)
        if not scan.take("("):
            scan.fail(f"'(' and the axis that {name} acts on")
        scan.next()
        start = scan.at
        axis = scan.axis()
        if axis is None:
            scan.fail(f"the axis that {name} acts on")
        written = _Written(Group(name, axis), start, ())
        others = acting.setdefault(axis, [])
        if others and sorted(g.kind.acts for g in (*others, written.group)) != ["matrix", "shift"]:
            hint = " (translations and one group of matrices may share theirs)"
            scan.fail(f"an axis that no other factor acts on{hint}", start, f"{axis!r} a second time")
        if KINDS[name].acts == "shift" and scan.take(";"):
            written = _parse_moved(scan, written)
        if not scan.take(")"):
            scan.fail("')'" if KINDS[name].acts != "shift" or written.tensors else "')', or ';' and names of tensors")
        others.append(written.group)
        factors.append(written)
        if not scan.next():
            return factors
        if not scan.take("x", "×", "*"):
            scan.fail("'x' and another factor, or the end of the group")


def _parse_moved(scan: _Scanner, written: _Written) -> _Written:
    """The names of the tensors that a translation moves."""
    names: dict[str, int] = {}
    while not names or scan.take(","):
        scan.next()
        start = scan.at
        name = scan.word()
        if name is None:
            scan.fail(f"the name of an input or output that {written.group.name} moves")
        if name in names:
            scan.fail("a name that is not there yet", start, f"{name!r} a second time")
        names[name] = start
    group = Group(written.group.name, written.group.axis, tuple(names))
    return _Written(group, written.axis, tuple(names.values()))


def _parse_product(group: Any, problem: Problem) -> Product:
    if group is None:
        group = Product()
    if not isinstance(group, str | Group | Product):
        raise UsageError(f"a group is text such as 'O(d) x S(n)', or O('d') * S('n'), not {type(group).__name__}")
    text = str(group)
    factors = _parse_factors(text)
    known = set(problem.axes)
    for factor in factors:
        axis = factor.group.axis
        if axis not in known:
            axes = tuple(map(str, problem.axes))
            hint = f" ({', '.join(axes)}{_nearest(str(axis), axes)})" if axes else ", which has none"
            _Scanner(text).fail(f"an axis of {str(problem)!r}{hint}", factor.axis, repr(axis))
        if factor.group.kind.acts == "shift":
            _check_moved(text, factor, problem)
    return Product(tuple(factor.group for factor in factors))


def _check_moved(text: str, factor: _Written, problem: Problem) -> None:
    """Refuse a translation of a tensor that is not there, or that has not the axis exactly once."""
    group, scan = factor.group, _Scanner(text)
    tensors = [*zip(problem.names, problem.inputs, strict=True), *((tensor.name, tensor) for tensor in problem.outputs)]
    names = tuple(dict.fromkeys(name for name, _ in tensors if name is not None))
    for moved, position in zip(group.tensors, factor.tensors, strict=True):
        if moved not in names:
            hint = f"{', '.join(names)}{_nearest(moved, names)}"
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
                f"size given for {name!r}, but the named axes of {str(problem)!r} are: {known}{_nearest(name, names)}"
            )
        try:
            checked[name] = operator.index(value)
        except TypeError:
            raise UsageError(f"the size of axis {name!r} must be a positive integer, not {value!r}") from None
        if isinstance(value, bool) or checked[name] < 1:
            raise UsageError(f"the size of axis {name!r} must be a positive integer, not {value!r}")
    return tuple((name, checked[name]) for name in names if name in checked)


def _nearest(word: str, words: Iterable[str]) -> str:
    """``"; did you mean 'd'?"``, or nothing when no word is near."""
    by_lower = {known.lower(): known for known in words}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""
