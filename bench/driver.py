"""Drives the browser: serves the site and the benchmark, and opens every contender in a page of its own."""

import os
import platform
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tools import browser, runtime, server, site

FOLDER = Path(__file__).parent

WEBGL_RENDERER = """() => {
  const gl = document.createElement("canvas").getContext("webgl2");
  const names = gl?.getExtension("WEBGL_debug_renderer_info");
  return names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : null;
}"""

# Contender -> the ways to use it; of several the fastest is reported. The names of `PEERS` in peers.js.
CONTENDERS = {
    "this lab": ["lab"],
    "TensorFlow.js cpu": ["tensorflow-cpu-minimize", "tensorflow-cpu-layers"],
    "TensorFlow.js wasm": ["tensorflow-wasm-minimize", "tensorflow-wasm-layers"],
    "TensorFlow.js webgl": ["tensorflow-webgl-minimize", "tensorflow-webgl-layers"],
    "ConvNetJS": ["convnetjs"],
    "plain autograd": ["autograd"],
}
LAB = "this lab"


class ContenderError(Exception):
    """Why a contender cannot take part."""


class Contender:
    """One use of one library, in a page of its own; `broken` says why its library could not be loaded, if so."""

    def __init__(self, page, broken=None):
        self._page = page
        self._broken = broken

    def call(self, method, *arguments):
        """What `bench.method(...arguments)` of measure.js resolves to; raises ContenderError where that rejects."""
        if self._broken:
            raise ContenderError(self._broken)
        try:
            return self._page.evaluate("([method, args]) => window.bench[method](...args)", [method, list(arguments)])
        except Error as error:
            raise ContenderError(error.message.partition("\n")[0].removeprefix("Page.evaluate: ")) from error


def served_files():
    """The built site, the peers' libraries and the benchmark's own files, by their paths."""
    own = {f"bench/{path.name}": path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    return {**site.site_files(offline=False), **runtime.part_files("bench"), **own}


def python_modules(files):
    """Paths of the Python files that measure the lab in its worker; the lab itself is there from the start."""
    return [name for name in files if name.endswith(".py") and name.startswith("bench/lab_")]


@contextmanager
def opened_contenders(names):
    """`(contenders, machine)`: the contenders of these names in peers.js, by name, and what they run on."""
    files = served_files()
    with server.serve_files(files) as url, sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=browser.find_chromium(),
            # WebGL has to be there without a graphics card too, if slowly.
            args=[*browser.launch_arguments(), "--enable-unsafe-swiftshader"],
        )
        with program:
            context = program.new_context()
            options = {"modules": python_modules(files)}
            contenders = {name: open_contender(context, url, name, options) for name in names}
            yield contenders, describe_machine(program, context, url)


def open_contender(context, url, name, options):
    """A page with the contender's library loaded."""
    page = context.new_page()
    page.goto(f"{url}bench/peers.html")
    browser.wait_for(page, "window.bench")
    contender = Contender(page)
    try:
        contender.call("open", name, options)
    except ContenderError as error:
        return Contender(page, broken=str(error))
    return contender


def describe_machine(program, context, url):
    """What the numbers were measured on: processor, browser, and what stands behind WebGL."""
    page = context.new_page()
    page.goto(f"{url}bench/peers.html")
    return {
        "platform": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "browser": f"{program.browser_type.name} {program.version}",
        "webgl": page.evaluate(WEBGL_RENDERER),
        "cross_origin_isolated": page.evaluate("crossOriginIsolated"),
    }


def processor():
    """The processor's name, as the system has it."""
    table = Path("/proc/cpuinfo")
    if table.is_file():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
