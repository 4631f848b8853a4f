"""Initial kernels have the stated moments."""

import numpy as np
import pytest

from lab import initializers, network
from spec import fields, registry

# The standard deviation of a standard normal that is cut off at two.
TRUNCATED = 0.87962566


def drawn(name, shape, seed=0):
    return getattr(initializers, name)(np.random.default_rng(seed), shape)


@pytest.mark.parametrize(("name", "gain"), [("kaiming", 2), ("lecun", 1)])
@pytest.mark.parametrize("inputs", [2, 8, 400])
def test_truncated_normals(name, gain, inputs):
    kernel = drawn(name, (inputs, 200_000 // inputs))
    sigma = np.sqrt(gain / inputs)
    assert kernel.mean() == pytest.approx(0, abs=0.01 * sigma)
    assert kernel.std() == pytest.approx(TRUNCATED * sigma, rel=0.01)
    assert 1.99 * sigma < np.abs(kernel).max() <= 2 * sigma * (1 + 1e-6)
    # Drawn again, not moved to the edge.
    assert (np.abs(kernel) > 1.98 * sigma).mean() < 0.004


def test_random_normal():
    kernel = drawn("random_normal", (8, 25_000))
    assert kernel.mean() == pytest.approx(0, abs=0.0005)
    assert kernel.std() == pytest.approx(0.05, rel=0.01)
    assert np.abs(kernel).max() > 0.15


def test_constants():
    assert (drawn("zeros", (3, 4)) == 0).all()
    assert (drawn("ones", (3, 4)) == 1).all()


@pytest.mark.parametrize("name", registry.entries("initialization"))
def test_shape_type_and_seed(name):
    kernel = drawn(name, (5, 7))
    assert kernel.shape == (5, 7)
    assert kernel.dtype == np.float32
    assert (kernel == drawn(name, (5, 7))).all()
    if name not in ("zeros", "ones"):
        assert not (kernel == drawn(name, (5, 7), seed=1)).any()


@pytest.mark.parametrize("normalization", registry.entries("normalization"))
@pytest.mark.parametrize("name", registry.entries("initialization"))
def test_network(name, normalization):
    """Kernels are drawn, one after the other; biases and shifts start at 0, scales at 1."""
    experiment = {
        **fields.defaults(),
        "initialization": name,
        "normalization": normalization,
        "hidden_layers": (6, 6),
        "seed": 5,
    }
    parameters, statistics = network.initialize(experiment)
    again, _ = network.initialize(experiment)
    assert all((one == other).all() for one, other in zip(parameters, again, strict=True))
    assert all(array.dtype == np.float32 for array in parameters + statistics)
    normalized = 0 if normalization == "none" else 2
    shapes = [(2, 6), (6,), *[(6,)] * normalized, (6, 6), (6,), *[(6,)] * normalized, (6, 2), (2,)]
    assert [parameter.shape for parameter in parameters] == shapes
    start = 0
    for _ in range(2):
        assert (parameters[start + 1] == 0).all()
        if normalized:
            assert (parameters[start + 2] == 1).all()
            assert (parameters[start + 3] == 0).all()
        start += 2 + normalized
    assert (parameters[-1] == 0).all()
    if normalization == "batch_norm":
        assert [array.tolist() for array in statistics] == [[0] * 6, [1] * 6] * 2
    else:
        assert statistics == []
    kernels = [parameter for parameter in parameters if parameter.ndim == 2]
    if name not in ("zeros", "ones"):
        others, _ = network.initialize({**experiment, "seed": 6})
        assert not (parameters[0] == others[0]).any()
        assert not (kernels[0] == kernels[1][:2]).any()


def test_weights_and_data_are_drawn_apart():
    """The same seed gives the same weights whatever the data set, and another normalization the same kernels."""
    first, _ = network.initialize(fields.defaults())
    other, _ = network.initialize({**fields.defaults(), "dataset": "xor", "normalization": "layer_norm"})
    assert (first[0] == other[0]).all()
    assert (first[2] == other[4]).all()
