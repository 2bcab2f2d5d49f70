"""The orthogonal factor: at every point there are coefficients, and they depend on the inner products alone.

An equivariant value lies in the span of the vectors (theory 2.1), a matrix-valued one is αI + YβYᵀ (2.8), and an
invariant is its own coefficient. An orthogonal map takes the vectors to any others with the same inner products (1.3),
so the coefficients found at the first serve at the second; by the factorisation rule they are functions of the inner
products, and of the inputs that the factor does not turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symmetry.derived.matrices import Map, Matrix, Turn, variables
from symmetry.derived.settings import Setting
from symmetry.formulas import Equal, conjunction, exists
from symmetry.sizes import Size
from symmetry.terms import Identity, Lambda, Term, Variable, Zero, hstack, pinv, vstack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symmetry.proof import Line, Proof

__all__ = ["coefficients", "lemmas_for"]

COMPLETENESS, SPAN, MATRIX = "completeness", "span", "matrix-valued"


def lemmas_for(setting: Setting) -> tuple[str, ...]:
    """Ids of the claims that the derivation rests on."""
    if setting.space is None or setting.hidden:
        return ()
    if not setting.vectors() and setting.order == 1:
        return (SPAN,)
    return ((), (SPAN,), (MATRIX,))[setting.order] + (COMPLETENESS,)


Given = tuple["Turn", "Line"]  # the orthogonal factor, and the law of f for it


def coefficients(proof: Proof, setting: Setting, f: Map, given: Given | None, names: Sequence[str]) -> Line:
    """∃ functions. ∀ inputs. f(inputs) = body, from the law of the orthogonal factor, if there is one.

    Args:
        names: of the functions; where there are none, the statement is ∀ inputs. f(inputs) = 0.
    """
    unknowns = variables(setting.unknowns)
    existence = _at_each_point(proof, setting, f, given, unknowns)
    if not names:
        return existence
    transfer = _carried_over(proof, setting, f, given, unknowns)
    through = [matrix.term for matrix in setting.through()]
    return proof.factorise(existence, transfer, through, names, "so they are functions of what is invariant")


def _side_by_side(setting: Setting, turn: Turn, terms: Sequence[Term] | None = None) -> Term:
    """[X₁ … Xₖ], d × N."""
    vectors = [matrix.term for matrix in setting.vectors(terms)]
    if not vectors:
        return Zero(turn.element.rows, Size())
    return vectors[0] if len(vectors) == 1 else hstack(*vectors)


def _selectors(setting: Setting) -> list[Term]:
    """Eᵢ with [X₁ … Xₖ] Eᵢ = Xᵢ."""
    widths = [matrix.term.cols for matrix in setting.vectors()]
    if len(widths) == 1:
        return [Identity(widths[0])]
    return [
        vstack(*(Identity(width) if i == j else Zero(other, width) for j, other in enumerate(widths)))
        for i, width in enumerate(widths)
    ]


def _at_each_point(proof: Proof, setting: Setting, f: Map, given: Given | None, unknowns: Sequence[Variable]) -> Line:
    """∀ inputs ∃ coefficients. f(inputs) = body."""
    value: Term = f.function(*setting.variables)
    values = [value]
    opened: tuple[Line, ...] = ()
    if given is None or setting.order == 0:
        line = proof.equal(value, value, why="f has a value everywhere")
    elif setting.order == 1:
        line, values = _in_span(proof, setting, f, given)
    else:
        line, values, opened = _around_identity(proof, setting, f, given)
    if unknowns:
        line = proof.witnesses(line, exists(*unknowns, Equal(value, setting.body(unknowns))), values)
    return proof.close(line, *opened, *reversed(setting.variables))


def _joined(proof: Proof, setting: Setting, f: Map, given: Given) -> tuple[Lambda, list[Term], Line]:
    """f as a function of W = [X₁ … Xₖ] alone, the inputs that W stands for, and its law; oriented as d × k."""
    turn, law = given
    whole = _side_by_side(setting, given[0])
    W = Variable(setting.names.new("W"), whole.rows, whole.cols)
    parts = iter([W * selector for selector in _selectors(setting)])
    terms = []
    for matrix in setting.inputs:
        if matrix.rows == turn.axis:
            terms.append(next(parts))
        elif matrix.cols == turn.axis:
            terms.append(next(parts).T)
        else:
            terms.append(matrix.term)
    value = f.function(*terms)
    body = value if setting.output.rows == turn.axis else value.T
    function = Lambda((W,), body)
    member = proof.suppose(turn.member, f"{turn.element} is any orthogonal matrix")
    here = proof.at(law, turn.element, member, *terms, why="f turns with its inputs, taken as parts of one matrix")
    after = turn.element * body * turn.element.T if setting.order == 2 else turn.element * body
    line = proof.chain(function(turn.element * W), (after, [f.oriented(turn, here)], "f turns with its inputs"))
    return function, terms, proof.close(line, W, member, turn.element)


def _in_span(proof: Proof, setting: Setting, f: Map, given: Given) -> tuple[Line, list[Term]]:
    """The value is its projection onto the span of the vectors: Xᵢ times the rows of Y⁺ f that belong to it."""
    function, terms, law = _joined(proof, setting, f, given)
    (W,) = function.parameters
    lemma = proof.lemma(SPAN, d=W.rows, N=W.cols, k=function.body.cols)
    inside = proof.at(lemma, function, law, why="the value lies in the span of the vectors")
    value = f.function(*setting.variables)
    whole = _side_by_side(setting, given[0])
    if not setting.vectors():
        zero = setting.body([])
        return proof.chain(value, (zero, [proof.at(inside, whole)], "there are no vectors, and so no span")), []

    def rows(inputs: Sequence[Term], whole: Term) -> list[Term]:
        value = f.function(*inputs)
        flipped = setting.output.rows != setting.axis
        found = [selector.T * pinv(whole) * (value.T if flipped else value) for selector in _selectors(setting)]
        return [row.T for row in found] if flipped else found

    joined = proof.chain(
        f.function(*terms),
        (setting.body(rows(terms, W), terms), [proof.at(inside, W).back], "the columns of each input apart"),
    )
    everywhere = proof.at(proof.close(joined, W), whole, why="put the inputs back in")
    values = rows(setting.variables, whole)
    return proof.restate(everywhere, Equal(value, setting.body(values))), values


def _around_identity(proof: Proof, setting: Setting, f: Map, given: Given) -> tuple[Line, list[Term], tuple[Line, ...]]:
    """The value is αI + YβYᵀ, and β has a block for each pair of inputs."""
    function, _, law = _joined(proof, setting, f, given)
    (W,) = function.parameters
    lemma = proof.at(proof.lemma(MATRIX, d=W.rows, m=W.cols), function, law, why="the general matrix-valued function")
    alpha, outer = proof.obtain(lemma, setting.names.new("α"))
    beta, known = proof.obtain(outer, setting.names.new("β"))
    whole = _side_by_side(setting, given[0])
    gram = whole.T * whole
    selectors = _selectors(setting)
    blocks = [left.T * beta(gram) * right for left in selectors for right in selectors]
    values = [alpha(gram), *blocks]
    statement = Equal(f.function(*setting.variables), setting.body(values))
    line = proof.restate(proof.at(known, whole), statement, why="the blocks of each pair of inputs apart")
    return line, values, (known, outer)


def _carried_over(proof: Proof, setting: Setting, f: Map, given: Given | None, unknowns: Sequence[Variable]) -> Line:
    """Coefficients that serve at some inputs serve wherever what is invariant is the same."""
    inputs = setting.variables
    others = tuple(Variable(setting.names.new(f"{v.name}'"), *v.shape) for v in inputs)
    pairs = list(zip(setting.through(), setting.through(others), strict=True))
    agree = conjunction(*(Equal(here.term, there.term) for here, there in pairs))
    same = proof.suppose(agree, "at other inputs with the same invariants")
    parts = [same] if len(pairs) == 1 else [same[index + 1] for index in range(len(pairs))]
    serves = proof.suppose(Equal(f.function(*inputs), setting.body(unknowns)), "let coefficients serve here")
    kept = parts[len(pairs) - len(setting.kept()) :]
    if given is None:
        line = proof.chain(
            f.function(*others),
            (f.function(*inputs), [part.back for part in kept], "the inputs are the same"),
            (setting.body(unknowns), [serves]),
        )
        return proof.close(line, serves, same, *reversed((*inputs, *others, *unknowns)))
    turn, law = given
    here, there = _side_by_side(setting, given[0]), _side_by_side(setting, turn, others)
    gram = proof.equal(here.T * here, there.T * there, parts[: len(pairs) - len(kept)], "the same inner products")
    reached = proof.at(proof.lemma(COMPLETENESS, d=here.rows, N=here.cols), here, there)
    taken = proof.at(reached[1], gram, why="an orthogonal map takes the vectors there")
    element, known = proof.obtain(taken, setting.names.new("R"))
    orthogonal = proof.equations(known[1])
    arrive = [
        proof.combine(Equal(element * old.term, new.term), (1, None, known[2], selector), why="each input by itself")
        for old, new, selector in zip(setting.vectors(), setting.vectors(others), _selectors(setting), strict=True)
    ]
    moved = [matrix.moved(turn.axis, element).term for matrix in setting.inputs]
    turned = f.oriented(turn, proof.at(law, element, known[1], *inputs))
    value = Matrix(setting.body(unknowns), f.rows, f.cols)
    line = proof.chain(
        f.function(*others),
        (f.function(*moved), [part.back for part in (*arrive, *kept)], "the map takes us there"),
        (f(*inputs).moved(turn.axis, element).term, [turned], "f turns with its inputs"),
        (value.moved(turn.axis, element).term, [serves], "the coefficients serve here"),
        (setting.body(unknowns, others), [*arrive, orthogonal[2]], "and so they serve there"),
    )
    return proof.close(line, known, serves, same, *reversed((*inputs, *others, *unknowns)))
