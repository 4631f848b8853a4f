"""Which browser is used for tests, and what happens where there is none."""

from pathlib import Path

import pytest

from tools import browser, environment
from tools.errors import ToolError


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with no browser at all; `machine(name)` puts a program that claims to be one on its PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setattr(browser, "APPLICATIONS", ())

    def add(name: str, says: str = "echo Chromium 1.0", where: Path = folder) -> Path:
        where.mkdir(parents=True, exist_ok=True)
        path = where / name
        path.write_text(f"#!/bin/sh\n{says}\n")
        path.chmod(0o755)
        return path

    add.playwright = tmp_path / "playwright/chromium-1200/chrome-linux64"
    return add


def test_none(machine):
    assert browser.find_chromium() is None


def test_the_environment_variable_wins(machine, monkeypatch, tmp_path):
    machine("chromium")
    mine = machine("mine", where=tmp_path / "elsewhere")
    monkeypatch.setenv(browser.VARIABLE, str(mine))
    assert browser.find_chromium() == mine


def test_a_wrong_environment_variable_is_an_error(machine, monkeypatch):
    machine("chromium")
    monkeypatch.setenv(browser.VARIABLE, "/no/such/browser")
    with pytest.raises(ToolError, match=r"INTUITIVE_CHROMIUM is set to /no/such/browser"):
        browser.find_chromium()


def test_the_path_comes_before_playwright(machine):
    own = machine("chrome", where=machine.playwright)
    assert browser.find_chromium() == own
    system = machine("google-chrome", says="echo Google Chrome 1.0")
    assert browser.find_chromium() == system


def test_a_stub_that_only_asks_for_a_snap_is_passed_over(machine):
    machine("chromium-browser", says="echo requires the chromium snap to be installed >&2; exit 10")
    real = machine("google-chrome", says="echo Google Chrome 1.0")
    assert browser.find_chromium() == real


def test_playwright_steps_in_when_apt_cannot(machine, monkeypatch):
    tried = []

    def apt():
        tried.append("apt")
        raise ToolError("there is no apt-get")

    def playwright():
        tried.append("playwright")
        machine("chrome", where=machine.playwright)

    monkeypatch.setattr(browser, "install_chromium", apt)
    monkeypatch.setattr(browser, "install_with_playwright", playwright)
    assert browser.ensure_chromium() == machine.playwright / "chrome"
    assert tried == ["apt", "playwright"]


def test_when_nothing_works_it_says_what_to_do(machine, monkeypatch):
    def fail(*arguments, **named):
        raise ToolError("no network")

    monkeypatch.setattr(environment, "ensure", fail)
    with pytest.raises(ToolError, match=r"there is no apt-get; no network.*set INTUITIVE_CHROMIUM"):
        browser.ensure_chromium()


def test_apt_needs_root_or_a_silent_sudo(machine, monkeypatch):
    machine("apt-get", says="exit 0")
    ran = []
    monkeypatch.setattr(environment, "run", lambda command, what, cwd=None: ran.append(" ".join(command)))
    monkeypatch.setattr(browser, "is_root", lambda: True)
    browser.install_with_apt("chromium")
    assert ran == ["apt-get update", "env DEBIAN_FRONTEND=noninteractive apt-get install --yes chromium"]
    ran.clear()
    monkeypatch.setattr(browser, "is_root", lambda: False)
    browser.install_with_apt("chromium")
    assert ran[0] == "sudo -n true"
    assert ran[1] == "sudo -n apt-get update"


def test_the_sandbox_is_off_only_for_root(monkeypatch):
    monkeypatch.setattr(browser, "is_root", lambda: True)
    assert "--no-sandbox" in browser.launch_arguments()
    monkeypatch.setattr(browser, "is_root", lambda: False)
    assert "--no-sandbox" not in browser.launch_arguments()


def test_others_are_found_by_the_names_that_they_may_have(machine):
    firefox = machine("firefox")
    assert browser.programs("firefox") == [firefox]
    esr = machine("firefox-esr")
    assert browser.programs("firefox") == [esr]
    webkit = [machine("WebKitWebDriver"), machine("Xvfb")]
    assert browser.programs("webkit") == webkit


def test_what_is_missing_of_another_is_named_with_how_to_install_it(machine):
    machine("WebKitWebDriver")
    with pytest.raises(ToolError, match=r"^no Xvfb on the PATH; on Debian: apt-get install webkit2gtk-driver xvfb$"):
        browser.programs("webkit")
    with pytest.raises(ToolError, match=r"^no firefox-esr or firefox on the PATH"):
        browser.programs("firefox")


def test_others_are_installed_only_where_they_are_missing(machine, monkeypatch, capsys):
    installed = []

    def apt(*packages):
        installed.append(packages)
        machine("firefox-esr")

    monkeypatch.setattr(browser, "install_with_apt", apt)
    browser.try_to_ensure("firefox")
    browser.try_to_ensure("firefox")
    assert installed == [("firefox-esr",)]
    assert capsys.readouterr().err == ""


def test_another_that_cannot_be_installed_stops_nothing(machine, capsys):
    browser.try_to_ensure("webkit")
    said = capsys.readouterr().err
    assert "no tests in webkit: no WebKitWebDriver and no Xvfb on the PATH" in said
    assert "apt-get install webkit2gtk-driver xvfb (tried: there is no apt-get)" in said
