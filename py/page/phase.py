"""The state machine of the page: its phases, and the events that lead from one to another. Pure."""

from collections import namedtuple

LOADING, READY, TRAINING, PAUSED, DIVERGED, ERROR = "loading", "ready", "training", "paused", "diverged", "error"
# What the page waits for: a lab that answers, the network that was asked for, or nothing.
LAB, NETWORK, NOTHING = "lab", "network", ""
# Training goes on until somebody says otherwise.
FOREVER = -1

# state, waiting: see above. until: the epoch to train to, FOREVER, or None if no training is asked for. reason: a
# sentence that says why training was paused, or "".
Phase = namedtuple("Phase", ("state", "waiting", "until", "reason"))

FIRST = Phase(LOADING, LAB, None, "")


def is_playing(phase):
    """Whether training goes on until somebody says otherwise, as soon as it can begin."""
    return phase.until == FOREVER


def wants_training(phase):
    """Whether training is asked for, without end or up to an epoch."""
    return phase.until is not None


def after(phase, event, value=None):
    """The phase after an event, a key of `EVENTS`; `value` is what the event needs, if anything."""
    return EVENTS[event](phase, value)


def _network_asked(phase, _):
    """Another network is to be made, or the same again: playing goes on, training to an epoch does not."""
    return Phase(LOADING, LAB if phase.waiting == LAB else NETWORK, FOREVER if is_playing(phase) else None, "")


def _lab_asked(phase, _):
    return Phase(LOADING, LAB, FOREVER if is_playing(phase) else None, "")


def _lab_ready(phase, _):
    # A lab that seemed lost may start after all. The state is an error until the lab's first answer.
    return Phase(phase.state, NETWORK, phase.until, phase.reason)


def _lab_quiet(phase, _):
    return Phase(ERROR, phase.waiting, phase.until, "")


def _lab_lost(phase, _):
    return Phase(ERROR, LAB, None, "")


def _shown(phase, _):
    """The network's first picture has come."""
    return Phase(TRAINING if wants_training(phase) else READY, NOTHING, phase.until, "")


def _asked_to_train(phase, epoch):
    return Phase(phase.state if phase.waiting else TRAINING, phase.waiting, epoch, "")


def _asked_to_pause(phase, reason):
    return Phase(phase.state, phase.waiting, None, reason or "")


def _arrived(phase, _):
    """The epoch to train to has been reached."""
    return Phase(phase.state, phase.waiting, None, phase.reason)


def _rested(phase, _):
    """Training has ended, and the metrics of the last step are known."""
    if phase.state != TRAINING or wants_training(phase):
        return phase
    return Phase(PAUSED, NOTHING, None, phase.reason)


def _diverged(phase, _):
    return Phase(DIVERGED, NOTHING, None, "")


def _sought(phase, _):
    """The run is shown at another epoch; there it has not diverged."""
    return Phase(PAUSED if phase.state == DIVERGED else phase.state, phase.waiting, None, "")


EVENTS = {
    "network asked": _network_asked,
    "lab asked": _lab_asked,
    "lab ready": _lab_ready,
    "lab quiet": _lab_quiet,
    "lab lost": _lab_lost,
    "shown": _shown,
    "asked to train": _asked_to_train,
    "asked to pause": _asked_to_pause,
    "arrived": _arrived,
    "rested": _rested,
    "diverged": _diverged,
    "sought": _sought,
}
