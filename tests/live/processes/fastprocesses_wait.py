"""A process for fastprocesses that sleeps, reports its progress, and fails on request."""

import time

from fastprocesses.api.server import OGCProcessesAPI
from fastprocesses.core.base_process import BaseProcess
from fastprocesses.core.output_protocol import BaseProcessResult
from fastprocesses.processes.process_registry import register_process


ANY = {"title": "any", "description": "any", "schema": {}}


class Result(BaseProcessResult):
    seconds: float
    output_serializers = {"seconds": {"application/json": "model_dump_json"}}


@register_process("wait")
class Wait(BaseProcess):
    process_description = BaseProcess.create_description({
        **dict.fromkeys(["id", "title", "version", "description"], "wait"),
        "jobControlOptions": ["async-execute"],
        "outputTransmission": ["value"],
        "inputs": dict.fromkeys(["seconds", "fail", "key"], ANY),
        "outputs": {"seconds": ANY},
    })

    def execute(self, exec_body, job_progress_callback):
        inputs = exec_body["inputs"]
        for step in range(10):
            time.sleep(inputs["seconds"] / 10)
            job_progress_callback(8 * step + 10, "waiting")
        if inputs["fail"]:
            raise ValueError("It was told to fail")
        return Result(seconds=inputs["seconds"])


app = OGCProcessesAPI().get_app()
