"""A process for fastprocesses that sleeps, reports its progress, and fails on demand."""

import time
from typing import ClassVar

from fastprocesses.api.server import OGCProcessesAPI
from fastprocesses.core.base_process import BaseProcess
from fastprocesses.core.output_protocol import BaseProcessResult
from fastprocesses.processes.process_registry import register_process


class Seconds(BaseProcessResult):
    seconds: float

    output_serializers: ClassVar = {"seconds": {"application/json": "to_json"}}

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()


@register_process("wait")
class Wait(BaseProcess):
    process_description = BaseProcess.create_description(
        {
            "id": "wait",
            "title": "Wait",
            "version": "1.0.0",
            "description": "Sleeps, reports its progress, and fails on demand",
            "jobControlOptions": ["async-execute", "sync-execute"],
            "outputTransmission": ["value"],
            "inputs": {
                "seconds": {"title": "seconds", "description": "seconds", "schema": {"type": "number"}},
                "fail": {"title": "fail", "description": "fail", "schema": {"type": "boolean"}},
                "key": {"title": "key", "description": "Makes each job another one", "schema": {"type": "string"}},
            },
            "outputs": {"seconds": {"title": "seconds", "description": "seconds", "schema": {"type": "number"}}},
        }
    )

    def execute(self, exec_body, job_progress_callback=None):
        seconds = exec_body["inputs"]["seconds"]
        steps = max(1, round(seconds))
        for step in range(steps):
            time.sleep(seconds / steps)
            job_progress_callback(round(10 + 80 * (step + 1) / steps), "waiting")
        if exec_body["inputs"]["fail"]:
            raise ValueError("It was told to fail")
        return Seconds(seconds=seconds)


app = OGCProcessesAPI().get_app()
