"""The page as it is served: what its controls offer and say before any Python runs."""

from html.parser import HTMLParser

import pytest

from spec import fields, registry, shape
from tools import markup
from tools.environment import ROOT
from tools.errors import ToolError

REGISTRY = "py/spec/registry.py"


class Elements(HTMLParser):
    """The elements with an id: tag, attributes, and those of the elements within, with their texts."""

    def __init__(self, html):
        super().__init__()
        self.by_id, self.inside = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.by_id[attributes["id"]] = attributes
        if tag in ("select", "datalist", "ul", "output"):
            self.inside = self.by_id[attributes["id"]]
            self.inside["within"] = []
            self.heading = ""
        elif tag == "optgroup":
            self.heading = attributes["label"]
        elif self.inside is not None:
            self.inside["within"].append({**attributes, "text": "", "heading": self.heading})

    def handle_data(self, data):
        if self.inside is not None and self.inside["within"]:
            self.inside["within"][-1]["text"] += data
        elif self.inside is not None:
            self.inside["text"] = data

    def handle_endtag(self, tag):
        if tag in ("select", "datalist", "ul", "output"):
            self.inside = None


# The modules that say what is in the controls.
MODULES = [
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "py").rglob("*.py")
    if markup.is_read(path.relative_to(ROOT).as_posix())
]


def read(path):
    return (ROOT / path).read_text()


def page(**sources):
    """The page of the repository, or of another `html` or `config`, or with other modules by their paths."""
    modules = {path: read(path) for path in MODULES}
    given = {"html": sources.pop("html", read("index.html")), "config": sources.pop("config", "{}")}
    return markup.page(sources={**modules, **sources}, **given)


@pytest.fixture(scope="module")
def elements():
    return Elements(page()).by_id


@pytest.mark.parametrize("name", fields.choices())
def test_choices_are_offered_and_the_default_is_chosen(elements, name):
    """Those for the task of the default data set, that is."""
    options = elements[name]["within"]
    assert {option["value"]: option["text"] for option in options} == {
        key: entry.label
        for key, entry in registry.entries(name).items()
        if registry.CLASSIFICATION in entry.traits.get("tasks", (registry.CLASSIFICATION,))
    }
    assert [option["value"] for option in options if "selected" in option] == [fields.defaults()[name]]


def test_data_sets_stand_under_the_heading_of_their_group(elements):
    headings = {option["value"]: option["heading"] for option in elements["dataset"]["within"]}
    assert headings == {key: entry.traits["group"] for key, entry in registry.entries("dataset").items()}
    assert list(dict.fromkeys(headings.values())) == [
        "Two classes",
        "More classes",
        "Numbers to predict",
        "Real data",
        "Your own",
    ]
    # Each heading once, with all of its choices.
    assert page().count("<optgroup") == page().count("</optgroup>") == 5
    assert {option["heading"] for option in elements["loss"]["within"]} == {""}


def test_options_of_the_data_show_what_the_data_set_has_by_itself(elements):
    options = ("points", "noise", "held_out", "classes")
    assert [elements[name]["value"] for name in options] == ["200", "100 %", "10 %", "2"]
    # A circle has no number of classes to choose.
    assert [name for name in options if "disabled" in elements[name]] == ["classes"]


def test_layers_are_offered_and_the_logits_chosen(elements):
    options = elements["layer"]["within"]
    assert [option["value"] for option in options] == [name for name, _, _ in shape.layers(fields.defaults())]
    assert [option["value"] for option in options if "selected" in option] == [shape.logits_layer(fields.defaults())]


def test_boxes_say_their_defaults(elements):
    assert elements["hidden_layers"]["value"] == "8"
    assert elements["learning_rate"]["value"] == "0.01"
    assert elements["dimensions"]["value"] == "0, 1"
    assert [option["value"] for option in elements["learning_rates"]["within"]] == [
        fields.text_of("learning_rate", rate) for rate in fields.LEARNING_RATES
    ]


@pytest.mark.parametrize("name", fields.names(control=fields.SWITCH))
def test_switches_are_as_by_default(elements, name):
    assert ("checked" in elements[f"{name}-switch"]) == fields.defaults()[name]


def test_what_has_nothing_to_choose_is_disabled(elements):
    assert "disabled" in elements["projection"]
    assert "disabled" not in elements["dimensions"]


def test_speed_stands_where_it_is(elements):
    slider = elements["speed"]
    assert fields.SPEEDS[int(slider["value"])] == fields.defaults()["speed"]
    assert int(slider["max"]) == len(fields.SPEEDS) - 1
    assert slider["aria-valuetext"] == "60 steps per second"
    assert elements["speed-text"]["text"] == "60 steps/s"


def test_legend_tells_every_class_and_what_is_held_out(elements):
    assert [(item["text"], item["class"]) for item in elements["legend"]["within"]] == [
        ("class 0: circles", "class-0"),
        ("class 1: triangles", "class-1"),
        ("hollow: held out", "held-out"),
    ]


def test_an_edit_of_the_choices_is_seen():
    edited = read(REGISTRY).replace('"xor", "XOR"', '"xor", "<XOR> & more"')
    elements = Elements(page(**{REGISTRY: edited})).by_id
    assert "<XOR> & more" in {option["text"] for option in elements["dataset"]["within"]}
    assert registry.entry("dataset", "xor").label == "XOR", "the module that runs here is another"


def test_the_configuration_is_put_in():
    assert '<py-config id="py-config" hidden>{"a": "&lt;"}</py-config>' in page(config='{"a": "<"}')


@pytest.mark.parametrize("name", ["data-fields", "plane-fields", "learning_rates", "speed-text", "py-config"])
def test_a_page_without_an_element_is_refused(name):
    lacking = read("index.html").replace(f'id="{name}"', 'id="other"')
    with pytest.raises(ToolError, match=f"one element with the id {name} to fill, and has 0"):
        page(html=lacking)


def test_an_edit_that_does_not_run_is_told():
    with pytest.raises(ToolError, match="controls cannot be filled: SyntaxError: invalid syntax"):
        page(**{REGISTRY: "DEFAULTS = = 1"})


def test_a_field_that_is_added_to_the_table_stands_in_its_panel():
    table = read("py/spec/fields.py")
    table += 'enter("fade", "Fade", "training", 0, int, str, NETWORK, BOX, size=4)\n'
    table += 'enter_switch("rings", "Rings", "plane", True)\n'
    html = page(**{"py/spec/fields.py": table})
    assert '<label for="fade">Fade</label><input id="fade" type="text" value="0" size="4" form="controls">' in html
    assert '<label><input id="rings-switch" type="checkbox" checked>Rings</label>' in html
    assert "fade" not in page()
    assert "fade" not in fields.FIELDS, "the module that runs here is another"
