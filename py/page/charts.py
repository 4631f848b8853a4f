"""Loss and accuracy over epochs, for the points trained on and those held out."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js

from page import canvas, run_words
from page.dom import by_id, element, now
from page.palette import css
from page.plots import axes
from spec import protocol, shape

# The interval at which the charts are drawn while training, in milliseconds.
EVERY = 120
NOTHING = "%s over epochs: nothing to show yet"


# Of each chart: the beginning of its elements' ids, its name, the metrics of its two lines, and the ends of its scale,
# None for one that follows the numbers.
CHARTS = (
    ("loss", "Loss", ("train_loss", "test_loss"), (0, None)),
    ("accuracy", "Accuracy", ("train_accuracy", "test_accuracy"), (0, 1)),
)
NO_ACCURACY = "With regression there is no accuracy."


class Charts:
    """A view of the run's history."""

    def __init__(self, uplot):
        self.uplot = uplot
        self.charts = []
        # The typed arrays of the epochs and of each metric, by name; empty before there are any.
        self.history = {}
        self.drawn_at = 0
        # The size of text for which the charts were made.
        self.text_size = None
        # The epoch to which the run has gone back; None if it is at its end.
        self.epoch = None
        self.marks = [by_id(name + "-mark") for name, _, _, _ in CHARTS]
        self.texts = [NOTHING % name for _, name, _, _ in CHARTS]
        # The marks are placed after each drawing of a chart, because another size or a longer run moves them.
        self.place_proxy = create_proxy(lambda chart: self._place_marks())
        self.absent = element("p", NO_ACCURACY, class_="absent quiet", hidden="")
        by_id("accuracy-chart").append(self.absent)
        self.restyle()

    def due(self):
        """Whether it is time to ask for a new history."""
        return now() - self.drawn_at >= EVERY

    def restyle(self):
        """Makes the charts again, in the colours of the present theme."""
        for chart in self.charts:
            chart.destroy()
        self.charts = []
        self.text_size = canvas.text_size()
        for name, _, _, limits in CHARTS:
            self.charts.append(_chart(self.uplot, by_id(name + "-chart"), limits, self.text_size, self.place_proxy))
        self.resize()
        self._draw()
        self._label()

    def resize(self):
        """Fits the charts to their boxes, and their text to that of the page."""
        if self.text_size != canvas.text_size():
            self.restyle()
            return
        for chart in self.charts:
            box = chart.root.parentElement
            chart.setSize(to_js({"width": box.clientWidth, "height": box.clientHeight}))

    def begin(self, experiment):
        self.history = {}
        self.epoch = None
        self.absent.hidden = "train_accuracy" in protocol.METRICS[shape.shape_of(experiment).task]
        self._place_marks()
        for chart in self.charts:
            chart.setData(to_js([[], [], []]))
        self.texts = [NOTHING % name for _, name, _, _ in CHARTS]
        self._label()

    def answered(self, run):
        """Draws the answer's history, if it has one, and marks the epoch to which the run has gone back."""
        if run.history:
            names = ("epoch",) + tuple(protocol.METRICS[run.data.task])
            rows = run.history.length // len(names)
            self.history = {
                name: run.history.subarray(part * rows, (part + 1) * rows) for part, name in enumerate(names)
            }
            self._draw()
        epoch = run.epoch if run.epoch < run.last_epoch else None
        if epoch != self.epoch:
            self.epoch = epoch
            self._place_marks()

    def _place_marks(self):
        for chart, mark in zip(self.charts, self.marks):
            mark.hidden = self.epoch is None
            if self.epoch is not None:
                mark.style.left = "%.1fpx" % (chart.valToPos(self.epoch, "x") + chart.over.offsetLeft)
                mark.style.height = "%dpx" % chart.over.clientHeight

    def _draw(self):
        self.drawn_at = now()
        for chart, (_, _, names, _) in zip(self.charts, CHARTS):
            if names[0] in self.history:
                chart.setData(window.Array.of(self.history["epoch"], *[self.history[name] for name in names]))

    def describe(self, experiment, run):
        """Says in the charts' labels what the present metrics are."""
        self.texts = [
            "Loss over epochs: after epoch %d it is %s." % (run.epoch, run_words.loss_words(run.metrics)),
            "Accuracy over epochs: after epoch %d the network has %s right."
            % (run.epoch, run_words.accuracy_words(run.metrics))
            if "train_accuracy" in run.metrics
            else "Accuracy over epochs: with regression there is none.",
        ]
        self._label()

    def _label(self):
        for chart, text in zip(self.charts, self.texts):
            chart.ctx.canvas.setAttribute("aria-label", text)


def _chart(uplot, box, limits, text_size, on_draw):
    low, high = limits
    quiet, grid = css("--quiet"), css("--grid")

    def scaled(length):
        return axes.scaled(length, text_size)

    axis = {
        "stroke": quiet,
        "grid": {"stroke": grid, "width": 1},
        "ticks": {"show": False},
        "font": axes.font(text_size),
    }
    options = {
        "width": box.clientWidth,
        "height": box.clientHeight,
        "padding": [scaled(6), scaled(14), 0, 0],
        "legend": {"show": False},
        "hooks": {},
        "cursor": {"show": False},
        "scales": {"x": {"time": False}, "y": {}},
        "series": [
            {},
            {"stroke": css("--training"), "width": 2, "points": {"show": False}},
            {"stroke": css("--held-out"), "width": 1.5, "dash": [5, 4], "points": {"show": False}},
        ],
        "axes": [
            dict(axis, size=scaled(24), space=scaled(60)),
            dict(axis, size=scaled(38), space=scaled(28)),
        ],
    }
    options = to_js(options)
    options.hooks.draw = window.Array.of(on_draw)
    options.scales.y.range = _range(low, lambda most: high if high is not None else max(most or 1, 1e-6) * 1.05)
    options.scales.x.range = _range(0, lambda most: max(most or 0, 10))
    chart = uplot.default.new(options, to_js([[], [], []]), box)
    chart.ctx.canvas.setAttribute("role", "img")
    return chart


def _range(low, high):
    """The function by which uPlot finds the ends of a scale: `low`, and `high(most)` for the largest number `most`."""
    kept = []

    def ends(chart, least, most, key):
        # A reference is kept, because MicroPython may collect the returned object before JavaScript has taken it.
        kept[:] = [to_js([low, high(most)])]
        return kept[0]

    return create_proxy(ends)
