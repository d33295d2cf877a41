"""A job of Dagster that sleeps, and fails on request."""

import time

from dagster import AssetMaterialization, Failure, Field, MetadataValue, in_process_executor, job, op, repository


@op(config_schema={"seconds": Field(float), "fail": Field(bool)})
def sleep(context):
    seconds = context.op_config["seconds"]
    time.sleep(seconds)
    if context.op_config["fail"]:
        raise Failure("It was told to fail", metadata={"output": MetadataValue.text("none")})
    metadata = {"seconds": MetadataValue.json({"seconds": seconds})}
    context.log_event(AssetMaterialization("seconds", metadata=metadata))


@job(executor_def=in_process_executor)
def wait():
    sleep()


@repository
def processes():
    return [wait]
