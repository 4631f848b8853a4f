// Pyodide as the interpreter that PyScript loads in the worker: started from the lab's memory, see `snapshot.mjs`, and
// telling the page how far it has come.
//
// To the page go messages {lab: {file, bytes}}, {lab: {stage}}, {lab: {failed}} and {lab: {lock}}. The last names a
// lock that this worker holds for as long as it lives, so that the page is told at once should it die.

const tell = (lab) => self.postMessage({ lab });
const fail = (error) => tell({ failed: String(error?.message ?? error) });
self.addEventListener("unhandledrejection", ({ reason }) => fail(reason));

// PyScript reads from the browser's database what packages it has kept there, and does not start where that is denied.
// There are none: so it is told.
const succeed = (result) => {
    const request = {};
    queueMicrotask(() => request.onsuccess({ target: { result } }));
    return request;
};
const nothing = { transaction: () => ({ objectStore: () => ({ getAllKeys: () => succeed([]) }) }), close() {} };
self.indexedDB.open = () => succeed(nothing);

// Python measures by this clock what it can afford. One that goes back, or has slept for more than this with the
// machine, would be taken for something very dear.
const LONGEST = 60_000;
const clock = performance.now.bind(performance);
let before = clock();
let ahead = 0;
performance.now = () => {
    const passed = clock() + ahead - before;
    if (passed < 0 || passed > LONGEST) ahead -= passed;
    else before += passed;
    return before;
};

// All are asked for at once. They are not imported in the ordinary way, for then nobody would tell that one is missing.
const named = (name, module) =>
    module.catch((error) => {
        throw new Error(`${name} cannot be read: ${error.message}`);
    });
const modules = Promise.all([
    named("pyodide.mjs", import("../vendor/pyodide/pyodide.mjs")),
    named("zstddec.mjs", import("../vendor/zstddec/zstddec.mjs")),
    named("snapshot.mjs", import("./snapshot.mjs")),
]);
const script = named("pyodide.asm.js", import("../vendor/pyodide/pyodide.asm.js"));
const fetchFile = self.fetch;
// Where Python finds it.
const STANDARD_LIBRARY = "/lib/python313.zip";
const REPORT_EVERY = 256 * 1024;
const pyodide = new URL("../vendor/pyodide/", import.meta.url).href;
// By its address, and not read by anyone else: so a browser keeps what it has compiled of it for the next visit.
const interpreter = fetchFile(`${pyodide}pyodide.asm.wasm`).then((response) => {
    if (!response.ok) throw new Error(`pyodide.asm.wasm is missing (${response.status}).`);
    return response;
});

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
    if (name === "pyodide.asm.wasm") return interpreter;
    // The standard library can wait until it is wanted.
    if (name === "python_stdlib.zip") return new Response();
    const response = await fetchFile(resource, options);
    // A copy is counted, so that the response is whole.
    if (response.ok && response.body) count(response.url, response.clone()).catch(() => {});
    return response;
};

// Pyodide would say on the console that it is damaged, and wait for ever.
const { instantiateStreaming } = WebAssembly;
WebAssembly.instantiateStreaming = async (source, imports) => {
    try {
        const response = await source;
        const isNamed = response.headers.get("Content-Type") === "application/wasm";
        return await (isNamed
            ? instantiateStreaming(response, imports)
            : WebAssembly.instantiate(await response.arrayBuffer(), imports));
    } catch (error) {
        fail(`pyodide.asm.wasm is damaged: ${error.message}`);
        throw error;
    }
};

// What is not fetched above is counted once it is there.
new PerformanceObserver((list) => {
    for (const { name, decodedBodySize } of list.getEntries()) tell({ file: name, bytes: decodedBodySize });
}).observe({ type: "resource", buffered: true });

if (navigator.locks) {
    const lock = `lab-${Math.random()}-${performance.now()}`;
    // Where storage is denied, so are locks.
    navigator.locks.request(lock, () => (tell({ lock }), new Promise(() => {}))).catch(() => {});
}

async function fetchPack() {
    const response = await self.fetch(`${pyodide}lab.pack.zst`);
    if (!response.ok) throw new Error(`lab.pack.zst is missing (${response.status}).`);
    const bytes = response.arrayBuffer();
    const [, { ZSTDDecoder }, { unpack }] = await modules;
    const decoder = new ZSTDDecoder();
    await decoder.init();
    const compressed = new Uint8Array(await bytes);
    performance.mark("pack fetched");
    tell({ stage: "Starting Python" });
    try {
        // The decoder checks a checksum, but returns anything if it is wrong: nothing, or more than there is.
        const content = unpack(decoder.decode(compressed));
        performance.mark("pack decoded");
        return content;
    } catch (error) {
        throw new Error(`lab.pack.zst is damaged: ${error.message}`);
    }
}

const pack = fetchPack();
// What goes wrong is told at once, not when PyScript is ready to use them.
for (const promise of [interpreter, pack, script]) promise.catch(fail);

export async function loadPyodide(options) {
    const [{ loadPyodide: load }, , { start }] = await modules;
    const python = await start(load, { ...options, indexURL: pyodide }, pack, script, `${pyodide}python_stdlib.zip`);
    performance.mark("Python started");
    // The rest of the standard library, from which it would otherwise be read while everything waits, and ends if it
    // does not come. Resolves to whether it is there.
    let library;
    self.standardLibrary = () => (library ??= fetchLibrary(python.FS).catch(() => !!(library = undefined)));
    return python;
}

async function fetchLibrary(files) {
    const response = await fetchFile(`${pyodide}python_stdlib.zip`);
    if (!response.ok) throw new Error(`python_stdlib.zip is missing (${response.status}).`);
    const content = new Uint8Array(await response.arrayBuffer());
    files.unlink(STANDARD_LIBRARY);
    files.writeFile(STANDARD_LIBRARY, content);
    return true;
}
