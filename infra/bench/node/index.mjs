// The same start as one of our functions: four AWS clients, then the first question for work. For comparison only.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { get } from "node:http";

const region = "ap-northeast-2";
globalThis.clients = [DynamoDBClient, KMSClient, S3Client, SESv2Client].map((Client) => new Client({ region }));
get(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next`);
