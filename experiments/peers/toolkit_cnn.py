"""The simple network of CREsted (10.1038/s41592-025-02896-5), built and fitted by the toolkit's own library.

CREsted (1.11) and Keras have an environment of their own, named by RARML_PEERS_ENV (default build/peers-env):

    python -m venv build/peers-env && build/peers-env/bin/pip install crested torch keras

Inputs go through files of a temporary folder to one worker process of that environment (`toolkit_worker.py`). The
network is `crested.tl.zoo.simple_convnet` with softmax at the end on ±500 bp, genes thinned out as for the Xpresso-like
one.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from data import REPO, PeerData
from tuning import Bools, Floats, held_out_by
from xpresso_like import class_weight, thinned

from rarml.core.seeds import child_seed

SETTINGS = ((5e-4, 5), (5e-4, 10), (2e-3, 5), (2e-3, 10))
"""Learning rate and passes over the genes."""
REACH = 500
SEEDED = True


def held_out(data: PeerData, seed: int) -> tuple[pd.DataFrame, list[Any]]:
    """Held-out probabilities and the setting chosen per fold."""
    environment = Path(os.environ.get("RARML_PEERS_ENV", REPO / "build" / "peers-env"))
    python = environment / "bin" / "python"
    if not python.is_file():
        raise SystemExit(f"no {python}: see the head of {Path(__file__).name} for how to make it")
    codes = data.codes[:, data.tss - REACH : data.tss + REACH]
    with tempfile.TemporaryDirectory() as folder:
        worker = subprocess.Popen(
            [python, Path(__file__).with_name("toolkit_worker.py"), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "KERAS_BACKEND": "torch"},
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        place = Path(folder)
        last: list[tuple[float, int, Bools]] = []

        def fit_predict(setting: tuple[float, int], fit: Bools, ask: Bools) -> Floats:
            rate, passes = setting
            # settings that differ in passes alone share one training
            goes_on = bool(last) and last[0][0] == rate and last[0][1] <= passes and np.array_equal(last[0][2], fit)
            last[:] = [(rate, passes, fit)]
            rows = thinned(data, fit, seed)
            for name, array in (("x", codes[rows]), ("y", data.y[rows]), ("ask", codes[ask])):
                np.save(place / f"{name}.npy", array)
            weight = class_weight(data.y[rows], len(data.classes)).tolist()
            task = {"rate": rate, "passes": passes, "goes_on": goes_on, "weight": weight}
            task["seed"] = child_seed(seed, "toolkit")
            worker.stdin.write(json.dumps(task) + "\n")
            worker.stdin.flush()
            while (line := worker.stdout.readline()).strip() != "done":
                if not line:
                    raise RuntimeError("the toolkit's process ended; run toolkit_worker.py by hand to see why")
            return np.load(place / "answer.npy", allow_pickle=False).astype(np.float64)

        try:
            return held_out_by(data, SETTINGS, fit_predict)
        finally:
            worker.stdin.close()
            worker.wait(timeout=60)
