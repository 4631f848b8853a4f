"""The store: every change by its origin, what follows from it, and the way back."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import phase, store, wording
from page.store import Change, update
from spec import fields, shape
from tests.spec.strategies import examples, experiments


def running(**values):
    """The state of a page that is paused, with values in its fields."""
    return store.State({**fields.defaults(), **values}, phase.Phase(phase.PAUSED, phase.NOTHING, None, ""), ())


def typed(state, name, text):
    return update(state, Change(store.TYPED, store.ENTER, (name, text)))


def asked(state, kind, value=None):
    return update(state, Change(store.TYPED, kind, value))


@pytest.mark.parametrize(
    ("name", "text"),
    [("hidden_layers", "4, 3"), ("dataset", "xor"), ("seed", "5"), ("data_seed", "5"), ("batch_size", "7")],
)
def test_another_network_is_made_and_what_was_said_of_the_old_one_goes(name, text):
    state, effects = typed(running(), name, text)
    assert fields.text_of(name, state.experiment[name]) == text
    assert state.phase.state == phase.LOADING and state.phase.waiting == phase.NETWORK
    assert effects.index(store.CLEAR) < effects.index(store.NETWORK) < effects.index(store.PICTURE)
    assert store.ADDRESS in effects and store.CONTROLS in effects


@pytest.mark.parametrize(
    ("name", "text"), [("learning_rate", "0.3"), ("shading", "classes"), ("grid", "off"), ("speed", "5")]
)
def test_the_run_goes_on_with_what_does_not_make_it_another(name, text):
    before = running()
    state, effects = typed(before, name, text)
    assert state.phase == before.phase
    assert store.NETWORK not in effects and store.CLEAR not in effects


def test_a_wrong_entry_is_an_error_and_changes_nothing():
    before = running()
    kept = copy.deepcopy(before)
    with pytest.raises(ValueError, match="Batch size must be"):
        typed(before, "batch_size", "none")
    assert before == kept


def test_a_layer_that_was_chosen_is_led_to_and_one_that_was_passed_is_not():
    state, effects = typed(running(), "layer", "fc1")
    assert state.experiment["layer"] == "fc1"
    assert store.GLIDE in effects
    moved, effects = update(state, Change(store.PLAYHEAD, store.SET, {"layer": "fc1", "morph": 0.25}))
    assert moved.experiment["morph"] == 0.25
    assert store.GLIDE not in effects
    assert store.ADDRESS_SOON in effects and store.ADDRESS not in effects
    assert store.CONTROLS not in effects, "the layer is the same"


def test_the_logits_are_shown_unless_another_layer_is_chosen():
    assert typed(running(layer="fc1"), "layer", "fc2")[0].experiment["layer"] == ""


def test_a_layer_that_another_network_lacks_is_forgotten():
    state, _ = typed(running(hidden_layers=(8, 8), layer="tanh2", morph=0.5), "hidden_layers", "8")
    assert (state.experiment["layer"], state.experiment["morph"]) == ("", 0.0)


def test_new_weights_keep_the_data_they_were_trained_on():
    before = running(seed=7)
    state, effects = update(before, Change(store.TYPED, store.SET, store.new_weights(before.experiment)))
    assert (state.experiment["seed"], state.experiment["data_seed"]) == (8, 7)
    assert store.NETWORK in effects
    again, _ = update(state, Change(store.TYPED, store.SET, store.new_weights(state.experiment)))
    assert (again.experiment["seed"], again.experiment["data_seed"]) == (9, 7)
    last = running(seed=fields.SEED_LIMIT - 1)
    assert store.new_weights(last.experiment) == {"seed": 0, "data_seed": fields.SEED_LIMIT - 1}


def test_play_starts_a_run_afresh_that_diverged():
    diverged = store.State(fields.defaults(), phase.Phase(phase.DIVERGED, phase.NOTHING, None, ""), ())
    state, effects = asked(diverged, store.PLAY)
    assert effects[:2] == (store.CLEAR, store.NETWORK)
    assert (state.phase.state, state.phase.until) == (phase.LOADING, phase.FOREVER)


def test_another_learning_rate_after_divergence_is_told():
    diverged = store.State(fields.defaults(), phase.Phase(phase.DIVERGED, phase.NOTHING, None, ""), ())
    state, effects = typed(diverged, "learning_rate", "0.001")
    assert store.SAY_DIVERGED in effects
    assert state.phase.state == phase.DIVERGED
    assert store.SAY_DIVERGED not in typed(diverged, "grid", "off")[1]


@pytest.mark.parametrize("kind", [store.PLAY, store.STEP, store.RESET, store.SEEK])
def test_a_lab_that_is_lost_is_started_again_by_what_needs_it(kind):
    lost = store.State(fields.defaults(), phase.after(phase.FIRST, "lab lost"), ())
    state, effects = asked(lost, kind, 0)
    assert effects[0] == store.LAB
    assert state.phase.state == phase.LOADING


def test_the_playhead_and_the_run_start_no_lab():
    lost = store.State(fields.defaults(), phase.after(phase.FIRST, "lab lost"), ())
    for origin in (store.PLAYHEAD, store.REPORTED):
        state, effects = update(lost, Change(origin, store.SET, {"morph": 0.5}))
        assert store.LAB not in effects
        assert state.phase == lost.phase


def test_a_step_ends_the_epoch_under_way():
    assert asked(running(), store.STEP, 4)[0].phase.until == 5
    making = store.State(fields.defaults(), phase.after(phase.FIRST, "lab ready"), ())
    assert asked(making, store.STEP, 4)[0].phase.until == 1


# Undo.


def test_undo_goes_back_one_change_at_a_time():
    first = running()
    second, _ = typed(first, "learning_rate", "0.3")
    third, _ = typed(second, "hidden_layers", "4")
    back, effects = store.undo(third)
    assert back.experiment == second.experiment
    assert store.NETWORK in effects and store.CONTROLS in effects
    back, effects = update(back, Change(store.TYPED, store.UNDO, None))
    assert back.experiment == first.experiment
    assert store.NETWORK not in effects
    assert store.undo(back) == (back, ())


def test_a_way_of_the_playhead_and_a_pull_at_a_slider_are_one_change():
    state = running()
    for share in (0.1, 0.2, 0.3):
        state, _ = update(state, Change(store.PLAYHEAD, store.SET, {"layer": "fc1", "morph": share}))
    for speed in (5, 10, 20):
        state, _ = update(state, Change(store.TYPED, store.SET, {"speed": speed}))
    assert len(state.past) == 2
    state, _ = store.undo(state)
    assert state.experiment["speed"] == 60
    state, effects = store.undo(state)
    assert state.experiment == fields.defaults()
    assert store.GLIDE in effects


def test_what_the_run_reports_is_nothing_to_be_undone():
    state, _ = update(running(), Change(store.REPORTED, store.SET, {"learning_rate": 0.3}))
    assert state.experiment["learning_rate"] == 0.3
    assert state.past == ()


def test_the_past_has_an_end():
    state = running()
    for seed in range(store.MOST_STEPS + 20):
        state, _ = typed(state, "seed", str(seed + 1))
    assert len(state.past) == store.MOST_STEPS
    assert state.past[-1].before["seed"] == store.MOST_STEPS + 19


changes = st.one_of(
    st.tuples(st.sampled_from([store.LINKED, store.TOLD]), st.just(store.EXPERIMENT), experiments().map(dict)),
    st.tuples(st.just(store.TYPED), st.just(store.SET), st.fixed_dictionaries({"seed": st.integers(0, 9)})),
    st.tuples(st.just(store.TYPED), st.sampled_from([store.PLAY, store.PAUSE, store.RESET, store.SEEK]), st.none()),
    st.tuples(st.just(store.REPORTED), st.sampled_from(["shown", "lab lost", "diverged", "rested"]), st.none()),
)


@examples(100)
@given(st.lists(changes, max_size=8))
def test_any_changes_can_all_be_undone(order):
    state = running()
    first = state.experiment
    for change in order:
        before = copy.deepcopy(state)
        after, effects = update(state, Change(*change))
        assert state == before, "a state is never altered"
        if not fields.same_run(after.experiment, state.experiment):
            assert store.NETWORK in effects
            assert after.phase.state == phase.LOADING
        state = after
    while state.past:
        state, _ = store.undo(state)
    assert state.experiment == first
    shape.check(state.experiment)


@pytest.mark.parametrize(
    ("kind", "value", "chooses"),
    [
        (store.ENTER, ("dataset", "xor"), True),
        (store.ENTER, ("dataset", "circle"), True),
        (store.ENTER, ("learning_rate", "0.1"), False),
        (store.SET, {"dataset": "xor"}, True),
        (store.SET, {"seed": 4}, False),
        (store.EXPERIMENT, fields.defaults(), True),
        (store.UNDO, None, True),
        (store.PLAY, None, False),
    ],
)
def test_what_chooses_a_data_set(kind, value, chooses):
    """Whoever chooses one, even that which is there, waits for no other one any more."""
    before = store.first(fields.defaults())
    change = store.Change(store.TYPED, kind, value)
    assert store.chooses_data(before, store.update(before, change)[0], change) is chooses


def test_a_set_that_is_picked_brings_its_network_unless_another_was_chosen():
    state, _ = typed(running(), "dataset", "squares")
    experiment = state.experiment
    assert (experiment["hidden_layers"], experiment["activation"], experiment["optimizer"]) == (
        (32, 16),
        "relu",
        "adam",
    )
    assert wording.settings_words(experiment) == "Set for this data: 32, 16, ReLU, Adam."
    back, _ = typed(state, "dataset", "circle")
    assert back.experiment == fields.defaults()
    assert wording.settings_words(back.experiment) == ""
    # Whoever has chosen anything of the network keeps all of it.
    chosen, _ = typed(typed(running(), "learning_rate", "0.3")[0], "dataset", "squares")
    assert chosen.experiment == {**fields.defaults(), "learning_rate": 0.3, "dataset": "squares"}
    assert wording.settings_words(chosen.experiment) == ""


def test_a_link_has_the_network_that_it_says():
    assert fields.from_query("dataset=squares")[0] == {**fields.defaults(), "dataset": "squares"}


def test_another_set_has_no_table():
    own = running(dataset="own", table="ab")
    state, _ = typed(own, "dataset", "xor")
    assert state.experiment["table"] == ""
    assert store.with_table(state.experiment, "cd")["table"] == "cd"
    assert store.chooses_data(own, running(dataset="own", table="cd"), Change(store.TYPED, store.SET, {}))


def test_a_slice_is_chosen_column_by_column_and_ended():
    state = running(dataset="iris")
    state, effects = typed(state, "across", "2")
    assert (state.experiment["across"], state.experiment["up"]) == ("2", "0") and store.PLANE in effects
    assert store.NETWORK not in effects and state.phase == running(dataset="iris").phase
    state, _ = typed(state, "up", "2")
    assert (state.experiment["across"], state.experiment["up"]) == ("0", "2"), "they change places"
    state, effects = typed(state, "through", "17")
    assert state.experiment["through"] == 17 and store.PLANE in effects
    with pytest.raises(ValueError, match="from 0 to 149; “150” is out of range"):
        typed(state, "through", "150")
    with pytest.raises(ValueError, match="one of the columns 0, 1, 2, 3; “7” is not"):
        typed(state, "up", "7")
    state, effects = typed(state, "up", "")
    assert [state.experiment[name] for name in ("across", "up", "through")] == ["", "", None]
    assert store.PLANE in effects


def test_another_set_begins_without_a_slice_and_with_inputs_that_it_has():
    state, _ = typed(running(dataset="iris", across="1", up="2", through=3), "inputs", "0, 1, 2")
    assert state.experiment["inputs"] == ("0", "1", "2") and state.experiment["across"] == "1"
    state, _ = typed(state, "dataset", "circle")
    assert [state.experiment[name] for name in ("inputs", "across", "up", "through")] == [(), "", "", None]
    state, _ = typed(state, "inputs", "x2, y")
    assert state.experiment["inputs"] == ("y", "x2"), "in the order in which they are offered"
    state, _ = typed(state, "dataset", "xor")
    assert state.experiment["inputs"] == ("y", "x2")
    state, _ = typed(state, "inputs", "y, x")
    assert state.experiment["inputs"] == (), "what the data have by themselves is no choice"


def test_a_slice_is_shown_as_far_as_there_is_one():
    sliced = running(dataset="iris", across="1", up="3", through=149).experiment
    shown = [wording.text(sliced, name) for name in ("across", "up", "through")]
    assert shown == ["1", "3", "149"] and wording.slice_words(sliced) == "slice at point 149"
    beyond = {**sliced, "through": 150}
    assert wording.text(beyond, "through") == "" and wording.slice_words(beyond) == "slice at the means"
    same = {**sliced, "up": "1"}
    assert [wording.text(same, name) for name in ("across", "up", "through")] == ["", "", ""]
    assert wording.slice_words(same) == "" and wording.hidden(same)["through"]
    assert wording.plane_columns(sliced) == ("sepal width", "petal width")
    assert wording.axis_names(same) == ("principal component 1", "principal component 2")
    assert not wording.hidden(same)["across"] and wording.hidden(fields.defaults())["across"]
