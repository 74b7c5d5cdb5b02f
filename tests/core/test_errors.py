"""Errors of a worker process arrive whole."""

import pickle

import pytest

from rarml.core import errors

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.RarmlError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_survives_a_pipe(kind):
    for more in ({}, {"where": "a.tsv:3"}, {"where": "a.tsv:3", "fix": "mend it"}):
        error = kind("is wrong", **more)
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert type(again) is kind
        assert (again.what, again.where, again.fix) == (error.what, error.where, error.fix)
        assert str(again) == str(error)
        assert again.exit_status == error.exit_status
