// GitHub's own client against a peer: node github.mjs <base address> <app id> <file with the app's private key>.
// Prints what it saw as one line of JSON.
import { readFileSync } from "node:fs";
import { App, Octokit } from "octokit";

const [baseUrl, appId, keyFile] = process.argv.slice(2);
const base = baseUrl.replace(/\/$/, "");
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const Client = Octokit.defaults({ baseUrl: base, log: quiet, retry: { enabled: false }, throttle: { enabled: false } });
const octokit = new Client({ auth: "ghp_test" });
const issue = { owner: "octo", repo: "hello", issue_number: 7 };

const seen = {};
const errorOf = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { status: error.status, message: error.response?.data?.message ?? null };
  }
};

const body = "**grüße** 👋 a & b < c\n\n<!-- hidden -->";
const created = await octokit.rest.issues.createComment({ ...issue, body });
seen.created = { status: created.status, id: created.data.id, body: created.data.body, user: created.data.user.type };
for (let n = 2; n <= 5; n++) {
  await octokit.rest.issues.createComment({ ...issue, body: `comment ${n}` });
}
seen.listed = (await octokit.paginate(octokit.rest.issues.listComments, { ...issue, per_page: 2 })).map((c) => c.body);
const updated = await octokit.rest.issues.updateComment({ owner: "octo", repo: "hello", comment_id: created.data.id, body: "changed" });
seen.updated = updated.data.body;
seen.limit = created.headers["x-ratelimit-limit"];
seen.empty = await errorOf(() => octokit.rest.issues.createComment({ ...issue, body: " " }));
seen.missing = await errorOf(() => octokit.rest.issues.getComment({ owner: "octo", repo: "hello", comment_id: 1 }));
seen.anonymous = await errorOf(() => new Client().rest.issues.createComment({ ...issue, body: "x" }));

const app = new App({ appId, privateKey: readFileSync(keyFile, "utf8"), Octokit: Client, log: quiet });
const installation = await app.octokit.request("GET /repos/{owner}/{repo}/installation", { owner: "octo", repo: "hello" });
seen.installation = installation.data.id;
const asApp = await app.getInstallationOctokit(installation.data.id);
seen.byApp = (await asApp.rest.issues.createComment({ ...issue, body: "by the app" })).data.user.type;
console.log(JSON.stringify(seen));
