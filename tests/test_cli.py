"""The commands, as their users meet them: exit status, JSON, pipes, narrow terminals, bad input."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symmetry.cli import main

PROBLEM = "X: d n, Z: d m -> d n"


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a terminal."""
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "80"}
    environment.update(options.pop("env", {}))  # type: ignore[call-overload]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "symmetry", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment,
        timeout=120,
        **options,
    )


def test_verify_prints_the_table_and_one_line_of_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "1.1", "2.4"]) == 0
    out = capsys.readouterr().out
    assert "(QY)ᵀ Q Y = YᵀY" in out and "gram-invariance" in out and "converse" in out
    assert "refuted 4/4" in out and "worst residual" in out
    assert out.splitlines()[-1].startswith("2 derived, false variants refuted 8/8")


def test_json_is_alone_on_standard_output_and_the_same_for_the_same_seed() -> None:
    first, second = (run("verify", "span", "--json", "--seed", "7", env={"PYTHONHASHSEED": seed}) for seed in "12")
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout and first.stderr == ""
    assert json.loads(first.stdout)["seed"] == 7


def test_explain_shows_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    from symmetry.verification import derivations

    assert main(["explain", "2.1"]) == 0
    out = capsys.readouterr().out
    shown: list[int] = []
    for first, last in re.findall(r"(?m)^ *(\d+)(?:–(\d+))?  (?=\S)", out):
        shown.extend(range(int(first), int(last or first) + 1))
    assert shown == list(range(1, len(derivations(["span"])[-1].steps) + 1))
    assert "Suppose ∀ Q ∈ O(d)" in out and "Let H = 2 YY⁺ − I" in out and "∎" in out
    assert "What breaks when something is changed" in out and "cross product" in out


def test_explain_with_lemmas_starts_at_the_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "2.2", "--with-lemmas", "--brief"]) == 0
    out = capsys.readouterr().out
    positions = [out.index(f" {id} ─") for id in ("positivity", "reflection", "completeness", "invariant-coefficients")]
    assert positions == sorted(positions)


def test_list_is_plain_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "representation-with-knowledge" in out and "rests on span, invariant-coefficients" in out
    assert " derived" not in out.replace("not derived", "")
    assert main(["list", "--json"]) == 0
    claims = {claim["id"]: claim for claim in json.loads(capsys.readouterr().out)["claims"]}
    assert claims["span"].keys() == {"id", "number", "title", "rests_on", "source", "open", "computed"}
    assert claims["gram-relations"]["computed"] and not claims["span"]["computed"] and not claims["density"]["computed"]


def test_the_notation_of_derivations_is_explained_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "1.9"]) == 0
    assert "pseudo-inverse" not in capsys.readouterr().out
    assert main(["explain", "1.1"]) == 0
    assert "pseudo-inverse" in capsys.readouterr().out


def test_list_says_which_claims_are_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "2.1", "1.7"]) == 0
    derived, computed = capsys.readouterr().out.split("1.7 ")
    assert "computed at listed sizes and degrees, not derived" in computed and "computed" not in derived
    assert main(["list", "2.1", "1.7", "density", "--tree"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "1.7 gram-relations (computed)" in lines and "2.1 span" in lines
    assert any(line.endswith("density (open)") for line in lines)


def test_a_derivation_is_written_and_replayed_in_another_process(tmp_path: Path) -> None:
    written = run("explain", "2.3", "--json")
    file = tmp_path / "proof.json"
    file.write_text(written.stdout)
    replayed = run("replay", str(file))
    assert replayed.returncode == 0, replayed.stderr
    assert "f(Y) = Y g(YᵀY)" in replayed.stdout and replayed.stdout.rstrip().endswith("claims replayed: all hold")
    document = json.loads(run("replay", str(file), "--json").stdout)
    assert document["ok"] and document["claims"][-1]["id"] == "representation"


def test_an_edited_derivation_is_refused(tmp_path: Path) -> None:
    text = run("explain", "1.1", "--json").stdout
    document = json.loads(text)
    document["derivations"][0]["steps"][2]["conclusion"][2] = ["Zero", "N", "N"]
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(document))
    result = run("replay", str(file))
    assert result.returncode == 1 and "refused: gram-invariance: step 3: the file says" in result.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("{}", "not a derivation file"),
        ("[" * 5000, "not JSON"),
        ('{"format": "symmetry-derivations", "version": 99}', "version 99"),
        ('{"format": "symmetry-derivations", "version": 1, "derivations": []}', "nothing would be checked"),
    ],
    ids=["empty", "no-format", "deep", "version", "no-derivation"],
)
def test_what_is_not_a_derivation_file_is_bad_input(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "proof.json"
    file.write_text(content)
    assert main(["replay", str(file)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["verify", "nonsense"], 2, "no claim 'nonsense'"),
        (["explain", "2.33"], 2, "no claim '2.33'"),
        (["replay", "no/such/file"], 2, "cannot read no/such/file"),
        (["check", "nofile.py:f", PROBLEM, "--group", "O(d)"], 2, "nofile.py"),
        (["check", "symmetry.examples:attentoin", PROBLEM, "--group", "O(d)"], 2, "attention"),
        (["check", "symmetry.examples:attention", "X: d n -> d n", "--group", "O(d)"], 2, "argument"),
        (["check", "symmetry.examples:attention", "X: d n, Z: d m -> n d", "--group", "O(d)"], 2, "shape"),
        (["check", "symmetry.examples:attention", "X: d n; Z", "--group", "O(d)"], 2, "^"),
        (["check", "symmetry.examples:attention", PROBLEM, "--group", "O(q)"], 2, "q"),
        (["check", "symmetry.examples:attention", PROBLEM, "--group", "O(d)", "--sizes", "d=x"], 2, "name=number"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_bad_input_gets_a_message_and_status_2(
    words: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == status
    captured = capsys.readouterr()
    assert message in captured.err and captured.out == ""


@pytest.mark.parametrize("words", [[], ["nonsense"], ["verify", "--seed", "-1"], ["verify", "--seed", "x"]], ids=str)
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [
        ("return X @ X.T @ X", 0, "holds"),
        ("return X ** 2", 1, "violated"),
        ("return X * float('nan')", 3, "inconclusive"),
        ("raise ValueError('tokens ran out')", 3, "inconclusive"),
        ("import random; return X * random.random()", 3, "inconclusive"),
    ],
    ids=["holds", "violated", "nan", "exception", "random"],
)
def test_check_of_a_file(
    body: str, status: int, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "model.py"
    file.write_text(f"def model(X):\n    {body}\n")
    words = ["check", f"{file}:model", "X: d n -> d n", "--group", "O(d)"]
    assert main([*words, "--json"]) == status
    document = json.loads(capsys.readouterr().out)
    assert document["verdicts"] == {"O(d)": verdict}
    assert main(words) == status
    out = capsys.readouterr().out
    assert verdict in out
    if body.startswith("raise"):
        assert "tokens ran out" in out


def test_no_colour_and_no_terminal_means_no_escapes() -> None:
    plain = run("verify", "1.1")
    assert "\x1b" not in plain.stdout + plain.stderr
    forced = run("verify", "1.1", env={"FORCE_COLOR": "1"})
    assert "\x1b[" in forced.stdout
    assert "\x1b[3" not in run("verify", "1.1", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_output_fits_the_terminal(width: int) -> None:
    for words in (("verify", "2.3z"), ("explain", "2.1")):
        result = run(*words, env={"COLUMNS": str(width)})
        assert max(map(len, result.stdout.splitlines())) <= width


def test_a_reader_who_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m symmetry explain 1.3 | head -n 1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in result.stderr and result.stderr == ""
    assert result.stdout.splitlines()[-1] == "0"


def test_output_that_cannot_be_written_is_a_message() -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "symmetry", "verify", "1.1"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert result.returncode == 1
    assert result.stderr == "symmetry: cannot write the output: No space left on device\n"


def test_closed_output_is_no_error() -> None:
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m symmetry list >&-"], stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert result.returncode == 0 and result.stderr == ""


def test_ascii_output_does_not_fail() -> None:
    result = run("list", env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0 and "Traceback" not in result.stderr


def test_an_interrupted_run_says_so() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "symmetry", "verify"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in err


def test_optimised_python_gives_the_same_document() -> None:
    plain = run("verify", "completeness", "--json")
    optimised = subprocess.run(
        [sys.executable, "-O", "-m", "symmetry", "verify", "completeness", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert plain.returncode == optimised.returncode == 0
    assert plain.stdout == optimised.stdout


@pytest.mark.parametrize(
    "words", [["-m", "derivations.invariants", "1.1"], ["derivations/equivariants.py", "2.1"]], ids=str
)
def test_a_chapter_runs_as_a_script(words: list[str]) -> None:
    root = Path(__file__).parents[1]
    result = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, cwd=root, stdin=subprocess.DEVNULL, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert "∎" in result.stdout and "status      derived" in result.stdout


def test_list_fits_the_terminal() -> None:
    for width in (60, 100):
        lines = run("list", env={"COLUMNS": str(width)}).stdout.splitlines()
        assert max(map(len, lines)) <= width


def test_a_chapter_run_as_a_module_gives_no_warning() -> None:
    command = [sys.executable, "-W", "error", "-m", "derivations.invariants", "1.1", "--brief"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[1])
    assert result.returncode == 0 and result.stderr == ""


def test_a_lemma_is_named_where_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "completeness", "--brief"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "by the lemma reflection with k = N" in out and "Take Q with Q ∈ O(d)" in out
    assert "by induction on N" in out


def test_list_as_a_tree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--tree"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("2.3+2.4 central-theorem") for line in lines)
    assert any(line.endswith("├─ 2.3z representation-with-knowledge") for line in lines)
    first = [k for k, line in enumerate(lines) if line.endswith("1.0 positivity")]
    again = [k for k, line in enumerate(lines) if line.endswith("1.0 positivity (above)")]
    assert len(first) == 1 and again and first[0] < min(again)
    assert main(["list", "2.3", "--tree"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "2.3 representation",
        "├─ 2.1 span",
        "└─ 2.2 invariant-coefficients",
        "   ├─ 1.4 invariant-functions",
    ]


def test_list_of_some_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "2.1", "density"]) == 0
    out = capsys.readouterr().out
    assert "span" in out and "open: no proof" in out and "positivity" not in out
    assert main(["list", "2.1", "--json"]) == 0
    assert [claim["id"] for claim in json.loads(capsys.readouterr().out)["claims"]] == ["span"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["list", "nonsense"], "no claim 'nonsense'"),
        (["list", "--tree", "--json"], "--tree is text for people"),
        (["explain", "density", "--json"], "density is declared open"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_listed_or_written_is_bad_input(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert message in captured.err and captured.out == ""


def test_an_open_claim_is_explained_and_named_in_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "density"]) == 0
    assert "status      open" in capsys.readouterr().out
    assert main(["verify", "density", "2.1"]) == 0
    out = capsys.readouterr().out
    assert "open: no proof" in out and out.rstrip().endswith("all others hold (open: density)")


def test_a_negative_result_is_explained_with_its_reason_and_its_repair(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "3.4v", "--brief"]) == 0
    out = capsys.readouterr().out
    assert "not (∀ Q ∈ O(2)" in out and "1 = 0\n" not in out.split("status")[0]
    assert "remark      V keeps e₁" in out and "repair      its rows and columns among the knowledge" in out


def test_the_number_of_processes_does_not_change_a_byte() -> None:
    one, two = (run("verify", "1.1", "1.3", "2.1", "2.3", "2.4", "3.1", "--json", "-j", jobs) for jobs in "12")
    assert one.returncode == two.returncode == 0 and one.stdout == two.stdout and one.stderr == two.stderr == ""


def test_narrow_terminals_are_respected() -> None:
    for words in (("list", "--tree"), ("list",), ("verify", "1.1")):
        result = run(*words, env={"COLUMNS": "40"})
        assert result.returncode == 0 and max(map(len, result.stdout.splitlines())) <= 43
