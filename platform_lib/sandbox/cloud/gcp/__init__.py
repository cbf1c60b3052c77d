"""Google Cloud in the sandbox cloud."""

from platform_lib.sandbox.cloud.gcp.package import Gcp

PACKAGE = Gcp()
