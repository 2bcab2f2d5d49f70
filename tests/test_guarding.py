"""Whatever a function does, a check ends with a message of its own, and leaves the process as it was."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from symmetry.checks.function import check
from symmetry.checks.function.calls import guarding
from symmetry.checks.function.calls.calling import Callee, Failed, Unfit
from symmetry.checks.function.calls.determinism import probe
from symmetry.checks.function.calls.guarding import Limit, TimedOut, preserved
from symmetry.checks.function.calls.isolation import Ended, isolated, stage
from symmetry.cli.limits import byte_count, read_params, seconds
from symmetry.errors import FunctionError, SymmetryError, UsageError
from symmetry.problem import Problem

LINE, GROUP = "X: d n -> d n", "O(d)"
AT = Problem(LINE, d=3, n=2)
X = np.arange(6.0).reshape(3, 2)

# State of the process -------------------------------------------------------------------------------------------------


def set_variable():
    os.environ["SYMMETRY_TEST_VARIABLE"] = "1"


CHANGES = {
    "NumPy's global random generator": lambda: np.random.seed(5),
    "Python's global random generator": lambda: random.random(),
    "how NumPy reports floating-point errors (np.seterr)": lambda: np.seterr(over="raise"),
    "the working directory": lambda: os.chdir("/"),
    "environment variables": set_variable,
}


def shared_state():
    return np.random.get_state()[1].tolist(), random.getstate(), np.geterr(), os.getcwd(), dict(os.environ)


def test_random_numbers_that_another_thread_draws_are_not_remarked():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="IO loop")
    thread.start()
    try:
        with preserved(0) as changes:
            random.random()
    finally:
        stop.set()
        thread.join()
    assert changes == []


@pytest.mark.parametrize("name", CHANGES)
def test_changed_state_is_remarked_and_restored(name, monkeypatch):
    monkeypatch.setattr(guarding, "_another_draws", lambda: False)  # a cluster of another test may be there
    before = shared_state()
    with preserved(0) as changes:
        CHANGES[name]()
    assert changes == [f"changes {name}; it was restored"]
    assert shared_state() == before


@pytest.mark.parametrize("name", CHANGES)
def test_check_leaves_the_state_as_it_was(name):
    def f(X):
        CHANGES[name]()
        return X

    before = shared_state()
    assert check(f, Problem(LINE, group=GROUP), sizes=[{"d": 3, "n": 2}], trials=1).ok
    assert shared_state() == before


def test_nothing_is_remarked_where_nothing_changed():
    with preserved(0) as changes:
        np.random.default_rng().standard_normal(3)
        random.Random(1).random()
        with np.errstate(over="raise"):
            pass
    assert changes == []


def test_state_is_restored_after_an_error():
    before = shared_state()
    with pytest.raises(ZeroDivisionError), preserved(3):
        np.random.seed(1)
        raise ZeroDivisionError
    assert shared_state() == before


def test_global_generator_of_another_kind_is_left_in_its_place():
    before = np.random.get_bit_generator()
    own = np.random.PCG64(3)
    np.random.set_bit_generator(own)
    try:
        state = own.state
        with preserved(0) as changes:
            np.random.standard_normal()
        assert len(changes) == 1 and own.state == state
    finally:
        np.random.set_bit_generator(before)


def test_global_random_numbers_are_the_same_each_time():
    def draw():
        with preserved(7):
            return np.random.standard_normal(), random.random()

    assert draw() == draw()


def test_deleted_working_directory_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with preserved(0) as changes:
        pass
    assert changes == []


# Determinism ----------------------------------------------------------------------------------------------------------


def adds_last():
    last = [np.zeros((3, 2))]

    def f(X):
        if not np.array_equal(X, last[-1]):
            last.append(X)
        return X + last[-2]

    return f


def doubles_every_third():
    calls = iter(range(10**6))
    return lambda X: X * (2 if next(calls) % 3 == 2 else 1)


def averages():
    total = [np.zeros((3, 2))]

    def f(X):
        total[0] = 0.9 * total[0] + 0.1 * X
        return X - total[0]

    return f


STATEFUL = {
    "random": (lambda: lambda X: X + np.random.standard_normal(X.shape), "two calls on the same input"),
    "hardly random": (lambda: lambda X: X * (1 + 1e-12 * np.random.standard_normal()), "two calls on the same input"),
    "running average": (averages, "two calls on the same input"),
    "remembers the last": (adds_last, "keeps state between calls"),
    "every third call": (doubles_every_third, "keeps state between calls"),
}


@pytest.mark.parametrize("name", STATEFUL)
def test_function_with_a_memory_is_unfit(name):
    make, message = STATEFUL[name]
    with pytest.raises(Unfit, match=message):
        probe(Callee(make(), AT), AT, np.random.default_rng(0))
    report = check(make(), Problem(LINE, group=GROUP), sizes=[{"d": 3, "n": 2}])
    assert report.verdicts == {GROUP: "inconclusive"} and message in (report.reason or "")


def doubles_what_it_has_seen():
    """The second time at any input but the first."""
    met = []

    def f(X):
        met.append(X.tobytes())
        return X * (2 if X.tobytes() in met[:-1] and X.tobytes() != met[0] else 1)

    return f


def test_each_input_is_asked_for_twice():
    with pytest.raises(Unfit, match="keeps state between calls"):
        probe(Callee(doubles_what_it_has_seen(), AT), AT, np.random.default_rng(0))


def caches():
    known = {}
    return lambda X: known.setdefault(X.tobytes(), X * 2)


STATELESS = {
    "cache by value": caches,
    "seeded": lambda: lambda X: X + np.random.default_rng(0).standard_normal(X.shape),
    "seeds the global generator": lambda: lambda X: np.random.seed(0) or X * np.random.standard_normal(),
    "counts only": lambda: lambda X, calls=[]: calls.append(1) or X,
    "other order of sums": lambda: lambda X: X * np.sum(np.random.permutation(X.ravel())),
}


@pytest.mark.parametrize("name", STATELESS)
def test_function_whose_value_stays_is_fine(name):
    probe(Callee(STATELESS[name](), AT), AT, np.random.default_rng(0))


# Time and memory ------------------------------------------------------------------------------------------------------


def spins(X):
    while True:
        pass


def swallows(X):
    while True:
        try:
            while True:
                time.sleep(0.01)
        except Exception:
            pass


@pytest.mark.parametrize("f", [spins, swallows])
def test_call_that_takes_too_long_has_no_value(f):
    before = signal.getsignal(signal.SIGALRM)
    callee = Callee(f, AT, timeout=0.05)
    with pytest.raises(Failed, match=r"^no value after 0.05 s at d=3, n=2; allow more time, or give smaller sizes$"):
        callee([X], AT)
    with pytest.raises(Failed, match="before, so it is not tried again"):
        callee([X], AT)
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_after_some_calls_that_take_too_long_none_is_made():
    callee = Callee(spins, Problem(LINE), timeout=0.01)
    for n in range(1, 4):
        with pytest.raises(Failed, match="no value after"):
            callee([np.ones((3, n))], Problem(LINE, d=3, n=n))
    with pytest.raises(Failed, match="not tried again"):
        callee([np.ones((3, 9))], Problem(LINE, d=3, n=9))


def test_violation_is_found_where_other_sizes_take_too_long():
    f = lambda X: spins(X) if X.shape[1] > 4 else abs(X)  # noqa: E731
    report = check(f, Problem(LINE, group=GROUP), timeout=0.1, sizes=[{"d": 2, "n": 5}, {"d": 3, "n": 2}])
    assert report.verdicts == {GROUP: "violated"}


def test_limit_passes_values_and_errors_on():
    limit = Limit(5.0)
    assert limit(divmod, [7, 2], {}) == (3, 1) and limit(dict, [], {"a": 1}) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        limit(divmod, [7, 0], {})
    with pytest.raises(TimedOut):
        Limit(0.01)(spins, [X], {})


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory"), RuntimeError("std::bad_alloc")]
)
def test_lack_of_memory_is_named(error):
    def f(X):
        raise error

    with pytest.raises(Failed, match=r"needs more than the .* at d=3, n=2; allow more, or give smaller sizes"):
        Callee(f, AT)([X], AT)


def test_exception_of_any_kind_is_a_reason():
    class Odd(BaseException):
        pass

    def f(X):
        raise Odd("one\nmore")

    with pytest.raises(Failed, match=r"Odd: one more \(test_guarding.py, line \d+\)"):
        Callee(f, AT)([X], AT)


@pytest.mark.parametrize(
    ("text", "value"), [("4G", 2**32), ("512m", 2**29), ("1.5 GiB", 3 * 2**29), ("99000000", 99000000)]
)
def test_amounts_of_memory_are_read(text, value):
    assert byte_count(text) == value


@pytest.mark.parametrize("text", ["", "4X", "-1G", "4 G G", "1K", "٤G", "1e9", "G"])
def test_other_amounts_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"memory|64M"):
        byte_count(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x", ""])
def test_seconds_are_positive(text):
    with pytest.raises(argparse.ArgumentTypeError, match="positive number of seconds"):
        seconds(text)


@pytest.mark.parametrize("texts", [[""], ["=w"], ["Z=,W"], ["Z", "Z=w"]])
def test_unreadable_parameters_are_refused(texts):
    with pytest.raises(UsageError, match="--params-as"):
        read_params(texts)


# Another process ------------------------------------------------------------------------------------------------------


def test_result_comes_back():
    assert isolated(lambda send: {"pid": os.getpid()})["pid"] != os.getpid()


def test_what_was_sent_is_kept():
    def run(send):
        send("first")
        send("second")
        stage("a call at d=3")
        os.kill(os.getpid(), signal.SIGSEGV)

    with pytest.raises(Ended) as caught:
        isolated(run)
    assert caught.value.reason == "the process was ended by signal SIGSEGV in a call at d=3"
    assert caught.value.partial == "second"


def test_stage_that_takes_too_long_is_ended():
    def run(send):
        stage("step 1")
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})
        swallows(X)

    with pytest.raises(
        Ended, match=r"^step 1 took longer than 0.1 s and could not be stopped but by ending the process$"
    ):
        isolated(run, seconds=lambda name: 0.1 if name == "step 1" else None)


@pytest.mark.parametrize("kind", [FunctionError, KeyboardInterrupt, MemoryError, ZeroDivisionError])
def test_error_comes_back(kind):
    def run(send):
        raise kind("words")

    with pytest.raises(kind, match="words"):
        isolated(run)


def test_error_of_a_kind_that_is_known_there_only_comes_back_as_text():
    class Own(Exception):
        pass

    def run(send):
        raise Own("words")

    with pytest.raises(SymmetryError, match="Own: words"):
        isolated(run)


def test_output_goes_nowhere_and_there_is_no_input(capfd):
    def run(send):
        print("Python")
        os.write(1, b"C")
        os.write(2, b"errors")
        return sys.stdin.read(), os.read(0, 10)

    assert isolated(run) == ("", b"")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_memory_is_limited():
    with pytest.raises(MemoryError):
        isolated(lambda send: len(bytearray(2**30)), memory=2**28)
    assert isolated(lambda send: len(bytearray(2**30))) == 2**30


def test_no_process_is_left():
    children = isolated(lambda send: [os.getpid(), subprocess.Popen(["sleep", "60"]).pid])
    for _ in range(100):
        if not any(map(is_running, children)):
            return
        time.sleep(0.05)
    raise AssertionError(children)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


# The command ----------------------------------------------------------------------------------------------------------

SOURCE = """
import ctypes, os, sys, time
import numpy as np

def crashes(X):
    if X.shape == (3, 5):
        ctypes.string_at(0)
    return X

def crashes_after_a_violation(X):
    if X.shape == (3, 5):
        ctypes.string_at(0)
    return abs(X)

def swallows(X):
    while X.shape == (3, 5):
        try:
            time.sleep(60)
        except BaseException:
            pass
    return X

def leaves(X):
    os._exit(7)

def fills_memory(X):
    return X * np.ones(2**29)[0]

def talks(X):
    print("Python")
    os.write(1, b"one")
    os.write(2, b"two")
    return X

def closes(X):
    os.closerange(3, 100)
    return X

def closes_and_hangs(X):
    os.closerange(3, 100)
    return swallows(np.ones((3, 5)))
"""
CRASH = "import ctypes\nctypes.string_at(0)\n"
BIG = "block = bytearray(2**31)\n"
TALK = "import os\nos.write(1, b'one')\nprint('two')\nf = abs\n"

COMMANDS = {  # name: function, exit status, what is said, where
    "crash": ("mine.py:crashes", 3, "the process was ended by signal SIGSEGV in a call at d=3, n=5"),
    "crash after a violation": ("mine.py:crashes_after_a_violation", 1, "violated"),
    "hang": ("mine.py:swallows", 3, "a call at d=3, n=5 took longer than 0.5 s"),
    "leaves": ("mine.py:leaves", 3, "the process ended itself with status 7 in a call at d=4, n=2"),
    "closes": ("mine.py:closes", 3, "the process ended itself with status 1"),
    "closes and hangs": ("mine.py:closes_and_hangs", 3, "a call at d=4, n=2 took longer than 0.5 s"),
    "memory": ("mine.py:fills_memory", 3, "needs more than the 1 GiB of memory that it may hold at d=4, n=2"),
    "talks": ("mine.py:talks", 0, "holds"),
    "crash while loading": ("crash.py:f", 2, "crash.py:f cannot be loaded: the process was ended by signal SIGSEGV"),
    "talks while loading": ("talk.py:f", 1, "violated"),
    "framework beyond the memory": (
        "big.py:f",
        2,
        "importing 'big.py' failed: MemoryError (big.py, line 1); it needs more than the 1 GiB of memory",
    ),
    "no such function": ("mine.py:crash", 2, "no 'crash' in mine.py; it has crashes"),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("functions")
    for name, text in {"mine": SOURCE, "crash": CRASH, "talk": TALK, "big": BIG}.items():
        (folder / f"{name}.py").write_text(text)
    started = {name: command(folder, case[0]) for name, case in COMMANDS.items()}
    return {name: (*process.communicate(), process.returncode) for name, process in started.items()}


def command(folder, function, *options):
    words = ["check", function, LINE, "--group", GROUP, "--timeout", "0.5", "--memory", "1G", "--json", *options]
    return subprocess.Popen(
        [sys.executable, "-m", "symmetry", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_command_ends_with_a_message_of_its_own(name, runs):
    _, status, message = COMMANDS[name]
    out, err, found = runs[name]
    assert found == status, out + err
    if status == 2:
        assert err.startswith("symmetry: ") and message in err and err.count("\n") == 1 and not out
        return
    assert err == ""
    report = json.loads(out)
    assert message in (report["evidence"][GROUP]["detail"], report["verdicts"][GROUP]) or message in str(report)


def test_what_was_compared_before_a_crash_is_kept(runs):
    report = json.loads(runs["crash"][0])
    assert report["evidence"][GROUP]["samples"] > 0 and report["reason"] and not report["ok"]
    assert json.loads(runs["crash after a violation"][0])["counterexamples"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_end_of_the_command_is_the_end_of_the_function(number, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import os, time\ndef f(X):\n    open('pid', 'w').write(str(os.getpid()) + '\\n')\n    time.sleep(600)\n"
    )
    process = command(tmp_path, "mine.py:f", "--timeout", "600")
    for _ in range(600):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"):
            break
        time.sleep(0.05)
    pid = int((tmp_path / "pid").read_text())
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number], out + err
    for _ in range(200):
        if not is_running(pid):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} goes on")
