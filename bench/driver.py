"""Drives the browser: serves the site and the benchmark, and opens every contender in a page of its own."""

import functools
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

# Contender -> the ways to use it, of which the fastest is reported; a way is a key of `PEERS` in peers.js.
CONTENDERS = {
    "this lab": ["lab"],
    "TensorFlow.js cpu": ["tensorflow-cpu-minimize", "tensorflow-cpu-layers"],
    "TensorFlow.js wasm": ["tensorflow-wasm-minimize", "tensorflow-wasm-layers"],
    "TensorFlow.js webgl": ["tensorflow-webgl-minimize", "tensorflow-webgl-layers"],
    "jax-js wasm": ["jax-wasm-queued", "jax-wasm-awaited"],
    "jax-js webgpu": ["jax-webgpu-queued", "jax-webgpu-awaited"],
    "ConvNetJS": ["convnetjs"],
    "object per neuron": ["objects"],
    "plain autograd": ["autograd"],
}
LAB = "this lab"
# Contender -> the JavaScript condition under which a browser can run it; the others run everywhere.
REQUIRED = {"jax-js webgpu": "navigator.gpu?.requestAdapter().then(Boolean)"}


class ContenderError(Exception):
    """A contender cannot take part; the message says why."""


class Contender:
    """One use of one library, in a page of its own; `broken` is why its library could not be loaded, or None."""

    def __init__(self, page, broken=None):
        self._page = page
        self._broken = broken

    def call(self, method, *arguments):
        """The result of `bench.method(...arguments)` of measure.js; raises ContenderError if that is rejected."""
        if self._broken:
            raise ContenderError(self._broken)
        try:
            return self._page.evaluate("([method, args]) => window.bench[method](...args)", [method, list(arguments)])
        except Error as error:
            raise ContenderError(error.message.partition("\n")[0].removeprefix("Page.evaluate: ")) from error


@functools.cache
def site_files():
    """The built site, as path -> content; it takes a second, once."""
    return site.site_files(offline=False)


def served_files():
    """The built site, the peers' libraries and the benchmark's own files, as path -> content."""
    own = {f"bench/{path.name}": path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    return {**site_files(), **runtime.part_files("bench"), **own}


def python_modules(files):
    """The paths of the Python files that measure the lab in its worker, which has the lab itself already."""
    return [name for name in files if name.endswith(".py") and name.startswith("bench/lab_")]


def taking_part(uses):
    """The `CONTENDERS` of which at least one way is among the opened `uses`: contender -> those ways."""
    opened = {name: [use for use in ways if use in uses] for name, ways in CONTENDERS.items()}
    return {name: ways for name, ways in opened.items() if ways}


@contextmanager
def opened_contenders(chosen, settings):
    """`(uses, machine)`: the uses of the chosen contenders by their names in peers.js, and the machine.

    Contenders that the browser cannot run (see `REQUIRED`) are left out; `machine["missing"]` names them.
    """
    files = served_files()
    with server.serve_files(files) as url, sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=browser.find_chromium(),
            # So that WebGL works without a graphics card, too, although slowly.
            args=[*browser.launch_arguments(), "--enable-unsafe-swiftshader", *settings.arguments],
        )
        with program:
            context = program.new_context()
            machine = describe_machine(program, context, url)
            options = {"modules": python_modules(files)}
            names = [use for name in chosen if name not in machine["missing"] for use in CONTENDERS[name]]
            yield {name: open_contender(context, url, name, options) for name in names}, machine


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
    """The machine: processor, browser, the renderer behind WebGL, and the contenders that the browser cannot run."""
    page = context.new_page()
    page.goto(f"{url}bench/peers.html")
    description = {
        "platform": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "browser": f"{program.browser_type.name} {program.version}",
        "webgl": page.evaluate(WEBGL_RENDERER),
        "cross_origin_isolated": page.evaluate("crossOriginIsolated"),
        "missing": [name for name, condition in REQUIRED.items() if not page.evaluate(condition)],
    }
    page.close()
    return description


def processor():
    """The processor's name, as the system gives it."""
    table = Path("/proc/cpuinfo")
    if table.is_file():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
