"""The rotation against services that keep what they are told."""

import json
import os
import unittest
from unittest import mock

import sys

sys.modules.setdefault("boto3", mock.Mock())
import rotate  # noqa: E402  (boto3 comes with the platform, and is not needed here)

URI = "mongodb://halftone:old@cluster.example:27017/?tls=true&replicaSet=rs0"


class Missing(Exception):
    pass


class Secrets:
    """One secret with its versions, as Secrets Manager keeps it."""

    class exceptions:
        ResourceNotFoundException = Missing

    def __init__(self):
        settings = {rotate.VARIABLE: URI, "HALFTONE_SECRETS_MASTER_KEY": "key"}
        self.values = {"one": json.dumps(settings)}
        self.stages = {"one": ["AWSCURRENT"], "two": ["AWSPENDING"]}

    def describe_secret(self, SecretId):
        return {"VersionIdsToStages": {version: list(stages) for version, stages in self.stages.items()}}

    def get_secret_value(self, SecretId, VersionStage, VersionId=None):
        version = VersionId or next(name for name, stages in self.stages.items() if VersionStage in stages)
        if version not in self.values or VersionStage not in self.stages[version]:
            raise Missing
        return {"SecretString": self.values[version]}

    def put_secret_value(self, SecretId, ClientRequestToken, SecretString, VersionStages):
        assert ClientRequestToken not in self.values, "a version is written once"
        self.values[ClientRequestToken] = SecretString
        self.stages[ClientRequestToken] = VersionStages

    def update_secret_version_stage(self, SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId):
        self.stages[RemoveFromVersionId].remove(VersionStage)
        self.stages[MoveToVersionId].append(VersionStage)


class Database:
    """A cluster that takes two looks to become available."""

    def __init__(self, looks=2):
        self.password, self.looks = None, looks

    def modify_db_cluster(self, DBClusterIdentifier, MasterUserPassword, ApplyImmediately):
        self.password = MasterUserPassword

    def describe_db_clusters(self, DBClusterIdentifier):
        self.looks -= 1
        return {"DBClusters": [{"Status": "available" if self.looks <= 0 else "resetting-master-credentials"}]}


class Functions:
    """One function, which may be busy with another change."""

    def __init__(self):
        self.variables = {"halftone-worker": {"HALFTONE_LOG_FORMAT": "json"}}
        self.is_busy = False

    def get_function_configuration(self, FunctionName):
        return {"Environment": {"Variables": self.variables[FunctionName]}}

    def update_function_configuration(self, FunctionName, Environment):
        if self.is_busy:
            raise Missing
        self.variables[FunctionName] = Environment["Variables"]


class Rotation(unittest.TestCase):
    def setUp(self):
        self.services = {"secretsmanager": Secrets(), "docdb": Database(), "lambda": Functions()}
        self.pauses = []
        environment = {"CLUSTER": "halftone", "FUNCTIONS": "halftone-worker"}
        patched = mock.patch.dict(os.environ, environment)
        patched.start()
        self.addCleanup(patched.stop)

    def step(self, name, token="two"):
        event = {"SecretId": "arn", "ClientRequestToken": token, "Step": name}
        rotate.handle(event, None, clients=self.services.get, sleep=self.pauses.append)

    def settings(self, stage):
        return json.loads(self.services["secretsmanager"].get_secret_value("arn", stage)["SecretString"])

    def test_four_steps_change_the_password_everywhere_and_nothing_else(self):
        for name in ("createSecret", "setSecret", "testSecret", "finishSecret"):
            self.step(name)
        settings = self.settings("AWSCURRENT")
        password = self.services["docdb"].password
        self.assertRegex(password, r"\A[A-Za-z0-9_-]{40}\Z")
        self.assertEqual(settings[rotate.VARIABLE], URI.replace(":old@", f":{password}@"))
        self.assertEqual(settings["HALFTONE_SECRETS_MASTER_KEY"], "key")
        variables = self.services["lambda"].variables["halftone-worker"]
        self.assertEqual(variables, {"HALFTONE_LOG_FORMAT": "json", "SETTINGS_VERSION": "two"})

    def test_every_step_can_be_repeated(self):
        for name in ("createSecret", "createSecret", "setSecret", "setSecret", "testSecret", "finishSecret", "finishSecret"):
            self.step(name)
        self.assertIn(self.services["docdb"].password, self.settings("AWSCURRENT")[rotate.VARIABLE])

    def test_no_two_passwords_are_alike(self):
        passwords = set()
        for _ in range(3):
            self.services["secretsmanager"] = Secrets()
            self.step("createSecret")
            passwords.add(rotate.password_of(self.settings("AWSPENDING")[rotate.VARIABLE]))
        self.assertEqual(len(passwords), 3)

    def test_functions_are_started_anew_by_the_repetition_if_the_first_try_failed(self):
        functions = self.services["lambda"]
        functions.is_busy = True
        self.step("createSecret")
        with self.assertRaises(Missing):
            self.step("finishSecret")
        functions.is_busy = False
        self.step("finishSecret")
        self.assertEqual(functions.variables["halftone-worker"]["SETTINGS_VERSION"], "two")

    def test_until_the_last_step_the_current_settings_stay(self):
        for name in ("createSecret", "setSecret", "testSecret"):
            self.step(name)
        self.assertEqual(self.settings("AWSCURRENT")[rotate.VARIABLE], URI)

    def test_a_cluster_that_does_not_come_back_stops_the_rotation(self):
        self.services["docdb"].looks = 10_000
        self.step("createSecret")
        with self.assertRaises(rotate.NotReady):
            self.step("testSecret")
        self.assertLess(sum(self.pauses), 600, "the function itself lives for ten minutes")

    def test_versions_that_are_not_to_come_are_refused(self):
        with self.assertRaises(ValueError):
            self.step("createSecret", token="three")
        self.services["secretsmanager"].stages["two"] = ["AWSPREVIOUS"]
        with self.assertRaises(ValueError):
            self.step("createSecret")
        self.services["secretsmanager"].stages["two"] = ["AWSPENDING"]
        with self.assertRaises(ValueError):
            self.step("anotherStep")

    def test_passwords_survive_the_form_of_a_connection_string(self):
        for password in ("plain", "a/b:c@d?e#f%g", "ümlaut"):
            changed = rotate.with_password(URI, password)
            self.assertEqual(rotate.password_of(changed), password)
            self.assertTrue(changed.endswith("@cluster.example:27017/?tls=true&replicaSet=rs0"), changed)


if __name__ == "__main__":
    unittest.main()
