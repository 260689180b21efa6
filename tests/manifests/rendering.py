"""The manifests of an overlay as Kubernetes gets them, and what the tools' own validators say of them."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
FOLDER = ROOT / "infra" / "kubernetes"
OVERLAYS = ("single-node", "production")
VERSIONS = ("1.30.0", "1.37.0")
"""Of Kubernetes: the oldest that has all we ask for (pauses before an end), and the newest there are schemas of."""

Document = Mapping[str, Any]


class NotRendered(Exception):
    """Kustomize refused; the message is what it said."""


@cache
def tools() -> Path:
    """The folder of the tools' programs; made when missing."""
    subprocess.run(["sh", "infra/kubernetes/tools.sh"], cwd=ROOT, check=True)
    return ROOT / ".local" / "kubernetes-tools" / "bin"


def render(overlay: str, folder: Path = FOLDER) -> list[Document]:
    """Every object of an overlay."""
    command = [str(tools() / "kubectl"), "kustomize", str(folder / "overlays" / overlay)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise NotRendered(said.stderr.strip())
    return list(yaml.safe_load_all(said.stdout))


def name_of(document: Document) -> str:
    """As `kind/name`."""
    return f"{document['kind'].lower()}/{document['metadata']['name']}"


def schema_problems(documents: Sequence[Document], folder: Path) -> list[str]:
    """What is not as the schemas say, a line each; files for the validator are written into `folder`."""
    own = {path.stem: json.loads(path.read_text()) for path in sorted((FOLDER / "schemas").glob("*.json"))}
    problems, of_kubernetes = [], []
    for document in documents:
        schema = own.get(f"{document['kind'].lower()}-{document['apiVersion'].replace('/', '-')}")
        if schema is None:
            of_kubernetes.append(document)
            continue
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            problems.append(f"{name_of(document)}: {'.'.join(map(str, error.absolute_path))}: {error.message}")
    for version in VERSIONS:
        file = folder / f"for-{version}.yaml"
        file.write_text(yaml.safe_dump_all([dict(each) for each in of_kubernetes]))
        command = [str(tools() / "kubernetes-validate"), "--strict", "--quiet", "-k", version, str(file)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in (said.stdout + said.stderr).splitlines() if re.match(r"(ERROR|WARN) ", line)]
        if said.returncode != 0 and not lines:
            lines = [f"kubernetes-validate: {(said.stdout + said.stderr).strip()}"]
        problems += lines
    return problems
