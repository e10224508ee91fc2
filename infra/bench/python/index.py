# The same start as one of our functions: four AWS clients, then the questions for work, each answered like a path that is nowhere.
# For comparison only.
import http.client
import json
import os

import boto3

CLIENTS = [boto3.client(name, region_name="ap-northeast-2") for name in ("dynamodb", "kms", "s3", "sesv2")]
INVOCATION = "/2018-06-01/runtime/invocation/"


def handle(event):
    problem = {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "instance": event["requestContext"]["requestId"],
    }
    headers = {"content-type": "application/problem+json"}
    return {"statusCode": 404, "headers": headers, "body": json.dumps(problem)}


connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", INVOCATION + "next")
    asked = connection.getresponse()
    event = json.loads(asked.read())
    connection.request("POST", INVOCATION + asked.getheader("lambda-runtime-aws-request-id") + "/response", json.dumps(handle(event)))
    connection.getresponse().read()
