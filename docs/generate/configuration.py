"""The page of configuration files: every key with its type, default and meaning, from the settings' JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.markdown import code, fill, table, words
from rarml.workflows.schema import KINDS, schema_of

READ_BY = {
    "train": ("rarml train --config", "quick.yaml"),
    "tune": ("rarml tune --space", "tune.yaml"),
    "reference": ("rarml reference build", "reference-hg38.yaml"),
    "pretrain": ("rarml pretrain --config", "encoder.yaml"),
}
"""Who reads a kind of settings, and the commented example in configs/."""

SECTION = "section"


def page() -> str:
    """The page as Markdown."""
    parts = []
    for kind in KINDS:
        schema = schema_of(kind)
        reader, example = READ_BY[kind]
        said = f"Read by `{reader}`; a commented example is [configs/{example}](../../configs/{example})."
        parts.append(f"## {kind}\n\n{words(schema['description'])} {said}\n\n" + "\n\n".join(_sections(schema)))
    return fill("configuration", KINDS="\n\n".join(parts))


def _sections(schema: Mapping[str, Any]) -> Iterator[str]:
    """A table per section of the file, the outermost first; each under its dotted name and what it is for."""
    rows: dict[str, list[list[str]]] = {"": []}
    what: dict[str, str] = {}
    for key, shape, default, meaning in keys(schema):
        section, _, name = key.rpartition(".")
        if shape == SECTION:
            what[key], rows[key] = meaning, []
        else:
            rows.setdefault(section, []).append([code(name), shape, default, meaning])
    for section, held in rows.items():
        head = f"### {section}\n\n{what.get(section, '')}\n\n".replace("\n\n\n", "\n") if section else ""
        yield head + table(["key", "type", "default", "meaning"], held) if held else head.rstrip()


def keys(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Dotted key, type, default and meaning of every key, sections followed inwards."""
    yield from _keys(schema, schema.get("$defs", {}), "")


def _keys(model: Mapping[str, Any], models: Mapping[str, Any], before: str) -> Iterator[tuple[str, str, str, str]]:
    required = set(model.get("required", ()))
    for name, field in model.get("properties", {}).items():
        key = f"{before}{name}"
        inner = _model(field, models)
        meaning = words(field.get("description", ""))
        if inner is not None:
            default = "required" if name in required else "as below"
            yield key, SECTION, default, meaning or words(inner.get("description", ""))
            yield from _keys(inner, models, f"{key}.")
            continue
        of = _model(field.get("additionalProperties") or {}, models)
        default = "required" if name in required else _default(field, len_limit=90)
        yield key, _type(field, models), default, meaning
        if of is not None:
            yield from _keys(of, models, f"{key}.NAME.")


def _model(field: Any, models: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The settings class that a field holds, if it holds one."""
    if not isinstance(field, Mapping):
        return None
    for one in (field, *field.get("anyOf", ()), *field.get("allOf", ())):
        if "$ref" in one:
            found = models.get(one["$ref"].rsplit("/", 1)[-1], {})
            return found if "properties" in found else None
    return None


def _type(field: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _type(models[field["$ref"].rsplit("/", 1)[-1]], models)
    if "anyOf" in field:
        kinds = list(dict.fromkeys(_type(one, models) for one in field["anyOf"]))
        return " or ".join(kind for kind in kinds if kind != "nothing") + (" or nothing" if "nothing" in kinds else "")
    if "enum" in field:
        return " or ".join(code(one) for one in field["enum"])
    if "const" in field:
        return code(field["const"])
    if "prefixItems" in field:
        return "list of " + ", ".join(_type(one, models) for one in field["prefixItems"])
    kind = field.get("type", "any")
    if kind == "array":
        return f"list of {_type(field.get('items', {}), models)}"
    if kind == "object":
        return "mapping"
    name = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}.get(kind, kind)
    return name + _bounds(field)


def _bounds(field: Mapping[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {_number(field[key])}" for key, sign in signs.items() if key in field]
    return f" ({', '.join(found)})".replace("<", "&lt;") if found else ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _default(field: Mapping[str, Any], len_limit: int) -> str:
    value = field.get("default")
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return code("true" if value else "false")
    if isinstance(value, float):
        return code(_number(value))
    text = json.dumps(value, ensure_ascii=False).replace('"', "") if isinstance(value, list | dict) else str(value)
    return code(text) if len(text) <= len_limit else "see the example"
