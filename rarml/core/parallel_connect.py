"""Finding a Dask cluster, and refusing one whose workers would compute something else."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from rarml.core.errors import InputError, MissingPartError, RarmlError
from rarml.core.parallel_versions import differences, versions
from rarml.core.parallel_worker import version_error

_PATIENCE = 6.0  # seconds for a scheduler to answer


def connect(address: str) -> Any:
    """A client of the cluster at a scheduler's address or described in its file.

    Raises
    ------
    MissingPartError
        Without the extra `cluster`.
    InputError
        If nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingPartError(
            "a cluster needs Dask", fix="pip install 'rarml[cluster]' here and in every worker"
        ) from error
    # the client says what is wrong in its exceptions; its logs would say it again, with tracebacks
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    file = Path(address)
    known = {"scheduler_file": str(file)} if _is_file(address) else {"address": address}
    if _is_file(address) and not file.is_file():
        raise InputError("is no scheduler file", where=address, fix="start one: dask scheduler --scheduler-file FILE")
    try:
        return Client(**known, timeout=_PATIENCE, set_as_default=False, name="rarml")
    except (OSError, ValueError, TypeError, KeyError, ImportError, RuntimeError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"no cluster answers: {said}",
            where=address,
            fix="start one with: dask scheduler; --cluster takes the address that it prints",
        ) from error


def check_versions(client: Any, address: str, patience: float) -> None:
    """Wait for a worker, then compare what every worker runs with what runs here.

    Raises
    ------
    RarmlError
        If no worker comes within so many seconds, or one has another rarml, Python or numeric library.
    """
    own = versions()
    # a task that waits is also what makes a cluster that grows by need start its first worker
    first = client.submit(versions, pure=False)
    try:
        first.result(timeout=patience)
        everywhere = client.run(versions)
    except TimeoutError as error:
        raise RarmlError(
            f"the cluster has no worker that answers within {patience:.0f} s",
            where=address,
            fix=f"start workers: dask worker {address}; set RARML_CLUSTER_WAIT to wait longer",
        ) from error
    except (ImportError, AttributeError) as error:
        raise RarmlError(
            f"a worker of the cluster cannot run rarml: {error}",
            where=address,
            fix="install the same rarml in every worker",
        ) from error
    for worker, there in everywhere.items():
        wrong = differences(own, there)
        if wrong:
            raise version_error(wrong, where=worker)


def _is_file(address: str) -> bool:
    return "://" not in address and (address.endswith(".json") or Path(address).is_file())
