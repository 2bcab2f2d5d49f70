"""Groups as text, ``"O(d) x T(d; X)"``, read into factors with their places in the text.

Grammar (blanks are free)::

    group   = factor {("x" | "×" | "*") factor} | "1"
    factor  = kind "(" axis ")" | shift "(" axis [";" name {"," name}] ")"

A kind is a key of ``KINDS``, a shift one that acts by adding a vector (``T``). An axis has one factor; a shift may
share its axis with one group of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

from symmetry.groups.factors import KINDS, Axis, Group
from symmetry.scanner import Scanner, nearest

__all__ = ["Written", "parse_factors"]


@dataclass(frozen=True)
class Written:
    """A factor, and where its axis and the names of its tensors stand in the text."""

    group: Group
    axis: int
    tensors: tuple[int, ...]


def parse_factors(text: str) -> list[Written]:
    """The factors in a text, in their order.

    Raises:
        ProblemError: the text does not parse, or an axis has two factors; the message points at the character.
    """
    scan = Scanner(text)
    if scan.text.strip() in ("", "1"):
        return []
    factors: list[Written] = []
    acting: dict[Axis, list[Group]] = {}
    while True:
        scan.next()
        start = scan.at
        name = scan.word()
        if name is None or name not in KINDS:
            found = None if name is None else repr(name)
            scan.fail(f"a group ({', '.join(KINDS)}{nearest(name or '', KINDS)})", start, found)
        if not scan.take("("):
            scan.fail(f"'(' and the axis that {name} acts on")
        scan.next()
        start = scan.at
        axis = scan.axis()
        if axis is None:
            scan.fail(f"the axis that {name} acts on")
        written = Written(Group(name, axis), start, ())
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


def _parse_moved(scan: Scanner, written: Written) -> Written:
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
    return Written(group, written.axis, tuple(names.values()))
