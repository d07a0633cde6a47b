// Drives a scripted Bedrock with the vendor's own client and prints, as one JSON document, what that client saw:
//   node bedrock.mjs ENDPOINT [MODEL …]
// Each model is one conversation; its script decides what happens.
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const [endpoint, ...models] = process.argv.slice(2);
const client = new BedrockRuntimeClient({
  endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  maxAttempts: 1,
  // The client's default handler wants HTTP/2; the peer speaks HTTP/1.1.
  requestHandler: new NodeHttpHandler(),
});

async function converse(modelId) {
  const events = [];
  try {
    const response = await client.send(
      new ConverseStreamCommand({ modelId, messages: [{ role: "user", content: [{ text: `hello ${modelId}` }] }] }),
    );
    for await (const event of response.stream) {
      events.push(event);
    }
    return { modelId, events };
  } catch (error) {
    return {
      modelId,
      events,
      error: { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode ?? null },
    };
  }
}

const seen = [];
for (const model of models) {
  seen.push(await converse(model));
}
// Bytes would print as an object with numbered members.
const plain = (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value);
process.stdout.write(JSON.stringify(seen, plain) + "\n");
client.destroy();
