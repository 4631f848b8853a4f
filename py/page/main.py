"""Puts the page together: what a person does changes the experiment, the lab trains it, the views show it."""

import gc

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import address, canvas, journey, messages, palette
from page.dom import breath, by_id, listen, now, numbers
from page.lab import PATIENCE, Lab
from page.loading import Loading
from page.run import Run
from page.status import Status
from spec import fields, protocol, shape, texts

# The labels of the canvases are for people who hear them: new words this often, in milliseconds.
DESCRIBE_EVERY = 1000
DESCRIBE_STILL_EVERY = 200
# What errors of Python, NumPy and browsers say when there is no more memory.
OUT_OF_MEMORY = ("memoryerror", "unable to allocate", "out of memory", "not allocate", "allocation failed")
UNSEEN = "Nobody looked for five minutes; press Play to go on."


class Page:
    """What a person sees and does. `open` must have run before anything else is asked of it."""

    async def open(self):
        """Builds the page, what takes longest to be ready first.

        Reading a module takes MicroPython milliseconds. What the lab's start does not need is imported here, step by
        step, so that the browser can draw and hear in between.
        """
        self.experiment, complaints, play = address.read()
        self.started = self.opened = False
        self.described = 0
        self.describe_due = False
        self.describe_proxy = create_proxy(self.describe_now)
        # Whether the metrics of the last answer are those of its step.
        self.measured = True
        self.frame = None
        self.plane_due = False
        self.calm = window.matchMedia("(prefers-reduced-motion: reduce)")
        self.status = Status()
        self.loading = Loading()
        self.lab = Lab(self.loading.progress, self.lab_ready, self.lab_lost, self.lab_quiet)
        self.run = Run(self.lab, self.run_started, self.take_frame, self.draw, self.advance, self.rest_unseen)
        self.pause_reason = ""
        self.follow_visibility()
        listen(document, "visibilitychange", lambda event: self.follow_visibility())
        self.run.set_experiment(self.experiment, True)
        await breath()

        from page.controls import Controls
        from page.transport import Transport

        self.controls = Controls(self.change)
        self.controls.show(self.experiment)
        self.transport = Transport(self.play_or_pause, self.step, self.reset, self.set_speed)
        self.transport.show_speed(self.experiment["speed"])
        if self.status.state != "error":
            complain(complaints)
        # What a person has done already with the controls as the page came with them.
        window.early.say = create_proxy(messages.show)
        window.early.replay()
        await breath()

        self.loading.begin()
        self.lab.start()
        await breath()

        show_source()

        from page.plots.highlight import Highlight
        from page.plots.points import Points
        from page.plots.readout import Readout

        self.points_of = Points
        self.highlight = Highlight(self.look)
        self.readout = Readout()
        await breath()

        from page.plots.plane import Plane

        self.plane = Plane(self.highlight, self.draw_plane)
        await breath()

        from page.plots.representation import Representation

        self.representation = Representation(self.highlight, self.look, self.run.draw_soon)
        await breath()

        from page.rail import Rail

        self.rail = Rail(self.move_to, self.go_to, self.travel)
        self.rail.show_layers(self.experiment)
        await breath()

        from page.strip import Strip

        self.strip = Strip(self.show_neuron, self.go_to_layer, self.change_network)
        self.show_network()
        await breath()

        from page.tour import Tour

        # Whoever wants no motion gets none unasked.
        self.tour = Tour(self.run.wake, self.calm.matches)
        await breath()

        from page.about import About

        About()
        await breath()

        from page.offline import Offline

        self.offline = Offline()
        await breath()

        from page.timeline import Timeline

        self.timeline = Timeline(self.seek, self.run.go_on_from_here)
        await breath()

        from scripts import uplot

        from page.charts import Charts

        self.charts = Charts(await uplot())
        self.run.wants_history = self.charts.due
        await breath()
        self.opened = True
        # Choices may have been made since they were built.
        self.show_network()
        palette.start(self.restyle)
        address.follow(self.follow_address)
        self.shading = palette.shading()
        self.look()
        observer = window.ResizeObserver.new(create_proxy(lambda entries, observer: self.resize()))
        observer.observe(by_id("boundary"))
        observer.observe(by_id("loss-chart"))
        observer.observe(by_id("strip"))
        # The strip is as wide as its columns, which are as wide as the scroller lets them be.
        observer.observe(by_id("network-scroller"))
        canvas.follow_ratio(self.resize)
        window.watchdog.opened()
        self.status.write()
        if self.status.state == "error":
            return
        if window.watchdog.unseen.length:
            say_unseen(window.watchdog.unseen.join(", "))
        if play and not self.run.playing:
            self.play_or_pause()

    # What a person does.

    def change(self, experiment):
        """Goes on with another experiment: the run as it is if only what acts on a running network changed."""
        if not self.opened:
            # What a person chooses while the page is being built it is built for.
            self.experiment = experiment
            self.run.set_experiment(experiment, True)
            address.write(experiment)
            return
        self.recover_lab()
        sent = self.seen_from(self.rail.destination())
        afresh = not fields.same_run(experiment, self.experiment)
        self.experiment = experiment
        address.write(experiment)
        if afresh:
            messages.clear()
            self.show_network()
        elif (experiment["layer"], experiment["morph"]) != (sent["layer"], sent["morph"]):
            self.go_to(rail_position(experiment))
        self.run.set_experiment(experiment, afresh)
        self.look()

    def enter(self, **values):
        """Changes fields of the experiment as if a person had entered them, and shows them in the controls."""
        experiment = dict(self.experiment)
        experiment.update(values)
        self.controls.show(experiment)
        self.change(experiment)

    def play_or_pause(self):
        if self.run.playing:
            self.pause()
            return
        self.recover()
        self.pause_reason = ""
        self.run.play(True)
        self.transport.show_playing(True)
        if self.started:
            self.status.set_state("training")

    def pause(self):
        self.run.play(False)
        self.transport.show_playing(False)
        self.note_pause()

    def note_pause(self):
        """Says that training has paused once it really has.

        What the lab was asked for before may still come, and the metrics of the last step if it was not measured.
        """
        if self.status.state == "training" and not self.run.is_training() and self.measured:
            self.status.set_state("paused", self.pause_reason)

    def rest_unseen(self):
        """Pauses what nobody has looked at for a long time, and says why."""
        self.pause_reason = UNSEEN
        self.pause()

    def follow_visibility(self):
        """Draws nothing where nobody sees it, and at once where somebody does again."""
        self.run.set_hidden(document.hidden)

    def step(self):
        """Trains to the end of the epoch that is under way."""
        self.recover()
        self.pause_reason = ""
        self.pause()
        self.run.play_to(1 if self.run.fresh else self.status.epoch + 1)
        if self.started:
            self.status.set_state("training")

    def recover(self):
        """Starts afresh what cannot go on: a run that diverged, or a lab that is gone."""
        if self.status.state == "diverged":
            self.reset()
        self.recover_lab()

    def recover_lab(self):
        if self.status.state == "error":
            self.start_lab()

    def reset(self):
        """Starts the experiment afresh: the same weights, drawn from the seed, and the same order of batches."""
        messages.clear()
        self.recover_lab()
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

    def seen_from(self, position):
        """The experiment as it is seen from a place on the rail."""
        index, morph = journey.parts(position)
        name = self.rail.names[index]
        if name == shape.logits_layer(self.experiment):
            name = ""
        return dict(self.experiment, layer=name, morph=fields.rounded_morph(morph))

    def move_to(self, position):
        """The playhead has moved: what is seen is where it is, and what the controls say is where it was sent."""
        self.experiment = self.seen_from(position)
        sent = self.seen_from(self.rail.destination())
        if sent["layer"] != self.controls.experiment["layer"]:
            self.controls.show(sent)
        else:
            self.controls.experiment = sent
        address.write_soon(sent)
        self.look()

    def go_to(self, position):
        """Lets the playhead glide to a layer, or to a place between two."""
        self.rail.go(position)
        # Until it has set off, what is seen is where it is.
        self.move_to(self.rail.position)
        self.run.wake()

    def travel(self):
        self.rail.travel()
        self.run.wake()

    def go_to_layer(self, name):
        self.controls.enter("layer", name)

    def show_neuron(self, layer, index):
        """Shades the plane by a neuron; asked for the one that it is shaded by, goes back to the probability."""
        neuron = shape.neuron_name(layer, index)
        if self.experiment["shading"] == "neuron" and shape.shown_neuron(self.experiment) == (layer, index):
            self.enter(shading="probability")
        else:
            self.enter(shading="neuron", neuron=neuron)

    def change_network(self, hidden_layers):
        self.controls.enter("hidden_layers", hidden_layers)

    def seek(self, epoch):
        """Goes to an epoch of the run so far, and rests there."""
        messages.clear()
        self.recover_lab()
        self.pause()
        if self.status.state == "diverged":
            self.status.set_state("paused")
        self.run.go_to(epoch)

    # What the lab says.

    def start_lab(self):
        if self.opened and self.offline.superseded:
            # The lab's files would be those of another version than the page.
            window.location.reload()
            return
        messages.clear()
        self.started = False
        self.status.set_state("loading")
        self.loading.begin()
        self.run.set_experiment(self.experiment, True)
        self.lab.start()

    def lab_ready(self):
        self.run.lab_ready(True)

    def lab_quiet(self):
        """Says that nothing is heard of the lab; it may still come, and then all is well."""
        self.status.set_state("error")
        messages.show(
            "The lab has not answered for %d seconds. On a slow network it may still." % PATIENCE,
            button="Start the lab again",
            action=self.start_lab,
        )
        generation = self.lab.generation

        def say(found):
            if found and generation == self.lab.generation and self.status.state == "error":
                self.lab_lost(found)

        # A damaged pack would not be silent, and may be on its way still.
        window.watchdog.damaged(False).then(create_proxy(say))

    def lab_lost(self, reason):
        has_answered = self.started
        self.lab.stop()
        self.run.lab_ready(False)
        self.run.play(False)
        if self.opened:
            self.transport.show_playing(False)
        self.loading.end()
        self.started = False
        self.status.set_state("error")
        if any(words in reason.lower() for words in OUT_OF_MEMORY):
            text = (
                "There is not enough memory for the lab: training this network takes about %s, beside Python itself. "
                "Close other tabs or programs, or choose a smaller network."
            ) % texts.bytes_in_words(shape.memory_needed(self.experiment))
        elif not has_answered:
            self.say_why_not(reason)
            return
        else:
            text = "The lab has stopped: %s" % _sentence(reason)
        messages.show(text + " Your experiment is kept.", button="Start the lab again", action=self.start_lab)

    def say_why_not(self, reason):
        """Says that the lab could not start, and by which file if it is one's fault: they are all looked through."""
        text = "The lab could not start: %s Your experiment is kept."
        generation = self.lab.generation

        def say(found):
            if generation == self.lab.generation:
                words = "%s (%s)" % (found, reason) if found and found != reason else _sentence(reason)
                messages.show(text % words, button="Reload the page", action=window.watchdog.reload)

        say("")
        window.watchdog.damaged(True).then(create_proxy(say))

    def run_started(self, answer):
        points = self.points_of(answer)
        self.frame = None
        self.highlight.set_data(points)
        self.readout.set_data(points)
        self.plane.set_points(points)
        self.representation.set_points(points)
        self.status.set_engine(answer.engine, answer.reason)
        # Nothing of the new points is chosen.
        self.look()

    def take_frame(self, answer):
        self.status.take(answer.epoch, answer.step, list(answer.metrics.values()))
        self.measured = answer.measured
        if answer.picture and getattr(answer.picture, "pixels", None):
            self.take_picture(answer.picture)
        # A picture that is not fine may get finer as long as nothing is trained.
        if answer.picture and (answer.picture.moving or not (answer.picture.fine or self.run.is_training())):
            self.run.look_again()
        if answer.history:
            self.timeline.set_kept([int(epoch) for epoch in numbers(answer.kept)])
            self.charts.show(answer.history)
        back = answer.epoch < answer.last_epoch
        self.timeline.show(answer.epoch, answer.last_epoch)
        self.charts.mark(answer.epoch if back else None)
        self.follow_learning_rate(answer.live["learning_rate"])
        if self.run.fresh:
            self.run.fresh = False
            self.started = True
            self.lab.settled()
            self.loading.end()
            if self.status.state == "error":
                messages.clear()
            self.status.set_state("training" if self.run.playing or self.run.to_epoch else "ready")
            self.offline.start()
        if answer.diverged and self.status.state != "diverged":
            self.diverge()
        elif self.run.to_epoch is not None and answer.epoch >= self.run.to_epoch:
            self.run.play(False)
        self.note_pause()
        self.describe()

    def take_picture(self, answer):
        """Takes up a drawing: the views keep what they need of it until the next."""
        self.frame = answer
        self.plane.show(answer)
        self.plane_due = True
        self.representation.show(answer)
        self.strip.show(answer)
        probes = getattr(answer, "probes", None)
        if probes:
            flat = numbers(probes)
            self.rail.show_probes(list(zip(flat[0::2], flat[1::2])))
        chosen = getattr(answer, "selected", None)
        if chosen is not None:
            self.highlight.take_chosen(answer.loop, chosen)
        self.readout.tell(not self.run.is_training())
        self.readout.show(answer, self.highlight, shape.shown_layer(self.experiment).name)
        document.documentElement.setAttribute("data-picture", "fine" if answer.fine else "coarse")

    def follow_learning_rate(self, rate):
        """Shows the learning rate in force at a place that the run was taken back to."""
        asked = self.run.rate_asked
        if rate != asked and asked == self.experiment["learning_rate"]:
            self.experiment = dict(self.experiment, learning_rate=rate)
            self.controls.show(self.experiment)
            self.run.set_experiment(self.experiment, False)
            address.write(self.experiment)

    def diverge(self):
        self.pause()
        self.status.set_state("diverged")
        messages.show(
            "Training diverged at step %s: the loss is no longer a finite number. Try a smaller learning rate "
            "(now %s), a normalization, or another initialization, and press Play to start afresh."
            % ("{:,}".format(self.status.step + 1), fields.text_of("learning_rate", self.experiment["learning_rate"]))
        )

    # What is seen.

    def show_network(self):
        """Lays the rail and the strip out for the experiment's network, and puts the playhead where it says."""
        self.rail.show_layers(self.experiment)
        self.rail.show(rail_position(self.experiment))
        self.strip.show_network(self.experiment)

    def look(self):
        """Tells the lab what to draw, as soon as there is something to draw it on."""
        if not self.opened:
            return
        experiment, view, highlight = self.experiment, self.representation, self.highlight
        width = shape.shown_layer(experiment).width
        touring = experiment["projection"] == "tour" and width > 3
        if touring != view.touring:
            view.touring = touring
            view.axis = None
            view.set_touch()
        self.tour.show(touring)
        neuron = shape.shown_neuron(experiment)
        self.strip.mark(self.rail.position, neuron if experiment["shading"] == "neuron" else None)
        self.strip.point_at(self.plane.pointed_at())
        seen = {
            "resolution": self.plane.enough(),
            "palette": self.shading,
            "turn": view.turn,
            "axis": view.axis,
            "tour_seconds": self.tour.seconds,
            "calm": self.calm.matches,
            "selected": highlight.selected,
            "loop": highlight.loop,
            "point": highlight.point,
            "place": highlight.place,
        }
        self.run.set_view(protocol.view(experiment, seen))
        self.draw_plane()

    def draw_plane(self):
        """Draws the left view as well on the next frame: while only the right one glides it need not be."""
        self.plane_due = True
        self.run.draw_soon()

    def advance(self, seconds):
        """Lets time pass for what moves by itself; True while anything does."""
        if not self.opened:
            return False
        calm = self.calm.matches
        moving = self.rail.glide(seconds, calm)
        held = self.representation.axis is not None
        touring = self.representation.touring and self.tour.go_on(seconds, held)
        if moving or touring:
            self.look()
        return moving or touring

    def draw(self):
        if not self.opened:
            return False
        if self.plane_due:
            self.plane_due = self.plane.redraw()
        return self.representation.draw(self.calm.matches) or self.plane_due

    def describe(self):
        """Says in words what the canvases show: soon after it has changed, and now and then while training."""
        if self.describe_due:
            return
        every = DESCRIBE_EVERY if self.status.state == "training" else DESCRIBE_STILL_EVERY
        if now() - self.described >= every:
            self.describe_now()
        else:
            self.describe_due = True
            window.setTimeout(self.describe_proxy, every)

    def describe_now(self):
        self.describe_due = False
        self.described = now()
        if self.frame:
            metrics = dict(zip(protocol.METRICS[self.plane.points.task], self.status.metrics))
            self.plane.describe(self.experiment, metrics, self.status.epoch)
            self.charts.describe(self.status.epoch, self.status.metrics)
            self.strip.describe()
            self.representation.describe(self.experiment)

    def restyle(self):
        self.shading = palette.shading()
        self.plane.restyle()
        self.representation.restyle()
        self.strip.restyle()
        self.charts.restyle()
        self.look()

    def resize(self):
        self.plane.restyle()
        self.representation.restyle()
        self.strip.resize()
        self.charts.resize()
        self.look()


def rail_position(experiment):
    """Where on the rail an experiment puts the playhead."""
    names = shape.layer_names(experiment)
    return names.index(shape.shown_layer(experiment).name) + shape.shown_morph(experiment)


def complain(complaints):
    """Says what of the address was not understood."""
    if complaints:
        messages.show("Not all of the address was understood. " + " ".join(complaints))


def say_unseen(sheets):
    """Says that the page may look wrong: style sheets did not come."""
    text = "This page may look wrong: %s did not load." % sheets
    messages.show(text, button="Reload the page", action=window.watchdog.reload)


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


# MicroPython would collect garbage after every 16 kB, several times a frame.
gc.threshold(1 << 20)
page = Page()
await page.open()
