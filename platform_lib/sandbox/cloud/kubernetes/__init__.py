"""Kubernetes in the sandbox cloud."""

from platform_lib.sandbox.cloud.kubernetes.package import Kubernetes

PACKAGE = Kubernetes()
