"""JSON Schema of settings, for editors: types and defaults from the fields, descriptions from the docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any, get_args

from pydantic import BaseModel

from rarml.core.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FIELD = re.compile(r"^(?P<names>\w+(?:, \w+)*) : .*$")


def settings_schema(kind: type[Settings]) -> dict[str, Any]:
    """The schema of a kind of settings file, draft 2020-12, as a JSON-ready mapping.

    It tells what an editor can tell, types and names and bounds; what two keys mean together is checked when the file
    is read.
    """
    schema = kind.model_json_schema(mode="validation")
    places = {kind.__name__: schema, **schema.get("$defs", {})}
    for model in _models(kind):
        place = places[model.__name__]
        doc = inspect.getdoc(model) or ""
        place["description"] = doc.partition("\n")[0]
        for name, words in attribute_words(doc).items():
            if name in place.get("properties", {}):
                place["properties"][name]["description"] = words
    return {"$schema": DIALECT, **schema}


def attribute_words(doc: str) -> dict[str, str]:
    """What a numpydoc docstring says of each attribute, on one line."""
    _, _, section = doc.partition("\nAttributes\n----------\n")
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in section.splitlines():
        head = _FIELD.match(line)
        if head:
            names = head["names"].split(", ")
            found |= {name: [] for name in names}
        elif line and not line.startswith(" "):
            break  # the next section
        else:
            for name in names:
                found[name].append(line.strip())
    return {name: " ".join(part for part in parts if part) for name, parts in found.items()}


def _models(kind: type[BaseModel]) -> list[type[BaseModel]]:
    """`kind` and every settings class inside it."""
    found: list[type[BaseModel]] = [kind]
    for field in kind.model_fields.values():
        for model in _inside(field.annotation):
            found += [inner for inner in _models(model) if inner not in found]
    return found


def _inside(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _inside(inner)]
