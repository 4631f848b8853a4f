// Pyodide as the interpreter that PyScript loads in the worker: started from the lab's memory, see `snapshot.mjs`, and
// telling the page how far it has come.
//
// To the page go messages {lab: {file, bytes}}, {lab: {stage}} and {lab: {lock}}. The last names a lock that this
// worker holds for as long as it lives, so that the page is told at once should it die.

import { loadPyodide as load, version } from "../vendor/pyodide/pyodide.mjs";
import { ZSTDDecoder } from "../vendor/zstddec/zstddec.mjs";
import { start, unpack } from "./snapshot.mjs";

export { version };

const tell = (lab) => self.postMessage({ lab });
const fetchFile = self.fetch;
const REPORT_EVERY = 256 * 1024;
const pyodide = new URL("../vendor/pyodide/", import.meta.url).href;

async function count(url, response) {
    const reader = response.body.getReader();
    let bytes = 0;
    let told = 0;
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return tell({ file: url, bytes });
        bytes += value.length;
        if (bytes - told > REPORT_EVERY) tell({ file: url, bytes: (told = bytes) });
    }
}

self.fetch = async (resource, options) => {
    const name = String(resource.url ?? resource).replace(pyodide, "");
    // What Pyodide asks for by name is in the pack, and the standard library can wait until it is wanted.
    if (name === "pyodide.asm.wasm") {
        return new Response((await pack).parts.interpreter, { headers: { "Content-Type": "application/wasm" } });
    }
    if (name === "python_stdlib.zip") return new Response();
    const response = await fetchFile(resource, options);
    // A copy is counted, so that the response is whole.
    if (response.ok && response.body) count(response.url, response.clone()).catch(() => {});
    return response;
};

// What is imported, not fetched, is counted once it is there.
new PerformanceObserver((list) => {
    for (const { name, decodedBodySize } of list.getEntries()) tell({ file: name, bytes: decodedBodySize });
}).observe({ type: "resource", buffered: true });

if (navigator.locks) {
    const lock = `lab-${Math.random()}-${performance.now()}`;
    navigator.locks.request(lock, () => (tell({ lock }), new Promise(() => {})));
}

async function fetchPack() {
    const response = await self.fetch(`${pyodide}lab.pack.zst`);
    if (!response.ok) throw new Error(`${response.url} is missing (${response.status}).`);
    const decoder = new ZSTDDecoder();
    const [bytes] = await Promise.all([response.arrayBuffer(), decoder.init()]);
    performance.mark("pack fetched");
    tell({ stage: "Starting Python" });
    const content = unpack(decoder.decode(new Uint8Array(bytes)));
    performance.mark("pack decoded");
    return content;
}

// Both are asked for at once, before PyScript is ready to use them; what goes wrong is told when it does.
const pack = fetchPack();
const script = import("../vendor/pyodide/pyodide.asm.js");
for (const promise of [pack, script]) promise.catch(() => {});

export async function loadPyodide(options) {
    const python = await start(load, { ...options, indexURL: pyodide }, pack, script, `${pyodide}python_stdlib.zip`);
    performance.mark("Python started");
    return python;
}
