"""The command's exit code and what it says: a contender that fails is an error, whatever else was measured."""

import contextlib
import json

import pytest
from playwright.sync_api import Error

from bench import __main__ as command
from bench import driver, report, rounds
from bench.settings import QUICKEST
from tests.bench.contenders import Puppet

USES = [use for uses in driver.CONTENDERS.values() for use in uses]
FAILURE = "its library went missing"


@pytest.fixture
def bench(monkeypatch):
    """`bench(uses, *arguments)` runs the command on these contenders; returns the exit code."""

    def run(uses, *arguments):
        @contextlib.contextmanager
        def opened(chosen, settings):
            machine = {"browser": "none", "cores": 1, "processor": "none", "webgl": None, "missing": []}
            yield uses, machine

        monkeypatch.setattr(driver, "opened_contenders", opened)
        return command.main(["--pace", "quickest", *arguments])

    return run


def test_all_is_well(bench, capsys, tmp_path):
    assert bench({use: Puppet() for use in USES}, "--only", "compare", "--json", str(tmp_path / "n.json")) == 0
    assert capsys.readouterr().err == ""
    assert list(json.loads((tmp_path / "n.json").read_text())) == ["date", "machine", "compare"]


@pytest.mark.parametrize("method", ["prepare", "run", "release"])
@pytest.mark.parametrize("use", ["convnetjs", "jax-wasm-queued", "lab"])
def test_a_contender_that_fails_is_an_error(bench, capsys, tmp_path, use, method):
    uses = {each: Puppet(failing=method if each == use else None) for each in USES}
    assert bench(uses, "--only", "compare", "--json", str(tmp_path / "n.json")) == 1
    captured = capsys.readouterr()
    assert f"error: {use}, hidden layers 8: {FAILURE}\n" in captured.err
    assert all(line.startswith(f"error: {use}, ") for line in captured.err.splitlines())
    # The others were measured all the same, and written down.
    (first, *_) = json.loads((tmp_path / "n.json").read_text())["compare"]
    assert [each for each, result in first["uses"].items() if "error" in result] == [use]


def test_so_is_one_that_computes_something_else(bench, capsys):
    assert bench({use: Puppet(loss=0.51 if use == "objects" else 0.5) for use in USES}, "--only", "compare") == 1
    assert "error: objects, hidden layers 8: it computes something else: losses 0.7 and 0.51" in capsys.readouterr().err


def test_so_is_one_that_diverges(bench, capsys):
    puppet = Puppet()
    puppet._answers["release"] = None
    assert bench({**{use: Puppet() for use in USES}, "convnetjs": puppet}, "--only", "compare") == 1
    assert "error: convnetjs, hidden layers 8: training diverged: the loss is None" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["compile", "compare", "growth", "grid", "variants"])
def test_without_the_lab_nothing_can_be_measured(bench, capsys, part):
    uses = {use: Puppet(failing="ask" if use == "lab" else None) for use in USES}
    assert bench(uses, "--only", part) == 1
    assert capsys.readouterr().err == f"error: this lab: {FAILURE}\n"


@pytest.mark.parametrize(("part", "place"), [("growth", "width of two hidden layers 8"), ("variants", "batch norm")])
def test_a_network_that_the_lab_cannot_train_is_an_error(bench, capsys, part, place):
    assert bench({"lab": Puppet(failing="run")}, "--only", part) == 1
    assert f"error: this lab, {place}" in capsys.readouterr().err


def test_what_was_measured_before_a_fault_is_kept(bench, monkeypatch, tmp_path):
    def fail(settings):
        raise TimeoutError("the page did not train")

    monkeypatch.setitem(command.PAGE_PARTS, "frames", fail)
    with pytest.raises(TimeoutError):
        bench({"lab": Puppet()}, "--only", "variants", "frames", "--json", str(tmp_path / "n.json"))
    assert "variants" in json.loads((tmp_path / "n.json").read_text())


def test_minutes_are_the_soak_s_alone(capsys):
    options, settings = command.read(["--only", "soak", "--minutes", "3", "--pace", "quickest"])
    assert (options.only, settings) == (["soak"], QUICKEST._replace(soak_minutes=3))
    with pytest.raises(SystemExit):
        command.read(["--only", "memory", "--minutes", "3"])
    assert "--minutes goes with --only soak" in capsys.readouterr().err


class BrokenPage:
    def evaluate(self, script, argument):
        raise Error("Page.evaluate: Error: cannot load vendor/x.js\n    at somewhere")


def test_what_fails_in_the_page_is_told_in_one_line():
    with pytest.raises(driver.ContenderError, match=r"\AError: cannot load vendor/x.js\Z"):
        driver.Contender(BrokenPage()).call("run", 1)
    with pytest.raises(driver.ContenderError, match=r"\Ano library\Z"):
        driver.Contender(BrokenPage(), broken="no library").call("run", 1)


def test_the_fastest_use_counts_and_a_contender_s_failures_are_joined():
    uses = {"a-x": {"us_per_step": 2.0}, "a-y": {"us_per_step": 1.0}, "b": {"error": "no"}}
    chosen = report.fastest_uses({"a": ["a-x", "a-y"], "b": ["b"]}, uses)
    assert chosen == {"a": {"us_per_step": 1.0, "use": "a-y"}, "b": {"error": "no"}}


def test_a_contender_that_the_browser_lacks_something_for_is_left_out():
    uses = [use for use in USES if not use.startswith("jax-webgpu")]
    assert list(driver.taking_part(uses)) == [name for name in driver.CONTENDERS if name != "jax-js webgpu"]
    assert set(driver.REQUIRED) <= set(driver.CONTENDERS)


def test_what_is_too_short_for_the_clock_is_trained_for_longer():
    class Fast(Puppet):
        def call(self, method, *arguments):
            if method == "run":
                return 0.1 * (arguments[0] // 100)
            return super().call(method, *arguments)

    pace = QUICKEST.contenders._replace(seconds=0.0001)
    result = rounds.time_network({"fast": Fast()}, rounds.network_of((8,)), pace)["fast"]
    assert (result["steps"], result["us_per_step"]) == (128, pytest.approx(100 / 128))


def test_contenders_take_turns():
    """Each round begins with another of them, so that none is always timed behind the same one."""
    order = []

    class Noting(Puppet):
        def call(self, method, *arguments):
            if method == "run":
                order.append(self)
            return super().call(method, *arguments)

    contenders = {name: Noting() for name in "abc"}
    rounds.time_network(contenders, rounds.network_of((8,)), QUICKEST.contenders._replace(rounds=3, seconds=1))
    assert [each for number in range(3) for each in order[3 * number :][:1]] == list(contenders.values())
