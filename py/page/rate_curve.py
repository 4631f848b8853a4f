"""The learning rate over epochs, under the loss: drawn where a schedule or a warm-up changes it."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js
from scripts import largest

from page import canvas, chart_axes, charts, wording
from page.dom import by_id, set_text
from page.palette import css
from page.plots import axes

# Room around the curve above and below, in CSS pixels for text of the size `axes.TEXT`.
ROOM = 3
NAME = "Learning rate over epochs"


class RateCurve:
    """A view of the run's learning rates; as wide as the charts, with the same axis of epochs."""

    def __init__(self, uplot):
        self.uplot = uplot
        self.box = by_id("rate-chart")
        self.chart = None
        # Whether the experiment asks for more than one learning rate, and whether the run has had more.
        self.is_asked = self.has_been = False
        self.text_size = None
        self.range = to_js([0, 1])
        self.last = 0
        self.range_proxy = create_proxy(lambda chart, least, most, key: self.range)
        self.epochs_proxy = create_proxy(lambda chart, least, most, key: self.epochs)
        self.epochs = to_js([0, 1])

    def begin(self, experiment):
        self.has_been = False
        set_text(by_id("rate-now"), "–")
        if self.chart:
            self.chart.setData(to_js([[], []]))
        self._label(NAME + ": nothing to show yet")
        self.follow(experiment)

    def follow(self, experiment):
        """Shows the curve if the experiment changes the learning rate, or has done so."""
        self.is_asked = experiment["schedule"] != "constant" or experiment["warm_up"] > 0
        self._show()

    def answered(self, run):
        if not run.history:
            return
        rates = run.learning_rates
        self.has_been = bool(rates)
        self._show()
        if not rates or not self.chart:
            return
        self.epochs = to_js([0, chart_axes.epoch_end(run.last_epoch)])
        self.range = to_js([0, float(largest(rates)) or 1])
        self.chart.setData(window.Array.of(run.history.subarray(0, rates.length), rates))
        now = wording.number_words(float(rates.at(self.chart.valToIdx(run.epoch))))
        set_text(by_id("rate-now"), now)
        self._label("%s: after epoch %d it is %s." % (NAME, run.epoch, now))

    def restyle(self):
        """Makes the chart again, in the colours of the present theme."""
        if self.chart:
            data = self.chart.data
            self.chart.destroy()
            self.chart = None
            self._make(data)

    def resize(self):
        if self.chart and self.text_size != canvas.text_size():
            self.restyle()
        elif self.chart and self.box.clientWidth:
            self.chart.setSize(to_js({"width": self.box.clientWidth, "height": self.box.clientHeight}))

    def _show(self):
        hidden = not (self.is_asked or self.has_been)
        if by_id("rate-curve").hidden != hidden:
            by_id("rate-curve").hidden = hidden
        if not hidden and not self.chart:
            self._make(to_js([[], []]))

    def _make(self, data):
        self.text_size = canvas.text_size()
        lengths = (ROOM, charts.RIGHT, ROOM, charts.LEFT)
        options = to_js(
            {
                "width": self.box.clientWidth,
                "height": self.box.clientHeight,
                "padding": [axes.scaled(length, self.text_size) for length in lengths],
                "legend": {"show": False},
                "cursor": {"show": False},
                "scales": {"x": {"time": False}, "y": {}},
                "series": [{}, {"width": 1, "points": {"show": False}, "stroke": css("--text")}],
                "axes": [{"show": False}, {"show": False}],
            }
        )
        options.scales.x.range, options.scales.y.range = self.epochs_proxy, self.range_proxy
        self.chart = self.uplot.default.new(options, data, self.box)
        self._label(self.box.getAttribute("aria-label"))

    def _label(self, text):
        self.box.setAttribute("aria-label", text)
        picture = self.box.querySelector("canvas")
        if picture:
            # Programs find what every canvas shows; people are told by the box.
            for name, value in (("role", "img"), ("aria-label", text), ("aria-hidden", "true")):
                picture.setAttribute(name, value)
