"""Every Refusal that the server can raise has a sentence, and every gap in it is filled."""

import ast
import string
from importlib.resources import files
from pathlib import Path

import pytest

from broadcast.domain.deliveries import DeliveryState
from broadcast.wording import LANGUAGES, table
from devices.vocabulary import Outcome, Why

ROOT = Path(__file__).resolve().parents[2]
RAISED = {"broadcast": "Refusal", "audio": "NotSound"}


def raised() -> list[tuple[str, str, frozenset[str] | None]]:
    """(where, code, names of its facts) of every refusal in the source; None where the facts are handed on."""
    found = []
    for folder, name in RAISED.items():
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    names = {k.arg for k in node.keywords}
                    facts = None if None in names else frozenset(str(n) for n in names)
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    found += [(where, code, facts) for code in codes(node.args[0] if node.args else None)]
    return found


def codes(node: ast.expr | None) -> list[str]:
    match node:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp(body=body, orelse=orelse):
            return codes(body) + codes(orelse)
        case _:
            return []


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


EVERY = raised()


def test_refusals_are_found_where_they_are_raised():
    assert len({code for _, code, _ in EVERY}) > 40
    assert {"disk-full", "store-failed", "sound-video", "guards"} <= {code for _, code, _ in EVERY}


@pytest.mark.parametrize(("where", "code", "facts"), EVERY, ids=[f"{w} {c}" for w, c, _ in EVERY])
def test_every_refusal_has_a_sentence_whose_gaps_are_filled(where, code, facts):
    sentences = table().get(f"refusal.{code}")
    assert sentences, f"{where}: no sentence for {code}"
    for sentence in sentences:
        assert facts is None or gaps(sentence) <= facts, f"{where}: {sentence}"


def test_no_sentence_is_left_of_a_refusal_that_is_gone():
    kept = {key.removeprefix("refusal.") for key in table() if key.startswith("refusal.")}
    assert kept - {code for _, code, _ in EVERY} == set()


def test_both_languages_have_the_same_gaps():
    for key, sentences in table().items():
        assert len(sentences) == len(LANGUAGES)
        assert gaps(sentences[0]) == gaps(sentences[1]), key


def test_no_key_is_written_twice_and_no_sentence_is_empty():
    for file in files("broadcast").joinpath("words").iterdir():
        keys = [line.split("=")[0].strip() for line in file.read_text("utf-8").splitlines() if " = [" in line]
        assert len(keys) == len(set(keys)), file.name
    assert all(sentence.strip() for sentences in table().values() for sentence in sentences)


def test_every_result_and_reason_of_the_log_book_has_a_name():
    keys = {f"log.state-{state.value}" for state in DeliveryState}
    keys |= {f"log.why-{why.value}" for why in Why}
    keys |= {f"log.why-{outcome.value}" for outcome in Outcome if outcome is not Outcome.PLAYED}
    assert keys | {"log.why-no-report"} <= set(table())
