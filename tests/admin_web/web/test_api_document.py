"""The API's own document, and docs/api.md: both say what is really answered."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

DOCS = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture
def document(api: TestClient) -> dict[str, Any]:
    return dict(api.get("openapi.json").json())


def _resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return dict(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def _fits(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "") -> None:
    """Compare a value with the few words of JSON Schema that the document uses."""
    schema = _resolve(document, schema)
    if "anyOf" in schema:
        problems = []
        for one in schema["anyOf"]:
            try:
                _fits(document, one, value, at)
            except AssertionError as problem:
                problems.append(str(problem))
            else:
                return
        raise AssertionError(f"{at}: {value!r} fits none of {schema['anyOf']}: {problems}")
    kinds = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), f"{at}: {value!r} is no {schema['type']}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        assert set(schema.get("required", [])) <= set(value), at
        more = schema.get("additionalProperties", True)
        for name, part in value.items():
            assert name in properties or more is not False, f"{at}.{name} is not described"
            _fits(document, properties.get(name, more if isinstance(more, dict) else {}), part, f"{at}.{name}")
    if isinstance(value, list):
        for part in value:
            _fits(document, schema.get("items", {}), part, f"{at}[]")


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("events?limit=500", "/api/v1/events"),
        ("exceptions", "/api/v1/exceptions"),
        ("devices", "/api/v1/devices"),
        ("points", "/api/v1/points"),
        ("people", "/api/v1/people"),
        ("people/amara-osei", "/api/v1/people/{id}"),
        ("points/robins/restricted", "/api/v1/points/{id}/restricted"),
    ],
)
def test_every_answer_is_as_the_document_describes_it(
    api: TestClient, document: dict[str, Any], school: Any, path: str, described: str
) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.add("robins", "door.opened_unreleased.v1", school.at("09:12"), point="robins", slot=1, tap=None)
    school.hear("robins", health=[{"part": "reader-1", "state": "ok", "since": None, "what_to_do": None}])
    schema = document["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    _fits(document, schema, api.get(path).json(), path)


def test_every_error_has_the_one_shape(api: TestClient, document: dict[str, Any]) -> None:
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            for status, answer in call["responses"].items():
                if status.startswith("4"):
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema["$ref"].endswith("/ErrorBody"), (path, method, status)
    assert "HTTPValidationError" not in str(document)


def test_the_calls_are_those_of_the_contract_and_need_a_token(document: dict[str, Any]) -> None:
    calls = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert calls == {
        ("get", "/api/v1/events"),
        ("get", "/api/v1/exceptions"),
        ("post", "/api/v1/exceptions/{id}/review"),
        ("get", "/api/v1/devices"),
        ("get", "/api/v1/points"),
        ("get", "/api/v1/people"),
        ("get", "/api/v1/people/{id}"),
        ("put", "/api/v1/people/{id}"),
        ("get", "/api/v1/points/{id}/restricted"),
        ("put", "/api/v1/points/{id}/restricted"),
        ("get", "/api/v1/timetable"),
        ("put", "/api/v1/timetable"),
        ("get", "/api/v1/calendar"),
        ("put", "/api/v1/calendar"),
        ("get", "/api/v1/permissions"),
        ("get", "/api/v1/permissions/{id}"),
        ("post", "/api/v1/permissions"),
        ("post", "/api/v1/permissions/{id}/withdraw"),
        ("get", "/api/v1/restrictions"),
        ("get", "/api/v1/restrictions/{id}"),
        ("post", "/api/v1/restrictions"),
        ("post", "/api/v1/restrictions/{id}/give-back"),
        ("get", "/api/v1/room-states"),
        ("post", "/api/v1/room-states"),
        ("post", "/api/v1/room-states/{id}/end"),
        ("post", "/api/v1/room-states/points/{point}/end"),
        ("post", "/api/v1/what-if"),
        ("get", "/api/v1/openapi.json"),
    }
    for methods in document["paths"].values():
        for call in methods.values():
            assert call["security"] == [{"token": []}]


def test_docs_name_every_call_every_field_and_every_status(document: dict[str, Any]) -> None:
    text = DOCS.read_text()
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            assert f"`{method.upper()} {path.removeprefix('/api/v1/')}`" in text, path
            for parameter in call.get("parameters", []):
                if parameter["in"] == "query":
                    assert f"`{parameter['name']}`" in text, parameter
            for status in call["responses"]:
                assert re.search(rf"^\| {status} \|", text, re.M), status
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}):
            assert f"`{field}`" in text, field


def test_every_field_that_docs_name_exists(document: dict[str, Any]) -> None:
    named = {field for row in re.findall(r"^\| `(\w+)` \| (?!.*\bstatus\b)", DOCS.read_text(), re.M) for field in [row]}
    there = {field for schema in document["components"]["schemas"].values() for field in schema.get("properties", {})}
    parameters = {
        parameter["name"]
        for methods in document["paths"].values()
        for call in methods.values()
        for parameter in call.get("parameters", [])
    }
    assert named <= there | parameters
