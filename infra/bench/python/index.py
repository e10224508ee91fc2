# The same start as one of our functions: four AWS clients, then the first question for work. For comparison only.
import http.client
import os

import boto3

CLIENTS = [boto3.client(name, region_name="ap-northeast-2") for name in ("dynamodb", "kms", "s3", "sesv2")]
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
connection.request("GET", "/2018-06-01/runtime/invocation/next")
connection.getresponse()
