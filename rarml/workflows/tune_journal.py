"""Where the journal of a search is kept until its result is whole."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import atomic_file, require_new
from rarml.core.swap import recover
from rarml.training.study_store import JOURNAL


def begin_journal(out: Path, storage: str | None, *, resume: bool, overwrite: bool) -> Path:
    """The journal of the search, in ``{out}.unfinished`` until the result is whole; an earlier one as asked."""
    work, finished = out.with_name(f"{out.name}.unfinished"), out / JOURNAL
    journal = work / JOURNAL
    if storage is not None:
        ours = finished.is_file() or (out / "tune.json").is_file()
        require_new(out, overwrite=overwrite or ours)
        return journal
    recover(out)
    if resume and not overwrite:
        if not journal.is_file():
            if not finished.is_file():
                raise InputError("holds no study to go on with", where=out, fix="leave --resume out to start one")
            with atomic_file(journal) as copy:
                shutil.copyfile(finished, copy)
        return journal
    for place in (journal, finished):
        if place.is_file() and not overwrite:
            fix = "go on with it with --resume, or replace it with --overwrite"
            raise InputError("holds a study already", where=place.parent, fix=fix)
    require_new(out, overwrite=overwrite)
    with contextlib.suppress(FileNotFoundError):
        journal.unlink()
    return journal
