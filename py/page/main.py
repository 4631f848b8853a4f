"""Puts the page together: what a person does changes the experiment, the lab trains it, the views show it."""

from pyscript import window
from pyscript.ffi import create_proxy

import spec
from page import address, messages, palette
from page.dom import breath, by_id, element, now, numbers
from page.lab import Lab
from page.loading import Loading
from page.run import Run
from page.status import Status

# The labels of the canvases are for people who hear them: new words this often, in milliseconds.
DESCRIBE_EVERY = 1000


class Page:
    """What a person sees and does. `open` must have run before anything else is asked of it."""

    async def open(self):
        """Builds the page, what takes longest to be ready first.

        Reading a module takes MicroPython milliseconds. What the lab's start does not need is imported here, step by
        step, so that the browser can draw and hear in between.
        """
        self.experiment, complaints, play = address.read()
        self.started = False
        self.described = 0
        self.boundary = None
        self.calm = window.matchMedia("(prefers-reduced-motion: reduce)")
        self.status = Status()
        self.loading = Loading()
        self.lab = Lab(self.loading.progress, self.lab_ready, self.lab_lost)
        self.run = Run(self.lab, self.run_started, self.take_frame, self.draw)
        self.start_lab()
        await breath()

        from page.controls import Controls

        self.controls = Controls(self.change)
        self.controls.show(self.experiment)
        await breath()

        from page.transport import Transport

        self.transport = Transport(self.play_or_pause, self.step, self.reset, self.set_speed)
        self.transport.show_speed(self.experiment["speed"])
        show_legend()
        show_source()
        complain(complaints)
        await breath()

        from page.boundary import Boundary

        self.boundary = Boundary()
        await breath()

        from page.representation import Representation

        self.representation = Representation()
        await breath()

        from page.charts import Charts

        self.charts = Charts()
        self.run.wants_history = self.charts.due
        await breath()
        palette.start(self.restyle)
        address.follow(self.follow_address)
        self.set_view()
        observer = window.ResizeObserver.new(create_proxy(lambda entries, observer: self.resize()))
        observer.observe(by_id("boundary"))
        observer.observe(by_id("loss-chart"))
        if play:
            self.play_or_pause()

    # What a person does.

    def change(self, experiment):
        """Goes on with another experiment: the run as it is if only what acts on a running network changed."""
        afresh = not spec.same_run(experiment, self.experiment)
        if (experiment["layer"], experiment["dimensions"]) != (
            self.experiment["layer"],
            self.experiment["dimensions"],
        ):
            self.representation.refit()
        self.experiment = experiment
        address.write(experiment)
        if afresh:
            messages.clear()
        self.run.set_experiment(experiment, afresh)
        self.set_view()

    def play_or_pause(self):
        if self.run.playing:
            self.pause()
            return
        self.recover()
        self.run.play(True)
        self.transport.show_playing(True)
        if self.started:
            self.status.set_state("training")

    def pause(self):
        self.run.play(False)
        self.transport.show_playing(False)
        self.note_pause()

    def note_pause(self):
        """Says that training has paused once it really has: what the lab was asked for before may still come."""
        if self.status.state == "training" and not self.run.is_training():
            self.status.set_state("paused")

    def step(self):
        """Trains to the end of the epoch that is under way."""
        self.recover()
        self.pause()
        self.run.play_to(1 if self.run.fresh else self.status.epoch + 1)
        if self.started:
            self.status.set_state("training")

    def recover(self):
        """Starts afresh what cannot go on: a run that diverged, or a lab that is gone."""
        if self.status.state == "diverged":
            self.reset()
        elif self.status.state == "error":
            self.start_lab()

    def reset(self):
        """Starts the experiment afresh: the same weights, drawn from the seed, and the same order of batches."""
        messages.clear()
        self.run.set_experiment(self.experiment, True)

    def set_speed(self, speed):
        self.change(dict(self.experiment, speed=speed))
        self.controls.experiment = self.experiment

    def follow_address(self):
        experiment, complaints, _ = address.read()
        messages.clear()
        self.controls.show(experiment)
        self.transport.show_speed(experiment["speed"])
        self.change(experiment)
        complain(complaints)

    # What the lab says.

    def start_lab(self):
        messages.clear()
        self.started = False
        self.status.set_state("loading")
        self.loading.begin()
        self.run.set_experiment(self.experiment, True)
        self.lab.start()

    def lab_ready(self):
        self.run.lab_ready(True)

    def lab_lost(self, reason):
        self.lab.stop()
        self.run.lab_ready(False)
        self.run.play(False)
        self.transport.show_playing(False)
        self.loading.end()
        self.started = False
        self.status.set_state("error")
        messages.show(
            "The lab has stopped: %s Your experiment is kept." % _sentence(reason),
            button="Start the lab again",
            action=self.start_lab,
        )

    def run_started(self, answer):
        points, labels, training = numbers(answer.points), numbers(answer.labels), numbers(answer.training)
        data = points, [int(label) for label in labels], [bool(flag) for flag in training]
        self.boundary.set_data(*data)
        self.representation.set_data(*data)
        self.status.set_engine(answer.engine, answer.reason)

    def take_frame(self, answer):
        metrics = numbers(answer.metrics)
        self.status.take(answer.epoch, answer.step, metrics)
        if getattr(answer, "pixels", None):
            self.boundary.show(answer)
            self.representation.show(answer)
            self.shape = [int(size) for size in numbers(answer.shape)]
        if getattr(answer, "history", None):
            self.charts.show(answer.history)
        if self.run.fresh:
            self.run.fresh = False
            self.started = True
            self.loading.end()
            self.status.set_state("training" if self.run.playing or self.run.to_epoch else "ready")
        if answer.diverged and self.status.state != "diverged":
            self.diverge()
        elif self.run.to_epoch is not None and answer.epoch >= self.run.to_epoch:
            self.run.play(False)
        self.note_pause()
        self.describe()

    def diverge(self):
        self.pause()
        self.status.set_state("diverged")
        messages.show(
            "Training diverged at step %s: the loss is no longer a finite number. Try a smaller learning rate "
            "(now %s), a normalization, or another initialization, and press Play to start afresh."
            % ("{:,}".format(self.status.step + 1), spec.text_of("learning_rate", self.experiment["learning_rate"]))
        )

    # What is seen.

    def set_view(self):
        """Tells the lab what to draw, as soon as there is something to draw it on."""
        if not self.boundary:
            return
        layer, _ = spec.shown_layer(self.experiment)
        self.run.set_view(layer, spec.shown_dimensions(self.experiment), palette.shading(), self.boundary.enough())

    def draw(self):
        return self.representation.draw(self.calm.matches)

    def describe(self):
        """Says in words what the canvases show, now and then while training and at once when it stops."""
        if self.status.state == "training" and now() - self.described < DESCRIBE_EVERY:
            return
        self.described = now()
        self.boundary.describe(self.status.metrics, self.status.epoch)
        self.charts.describe(self.status.epoch, self.status.metrics)
        layer, _ = spec.shown_layer(self.experiment)
        self.representation.describe(layer, tuple(self.shape), spec.shown_dimensions(self.experiment))

    def restyle(self):
        self.boundary.restyle()
        self.representation.restyle()
        self.charts.restyle()
        show_legend()
        self.set_view()

    def resize(self):
        self.boundary.restyle()
        self.representation.restyle()
        self.charts.resize()
        self.set_view()


def complain(complaints):
    """Says what of the address was not understood."""
    if complaints:
        messages.show("Not all of the address was understood. " + " ".join(complaints))


def show_legend():
    """A line for each class and one for the points held out."""
    legend = by_id("legend")
    shapes = ("circles", "triangles", "diamonds", "pentagons")
    items = [
        element("li", "class %d: %s" % (index, shapes[index]), class_="class-%d" % index)
        for index in range(palette.CLASSES)
    ]
    items.append(element("li", "hollow: held out"))
    legend.replaceChildren(*items)


def show_source():
    """Points the link at the repository where the site says which it is, else at the code that runs here."""
    host, path = window.location.hostname, window.location.pathname
    if host.endswith(".github.io"):
        by_id("source").href = "https://github.com/%s/%s" % (host.split(".")[0], path.strip("/").split("/")[0])
    else:
        by_id("source").href = "py/lab/network.py"


def _sentence(text):
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


page = Page()
await page.open()
