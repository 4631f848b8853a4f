"""The lab's run as the page knows it: the requests on their way to it, and its state by the last answer."""

from pyscript.ffi import create_proxy
from scripts import counters

from page import tables, wording
from page.dom import now, numbers
from page.plots.points import Points
from spec import protocol

# The id of the run that the page shows.
SEEN = "seen"
# The assumed time until an answer, in milliseconds, before one has been measured.
SLOW = 1000


class RunClient:
    """Calls the lab for a run. Calls `on_opened()` when the run has been opened, and `on_answer()` for each answer.

    Its attributes are: `data`, see `protocol.Opened`, and `points`, the `Points` of the data, both None before the run
    is open; `metrics`, an OrderedDict by name, None before the first answer; and, from the last answer, `epoch`,
    `step`, `last_epoch`, `live`, `diverged`, `stopped`, `measured`, `history`, `learning_rates`, `kept` and `picture`,
    see `protocol.Answer`.
    """

    def __init__(self, lab, on_opened, on_answer):
        self.lab, self.on_opened, self.on_answer = lab, on_opened, on_answer
        # ready: whether the lab answers. due: whether the run has to be opened. opening: whether it is being opened.
        self.ready = self.opening = False
        self.due = True
        # Whether the run that is due has the network of the one before.
        self.keeps_network = False
        # Whether the run's plane has to lie otherwise.
        self.plane_due = False
        # Whether the views go on showing what they show until the run, or its plane, has its first picture.
        self.keeps_picture = False
        # The experiment that the run was opened with, or that its plane lies by; None before.
        self.experiment = None
        # (request, time at which it was sent) of every request on its way.
        self.asked = []
        # How long the last answer took, in milliseconds, and the live values in its request.
        self.latency = SLOW
        self.asked_live = None
        self.forget()
        # Made once: a new proxy for every call would never be freed.
        self._opened_proxy = create_proxy(self._opened)
        self._answered_proxy = create_proxy(self._answered)
        self._lain_proxy = create_proxy(self._lain)

    def forget(self):
        """Forgets everything about the run."""
        self.data = self.metrics = self.live = self.history = self.kept = self.picture = None
        self.learning_rates = None
        self.points = None
        self.epoch = self.step = self.last_epoch = 0
        self.diverged = self.stopped = False
        self.measured = True

    def renew(self, keeps_network=False):
        """Marks the run as to be opened again; answers to earlier requests will be ignored.

        `keeps_network`: on other data, with the network that it has.
        """
        self.keeps_network = keeps_network and (self.keeps_network or not self.due)
        self.due = True
        self.forget()

    def lab_ready(self, ready):
        """Takes note of whether the lab answers. A lab that has just been started has no run."""
        self.ready = ready
        self.opening = self.keeps_network = False
        self.asked = []
        self.due = True

    def is_free(self, most):
        """Whether a request can be sent, so that no more than `most` are on their way."""
        return self.ready and not self.opening and len(self.asked) < most

    def sought(self):
        """The epoch that was asked for last and is still to come, or None."""
        epochs = [request.seek for request, _ in self.asked if request.seek is not None]
        return epochs[-1] if epochs else None

    def goes_on(self):
        """Whether a request on its way asks to go on after a stop."""
        return any(request.go_on for request, _ in self.asked)

    def may_train(self):
        """Whether a request on its way asks for training."""
        return any(request.steps > 0 for request, _ in self.asked)

    def open(self, experiment):
        """Opens the run."""
        self.due = self.plane_due = False
        self.opening = True
        self.keeps_picture = self.keeps_network
        self.experiment = experiment
        openings = [protocol.Opening(SEEN, experiment, True, protocol.BUDGET)]
        table = tables.of(experiment)
        more = () if table is None else (table,)
        self.lab.call(
            "go_on" if self.keeps_network else "open", protocol.write_openings(openings), self._opened_proxy, *more
        )

    def lie(self, experiment):
        """Has the plane of the run lie as an experiment says."""
        self.plane_due = False
        self.opening = True
        self.keeps_picture = True
        self.experiment = experiment
        openings = [protocol.Opening(SEEN, experiment, True, protocol.BUDGET)]
        self.lab.call("lie", protocol.write_openings(openings), self._lain_proxy)

    def ask(self, request):
        """Sends a `protocol.Request`."""
        self.asked.append((request, now()))
        self.lab.call("frame", protocol.write_requests([request]), self._answered_proxy)

    def take_opened(self, given):
        """Takes the answer to opening the run, see `protocol.Opened`."""
        self.data = protocol.read_opened(given)
        self.points = Points(self.data, *wording.words_of_points(self.experiment))

    def take_answer(self, given):
        """Takes the answer to a request, see `protocol.Answer`."""
        answer = protocol.read_answer(given, self.data.task, numbers)
        self.epoch, self.step, self.last_epoch = [int(count) for count in numbers(counters(given))]
        self.live, self.diverged, self.measured = answer.live, answer.diverged, answer.measured
        self.stopped = bool(answer.stopped)
        self.metrics = answer.metrics
        self.history, self.learning_rates, self.kept = answer.history, answer.learning_rates, answer.kept
        self.picture = answer.picture

    def _opened(self, answers):
        self.opening = False
        if not self.due:
            self.take_opened(answers[0])
        self.on_opened()

    def _lain(self, answers):
        """The plane lies otherwise. What was drawn of it before is not shown any more."""
        self.opening = False
        if not self.due:
            self.picture = None
            self.take_opened(answers[0])
        self.on_opened()

    def _answered(self, answers):
        request, sent = self.asked.pop(0)
        self.latency = now() - sent
        self.asked_live = request.live
        if not self.due:
            self.take_answer(answers[0])
        self.on_answer()
