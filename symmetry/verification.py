"""The main job: derive, replay and cross-check claims.

Beside every proof stand an exact evaluation of the statement and of each step at small sizes, one modulo a random
large prime where nothing needs positivity, one in floating point, and false variants, which must all fail. A claim
without a derivation stands on an exact computation, at the sizes that it lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter

from symmetry import kernel
from symmetry.claims import Claim, Report, standings
from symmetry.crosscheck import Known, planned
from symmetry.derivation import Derivation
from symmetry.errors import SymmetryError, UsageError
from symmetry.kernel import Theorem
from symmetry.parallel import run
from symmetry.points import Point
from symmetry.points import points as registered_points
from symmetry.proof import Proof
from symmetry.registry import Entry, check_repairs, entries, select, with_lemmas

__all__ = ["derivations", "derive", "verify"]


def derive(entry: Entry, lemmas: Mapping[str, Theorem]) -> Derivation:
    """The claim's derivation, written by its author's function on top of the lemmas it declares.

    Raises:
        SymmetryError: the derivation cannot be written, or does not use exactly what it declares.
    """
    missing = [id for id in entry.rests_on if id not in lemmas]
    if missing:
        raise SymmetryError(f"rests on {', '.join(missing)}, which could not be derived")
    if entry.build is None:
        raise SymmetryError("there is no derivation")
    proof = Proof(entry.id, {id: lemmas[id] for id in entry.rests_on})
    entry.build(proof)
    derivation = proof.derivation()
    if set(derivation.lemmas) != set(entry.rests_on):
        used = ", ".join(derivation.lemmas) or "nothing"
        raise SymmetryError(f"declares that it rests on {', '.join(entry.rests_on) or 'nothing'}, but uses {used}")
    return derivation


def derivations(ids: Iterable[str] | None = None) -> tuple[Derivation, ...]:
    """The derivations of the claims and of everything they rest on, lemmas first, each replayed.

    Raises:
        UsageError: an unknown id, or one of a claim that is declared open or only computed.

    >>> [derivation.claim for derivation in derivations(["representation"])][-2:]
    ['invariant-coefficients', 'representation']
    """
    every = entries()
    chosen = select(ids, every) if ids else tuple(e for e in every if not e.open and not e.is_computed)
    for entry in chosen:
        if entry.open or entry.is_computed:
            found_by = "declared open" if entry.open else "computed (`symmetry verify` runs it)"
            raise UsageError(f"{entry.id} is {found_by}: there is no derivation of it")
    theorems: dict[str, Theorem] = {}
    found = []
    for entry in with_lemmas(chosen, every):
        derivation = derive(entry, theorems)
        theorems[entry.id] = _last(derivation, kernel.replay(derivation, theorems))
        found.append(derivation)
    return tuple(found)


def verify(
    ids: Iterable[str] | None = None,
    *,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    registered: Sequence[Entry] | None = None,
    points: Sequence[Point] | None = None,
    workers: int = 1,
) -> Report:
    """Derive, replay and cross-check claims.

    Args:
        ids: ids or theory numbers; all claims when ``None``.
        seed: of everything random; the same seed gives the same report.
        progress: called with (claim id, done, total) as the work goes on.
        registered: the claims to choose from, instead of those that are registered.
        points: what sources say, instead of the registered points (none, with claims of one's own).
        workers: processes that share the cross-checks out, forked from this one; the report is the same for any number.

    Raises:
        UsageError: an unknown id, or a broken registration.

    >>> report = verify(["gram-invariance"])
    >>> report.ok, report["1.1"].status, report["1.1"].variants_refuted
    (True, 'derived', 4)
    """
    every = entries() if registered is None else _well_formed(registered)
    if points is None:
        points = registered_points(every) if registered is None else ()
    chosen = select(ids, every) if ids is not None else every
    wanted = {entry.id for entry in chosen}
    start = perf_counter()
    theorems: dict[str, Theorem] = {}
    derived = []
    for index, entry in enumerate(needed := with_lemmas(chosen, every)):
        if progress is not None:
            progress(entry.id, index, len(needed))
        claim, found = _proved(entry, theorems, every)
        if claim.theorem is not None:
            theorems[entry.id] = claim.theorem
        if entry.id in wanted:
            derived.append((claim, found))
    known: Known = {}
    spent = {"derive": perf_counter() - start, "exact": 0.0, "sampled": 0.0, "computed": 0.0, "variants": 0.0}
    plans = [planned(claim, found, theorems, seed, known) for claim, found in derived]
    pieces = [piece for plan in plans for piece in plan.pieces]
    run(pieces, workers, progress)
    for piece in pieces:
        spent[piece.kind] += piece.seconds
    claims = tuple(plan.finished() for plan in plans)
    return Report(claims, seed, standings(points, claims, len(claims) == len(every)), spent)


def _well_formed(registered: Sequence[Entry]) -> tuple[Entry, ...]:
    for index, entry in enumerate(registered):
        if not isinstance(entry, Entry):
            raise UsageError(f"registered claims are made by @claim, not {entry!r}")
        if any(other.id == entry.id for other in registered[:index]):
            raise UsageError(f"two claims are called {entry.id!r}")
    check_repairs(registered)
    return tuple(registered)


def _last(derivation: Derivation, theorems: Mapping[str, Theorem]) -> Theorem:
    return theorems[derivation.steps[-1].name]


def _proved(entry: Entry, lemmas: Mapping[str, Theorem], among: Sequence[Entry]) -> tuple[Claim, dict[str, Theorem]]:
    """The claim after derivation and replay, and the theorem of each step."""
    for other in among:
        if other.id in entry.rests_on and (other.open or other.is_computed):
            standing = "declared open" if other.open else "computed, not derived"
            return Claim(entry, None, None, None, f"rests on {other.id}, which is {standing}"), {}
    if entry.build is None:
        return Claim(entry, None, None, None), {}
    try:
        derivation = derive(entry, lemmas)
    except SymmetryError as error:
        return Claim(entry, None, None, None, "" if entry.open else f"cannot be derived: {error}"), {}
    except Exception as error:  # the claim's own code: it must not take the other claims down
        return Claim(entry, None, None, None, f"cannot be written: {type(error).__name__}: {error}"), {}
    try:
        found = kernel.replay(derivation, lemmas)
    except SymmetryError as error:
        if entry.open:
            return Claim(entry, derivation.statement, None, None), {}
        return Claim(entry, derivation.statement, None, derivation, f"does not replay: {error}"), {}
    if entry.open:
        return Claim(entry, derivation.statement, None, None, "declared open, but derived"), {}
    return Claim(entry, derivation.statement, _last(derivation, found), derivation), found
