// Lets Perfetto's trace processor, as its page uses it, answer requests from standard input on
// standard output: node trace_processor.cjs FOLDER, where FOLDER holds the page's engine.
// It is made to run as a worker of a browser, so it is told that it is one.

const fs = require("fs");
const path = require("path");

const folder = process.argv[2];
const inThatFolder = (url) => path.join(folder, path.basename(String(url)));

// What a worker has and Node has not. The engine asks for its WebAssembly in one of two ways.
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = class {};
globalThis.importScripts = () => {};
globalThis.location = { href: "file:///engine_bundle.js", toString: () => "file:///engine_bundle.js" };
globalThis.fetch = async (url) => {
    const headers = { "content-type": "application/wasm" };
    return new Response(fs.readFileSync(inThatFolder(url)), { headers });
};
globalThis.XMLHttpRequest = class {
    open(_method, url) {
        this.url = url;
    }
    send() {
        this.status = 200;
        this.response = new Uint8Array(fs.readFileSync(inThatFolder(this.url))).buffer;
        this.onload?.();
    }
};

function write(bytes) {
    for (let from = 0; from < bytes.length; ) {
        from += fs.writeSync(1, bytes, from);
    }
}

const requests = new Uint8Array(fs.readFileSync(0));
const { exit } = process;

// The port on which the page would talk to it. The engine begins to listen in the middle of
// its start, so it is asked when that is over. It answers before it returns.
const port = {
    set onmessage(listen) {
        setImmediate(() => {
            listen({ data: requests });
            exit(0);
        });
    },
    postMessage: (answer) => write(Buffer.from(answer)),
    close() {},
};

const engine = fs.readFileSync(path.join(folder, "engine_bundle.js"), "utf8");
// It refuses to start where it sees Node.
new Function("process", "require", "module", engine)();
globalThis.onmessage({ data: port });
