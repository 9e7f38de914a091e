"""What `kubectl apply -k` gives a cluster, as kustomize makes it of the manifests."""

import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "production" / "kubernetes"
KUBECTL = Path(sysconfig.get_path("scripts")) / "kubectl"

Document = dict[str, Any]


@cache
def rendered() -> tuple[Document, ...]:
    made = subprocess.run([KUBECTL, "kustomize", FOLDER], capture_output=True, check=True)
    return tuple(yaml.safe_load_all(made.stdout))


def of_kind(*kinds: str) -> list[Document]:
    return [document for document in rendered() if document["kind"] in kinds]


def config() -> dict[str, str]:
    """What is not secret, as every container is told it."""
    [config_map] = of_kind("ConfigMap")
    return dict(config_map["data"])


def pods() -> dict[str, Document]:
    """The pod of each process, and of `migrate`."""
    made = [document["spec"]["template"] for document in of_kind("Deployment", "Job")]
    return {pod["metadata"]["labels"]["process"]: pod["spec"] for pod in made}


def containers() -> dict[str, Document]:
    """The container of each process that is one, without `migrate`."""
    made = {name: pod["containers"] for name, pod in pods().items() if name != "migrate"}
    assert all(len(several) == 1 for several in made.values())
    return {name: first for name, [first] in made.items()}
