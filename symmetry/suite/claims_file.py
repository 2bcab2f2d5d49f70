"""A project's claims about its own functions, as a TOML file.

    [claims.attention]
    function = "model.py:attention"     # relative to the file; or package.module:function
    problem = "X: d n, Z: d m -> d n"
    group = "O(d) x S(n) x S(m)"
    expect = { "S(n)" = "violated" }    # the other factors are expected to hold

The file is data: nothing in it is evaluated. What is not understood is refused, with the place and the nearest word.
"""

from __future__ import annotations

import difflib
import math
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

from symmetry.errors import UsageError
from symmetry.problem import Problem

__all__ = ["Expected", "FunctionClaim", "read_claims", "select_claims"]

Expected = Literal["holds", "violated"]

NAME = re.compile(r"\w[\w .+-]*")  # no "::", which separates the parts of a node id


@dataclass(frozen=True)
class FunctionClaim:
    """What a project claims about one of its functions.

    Args:
        name: as in the file.
        function: ``"path/to/file.py:name"`` or ``"package.module:name"``.
        problem: with its group.
        expected: every factor as written -> ``"holds"`` or ``"violated"``.
        home: directory to which the path of the function is relative.
        sizes, trials, seed: for ``check``; ``None`` where the file does not say.
        skips: whether an inconclusive factor is skipped instead of failed.
        options: further keywords for ``check``.
    """

    name: str
    function: str
    problem: Problem
    expected: Mapping[str, Expected]
    home: Path = field(default_factory=Path)
    sizes: tuple[Mapping[str, int], ...] | None = None
    trials: int | None = None
    seed: int | None = None
    skips: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def plain(cls, function: str, problem: Problem) -> FunctionClaim:
        """The claim that every factor of the group holds, named after the function."""
        expected: dict[str, Expected] = {str(factor): "holds" for factor in problem.group}
        return cls(function, function, problem, expected)

    @property
    def located(self) -> str:
        """Where the function is, seen from the working directory."""
        place, colon, name = self.function.rpartition(":")
        is_file = place.endswith(".py") or "/" in place or os.sep in place
        return f"{self.home / place.strip()}{colon}{name}" if is_file else self.function


def read_claims(path: str | Path) -> tuple[FunctionClaim, ...]:
    """The claims of a file, in its order.

    Keys of a claim: ``function``, ``problem`` and ``group``, texts; ``expect``, a table from factors to ``"holds"``
    (what is expected of those left out) or ``"violated"``; ``sizes``, an array of tables such as ``{ d = 3, n = 2 }``;
    ``trials`` and ``seed``, integers; ``inconclusive``, ``"fail"`` (if left out) or ``"skip"``; ``backend``, a text;
    ``params``, an array of names or a table of them; ``timeout``, seconds.

    Raises:
        UsageError: the file cannot be read, is no TOML, has no claims, or a key or value is not understood; the
            message names the file, the claim and the key.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "symmetry.toml"
    >>> text = '[claims.norm]\\nfunction = "model.py:norm"\\nproblem = "x: d -> "\\ngroup = "O(d)"\\n'
    >>> _ = file.write_text(text)
    >>> [(claim.name, str(claim.problem), dict(claim.expected)) for claim in read_claims(file)]
    [('norm', 'x: d -> ', {'O(d)': 'holds'})]
    >>> _ = file.write_text(text + 'expects = { "O(d)" = "violated" }')
    >>> read_claims(file)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: .../symmetry.toml, claims.norm: there is no key 'expects'; did you mean 'expect'? ...
    """
    path = Path(path)
    document = _document(path)
    for key in document:
        if key != "claims":
            raise UsageError(f"{path}: there is no table {key!r}; a claim is a table such as [claims.attention]")
    tables = document.get("claims")
    if not isinstance(tables, dict) or not tables:
        raise UsageError(f"{path} has no claims; a claim is a table such as [claims.attention]")
    return tuple(_claim(path, name, table) for name, table in tables.items())


def select_claims(claims: Sequence[FunctionClaim], names: Sequence[str]) -> tuple[FunctionClaim, ...]:
    """The claims of these names, in the order of the file; all of them for no names.

    Raises:
        UsageError: no claim has this name.
    """
    known = [claim.name for claim in claims]
    for name in names:
        if name not in known:
            raise UsageError(f"no claim is called {name!r}{_nearest(name, known)} (known: {', '.join(known)})")
    return tuple(claim for claim in claims if not names or claim.name in names)


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {str(path)!r}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not text in UTF-8: {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply; a claim is a table such as [claims.attention]") from None


def _claim(path: Path, name: str, table: Any) -> FunctionClaim:
    if not NAME.fullmatch(name):
        raise UsageError(f"{path}: {name!r} names no claim; a name is letters, digits, blanks and any of _ . + -")
    entries = _Entries(f"{path}, claims.{name}", table)
    problem = entries.problem()
    return FunctionClaim(
        name=name,
        function=entries.text("function"),
        problem=problem,
        expected=entries.expected(problem),
        home=path.parent,
        sizes=entries.sizes(problem),
        trials=entries.natural("trials", 1),
        seed=entries.natural("seed", 0),
        skips=entries.word("inconclusive", ("fail", "skip")) == "skip",
        options=entries.options(),
    )


class _Entries:
    """The table of one claim, read key by key."""

    KEYS = (
        "function",
        "problem",
        "group",
        "expect",
        "sizes",
        "trials",
        "seed",
        "inconclusive",
        "backend",
        "params",
        "timeout",
    )

    def __init__(self, place: str, table: Any):
        self.place = place
        if not isinstance(table, dict):
            raise UsageError(f"{place} is {_kind(table)}; a claim is a table with the keys {', '.join(self.KEYS)}")
        self.table = table
        for key in table:
            if key not in self.KEYS:
                near = _nearest(key, self.KEYS)
                raise UsageError(f"{place}: there is no key {key!r}{near} (known: {', '.join(self.KEYS)})")

    def text(self, key: str) -> str:
        if key not in self.table:
            raise UsageError(f"{self.place}: {key!r} is missing; a claim has a function, a problem and a group")
        value = self.table[key]
        if not isinstance(value, str) or not value.strip():
            self._refuse(key, "a text", value)
        return value

    def natural(self, key: str, least: int) -> int | None:
        value = self.table.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            self._refuse(key, f"an integer of at least {least}", value)
        return value

    def word(self, key: str, words: Sequence[str]) -> str | None:
        value = self.table.get(key)
        if value is not None and value not in words:
            self._refuse(key, " or ".join(f'"{word}"' for word in words), value)
        return cast(str | None, value)

    def problem(self) -> Problem:
        line, group = self.text("problem"), self.text("group")
        try:
            problem = Problem(line, group=group)
        except UsageError as error:
            raise UsageError(f"{self.place}: {error}") from None
        if not len(problem.group):
            self._refuse("group", 'a group such as "O(d) x S(n)"', group)
        return problem

    def expected(self, problem: Problem) -> dict[str, Expected]:
        expected = dict(FunctionClaim.plain("", problem).expected)
        table = self.table.get("expect", {})
        if not isinstance(table, dict):
            self._refuse("expect", 'a table such as { "S(n)" = "violated" }', table)
        for factor, word in table.items():
            if factor not in expected:
                near = _nearest(factor, expected)
                raise UsageError(
                    f"{self.place}, expect: the group {problem.group} has no factor {factor!r}{near} "
                    f"(known: {', '.join(expected)})"
                )
            if word not in ("holds", "violated"):
                self._refuse(f"expect, {factor}", '"holds" or "violated"', word)
            expected[factor] = cast(Expected, word)
        return expected

    def sizes(self, problem: Problem) -> tuple[Mapping[str, int], ...] | None:
        value = self.table.get("sizes")
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            self._refuse("sizes", "an array of tables such as [{ d = 3, n = 2 }]", value)
        for assignment in value:
            try:
                problem.sized(**assignment)
            except UsageError as error:
                raise UsageError(f"{self.place}, sizes: {error}") from None
        return tuple(dict(assignment) for assignment in value)

    def options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if "backend" in self.table:
            options["backend"] = self.text("backend")
        if "params" in self.table:
            params = self.table["params"]
            names = list(params.values()) if isinstance(params, dict) else params
            if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
                self._refuse("params", 'an array such as ["Z"] or a table such as { Z = "proj.weight" }', params)
            options["params"] = params
        if "timeout" in self.table:
            timeout = self.table["timeout"]
            number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
            if not number or not 0 < timeout < math.inf:
                self._refuse("timeout", "a positive number of seconds", timeout)
            options["timeout"] = float(timeout)
        return options

    def _refuse(self, key: str, expected: str, found: Any) -> NoReturn:
        shown = repr(found) if len(repr(found)) <= 60 else _kind(found)
        raise UsageError(f"{self.place}, {key}: expected {expected}, found {shown}")


def _kind(value: Any) -> str:
    """What a TOML value is, in words of the format."""
    words = {bool: "a boolean", dict: "a table", float: "a float", int: "an integer", list: "an array", str: "a text"}
    return words.get(type(value), "a date or a time")


def _nearest(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
