"""Documents made to hurt whoever reads them, and how long and how much memory it takes to refuse each.

``python -m tests.unit.engine.bombs FOLDER`` writes each bomb into ``FOLDER``, reads it in a process of its own that
holds the engine alone, and prints one line of JSON on it.
"""

import datetime
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import screening.protocols
from screening.engine.documents import InvalidDocument
from screening.engine.json_text import read_json_file
from screening.engine.protocol import KINDS, check, load_protocol
from screening.engine.responses import answers_from_fhir
from screening.engine.validation import refusals

SHIPPED = Path(screening.protocols.__file__).parent / "session-day"
MANY = 100_000
DAY = datetime.date(2026, 7, 1)
ADDRESS_SPACE = 2_000_000_000
Json = dict[str, Any]


def sound(name: str) -> Any:
    """Return a sound document of its kind, to be spoilt."""
    return json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))


def spoilt(name: str, change: Callable[[Json], Any]) -> bytes:
    """Return a document of the shipped protocol after ``change``."""
    found = sound(name)
    change(found)
    return json.dumps(found).encode()


def with_when(text: str) -> bytes:
    """Return the rules with ``text`` as the first rule's condition, whether it is JSON or not."""
    whole = spoilt("rules", lambda rules: rules["rules"][0].update(when="HERE"))
    return whole.replace(b'"HERE"', text.encode())


def joined(numbers: list[int]) -> Json:
    return {"kind": "all", "of": [{"kind": "defined", "name": f"d{n}"} for n in numbers]}


def defined(count: int, uses: Callable[[int], list[int]]) -> bytes:
    """Return the rules with ``count`` definitions, of which each joins the ones that ``uses`` names."""
    return spoilt(
        "rules",
        lambda rules: rules.update(
            definitions=[
                {
                    "name": f"d{n}",
                    "title": "D",
                    "condition": joined(uses(n)) if uses(n) else rules["rules"][0]["when"],
                }
                for n in range(count)
            ]
        ),
    )


def exceptions_in_a_circle(rules: Json) -> None:
    rule = rules["rules"][0]
    rule["unless"] = [
        {"id": f"x{n}", "title": "X", "when": rule["when"], "confirmed_by": "clinician", "to": f"x{(n + 1) % 10}"}
        for n in range(10)
    ]


def gates_in_a_circle(questionnaire: Json) -> None:
    items = questionnaire["sections"][0]["items"]
    for item, other in ((items[0], items[1]), (items[1], items[0])):
        item["enable_when"] = [{"question": other["link_id"], "operator": "exists", "answer": True}]


def with_much_to_read(guidance: Json) -> None:
    statement = {**guidance["statements"][0], "text": "word " * 399}
    guidance["statements"] += [{**statement, "id": f"NEW-{n}"} for n in range(1000)]


def citing_nothing_known(rules: Json) -> None:
    cites = [f"NO-{n}" for n in range(60)]
    rules["rules"] = [{**rules["rules"][0], "id": f"rule-{n}", "cites": cites} for n in range(500)]


def telling_of_no_known_rule(vignettes: Json) -> None:
    vignettes["vignettes"][0]["raises"] = [f"rule-{n}" for n in range(45_000)]


def response(items: str) -> bytes:
    return b'{"resourceType": "QuestionnaireResponse", "status": "completed", "item": [%s]}' % items.encode()


def answered(item: str) -> bytes:
    return response(", ".join([item] * 1_000_000))


def compared(number: str) -> bytes:
    return with_when('{"kind": "compare", "question": "a", "operator": "<", "value": %s}' % number)  # noqa: UP031


def repeated(name: str, entry: str, times: int) -> bytes:
    """Return a document of which the list of the same name holds ``entry`` so many times."""
    return spoilt(name, lambda found: found.update({name: "HERE"})).replace(
        b'"HERE"', f"[{', '.join([entry] * times)}]".encode()
    )


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "100,000 lists in lists": ("rules", lambda: b"[" * MANY + b"]" * MANY),
    "100,000 lists that nothing closes": ("rules", lambda: b"[" * MANY),
    "100,000 conditions in conditions": (
        "rules",
        lambda: with_when('{"kind": "not", "condition": ' * MANY + "1" + "}" * MANY),
    ),
    "100,000 rules": ("rules", lambda: repeated("rules", json.dumps(sound("rules")["rules"][0]), MANY)),
    "100,000 empty rules": ("rules", lambda: repeated("rules", "{}", MANY)),
    "501 rules": ("rules", lambda: spoilt("rules", lambda rules: rules.update(rules=rules["rules"][:1] * 501))),
    "100,000 definitions": ("rules", lambda: defined(MANY, lambda n: [n])),
    "101 definitions": ("rules", lambda: defined(101, lambda n: [n])),
    "1,000,000 answers in a vignette": (
        "vignettes",
        lambda: spoilt("vignettes", lambda found: found["vignettes"][0].update(answers="HERE")).replace(
            b'"HERE"', b"{" + b'"a": {"value": true}, ' * 1_000_000 + b'"b": {"value": true}}'
        ),
    ),
    "1,000,000 answers": ("response", lambda: answered('{"linkId": "a", "answer": [{"valueBoolean": true}]}')),
    "1,000,000 empty answers": ("response", lambda: answered("{}")),
    "20,000 answers to no known question": (
        "response",
        lambda: response(", ".join(f'{{"linkId": "pain-{n}"}}' for n in range(20_000))),
    ),
    "a name twice": ("rules", lambda: spoilt("rules", lambda _: None).replace(b'"title"', b'"name": "x", "title"', 1)),
    "16,000 names twice": ("rules", lambda: b"[" + b'{"a":1,"a":2},' * 16_000 + b"0]"),
    "NaN": ("rules", lambda: compared("NaN")),
    "Infinity": ("rules", lambda: compared("Infinity")),
    "-Infinity": ("rules", lambda: compared("-Infinity")),
    "1e400": ("rules", lambda: compared("1e400")),
    "1e-400": ("rules", lambda: compared("1e-400")),
    "a whole number of a million digits": ("rules", lambda: compared("9" * 1_000_000)),
    "a decimal of a million digits": ("rules", lambda: compared("0." + "9" * 1_000_000)),
    "a number beyond exact ones": ("rules", lambda: compared("9007199254740993")),
    "a lone surrogate": ("rules", lambda: spoilt("rules", lambda rules: rules.update(title="half \ud800"))),
    "a lone surrogate in a name": ("rules", lambda: spoilt("rules", lambda rules: rules.update({"x\udfff": 1}))),
    "a name of 2,500,000 characters": ("rules", lambda: json.dumps({"x" * 2_500_000: [{}] * 20_000}).encode()),
    "45,000 unknown fields": (
        "rules",
        lambda: spoilt("rules", lambda rules: rules.update({f"e{n}": 0 for n in range(45_000)})),
    ),
    "45,000 unknown fields, deep down": (
        "rules",
        lambda: with_when(
            '{"kind":"not","condition":' * 30 + json.dumps({f"e{n}": 0 for n in range(45_000)}) + "}" * 30
        ),
    ),
    "a circle of 100 definitions": ("rules", lambda: defined(100, lambda n: [(n + 1) % 100])),
    "definitions that all use each other": ("rules", lambda: defined(100, lambda n: [m for m in range(100) if m % 2])),
    "definitions that double": ("rules", lambda: defined(45, lambda n: [n + 1] * 2 if n < 44 else [])),
    "100 definitions, each in the next": ("rules", lambda: defined(100, lambda n: [n + 1] if n < 99 else [])),
    "a circle of exceptions": ("rules", lambda: spoilt("rules", exceptions_in_a_circle)),
    "a circle of gates": ("questionnaire", lambda: spoilt("questionnaire", gates_in_a_circle)),
    "30,000 unknown statements": ("rules", lambda: spoilt("rules", citing_nothing_known)),
    "45,000 unknown rules": ("vignettes", lambda: spoilt("vignettes", telling_of_no_known_rule)),
    "2,000,000 letters to read": ("guidance", lambda: spoilt("guidance", with_much_to_read)),
    "700,000 small objects": ("rules", lambda: b"[" + b'{"":0},' * 700_000 + b"0]"),
    "1,600,000 empty strings": ("rules", lambda: b"[" + b'"",' * 1_600_000 + b'""]'),
    "a string that nothing closes": ("rules", lambda: b'"' + b'\\"' * 2_400_000),
    "a file of 100 MB": ("rules", lambda: b""),
    "a byte that is not UTF-8": ("rules", lambda: b'{"title": "\xff"}'),
    "UTF-16": ("rules", lambda: '{"title": "x"}'.encode("utf-16")),
    "nothing": ("rules", lambda: b""),
}


def written(folder: Path, name: str) -> Path:
    """Write the bomb ``name`` into ``folder`` among sound documents, and return its file."""
    kind, make = BOMBS[name]
    for other in KINDS:
        (folder / f"{other}.json").write_bytes((SHIPPED / f"{other}.json").read_bytes())
    path = folder / f"{kind}.json"
    path.write_bytes(make())
    if name == "a file of 100 MB":
        os.truncate(path, 100_000_000)
    return path


def read(path: Path) -> list[dict[str, str]]:
    """Read what ``path`` holds as the commands do, and return what is found."""
    try:
        if path.name == "response.json":
            asked = load_protocol(path.parent).questionnaire
            answers_from_fhir(read_json_file(path, "response"), asked, DAY)
            return []
        return [finding.as_document() for finding in refusals(check(load_protocol(path.parent)))]
    except InvalidDocument as problem:
        return [finding.as_document() for finding in problem.findings]


def peak() -> float:
    """Return the most memory that this process has held so far, in megabytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024  # ru_maxrss would count what started this process as well


def measured(path: Path, name: str) -> None:
    """Read a bomb in a child that has only that to do, and print what it took, with the engine that it inherited."""
    before = peak()
    if os.fork() == 0:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        started, worked = time.perf_counter(), time.process_time()
        findings = read(path)
        told = {
            "name": name,
            "seconds": time.perf_counter() - started,
            "work": time.process_time() - worked,
            "megabytes": before + peak(),
            "findings": findings,
        }
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        os._exit(0)
    os.wait()


def main(folder: Path) -> None:
    """Measure every bomb. Each is made in a child as well, so that what it takes to make it is not measured."""
    for name in BOMBS:
        if os.fork() == 0:
            written(folder, name)
            os._exit(0)
        os.wait()
        measured(folder / f"{BOMBS[name][0]}.json", name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
