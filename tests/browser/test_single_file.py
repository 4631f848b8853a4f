"""The one file, opened from disk: no server, no network, a folder with a name that addresses have to spell out."""

import pytest

from tests.browser import answers
from tests.browser.conftest import SIZE
from tests.browser.lab_page import LabPage
from tools import single_file


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    out = tmp_path_factory.mktemp("disk") / "ein schöner Ort" / "the page.html"
    single_file.build(out)
    return out


@pytest.fixture
def open_file(chromium, file):
    """`open_file(fragment)` opens the file in an offline context; in the end it must have asked for nothing else."""
    opened = []

    def open_one(fragment=""):
        page = chromium.new_context(viewport=SIZE, offline=True).new_page()
        lab = LabPage(page, file.as_uri())
        opened.append(lab)
        page.add_init_script(path=answers.SCRIPT)
        page.goto(f"{file.as_uri()}#{fragment}")
        lab.wait_for_state("ready")
        return lab

    yield open_one
    for lab in opened:
        lab.page.context.close()
        assert lab.complaints == []


def test_it_learns_and_draws_from_disk(open_file):
    lab = open_file("dataset=circle&seed=1")
    assert lab.data("engine") == "wasm"
    stage = answers.Stage(lab)
    stage.rest()
    before = [view.picture() for view in stage.views]
    lab.play_to(40)
    stage.rest()
    assert lab.number("train-accuracy") > 0.8
    for view, untrained in zip(stage.views, before, strict=True):
        assert (view.picture() != untrained).any()
    lab.choose("dataset", "xor")
    lab.wait("location.hash.includes('dataset=xor')")
    lab.wait_for_state("ready")
    lab.choose("dataset", "digits")
    lab.wait("document.documentElement.dataset.inputs === '64'")
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    assert lab.data("engine") == "wasm"


def test_a_lab_that_is_gone_is_started_again(open_file):
    lab = open_file("dataset=xor&hidden_layers=4,4")
    lab.press("Play")
    lab.wait_for_epoch(2)
    lab.end_worker()
    assert "stopped" in lab.alert()
    lab.press("Start the lab again")
    lab.wait_for_state("ready")
    assert lab.data("engine") == "wasm"
    lab.step_one_epoch()
    assert lab.number("step") == 5


def test_the_sources_and_the_licences_open_out_of_the_file(open_file):
    lab = open_file()
    lab.page.get_by_text("About", exact=True).click()
    with lab.page.context.expect_page() as opened:
        lab.page.get_by_role("link", name="Source").click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith("blob:")
    assert "def " in opened.value.locator("body").inner_text()
    with lab.page.context.expect_page() as opened:
        lab.page.get_by_role("link", name="licences").click()
    opened.value.wait_for_load_state()
    assert "Pyodide" in opened.value.locator("body").inner_text()


def test_the_worker_reads_files_as_pyodide_does_what_is_not_in_memory(open_file):
    """By an XMLHttpRequest for the size and one for the bytes, which wait for the answer."""
    (worker,) = open_file().page.workers
    size, start = worker.evaluate(
        """(() => {
            const ask = (method) => {
                const request = new XMLHttpRequest();
                request.open(method, siteURL("vendor/pyodide/python_stdlib.zip"), false);
                request.responseType = "arraybuffer";
                request.send();
                return request;
            };
            const size = Number(ask("HEAD").getResponseHeader("Content-Length"));
            return [size, [...new Uint8Array(ask("GET").response.slice(0, 4))]];
        })()"""
    )
    assert size > 1e6
    assert bytes(start) == b"PK\x03\x04"
