"""Data of any shape through the lab's door, held against NumPy alone.

Three and ten classes, one to 64 inputs, one row to 20,000, regression, any units.
"""

import sys

import numpy as np
import pytest

from engine.workspace import Uncompilable
from lab import datasets, level_lines, picking, session
from lab import run as run_module
from lab.compiled import CompiledTrainer
from lab.contour import BREAK
from lab.stage import TOLD_ONCE
from spec import protocol, registry, shape
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import GREY, as_kept, marked, polylines, view_of
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401

# Clearly apart, one for each class.
HUES = [
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255),
    (0, 255, 255), (255, 128, 0), (128, 0, 255), (0, 128, 64), (90, 60, 30),
]  # fmt: skip
SIGNS = [(200, 0, 160), (0, 150, 120)]
COLOURS = {"classes": HUES, "signs": SIGNS, "neutral": GREY, "boundary": (20, 30, 50)}


@pytest.fixture(autouse=True)
def entered():
    with data_sets.entered():
        yield


@pytest.fixture(params=["wasm", "autograd"])
def engine(request, monkeypatch):
    if request.param == "autograd":

        def uncompilable(*arguments, **options):
            raise Uncompilable("as asked for")

        monkeypatch.setattr(run_module, "CompiledTrainer", uncompilable)
    return request.param


def seen_by(experiment, **changes):
    """A request's view with colours that are clearly apart."""
    return view_of(experiment, **{"palette": COLOURS, "milliseconds": 200, "resolution": 24, **changes})


def by_hand(experiment, inputs):
    """Every layer's output by name in float64, for a network of dense layers and tanh."""
    arrays = [array.astype(np.float64) for array in session._runs["one"].trainer.arrays()[0]]
    outputs, x = {"input": inputs.astype(np.float64)}, inputs.astype(np.float64)
    for number, (kernel, bias) in enumerate(zip(arrays[::2], arrays[1::2], strict=True), start=1):
        x = outputs[f"fc{number}"] = x @ kernel + bias
        if 2 * number < len(arrays):
            x = outputs[f"tanh{number}"] = np.tanh(x)
    if shape.ends_in_softmax(experiment):
        exponentials = np.exp(x - x.max(axis=1, keepdims=True))
        outputs["softmax"] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return outputs


def metrics_by_hand(experiment, data, output):
    """The metrics of the task, in order."""
    result = []
    for rows in (data.training, data.held_out):
        if not len(rows):
            result += [np.nan] * (len(protocol.METRICS[shape.shape_of(experiment).task]) // 2)
        elif shape.shape_of(experiment).task == registry.REGRESSION:
            targets = data.targets[rows].astype(float)
            result.append(np.mean((output[rows] - targets) ** 2))
            # All outputs have as many rows, so that sums and means of variances are in the same proportion.
            result.append(1 - result[-1] / np.mean(targets.var(axis=0)))
            result.append(np.mean(np.abs(output[rows] - targets)))
        else:
            right = output[rows, data.labels[rows]]
            result.append(-np.log(np.clip(right, 1e-7, 1 - 1e-7)).mean())
            result.append((output[rows].argmax(axis=1) == data.labels[rows]).mean())
    return result


def places_by_hand(data, answer):
    """`(places of all rows, inputs of a place)` as the plane is said to lie among the inputs."""
    half = answer["plane"][2]
    width = data.inputs.shape[1]
    inputs = data.inputs.astype(np.float64)
    if width == 2:
        return inputs, lambda places: places
    if width == 1:
        heights = (np.arange(len(inputs)) * 0.6180339887) % 1 * 2 - 1
        return np.column_stack([inputs[:, 0], 0.3 * half * heights]), lambda places: places[:, :1]
    mean = inputs.mean(axis=0)
    _, _, components = np.linalg.svd(inputs - mean, full_matrices=False)
    components = components[:2]
    # A component may point either way.
    components *= np.sign((((inputs - mean) @ components.T) * answer["points"]).sum(axis=0))[:, None]
    return (inputs - mean) @ components.T, lambda places: mean + places @ components


@pytest.mark.parametrize("key", data_sets.DATA_SETS)
def test_every_shape_of_data(key, engine):
    experiment = networks.experiment_of(dataset=key, hidden_layers=(5, 4), learning_rate=0.02)
    size = shape.shape_of(experiment)
    answer = opened(experiment)
    assert answer["engine"] == engine
    data = datasets.load(experiment)
    assert [answer[name] for name in ("rows", "inputs", "outputs", "task")] == [
        size.rows, size.inputs, size.outputs, size.task,
    ]  # fmt: skip
    assert answer["training"].sum() == size.training
    assert answer["points"].shape == (size.rows, 2)

    # Everything lies in the square that the plane shows, and fills it well.
    x, y, half = answer["plane"]
    offsets = np.abs(answer["points"] - [x, y]).max()
    assert 0.4 * half < offsets <= half or size.rows == 1
    step = half / 6
    assert (
        min(abs(step / 10.0 ** np.floor(np.log10(step)) - digits) for digits in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)) < 1e-6
    )
    assert abs(x / step - round(x / step)) < 1e-6
    assert answer["unit"] == pytest.approx(half / 6000)

    # It trains and measures.
    first = framed(request_of(experiment, view=seen_by(experiment)))[0]
    (trained,) = framed(request_of(experiment, 13))
    point = size.rows - 1
    place = [x + 0.25 * half, y - 0.5 * half]
    view = seen_by(experiment, point=point, place=place, selected="80", projection="dimensions", dimensions=[0, 1])
    (drawn,) = framed(request_of(experiment, view=view))
    assert (trained["step"], drawn["step"], drawn["diverged"]) == (13, 13, False)
    outputs = by_hand(experiment, data.inputs)
    output = list(outputs.values())[-1]
    assert len(drawn["metrics"]) == len(protocol.METRICS[size.task])
    np.testing.assert_allclose(drawn["metrics"], metrics_by_hand(experiment, data, output), rtol=2e-3, atol=1e-5)
    assert drawn["history"].shape[0] == 1 + len(protocol.METRICS[size.task])

    # It draws: where every example lies, and what is known of the one that is pointed at.
    picture = as_kept(first["picture"], drawn["picture"])
    logits = outputs["fc3"]
    scale = np.abs(logits).max()
    shown = logits[:, : min(2, size.outputs)]
    np.testing.assert_allclose(picture["positions"][:, : shown.shape[1]], shown, rtol=1e-3, atol=1e-4 * scale)
    np.testing.assert_allclose(picture["point_values"], logits[point], rtol=1e-3, atol=1e-4 * scale)
    np.testing.assert_allclose(picture["point_scores"], output[point], rtol=1e-3, atol=1e-4 * np.abs(output).max())
    np.testing.assert_array_equal(picture["point_targets"], data.targets[point])
    groups = marked(picture["marks"], picture["mark_groups"])
    assert sum(len(points) for _, points in groups) == size.rows
    held_out = np.isin(np.arange(size.rows), data.held_out)
    for key_of_group, points in groups:
        members = (data.labels == key_of_group // 16) & (held_out == key_of_group % 2)
        members &= (np.arange(size.rows) == 0) == (key_of_group // 2 % 2)
        assert len(points) == members.sum()
    # In the plane as well, in its own units.
    groups = marked(picture["plane_marks"], picture["plane_mark_groups"], answer["unit"])
    assert sum(len(points) for _, points in groups) == size.rows
    for key_of_group, points in groups:
        members = (data.labels == key_of_group // 16) & (held_out == key_of_group % 2)
        members &= (np.arange(size.rows) == 0) == (key_of_group // 2 % 2)
        np.testing.assert_allclose(points + np.array([x, y]), answer["points"][members], atol=1.01 * answer["unit"])
    # The page can look both up.
    for given, there in ((answer, answer["points"]), (picture, picture["positions"])):
        assert sorted(given["order"].tolist()) == list(range(size.rows))
        np.testing.assert_array_equal(given["ordered"], there[given["order"]])

    # The plane is that of the principal components, and what is drawn on it is the network's.
    places, inputs_of = places_by_hand(data, answer)
    np.testing.assert_allclose(answer["points"], places, rtol=1e-4, atol=2e-4 * half)
    at_place = list(by_hand(experiment, inputs_of(np.array([place]))).values())[-1][0]
    np.testing.assert_allclose(picture["place_scores"], at_place, rtol=1e-2, atol=1e-3 * max(1, np.abs(output).max()))
    assert_shaded(experiment, data, answer, picture, inputs_of)

    # It keeps and restores.
    assert drawn["kept"][0] == 0
    assert drawn["kept"][-1] == drawn["last_epoch"] == 13 // -(-size.training // min(40, size.training))
    if drawn["last_epoch"]:
        (back,) = framed(request_of(experiment, seek=0, view=seen_by(experiment)))
        np.testing.assert_array_equal(back["metrics"], first["metrics"])
        back = as_kept(picture, back["picture"])
        np.testing.assert_array_equal(back["positions"], first["picture"]["positions"])
        (again,) = framed(request_of(experiment, seek=drawn["last_epoch"]))
        np.testing.assert_array_equal(again["metrics"], drawn["metrics"])


def assert_shaded(experiment, data, answer, picture, inputs_of):
    """Every sample of the plane has the colour of the class that NumPy finds there, or of the side of the middle."""
    x, y, half = answer["plane"]
    ticks = np.linspace(-half, half, picture["resolution"] + 1)
    places = np.array([(x + across, y + up) for up in ticks[::-1] for across in ticks])
    outputs = list(by_hand(experiment, inputs_of(places)).values())
    pixels = picture["pixels"].reshape(-1, 4)[:, :3].astype(float) - GREY
    if answer["task"] == registry.REGRESSION:
        least, largest = answer["targets"]
        assert least == pytest.approx(data.targets[:, 0].min())
        assert largest == pytest.approx(data.targets[:, 0].max())
        values = (outputs[-1][:, 0] - (least + largest) / 2) / ((largest - least) / 2)
        clear = np.abs(values) > 0.05
        towards = [pixels @ (np.array(hue) - GREY) for hue in SIGNS]
        assert ((towards[1] > towards[0]) == (values > 0))[clear].all()
        assert len(picture["contour_labels"]) <= level_lines.MOST
        return
    scores = np.sort(outputs[-1], axis=1)
    clear = (scores[:, -1] - scores[:, -2] > 0.02) if answer["outputs"] > 1 else np.ones(len(scores), bool)
    directions = np.array(HUES[: answer["outputs"]], float) - GREY
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    if answer["outputs"] > 1:
        found = (pixels @ directions.T).argmax(axis=1)
        assert (found == outputs[-1].argmax(axis=1))[clear].mean() > 0.999
    # The boundary runs through cells whose corners are not all of one class.
    assert (picture["contour"][picture["contour"] != BREAK] <= 6000).all()
    ends = np.array([end for line in polylines(picture["contour"], answer["unit"]) for end in line]).reshape(-1, 2)
    side = picture["resolution"] + 1
    classes = outputs[-1].argmax(axis=1).reshape(side, side)
    cells = (ends + half) / (2 * half) * picture["resolution"]
    for across, up in cells:
        columns = [int(np.floor(across - 1e-3)), int(np.ceil(across + 1e-3))]
        rows = [int(np.floor(side - 1 - up - 1e-3)), int(np.ceil(side - 1 - up + 1e-3))]
        corners = classes[max(0, rows[0]) : rows[1] + 1, max(0, columns[0]) : columns[1] + 1]
        assert len(np.unique(corners)) > 1
    changes = (np.diff(classes, axis=0) != 0).sum() + (np.diff(classes, axis=1) != 0).sum()
    assert len(ends) >= changes


def test_both_engines_train_the_same(monkeypatch):
    for key in data_sets.DATA_SETS:
        experiment = networks.experiment_of(dataset=key, hidden_layers=(5,))
        opened(experiment, "fast")
        with monkeypatch.context() as patch:

            def uncompilable(*arguments, **options):
                raise Uncompilable("as asked for")

            patch.setattr(run_module, "CompiledTrainer", uncompilable)
            assert opened(experiment, "plain")["reason"] == "as asked for"
        fast, plain = framed(request_of(experiment, 15, "fast"), request_of(experiment, 15, "plain"))
        np.testing.assert_allclose(fast["metrics"], plain["metrics"], rtol=1e-2, atol=1e-4, err_msg=key)


@pytest.mark.parametrize("size", [1, 7, 200, 18000])
def test_batches_of_any_size(size):
    experiment = networks.experiment_of(dataset="large", hidden_layers=(3,), batch_size=size)
    opened(experiment)
    (answer,) = framed(request_of(experiment, 3))
    assert answer["step"] == 3
    assert answer["epoch"] == (3 if size == 18000 else 0)
    assert np.isfinite(answer["metrics"]).all()
    # More than there are is all of them.
    few = networks.experiment_of(dataset="three_classes", hidden_layers=(3,), batch_size=size)
    opened(few)
    assert framed(request_of(few, 2))[0]["epoch"] == (2 if size >= 75 else 2 * size // 75)


@pytest.mark.parametrize("key", ["large", "ten_classes", "plane_target", "row_a_class", "many_inputs"])
def test_every_layer_every_projection_and_every_shading(key):
    experiment = networks.experiment_of(dataset=key, hidden_layers=(6, 3), normalization="layer_norm")
    answer = opened(experiment)
    framed(request_of(experiment, 5))
    number, picture = 0, {}
    for layer in shape.layer_names(experiment):
        for projection in registry.entries("projection"):
            for morph in (0.0, 0.5):
                number += 1
                view = seen_by(
                    experiment,
                    layer=layer,
                    projection=projection,
                    morph=morph,
                    seconds=float(number),
                    tour_seconds=float(number),
                    shading=list(registry.entries("shading"))[number % 4],
                    zero_lines=number % 2 == 0,
                    point=0,
                )
                picture = as_kept(picture, framed(request_of(experiment, view=view))[0]["picture"])
                assert picture["positions"].shape == (answer["rows"], 2)
                assert np.isfinite(picture["positions"]).all()
                assert (np.abs(picture["positions"] - picture["extent"][:2]).max() <= 4 * picture["extent"][2]).all()
                keys = {key // 4 for key, _ in picture["line_groups"]}
                assert keys <= set(range(10 if answer["task"] == registry.REGRESSION else answer["outputs"]))


def test_positions_of_many_rows_are_those_of_the_sample_and_all_others():
    """Seen by principal components and on the way between two layers."""
    experiment = networks.experiment_of(dataset="large", hidden_layers=(6,))
    opened(experiment)
    framed(request_of(experiment, 20))
    data = datasets.load(experiment)
    assert len(data.sample) == shape.SAMPLE_ROWS
    assert len(set(data.sample)) == shape.SAMPLE_ROWS
    outputs = by_hand(experiment, data.inputs)
    views = [seen_by(experiment, layer="fc1", morph=morph, projection="pca") for morph in (0.0, 0.25)]
    plain, between = (framed(request_of(experiment, view=view))[0]["picture"]["positions"] for view in views)
    sample = outputs["fc1"][data.sample]
    mean = sample.mean(axis=0)
    _, _, components = np.linalg.svd(sample - mean, full_matrices=False)
    expected = (outputs["fc1"] - mean) @ components[:2].T
    signs = np.sign((expected * plain).sum(axis=0))
    np.testing.assert_allclose(plain, expected * signs, atol=2e-3 * np.abs(expected).max())
    # On the way to its activation it is x -> (1 - t) x + t tanh(x), seen by what lies between both bases.
    mixed = 0.75 * outputs["fc1"] + 0.25 * outputs["tanh1"]
    fitted, residual, *_ = np.linalg.lstsq(np.column_stack([mixed, np.ones(len(mixed))]), between, rcond=None)
    assert residual.max() < 1e-4 * np.square(between).sum()
    assert fitted.shape == (7, 2)


def test_pointing_at_many_rows_tells_nothing_of_where_they_lie():
    """While nothing is trained, whatever is pointed at, and until others are chosen."""
    experiment = networks.experiment_of(dataset="large", hidden_layers=(6,), layer="tanh1", projection="pca")
    opened(experiment)
    (answer,) = framed(request_of(experiment, 3, view=seen_by(experiment)))
    first = answer["picture"]
    told = set(TOLD_ONCE)
    assert told <= set(first)
    pointed = [{"place": [0.1 * number, 1.0], "seconds": 1.0 + number} for number in range(9)] + [{"point": 17}]
    for changes in pointed:
        (answer,) = framed(request_of(experiment, view=seen_by(experiment, **changes)))
        assert not told & set(answer["picture"])
        assert len(answer["picture"]["place_position"]) == (2 if "place" in changes else 0)
        assert sum(part.nbytes for part in answer["picture"].values() if isinstance(part, np.ndarray)) < 500_000
    # A loop is about the picture that the page still has.
    corners = np.median(first["positions"], axis=0) + np.array([[0, 0], [99, 0], [99, 99], [0, 99]])
    loop = {"number": 1, "plot": "representation", "picture": first["picture"], "corners": corners.ravel().tolist()}
    picture = framed(request_of(experiment, view=seen_by(experiment, loop=loop)))[0]["picture"]
    names = ("marks", "mark_groups", "wrong", "wrong_groups")
    assert told & set(picture) == {*names, *(f"plane_{name}" for name in names), "wrong_counts"}
    inside = (first["positions"] > corners[0]).all(axis=1)
    assert 1000 < inside.sum() < 19_000
    np.testing.assert_array_equal(picking.mask(picture["selected"], len(inside)), inside)


def test_probes_of_regression_are_the_share_of_variance_that_a_linear_fit_explains():
    experiment = networks.experiment_of(dataset="plane_target", hidden_layers=(5,))
    opened(experiment)
    (answer,) = framed(request_of(experiment, 30, view=seen_by(experiment)))
    data = datasets.load(experiment)
    outputs = by_hand(experiment, data.inputs)
    for name, found in zip(outputs, answer["picture"]["probes"], strict=True):
        features = np.column_stack([outputs[name], np.ones(len(data.inputs))])
        weights, *_ = np.linalg.lstsq(features[data.training], data.targets[data.training], rcond=None)
        for rows, number in ((data.training, found[0]), (data.held_out, found[1])):
            targets = data.targets[rows]
            errors = ((features[rows] @ weights - targets) ** 2).sum()
            expected = max(0, 1 - errors / ((targets - targets.mean()) ** 2).sum())
            assert number == pytest.approx(expected, abs=2e-3)


def test_cost_grows_with_what_is_asked(monkeypatch):
    """20,000 rows go once through the network for the start, and once for a drawing but for a sample of them.

    How long that takes is measured by bench.lab_shapes.
    """
    passed = []

    def counted(name):
        method = getattr(CompiledTrainer, name)

        def count(self, names=None, rows=None, **more):
            passed.append(len(self.data.inputs) if rows is None else len(rows))
            given = [each for each in (names, rows) if each is not None]
            return method(self, *given, **more)

        monkeypatch.setattr(CompiledTrainer, name, count)

    for name in ("output", "outputs", "positions"):
        counted(name)
    experiment = networks.experiment_of(dataset="large", hidden_layers=(128, 128))
    opened(experiment)
    rows = shape.shape_of(experiment).rows
    assert passed == [rows]
    for number in range(3):
        framed(request_of(experiment, 1))
        passed.clear()
        view = seen_by(experiment, milliseconds=3.6, seconds=float(number))
        assert framed(request_of(experiment, view=view))[0]["picture"]
        assert rows <= sum(passed) <= 1.5 * rows


def test_a_thousand_layers_of_one_neuron(monkeypatch):
    """Trained and drawn without a call within a call for each layer: half of the stack that Python has is enough."""

    def uncompilable(*arguments, **options):
        raise Uncompilable("as asked for")

    monkeypatch.setattr(run_module, "CompiledTrainer", uncompilable)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(500)
    try:
        experiment = networks.experiment_of(hidden_layers=(1,) * shape.DEPTH_LIMIT)
        opened(experiment)
        (answer,) = framed(request_of(experiment, 2))
        (drawn,) = framed(request_of(experiment, view=seen_by(experiment, zero_lines=True)))
    finally:
        sys.setrecursionlimit(limit)
    assert answer["step"] == 2
    data = datasets.load(experiment)
    outputs = by_hand(experiment, data.inputs)
    np.testing.assert_allclose(drawn["metrics"], metrics_by_hand(experiment, data, outputs["softmax"]), rtol=1e-4)
    # 2 inputs, a neuron before and after each activation, two logits and two probabilities.
    assert len(drawn["picture"]["tiles"]) == 2 + 2 * shape.DEPTH_LIMIT + 4
    assert np.isfinite(drawn["picture"]["positions"]).all()
