"""The recorded truth of the corpus held against random group elements: what sampling can see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from typing import Any

import numpy as np

from prove_corpus.record import Case

Array = Any
SIZES = (
    {"d": 3, "n": 5, "m": 4, "h": 2, "k": 7, "f": 6, "e": 8, "b": 9, "t": 11, "p": 10},
    {"d": 4, "n": 3, "m": 6, "h": 5, "k": 2, "f": 7, "e": 9, "b": 8, "t": 10, "p": 12},
    {"d": 5, "n": 9, "m": 2, "h": 3, "k": 4, "f": 8, "e": 6, "b": 7, "t": 12, "p": 13},
)


def elements(factor: str, size: int, rng: np.random.Generator) -> Iterator[Array]:
    """A few matrices of the group: both components of O, and permutations that move something."""
    kind = factor.partition("(")[0]
    if kind == "S":
        yield np.eye(size)[np.roll(np.arange(size), 1)]
        yield np.eye(size)[[1, 0, *range(2, size)]]
        yield np.eye(size)[rng.permutation(size)]
        return
    for sign in (1, -1) if kind == "O" else (1,):
        q, r = np.linalg.qr(rng.standard_normal((size, size)))
        q = q * np.sign(np.diag(r))
        q[:, 0] *= sign * np.sign(np.linalg.det(q))
        yield q


def acted(tensor: Array, positions: tuple[int, ...], g: Array) -> Array:
    """The tensor with g applied to the axes at the positions."""
    for position in positions:
        tensor = np.moveaxis(np.tensordot(g, tensor, axes=(1, position)), 0, position)
    return tensor


def values(case: Case, inputs: list[Array]) -> list[Array]:
    """The outputs of the function as NumPy arrays, from copies of the inputs."""
    with _double(case.library):
        given = [_from_numpy(case.library, np.array(x)) for x in inputs]
        outputs = _compiled(case)(*given)
        outputs = outputs if isinstance(outputs, tuple | list) else (outputs,)
        return [np.asarray(y.detach().numpy() if hasattr(y, "detach") else y) for y in outputs]


def difference(case: Case, factor: str, seed: int = 0) -> float:
    """The largest relative difference of both sides of the law over sizes and group elements."""
    rng = np.random.default_rng(seed)
    group = next(one for one in case.problem.group.factors if str(one) == factor)
    worst = 0.0
    for sizes in SIZES[: 1 if case.library == "jax" else None]:
        sizes = {**sizes, **case.at}
        problem = case.problem.at(**{axis: sizes[axis] for axis in case.problem.symbolic})
        action = problem.action(group)
        size = problem.size(group.axis)
        for g in elements(factor, size, rng):
            inputs = [case.scale * rng.standard_normal(problem.shape(tensor)) for tensor in problem.inputs]
            turned = [acted(x, at, g) for x, at in zip(inputs, action.inputs)]
            left, right = values(case, turned), values(case, inputs)
            for one, other, at, tensor in zip(left, right, action.outputs, problem.outputs, strict=True):
                if one.shape != problem.shape(tensor):
                    raise ValueError(f"{case.name} gives {one.shape}, and {problem.shape(tensor)} is promised")
                one, other = one.astype(float), acted(other.astype(float), at, g)
                if not np.isfinite(one).all():
                    raise ValueError(f"{case.name} is not finite at random inputs")
                largest = max(np.abs(one).max(), np.abs(other).max(), 1e-300)
                worst = max(worst, float(np.abs(one - other).max() / largest))
    return worst


@cache
def _compiled(case: Case) -> Callable[..., Any]:
    """The function itself, except in JAX, where a program is compiled faster than its operations one by one."""
    if case.library != "jax":
        return case.function
    import jax

    return jax.jit(case.function)


def _double(library: str) -> Any:
    if library != "jax":
        return nullcontext()
    import jax

    return jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64()


def _from_numpy(library: str, array: Array) -> Array:
    if library == "torch":
        import torch

        return torch.from_numpy(array)
    if library == "jax":
        import jax.numpy as jnp

        return jnp.asarray(array)
    return array
