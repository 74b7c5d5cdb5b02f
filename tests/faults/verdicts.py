"""Run one case and say what came of it."""

from __future__ import annotations

from pathlib import Path

from corpus_case import ACCEPTED, REFUSED, SAME, Case
from readers import readers

from rarml.core.errors import RarmlError

GOOD = "as stated"


def verdict(case: Case, folder: Path) -> str:
    """`GOOD`, or what went wrong: a traceback, a silent answer, a vague or wrong refusal."""
    reader = readers()[case.reader]
    path = folder / reader.file
    case.make(path)
    try:
        answer = reader.read(path)
    except RarmlError as error:
        said = str(error)
        if case.wanted != REFUSED:
            return f"refused: {said[:200]}"
        if case.said.lower() not in said.lower():
            return f"said otherwise: {said[:200]} (wanted {case.said!r})"
        return GOOD if path.name in said or "line" in said else f"names no file: {said[:200]}"
    except Exception as error:
        return f"traceback: {type(error).__name__}: {str(error)[:200]}"
    if case.wanted == REFUSED:
        return f"silent: {answer[:200]!r}"
    if case.wanted == SAME:
        good = folder / "good"
        good.mkdir()
        (good / reader.file).write_bytes(reader.valid)
        return GOOD if answer == reader.read(good / reader.file) else f"silent: {answer[:300]!r}"
    assert case.wanted == ACCEPTED
    return GOOD if case.said in answer else f"silent: {answer[:200]!r}"
