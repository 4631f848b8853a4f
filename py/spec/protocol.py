"""What page and lab say to one another, by name; both Pythons read this module.

The page calls three functions of the worker, each with one text: `open` begins runs, `frame` trains and draws them,
`close` forgets them. One call may be about several runs. `open` and `frame` answer with a list, in the order of what
was asked: JavaScript objects there, with typed arrays where this page says "shape"; what is None is left out.

The texts are JSON. In it an experiment and the numbers that act on a running network are written as a field's own
text, so that MicroPython's way of writing numbers does not change them.
"""

import json
from collections import OrderedDict, namedtuple

from spec import fields, registry, shape

# Bytes that a run may take for the networks that it keeps to go back to.
BUDGET = 64000000

# A run to begin. run: its id, any text; in place of the one of that id, if there is one. experiment: its choices.
# drawn: whether it will be looked at; one that is not keeps nothing for that. budget: bytes for what it keeps of
# itself.
Opening = namedtuple("Opening", ("run", "experiment", "drawn", "budget"))

# What does not change during a run.
# points, shape (rows, 2): where every example lies in the plane of the left view. order, ordered, boxes: the same for a
# quick look-up, see `lab/picking.py`: the rows leaf by leaf, shape (rows,), the points in that order, shape (rows, 2),
# and of every leaf the least and the largest x and y, shape (leaves, 4). labels, shape (rows,): its class, or
# with regression the level of its (first) target, from 0 to 9 between the least and the largest. training, shape
# (rows,): 1 for those to train on, 0 for those held out. plane, shape (3,): middle (x, y) and half of the side of the
# square that the left view shows. unit, shape (1,): what 1 is in paths of the plane, which are relative to its middle.
# rows, inputs, outputs, task: see `shape.Shape`. targets, shape (2,): with regression the least and the largest target.
# engine: "wasm" or "autograd"; reason: why it is not the fast one, or "".
OPENED = (
    "run",
    "points",
    "order",
    "ordered",
    "boxes",
    "labels",
    "training",
    "plane",
    "unit",
    "rows",
    "inputs",
    "outputs",
    "task",
    "targets",
    "engine",
    "reason",
)
Opened = namedtuple("Opened", OPENED)  # type: ignore[misc]

# To train a run further and to draw it.
# steps, milliseconds: at most so many steps, within about so much time. to_epoch: where to stop at the latest, or None.
# live: the value of each field that acts on a running network, by name: those that the last answer told, or others
# that a person has chosen since. seek: an epoch to go to, or None: the last that was kept and is not after it, or, from
# the run's last epoch on, exactly the end. branch: whether what lies after here is to be forgotten. history: whether
# the answer should have it. view: what to draw, see `view`, or None where nobody looks.
Request = namedtuple(
    "Request", ("run", "steps", "milliseconds", "to_epoch", "live", "seek", "branch", "history", "view")
)

# What a view says beside the fields that act on it (`fields.VIEW`), each by its name: milliseconds: how long drawing
# may take. seconds: the time now. resolution: squares a side of the left view that are as fine as the screen.
# palette: by name, the (r, g, b) of each of the `classes`, at least as many as there are, of the `signs`, negative and
# positive, and the `neutral` one of no preference. turn: 9 numbers, row by row the rotation of what is drawn in space.
# axis: (dimension, x, y) of the axis that a person holds, or None. tour_seconds: how far the grand tour has come. calm:
# whether nothing may move by itself. selected: the rows that are chosen, a text of hexadecimal digits in pairs, of
# four rows each, the first the most, "" for none. loop: one that was drawn around some of them, which the lab is to
# choose in their stead, or None: by name its `number`, the `plot` that it lies in, "plane" or "representation", the
# number of the `picture` that it was drawn on, and its `corners`, x and y in the plot's units, flat. point: the row
# that is pointed at, or None. place: (x, y) in the plane that is pointed at, or None.
SEEN = (
    "milliseconds",
    "seconds",
    "resolution",
    "palette",
    "turn",
    "axis",
    "tour_seconds",
    "calm",
    "selected",
    "loop",
    "point",
    "place",
)

# Where a run is. epoch, step: whole epochs and steps up to here. taken: steps by this request. last_epoch: whole
# epochs up to the end of the run so far. live: the values in force here. diverged: whether training has ended here
# because the loss is not finite. metrics: an OrderedDict by `METRICS`, of the last recorded epoch or drawing.
# measured: whether that is here, as it is where no step was taken. milliseconds: an OrderedDict by `PARTS` of what
# each took. history: (1 + metrics, n) flat, epochs and the metrics at their ends, where it was asked for, else None;
# kept: with it, the epochs that the run can go back to. picture: where it was worth drawing again, an object with the
# parts of `PICTURE`, else None.
ANSWER = (
    "run",
    "epoch",
    "step",
    "taken",
    "last_epoch",
    "live",
    "diverged",
    "metrics",
    "measured",
    "milliseconds",
    "history",
    "kept",
    "picture",
)
Answer = namedtuple("Answer", ANSWER)  # type: ignore[misc]

# What an answer's `milliseconds` are of: training, then of the last drawing the network's outputs with the metrics, the
# left view, the right view, the network strip, and the probes.
PARTS = ("training", "outputs", "boundary", "representation", "network", "probes")

# Metrics by task, in the order in which they cross over; nan where there is nothing to measure them on.
METRICS = {
    registry.CLASSIFICATION: ("train_loss", "train_accuracy", "test_loss", "test_accuracy"),
    registry.REGRESSION: ("train_loss", "test_loss"),
}

# The parts of a picture, each with what it is. What is told "where" something has changed is else as it was told last.
# A picture that is only refined, and not yet as fine as would be worth another drawing, has nothing but `fine` and
# `moving`. A path is a flat int32 array: x y x y … BREAK x y …, see `lab/contour.py`; groups are rows (key, count) that
# part a path.
PICTURE = OrderedDict(
    (
        # Both views.
        ("fine", "whether it is as fine as the screen; without all else where it is still being refined"),
        ("selected", "the rows that a loop chooses, as in a view's `selected`"),
        ("loop", "the number of that loop"),
        # Left view.
        ("plane_marks", "path of the examples in units of the plane, one point each; where others are chosen"),
        ("plane_mark_groups", "(n, 2) as `mark_groups`; with them"),
        ("pixels", "(resolution + 1, resolution + 1, 4) RGBA, row by row from the top"),
        ("resolution", "squares a side"),
        ("contour", "path of the decision boundary in units of the plane; empty with regression"),
        ("zero_lines", "path of where neurons pass through 0 in units of the plane"),
        # Right view.
        ("unit", "(1,) what 1 is in paths of the right view"),
        ("extent", "(3,) its middle (x, y) and half of its side"),
        ("positions", "(rows, 2) where every example lies; where any has moved"),
        ("picture", "a number for these positions, by which a loop tells around which it was drawn; with them"),
        ("order", "(finite rows,) the examples leaf by leaf, see `OPENED`; with them"),
        ("ordered", "(finite rows, 2) where they lie, in that order; with them"),
        ("boxes", "(leaves, 4) the least and the largest x and y of each leaf; with them"),
        ("lines", "path of the bent grid; where that or the bent boundary is another"),
        ("line_groups", "(n, 2) key = class · 4 + depth, with regression the level in place of the class; with them"),
        ("bend_boundary", "path of the bent decision boundary; with them"),
        ("marks", "path of the examples, one point each; where any has moved or others are chosen"),
        ("mark_groups", "(n, 2) key = held_out + 2 · selected + 4 · depth + 16 · class, counts of points; with them"),
        ("axes", "(k, 3) rows (dimension, x, y): the tips of the axes"),
        ("spatial", "whether it can be turned"),
        ("shares", "(3,) the principal components' shares of the variance, or none"),
        ("moving", "whether the picture is on its way to another"),
        ("shape", "(2,) rows and width of the layer's outputs"),
        ("place_position", "(2,) where the place that is pointed at lies, or none"),
        ("place_scores", "(outputs,) the network's output for it, or none"),
        ("point", "the row that is pointed at, or -1"),
        ("point_scores", "(outputs,) the same of the example that is pointed at"),
        ("point_targets", "(outputs,) what the network should make of it, or none"),
        ("point_values", "(up to 16,) the shown layer's outputs for it, or none"),
        # Network strip and rail.
        ("tiles", "(neurons, T, T, 4) RGBA heat maps"),
        ("tile_size", "T"),
        ("weights", "int8, up to 16 × 16 of each kernel; now and then"),
        ("probes", "(layers, 2) how well a linear fit does on training and held-out examples; now and then"),
    )
)


# What the page writes and the lab reads.


def view(experiment, seen):
    """A request's view: what is chosen of it in `experiment`, fitted to its network, and `seen`, a dict by `SEEN`."""
    result = dict(seen)
    for name in fields.names(fields.VIEW):
        result[name] = experiment[name]
    result["layer"] = shape.shown_layer(experiment).name
    result["morph"] = shape.shown_morph(experiment)
    result["neuron"] = shape.shown_neuron(experiment)
    return result


def live_of(experiment):
    """The values of the fields that act on a running network, an OrderedDict by name."""
    return OrderedDict([(name, experiment[name]) for name in fields.names(fields.LIVE)])


def write_openings(openings):
    """`Opening`s as the text for the worker's `open`."""
    return json.dumps([[each.run, _texts(each.experiment), each.drawn, each.budget] for each in openings])


def read_openings(text):
    """The `Opening`s of a text."""
    return [Opening(run, _values(experiment), drawn, budget) for run, experiment, drawn, budget in json.loads(text)]


def write_requests(requests):
    """`Request`s as the text for the worker's `frame`."""
    return json.dumps([list(each[:4]) + [_texts(each.live)] + list(each[5:]) for each in requests])


def read_requests(text):
    """The `Request`s of a text."""
    return [Request(*(each[:4] + [_values(each[4])] + each[5:])) for each in json.loads(text)]


def write_runs(runs):
    """The ids of runs as the text for the worker's `close`."""
    return json.dumps(list(runs))


def read_runs(text):
    """The ids of runs of a text."""
    return json.loads(text)


def _texts(values):
    return {name: fields.text_of(name, value) for name, value in values.items()}


def _values(texts):
    return {name: fields.parse(name, text) for name, text in texts.items()}


# What the page reads of the lab's answers.


def read_opened(given):
    """The `Opened` of an object that `open` answered; its arrays stay what they are."""
    return Opened(*[getattr(given, name, None) for name in OPENED])


def read_answer(given, task, numbers=list):
    """The `Answer` of an object that `frame` answered for a run of that task; `numbers` makes a list of an array."""
    found = {name: getattr(given, name, None) for name in ANSWER}
    found["live"] = _named(fields.names(fields.LIVE), numbers(found["live"]))
    found["metrics"] = _named(METRICS[task], numbers(found["metrics"]))
    found["milliseconds"] = _named(PARTS, numbers(found["milliseconds"]))
    return Answer(*[found[name] for name in ANSWER])


def _named(names, numbers):
    return OrderedDict([(name, numbers[index]) for index, name in enumerate(names)])
