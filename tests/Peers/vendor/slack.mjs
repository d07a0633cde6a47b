// Slack's own client against a peer: node slack.mjs <api address>. Prints what it saw as one line of JSON.
import { LogLevel, WebClient } from "@slack/web-api";

const client = new WebClient("xoxb-test", {
  slackApiUrl: process.argv[2],
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
  logLevel: LogLevel.ERROR,
});

const seen = {};
const errorOf = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { code: error.code, error: error.data?.error ?? null, retryAfter: error.retryAfter ?? null };
  }
};

seen.auth = await client.auth.test();
const parent = await client.chat.postMessage({ channel: "C1", text: "a parent" });
seen.parent = { ts: parent.ts, channel: parent.channel, text: parent.message.text };
const reply = await client.chat.postMessage({
  channel: "C1",
  thread_ts: parent.ts,
  markdown_text: "**grüße** 👋 a & b < c\n```\ncode\n```",
  metadata: { event_type: "holdfast_reply", event_payload: { turn_id: "t1", part: 1 } },
});
seen.replyTs = reply.ts;
const replies = await client.conversations.replies({ channel: "C1", ts: parent.ts, include_all_metadata: true });
seen.replies = replies.messages.map((m) => ({ ts: m.ts, thread_ts: m.thread_ts ?? null, text: m.text, metadata: m.metadata ?? null }));
const bare = await client.conversations.replies({ channel: "C1", ts: parent.ts });
seen.metadataWithoutAsking = bare.messages.some((m) => m.metadata);
await client.chat.update({ channel: "C1", ts: parent.ts, text: "changed" });
const history = await client.conversations.history({ channel: "C1" });
seen.history = history.messages.map((m) => m.text);
seen.pages = [];
for await (const page of client.paginate("conversations.replies", { channel: "C1", ts: parent.ts, limit: 1 })) {
  seen.pages.push(page.messages.length);
}
seen.status = (await client.assistant.threads.setStatus({ channel_id: "C1", thread_ts: parent.ts, status: "is thinking…" })).ok;
await client.reactions.add({ channel: "C1", timestamp: parent.ts, name: "eyes" });
seen.reactedTwice = await errorOf(() => client.reactions.add({ channel: "C1", timestamp: parent.ts, name: "eyes" }));
seen.conflict = await errorOf(() => client.chat.postMessage({ channel: "C1", text: "a", markdown_text: "b" }));
seen.noThread = await errorOf(() => client.conversations.replies({ channel: "C1", ts: "1.000000" }));
seen.limited = await errorOf(() => client.apiCall("scripted.limit", {}));
seen.refused = await errorOf(() => client.apiCall("scripted.refusal", {}));
seen.lost = await errorOf(() => client.apiCall("scripted.lost", {}));
console.log(JSON.stringify(seen));
