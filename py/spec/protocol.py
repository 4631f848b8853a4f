"""The messages between page and lab, with the names of all their parts; both Pythons read this module.

The page calls four functions of the worker, each with one text: `open` opens runs, `frame` trains and draws them,
`flip` makes their flip-books, and `close` forgets them. One call may concern several runs. All but `close` return a
list, in the order of the request, of JavaScript objects; a part with a shape is a flat typed array, and a part that is
None is left out.

The texts are JSON. The values of an experiment and of the live fields are written by the field's own `text`, because
MicroPython's way of writing numbers would change them.
"""

import json
from collections import OrderedDict, namedtuple

from spec import fields, registry, shape

# The bytes that a run may use for the copies of its network to which it can go back.
BUDGET = 64000000

# A run to open. run: its id, any text; replaces an open run with the same id. experiment: its choices. drawn: whether
# requests may ask for pictures of it; otherwise it needs less memory. budget: the bytes for copies of its network.
Opening = namedtuple("Opening", ("run", "experiment", "drawn", "budget"))

# What does not change during a run.
# points, shape (rows, 2): where every example lies in the plane of the left view. order, ordered, boxes: the same
# points, sorted for quick look-up, see `lab/picking.py`: the numbers of the rows leaf by leaf, shape (rows,), the
# points in that order, shape (rows, 2), and the least x, largest x, least y and largest y of every leaf, shape
# (leaves, 4). labels, shape (rows,): the class of every example; for regression the level of its (first) target, from
# 0, the least, to 9, the largest. training, shape (rows,): 1 for training examples, 0 for held-out ones. plane, shape
# (3,): the middle (x, y) and half of the side of the square that the left view shows. unit, shape (1,): the length of 1
# unit in paths of the plane, whose coordinates are relative to its middle. axis_units, shape (2, 2): how a person reads
# each coordinate of a place in the plane: in the data's own units it is first + second · coordinate. rows, columns,
# inputs, outputs, task: see `shape.Shape`. targets, shape (2,): for regression the least and the largest target, in
# their own units. engine: "wasm"
# or "autograd". reason: why the engine is not "wasm", or "".
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
    "axis_units",
    "rows",
    "columns",
    "inputs",
    "outputs",
    "task",
    "targets",
    "engine",
    "reason",
)
Opened = namedtuple("Opened", OPENED)  # type: ignore[misc]

# A request to train a run further and to draw it.
# steps, milliseconds: train at most so many steps, for about so much time. to_epoch: the epoch at which to stop at the
# latest, or None. live: the values of the fields that act on a running network, by name. seek: the epoch to go to, or
# None; the run goes to the latest kept epoch up to it or, if it is not before the run's last epoch, to the run's end.
# branch: whether to forget what was recorded after the present step. go_on: whether to go on if the field `stop_at` has
# stopped the training; otherwise there are no more steps. history: whether the answer should contain the history. view:
# what to draw, see `view`, or None for no picture.
Request = namedtuple(
    "Request", ("run", "steps", "milliseconds", "to_epoch", "live", "seek", "branch", "go_on", "history", "view")
)

# The parts of a view beside the fields that act on it (`fields.VIEW`).
# milliseconds: how long drawing may take. seconds: the present time. resolution: the number of squares a side at which
# the left view is as fine as the screen. palette: a dict with the (r, g, b) of each of the `classes`, at least as many
# as there are, of the `signs`, negative and positive, and of `neutral`, no preference. turn: the rotation matrix of a
# spatial picture, 9 numbers, row by row. axis: (dimension, x, y) of the axis that a person holds, or None.
# tour_seconds: for how long the grand tour has been moving. calm: whether nothing may move by itself. selected: the
# rows that are chosen, as hexadecimal digits, an even number of them: each stands for four rows, the first of which is
# its highest bit; "" for none. loop: None, or a loop whose points the lab has to choose instead of `selected`: a dict
# with its `number`, the `plot` in which it lies, "plane" or "representation", the number of the `picture` on which it
# was drawn, and its `corners`, flat, x and y in the plot's units. point: the row that is pointed at, or None. place:
# the (x, y) of the plane that is pointed at, or None.
SEEN = (
    "milliseconds",
    "seconds",
    "resolution",
    "miniature",
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

# Where a run is. epoch, step: the number of whole epochs and of steps up to here. taken: the number of steps by this
# request. last_epoch: the number of whole epochs up to the run's end, which is later than `epoch` after going back.
# live: the values of the live fields here, an OrderedDict by name. diverged: whether training has ended here because
# the loss is not finite. stopped: whether training rests here because the field `stop_at` says so. metrics: an
# OrderedDict by `METRICS`, measured at the last recorded epoch or drawing. measured: whether that was at this step; it
# always is if no step was taken. milliseconds: an OrderedDict by `PARTS`. history, shape (1 + metrics, epochs): epochs
# and the metrics at their ends, if it was asked for, else None. With it, learning_rates: the learning rate of the step
# after each of these epochs, or None if no schedule and no warm-up has ever changed it; kept: the epochs to which the
# run can go back. picture: an object with the parts of `PICTURE`, or None if it was not drawn again. The lab gives
# `live` as a text, see `write_live`, and metrics and milliseconds as arrays.
ANSWER = (
    "run",
    "epoch",
    "step",
    "taken",
    "last_epoch",
    "live",
    "diverged",
    "stopped",
    "metrics",
    "measured",
    "milliseconds",
    "history",
    "learning_rates",
    "kept",
    "picture",
)
Answer = namedtuple("Answer", ANSWER)  # type: ignore[misc]

# The parts of an answer's `milliseconds`: training; then those of the last drawing: the network's outputs and the
# metrics, the left view, the right view, the network strip, the weights and probes.
PARTS = ("training", "outputs", "boundary", "representation", "network", "probes")

# Metrics by task, in the order in which they are sent; nan where there are no examples to measure them on. R², the
# share of the targets' variance that is explained, is nan as well where the targets do not vary. The mean absolute
# error is in the targets' own units.
METRICS = {
    registry.CLASSIFICATION: ("train_loss", "train_accuracy", "test_loss", "test_accuracy"),
    registry.REGRESSION: (
        "train_loss",
        "train_r2",
        "train_mean_absolute_error",
        "test_loss",
        "test_r2",
        "test_mean_absolute_error",
    ),
}
# By task the metric, for either part of the examples, that tells how well the network does: 1 is best.
SCORES = {registry.CLASSIFICATION: "accuracy", registry.REGRESSION: "r2"}

# The parts of a picture, each with its meaning. A part that is sent only "if" something has changed otherwise is as it
# was sent last. While a picture is only being refined, it has nothing but `fine` and `moving`. A path is a flat int32
# array, x y x y … BREAK x y …, see `lab/contour.py`. Groups are rows (key, count) that divide a path.
PICTURE = OrderedDict(
    (
        # Both views.
        ("fine", "whether the left view is as fine as the screen, and the lattice for all else as fine as it can be"),
        ("selected", "the rows inside the loop, as in a view's `selected`; only if the view has a loop"),
        ("loop", "the number of that loop"),
        # Left view.
        ("plane_marks", "path of the examples in units of the plane, one point each; if the choice has changed"),
        ("plane_mark_groups", "(n, 2) as `mark_groups`; with them"),
        ("plane_wrong", "path of the examples that are classified wrong; if these or the choice have changed"),
        ("plane_wrong_groups", "(n, 2) as `wrong_groups`; with them"),
        ("wrong_counts", "(2,) how many training and how many held-out examples they are; with them"),
        ("pixels", "(resolution + 1, resolution + 1, 4) RGBA, row by row from the top"),
        ("resolution", "squares a side"),
        (
            "contour",
            "path in units of the plane: the decision boundary or, for regression, lines at round numbers or a curve",
        ),
        ("contour_labels", "(n, 3) rows (x, y, number): in these units a place on a line, and its number; or empty"),
        ("residuals", "path of a line from each example, see `boundary.residuals`, in units of the plane; or empty"),
        ("scale", "(ramps, n, 4) RGBA, what colours stand for from one end of a scale to the other; if changed"),
        ("scale_values", "(3,) the numbers at its ends and in its middle, the last nan without one; with it"),
        ("zero_lines", "path of where neurons pass through 0 in units of the plane"),
        # Right view.
        ("unit", "(1,) the length of 1 unit in paths of the right view"),
        ("extent", "(3,) its middle (x, y) and half of its side"),
        ("positions", "(rows, 2) where every example lies; if any has moved"),
        ("picture", "a number for these positions, by which a loop names those around which it was drawn; with them"),
        ("order", "(finite rows,) the examples leaf by leaf, see `OPENED`; with them"),
        ("ordered", "(finite rows, 2) where they lie, in that order; with them"),
        ("boxes", "(leaves, 4) the least and the largest x and y of each leaf; with them"),
        ("lines", "path of the bent grid; if that or the bent boundary has changed"),
        ("line_groups", "(n, 2) key = class · 4 + depth, for regression level · 4 + depth; with them"),
        ("bend_boundary", "path of the bent decision boundary; with them"),
        ("marks", "path of the examples, one point each; if any has moved or the choice has changed"),
        ("mark_groups", "(n, 2) key = held_out + 2 · selected + 4 · depth + 16 · class, counts of points; with them"),
        ("wrong", "path of the examples that are classified wrong; with `marks`, and if others are"),
        ("wrong_groups", "(n, 2) as `mark_groups`, but all of class 0; with them"),
        ("heaps", "(n, 3) rows (example, count, class or -1): so many lie where that does, see `representation.heaps`"),
        ("axes", "(k, 3) rows (dimension, x, y): the tips of the axes"),
        ("spatial", "whether it has three dimensions, and can be turned"),
        ("shares", "(3,) the principal components' shares of the variance, or empty"),
        ("upright", "(1,) x of the line by which separability counts, if the picture shows it upright, or empty"),
        ("parted", "(1,) the quality of the linear fit by which a best view is made, on training examples; or empty"),
        ("moving", "whether the picture will change although nothing is trained"),
        ("shape", "(2,) rows and width of the layer's outputs"),
        ("place_position", "(2,) where the place that is pointed at lies, or empty"),
        ("place_scores", "(outputs,) the network's output there, for regression in the targets' own units, or empty"),
        ("point", "the row that is pointed at, or -1"),
        ("point_scores", "(outputs,) the network's output for it, for regression in their own units, or empty"),
        ("point_targets", "(outputs,) its targets, for regression in their own units, or empty"),
        ("point_values", "(up to 16,) the shown layer's outputs for it, or empty"),
        (
            "point_image",
            "(rows, columns, 4) RGBA, ink on paper, what it is an image of; only where examples are images",
        ),
        (
            "weight_image",
            "(rows, columns, 4) RGBA, the weights of the neuron that shades the plane, by sign and size; only where "
            "examples are images, of neurons that see them",
        ),
        # Network strip and rail.
        ("tiles", "(neurons, T, T, 4) RGBA heat maps"),
        ("tile_size", "T"),
        ("tile_scales", "(layers,) the magnitude of full colour on the heat maps of each layer"),
        ("miniatures", "(n, S, S, 4) RGBA pictures of n layers; not in every picture"),
        ("miniature_first", "the number of the first of these layers"),
        ("miniature_size", "S"),
        ("weights", "int8, up to 16 × 16 of each kernel; not in every picture"),
        ("probes", "(layers, 2) quality of a linear fit on training and held-out examples; not in every picture"),
    )
)

# A request to go on with a run's flip-book, which has a row for an epoch and a column for a layer. rows: 0 or, to begin
# another book of the epochs that are kept now, how many of them at most. milliseconds: for about how long.
Flip = namedtuple("Flip", ("run", "rows", "milliseconds"))

# What there is of the flip-book. epochs, shape (rows,): the epochs, ascending. figures, shape (rows, metrics): the
# metrics there, in the order of `METRICS`, nan where they are not known yet. points: how many points a cell shows.
# cells: a list of those that have been made by this request, objects with the parts of `CELL`. finished: whether there
# are no more to come.
FLIPPED = ("run", "epochs", "figures", "points", "cells", "finished")
Flipped = namedtuple("Flipped", FLIPPED)  # type: ignore[misc]

# A cell of the flip-book, in units of which `CELL_HALF` are half its side. row, column: its numbers. marks,
# mark_groups, boundary: as in `PICTURE`, a path of points, its groups, and the path of the bent decision boundary.
# upright, shape (1,) or empty: x of the line by which separability counts, where that is upright. separability, shape
# (2,): as a row of `probes`.
CELL = ("row", "column", "marks", "mark_groups", "boundary", "upright", "separability")
CELL_HALF = 1000


# Messages that the page writes and the lab reads.


def view(experiment, seen):
    """A request's view: a dict of `experiment`'s view fields, fitted to its network, and of the parts in `seen`."""
    result = dict(seen)
    for name in fields.names(fields.VIEW):
        result[name] = experiment[name]
    result["layer"] = shape.shown_layer(experiment).name
    result["morph"] = shape.shown_morph(experiment)
    result["neuron"] = shape.shown_neuron(experiment)
    return result


def live_of(experiment):
    """The values of the live fields (those that act on a running network), an OrderedDict by name."""
    return OrderedDict([(name, experiment[name]) for name in fields.names(fields.LIVE)])


def write_live(live):
    """The values of the live fields, by name, as the text that an answer has of them."""
    return json.dumps(_texts(live))


def write_openings(openings):
    """`Opening`s as the text for the worker's `open`."""
    return json.dumps([[each.run, _texts(each.experiment), each.drawn, each.budget] for each in openings])


def read_openings(text):
    """The `Opening`s in a text of `write_openings`."""
    return [Opening(run, _values(experiment), drawn, budget) for run, experiment, drawn, budget in json.loads(text)]


def write_requests(requests):
    """`Request`s as the text for the worker's `frame`."""
    return json.dumps([list(each[:4]) + [_texts(each.live)] + list(each[5:]) for each in requests])


def read_requests(text):
    """The `Request`s in a text of `write_requests`."""
    return [Request(*(each[:4] + [_values(each[4])] + each[5:])) for each in json.loads(text)]


def write_flips(requests):
    """`Flip`s as the text for the worker's `flip`."""
    return json.dumps([list(each) for each in requests])


def read_flips(text):
    """The `Flip`s in a text of `write_flips`."""
    return [Flip(*each) for each in json.loads(text)]


def write_runs(runs):
    """The ids of runs as the text for the worker's `close`."""
    return json.dumps(list(runs))


def read_runs(text):
    """The ids of runs in a text of `write_runs`."""
    return json.loads(text)


def _texts(values):
    return {name: fields.text_of(name, value) for name, value in values.items()}


def _values(texts):
    return {name: fields.parse(name, text) for name, text in texts.items()}


# The lab's answers, as the page reads them.


def read_opened(given):
    """The `Opened` made of an object from `open`; its arrays stay typed arrays."""
    return Opened(*[getattr(given, name, None) for name in OPENED])


def read_answer(given, task, numbers=list):
    """The `Answer` made of an object from `frame`, for a run of that task; `numbers` makes a list of a typed array."""
    found = {name: getattr(given, name, None) for name in ANSWER}
    live = _values(json.loads(given.live))
    found["live"] = OrderedDict([(name, live[name]) for name in fields.names(fields.LIVE)])
    found["metrics"] = _named(METRICS[task], numbers(found["metrics"]))
    found["milliseconds"] = _named(PARTS, numbers(found["milliseconds"]))
    return Answer(*[found[name] for name in ANSWER])


def read_flipped(given):
    """The `Flipped` made of an object from `flip`; its arrays stay typed arrays."""
    return Flipped(*[getattr(given, name, None) for name in FLIPPED])


def _named(names, numbers):
    return OrderedDict([(name, numbers[index]) for index, name in enumerate(names)])
