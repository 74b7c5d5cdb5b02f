"""The exit statuses of every `rarml` command, in one place."""

from __future__ import annotations

from enum import IntEnum

from rarml.core.errors import RarmlError, Stopped


class ExitCode(IntEnum):
    """What a script can tell from how a command ended.

    Attributes
    ----------
    DONE : int
        0: done as asked. Also where the reader of the output (head, less) went away.
    BUG : int
        1: a fault of rarml itself, with a traceback; please report it.
    MISTAKE : int
        2: something given cannot be used (a file, option, setting, a full disk), or a check failed; one line on
        standard error says what, where and how to mend it.
    STOPPED : int
        130: stopped by Ctrl-C; nothing half-written is left, and what can go on says how.
    """

    DONE = 0
    BUG = 1
    MISTAKE = RarmlError.exit_status
    STOPPED = Stopped.exit_status


IN_SHORT = "Exit status: 0 done; 1 a fault of rarml (please report it); 2 a mistake in what was given; 130 stopped."
