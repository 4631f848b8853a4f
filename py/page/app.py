"""Puts the page together: passes changes to the store, carries out the effects that follow, and updates the views."""

from pyscript import document, window
from pyscript.ffi import create_proxy
from scripts import addressRefused

from page import messages, phase, run_words, store, tables
from page.address import Address
from page.dom import by_id, let_browser_work, listen, now, set_text
from page.loading import Loading
from page.loop import Loop
from page.run_client import RunClient
from page.status import Status
from page.views import Views
from page.workers import PATIENCE, Lab
from spec import fields, protocol, shape, texts

# The intervals, in milliseconds, at which the canvases' labels, for people who hear the page, are updated: in
# training, and otherwise.
DESCRIBE_EVERY = 1000
DESCRIBE_STILL_EVERY = 200
# If making a network takes longer than this, in milliseconds, the previous picture, dimmed by then, is removed. For a
# quicker network an empty view would only flicker.
EMPTY_AFTER = 150
# Words in errors of Python, NumPy and browsers that mean that memory is full.
OUT_OF_MEMORY = ("memoryerror", "unable to allocate", "out of memory", "not allocate", "allocation failed")
RECORDING = "A recording is shown while Python loads."
RECORDED = "A recording of this network as it learns, until Python is there."
UNSEEN = "Nobody looked for five minutes; press Play to go on."


class App:
    """The page. `open` must have run before any other method is called."""

    async def open(self):
        """Builds the page, beginning with what takes longest to be ready.

        Importing a module takes MicroPython milliseconds. Modules that the lab's start does not need are imported here,
        one after the other, so that the browser can draw and handle events in between.
        """
        self.address = Address(self.experiment)
        experiment, complaints, play = self.address.read()
        # The state that waits for a table, see `wait_for_table`; None if none does.
        self.waiting = None
        linked = experiment
        if tables.is_missing(experiment):
            experiment = dict(experiment, dataset=fields.defaults()["dataset"])
        self.state = store.first(experiment)
        self.opened = False
        self.controls = self.transport = self.rail = self.recording = None
        self.described = 0
        # The timer after which the labels are updated, and the time for which it is set; None if it is not.
        self.describe_timer = None
        self.describe_at = None
        self.describe_proxy = create_proxy(self.describe_now)
        # When the last network was asked for, in milliseconds.
        self.network_asked = 0
        self.empty_proxy = create_proxy(self.empty_views)
        self.calm = window.matchMedia("(prefers-reduced-motion: reduce)")
        self.views = Views()
        self.loading = Loading()
        self.lab = Lab(self.loading.progress, self.lab_ready, self.lab_lost, self.lab_quiet)
        self.run = RunClient(self.lab, self.run_opened, self.run_answered)
        self.status = self.views.add(Status(self.run))
        self.loop = Loop(self.run, lambda: self.state, self.draw, self.advance, lambda: True, self.rest_unseen)
        self.effects = {
            store.LAB: self.start_lab,
            store.NETWORK: self.make_network,
            store.DATA: self.change_data,
            store.PLANE: self.lay_plane,
            store.CONTROLS: self.show_experiment,
            store.ADDRESS: self.address.write,
            store.ADDRESS_SOON: self.address.write_soon,
            store.GLIDE: self.lead_playhead,
            store.PICTURE: self.request_picture,
            store.CLEAR: messages.clear,
            store.SAY_DIVERGED: self.say_diverged,
            store.TRAIN: self.loop.begin_to_train,
            store.WAKE: self.loop.wake,
        }
        self.follow_visibility()
        listen(document, "visibilitychange", lambda event: self.follow_visibility())
        self.loading.show(self.state.phase)
        self.lab.start()
        if linked is not experiment:
            self.do(store.REPORTED, store.EXPERIMENT, linked)
        await let_browser_work()

        from page.controls import Controls
        from page.panels import Panels
        from page.transport import Transport

        self.panels = Panels()
        self.controls = Controls(self.experiment, self.enter, self.new_weights)
        self.transport = Transport(self.play_or_pause, self.step, self.reset, self.set_speed)
        self.show_experiment()
        if self.state.phase.state != phase.ERROR:
            complain(complaints)
        # Repeats what a person has already done with the controls, which were there before Python.
        window.early.say = create_proxy(messages.show)
        window.early.replay()
        await let_browser_work()

        show_source()

        from page.plots.highlight import Highlight
        from page.plots.plane import Plane
        from page.recording import Recording

        self.recording = Recording(
            lambda: self.waiting or self.state, self.is_calm, self.recording_begins, self.loading.tell_recording
        )
        highlight = self.views.add(Highlight(self.request_picture))
        self.plane = plane = self.add_view(Plane(highlight, self.loop.draw_soon, self.cut_through))
        await let_browser_work()

        from page.plots.readout import Readout

        self.readout = self.views.add(Readout(highlight))
        await let_browser_work()

        from page.plots.representation import Representation

        representation = self.add_view(Representation(highlight, self.request_picture, self.loop.draw_soon))
        await let_browser_work()

        from page.rail import Rail

        self.rail = Rail(self.playhead_moved, self.go_to, self.travel)
        self.rail.begin(self.state.experiment)
        self.add_view(self.rail)
        await let_browser_work()

        from page.strip import Strip

        self.strip = Strip(
            self.rail, plane, self.show_neuron, self.go_to_layer, self.change_network, self.request_picture
        )
        self.strip.begin(self.state.experiment)
        self.add_view(self.strip)
        await let_browser_work()

        from page.sentence import Sentence

        self.views.add(Sentence(lambda: self.state.phase.state, self.rail))
        await let_browser_work()

        from page.tour import Tour

        # For a person who wants no motion the tour starts paused.
        self.views.add(Tour(representation, self.loop.wake, self.calm.matches))
        await let_browser_work()

        from page.timeline import Timeline

        timeline = self.views.add(Timeline(self.seek, self.loop.go_on_from_here, self.loop.sought))
        await let_browser_work()

        from scripts import uplot

        from page.charts import Charts

        charts = self.add_view(Charts(await uplot(), timeline))
        self.loop.wants_history = charts.due
        from page.rate_curve import RateCurve

        self.views.add(RateCurve(charts.uplot))
        await let_browser_work()

        from page import canvas, palette

        palette.start(self.restyle)
        self.address.follow(self.follow_address)
        self.opened = True
        # The experiment may have changed since the views were built.
        self.views.tell("begin", self.state.experiment)
        self.recording.show_again()
        self.request_picture()
        observer = window.ResizeObserver.new(create_proxy(lambda entries, observer: self.resize()))
        # The strip's width follows from its columns, and their width from the scroller.
        for identifier in ("boundary", "loss-chart", "strip", "network-scroller"):
            observer.observe(by_id(identifier))
        canvas.follow_ratio(self.resize)
        window.watchdog.opened()
        self.status.show(self.state.phase)
        from page.extras import Extras

        self.extras = Extras(self)
        if self.state.phase.state == phase.ERROR:
            return
        if window.watchdog.unseen.length:
            say_unseen(window.watchdog.unseen.join(", "))
        refused = addressRefused()
        if refused:
            messages.show("The page could not be opened with its address and begins with the defaults. (%s)" % refused)
        if play and not phase.is_playing(self.state.phase):
            self.play_or_pause()

    def experiment(self):
        """The present experiment."""
        return self.state.experiment

    def do(self, origin, kind, value=None, is_late=False):
        """Updates the state by a change and carries out its effects. Raises ValueError for an entry not allowed.

        `is_late`: the change has waited; the message is then left, as it may be about something since.
        """
        before, change = self.state, store.Change(origin, kind, value)
        state, effects = store.update(before, change)
        if tables.is_missing(state.experiment):
            self.wait_for_table(change, state)
            return
        if store.chooses_data(before, state, change):
            self.waiting = None
        self.state = state
        if self.recording and self.recording.is_shown() and not self.recording.fits():
            self.stop_recording()
        for effect in effects:
            if not (is_late and effect == store.CLEAR):
                self.effects[effect]()
        if self.state.phase != before.phase:
            self.show_phase()

    def wait_for_table(self, change, state):
        """Fetches the table that a state's experiment needs, and only then makes the change that leads to it.

        Until then, or if the table cannot be fetched, everything goes on as it was.
        """
        self.waiting = state
        messages.clear()

        def make(values):
            if self.waiting is not state:
                return
            if change.kind == store.EXPERIMENT:
                self.do(change.origin, change.kind, dict(change.value, **values), is_late=True)
            elif values:
                self.do(change.origin, store.SET, values, is_late=True)
            else:
                self.do(*change, is_late=True)

        def complain(why):
            if self.waiting is state:
                self.waiting = None
                self.show_experiment()
                if tables.is_own(state.experiment):
                    messages.show(why)
                else:
                    messages.show(why, button="Try again", action=lambda: self.wait_for_table(change, state))

        tables.fetch(state.experiment, make, complain)

    def report(self, event, value=None):
        """Puts an event of `phase.EVENTS` into the store."""
        self.do(store.REPORTED, event, value)

    # What a person does.

    def enter(self, name, text):
        self.do(store.TYPED, store.ENTER, (name, text))

    def use_table(self, key):
        """Goes over to a person's own table, which is there, and plays."""
        self.do(store.TYPED, store.SET, store.with_table(self.state.experiment, key))
        if not phase.is_playing(self.state.phase):
            self.play_or_pause()

    def draw_on(self, values):
        """Goes over to data on which a person has drawn, given by the fields that say which; the network stays."""
        self.do(store.TYPED, store.DRAW, values)

    def new_weights(self):
        self.do(store.TYPED, store.SET, store.new_weights(self.state.experiment))

    def set_speed(self, speed):
        self.do(store.TYPED, store.SET, {"speed": speed})

    def play_or_pause(self):
        self.do(store.TYPED, store.PAUSE if phase.is_playing(self.state.phase) else store.PLAY)
        self.rest_if_all_is_known()

    def step(self):
        """Trains to the end of the present epoch, which is the one that is being gone to, if any is."""
        sought = self.loop.sought()
        self.do(store.TYPED, store.STEP, self.run.epoch if sought is None else sought)
        self.loop.go_on = True

    def reset(self):
        """Starts the experiment again, with the same initial weights and the same order of batches."""
        self.do(store.TYPED, store.RESET)

    def seek(self, epoch):
        """Goes to an epoch of the run so far, and pauses there."""
        self.loop.go_to(epoch)
        self.do(store.TYPED, store.SEEK)
        self.rest_if_all_is_known()

    def rest_unseen(self):
        """Pauses a run that nobody has looked at for a long time, and says why."""
        self.do(store.REPORTED, store.PAUSE, UNSEEN)
        self.rest_if_all_is_known()

    def follow_address(self):
        experiment, complaints, play = self.address.read()
        messages.clear()
        self.views.tell("leave_for_link")
        self.do(store.LINKED, store.EXPERIMENT, experiment)
        complain(complaints)
        if play and not phase.is_playing(self.state.phase):
            self.play_or_pause()

    def follow_visibility(self):
        """Stops drawing while the page is hidden, and draws at once when it is visible again."""
        self.loop.set_hidden(document.hidden)

    def go_to(self, index):
        """Sends the playhead to the layer with this number."""
        self.go_to_layer(self.rail.names[index])

    def go_to_layer(self, name):
        self.do(store.TYPED, store.ENTER, ("layer", name))

    def travel(self):
        self.rail.travel()
        self.loop.wake()

    def playhead_moved(self, position):
        """Lets the views follow the playhead; the experiment too, unless it has sent the playhead on its way itself."""
        if self.rail.is_sent():
            self.request_picture()
        else:
            seen = self.rail.seen(self.state.experiment)
            layer = "" if seen["layer"] == shape.logits_layer(seen) else seen["layer"]
            self.do(store.PLAYHEAD, store.SET, {"layer": layer, "morph": seen["morph"]})

    def show_neuron(self, layer, index):
        """Shades the plane by a neuron; if it is shaded by that neuron already, by probability again."""
        experiment = self.state.experiment
        if experiment["shading"] == "neuron" and shape.shown_neuron(experiment) == (layer, index):
            values = {"shading": "probability"}
        else:
            values = {"shading": "neuron", "neuron": shape.neuron_name(layer, index)}
        self.do(store.TYPED, store.SET, values)

    def change_network(self, hidden_layers):
        self.controls.enter("hidden_layers", hidden_layers)

    # What follows.

    def show_phase(self):
        now_in = self.state.phase
        self.loading.show(now_in)
        if self.transport:
            self.transport.show_playing(phase.is_playing(now_in))
        self.status.show(now_in)

    def show_experiment(self):
        if self.controls:
            self.controls.show()
            self.transport.show_speed(self.state.experiment["speed"])

    def add_view(self, view):
        """Adds a view that shows the recording as well, and returns it."""
        self.recording.add(view)
        return self.views.add(view)

    def is_calm(self):
        """Whether a person wants nothing to move by itself."""
        return self.calm.matches

    def recording_begins(self):
        self.status.announce(RECORDING)
        set_text(by_id("sentence"), RECORDED)

    def stop_recording(self):
        """Lets the views show nothing, because the recording does not show what was chosen."""
        self.recording.end()
        self.loading.tell_recording(None)
        self.views.tell("begin", self.state.experiment)
        self.views.tell("empty")
        if self.run.data:
            self.views.tell("opened", self.run)

    def make_network(self):
        """Has the lab make the network; from now on the page shows nothing of the previous run."""
        self.run.renew()
        self.loop.begin()
        if not self.opened:
            return
        self.views.tell("begin", self.state.experiment)
        self.network_asked = now()
        window.setTimeout(self.empty_proxy, EMPTY_AFTER)

    def change_data(self):
        """Has the lab go over to other data, with the network that there is: another run, which begins there."""
        self.run.renew(keeps_network=True)
        self.loop.begin()
        self.views.tell("begin", self.state.experiment)

    def cut_through(self, row):
        """Has the slice that is shown go through a point, by its row, or through the means, None."""
        if self.state.experiment["through"] != row:
            self.do(store.TYPED, store.SET, {"through": row})

    def lay_plane(self):
        """Has the plane lie otherwise; the run goes on."""
        self.run.plane_due = True
        self.loop.look_again()

    def empty_views(self):
        """Removes the previous network's picture, unless the new one is there or another was asked for meanwhile."""
        if self.run.data is None and now() - self.network_asked >= EMPTY_AFTER - 1:
            self.views.tell("empty")

    def start_lab(self):
        if self.opened and self.extras.superseded():
            # The lab's files would belong to another version than the page.
            window.location.reload()
            return
        messages.clear()
        self.make_network()
        self.lab.start()

    def start_lab_again(self):
        self.report("lab asked")
        self.start_lab()

    def lead_playhead(self):
        """Lets the playhead glide to the experiment's layer and morph."""
        if self.rail:
            experiment = self.state.experiment
            self.rail.go(self.rail.place(experiment))

    def say_diverged(self):
        messages.show(run_words.divergence(self.run.step, self.state.experiment["learning_rate"]))

    # What the lab says.

    def lab_ready(self):
        self.run.lab_ready(True)
        self.report("lab ready")
        self.loop.wake()

    def lab_quiet(self):
        """Says that the lab does not answer. It may still start, and then the message goes away."""
        self.report("lab quiet")
        messages.show(
            "The lab has not answered for %d seconds. On a slow network it may still." % PATIENCE,
            button="Start the lab again",
            action=self.start_lab_again,
        )
        generation = self.lab.generation

        def say(found):
            if found and generation == self.lab.generation and self.state.phase.state == phase.ERROR:
                self.lab_lost(found)

        # The pack is not checked: a damaged one would cause an error, not silence, and it may still be loading.
        window.watchdog.damaged(False).then(create_proxy(say))

    def lab_lost(self, reason):
        has_answered = self.lab.has_answered
        self.lab.stop()
        self.run.lab_ready(False)
        self.report("lab lost")
        self.views.tell("lost")
        if any(words in reason.lower() for words in OUT_OF_MEMORY):
            text = (
                "There is not enough memory for the lab: training this network takes about %s, beside Python itself. "
                "Close other tabs or programs, or choose a smaller network."
            ) % texts.bytes_in_words(shape.memory_needed(self.state.experiment))
        elif not has_answered:
            self.say_why_not(reason)
            return
        else:
            text = "The lab has stopped: %s" % _sentence(reason)
        messages.show(text + " Your experiment is kept.", button="Start the lab again", action=self.start_lab_again)

    def say_why_not(self, reason):
        """Says that the lab could not start. All files are checked; if one is damaged, the message names it."""
        text = "The lab could not start: %s Your experiment is kept."
        generation = self.lab.generation

        def say(found):
            if generation == self.lab.generation:
                words = "%s (%s)" % (found, reason) if found and found != reason else _sentence(reason)
                messages.show(text % words, button="Reload the page", action=window.watchdog.reload)

        say("")
        window.watchdog.damaged(True).then(create_proxy(say))

    def run_opened(self):
        if not self.run.due:
            # The recording stays until the run has a picture.
            if not self.recording.is_shown():
                self.views.tell("opened", self.run)
            self.request_picture()
        self.loop.ask()

    def run_answered(self):
        run = self.run
        # An answer for a run that has to be opened again is ignored.
        if not run.due:
            self.take_answer(run)
            self.loop.drawing_due = True
        self.loop.answered()

    def take_answer(self, run):
        if self.recording.is_shown():
            # The run takes over in one step.
            self.loading.tell_recording(None)
            self.views.tell("opened", run)
        self.recording.end()
        self.views.tell("answered", run)
        if run.picture:
            # A picture that is only being refined has no pixels.
            if getattr(run.picture, "pixels", None):
                self.views.tell("drawn", run.picture)
                self.readout.tell(not self.is_training())
            # A picture that is not fine gets finer with further requests, as long as nothing is trained.
            if run.picture.moving or not (run.picture.fine or self.is_training()):
                self.loop.look_again()
        self.follow_live(run)
        if self.state.phase.waiting:
            self.lab.settled()
            if self.state.phase.state == phase.ERROR:
                messages.clear()
            self.report("shown")
            self.extras.start()
        is_there = self.loop.sought() is None
        if run.diverged and self.state.phase.state != phase.DIVERGED and is_there:
            self.report("diverged")
            self.loop.look_again()
            self.say_diverged()
        if run.stopped and phase.wants_training(self.state.phase) and is_there and not self.loop.goes_on():
            data = shape.shape_of(self.state.experiment)
            reason = run_words.stop_words(run.live["stop_at"], data.rows - data.training)
            self.do(store.REPORTED, store.PAUSE, reason)
        until = self.state.phase.until
        if until is not None and until != phase.FOREVER and run.epoch >= until and is_there:
            self.report("arrived")
            self.loop.look_again()
        self.rest_if_all_is_known()
        self.describe()

    def follow_live(self, run):
        """Puts the live values at the run's present step, after it was taken back, into the experiment."""
        asked = run.asked_live
        if run.live != asked and all(asked[name] == self.state.experiment[name] for name in asked):
            self.do(store.REPORTED, store.SET, run.live)

    def heard(self):
        """The loss, None if it is not known, and whether the run is training, see `page.listen`."""
        return (self.run.metrics or {}).get("train_loss"), self.state.phase.state == phase.TRAINING

    def is_training(self):
        """Whether training is asked for, or a request that may train is still on its way."""
        return phase.wants_training(self.state.phase) or self.run.may_train()

    def rest_if_all_is_known(self):
        """Reports that training has paused, once nothing more is expected of it.

        Before that, answers to earlier requests may still come, and the metrics of the last step may be missing.
        """
        if self.state.phase.state == phase.TRAINING and not self.is_training() and self.run.measured:
            self.report("rested")

    # What is seen.

    def seen(self):
        """The experiment as it is looked at: at the playhead, and shaded by the neuron that is pointed at."""
        return self.strip.seen(self.rail.seen(self.state.experiment))

    def request_picture(self):
        """Tells the lab what to draw, once the views have been built."""
        if not self.opened:
            return
        seen = self.seen()
        self.views.tell("follow", seen)
        wants = self.views.wants(seen)
        wants["calm"] = self.calm.matches
        self.loop.set_view(protocol.view(seen, wants))
        self.loop.draw_soon()

    def advance(self, seconds):
        """Advances everything that moves by itself by `seconds`. Returns whether anything is still moving."""
        if not self.opened:
            return False
        moving = self.views.tell("advance", seconds, self.calm.matches)
        if moving:
            self.request_picture()
        return moving

    def draw(self):
        return self.opened and self.views.tell("draw", self.calm.matches)

    def describe(self):
        """Updates the canvases' labels, which say what they show: soon after a change, seldom while training."""
        every = DESCRIBE_EVERY if self.state.phase.state == phase.TRAINING else DESCRIBE_STILL_EVERY
        at = self.described + every
        if self.describe_timer is not None:
            if self.describe_at <= at:
                return
            # It was set while training, which is over.
            window.clearTimeout(self.describe_timer)
        self.describe_at = at
        self.describe_timer = window.setTimeout(self.describe_proxy, max(0, at - now()))

    def describe_now(self):
        self.describe_timer = None
        self.described = now()
        if self.run.metrics and not self.run.due:
            self.views.tell("describe", self.seen(), self.run)

    def restyle(self):
        self.views.tell("restyle")
        self.recording.show_again()
        self.request_picture()

    def resize(self):
        self.views.tell("resize")
        self.request_picture()


def complain(complaints):
    """Says which parts of the address were not understood."""
    if complaints:
        messages.show("Not all of the address was understood. " + " ".join(complaints))


def say_unseen(sheets):
    """Says that the page may look wrong, because these style sheets did not load."""
    text = "This page may look wrong: %s did not load." % sheets
    messages.show(text, button="Reload the page", action=window.watchdog.reload)


def show_source():
    """Lets the link to the source lead to the repository, if the site's address names it, else to the code here."""
    host, path = window.location.hostname, window.location.pathname
    if host.endswith(".github.io"):
        by_id("source").href = "https://github.com/%s/%s" % (host.split(".")[0], path.strip("/").split("/")[0])
    else:
        by_id("source").href = "py/lab/network.py"


def _sentence(text):
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
