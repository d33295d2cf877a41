"""Runs `get_status` of the client that openapi-generator wrote for Python.

`client.py read ANSWERS` prints its outcome for each recorded response.
`client.py time URL SECONDS` prints the median time of one call in microseconds.
"""

import json
import statistics
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ogc_api_processes_client import ApiClient, Configuration
from ogc_api_processes_client.api.status_api import StatusApi
from ogc_api_processes_client.exceptions import ApiException

JOB_ID = "2ea8a6d2-7116-11f1-9b0b-0242ac120002"


def client(base_url):
    # Retries are off: by default it repeats the request three times after a 429 or 503.
    return StatusApi(ApiClient(Configuration(host=base_url, retries=0)))


def read(path):
    with open(path, encoding="utf-8") as file:
        answers = json.load(file)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer = answers[int(self.path.split("/")[1])]
            body = answer["body"].encode()
            self.send_response_only(answer["status"])
            for name, value in answer["headers"]:
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            if answer["status"] not in (204, 304):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if answer["status"] not in (204, 304):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def outcome(number):
        api = client(f"http://127.0.0.1:{server.server_port}/{number}")
        try:
            info = api.get_status(JOB_ID)
        except ApiException as error:
            return {"kind": "NotFound" if error.status == 404 else "ServerError", "threw": True}
        except Exception:
            return {"kind": "exception", "threw": True}
        # For some responses it returns None, although its type says StatusInfo.
        return {"kind": "StatusInfo", "word": info and info.status.value, "threw": False}

    return [outcome(number) for number in range(len(answers))]


def measure(base_url, seconds):
    call = client(base_url).get_status
    for _ in range(300):
        call(JOB_ID)
    rounds = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(5):
            call(JOB_ID)
        rounds.append((time.perf_counter() - start) / 5 * 1e6)
    return statistics.median(rounds)


if sys.argv[1] == "read":
    print(json.dumps(read(sys.argv[2])))
else:
    print(json.dumps(measure(sys.argv[2], float(sys.argv[3]))))
