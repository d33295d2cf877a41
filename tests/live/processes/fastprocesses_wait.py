"""A process for fastprocesses that sleeps, reports its progress, and fails on request."""

import time

from fastprocesses.api.server import OGCProcessesAPI
from fastprocesses.core.base_process import BaseProcess
from fastprocesses.core.output_protocol import BaseProcessResult
from fastprocesses.processes.process_registry import register_process


def describe(name, of):
    return {name: {"title": name, "description": name, "schema": {"type": of}}}


class Result(BaseProcessResult):
    seconds: float

    output_serializers = {"seconds": {"application/json": "to_json"}}

    def to_json(self):
        return self.model_dump_json().encode()


@register_process("wait")
class Wait(BaseProcess):
    process_description = BaseProcess.create_description({
        "id": "wait",
        "title": "Wait",
        "version": "1.0.0",
        "description": "Sleeps",
        "jobControlOptions": ["async-execute"],
        "outputTransmission": ["value"],
        "inputs": describe("seconds", "number") | describe("fail", "boolean") | describe("key", "string"),
        "outputs": describe("seconds", "number"),
    })

    def execute(self, exec_body, job_progress_callback=None):
        seconds = exec_body["inputs"]["seconds"]
        for step in range(10):
            time.sleep(seconds / 10)
            job_progress_callback(8 * step + 10, "waiting")
        if exec_body["inputs"]["fail"]:
            raise ValueError("It was told to fail")
        return Result(seconds=seconds)


app = OGCProcessesAPI().get_app()
