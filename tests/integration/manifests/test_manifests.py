"""The manifests: as Docker Compose has it, as Kubernetes' own schemas ask for it, and every mistake has its line."""

import copy
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from local.environments import CLIENTS, PROCESSES, SERVICES
from manifests.rendering import FOLDER, OVERLAYS, ROOT, Document, NotRendered, name_of, render, schema_problems
from manifests.rules import containers, problems, secrets
from servicekit.secret_files import SUFFIX
from support.settings import settings_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
ONCE = [name for name, part in COMPOSE.items() if part.get("restart") == "no"]


@pytest.fixture(scope="module")
def overlays() -> dict[str, list[Document]]:
    return {overlay: render(overlay) for overlay in OVERLAYS}


@pytest.fixture
def documents(overlays: dict[str, list[Document]]) -> list[Any]:
    """Those of production, to be broken."""
    return copy.deepcopy(overlays["production"])


def found(documents: list[Any], name: str) -> Any:
    return next(each for each in documents if name_of(each) == name)


def service_of(documents: list[Any], name: str) -> Any:
    return found(documents, f"deployment/{name}")["spec"]["template"]["spec"]["containers"][0]


def test_every_overlay_is_as_schemas_and_rules_say(overlays: dict[str, list[Document]], tmp_path: Path) -> None:
    for documents in overlays.values():
        assert problems(documents) == []
        assert schema_problems(documents, tmp_path) == []


@pytest.mark.parametrize("service", PROCESSES)
def test_a_process_is_what_compose_runs(overlays: dict[str, list[Document]], service: str) -> None:
    part = COMPOSE[service]
    container = service_of(overlays["single-node"], service)
    assert container["image"] == part["image"]
    assert container["resources"]["limits"]["memory"] == part["mem_limit"].replace("m", "Mi")
    fixed = {name: str(value) for name, value in part["environment"].items() if not str(value).startswith("${")}
    if "REDIS_URL" in fixed:
        # Elsewhere it may have a password.
        fixed["REDIS_URL_FILE"] = "/run/secrets/redis_url"
        del fixed["REDIS_URL"]
    given = {each["name"]: each.get("value") for each in container["env"]}
    sealed = {"SEAL_PUBLIC_KEY", "SEAL_WEBHOOKS_PUBLIC_KEY"} & part["environment"].keys()
    assert given == fixed | dict.fromkeys(sealed)
    files = {Path(value).name for name, value in fixed.items() if name.endswith(SUFFIX)}
    assert secrets()[service] == files
    published = {int(re.findall(r"\d+$", each)[0]) for each in part.get("ports", [])}
    assert published <= {each["containerPort"] for each in container["ports"]}


def test_a_gateway_is_sent_requests_by_what_the_proxy_of_compose_asks(overlays: dict[str, list[Document]]) -> None:
    [asked] = re.findall(r"option httpchk GET (\S+)", (ROOT / "infra/docker/haproxy.cfg").read_text())
    for documents in overlays.values():
        assert service_of(documents, "gateway")["readinessProbe"]["httpGet"]["path"] == asked
        assert service_of(documents, "notifier")["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_settings_of_a_config_map_are_its_services(overlays: dict[str, list[Document]]) -> None:
    for documents in overlays.values():
        for service in PROCESSES:
            [source] = service_of(documents, service)["envFrom"]
            said = found(documents, f"configmap/{source['configMapRef']['name']}")["data"]
            fields = {name.upper() for name in settings_of(service).model_fields}
            assert said.keys() <= fields


def test_what_compose_does_once_is_done_in_its_order_before_processes_start(
    overlays: dict[str, list[Document]],
) -> None:
    for documents in overlays.values():
        steps = containers(found(documents, "job/prepare")["spec"]["template"])
        assert sorted(each["name"] for each in steps) == sorted(ONCE)
        order = [each["name"] for each in steps]
        for step in steps:
            part = COMPOSE[step["name"]]
            assert step["command"] == part["command"]
            assert set(part["environment"]) <= {each["name"] for each in step["env"]}
            for earlier in part["depends_on"].keys() & set(ONCE):
                assert order.index(earlier) < order.index(step["name"])
    assert {each["image"] for each in steps} == {f"registry.example.com/pulse/{each}:0.1.0" for each in SERVICES}


def test_a_step_sees_the_secrets_that_it_reads_and_no_other(overlays: dict[str, list[Document]]) -> None:
    pod = found(overlays["single-node"], "job/prepare")["spec"]["template"]
    volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
    for step in containers(pod):
        [volume] = [volumes[each["name"]] for each in step["volumeMounts"] if each["name"] != "tmp"]
        shown = {item["path"] for item in volume["secret"]["items"]}
        files = {Path(each["value"]).name for each in step["env"] if each["name"].endswith(SUFFIX)}
        # Who makes the broker's users knows them all; the topology is declared beside it, by the same administrator.
        assert files == shown or step["name"] == "topology", step["name"]


def test_the_servers_of_one_machine_are_those_of_compose(overlays: dict[str, list[Document]]) -> None:
    for server in ("postgres", "redis", "rabbitmq"):
        owner = found(overlays["single-node"], f"statefulset/{server}")
        [container] = owner["spec"]["template"]["spec"]["containers"]
        assert container["image"] == COMPOSE[server]["image"]
        limit = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", COMPOSE[server]["mem_limit"])
        assert container["resources"]["limits"]["memory"].lower() == f"{limit}i"


def put(*path: Any, value: Any = None) -> Callable[[Any], None]:
    """Put a value at a path of keys, or take what is there away."""

    def change(at: Any) -> None:
        for key in path[:-1]:
            at = at[key]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return change


POD = ("spec", "template", "spec")
ONE = (*POD, "containers", 0)
PATH = ("spec", "rules", 0, "http", "paths", 0)
BROKEN = [
    ("deployment/reporter", put(*ONE, "securityContext", "readOnlyRootFilesystem"), "reporter: service may write to"),
    ("deployment/reporter", put(*POD, "securityContext", "runAsUser", value=0), "do not run as a user of their own"),
    ("deployment/reporter", put(*POD, "automountServiceAccountToken"), "its pods get a token of the API"),
    ("deployment/reporter", put(*ONE, "resources", "limits"), "reporter: service has no bound of memory"),
    ("deployment/gateway", put(*ONE, "readinessProbe"), "gateway: no readinessProbe of its health"),
    ("deployment/gateway", put(*ONE, "livenessProbe", "httpGet", "port", value="htp"), "gateway: no livenessProbe"),
    ("deployment/gateway", put(*POD, "terminationGracePeriodSeconds", value=20), "gateway: killed before its 30 s"),
    ("deployment/gateway", put(*ONE, "lifecycle"), "is asked to end while it is still sent requests"),
    ("deployment/gateway", put("spec", "strategy", value={}), "gateway: one is missing while it is renewed"),
    ("deployment/bot", put("spec", "strategy", value={}), "bot: two at once while it is renewed"),
    ("deployment/notifier", put(*ONE, "envFrom", 0, "configMapRef", "name", value="x"), "there is no config map x"),
    ("deployment/notifier", put(*POD, "serviceAccountName", value="x"), "there is no service account x"),
    ("deployment/notifier", put(*POD, "volumes", 1, "secret", "secretName", value="x"), "there is no secret x"),
    ("deployment/notifier", put("spec", "replicas", value=3), "takes its own back"),
    ("service/reporter", put("spec", "ports", 0, "targetPort", value="x"), "no pod of it listens at x"),
    ("service/gateway", put("spec", "selector", value={"a": "b"}), "service/gateway: no pod has its labels"),
    ("ingress/gateway", put("spec", "tls"), "ingress/gateway: pulse.example.com without TLS"),
    ("ingress/gateway", put(*PATH, "backend", "service", "name", value="x"), "there is no service x with a port"),
    ("networkpolicy/nothing", put("spec", "policyTypes", value=["Ingress"]), "nothing refuses what is not allowed"),
    ("networkpolicy/reporter", put("spec", "ingress", 0, "from"), "reporter: allows everybody or every port"),
    ("networkpolicy/bot", put("spec", "podSelector", "matchLabels", "app.kubernetes.io/name", value="x"), "called x"),
    (
        "poddisruptionbudget/notifier",
        put("spec", "selector", "matchLabels", value={"a": "b"}),
        "may be taken away",
    ),
    (
        "scaledobject/reporter",
        put("spec", "triggers", 0, "metadata", "queueName", value="notifier.orders"),
        "no queue",
    ),
    ("scaledobject/reporter", put("spec", "scaleTargetRef", "name", value="x"), "there is no deployment x"),
    ("triggerauthentication/rabbitmq", put("spec", "secretTargetRef", 0, "key", value="x"), "scaler holds no x"),
    ("externalsecret/notifier", put("spec", "data", 0), "something else than secrets.txt says"),
    ("job/prepare", put(*POD, "volumes", 1, "secret", "items", 0, "key", value="x"), "secret prepare holds no x"),
]


@pytest.mark.parametrize(("name", "change", "line"), BROKEN, ids=[f"{name}: {line}" for name, _, line in BROKEN])
def test_what_is_broken_is_told(documents: list[Any], name: str, change: Callable[[Any], None], line: str) -> None:
    change(found(documents, name))
    assert line in "\n".join(problems(documents))


def test_what_the_schemas_do_not_know_is_told(documents: list[Any], tmp_path: Path) -> None:
    for name, path in (
        ("deployment/gateway", (*ONE, "redinessProbe")),
        ("networkpolicy/bot", ("spec", "egres")),
        ("scaledobject/notifier", ("spec", "minReplicas")),
        ("externalsecret/bot", ("spec", "template")),
    ):
        put(*path, value={})(found(documents, name))
    put("spec", "maxReplicas", value="many")(found(documents, "horizontalpodautoscaler/gateway"))
    said = "\n".join(schema_problems(documents, tmp_path))
    for line in (
        r"deployment/gateway .*'redinessProbe' was unexpected",
        r"networkpolicy/bot .*'egres' was unexpected",
        r"scaledobject/notifier: spec: .*'minReplicas' was unexpected",
        r"externalsecret/bot: spec: .*'template' was unexpected",
        r"horizontalpodautoscaler/gateway .*spec.maxReplicas: 'many' is not of type 'integer'",
    ):
        assert re.search(line, said), said


@pytest.mark.parametrize(
    ("file", "before", "after", "line"),
    [
        ("base/kustomization.yaml", "- reporter.yaml", "- reportr.yaml", "reportr.yaml"),
        ("base/gateway.yaml", "kind: Deployment", "kind: Deployment: x", "gateway.yaml"),
        ("overlays/production/kustomization.yaml", "/spec/replicas }", "/spec/replica }", "/spec/replica"),
        ("overlays/production/kustomization.yaml", "behavior: merge", "behaviour: merge", "behaviour"),
    ],
)
def test_what_kustomize_refuses_is_told(tmp_path: Path, file: str, before: str, after: str, line: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    path = tmp_path / "kubernetes" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(NotRendered, match=re.escape(line)):
        render("production", tmp_path / "kubernetes")


class TestDeploy:
    """`deploy.sh` with a stand-in for kubectl that notes its words."""

    def deployed(self, folder: Path, overlay: str, outcome: str) -> tuple[int, list[str]]:
        kubectl = folder / "kubectl"
        kubectl.write_text(
            f'#!/bin/sh\necho "$@" >> {folder}/calls\n'
            f'case "$*" in *"get job"*) echo {outcome};; *dry-run*) echo "{{}}";; *"-f -") cat >/dev/null;; esac\n'
        )
        kubectl.chmod(0o755)
        (folder / "home").mkdir()
        for name in ("infra", ".venv"):
            (folder / "home" / name).symlink_to(ROOT / name)
        (folder / "home" / "docker-compose.yml").symlink_to(ROOT / "docker-compose.yml")
        (folder / "home" / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
        environment = {"KUBECTL": str(kubectl), "PATH": "/usr/bin:/bin", "POLL_SECONDS": "0"}
        environment["TELEGRAM_BOT_TOKEN"] = "1:bot"
        ended = subprocess.run(
            ["sh", "infra/kubernetes/deploy.sh", overlay], cwd=folder / "home", env=environment, check=False
        )
        return ended.returncode, (folder / "calls").read_text().splitlines()

    def test_servers_then_what_comes_before_then_processes(self, tmp_path: Path) -> None:
        code, calls = self.deployed(tmp_path, "single-node", "Complete")
        assert code == 0
        steps = [call.rpartition("-l ")[2] for call in calls if " -k " in call]
        assert steps == ["!pulse/step", "pulse/step=servers", "pulse/step=prepare", "pulse/step=services"]
        made = dict(re.findall(r"create secret generic (\w+) (.*) --dry-run", "\n".join(calls)))
        assert made.keys() == secrets().keys()
        for name, said in made.items():
            assert set(re.findall(r"--from-(?:file|literal)=(\w+)=", said)) == secrets()[name]
        [keys] = [call for call in calls if "create configmap public-keys" in call]
        assert re.search(r"ingestor=\S{40,} .*notifier=\S{40,} ", keys)
        waited = [call.split("/")[1].split()[0] for call in calls if "rollout status deployment" in call]
        assert waited == [*SERVICES, *CLIENTS]

    def test_where_preparing_fails_no_process_is_changed(self, tmp_path: Path) -> None:
        code, calls = self.deployed(tmp_path, "production", "Failed")
        assert code == 1
        assert not [call for call in calls if "services" in call or "secret" in call]
