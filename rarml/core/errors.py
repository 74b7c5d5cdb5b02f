"""The one error family that users see: what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class RarmlError(Exception):
    """A fault that the user can understand and mend; shown as one line, exit status 2.

    Parameters
    ----------
    what : str
        What is wrong, as a sentence without a full stop.
    where : str or Path, optional
        The file, ``file:line`` or gene it was found at.
    fix : str, optional
        What to do about it.
    """

    exit_status = 2

    def __init__(self, what: str, *, where: str | Path | None = None, fix: str | None = None):
        self.what = what
        self.where = None if where is None else str(where)
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.fix})" if self.fix else ""
        return f"{place}{self.what}{mend}"


class InputError(RarmlError, ValueError):
    """A file, table or argument given by the user cannot be used; a `ValueError`, as scripts expect."""


class SettingsError(RarmlError):
    """A configuration file or key is wrong."""


class BundleError(RarmlError):
    """A model folder is damaged, incomplete or of another format version."""


class MissingPartError(RarmlError):
    """Something asked for needs a part (sequence, an optional package) that is not there."""


class Stopped(RarmlError):
    """A long run was stopped by the user; says what is kept and how to go on."""

    exit_status = 130


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint such as ``did you mean 'padj'?``, or the known words when none is near."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
    return f"known: {shown}"
