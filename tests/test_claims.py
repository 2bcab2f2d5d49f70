"""Claims: their status is computed, and anything out of order makes the run fail."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from symmetry.checks.exact import random_prime
from symmetry.claims import Report
from symmetry.documents import report_document
from symmetry.errors import UsageError
from symmetry.evidence import Counterexample, Evidence
from symmetry.formulas import FALSEHOOD, Equal, Member, forall, implies, negation
from symmetry.proof import Proof
from symmetry.registry import Entry, Variant, claim, entries, select, with_lemmas
from symmetry.terms import MatrixGroup, Number, Variable, pinv, sizes
from symmetry.verification import derivations, verify

d, n, m = sizes("d n m")
X, Z, Q = Variable("X", d, n), Variable("Z", d, m), Variable("Q", d, d)
ORTHOGONAL = MatrixGroup("O", d)
SIZES = ({"d": 3, "n": 2, "m": 1}, {"d": 2, "n": 1, "m": 3})

CROSS_GRAM = forall(Q, implies(Member(Q, ORTHOGONAL), forall(X, Z, Equal((Q * Z).T * (Q * X), Z.T * X))))


def cross_gram(proof: Proof) -> None:
    proof.states(CROSS_GRAM)
    member = proof.suppose(Member(Q, ORTHOGONAL))
    orthogonal = proof.equations(member)
    line = proof.equal((Q * Z).T * (Q * X), Z.T * X, [orthogonal[1]])
    proof.close(line, Z, X, member, Q)


def entry(build: Callable[[Proof], None], **about: object) -> Entry:
    return claim("a-claim", "A throw-away claim", sizes=SIZES, **about)(build)


def only(report: Report) -> object:
    (found,) = report.claims
    return found


def test_a_new_claim_is_derived_and_cross_checked() -> None:
    report = verify(registered=[entry(cross_gram)])
    found = only(report)
    assert report.ok and report.exit_status == 0
    assert found.status == "derived"
    assert found.exact.verdict == found.modular.verdict == "holds"
    assert found.modular.error_bound is not None and 0 < found.modular.error_bound < 1e-12
    assert found.primitives == () and found.assumptions == ()
    assert {tuple(s.values()) for s in found.sizes} == {(3, 1, 2), (2, 3, 1)}


def wrong(proof: Proof) -> None:
    proof.states(forall(X, Equal(X * X.T, X * X.T + X * X.T)))
    proof.close(proof.equal(X * X.T, X * X.T + X * X.T), X)


def test_a_claim_that_the_kernel_refuses_says_which_link() -> None:
    report = verify(registered=[entry(wrong)])
    found = only(report)
    assert report.exit_status == 1 and not report.ok
    assert found.theorem is None
    assert "this link does not hold: XXᵀ = XXᵀ + XXᵀ" in found.error


def cited(proof: Proof) -> None:
    false = forall(X, Equal(X.T * X, 2 * (X.T * X)))
    proof.states(false)
    proof.step("cite", formula=false, name="a false reference")


def test_a_false_claim_that_is_cited_is_refuted_by_evaluation() -> None:
    report = verify(registered=[entry(cited)])
    found = only(report)
    assert found.status == "refuted" and report.exit_status == 1
    assert found.assumptions == ("a false reference",)
    assert isinstance(found.exact.counterexample, Counterexample)


def true_but_cited(proof: Proof) -> None:
    proof.states(CROSS_GRAM)
    proof.step("cite", formula=CROSS_GRAM, name="Gram 1883")


def test_what_is_cited_travels_to_everything_above() -> None:
    base = claim("base", "Cited", sizes=SIZES)(true_but_cited)

    def above(proof: Proof) -> None:
        proof.states(CROSS_GRAM)
        proof.restate(proof.lemma("base"), CROSS_GRAM)

    top = claim("top", "Rests on it", rests_on=("base",), sizes=SIZES)(above)
    report = verify(registered=[base, top])
    assert [found.status for found in report.claims] == ["derived", "derived"]
    assert report["top"].assumptions == ("Gram 1883",)


def test_a_lemma_that_fails_takes_down_what_rests_on_it() -> None:
    base = claim("base", "Wrong", sizes=SIZES)(wrong)

    def above(proof: Proof) -> None:
        proof.states(CROSS_GRAM)
        proof.restate(proof.lemma("base"), CROSS_GRAM)

    top = claim("top", "Rests on it", rests_on=("base",), sizes=SIZES)(above)
    report = verify(registered=[base, top])
    assert report["top"].theorem is None
    assert "rests on base, which could not be derived" in report["top"].error


def test_a_declared_lemma_must_be_used() -> None:
    base = claim("base", "Fine", sizes=SIZES)(cross_gram)
    top = claim("top", "Does not use it", rests_on=("base",), sizes=SIZES)(cross_gram)
    assert "uses nothing" in verify(registered=[base, top])["top"].error


VARIANTS: dict[str, tuple[Variant, ...]] = {}


@pytest.mark.parametrize(
    ("variant", "fault"),
    [
        pytest.param(Variant("V", "renamed", replace=((X, Variable("V", d, n)),), harmless=True), None, id="passes"),
        pytest.param(Variant("Q anything", "hypothesis dropped", drop=(Member(Q, ORTHOGONAL),)), None, id="caught"),
        pytest.param(
            Variant("renamed", "renamed", replace=((X, Variable("V", d, n)),)), "survives the kernel", id="survivor"
        ),
        pytest.param(
            Variant("in SO(d)", "true", replace=((ORTHOGONAL, MatrixGroup("SO", d)),)),
            "survives the kernel",
            id="true-variant",
        ),
        pytest.param(
            Variant("Q anything", "dropped", drop=(Member(Q, ORTHOGONAL),), harmless=True),
            "should pass",
            id="not-harmless",
        ),
        pytest.param(Variant("nothing", "none", replace=((m, n),)), "the statement is not changed", id="no-change"),
        pytest.param(Variant("bad shape", "none", replace=((Z.T * X, X),)), "do not fit together", id="ill-formed"),
    ],
)
def test_variants_decide_whether_a_claim_is_in_order(
    variant: Variant, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VARIANTS, "a-claim", (variant,))
    report = verify(registered=[entry(cross_gram, variants=__name__)])
    found = only(report)
    assert found.status == "derived"
    assert report.ok == (fault is None), found.faults
    if fault is not None:
        assert any(fault in text for text in found.faults), found.faults


SAMPLED: dict[str, Callable[[int], Evidence]] = {}


@pytest.mark.parametrize("verdict", ["violated", "inconclusive"])
def test_a_sampled_check_that_does_not_hold_makes_the_claim_fail(verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Evidence("sampled", verdict, sizes=SIZES, samples=3, residual=float("nan"), tolerance=1e-12)  # type: ignore[arg-type]
    monkeypatch.setitem(SAMPLED, "a-claim", lambda seed: bad)
    report = verify(registered=[entry(cross_gram, sampled=__name__)])
    assert not report.ok and only(report).faults


def test_nothing_selected_is_not_green() -> None:
    report = verify(registered=[])
    assert not report.ok and report.exit_status == 3


def test_the_same_seed_gives_the_same_document_and_another_seed_another() -> None:
    first, second, other = (report_document(verify(["gram-invariance", "1.2"], seed=seed)) for seed in (3, 3, 4))
    assert first == second
    assert first != other


def test_claims_are_found_by_id_and_by_number() -> None:
    report = verify(["2.1", "converse"])
    assert [found.id for found in report.claims] == ["span", "converse"]
    assert report["span"] is report["2.1"]


def test_an_unknown_claim_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no claim 'spam'; did you mean span"):
        verify(["spam"])


def test_lemmas_come_before_what_rests_on_them() -> None:
    every = entries()
    order = [found.id for found in every]
    for found in every:
        assert all(order.index(lemma) < order.index(found.id) for lemma in found.rests_on)
    chain = [found.id for found in with_lemmas(select(["central-theorem"], every), every)]
    assert chain[-1] == "central-theorem" and {"positivity", "reflection", "completeness", "span"} <= set(chain)


def test_claims_in_a_circle_are_refused() -> None:
    from symmetry.registry import _ordered

    circle = {id: Entry(id, id, wrong, rests_on=(other,)) for id, other in (("a", "b"), ("b", "a"))}
    with pytest.raises(UsageError, match=r"in a circle: a → b → a"):
        _ordered(circle)
    with pytest.raises(UsageError, match=r"a rests on 'c', which is not a registered claim"):
        _ordered({"a": Entry("a", "a", wrong, rests_on=("c",))})


def test_the_central_theorem_rests_on_primitives_alone() -> None:
    found = derivations(["central-theorem"])
    assert found[-1].claim == "central-theorem"
    report = verify(["central-theorem"])
    assert report["central-theorem"].assumptions == ()
    assert report["central-theorem"].primitives == ("Penrose equations", "choice", "induction on a size")


def test_random_primes_are_prime_and_large() -> None:
    import sympy

    primes = {random_prime(seed) for seed in range(5)}
    assert len(primes) == 5 and all(sympy.isprime(p) and p > 2**60 for p in primes)


def test_another_package_registers_a_claim_through_an_entry_point(tmp_path: Path) -> None:
    (tmp_path / "throwaway.py").write_text(
        textwrap.dedent("""
            from symmetry import claim
            from symmetry.formulas import Equal, forall
            from symmetry.terms import Variable, sizes

            d, n = sizes("d n")
            X = Variable("X", d, n)

            @claim("throwaway-twice", "The transpose of a transpose", number="9.9", sizes=({"d": 3, "n": 2},))
            def twice(proof):
                proof.states(forall(X, Equal(X.T.T, X)))
                proof.close(proof.equal(X.T.T, X), X)

            CLAIMS = (twice,)
        """)
    )
    metadata = tmp_path / "throwaway-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: throwaway\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symmetry.claims]\nmine = throwaway\n")
    program = "from symmetry.cli import main; import sys; sys.exit(main(['verify', '9.9']))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "throwaway-twice" in result.stdout and "1 derived" in result.stdout


def test_a_package_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    metadata = tmp_path / "broken-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symmetry.claims]\nmine = no_such_module_anywhere\n")
    result = subprocess.run(
        [sys.executable, "-m", "symmetry", "list"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 2
    assert "no_such_module_anywhere" in result.stderr and "Traceback" not in result.stderr


def test_a_step_that_cannot_be_evaluated_is_counted() -> None:
    def unlikely(proof: Proof) -> None:
        proof.states(forall(X, Equal(pinv(X) * X * pinv(X), pinv(X))))
        proof.close(proof.equal(pinv(X) * X * pinv(X), pinv(X), [proof.penrose(X, 2)]), X)

    found = only(verify(registered=[entry(unlikely)]))
    evaluated = [check for check in found.steps if check.evidence is not None]
    document = report_document(verify(registered=[entry(unlikely)]))["claims"][0]["steps"]
    assert document["total"] == len(found.steps)
    assert document["evaluated"] + len(document["not_evaluated"]) == len(evaluated)


@pytest.mark.parametrize(
    ("about", "message"),
    [
        pytest.param({"sizes": ({"d": -1, "n": 2, "m": 3},)}, "numbers up to 12", id="negative-size"),
        pytest.param({"sizes": ({"d": 2.5, "n": 2, "m": 3},)}, "numbers up to 12", id="fractional-size"),
        pytest.param({"sizes": ({"d": 10**9, "n": 2, "m": 3},)}, "numbers up to 12", id="huge-size"),
        pytest.param({"sizes": {"d": 2, "n": 3, "m": 1}}, "a tuple of dictionaries", id="not-a-tuple"),
        pytest.param({"variants": Variant("one", "kind")}, "a tuple of Variant", id="one-variant"),
        pytest.param({"variants": ("x",)}, "a tuple of Variant", id="not-a-variant"),
        pytest.param({"remark": ("x",)}, "remark is words", id="remark"),
        pytest.param({"reading": 2}, "reading is words", id="reading"),
        pytest.param({"open": True}, "open is words", id="open"),
        pytest.param({"repaired_by": "a-claim"}, "a tuple of ids", id="repaired-by"),
    ],
)
def test_a_claim_that_is_not_well_formed_is_refused(about: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        claim("a-claim", "A claim", **about)(cross_gram)


@pytest.mark.parametrize("name", ["", "a b", "../x", "UPPER", 3, None], ids=repr)
def test_an_id_is_a_slug(name: object) -> None:
    with pytest.raises(UsageError, match="slug"):
        Entry(name, "A claim", cross_gram)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("about", "message"),
    [
        pytest.param({"drop": Member(Q, ORTHOGONAL)}, "a tuple of statements", id="drop"),
        pytest.param({"replace": (X, Z)}, "pairs", id="replace"),
        pytest.param({"field": "GF(q)"}, "field is", id="field"),
    ],
)
def test_a_variant_that_is_not_well_formed_is_refused(about: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Variant("changed", "kind", **about)  # type: ignore[arg-type]


def test_two_claims_with_one_id_are_refused() -> None:
    with pytest.raises(UsageError, match="two claims are called 'a-claim'"):
        verify(registered=[entry(cross_gram), entry(cross_gram)])


def test_code_of_a_claim_that_raises_takes_only_that_claim_down() -> None:
    def broken(proof: Proof) -> None:
        raise RuntimeError("out of ideas")

    def failing(seed: int) -> Evidence:
        raise ZeroDivisionError("division by zero")

    fine, bad = entry(cross_gram), claim("bad", "Raises", sizes=SIZES)(broken)
    worse = claim("worse", "Samples badly", sizes=SIZES, sampled=failing)(cross_gram)
    report = verify(registered=[bad, fine, worse])
    assert report["a-claim"].ok and not report.ok
    assert report["bad"].status == "open" and "RuntimeError: out of ideas" in report["bad"].error
    assert report["worse"].status == "derived" and "ZeroDivisionError" in report["worse"].faults[0]


def test_an_empty_id_selects_nothing() -> None:
    with pytest.raises(UsageError, match="no claim ''"):
        verify([""])


def test_a_reading_is_an_assumption_and_kept_apart_from_what_is_cited() -> None:
    base = claim("base", "Cited", sizes=SIZES, reading="turning: by one Q for all")(true_but_cited)

    def above(proof: Proof) -> None:
        proof.states(CROSS_GRAM)
        proof.restate(proof.lemma("base"), CROSS_GRAM)

    top = claim("top", "Rests on it", rests_on=("base",), sizes=SIZES)(above)
    report = verify(registered=[base, top])
    assert report["base"].cited == ("Gram 1883",) and report["base"].reading == "turning: by one Q for all"
    assert report["base"].assumptions == ("Gram 1883", "turning: by one Q for all")
    assert report["top"].assumptions == ("Gram 1883",)  # its statement is proved without any definition of ours
    document = report_document(report)["claims"][0]
    assert document["assumptions"] == ["Gram 1883", "turning: by one Q for all"]
    assert document["reading"] == "turning: by one Q for all"


def test_remarks_and_repairs_are_data() -> None:
    fine = claim("fine", "Fine", sizes=SIZES)(cross_gram)
    about = {"remark": "Because.", "repair": "turn both", "repaired_by": ("fine",)}
    found = report_document(verify(registered=[fine, entry(cross_gram, **about)]))["claims"][1]
    assert found["remark"] == "Because." and found["repair"] == {"text": "turn both", "claims": ["fine"]}
    assert found["rests_on"] == []
    with pytest.raises(UsageError, match="a-claim is repaired by 'fine', which is not a registered claim"):
        verify(registered=[entry(cross_gram, **about)])


def unfinished(proof: Proof) -> None:
    proof.states(CROSS_GRAM)
    proof.suppose(Member(Q, ORTHOGONAL))


OPEN = Entry("unknown", "Nobody knows", open="a proof or a counterexample would decide it")


@pytest.mark.parametrize(
    "opened", [OPEN, claim("unknown", "Nobody knows", open="no proof")(unfinished)], ids=["no-derivation", "unfinished"]
)
def test_a_declared_open_claim_is_no_failure(opened: Entry) -> None:
    report = verify(registered=[opened, entry(cross_gram)])
    assert report["unknown"].status == "open" and report["unknown"].ok and report["unknown"].theorem is None
    assert report.ok and report.exit_status == 0 and report.open == ("unknown",)
    document = report_document(report)
    assert document["open"] == ["unknown"] and document["claims"][0]["open"] == opened.open


def test_what_cannot_be_derived_and_is_not_declared_open_still_fails() -> None:
    report = verify(registered=[claim("unknown", "Nobody knows")(unfinished)])
    assert report["unknown"].status == "exact" and not report.ok and report.open == ()
    assert "does not replay" in report["unknown"].error
    with pytest.raises(UsageError, match="has no derivation, and does not say why it is open"):
        Entry("unknown", "Nobody knows")


def test_a_declared_open_claim_that_is_derived_is_an_error() -> None:
    report = verify(registered=[entry(cross_gram, open="no proof")])
    assert only(report).status == "open" and only(report).theorem is None
    assert only(report).faults == ("declared open, but derived",) and report.exit_status == 1


def test_nothing_is_derived_from_an_open_claim() -> None:
    def above(proof: Proof) -> None:
        proof.states(CROSS_GRAM)
        proof.restate(proof.lemma("unknown"), CROSS_GRAM)

    for opened in (OPEN, claim("unknown", "Nobody knows", open="no proof")(cross_gram)):
        report = verify(registered=[opened, claim("top", "Rests on it", rests_on=("unknown",), sizes=SIZES)(above)])
        assert report["top"].theorem is None and not report.ok
        assert report["top"].faults == ("rests on unknown, which is declared open",)


def test_code_of_an_open_claim_that_raises_is_an_error() -> None:
    def broken(proof: Proof) -> None:
        raise RuntimeError("out of ideas")

    assert "out of ideas" in verify(registered=[claim("unknown", "Unknown", open="no proof")(broken)])["unknown"].error


def test_an_open_claim_is_refuted_by_its_sampled_check(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Evidence("sampled", "violated", sizes=SIZES, samples=3, residual=1.0, tolerance=1e-12)
    report = verify(registered=[Entry("unknown", "Nobody knows", open="no proof", sampled=lambda seed: bad)])
    assert report["unknown"].status == "refuted" and report.exit_status == 1


def test_an_open_claim_has_no_derivation_to_write_down() -> None:
    assert "density" not in {found.claim for found in derivations()}
    with pytest.raises(UsageError, match="density is declared open"):
        derivations(["density"])


def test_a_negative_claim_is_recognised_by_its_statement() -> None:
    def positive(proof: Proof) -> None:
        cross_gram(proof)

    def negative(proof: Proof) -> None:
        one_is_two = Equal(Number(1), Number(2))
        proof.states(forall(X, negation(one_is_two)))
        given = proof.suppose(one_is_two)
        gap = proof.combine(FALSEHOOD, (-1, None, given, None))
        proof.close(gap, given, X)

    report = verify(registered=[claim("yes", "Yes")(positive), claim("no", "No")(negative)])
    assert [found.negative for found in report.claims] == [False, True]
    assert [found["negative"] for found in report_document(report)["claims"]] == [False, True]
    assert str(report["no"].statement) == "∀ X : d × n.  not (1 = 2)"
