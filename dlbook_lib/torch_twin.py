"""The same pieces in PyTorch: the only module that imports it.

Arrays go in, arrays come out; in between everything runs on device().
"""
import os

import numpy as np
import torch
from torch.nn import functional as F

from dlbook_lib import activations, criteria, layers, losses

LEAKY_SLOPE = 0.01


def device():
    """CUDA where PyTorch has it, else the CPU; DLBOOK_DEVICE overrides.

    Errors: RuntimeError when DLBOOK_DEVICE names a device that is not there.
    """
    wanted = os.environ.get("DLBOOK_DEVICE", "")
    if not wanted:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as cause:
        raise RuntimeError(
            f"DLBOOK_DEVICE={wanted}, but this PyTorch ({torch.__version__}) "
            f"cannot use it: {str(cause).splitlines()[0]} Unset the variable, "
            "or set DLBOOK_DEVICE=cpu.") from cause
    return torch.device(wanted)


def to_torch(array, requires_grad=False):
    """The array as a tensor of the same dtype on device()."""
    tensor = torch.tensor(np.asarray(array), device=device())
    return tensor.requires_grad_(requires_grad)


def _squared_error(f, y):
    return 0.5 * F.mse_loss(f, y, reduction="none").sum(dim=1)


def _sigmoid_cross_entropy(a, y):
    return F.binary_cross_entropy_with_logits(a, y, reduction="none").sum(1)


def _softmax_cross_entropy(a, y):
    return F.cross_entropy(a, y.long(), reduction="none")


def _negative_log_likelihood(f, y):
    return F.nll_loss(torch.log(f), y.long(), reduction="none")


COUNTERPARTS = {
    activations.step: lambda a: torch.heaviside(a, torch.zeros_like(a)),
    activations.sigmoid: torch.sigmoid,
    activations.tanh: torch.tanh,
    activations.relu: torch.relu,
    activations.leaky_relu: lambda a: F.leaky_relu(a, LEAKY_SLOPE),
    activations.elu: F.elu,
    # PyTorch's softplus turns linear above 20 unless told otherwise.
    activations.softplus: lambda a: F.softplus(a, threshold=1000),
    activations.softmax: lambda A: torch.softmax(A, dim=1),
    activations.log_softmax: lambda A: torch.log_softmax(A, dim=1),
    activations.logsumexp: lambda A: torch.logsumexp(A, dim=1),
    losses.negative_log_likelihood: _negative_log_likelihood,
    losses.squared_error: _squared_error,
    losses.sigmoid_cross_entropy: _sigmoid_cross_entropy,
    losses.softmax_cross_entropy: _softmax_cross_entropy,
    layers.Preactivation: lambda b, W, h: F.linear(h, W, b),
    layers.Sigmoid: torch.sigmoid,
    layers.Tanh: torch.tanh,
    layers.Relu: torch.relu,
    layers.LeakyRelu: lambda a: F.leaky_relu(a, LEAKY_SLOPE),
    layers.Elu: F.elu,
    layers.Softmax: lambda A: torch.softmax(A, dim=1),
    criteria.NegativeLogLikelihood: _negative_log_likelihood,
    criteria.SquaredError: _squared_error,
    criteria.SigmoidCrossEntropy: _sigmoid_cross_entropy,
    criteria.SoftmaxCrossEntropy: _softmax_cross_entropy,
    criteria.Mean: torch.mean,
}


def counterpart(piece):
    """The PyTorch function that computes what a function or box computes."""
    try:
        return COUNTERPARTS[piece]
    except KeyError:
        raise KeyError(f"{piece.__name__} has no PyTorch counterpart; add one "
                       "to COUNTERPARTS in torch_twin.py.") from None


def _torch_function(piece):
    """A library piece's counterpart; a function of tensors as it is."""
    home = getattr(piece, "__module__", "") or ""
    ours = home.startswith("dlbook_lib.") and home != __name__
    return counterpart(piece) if ours else piece


def torch_value_and_gradients(piece, *arrays, G=None):
    """Value of piece(*arrays), and d(sum of G * value) for each array.

    piece is a library function or box with a counterpart, or itself a
    function of tensors. G is 1 by default, so that for an elementwise
    function the gradient is its derivative. Integer arrays get None.
    """
    function = _torch_function(piece)
    inputs = [to_torch(a, np.asarray(a).dtype.kind == "f") for a in arrays]
    value = function(*inputs)
    weight = torch.ones_like(value) if G is None else to_torch(G)
    (value * weight).sum().backward()
    gradients = [t.grad.cpu().numpy() if t.requires_grad else None
                 for t in inputs]
    return value.detach().cpu().numpy(), gradients


def torch_value(piece, *arrays):
    """What the counterpart of a function or box makes of the arrays."""
    value = _torch_function(piece)(*map(to_torch, arrays))
    return value.detach().cpu().numpy()


def torch_slope(piece, a):
    """d(sum of piece(a))/da by PyTorch; an elementwise piece's derivative.

    Shapes: any -> the same.
    """
    return torch_value_and_gradients(piece, a)[1][0]


def torch_net(net):
    """torch.nn.Sequential with a copy of the network's weights, up to a(L+1).

    Its parameters come in the order W1, b1, W2, b2 ..., as in net.theta.
    """
    stack, g = [], net._recipe["g"]
    dtype = torch.float32 if net.dtype == np.float32 else torch.float64
    for k, (D_in, D_out) in enumerate(zip(net.sizes, net.sizes[1:]), start=1):
        # Without the random start that would be overwritten below.
        linear = torch.nn.utils.skip_init(
            torch.nn.Linear, D_in, D_out, dtype=dtype, device=device())
        with torch.no_grad():
            linear.weight.copy_(to_torch(net.parameters[f"W{k}"].value))
            linear.bias.copy_(to_torch(net.parameters[f"b{k}"].value))
        stack += [linear, _Function(counterpart(g))]
    return torch.nn.Sequential(*stack[:-1])


class _Function(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


def torch_risk_and_gradients(net, X, y):
    """What net.risk_and_gradient computes, by PyTorch's autograd.

    Shapes: X (N, D), y (N,) -> a number and the flat gradient (P,).
    """
    if net._recipe["penalty"] is not None:
        raise ValueError("The PyTorch twin has no penalty, this network has "
                         "one: add it to the risk that torch_net gives.")
    twin = torch_net(net)
    loss = counterpart(net._recipe["criterion"])
    X = to_torch(np.asarray(X, dtype=net.dtype))
    risk = loss(twin(X), to_torch(y)).mean()
    risk.backward()
    gradients = [p.grad.cpu().numpy().ravel() for p in twin.parameters()]
    return risk.item(), np.concatenate(gradients)
