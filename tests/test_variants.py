"""False variants: the derivation adapted everywhere, so that a link or a side condition is what refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from symmetry.derivation import Derivation, Step
from symmetry.errors import DerivationError
from symmetry.formulas import And, Equal, Implies, Member, exists, forall, implies
from symmetry.kernel import RULES, Theorem, replay
from symmetry.registry import Entry, Variant, entries, variants_of
from symmetry.terms import Function, Identity, MatrixGroup, Sum, Variable, Zero, hstack, pinv, sizes
from symmetry.variants import changed, replaced
from symmetry.verification import derivations

d, n, m = sizes("d n m")
X, Y, Z = Variable("X", d, n), Variable("Y", d, n), Variable("Z", d, m)
A, B, Q = Variable("A", d, d), Variable("B", d, d), Variable("Q", d, d)
f, g = Function("f", ((d, n),), (d, n)), Function("g", ((d, n),), (d, n))
O, SO = MatrixGroup("O", d), MatrixGroup("SO", d)  # noqa: E741
XY, AB = Equal(X, Y), Equal(A, B)

CLOSED = [entry for entry in entries() if not entry.open]
DERIVED = [entry for entry in CLOSED if not entry.is_computed]
ALL = [(entry, variant) for entry in entries() for variant in variants_of(entry) if variant.computed is None]
IDS = [f"{entry.id}: {variant.title}" for entry, variant in ALL]


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, Derivation], dict[str, Theorem]]:
    written = {derivation.claim: derivation for derivation in derivations()}
    theorems: dict[str, Theorem] = {}
    for claim, derivation in written.items():
        theorems[claim] = replay(derivation, theorems)[derivation.steps[-1].name]
    return written, theorems


@pytest.mark.parametrize(("entry", "variant"), ALL, ids=IDS)
def test_variant_is_refused_by_a_rule_unless_harmless(
    entry: Entry, variant: Variant, found: tuple[dict[str, Derivation], dict[str, Theorem]]
) -> None:
    written, theorems = found
    derivation = changed(written[entry.id], variant)
    lemmas = {id: theorems[id] for id in entry.rests_on}
    if variant.harmless:
        last = replay(derivation, lemmas, recorded=False)[derivation.steps[-1].name]
        assert last.conclusion == derivation.statement != written[entry.id].statement
        assert not last.hypotheses and not last.assumptions
        return
    with pytest.raises(DerivationError) as refusal:
        replay(derivation, lemmas, recorded=False, ordered=not variant.field)
    assert refusal.value.rule in RULES
    assert refusal.value.step in {step.name for step in derivation.steps}
    # Nothing but the variant is at fault: every rule was given arguments that it takes.
    assert "do not fit the rule" not in str(refusal.value)


@pytest.mark.parametrize("entry", CLOSED, ids=lambda entry: entry.id)
def test_every_claim_has_false_variants_of_different_kinds_and_a_harmless_one(entry: Entry) -> None:
    variants = variants_of(entry)
    false = [variant for variant in variants if not variant.harmless]
    assert len(false) >= 3
    assert len({variant.kind for variant in false}) >= 3
    assert len({variant.title for variant in variants}) == len(variants)
    assert any(variant.harmless for variant in variants)


@pytest.mark.parametrize("entry", DERIVED, ids=lambda entry: entry.id)
def test_without_change_the_derivation_passes_the_same_path(
    entry: Entry, found: tuple[dict[str, Derivation], dict[str, Theorem]]
) -> None:
    """What refuses the variants is not the path that they take."""
    written, theorems = found
    same = Variant("nothing changed", "none", field="GF(p)")
    derivation = changed(written[entry.id], same)
    assert derivation.statement == written[entry.id].statement
    assert all(step.conclusion is None and not step.hypotheses for step in derivation.steps)
    lemmas = {id: theorems[id] for id in entry.rests_on}
    last = replay(derivation, lemmas, recorded=False)[derivation.steps[-1].name]
    assert last.conclusion == derivation.statement


# ---------------------------------------------------------------------------------------------------------------
# replaced


@pytest.mark.parametrize(
    ("item", "pairs", "expected"),
    [
        (X + Y, [(X, Y)], Y + Y),
        (X + Y, [(X, Y), (Y, X)], Y + X),  # all at once
        (f(X), [(X, A * X)], f(A * X)),  # the new part is left alone
        (f(X), [(f, g)], g(X)),
        (f(X), [(f(X), X)], X),
        (f(f(X)), [(f(X), X)], f(X)),
        (A * X + Y, [(A * X, X), (X, Y)], X + Y),  # the outermost first
        (A * B * X, [(A * B, A)], A * X),  # a run inside a product
        (A * B * X, [(B * X, Y)], A * Y),
        (A * B * X, [(A * X, X)], A * B * X),  # no run
        (X + Y + X, [(Y + X, Y)], Sum((X, Y))),
        (A * B * Q, [(A * B, B * A)], B * A * Q),
        (X.T * X, [(X.T, Y.T)], Y.T * X),
        (pinv(X), [(X, A * X)], pinv(A * X)),
        (hstack(X, Y), [(Y, Z)], hstack(X, Z)),
        (Member(Q, O), [(O, SO)], Member(Q, SO)),
        (forall(X, Equal(X, Y)), [(X, Y)], forall(Y, Equal(Y, Y))),
        (exists(f, Equal(f(X), X)), [(f, g)], exists(g, Equal(g(X), X))),
        (implies(XY, AB), [(XY, AB)], implies(AB, AB)),
        ((X, (Y, "X")), [(X, Y)], (Y, (Y, "X"))),
        (X, [], X),
    ],
    ids=str,
)
def test_replaced(item: Any, pairs: Any, expected: Any) -> None:
    assert replaced(item, pairs) == expected


# ---------------------------------------------------------------------------------------------------------------
# changed: a small derivation of  A = B ⇒ X = Y ⇒ A X = B Y

CLAIM = implies(AB, XY, Equal(A * X, B * Y))
STEPS = (
    Step("1", "assume", (), {"formula": AB}, (AB,), AB, "first"),
    Step("2", "assume", (), {"formula": XY}, (XY,), XY),
    Step("3", "chain", ("1", "2"), {"terms": (A * X, A * Y, B * Y), "links": (((1, 0),), ((0, 0),))}),
    Step("4", "conjoin", ("1", "3"), {}),
    Step("5", "discharge", ("4.2",), {"formula": XY}),
    Step("6", "discharge", ("5",), {"formula": AB}),
)
SMALL = Derivation("small", CLAIM, STEPS)


def outcome(derivation: Derivation) -> tuple[str, str]:
    with pytest.raises(DerivationError) as refusal:
        replay(derivation, {}, recorded=False)
    return str(refusal.value.step), str(refusal.value.rule)


def test_the_small_derivation_is_true() -> None:
    assert replay(SMALL, {}, recorded=False)["6"].conclusion == CLAIM


def test_every_run_in_a_product_is_replaced() -> None:
    square, other = Variable("P", d, d), Variable("R", d, d)
    assert replaced(square * other * square * other, [(square * other, square)]) == square * square


def test_replaced_everywhere() -> None:
    result = changed(SMALL, Variant("renamed", "renamed", replace=((X, Z), (Y, Variable("W", d, m))), harmless=True))
    assert "X" not in repr(result) and "Y" not in repr(result)
    assert [step.name for step in result.steps] == [step.name for step in STEPS]
    assert result.steps[0].why == "first"
    assert replay(result, {}, recorded=False)["6"].conclusion == result.statement


def test_wrong_factor_is_refused_at_its_link() -> None:
    assert outcome(changed(SMALL, Variant("AX = Y", "factor", replace=((B * Y, Y),)))) == ("3", "chain")


def test_dropped_hypothesis_takes_its_steps_along() -> None:
    result = changed(SMALL, Variant("any A, B", "hypothesis dropped", drop=(AB,)))
    assert result.statement == implies(XY, Equal(A * X, B * Y))
    # 1 is gone, and with it 4, which only conjoins it, and what rests on 4.
    assert [step.name for step in result.steps] == ["2", "3"]
    assert result.steps[1].by == ("2",)
    assert result.steps[1].arguments["links"] == (((0, 0),), ())
    assert outcome(result) == ("3", "chain")


def test_discharge_of_a_dropped_hypothesis_is_skipped_over() -> None:
    result = changed(SMALL, Variant("any X, Y", "hypothesis dropped", drop=(XY,)))
    assert result.statement == implies(AB, Equal(A * X, B * Y))
    assert [(step.name, step.by) for step in result.steps] == [
        ("1", ()),
        ("3", ("1",)),
        ("4", ("1", "3")),
        ("6", ("4.2",)),
    ]
    assert result.steps[1].arguments["links"] == ((), ((0, 0),))
    assert outcome(result) == ("3", "chain")


def test_dropped_premise_of_an_implication_is_refused_where_it_is_used() -> None:
    steps = (
        Step("1", "cite", (), {"formula": Implies(XY, AB), "name": "given"}),
        Step("2", "assume", (), {"formula": XY}),
        Step("3", "detach", ("1", "2"), {}),
        Step("4", "discharge", ("3",), {"formula": XY}),
    )
    result = changed(Derivation("use", Implies(XY, AB), steps), Variant("any X", "hypothesis dropped", drop=(XY,)))
    assert result.statement == AB
    assert [(step.name, step.by) for step in result.steps] == [("1", ()), ("3", ("1",))]
    assert outcome(result) == ("3", "detach")


def test_dropped_multiplier_and_dropped_rewriting() -> None:
    combined = Equal(A * X, B * Y)
    steps = (
        *STEPS[:2],
        Step("3", "combine", ("1", "2"), {"statement": combined, "multipliers": (("one", None, X), ("two", B, None))}),
        Step("4", "restate", ("3", "2", "1"), {"statement": combined, "links": ((1, 0), (2, 1))}),
    )
    result = changed(Derivation("two", CLAIM, steps), Variant("any A, B", "hypothesis dropped", drop=(AB,)))
    assert [step.by for step in result.steps] == [(), ("2",), ("3", "2")]
    assert result.steps[1].arguments["multipliers"] == (("two", B, None),)
    assert result.steps[2].arguments["links"] == ((1, 0),)
    gone = changed(
        Derivation("two", CLAIM, (*STEPS[:2], Step("3", "restate", ("1", "2"), {"statement": AB, "links": ((1, 0),)}))),
        Variant("any A, B", "hypothesis dropped", drop=(AB,)),
    )
    assert [step.name for step in gone.steps] == ["2"]  # what was to be restated is gone


def test_premises_are_dropped_inside_statements() -> None:
    inner = forall(X, And((implies(XY, AB), Equal(f(X), X))))
    assert changed(
        Derivation("inner", inner, STEPS[:1]), Variant("any X", "hypothesis dropped", drop=(XY,))
    ).statement == forall(X, And((AB, Equal(f(X), X))))


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        (Variant("nothing", "none"), "nothing: the statement is not changed"),
        (Variant("absent", "none", replace=((Z, Zero(d, m)),)), "absent: the statement is not changed"),
        (Variant("misfit", "shape", replace=((X, Z),)), "misfit: the changed parts do not fit together: "),
        (Variant("misfit", "kind", replace=((A, Identity(n)),)), "misfit: the changed parts do not fit together: "),
    ],
    ids=["nothing", "absent", "shape", "size"],
)
def test_variant_at_fault_itself_is_refused(variant: Variant, message: str) -> None:
    with pytest.raises(DerivationError, match=message) as refusal:
        changed(SMALL, variant)
    assert refusal.value.rule is None


def test_variant_without_steps_is_refused() -> None:
    with pytest.raises(DerivationError, match="no step is left"):
        changed(Derivation("short", Implies(AB, AB), STEPS[:1]), Variant("gone", "hypothesis dropped", drop=(AB,)))
