"""Prints what published clients of OGC API - Processes return for each URL/NAME: `clients.py URL NAME...`."""

import json
import sys
import time

import ogc_api_processes_client as generated
import requests
from ecmwf import datastores

JOB_ID = "asked"


def read_generated(url):
    # Without retries: by default it repeats the request three times after a 429 or 503.
    configuration = generated.Configuration(host=url, retries=0)
    info = generated.StatusApi(generated.ApiClient(configuration)).get_status(JOB_ID)
    return info and {"jobID": info.job_id, "status": info.status.value}


def read_datastores(url):
    # Client.get_remote() would follow a link of the document to another server, and a session would follow redirects.
    retries = {"maximum_tries": 1}  # the default is 500
    session = requests.Session()
    session.max_redirects = 0
    remote = datastores.Remote(f"{url}/jobs/{JOB_ID}", {}, session, retries, {}, {}, 0, False, None)
    return {"jobID": remote.request_id, "status": remote.status}


def outcome(read, url):
    try:
        return read(url)
    except Exception:
        return "exception"


CLIENTS = {"ogc-api-processes-client": read_generated, "ecmwf-datastores-client": read_datastores}
time.sleep = lambda seconds: None  # before a retry
base, *names = sys.argv[1:]
print(json.dumps({client: [outcome(read, f"{base}/{name}") for name in names] for client, read in CLIENTS.items()}))
