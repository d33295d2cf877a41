"""A process for pygeoapi that sleeps, reports its progress, and fails on demand."""

import time

from pygeoapi.config import get_config
from pygeoapi.process.base import BaseProcessor, ProcessorExecuteError
from pygeoapi.process.manager.base import get_manager
from pygeoapi.util import JobStatus

METADATA = {
    "version": "1.0.0",
    "id": "wait",
    "title": {"en": "Wait"},
    "description": {"en": "Sleeps, reports its progress, and fails on demand"},
    "jobControlOptions": ["async-execute", "sync-execute"],
    "keywords": ["wait"],
    "links": [],
    "inputs": {
        "seconds": {"title": "seconds", "schema": {"type": "number"}, "minOccurs": 0, "maxOccurs": 1},
        "fail": {"title": "fail", "schema": {"type": "boolean"}, "minOccurs": 0, "maxOccurs": 1},
    },
    "outputs": {"seconds": {"title": "seconds", "schema": {"type": "object", "contentMediaType": "application/json"}}},
    "example": {"inputs": {"seconds": 1}},
}


class WaitProcessor(BaseProcessor):
    def __init__(self, definition):
        super().__init__(definition, METADATA)
        self.supports_outputs = True
        self.job_id = None

    def set_job_id(self, job_id):
        self.job_id = job_id

    def execute(self, data, outputs=None):
        seconds = float(data.get("seconds", 1))
        steps = max(1, round(seconds))
        for step in range(steps):
            time.sleep(seconds / steps)
            if steps > 1:
                self._report(round(10 + 80 * (step + 1) / steps))
        if data.get("fail"):
            raise ProcessorExecuteError("It was told to fail")
        return "application/json", {"id": "seconds", "value": seconds}

    def _report(self, progress):
        manager = get_manager(get_config())
        manager.update_job(self.job_id, {"status": JobStatus.running.value, "progress": progress})
