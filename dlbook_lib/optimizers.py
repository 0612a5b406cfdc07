"""Update rules: .step(theta, grad) changes the flat vector theta in place.

Scratch vectors are kept between steps, because temporaries of theta's size
cost more than the arithmetic. grad is never written to.
"""
import numpy as np

from dlbook_lib.checks import positive


class SGD:
    """theta <- theta - alpha grad.

    Shapes: theta (P,), grad (P,). Same as torch.optim.SGD.
    Source: Larochelle, stochastic gradient descent; chapter 08, eq-sgd.
    """

    def __init__(self, alpha):
        self.alpha = positive(alpha, "alpha")
        self._scratch = None

    def step(self, theta, grad):
        self._scratch, = _room(theta, grad, self._scratch)
        theta -= np.multiply(grad, self.alpha, out=self._scratch)


class Momentum:
    """v <- beta v + grad;  theta <- theta - alpha v.

    Shapes: theta, grad, v (P,). Same as torch.optim.SGD(momentum=beta).
    Source: Larochelle, tricks of the trade; Polyak 1964; chapter 18,
    eq-momentum. Differs: Sutskever et al. 2013 put alpha inside v.
    """

    def __init__(self, alpha, beta=0.9):
        self.alpha, self.beta = positive(alpha, "alpha"), _decay("beta", beta)
        self.v = self._scratch = None

    def step(self, theta, grad):
        self.v, self._scratch = _room(theta, grad, self.v, self._scratch)
        self.v *= self.beta
        self.v += grad
        theta -= np.multiply(self.v, self.alpha, out=self._scratch)


class Nesterov(Momentum):
    """v <- beta v + grad;  theta <- theta - alpha (grad + beta v).

    Shapes: theta, grad, v (P,). Same as torch.optim.SGD(momentum=beta,
    nesterov=True). Source: Nesterov 1983; Sutskever et al. 2013; chapter 18,
    eq-nesterov: theta here is the point ahead, where grad is taken.
    """

    def step(self, theta, grad):
        super().step(theta, grad)
        # Momentum has taken alpha v; what is left is alpha (grad + b v - v).
        work = np.multiply(self.v, self.beta - 1, out=self._scratch)
        work += grad
        work *= self.alpha
        theta -= work


class AdaGrad:
    """v <- v + grad^2;  theta <- theta - alpha grad / (sqrt(v) + epsilon).

    Shapes: theta, grad, v (P,). Same as torch.optim.Adagrad.
    Source: Duchi, Hazan and Singer 2011; chapter 18, eq-adagrad.
    """

    def __init__(self, alpha=0.01, epsilon=1e-10):
        self.alpha = positive(alpha, "alpha")
        self.epsilon = positive(epsilon, "epsilon")
        self.v = self._scratch = None

    def step(self, theta, grad):
        self.v, self._scratch = _room(theta, grad, self.v, self._scratch)
        self.v += np.multiply(grad, grad, out=self._scratch)
        scaled_step(self, theta, grad)


class RMSProp:
    """v <- beta v + (1 - beta) grad^2;
    theta <- theta - alpha grad / (sqrt(v) + epsilon).

    Shapes: theta, grad, v (P,). Same as torch.optim.RMSprop.
    Source: Tieleman and Hinton 2012; chapter 18, eq-rmsprop.
    """

    def __init__(self, alpha=0.01, beta=0.99, epsilon=1e-8):
        self.alpha = positive(alpha, "alpha")
        self.epsilon = positive(epsilon, "epsilon")
        self.beta = _decay("beta", beta)
        self.v = self._scratch = None

    def step(self, theta, grad):
        self.v, self._scratch = _room(theta, grad, self.v, self._scratch)
        mean_square(self.v, grad, self.beta, self._scratch)
        scaled_step(self, theta, grad)


class AdaDelta:
    """v <- beta v + (1 - beta) grad^2;
    d = sqrt(u + epsilon) / sqrt(v + epsilon) grad;
    u <- beta u + (1 - beta) d^2;  theta <- theta - alpha d.

    Shapes: theta, grad, v, u (P,). Same as torch.optim.Adadelta.
    Source: Zeiler 2012; chapter 18, eq-adadelta.
    """

    def __init__(self, alpha=1.0, beta=0.9, epsilon=1e-6):
        self.alpha = positive(alpha, "alpha")
        self.epsilon = positive(epsilon, "epsilon")
        self.beta = _decay("beta", beta)
        self.v = self.u = self._scratch = self._d = None

    def step(self, theta, grad):
        self.v, self.u, self._d, self._scratch = _room(
            theta, grad, self.v, self.u, self._d, self._scratch)
        d, work = self._d, self._scratch
        mean_square(self.v, grad, self.beta, work)
        np.add(self.u, self.epsilon, out=d)
        d /= np.add(self.v, self.epsilon, out=work)
        np.sqrt(d, out=d)
        d *= grad
        mean_square(self.u, d, self.beta, work)
        theta -= np.multiply(d, self.alpha, out=work)


class Adam:
    """m <- b1 m + (1 - b1) grad;  v <- b2 v + (1 - b2) grad^2;
    theta <- theta - alpha mhat / (sqrt(vhat) + epsilon),
    mhat = m / (1 - b1^t),  vhat = v / (1 - b2^t).

    Shapes: theta, grad, m, v (P,). Same as torch.optim.Adam.
    Source: Kingma and Ba 2015; chapter 18, eq-adam.
    """

    def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.alpha = positive(alpha, "alpha")
        self.epsilon = positive(epsilon, "epsilon")
        self.beta1 = _decay("beta1", beta1)
        self.beta2 = _decay("beta2", beta2)
        self.m = self.v = self._scratch = None
        self.t = 0

    def step(self, theta, grad):
        self.m, self.v, self._scratch = _room(
            theta, grad, self.m, self.v, self._scratch)
        work = self._scratch
        self.t += 1
        # m <- m + (1 - b1)(grad - m) is the same average in one pass less.
        np.subtract(grad, self.m, out=work)
        work *= 1 - self.beta1
        self.m += work
        mean_square(self.v, grad, self.beta2, work)
        np.sqrt(self.v, out=work)
        # Both corrections are numbers: divide one of them out of the vector.
        root = (1 - self.beta2 ** self.t) ** 0.5
        work += self.epsilon * root
        np.divide(self.m, work, out=work)
        work *= self.alpha * root / (1 - self.beta1 ** self.t)
        theta -= work


def mean_square(v, grad, beta, work):
    """v <- beta v + (1 - beta) grad^2, in place.

    Shapes: v, grad, work (P,). Source: chapter 18, eq-rmsprop.
    """
    np.multiply(grad, grad, out=work)
    work *= 1 - beta
    v *= beta
    v += work


def scaled_step(rule, theta, grad):
    """theta <- theta - alpha grad / (sqrt(v) + epsilon), in place.

    Shapes: theta, grad (P,). Source: chapter 18, eq-adagrad.
    """
    work = np.sqrt(rule.v, out=rule._scratch)
    work += rule.epsilon
    np.divide(grad, work, out=work)
    work *= rule.alpha
    theta -= work


def _room(theta, grad, *vectors):
    """Vectors like theta, zero at the first step; errors for a misfit."""
    if not (theta.ndim == 1 and theta.shape == grad.shape):
        raise ValueError("step takes two flat vectors of one length; got "
                         f"theta {theta.shape} and grad {grad.shape}.")
    if vectors[0] is None:
        return tuple(np.zeros_like(theta) for _ in vectors)
    if vectors[0].shape != theta.shape or vectors[0].dtype != theta.dtype:
        raise ValueError("This optimizer was started on a theta of "
                         f"{vectors[0].shape} {vectors[0].dtype}; got "
                         f"{theta.shape} {theta.dtype}. Make a new one.")
    return vectors


def _decay(name, beta):
    if not 0 <= beta < 1:
        raise ValueError(f"{name} must lie in [0, 1); got {beta}.")
    return float(beta)
