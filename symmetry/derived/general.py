"""From a problem to its theorem and form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symmetry import kernel
from symmetry.derived.gathering import gathering
from symmetry.derived.matrices import Matrix, Turn, numbered, unnumbered
from symmetry.derived.positions import POSITIONS, prove_seen, seen
from symmetry.derived.readings import mediated, prove_gathering
from symmetry.derived.settings import Setting, settings
from symmetry.derived.space import lemmas_for
from symmetry.derived.theorem import Shape, arguments_of, lemmas, prove, shape_of
from symmetry.errors import DerivationError, Underivable, UsageError
from symmetry.forms import Form, read_form
from symmetry.formulas import And, Equal, ForAll, Formula, Implies
from symmetry.problem import Problem
from symmetry.proof import Proof
from symmetry.registry import entries
from symmetry.syntax import free

if TYPE_CHECKING:
    from symmetry.derivation import Derivation
    from symmetry.kernel import Theorem

__all__ = ["derive"]

OURS = "a definition of this project (theory, chapter 5), not the source's"
MEDIATED = f"knowledge-mediated: coefficients see tokens only through their inner products with the knowledge; {OURS}"
ORDER = f"finite information of order {{order}}, width {{width}}: {OURS}"


def derive(problem: Problem, *, finite_information: tuple[int, int] | str | None = None) -> Form:
    """The general form of all functions with the symmetry of a problem.

    Covered are products of one O(d) and any number of permutation groups, on any number of inputs and outputs: vectors
    and families of vectors, inputs that O(d) does not turn, outputs that are vectors, invariants or d × d matrices. The
    theorem says that f has the symmetry exactly when it is of the form, for all sizes and without any regularity.

    Args:
        problem: the sizes it gives are put into the form; the derivation is for all sizes.
        finite_information: ``(p, r)`` for order p and width r, or ``"knowledge-mediated"``: definitions of ours
            (theory, chapter 5) that the form then supposes besides the symmetry.

    Returns:
        The form; of a problem with several outputs, one equation for each.

    Raises:
        Underivable: no theorem at hand covers the problem; the message names what is missing.
        UsageError: not a problem.

    Source: C. Ma, L. Ying, Why self-attention is natural for sequence-to-sequence problems, 2022, for X g₁ + Z g₂; the
    argument is elementary.

    >>> print(derive(Problem("X: d n, Z: d m -> d n", group="O(d)")))
    f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)
    >>> print(derive(Problem("X: d n -> d n", group="O(d) x S(n)")))
    f(X) = X g(XᵀX)
    ∀ P ∈ S(n).  ∀ A : n × n.  g(Pᵀ A P) = Pᵀ g(A) P
    >>> print(derive(Problem("x: d, t: k -> d d", group="O(d)")))
    f(x, t) = α(xᵀx, t) I + x β(xᵀx, t) xᵀ
    >>> derive(Problem("X: d n -> d n", group="SO(d)"))
    Traceback (most recent call last):
    ...
    symmetry.errors.Underivable: SO(d) has more invariants than inner products, the determinants of d vectors, ...
    """
    if not isinstance(problem, Problem):
        raise UsageError(f"derive takes a Problem, such as Problem('X: d n -> d n', group='O(d)'), not {problem!r:.80}")
    found = settings(problem)
    if finite_information is None:
        return _plain(problem, found)
    if finite_information == "knowledge-mediated":
        setting = mediated(problem, found[0])
        return replace(_plain(problem, [setting]), reading=MEDIATED, numbers=(setting.numbers(), found[0].numbers()))
    if not (isinstance(finite_information, tuple) and [type(part) for part in finite_information] == [int, int]):
        raise UsageError(f"finite information is (p, r) or 'knowledge-mediated', not {finite_information!r:.60}")
    return _gathered(problem, found[0], *finite_information)


def _plain(problem: Problem, found: Sequence[Setting]) -> Form:
    arguments = arguments_of(found[0])
    forms = []
    positions: list[Formula] = []
    derivations: dict[str, Derivation] = {}
    for setting, name, stems, claim in zip(found, *_names(found), strict=True):
        for turn in setting.orders if setting.space is None else ():
            written, formula = _at_positions(setting, name, turn, f"{claim}-at-{turn.axis}")
            positions += formula
            derivations.update((each.claim, each) for each in written)
        forms.append(_derived(shape_of(setting, name, stems, arguments), claim))
        derivations.update((each.claim, each) for each in forms[-1].derivations)
    form = Form(
        forms[-1].claim,
        tuple(equation for form in forms for equation in form.equations),
        tuple(function for form in forms for function in form.free_functions),
        tuple(law for form in forms for law in form.laws),
        tuple(derivations.values()),
        problem,
        _symbols(found[0], arguments),
        positions=tuple(positions),
        notes=found[0].notes,
    )
    return form.with_sizes(**_occurring(found[0].lengths, form))


def _at_positions(setting: Setting, name: str, turn: Turn, claim: str) -> tuple[tuple[Derivation, ...], list[Formula]]:
    """What f is at each position of one permutation factor; nothing where that cannot be said."""
    known = seen(setting, name, turn)
    if known is None or POSITIONS not in {entry.id for entry in entries()}:
        return (), []
    written, formula = _proved(claim, (POSITIONS,), *lemmas((POSITIONS,)), lambda proof: prove_seen(proof, known))
    return written, [formula]


def _gathered(problem: Problem, setting: Setting, order: int, width: int) -> Form:
    """The form under order p and width r: those of its functions first, and then the whole."""
    whole = gathering(problem, setting, order, width)
    parts = []
    for shape in whole.shapes:
        part = _derived(shape, f"form-of-{unnumbered(shape.f.function.name)}")
        parts.append(replace(part, symbols=_symbols(shape.setting, shape.maps[0].parameters)))
    known = {each.claim: each for part in parts for each in part.derivations}
    theorems = {each.claim: theorem for part in parts for each, theorem in zip(part.derivations, part.replay())}
    claims = [part.claim for part in parts]
    before = tuple(known.values())
    written, formula = _proved("form", claims, before, theorems, lambda proof: prove_gathering(proof, whole, claims))
    statistics = {} if whole.statistic is None else {str(whole.statistic.codomain[0]): width}
    form = replace(
        _read("form", written, formula),
        free_functions=tuple(shape.f.function for shape in whole.shapes),
        laws=(),
        problem=problem,
        gathered=whole.equations,
        within=tuple(parts),
        notes=(*setting.notes, *_known_of(order, width)),
        reading=ORDER.format(order=order, width=width),
        numbers=(whole.values[-1].setting.numbers(**statistics), setting.numbers()),
    )
    return form.with_sizes(**_occurring(setting.lengths, form), **statistics)


def _occurring(lengths: Mapping[str, int], form: Form) -> dict[str, int]:
    """Without the sizes of axes that are only a part of some size in the form."""
    return {name: length for name, length in lengths.items() if name in free(form.equations)}


def _known_of(order: int, width: int) -> tuple[str, ...]:
    """Where it is proved that functions which know the position are of no use."""
    claims = {"order-two", "order-two-turns"}
    if (order, width) != (2, 0) or not claims <= {entry.id for entry in entries()}:
        return ()
    return (
        "gathered by functions that know the positions, f with its symmetries is also gathered by v₁ and v₂ that do "
        "not, and these have the symmetry: claims order-two and order-two-turns",
    )


def _derived(shape: Shape, claim: str) -> Form:
    """The form of one setting."""
    ids = lemmas_for(shape.setting)
    return _read(claim, *_proved(claim, ids, *lemmas(ids), lambda proof: prove(proof, shape)))


def _proved(
    claim: str,
    ids: Sequence[str],
    before: tuple[Derivation, ...],
    theorems: Mapping[str, Theorem],
    write: Callable[[Proof], None],
) -> tuple[tuple[Derivation, ...], Formula]:
    """All derivations, and the form in the theorem of the last, which is replayed on top of the lemmas it uses.

    Args:
        ids: the lemmas that it may use.
        before, theorems: they and all they rest on.
    """
    proof = Proof(claim, {id: theorems[id] for id in ids})
    try:
        write(proof)
        derivation = proof.derivation()
        theorem = kernel.replay(derivation, theorems)[derivation.steps[-1].name]
    except DerivationError as error:
        raise Underivable(f"the derivation did not go through: {error}", "a derivation for such a problem") from error
    if theorem.assumptions:
        raise Underivable(f"proved only modulo {', '.join(theorem.assumptions)}", "a proof of what is assumed")
    return (*before, derivation), _right_side(theorem.conclusion)


def _read(claim: str, written: tuple[Derivation, ...], formula: Formula) -> Form:
    """The form that a formula states."""
    form = read_form(formula)
    if form is None:
        raise Underivable(f"{formula} does not state a form", "a derivation for such a problem")
    return replace(form, claim=claim, derivations=written)


def _symbols(setting: Setting, arguments: Sequence[Matrix]) -> tuple[Equal, ...]:
    """A = XᵀX, …"""
    pairs = zip(arguments, setting.through(), strict=True)
    return tuple(Equal(letter.term, matrix.term) for letter, matrix in pairs if letter.term != matrix.term)


def _right_side(statement: Formula) -> Formula:
    """The form in "∀ f. f has the symmetry ⟺ f is of the form"; without a symmetry, the form is all."""
    body = statement.body if isinstance(statement, ForAll) else statement
    if isinstance(body, And) and isinstance(body.parts[0], Implies):
        return body.parts[0].conclusion
    return body


def _names(found: Sequence[Setting]) -> tuple[list[str], list[list[str]], list[str]]:
    """For each output: the name of f, those of its coefficients, and the id of the claim.

    g₁, g₂, … are numbered through all outputs; α and βᵢⱼ belong to d × d outputs, i and j to the inputs.
    """
    new = found[0].names.new
    several = len(found) > 1
    own = [() if [setting.order for setting in found].count(2) < 2 else (index,) for index in range(1, len(found) + 1)]
    total = sum(len(setting.unknowns) for setting in found if setting.order < 2)
    numbers = iter(range(1, total + 1))
    functions, stems = [], []
    for index, (setting, mark) in enumerate(zip(found, own), start=1):
        plain = "h" if setting.space and setting.order == 0 and not several else "f"
        functions.append(new(numbered(plain, index) if several else plain))
        if setting.order == 2:
            inputs = range(1, len(setting.vectors()) + 1)
            pairs = [(i, j) if len(inputs) > 1 else () for i in inputs for j in inputs]
            wanted = [numbered("α", *mark), *(numbered("β", *mark, *pair) for pair in pairs)]
        else:
            wanted = [numbered("g", next(numbers)) if total > 1 else "g" for _ in setting.unknowns]
        stems.append([new(name) for name in wanted])
    return functions, stems, [f"form-{index}" if several else "form" for index in range(1, len(found) + 1)]
