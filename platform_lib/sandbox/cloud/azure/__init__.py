"""Azure (azure-native) in the sandbox cloud."""

from platform_lib.sandbox.cloud.azure.package import Azure

PACKAGE = Azure()
