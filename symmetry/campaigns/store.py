"""A campaign in a file: an SQLite database that holds each block that was finished, and what the campaign is.

Each block is a transaction of its own. With a write-ahead log what was committed survives the end of the process at
any moment; should the machine lose power, the last blocks may be missing, and are run again. The file is locked as long
as it is open. It may have been written by anyone: nothing in it is executed, and all that is used is validated.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from symmetry.campaigns.campaign import Campaign, Tallies, Work
from symmetry.campaigns.records import as_text, from_text
from symmetry.errors import UsageError

__all__ = ["Store"]

APPLICATION, FORMAT = 0x53594D31, 1  # "SYM1"
TABLES = {
    "campaign": "CREATE TABLE campaign (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "blocks": "CREATE TABLE blocks (sizes INTEGER NOT NULL, block INTEGER NOT NULL, trials INTEGER NOT NULL, "
    "tallies TEXT NOT NULL, PRIMARY KEY (sizes, block, trials))",
}
WORDS = {
    "function": "the function",
    "source": "the source of the function",
    "floors": "the rounding of the function",
    "fixed": "the sizes in the problem",
    "numpy": "the version of NumPy",
    "symmetry": "the version of symmetry",
}


class Store:
    """The file of a campaign, made where there is none; locked until it is closed.

    Args:
        path: the file.
        campaign: which blocks are kept and asked for.
        source: digest of the source of the function.

    Raises:
        UsageError: another process has it open; it is another kind of file, or damaged; or it holds another campaign.

    >>> Store("/nowhere/campaign.sqlite", Campaign("f", None, (), 0, 1, ()), "")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: campaign '/nowhere/campaign.sqlite': unable to open database file
    """

    def __init__(self, path: str, campaign: Campaign, source: str):
        self.path = path
        self.campaign = campaign
        with self._clear():
            self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with self._clear():
                self._open(campaign.identity(source))
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

    def add(self, work: Work, tallies: Tallies) -> None:
        """Keep a block. When this returns, it is kept whatever happens to this process; one that is there stays."""
        with self._clear():
            self._file.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)", (*work, as_text(tallies)))

    def blocks(self, wanted: Iterable[Work]) -> Iterator[tuple[Work, Tallies]]:
        """Those blocks that are kept, in the order of their places.

        Raises:
            UsageError: one is not what it should be.
        """
        wanted = set(wanted)
        with self._clear():
            for *place, text in self._file.execute("SELECT * FROM blocks ORDER BY sizes, block, trials"):
                work = tuple(place)
                if work in wanted:
                    try:
                        yield work, from_text(text, self.campaign, work)
                    except UsageError as error:
                        raise self._damaged(f"block {work}: {error}") from None

    def _open(self, identity: Mapping[str, Any]) -> None:
        ask = self._file.execute
        ask("PRAGMA trusted_schema = OFF")
        ask("PRAGMA locking_mode = EXCLUSIVE")
        (application,) = ask("PRAGMA application_id").fetchone()
        schema = dict(ask("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        if schema and (application != APPLICATION or schema != TABLES):
            raise UsageError(f"campaign {self.path!r}: this is a database of something else; name another file")
        ask("PRAGMA journal_mode = WAL")
        ask("PRAGMA synchronous = NORMAL")
        ask("BEGIN EXCLUSIVE")
        if not schema:
            ask(f"PRAGMA application_id = {APPLICATION}")
            for table in TABLES.values():
                ask(table)
            rows = {"format": FORMAT, **identity}
            self._file.executemany(
                "INSERT INTO campaign VALUES (?, ?)", [(name, json.dumps(value)) for name, value in rows.items()]
            )
        ask("COMMIT")
        self._compare(identity)

    def _compare(self, identity: Mapping[str, Any]) -> None:
        kept = dict(self._file.execute("SELECT name, value FROM campaign"))
        if kept.get("format") != json.dumps(FORMAT):
            raise UsageError(
                f"campaign {self.path!r} has format {_shown(kept.get('format'))}, and this version of symmetry reads "
                f"format {FORMAT}; name another file"
            )
        wanted = {name: json.dumps(value) for name, value in identity.items()}
        different = [name for name in wanted if kept.get(name) != wanted[name]]
        if different:
            sides = "".join(
                f"\n  {WORDS.get(name, name)}: {_shown(kept.get(name))} in the file, {_shown(wanted[name])} now"
                for name in different
            )
            raise UsageError(
                f"campaign {self.path!r} is another one, and its trials cannot be counted here; name another file{sides}"
            )

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
