"""An algorithm of QGIS that sleeps, reports its progress, and fails on request."""

import time

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingOutputNumber
from qgis.core import QgsProcessingParameterBoolean, QgsProcessingParameterNumber


class Wait(QgsProcessingAlgorithm):
    def createInstance(self):
        return Wait()

    def name(self):
        return "wait"

    def displayName(self):
        return "Wait"

    def initAlgorithm(self, _configuration):
        self.addParameter(QgsProcessingParameterNumber("seconds", "seconds", QgsProcessingParameterNumber.Double))
        self.addParameter(QgsProcessingParameterBoolean("fail", "fail"))
        self.addOutput(QgsProcessingOutputNumber("waited", "waited"))

    def processAlgorithm(self, parameters, context, feedback):
        seconds = self.parameterAsDouble(parameters, "seconds", context)
        for step in range(10):
            time.sleep(seconds / 10)
            feedback.setProgress(8 * step + 10)
        if self.parameterAsBoolean(parameters, "fail", context):
            raise QgsProcessingException("It was told to fail")
        return {"waited": seconds}
