"""What the commands of the command line share: how one is declared, how text is read and data written."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from symmetry.errors import SymmetryError, Underivable, UsageError

__all__ = [
    "Commands",
    "guarded",
    "natural",
    "nothing_given_back",
    "open_streams",
    "print_json",
    "read_numbers",
    "read_sizes",
]

_EPILOG = """\
exit status: 0 all hold, 1 something failed or was refuted, 2 usage or bad input,
3 nothing was checked or inconclusive
"""


class _Help(argparse.HelpFormatter):
    """Text is broken to the width; an example stays a line that can be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return indent + text if text.startswith("example: ") else super()._fill_text(text, width, indent)


class _Parser(argparse.ArgumentParser):
    """A parser whose last list of words may have options between its words, whatever the version of Python."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, rest = super().parse_known_args(args, namespace)
        for action in self._get_positional_actions():
            if action.nargs == "*":
                words = [word for word in rest if not word.startswith("-")]
                setattr(found, action.dest, [*getattr(found, action.dest), *words])
                rest = [word for word in rest if word.startswith("-")]
        return found, rest


class Commands:
    """The program's parser, to which each command is added with what it does and an example."""

    def __init__(self) -> None:
        from symmetry import __version__

        self.parser = argparse.ArgumentParser(
            prog="symmetry",
            description="Derive, prove, refute and test symmetry claims about sequence models.",
            epilog=_EPILOG,
        )
        self.parser.add_argument("--version", action="version", version=f"symmetry {__version__}")
        self._commands = self.parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def add(
        self, name: str, run: Callable[[argparse.Namespace], None], about: str, example: str
    ) -> argparse.ArgumentParser:
        """A command; ``run`` sets ``arguments.status`` as soon as it knows the exit status, if it is not 0."""
        command = self._commands.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            epilog=f"example: {example}",
            formatter_class=_Help,
        )
        command.set_defaults(run=run)
        return command


def open_streams() -> None:
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


def guarded(program: str, arguments: argparse.Namespace) -> int:
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
    except Underivable as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 3
    except SymmetryError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return int(arguments.status)


def natural(text: str) -> int:
    """A number from 0, as ``argparse`` reads an argument.

    >>> natural("12")
    12
    """
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"expected a natural number, not {text!r}")
    return int(text)


def print_json(document: Any) -> None:
    """Print a document, alone on standard output."""
    import json

    print(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def nothing_given_back() -> Iterator[None]:
    """No search for circular garbage: terms and statements are in no circles, and are needed to the end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def read_sizes(text: str) -> dict[str, int]:
    """Sizes such as ``d=4,n=2``.

    Raises:
        UsageError: not of this form.

    >>> read_sizes("d=4, n=2")
    {'d': 4, 'n': 2}
    >>> read_sizes("d=4,2")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: --sizes d=4,2: expected name=number pairs such as d=4,n=2, found '2'
    """
    return read_numbers(text, "--sizes", "d=4,n=2")


def read_numbers(text: str, option: str, example: str) -> dict[str, int]:
    """Natural numbers by name, as an option has them.

    Raises:
        UsageError: not of this form; the message names the option.
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals or not value.isascii() or not value.isdigit() or len(value) > 9:
            raise UsageError(f"{option} {text}: expected name=number pairs such as {example}, found {part!r}")
        if name in found:
            raise UsageError(f"{option} {text}: {name!r} is given twice")
        found[name] = int(value)
    return found
