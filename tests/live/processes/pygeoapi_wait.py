"""A process for pygeoapi that sleeps, reports its progress, and fails on request."""

import time

from pygeoapi.config import get_config
from pygeoapi.process.base import BaseProcessor, ProcessorExecuteError
from pygeoapi.process.manager.base import get_manager
from pygeoapi.util import JobStatus

METADATA = {
    "version": "1.0.0",
    "id": "wait",
    "title": "Wait",
    "description": "Sleeps",
    "jobControlOptions": ["async-execute"],
    "inputs": {"seconds": {"schema": {"type": "number"}}, "fail": {"schema": {"type": "boolean"}}},
    "outputs": {"seconds": {"schema": {"type": "object", "contentMediaType": "application/json"}}},
}


class WaitProcessor(BaseProcessor):
    def __init__(self, definition):
        super().__init__(definition, METADATA)

    def set_job_id(self, job_id):
        self.job_id = job_id

    def execute(self, data, outputs=None):
        seconds = float(data["seconds"])
        for step in range(10 if seconds > 1 else 1):
            time.sleep(seconds / 10 if seconds > 1 else seconds)
            if seconds > 1:
                update = {"status": JobStatus.running.value, "progress": 8 * step + 10}
                get_manager(get_config()).update_job(self.job_id, update)
        if data.get("fail"):
            raise ProcessorExecuteError("It was told to fail")
        return "application/json", {"id": "seconds", "value": seconds}
