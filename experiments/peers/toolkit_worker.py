"""Fits CREsted's simple network for `toolkit_cnn.py`, in the toolkit's own environment; needs no rarml.

Reads one JSON line per fit from standard input: learning rate, passes, class weights, seed. Inputs are x.npy, y.npy and
ask.npy in the folder given (uint8 base codes, 4 for unknown); class probabilities go to answer.npy, and a line "done".
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


def main(folder: Path) -> None:
    """One fit per line."""
    for line in sys.stdin:
        task = json.loads(line)
        keras.utils.set_random_seed(task["seed"] % 2**31)
        x, y, ask = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("x", "y", "ask"))
        classes = len(task["weight"])
        model = simple_convnet(
            x.shape[1],
            classes,
            first_filters=64,
            filters=64,
            dense_size=64,
            pool_size=4,
            output_activation="softmax",
        )
        model.compile(optimizer=keras.optimizers.Adam(task["rate"]), loss="sparse_categorical_crossentropy")
        weights = np.asarray(task["weight"], dtype=np.float32)[y]
        model.fit(onehot(x), y, sample_weight=weights, batch_size=BATCH, epochs=task["passes"], verbose=0)
        answer = np.concatenate(
            [np.asarray(model.predict_on_batch(onehot(part))) for part in np.array_split(ask, len(ask) // 512 + 1)]
        )
        np.save(folder / "answer.npy", answer)
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
