"""Fits CREsted's simple network for `toolkit_cnn.py`, in the toolkit's own environment; needs no rarml.

Reads one JSON line per question from standard input: learning rate, passes in all, class weights, seed, and whether the
training goes on with the network of the line before. Inputs are x.npy, y.npy and ask.npy in the folder given (uint8
base codes, 4 for unknown); class probabilities go to answer.npy, and a line "done".
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from crested.tl.zoo import simple_convnet

BATCH = 64


def onehot(codes):
    """Float32 of shape (n, length, 4); unknown bases are zeros."""
    return np.eye(5, dtype=np.float32)[codes][..., :4]


def network(length, classes, rate):
    """CREsted's network for classes, ready to be fitted."""
    model = simple_convnet(
        length, classes, first_filters=64, filters=64, dense_size=64, pool_size=4, output_activation="softmax"
    )
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    return model


def main(folder: Path) -> None:
    """One answer per line."""
    passes = 0
    for line in sys.stdin:
        task = json.loads(line)
        x, y, ask = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("x", "y", "ask"))
        if not task["goes_on"]:
            keras.utils.set_random_seed(task["seed"] % 2**31)
            model = network(x.shape[1], len(task["weight"]), task["rate"])
            passes = 0
        weights = np.asarray(task["weight"], dtype=np.float32)[y]
        more = task["passes"] - passes
        model.fit(onehot(x), y, sample_weight=weights, batch_size=BATCH, epochs=more, verbose=0)
        passes = task["passes"]
        answer = np.concatenate(
            [np.asarray(model.predict_on_batch(onehot(part))) for part in np.array_split(ask, len(ask) // 512 + 1)]
        )
        np.save(folder / "answer.npy", answer)
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
