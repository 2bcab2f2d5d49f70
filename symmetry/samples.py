"""Both sides of f(g·x) = g·f(x) at generic or given inputs, with Haar-distributed or given elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from symmetry.checks.function import Violation
from symmetry.checks.function.calls.calling import Callee, Failed
from symmetry.checks.function.calls.loading import a_type
from symmetry.checks.function.comparing import Point
from symmetry.checks.function.counterexamples.transforms import transform_name
from symmetry.checks.function.inputs import assignments, generic, natural
from symmetry.checks.function.noise import norms
from symmetry.checks.function.report import printable
from symmetry.errors import UsageError
from symmetry.groups import Group
from symmetry.problem import Problem

__all__ = ["TRIALS", "Sample", "Sampler"]

Array = NDArray[Any]

TRIALS = 4  # inputs at each assignment of sizes, as in check
CALLING = ("backend", "params", "timeout")  # options of Callee
SINGLE = 2.0**-24  # unit roundoff of float32, in which an element may have been computed


@dataclass(frozen=True)
class Sample:
    """One comparison.

    Args:
        factor, key, element: g, of the component with this key.
        sized: the problem with all sizes.
        inputs: x.
        left, right: f(g·x) and g·f(x), one array per output; empty where there is no value.
        failure: why there is no value, or ``None``.
    """

    factor: Group
    key: int
    element: Array
    sized: Problem
    inputs: tuple[Array, ...]
    left: tuple[Array, ...] = ()
    right: tuple[Array, ...] = ()
    failure: str | None = None

    @property
    def component(self) -> str:
        """The component, in words."""
        return self.factor.kind.components[self.key]

    @property
    def place(self) -> str:
        """The sizes, in words."""
        return ", ".join(f"{axis}={size}" for axis, size in self.sized.sizes.items()) or str(self.sized)

    @property
    def errors(self) -> tuple[float, float]:
        """The largest entry of the difference, and the largest relative norm of the difference of an output."""
        apart = [a - b for a, b in zip(self.left, self.right, strict=True)]
        size = np.maximum(norms(self.left), norms(self.right))
        relative = norms(apart) / np.where(size > 0, size, 1.0)
        return max(float(np.max(np.abs(difference))) for difference in apart), float(np.max(relative))

    def excess(self, atol: float, rtol: float) -> tuple[float, int, tuple[int, ...]]:
        """The largest |f(g·x) − g·f(x)| / (atol + rtol |g·f(x)|) of an entry, 0 where both sides are equal.

        Returns:
            the ratio, the position of the output and the index of the entry.
        """
        worst: tuple[float, int, tuple[int, ...]] = (-1.0, 0, ())
        for position, (left, right) in enumerate(zip(self.left, self.right, strict=True)):
            apart, allowed = np.abs(left - right), atol + rtol * np.abs(right)
            ratio = np.where(apart > 0, apart / np.where(allowed > 0, allowed, 1.0), 0.0)
            ratio = np.where((apart > 0) & (allowed == 0), np.inf, ratio)
            index = np.unravel_index(np.argmax(ratio), ratio.shape)
            if ratio[index] > worst[0]:
                worst = float(ratio[index]), position, tuple(map(int, index))
        return worst

    def violation(self, seed: int) -> Violation:
        """The sample as a counterexample."""
        where = self.sized.action(self.factor)
        lost = "f(g·x) = f(x)" if where.is_invariance else "f(g·x) = g·f(x)"
        letter = transform_name(self.factor, self.sized)
        sides = [printable(side if len(side) > 1 else side[0]) for side in (self.left, self.right)]
        named = zip(self.sized.names, self.inputs, strict=True)
        return Violation(
            values={letter: printable(self.element), **{name: printable(x) for name, x in named}},
            note=f"{lost} fails for g a {self.component} of {self.factor} at {self.place}",
            left=sides[0],
            right=sides[1],
            seed=seed,
            sizes=self.sized.sizes,
            factor=str(self.factor),
            component=self.key,
            residual=self.errors[1],
            problem=self.sized,
        )


class Sampler:
    """The samples of a function: at each assignment of sizes each component of each factor, ``trials`` times.

    Args:
        function, problem: what is looked at.
        seed, trials, sizes, element, inputs, dtype, options: as in ``symmetry.testing.equivariance_error``.

    Raises:
        FunctionError: the function cannot be called with the inputs of the problem.
        UsageError: an argument that does not fit the problem.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        problem: Problem,
        seed: int,
        trials: int | None,
        sizes: Sequence[Mapping[str, int]] | None,
        element: Mapping[str, ArrayLike] | None,
        inputs: Sequence[ArrayLike] | Mapping[str, ArrayLike] | None,
        dtype: DTypeLike,
        options: Mapping[str, Any],
    ):
        for name in options:
            if name not in CALLING:
                raise UsageError(f"{name!r} does not say how a function is called; options are {', '.join(CALLING)}")
        self.problem = problem
        self.seed = natural(seed, "seed", 0)
        self.trials = TRIALS if trials is None else natural(trials, "trials", 1)
        self.dtype = _dtype(dtype)
        self.given = None if inputs is None else _inputs(problem, inputs, self.dtype)
        if self.given is None:
            self.chosen = assignments(problem, sizes)
        elif sizes is not None:
            raise UsageError("sizes= follow from inputs=, so that only one of them can be given")
        else:
            self.chosen = (_sized(problem, self.given),)
        self.elements = None if element is None else _elements(problem, element, self.chosen)
        self.call = Callee(function, problem, **options)
        self.name = self.call.name

    def __iter__(self) -> Iterator[Sample]:
        """The samples.

        Raises:
            FunctionError, Unfit: as ``Callee`` does; also where the function is not deterministic.
        """
        rng = np.random.default_rng(self.seed)
        for sized in self.chosen:
            for trial in range(self.trials):
                drawn = generic(sized, rng) if self.given is None else self.given
                point = Point(self.call, sized, [np.asarray(x).astype(self.dtype) for x in drawn], rng)
                for factor, key, element in self._elements(sized, rng):
                    yield _sample(point, factor, key, element, probe=trial == 0)

    def _elements(self, sized: Problem, rng: np.random.Generator) -> Iterator[tuple[Group, int, Array]]:
        if self.elements is not None:
            yield from self.elements
            return
        for factor in sized.group:
            for key in factor.components:
                yield factor, key, factor.haar(rng, sized.size(factor.axis), key)


def _sample(point: Point, factor: Group, key: int, element: Array, probe: bool) -> Sample:
    left: tuple[Array, ...] = ()
    right: tuple[Array, ...] = ()
    failure = None
    try:
        if probe:
            point.require_deterministic()
        left, right = point.moved(factor, element).output.values, point.image(factor, element)
        apart = [a - b for a, b in zip(left, right, strict=True)]
        if not np.all(np.isfinite(norms((*apart, *left, *right)))):
            failure = "the output is too large to be compared"
    except Failed as failed:
        failure = str(failed)
    return Sample(factor, key, element, point.problem, point.inputs, left, right, failure)


def _dtype(dtype: DTypeLike) -> np.dtype[Any]:
    for known in (np.float64, np.float32):
        with suppress(TypeError):  # what is no dtype at all
            if np.dtype(dtype) == known:
                return np.dtype(known)
    raise UsageError(f"dtype is float64 or float32, not {dtype!r}")


def _array(value: Any, what: str) -> Array:
    """An array of finite real numbers."""
    try:
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)  # a PyTorch tensor with its gradient
    except (TypeError, ValueError, RuntimeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf" or not np.all(np.isfinite(array)):
        raise UsageError(f"{what} is not an array of finite real numbers")
    return array


def _inputs(
    problem: Problem, inputs: Sequence[ArrayLike] | Mapping[str, ArrayLike], dtype: np.dtype[Any]
) -> tuple[Array, ...]:
    """The given inputs as arrays, in the order of the problem."""
    if isinstance(inputs, Mapping) and set(inputs) == set(problem.names):
        inputs = [inputs[name] for name in problem.names]
    if not isinstance(inputs, list | tuple) or len(inputs) != len(problem.inputs):
        found = f"{len(inputs)} of them" if isinstance(inputs, list | tuple) else a_type(inputs)
        raise UsageError(
            f"inputs is a list of arrays, or a dict of them by name, for {', '.join(problem.names)} "
            f"of {str(problem)!r}, not {found}"
        )
    arrays = [_array(value, f"the input {name}") for name, value in zip(problem.names, inputs, strict=True)]
    with np.errstate(over="ignore"):
        cast = [array.astype(dtype) for array in arrays]
    return tuple(_array(array, f"the input {name} in {dtype}") for name, array in zip(problem.names, cast, strict=True))


def _sized(problem: Problem, inputs: Sequence[Array]) -> Problem:
    """The problem with the sizes that the shapes of the inputs have."""
    found = problem.sizes
    for name, tensor, array in zip(problem.names, problem.inputs, inputs, strict=True):
        axes = " ".join(map(str, tensor.axes)) or "()"
        if array.ndim != len(tensor.axes):
            raise UsageError(f"the input {name} has shape {array.shape}, but {str(problem)!r} says it is {axes!r}")
        for axis, size in zip(tensor.axes, array.shape, strict=True):
            expected = axis if isinstance(axis, int) else found.setdefault(axis, size)
            if size != expected:
                raise UsageError(
                    f"the input {name} has shape {array.shape} for {axes!r}, but the size of {axis!r} is {expected}"
                )
    return problem.sized(**found)


def _elements(
    problem: Problem, element: Mapping[str, ArrayLike], chosen: Sequence[Problem]
) -> tuple[tuple[Group, int, Array], ...]:
    """The given elements with their factors and components."""
    factors = {str(factor): factor for factor in problem.group}
    if not isinstance(element, Mapping) or not element or not set(element) <= set(factors):
        raise UsageError(f"element is a dict from factors ({', '.join(factors)}) to elements, not {element!r}")
    found = []
    for name, value in element.items():
        factor, array = factors[name], _array(value, f"the element of {name}")
        for sized in chosen:
            like = factor.haar(np.random.default_rng(0), sized.size(factor.axis))
            if array.shape != like.shape:
                place = ", ".join(f"{axis}={size}" for axis, size in sized.sizes.items())
                raise UsageError(
                    f"the element of {name} has shape {array.shape}; at {place or sized} it needs shape {like.shape}"
                )
        found.append((factor, _component(factor, array), array))
    return tuple(found)


def _component(factor: Group, element: Array) -> int:
    """The component of an element.

    Raises:
        UsageError: it is not in the group, beyond the rounding of float32.
    """
    if factor.kind.acts == "shift":
        return 1
    if factor.kind.acts == "permutation":
        if element.dtype.kind not in "iu" or sorted(element.tolist()) != list(range(len(element))):
            raise UsageError(f"the element of {factor} is not a permutation of 0, …, {len(element) - 1}: {element!r}")
        return 1
    size = len(element)
    matrix = element.astype(np.float64)
    form = np.diag(np.asarray(factor.kind.signature(size), dtype=np.float64))
    # Entries of a product of two columns of that length: each factor rounded, and the product that made them.
    tolerance = 2 * (size + 2) * SINGLE * factor.stretch(matrix) ** 2
    off = float(np.max(np.abs(matrix.T @ form @ matrix - form)))
    if not off <= tolerance:
        raise UsageError(f"the element of {factor} does not satisfy {factor.kind.equations[0]}: it is off by {off:.2g}")
    key = factor.component(matrix)
    if key not in factor.components:
        raise UsageError(f"the element of {factor} is no {' or '.join(factor.kind.components.values())}")
    return key
