"""What is installed is what the lock file says, the wheel is complete, and the scripts refuse clearly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def pins() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): release for name, release in pairs}


def needed(name: str, extras: frozenset[str], seen: set[str]) -> Iterator[str]:
    """Names of all distributions that one needs, directly or not."""
    for text in requires(name) or []:
        requirement = Requirement(text)
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            continue
        other = canonicalize_name(requirement.name)
        if other not in seen:
            seen.add(other)
            yield other
            yield from needed(other, frozenset(requirement.extras), seen)


def test_installed_versions_are_those_of_the_lock_file() -> None:
    locked = pins()
    # The version of a build for the CPU ends in "+cpu".
    installed = {
        name: version(name).partition("+")[0]
        for name in needed("symmetry", frozenset({"dev", "torch", "jax", "dask"}), set())
    }
    assert {"sympy", "numpy", "mpmath", "pytest", "torch", "jax", "dask"} <= set(installed)
    assert installed == {name: locked.get(name) for name in installed}


def test_lock_file_holds_nothing_but_plain_pins() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not any(word in text.replace("#", "") for word in ("--hash", "://", "file:", "--index", " @ "))
    assert all(release and release[0].isdigit() for release in pins().values())


def test_wheel_holds_both_packages_and_the_command(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    for name in ("symmetry", "derivations", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    run = subprocess.run([*build, "--wheel-dir", tmp_path, source], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    with zipfile.ZipFile(next(tmp_path.glob("symmetry-*.whl"))) as wheel:
        names = set(wheel.namelist())
        entry_points = wheel.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    for package in ("symmetry", "derivations"):
        modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")}
        assert modules and modules <= names
    assert {"symmetry/py.typed", "symmetry/check.schema.json"} <= names
    assert "symmetry = symmetry.pytest_plugin" in entry_points
    assert not any(name.startswith("tests") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "symmetry = symmetry.cli:main" in entry_points and "paper = derivations" in entry_points


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without .venv, in a path with a space, and a directory `bin` with few tools and no Python."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    (root / "bin").mkdir()
    for tool in ("sh", "cat", "cksum", "dirname", "mkdir", "rm", "sleep"):
        place = shutil.which(tool)
        assert place, tool
        (root / "bin" / tool).symlink_to(place)
    return root


def run_script(checkout: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(checkout / "bin"), "HOME": str(checkout), **environment}
    return subprocess.run([checkout / "scripts" / name], env=environment, cwd="/", capture_output=True, text=True)


@pytest.mark.parametrize("script", ["verify", "test"])
def test_script_without_python_says_what_to_install(checkout: Path, script: str) -> None:
    run = run_script(checkout, script)
    assert run.returncode == 2 and not run.stdout
    assert "no Python of version 3.11 or later found" in run.stderr and "PYTHON=" in run.stderr
    assert not (checkout / ".venv").exists()


def test_script_with_unsuitable_python_names_it(checkout: Path) -> None:
    run = run_script(checkout, "verify", PYTHON="/nowhere/python")
    assert run.returncode == 2
    assert "PYTHON=/nowhere/python is not a Python of version 3.11 or later" in run.stderr


def fake_environment(checkout: Path, root: Path) -> Path:
    """A .venv whose stamp says that it was prepared for `root`, with a command that echoes its arguments."""
    environment = checkout / ".venv"
    (environment / "bin").mkdir(parents=True)
    for name in ("symmetry", "python"):
        command = environment / "bin" / name
        command.write_text('#!/bin/sh\nprintf "[%s]" "$@"\nexit 3\n')
        command.chmod(0o755)
    parts = [(checkout / name).read_bytes() for name in ("requirements.lock", "pyproject.toml", "scripts/setup")]
    checksum = subprocess.run(["cksum"], input=b"".join(parts), capture_output=True, check=True).stdout.decode().strip()
    (environment / "prepared").write_text(f"dev {os.path.realpath(root)} {checksum}\n")
    return environment


def test_prepared_environment_is_used_as_it_is(checkout: Path) -> None:
    fake_environment(checkout, checkout)
    command = [checkout / "scripts" / "verify", "one", "two words"]
    run = subprocess.run(command, env={"PATH": str(checkout / "bin")}, cwd="/", capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (3, "[verify][one][two words]", "")


def test_environment_of_another_place_is_made_anew(checkout: Path) -> None:
    fake_environment(checkout, checkout.parent)
    assert "no Python of version 3.11 or later found" in run_script(checkout, "verify").stderr
