"""Layers against SciPy and plain loops, and what happens to wrong ones."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy import signal

import ranvier
from ranvier import convert

rng = np.random.default_rng(5)


def forward(layer, x):
    """One sample through one layer."""
    return convert.activations([layer, convert.Scale(1.0)], x[None])[0][0]


def padded(x, pads, value=0.0):
    return np.pad(x, [(0, 0), *pads], constant_values=value)


@pytest.mark.parametrize("shape, kernel", [((3, 9, 8), (3, 2)), ((2, 11), (4,)), ((4, 5, 5), (5, 5))])
@pytest.mark.parametrize(
    "stride, padding, dilation, groups", [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), (3, 2, 1, 0)]
)
def test_convolution(shape, kernel, stride, padding, dilation, groups):
    """scipy.signal.correlate of each pair of channels, with a kernel that has zeros in between, every stride-th value kept."""
    groups = groups or shape[0]  # 0: a group for each channel
    if any(n + 2 * padding < dilation * (k - 1) + 1 for n, k in zip(shape[1:], kernel)):
        pytest.skip("the kernel is larger than the input")
    outputs = 2 * groups
    w, b = rng.normal(size=(outputs, shape[0] // groups, *kernel)), rng.normal(size=outputs)
    x = rng.normal(size=shape)
    spread = np.zeros((*w.shape[:2], *(dilation * (k - 1) + 1 for k in kernel)))
    spread[(..., *(slice(None, None, dilation) for _ in kernel))] = w
    around, expected = padded(x, [(padding, padding)] * len(kernel)), []
    for o in range(outputs):
        first = o // 2 * (shape[0] // groups)
        parts = [signal.correlate(around[first + c], spread[o, c], "valid") for c in range(w.shape[1])]
        expected.append(b[o] + np.sum(parts, axis=0)[tuple(slice(None, None, stride) for _ in kernel)])
    layer = convert.Convolution(w, b, stride, padding, dilation, groups)
    np.testing.assert_allclose(forward(layer, x), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kernel", [(3, 3), (2, 4)])
def test_convolution_that_keeps_the_size(kernel):
    """The odd zero of even kernels stands behind, as in PyTorch."""
    w, x = rng.normal(size=(2, 3, *kernel)), rng.normal(size=(3, 6, 7))
    around = padded(x, [((k - 1) // 2, k // 2) for k in kernel])
    expected = [sum(signal.correlate(around[c], w[o, c], "valid") for c in range(3)) for o in range(2)]
    found = forward(convert.Convolution(w, padding="same"), x)
    assert found.shape == (2, 6, 7)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert convert.Convolution(w, padding="valid").output_shape(x.shape) == (2, 7 - kernel[0], 8 - kernel[1])


@pytest.mark.parametrize(
    "kind, what, outside",
    [(convert.SumPool, np.sum, 0.0), (convert.AveragePool, np.mean, 0.0), (convert.MaxPool, np.max, -np.inf)],
)
@pytest.mark.parametrize(
    "kernel, stride, padding", [(2, None, 0), ((3, 2), (2, 1), (1, 0)), (3, 1, 1), (2, 3, 0)]
)
def test_pools(kind, what, outside, kernel, stride, padding):
    x = rng.normal(size=(2, 7, 6))
    k, p = np.broadcast_to(kernel, 2), np.broadcast_to(padding, 2)
    s = np.broadcast_to(kernel if stride is None else stride, 2)
    around = padded(x, [(n, n) for n in p], outside)
    size = [(n + 2 * q - m) // t + 1 for n, q, m, t in zip(x.shape[1:], p, k, s)]
    expected = np.array(
        [
            [
                [what(c[i * s[0] : i * s[0] + k[0], j * s[1] : j * s[1] + k[1]]) for j in range(size[1])]
                for i in range(size[0])
            ]
            for c in around
        ]
    )
    np.testing.assert_allclose(forward(kind(kernel, stride, padding), x), expected, rtol=0, atol=1e-12)


def test_pool_of_one_dimension():
    x = np.arange(12.0).reshape(2, 6)
    assert forward(convert.MaxPool(2), x).tolist() == [[1, 3, 5], [7, 9, 11]]
    assert forward(convert.AveragePool(3, 1), x)[0].tolist() == pytest.approx([1, 2, 3, 4])


def test_batch_norm_scale_flatten():
    mean, variance, gamma, beta = (
        rng.normal(size=3),
        rng.uniform(1, 2, 3),
        rng.normal(size=3),
        rng.normal(size=3),
    )
    x = rng.normal(size=(3, 4, 2))
    each = [v[:, None, None] for v in (mean, variance, gamma, beta)]
    norm = convert.BatchNorm(mean, variance, gamma, beta, 1e-3)
    expected = each[2] * (x - each[0]) / np.sqrt(each[1] + 1e-3) + each[3]
    np.testing.assert_allclose(forward(norm, x), expected, rtol=1e-12)
    np.testing.assert_allclose(
        forward(norm.scaled(2.0, 3.0), x),
        2 * (expected - forward(norm, 0 * x)) + 3 * forward(norm, 0 * x),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        forward(convert.BatchNorm(mean, variance, epsilon=0), x), (x - each[0]) / each[1] ** 0.5
    )
    assert (forward(convert.Scale(x), x) == x * x).all()
    assert (forward(convert.Flatten(), x) == x.ravel()).all()


def test_deep_network():
    """Layer by layer in plain NumPy."""
    w, b, w2 = rng.normal(size=(6, 8)), rng.normal(size=6), rng.normal(size=(3, 6))
    x = rng.normal(size=(5, 8))
    layers = [convert.Dense(w, b), convert.ReLU(), convert.Dense(w2), convert.Softmax()]
    hidden = np.maximum(x @ w.T + b, 0)
    z = hidden @ w2.T
    found = convert.activations(layers, x)
    np.testing.assert_allclose(found[1], hidden)
    np.testing.assert_allclose(found[3], np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    assert (convert.predict(layers, x) == z.argmax(axis=1)).all()


def test_scales():
    """Percentiles of outputs that are not zero, of the output's absolute values, for each layer."""
    w = np.array([[1.0], [-1.0]])
    layers = [convert.Dense(w), convert.ReLU(), convert.Dense([[1.0, -2.0]])]
    x = np.arange(-100, 101.0)[:, None]
    hidden = np.arange(1, 101.0)
    assert convert.activation_scales(layers, x, 100).tolist() == [100, 200]
    assert convert.activation_scales(layers, x, [50, 100])[0] == np.percentile(np.tile(hidden, 2), 50)
    assert convert.activation_scales(layers, 0 * x).tolist() == [1, 1]
    assert convert.activation_scales(layers[:2], x, 100).tolist() == [100]


DENSE = [convert.Dense(np.ones((2, 3))), convert.ReLU()]
X = np.zeros((4, 3))


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: convert.Dense(np.ones(3)), ranvier.WrongSize, ["Dense", "weight", "(3,)", "2 dimensions"]),
        (lambda: convert.Dense(np.ones((2, 3)), [1.0]), ranvier.WrongSize, ["bias", "1 values", "2 values"]),
        (lambda: convert.Dense([["a"]]), ranvier.WrongType, ["Dense", "weight", "numbers"]),
        (lambda: convert.Dense([[np.nan]]), ranvier.OutOfRange, ["Dense", "weight", "nan", "finite"]),
        (
            lambda: convert.Convolution(np.ones((2, 2, 3)), stride=0),
            ranvier.OutOfRange,
            ["stride", "0", ">= 1"],
        ),
        (lambda: convert.Convolution(np.ones((2, 2, 3)), stride=1.5), ranvier.WrongType, ["stride", "1.5"]),
        (
            lambda: convert.Convolution(np.ones((2, 2, 3)), stride=(1, 1)),
            ranvier.WrongSize,
            ["stride", "(1, 1)"],
        ),
        (
            lambda: convert.Convolution(np.ones((2, 2, 3)), padding="full"),
            ranvier.OutOfRange,
            ["padding", "'same'"],
        ),
        (lambda: convert.Convolution(np.ones((3, 2, 3)), groups=2), ranvier.OutOfRange, ["groups", "2", "3"]),
        (
            lambda: convert.Convolution(np.ones((1, 1, 3)), stride=2, padding="same").output_shape((1, 5)),
            ranvier.OutOfRange,
            ["padding", "same"],
        ),
        (
            lambda: convert.Convolution(np.ones((1, 1, 9))).output_shape((1, 5)),
            ranvier.OutOfRange,
            ["kernel", "9"],
        ),
        (
            lambda: convert.Convolution(np.ones((1, 2, 3))).output_shape((1, 5)),
            ranvier.WrongSize,
            ["2 channels"],
        ),
        (lambda: convert.MaxPool(2).output_shape((4,)), ranvier.WrongSize, ["MaxPool", "(4,)", "height"]),
        (lambda: convert.BatchNorm([0.0], [-1.0]), ranvier.OutOfRange, ["variance", "-1"]),
        (lambda: convert.BatchNorm([0.0], [1.0, 1.0]), ranvier.WrongSize, ["variance", "2 values"]),
        (lambda: convert.Scale([1.0, 2.0]).output_shape((3,)), ranvier.WrongSize, ["Scale", "(3,)", "(2,)"]),
        (lambda: convert.predict([*DENSE, "relu"], X), ranvier.WrongType, ["layers[2]", "str", "Dense"]),
        (lambda: convert.predict([convert.Softmax(), *DENSE], X), ranvier.OutOfRange, ["layers[0]", "last"]),
        (lambda: convert.predict([], X), ranvier.OutOfRange, ["layers", "one layer"]),
        (lambda: convert.to_spiking([convert.Softmax()], X), ranvier.OutOfRange, ["layers", "one layer"]),
        (lambda: convert.to_spiking(None, X), ranvier.WrongType, ["layers", "NoneType", "list"]),
        (
            lambda: convert.predict(DENSE, np.zeros((4, 5))),
            ranvier.WrongSize,
            ["layers[0]: Dense", "(5,)", "(3,)"],
        ),
        (
            lambda: convert.to_spiking([*DENSE, *DENSE], X),
            ranvier.WrongSize,
            ["layers[2]: Dense", "(2,)", "(3,)"],
        ),
        (
            lambda: convert.to_spiking([*DENSE, convert.MaxPool(2)], scales=[1.0], input_shape=(3,)),
            ranvier.WrongSize,
            ["layers[2]: MaxPool", "(2,)"],
        ),
        (lambda: convert.activation_scales(DENSE, X, 0), ranvier.OutOfRange, ["percentile", "0", "100"]),
        (
            lambda: convert.activation_scales(DENSE, X, [99, 99]),
            ranvier.WrongSize,
            ["percentile", "2 values"],
        ),
        (lambda: convert.activation_scales(DENSE, X[:0]), ranvier.WrongSize, ["no samples"]),
        (lambda: convert.to_spiking(DENSE), ranvier.WrongSize, ["data"]),
        (lambda: convert.to_spiking(DENSE, scales=[1.0]), ranvier.WrongSize, ["input_shape"]),
        (lambda: convert.to_spiking(DENSE, X, scales=[1.0, 1, 1]), ranvier.WrongSize, ["scales", "3 values"]),
        (lambda: convert.to_spiking(DENSE, X, scales=[0.0]), ranvier.OutOfRange, ["scales", "> 0"]),
        (lambda: convert.to_spiking(DENSE, X, reset="soft"), ranvier.OutOfRange, ["reset", "'subtract'"]),
        (lambda: convert.to_spiking(DENSE, X, input="rate"), ranvier.OutOfRange, ["input", "'poisson'"]),
        (lambda: convert.to_spiking(DENSE, X, read_out="rate"), ranvier.OutOfRange, ["read_out", "'counts'"]),
        (lambda: convert.to_spiking(DENSE, X, tau_m=0.0), ranvier.OutOfRange, ["tau_m", "> 0"]),
        (lambda: convert.to_spiking(DENSE, X, t_ref=-1.0), ranvier.OutOfRange, ["t_ref", "-1"]),
        (lambda: convert.to_spiking(DENSE, X, batch=0), ranvier.OutOfRange, ["batch", "0"]),
        (lambda: convert.to_spiking(DENSE, X, resolution=-1.0), ranvier.OutOfRange, ["resolution", "-1"]),
        (lambda: convert.to_spiking(DENSE, X, backend="tpu"), ranvier.BackendError, ["tpu"]),
        (
            lambda: convert.to_spiking(DENSE, X).run(np.zeros((1, 2))),
            ranvier.WrongSize,
            ["run", "x", "(1, 2)"],
        ),
        (lambda: convert.to_spiking(DENSE, X).run(X, 0), ranvier.OutOfRange, ["steps", "0"]),
        (lambda: convert.to_spiking(DENSE, X).run(X, 5, [3, 2]), ranvier.OutOfRange, ["at", "ascending"]),
        (lambda: convert.to_spiking(DENSE, X).run(X, 5, [6]), ranvier.OutOfRange, ["at", "5"]),
        (
            lambda: convert.to_spiking(DENSE, X, input="if").run(X + 2),
            ranvier.OutOfRange,
            ["x", "2", "[0, 1]"],
        ),
        (
            lambda: convert.to_spiking([convert.Dense(np.ones((1, 3))), convert.MaxPool(1)], X, input="if"),
            ranvier.WrongSize,
            ["MaxPool"],
        ),
    ],
)
def test_mistakes(call, error, words):
    with pytest.raises(error) as e:
        call()
    for word in words:
        assert word in str(e.value)
    assert e.value.object and e.value.remedy
