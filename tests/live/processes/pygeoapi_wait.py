"""A process for pygeoapi that sleeps, reports its progress, and fails on request."""

import time

from pygeoapi.config import get_config
from pygeoapi.process.echo import EchoProcessor
from pygeoapi.process.manager.base import get_manager


class WaitProcessor(EchoProcessor):
    def __init__(self, definition):
        super().__init__(definition)
        self.metadata = {**self.metadata, "id": "wait"}

    def set_job_id(self, job_id):
        self.job_id = job_id

    def execute(self, data, outputs=None):
        manager = get_manager(get_config())
        for step in range(10):
            time.sleep(data["seconds"] / 10)
            if data["seconds"] > 1 and hasattr(manager, "update_job"):  # Prefect's has no progress.
                manager.update_job(self.job_id, {"status": "running", "progress": 8 * step + 10})
        if data["fail"]:
            raise ValueError("It was told to fail")
        return "application/json", {"id": "seconds", "value": float(data["seconds"])}
