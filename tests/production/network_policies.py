"""What the manifests' network policies let a process do."""

from typing import Any

from tests.production.manifests import Document, containers, of_kind


def rules_of(process: str, direction: str) -> list[Document]:
    """What the policies that select this process allow in this direction. Some policy does."""
    policies = [
        policy["spec"]
        for policy in of_kind("NetworkPolicy")
        if direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], process)
    ]
    assert policies, f"{process} is not bound"
    return [rule for policy in policies for rule in policy.get(direction.lower(), ())]


def lets_through(caller: str, called: str, direction: str) -> bool:
    """Whether `caller` may ask `called` over HTTP, by the policies of the one (Egress) or of the
    other (Ingress)."""
    bound, other, side = (
        (caller, called, "to") if direction == "Egress" else (called, caller, "from")
    )
    ports = {port["name"]: port["containerPort"] for port in containers()[called]["ports"]}
    return any(
        _at_port(rule, ports["http"]) and selects(peer["podSelector"], other)
        for rule in rules_of(bound, direction)
        for peer in peers(rule, side)
        if "podSelector" in peer
    )


def selects(selector: Document, process: str) -> bool:
    labels = {"app": "lapor", "process": process}
    if any(labels.get(name) != value for name, value in selector.get("matchLabels", {}).items()):
        return False
    return all(
        (labels[term["key"]] in term["values"]) == (term["operator"] == "In")
        for term in selector.get("matchExpressions", ())
    )


def peers(rule: Document, side: str) -> list[Any]:
    return list(rule.get(side, [{}]))


def namespaces(rules: list[Document], side: str) -> set[str]:
    return {
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for rule in rules
        for peer in peers(rule, side)
        if "namespaceSelector" in peer
    }


def _at_port(rule: Document, http: int) -> bool:
    return any(
        entry["port"] == "http"
        or (isinstance(entry["port"], int) and entry["port"] <= http <= _last(entry))
        for entry in rule["ports"]
    )


def _last(entry: dict[str, int]) -> int:
    return entry.get("endPort", entry["port"])
