"""Gives the database of Halftone a new password, when Secrets Manager asks for it.

The secret is a JSON object of Halftone's variables, and the password a part of the connection string in one of them. Secrets
Manager calls this function four times for each rotation, with a step each; every step can be repeated. Between the second and
the last, programs that connect anew are refused for about a minute, and connections that are open live on.
"""

import json
import os
import time
from secrets import token_urlsafe
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import boto3

VARIABLE = "HALFTONE_MONGODB_URI"

# How long DocumentDB takes for a new password, measured by AWS in seconds; the function itself lives for 600.
PATIENCE_SECONDS = 480
PAUSE_SECONDS = 10

# 240 bits in 40 letters, digits, hyphens and underscores. DocumentDB takes 8 to 100 characters without `/`, `"` and `@`.
PASSWORD_BYTES = 30


class NotReady(Exception):
    """The rotation cannot go on now. Secrets Manager tries again."""


def handle(event, _context, clients=boto3.client, sleep=time.sleep):
    """Takes the step that Secrets Manager asks for."""
    secrets = clients("secretsmanager")
    arn, token = event["SecretId"], event["ClientRequestToken"]
    stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"].get(token)
    if stages is None:
        raise ValueError("the secret has no such version")
    step = event["Step"]
    if "AWSCURRENT" in stages:
        # The last step has moved the stage already, and may have failed after that.
        if step == "finishSecret":
            start_functions_anew(clients("lambda"), token)
        return
    if "AWSPENDING" not in stages:
        raise ValueError("the version is not the one that is to come")
    if step == "createSecret":
        create(secrets, arn, token)
    elif step == "setSecret":
        set_password(clients("docdb"), pending(secrets, arn, token))
    elif step == "testSecret":
        wait_for_password(clients("docdb"), sleep)
    elif step == "finishSecret":
        finish(secrets, arn, token)
        start_functions_anew(clients("lambda"), token)
    else:
        raise ValueError("there is no such step")


def create(secrets, arn, token):
    """Writes the settings with a new password as the version that is to come, unless they are written already."""
    try:
        pending(secrets, arn, token)
        return
    except secrets.exceptions.ResourceNotFoundException:
        pass
    current = secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    settings = json.loads(current["SecretString"])
    settings[VARIABLE] = with_password(settings[VARIABLE], token_urlsafe(PASSWORD_BYTES))
    secrets.put_secret_value(
        SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(settings), VersionStages=["AWSPENDING"]
    )


def pending(secrets, arn, token):
    """The settings that are to come."""
    version = secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    return json.loads(version["SecretString"])


def with_password(uri, password):
    """The connection string with another password."""
    parts = urlsplit(uri)
    user, _, hosts = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password, safe='')}@{hosts}"))


def password_of(uri):
    """The password in a connection string."""
    user = urlsplit(uri).netloc.rpartition("@")[0]
    return unquote(user.partition(":")[2])


def set_password(docdb, settings):
    """Tells the cluster."""
    docdb.modify_db_cluster(
        DBClusterIdentifier=os.environ["CLUSTER"],
        MasterUserPassword=password_of(settings[VARIABLE]),
        ApplyImmediately=True,
    )


def wait_for_password(docdb, sleep):
    """Waits until the cluster has taken the password over. Whether it is accepted is seen by the servers, which alone reach it."""
    for _ in range(PATIENCE_SECONDS // PAUSE_SECONDS):
        # First, because right after the change the cluster still says that it is available.
        sleep(PAUSE_SECONDS)
        cluster = docdb.describe_db_clusters(DBClusterIdentifier=os.environ["CLUSTER"])["DBClusters"][0]
        if cluster["Status"] == "available":
            return
    raise NotReady("the cluster is not available yet")


def finish(secrets, arn, token):
    """Makes the version that is to come the current one."""
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    secrets.update_secret_version_stage(
        SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def start_functions_anew(functions, token):
    """Functions read the secret at their cold start, which a change of their configuration brings about."""
    for name in os.environ["FUNCTIONS"].split():
        configuration = functions.get_function_configuration(FunctionName=name)
        variables = configuration["Environment"]["Variables"] | {"SETTINGS_VERSION": token}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
