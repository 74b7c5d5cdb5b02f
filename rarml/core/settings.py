"""YAML files read into validated, frozen settings; an unknown key is an error with a suggestion."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from rarml.core.errors import SettingsError, did_you_mean
from rarml.core.files import open_text
from rarml.core.strict_yaml import parse_yaml


class Settings(BaseModel):
    """Base of all settings: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


S = TypeVar("S", bound=Settings)
_LONGEST = 1 << 20
_LISTS = ("list_type", "tuple_type")


def load_settings(path: str | Path, kind: type[S]) -> S:
    """Read a YAML file into `kind`.

    Raises
    ------
    SettingsError
        With file, line (for YAML faults) or key (for values), and a suggestion for an unknown key.
    """
    with open_text(path, kind="configuration file") as handle:
        try:
            content = parse_yaml(_whole(handle, path))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            what = f"not valid YAML: {getattr(error, 'problem', error)}"
            raise SettingsError(what, where=where, fix="mend that line; see configs/quick.yaml") from error
    if not isinstance(content, dict):
        raise SettingsError("holds no settings", where=path, fix="write 'key: value' lines; see configs/quick.yaml")
    return parse_settings(content, kind, where=str(path))


def parse_settings(content: dict[str, Any], kind: type[S], *, where: str) -> S:
    """Validate a mapping into `kind`; the first fault becomes a `SettingsError`."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        # a misspelt key also leaves the right one missing: the misspelling is what the user must see
        first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        trail = [str(part) for part in first["loc"]]
        key = ".".join(trail)
        if first["type"] == "extra_forbidden":
            known = _keys_at(kind, trail[:-1])
            raise SettingsError(f"unknown key {key!r}", where=where, fix=did_you_mean(trail[-1], known)) from error
        if first["type"] == "missing":
            raise SettingsError(f"key {key!r} is missing", where=where, fix="add it") from error
        given = first.get("input")
        fix = f"write it as a list: [{given}]" if first["type"] in _LISTS and isinstance(given, str) else None
        raise SettingsError(f"key {key!r}: {first['msg']}, got {_short(given)}", where=where, fix=fix) from error


def _whole(handle: IO[str], path: str | Path) -> str:
    text = handle.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise SettingsError("is too long for a configuration", where=path, fix="see configs/quick.yaml")
    return text


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 200 else f"{shown[:200]}…"


def _keys_at(kind: type[BaseModel], trail: list[str]) -> list[str]:
    """Field names of the settings nested at `trail` (list indices and dict keys are stepped over)."""
    current: type[BaseModel] = kind
    for part in trail:
        field = current.model_fields.get(part)
        if field is None:
            continue
        nested = _nested_settings(field.annotation)
        if nested is None:
            return list(current.model_fields)
        current = nested
    return list(current.model_fields)


def _nested_settings(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _nested_settings(inner)
        if found is not None:
            return found
    return None
