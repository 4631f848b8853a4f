"""Every contender in a real browser."""

import json

import pytest

from bench import driver, markdown, rounds
from bench.networks import GOALS, in_words, is_small_enough
from bench.settings import QUICKEST
from tests.bench.checks import are_positive, table_in
from tests.bench.command import run_command

COMPARED = [list(layers) for layers in GOALS if is_small_enough(layers, 40, QUICKEST)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_command(tmp_path_factory.mktemp("bench"), "compare")


def test_every_contender_answers(run):
    assert run.code == 0, run.errors
    missing = run.document["machine"]["missing"]
    assert set(missing) <= set(driver.REQUIRED)
    assert [network["hidden_layers"] for network in run.document["compare"]] == COMPARED
    for network in run.document["compare"]:
        assert list(network["contenders"]) == [name for name in driver.CONTENDERS if name not in missing]
        assert list(network["uses"]) == [use for name in network["contenders"] for use in driver.CONTENDERS[name]]
        for result in network["uses"].values():
            numbers = [result[name] for name in ("us_per_step", "us_of_fastest_round", "steps_per_second", "steps")]
            assert are_positive([*numbers, *result["rounds"], *result["loss"]])
        for result in network["contenders"].values():
            assert are_positive(
                result[name] for name in ("gigaflops", "share_of_simd", "speed_against_fastest_peer", "us_per_step")
            )
        assert are_positive(network["simd_gigaflops"].values())
        assert are_positive([network["standing"]["speed_up"]])
        assert network["standing"]["fastest_peer"] in set(driver.CONTENDERS) - {driver.LAB}


def test_all_of_them_compute_the_same_and_learn(run):
    for network in run.document["compare"]:
        losses = [result["loss"] for result in network["uses"].values()]
        for before, after, _ in losses:
            assert before == pytest.approx(losses[0][0], rel=rounds.LOSS_TOLERANCE)
            assert after == pytest.approx(losses[0][1], rel=rounds.LOSS_TOLERANCE)
            assert after < before


def test_its_tables_are_printed(run):
    for layers in COMPARED:
        assert f"hidden layers {in_words(layers)}" in run.output
    for name in set(driver.CONTENDERS) - set(run.document["machine"]["missing"]):
        assert run.output.count(f"\n  {name}") >= len(COMPARED)
    for name in run.document["machine"]["missing"]:
        assert name in run.output.partition("\n\n")[0]
    assert "this lab against the fastest peer" in run.output


def test_its_numbers_as_the_documents_have_them(run, capsys, tmp_path):
    numbers, printed = tmp_path / "numbers.json", tmp_path / "printed.md"
    numbers.write_text(json.dumps(run.document))
    markdown.main(numbers)
    printed.write_text(capsys.readouterr().out)
    for columns in (markdown.TRAINING,):
        header, rows = table_in(printed, columns[:2])
        assert header == columns and rows
