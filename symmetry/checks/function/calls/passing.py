"""How a function takes its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Passing"]


@dataclass(frozen=True)
class Passing:
    """How a function takes its inputs: what kind of arrays, and which of them not by position.

    Args:
        backend: ``"numpy"``, ``"torch"`` or ``"jax"``.
        keywords: the inputs that are passed by name.
        held: input -> parameter of the module, or attribute of the object, that it replaces.
    """

    backend: str = "numpy"
    keywords: tuple[str, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
