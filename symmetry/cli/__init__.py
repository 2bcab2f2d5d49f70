"""The command line: thin, and quick to start; everything heavy is imported by the command that needs it."""

from __future__ import annotations

from collections.abc import Sequence

from symmetry.cli import check, claims, derive, polynomials
from symmetry.cli.claims import explain_chapter
from symmetry.cli.command import Commands, guarded, open_streams

__all__ = ["explain_chapter", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    open_streams()
    commands = Commands()
    for group in (claims, check, derive, polynomials):
        group.add_commands(commands)
    return guarded("symmetry", commands.parser.parse_args(argv))
