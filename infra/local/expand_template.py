"""Writes template.yaml as AWS gets it in production: after the SAM transform, with its conditions decided.

Offline, by the library that AWS's own transform is made of. What checks of the template look at is then what is deployed,
and neither a form that only the local stack gets nor a macro that hides resources.

    python expand_template.py template.yaml expanded.json
"""

import json
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "ap-northeast-2"
PARAMETERS = {"Stage": "prod", "Architecture": "arm64", "Gradual": "true"}
ABSENT = object()


def holds(name):
    """Production has everything that is optional, and nothing that is the local stack's."""
    return name != "IsLocal"


def decided(value):
    """The value with each Fn::If replaced by the branch that production takes."""
    if isinstance(value, dict):
        if set(value) == {"Fn::If"}:
            condition, taken, otherwise = value["Fn::If"]
            return decided(taken if holds(condition) else otherwise)
        if value == {"Ref": "AWS::NoValue"}:
            return ABSENT
        pairs = {key: decided(inner) for key, inner in value.items()}
        return {key: inner for key, inner in pairs.items() if inner is not ABSENT}
    if isinstance(value, list):
        return [inner for inner in map(decided, value) if inner is not ABSENT]
    return value


def main(source, target):
    with open(source, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/built-by-sam"
    session = boto3.session.Session(region_name=REGION)
    expanded = Translator({}, Parser(), boto_session=session).translate(template, parameter_values=PARAMETERS)
    resources = {key: value for key, value in expanded["Resources"].items() if holds(value.get("Condition"))}
    expanded["Resources"] = decided(resources)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(expanded, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
