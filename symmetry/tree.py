"""Which claim rests on which, as a tree in plain text.

>>> from symmetry.registry import Entry
>>> def build(proof): ...
>>> lemma, left = Entry("lemma", "A lemma", build, number="1"), Entry("left", "Left", build, rests_on=("lemma",))
>>> top = Entry("top", "On top", build, number="2", rests_on=("left", "lemma"))
>>> print(*tree([lemma, left, top]), sep="\\n")
2 top
├─ left
│  └─ 1 lemma
└─ 1 lemma (above)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symmetry.registry import Entry

__all__ = ["tree"]


def tree(among: Sequence[Entry], tops: Sequence[Entry] | None = None, width: int = 80) -> Iterator[str]:
    """Lines of the tree; what was shown before is only named again, and what is open or computed is marked.

    Args:
        among: all claims.
        tops: where to begin; with the claims on which none rests when ``None``.
        width: longer lines are cut.
    """
    by_id = {entry.id: entry for entry in among}
    if tops is None:
        used = {lemma for entry in among for lemma in entry.rests_on}
        tops = [entry for entry in among if entry.id not in used]
    shown: set[str] = set()
    for top in tops:
        for line in _branch(top, by_id, shown):
            yield line if len(line) <= width else line[: width - 1] + "…"


def _branch(entry: Entry, by_id: dict[str, Entry], shown: set[str]) -> Iterator[str]:
    name = f"{entry.number} {entry.id}".strip() + " (open)" * bool(entry.open) + " (computed)" * entry.is_computed
    if entry.id in shown:
        yield f"{name} (above)"
        return
    shown.add(entry.id)
    yield name
    for lemma in entry.rests_on:
        first, rest = ("└─ ", "   ") if lemma == entry.rests_on[-1] else ("├─ ", "│  ")
        for line in _branch(by_id[lemma], by_id, shown):
            yield first + line
            first = rest
