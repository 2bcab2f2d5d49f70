"""The fixed battery: which points, elements and precisions every component of every factor is held against."""

import numpy as np
import pytest

from symmetry.checks.function.battery import NEAR, look_at
from symmetry.checks.function.calls.calling import Callee, quiet
from symmetry.checks.function.examination import GENERIC, Examination
from symmetry.problem import Problem

PROBLEM = Problem("X: d n -> d n", group="O(d) x S(n)", d=3, n=5)


class Watched(Examination):
    """Keeps what is compared."""

    def compare(self, point, factor, component, element, label, moved=None):
        self.compared.append((point, str(factor), component, element, label, moved))
        return super().compare(point, factor, component, element, label, moved)


@pytest.fixture(scope="module")
def watched():
    dtypes = []

    def f(X):
        dtypes.append(X.dtype)
        return 2 * X

    seen = Watched(Callee(f, PROBLEM), PROBLEM, 0, (), ())
    seen.compared, seen.dtypes = [], dtypes
    with quiet():
        look_at(seen, PROBLEM)
    return seen


KEYS = [("O(d)", 1), ("O(d)", -1), ("S(n)", 1)]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_each_component_meets_every_kind_of_input_and_element(key, watched):
    own = [
        (element, label) for _, factor, component, element, label, _ in watched.compared if (factor, component) == key
    ]
    generic = [element for element, label in own if label == GENERIC]
    if key[0] == "O(d)":
        plain = [np.array_equal(element, np.round(element)) for element in generic]
        assert plain.count(True) >= 3 and plain.count(False) >= 3
    else:
        moved = [int(np.sum(element != np.arange(5))) for element in generic]
        assert moved.count(2) >= 3 and max(moved) > 2
    labels = [label for _, label in own]
    assert "special element" in labels and len(set(labels)) > 20
    assert {"zero", "repeated", "small integers", "rank 2"} <= set(labels)


def test_elements_near_the_unit_are_among_the_special_ones(watched):
    found = [x for _, factor, _, x, label, _ in watched.compared if factor == "O(d)" and label == "special element"]
    distances = [np.linalg.norm(element - np.eye(3)) for element in found]
    assert any(distance == pytest.approx(NEAR, rel=0.01) for distance in distances)
    assert len(found) > 4


def test_factors_are_met_at_points_that_others_have_moved(watched):
    images = [moved.inputs[0] for _, factor, *_, moved in watched.compared if factor == "O(d)" and moved is not None]
    points = [point.inputs[0] for point, factor, *_ in watched.compared if factor == "S(n)"]
    assert len(images) == 3
    assert all(any(np.array_equal(image, point) for point in points) for image in images)


def test_single_precision_is_looked_at_for_every_component(watched):
    assert watched.dtypes.count(np.dtype(np.float32)) >= len(KEYS) + 1
