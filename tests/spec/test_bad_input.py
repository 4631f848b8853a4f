"""What a person may type: what is read from it, and what is said where it is not allowed."""

import copy
import math

import pytest

from spec import fields, registry, shape, texts

BIG = "9" * 200_000


def refusal(name, text, **choices):
    """The message that `text` in field `name` gets; the experiment is the default one but for `choices`."""
    experiment = {**fields.defaults(), **choices}
    before = copy.deepcopy(experiment)
    with pytest.raises(ValueError) as caught:
        fields.changed(experiment, name, text)
    assert experiment == before
    return str(caught.value)


def accepted(name, text, **choices):
    """The value that `text` in field `name` is read as; every other field must stay as it was."""
    experiment = {**fields.defaults(), **choices}
    before = copy.deepcopy(experiment)
    after = fields.changed(experiment, name, text)
    assert experiment == before
    assert after is not experiment
    assert {**after, name: before[name]} == before
    return after[name]


@pytest.mark.parametrize(
    ("text", "value"),
    [("8", (8,)), ("8, 4, 2", (8, 4, 2)), ("8,4,2", (8, 4, 2)), (" 16 ,1 ", (16, 1)), ("", ()), ("   ", ())],
)
def test_hidden_layers_that_are_allowed(text, value):
    assert accepted("hidden_layers", text) == value


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("abc", "“abc”"),
        ("8,,4", "a comma with no number beside it"),
        ("8,", "a comma with no number beside it"),
        (",", "a comma with no number beside it"),
        ("0", "“0”"),
        ("8, 0", "“0”"),
        ("-3", "“-3”"),
        ("8.5", "“8.5”"),
        ("1e9", "“1e9”"),
        ("8 4", "“8 4”"),
        ("８", "“８”"),
        ("²", "“²”"),
        ("1_0", "“1_0”"),
        ("+8", "“+8”"),
    ],
)
def test_hidden_layers_that_are_not(text, culprit):
    message = refusal("hidden_layers", text)
    assert "Hidden layers must be whole numbers from 1 up, separated by commas, such as 8, 4, 2" in message
    assert "nothing for no hidden layer" in message
    assert message.endswith(f"; {culprit} is not.")


@pytest.mark.parametrize("text", ["9" * 16, "8, " + "0" * 30, BIG], ids=["sixteen", "zeros", "a book"])
def test_hidden_layers_of_too_many_digits(text):
    message = refusal("hidden_layers", text)
    assert message.startswith("Hidden layers must be numbers of at most 15 digits; “")
    assert len(message) < 120


@pytest.mark.parametrize("text", ["0.01", " 0.5 ", "1e-3", "10", "+2", "1e-30", "1e30", "5e-7"])
def test_learning_rates_that_are_allowed(text):
    assert accepted("learning_rate", text) == float(text)


@pytest.mark.parametrize(
    "text", ["0", "-1", "nan", "inf", "-inf", "1e999", "abc", "1e-999", "0,01", "0.0", "1j", "--1"]
)
def test_learning_rates_that_are_not(text):
    message = refusal("learning_rate", text)
    assert message == f"Learning rate must be a positive number such as 0.01; “{text}” is not."


def test_no_learning_rate():
    for text in ("", "  "):
        assert refusal("learning_rate", text).endswith("such as 0.01; an empty box is not.")


@pytest.mark.parametrize("text", ["1e31", "1e300", "1e-31", "5e-324"])
def test_learning_rate_that_float32_cannot_use_is_told_the_range(text):
    message = refusal("learning_rate", text)
    assert "between 1e-30 and 1e30" in message
    assert text in message


def test_every_offered_learning_rate_is_allowed():
    for rate in fields.LEARNING_RATES:
        assert accepted("learning_rate", fields.text_of("learning_rate", rate)) == rate


DIMENSIONS = "Dimensions must be two or three different whole numbers counted from 0, such as 0, 1; "


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0, 1", (0, 1)),
        ("1,0", (1, 0)),
        (" 3 , 7", (3, 7)),
        ("0, 1, 2", (0, 1, 2)),
        ("7,5 ,6", (7, 5, 6)),
        ("", ()),
        ("   ", ()),
    ],
)
def test_dimensions_that_are_allowed(text, value):
    assert accepted("dimensions", text, layer="fc1") == value


def test_no_dimensions_are_allowed_at_every_layer():
    for hidden in ((), (1,), (3,)):
        assert accepted("dimensions", "", layer="fc1", hidden_layers=hidden) == ()


@pytest.mark.parametrize(
    "text",
    ["0", "a, b", "0;1", "-1, 0", "0.5, 1", "0,", ",", "0,,1", "0 1", "1e0,2", "one, two", "0,1,2,3", "0,1,", "²,1"],
)
def test_dimensions_that_are_not(text):
    assert refusal("dimensions", text, layer="fc1") == f"{DIMENSIONS}“{text}” is not."


@pytest.mark.parametrize(
    ("text", "twice"),
    [("1, 1", 1), ("0,0", 0), ("01, 1", 1), ("0, 1, 0", 0), ("2,1,1", 1), ("3, 3, 3", 3), ("9, 9", 9)],
)
def test_equal_dimensions(text, twice):
    assert refusal("dimensions", text, layer="fc1") == f"{DIMENSIONS}{twice} is there twice."


@pytest.mark.parametrize(
    ("layer", "text", "last"),
    [("", "0, 2", 1), ("", "0, 1, 2", 1), ("fc1", "8, 0", 7), ("fc1", "0, 8, 1", 7), ("tanh1", "1, 400", 7)],
)
def test_dimensions_out_of_range_are_told_the_range_of_the_layer(layer, text, last):
    message = refusal("dimensions", text, layer=layer)
    assert f"Dimensions of layer {layer or 'fc2'} run from 0 to {last}" in message
    assert message.endswith("is out of range.")


def test_dimensions_of_a_layer_that_has_only_one():
    message = refusal("dimensions", "0, 1", layer="fc1", hidden_layers=(1,))
    assert message == "Layer fc1 has a single dimension, 0, which is drawn by itself."


NEURON = "Neuron must be the name of a layer and a number counted from 0, such as fc1.0; "


@pytest.mark.parametrize("text", ["", "fc1.0", "tanh1.7", "input.1", "BN12.345", "gone9.12", "fc1.999999999"])
def test_neurons_that_are_allowed(text):
    """Also one that the network does not have: it may have had it, or have it again."""
    assert accepted("neuron", text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("fc1", "fc1.", ".", ".3", "3", "fc1.x", "fc1.-1"),
        *("fc1.+1", "fc1.0.1", "fc1.1_0", "fc1.1e0", "fc1.²", "fc1.٣"),
        *("fc1. 0", "fc 1.0", " fc1.0", "fc-1.0", "<b>.0", "fc1,0", "é.0", "\u212a1.0", "\u01301.0", "a" * 25 + ".0"),
        "fc1.1234567890",
    ],
)
def test_neurons_that_cannot_be_one(text):
    quoted = text if len(text) <= 24 else text[:23] + "…"
    assert refusal("neuron", text) == f"{NEURON}“{quoted.strip()}” is not."


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u200f", "\u202e", "\u2066"])
def test_letters_that_cannot_be_seen_are_not_repeated(letter):
    """They would end the message for MicroPython, or turn what follows around."""
    assert refusal("seed", f"1{letter}2").endswith("“1�2” is not.")


def test_neuron_of_blanks():
    assert refusal("neuron", "  ") == f"{NEURON}an empty box is not."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("0.0", 0), ("0.", 0), (".5", 0.5), ("0.25", 0.25), ("0.999", 0.999)),
        # Three digits are kept, and 1 is the next layer.
        *(("0.12345", 0.123), ("0.0004", 0), ("0.9995", 0.999), ("0.9999999", 0.999)),
    ],
)
def test_morphs_that_are_allowed(text, value):
    morph = accepted("morph", text)
    assert morph == value
    assert type(morph) is float


@pytest.mark.parametrize(
    "text",
    [
        *("1", "1.0", "1.5", "10", "-0", "-0.5", "+0.5", "nan", "inf"),
        *("1e-3", "0,5", "0.5.5", "..5", ".", "50%", "half"),
        *("0_5", "0x1", " 0.5", "٠.٥", "½", "0.123456789", "99999999"),
    ],
)
def test_morphs_that_are_not(text):
    assert refusal("morph", text) == f"Morph must be a number from 0 to less than 1; “{text.strip()}” is not."


def test_morph_of_too_many_digits():
    assert refusal("morph", "0." + BIG).endswith("; “0.999999999999999999999…” is not.")


def test_no_morph():
    assert refusal("morph", "") == "Morph must be a number from 0 to less than 1; an empty box is not."


@pytest.mark.parametrize("name", fields.names(control=fields.SWITCH))
def test_switches(name):
    assert accepted(name, "on") is True
    assert accepted(name, "off") is False
    for text in ("On", "OFF", "true", "True", "1", "0", "yes", "on off", "onn", "é"):
        assert refusal(name, text) == f"{fields.FIELDS[name].label} must be on or off; “{text}” is not."
    assert refusal(name, "") == f"{fields.FIELDS[name].label} must be on or off; an empty box is not."


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("batch_size", 1, shape.shape_of(fields.defaults()).training), ("seed", 0, fields.SEED_LIMIT - 1)],
)
def test_whole_numbers(name, least, most):
    for number in (least, least + 1, most):
        assert accepted(name, f" {number} ") == number
    allowed = f"{fields.FIELDS[name].label} must be a whole number from {least} to {most}; "
    assert refusal(name, str(most + 1)) == f"{allowed}“{most + 1}” is out of range."
    for text in ("abc", "1.5", "1e1", "-1", "+1", "1_0", "nan", "４"):
        assert refusal(name, text) == f"{allowed}“{text}” is not."
    assert refusal(name, "") == f"{allowed}an empty box is not."


@pytest.mark.parametrize(
    ("name", "least", "most", "blank"),
    [
        ("points", 20, 20_000, None),
        ("noise", 0, 1000, 100),
        ("held_out", 0, 90, None),
        ("classes", 2, 10, None),
        ("data_seed", 0, fields.SEED_LIMIT - 1, None),
    ],
)
def test_options_of_the_data(name, least, most, blank):
    for number in (least, least + 1, most):
        assert accepted(name, f" {number} ") == number
    assert accepted(name, "") == accepted(name, "  ") == blank
    allowed = f"{fields.FIELDS[name].label} must be a whole number from {least} to {most}; "
    for number in {most + 1, max(least - 1, 0)} - {least}:
        assert refusal(name, str(number)) == f"{allowed}“{number}” is out of range."
    for text in ("abc", "1.5", "1e1", "-1", "+1", "1_0", "nan", "４", "%"):
        assert refusal(name, text) == f"{allowed}“{text}” is not."


@pytest.mark.parametrize("name", ["noise", "held_out"])
def test_per_cent_may_be_said(name):
    assert accepted(name, "30%") == accepted(name, " 30 % ") == 30
    assert fields.text_of(name, 30) == "30"
    assert refusal(name, "30%%").endswith("is not.")
    assert refusal(name, "9999%").endswith("“9999” is out of range.")


def test_batch_size_goes_as_far_as_there_are_points_to_train_on():
    few = {"points": 20, "held_out": 90}
    assert accepted("batch_size", "2", **few) == 2
    assert refusal("batch_size", "3", **few).startswith("Batch size must be a whole number from 1 to 2; ")
    assert accepted("batch_size", "20000", points=20_000, held_out=0) == 20_000


def test_points_that_are_too_many_for_the_network():
    assert "too large" in refusal("points", "20000", hidden_layers=(8000,), batch_size=18_000)


def test_batch_size_of_0():
    assert refusal("batch_size", "0") == "Batch size must be a whole number from 1 to 180; “0” is out of range."


@pytest.mark.parametrize("text", ["3", "-1", "", "fast", "0.5", "60.0", "٦٠"])
def test_speeds_that_are_not_on_the_slider(text):
    message = refusal("speed", text)
    for speed in fields.SPEEDS[:-1]:
        assert str(speed) in message
    assert "0 for flat out" in message


def test_speeds_of_the_slider():
    assert [accepted("speed", str(speed)) for speed in fields.SPEEDS] == list(fields.SPEEDS)


@pytest.mark.parametrize("name", fields.choices())
def test_choices(name):
    for key in registry.entries(name):
        assert accepted(name, key) == key
    for text in ("", "nonsense", registry.entry(name, fields.defaults()[name]).label, "__class__"):
        message = refusal(name, text)
        assert message.startswith(f"{fields.FIELDS[name].label} must be one of {', '.join(registry.entries(name))}; ")


@pytest.mark.parametrize("text", ["fc 1", "<b>", "fc-1", "a" * 25, "fc1;", "../x", "fc1.0", "é", "\u212a", "\u0130"])
def test_layers_that_cannot_be_a_name(text):
    assert refusal("layer", text).startswith("Visualize layer must be the name of a layer such as fc1; “")


def test_long_nonsense_is_cut_short():
    for name in fields.defaults():
        message = refusal(name, "x" * 10_000)
        assert "x…”" in message
        assert len(message) < 250


def test_digits_without_end_are_refused_unread():
    """CPython refuses to read more than 4300 digits, with words of its own; MicroPython would read them for minutes."""
    for name in (*fields.names(control=fields.BOX), "neuron", "morph", "speed"):
        for text in (BIG, f"8, {BIG}", f"fc1.{BIG}"):
            message = refusal(name, text)
            assert fields.FIELDS[name].label in message
            assert "Exceeds the limit" not in message
            assert len(message) < 250


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        # 2 × 16384² parameters, eight copies of each with momentum, four bytes a number.
        ("16384, 16384, 16384", "17 GB"),
        # Outputs: 2 × 1e9 columns, 200 rows, four copies; 5e9 parameters beside them take a fortieth of that.
        ("1000000000", "6.6 TB"),
        # 1e30 parameters, eight copies.
        ("999999999999999, 999999999999999", "32000000000013 EB"),
    ],
)
def test_network_too_large_is_told_what_it_would_need(text, amount):
    message = refusal("hidden_layers", text)
    assert f"it would need about {amount} of memory" in message
    assert f"a page may use at most {texts.bytes_in_words(shape.MEMORY_LIMIT)}" in message
    assert "fewer or narrower hidden layers" in message


def test_three_layers_of_1024_are_allowed():
    assert accepted("hidden_layers", "1024, 1024, 1024") == (1024,) * 3


def test_optimizer_that_makes_a_network_too_large_is_refused():
    """The limit is of the whole experiment, not of the field that was typed into."""
    width = next(
        width
        for width in range(1000, 20_000)
        if shape.memory_needed({**fields.defaults(), "hidden_layers": (width, width), "optimizer": "adam"})
        > shape.MEMORY_LIMIT
    )
    hidden = (width, width)
    assert accepted("optimizer", "sgd", hidden_layers=hidden) == "sgd"
    assert "too large" in refusal("optimizer", "adam", hidden_layers=hidden)


def test_too_large_a_network_does_not_refuse_what_acts_on_a_running_one():
    choices = {"hidden_layers": (100_000, 100_000)}
    assert accepted("learning_rate", "0.5", **choices) == 0.5
    assert accepted("speed", "0", **choices) == 0


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345_678, "12 MB"),
        (3_700_000_000, "3.7 GB"),
        (1e12, "1.0 TB"),
        (4e18, "4.0 EB"),
        (4e22, "40000 EB"),
    ],
)
def test_bytes_in_words(count, words):
    assert texts.bytes_in_words(count) == words


def test_defaults_are_the_originals():
    originals = {
        "learning_rate": 0.01,
        "optimizer": "momentum",
        "normalization": "none",
        "initialization": "kaiming",
        "activation": "tanh",
        "loss": "cross_entropy",
        "dataset": "circle",
        "batch_size": 40,
        "hidden_layers": (8,),
        "seed": 0,
        "layer": "",
    }
    assert {name: fields.defaults()[name] for name in originals} == originals
    assert fields.defaults()["speed"] in fields.SPEEDS
    assert fields.LEARNING_RATES == (0.0001, 0.001, 0.005, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 10)
    assert all(math.isfinite(rate) for rate in fields.LEARNING_RATES)


def test_every_field_is_of_the_run_or_of_the_view():
    for name in fields.names(control=fields.SWITCH):
        assert fields.defaults()[name] in (True, False)
    for name in fields.choices():
        assert fields.defaults()[name] in registry.entries(name)


def test_every_default_can_be_typed():
    for name, value in fields.defaults().items():
        assert accepted(name, fields.text_of(name, value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0.0),
        (" 0 ", 0.0),
        ("-0", 0.0),
        ("0.25", 0.25),
        (".9", 0.9),
    ],
)
def test_dropouts_that_are_allowed(text, value):
    assert str(accepted("dropout", text)) == str(value)


@pytest.mark.parametrize("text", ["0.91", "1", "-0.1", "nan", "inf", "half", "20 %", "1e999"])
def test_dropouts_that_are_not(text):
    message = refusal("dropout", text)
    assert message.startswith("Dropout must be a share from 0 to 0.9, such as 0.2;")
    assert text in message


@pytest.mark.parametrize("text", ["-1", "nan", "1e31", "1e-31", "never"])
def test_lengths_to_clip_at_that_are_not(text):
    message = refusal("clip", text)
    assert message.startswith("Clip gradients must be a length from 1e-30 to 1e30, such as 1,")
    assert text in message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ()),
        ("200", ("epoch", 200)),
        (" epoch 7 ", ("epoch", 7)),
        ("loss 0.1", ("loss", 0.1)),
        ("LOSS1e-3", ("loss", 0.001)),
        ("patience 50", ("patience", 50)),
        ("patience50", ("patience", 50)),
    ],
)
def test_what_training_may_stop_at(text, value):
    assert accepted("stop_at", text) == value
    assert fields.parse("stop_at", fields.text_of("stop_at", value)) == value


@pytest.mark.parametrize(
    "text", ["0", "-3", "2.5", "loss", "loss 0", "loss -1", "patience", "patience 0", "soon", "5 5"]
)
def test_what_training_may_not_stop_at(text):
    message = refusal("stop_at", text)
    assert message.startswith("Stop at must be an epoch such as 200, a held-out loss such as loss 0.1,")
    assert f"“{text}”" in message
