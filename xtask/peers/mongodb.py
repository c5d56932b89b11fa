"""Asks the MongoDB peer of the tests for what needs a driver.

Usage: mongodb.py create-user URI NAME PASSWORD, while the server does not ask who is there yet
       mongodb.py ping URI, which writes a document and reads it
"""

import sys

import pymongo


def main(command, uri, *arguments):
    client = pymongo.MongoClient(uri, serverSelectionTimeoutMS=15_000)
    if command == "create-user":
        user, password = arguments
        client.admin.command("createUser", user, pwd=password, roles=["root"])
    elif command == "ping":
        # A ping proper is answered to strangers too; a write proves the password.
        client.halftone_peers.pings.replace_one({"_id": 1}, {"_id": 1}, upsert=True)
        assert client.halftone_peers.pings.find_one({"_id": 1}) is not None
    else:
        sys.exit(f"no such command: {command}")


if __name__ == "__main__":
    main(*sys.argv[1:])
