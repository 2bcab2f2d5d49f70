"""Are there equivariant polynomial maps beyond those that the forms give? Counted from scratch, degree by degree.

The two sides have nothing in common but coordinates. *From scratch*: unknown coefficients for all terms that the tori
leave alone; what is equivariant is what the simple root vectors kill and the finite elements keep, for over ℂ a highest
weight vector of weight zero spans a trivial representation. No invariant theory enters. *The forms*: all contractions
by the invariant form and, for rotations, by one determinant; the sum over a finite group.

Both are exact. Let M be the integer matrix of the equations in one block and F that of the forms. M F = 0 is checked
over ℤ, so the rank of F is at most the nullity of M over ℚ; and modulo a prime p ranks can only fall. Hence

    rank F mod p  ≤  rank F over ℚ  ≤  nullity of M over ℚ  ≤  nullity of M mod p,

and where the ends agree, the forms span the equivariant maps over ℚ. Where they do not, both are computed over ℚ. The
group is the split form over ℚ; over ℂ it is O(d, ℂ), in which the real orthogonal matrices are Zariski dense, so the
dimensions are theirs.

>>> from symmetry.problem import Problem
>>> equivariant_dimension(Problem("Y: d n -> ", group="O(d)", d=4, n=4), 6)
220
>>> check_completeness(Problem("Y: d n -> d", group="O(d)"), [1, 3], [{"d": 3, "n": 2}]).detail
'dimension 2, 6 in degree 1, 3 at d=3, n=2'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from math import comb, factorial, gcd, prod
from typing import Any, NamedTuple

from flint import fmpz_mat, nmod_mat

from symmetry.completeness.contents import Block, Orbit
from symmetry.completeness.contractions import Contractions, Form
from symmetry.completeness.weights import PolynomialMaps, Term
from symmetry.degrees import Degree
from symmetry.errors import UsageError
from symmetry.evidence import Counterexample, Evidence
from symmetry.problem import Problem

__all__ = ["check_completeness", "equivariant_dimension"]

PRIME = 2**61 - 1
WORK = 5 * 10**9  # nanoseconds, roughly
ENTRIES = 10**4  # of all inputs and outputs
DEGREE = 60
LISTED = 10**5  # monomials in one column
SHOWN = 20  # terms of a counterexample

Matrix = Any  # flint.fmpz_mat: python-flint ships no types


def equivariant_dimension(problem: Problem, degree: Degree) -> int:
    """The dimension of the equivariant polynomial maps of one degree, from their definition.

    The equations are solved modulo 2⁶¹ - 1, where they can only have more solutions than over ℚ: the number is an upper
    bound, and the dimension itself unless that prime divides certain minors. :func:`check_completeness` decides.

    Args:
        problem: of which all sizes are given; any factors.
        degree: in all inputs together, or by the name of the input.

    Raises:
        UsageError: a size is symbolic, the degree is none, or the equations are too large; the message says how large.

    Source: elementary (weights of a reductive Lie algebra: J. Humphreys, Introduction to Lie Algebras, 1972, §20-21).

    >>> equivariant_dimension(Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)", d=2, n=3, m=1), {"X": 1, "Z": 2})
    4
    >>> equivariant_dimension(Problem("Y: d n -> ", group="O(d)", d=9, n=30), 14)
    Traceback (most recent call last):
    ...
    symmetry.errors.UsageError: Problem('Y: d n -> ', group='O(d)', d=9, n=30) in degree 14 would take more than a few \
seconds; take a lower degree or smaller sizes
    """
    reason = _too_many_entries(problem)
    if not reason:
        maps = PolynomialMaps(problem)
        orbits = _affordable(maps, degree)
        if orbits is not None:
            found = [(orbit.copies, equations(maps, orbit)) for orbit in orbits]
            return sum(copies * (len(terms) - _rank(matrix)) for copies, (terms, matrix) in found)
        reason = _too_long(problem, degree)
    raise UsageError(f"{reason}; take a lower degree or smaller sizes")


def check_completeness(
    problem: Problem,
    degrees: Sequence[Degree],
    sizes: Sequence[Mapping[str, int]] = ({},),
    *,
    determinants: bool | None = None,
) -> Evidence:
    """Whether the forms give all equivariant polynomial maps of the listed degrees at the listed sizes.

    It shows nothing of other degrees or sizes, nor of maps that are not polynomials.

    Args:
        problem: the map and its symmetry.
        degrees: each in all inputs together, or by the name of the input.
        sizes: those that the problem leaves open.
        determinants: whether the forms are made of determinants as well as of inner products; by default, if these are
            among the generators of the invariants of the factor.

    Returns:
        Evidence: ``holds`` if at all degrees and sizes both dimensions agree and at one of them they are not zero;
        ``violated`` with an equivariant map that is not a combination of forms, or a form that is not equivariant;
        ``inconclusive`` if something was too large, or there was nothing but zero.

    Raises:
        UsageError: a size is still symbolic, a degree is none, or nothing is known of the invariants of a factor.
        Underivable: a factor is not a compact group.

    Source: elementary; what is confirmed is H. Weyl, The Classical Groups, 1939 (theory.md 1.6, 2.6, 2.8, 4.1).

    >>> rotations = Problem("Y: d n -> d", group="SO(d)", d=3, n=2)
    >>> found = check_completeness(rotations, [2], determinants=False)
    >>> found.verdict, found.counterexample.left, found.counterexample.right
    ('violated', 1, 0)
    >>> found.counterexample.values["f"]
    'f[1] = Y[1,1]*Y[3,2] - Y[3,1]*Y[1,2]; f[2] = -Y[2,1]*Y[3,2] + Y[3,1]*Y[2,2]; f[3] = -Y[1,1]*Y[2,2] + Y[2,1]*Y[1,2]'
    """
    if isinstance(degrees, int | Mapping) or isinstance(sizes, Mapping):
        raise UsageError("degrees and sizes are lists, of one or more: degrees=[2], sizes=[{'d': 3}]")
    problems = [problem.at(**given) for given in sizes]
    looks: list[_Look] = []
    for given in problems:
        looks.append(_look(given, degrees, determinants))
        point = looks[-1].counterexample
        if point is not None:
            samples = sum(look.compared for look in looks)
            return Evidence(
                "complete", "violated", sizes=(point.sizes,), samples=samples, counterexample=point, detail=point.note
            )
    skipped = [reason for look in looks for reason in look.skipped]
    found = any(any(look.dimensions.values()) for look in looks)
    detail = "; ".join(skipped or (look.text() for look in looks if look.dimensions))
    if not skipped and not found:
        detail = f"nothing but zero: {detail}" if detail else "no degree or no size was given"
    return Evidence(
        "complete",
        "inconclusive" if skipped or not found else "holds",
        sizes=tuple(given.sizes for given in problems),
        samples=sum(look.compared for look in looks),
        skipped=len(skipped),
        detail=detail,
    )


class _Look(NamedTuple):
    """What was found at some sizes: dimensions by degree, what was too large, and what shows that the sides differ."""

    problem: Problem
    dimensions: dict[str, int]
    skipped: list[str]
    counterexample: Counterexample | None = None

    @property
    def compared(self) -> int:
        """How many spaces were compared that are not zero on both sides."""
        return sum(dimension > 0 for dimension in self.dimensions.values()) + (self.counterexample is not None)

    def text(self) -> str:
        """The dimensions in words."""
        values, degrees = ", ".join(map(str, self.dimensions.values())), ", ".join(self.dimensions)
        return f"dimension {values} in degree {degrees}{_at(self.problem)}"


def _look(problem: Problem, degrees: Sequence[Degree], determinants: bool | None) -> _Look:
    """Compare the forms with all equivariant maps, up to the first degree in which they differ."""
    reason = _too_many_entries(problem)
    if reason:
        return _Look(problem, {}, [reason])
    maps = PolynomialMaps(problem)
    contractions = Contractions(maps, determinants)
    look = _Look(problem, {}, [])
    for degree in degrees:
        orbits = _affordable(maps, degree, contractions)
        if orbits is None:
            look.skipped.append(_too_long(problem, degree))
            continue
        found = _compare(maps, contractions, orbits, f"degree {_text(degree)}{_at(problem)}")
        if isinstance(found, Counterexample):
            return look._replace(counterexample=found)
        look.dimensions[_text(degree)] = found
    return look


# ---------------------------------------------------------------------------------------------------------------
# From scratch


class Equations(NamedTuple):
    """What a combination of terms must satisfy: the matrix has a row for each equation, a column for each term."""

    terms: list[Term]
    matrix: Matrix


def equations(maps: PolynomialMaps, orbit: Orbit) -> Equations:
    """The conditions on the coefficients of the terms in a block: root vectors, finite elements, permutations."""
    block = orbit.block
    terms = maps.terms(block)
    frames = [frame for frame, _ in maps.support(block)]
    target = maps.output_frames[block.output]
    rows: dict[tuple[object, Term], dict[int, int]] = {}

    def add(name: object, term: Term, column: int, entry: int) -> None:
        row = rows.setdefault((name, term), {})
        row[column] = row.get(column, 0) + entry

    for column, (monomials, a) in enumerate(terms):
        for e, root in enumerate(target.raising):
            for b, entry in root.columns[a]:
                add(("root", e), (monomials, b), column, entry)
            for place, (frame, monomial) in enumerate(zip(frames, monomials)):
                for changed, entry in frame.raising[e].derivative(monomial):
                    add(("root", e), ((*monomials[:place], changed, *monomials[place + 1 :]), a), column, -entry)
        for g, element in enumerate(target.finite):
            for b, entry in element.columns[a]:
                add(("finite", g), (monomials, b), column, entry)
            for factors in product(*(f.finite[g].substituted(m) for f, m in zip(frames, monomials))):
                image = tuple(changed for changed, _ in factors)
                add(("finite", g), (image, a), column, -prod(entry for _, entry in factors))
        for move in orbit.stabiliser:
            add(move, (monomials, a), column, 1)
            add(move, (tuple(monomials[place] for place in move), a), column, -1)
    width = len(terms)
    entries = [0] * (len(rows) * width)
    for place, row in enumerate(rows.values()):
        for column, entry in row.items():
            entries[place * width + column] = entry
    return Equations(terms, fmpz_mat(len(rows), width, entries))


def _rank(matrix: Matrix) -> int:
    """The rank modulo the prime."""
    return int(nmod_mat(matrix, PRIME).rank())


# ---------------------------------------------------------------------------------------------------------------
# Against the forms


def _compare(
    maps: PolynomialMaps, contractions: Contractions, orbits: Sequence[Orbit], where: str
) -> int | Counterexample:
    """The dimension of both sides, or what shows that they differ."""
    dimension = spanned = 0
    beyond: Counterexample | None = None
    for orbit in orbits:
        found = equations(maps, orbit)
        forms = contractions.forms(orbit.block)
        wrong = _not_a_solution(found, forms)
        if wrong is not None:
            text = f"a form of {where} that is not equivariant under {maps.problem.group}"
            return _counterexample(maps, orbit.block, wrong, text)
        columns = _columns(found.terms, forms)
        nullity, rank = len(found.terms) - _rank(found.matrix), _rank(columns)
        if nullity != rank:
            nullity, rank = len(found.terms) - found.matrix.rank(), columns.rank()
        dimension += orbit.copies * nullity
        spanned += orbit.copies * rank
        if nullity != rank and beyond is None:
            text = f"an equivariant map of {where} that is not a combination of the forms"
            beyond = _counterexample(maps, orbit.block, _outside(found, columns), text)
    if beyond is None:
        return dimension
    return replace(beyond, left=dimension, right=spanned)


def _columns(terms: Sequence[Term], forms: Sequence[Form]) -> Matrix:
    return fmpz_mat(len(terms), len(forms), [form.get(term, 0) for term in terms for form in forms])


def _not_a_solution(found: Equations, forms: Sequence[Form]) -> Form | None:
    """A form that does not solve the equations, over ℤ; one with a term that a torus moves does not."""
    known = set(found.terms)
    for form in forms:
        if not known.issuperset(form):
            return form
    values = (found.matrix * _columns(found.terms, forms)).tolist()
    return next((form for form, column in zip(forms, zip(*values)) if any(column)), None)


def _outside(found: Equations, forms: Matrix) -> Form:
    """A solution over ℚ that is not a combination of the forms, with integer coefficients and few terms."""
    kernel, nullity = found.matrix.nullspace()
    height, width, rank = len(found.terms), forms.ncols(), forms.rank()
    lines = forms.tolist()

    def outside(solution: Sequence[int]) -> bool:
        joined = [entry for line, last in zip(lines, solution) for entry in (*line, last)]
        return bool(fmpz_mat(height, width + 1, joined).rank() > rank)

    solutions = ([int(kernel[row, column]) for row in range(height)] for column in range(nullity))
    found_outside = next(filter(outside, sorted(solutions, key=lambda entries: sum(map(bool, entries)))))
    common = gcd(*found_outside)
    return {term: entry // common for term, entry in zip(found.terms, found_outside) if entry}


def _counterexample(maps: PolynomialMaps, block: Block, form: Form, what: str) -> Counterexample:
    """A map in one block, written out, and what inner products are in its coordinates."""
    axes = {
        axis: " + ".join(f"{'' if c == 1 else f'{c}*'}x{i + 1}*y{j + 1}" for (i, j), c in sorted(basis.form.items()))
        for axis, basis in maps.mixing.items()
    }
    note = "; ".join([what, *(f"along {axis} the inner product x·y is {text}" for axis, text in axes.items())])
    if maps.permuting:
        note += "; to be summed over the permutations"
    text = maps.text(block, dict(islice(form.items(), SHOWN)))
    if len(form) > SHOWN:
        text += f" + … ({len(form)} terms)"
    return Counterexample({"f": text}, note, sizes=maps.problem.sizes)


# ---------------------------------------------------------------------------------------------------------------
# How large


def _too_many_entries(problem: Problem) -> str:
    """Why a problem is not looked at, or nothing."""
    entries = sum(prod(problem.shape(tensor)) for tensor in (*problem.inputs, *problem.outputs))
    return f"{problem!r} has {entries} entries, more than {ENTRIES}" if entries > ENTRIES else ""


def _too_long(problem: Problem, degree: Degree) -> str:
    return f"{problem!r} in degree {_text(degree)} would take more than a few seconds"


def _affordable(maps: PolynomialMaps, degree: Degree, contractions: Contractions | None = None) -> list[Orbit] | None:
    """The orbits of blocks; ``None`` if the equations and the forms in them would take too long.

    Found without listing terms; the constants are nanoseconds, roughly.
    """
    work = order = 0
    if maps.permuting:
        work = 2 * 10**4 * maps.blocks(degree) * len(maps.transpositions)
        if contractions is not None:
            order = prod(factorial(maps.problem.size(factor.axis)) for factor in maps.permuting)
            work += 2 * 10**5 * order
    found: list[Orbit] = []
    orbits = maps.orbits(degree)
    if work > WORK or _total(degree) > DEGREE:
        return None
    for orbit in orbits:
        listed = sum(comb(frame.size + k - 1, k) for frame, k in maps.support(orbit.block))
        if listed > LISTED:
            return None
        terms = maps.count(orbit.block)
        work += 10**5 + 10**4 * order + 10**3 * listed + 10**4 * terms + 4 * terms**3
        if contractions is not None:
            work += 10**4 * contractions.work(orbit.block, WORK // 10**4)
        if work > WORK:
            return None
        found.append(orbit)
    return found


def _total(degree: Degree) -> int:
    return sum(degree.values()) if isinstance(degree, Mapping) else degree


def _at(problem: Problem) -> str:
    return " at " + ", ".join(f"{name}={size}" for name, size in problem.sizes.items()) if problem.sizes else ""


def _text(degree: Degree) -> str:
    return " + ".join(f"{k} in {name}" for name, k in degree.items()) if isinstance(degree, Mapping) else str(degree)
