"""Modules whose library is not installed are not looked into."""

from prove_corpus import MISSING

collect_ignore_glob = [f"{library}_*" for library in MISSING]
