"""Functions of NumPy, PyTorch and JAX are called as they come, in the precision asked for, and left as they were."""

from __future__ import annotations

import copy
import functools
import importlib
import sys
import warnings
from unittest import mock

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from symmetry.checks.function import check
from symmetry.checks.function.calls.backends import candidates
from symmetry.checks.function.calls.calling import Callee, Failed, Unfit
from symmetry.checks.function.calls.determinism import probe
from symmetry.errors import FunctionError, UsageError
from symmetry.problem import Problem

jax = importlib.import_module("jax")
jnp = importlib.import_module("jax.numpy")

ROWS = "X: n d -> n d"
D, N, M = 8, 5, 3


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def call(function, line=ROWS, dtype=np.float64, seed=0, **options):
    """The callee, and its output at one generic point."""
    problem = Problem(line).at(**{axis: {"d": D, "n": N, "m": M}[axis] for axis in Problem(line).symbolic})
    callee = Callee(function, problem, **options)
    rng = np.random.default_rng(seed)
    return callee, callee([rng.standard_normal(problem.shape(t)).astype(dtype) for t in problem.inputs], problem)


# Verdicts that are known ----------------------------------------------------------------------------------------------


def self_attention(layer):
    return lambda X: layer(X, X, X, need_weights=False)[0]


def dot_product(X, Z):
    return functional.scaled_dot_product_attention(X[None], Z[None], Z[None])[0]


def causal(X):
    return functional.scaled_dot_product_attention(X[None], X[None], X[None], is_causal=True)[0]


def attend(X):
    return jax.nn.softmax(X @ X.T, axis=-1) @ X


def causal_jax(X):
    scores = jnp.where(jnp.tril(jnp.ones((len(X), len(X)), bool)), X @ X.T, -jnp.inf)
    return jax.nn.softmax(scores, axis=-1) @ X


class Force:
    """Minus the gradient of an energy that depends on distances."""

    def __call__(self, X):
        X = X.requires_grad_()
        return -torch.autograd.grad(torch.cdist(X, X).pow(2).tanh().sum(), X)[0]


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def times(self, X):
        return X * self.factor


def scripted(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.script(module)


BATCHED = {"batch_first": True}
TRUTHS = {  # name: function, group, verdict, whether it is made for one d
    "MultiheadAttention": (lambda: self_attention(nn.MultiheadAttention(D, 2, **BATCHED)), "S(n)", "holds", True),
    "MultiheadAttention, turned": (lambda: self_attention(nn.MultiheadAttention(D, 2)), "O(d)", "violated", True),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(D, 2, 16, **BATCHED), "S(n)", "holds", True),
    "TransformerEncoderLayer, turned": (lambda: nn.TransformerEncoderLayer(D, 2, 16), "O(d)", "violated", True),
    "LayerNorm": (lambda: nn.LayerNorm(D, elementwise_affine=False), "S(n)", "holds", True),
    "LayerNorm, turned": (lambda: nn.LayerNorm(D, elementwise_affine=False), "O(d)", "violated", True),
    "scripted": (lambda: scripted(nn.LayerNorm(D)), "S(n)", "holds", True),
    "scaled_dot_product_attention": (lambda: dot_product, "O(d)", "holds", False),
    "causal attention": (lambda: causal, "S(n)", "violated", False),
    "forces": (Force, "O(d)", "holds", False),
    "torch.vmap": (lambda: torch.vmap(lambda x: x * x.norm()), "O(d)", "holds", False),
    "JAX attention": (lambda: attend, "O(d)", "holds", False),
    "jitted": (lambda: jax.jit(attend), "S(n)", "holds", False),
    "vmapped": (lambda: jax.vmap(lambda x: jnp.tanh(jnp.sum(x**2)) * x), "O(d)", "holds", False),
    "jitted, causal": (lambda: jax.jit(causal_jax), "S(n)", "violated", False),
    "jax.nn.relu": (lambda: jax.nn.relu, "O(d)", "violated", False),
    "method": (lambda: Scale(3.0).times, "O(d)", "holds", False),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_verdict_is_the_known_one(name):
    make, group, expected, is_made_for_one = TRUTHS[name]
    line = "X: n d, Z: m d -> n d" if make() is dot_product else ROWS
    sizes = [{"n": N, "d": D}] if is_made_for_one else [{"n": 4, "d": 3}]
    sizes = [{**assignment, "m": 2} for assignment in sizes] if "m d" in line else sizes
    report = check(make(), Problem(line, group=group), sizes=sizes, trials=1)
    assert report.verdicts == {group: expected}, str(report)


class Bewildering:
    """Whatever is asked of it fails."""

    @property
    def __class__(self):
        raise RuntimeError("no class")

    def __getattr__(self, name):
        raise RuntimeError(name)


def test_object_that_cannot_be_looked_at_is_passed_over():
    odd = Bewildering()
    callee, _ = call(lambda X, calls=mock.call: X if odd else calls)
    assert callee.backend == "numpy"


# Which backend --------------------------------------------------------------------------------------------------------

WEIGHT = torch.ones(D, D)


def annotated(X: torch.Tensor):
    return X.relu()


def imports_inside(X):
    import jax.numpy as inner

    return inner.tanh(X)


def asks_helper(X):
    return attend(X) * 2


class Holds:
    """Its attribute has the name of a global tensor, and is none."""

    def __init__(self):
        self.WEIGHT = np.ones((D, D))

    def __call__(self, X):
        return X @ self.WEIGHT


BACKEND = {
    "module": (lambda: nn.Linear(D, D), "torch"),
    "method of a module": (lambda: nn.Linear(D, D).forward, "torch"),
    "partial of a function": (lambda: functools.partial(functional.softmax, dim=-1), "torch"),
    "partial with a module": (lambda: functools.partial(lambda layer, X: layer(X), nn.Linear(D, D)), "torch"),
    "closure over a module": (lambda: (lambda layer: lambda X: layer(X))(nn.Linear(D, D)), "torch"),
    "global tensor": (lambda: lambda X: X @ WEIGHT, "torch"),
    "annotation": (lambda: annotated, "torch"),
    "scripted module": (lambda: scripted(nn.Linear(D, D)), "torch"),
    "jitted": (lambda: jax.jit(attend), "jax"),
    "import inside": (lambda: imports_inside, "jax"),
    "helper": (lambda: asks_helper, "jax"),
    "transformed": (lambda: jax.vmap(jnp.tanh), "jax"),
    "NumPy": (lambda: lambda X: np.tanh(X), "numpy"),
    "neither": (lambda: lambda X: X * 2, "numpy"),
    "object of arrays": (Holds, "numpy"),
}


@pytest.mark.parametrize("name", BACKEND)
def test_backend_is_seen_from_what_the_function_reaches(name):
    make, expected = BACKEND[name]
    assert candidates(make())[0] == expected
    callee, _ = call(make())
    assert callee.backend == expected and not callee.remarks


def test_first_call_shows_that_tensors_are_meant():
    callee, _ = call(lambda X: X.softmax(-1))
    assert callee.backend == "torch"
    (remark,) = callee.remarks
    assert remark.startswith("is given PyTorch tensors, since NumPy arrays gave AttributeError: 'numpy.ndarray' object")


def test_first_call_shows_that_arrays_are_meant():
    callee, _ = call(lambda X: torch.from_numpy(X) * 2)
    assert callee.backend == "numpy" and "since PyTorch tensors gave TypeError" in callee.remarks[0]


def test_error_of_the_function_itself_is_the_one_that_is_told():
    with pytest.raises(Failed, match=r"'numpy.ndarray' object has no attribute 'nonsense'"):
        call(lambda X: X.nonsense())


def test_backend_that_is_given_is_taken():
    seen = []
    call(lambda X: seen.append(type(X)) or X, backend="torch")
    call(lambda X: seen.append(type(X)) or X, backend="numpy")
    assert seen == [torch.Tensor, np.ndarray]
    with pytest.raises(UsageError, match="backend='mxnet' is none of numpy, torch, jax"):
        call(lambda X: X, backend="mxnet")


def test_framework_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(UsageError, match=r"needs JAX, which cannot be imported .* pip install 'symmetry\[jax\]'"):
        call(lambda X: X, backend="jax")


def test_class_of_modules_is_refused():
    with pytest.raises(FunctionError, match=r"Linear is a class, not a module; make one, model = Linear\(...\)"):
        call(nn.Linear)


# Precision ------------------------------------------------------------------------------------------------------------


class Narrow(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype
        self.linear = nn.Linear(D, D).to(dtype)

    def forward(self, X):
        return self.linear(X.to(self.dtype))


class Halved(nn.Module):
    def forward(self, X):
        return X.to(torch.bfloat16)


PRECISION = {  # function, log2 of the unit roundoff for float64, for float32, remark for float64
    "float32 module": (lambda: nn.Linear(D, D), -53, -24, None),
    "float64 module": (lambda: nn.Linear(D, D).double(), -53, -24, None),
    "bfloat16 module": (lambda: nn.Linear(D, D).bfloat16(), -53, -24, None),
    "float32 inside": (lambda: Narrow(torch.float32), -24, -24, "returns float32 for float64 input"),
    "bfloat16 inside": (lambda: Narrow(torch.bfloat16), -8, -8, "returns bfloat16 for float64 input"),
    "float32 constant": (lambda: lambda X: X @ torch.eye(D, dtype=torch.float32), -24, -24, "takes float32 only"),
    "constant of the default type": (lambda: lambda X: X @ torch.eye(D), -53, -24, None),
    "global tensor": (lambda: lambda X: X @ WEIGHT, -53, -24, None),
    "JAX": (lambda: attend, -53, -24, None),
    "JAX, float32 inside": (lambda: lambda X: X.astype(jnp.float32), -24, -24, "returns float32 for float64 input"),
    "JAX, bfloat16 inside": (lambda: lambda X: X.astype(jnp.bfloat16), -8, -8, "returns bfloat16 for float64 input"),
    "NumPy": (lambda: np.tanh, -53, -24, None),
    "NumPy, float16 inside": (lambda: lambda X: X.astype(np.float16), -11, -11, "returns float16 for float64 input"),
}


@pytest.mark.parametrize("name", PRECISION)
def test_unit_roundoff_is_that_of_the_lowest_precision(name):
    make, double, single, remark = PRECISION[name]
    for dtype, expected in ((np.float64, double), (np.float32, single)):
        callee, output = call(make(), dtype=dtype)
        assert output.unit == 2.0**expected and output.values[0].dtype == np.float64
        if remark is not None and dtype == np.float64:
            assert any(remark in text for text in callee.remarks), callee.remarks
    assert remark is not None or not callee.remarks


def test_float64_constant_is_met_by_float64_inputs():
    callee, output = call(lambda X: X @ torch.eye(D, dtype=torch.float64), dtype=np.float32)
    assert output.unit == 2.0**-24
    assert "takes float64 only, so its inputs are converted to that" in callee.remarks


def test_float64_for_float32_is_remarked():
    callee, _ = call(lambda X: X.astype(np.float64), dtype=np.float32)
    assert callee.remarks == ["returns float64 for float32 input"]


def test_quantised_module_runs_in_its_own_precision():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantised = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(D, D)), {nn.Linear})
        callee, output = call(quantised)
    assert output.unit == 2.0**-24 and "takes float32 only, so its inputs are converted to that" in callee.remarks


def test_double_precision_is_exact_for_single_weights():
    layer = nn.Linear(D, D)
    _, output = call(layer, seed=3)
    x = np.random.default_rng(3).standard_normal((N, D))
    weight, bias = (p.detach().numpy().astype(np.float64) for p in (layer.weight, layer.bias))
    np.testing.assert_allclose(output.values[0], x @ weight.T + bias, rtol=1e-13)


def test_long_double_stays_long_double():
    _, output = call(np.tanh, dtype=np.longdouble)
    assert output.values[0].dtype == np.longdouble and output.unit == float(np.finfo(np.longdouble).eps) / 2
    _, output = call(lambda X: X.astype(np.float64), dtype=np.longdouble)
    assert output.values[0].dtype == np.longdouble and output.unit == 2.0**-53
    _, output = call(lambda X: X * 1j, dtype=np.longdouble)
    assert output.values[0].dtype == np.clongdouble


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        (lambda X: np.linalg.qr(X)[0] @ np.linalg.qr(X)[1], "unsupported in linalg"),
        (lambda X: X @ WEIGHT, "PyTorch has no long double"),
        (lambda X: jnp.tanh(X), "JAX has no long double"),
    ],
    ids=["linalg", "torch", "jax"],
)
def test_function_without_long_double_has_no_value_there(f, reason):
    call(f)
    with pytest.raises(Failed, match=reason):
        call(f, dtype=np.longdouble)


# What is the user's stays as it was -----------------------------------------------------------------------------------


def make_model():
    model = nn.Sequential(nn.Linear(D, D), nn.BatchNorm1d(D), nn.Dropout(0.5), nn.Linear(D, D))
    model.train()
    model[1].eval()
    model[3].weight.requires_grad_(False)
    return model


def state(model):
    flags = [module.training for module in model.modules()]
    tensors = {
        name: (t.dtype, t.data_ptr(), t.requires_grad, t.detach().clone())
        for name, t in model.state_dict(keep_vars=True).items()
    }
    return flags, tensors


WAYS = {
    "itself": lambda model: model,
    "method": lambda model: model.forward,
    "partial": lambda model: functools.partial(lambda layer, X: layer(X), model),
    "closure": lambda model: lambda X: model(X),
    "attribute": lambda model: Wraps(model),
}


class Wraps:
    def __init__(self, model):
        self.model = model

    def __call__(self, X):
        return self.model(X)


@pytest.mark.parametrize("way", WAYS)
def test_module_is_left_as_it_was_and_run_in_evaluation_mode(way):
    model = make_model()
    flags, tensors = state(model)
    report = check(WAYS[way](model), Problem(ROWS, group="S(n)"), sizes=[{"n": N, "d": D}], trials=1)
    assert report.verdicts == {"S(n)": "holds"}, str(report)  # dropout would be noise
    flags_after, tensors_after = state(model)
    assert flags_after == flags
    for name, (dtype, pointer, needs_gradient, values) in tensors.items():
        after = tensors_after[name]
        assert after[:3] == (dtype, pointer, needs_gradient) and torch.equal(after[3], values), name


def test_module_that_cannot_be_copied_is_left_as_it_was():
    model = make_model()
    model.extra = model[0].weight * 2  # has a history, which deepcopy refuses
    with pytest.raises(RuntimeError, match="deepcopy"):
        copy.deepcopy(model)
    flags, tensors = state(model)
    assert call(model)[1].unit == 2.0**-53
    assert state(model)[0] == flags and model[0].weight.dtype == torch.float32
    assert all(state(model)[1][name][1] == pointer for name, (_, pointer, _, _) in tensors.items())


def test_buffer_that_counts_in_a_closure_is_left_as_it_was():
    class Adds(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("count", torch.zeros(()))

        def forward(self, X):
            self.count.add_(1)
            return X

    model = Adds()
    for dtype in (np.float32, np.float64):
        call(lambda X: model(X), dtype=dtype)
    assert model.count == 0


def test_failing_module_is_put_back():
    layer = nn.Linear(D, D)

    def fails(X):
        layer(X)
        raise ValueError("afterwards")

    layer.train()
    with pytest.raises(Failed, match="afterwards"):
        call(fails)
    assert layer.training and layer.weight.dtype == torch.float32


def test_modes_of_the_frameworks_are_put_back():
    call(lambda X: X @ WEIGHT)
    call(attend)
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
    assert not jax.config.jax_enable_x64 and jnp.ones(2).dtype == jnp.float32


def test_no_gradients_are_recorded_unless_they_are_needed():
    seen = []

    def watches(X):
        seen.append(torch.is_grad_enabled())
        return X @ WEIGHT

    call(watches)
    assert seen == [False]
    call(Force())


def test_changed_modes_are_remarked():
    def changes(X):
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float16)
        return X

    callee, _ = call(changes)
    assert [text.partition(";")[0] for text in callee.remarks] == [
        "changes PyTorch's default dtype",
        "changes PyTorch's gradient mode",
    ]
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32


# Determinism ----------------------------------------------------------------------------------------------------------


class Counts(nn.Module):
    calls = 0

    def forward(self, X):
        self.calls += 1
        return X * self.calls


class Remembers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("last", torch.zeros(N, D))

    def forward(self, X):
        if not torch.equal(X, self.last):
            self.before, self.last = self.last, X.clone()
        return X + self.before


random_state = np.random.RandomState(0)
numbers = iter(range(1, 1000))
UNFIT = {
    "F.dropout": (lambda: lambda X: functional.dropout(X, 0.5), "two calls .*; it calls dropout, which drops unless"),
    "nn.Dropout": (lambda: lambda X: nn.Dropout(0.5)(X), r"two calls .*; it contains nn.Dropout; call .eval\(\)"),
    "counts": (Counts, "two calls on the same input gave different outputs; fix what it draws or remembers"),
    "remembers": (Remembers, r"keeps state between calls: f\(x\) changed after a call at another input"),
    "NumPy inside JAX": (lambda: lambda X: jnp.tanh(X) + random_state.standard_normal(X.shape), "not deterministic"),
    "hardly random inside JAX": (
        lambda: lambda X: jnp.tanh(X) * (1 + 1e-12 * random_state.standard_normal()),
        "not deterministic",
    ),
    "counter inside JAX": (lambda: lambda X: jnp.tanh(X) * next(numbers), "not deterministic"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_function_that_is_not_one_is_unfit(name):
    make, reason = UNFIT[name]
    problem = Problem(ROWS, n=N, d=D)
    with pytest.raises(Unfit, match=reason):
        probe(Callee(make(), problem), problem, np.random.default_rng(0))


def test_random_numbers_from_a_fixed_key_are_fine():
    problem = Problem(ROWS, n=N, d=D)
    f = lambda X: X + jax.random.normal(jax.random.PRNGKey(0), X.shape)  # noqa: E731
    probe(Callee(f, problem), problem, np.random.default_rng(0))


def test_function_that_cannot_be_compiled_runs_step_by_step():
    callee, output = call(lambda X: X if jnp.sum(X) > 0 else -X)
    assert callee.remarks == ["cannot be compiled by jax.jit (TracerBoolConversionError), so it runs step by step"]
    assert output.values[0].shape == (N, D)


def test_function_that_cannot_be_compiled_at_some_sizes_runs_there_as_it_is():
    f = lambda X: X if len(X) == N or jnp.sum(X) < 0 else -jnp.tanh(X)  # noqa: E731
    callee, _ = call(f)
    assert not callee.remarks
    assert callee([np.ones((2, D))], Problem(ROWS, n=2, d=D)).values[0][0, 0] == -np.tanh(1)
    assert "runs step by step" in callee.remarks[0]


def test_tracers_that_a_function_keeps_do_no_harm():
    kept = []
    f = lambda X: (kept.append(X), jnp.tanh(X) + 0 * kept[0])[1]  # noqa: E731
    callee, output = call(f)
    again = callee([np.ones((N, D))], Problem(ROWS, n=N, d=D))
    assert output.unit == 2.0**-53 and np.all(again.values[0] == np.tanh(1))


def test_change_in_place_is_seen_in_tensors():
    with pytest.raises(Unfit, match=r"changes its input X in place; work on a copy \(X = X.clone\(\)\)"):
        call(lambda X: X.mul_(WEIGHT[0, 0] * 2))


# Outputs --------------------------------------------------------------------------------------------------------------


def test_dictionary_is_read_by_the_names_of_outputs():
    _, output = call(lambda X: {"two": 2 * X, "one": X, "more": None}, "X: n d -> one: n d, two: n d")
    np.testing.assert_allclose(output.values[1], 2 * output.values[0])


REFUSED = {
    "dictionary": (lambda X: {"out": X, "w": X}, ROWS, r"with out, w, but .* name the outputs .*\(-> out: .*\['out'\]"),
    "missing key": (lambda X: {"out": X}, "X: n d -> other: n d", "with out, but .* asks for other"),
    "tuple": (
        lambda X: (X @ WEIGHT, None),
        ROWS,
        r"2 values \(a Tensor of shape \(5, 8\), None\).*lambda \*x: f\(\*x\)\[0\]",
    ),
    "two shapes": (lambda X: (X @ WEIGHT, X[0]), ROWS, "returned 2 values"),
    "one value": (lambda X: X @ WEIGHT, "X: n d -> n d, n d", "returned one Tensor, but .* has 2 outputs"),
    "too many arguments": (nn.MultiheadAttention(D, 2), ROWS, "missing a required argument: 'key'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_output_that_does_not_fit_is_refused_with_advice(name):
    f, line, message = REFUSED[name]
    with pytest.raises(FunctionError, match=message):
        call(f, line)


FINE = {
    "list of rows": lambda X: [row * WEIGHT[0, 0] for row in X],
    "needs gradient": lambda X: (X @ WEIGHT).requires_grad_(),
    "conjugate": lambda X: torch.complex(X, X).conj(),
    "sparse": lambda X: (X @ WEIGHT).to_sparse(),
    "whole numbers": lambda X: X.argsort(-1) * WEIGHT[0].long(),
    "truth values": lambda X: (X @ WEIGHT) > 0,
    "NumPy from torch": lambda X: (X @ WEIGHT).numpy(),
    "torch from NumPy": lambda X: torch.from_numpy(np.tanh(np.asarray(X))),
    "Dask": lambda X: dask_array().from_array(X).map_blocks(np.tanh),
}


def dask_array():
    return importlib.import_module("dask.array")


@pytest.mark.parametrize("name", FINE)
def test_whatever_becomes_an_array_is_an_output(name):
    assert call(FINE[name])[1].values[0].shape == (N, D)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda X: np.where(X == X[0, 0], np.nan, X), "^the output is not finite: 1 of its 40 entries is NaN$"),
        (lambda X: np.abs(X) / (X - X[0]), "8 of its 40 entries are infinite$"),
        (lambda X: np.where(X > 0, np.inf, np.nan), r"\d+ of its 40 entries are NaN and \d+ are infinite"),
    ],
)
def test_entries_that_are_not_finite_are_counted(f, message):
    with np.errstate(all="ignore"), pytest.raises(Failed, match=message):
        call(f)


def test_output_that_is_not_finite_is_named():
    with pytest.raises(Failed, match=r"^output 2 V is not finite: it is NaN$"):
        call(lambda X: (X, np.nan), "X: n d -> U: n d, V:")


# Parameters as inputs -------------------------------------------------------------------------------------------------


class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.memory = nn.Parameter(torch.randn(M, D))
        self.proj = nn.Linear(D, D)
        self.register_buffer("scale", torch.ones(()))

    def forward(self, X):
        return self.scale * torch.softmax(X @ self.memory.T, -1) @ self.memory


WITH_MEMORY = "X: n d, Z: m d -> n d"


@pytest.mark.parametrize("params", [{"Z": "memory"}, {"Z": "mem"}], ids=["path", "beginning"])
def test_parameter_is_an_input(params):
    model = Memory()
    before = model.memory.detach().clone()
    report = check(model, Problem(WITH_MEMORY, group="O(d) x S(m)"), params=params, trials=1)
    assert report.ok and all(sizes["d"] == D and sizes["m"] == M for sizes in report.sizes), str(report)
    assert torch.equal(model.memory, before) and model.memory.dtype == torch.float32
    _, output = call(model, WITH_MEMORY, params=params, seed=5)
    rng = np.random.default_rng(5)
    x, z = (torch.from_numpy(rng.standard_normal(shape)) for shape in ((N, D), (M, D)))
    np.testing.assert_allclose(output.values[0], (torch.softmax(x @ z.T, -1) @ z).numpy(), rtol=1e-12)


def test_parameter_in_a_closure_is_refused_and_in_a_list_found():
    with pytest.raises(FunctionError, match=r"<lambda> has no parameters, so that 'Z' cannot be one: give the module"):
        model = Memory()
        call(lambda X: model(X), WITH_MEMORY, params=["Z"])
    call(Memory(), "X: n d, memory: m d -> n d", params=["memory"])


def test_attribute_of_an_object_is_an_input():
    holder = Holds()
    own = holder.WEIGHT
    for f in (holder, holder.__call__, functools.partial(holder)):
        _, output = call(f, "X: n d, W: d d -> n d", params={"W": "WEIGHT"}, seed=2)
        rng = np.random.default_rng(2)
        np.testing.assert_allclose(output.values[0], rng.standard_normal((N, D)) @ rng.standard_normal((D, D)))
    assert holder.WEIGHT is own


def test_parameter_of_a_module_that_an_object_holds_is_an_input():
    model = Memory()
    for f in (Wraps(model), Wraps(model).__call__):
        _, output = call(f, WITH_MEMORY, params={"Z": "model.memory"}, seed=5)
        assert not np.allclose(output.values[0], call(f, seed=5)[1].values[0])


def test_wrong_shape_of_a_built_in_function_is_refused():
    with pytest.raises(FunctionError, match="returned shape"):
        call(torch.trace, "X: n d -> n d")


PARAMETERS = {
    "no such": ({"Z": "keys"}, WITH_MEMORY, FunctionError, r"no parameter 'keys'; it has .*memory \(3, 8\)"),
    "no such input": ({"Y": "memory"}, WITH_MEMORY, UsageError, "no input 'Y' in .*; it has X, Z"),
    "transposed": ({"Z": "memory"}, "X: n d, Z: d m -> n d", FunctionError, r"\(3, 8\).*Z.*\(out, in\)"),
    "other axes": (
        {"Z": "memory"},
        "X: n d, Z: m -> n d",
        FunctionError,
        "shape .3, 8., but the input Z has the axes 'm'",
    ),
    "one twice": ({"Z": "memory", "W": "mem"}, "X: n d, Z: m d, W: m d -> n d", UsageError, "two inputs would both be"),
    "ambiguous": ({"Z": "proj"}, "X: n d, Z: d d -> n d", FunctionError, r"2 parameters 'proj'.*as in Z=proj.weight"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_that_does_not_fit_is_refused(name):
    params, line, kind, message = PARAMETERS[name]
    with pytest.raises(kind, match=message):
        call(Memory(), line, params=params)


def test_sizes_that_do_not_fit_a_parameter_are_refused():
    with pytest.raises(UsageError, match="already has size 8"):
        check(Memory(), Problem(WITH_MEMORY, group="O(d)"), params={"Z": "memory"}, sizes=[{"n": 2, "d": 4, "m": 3}])


def test_module_made_for_other_sizes_says_for_which():
    report = check(nn.Linear(6, 7), Problem("X: n k -> n d", group="S(n)"), sizes=[{"n": 2, "k": 3, "d": 7}])
    assert "its parameters have the sizes 6, 7" in report.evidence["S(n)"].detail
    with pytest.raises(FunctionError, match="its parameters have the sizes 6, 7: give the sizes for which it is made"):
        check(nn.Linear(6, 7), Problem("X: n k -> n d", group="S(n)"), sizes=[{"n": 2, "k": 6, "d": 3}])
