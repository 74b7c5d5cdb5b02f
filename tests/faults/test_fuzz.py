"""A short, seeded run of the fuzzer, and random bytes by hypothesis."""

import pytest
from fuzz import attempt, fuzz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import readers


def test_mutated_files_give_no_traceback():
    runs, findings = fuzz(seconds=12, seed=1, most=40)
    assert sum(runs.values()) >= 25
    assert findings == []


@pytest.mark.parametrize("reader", readers().values(), ids=lambda reader: reader.name)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.binary(min_size=1, max_size=300)
    | st.text(min_size=1, max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_random_bytes_give_no_traceback(reader, tmp_path, data):
    assert attempt(reader, data, tmp_path / reader.file) is None
