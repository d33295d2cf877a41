"""A job of Dagster that sleeps, and fails on request."""

import time

import dagster


@dagster.op(config_schema={"seconds": float, "fail": bool})
def sleep(context):
    seconds = context.op_config["seconds"]
    time.sleep(seconds)
    if context.op_config["fail"]:
        raise dagster.Failure("It was told to fail", metadata={"output": "none"})
    metadata = {"seconds": dagster.MetadataValue.json({"seconds": seconds})}
    context.log_event(dagster.AssetMaterialization("seconds", metadata=metadata))


@dagster.job(executor_def=dagster.in_process_executor)
def wait():
    sleep()


definitions = dagster.Definitions(jobs=[wait])
