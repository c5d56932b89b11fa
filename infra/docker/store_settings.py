"""Writes settings into a secret of an emulated Secrets Manager.

Usage: store_settings.py AWS_ENDPOINT SECRET_NAME, with a JSON object of variables on the standard input.
"""

import json
import sys

import boto3


def main(endpoint, name):
    settings = json.load(sys.stdin)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    secrets = session.client("secretsmanager", endpoint_url=endpoint)
    text = json.dumps(settings)
    try:
        secrets.create_secret(Name=name, SecretString=text)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=text)


if __name__ == "__main__":
    main(*sys.argv[1:])
