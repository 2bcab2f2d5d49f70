"""Write reports to files: at once or not at all, and known to be possible before the work begins."""

from __future__ import annotations

import os
from pathlib import Path

from symmetry.errors import UsageError

__all__ = ["append", "replace", "require_writable"]


def require_writable(path: str, option: str) -> None:
    """Refuse a file that cannot be written.

    Args:
        path: the file; it need not exist, its directory must.
        option: the option that names it, for the message.

    Raises:
        UsageError: no such directory, a directory itself, or no permission.

    >>> require_writable("/nowhere/report.xml", "--junit")
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: --junit '/nowhere/report.xml' cannot be written: there is no directory '/nowhere'
    """
    target = Path(os.path.realpath(path)) if path else None
    why = ""
    if target is None:
        why = "the name is empty"
    elif target.is_dir():
        why = "it is a directory"
    elif not target.parent.is_dir():
        why = f"there is no directory {str(target.parent)!r}"
    elif target.exists() and not os.access(target, os.W_OK):
        why = "permission denied"
    elif (not target.exists() or target.is_file()) and not os.access(target.parent, os.W_OK):
        why = f"nothing can be written to {str(target.parent)!r}"
    if why:
        raise UsageError(f"{option} {path!r} cannot be written: {why}")


def replace(path: str, text: str) -> None:
    """Write a file in place of an old one: a reader sees the old text or the new one, never a part.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a pipe or a terminal
        append(path, text)
        return
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        if target.exists():
            new.chmod(target.stat().st_mode & 0o7777)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def append(path: str, text: str) -> None:
    """Add text at the end of a file, in one piece.

    Raises:
        OSError: it cannot be written.
    """
    with open(path, "ab", buffering=0) as file:
        left = memoryview(text.encode("utf-8", errors="replace"))
        while left:
            left = left[file.write(left) :]
