"""Commands about claims: verify, explain, list, replay; and what running a chapter as a program does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from symmetry.cli.command import Commands, guarded, natural, nothing_given_back, open_streams, print_json
from symmetry.errors import UsageError

if TYPE_CHECKING:
    from symmetry.derivation import Derivation
    from symmetry.kernel import Theorem
    from symmetry.registry import Entry
    from symmetry.walks import Walk

__all__ = ["add_commands", "explain_chapter"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    verify = commands.add(
        "verify", _verify, "derive, replay and cross-check claims: the main job", "symmetry verify completeness 2.3"
    )
    verify.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or theory numbers; all claims when left out")
    verify.add_argument("--seed", type=natural, default=0, help="seed of everything random (default 0)")
    verify.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verify.add_argument("--timings", action="store_true", help="add the seconds spent to the JSON document")
    verify.add_argument(
        "-v", "--verbose", action="store_true", help="show every statement, every variant and what refuted it"
    )
    verify.add_argument(
        "-j",
        "--jobs",
        type=natural,
        default=0,
        metavar="N",
        help="processes that share the work (default: one per core)",
    )

    explain = commands.add(
        "explain", _explain, "a claim's derivation, step by step", "symmetry explain central-theorem"
    )
    explain.add_argument(
        "claim", metavar="CLAIM", help="an id or a theory number, or a walk such as self-attention, in one page"
    )
    explain.add_argument("--with-lemmas", action="store_true", help="begin with everything the claim rests on")
    explain.add_argument("--brief", action="store_true", help="leave out what breaks when something is changed")
    explain.add_argument("--seed", type=natural, default=0, help="seed of the counterexamples (default 0)")
    explain.add_argument("--json", action="store_true", help="the derivations as data, for `symmetry replay`")

    listing = commands.add(
        "list", _list, "ids and titles of the claims, and what each rests on", "symmetry list central-theorem --tree"
    )
    listing.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or theory numbers; all claims when left out")
    listing.add_argument("--tree", action="store_true", help="which claim rests on which, as a tree (not with --json)")
    listing.add_argument("--json", action="store_true", help="one JSON document on standard output")

    replay = commands.add(
        "replay",
        _replay,
        "replay derivations from a JSON file, trusting nothing but the kernel",
        "symmetry explain 2.3 --json > proof.json && symmetry replay proof.json",
    )
    replay.add_argument("file", metavar="FILE", help="a file written by `symmetry explain CLAIM --json`")
    replay.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _verify(arguments: argparse.Namespace) -> None:
    from symmetry.parallel import available
    from symmetry.verification import verify

    ids = arguments.claims or None
    workers = arguments.jobs or available()
    if arguments.json:
        from symmetry.documents import report_document

        with nothing_given_back():
            report = verify(ids, seed=arguments.seed, workers=workers)
        arguments.status = report.exit_status
        print_json(report_document(report, timings=arguments.timings))
        return
    from symmetry.report import console, print_report, watched

    with watched() as progress, nothing_given_back():
        report = verify(ids, seed=arguments.seed, progress=progress, workers=workers)
    arguments.status = report.exit_status
    if ids or arguments.verbose:
        print_report(report, console(), verbose=arguments.verbose)
    else:
        from symmetry.overview import print_overview

        print_overview(report, console())


def _explain(arguments: argparse.Namespace) -> None:
    from symmetry.registry import entries, select
    from symmetry.walks import walks

    every = entries()
    walk = walks().get(arguments.claim)
    if walk is not None:
        _walked(walk, arguments)
        return
    (entry,) = select([arguments.claim], every)
    if arguments.json:
        from symmetry.derivation import to_json
        from symmetry.verification import derivations

        sys.stdout.write(to_json(derivations([entry.id])))
        return
    _explained([entry], arguments, with_lemmas=arguments.with_lemmas)


def _walked(walk: Walk, arguments: argparse.Namespace) -> None:
    from symmetry.report import console, watched
    from symmetry.verification import verify
    from symmetry.walkthrough import print_walk, walk_document

    if arguments.json:
        report = verify(walk.claims, seed=arguments.seed)
        arguments.status = report.exit_status
        print_json(walk_document(walk, report))
        return
    with watched() as progress:
        report = verify(walk.claims, seed=arguments.seed, progress=progress)
    arguments.status = report.exit_status
    print_walk(walk, report, console())


def _explained(chosen: Sequence[Entry], arguments: argparse.Namespace, *, with_lemmas: bool = False) -> None:
    from symmetry.explain import explain, print_notation
    from symmetry.registry import entries
    from symmetry.registry import with_lemmas as closure
    from symmetry.report import console, watched
    from symmetry.verification import verify

    shown = closure(chosen, entries()) if with_lemmas else tuple(chosen)
    with watched() as progress:
        report = verify([entry.id for entry in shown], seed=arguments.seed, progress=progress)
    arguments.status = report.exit_status
    out = console()
    if not arguments.brief and not all(entry.is_computed for entry in shown):
        print_notation(out)
    for claim in report.claims:
        explain(claim, out, brief=arguments.brief)


def explain_chapter(chapter: Sequence[Entry]) -> int:
    """Print every derivation of a chapter: what running a file of ``derivations/`` does. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Print the derivations of this chapter, step by step.")
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or numbers of this chapter; all when left out")
    parser.add_argument("--brief", action="store_true", help="leave out what breaks when something is changed")
    parser.add_argument("--seed", type=natural, default=0, help="seed of the counterexamples (default 0)")
    open_streams()
    arguments = parser.parse_args()

    def run(arguments: argparse.Namespace) -> None:
        from symmetry.registry import select

        _explained(select(arguments.claims, chapter) if arguments.claims else tuple(chapter), arguments)

    arguments.run = run
    return guarded(parser.prog, arguments)


def _list(arguments: argparse.Namespace) -> None:
    from symmetry.registry import entries, select

    if arguments.json and arguments.tree:
        raise UsageError("--tree is text for people: with --json, each claim says what it rests on")
    with nothing_given_back():
        every = entries()
    chosen = select(arguments.claims, every) if arguments.claims else every
    if arguments.json:
        print_json({"claims": [_listed(entry) for entry in chosen]})
        return
    from shutil import get_terminal_size

    width = max(get_terminal_size().columns, 20)
    if arguments.tree:
        from symmetry.tree import tree

        for line in tree(every, chosen if arguments.claims else None, width):
            print(line)
        return
    for entry in chosen:
        _print_listed(entry, max(width, 40))


def _listed(entry: Entry) -> dict[str, Any]:
    """A claim as `symmetry list --json` has it."""
    return {
        "id": entry.id,
        "number": entry.number,
        "title": entry.title,
        "rests_on": list(entry.rests_on),
        "source": entry.source,
        "open": entry.open,
        "computed": entry.is_computed,
    }


def _print_listed(entry: Entry, width: int) -> None:
    from textwrap import fill

    print(f"{entry.number or '·':8} {entry.id}")
    for line in (
        entry.title,
        f"rests on {', '.join(entry.rests_on)}" if entry.rests_on else "",
        "computed at listed sizes and degrees, not derived" if entry.is_computed else "",
        f"open: {entry.open}" if entry.open else "",
    ):
        if line:
            print(fill(line, width, initial_indent=" " * 9, subsequent_indent=" " * 9))


def _replay(arguments: argparse.Namespace) -> None:
    from symmetry.derivation import from_json
    from symmetry.errors import DerivationError

    try:
        with open(arguments.file, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {arguments.file}: {error}") from error
    try:
        found = from_json(text)
    except DerivationError as error:
        raise UsageError(f"{arguments.file}: {error}") from error
    results, failure = _replayed(found)
    if failure:
        arguments.status = 1
    if arguments.json:
        claims = [
            {
                "id": derivation.claim,
                "statement": str(theorem.conclusion),
                "steps": len(derivation.steps),
                "assumptions": sorted(theorem.assumptions),
                "primitives": sorted(theorem.primitives),
            }
            for derivation, theorem in results
        ]
        print_json({"ok": not failure, "error": failure or None, "claims": claims})
        return
    for derivation, theorem in results:
        cited = f" modulo {', '.join(sorted(theorem.assumptions))}" if theorem.assumptions else ""
        print(f"{derivation.claim}: {len(derivation.steps)} steps replayed{cited}\n    {theorem}")
    print(f"refused: {failure}" if failure else f"{len(results)} claims replayed: all hold")


def _replayed(derivations: Iterable[Derivation]) -> tuple[list[tuple[Derivation, Theorem]], str]:
    """The theorems of derivations up to the first that is refused, and why it is."""
    from symmetry.errors import CitationError, DerivationError
    from symmetry.kernel import replay

    theorems: dict[str, Theorem] = {}
    results: list[tuple[Derivation, Theorem]] = []
    for derivation in derivations:
        try:
            if derivation.claim in theorems:
                raise DerivationError(f"the claim {derivation.claim!r} stands in the file twice")
            steps = replay(derivation, theorems)
        except (DerivationError, CitationError) as error:
            return results, f"{derivation.claim}: {error}"
        theorem = steps[derivation.steps[-1].name]
        theorems[derivation.claim] = theorem
        results.append((derivation, theorem))
    return results, ""
