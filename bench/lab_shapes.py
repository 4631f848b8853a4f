"""Measures the cost of data of other shapes, for the start of a run, a drawing and a training step, under CPython.

    PYTHONPATH=.:py .venv/bin/python -m bench.lab_shapes

It prints medians in seconds, milliseconds and microseconds (batches of 40, tanh, momentum, a loss that fits the task).
"""

import time
from contextlib import contextmanager
from statistics import median

import numpy as np

from bench.passes import microseconds_a_step
from bench.settings import THOROUGH
from bench.views import view_of
from lab import recipes, session
from spec import fields, protocol, registry

# (rows, inputs, outputs, hidden layers), one for each line of the table; a single output is regression.
SHAPES = (
    (200, 2, 2, (8,)),
    (20_000, 2, 2, (8,)),
    (200, 2, 2, (128,)),
    (200, 64, 2, (128,)),
    (200, 2, 2, (128, 128)),
    (200, 64, 2, (128, 128)),
    (200, 64, 10, (128, 128)),
    (20_000, 2, 2, (128, 128)),
    (20_000, 64, 10, (128, 128)),
    (20_000, 2, 1, (128, 128)),
)
MANY = 50


@contextmanager
def entered(rows, inputs, outputs):
    """Within this context there is a data set `shaped` of that shape.

    The inputs are normally distributed. For classification the class of a point is the nearest of random middles; for
    regression, with one output, the target is the sum of the sines of its inputs.
    """

    def shaped(rng, rows):
        x = rng.normal(0, 2, (rows, inputs))
        if outputs == 1:
            return x, np.sin(x).sum(axis=1)
        middles = rng.normal(0, 2, (outputs, inputs))
        return x, ((x[:, None] - middles) ** 2).sum(axis=2).argmin(axis=1)

    task = registry.REGRESSION if outputs == 1 else registry.CLASSIFICATION
    traits = {"rows": rows, "training": rows - rows // 10, "inputs": inputs, "outputs": outputs, "task": task}
    registry.enter("dataset", "shaped", "Shaped", shaped, **traits)
    try:
        yield
    finally:
        registry.remove("dataset", "shaped")


def measure(rows, inputs, outputs, hidden_layers, pace):
    """`(seconds to start, milliseconds a drawing, microseconds a step)`; `pace`: a `settings.Pace`."""
    with entered(rows, inputs, outputs):
        experiment = {**fields.defaults(), "dataset": "shaped", "hidden_layers": hidden_layers}
        opening = protocol.Opening("run", experiment, True, protocol.BUDGET)
        starts, drawings = [], []
        for _ in range(pace.rounds):
            # So that each is compiled like the first of its kind.
            recipes.forget()
            began = time.perf_counter()
            session.open_runs([opening])
            starts.append(time.perf_counter() - began)
        for number in range(2 * pace.rounds):
            view = view_of(experiment, milliseconds=3.6, seconds=float(number), resolution=200)
            request = protocol.Request(
                "run",
                1,
                1e9,
                None,
                protocol.live_of(experiment),
                seek=None,
                branch=False,
                history=False,
                view=None,
                go_on=False,
            )
            session.frame_runs([request])
            began = time.perf_counter()
            (answer,) = session.frame_runs([request._replace(steps=0, view=view)])
            drawings.append(time.perf_counter() - began)
            assert answer["picture"]
        trainer = session._runs["run"].trainer
        step = microseconds_a_step(trainer, MANY, pace)
        session.close_runs(["run"])
    return median(starts), 1e3 * median(drawings), step


def main(settings=THOROUGH, shapes=SHAPES):
    print("rows | inputs | outputs | hidden layers | start, s | drawing, ms | step, µs")
    for rows, inputs, outputs, hidden_layers in shapes:
        start, drawing, step = measure(rows, inputs, outputs, hidden_layers, settings.shapes)
        hidden = ", ".join(map(str, hidden_layers))
        print(f"{rows:,} | {inputs} | {outputs} | {hidden} | {start:.3f} | {drawing:.1f} | {step:.1f}")


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
