"""Readwise's token: where it is looked for, and that nobody else can read it there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gleanings.config import ReadwiseConfig
from gleanings.steps.readwise_client import find_token, require_token
from record_types.errors import InputError
from tests.gleanings.running import Ran, run
from tests.readwise_api import Api, serve

WORD = "qWeRtY0123456789asdfgh"


def write(path: Path, text: str, mode: int = 0o600) -> ReadwiseConfig:
    path.write_text(text)
    path.chmod(mode)
    return ReadwiseConfig(token_file=str(path))


def read(config: ReadwiseConfig, environment: dict[str, str] | None = None) -> str | None:
    token = find_token(config, environment or {})
    return token.reveal() if token else None


def test_the_environment_takes_precedence_over_the_file(tmp_path: Path) -> None:
    config = write(tmp_path / "token", WORD)
    assert read(config, {"READWISE_TOKEN": " another-word\n"}) == "another-word"
    assert read(config, {"READWISE_TOKEN": "  "}) == WORD


def test_surrounding_whitespace_is_ignored(tmp_path: Path) -> None:
    assert read(write(tmp_path / "token", f"\n{WORD}\n")) == WORD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o601, 0o644, 0o777])
def test_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(InputError, match="chmod 600") as caught:
        read(write(tmp_path / "token", WORD, mode))
    assert WORD not in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_only_its_owner_can_touch_is_accepted(tmp_path: Path, mode: int) -> None:
    assert read(write(tmp_path / "token", WORD, mode)) == WORD


@pytest.mark.parametrize(
    "text", ["", "short", f"two {WORD}s", "wörter-aus-buchstaben", f"{WORD}\nnext", "x" * 5000]
)
def test_an_invalid_token_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="not a Readwise token") as caught:
        read(write(tmp_path / "token", text))
    assert not text or text not in str(caught.value)


def test_a_missing_file_or_a_folder_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match=r"cannot read the token file|not a regular file"):
            read(ReadwiseConfig(token_file=str(path)))


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(InputError, match="not a regular file"):
        read(ReadwiseConfig(token_file=str(tmp_path / "pipe")))


def test_without_any_source_there_is_no_token(tmp_path: Path) -> None:
    assert find_token(ReadwiseConfig(), {}) is None
    with pytest.raises(InputError, match="READWISE_TOKEN"):
        require_token(ReadwiseConfig(), {})


# The library `keyring` is asked in a process of its own: here it is one that stands in for the system's.


def ask_keyring(folder: Path, library: str | None, url: str = "http://127.0.0.1:9") -> Ran:
    """An import with the token in the keyring."""
    stand_in = folder / "libraries"
    stand_in.mkdir()
    if library is not None:
        (stand_in / "keyring").mkdir()
        (stand_in / "keyring" / "__init__.py").write_text(library)
        (stand_in / "keyring" / "errors.py").write_text("class KeyringError(Exception): pass\n")
    else:
        (stand_in / "keyring.py").write_text("raise ImportError\n")
    (folder / "config.toml").write_text("[readwise]\nkeyring = true\n")
    path = f"{stand_in}{os.pathsep}{Path(__file__).resolve().parents[2]}"
    environment = {"PYTHONPATH": path, "READWISE_TOKEN": "", "GLEANINGS_READWISE_URL": url}
    return run("import", "--readwise", cwd=folder, environment=environment)


def test_the_keyring_is_asked_for_its_token(tmp_path: Path) -> None:
    names = "('gleanings', 'readwise')"
    library = f"def get_password(*names):\n    return {WORD!r} if names == {names} else None"
    with serve(Api()) as api:
        ran = ask_keyring(tmp_path, library, api.url)
    assert (ran.code, api.tokens) == (2, [f"Token {WORD}"])
    assert "the token is refused" in ran.err
    assert WORD not in ran.out + ran.err


@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("def get_password(*_): return None", "keyring set gleanings readwise"),
        (
            "import keyring.errors\ndef get_password(*_): raise keyring.errors.KeyringError('secret words')",
            "returned no token (KeyringError)",
        ),
        (None, "needs the extra `keyring`: pipx install --force 'gleanings[keyring]', or '.[keyring]' in"),
    ],
)
def test_a_keyring_without_a_token_is_reported_in_one_line(
    tmp_path: Path, library: str | None, words: str
) -> None:
    ran = ask_keyring(tmp_path, library)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert "secret words" not in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "gleanings.db").exists()
