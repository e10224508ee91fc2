// The same start as one of our functions: four AWS clients, then the questions for work, each answered like a path that is nowhere.
// For comparison only.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { request } from "node:http";

const region = "ap-northeast-2";
globalThis.clients = [DynamoDBClient, KMSClient, S3Client, SESv2Client].map((Client) => new Client({ region }));
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const asked = request(`${api}/${path}`, { method }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ id: answer.headers["lambda-runtime-aws-request-id"], text: Buffer.concat(parts).toString() }));
    });
    asked.on("error", reject);
    asked.end(body);
  });

const handle = (event) => ({
  statusCode: 404,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({ type: "about:blank", title: "Not found", status: 404, instance: event.requestContext.requestId }),
});

const serve = async () => {
  for (;;) {
    const { id, text } = await ask("GET", "next");
    await ask("POST", `${id}/response`, JSON.stringify(handle(JSON.parse(text))));
  }
};
serve();
