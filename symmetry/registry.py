"""Where claims are found: ids, titles and what they rest on, as data; no claim is proved by looking here.

A package registers claims through the entry-point group ``symmetry.claims``; the entry point names a module whose
``CLAIMS`` is a sequence of :class:`Entry` (and whose ``POINTS``, if it has any, are what a source says:
:mod:`symmetry.points`). The project's own chapters are registered in the same way.

>>> @claim("twice", "A matrix equals itself")
... def twice(p):
...     "writes a derivation with p"
>>> twice.id, twice.title, twice.rests_on
('twice', 'A matrix equals itself', ())
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.evidence import Evidence
    from symmetry.proof import Proof

__all__ = [
    "Entry",
    "Variant",
    "check_repairs",
    "claim",
    "computation",
    "entries",
    "registered",
    "sampled_check",
    "select",
    "variants_of",
    "with_lemmas",
]

GROUP = "symmetry.claims"
MAX_SIZE = 12  # of an exact check
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Variant:
    """A changed claim: the true derivation with something replaced or dropped everywhere in it, or a computation
    that was changed, which does not go through the kernel.

    Args:
        title: what was changed, in words.
        kind: the kind of change, such as ``"hypothesis dropped"`` or ``"transpose misplaced"``.
        replace: pairs (old, new) of terms, statements, groups or functions, replaced wherever they stand.
        drop: statements that are no longer assumed.
        field: ``"GF(p)"`` to read the same statement modulo a prime, where nothing is positive; ``""`` otherwise.
        harmless: a true variant (renamed, reordered), which must pass.
        computed: instead of a changed derivation, a changed exact computation, called with a seed: it must come back
            violated with a counterexample, or holding where harmless.

    Raises:
        UsageError: a part is not of this form, or both the derivation and a computation are changed.
    """

    title: str
    kind: str
    replace: tuple[tuple[Any, Any], ...] = ()
    drop: tuple[Any, ...] = ()
    field: str = ""
    harmless: bool = False
    computed: Callable[[int], Evidence] | None = None

    def __post_init__(self) -> None:
        name = f"variant {self.title!r}"
        if not isinstance(self.drop, tuple) or not isinstance(self.replace, tuple):
            raise UsageError(f"{name}: drop is a tuple of statements, and replace a tuple of pairs (old, new)")
        if any(not isinstance(pair, tuple) or len(pair) != 2 for pair in self.replace):
            raise UsageError(f"{name}: replace is a tuple of pairs (old, new), not {self.replace}")
        if self.field not in ("", "GF(p)"):
            raise UsageError(f"{name}: field is 'GF(p)' or empty, not {self.field!r}")
        if self.computed is not None and not callable(self.computed):
            raise UsageError(f"{name}: computed is called with a seed, so it is no {type(self.computed).__name__}")
        if self.computed is not None and (self.replace or self.drop or self.field):
            raise UsageError(f"{name}: either the derivation is changed or a computation is, not both")


@dataclass(frozen=True)
class Entry:
    """A claim as data.

    Args:
        id: a slug.
        title: one line in words.
        build: writes the derivation: called with a :class:`~symmetry.proof.Proof`. A claim without one is open, or is
            computed.
        number: the number in the theory, an alias of the id; may be empty.
        rests_on: ids of the claims that its derivation uses.
        sizes: size assignments for the exact check, pairwise different.
        variants: changed claims that must fail (or pass, where harmless); or the name of a module whose ``VARIANTS``
            maps the id to them.
        sampled: a check in floating point, called with a seed; or the name of a module whose ``SAMPLED`` maps the id
            to one.
        computed: an exact computation of what the title says, at the sizes and degrees that its evidence lists, called
            with a seed; or the name of a module whose ``COMPUTED`` maps the id to one. It is what a claim without a
            derivation stands on, and evidence beside the others where there is one.
        beyond: what carries the statement beyond the cases that were derived or computed, and is cited, not checked.
        source: author, year, theorem; or "elementary".
        reading: the definition of ours that the statement uses as a hypothesis, such as ``"finite information: order
            2, width 0"``; it counts among the claim's assumptions.
        remark: one or two sentences, such as the one-line reason of a negative result.
        repair: for a negative claim, how the symmetry is repaired, in words.
        repaired_by: ids of the claims that show it; the claim does not rest on them.
        open: why the claim is open and what would decide it. An open claim needs no derivation, its title states it,
            and nothing may rest on it.

    Raises:
        UsageError: a part is not of this form, or there is no derivation, no computation and no reason for it.
    """

    id: str
    title: str
    build: Callable[[Proof], None] | None = None
    number: str = ""
    rests_on: tuple[str, ...] = ()
    sizes: tuple[dict[str, int], ...] = ()
    variants: str | tuple[Variant, ...] = ""
    sampled: str | Callable[[int], Evidence] = ""
    computed: str | Callable[[int], Evidence] = ""
    beyond: str = ""
    source: str = "elementary"
    reading: str = ""
    remark: str = ""
    repair: str = ""
    repaired_by: tuple[str, ...] = ()
    open: str = ""
    package: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _SLUG.fullmatch(self.id):
            raise UsageError(f"a claim's id is a slug such as 'gram-invariance', not {self.id!r}")
        sizes = self.sizes if isinstance(self.sizes, tuple | list) else (self.sizes,)
        for assignment in sizes:
            if not isinstance(assignment, dict) or not all(
                isinstance(name, str) and type(value) is int and 0 <= value <= MAX_SIZE
                for name, value in assignment.items()
            ):
                raise UsageError(
                    f"claim {self.id!r}: sizes are dictionaries of numbers up to {MAX_SIZE} by name, not {assignment!r}"
                )
        if not isinstance(self.sizes, tuple | list):
            raise UsageError(f"claim {self.id!r}: sizes is a tuple of dictionaries, not {self.sizes!r}")
        if not isinstance(self.variants, str) and not (
            isinstance(self.variants, tuple | list) and all(isinstance(v, Variant) for v in self.variants)
        ):
            raise UsageError(f"claim {self.id!r}: variants is a tuple of Variant, or the name of a module")
        if not isinstance(self.computed, str) and not callable(self.computed):
            raise UsageError(
                f"claim {self.id!r}: computed is called with a seed, or the name of a module, not {self.computed!r}"
            )
        for name in ("beyond", "reading", "remark", "repair", "open"):
            if not isinstance(getattr(self, name), str):
                raise UsageError(f"claim {self.id!r}: {name} is words, not {getattr(self, name)!r}")
        if not isinstance(self.repaired_by, tuple):
            raise UsageError(f"claim {self.id!r}: repaired_by is a tuple of ids, not {self.repaired_by!r}")
        if self.build is None and not self.open and not self.computed:
            raise UsageError(f"claim {self.id!r} has no derivation, and does not say why it is open")
        if self.is_computed and self.rests_on:
            raise UsageError(f"claim {self.id!r} is computed, not derived: nothing would show that it rests on others")

    @property
    def is_computed(self) -> bool:
        """Whether the claim stands on a computation alone: it has no derivation, and nothing is derived from it."""
        return self.build is None and not self.open


def claim(id: str, title: str, **about: Any) -> Callable[[Callable[[Proof], None]], Entry]:
    """Turn a function that writes a derivation into a claim's entry."""

    def wrap(build: Callable[[Any], None]) -> Entry:
        return Entry(id, title, build, package=build.__module__, **about)

    return wrap


def entries() -> tuple[Entry, ...]:
    """Every registered claim, lemmas before the claims that rest on them.

    Raises:
        UsageError: two claims share an id, a claim rests on or is repaired by one that is not registered, or they rest
            on one another in a circle; or an entry point cannot be loaded.
    """
    found: dict[str, Entry] = {}
    for entry in registered("CLAIMS"):
        other = found.setdefault(entry.id, entry)
        if other != entry:
            raise UsageError(f"two claims are called {entry.id!r}: in {other.package} and {entry.package}")
    if not found:
        raise UsageError(f"no claims are registered (entry points {GROUP!r}): install the package first")
    check_repairs(found.values())
    return _ordered(found)


def registered(name: str, default: Iterable[Any] | None = None) -> Iterator[Any]:
    """What the attribute ``name`` of every registered module holds, the project's own first.

    Args:
        name: ``"CLAIMS"`` or ``"POINTS"``.
        default: for a module without it; such a module is refused when ``None``.

    Raises:
        UsageError: an entry point cannot be loaded.
    """
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.value != "derivations", point.value)):
        try:
            module = point.load()
            found = getattr(module, name) if default is None else getattr(module, name, default)
        except (ImportError, AttributeError) as error:
            raise UsageError(f"the claims of {point.name!r} ({point.value}) cannot be loaded: {error}") from error
        yield from found


def check_repairs(among: Iterable[Entry]) -> None:
    """Refuse a claim that is said to be repaired by one that is not there.

    Raises:
        UsageError: naming both.
    """
    among = tuple(among)
    known = {entry.id for entry in among}
    for entry in among:
        for id in entry.repaired_by:
            if id not in known:
                raise UsageError(f"{entry.id} is repaired by {id!r}, which is not a registered claim")


def _ordered(found: dict[str, Entry]) -> tuple[Entry, ...]:
    done: dict[str, Entry] = {}
    path: list[str] = []

    def visit(id: str, needed_by: str) -> None:
        if id in done:
            return
        if id not in found:
            raise UsageError(f"{needed_by} rests on {id!r}, which is not a registered claim")
        if id in path:
            raise UsageError(f"claims rest on one another in a circle: {' → '.join([*path, id])}")
        path.append(id)
        for lemma in found[id].rests_on:
            visit(lemma, id)
        path.pop()
        done[id] = found[id]

    for id in found:
        visit(id, id)
    return tuple(done.values())


def select(ids: Iterable[str], among: Sequence[Entry]) -> tuple[Entry, ...]:
    """The claims with these ids or numbers, in the order of ``among``.

    Raises:
        UsageError: an id is unknown; the message suggests the nearest.
    """
    wanted: set[str] = set()
    for id in ids:
        matches = [entry for entry in among if id and id in (entry.id, entry.number)]
        if not matches:
            from difflib import get_close_matches

            near = get_close_matches(
                id.lower(), [name for e in among for name in (e.id, e.number) if name], n=3, cutoff=0.4
            )
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UsageError(f"no claim {id!r}{hint} (`symmetry list` shows all)")
        wanted.update(entry.id for entry in matches)
    return tuple(entry for entry in among if entry.id in wanted)


def with_lemmas(chosen: Iterable[Entry], among: Sequence[Entry]) -> tuple[Entry, ...]:
    """The chosen claims and everything they rest on, lemmas first."""
    needed = {entry.id for entry in chosen}
    for entry in reversed(among):
        if entry.id in needed:
            needed.update(entry.rests_on)
    return tuple(entry for entry in among if entry.id in needed)


def variants_of(entry: Entry) -> tuple[Variant, ...]:
    """The claim's variants, loaded only when asked for.

    Raises:
        UsageError: the module that should hold them does not.
    """
    if not isinstance(entry.variants, str):
        return tuple(entry.variants)
    return tuple(_table(entry, entry.variants, "VARIANTS").get(entry.id, ()))


def sampled_check(entry: Entry) -> Callable[[int], Evidence] | None:
    """The claim's check in floating point, or ``None``.

    Raises:
        UsageError: the module that should hold it does not.
    """
    if not isinstance(entry.sampled, str):
        return entry.sampled
    check: Callable[[int], Evidence] | None = _table(entry, entry.sampled, "SAMPLED").get(entry.id)
    return check


def computation(entry: Entry) -> Callable[[int], Evidence] | None:
    """The claim's exact computation, or ``None``.

    Raises:
        UsageError: the module that should hold it does not.
    """
    if not isinstance(entry.computed, str):
        return entry.computed
    found: Callable[[int], Evidence] | None = _table(entry, entry.computed, "COMPUTED").get(entry.id)
    if found is None and entry.computed:
        raise UsageError(f"claim {entry.id!r}: COMPUTED in {entry.computed} has nothing for it")
    return found


def _table(entry: Entry, module: str, name: str) -> dict[str, Any]:
    if not module:
        return {}
    from importlib import import_module

    try:
        table: dict[str, Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"claim {entry.id!r}: no {name} in {module}: {error}") from error
    return table
