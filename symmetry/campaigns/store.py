"""A campaign in a file: an SQLite database that holds each block that was finished, and what the campaign is.

Each block is a transaction of its own. With a write-ahead log what was committed survives the end of the process at
any moment; should the machine lose power, the last blocks may be missing, and are run again. The file is locked as long
as it is open. It may have been written by anyone: nothing in it is executed, and all that is used is validated.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from symmetry.campaigns.campaign import WORDS, Campaign, Found, Work
from symmetry.campaigns.records import as_text, from_text
from symmetry.errors import UsageError

__all__ = ["Store"]

APPLICATION, FORMAT = 0x53594D31, 1  # "SYM1"
TABLES = {
    "campaign": "CREATE TABLE campaign (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "blocks": "CREATE TABLE blocks (sizes INTEGER NOT NULL, block INTEGER NOT NULL, trials INTEGER NOT NULL, "
    "found TEXT NOT NULL, PRIMARY KEY (sizes, block, trials))",
}


class Store:
    """The file of a campaign, made where there is none; locked until it is closed.

    Args:
        path: the file.

    Raises:
        UsageError: another process has it open, or it is another kind of file, or damaged.

    >>> Store("/nowhere/campaign.sqlite")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: campaign '/nowhere/campaign.sqlite': unable to open database file
    """

    def __init__(self, path: str):
        self.path = path
        with self._clear():
            self._file = sqlite3.connect(os.path.abspath(path), timeout=0, isolation_level=None)
        try:
            with self._clear():
                self._open()
                self._kept = dict(self._file.execute("SELECT name, value FROM campaign"))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the file."""
        self._file.close()

    def floors(self, sizes: int) -> tuple[float, ...] | None:
        """The relative noise that the campaign in the file assumes at so many sizes; ``None`` for a new file.

        It is measured when a campaign begins. Measured again, perhaps on another machine, it might be another.

        Raises:
            UsageError: it is not that.
        """
        if not self._kept:
            return None
        try:
            found = json.loads(self._kept.get("floors", ""))
        except (ValueError, RecursionError, TypeError):
            raise self._damaged("its floors are not JSON") from None
        if not isinstance(found, list) or not all(isinstance(x, float) and 0 <= x < math.inf for x in found):
            raise self._damaged("its floors are no numbers")
        return tuple(found) if len(found) == sizes else None

    def settle(self, identity: Mapping[str, Any]) -> None:
        """Write down which campaign this is in a new file, or see that it is the one in the file.

        Raises:
            UsageError: it is another one; the message says what differs.
        """
        wanted = {name: json.dumps(value) for name, value in {"format": FORMAT, **identity}.items()}
        if not self._kept:
            with self._clear():
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany("INSERT INTO campaign VALUES (?, ?)", wanted.items())
                self._file.execute("COMMIT")
            self._kept = wanted
        if self._kept.get("format") != wanted["format"]:
            raise UsageError(
                f"campaign {self.path!r} has format {_shown(self._kept.get('format'))}, and this version of symmetry "
                f"reads format {FORMAT}; name another file"
            )
        different = [name for name in wanted if self._kept.get(name) != wanted[name]]
        if different:
            sides = "".join(
                f"\n  {WORDS.get(name, name)}: {_shown(self._kept.get(name))} in the file, {_shown(wanted[name])} now"
                for name in different
            )
            raise UsageError(
                f"campaign {self.path!r} is another one, and its trials do not count here; name another file{sides}"
            )

    def add(self, work: Work, found: Found) -> None:
        """Keep a block. When this returns, it is kept whatever happens to this process; one that is there stays."""
        with self._clear():
            self._file.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)", (*work, as_text(found)))

    def blocks(self, campaign: Campaign) -> Iterator[tuple[Work, Found]]:
        """The blocks of a campaign that are kept, as they are planned.

        Raises:
            UsageError: one is not what it should be.
        """
        query = "SELECT found FROM blocks WHERE sizes = ? AND block = ? AND trials = ?"
        with self._clear():
            (left,) = self._file.execute("SELECT count(*) FROM blocks").fetchone()
            for work in campaign.blocks() if left else ():
                row = self._file.execute(query, work).fetchone()
                if row is not None:
                    try:
                        yield work, from_text(row[0], campaign, work)
                    except UsageError as error:
                        raise self._damaged(f"block {work}: {error}") from None
                    left -= 1
                    if not left:
                        return

    def _open(self) -> None:
        ask = self._file.execute
        ask("PRAGMA trusted_schema = OFF")
        ask("PRAGMA locking_mode = EXCLUSIVE")
        (application,) = ask("PRAGMA application_id").fetchone()
        schema = dict(ask("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        if (schema or application) and (application != APPLICATION or schema != TABLES):
            raise UsageError(f"campaign {self.path!r}: this is a database of something else; name another file")
        ask("PRAGMA journal_mode = WAL")
        ask("PRAGMA synchronous = NORMAL")
        ask("BEGIN EXCLUSIVE")
        if not schema:
            ask(f"PRAGMA application_id = {APPLICATION}")
            for table in TABLES.values():
                ask(table)
        ask("COMMIT")

    @contextmanager
    def _clear(self) -> Iterator[None]:
        """Errors of the database as one message."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise UsageError(
                    f"campaign {self.path!r} is in use by another process; wait for it, or name another file"
                ) from None
            raise UsageError(f"campaign {self.path!r}: {error}") from None
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from None

    def _damaged(self, why: str) -> UsageError:
        return UsageError(f"campaign {self.path!r} is no campaign, or is damaged ({why}); name another file")


def _shown(text: Any) -> str:
    shown = text if isinstance(text, str) else "nothing"
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
