"""JSON from files that may be hostile: no duplicate keys, no NaN, no nesting bombs; every fault is one error."""

from __future__ import annotations

import json
from typing import Any

from rarml.core.errors import InputError


def parse_json(text: str | bytes, *, where: str) -> Any:
    """Plain values of JSON text.

    Raises
    ------
    InputError
        If it is not JSON, a key comes twice in one object, a number is NaN, infinite or absurdly long, or it is nested
        too deeply to be read.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
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


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")
