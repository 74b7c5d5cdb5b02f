"""The committed schemas are those of the code, and the shipped configurations fit them."""

import json
import re
from pathlib import Path

import pytest
import yaml

from rarml.core.errors import InputError
from rarml.workflows.schema import KINDS, schema_of

CONFIGS = Path(__file__).parents[2] / "configs"


def faults(value, schema, root, place=""):
    """What is wrong with a value under the part of JSON Schema that the settings use."""
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, place)
    if "anyOf" in schema:
        tried = [faults(value, one, root, place) for one in schema["anyOf"]]
        return min(tried, key=len)
    if "enum" in schema or "const" in schema:
        return [] if value in schema.get("enum", [schema.get("const")]) else [f"{place}: {value!r}"]
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    kinds |= {"object": dict, "array": list}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind in ("integer", "number"))):
        return [f"{place}: {value!r} is no {kind}"]
    found = []
    if kind == "object":
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        for key, inner in value.items():
            if key in known or isinstance(more, dict):
                found += faults(inner, known.get(key, more), root, f"{place}.{key}")
            elif more is False:
                found.append(f"{place}.{key} is unknown")
        found += [f"{place}.{key} is missing" for key in schema.get("required", []) if key not in value]
    if kind == "array" and isinstance(schema.get("items"), dict):
        found += [
            fault for i, inner in enumerate(value) for fault in faults(inner, schema["items"], root, f"{place}[{i}]")
        ]
    for bound, holds in (
        ("minimum", lambda a, b: a >= b), ("maximum", lambda a, b: a <= b),
        ("exclusiveMinimum", lambda a, b: a > b), ("exclusiveMaximum", lambda a, b: a < b),
    ):  # fmt: skip
        if bound in schema and isinstance(value, (int, float)) and not holds(value, schema[bound]):
            found.append(f"{place}: {value} against {bound} {schema[bound]}")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_current(kind):
    """If this fails: rarml schema KIND --out configs/schema/KIND.json --overwrite."""
    assert json.loads((CONFIGS / "schema" / f"{kind}.json").read_text(encoding="utf-8")) == schema_of(kind)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_configuration_names_its_schema_and_fits_it(path):
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(schema/\w+\.json)\n", text)
    schema = json.loads((CONFIGS / named[1]).read_text(encoding="utf-8"))
    assert faults(yaml.safe_load(text), schema, schema) == []


def test_a_misspelt_key_and_a_wrong_type_do_not_fit():
    schema = schema_of("train")
    assert faults({"blokcs": ["rare"]}, schema, schema) == [".blokcs is unknown"]
    (found,) = faults({"labels": {"rule": {"padj": 3}}}, schema, schema)
    assert found.removesuffix(".0") == ".labels.rule.padj: 3 against maximum 1"  # 1.0 under pydantic 2.9
    assert faults({"seed": "x"}, schema, schema) != []


def test_every_key_is_described():
    for kind in KINDS:
        schema = schema_of(kind)
        for place in (schema, *schema.get("$defs", {}).values()):
            for key, inner in place.get("properties", {}).items():
                assert inner.get("description"), f"{kind}: {place['title']}.{key}"


def test_an_unknown_kind_is_met_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean 'train'"):
        schema_of("trian")
