// The lab's memory as it is once NumPy, autograd and the lab have been imported: how it is packed, and how Python
// starts from it. `tools/snapshot/build.mjs` packs it, `interpreter.mjs` starts from it.
//
// Python's memory holds all of it but two things: NumPy's own WebAssembly modules, which have to lie in memory and in
// the table of functions just where they lay, and so are linked in the same order before anything runs; and files,
// of which a started lab needs none.

// Memory is compared and copied by blocks of so many bytes.
export const BLOCK = 256;

const STANDARD_LIBRARY = "python313.zip";

// What Pyodide is told instead of its list of packages: those that there are are in memory.
const NO_PACKAGES = {
    info: { abi_version: "2025_0", arch: "wasm32", platform: "emscripten_4_0_9", python: "3.13.2", version: "0.28.3" },
    packages: {},
};

// A pack is, after each other: the length of the header in four bytes, the header in JSON, and what its `parts` list
// as [name, bytes].

export function pack(header, parts) {
    const named = Object.entries(parts);
    const text = new TextEncoder().encode(
        JSON.stringify({ ...header, parts: named.map(([name, bytes]) => [name, bytes.length]) })
    );
    const result = new Uint8Array(4 + text.length + named.reduce((sum, [, bytes]) => sum + bytes.length, 0));
    new DataView(result.buffer).setUint32(0, text.length, true);
    result.set(text, 4);
    let at = 4 + text.length;
    for (const [, bytes] of named) {
        result.set(bytes, at);
        at += bytes.length;
    }
    return result;
}

export function unpack(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const parts = {};
    let at = 4 + length;
    for (const [name, size] of header.parts) parts[name] = bytes.subarray(at, (at += size));
    if (at !== bytes.length) throw new Error(`it has ${bytes.length} bytes instead of ${at}.`);
    return { ...header, parts };
}

// What of `memory` differs from `base`, which may be shorter and then goes on with zeros: the numbers of the blocks
// that do, as [first, how many, first, how many, …], and their contents.
export function difference(memory, base) {
    const blocks = memory.length / BLOCK;
    const same = (block) => {
        for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) if (memory[at] !== (base[at] ?? 0)) return false;
        return true;
    };
    const runs = [];
    for (let block = 0; block < blocks; block++) {
        if (same(block)) continue;
        const first = block;
        while (block < blocks && !same(block)) block++;
        runs.push(first, block - first);
    }
    const content = new Uint8Array(BLOCK * runs.filter((_, index) => index % 2).reduce((sum, count) => sum + count, 0));
    eachRun(runs, (start, end, at) => content.set(memory.subarray(start, end), at));
    return { runs, content };
}

// Makes `memory`, whatever it holds, what `difference` has compared with `base`.
function restore(memory, base, runs, content) {
    memory.set(base);
    memory.fill(0, base.length);
    eachRun(runs, (start, end, at) => memory.set(content.subarray(at, at + end - start), start));
}

function eachRun(runs, visit) {
    let at = 0;
    for (let index = 0; index < runs.length; index += 2) {
        const [first, count] = runs.slice(index, index + 2);
        visit(first * BLOCK, (first + count) * BLOCK, at);
        at += count * BLOCK;
    }
}

// Has every Python from now on link `libraries`, {path: WebAssembly.Module}, before it runs. `instantiated(exports,
// table, base)` is told of the interpreter's instance and of each library's, as soon as there is one: `base` is where
// its part of the table of functions begins. `linked(Module, base)` is told the memory as it is after the last.
// Pyodide's script must have run already.
export function linkFirst(libraries, instantiated, linked) {
    const make = globalThis._createPyodideModule;
    const link = (Module) => {
        const last = Object.keys(libraries).at(-1);
        for (const [path, library] of Object.entries(libraries)) {
            // Looking for what is still missing takes long: once, with the last, is enough.
            const flags = { loadAsync: false, nodelete: true, global: false, allowUndefined: path !== last };
            const load = () => Module.loadWebAssemblyModule(library, flags, path, {}, 0);
            const told = (exports, { env }) => instantiated(exports, Module.wasmTable, env.__table_base);
            Module.newDSO(path, undefined, withInstance(library, told, load));
        }
        linked(Module, Module.HEAPU8.slice());
    };
    globalThis._createPyodideModule = (settings) =>
        new Promise((resolve, reject) => {
            const { instantiateWasm } = settings;
            settings.instantiateWasm = (imports, receive) =>
                instantiateWasm(imports, (instance, module) => {
                    instantiated(instance.exports, imports.env.__indirect_function_table, 0);
                    receive(instance, module);
                });
            // An error in there would else be nobody's.
            settings.preRun.push((Module) => {
                try {
                    link(Module);
                } catch (error) {
                    reject(error);
                }
            });
            make(settings).then(resolve, reject);
        });
}

// What `work()` returns; `told(exports, imports)` hears of the instance of `library` that it makes.
function withInstance(library, told, work) {
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (module, imports) {
        const instance = new Instance(module, imports);
        if (module === library) told(instance.exports, imports);
        return instance;
    };
    try {
        return work();
    } finally {
        WebAssembly.Instance = Instance;
    }
}

// Linking gives an exported function a place in the table unless it has one, and knows it there by its identity: which
// WebKit does not keep, so that everything after would lie elsewhere than the memory says. So it is written down which
// functions of the table are which exports: a list for each instance, [place, number, place, number, …], the exports
// being numbered through all instances.

// Two functions for `linkFirst`: one that collects such lists in `places`, and one that goes by them.
export function collectPlaces(places) {
    const numbers = new Map();
    let count = 0;
    return (exports, table, base) => {
        for (const value of Object.values(exports)) numbers.set(value, count++);
        const list = [];
        for (let place = base; place < table.length; place++) {
            const number = numbers.get(table.get(place));
            if (number !== undefined) list.push(place, number);
        }
        places.push(list);
    };
}

function keepPlaces(places) {
    const known = [];
    let next = 0;
    return (exports, table) => {
        known.push(...Object.values(exports));
        const list = places[next++];
        for (let index = 0; index < list.length; index += 2) {
            const [place, value] = [list[index], known[list[index + 1]]];
            if (table.get(place) !== value) table.set(place, value);
        }
    };
}

// What the interpreter has found of its own browser when it began, and what the memory that it is given then says of
// another: the function that counts a function's arguments, which not all browsers can have.
function keepTrampoline({ GOT, HEAP32, _PyEM_CountArgsPtr }) {
    const offset = HEAP32[GOT._PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET.value / 4];
    HEAP32[(GOT._PyRuntime.value + offset) / 4] = _PyEM_CountArgsPtr;
}

// Loads Pyodide from an unpacked pack; all but `options` and `loadPyodide` may be promises. `standardLibrary` is the
// address of what is read only if Python imports what is not in memory.
export function start(loadPyodide, options, pack, script, standardLibrary) {
    const ready = async () => {
        const { size, state, runs, libraries, places, parts } = await pack;
        const compiled = libraries.map(async (path) => [path, await WebAssembly.compile(parts[path])]);
        const modules = Object.fromEntries(await Promise.all(compiled));
        await script;
        linkFirst(modules, keepPlaces(places), (Module, base) => {
            Module.API.restoreSnapshot = () => {
                restore(Module.HEAPU8, base, runs, parts.memory);
                keepTrampoline(Module);
                Module.FS.unlink(`/lib/${STANDARD_LIBRARY}`);
                Module.FS.createLazyFile("/lib", STANDARD_LIBRARY, standardLibrary, true, false);
                return state;
            };
        });
        // Pyodide takes no more from this than how large memory has to be.
        return new Uint8Array(size);
    };
    // `leftBehind` in tools/snapshot/build.mjs says what this stands for.
    const _snapshotDeserializer = () => ({});
    return loadPyodide({ ...options, lockFileContents: NO_PACKAGES, _loadSnapshot: ready(), _snapshotDeserializer });
}
