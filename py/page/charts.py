"""Loss and accuracy over epochs, for the points trained on and those held out, with a cursor that reads them."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js
from scripts import largest

from page import canvas, chart_axes, run_words
from page.dom import by_id, listen, now, set_text
from page.palette import css
from page.plots import axes
from page.timeline import ENDS, STEPS
from spec import protocol, registry, shape

# The interval at which the charts are drawn while training, in milliseconds.
EVERY = 120
# Of each chart the beginning of its elements' ids. The second one shows the task's score.
CHARTS = ("loss", "accuracy")
# The metrics' names, and what the score is in a word.
NAMES = {"loss": "Loss", "accuracy": "Accuracy", "r2": "R²"}
EXPLAINED = {"accuracy": "right", "r2": "explained"}
PARTS = ("train_", "test_")
# The colours of their curves.
CURVES = ("--training", "--held-out")
NOTHING = "%s over epochs: nothing to show yet"
# Room around a plot, in CSS pixels for text of the size `axes.TEXT`: for the texts of ticks on the left, and below the
# last chart; for half of an epoch's text, and of the timeline's thumb, on the right; for half of a text above.
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 7, 20
# Below a plot that has no texts there: for half of the text at 0.
BOTTOM_WITHOUT = 7
# About so far from one another are ticks, along the epochs and along a metric, and no more than so many along a metric.
APART, APART_UP, MOST_UP = 58, 21, 6
# The radius of the marks of a run that has only one record, which no line can show.
DOT = 3


class Charts:
    """A view of the run's history; `timeline` is the `Timeline` below it, which goes to the epoch that is clicked."""

    def __init__(self, uplot, timeline):
        self.uplot, self.timeline = uplot, timeline
        self.charts = []
        # The typed arrays of the epochs and of each metric, by name; empty before there are any.
        self.history = {}
        # The run's last epoch when the history was taken; the axis ends there.
        self.last = 0
        self.drawn_at = 0
        # The size of text for which the charts were made, and their colours by name.
        self.text_size, self.colours = None, {}
        # The epoch to which the run has gone back; None if it is at its end.
        self.epoch = None
        # The epoch that is read, one of the history's, and the share of the axis that is pointed at; else None.
        self.reading = self.pointed = None
        # The metric of each chart, without the part of the points.
        self.metrics = {"loss": "loss", "accuracy": "accuracy"}
        self.boxes = [by_id(key + "-chart") for key in CHARTS]
        self.texts = self._nothing()
        # uPlot calls these when it looks for the ends of the axes and draws: `ends` are kept, because MicroPython may
        # collect a returned object before JavaScript has taken it.
        self.ends = {}
        self.end_proxy = create_proxy(lambda chart, least, most, key: self.ends[key])
        self.loss_end_proxy = create_proxy(lambda chart, least, most, key: self.ends["loss"])
        self.hooks = [(self._hook(self._draw_axes, key), self._hook(self._drawn, key)) for key in CHARTS]
        self._find_ends()
        for box in self.boxes:
            for event in ("pointerdown", "pointermove"):
                listen(box, event, self._point)
            listen(box, "pointerleave", self._leave)
            listen(box, "blur", self._blur)
            listen(box, "click", lambda event: self._go())
            listen(box, "keydown", self._pressed)
        self.restyle()

    def due(self):
        """Whether it is time to ask for a new history."""
        return now() - self.drawn_at >= EVERY

    def restyle(self):
        """Makes the charts again, in the colours of the present theme."""
        for chart in self.charts:
            chart.destroy()
        self.text_size = canvas.text_size()
        self.colours = {name: css(name) for name in CURVES + ("--quiet", "--grid")}
        self.charts = []
        for box, hooks, key in zip(self.boxes, self.hooks, CHARTS):
            self.charts.append(self._chart(box, key, hooks))
        self.resize()
        self._draw()
        self._label()

    def resize(self):
        """Fits the charts to their boxes, and their text to that of the page."""
        if self.text_size != canvas.text_size():
            self.restyle()
            return
        for chart, box in zip(self.charts, self.boxes):
            if box.clientWidth:
                chart.setSize(to_js({"width": box.clientWidth, "height": box.clientHeight}))

    def begin(self, experiment):
        self.history = {}
        self.last = 0
        self.epoch = self.reading = self.pointed = None
        self._find_ends()
        task = shape.shape_of(experiment).task
        score = self.metrics["accuracy"] = protocol.SCORES[task]
        set_text(by_id("score-name"), NAMES[score])
        set_text(by_id("score-words"), "(%s)" % EXPLAINED[score])
        by_id("accuracy-curves").setAttribute("aria-label", NAMES[score] + " over epochs")
        by_id("error-figures").hidden = task != registry.REGRESSION
        for chart in self.charts:
            chart.setData(to_js([[], [], []]))
        self.texts = self._nothing()
        self._show_places()
        self._label()

    def _nothing(self):
        return [NOTHING % NAMES[self.metrics[key]] for key in CHARTS]

    def empty(self):
        by_id("nothing-yet").hidden = bool(self.history)

    def answered(self, run):
        """Draws the answer's history, if it has one, and marks the epoch to which the run has gone back."""
        before, self.epoch = self.epoch, run.epoch if run.epoch < run.last_epoch else None
        if run.history:
            names = ("epoch",) + tuple(protocol.METRICS[run.data.task])
            rows = run.history.length // len(names)
            self.history = {
                name: run.history.subarray(part * rows, (part + 1) * rows) for part, name in enumerate(names)
            }
            self.last = run.last_epoch
            by_id("nothing-yet").hidden = True
            self._draw()
        elif self.epoch != before:
            self._show_places()

    def describe(self, experiment, run):
        """Says in the charts' labels what the present metrics are."""
        right = run_words.accuracy_words(run.metrics)
        self.texts = [
            "Loss over epochs: after epoch %d it is %s." % (run.epoch, run_words.loss_words(run.metrics)),
            "Accuracy over epochs: after epoch %d the network has %s right." % (run.epoch, right)
            if right
            else "R² over epochs: after epoch %d %s." % (run.epoch, run_words.prediction_words(run.metrics)),
        ]
        self._label()

    # Drawing.

    def _find_ends(self):
        """Sets the ends of the axes, which begin at 0."""
        losses = [float(largest(self.history[part + "loss"])) for part in PARTS] if self.history else [0]
        self.loss_end = chart_axes.loss_end(max(losses))
        self.ends = {
            "x": to_js([0, chart_axes.epoch_end(self.last)]),
            "y": to_js([0, 1]),
            "loss": to_js([0, self.loss_end]),
        }

    def _draw(self):
        self.drawn_at = now()
        if not self.history:
            return
        self._find_ends()
        for chart, key in zip(self.charts, CHARTS):
            curves = [self.history[part + self.metrics[key]] for part in PARTS]
            chart.setData(window.Array.of(self.history["epoch"], *curves))

    def _hook(self, draw, key):
        """What uPlot calls with a chart, and with more that is not needed, to have `draw(key, chart)` called."""
        return create_proxy(lambda chart, *rest: draw(key, chart))

    def _has_epochs(self, key):
        """Whether the epochs are written below a chart: below the last one, as all share the axis."""
        return key == CHARTS[-1]

    def _chart(self, box, key, hooks):
        """A uPlot chart without axes of its own: those know no ticks for numbers that are very small or very large."""
        line = {"width": self._scaled(2), "points": {"show": False}}
        bottom = BOTTOM if self._has_epochs(key) else BOTTOM_WITHOUT
        options = to_js(
            {
                "width": box.clientWidth,
                "height": box.clientHeight,
                "padding": [self._scaled(length) for length in (TOP, RIGHT, bottom, LEFT)],
                "legend": {"show": False},
                "cursor": {"show": False},
                "hooks": {},
                "scales": {"x": {"time": False}, "y": {}},
                "series": [
                    {},
                    dict(line, stroke=self.colours[CURVES[0]]),
                    dict(line, stroke=self.colours[CURVES[1]], dash=[5, 4]),
                ],
                "axes": [{"show": False}, {"show": False}],
            }
        )
        options.hooks.drawAxes, options.hooks.draw = [window.Array.of(hook) for hook in hooks]
        options.scales.x.range = self.end_proxy
        options.scales.y.range = self.loss_end_proxy if key == "loss" else self.end_proxy
        return self.uplot.default.new(options, to_js([[], [], []]), box)

    def _scaled(self, length):
        return axes.scaled(length, self.text_size)

    def _draw_axes(self, key, chart):
        if not self.history:
            return
        width, height = chart.over.clientWidth, chart.over.clientHeight
        left, top = chart.over.offsetLeft, chart.over.offsetTop
        context, ratio = chart.ctx, window.devicePixelRatio
        context.save()
        context.scale(ratio, ratio)
        context.font = axes.font(self.text_size)
        context.fillStyle, context.strokeStyle, context.lineWidth = self.colours["--quiet"], self.colours["--grid"], 1
        # uPlot leaves the dashes of the last line that it has drawn.
        context.setLineDash(to_js([]))
        context.beginPath()
        count = min(MOST_UP, height // self._scaled(APART_UP))
        metric = self.metrics[key]
        if metric == "accuracy":
            ticks = chart_axes.share_ticks(count)
        else:
            # Of R² what is below 0, worse than the targets' mean, is not seen.
            ticks = chart_axes.loss_ticks(self.loss_end if metric == "loss" else 1, count)
        context.textAlign, context.textBaseline = "right", "middle"
        for value, text in zip(*ticks):
            y = top + round(chart.valToPos(value, "y")) + 0.5
            context.moveTo(left, y)
            context.lineTo(left + width, y)
            context.fillText(text, left - self._scaled(axes.GAP), y)
        context.textAlign, context.textBaseline = "center", "top"
        has_epochs = self._has_epochs(key)
        for value, text in zip(*chart_axes.epoch_ticks(self.last, width // self._scaled(APART))):
            x = left + round(chart.valToPos(value, "x")) + 0.5
            context.moveTo(x, top)
            context.lineTo(x, top + height)
            if has_epochs:
                context.fillText(text, x, top + height + self._scaled(axes.GAP))
        if has_epochs:
            # Before the 0.
            context.textAlign = "right"
            context.fillText("epoch", left - self._scaled(2 * axes.GAP), top + height + self._scaled(axes.GAP))
        context.stroke()
        context.restore()

    def _drawn(self, key, chart):
        """Draws what no line shows, and places what lies over the plots: another size or a longer run moves it."""
        if self.history and self.history["epoch"].length == 1:
            self._draw_dots(key, chart)
        over = chart.over
        # A chart that is hidden has no size.
        if over.clientWidth:
            # The timeline's ends lie below those of the axis, and numbers end where the plots do.
            style = by_id("curves").style
            style.setProperty("--axis-left", "%dpx" % over.offsetLeft)
            style.setProperty("--axis-right", "%dpx" % (chart.width - over.offsetLeft - over.clientWidth))
        self._show_places()

    def _draw_dots(self, key, chart):
        context, ratio = chart.ctx, window.devicePixelRatio
        context.save()
        context.scale(ratio, ratio)
        for part, colour in zip(PARTS, CURVES):
            value = self.history[part + self.metrics[key]].at(0)
            if run_words.is_finite(value) and value >= 0:
                x, y = chart.valToPos(self.history["epoch"].at(0), "x"), chart.valToPos(value, "y")
                context.fillStyle = self.colours[colour]
                context.beginPath()
                context.arc(chart.over.offsetLeft + x, chart.over.offsetTop + y, self._scaled(DOT), 0, 7)
                context.fill()
        context.restore()

    def _show_places(self):
        """Shows where the run has gone back to, and what is read."""
        self._follow_reading()
        for chart, key in zip(self.charts, CHARTS):
            _place(chart, by_id(key + "-mark"), self.epoch if self.history else None)
            _place(chart, by_id(key + "-cursor"), self.reading)
            words, metric = self._reading_words(key), self.metrics[key]
            by_id(key + "-reading").hidden = not words
            for name in ("loss",) if key == "loss" else ("accuracy", "r2"):
                by_id(name + "-numbers").hidden = bool(words) or name != metric
            set_text(by_id(key + "-reading"), words)

    # Reading.

    def _follow_reading(self):
        """Reads the record nearest to what is pointed at, or to the epoch that was read, as the history is now."""
        if not self.history:
            self.reading = None
            return
        if self.pointed is not None:
            self.reading = self._epoch(self._index(self.pointed * chart_axes.epoch_end(self.last)))
        elif self.reading is not None:
            self.reading = self._epoch(self._index(self.reading))

    def _index(self, epoch):
        """The number of the record nearest to an epoch."""
        return self.charts[0].valToIdx(epoch)

    def _epoch(self, index):
        return int(self.history["epoch"].at(index))

    def _reading_words(self, key):
        """What is read in a chart, in words; "" for nothing."""
        if self.reading is None:
            return ""
        index, metric = self._index(self.reading), self.metrics[key]
        return run_words.reading_words(self.reading, metric, *[self.history[part + metric].at(index) for part in PARTS])

    def _read(self, epoch, pointed=None):
        """Reads the record of an epoch, or the one at a share of the axis; nothing if both are None."""
        self.reading, self.pointed = epoch, pointed
        self._show_places()
        self._label()

    def _label(self):
        for box, text, key in zip(self.boxes, self.texts, CHARTS):
            words, name = self._reading_words(key), NAMES[self.metrics[key]]
            if words:
                there = self.timeline.nearest(self.reading)
                way = "" if there == self.reading else ", the nearest that was kept"
                text = "%s over epochs, %s. Enter goes to epoch %s%s." % (name, words, "{:,}".format(there), way)
            picture = box.querySelector("canvas")
            if box.getAttribute("aria-label") != text or not picture.hasAttribute("role"):
                box.setAttribute("aria-label", text)
                # Programs find what every canvas shows; people are told by the box, which can have the focus.
                for name, value in (("role", "img"), ("aria-label", text), ("aria-hidden", "true")):
                    picture.setAttribute(name, value)

    # What a person does.

    def _point(self, event):
        if not self.history:
            return
        box = self.charts[0].over.getBoundingClientRect()
        share = (event.clientX - box.left) / box.width if box.width else 0
        self._read(None, min(max(share, 0), 1))

    def _leave(self, event):
        # What a finger has pointed at is read when it no longer covers it.
        if event.pointerType == "touch":
            self._read(self.reading)
        else:
            self._read(None)

    def _blur(self, event):
        # Unless it is because the other chart is pressed.
        if self.pointed is None:
            self._read(None)

    def _go(self):
        if self.reading is not None:
            self.timeline.go(self.reading)

    def _pressed(self, event):
        key = event.key
        if event.altKey or event.ctrlKey or event.metaKey or event.shiftKey or not self.history:
            return
        if key == "Enter":
            self._go()
        elif key == "Escape" and self.reading is not None:
            self._read(None)
        elif key in ENDS or key in STEPS:
            last = self.history["epoch"].length - 1
            if key in ENDS:
                index = 0 if key == "Home" else last
            elif self.reading is not None:
                index = min(max(self._index(self.reading) + STEPS[key], 0), last)
            else:
                index = last if self.epoch is None else self._index(self.epoch)
            self._read(self._epoch(index))
        else:
            return
        event.preventDefault()


def _place(chart, mark, epoch):
    """Puts a mark over a chart at an epoch; hides it for None."""
    mark.hidden = epoch is None
    if epoch is not None:
        mark.style.left = "%.1fpx" % (chart.valToPos(epoch, "x") + chart.over.offsetLeft)
        mark.style.top = "%dpx" % chart.over.offsetTop
        mark.style.height = "%dpx" % chart.over.clientHeight
