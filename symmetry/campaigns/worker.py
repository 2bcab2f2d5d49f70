"""What a worker does: it loads the function, then runs one block after the other as they are asked for.

Requests and answers are lines of JSON on pipes. A worker is a program of its own, so that the libraries for linear
algebra can be told in its environment to use one thread, or it is forked, with the function.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
from collections.abc import Callable, Mapping
from io import BufferedReader
from typing import Any

import numpy as np

from symmetry.campaigns.campaign import Campaign
from symmetry.campaigns.records import as_text
from symmetry.campaigns.sources import checker, contents, digest, load_with_sources, own_file
from symmetry.checks.function.calls.calling import Callee, Unfit
from symmetry.checks.function.calls.guarding import preserved
from symmetry.checks.function.calls.isolation import PAGE, end_with, ended, limit_memory, say_on, silence, stage
from symmetry.checks.function.calls.loading import last_line
from symmetry.errors import FunctionError, UsageError

__all__ = ["KINDS", "main", "refusal", "serve"]

KINDS: Mapping[str, type[Exception]] = {"FunctionError": FunctionError, "UsageError": UsageError, "Unfit": Unfit}


def serve(requests: int, answers: int, board: int, parent: int, function: Callable[..., Any] | None = None) -> None:
    """Answer requests until there are no more.

    Args:
        requests, answers: file descriptors.
        board: of a file of one page, where this process says which call it is in.
        parent: the process with which this one ends.
        function: to be called; ``None`` to load it as the campaign says, which is the first request.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    silence()
    end_with(parent)
    say_on(mmap.mmap(board, PAGE))
    with os.fdopen(requests, "rb") as lines, os.fdopen(answers, "wb") as out:

        def answer(document: Mapping[str, Any]) -> None:
            out.write(json.dumps(document).encode() + b"\n")
            out.flush()

        campaign = Campaign.from_data(json.loads(lines.readline()))
        limit_memory(campaign.memory)
        try:
            stage("loading")
            call, files = _loaded(campaign, function)
        except (FunctionError, UsageError) as error:
            answer(refusal(error))
            return
        finally:
            ended()
        answer(
            {
                "files": {place: str(path) for place, path in files.items()},
                "source": digest(contents(files)),
                "checker": checker(),
                "numpy": np.__version__,
            }
        )
        with preserved(campaign.seed):
            _run(campaign, call, lines, answer)


def main() -> None:
    """Answer on standard input and output, which nothing else will use; the arguments are the board and the parent."""
    board, parent = map(int, sys.argv[1:3])
    serve(os.dup(0), os.dup(1), board, parent)
    os._exit(0)


def _loaded(campaign: Campaign, function: Callable[..., Any] | None) -> tuple[Callee, Mapping[str, Any]]:
    if function is not None:
        return campaign.callee(function), own_file(function)
    function, files = load_with_sources(campaign.function)
    return campaign.callee(function), files


def _run(campaign: Campaign, call: Callee, lines: BufferedReader, answer: Callable[[Mapping[str, Any]], None]) -> None:
    while line := lines.readline():
        number, block, count = json.loads(line)
        try:
            answer({"found": as_text(campaign.run(call, (number, block, count)))})
        except (FunctionError, UsageError, Unfit) as error:
            answer(refusal(error))
        except Exception as error:  # no memory, or a frame that the function has broken
            answer({"failed": last_line(error)})


def refusal(error: Exception) -> dict[str, str]:
    """An exception that says that the function cannot be checked, as plain data."""
    kind = next(name for name, known in KINDS.items() if isinstance(error, known))
    return {"kind": kind, "message": str(error)}
