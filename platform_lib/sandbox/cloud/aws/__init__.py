"""AWS in the sandbox cloud."""

from platform_lib.sandbox.cloud.aws.package import Aws

PACKAGE = Aws()
