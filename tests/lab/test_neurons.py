"""The network strip: heat maps are the neurons' activations, weights are the kernels'."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import network, neurons, plane, shadings
from spec import registry, shape
from tests.lab import networks
from tests.lab.pictures import GREY, PALETTE, TEAL, VIOLET, nearness


def seen_on(resolution, experiment, parameters, statistics):
    outputs = network.predict(experiment, parameters, statistics, networks.PLANE.grid(resolution))
    return {name: output @ plane.selector(output.shape[1]) for name, output in outputs.items()}


@pytest.mark.parametrize("resolution", plane.LATTICES)
@pytest.mark.parametrize("hidden", [(8,), (1, 3), (20, 2), (8,) * 12])
def test_stride(resolution, hidden):
    neuron_count = sum(min(width, 16) for *_, width in shape.layers(networks.experiment_of(hidden_layers=hidden)))
    stride = neurons.tile_stride(resolution, neuron_count)
    assert resolution % stride == 0
    side = resolution // stride + 1
    assert side in ((13, 19, 25) if neuron_count <= neurons.MANY else (13,))
    if resolution % 24 == 0 and neuron_count <= neurons.MANY:
        assert side == 25


@pytest.mark.parametrize("normalization", registry.entries("normalization"))
@pytest.mark.parametrize("resolution", [12, 36, 96])
def test_tiles_are_the_activations(resolution, normalization):
    experiment = networks.experiment_of(hidden_layers=(3, 20), normalization=normalization)
    network_arrays = networks.shaken(experiment)
    tiles, scales = neurons.tiles(experiment, seen_on(resolution, experiment, *network_arrays), resolution, PALETTE)
    assert tiles.dtype == np.uint8
    assert list(scales) == [name for name, *_ in shape.layers(experiment)]
    side = tiles.shape[1]
    # The heat maps' samples are those of the coarser grid of the same plane.
    outputs = network.predict(experiment, *network_arrays, networks.PLANE.grid(side - 1))
    position = 0
    for name, output in outputs.items():
        output = output[:, :16]
        # Probabilities are shown as shares of 1.
        largest = 1 if name == "softmax" else np.abs(output).max()
        assert scales[name] == pytest.approx(largest, rel=1e-4)
        for neuron in output.T:
            values = neuron.reshape(side, side) / largest
            expected = np.array(GREY) + shadings.STRENGTH * np.abs(values)[..., None] * (
                np.where((values > 0)[..., None], TEAL, VIOLET) - np.array(GREY)
            )
            assert np.abs(tiles[position, ..., :3] - expected).max() < 2
            position += 1
    assert tiles.shape == (position, side, side, 4)
    assert (tiles[..., 3] == 255).all()


def test_tiles_of_what_is_not_finite_or_nothing():
    experiment = networks.experiment_of(hidden_layers=(2,))
    seen = seen_on(12, experiment, *networks.shaken(experiment))
    seen["fc1"][:] = np.nan
    seen["tanh1"][:] = 0
    seen["fc2"][0, 0], seen["fc2"][1, 0], seen["fc2"][2, 0] = np.inf, -np.inf, np.nan
    with np.errstate(all="ignore"):
        tiles, scales = neurons.tiles(experiment, seen, 12, PALETTE)
    assert (tiles[2:6] == [*GREY, 255]).all()
    assert (tiles[6, 0, :3] == [*GREY, 255]).all()
    assert (tiles[6, 1:] != [*GREY, 255]).any()
    assert all(np.isfinite(scale) and scale > 0 for scale in scales.values())


def test_first_class_is_negative():
    experiment = networks.experiment_of(hidden_layers=())
    parameters = [np.zeros((2, 2), np.float32), np.float32([-1, 1])]
    tiles, _ = neurons.tiles(experiment, seen_on(12, experiment, parameters, []), 12, PALETTE)
    assert nearness(tiles[2, 0, 0], VIOLET) == pytest.approx(shadings.STRENGTH, abs=0.01)
    assert nearness(tiles[3, 0, 0], TEAL) == pytest.approx(shadings.STRENGTH, abs=0.01)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20), st.floats(1e-30, 1e30)), min_size=1, max_size=4))
def test_weights(shapes):
    rng = np.random.default_rng(0)
    kernels = [(rng.normal(size=(rows, columns)) * scale).astype(np.float32) for rows, columns, scale in shapes]
    weights = neurons.weights(kernels)
    assert weights.dtype == np.int8
    position = 0
    for kernel in kernels:
        block = kernel[:16, :16].astype(float)
        relative = weights[position : position + block.size].reshape(block.shape)
        assert np.abs(relative).max() == 127
        np.testing.assert_allclose(relative / 127, block / np.abs(block).max(), atol=0.5 / 127 + 1e-6)
        position += block.size
    assert position == len(weights)


def test_weights_of_zeros_and_of_what_is_not_finite():
    assert neurons.weights([np.zeros((2, 3), np.float32)]).tolist() == [0] * 6
    kernel = np.float32([[np.nan, 1], [np.inf, -2]])
    assert neurons.weights([kernel]).tolist() == [0, 64, 0, -127]
