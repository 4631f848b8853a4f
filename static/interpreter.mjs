// Pyodide as the interpreter that PyScript loads in the worker: started from the lab's memory, see `snapshot.mjs`, and
// telling the page how far it has come.
//
// To the page go messages {lab: {file, bytes}}, {lab: {stage}} and {lab: {lock}}. The last names a lock that this
// worker holds for as long as it lives, so that the page is told at once should it die.

import { decompress } from "../vendor/fzstd/index.mjs";
import { loadPyodide as load, version } from "../vendor/pyodide/pyodide.mjs";
import { start } from "./snapshot.mjs";

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

self.fetch = async (...request) => {
    const response = await fetchFile(...request);
    // A copy is counted: the compiled form of a WebAssembly file is cached for the untouched response only.
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
    const bytes = new Uint8Array(await response.arrayBuffer());
    tell({ stage: "Starting Python" });
    return decompress(bytes);
}

// What the worker will want is asked for before PyScript is ready to use it.
const pack = fetchPack();
const script = import("../vendor/pyodide/pyodide.asm.js");
script.catch(() => {});
pack.catch(() => {});

export const loadPyodide = (options) => start(load, { ...options, indexURL: pyodide }, pack, script);
