"""The state of the page, and `update`, the only way in which it changes. Pure.

A change is plain data and says where it comes from. What has to be done outside of the state is returned as a tuple of
effects, which `app.App` carries out in order.
"""

from collections import namedtuple

from page import phase
from spec import fields, registry, shape

# Origins of changes: a person, the address, undo, a story, the run, and the playhead while it moves along the layers.
TYPED, LINKED, UNDONE, TOLD, REPORTED, PLAYHEAD = "typed", "linked", "undone", "told", "reported", "playhead"

# Kinds of changes of the experiment, and their values: a text is entered into a field, `(name, text)`; fields are set,
# values by name; an experiment replaces the present one; the last change is undone. Kinds of requests to the run: train
# until somebody says otherwise; train to the end of the present epoch, given the number of whole epochs; pause, given
# the reason or None; start again; show another epoch. The other kinds are the events of `phase.EVENTS`.
ENTER, SET, EXPERIMENT, UNDO = "enter", "set", "experiment", "undo"
PLAY, STEP, PAUSE, RESET, SEEK = "play", "step", "pause", "reset", "seek"
# A person has drawn: set several fields of the data, and go on with the network that there is.
DRAW = "draw"

Change = namedtuple("Change", ("origin", "kind", "value"))

# Effects: start a lab; make the network; show the experiment in the controls; write the address at once, or soon; let
# the playhead glide to the experiment's layer; tell the lab what to draw; remove the message; say again that training
# has diverged; begin or end training; wake the loop; go over to other data; let the plane lie otherwise.
DATA, PLANE = "change data", "lay plane"
LAB, NETWORK, CONTROLS, ADDRESS, ADDRESS_SOON = "start lab", "make network", "controls", "address", "address soon"
GLIDE, PICTURE, CLEAR, SAY_DIVERGED, TRAIN, WAKE = (
    "glide",
    "request picture",
    "clear message",
    "say diverged",
    "train",
    "wake",
)

# experiment: the choices; `layer` and `morph` are where the playhead was sent. phase: see `phase.Phase`. past: the
# `Step`s that can be undone, the newest last.
State = namedtuple("State", ("experiment", "phase", "past"))
# A change in the past: its origin, the names of the fields, and the experiment before it.
Step = namedtuple("Step", ("origin", "names", "before"))

# How many changes can be undone, and those of which origins.
MOST_STEPS = 100
UNDOABLE = (TYPED, LINKED, TOLD, PLAYHEAD)


def first(experiment):
    """The state that the page begins with."""
    return State(experiment, phase.FIRST, ())


def update(state, change):
    """`(state, effects)` after a change. Raises ValueError, with a sentence, for an entry that is not allowed."""
    kind, value = change.kind, change.value
    if kind in phase.EVENTS:
        return _with_phase(state, phase.after(state.phase, kind, value)), ()
    if kind in RUN:
        return RUN[kind](state, value)
    if kind == UNDO:
        return undo(state)
    if kind == DRAW:
        experiment = _with(state.experiment, value)
        effects = (CLEAR, DATA, CONTROLS, ADDRESS, PICTURE, WAKE)
        return State(experiment, state.phase, _past(state, experiment, change.origin)), effects
    experiment = EXPERIMENTS[kind](state.experiment, value)
    return _changed(state, experiment, change.origin, _past(state, experiment, change.origin))


def undo(state):
    """`(state, effects)` after undoing the last change of the experiment; the same state if there is none."""
    if not state.past:
        return state, ()
    return _changed(state, state.past[-1].before, UNDONE, state.past[:-1])


def chooses_data(before, after, change):
    """Whether a change, which leads from one state to another, chooses a data set, if only that which is there."""
    named = change.kind in (EXPERIMENT, UNDO) or (change.kind == ENTER and change.value[0] == "dataset")
    return named or bool(_differ(after.experiment, before.experiment, ("dataset", "table")))


# Changes of the experiment.


def entered(experiment, name, text):
    """The experiment after a person has put `text` into a field. Raises ValueError with what is allowed.

    Entering what a field shows by default is no choice. A neuron that is entered shades the plane. After a change of
    layer or network the playhead is at a layer, the default one if the network does not have the chosen one.
    """
    if name == "layer" and text == shape.logits_layer(experiment):
        text = ""
    if name == "dimensions" and text == fields.text_of(name, shape.shown_dimensions(dict(experiment, dimensions=()))):
        text = ""
    if name in shape.OWN and text.strip().rstrip("%").strip() == str(shape.own(experiment, name)):
        text = ""
    if name == "neuron":
        # Whoever chooses a neuron wants to see it.
        shown = shape.neuron_name(*shape.shown_neuron(experiment))
        if text.strip() in ("", shown):
            return _with(experiment, {"shading": "neuron"})
        shape.check_neuron(experiment, fields.parse(name, text))
        return _with(experiment, {"shading": "neuron", "neuron": text})
    if name in ("across", "up"):
        return _with(experiment, slice_for(experiment, name, fields.changed(experiment, name, text)[name]))
    result = fields.changed(experiment, name, text)
    if name == "inputs":
        chosen = shape.chosen_inputs(result)
        result["inputs"] = () if chosen == shape.own_inputs(result) else chosen
    if name == "dataset" and result["dataset"] != experiment["dataset"]:
        # Of a person's own tables the one that was used last.
        result["table"] = ""
        result.update(settings_for(experiment, result))
        result.update(NO_SLICE, inputs=inputs_for(experiment, result))
    if name == "layer" or not fields.same_run(result, experiment):
        layer = shape.shown_layer(result).name
        result["layer"] = "" if layer == shape.logits_layer(result) else layer
        result["morph"] = 0.0
    return result


def settings_for(before, experiment):
    """The values of `shape.SETTINGS` for an experiment's data set, which was picked after that of `before`.

    They are empty if a person has chosen another network than the one for the data set before.
    """
    defaults = fields.defaults()
    if any(before[name] != shape.settings_of(before).get(name, defaults[name]) for name in shape.SETTINGS):
        return {}
    settings = shape.settings_of(experiment)
    return {name: settings.get(name, defaults[name]) for name in shape.SETTINGS}


# The values of the fields for a plane that is no slice.
NO_SLICE = {"across": "", "up": "", "through": None}


def slice_for(experiment, name, key):
    """The values of the fields for a slice on which the column `key` varies `across` or `up`, as `name` says.

    The other column stays if it can. "" ends the slice.
    """
    keys = shape.sliceable(experiment)
    if not key:
        return NO_SLICE
    other = "up" if name == "across" else "across"
    second = experiment[other]
    if second == key:
        # They change places.
        second = experiment[name]
    if second not in keys or second == key:
        second = next(one for one in keys if one != key)
    return {name: key, other: second}


def inputs_for(before, experiment):
    """The inputs for an experiment's data set: the features of before if all can be had of it, else none are chosen."""
    chosen, offered = before["inputs"], shape.offered_inputs(experiment)
    return chosen if all(key in offered and key in registry.entries("feature") for key in chosen) else ()


def with_table(experiment, key):
    """The values of the fields for a person's own table, which is known by its key."""
    values = {"dataset": "own", "table": key}
    after = _with(experiment, values)
    values.update(settings_for(experiment, after), inputs=inputs_for(experiment, after), **NO_SLICE)
    return values


def new_weights(experiment):
    """The values of the fields for other weights on the same data: the next seed."""
    return {"seed": (experiment["seed"] + 1) % fields.SEED_LIMIT, "data_seed": fields.data_seed_of(experiment)}


EXPERIMENTS = {
    ENTER: lambda experiment, value: entered(experiment, *value),
    SET: lambda experiment, values: _with(experiment, values),
    EXPERIMENT: lambda experiment, value: value,
}


def _with(experiment, values):
    result = dict(experiment)
    result.update(values)
    return result


def _changed(state, experiment, origin, past):
    """`(state, effects)` after a change to another experiment: a new network is made, or the run continues."""
    before, now, effects = state.experiment, state.phase, []
    if now.state == phase.ERROR and origin not in (PLAYHEAD, REPORTED):
        now = phase.after(now, "lab asked")
        effects.append(LAB)
    if not fields.same_run(experiment, before):
        now = phase.after(now, "network asked")
        effects += [CLEAR, NETWORK]
    elif _differ(experiment, before, fields.names(fields.PLANE)):
        effects.append(PLANE)
    if NETWORK not in effects and origin != PLAYHEAD and _place(experiment) != _place(before):
        effects.append(GLIDE)
    if now.state == phase.DIVERGED and _differ(experiment, before, fields.names(fields.LIVE)):
        effects.append(SAY_DIVERGED)
    if origin != PLAYHEAD or experiment["layer"] != before["layer"]:
        effects.append(CONTROLS)
    effects += [ADDRESS_SOON if origin == PLAYHEAD else ADDRESS, PICTURE, WAKE]
    return State(experiment, now, past), tuple(effects)


def _place(experiment):
    return experiment["layer"], experiment["morph"]


def _differ(one, other, names):
    return [name for name in names if one[name] != other[name]]


def _past(state, experiment, origin):
    """The past with one more change. Consecutive moves of a slider, or of the playhead, count as one change."""
    names = tuple(_differ(experiment, state.experiment, fields.names()))
    if origin not in UNDOABLE or not names:
        return state.past
    last = state.past[-1] if state.past else None
    if last and last.origin == origin:
        slid = last.names == names and all(fields.FIELDS[name].control == fields.SLIDER for name in names)
        if slid or origin == PLAYHEAD:
            return state.past
    return (state.past + (Step(origin, names, state.experiment),))[-MOST_STEPS:]


# Requests to the run.


def _with_phase(state, now):
    return State(state.experiment, now, state.past)


def _recovered(state):
    """`(phase, effects)` before training: a lab that is gone, or a run that has diverged, is started again."""
    if state.phase.state == phase.ERROR:
        return phase.after(state.phase, "lab asked"), (LAB,)
    if state.phase.state == phase.DIVERGED:
        return phase.after(state.phase, "network asked"), (CLEAR, NETWORK)
    return state.phase, ()


def _play(state, _):
    now, effects = _recovered(state)
    return _with_phase(state, phase.after(now, "asked to train", phase.FOREVER)), effects + (TRAIN,)


def _step(state, epoch):
    """Trains to the end of the present epoch; `epoch` is the number of whole epochs so far."""
    now, effects = _recovered(state)
    until = 1 if now.waiting else epoch + 1
    return _with_phase(state, phase.after(now, "asked to train", until)), effects + (WAKE,)


def _pause(state, reason):
    return _with_phase(state, phase.after(state.phase, "asked to pause", reason)), (ADDRESS, TRAIN)


def _reset(state, _):
    if state.phase.state == phase.ERROR:
        return _with_phase(state, phase.after(state.phase, "lab asked")), (LAB, WAKE)
    return _with_phase(state, phase.after(state.phase, "network asked")), (CLEAR, NETWORK, WAKE)


def _seek(state, _):
    if state.phase.state == phase.ERROR:
        return _with_phase(state, phase.after(state.phase, "lab asked")), (LAB, WAKE)
    return _with_phase(state, phase.after(state.phase, "sought")), (CLEAR, WAKE)


RUN = {PLAY: _play, STEP: _step, PAUSE: _pause, RESET: _reset, SEEK: _seek}
