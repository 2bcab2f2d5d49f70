"""Claims that stand on an exact computation: never derived, and in order only while the computation holds."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from symmetry.claims import Report
from symmetry.documents import report_document
from symmetry.errors import UsageError
from symmetry.evidence import Counterexample, Evidence
from symmetry.explain import explain
from symmetry.formulas import Equal, forall
from symmetry.overview import print_overview
from symmetry.points import Point
from symmetry.proof import Proof
from symmetry.registry import Entry, Variant, claim
from symmetry.report import print_report
from symmetry.terms import Variable, sizes
from symmetry.tree import tree
from symmetry.verification import derivations, verify

SIZES = ({"d": 2, "N": 3, "degree": 4}, {"d": 3, "N": 1, "degree": 2})
POINT = Counterexample({"y₁": ((1,), (0,))}, "a cubic invariant that the forms miss", 1, 0, sizes=SIZES[0])
HOLDS = Evidence("exact", "holds", sizes=SIZES, samples=7, detail="7 spaces")
VIOLATED = Evidence("exact", "violated", sizes=SIZES, samples=2, counterexample=POINT)
UNSURE = Evidence("exact", "inconclusive", detail="no memory")

Computation = Callable[[int], Any]


def always(found: object) -> Computation:
    return lambda seed: found


def raises(seed: int) -> Evidence:
    raise ZeroDivisionError("division by zero")


FALSE = Variant("minors of size d", "wrong size", computed=always(VIOLATED))
HARMLESS = Variant("in another order", "reordered", computed=always(HOLDS), harmless=True)


ALWAYS_HOLDS = always(HOLDS)


def entry(computed: Any = ALWAYS_HOLDS, **about: Any) -> Entry:
    return Entry("counted", "As many as there are", **{"number": "9.1", "computed": computed, **about})


def only(entry: Entry, **about: Any) -> Any:
    report = verify(registered=[entry], **about)
    (found,) = report.claims
    assert report.ok == found.ok and report.exit_status == (0 if found.ok else 1)
    return found


def test_a_computation_that_holds_is_exact_and_not_derived() -> None:
    found = only(entry(variants=(FALSE, HARMLESS)))
    assert (found.status, found.ok, found.faults) == ("exact", True, ())
    assert found.theorem is None and found.derivation is None and found.statement is None
    assert found.sizes == SIZES and found.evidence == (HOLDS,) and dict(found.checks) == {"computed": HOLDS}
    assert (found.variants_refuted, found.false_variants) == (1, 1)


@pytest.mark.parametrize(
    ("computed", "status", "fault"),
    [
        pytest.param(always(VIOLATED), "refuted", "violated: a cubic invariant that the forms miss", id="violated"),
        pytest.param(always(UNSURE), "open", "inconclusive: no memory", id="inconclusive"),
        pytest.param(raises, "open", "ZeroDivisionError: division by zero", id="raises"),
        pytest.param(
            lambda seed: Evidence("exact", "holds", sizes=SIZES), "open", "without a single evaluated", id="no-samples"
        ),
        pytest.param(always(Evidence("exact", "holds", samples=7)), "open", "does not list the sizes", id="no-sizes"),
        pytest.param(always(True), "open", "returned bool, not Evidence", id="not-evidence"),
        pytest.param(always(None), "open", "returned NoneType, not Evidence", id="nothing"),
        pytest.param(
            always(Evidence("sampled", "holds", sizes=SIZES, samples=3, residual=0.0, tolerance=1.0)),
            "open",
            "its evidence is sampled",
            id="floating-point",
        ),
        pytest.param(
            always(Evidence("modular", "holds", sizes=SIZES, samples=3)), "open", "evidence is modular", id="modular"
        ),
        pytest.param(
            always(Evidence("modular", "violated", sizes=SIZES, samples=3)), "open", "is modular", id="modular-violated"
        ),
        pytest.param(lambda: HOLDS, "open", "TypeError", id="no-seed"),
    ],
)
def test_planted_wrong_evidence_makes_the_claim_fail(computed: Computation, status: str, fault: str) -> None:
    found = only(entry(computed, variants=(FALSE,)))
    assert found.status == status and not found.ok
    assert any(fault in text for text in found.faults), found.faults


@pytest.mark.parametrize(
    ("variant", "fault"),
    [
        pytest.param(FALSE, None, id="caught"),
        pytest.param(HARMLESS, None, id="harmless"),
        pytest.param(Variant("v", "k", computed=always(HOLDS)), "should be violated", id="survives"),
        pytest.param(
            Variant("v", "k", computed=always(Evidence("exact", "violated", sizes=SIZES, samples=1))),
            "with a counterexample",
            id="no-counterexample",
        ),
        pytest.param(Variant("v", "k", computed=always(UNSURE)), "inconclusive: no memory", id="inconclusive"),
        pytest.param(Variant("v", "k", computed=raises), "ZeroDivisionError", id="raises"),
        pytest.param(Variant("v", "k", computed=always(VIOLATED), harmless=True), "it should hold", id="not-harmless"),
        pytest.param(Variant("v", "k", computed=raises, harmless=True), "it should hold", id="harmless-raises"),
        pytest.param(Variant("v", "k", drop=(Equal,)), "there is no derivation to change", id="of-a-derivation"),
        pytest.param(Variant("v", "k", harmless=True), "there is no derivation to change", id="of-nothing"),
    ],
)
def test_false_variants_of_a_computation_have_to_be_violated(variant: Variant, fault: str | None) -> None:
    found = only(entry(variants=(variant,)))
    assert found.status == "exact" and found.ok == (fault is None)
    if fault is not None:
        assert fault in found.faults[0] and found.variants_refuted == 0


def test_each_computation_gets_the_seed() -> None:
    seen: list[int] = []

    def computed(seed: int) -> Evidence:
        seen.append(seed)
        return HOLDS

    only(entry(computed, variants=(Variant("v", "k", computed=computed, harmless=True),)), seed=5)
    assert seen == [5, 5]


COMPUTED: dict[str, Computation] = {"counted": always(HOLDS)}
VARIANTS: dict[str, tuple[Variant, ...]] = {"counted": (FALSE, HARMLESS)}


def test_computations_are_found_in_a_module() -> None:
    assert only(entry(__name__, variants=__name__)).variants_refuted == 1
    for name, message in ((__name__, "has nothing for it"), ("symmetry.tree", "no COMPUTED in symmetry.tree")):
        with pytest.raises(UsageError, match=message):
            verify(registered=[Entry("other", "Another", computed=name)])


d, n = sizes("d n")
X = Variable("X", d, n)


def build(proof: Proof) -> None:
    proof.states(forall(X, Equal(X.T.T, X)))
    proof.close(proof.equal(X.T.T, X), X)


def derived(computed: Any, **about: Any) -> Entry:
    return claim("twice", "Transposed twice", sizes=({"d": 3, "n": 2},), computed=computed, **about)(build)


def test_beside_a_derivation_a_computation_is_one_more_piece_of_evidence() -> None:
    found = only(derived(always(HOLDS), variants=(FALSE,)))
    assert found.status == "derived" and found.ok and found.variants_refuted == 1
    assert list(found.checks) == ["exact", "modular", "computed"] and found.sizes == ({"d": 3, "n": 2},)


@pytest.mark.parametrize(
    ("computed", "status"),
    [(always(VIOLATED), "refuted"), (always(UNSURE), "derived"), (raises, "derived")],
    ids=["violated", "inconclusive", "raises"],
)
def test_beside_a_derivation_a_computation_that_does_not_hold_is_a_fault(computed: Computation, status: str) -> None:
    found = only(derived(computed))
    assert found.status == status and not found.ok and "the computation is" in found.faults[0]


def test_a_computation_does_not_replace_a_derivation_that_fails() -> None:
    def broken(proof: Proof) -> None:
        raise RuntimeError("out of ideas")

    found = only(claim("twice", "Transposed twice", computed=always(HOLDS))(broken))
    assert found.status == "open" and not found.ok and "out of ideas" in found.faults[0]


def test_nothing_rests_on_a_computation_and_it_rests_on_nothing() -> None:
    def above(proof: Proof) -> None:
        proof.states(forall(X, Equal(X.T.T, X)))
        proof.restate(proof.lemma("counted"), forall(X, Equal(X.T.T, X)))

    top = claim("top", "On top", rests_on=("counted",))(above)
    report = verify(registered=[entry(), top])
    assert report["top"].theorem is None
    assert report["top"].faults == ("rests on counted, which is computed, not derived",)
    with pytest.raises(UsageError, match="nothing would show that it rests on others"):
        entry(rests_on=("span",))


def test_an_open_claim_stays_open_and_can_be_refuted_by_a_computation() -> None:
    assert only(entry(open="no proof")).status == "open"
    assert only(entry(always(VIOLATED), open="no proof")).status == "refuted"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: entry(3), "computed is called with a seed"),
        (lambda: entry(""), "has no derivation"),
        (lambda: entry(beyond=("Weyl",)), "beyond is words"),
        (lambda: Variant("v", "k", computed="module"), "called with a seed"),  # type: ignore[arg-type]
        (lambda: Variant("v", "k", computed=always(HOLDS), drop=(X,)), "not both"),
        (lambda: Variant("v", "k", computed=always(HOLDS), field="GF(p)"), "not both"),
    ],
    ids=["number", "empty", "beyond", "variant", "two-changes", "field"],
)
def test_what_is_not_well_formed_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()


def test_beyond_is_words_and_never_changes_the_status() -> None:
    words = "all degrees and sizes: the first fundamental theorem (Weyl 1939), cited"
    for computed, status in ((always(HOLDS), "exact"), (always(UNSURE), "open"), (always(VIOLATED), "refuted")):
        found = only(entry(computed, beyond=words))
        assert found.status == status and found.assumptions == ()
    assert only(derived(always(HOLDS), beyond=words)).assumptions == ()


# ---------------------------------------------------------------------------------------------------------------
# What is shown


LONG = Entry(
    "invariants-counted-three-ways",
    "Polynomial invariants of each degree are counted in three ways, which give one number each time",
    number="1.8",
    computed=always(HOLDS),
    beyond="all degrees: the integration formula (Weyl 1939), cited, not checked here",
    remark="Counts say nothing about independence.",
    source="H. Weyl, The Classical Groups, 1939",
    variants=(FALSE, HARMLESS, Variant("rotations only", "smaller group", computed=always(VIOLATED))),
)
WRONG = Entry("wrong", "Wrong", number="1.9", computed=always(VIOLATED), variants=(Variant("v", "k", computed=raises),))


@pytest.fixture(scope="module")
def report() -> Report:
    point = Point(1, "They are counted.", ("twice", LONG.id), "", "A. Author, 1900")
    return verify(registered=[derived(always(HOLDS), number="1.1"), LONG], points=(point,))


def printed(report: Report, width: int, show: Callable[..., None], **about: object) -> str:
    out = StringIO()
    show(report, Console(file=out, width=width), **about)
    return out.getvalue()


def explained(report: Report, out: Console) -> None:
    for found in report.claims:
        explain(found, out)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("show", [print_overview, print_report, explained], ids=["table", "blocks", "explained"])
def test_every_line_fits_and_nothing_is_lost(report: Report, width: int, show: Callable[..., None]) -> None:
    text = printed(report, width, show)
    assert max(map(len, text.splitlines())) <= max(width, len(LONG.id) + 8)
    flat = "".join(text.replace("│", "").split())
    for words in (LONG.title, LONG.beyond, LONG.remark, LONG.id):
        assert "".join(words.split()) in flat


def test_the_table_has_the_computation_in_the_exact_cell(report: Report) -> None:
    lines = printed(report, 120, print_overview).splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line[:3] in ("1.1", "1.8")}
    assert rows["1.1"][2:8] == ["derived", "✓", "1", "+", "2", "✓"]
    assert rows["1.8"][2:] == ["exact", "+", "2", "–", "–", "–", "2/2"]
    text = " ".join(printed(report, 120, print_overview).split())
    assert "beyond: all degrees: the integration formula" in text and "+ marks at how many sizes" in text
    assert "1   exact They are counted. derived: twice exact: invariants-counted" in text.replace(
        "1 exact", "1   exact"
    )
    assert "1 derived, 1 exact, false variants refuted 2/2," in text and text.endswith("all hold")


def test_without_computations_the_legend_does_not_speak_of_them() -> None:
    assert "+ marks" not in printed(verify(["gram-invariance"]), 100, print_overview)


def test_a_block_shows_sizes_detail_and_what_refuted_the_variants(report: Report) -> None:
    text = printed(report, 120, print_report, verbose=True)
    assert "computed 7 cases at d,N,degree = 2,3,4 · 3,1,2: 7 spaces" in text
    assert "exact  refuted 2/2" in text
    assert "computed d = 2, N = 3, degree = 4" in text and "a cubic invariant that the forms miss" in text
    assert "kernel" not in text


def test_an_explanation_says_that_there_is_no_derivation(report: Report) -> None:
    text = printed(report, 120, explained)
    assert "computed    7 cases at d,N,degree = 2,3,4 · 3,1,2: 7 spaces" in text
    assert "derivation  none" in text and "source      H. Weyl" in text and "beyond      all degrees" in text
    assert "What breaks when something is changed" in text and "rotations only" in text


@pytest.mark.parametrize("width", [40, 80])
def test_what_is_wrong_is_shown(width: int) -> None:
    found = verify(registered=[WRONG])
    for show in (print_overview, print_report):
        text = " ".join(printed(found, width, show).split())
        assert "✗ wrong: the computation is violated: a cubic invariant that the forms miss" in text
        assert "0/1" in text and text.endswith("1 of 1 failed")
    assert "✗" in printed(found, 80, print_overview).splitlines()[2][12:]
    assert "a cubic invariant that the forms miss" in printed(found, 100, explained)


def test_a_computed_claim_without_variants_is_seen_to_have_none() -> None:
    found = verify(registered=[entry()])
    assert "no variants" in printed(found, 100, print_report)
    assert printed(found, 100, print_overview).splitlines()[2].split()[-1] == "–"


def test_sizes_of_different_names_are_told_apart() -> None:
    mixed = Evidence("exact", "holds", sizes=(*SIZES, {"d": 4, "k": 2}, {"d": 5, "N": 6, "degree": 1}), samples=4)
    text = printed(verify(registered=[entry(always(mixed))]), 120, print_report)
    assert "4 cases at d,N,degree = 2,3,4 · 3,1,2 · 5,6,1; d,k = 4,2" in text


def test_a_computed_claim_as_data(report: Report) -> None:
    document = report_document(report, timings=True)
    assert list(document["counts"].items()) == [("derived", 1), ("exact", 1)] and document["ok"]
    assert set(document["timings"]) == {"derive", "exact", "sampled", "computed", "variants"}
    twice, counted = document["claims"]
    assert (counted["status"], counted["statement"], counted["steps"]["total"]) == ("exact", None, 0)
    assert counted["beyond"] == LONG.beyond and twice["beyond"] == ""
    assert [found["check"] for found in twice["evidence"]] == ["exact", "modular", "computed"]
    assert [(found["check"], found["detail"]) for found in counted["evidence"]] == [("computed", "7 spaces")]
    assert counted["sizes"] == list(SIZES)
    for variant in counted["variants"]:
        assert variant["computed"] and variant["refused"] is None and variant["ok"]
        assert bool(variant["exact"]["counterexample"]) == (not variant["harmless"])


def test_the_document_is_the_same_with_several_processes() -> None:
    many = [
        Entry(f"c{k}", "Counted", computed=always(HOLDS), variants=(FALSE, HARMLESS), package="p") for k in range(30)
    ]
    assert report_document(verify(registered=many)) == report_document(verify(registered=many, workers=2))


def test_a_tree_shows_it_on_its_own() -> None:
    assert list(tree([LONG])) == [f"1.8 {LONG.id} (computed)"]


def test_another_package_registers_a_computed_claim(tmp_path: Path) -> None:
    (tmp_path / "throwaway.py").write_text(
        textwrap.dedent("""
            from symmetry.evidence import Evidence
            from symmetry.registry import Entry

            def computed(seed):
                squares = all(sum(range(1, 2 * n, 2)) == n * n for n in range(1, 9))
                return Evidence("exact", "holds" if squares else "violated", sizes=({"n": 8},), samples=8)

            CLAIMS = (Entry("odd-numbers", "The first n odd numbers add up to n²", number="9.9", computed=computed),)
        """)
    )
    metadata = tmp_path / "throwaway-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: throwaway\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symmetry.claims]\nmine = throwaway\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{tmp_path}:{Path(__file__).parents[1]}"
        return subprocess.run(
            [sys.executable, "-m", "symmetry", *arguments],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
        )

    result = run("verify", "9.9")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "odd-numbers" in result.stdout and "1 exact, false variants refuted 0/0, seed 0" in result.stdout
    assert run("explain", "9.9", "--brief").returncode == 0
    result = run("explain", "9.9", "--json")
    assert result.returncode == 2
    assert "odd-numbers is computed (`symmetry verify` runs it): there is no derivation of it" in result.stderr


def test_derivations_of_everything_leave_computed_claims_out() -> None:
    found = {derivation.claim for derivation in derivations()}
    from symmetry.registry import entries

    assert found == {entry.id for entry in entries() if entry.build is not None and not entry.open}
