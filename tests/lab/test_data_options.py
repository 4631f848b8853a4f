"""Every data set with every option of the data through the lab's door: compiled and plain it trains and draws."""

import numpy as np
import pytest

from engine.workspace import Uncompilable
from lab import datasets
from lab import run as run_module
from spec import protocol, registry, shape
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import view_of
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401

# Few points, all or hardly any of them to train on, no noise and much, and fewer points to train on than classes.
OPTIONS = [
    {},
    {"points": 20, "held_out": 0},
    {"points": 21, "held_out": 90, "noise": 1000},
    {"points": 20, "held_out": 90, "noise": 0, "classes": 10},
    {"points": 333, "held_out": 50, "noise": 50, "classes": 2},
]


@pytest.fixture
def plain(monkeypatch):
    """`plain()`: from then on nothing can be compiled."""

    def forbid():
        def uncompilable(*arguments, **options):
            raise Uncompilable("as asked for")

        monkeypatch.setattr(run_module, "CompiledTrainer", uncompilable)

    return forbid


def known(metrics, data):
    """The metrics that there have to be: those of held-out points only if there are any."""
    names = [name for name in metrics if len(data.held_out) or not name.startswith("test_")]
    return [metrics[name] for name in names], [metrics[name] for name in metrics if name not in names]


@pytest.mark.parametrize("key", data_sets.OFFERED)
def test_every_set_with_every_option(key, plain):
    answers = {}
    for engine in ("wasm", "autograd"):
        if engine == "autograd":
            plain()
        for number, options in enumerate(OPTIONS):
            experiment = networks.experiment_of(dataset=key, hidden_layers=(5, 4), learning_rate=0.02, **options)
            size, data = shape.shape_of(experiment), datasets.load(experiment)
            answer = opened(experiment)
            assert answer["engine"] == engine
            assert (answer["rows"], answer["inputs"], answer["outputs"], answer["task"]) == (
                size.rows, size.inputs, size.outputs, size.task,
            )  # fmt: skip
            assert answer["training"].sum() == size.training == len(data.training)
            own = registry.trait("dataset", key, "rows")
            assert len(answer["points"]) == (
                options.get("points", own) if shape.is_taken(experiment, "points") else own
            )
            for layer in ("fc3", "tanh1"):
                view = view_of(experiment, layer=layer, point=0, place=[0.5, -0.5], seconds=1.0)
                (drawn,) = framed(request_of(experiment, 25 if layer == "fc3" else 0, view=view))
                metrics = dict(zip(protocol.METRICS[size.task], drawn["metrics"], strict=True))
                there, absent = known(metrics, data)
                assert np.isfinite(there).all() and not drawn["diverged"]
                assert np.isnan(absent).all()
                picture = drawn["picture"]
                assert picture["positions"].shape == (size.rows, 2)
                for part in ("positions", "place_scores", "extent", "point_scores"):
                    assert np.isfinite(picture[part]).all(), (part, options)
            assert drawn["step"] == 25
            assert drawn["last_epoch"] == 25 // -(-size.training // min(40, size.training))
            answers[engine, number] = np.array(there)
    for number, options in enumerate(OPTIONS):
        np.testing.assert_allclose(
            answers["wasm", number], answers["autograd", number], rtol=1e-2, atol=1e-4, err_msg=str(options)
        )


@pytest.mark.parametrize("held_out", [0, 90])
def test_probes_and_flip_book_of_what_is_hardly_there(held_out):
    """Two training points of one class or none held out: separability and the small pictures are made all the same."""
    for key in ("pinwheel", "moons", "curve"):
        experiment = networks.experiment_of(dataset=key, points=20, held_out=held_out, hidden_layers=(4,), classes=10)
        opened(experiment)
        probes = None
        for number in range(40):
            framed(request_of(experiment, 1))
            view = view_of(experiment, layer="fc2", seconds=float(number), milliseconds=200)
            (answer,) = framed(request_of(experiment, view=view))
            probes = answer["picture"].get("probes", probes)
        training, others = probes.T
        assert ((training >= 0) & (training <= 1)).all()
        assert np.isnan(others).all() if not held_out else ((others >= 0) & (others <= 1)).all()


def test_the_regression_sets_are_learnt():
    """At least 80 % of the variance of held-out numbers is explained; noise leaves 85 % and more to be explained."""
    for key, hidden in (("plane", (4,)), ("gaussians", (16, 16)), ("curve", (16, 16))):
        experiment = networks.experiment_of(
            dataset=key, hidden_layers=hidden, optimizer="adam", learning_rate=0.01, points=1000
        )
        opened(experiment)
        (answer,) = framed(request_of(experiment, 6000))
        targets = datasets.load(experiment).targets
        held_out_loss = answer["metrics"][protocol.METRICS[registry.REGRESSION].index("test_loss")]
        assert held_out_loss < 0.2 * targets.var(), key
