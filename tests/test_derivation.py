"""Derivations as data: written and read back byte for byte, replayed anywhere, and refused when anything is edited."""

from __future__ import annotations

import copy
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from symmetry import verification
from symmetry.derivation import MAX_DEPTH, Derivation, Step, decode, encode, from_json, to_json
from symmetry.errors import DerivationError, SymmetryError
from symmetry.formulas import Equal
from symmetry.kernel import Theorem, apply, replay
from symmetry.registry import entries
from symmetry.sizes import Size
from symmetry.terms import Number, Total, Variable

IDS = tuple(entry.id for entry in entries() if not entry.open and not entry.is_computed)
EDITED = ("positivity", "gram-invariance", "span", "coordinate-relu")


@pytest.fixture(scope="module")
def derivations() -> dict[str, Derivation]:
    return {derivation.claim: derivation for derivation in verification.derivations()}


@pytest.fixture(scope="module")
def theorems(derivations: dict[str, Derivation]) -> dict[str, Theorem]:
    found: dict[str, Theorem] = {}
    for derivation in derivations.values():
        found[derivation.claim] = replay(derivation, found)[derivation.steps[-1].name]
    return found


# ---------------------------------------------------------------------------------------------------------------
# Written and read back


@pytest.mark.parametrize("claim", IDS)
def test_json_round_trip_is_byte_for_byte(claim: str, derivations: dict[str, Derivation]) -> None:
    text = to_json([derivations[claim]])
    (read,) = from_json(text)
    assert to_json([read]) == text
    assert (read.claim, read.statement, read.lemmas) == (claim, derivations[claim].statement, derivations[claim].lemmas)
    for step, written in zip(read.steps, derivations[claim].steps, strict=True):
        assert (step.name, step.rule, step.by, step.why) == (written.name, written.rule, written.by, written.why)
        assert (step.hypotheses, step.conclusion) == (written.hypotheses, written.conclusion)


@pytest.mark.parametrize("claim", IDS)
def test_what_was_read_back_replays_to_the_statement(
    claim: str, derivations: dict[str, Derivation], theorems: dict[str, Theorem]
) -> None:
    (read,) = from_json(to_json([derivations[claim]]))
    lemmas = {id: theorem for id, theorem in theorems.items() if id in read.lemmas}
    found = replay(read, lemmas)
    assert list(found) == [step.name for step in read.steps]
    last = found[read.steps[-1].name]
    assert (last.conclusion, last.hypotheses, last.assumptions) == (read.statement, (), frozenset())
    assert last.primitives == theorems[claim].primitives


_FRESH = """
import sys
from symmetry.derivation import from_json, to_json
from symmetry.kernel import replay
text = open(sys.argv[1], encoding="utf-8").read()
theorems = {}
for derivation in from_json(text):
    theorems[derivation.claim] = replay(derivation, theorems)[derivation.steps[-1].name]
    theorem = theorems[derivation.claim]
    print(derivation.claim, theorem, sorted(theorem.assumptions), sorted(theorem.primitives))
assert not any(name.startswith(("derivations", "symmetry.proof", "symmetry.claims")) for name in sys.modules)
sys.stdout.write(str(to_json(from_json(text)) == text))
"""


@pytest.mark.parametrize("flags", [(), ("-O",)], ids=["plain", "optimised"])
def test_replay_in_a_fresh_process(
    flags: tuple[str, ...], tmp_path: Path, derivations: dict[str, Derivation], theorems: dict[str, Theorem]
) -> None:
    path = tmp_path / "all.json"
    path.write_text(to_json(derivations.values()), encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, *flags, "-c", _FRESH, str(path)], capture_output=True, encoding="utf-8", env=environment
    )
    assert run.returncode == 0, run.stderr
    *lines, same = run.stdout.split("\n")
    assert same == "True"
    assert lines == [
        f"{claim} {theorem} {sorted(theorem.assumptions)} {sorted(theorem.primitives)}"
        for claim, theorem in theorems.items()
    ]


# ---------------------------------------------------------------------------------------------------------------
# Any single edit is refused, or proves the same statement in another way


def _edits(data: Any) -> Iterator[Any]:
    """Every value that differs from the data at one place."""
    if isinstance(data, str):
        for other in ("X", "Y", "Q", "d", "N", "0", "1", "2", "O", "SO", "Zero", "ForAll", "Exists", "1.2"):
            if other != data:
                yield other
    elif isinstance(data, int):
        yield from (data + 1, data - 1)
    elif data is None:
        yield ["Identity", "d"]
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from ([*data[:index], other, *data[index + 1 :]] for other in _edits(part))
            yield [*data[:index], *data[index + 1 :]]
            yield [*data[: index + 1], *data[index:]]
            if index and part != data[index - 1]:
                yield [*data[: index - 1], part, data[index - 1], *data[index + 1 :]]
            if isinstance(part, list) and part and part[0] in ("Transpose", "Pseudoinverse"):
                yield [*data[:index], part[1], *data[index + 1 :]]
    elif isinstance(data, dict):
        for key, part in data.items():
            yield from ({**data, key: other} for other in _edits(part))
            yield {other: value for other, value in data.items() if other != key}


def _edited_documents(document: dict[str, Any], field: str, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Some documents in which one field of one step, or the statement, was edited at one place."""
    (entry,) = document["derivations"]
    draw = random.Random(f"{entry['claim']} {field}")
    places = [entry] if field == "statement" else entry["steps"]
    edits = [(index, other) for index, place in enumerate(places) for other in _edits(place[field])]
    for index, other in draw.sample(edits, min(count, len(edits))):
        changed = copy.deepcopy(document)
        (inner,) = changed["derivations"]
        (inner if field == "statement" else inner["steps"][index])[field] = other
        yield f"{field} of step {index + 1}: {other!r:.200}", changed


@pytest.mark.parametrize("claim", EDITED)
@pytest.mark.parametrize("field", ["conclusion", "hypotheses", "statement", "arguments", "by", "rule", "name"])
def test_any_single_edit_is_refused_or_proves_the_same(
    claim: str, field: str, derivations: dict[str, Derivation], theorems: dict[str, Theorem]
) -> None:
    document = json.loads(to_json([derivations[claim]]))
    refused = accepted = 0
    for place, edited in _edited_documents(document, field, 50):
        try:
            (derivation,) = from_json(json.dumps(edited))
            lemmas = {id: theorem for id, theorem in theorems.items() if id in derivations[claim].lemmas}
            found = replay(derivation, lemmas)
        except SymmetryError:
            refused += 1
            continue
        accepted += 1
        assert field in ("arguments", "by", "rule", "name"), place
        theorem = found[derivation.steps[-1].name]
        assert theorem.conclusion == derivations[claim].statement, place
        assert not theorem.hypotheses and theorem.assumptions == theorems[claim].assumptions, place
        # Whatever was edited, every step still reaches what is recorded for it.
        assert [step.conclusion for step in derivation.steps] == [step.conclusion for step in derivations[claim].steps]
    assert refused >= 5 and refused > accepted


def test_every_conclusion_and_hypothesis_is_compared(
    derivations: dict[str, Derivation], theorems: dict[str, Theorem]
) -> None:
    """At every step of every claim, another recorded judgement is refused at that step."""
    for claim, derivation in derivations.items():
        lemmas = {id: theorem for id, theorem in theorems.items() if id in derivation.lemmas}
        for index, step in enumerate(derivation.steps):
            for changed in (
                Step(step.name, step.rule, step.by, step.arguments, step.hypotheses, Equal(Number(1), Number(0))),  # type: ignore[arg-type]
                Step(
                    step.name, step.rule, step.by, step.arguments, (*step.hypotheses, step.conclusion), step.conclusion
                ),  # type: ignore[arg-type]
            ):
                # Earlier steps are known to be right: replay only needs their theorems, so cut where they are used.
                if index > 12:
                    break
                steps = (*derivation.steps[:index], changed)
                with pytest.raises(DerivationError, match=f"step {step.name}: the file says"):
                    replay(Derivation(claim, derivation.statement, steps), lemmas)


def test_reason_in_words_proves_nothing(derivations: dict[str, Derivation]) -> None:
    document = json.loads(to_json([derivations["gram-invariance"]]))
    for step in document["derivations"][0]["steps"]:
        step["why"] = "1 = 0"
    (derivation,) = from_json(json.dumps(document))
    assert replay(derivation, {})[derivation.steps[-1].name].conclusion == derivation.statement


# ---------------------------------------------------------------------------------------------------------------
# What is not such a document

ONE = ["Number", "1"]
SAME = ["Equal", ONE, ONE]
STEP = {
    "name": "1",
    "rule": "chain",
    "by": [],
    "arguments": {"terms": [ONE, ONE], "links": [[]]},
    "hypotheses": [],
    "conclusion": SAME,
    "why": "",
}


def document(*steps: dict[str, Any], statement: Any = SAME, **other: Any) -> str:
    body = {"claim": "c", "statement": statement, "steps": list(steps)}
    return json.dumps({"format": "symmetry-derivations", "version": 1, "derivations": [body], **other})


def with_step(**fields: Any) -> str:
    return document({**STEP, **fields})


def with_term(term: Any) -> str:
    return with_step(arguments={"terms": [term, term], "links": [[]]})


def test_the_document_that_the_refusals_vary_is_good() -> None:
    (derivation,) = from_json(document(STEP))
    assert replay(derivation, {})["1"].conclusion == Equal(Number(1), Number(1))  # type: ignore[arg-type]


X = ["Variable", "X", "d", "n"]
f = ["Function", "f", [["d", "n"]], ["d", "n"]]
e, BASIS = ["Variable", "e", "n", "1"], ["StandardBasis", "n"]
NOT_DERIVATIONS: dict[str, tuple[str, str]] = {
    "nothing": ("", "not JSON: JSONDecodeError"),
    "half a file": (document(STEP)[:-20], "not JSON: JSONDecodeError"),
    "a list": ("[]", "not a derivation file"),
    "another format": ('{"format": "other"}', "not a derivation file"),
    "another version": (document(STEP, version=2), "derivation file version 2: this release reads 1"),
    "no derivation": (document(STEP, derivations=[]), "the file holds no derivation"),
    "derivations as text": (document(STEP, derivations="all"), "the file holds no derivation"),
    "NaN": (document(STEP).replace('"links": [[]]', '"links": NaN'), "NaN is not a number here"),
    "Infinity": (document(STEP).replace('"links": [[]]', '"links": [-Infinity]'), "-Infinity is not a number here"),
    "a float": (with_step(arguments={"terms": [], "links": 1.0}), "an argument cannot be 1.0"),
    "a truth value": (with_step(arguments={"terms": [], "links": [True]}), "an argument cannot be True"),
    "an object": (with_step(arguments={"terms": {}, "links": []}), "an argument cannot be {}"),
    "a huge integer": (document(STEP).replace('"links": [[]]', '"links": ' + "9" * 5000), "not JSON: ValueError"),
    "a key twice": (document(STEP).replace('"claim": "c"', '"claim": "c", "claim": "d"'), "a key stands twice"),
    "a conclusion twice": (
        document(STEP).replace('"why": ""', '"why": "", "conclusion": ["Equal", ["Number", "1"], ["Number", "0"]]'),
        "a key stands twice in an object with name, rule",
    ),
    "an extra key in a step": (with_step(trusted=1), "a step has exactly the keys name, rule, by"),
    "a step without conclusion": (document({k: v for k, v in STEP.items() if k != "conclusion"}), "a step has exactly"),
    "an extra key in a derivation": (
        document(STEP).replace('"claim": "c"', '"claim": "c", "ok": true'),
        "a derivation has exactly the keys",
    ),
    "a step that is text": (document("1"), "a step has exactly the keys"),  # type: ignore[arg-type]
    "steps that are an object": (
        document(STEP).replace('"steps": [', '"steps": {"a": [').replace("]}]}", "]}}]}"),
        "a list",
    ),
    "a name that is a number": (with_step(name=1), "expected a short name, found 1"),
    "an empty name": (with_step(name=""), "expected a short name"),
    "a long name": (with_step(name="1" * 201), "expected a short name"),
    "a rule that is a list": (with_step(rule=["chain"]), "expected a short name"),
    "premises as text": (with_step(by="1"), "by and hypotheses are lists"),
    "hypotheses as an object": (with_step(hypotheses={}), "by and hypotheses are lists"),
    "arguments as a list": (with_step(arguments=[]), "arguments an object"),
    "a conclusion that is a term": (with_step(conclusion=ONE), "expected a statement, found the term 1"),
    "a conclusion that is missing": (with_step(conclusion=None), r"expected a node \[kind, …\], found None"),
    "a statement that is text": (document(STEP, statement="1 = 1"), r"expected a node \[kind, …\], found '1 = 1'"),
    "an unknown kind": (document(STEP, statement=["Exec", "print(1)"]), "unknown kind of node 'Exec'"),
    "a kind that is no node": (document(STEP, statement=["Term"]), "unknown kind of node 'Term'"),
    "a kind with dunder": (document(STEP, statement=["__class__", "x"]), "unknown kind of node"),
    "a field too few": (with_term(["Variable", "X", "d"]), "Variable has 3 fields, found 2"),
    "a field too many": (with_term([*X, "1"]), "Variable has 3 fields, found 4"),
    "a size that is a number": (with_term(["Variable", "X", 3, "n"]), "expected text, found 3"),
    "a size below 0": (with_term(["Variable", "X", "-1", "n"]), "'-1' is not a size"),
    "a size that is a product": (with_term(["Variable", "X", "d*n", "n"]), "is not a size"),
    "a reserved variable": (with_term(["Variable", "#v0", "d", "n"]), "'#v0' is not a name"),
    "a reserved function": (
        with_term(["Apply", ["Function", "#f0", [["d", "n"]], ["d", "n"]], [X]]),
        "'#f0' is not a name",
    ),
    "a reserved size": (with_term(["Variable", "X", "#s0", "n"]), "'#s0' is not a size"),
    "a reserved size quantified": (
        document(STEP, statement=["ForAll", ["SizeVariable", "#s0"], SAME]),
        "is not a name",
    ),
    "a name that is notation": (with_term(["Variable", "X[d,n]", "d", "n"]), "is not a name"),
    "a number that is a number": (with_term(["Number", 1]), "expected text, found 1"),
    "a number with an exponent": (with_term(["Number", "1e9"]), "expected a rational number, found '1e9'"),
    "a number that is NaN": (with_term(["Number", "nan"]), "expected a rational number"),
    "a fraction by 0": (with_term(["Number", "1/0"]), "expected a rational number, found '1/0'"),
    "a very long number": (with_term(["Number", "1" * 300]), "expected a rational number"),
    "shapes that do not fit": (with_term(["Product", [X, X]]), r"cannot multiply X \(d × n\) by X"),
    "a sum of nothing": (with_term(["Sum", []]), "a sum needs at least one term"),
    "a sum that is no list": (with_term(["Sum", X]), "expected a node"),
    "a sum of statements": (with_term(["Sum", [SAME, SAME]]), "a Sum cannot hold a Equal"),
    "a transposed function": (with_term(["Transpose", f]), "a Transpose cannot hold a Function"),
    "a statement in a term": (with_term(["Scaled", ONE, SAME]), "a Scaled cannot hold a Equal"),
    "a term in a statement": (document(STEP, statement=["Implies", ONE, SAME]), "a Implies cannot hold a Number"),
    "a quantified term": (document(STEP, statement=["ForAll", ONE, SAME]), "a ForAll cannot hold a Number"),
    "an existing size": (
        document(STEP, statement=["Exists", ["SizeVariable", "n"], SAME]),
        "a Exists cannot hold a SizeVariable",
    ),
    "a function applied to a function": (with_term(["Apply", f, [f]]), "a Apply cannot hold a Function"),
    "a shape of one size": (with_term(["Apply", ["Function", "f", [["d"]], ["d", "n"]], [X]]), "expected a shape"),
    "a name bound twice over": (
        document(STEP, statement=["ForAll", ["Variable", "X", "d", "m"], ["Equal", X, X]]),
        "X is bound here, but the body has a free X",
    ),
    "nested too deeply": (
        with_term(json.loads('["Transpose", ' * (MAX_DEPTH + 1) + json.dumps(X) + "]" * (MAX_DEPTH + 1))),
        f"nested deeper than {MAX_DEPTH}",
    ),
    "arguments nested too deeply": (
        with_step(arguments={"terms": json.loads("[" * 200 + "]" * 200)}),
        "arguments nested deeper",
    ),
    "a sum over a matrix": (with_term(["Total", X, ONE]), r"X is d × n, not a basis vector, n × 1"),
    "a sum over a function": (with_term(["Total", f, ONE]), "a Total cannot hold a Function"),
    "a sum over a size": (with_term(["Total", ["SizeVariable", "n"], ONE]), "a Total cannot hold a SizeVariable"),
    "a sum over a term": (with_term(["Total", ["Transpose", e], ONE]), "a Total cannot hold a Transpose"),
    "a sum of a statement": (with_term(["Total", e, SAME]), "a Total cannot hold a Equal"),
    "a sum over a named set": (with_term(["Total", e, BASIS, ONE]), "Total has 2 fields, found 3"),
    "a sum that binds a name of another shape": (
        with_term(["Total", ["Variable", "e", "m", "1"], e]),
        "e is bound here, but the body has a free e",
    ),
    "a sum that binds the name of a size": (
        with_term(["Total", ["Variable", "m", "n", "1"], ["Zero", "m", "1"]]),
        "m is bound here, but the body has a free m",
    ),
    "a reserved vector": (with_term(["Total", ["Variable", "#t0", "n", "1"], ONE]), "'#t0' is not a name"),
    "a mean over the standard basis": (with_term(["Average", e, BASIS, ONE]), "a Average cannot hold a StandardBasis"),
    "a set as a term": (document(STEP, statement=["Equal", BASIS, BASIS]), "a Equal cannot hold a StandardBasis"),
    "a set of two sizes": (with_term(["StandardBasis", "n", "1"]), "StandardBasis has 1 fields, found 2"),
    "a set of a size that is a number": (with_term(["StandardBasis", 3]), "expected text, found 3"),
    "a row in the standard basis": (
        document(STEP, statement=["Member", ["Transpose", e], BASIS]),
        r"eᵀ is 1 × n, not a candidate for E\(n\)",
    ),
    "a matrix in the standard basis": (
        document(STEP, statement=["Member", ["Identity", "n"], BASIS]),
        r"I is n × n, not a candidate for E\(n\)",
    ),
    "a vector in a group": (
        document(STEP, statement=["Member", e, ["MatrixGroup", "S", "n"]]),
        r"e is n × 1, not a candidate for S\(n\)",
    ),
    "a group named E": (with_term(["MatrixGroup", "E", "n"]), "unknown group 'E'"),
    "a member of a term": (document(STEP, statement=["Member", e, e]), "a Member cannot hold a Variable"),
    "a function named like a kind": (with_step(arguments={"names": ["Zero", "g"]}), "Zero has 2 fields, found 1"),
}


@pytest.mark.parametrize("name", NOT_DERIVATIONS)
def test_reading_refuses(name: str) -> None:
    text, message = NOT_DERIVATIONS[name]
    with pytest.raises(DerivationError, match=message):
        from_json(text)


@pytest.mark.parametrize(
    ("size", "outcome"),
    [
        ("n", None),
        ("m", None),
        (" n ", None),
        ("n + 1", "m + n is not n + 1 and something"),
        ("n - 1", "'n - 1' is not a size"),
        ("#s0", "'#s0' is not a size"),
        ("", "'' is not a size"),
        (0, None),
        (1, "m + n is not 1 and something"),
        (-1, "a size lies between 0 and"),
        (10**30, "a size lies between 0 and"),
        (None, "expected the size of the first part, found None"),
        (["n"], "a size is a name or a natural number"),
        (["StandardBasis", "n"], "a size is a name or a natural number"),
        (["SizeVariable", "n"], "a size is a name or a natural number"),
    ],
    ids=str,
)
def test_a_size_given_as_text(size: Any, outcome: str | None) -> None:
    """The size at which a sum is split comes as text from a file, and reads as the size it names."""
    whole = ["Variable", "w", "m + n", "1"]
    body = ["Lambda", [whole], ["Transpose", whole]]
    step = {**STEP, "rule": "total", "arguments": {"law": "split", "body": body, "size": size}}
    (derivation,) = from_json(document(step))
    if outcome is None:
        theorem = apply(derivation.steps[0], ())
        rest = Size.of("m + n").minus(Size.of(size))
        vector = Variable("w", "m + n", 1)  # type: ignore[arg-type]
        assert rest is not None and isinstance(theorem.conclusion, Equal)
        assert theorem.conclusion.left == Total(vector, vector.T)
        parts = theorem.conclusion.right.key[1]
        assert [part.variable.shape for part in parts] == [(Size.of(size), Size.of(1)), (rest, Size.of(1))]
        (read,) = from_json(to_json([Derivation("c", theorem.conclusion, derivation.steps)]))
        assert read.steps == derivation.steps and read.statement == theorem.conclusion
    else:
        with pytest.raises(DerivationError, match=re.escape(outcome)):
            apply(derivation.steps[0], ())


@pytest.mark.parametrize("item", [1.5, b"x", object(), {"a": 1}], ids=["float", "bytes", "object", "dict"])
def test_writing_refuses_what_is_no_data(item: Any) -> None:
    with pytest.raises(DerivationError, match="cannot write a"):
        encode(item)


def test_decode_reads_what_encode_writes() -> None:
    for derivation in verification.derivations(["completeness"]):
        for step in derivation.steps:
            assert decode(encode(step.conclusion)) == step.conclusion
    assert decode(encode(Variable("X", "2*n + 1", 0))) == Variable("X", "1 + n + n", 0)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------------------
# Files made to exhaust the reader

_ATTACKS = """
import json, resource, sys, time
sys.path.insert(0, {tests!r})
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
import test_derivation as t
from symmetry.derivation import from_json
from symmetry.errors import DerivationError
from symmetry.kernel import replay
for name, text in t.attacks():
    start = time.process_time()
    try:
        for derivation in from_json(text):
            replay(derivation, {{}})
        outcome = "ACCEPTED"
    except DerivationError as error:
        outcome = str(error)[:100].replace(chr(10), " ")
    print(name, "|", outcome, "|", "slow" if time.process_time() - start > 8 else "fast")
"""


def _nested(count: int, inner: Any, wrap: Any) -> Any:
    for _ in range(count):
        inner = wrap(inner)
    return inner


def attacks() -> Iterator[tuple[str, str]]:
    A, B = ["Variable", "A", "d", "d"], ["Variable", "B", "d", "d"]
    u = ["Variable", "u", "d", "1"]
    both = ["Sum", [A, B]]
    g = ["Function", "g", [["d", "d"]], ["d", "d"]]
    h = ["Function", "h", [["d", "d"], ["d", "d"]], ["d", "d"]]
    many = ["Function", "q", [["d", "d"]] * 400, ["d", "d"]]
    x = ["Variable", "x", "d", "d"]

    def chain(*terms: Any) -> str:
        return with_step(arguments={"terms": list(terms), "links": [[]]})

    def rewritten(equation: Any, left: Any, right: Any) -> str:
        first = {
            **STEP,
            "rule": "assume",
            "arguments": {"formula": equation},
            "hypotheses": [equation],
            "conclusion": equation,
        }
        second = {**STEP, "name": "2", "by": ["1"], "arguments": {"terms": [left, right], "links": [[[0, 0]]]}}
        return document(first, second)

    def specialised(body: Any, value: Any) -> str:
        rule = ["ForAll", g, ["Equal", body, body]]
        first = {**STEP, "rule": "cite", "arguments": {"formula": rule, "name": "x"}, "conclusion": rule}
        return document(first, {**STEP, "name": "2", "rule": "specialise", "by": ["1"], "arguments": {"value": value}})

    def apply(inner: Any) -> Any:
        return ["Apply", g, [inner]]

    def sum_over(size: str, count: int, body: Callable[[list[Any]], Any]) -> str:
        vectors = [["Variable", f"e{index}", size, "1"] for index in range(count)]
        term = body(vectors)
        for vector in vectors:
            term = ["Total", vector, term]
        return chain(term, ["Scaled", ["Number", "2"], term])

    def inside(vectors: list[Any]) -> Any:
        size = vectors[0][2]
        return ["Apply", ["Function", "f", [[size, "1"]] * len(vectors), ["1", "1"]], vectors]

    for size in ("1", "6", "n"):
        yield f"nested sums over E({size})", sum_over(size, 40, inside)
        yield f"nested sums of sums over E({size})", sum_over(size, 40, lambda vs: ["Sum", [inside([v]) for v in vs]])
        yield f"nested sums of ones over E({size})", sum_over(size, 80, lambda vs: ONE)
    yield "a power in a sum", sum_over("d", 1, lambda vs: ["Product", [*[both] * 60, vs[0]]])
    yield "a sum over a huge number", sum_over(str(10**9), 80, lambda vs: ONE)
    yield "open brackets", "[" * 200_000
    yield (
        "nested lists",
        '{"format": "symmetry-derivations", "version": 1, "derivations": ' + "[" * 90_000 + "]" * 90_000 + "}",
    )
    yield "nested objects", '{"a":' * 90_000 + "1" + "}" * 90_000
    yield (
        "nested terms",
        document(STEP, statement=["Equal", A, ["Transpose", _nested(400, A, lambda t: ["Transpose", t])]]),
    )
    for kind, wrap in {
        "transposes": lambda t: ["Transpose", t],
        "sums": lambda t: ["Sum", [t, A]],
        "products": lambda t: ["Product", [A, t]],
        "blocks": lambda t: ["Block", [[t]]],
        "functions": apply,
        "scaled": lambda t: ["Scaled", ONE, t],
    }.items():
        yield f"deepest {kind}", chain(*[_nested(MAX_DEPTH - 6, A, wrap)] * 2)
    yield (
        "averages",
        chain(*[_nested(45, A, lambda t: ["Average", x, ["MatrixGroup", "S", "d"], ["Product", [t, x]]])] * 2),
    )
    yield "conjunctions", document(STEP, statement=_nested(MAX_DEPTH - 6, SAME, lambda t: ["And", [t, SAME]]))
    yield "wide", document(STEP, statement=["And", [SAME] * 150_000])
    yield "power of a sum", chain(*[["Product", [both] * 100]] * 2)
    yield "powers of powers", chain(*[_nested(6, both, lambda t: ["Product", [t] * 4])] * 2)
    yield "large arguments", chain(*[["Apply", many, [["Product", [both] * 11]] * 400]] * 2)
    yield "sums of powers", chain(*[["Sum", [["Product", [both] * 11]] * 2000]] * 2)
    yield "many blocks", chain(*[["Product", [["Transpose", ["Block", [[A] * 300]]], ["Block", [[A] * 300]]]]] * 2)
    yield "doubling function", specialised(_nested(60, A, apply), ["Lambda", [x], ["Apply", h, [x, x]]])
    yield "squaring function", specialised(_nested(60, A, apply), ["Lambda", [x], ["Product", [x, x]]])
    yield "deepening function", specialised(_nested(60, A, apply), ["Lambda", [x], _nested(60, x, apply)])
    yield "loop", rewritten(["Equal", A, ["Product", [A, A]]], A, B)
    yield "loop in a scalar", rewritten(["Equal", A, ["Product", [A, A]]], ["Product", [["Transpose", u], A, u]], ONE)
    yield "branching loop", rewritten(["Equal", A, ["Sum", [["Product", [A, B]], ["Product", [B, A]]]]], A, B)
    yield "long numbers", chain(["Product", [["Number", "9" * 200]] * 50], ONE)
    yield (
        "long numbers in a function",
        chain(["Apply", g, [["Scaled", ["Product", [["Number", "9" * 200]] * 50], A]]], A),
    )


def test_attacker_files_are_refused_in_bounded_time_and_memory() -> None:
    program = _ATTACKS.format(tests=str(Path(__file__).parent))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr[-2000:]
    lines = run.stdout.strip().split("\n")
    assert len(lines) == sum(1 for _ in attacks())
    assert [line for line in lines if "ACCEPTED" in line or line.endswith("slow")] == []
