"""A pytest plugin: the fixture ``assert_equivariant``, and the claims of a file as test items.

``--symmetry-seed`` (or ``symmetry_seed`` in the configuration) is the seed of the session: a number, 0 if nothing is
said, or ``random``. It stands in the header and in every failure. A file called ``symmetry.toml`` (``symmetry_claims``
in the configuration), or any TOML file named on the command line, is collected with one item for each claim and factor,
``symmetry.toml::attention::O(d)``. A claim is checked once, when its first item runs.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from symmetry.suite import FunctionClaim, Outcome

SEED = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    # The entry point and `-p symmetry.pytest_plugin` name the same module; whichever comes first is the only one.
    own = pluginmanager.get_name(sys.modules[__name__])
    for name in {"symmetry", __name__} - {own}:
        pluginmanager.set_blocked(name)
    group = parser.getgroup("symmetry")
    group.addoption(
        "--symmetry-seed", metavar="N|random", help="seed of symmetry checks (default: symmetry_seed, or 0)"
    )
    parser.addini("symmetry_seed", "seed of symmetry checks: a number or 'random'", default="0")
    parser.addini("symmetry_claims", "name of files with claims about functions", default="symmetry.toml")


def pytest_configure(config: pytest.Config) -> None:
    asked = config.getoption("symmetry_seed") or config.getini("symmetry_seed")
    text = str(getattr(config, "workerinput", {}).get("symmetry_seed", asked)).strip()
    if text == "random":
        text = str(secrets.randbelow(2**32))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise pytest.UsageError(f"the symmetry seed is a natural number or 'random', not {text!r}")
    config.stash[SEED] = int(text)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The worker processes of pytest-xdist have the seed of the session."""
    node.workerinput["symmetry_seed"] = node.config.stash[SEED]


def pytest_report_header(config: pytest.Config) -> str:
    return f"symmetry seed: {config.stash[SEED]}"


@pytest.fixture(scope="session")
def assert_equivariant(pytestconfig: pytest.Config) -> Callable[..., None]:
    """``symmetry.assert_equivariant`` with the seed of the session."""
    from symmetry.testing import assert_equivariant

    return partial(assert_equivariant, seed=pytestconfig.stash[SEED])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimsFile | None:
    named = file_path.suffix == ".toml" and parent.session.isinitpath(file_path)
    if named or file_path.name == parent.config.getini("symmetry_claims"):
        return ClaimsFile.from_parent(parent, path=file_path)
    return None


class ClaimsFile(pytest.File):
    """A file with claims."""

    def collect(self) -> Iterator[Claim]:
        from symmetry.errors import UsageError
        from symmetry.suite import read_claims

        try:
            claims = read_claims(self.path)
        except UsageError as error:
            raise self.CollectError(str(error)) from None
        for claim in claims:
            yield Claim.from_parent(self, name=claim.name, claim=claim)


class Claim(pytest.Collector):
    """A claim, with an item for each factor of its group."""

    def __init__(self, *, claim: FunctionClaim, **rest: Any):
        super().__init__(**rest)
        self.claim = claim

    def collect(self) -> Iterator[Factor]:
        for factor in self.claim.expected:
            yield Factor.from_parent(self, name=factor)

    @cached_property
    def outcome(self) -> Outcome:
        from symmetry.suite import check_claim

        return check_claim(self.claim, seed=self.config.stash[SEED])


class NotAsClaimed(Exception):
    """A factor is not as claimed; the message is for the user as it stands."""


class Factor(pytest.Item):
    """What is claimed about one factor."""

    def runtest(self) -> None:
        outcome = cast(Claim, self.parent).outcome
        finding = next(finding for finding in outcome.findings if finding.factor == self.name)
        if finding.result == "skipped":
            pytest.skip(finding.reason)
        if finding.result != "passed":
            raise NotAsClaimed(outcome.message(finding))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotAsClaimed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.nodeid.partition("::")[2]
