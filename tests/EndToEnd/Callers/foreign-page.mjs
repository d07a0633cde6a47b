// Pages of other origins in a browser: node foreign-page.mjs <browser> <port> <key> <session> <secret>.
// Each page tries to write and to read, at the host of that port and at one without any rules. Prints what came of it as one line of JSON.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [executablePath, port, key, session, secret] = process.argv.slice(2);
const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));

// Where the pages come from; /sandboxed has no origin at all.
const pages = createServer((request, response) => {
  response.setHeader("Content-Type", "text/html");
  if (request.url === "/sandboxed") response.setHeader("Content-Security-Policy", "sandbox allow-scripts allow-forms");
  response.end("<!doctype html><title>a page</title>");
});

// A host that lets everybody in and tells the secret, as the control: the same pages have to get through here.
const arrived = [];
const arrive = (request) => arrived.push(new URL(request.url, "http://open").searchParams.get("attempt"));
const open = createServer((request, response) => {
  arrive(request);
  const isEvents = request.headers.accept === "text/event-stream";
  response.setHeaders(new Map(["Origin", "Methods", "Headers"].map((what) => [`Access-Control-Allow-${what}`, "*"])));
  response.setHeader("Content-Type", isEvents ? "text/event-stream" : "text/javascript");
  response.end(isEvents ? `data: ${secret}\n\n` : `window.seen = "${secret}"`);
});
open.on("upgrade", (request, socket) => {
  arrive(request);
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write(Buffer.concat([Buffer.from([0x81, secret.length]), Buffer.from(secret)]));
});

// Runs in the page. Whatever it can see of an answer stands behind the attempt's name.
const attempt = async ({ target, code, key, session }) => {
  const patience = 10_000;
  const address = (path, name) => `${target}/${path}${path.includes("?") ? "&" : "?"}attempt=${name}${code}`;
  const [messages, transcript] = [`api/sessions/${session}/messages`, `api/sessions/${session}/transcript`];
  const management = "runtime/webhooks/durabletask";
  const json = { "Content-Type": "application/json" };
  const body = JSON.stringify({ text: "a page says this" });
  const ask = (path, options) => async (name) => {
    const answer = await fetch(address(path, name), options);
    return `${answer.status} ${await answer.text()}`;
  };
  const post = (path, options) => ask(path, { method: "POST", body, ...options });
  const element = (tag, attributes) => (name) => new Promise((resolve) => {
    const made = Object.assign(document.createElement(tag), { src: address(transcript, name), ...attributes });
    made.onload = () => resolve((tag === "script" ? window.seen : made.contentDocument?.body?.innerText) ?? "");
    made.onerror = () => resolve("error");
    document.body.append(made);
  });
  const form = (enctype) => (name) => new Promise((resolve) => {
    const frame = Object.assign(document.createElement("iframe"), { name });
    const made = Object.assign(document.createElement("form"), { method: "POST", action: address(messages, name), target: name, enctype });
    made.append(Object.assign(document.createElement("input"), { name: '{"text":"a page says this","x":"', value: '"}' }));
    document.body.append(frame, made);
    frame.onload = () => resolve(frame.contentDocument?.body?.innerText ?? "");
    made.submit();
  });
  const attempts = {
    postText: post(messages, { mode: "no-cors", headers: { "Content-Type": "text/plain" } }),
    postUntyped: post(messages, { mode: "no-cors", body: new Blob([body]) }),
    postForm: post(messages, { mode: "no-cors", body: new URLSearchParams({ text: "a page says this" }) }),
    postParts: post(messages, { mode: "no-cors", body: new FormData() }),
    postKeptAlive: post(messages, { mode: "no-cors", keepalive: true }),
    postSilently: post(messages, { mode: "no-cors", referrerPolicy: "no-referrer", credentials: "include" }),
    postTextReading: post(messages, { headers: { "Content-Type": "text/plain" } }),
    postJson: post(messages, { headers: json }),
    postJsonWithKey: post(messages, { headers: { ...json, "x-functions-key": key } }),
    formPlain: form("text/plain"),
    formEncoded: form("application/x-www-form-urlencoded"),
    reset: post(`api/sessions/${session}/reset?force=true`, { mode: "no-cors", body: null }),
    breakLease: post(`api/sessions/${session}/lease/break`, { headers: json, body: '{"by":"a page"}' }),
    start: post(`${management}/orchestrators/SessionOrchestrator`, { mode: "no-cors", body: null }),
    purge: ask(`${management}/instances?createdTimeFrom=2020-01-01T00:00:00Z&runtimeStatus=Running,Completed`, { method: "DELETE" }),
    instances: ask(`${management}/instances`),
    instancesBlindly: ask(`${management}/instances`, { mode: "no-cors" }),
    session: ask(`api/sessions/${session}`),
    read: ask(transcript),
    readWithKey: ask(transcript, { headers: { "x-functions-key": key } }),
    readBlindly: ask(transcript, { mode: "no-cors" }),
    script: element("script"),
    image: element("img"),
    frame: element("iframe"),
    style: element("link", { rel: "stylesheet", href: address(transcript, "style") }),
    events: (name) => new Promise((resolve) => {
      const source = new EventSource(address(transcript, name));
      source.onmessage = (message) => resolve(message.data);
      source.onerror = () => resolve("error");
    }),
    socket: (name) => new Promise((resolve) => {
      const socket = new WebSocket(address(transcript, name).replace(/^http/, "ws"));
      socket.onmessage = (message) => resolve(message.data);
      socket.onerror = () => resolve("error");
    }),
  };
  const seen = {};
  for (const [name, run] of Object.entries(attempts)) {
    const late = new Promise((resolve) => setTimeout(resolve, patience, "silence"));
    seen[name] = await Promise.race([run(name).catch((error) => `${error}`), late]);
  }
  return seen;
};

const [own, free] = [await listen(pages), await listen(open)];
const browser = await chromium.launch({
  executablePath,
  args: ["--host-resolver-rules=MAP evil.example 127.0.0.1", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const visit = async (at, withKey) => {
  const visits = [];
  const sites = [
    [`http://127.0.0.1:${own}/`, `http://127.0.0.1:${at}`],
    [`http://localhost:${own}/`, `http://localhost:${at}`],
    [`http://evil.example:${own}/`, `http://127.0.0.1:${at}`],
    [`http://127.0.0.1:${own}/sandboxed`, `http://127.0.0.1:${at}`],
    // The name turned to the host once the page was loaded: to the browser, page and host are of one origin.
    [`http://evil.example:${at}/`, `http://evil.example:${at}`],
  ];
  for (const [from, target] of sites) {
    const tab = await browser.newPage();
    await tab.goto(from);
    arrived.length = 0;
    const seen = await tab.evaluate(attempt, { target, code: withKey ? `&code=${key}` : "", key, session });
    visits.push({ from: new URL(from).host, target, seen, arrived: [...arrived] });
    await tab.close();
  }
  return visits;
};

const found = { withoutKey: await visit(port, false), withKey: await visit(port, true), open: await visit(free, true) };
await browser.close();
console.log(JSON.stringify(found));
process.exit();
