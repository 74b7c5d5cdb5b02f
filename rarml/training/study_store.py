"""Where studies are kept: a journal file beside the result, or a database that several workers share."""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rarml.core.errors import InputError, MissingPartError, SettingsError

if TYPE_CHECKING:
    import optuna

JOURNAL = "study.journal"
DIGEST = "rarml"
_ATTEMPTS, _PAUSE = 5, 1.0  # seconds
_ANEW = "choose another --study or --out, or start anew with --overwrite"
# what Optuna raises on a journal that holds anything else than it wrote
_ODD = (LookupError, ValueError, TypeError, AttributeError, AssertionError, ArithmeticError, RecursionError)
_HEARTBEAT, _GRACE = 10, 40  # seconds; a fit lets other threads run, so a living worker always answers in time


@contextlib.contextmanager
def open_storage(journal: Path, url: str | None) -> Iterator[optuna.storages.BaseStorage]:
    """The journal file at `journal` (for one run at a time), or the database at `url`.

    Raises
    ------
    InputError
        If another run uses the journal, it is damaged, or the database does not answer.
    MissingPartError
        If the database's driver is not installed.
    SettingsError
        If `url` is no database URL.
    """
    quiet()
    if url is not None:
        yield _database(url)
        return
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    journal.parent.mkdir(parents=True, exist_ok=True)
    with _alone(journal):
        _mend(journal)
        try:
            storage = JournalStorage(JournalFileBackend(str(journal)))
        except _ODD as error:
            raise InputError("study is damaged", where=journal, fix="start anew with --overwrite") from error
        yield storage


def open_study(storage: optuna.storages.BaseStorage, name: str, digest: dict[str, str], *, alone: bool) -> optuna.Study:
    """A study that is new or was made from the same data, settings and space; leftovers of a killed run are failed.

    Parameters
    ----------
    storage : optuna storage
    name : str
    digest : dict of str to str
        What the study depends on, by name of the part.
    alone : bool
        No other run can be at work, so every trial that still runs is a leftover. Otherwise the database's heartbeat
        tells.

    Raises
    ------
    InputError
        If the study of that name was made from something else.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    try:
        study = optuna.create_study(
            storage=storage,
            study_name=name,
            direction="minimize",
            load_if_exists=True,
            pruner=optuna.pruners.NopPruner(),
        )
        known = study.user_attrs.get(DIGEST)
        done = study.get_trials(deepcopy=False)
        odd = study.direction != optuna.study.StudyDirection.MINIMIZE or not isinstance(known, dict | None)
    except (*_ODD, SQLAlchemyError, optuna.exceptions.OptunaError) as error:
        raise InputError(f"the study {name!r} is damaged", fix=_ANEW) from error
    if odd or (known is None and done):
        raise InputError(f"the study {name!r} was not written by rarml tune", fix=_ANEW)
    if known is None:
        study.set_user_attr(DIGEST, digest)
    elif known != digest:
        changed = [part for part in digest if known.get(part) != digest[part]]
        raise InputError(
            f"the study {name!r} was made with other {' and '.join(changed) or 'parts'}",
            fix="give the same labels, configuration and space again, choose another --study or --out, or --overwrite",
        )
    if alone:
        for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    else:
        fail_stale(study)
    return study


def fail_stale(study: optuna.Study) -> None:
    """Mark trials failed whose worker no longer answers (databases only)."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna.storages.fail_stale_trials(study)


def quiet() -> None:
    """Keep Optuna's own log lines and notes on experimental parts off the terminal."""
    import optuna

    optuna.logging.set_verbosity(logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


def kind_of(url: str | None) -> str:
    """The storage in words, without names or passwords."""
    return "journal file" if url is None else f"{url.split(':', 1)[0].split('+', 1)[0]} database"


def _database(url: str) -> Any:
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    kind = url.split(":", 1)[0]
    try:
        return _connected(url)
    except (ImportError, ModuleNotFoundError) as error:
        fix = "install its driver, e.g. psycopg2-binary for postgresql://… or psycopg for postgresql+psycopg://…"
        raise MissingPartError(
            f"the driver of a {kind} database is not installed", where="--storage", fix=fix
        ) from error
    except (ArgumentError, ValueError) as error:
        fix = "give e.g. sqlite:///tuning.db or postgresql://user:password@host/database"
        raise SettingsError("is not the URL of a database", where="--storage", fix=fix) from error
    except (SQLAlchemyError, RuntimeError) as error:
        why = str(getattr(error, "orig", error)).strip().splitlines() or ["no answer"]
        raise InputError(f"{kind} database cannot be used: {why[0]}", where="--storage", fix="check the URL") from error


def _connected(url: str) -> Any:
    """The storage; of two workers that make the tables of a new database at once, one fails and looks again."""
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import IntegrityError, ProgrammingError

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return RDBStorage(url, heartbeat_interval=_HEARTBEAT, grace_period=_GRACE)
        except (IntegrityError, ProgrammingError):
            if attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE)
    raise AssertionError("unreachable")


@contextlib.contextmanager
def _alone(journal: Path) -> Iterator[None]:
    """Hold the journal for this process; the hold ends with it, however it ends."""
    with journal.with_name(f".{journal.name}.held").open("w") as handle:
        if not _lock(handle):
            raise InputError(
                "another run is tuning into this folder",
                where=journal.parent,
                fix="wait for it, or let several runs share a database with --storage postgresql://…",
            )
        yield
    with contextlib.suppress(OSError):
        Path(handle.name).unlink()


def _lock(handle: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: no such lock
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _mend(journal: Path) -> None:
    """Take away what a killed run left: Optuna's lock, and a last line that was cut short."""
    Path(f"{journal}.lock").unlink(missing_ok=True)
    if not journal.exists():
        return
    content = journal.read_bytes()
    if content and not content.endswith(b"\n"):
        with journal.open("r+b") as handle:
            handle.truncate(content.rfind(b"\n") + 1)
