"""JSON from files that may be hostile: no duplicate keys, no NaN, no nesting bombs; every fault is one error."""

from __future__ import annotations

import json
from typing import Any

from rarml.core.errors import InputError
from rarml.core.plain_text import is_whole


def parse_json(text: str | bytes, *, where: str) -> Any:
    """Plain values of JSON text.

    Raises
    ------
    InputError
        If it is not JSON, a key comes twice in one object, a number is NaN, infinite or absurdly long, a text cannot be
        written as UTF-8, or it is nested too deeply to be read.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        if b"\\u" in text if isinstance(text, bytes) else "\\u" in text:  # no other way leads to half a letter
            _require_whole(value)
        return value
    except json.JSONDecodeError as error:
        raise InputError(f"not valid JSON: {error.msg}", where=f"{where}:{error.lineno}") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=where) from error
    except ValueError as error:
        raise InputError(f"not usable JSON: {error}", where=where) from error
    except RecursionError as error:
        raise InputError("JSON is nested too deeply", where=where) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice[:60]!r} comes twice")
    return found


def _require_whole(value: Any) -> None:
    if isinstance(value, str):
        if not is_whole(value):
            raise ValueError("a text holds half a letter (a lone surrogate)")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _require_whole(key)
            _require_whole(inner)
    elif isinstance(value, list):
        for inner in value:
            _require_whole(inner)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")
