"""What reports of `check` must be: JSON as the schema says, JUnit XML as Jenkins reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import numpy as np

SCHEMA = json.loads((files("symmetry") / "check.schema.json").read_text(encoding="utf-8"))
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
MEANT = {
    "$ref", "type", "enum", "minimum", "required", "properties", "additionalProperties", "items", "anyOf", "oneOf",
    "title", "description", "$schema", "$defs",
}  # fmt: skip


def parsed(text: str) -> Any:
    """JSON without NaN and infinity."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def invalid(value: Any, schema: Mapping[str, Any] = SCHEMA, place: str = "$") -> list[str]:
    """What in a document is not as the schema says, with the keys that it does not describe."""
    assert set(schema) <= MEANT, set(schema) - MEANT
    return list(_invalid(value, schema, place))


def _invalid(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from invalid(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(TYPES[name](value) for name in types):
        yield f"{place} is no {' or '.join(types)}: {value!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of {schema['enum']}: {value!r}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{place} is less than {schema['minimum']}: {value!r}"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            branches = [invalid(value, branch, place) for branch in schema[word]]
            fitting = sum(not branch for branch in branches)
            if fitting == 0 or (word == "oneOf" and fitting > 1):
                yield from min(branches, key=len)
    if isinstance(value, dict) and "type" in schema:
        rest = schema.get("additionalProperties")
        for key in schema.get("required", ()):
            if key not in value:
                yield f"{place} has no {key!r}"
        for key, item in value.items():
            described = schema.get("properties", {}).get(key, rest)
            if described is None:
                yield f"{place}.{key} is not described"
            else:
                yield from invalid(item, described, f"{place}.{key}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from invalid(item, schema["items"], f"{place}[{index}]")


def require_junit(root: ElementTree.Element) -> None:
    """The schema of Jenkins, junit-4.xsd, as far as these documents go."""
    order = ["skipped", "error", "failure", "system-out"]
    assert root.tag == "testsuites" and set(root.attrib) == {"name", "tests", "failures", "errors"}
    totals = np.zeros(3, dtype=int)
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped"}
        head, *cases = suite
        assert head.tag == "properties" and all(set(each.attrib) == {"name", "value"} for each in head)
        for case in cases:
            assert case.tag == "testcase" and set(case.attrib) == {"name", "classname"}
            tags = [child.tag for child in case]
            assert tags == sorted(tags, key=order.index) and len(tags) == len(set(tags))
            for child in case:
                assert set(child.attrib) == ({"type", "message"} if child.tag in ("error", "failure") else set())
                assert child.text and child.text.strip()
        counted = [len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")]
        assert [suite.get("failures"), suite.get("errors"), suite.get("skipped")] == [str(n) for n in counted]
        assert suite.get("tests") == str(len(cases)) != "0"
        totals += [len(cases), *counted[:2]]
    assert [root.get("tests"), root.get("failures"), root.get("errors")] == [str(n) for n in totals]
