"""deploy/kuberay.yaml, as far as it can be tested without Kubernetes: the manifest has the fields that
KubeRay knows, what it names is there, and its study is one that can be made."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import spof
from needing import needs

needs("yaml", "jsonschema", extra="ray")

import jsonschema  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((Path(__file__).parent / "rayjob.schema.json").read_text())


@pytest.fixture
def manifests() -> dict[str, Any]:
    """By their kinds."""
    text = (ROOT / "deploy/kuberay.yaml").read_text()
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(text)}


@pytest.fixture
def pods(manifests: dict[str, Any]) -> list[Any]:
    cluster = manifests["RayJob"]["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [group["template"]["spec"] for group in groups]


def _check(job: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(job)


def test_kuberay_knows_all_fields(manifests: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    _check(manifests["RayJob"])


def test_the_schema_finds_mistakes(manifests: dict[str, Any]) -> None:
    job = manifests["RayJob"]

    def workers(job: Any) -> Any:
        return job["spec"]["rayClusterSpec"]["workerGroupSpecs"][0]

    for mistake in [
        lambda job: job["spec"].update(entryPoint="python"),
        lambda job: job.update(apiVersion="ray.io/v1alpha1"),
        lambda job: workers(job).pop("groupName"),
        lambda job: workers(job).update(replicas="4"),
        lambda job: workers(job)["rayStartParams"].update({"num-cpus": 4}),
        lambda job: workers(job)["template"]["spec"].pop("containers"),
    ]:
        wrong = copy.deepcopy(job)
        mistake(wrong)
        with pytest.raises(jsonschema.ValidationError):
            _check(wrong)


def test_all_pods_have_the_image_that_is_built_with_the_ray_that_is_said(
    manifests: dict[str, Any], pods: list[Any]
) -> None:
    dockerfile = (ROOT / "deploy/Dockerfile.ray").read_text()
    images = {container["image"] for pod in pods for container in pod["containers"]}
    assert images == {f"spof-ray:{spof.__version__}"}
    assert f"--tag {images.pop()} ." in dockerfile
    ray = manifests["RayJob"]["spec"]["rayClusterSpec"]["rayVersion"]
    assert f"ARG RAY={ray}-py" in dockerfile


def test_what_is_mounted_is_there(manifests: dict[str, Any], pods: list[Any]) -> None:
    readme = (ROOT / "deploy/README.md").read_text()
    given = {manifests["ConfigMap"]["metadata"]["name"]}
    for pod in pods:
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounted == set(volumes)
        for volume in volumes.values():
            name = volume.get("configMap", {}).get("name") or volume["persistentVolumeClaim"]["claimName"]
            assert name in given or f"configmap {name} " in readme or f"{{ name: {name} }}" in readme


def test_its_study_is_made(
    manifests: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = manifests["ConfigMap"]["data"]["study.py"]
    sweep = spof.sweep
    runs = 0

    def here(scenario: str, vary: Any, *, replications: int, out: str, engine: str) -> spof.Sweep:
        nonlocal runs
        assert manifests["RayJob"]["spec"]["entrypoint"] == "python /study/study.py"
        assert engine == "ray" and out.startswith("/results/")
        local = ROOT / "scenarios" / Path(scenario).relative_to("/scenario")
        short = {"run.duration": "30s", "run.warmup": "10s"}
        made = sweep(local, vary, replications=2, set=short, out=tmp_path / "out")
        runs = len(made.points) * replications
        return made

    monkeypatch.setattr(spof, "sweep", here)
    exec(compile(study, "study.py", "exec"), {})
    assert "visitors.arrivals" in capsys.readouterr().out
    assert runs == 1000, "as its first line says"
