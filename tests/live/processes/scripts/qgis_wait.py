"""An algorithm of QGIS that sleeps, reports its progress, and fails on request."""

import time

from qgis.core import QgsProcessingException
from qgis.processing import alg


@alg(name="wait", label="wait", group="wait", group_label="wait")
@alg.input(type=alg.NUMBER, name="seconds", label="seconds")
@alg.input(type=alg.BOOL, name="fail", label="fail")
@alg.output(type=alg.NUMBER, name="waited", label="waited")
def wait(algorithm, parameters, context, feedback, inputs):
    """Sleeps."""
    seconds = algorithm.parameterAsDouble(parameters, "seconds", context)
    for step in range(10):
        time.sleep(seconds / 10)
        feedback.setProgress(8 * step + 10)
    if algorithm.parameterAsBoolean(parameters, "fail", context):
        raise QgsProcessingException("It was told to fail")
    return {"waited": seconds}
