"""A service mesh on Kubernetes (Istio): control plane, gateways, traffic rules, who may call whom, telemetry."""
