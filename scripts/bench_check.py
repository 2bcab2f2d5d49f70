"""How long `check` takes: what one more trial costs beside the work that no checker can avoid, and the fixed battery.

The work that cannot be avoided is the function on one transformed input, and the products with Q of inputs and output.
SciPy's sampler of the Haar measure in a plain loop is measured beside it. One process, one thread of BLAS, processor
time; all in turns.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LARGE", "Cost", "cost"]


@dataclass(frozen=True)
class Size:
    """Sizes of softmax attention, how many trials are timed, and the most that a trial may cost."""

    d: int
    n: int
    m: int
    trials: tuple[int, int]
    limit: float


LARGE = (
    Size(8, 16, 8, (1000, 100), 1.1),
    Size(64, 128, 64, (1000, 100), 1.3),
    Size(128, 512, 64, (400, 40), 1.2),
    Size(512, 1024, 64, (70, 6), 1.2),
)


@dataclass(frozen=True)
class Cost:
    """Seconds of a trial, of the work it cannot avoid and of SciPy's loop; and of everything else."""

    trial: float
    work: float
    scipy: float
    battery: float


def cost(size: Size, rounds: int) -> Cost:
    """The medians of several rounds."""
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    import numpy as np
    from scipy.stats import ortho_group

    from symmetry import Problem, check
    from symmetry.examples import attention

    sizes = {"d": size.d, "n": size.n, "m": size.m}
    problem = Problem("X: d n, Z: d m -> d n", group="O(d)", **sizes)
    rng = np.random.default_rng(0)
    x, z = (rng.standard_normal((size.d, k)) for k in (size.n, size.m))
    q = ortho_group.rvs(size.d, random_state=rng)
    y = attention(x, z)
    many, few = size.trials

    def work() -> None:
        for _ in range(many - few):
            attention(q @ x, q @ z)
            q @ y

    def scipy() -> None:
        for _ in range((many - few) // 4):
            drawn = ortho_group.rvs(size.d, random_state=rng)
            np.linalg.norm(attention(drawn @ x, drawn @ z) - drawn @ y)

    def checked(trials: int) -> None:
        if not check(attention, problem, trials=trials).ok:
            raise RuntimeError("attention is not found equivariant")

    pieces: dict[str, Callable[[], None]] = {
        "work": work,
        "scipy": scipy,
        "many": lambda: checked(many),
        "few": lambda: checked(few),
    }
    found: dict[str, list[float]] = {name: [] for name in pieces}
    checked(1)
    for _ in range(rounds):
        for name, piece in pieces.items():
            start = time.process_time()
            piece()
            found[name].append(time.process_time() - start)
    middle = {name: statistics.median(values) for name, values in found.items()}
    trial = (middle["many"] - middle["few"]) / (many - few)
    return Cost(
        trial=trial,
        work=middle["work"] / (many - few),
        scipy=middle["scipy"] / ((many - few) // 4),
        battery=middle["few"] - few * trial,
    )


if __name__ == "__main__":
    import json
    import sys
    from dataclasses import asdict

    print(json.dumps([asdict(cost(size, int(sys.argv[1]))) for size in LARGE]))
