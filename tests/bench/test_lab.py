"""What is measured of the lab alone, in CPython's engine host."""

import json

import numpy as np
import pytest

from bench import kernels, lab_compile, lab_shapes, lab_simd, lab_steps, passes, rounds, sweeps
from bench.networks import gigaflops, in_words, is_small_enough, operations
from bench.settings import QUICKEST
from engine.machine import Machine
from tests.bench.checks import are_not_negative, are_positive
from tests.bench.contenders import LocalLab
from tests.bench.contenders import kernels as initial_kernels


@pytest.fixture(scope="module")
def lab():
    return LocalLab()


def training(engine, rows, hidden_layers=(8,), **more):
    network = rounds.network_of(hidden_layers, rows, engine=engine, **more)
    return lab_steps.Training(json.dumps(network), initial_kernels(hidden_layers))


@pytest.mark.parametrize("rows", [1, 40, 180, 500])
def test_both_engines_train_any_number_of_points_alike(rows):
    both = [training(engine, rows) for engine in ("wasm", "autograd")]
    losses = []
    for each in both:
        before = each.loss()
        assert are_positive([each.run(20), before, each.loss()])
        assert each.loss() < before
        losses.append((before, each.loss()))
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_a_batch_need_not_be_all_points():
    whole, parts = training("wasm", 80), training("wasm", 80, batchSize=40)
    assert whole.loss() == parts.loss()
    for each in (whole, parts):
        each.run(2)
    assert whole.loss() != parts.loss()


def test_the_kernels_are_those_that_were_given():
    """By a network without hidden layers, whose loss is the softmax regression's."""
    (kernel,) = initial_kernels(())
    network = rounds.network_of(())
    points, labels = np.array(network["points"]), np.array(network["labels"])
    logits = points @ kernel.reshape(2, 2)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log(chances[np.arange(len(labels)), labels]).mean()
    assert training("wasm", 40, ()).loss() == pytest.approx(expected, rel=1e-5)


def test_the_machine_s_own_product_multiplies():
    size = min(lab_simd.SIZES)
    machine = Machine(lab_simd.module(size))
    factors = np.random.default_rng(0).uniform(-1, 1, (2, size, size)).astype(np.float32)
    machine.write(0, factors)
    machine.call("run", 1)
    np.testing.assert_allclose(machine.read(8 * size**2, (size, size)), factors[0] @ factors[1], atol=1e-4)


def test_simd_rate(lab):
    fastest, rates = sweeps.simd_rate(lab, QUICKEST)
    assert [int(size) for size in rates] == list(lab_simd.SIZES)
    assert are_positive(rates.values()) and fastest == max(rates.values())


def test_a_clock_that_is_too_coarse(monkeypatch):
    """A browser's goes in tenths of a millisecond: what takes less seems to take no time."""
    monkeypatch.setattr(lab_simd, "timed", lambda machine, count: 1e-4 * (count // 16))
    assert lab_simd.seconds_each(None, 1) == pytest.approx(1e-4 / 16)


def test_compile_times(lab):
    times = list(sweeps.compile_times(lab, QUICKEST))
    assert [layers for layers, *_ in times] == [
        layers for layers in sweeps.COMPILED if is_small_enough(layers, sweeps.BATCH, QUICKEST)
    ]
    for layers, limit, result in times:
        assert limit == sweeps.COMPILED[layers]
        assert are_positive([result["first"], result["milliseconds"], result["bytes"], *result["all"]])
        # Each stage was met, so that none was renamed and is now counted as another.
        assert are_positive(result["stages"][stage] for stage in lab_compile.STAGES)
        assert are_not_negative([result["stages"]["rest"]])
        assert sum(result["stages"].values()) == pytest.approx(result["milliseconds"])


def test_grid_times(lab):
    for layers, result in sweeps.grid_times(lab, [(8,), ()], QUICKEST):
        assert layers in [(8,), ()]
        assert are_positive([result["first"], result["milliseconds"], *result["all"]])


def test_growth(lab):
    seen = {}
    for sweep, value, result in sweeps.growth(lab, QUICKEST):
        assert "error" not in result
        assert are_positive([result["us_per_step"], result["gigaflops"], *result["loss"]])
        seen.setdefault(sweep, []).append(value)
    expected = {
        sweep: [value for value, network in networks.items() if is_small_enough(*network, QUICKEST)]
        for sweep, networks in sweeps.GROWTH.items()
    }
    assert seen == expected and all(len(values) > 2 for values in seen.values())


def test_variants(lab):
    seen = []
    for title, layers, result in sweeps.variants(lab, QUICKEST):
        assert "error" not in result, (title, layers)
        assert are_positive([result["us_per_step"], result["gigaflops"]])
        seen.append((title, layers))
    assert seen == [(title, layers) for title in sweeps.VARIANTS for layers in sweeps.VARIED_NETWORKS]


def test_kernels_alone():
    products = kernels.PRODUCTS[4:6]
    modules = [*(kernels.product_module(*each) for each in products), *list(kernels.loop_modules().values())[:3]]
    assert are_positive(kernels.measure(modules, QUICKEST.kernels))


def test_kernels_are_printed(capsys, monkeypatch):
    monkeypatch.setattr(kernels, "PRODUCTS", kernels.PRODUCTS[-9:-7])
    monkeypatch.setattr(kernels, "measure", lambda modules, pace: [1e-6] * len(modules))
    kernels.main(settings=QUICKEST)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(kernels.loop_modules())
    assert lines[0].endswith("GFLOP/s") and lines[-1].endswith("1.000 µs")


def test_passes(capsys, monkeypatch):
    monkeypatch.setattr(passes, "NETWORKS", ((8,), (6, 5)))
    passes.main(QUICKEST)
    header, *lines = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert header == ["left out", "8", "6, 5"]
    assert [name for name, *_ in lines] == list(passes.WAYS)
    for _, *cells in lines:
        assert are_positive(float(cell.split(" µs, ")[0]) for cell in cells)
    kernels_of = {name: [cell.split(" µs, ")[1].split()[0] for cell in cells] for name, *cells in lines}
    usual, unfused = (list(map(int, kernels_of[name])) for name in ("nothing left out", "no fusing"))
    assert all(few < many for few, many in zip(usual, unfused, strict=True))


def test_shapes(capsys):
    shapes = ((200, 2, 2, (8,)), (3000, 64, 10, (4, 3)), (1, 1, 1, ()))
    lab_shapes.main(QUICKEST, shapes)
    header, *lines = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert [(int(rows.replace(",", "")), int(inputs), int(outputs)) for rows, inputs, outputs, *_ in lines] == [
        shape[:3] for shape in shapes
    ]
    for line in lines:
        assert len(line) == len(header)
        assert are_positive(map(float, line[-3:]))


def test_operations():
    """Two inputs, eight neurons, two classes; the first layer's inputs need no gradient."""
    assert operations((8,), 40) == 2 * 40 * (2 * (2 * 8) + 3 * (8 * 2))
    assert gigaflops({"us_per_step": 1.0}, (8,), 40) == {"gigaflops": pytest.approx(operations((8,), 40) / 1000)}
    assert gigaflops({"error": "no"}, (8,), 40) == {}
    assert [in_words(layers) for layers in ((8, 4), (8,) * 16, ())] == ["8, 4", "16 × 8", "none"]
