"""Functions that tests send to workers; they are found there by their names."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import sklearn.linear_model  # noqa: F401 - loads OpenMP, whose threads are counted apart from those of NumPy

from rarml.core.errors import BundleError
from rarml.core.parallel import run, thread_count


def scaled(shared, task):
    """Sums in which the order of adding shows, so that another chunking or thread would."""
    return float((shared["values"] * task).sum())


def slow_first(_shared, task):
    time.sleep(0.2 if task == 0 else 0)
    return task


def noted(folder, task):
    """Leaves a file that says the task was begun."""
    (Path(folder) / str(task)).touch()
    time.sleep(0.05)
    return task


def refused(_shared, task):
    if task == 2:
        raise BundleError("is damaged", where="trees.json", fix="restore it")
    return task


def killed_once(marker, task):
    """The worker dies over task 3, the first time."""
    if task == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def always_killed(_shared, task):
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def surroundings(_shared, _task):
    """Threads of the numeric libraries and of `run` inside a task, and whether shared arrays can be changed."""
    from threadpoolctl import threadpool_info

    np.ones((64, 64)) @ np.ones((64, 64))
    inner = list(run(slow_first, range(3), shared=None))
    return max((pool["num_threads"] for pool in threadpool_info()), default=1), thread_count(), inner


def where(_shared, _task):
    time.sleep(0.1)
    return os.getpid()


def killing(marker, true_call, *given, **more):
    """Stands in for the call of a worker: the worker dies over its first task, once."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return true_call(*given, **more)
