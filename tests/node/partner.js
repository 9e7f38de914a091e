// A partner system that shares nothing with us but the guide: npm's NATS client.
//
//   node partner.js SERVER SYSTEM OTHER_SYSTEM < credentials.creds
//
// Sends a report as SYSTEM, reads one receipt through its durable consumer, tries to be
// OTHER_SYSTEM, and prints what happened as one JSON object.

import { readFileSync } from "node:fs";
import { jetstream } from "@nats-io/jetstream";
import { connect, credsAuthenticator, headers } from "@nats-io/transport-node";

const [server, system, other] = process.argv.slice(2);
const credentials = credsAuthenticator(readFileSync(0));
const nc = await connect({ servers: server, authenticator: credentials });
const js = jetstream(nc, { apiPrefix: "lapor.v1.api" });

const report = {
  specversion: "1.0",
  id: "JKT-2026-0001",
  source: `/${system}`,
  type: "id.go.lapor.report",
  datacontenttype: "application/json",
  data: { title: "Lampu jalan mati", text: "Lampu jalan di depan pasar mati sejak Senin." },
};
const h = headers();
h.set("content-type", "application/cloudevents+json");

const acknowledged = await js.publish(`lapor.v1.ingest.${system}.report`, JSON.stringify(report), {
  msgID: `${system}-${report.id}`,
  headers: h,
});

const consumer = await js.consumers.get("PARTNERS", system);
const receipt = await consumer.next({ expires: 10_000 });
await receipt.ackAck();

const foreign = await refusal(() => js.consumers.get("PARTNERS", other));
const impersonated = await refusal(() =>
  js.publish(`lapor.v1.ingest.${other}.report`, JSON.stringify(report), { timeout: 2_000 }),
);
const overheard = await refusal(async () => {
  const subscription = nc.subscribe(`lapor.v1.partner.${other}.>`);
  for await (const message of subscription) return message.subject;
});

console.log(
  JSON.stringify({
    acknowledged: { stream: acknowledged.stream, duplicate: acknowledged.duplicate },
    receipt: { subject: receipt.subject, body: receipt.json() },
    refused: { impersonated, foreign, overheard },
  }),
);
await nc.close();

async function refusal(attempt) {
  try {
    await attempt();
    return null;
  } catch (error) {
    return (error.cause ?? error).name;
  }
}
