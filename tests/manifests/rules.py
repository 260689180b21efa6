"""Rules of our own for an overlay's objects: what no schema says. Each problem is a line that names its object."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contracts.topics import QUEUES

from manifests.rendering import FOLDER, Document, name_of

OURS = 10001
STOP_SECONDS = 30
"""What a process may take to end: as docker-compose.yml has it."""
GIVEN_CONFIG = {"public-keys": {"ingestor", "notifier"}}
"""Made by deploy.sh where no overlay holds it."""
ALONE = ("audit", "bot")
"""Of which no two run at once."""

Pods = list[tuple[Document, dict[str, Any]]]


def problems(documents: Sequence[Document]) -> list[str]:
    """All problems of an overlay."""
    return [line for rule in _RULES for line in rule(documents)]


def pods(documents: Sequence[Document]) -> Pods:
    """The objects that make pods, and their templates."""
    kinds = ("Deployment", "StatefulSet", "Job")
    return [(each, each["spec"]["template"]) for each in documents if each["kind"] in kinds]


def containers(template: Document) -> list[dict[str, Any]]:
    """All containers of a pod, those that run first among them."""
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


def secrets() -> dict[str, set[str]]:
    """What each Secret holds."""
    lines = (FOLDER / "secrets.txt").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {name: set(keys.split()) for name, keys in pairs}


def _of_kind(documents: Sequence[Document], *kinds: str) -> list[Document]:
    return [each for each in documents if each["kind"] in kinds]


def _may_do_little(documents: Sequence[Document]) -> Iterator[str]:
    for owner, template in pods(documents):
        said, whole = name_of(owner), template["spec"]
        pod = whole.get("securityContext", {})
        is_ours = all(each["image"].split("/")[-1].startswith(("pulse-", *_names())) for each in containers(template))
        if whole.get("automountServiceAccountToken") is not False:
            yield f"{said}: its pods get a token of the API"
        if not pod.get("runAsNonRoot") or (is_ours and pod.get("runAsUser") != OURS):
            yield f"{said}: its pods do not run as a user of their own"
        if pod.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{said}: no seccomp profile"
        for container in containers(template):
            context, where = container.get("securityContext", {}), f"{said}: {container['name']}"
            if context.get("allowPrivilegeEscalation") is not False:
                yield f"{where} may gain privileges"
            if context.get("capabilities", {}).get("drop") != ["ALL"] or "add" in context.get("capabilities", {}):
                yield f"{where} has capabilities"
            if is_ours and context.get("readOnlyRootFilesystem") is not True:
                yield f"{where} may write to its root"
            if not {"cpu", "memory"} <= container.get("resources", {}).get("requests", {}).keys():
                yield f"{where} asks for no processor or memory"
            if "memory" not in container.get("resources", {}).get("limits", {}):
                yield f"{where} has no bound of memory"
            if not is_ours and container["image"].rpartition(":")[2] in ("", "latest", container["image"]):
                yield f"{where} runs whatever version there is"


def _names() -> list[str]:
    return ["gateway", "ingestor", "reporter", "notifier", "audit", "bot"]


def _is_told_apart(documents: Sequence[Document]) -> Iterator[str]:
    names = [(each["kind"], each["metadata"]["name"]) for each in documents]
    for kind, name in sorted({each for each in names if names.count(each) > 1}):
        yield f"{kind.lower()}/{name}: twice"


def _ends_in_time(documents: Sequence[Document]) -> Iterator[str]:
    for owner in _of_kind(documents, "Deployment"):
        whole, said = owner["spec"]["template"]["spec"], name_of(owner)
        [container] = whole["containers"]
        pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if whole.get("terminationGracePeriodSeconds", 30) < STOP_SECONDS + pause:
            yield f"{said}: killed before its {STOP_SECONDS} s after the pause of {pause} s are over"
        if not pause:
            yield f"{said}: is asked to end while it is still sent requests"
        strategy = owner["spec"].get("strategy", {})
        if owner["metadata"]["name"] in ALONE:
            if strategy != {"type": "Recreate"}:
                yield f"{said}: two at once while it is renewed"
        elif strategy.get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{said}: one is missing while it is renewed"
        ports = {each["name"] for each in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container.get(probe, {}).get("httpGet", {})
            if asked.get("port") not in ports or not str(asked.get("path")).startswith("/health/"):
                yield f"{said}: no {probe} of its health"


def _is_found(documents: Sequence[Document]) -> Iterator[str]:
    config = dict(GIVEN_CONFIG)
    for each in _of_kind(documents, "ConfigMap"):
        config[each["metadata"]["name"]] = set(each.get("data", {}))
    accounts = {each["metadata"]["name"] for each in _of_kind(documents, "ServiceAccount")}
    for owner, template in pods(documents):
        said, held, mounted = name_of(owner), secrets(), set()
        for volume in template["spec"].get("volumes", []):
            mounted.add(volume["name"])
            if "secret" in volume:
                name = volume["secret"]["secretName"]
                keys = {item["key"] for item in volume["secret"].get("items", [])}
                if missing := sorted(keys - held.get(name, set())):
                    yield f"{said}: secret {name} holds no {', '.join(missing)}"
                if name not in held:
                    yield f"{said}: there is no secret {name}"
        mounted |= {claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates", [])}
        account = template["spec"].get("serviceAccountName")
        if account is not None and account not in accounts:
            yield f"{said}: there is no service account {account}"
        for container in containers(template):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in mounted:
                    yield f"{said}: {container['name']} mounts {mount['name']}, which is no volume"
            for source in container.get("envFrom", []):
                if source["configMapRef"]["name"] not in config:
                    yield f"{said}: there is no config map {source['configMapRef']['name']}"
            for variable in container.get("env", []):
                reference = variable.get("valueFrom", {}).get("configMapKeyRef")
                if reference and reference["key"] not in config.get(reference["name"], set()):
                    yield f"{said}: {variable['name']}: config map {reference['name']} holds no {reference['key']}"


def _is_reached(documents: Sequence[Document]) -> Iterator[str]:
    services = {}
    for service in _of_kind(documents, "Service"):
        said = name_of(service)
        services[service["metadata"]["name"]] = {each["name"] for each in service["spec"]["ports"]}
        ports = _ports(documents, service["spec"]["selector"])
        if not ports:
            yield f"{said}: no pod has its labels"
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in ports:
                yield f"{said}: no pod of it listens at {port['targetPort']}"
    for ingress in _of_kind(documents, "Ingress"):
        hosts = {host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
        for rule in ingress["spec"]["rules"]:
            if rule["host"] not in hosts:
                yield f"{name_of(ingress)}: {rule['host']} without TLS"
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                if backend["port"].get("name") not in services.get(backend["name"], set()):
                    port = backend["port"].get("name")
                    yield f"{name_of(ingress)}: there is no service {backend['name']} with a port {port}"


def _ports(documents: Sequence[Document], labels: Document) -> dict[str, int]:
    return {
        port["name"]: port["containerPort"]
        for _, template in pods(documents)
        if labels.items() <= template["metadata"]["labels"].items()
        for container in template["spec"]["containers"]
        for port in container.get("ports", [])
    }


def _is_bounded(documents: Sequence[Document]) -> Iterator[str]:
    policies = _of_kind(documents, "NetworkPolicy")
    if not any(
        each["spec"]["podSelector"] == {}
        and set(each["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        and not each["spec"].keys() & {"ingress", "egress"}
        for each in policies
    ):
        yield "networkpolicy: nothing refuses what is not allowed"
    names = {template["metadata"]["labels"]["app.kubernetes.io/name"] for _, template in pods(documents)}
    for policy in policies:
        for selector in _selectors(policy["spec"]):
            wanted = {selector.get("matchLabels", {}).get("app.kubernetes.io/name")} - {None}
            for expression in selector.get("matchExpressions", []):
                wanted |= set(expression["values"])
            if unknown := sorted(wanted - names - {"postgres", "redis", "rabbitmq"}):
                yield f"{name_of(policy)}: no pod is called {', '.join(unknown)}"
        for rule in [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]:
            if not (rule.get("from") or rule.get("to")) or not rule.get("ports"):
                yield f"{name_of(policy)}: allows everybody or every port"


def _selectors(spec: Document) -> Iterator[Document]:
    yield spec["podSelector"]
    for rule in [*spec.get("ingress", []), *spec.get("egress", [])]:
        for peer in [*rule.get("from", []), *rule.get("to", [])]:
            if "podSelector" in peer and "namespaceSelector" not in peer:
                yield peer["podSelector"]


def _is_scaled(documents: Sequence[Document]) -> Iterator[str]:
    deployments = {each["metadata"]["name"]: each for each in _of_kind(documents, "Deployment")}
    budgets = [each["spec"]["selector"]["matchLabels"] for each in _of_kind(documents, "PodDisruptionBudget")]
    for name, owner in deployments.items():
        if owner["spec"]["selector"]["matchLabels"] not in budgets:
            yield f"{name_of(owner)}: all of it may be taken away at once"
        spread = owner["spec"]["template"]["spec"].get("topologySpreadConstraints", [])
        if {each["labelSelector"]["matchLabels"].get("app.kubernetes.io/name") for each in spread} != {name}:
            yield f"{name_of(owner)}: all of it may lie on one machine"
    logins = {each["metadata"]["name"]: each for each in _of_kind(documents, "TriggerAuthentication")}
    for scaler in _of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject"):
        said, target = name_of(scaler), scaler["spec"]["scaleTargetRef"]["name"]
        if target not in deployments:
            yield f"{said}: there is no deployment {target}"
        elif "replicas" in deployments[target]["spec"]:
            yield f"{said}: the number that deployment/{target} names takes its own back"
        for trigger in scaler["spec"].get("triggers", []):
            queue = trigger["metadata"]["queueName"]
            if queue not in {each.name for each in QUEUES if each.service == target}:
                yield f"{said}: {target} consumes no queue {queue}"
            if trigger["authenticationRef"]["name"] not in logins:
                yield f"{said}: there is no trigger authentication {trigger['authenticationRef']['name']}"
    for login in logins.values():
        for reference in login["spec"]["secretTargetRef"]:
            if reference["key"] not in secrets().get(reference["name"], set()):
                yield f"{name_of(login)}: secret {reference['name']} holds no {reference['key']}"
    for secret in _of_kind(documents, "ExternalSecret"):
        held = {each["secretKey"] for each in secret["spec"]["data"]}
        if held != secrets().get(secret["spec"]["target"]["name"]):
            yield f"{name_of(secret)}: holds something else than secrets.txt says"


_RULES: Sequence[Callable[[Sequence[Document]], Iterator[str]]] = (
    _is_told_apart,
    _may_do_little,
    _ends_in_time,
    _is_found,
    _is_reached,
    _is_bounded,
    _is_scaled,
)
