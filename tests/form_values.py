"""Forms as NumPy functions: free functions filled with random polynomials that obey the laws.

Independent of the derivation: the laws are not read off the form. A random polynomial is averaged over the permutation
factors of the problem, which act on every row and column whose size is that of their axis.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symmetry.forms import Form
from symmetry.problem import Problem, Tensor
from symmetry.sizes import Size
from symmetry.terms import (
    Apply,
    Function,
    Identity,
    Number,
    Product,
    Scaled,
    Sum,
    Term,
    Total,
    Transpose,
    Variable,
    Zero,
)

Array = NDArray[Any]
Sizes = Mapping[str, int]


def value(
    term: Term, sizes: Sizes, values: Mapping[str, Array], functions: Mapping[str, Callable[..., Array]]
) -> Array:
    """A term at numbers for its sizes and variables, and functions for its unknown functions."""

    def at(inner: Term) -> Array:
        return value(inner, sizes, values, functions)

    match term:
        case Variable():
            return values[term.name]
        case Zero():
            return np.zeros((term.rows.at(sizes), term.cols.at(sizes)))
        case Identity():
            return np.eye(term.size.at(sizes))
        case Number():
            return np.array([[float(term.value)]])
        case Sum():
            return sum((at(part) for part in term.terms[1:]), at(term.terms[0]))
        case Scaled():
            return at(term.factor).item() * at(term.body)
        case Product():
            found = at(term.factors[0])
            for factor in term.factors[1:]:
                found = found @ at(factor)
            return found
        case Transpose():
            return at(term.body).T
        case Apply():
            return functions[term.function.name](*map(at, term.arguments))
        case Total():
            units = np.eye(term.variable.rows.at(sizes))
            total = np.zeros((term.rows.at(sizes), term.cols.at(sizes)))
            for unit in units:
                total = total + value(term.body, sizes, {**values, term.variable.name: unit[:, None]}, functions)
            return total
    raise TypeError(type(term).__name__)


def _moved(array: Array, shape: tuple[Size, Size], orders: Mapping[Size, Sequence[int]], *, back: bool) -> Array:
    for axis, size in enumerate(shape):
        if size in orders:
            order = np.argsort(orders[size]) if back else orders[size]
            array = np.take(array, order, axis=axis)
    return array


def random_polynomial(function: Function, sizes: Sizes, problem: Problem, seed: int) -> Callable[..., Array]:
    """A polynomial map of degree 2 that obeys the laws, the same one for the same seed and sizes."""
    rng = np.random.default_rng([seed, zlib.crc32(function.name.encode()), *sizes.values()])
    rows, cols = (size.at(sizes) for size in function.codomain)
    count = sum(a.at(sizes) * b.at(sizes) for a, b in function.domain)
    constant, linear, mixed = (rng.standard_normal(s) for s in ((rows * cols,), (rows * cols, count), (count, count)))
    shown = {size for shape in (*function.domain, function.codomain) for size in shape}
    axes = [size for factor in problem.group if factor.name == "S" and (size := Size.of(factor.axis)) in shown]
    permutations = [list(itertools.permutations(range(axis.at(sizes)))) for axis in axes]

    def plain(*arguments: Array) -> Array:
        flat = np.concatenate([argument.ravel() for argument in arguments])
        return (constant + linear @ (flat + flat * (mixed @ flat)) / count).reshape(rows, cols)

    def lawful(*arguments: Array) -> Array:
        total = np.zeros((rows, cols))
        choices = list(itertools.product(*permutations))
        for choice in choices:
            orders = dict(zip(axes, choice))
            moved = (_moved(a, shape, orders, back=False) for a, shape in zip(arguments, function.domain))
            total += _moved(plain(*moved), function.codomain, orders, back=True)
        return total / len(choices)

    return lawful


def as_matrix(array: Array, tensor: Tensor, problem: Problem) -> Array:
    """An input in the layout of the form."""
    axes, array = tensor.axes, np.asarray(array)
    if len(axes) < 3:
        return array.reshape((*array.shape, 1, 1)[:2]) if array.ndim < 2 else array
    acting = [place for place, axis in enumerate(axes) if axis in {factor.axis for factor in problem.group}]
    if acting and acting[0] == len(axes) - 1:
        return array.reshape(-1, array.shape[-1])
    array = np.moveaxis(array, acting[0], 0) if acting else array
    return array.reshape(array.shape[0], -1)


def from_matrix(matrix: Array, tensor: Tensor, problem: Problem, lengths: Mapping[Any, int]) -> Array:
    """An output in the layout of the user."""
    axes = tensor.axes
    shape = [lengths[axis] for axis in axes]
    if len(axes) < 3:
        return matrix.reshape(shape)
    acting = [place for place, axis in enumerate(axes) if axis in {factor.axis for factor in problem.group}]
    if not acting or acting[0] == len(axes) - 1:
        return matrix.reshape(shape)
    front = [shape[acting[0]], *shape[: acting[0]], *shape[acting[0] + 1 :]]
    return np.moveaxis(matrix.reshape(front), 0, acting[0])


def filled(
    form: Form, seed: int = 0, fill: Callable[..., Callable[..., Array]] = random_polynomial
) -> Callable[..., Any]:
    """The form as a function of arrays in the user's layout."""
    problem = form.problem
    assert problem is not None

    def function(*arrays: Array) -> Any:
        lengths = {}
        for tensor, array in zip(problem.inputs, arrays, strict=True):
            lengths.update(zip(tensor.axes, np.shape(array), strict=True))
        values = {}
        for variable, tensor, array in zip(form.inputs, problem.inputs, arrays, strict=True):
            values[variable.name] = as_matrix(array, tensor, problem)
        sizes = {str(axis): length for axis, length in lengths.items()}
        for variable in form.inputs:
            for size, length in zip(variable.shape, values[variable.name].shape, strict=True):
                ((name, times),) = size.parts or (("", 1),)
                sizes[name] = length // times
        lengths.update({axis: axis for axis in problem.axes if isinstance(axis, int)})
        functions: dict[str, Callable[..., Array]] = {}
        if form.within:
            sizes = {**sizes, **_widths(form)}
            functions.update({part.function.name: _gathered(part, sizes, problem, seed) for part in form.within})
            functions.update(_statistics(form, sizes, functions))
        else:
            functions.update({g.name: fill(g, sizes, problem, seed) for g in form.free_functions})
        found = [value(equation.right, sizes, values, functions) for equation in form.equations]
        outputs = tuple(from_matrix(m, t, problem, lengths) for m, t in zip(found, problem.outputs, strict=True))
        return outputs[0] if len(outputs) == 1 else outputs

    return function


def _widths(form: Form) -> Sizes:
    """The names of sizes that no input has, such as the number of statistics where it is left open."""
    return {name: 2 for part in form.within for size in part.function.codomain for name in size.names if name == "r"}


def _gathered(part: Form, sizes: Sizes, problem: Problem, seed: int) -> Callable[..., Array]:
    """A function from which a form of finite information is gathered, by its own form."""
    free = {g.name: random_polynomial(g, sizes, problem, seed) for g in part.free_functions}

    def function(*arguments: Array) -> Array:
        values = {variable.name: array for variable, array in zip(part.inputs, arguments, strict=True)}
        return value(part.body, sizes, values, free)

    return function


def _statistics(form: Form, sizes: Sizes, functions: Mapping[str, Callable[..., Array]]) -> dict[str, Any]:
    """The statistics at a position, as the form defines them."""
    found = {}
    for equation in form.gathered[1:]:
        assert isinstance(equation.left, Apply)
        names = [argument.name for argument in equation.left.arguments if isinstance(argument, Variable)]

        def function(*arguments: Array, right: Term = equation.right, names: list[str] = names) -> Array:
            return value(right, sizes, dict(zip(names, arguments, strict=True)), functions)

        found[equation.left.function.name] = function
    return found
