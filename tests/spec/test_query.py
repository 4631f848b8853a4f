"""An experiment in the address: what is written is read back, and nothing that is read does harm."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec import fields, shape
from tests.spec.strategies import examples, experiments

# A rate may be a whole number; the others may be the data set's own.
MAY_BE_EMPTY = ("learning_rate", "data_seed", "points", "held_out", "classes")


def is_valid(experiment):
    """Whether every field of an experiment is one that a person could have chosen."""
    assert list(experiment) == list(fields.defaults())
    for name, value in experiment.items():
        assert fields.parse(name, fields.text_of(name, value)) == value
        assert type(value) is type(fields.defaults()[name]) or name in MAY_BE_EMPTY
    shape.check(experiment)
    return max(shape.shown_dimensions(experiment)) < shape.shown_layer(experiment).width


@examples(200)
@given(experiments())
def test_what_is_written_is_read_back(experiment):
    before = copy.deepcopy(experiment)
    query = fields.to_query(experiment)
    assert fields.from_query(query) == (experiment, [])
    assert fields.from_query("#" + query) == (experiment, [])
    assert fields.from_query("?" + query) == (experiment, [])
    assert experiment == before
    assert " " not in query


@pytest.mark.parametrize("rate", [1e15, 1e16, 2.5e20, 1e30, 123456789012345.6, 1e-7, 1e-30, 1 / 3, 1.0, 1])
def test_extreme_learning_rates_are_read_back(rate):
    experiment = {**fields.defaults(), "learning_rate": rate}
    assert fields.from_query(fields.to_query(experiment)) == (experiment, [])


def test_only_what_differs_is_written_in_the_order_of_the_fields():
    assert fields.to_query(fields.defaults()) == ""
    experiment = {**fields.defaults(), "dimensions": (3, 1), "hidden_layers": (8, 4, 2), "layer": "fc1", "loss": "x"}
    assert fields.to_query(experiment) == "hidden_layers=8,4,2&loss=x&layer=fc1&projection=best&dimensions=3,1"
    assert fields.to_query({**fields.defaults(), "hidden_layers": ()}) == "hidden_layers="


def test_the_view_is_written_in_the_order_of_the_fields():
    experiment = {
        **fields.defaults(),
        "boundary": False,
        "grid": False,
        "dimensions": (2, 0, 7),
        "projection": "tour",
        "morph": 0.125,
        "layer": "fc1",
        "zero_lines": True,
        "contour": False,
        "neuron": "tanh1.3",
        "shading": "neuron",
        "seed": 5,
    }
    query = (
        "seed=5&layer=fc1&morph=0.125&shading=neuron&neuron=tanh1.3&contour=off&zero_lines=on&projection=tour"
        "&dimensions=2,0,7&grid=off&boundary=off"
    )
    assert fields.to_query(experiment) == query
    assert fields.from_query(query) == (experiment, [])
    backwards = "&".join(reversed(query.split("&")))
    assert fields.from_query(backwards) == (experiment, [])


def test_every_morph_of_three_digits_is_read_back():
    for thousandths in range(1000):
        experiment = {**fields.defaults(), "morph": thousandths / 1000}
        assert fields.from_query(fields.to_query(experiment)) == (experiment, [])


def test_dimensions_may_be_left_to_the_layer():
    assert fields.from_query("layer=fc1&dimensions=") == ({**fields.defaults(), "layer": "fc1"}, [])


def test_dimensions_without_a_projection_are_shown():
    shown = {**fields.defaults(), "projection": "dimensions", "dimensions": (0, 1)}
    assert fields.from_query("dimensions=0,1") == (shown, [])
    assert fields.from_query("dimensions=0,1&projection=dimensions") == (shown, [])
    assert fields.from_query("projection=tour&dimensions=0,1") == ({**shown, "projection": "tour"}, [])
    best = {**shown, "projection": "best"}
    assert fields.to_query(best) == "projection=best&dimensions=0,1"
    assert fields.from_query("projection=best&dimensions=0,1") == (best, [])
    assert fields.from_query("dimensions=7,7")[0] == fields.defaults()


@pytest.mark.parametrize("query", ["", "#", "?", "#?", "&", "=", "&&==&", "unknown=1&hello", "play"])
def test_nothing_of_ours_is_the_default_experiment(query):
    assert fields.from_query(query) == (fields.defaults(), [])


@pytest.mark.parametrize("text", ["8,4,2", "8%2C4%2c2", "8%2C%204,+2", "8, 4, 2"])
def test_commas_and_spaces_may_be_encoded(text):
    experiment, complaints = fields.from_query("#hidden_layers=" + text)
    assert (experiment["hidden_layers"], complaints) == ((8, 4, 2), [])


def test_order_in_the_address_does_not_matter():
    """Dimensions belong to a layer, and a layer to a network, wherever they stand."""
    experiment, complaints = fields.from_query("dimensions=11,9&layer=fc2&hidden_layers=4,12")
    assert complaints == []
    assert (experiment["dimensions"], experiment["layer"]) == ((11, 9), "fc2")


def test_dimensions_that_the_shown_layer_lacks_wait_for_one_that_has_them():
    """The playhead comes past narrow layers: what is chosen for wide ones must not get lost."""
    experiment, complaints = fields.from_query("dimensions=5,3&layer=fc2")
    assert complaints == []
    assert experiment["dimensions"] == (5, 3)
    assert shape.shown_dimensions(experiment) == (0, 1)
    assert shape.shown_dimensions({**experiment, "layer": "tanh1"}) == (5, 3)


def test_wrong_fields_keep_their_default_and_complain_each():
    experiment, complaints = fields.from_query("learning_rate=nan&hidden_layers=8,,4&dimensions=7,7&seed=5&loss=l")
    assert experiment == {**fields.defaults(), "seed": 5}
    assert [text.split(" must")[0] for text in complaints[:3]] == ["Hidden layers", "Learning rate", "Loss"]
    assert complaints[3].startswith("Dimensions must be two or three different")
    assert len(complaints) == 4
    assert all(text.endswith(".") for text in complaints)


def test_wrong_fields_of_the_view_keep_their_default_and_complain_each():
    wrong = {
        "held_out_points": "yes",
        "layer": "fc 1",
        "morph": "1",
        "shading": "Neuron",
        "neuron": "fc1",
        "contour": "no",
        "zero_lines": "",
        "residuals": "yes",
        "projection": "umap",
        "dimensions": "0,1,1",
        "grid": "1",
        "boundary": "false",
    }
    assert tuple(wrong) == tuple(fields.names(fields.VIEW))
    query = "&".join(f"{name}={text}" for name, text in wrong.items())
    experiment, complaints = fields.from_query(query + "&seed=5")
    assert experiment == {**fields.defaults(), "seed": 5}
    assert [text.split(" must")[0] for text in complaints] == [fields.FIELDS[name].label for name in wrong]
    assert all(text.endswith(".") for text in complaints)


def test_too_large_a_network_in_the_address_is_refused():
    experiment, complaints = fields.from_query("hidden_layers=99999,99999")
    assert experiment == fields.defaults()
    assert len(complaints) == 1
    assert "too large" in complaints[0]


def test_defaults_are_not_shared_with_what_is_read():
    experiment, _ = fields.from_query("")
    experiment["seed"] = 77
    assert fields.defaults()["seed"] == 0


values = st.one_of(
    st.text(),
    st.text(alphabet="0123456789,.-+eE%2C nafi", max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.floats(0, 1).map(str),
    st.floats(0, 1).map(lambda number: f"{number:.6f}"),
    st.sampled_from(["", "0", "8,4", "99999999999999999999", "1e999", "nan", "%", "%2", "%2C", "fc1", "é", "9" * 5000]),
    st.sampled_from(
        ["0,1,2", "2,2", "on", "off", "fc1.0", "fc1.00", "gone.7", ".", "0.9999", "\u212a", "tour", "classes"]
    ),
)
pairs = st.tuples(st.one_of(st.sampled_from(list(fields.defaults())), st.text(max_size=12)), values).map("=".join)
fragments = st.one_of(
    st.text(), st.lists(pairs, max_size=16).map("&".join), st.binary().map(lambda b: b.decode("latin1"))
)


@examples(300)
@given(fragments)
def test_garbage_is_never_an_error_and_never_an_invalid_experiment(fragment):
    experiment, complaints = fields.from_query(fragment)
    assert is_valid(experiment)
    assert all(isinstance(text, str) and text.endswith(".") for text in complaints)
    assert len(complaints) <= len(fields.defaults())


@examples(200)
@given(experiments(), st.sampled_from(list(fields.defaults())), values)
def test_changed_is_valid_or_refused_and_leaves_the_old_alone(experiment, name, text):
    before = copy.deepcopy(experiment)
    try:
        after = fields.changed(experiment, name, text)
    except ValueError as error:
        assert str(error).endswith(".")
    else:
        assert after[name] == fields.parse(name, text)
        assert fields.parse(name, fields.text_of(name, after[name])) == after[name]
        assert {**after, name: before[name]} == before
    assert experiment == before


@pytest.mark.parametrize("text", ["0.07", "0.009", "0.0006", "0.3", "2.5e-7", "123456.5", "1e16", "0.1", "30", "7e-12"])
def test_numbers_go_out_as_a_person_writes_them(text):
    experiment, complaints = fields.from_query("learning_rate=" + text)
    assert complaints == []
    assert fields.to_query(experiment) == "learning_rate=" + text
    assert fields.text_of("learning_rate", experiment["learning_rate"]) == text


@examples(500)
@given(st.floats(1e-30, 1e30))
def test_every_number_comes_back_the_same(rate):
    assert float(fields.text_of("learning_rate", rate)) == rate
    assert len(fields.text_of("learning_rate", rate)) <= len(repr(rate)) + 12


def test_data_seed_goes_with_the_seed_unless_it_is_given():
    together, _ = fields.from_query("seed=5")
    assert (together["seed"], together["data_seed"], fields.data_seed_of(together)) == (5, None, 5)
    apart, _ = fields.from_query("seed=5&data_seed=3")
    assert fields.data_seed_of(apart) == 3
    assert fields.to_query(apart) == "data_seed=3&seed=5"
    assert fields.changed(apart, "data_seed", " ")["data_seed"] is None


def test_options_of_the_data_are_read_wherever_they_stand():
    query = "batch_size=200&held_out=0&classes=5&noise=50&points=300&dataset=blobs"
    experiment, complaints = fields.from_query(query)
    assert complaints == []
    assert fields.to_query(experiment) == "dataset=blobs&points=300&noise=50&held_out=0&classes=5&batch_size=200"
    assert shape.shape_of(experiment) == (300, 300, 2, 2, 5, "classification")
    experiment, complaints = fields.from_query("points=19&noise=1001&held_out=91&classes=1")
    assert experiment == fields.defaults()
    assert [text.split(" must")[0] for text in complaints] == ["Points", "Noise", "Held out", "Classes"]


def test_a_batch_that_was_chosen_for_more_points_is_read_back():
    chosen = fields.changed(fields.changed(fields.defaults(), "batch_size", "150"), "points", "20")
    assert fields.from_query(fields.to_query(chosen)) == (chosen, [])
    assert shape.batch_size_of(chosen) == 18


PLAYGROUND = (
    "activation=relu&batchSize=17&dataset=gauss&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=35"
    "&networkShape=4,2&seed=0.41357&showTestData=false&discretize=true&percTrainData=50&x=true&y=true&xTimesY=false"
    "&xSquared=true&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)


def test_a_link_of_tensorflow_playground_is_read_as_far_as_both_share_it():
    experiment, complaints = fields.from_query("#" + PLAYGROUND)
    assert fields.to_query(experiment) == (
        "dataset=gaussian&held_out=50&inputs=x,y,x2&hidden_layers=4,2&activation=relu&learning_rate=0.03&batch_size=17"
        "&shading=classes"
    )
    (complaint,) = complaints
    assert complaint == (
        "This page has no counterpart of these parts of TensorFlow Playground's link: noise, its seed."
    )


def test_what_is_wrong_in_a_link_of_tensorflow_playground_is_said():
    _, complaints = fields.from_query("networkShape=4,x&learningRate=fast&dataset=moons&percTrainData=120")
    assert len(complaints) == 3
    assert "its data set, its share of training data" in complaints[0]
    assert complaints[1].startswith("Hidden layers must be")
    assert complaints[2].startswith("Learning rate must be")


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("problem=regression&regDataset=reg-gauss&dataset=xor&percTrainData=80", "dataset=gaussians&held_out=20"),
        ("problem=regression&regDataset=reg-plane&noise=0", "dataset=plane&noise=0"),
        ("problem=classification&regDataset=reg-plane&dataset=spiral&noise=0", "dataset=spiral&noise=0"),
        ("dataset=gauss&noise=0&percTrainData=90", "dataset=gaussian"),
        ("dataset=xor&regularization=L1&regularizationRate=0.003", "dataset=xor&l1=0.003"),
        ("dataset=xor&regularization=L2&regularizationRate=0.003", "dataset=xor&l2=0.0015"),
        ("dataset=xor&regularization=L2&regularizationRate=0", "dataset=xor"),
        ("dataset=xor&regularization=&regularizationRate=0.1", "dataset=xor"),
        ("dataset=xor&x=false&y=false&xTimesY=true", "dataset=xor&inputs=xy"),
        ("dataset=spiral&y=false&ySquared=true&sinX=true&sinY=true", "dataset=spiral&inputs=x,y2,sinx,siny"),
        ("dataset=xor&x=false&y=false", "dataset=xor"),
    ],
)
def test_data_and_penalties_of_a_playground_link(link, query):
    experiment, complaints = fields.from_query("networkShape=8&" + link)
    assert not complaints
    # Ten per cent are held out where nothing is said.
    assert fields.to_query(experiment).replace("&held_out=10", "") == query


def test_a_playground_link_without_hidden_layers():
    experiment, _ = fields.from_query("networkShape=&dataset=xor")
    assert (experiment["hidden_layers"], experiment["dataset"]) == ((), "xor")


@pytest.fixture
def decay():
    """A field that nothing but the table knows."""

    def parse(text):
        if text not in ("0", "1", "2"):
            raise ValueError("Decay must be 0, 1 or 2.")
        return int(text)

    fields.enter("decay", "Decay", "training", 0, parse, str, fields.NETWORK, fields.BOX, size=4)
    yield "decay"
    fields.remove("decay")


def test_a_field_is_said_once(decay):
    experiment, complaints = fields.from_query("decay=2")
    assert (experiment["decay"], complaints) == (2, [])
    assert fields.to_query(experiment) == "decay=2"
    assert not fields.same_run(experiment, fields.defaults())
    assert fields.from_query("decay=9") == (fields.defaults(), ["Decay must be 0, 1 or 2."])
    assert fields.changed(fields.defaults(), "decay", "1")["decay"] == 1
