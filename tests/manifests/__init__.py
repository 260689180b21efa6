"""What Kubernetes is given: rendered by kustomize, checked against the schemas of its API and against our own rules."""
