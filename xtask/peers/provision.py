"""Makes in LocalStack and moto what a team's Terraform makes in AWS: bucket, queues, topic, user pool.

Usage: provision.py AWS_ENDPOINT COGNITO_ENDPOINT KEY_FILE ORIGIN..., where the file keeps the installation's key from run
to run, and the origins are the addresses of the web pages that send files to the bucket. It prints the names of what
it has made, as the variables of `halftone serve`, in JSON.
"""

import json
import os
import pathlib
import secrets
import sys

import boto3
from botocore.config import Config

# The peers accept any credentials; these are what the servers are given too.
SESSION = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
BUCKET = "halftone-photos"


def client(service, endpoint):
    config = Config(s3={"addressing_style": "path"}, proxies={})
    return SESSION.client(service, endpoint_url=endpoint, config=config)


def make_queues(sqs):
    """The queue of jobs, and the one that receives what failed twenty times."""
    dead = sqs.create_queue(QueueName="halftone-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": arn_of(sqs, dead), "maxReceiveCount": "20"}
    attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "90"}
    jobs = sqs.create_queue(QueueName="halftone-jobs", Attributes=attributes)["QueueUrl"]
    return jobs, dead


def arn_of(sqs, queue):
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    return attributes["Attributes"]["QueueArn"]


def make_bucket(s3, queue_arn, origins):
    """The bucket, to which browsers send files and which tells the queue of each."""
    s3.create_bucket(Bucket=BUCKET)
    rule = {
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    notice = {"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": [notice]}
    )


def make_user_pool(cognito):
    """The pool of photographers, and the client with a secret that logs them in."""
    pool = cognito.create_user_pool(
        PoolName="halftone", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="halftone",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    return pool, made["ClientId"], made["ClientSecret"]


def master_key(path):
    """The key that all servers and functions share: 32 bytes, made when there is none yet."""
    if not path.exists():
        os.umask(0o077)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def main(aws, cognito, key_file, *origins):
    sqs = client("sqs", aws)
    jobs, dead = make_queues(sqs)
    make_bucket(client("s3", aws), arn_of(sqs, jobs), list(origins))
    topic = client("sns", aws).create_topic(Name="halftone-notices")["TopicArn"]
    pool, client_id, client_secret = make_user_pool(client("cognito-idp", cognito))
    variables = {
        "HALFTONE_SECRETS_MASTER_KEY": master_key(pathlib.Path(key_file)),
        "HALFTONE_S3_BUCKET": BUCKET,
        "HALFTONE_SQS_QUEUE_URL": jobs,
        "HALFTONE_SQS_DEAD_LETTER_QUEUE_URL": dead,
        "HALFTONE_SNS_TOPIC_ARN": topic,
        "HALFTONE_COGNITO_USER_POOL_ID": pool,
        "HALFTONE_COGNITO_CLIENT_ID": client_id,
        "HALFTONE_COGNITO_CLIENT_SECRET": client_secret,
        # moto signs with its own keys, in the name of AWS.
        "HALFTONE_COGNITO_ISSUER": f"https://cognito-idp.us-east-1.amazonaws.com/{pool}",
        "HALFTONE_COGNITO_JWKS_URL": f"{cognito}/{pool}/.well-known/jwks.json",
    }
    print(json.dumps(variables, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
