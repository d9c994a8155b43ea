"""Signing through `ssh-keygen -Y sign`, so that agents, passphrases and hardware keys work."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from perfledger.domain.errors import Message, say
from perfledger.ledger.signatures import NAMESPACE

_AT_ONCE = 500  # files that one call is given


class CannotSign(Exception):
    """ssh-keygen is not there, or did not sign."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def sign_all(messages: Sequence[bytes], key: Path) -> list[str]:
    """The armoured signatures of messages, made with the key in a file.

    `key` is a private key, or a public one whose private half an agent holds. ssh-keygen asks for
    a passphrase or a touch on the terminal itself. Raises `CannotSign`.
    """
    program = shutil.which("ssh-keygen")
    if program is None:
        raise CannotSign(say("ssh-keygen is not installed (Debian: openssh-client)"))
    signatures: list[str] = []
    left = iter(messages)
    with tempfile.TemporaryDirectory(prefix="perfledger-sign-") as folder:
        while chunk := list(islice(left, _AT_ONCE)):
            files = [Path(folder, f"{place:04}") for place in range(len(chunk))]
            for file, message in zip(files, chunk, strict=True):
                file.write_bytes(message)
            _run(program, files, key)
            for file in files:
                made = file.with_name(f"{file.name}.sig")
                signatures.append(made.read_text(encoding="ascii"))
                made.unlink()  # ssh-keygen would ask before it writes it again
    return signatures


def _run(program: str, files: Sequence[Path], key: Path) -> None:
    command = [program, "-q", "-Y", "sign", "-f", os.fspath(key), "-n", NAMESPACE, *map(str, files)]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode or not all(Path(f"{file}.sig").exists() for file in files):
        raise CannotSign(say("ssh-keygen did not sign with {key}", key=key))
