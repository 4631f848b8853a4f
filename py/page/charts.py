"""Loss and accuracy over epochs, for the points trained on and those held out."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js

from page.dom import by_id, now
from page.palette import css

# The charts are drawn again this often while training, in milliseconds.
EVERY = 120


class Charts:
    def __init__(self, uplot):
        self.uplot = uplot
        self.charts = []
        self.data = None
        self.drawn = 0
        self.epoch = None
        self.marks = [by_id("loss-mark"), by_id("accuracy-mark")]
        self.texts = ["%s over epochs: nothing to show yet" % name for name in ("Loss", "Accuracy")]
        self.restyle()

    def due(self):
        """Whether a new history is worth asking for."""
        return now() - self.drawn >= EVERY

    def restyle(self):
        """Makes the charts anew for the theme."""
        for chart, _ in self.charts:
            chart.destroy()
        self.charts = [
            (_chart(self.uplot, by_id("loss-chart"), to_js([0, None])), (1, 3)),
            (_chart(self.uplot, by_id("accuracy-chart"), to_js([0, 1])), (2, 4)),
        ]
        self.resize()
        self._draw()
        self._label()

    def resize(self):
        """Fits the charts to the room that they have."""
        for chart, _ in self.charts:
            box = chart.root.parentElement
            chart.setSize(to_js({"width": box.clientWidth, "height": box.clientHeight}))

    def show(self, history):
        """Takes up a history: epochs, then the four metrics, in one flat typed array of five equal parts."""
        rows = history.length // 5
        self.data = [history.subarray(part * rows, (part + 1) * rows) for part in range(5)]
        self._draw()

    def mark(self, epoch):
        """Marks an epoch that the run has been taken back to; None where it is at its end."""
        if epoch != self.epoch:
            self.epoch = epoch
            self._place_marks()

    def _place_marks(self):
        for (chart, _), mark in zip(self.charts, self.marks):
            mark.hidden = self.epoch is None
            if self.epoch is not None:
                mark.style.left = "%.1fpx" % (chart.valToPos(self.epoch, "x") + chart.over.offsetLeft)
                mark.style.height = "%dpx" % chart.over.clientHeight

    def _draw(self):
        self.drawn = now()
        if self.data:
            for chart, (training, held_out) in self.charts:
                chart.setData(window.Array.of(self.data[0], self.data[training], self.data[held_out]))
            if self.epoch is not None:
                self._place_marks()

    def describe(self, epoch, metrics):
        """Says in the charts' labels how training stands."""
        self.texts = [
            "Loss over epochs: after epoch %d it is %.3f for the training points and %.3f for the held-out points."
            % (epoch, metrics[0], metrics[2]),
            "Accuracy over epochs: after epoch %d it is %.0f%% for the training points and %.0f%% for the held-out "
            "points." % (epoch, 100 * metrics[1], 100 * metrics[3]),
        ]
        self._label()

    def _label(self):
        for (chart, _), text in zip(self.charts, self.texts):
            chart.ctx.canvas.setAttribute("aria-label", text)


def _chart(uplot, box, limits):
    low, high = limits
    quiet, grid = css("--quiet"), css("--grid")
    axis = {"stroke": quiet, "grid": {"stroke": grid, "width": 1}, "ticks": {"show": False}, "font": "11px Inter"}
    options = {
        "width": box.clientWidth,
        "height": box.clientHeight,
        "padding": [6, 14, 0, 0],
        "legend": {"show": False},
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
