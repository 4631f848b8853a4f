"""Loss and accuracy over epochs, for the points trained on and those held out."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js

from page import run_words
from page.dom import by_id, element, now
from page.palette import css
from spec import protocol, shape

# The charts are drawn again this often while training, in milliseconds.
EVERY = 120
NOTHING = "%s over epochs: nothing to show yet"


# By chart: its canvas's box, its name, the metrics of its two lines, and the ends of its scale.
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
        # By metric its numbers, and the epochs; empty before there are any.
        self.history = {}
        self.drawn_at = 0
        # An epoch that the run has been taken back to; None where it is at its end.
        self.epoch = None
        self.marks = [by_id(name + "-mark") for name, _, _, _ in CHARTS]
        self.texts = [NOTHING % name for _, name, _, _ in CHARTS]
        # A mark is placed whenever its chart has been drawn, for another size or a longer run moves it.
        self.place_proxy = create_proxy(lambda chart: self._place_marks())
        self.absent = element("p", NO_ACCURACY, class_="absent quiet", hidden="")
        by_id("accuracy-chart").append(self.absent)
        self.restyle()

    def due(self):
        """Whether a new history is worth asking for."""
        return now() - self.drawn_at >= EVERY

    def restyle(self):
        """Makes the charts anew for the theme."""
        for chart in self.charts:
            chart.destroy()
        self.charts = []
        for name, _, _, limits in CHARTS:
            self.charts.append(_chart(self.uplot, by_id(name + "-chart"), limits, self.place_proxy))
        self.resize()
        self._draw()
        self._label()

    def resize(self):
        """Fits the charts to the room that they have."""
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
        """Takes up a history, and whether the run was taken back to an epoch before its end."""
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
        """Says in the charts' labels how training stands."""
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


def _chart(uplot, box, limits, on_draw):
    low, high = limits
    quiet, grid = css("--quiet"), css("--grid")
    axis = {"stroke": quiet, "grid": {"stroke": grid, "width": 1}, "ticks": {"show": False}, "font": "11px Inter"}
    options = {
        "width": box.clientWidth,
        "height": box.clientHeight,
        "padding": [6, 14, 0, 0],
        "legend": {"show": False},
        "hooks": {},
        "cursor": {"show": False},
        "scales": {"x": {"time": False}, "y": {}},
        "series": [
            {},
            {"stroke": css("--training"), "width": 2, "points": {"show": False}},
            {"stroke": css("--held-out"), "width": 1.5, "dash": [5, 4], "points": {"show": False}},
        ],
        "axes": [dict(axis, size=24, space=60), dict(axis, size=38, space=28)],
    }
    options = to_js(options)
    options.hooks.draw = window.Array.of(on_draw)
    options.scales.y.range = _range(low, lambda most: high if high is not None else max(most or 1, 1e-6) * 1.05)
    options.scales.x.range = _range(0, lambda most: max(most or 0, 10))
    chart = uplot.default.new(options, to_js([[], [], []]), box)
    chart.ctx.canvas.setAttribute("role", "img")
    return chart


def _range(low, high):
    """A scale's ends as uPlot asks for them: `low`, and `high(most)` where `most` is the largest number."""
    kept = []

    def ends(chart, least, most, key):
        # What is returned to JavaScript must be held on to: MicroPython may collect garbage before it has arrived.
        kept[:] = [to_js([low, high(most)])]
        return kept[0]

    return create_proxy(ends)
