"""Runs published clients of OGC API - Processes: `clients.py URL`.

It reads names of responses, one per line, and prints what each client returns for URL/NAME.
"""

import json
import socket
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
    return info and (info.job_id, info.status.value)


def read_datastores(url):
    # Client.get_remote() would follow a link of the document to another server.
    retries = {"maximum_tries": 1}  # the default is 500
    session = requests.Session()
    remote = datastores.Remote(f"{url}/jobs/{JOB_ID}", {}, session, retries, {}, {}, 0, False, None)
    return remote.request_id, remote.status


CLIENTS = {
    "ogc-api-processes-client": read_generated,
    "ecmwf-datastores-client": read_datastores,
}


def outcome(read, url):
    try:
        job_id, status = read(url) or (None, None)
    except Exception:
        return "exception"
    return {"id": job_id, "status": status}


def read_all(url):
    def loopback_only(host, *args, resolve=socket.getaddrinfo, **options):
        if host != "127.0.0.1":
            raise socket.gaierror(f"not on this machine: {host}")
        return resolve(host, *args, **options)

    # Some clients follow redirects to other hosts, and some wait before they retry.
    socket.getaddrinfo = loopback_only
    time.sleep = lambda seconds: None
    names = sys.stdin.read().split()
    return {client: [outcome(read, f"{url}/{name}") for name in names] for client, read in CLIENTS.items()}


print(json.dumps(read_all(sys.argv[1])))
