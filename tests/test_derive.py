"""The general form of a problem: what is printed, what is refused, and that nothing is printed which is not proved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from symmetry import Problem, Variant, derive, kernel
from symmetry.checks.exact import check_exact
from symmetry.cli import main
from symmetry.derivation import from_json, to_json
from symmetry.derived.matrices import Map, Matrix, Turn
from symmetry.derived.settings import Setting
from symmetry.errors import DerivationError, SymmetryError, Underivable, UsageError
from symmetry.formulas import Member
from symmetry.terms import MatrixGroup, Variable, sizes
from symmetry.variants import changed

d, n, m = sizes("d n m")

# problem, group -> the form, with letters for inner products
FORMS = {
    ("X: d n, Z: d m -> d n", "O(d)"): "f(X, Z) = X g₁(A, B, C) + Z g₂(A, B, C)",
    ("X: n d, Z: m d -> n d", "O(d)"): "f(X, Z) = g₁(A, B, C) X + g₂(A, B, C) Z",
    ("X: n d, Z: d m -> d k", "O(d)"): "f(X, Z) = Xᵀ g₁(A, B, C) + Z g₂(A, B, C)",
    ("X: d n, t: k -> d n", "O(d)"): "f(X, t) = X g(A, t)",
    ("x: d -> d", "O(d)"): "f(x) = x g(A)",
    ("d n, d m -> d", "O(d)"): "f(X1, X2) = X1 g₁(A, B, C) + X2 g₂(A, B, C)",
    ("X: d n -> ", "O(d)"): "h(X) = g(A)",
    ("X: d n, Z: d m, t: k n -> m k", "O(d)"): "h(X, Z, t) = g(A, B, C, t)",
    ("Z: d m -> d d", "O(d)"): "f(Z) = α(A) I + Z β(A) Zᵀ",
    ("x: d, y: d -> d d", "O(d)"): "f(x, y) = α(A, B, C) I + x β₁₁(A, B, C) xᵀ + x β₁₂(A, B, C) yᵀ"
    " + y β₂₁(A, B, C) xᵀ + y β₂₂(A, B, C) yᵀ",
    ("X: d a, Y: d b, Z: d c -> d", "O(d)"): "f(X, Y, Z) = X g₁(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃)"
    " + Y g₂(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃) + Z g₃(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃)",
    ("A: n n, X: d n -> d n", "O(d)"): "f(A, X) = X g(G, A)",
    ("t: k -> d", "O(d)"): "f(t) = 0",
    ("t: k -> d d", "O(d)"): "f(t) = α(t) I",
    ("X: k n -> k n", "S(n)"): "f(X) = g(X)",
    ("X: k n -> k n", "1"): "f(X) = g(X)",
    ("X: d n h -> d n h", "O(d)"): "f(X) = X g(A)",
    ("X: d n, Z: d m -> d n, (), d d", "O(d)"): "f₁(X, Z) = X g₁(A, B, C) + Z g₂(A, B, C)\nf₂(X, Z) = g₃(A, B, C)\n"
    "f₃(X, Z) = α(A, B, C) I + X β₁₁(A, B, C) Xᵀ + X β₁₂(A, B, C) Zᵀ + Z β₂₁(A, B, C) Xᵀ + Z β₂₂(A, B, C) Zᵀ",
    ("X: d n, Z: d m -> d d, d d", "O(d)"): "f₁(X, Z) = α₁(A, B, C) I + X β₁₁₁(A, B, C) Xᵀ + X β₁₁₂(A, B, C) Zᵀ"
    " + Z β₁₂₁(A, B, C) Xᵀ + Z β₁₂₂(A, B, C) Zᵀ\nf₂(X, Z) = α₂(A, B, C) I + X β₂₁₁(A, B, C) Xᵀ"
    " + X β₂₁₂(A, B, C) Zᵀ + Z β₂₂₁(A, B, C) Xᵀ + Z β₂₂₂(A, B, C) Zᵀ",
    ("f: d n, g: n n, Q: d n -> d n", "O(d)"): "f'(f, g, Q) = f g₁(A, B, C, g) + Q g₂(A, B, C, g)",
    ("n: d n, I: n d, _x: k -> d n", "O(d)"): "f(n', I', x) = n' g₁(A, B, C, x) + I'ᵀ g₂(A, B, C, x)",
}
# problem, group -> the laws
LAWS = {
    ("X: d n, Z: d m -> d n", "O(d) x S(n)"): [
        "∀ P ∈ S(n).  ∀ A : n × n; B : m × n; C : m × m.  "
        "g₁(Pᵀ A P, BP, C) = Pᵀ g₁(A, B, C) P  ∧  g₂(Pᵀ A P, BP, C) = g₂(A, B, C) P"
    ],
    ("X: n d, Z: m d -> n d", "O(d) x S(m) x S(n)"): [
        "∀ P ∈ S(m).  ∀ A : n × n; B : m × n; C : m × m.  "
        "g₁(A, PᵀB, Pᵀ C P) = g₁(A, B, C)  ∧  g₂(A, PᵀB, Pᵀ C P) = g₂(A, B, C) P",
        "∀ R ∈ S(n).  ∀ A : n × n; B : m × n; C : m × m.  "
        "g₁(Rᵀ A R, BR, C) = Rᵀ g₁(A, B, C) R  ∧  g₂(Rᵀ A R, BR, C) = Rᵀ g₂(A, B, C)",
    ],
    ("A: n n -> n", "S(n)"): ["∀ P ∈ S(n).  ∀ A : n × n.  g(Pᵀ A P) = Pᵀ g(A)"],
    ("X: d k -> d n", "O(d) x S(n)"): ["∀ P ∈ S(n).  ∀ A : k × k.  g(A) = g(A) P"],
    ("Z: d m -> d d", "O(d) x S(m)"): ["∀ P ∈ S(m).  ∀ A : m × m.  α(Pᵀ A P) = α(A)  ∧  β(Pᵀ A P) = Pᵀ β(A) P"],
    ("X: 3 n -> 3 n", "O(3) x S(n)"): ["∀ P ∈ S(n).  ∀ A : n × n.  g(Pᵀ A P) = Pᵀ g(A) P"],
    ("t: n -> 3", "O(3) x S(n)"): [],
}
REFUSED = {
    ("X: d n -> d n", "SO(d)"): ("the determinants of d vectors", "rotations alone"),
    ("X: d n, Y: k n -> d k", "O(d) x O(k)"): ("2 orthogonal factors, O(d) and O(k)", "product of orthogonal groups"),
    ("A: d d -> d", "O(d)"): ("acts on 2 axes of the input A", "invariants of tensors"),
    ("X: d n -> d d d", "O(d)"): ("3 axes of the output d d d", "more than two axes"),
    ("X: d n -> d d n", "O(d)"): ("the output d d n, which has further axes", "families of matrices"),
    ("X: b n d -> b n d", "O(d) x S(n)"): ("X: b n d has 3 axes", "P ⊗ I"),
    ("T: n n k -> k", "S(n)"): ("n, k side by side, and S(n)", "P ⊗ I"),
}


def problem(key: tuple[str, str]) -> Problem:
    return Problem(key[0], group=key[1])


@pytest.mark.parametrize(("key", "text"), FORMS.items(), ids=[" under ".join(key) for key in FORMS])
def test_the_form_of_a_problem(key: tuple[str, str], text: str) -> None:
    form = derive(problem(key))
    assert "\n".join(map(str, form.short)) == text
    assert all(theorem.assumptions == frozenset() for theorem in form.replay())


@pytest.mark.parametrize(("key", "laws"), LAWS.items(), ids=[" under ".join(key) for key in LAWS])
def test_the_laws_of_its_coefficients(key: tuple[str, str], laws: list[str]) -> None:
    assert list(map(str, derive(problem(key)).laws)) == laws


def test_two_inputs_give_the_central_theorem() -> None:
    form = derive(Problem("X: d n, Z: d m -> d k", group="O(d)"))
    assert str(form) == "f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)"
    from symmetry.verification import derivations

    assert form.derivation.statement == derivations(["central-theorem"])[-1].statement


def test_the_theorem_is_about_the_symmetry_of_the_problem() -> None:
    form = derive(Problem("X: n d, A: n n, t: m -> n d", group="S(m) x O(d) x S(n)"))
    law, _ = (side for side in str(form.derivation.statement).split("⟺"))
    assert "∀ Q ∈ O(d).  ∀ X : n × d; A : n × n; t : m × 1.  f(XQᵀ, A, t) = f(X, A, t) Qᵀ" in law
    assert "∀ P ∈ S(m).  ∀ X : n × d; A : n × n; t : m × 1.  f(X, A, Pᵀt) = f(X, A, t)" in law
    assert "∀ R ∈ S(n).  ∀ X : n × d; A : n × n; t : m × 1.  f(RᵀX, Rᵀ A R, t) = Rᵀ f(X, A, t)" in law


@pytest.mark.parametrize(("key", "words"), REFUSED.items(), ids=[" under ".join(key) for key in REFUSED])
def test_what_no_theorem_covers_is_named(key: tuple[str, str], words: tuple[str, str]) -> None:
    with pytest.raises(Underivable) as refusal:
        derive(problem(key))
    assert words[0] in refusal.value.reason and words[1] in refusal.value.missing


def test_a_lemma_that_is_not_registered_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from symmetry import registry
    from symmetry.derived import theorem

    known = registry.entries
    theorem.lemmas.cache_clear()
    monkeypatch.setattr(registry, "entries", lambda: tuple(e for e in known() if e.id != "matrix-valued"))
    with pytest.raises(Underivable, match="the claim 'matrix-valued' is not registered"):
        derive(Problem("Z: d m -> d d", group="O(d)"))
    theorem.lemmas.cache_clear()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        pytest.param(lambda: derive("X: d n -> d n"), "derive takes a Problem", id="text"),  # type: ignore[arg-type]
        pytest.param(lambda: derive(Problem("x: 1 -> 1", group="S(1)")), "leave it out", id="trivial-factor"),
        pytest.param(lambda: derive(P20, finite_information=(0, 1)), "an order p ≥ 1", id="order-zero"),
        pytest.param(lambda: derive(P20, finite_information="short"), "not 'short'", id="unknown-reading"),
        pytest.param(lambda: derive(P20, finite_information=(2,)), "not (2,)", id="no-width"),  # type: ignore[arg-type]
    ],
)
def test_bad_input_is_refused(use: Any, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        use()
    assert message in str(refusal.value)


P20 = Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)")


def test_sizes_of_the_problem_are_put_in() -> None:
    form = derive(Problem("X: d n h -> d n h", group="O(d)", d=3, n=2, h=5))
    assert form.free_functions[0].codomain == tuple(map(sizes("k")[0].of, (10, 10)))
    assert form.notes[0] == "X is d × nh: its axes n, h are put side by side, nh = n·h"
    assert form.derivation.statement == derive(Problem("X: d n h -> d n h", group="O(d)")).derivation.statement


def test_a_derived_form_is_a_sympy_expression() -> None:
    form = derive(Problem("X: d n, Z: d m -> d n, d", group="O(d)"))
    first, second = form.parts
    assert str(first.concrete(g1=lambda A, B, C: A, g2=lambda A, B, C: B)) == "X*(X.T*X) + Z*(Z.T*X)"
    assert len(form.expression) == len(form.equation) == 2
    assert form.equation[1].rhs == second.expression and "g_{3}" in form.latex()
    with pytest.raises(UsageError, match="2 outputs"):
        form.concrete(g1=lambda A, B, C: A)


POSITIONS = {
    ("X: k n -> k n", "S(n)"): "f(X) P [1; 0] = φ(X P [1; 0], X P [0; I])",
    ("X: n k -> n", "S(n)"): "(P [1; 0])ᵀ f(X) = φ([1; 0]ᵀ Pᵀ X, [0; I]ᵀ Pᵀ X)",
    ("A: n n, t: m -> k n", "S(n) x S(m)"): "f(A, t) P [1; 0] = φ(Pᵀ A P, t)",
    ("t: k -> n k", "S(n)"): "(P [1; 0])ᵀ f(t) = φ(t)",
}


@pytest.mark.parametrize(("key", "text"), POSITIONS.items(), ids=[" under ".join(key) for key in POSITIONS])
def test_permutations_alone_leave_one_function_for_all_positions(key: tuple[str, str], text: str) -> None:
    form = derive(problem(key))
    assert text in str(form.positions[0]) and "P [1; 0] = [1; 0]  ⇒" in str(form.positions[0])
    statement = next(each.statement for each in form.derivations if each.claim == "form-at-n")
    assert check_exact(statement, sizes=({"k": 2, "j": 1, "m": 3},), seed=0).verdict != "violated"


def test_no_one_function_serves_pairs_or_invariants() -> None:
    assert derive(Problem("X: k n -> n n", group="S(n)")).positions == ()
    assert derive(Problem("X: k n -> k", group="S(n)")).positions == ()


# Readings


def test_order_two_is_a_sum_over_pairs() -> None:
    form = derive(P20, finite_information=(2, 0))
    assert str(form.gathered[0]) == "f(X, Z) = Σ[e ∈ E(n)] (v₁(Xe, Z) + (Σ[b ∈ E(n)] (1 − eᵀb) v₂(Xe, Xb, Z))) eᵀ"
    assert [str(part.short[0]) for part in form.within] == [
        "v₁(x₁, Z) = x₁ g₁(A, B, C) + Z g₂(A, B, C)",
        "v₂(x₁, x₂, Z) = x₁ g₃(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃) + x₂ g₄(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃)"
        " + Z g₅(G₁₁, G₂₁, G₂₂, G₃₁, G₃₂, G₃₃)",
    ]
    assert form.numbers == ("(m + 2)(m + 3)/2", "(m + n)(m + n + 1)/2")
    assert "a definition of this project" in form.reading


def test_statistics_are_further_arguments() -> None:
    form = derive(P20, finite_information=(2, 3))
    assert str(form.gathered[1]) == "s(e, X, Z) = t₁(Xe, Z) + (Σ[b ∈ E(n)] (1 − eᵀb) t₂(Xe, Xb, Z))"
    assert str(form.within[0].short[0]) == "v₁(x₁, Z, s) = x₁ g₁(A, B, C, s) + Z g₂(A, B, C, s)"
    assert str(form.within[2].free_functions[0].codomain[0]) == "3"
    assert form.numbers[0] == "(m + 2)(m + 3)/2 + 3"


def test_places_of_order_three_are_pairwise_different() -> None:
    form = derive(Problem("X: n d -> n d", group="O(d) x S(n)"), finite_information=(3, 0))
    assert "(1 − eᵀb) (1 − (e + b)ᵀ c) v₃(Xᵀe, Xᵀb, Xᵀc)" in str(form.gathered[0])


def test_knowledge_mediated_coefficients_see_no_inner_products_of_tokens() -> None:
    form = derive(P20, finite_information="knowledge-mediated")
    assert str(form.short[0]) == "f(X, Z) = X g₁(B, C) + Z g₂(B, C)"
    assert [str(each) for each in form.symbols] == ["B = ZᵀX", "C = ZᵀZ"]
    assert form.numbers == ("m(m + 1)/2 + n·m", "(m + n)(m + n + 1)/2")


@pytest.mark.parametrize(
    ("line", "group", "reading", "words"),
    [
        ("X: d n -> d n", "O(d) x S(n)", "knowledge-mediated", "needs knowledge"),
        ("X: d n -> ", "O(d) x S(n)", (2, 0), "speaks of tokens"),
        ("X: d n, Z: d m -> d k", "O(d) x S(n)", (2, 0), "speaks of tokens"),
        ("X: d n -> d n", "O(d)", (2, 0), r"without S\(n\)"),
        ("X: d n, A: n n -> d n", "O(d) x S(n)", (2, 0), "A: n n is not one column for each token"),
        ("X: d n -> d n", "O(d) x S(n)", (5, 0), "an order above 4"),
        ("X: d n -> d n, d", "O(d) x S(n)", "knowledge-mediated", "speaks of tokens"),
    ],
)
def test_a_reading_that_does_not_apply_says_so(line: str, group: str, reading: Any, words: str) -> None:
    with pytest.raises(Underivable, match=words):
        derive(Problem(line, group=group), finite_information=reading)


# Nothing is printed that is not proved

PROVED = [
    ("X: d n, Z: d m -> d n", "O(d) x S(n)", {"d": 2, "n": 3, "m": 1}),
    ("X: n d, t: k -> n d", "O(d) x S(n)", {"d": 3, "n": 2, "k": 1}),
    ("X: d n -> n n", "O(d) x S(n)", {"d": 3, "n": 2}),
    ("Z: d m -> d d", "O(d)", {"d": 3, "m": 2}),
]


@pytest.mark.parametrize(("line", "group", "small"), PROVED, ids=[case[0] for case in PROVED])
def test_the_theorem_is_true_at_small_sizes(line: str, group: str, small: dict[str, int]) -> None:
    form = derive(Problem(line, group=group))
    evidence = check_exact(form.derivation.statement, sizes=(small,), seed=0)
    assert evidence.verdict == "holds" and evidence.samples > 0 and not evidence.skipped


@pytest.mark.parametrize("reading", [None, (2, 1), "knowledge-mediated"], ids=str)
def test_exported_derivations_replay(reading: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "form.json"
    file.write_text(to_json(derive(P20, finite_information=reading).derivations), encoding="utf-8")
    assert main(["replay", str(file)]) == 0
    assert "all hold" in capsys.readouterr().out


Q, P = Variable("Q", d, d), Variable("P", n, n)
A = Variable("A", n, n)
MUTANTS = [
    Variant("rotations only", "hypothesis weakened", replace=((MatrixGroup("O", d), MatrixGroup("SO", d)),)),
    Variant("not a group element", "hypothesis dropped", drop=(Member(Q, MatrixGroup("O", d)),)),
    Variant("any matrix for a permutation", "hypothesis dropped", drop=(Member(P, MatrixGroup("S", n)),)),
    Variant("law misplaced", "transpose misplaced", replace=((P.T * A * P, P * A * P.T),)),
    Variant("law dropped on one side", "law changed", replace=((P.T * A * P, A * P),)),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[variant.title for variant in MUTANTS])
def test_a_mutated_derivation_is_refused(mutant: Variant) -> None:
    form = derive(Problem("X: d n -> d n", group="O(d) x S(n)"))
    theorems = {each.claim: theorem for each, theorem in zip(form.derivations, form.replay(), strict=True)}
    del theorems[form.claim]
    with pytest.raises(SymmetryError):
        kernel.replay(changed(form.derivation, mutant), theorems, recorded=False)


def test_an_edited_file_is_refused() -> None:
    form = derive(Problem("X: d n -> d n", group="O(d)"))
    before = dict(zip([each.claim for each in form.derivations], form.replay(), strict=True))
    document = json.loads(to_json(form.derivations))
    for index in range(0, len(document["derivations"][-1]["steps"]), 7):
        edited = json.loads(json.dumps(document))
        step = edited["derivations"][-1]["steps"][index]
        step["conclusion"] = edited["derivations"][0]["statement"]
        derivation = from_json(json.dumps(edited))[-1]
        lemmas = {claim: theorem for claim, theorem in before.items() if claim != form.claim}
        with pytest.raises(DerivationError, match=f"step {step['name']}"):
            kernel.replay(derivation, lemmas)


def _acts_on_columns_only(self: Matrix, axis: Any, by: Any) -> Matrix:
    return Matrix(self.term * by.T if self.cols == axis else self.term, self.rows, self.cols)


FAULTS = {
    "an inner product forgotten": (Setting, "pairs", property(lambda self: ((0, 0), (1, 0)))),
    "a vector forgotten": (Setting, "body", lambda self, a, terms=None: self.vectors(terms)[0].term * a[0]),
    "P for its transpose": (Turn, "by", property(lambda self: self.element)),
    "rows not moved": (Matrix, "moved", _acts_on_columns_only),
    "a law that is read the wrong way": (Map, "oriented", lambda self, turn, line: line.back),
}


@pytest.mark.parametrize(("owner", "name", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_in_the_search_proves_nothing(
    owner: type, name: str, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, fault)
    with pytest.raises((SymmetryError, ValueError)):
        derive(Problem("X: d n, Z: d m -> d n", group="O(d) x S(n)"))


# The command


def test_the_command_prints_the_form(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (30, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert main(["derive", "X: n d, Z: m d, t: k -> n d, d d", "--group", "O(d) x S(n) x S(m)"]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= columns
    assert "  f₁(X, Z, t) = g₁(A, B, C, t) X + g₂(A, B, C, t) Z\n" in out
    assert "  B = ZXᵀ   m × n\n" in out and "exactly the functions of this form" in out
    assert "rests on positivity, reflection, completeness, span" in out


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "X: d n -> d n", "--group", "SO(d)"]) == 3
    captured = capsys.readouterr()
    assert captured.out == "" and "missing: the general form for rotations alone" in captured.err
    assert main(["derive", "X: d n -> d n", "--group", "SO(d)", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "unknown" and document["missing"] and document["reason"]
    assert main(["derive", "X: d n -> d n", "--group", "O(q)"]) == 2
    assert main(["derive", "X: d n -> d n", "--group", "O(d)", "--finite-information", "2"]) == 2
    assert main(["derive", "X: d n -> d n", "--group", "O(d)", "--finite-information", "much"]) == 2


def test_the_document_is_stable(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["derive", str(P20), "--group", "O(d) x S(n)", "--json", "--latex", "--proof", str(tmp_path / "f.json")]
    texts = []
    for _ in range(2):
        assert main(words) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    document = json.loads(texts[0])
    assert document["status"] == "derived" and document["assumptions"] == [] and document["reading"] is None
    assert document["outputs"][0]["short"] == "f(X, Z) = X g₁(A, B, C) + Z g₂(A, B, C)"
    assert document["outputs"][0]["output"] == "d n" and "g_{1}" in document["outputs"][0]["latex"]
    assert document["symbols"][1] == {"name": "B", "term": "ZᵀX", "shape": ["m", "n"]}
    assert document["free_functions"][1]["value"] == ["m", "n"]
    assert document["rests_on"] == ["positivity", "reflection", "completeness", "span"]
    assert from_json((tmp_path / "f.json").read_text(encoding="utf-8"))[-1].claim == "form"


def test_the_document_of_a_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", str(P20), "--group", "O(d) x S(n)", "--json", "--finite-information", "2,0"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [part["free_functions"][0]["name"] for part in document["within"]] == ["g₁", "g₃"]
    assert document["numbers"] == ["(m + 2)(m + 3)/2", "(m + n)(m + n + 1)/2"] and len(document["gathered"]) == 1
    assert document["reading"].startswith("finite information of order 2, width 0")
