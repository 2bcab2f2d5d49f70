"""The command line: thin, and quick to start; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symmetry.errors import SymmetryError, UsageError

if TYPE_CHECKING:
    from symmetry.registry import Entry
    from symmetry.walks import Walk

__all__ = ["explain_chapter", "main"]

_EPILOG = """\
exit status: 0 all hold, 1 something failed or was refuted, 2 usage or bad input,
3 nothing was checked or inconclusive
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    _open_streams()
    arguments = _parser().parse_args(argv)
    return _guarded("symmetry", arguments)


def _open_streams() -> None:
    """Output that cannot be encoded is replaced, and output that nobody takes goes nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _let_go() -> None:
    """Write nothing more to standard output, not even what is still in its buffer."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _guarded(program: str, arguments: argparse.Namespace) -> int:
    """The exit status of a run; what the user can mend is one message, never a traceback.

    A command sets ``arguments.status`` as soon as it knows it, so that a reader who leaves early does not change it.
    """
    arguments.status = 0
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # what is open is closed on the way
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
    except OSError as error:
        _let_go()
        print(f"{program}: cannot write the output: {error.strerror or error}", file=sys.stderr)
        return 1
    except UsageError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 2
    except SymmetryError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return int(arguments.status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="symmetry",
        description="Derive, prove, refute and test symmetry claims about sequence models.",
        epilog=_EPILOG,
    )
    from symmetry import __version__

    parser.add_argument("--version", action="version", version=f"symmetry {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], None], about: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run)
        return command

    verify = add(
        "verify", _verify, "derive, replay and cross-check claims: the main job", "symmetry verify completeness 2.3"
    )
    verify.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or theory numbers; all claims when left out")
    verify.add_argument("--seed", type=_natural, default=0, help="seed of everything random (default 0)")
    verify.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verify.add_argument("--timings", action="store_true", help="add the seconds spent to the JSON document")
    verify.add_argument(
        "-v", "--verbose", action="store_true", help="show every statement, every variant and what refuted it"
    )
    verify.add_argument(
        "-j",
        "--jobs",
        type=_natural,
        default=0,
        metavar="N",
        help="processes that share the work (default: one per core)",
    )

    explain = add("explain", _explain, "a claim's derivation, step by step", "symmetry explain central-theorem")
    explain.add_argument(
        "claim", metavar="CLAIM", help="an id or a theory number, or a walk such as self-attention, in one page"
    )
    explain.add_argument("--with-lemmas", action="store_true", help="begin with everything the claim rests on")
    explain.add_argument("--brief", action="store_true", help="leave out what breaks when something is changed")
    explain.add_argument("--seed", type=_natural, default=0, help="seed of the counterexamples (default 0)")
    explain.add_argument("--json", action="store_true", help="the derivations as data, for `symmetry replay`")

    listing = add(
        "list", _list, "ids and titles of the claims, and what each rests on", "symmetry list central-theorem --tree"
    )
    listing.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or theory numbers; all claims when left out")
    listing.add_argument("--tree", action="store_true", help="which claim rests on which, as a tree (not with --json)")
    listing.add_argument("--json", action="store_true", help="one JSON document on standard output")

    replay = add(
        "replay",
        _replay,
        "replay derivations from a JSON file, trusting nothing but the kernel",
        "symmetry explain 2.3 --json > proof.json && symmetry replay proof.json",
    )
    replay.add_argument("file", metavar="FILE", help="a file written by `symmetry explain CLAIM --json`")
    replay.add_argument("--json", action="store_true", help="one JSON document on standard output")

    check = add(
        "check",
        _check,
        "a verdict on a NumPy function of yours",
        'symmetry check symmetry.examples:attention "X: d n, Z: d m -> d n" --group "O(d) x S(n)"',
    )
    check.add_argument("function", metavar="FILE_OR_MODULE:FUNCTION", help="where the function is")
    check.add_argument("problem", metavar="PROBLEM", help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"')
    check.add_argument("--group", required=True, help='what acts on which axis, as in "O(d) x S(n)"')
    check.add_argument("--sizes", action="append", default=[], metavar="d=4,n=2", help="sizes to look at (repeatable)")
    check.add_argument("--trials", type=_natural, default=None, help="generic inputs at each size")
    check.add_argument("--seed", type=_natural, default=0, help="seed of everything random (default 0)")
    check.add_argument("--json", action="store_true", help="one JSON document on standard output")

    derive = add(
        "derive",
        _derive,
        "the general form of all functions with a symmetry",
        'symmetry derive "X: d n, Z: d m -> d n" --group "O(d) x S(n)"',
    )
    derive.add_argument("problem", metavar="PROBLEM", help='inputs and outputs by axes, as in "X: d n, Z: d m -> d n"')
    derive.add_argument("--group", required=True, help='what acts on which axis, as in "O(d) x S(n)"')
    derive.add_argument(
        "--finite-information",
        metavar="p,r",
        help="suppose order p and width r as well, or knowledge-mediated: definitions of this project (theory, 5)",
    )
    derive.add_argument("--latex", action="store_true", help="the equations alone, typeset; with --json beside them")
    derive.add_argument("--proof", metavar="FILE", help="write the derivations there, for `symmetry replay FILE`")
    derive.add_argument("--json", action="store_true", help="one JSON document on standard output")
    return parser


def _natural(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"expected a natural number, not {text!r}")
    return int(text)


def _print_json(document: Any) -> None:
    import json

    print(json.dumps(document, ensure_ascii=False, indent=2))


# ---------------------------------------------------------------------------------------------------------------


def _verify(arguments: argparse.Namespace) -> None:
    from symmetry.parallel import available
    from symmetry.verification import verify

    ids = arguments.claims or None
    workers = arguments.jobs or available()
    if arguments.json:
        from symmetry.documents import report_document

        with _nothing_given_back():
            report = verify(ids, seed=arguments.seed, workers=workers)
        arguments.status = report.exit_status
        _print_json(report_document(report, timings=arguments.timings))
        return
    from symmetry.report import console, print_report, watched

    with watched() as progress, _nothing_given_back():
        report = verify(ids, seed=arguments.seed, progress=progress, workers=workers)
    arguments.status = report.exit_status
    if ids or arguments.verbose:
        print_report(report, console(), verbose=arguments.verbose)
    else:
        from symmetry.overview import print_overview

        print_overview(report, console())


@contextmanager
def _nothing_given_back() -> Iterator[None]:
    """No search for circular garbage: terms and statements are in no circles, and are needed to the end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


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
        _print_json(walk_document(walk, report))
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
    if not arguments.brief:
        print_notation(out)
    for claim in report.claims:
        explain(claim, out, brief=arguments.brief)


def explain_chapter(chapter: Sequence[Entry]) -> int:
    """Print every derivation of a chapter: what running a file of ``derivations/`` does. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Print the derivations of this chapter, step by step.")
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="ids or numbers of this chapter; all when left out")
    parser.add_argument("--brief", action="store_true", help="leave out what breaks when something is changed")
    parser.add_argument("--seed", type=_natural, default=0, help="seed of the counterexamples (default 0)")
    _open_streams()
    arguments = parser.parse_args()

    def run(arguments: argparse.Namespace) -> None:
        from symmetry.registry import select

        _explained(select(arguments.claims, chapter) if arguments.claims else tuple(chapter), arguments)

    arguments.run = run
    return _guarded(parser.prog, arguments)


def _list(arguments: argparse.Namespace) -> None:
    from symmetry.registry import entries, select

    with _nothing_given_back():
        every = entries()
    chosen = select(arguments.claims, every) if arguments.claims else every
    if arguments.json:
        if arguments.tree:
            raise UsageError("--tree is text for people: with --json, each claim says what it rests on")
        _print_json(
            {
                "claims": [
                    {
                        "id": e.id,
                        "number": e.number,
                        "title": e.title,
                        "rests_on": list(e.rests_on),
                        "source": e.source,
                        "open": e.open,
                    }
                    for e in chosen
                ]
            }
        )
        return
    from shutil import get_terminal_size
    from textwrap import fill

    width = max(get_terminal_size().columns, 20)
    if arguments.tree:
        from symmetry.tree import tree

        for line in tree(every, chosen if arguments.claims else None, width):
            print(line)
        return
    for entry in chosen:
        print(f"{entry.number or '·':8} {entry.id}")
        for line in (
            entry.title,
            f"rests on {', '.join(entry.rests_on)}" if entry.rests_on else "",
            f"open: {entry.open}" if entry.open else "",
        ):
            if line:
                print(fill(line, max(width, 40), initial_indent=" " * 9, subsequent_indent=" " * 9))


def _replay(arguments: argparse.Namespace) -> None:
    from symmetry.derivation import from_json
    from symmetry.errors import CitationError, DerivationError
    from symmetry.kernel import Theorem, replay

    try:
        with open(arguments.file, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {arguments.file}: {error}") from error
    try:
        found = from_json(text)
    except DerivationError as error:
        raise UsageError(f"{arguments.file}: {error}") from error
    theorems: dict[str, Theorem] = {}
    results = []
    failure = ""
    for derivation in found:
        try:
            if derivation.claim in theorems:
                raise DerivationError(f"the claim {derivation.claim!r} stands in the file twice")
            steps = replay(derivation, theorems)
        except (DerivationError, CitationError) as error:
            failure = f"{derivation.claim}: {error}"
            arguments.status = 1
            break
        theorem = steps[derivation.steps[-1].name]
        theorems[derivation.claim] = theorem
        results.append((derivation, theorem))
    if arguments.json:
        _print_json(
            {
                "ok": not failure,
                "error": failure or None,
                "claims": [
                    {
                        "id": derivation.claim,
                        "statement": str(theorem.conclusion),
                        "steps": len(derivation.steps),
                        "assumptions": sorted(theorem.assumptions),
                        "primitives": sorted(theorem.primitives),
                    }
                    for derivation, theorem in results
                ],
            }
        )
    else:
        for derivation, theorem in results:
            cited = f" modulo {', '.join(sorted(theorem.assumptions))}" if theorem.assumptions else ""
            print(f"{derivation.claim}: {len(derivation.steps)} steps replayed{cited}\n    {theorem}")
        print(f"refused: {failure}" if failure else f"{len(results)} claims replayed: all hold")


def _check(arguments: argparse.Namespace) -> None:
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    sizes = [_sizes(text) for text in arguments.sizes] or None
    from symmetry.checks.function import check, load_function

    function = load_function(arguments.function)
    report = check(function, problem, seed=arguments.seed, trials=arguments.trials, sizes=sizes)
    arguments.status = report.exit_status
    if arguments.json:
        _print_json(report.to_json())
    else:
        from symmetry.report import console, print_check

        print_check(report, console())


def _derive(arguments: argparse.Namespace) -> None:
    from symmetry.derived import derive
    from symmetry.errors import Underivable
    from symmetry.problem import Problem

    problem = Problem(arguments.problem, group=arguments.group)
    try:
        form = derive(problem, finite_information=_reading(arguments.finite_information))
    except Underivable as error:
        arguments.status = 3
        if arguments.json:
            found = {"problem": str(problem), "group": str(problem.group), "status": "unknown"}
            _print_json({**found, "reason": error.reason, "missing": error.missing})
        else:
            print(f"symmetry: not derived: {error}", file=sys.stderr)
        return
    if arguments.proof is not None:
        from symmetry.derivation import to_json

        try:
            with open(arguments.proof, "w", encoding="utf-8") as file:
                file.write(to_json(form.derivations))
        except OSError as error:
            raise UsageError(f"cannot write {arguments.proof}: {error.strerror}") from error
    if arguments.json:
        from symmetry.derive_report import form_document

        _print_json(form_document(form, latex=arguments.latex))
    elif arguments.latex:
        print(form.latex())
    else:
        from symmetry.derive_report import print_form
        from symmetry.report import console

        print_form(form, console())


def _reading(text: str | None) -> tuple[int, int] | str | None:
    if text is None or not text[:1].isdigit():
        return text
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() and len(part) < 6 for part in parts):
        raise UsageError(f"--finite-information {text}: expected p,r such as 2,0, or knowledge-mediated")
    return int(parts[0]), int(parts[1])


def _sizes(text: str) -> dict[str, int]:
    sizes = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or not value.strip().isdecimal() or len(value) > 9:
            raise UsageError(f"--sizes {text}: expected name=number pairs such as d=4,n=2, found {part!r}")
        if name.strip() in sizes:
            raise UsageError(f"--sizes {text}: the size {name.strip()!r} is given twice")
        sizes[name.strip()] = int(value)
    return sizes


if __name__ == "__main__":
    raise SystemExit(main())
