"""How long the invariant engine takes, each piece of work in a process of its own, beside what others take for it.

The baselines are run here as well: the public package haarpy, and plain ways to the same answer with SymPy and FLINT.
Where a baseline would take too long, it does a smaller piece of work, and the row says which.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass

__all__ = ["WORK", "Work", "cold"]


@dataclass(frozen=True)
class Work:
    """Something to time: `setup` is not counted, nothing computed before `run` is kept from an earlier process.

    `limit` is in seconds; `each` divides the time, for a time per element. The baseline is a pair of a name and code
    to time in the same way.
    """

    what: str
    setup: str
    run: str
    limit: float
    unit: str = "s"
    each: float = 1.0
    baseline: tuple[str, str, str] | None = None


TIMED = "import time\n{setup}\nstart = time.perf_counter()\n{run}\nprint(time.perf_counter() - start)"


def cold(setup: str, run: str, rounds: int) -> float:
    """Median seconds of a piece of code, each time in a new process."""
    values = []
    for _ in range(rounds):
        program = TIMED.format(setup=setup, run=run)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        values.append(float(done.stdout))
    return statistics.median(values)


WEINGARTEN = "from sympy import Symbol\nfrom symmetry import weingarten_table\nd = Symbol('d')"
# The matrix of loops in the algebra of coset types, over all pair partitions, solved over ℚ(d).
PLAIN_TABLE = """
from collections import Counter
from sympy import QQ, Symbol
from sympy.polys.matrices import DomainMatrix
from symmetry.haar.pairings import coset_type, pair_partitions

def plain(k):
    field = QQ.frac_field(Symbol("d"))
    d = field.gens[0]
    pairings = list(pair_partitions(2 * k))
    first = pairings[0]
    by_type = {}
    for pairing in pairings:
        by_type.setdefault(coset_type(first, pairing), pairing)
    types = sorted(by_type)
    rows = []
    for target in types:
        counts = Counter()
        for pairing in pairings:
            loops = len(coset_type(by_type[target], pairing))
            counts[coset_type(first, pairing), loops] += 1
        powers = {kind: field.zero for kind in types}
        for (kind, loops), number in counts.items():
            powers[kind] += number * d**loops
        rows.append([powers[kind] for kind in types])
    right = [[field.one if target == (1,) * k else field.zero] for target in types]
    return DomainMatrix(rows, (len(types), len(types)), field).lu_solve(DomainMatrix(right, (len(types), 1), field))
"""
HAARPY_TABLE = """
from sympy import Symbol
from sympy.utilities.iterables import partitions
from haarpy import weingarten_orthogonal

def table(k):
    for parts in partitions(k):
        kind = tuple(sorted((p for p, times in parts.items() for _ in range(times)), reverse=True))
        weingarten_orthogonal(kind, Symbol("d"))
"""
REYNOLDS = """
from sympy import MatrixSymbol, Mul, Symbol
from symmetry import Inner, reynolds
d = Symbol("d")
Q = MatrixSymbol("Q", d, d)
k = {k}
fixed = [MatrixSymbol(f"e{{i}}", d, 1) for i in range(k)]
moved = [MatrixSymbol(f"y{{i}}", d, 1) for i in range(2 * k)]
product = Mul(*(Inner(fixed[i // 2], Q * moved[i]) for i in range(2 * k)))
"""
BASIS = "from symmetry import Problem, basis\nproblem = Problem('X: d n -> ', group='O(d)')"
NULLSPACE = """
from itertools import combinations_with_replacement
from flint import fmpz_mat

def nullspace(d, n, degree):
    \"\"\"Polynomials killed by so(d) and kept by a reflection, among all monomials in the entries.\"\"\"
    variables = [(i, j) for j in range(n) for i in range(d)]
    monomials = list(combinations_with_replacement(range(d * n), degree))
    place = {m: number for number, m in enumerate(monomials)}
    rows = []
    for a in range(d):
        for b in range(a):
            images = {}
            for m in monomials:
                for position, number in enumerate(m):
                    i, j = variables[number]
                    if i in (a, b):
                        other, sign = (b, 1) if i == a else (a, -1)
                        image = tuple(sorted((*m[:position], other + d * j, *m[position + 1 :])))
                        row = images.setdefault(image, {})
                        row[place[m]] = row.get(place[m], 0) + sign
            rows += images.values()
    for m in monomials:
        if sum(variables[number][0] == 0 for number in m) % 2:
            rows.append({place[m]: 1})
    matrix = fmpz_mat([[row.get(c, 0) for c in range(len(monomials))] for row in rows])
    return len(monomials) - matrix.rank()
"""
COMPLETENESS = "from symmetry import Problem\nfrom symmetry.completeness.check import check_completeness"

WORK = (
    Work(
        "Weingarten table, degree 14, symbolic d",
        WEINGARTEN,
        "weingarten_table(7, d)",
        1.0,
        baseline=("plain solve, degree 10", PLAIN_TABLE, "plain(5)"),
    ),
    Work(
        "Weingarten table, degree 20, symbolic d",
        WEINGARTEN,
        "weingarten_table(10, d)",
        30.0,
        baseline=("haarpy, degree 10", HAARPY_TABLE, "table(5)"),
    ),
    Work(
        "Reynolds average of 10 inner products",
        REYNOLDS.format(k=5),
        "reynolds(product, Q, orthonormal=fixed)",
        0.1,
        baseline=("its Weingarten functions alone, plain solve", PLAIN_TABLE, "plain(5)"),
    ),
    Work(
        "Reynolds average of 12 inner products",
        REYNOLDS.format(k=6),
        "reynolds(product, Q, orthonormal=fixed)",
        1.0,
        baseline=("its Weingarten functions alone, plain solve", PLAIN_TABLE, "plain(6)"),
    ),
    *(
        Work(
            f"basis of O(d) invariants, (d,N,degree) = ({d},{n},{degree})",
            BASIS,
            f"sum(1 for _ in basis(problem, {degree}, d={d}, n={n}).terms())",
            1.0,
            "ms",
            1e-3,
            ("exact nullspace", NULLSPACE, f"nullspace({d}, {n}, {degree})"),
        )
        for d, n, degree in ((2, 3, 4), (3, 2, 4), (3, 3, 4))
    ),
    Work(
        "basis, (8,8,6): 8,436 elements, as SymPy expressions",
        BASIS,
        "list(basis(problem, 6, d=8, n=8))",
        50.0,
        "ms",
        1e-3,
    ),
    Work(
        "basis, (3,12,8): 1,592,955 elements, exponents, each",
        BASIS,
        "sum(1 for _ in basis(problem, 8, d=3, n=12).terms())",
        5.0,
        "µs",
        1.592955,
    ),
    Work(
        "completeness from scratch, (4,4,6)",
        COMPLETENESS,
        "check_completeness(Problem('X: d n -> ', group='O(d)'), [6], [{'d': 4, 'n': 4}])",
        1.0,
        baseline=("exact nullspace, (3,3,4)", NULLSPACE, "nullspace(3, 3, 4)"),
    ),
)
