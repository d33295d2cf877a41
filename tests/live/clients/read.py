"""Reads job statuses with published clients: a JSON call per line of stdin, a JSON outcome per line of stdout."""

import json
import socket
import sys
import time
from urllib.parse import quote

import cuiman
import requests
from ecmwf import datastores
from gavicore.models import JobInfo
from ogc_api_processes_client import ApiClient, Configuration, StatusApi, StatusInfo


def generated(base_url, job_id, headers={}):
    with ApiClient(Configuration(host=base_url)) as client:
        for name, value in headers.items():
            client.set_default_header(name, value)
        info = StatusApi(client).get_status(job_id)
    if isinstance(info, StatusInfo):
        return {"jobID": info.job_id, "status": info.status.value}
    return None if info is None else type(info).__name__


def cuiman_client(base_url, job_id):
    client = cuiman.Client(api_url=base_url)
    try:
        info = client.get_job(job_id)
    finally:
        client.close()
    if isinstance(info, JobInfo):
        return {"jobID": info.jobID, "status": info.status.value}
    return None if info is None else type(info).__name__


def datastores_client(base_url, job_id):
    # Client.get_remote() would also need a self link, and follow it away from the stored answer.
    remote = datastores.Remote(
        f"{base_url}/jobs/{quote(job_id, safe='')}",
        headers={},
        session=requests.Session(),
        retry_options={"maximum_tries": 1},  # the default is 500
        request_options={},
        download_options={},
        sleep_max=0,
        cleanup=False,
        log_callback=None,
    )
    return {"status": remote.status}  # it does not read the id


CLIENTS = {
    "ogc-api-processes-client": generated,
    "cuiman": cuiman_client,
    "ecmwf-datastores-client": datastores_client,
}


def outcome(client, *arguments):
    try:
        value = CLIENTS[client](*arguments)
    except Exception as error:
        return {"raised": type(error).__name__, "message": str(error)[:500]}
    return {"returned": value}


def loopback_only(host, *args, resolve=socket.getaddrinfo, **options):
    if host != "127.0.0.1":
        raise socket.gaierror(f"not on this machine: {host}")
    return resolve(host, *args, **options)


# Some clients wait for Retry-After and then retry: without the wait, the outcome is the same. Some follow redirects.
socket.getaddrinfo = loopback_only
time.sleep = lambda seconds: None

for line in sys.stdin:
    print(json.dumps(outcome(*json.loads(line)), default=str), flush=True)
