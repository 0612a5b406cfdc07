import inspect

import numpy as np
import pytest
import torch
from boxes import BOXES
from functions import BY_ROWS, FUNCTIONS, WITHOUT_PRIME
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib import losses, torch_twin
from dlbook_lib.activations import relu, sigmoid, sigmoid_prime, step
from dlbook_lib.criteria import L2Penalty
from dlbook_lib.layers import Relu, Sigmoid
from dlbook_lib.network import MLP
from dlbook_lib.torch_twin import (
    COUNTERPARTS,
    counterpart,
    device,
    to_torch,
    torch_net,
    torch_risk_and_gradients,
    torch_slope,
    torch_value,
    torch_value_and_gradients,
)


@pytest.fixture
def no_device_named(monkeypatch):
    monkeypatch.delenv("DLBOOK_DEVICE", raising=False)


def test_every_piece_has_its_counterpart():
    of_losses = {f for name, f in inspect.getmembers(losses)
                 if inspect.isfunction(f) and f.__module__ == losses.__name__
                 and not name.startswith("_") and not name.endswith("_grad")}
    of_activations = {*(one.f for one in FUNCTIONS), *WITHOUT_PRIME, *BY_ROWS}
    boxes = {box.kind for box in BOXES if box.in_torch is None}
    assert COUNTERPARTS.keys() == (
        of_losses - {losses.one_hot} | of_activations | boxes)


def test_a_piece_without_counterpart_is_told_where_to_get_one():
    with pytest.raises(KeyError, match="L2Penalty has no PyTorch counterpart"):
        counterpart(L2Penalty)


@pytest.mark.parametrize("there, kind", [(True, "cuda"), (False, "cpu")])
def test_the_device_is_a_gpu_where_pytorch_has_one(there, kind, monkeypatch,
                                                   no_device_named):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert device().type == kind


def test_the_variable_overrides_the_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("DLBOOK_DEVICE", "cpu")
    assert device() == torch.device("cpu")
    assert to_torch(np.ones(2)).device.type == "cpu"


def test_the_variable_names_any_device_that_pytorch_has(monkeypatch):
    monkeypatch.setenv("DLBOOK_DEVICE", "meta")   # there is one everywhere
    assert device() == torch.device("meta")


@pytest.mark.skipif(torch.cuda.is_available(), reason="here is a GPU")
def test_a_gpu_that_is_not_there_is_an_error_not_a_fallback(monkeypatch):
    monkeypatch.setenv("DLBOOK_DEVICE", "cuda")
    with pytest.raises(RuntimeError, match="DLBOOK_DEVICE=cuda, but this "
                       "PyTorch .* cannot use it: .*DLBOOK_DEVICE=cpu"):
        to_torch(np.ones(2))


@pytest.mark.parametrize("cause", [
    RuntimeError("Found no NVIDIA driver."), RuntimeError("No such device.\n"),
    AssertionError("Torch not compiled with CUDA enabled.")])
def test_whatever_pytorch_says_is_passed_on(cause, monkeypatch):
    def refuse(*args, **kwargs):
        raise cause

    monkeypatch.setattr(torch_twin.torch, "zeros", refuse)
    monkeypatch.setenv("DLBOOK_DEVICE", "cuda:7")
    told = str(cause).strip()
    with pytest.raises(RuntimeError, match=f"DLBOOK_DEVICE=cuda:7.*: {told}"):
        device()


def test_a_device_that_is_none_is_an_error(monkeypatch):
    monkeypatch.setenv("DLBOOK_DEVICE", "toaster")
    with pytest.raises(RuntimeError, match="DLBOOK_DEVICE=toaster"):
        device()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_a_tensor_is_a_copy_of_the_same_dtype(dtype):
    array = np.ones(3, dtype=dtype)
    tensor = to_torch(array)
    tensor[0] = 5
    assert_array_equal(array, [1, 1, 1])
    assert tensor.cpu().numpy().dtype == dtype


def test_value_and_gradients_on_paper():
    f, y = np.array([[1.0, 3.0]]), np.array([[0.0, 1.0]])
    value, (grad_f, grad_y) = torch_value_and_gradients(
        losses.squared_error, f, y, G=np.array([10.0]))
    assert_array_equal(value, [2.5])
    assert_array_equal(grad_f, [[10, 20]])
    assert_array_equal(grad_y, [[-10, -20]])


def test_labels_get_no_gradient(rng):
    for dtype in (np.int64, np.int32, np.uint8):
        _, (_, grad) = torch_value_and_gradients(
            losses.softmax_cross_entropy, rng.normal(size=(3, 2)),
            np.array([0, 1, 1], dtype=dtype))
        assert grad is None


def test_value_and_slope_alone():
    a = np.array([-1.0, 0.0, np.log(3)])
    assert_array_equal(torch_value(relu, a), [0, 0, np.log(3)])
    assert_array_equal(torch_value(step, a), [0, 0, 1])
    assert_allclose(torch_value(sigmoid, a)[2], 3 / 4)
    assert_array_equal(torch_slope(relu, a), [0, 0, 1])
    assert_allclose(torch_slope(sigmoid, a)[2], 3 / 16)


def test_a_function_of_tensors_is_its_own_counterpart():
    a = np.array([1.0, 2.0])
    assert_array_equal(torch_slope(lambda t: t ** 3, a), [3, 12])


@pytest.mark.parametrize("g", [Relu, Sigmoid])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_twin_of_a_network_has_its_weights_and_its_own_memory(g, dtype,
                                                                  rng):
    net = MLP((4, 5, 5, 3), rng, g=g, dtype=dtype)
    net.theta += rng.normal(size=net.theta.size).astype(dtype)
    twin, before = torch_net(net), net.theta.copy()
    flat = [p.detach().cpu().numpy().ravel() for p in twin.parameters()]
    assert_array_equal(np.concatenate(flat), net.theta)
    assert flat[0].dtype == dtype
    X = rng.normal(size=(6, 4)).astype(dtype)
    scores = twin(to_torch(X))
    assert_allclose(torch.softmax(scores, 1).detach().cpu().numpy(),
                    net.predict(X), rtol=1e-4 if dtype == np.float32 else
                    1e-12)
    with torch.no_grad():
        for p in twin.parameters():
            p += 1
    assert_array_equal(net.theta, before)


def test_the_twin_does_not_leave_a_penalty_out_unasked(rng):
    def penalty(risk, *weights):
        return L2Penalty(risk, *weights, lambda_=0.1)

    net = MLP((2, 2), rng, penalty=penalty)
    with pytest.raises(ValueError, match="twin has no penalty"):
        torch_risk_and_gradients(net, np.ones((1, 2)), np.array([0]))


def test_a_library_function_without_a_counterpart_is_named():
    with pytest.raises(KeyError, match="sigmoid_prime has no PyTorch"):
        torch_value(sigmoid_prime, np.zeros(2))
