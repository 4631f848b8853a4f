"""What everything on the page is, is said in one sentence, in plain words, once."""

import re

import pytest

from page import help
from spec import fields, registry

TASKS = (registry.CLASSIFICATION, registry.REGRESSION)
LONGEST = 36


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("key", help.SENTENCES)
def test_is_one_sentence_of_few_words(key, task):
    text = help.sentence(key, task)
    assert re.fullmatch(r"[A-Zf][^.?!]*\.", text), text
    assert len(text.split()) <= LONGEST, text


@pytest.mark.parametrize("task", TASKS)
def test_no_two_things_are_told_in_the_same_words(task):
    told = [help.sentence(key, task) for key in help.SENTENCES]
    assert len(set(told)) == len(told)


def test_every_field_that_has_a_control_is_told_of():
    controlled = {field.name for field in fields.FIELDS.values() if field.control != fields.NOTHING}
    assert controlled <= set(help.SENTENCES)


def test_dataset_tells_what_the_data_set_is_in_one_sentence():
    told = set()
    for key, entry in registry.entries("dataset").items():
        text = help.sentence("dataset", entry.traits["task"], key)
        assert re.fullmatch(r"The points that the network learns from: [a-z][^.?!:]*\.", text), text
        assert len(text.split()) <= LONGEST
        told.add(text)
    assert len(told) == len(registry.entries("dataset"))


def test_what_only_classes_have_is_not_said_of_numbers():
    for key in help.SENTENCES:
        words = help.sentence(key, registry.REGRESSION)
        if key not in ("accuracy-chart", "projection"):
            assert "class" not in words, words


def test_there_is_no_sentence_about_what_has_no_key():
    assert help.sentence("nothing", registry.CLASSIFICATION) is None
