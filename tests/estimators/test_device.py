import pytest
import torch

from rarml.core.errors import InputError
from rarml.estimators.device import find_device, numeric_setting


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize("name", ["cuda", "cuda:1"])
def test_cuda_without_a_gpu_is_one_line_with_the_way_out(no_gpu, name):
    with pytest.raises(InputError, match=f"no CUDA device for '{name}'.*leave --device out") as error:
        find_device(name)
    assert "\n" not in str(error.value)


def test_auto_falls_back_to_the_cpu(no_gpu):
    assert find_device("auto") == find_device() == torch.device("cpu")


def test_a_gpu_that_is_there_is_taken_and_one_beyond_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert find_device("auto") == torch.device("cuda")
    assert find_device("cuda:0") == torch.device("cuda", 0)
    with pytest.raises(InputError, match="sees 1"):
        find_device("cuda:1")


def test_a_misspelt_device_gets_a_suggestion():
    with pytest.raises(InputError, match="unknown device 'cude'.*did you mean 'cuda'"):
        find_device("cude")


@pytest.mark.parametrize("name", ["", "cpu:", "cpu:0", "cuda:", "cuda:x", "cuda:²", "auto:1", "mps"])
def test_anything_else_is_an_unknown_device(name):
    with pytest.raises(InputError, match="unknown device"):
        find_device(name)


def test_threads_are_put_back_even_after_a_fault():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError, match="stop"), numeric_setting(torch.device("cpu"), before + 1):
        assert torch.get_num_threads() == before + 1
        raise RuntimeError("stop")
    assert torch.get_num_threads() == before


def test_the_cpu_computes_in_float32():
    with numeric_setting(torch.device("cpu"), 1):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
