"""The YAML language server that editors run, asked as an editor asks it: the Language Server Protocol over its pipes."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self

from crossdock.errors import Halt
from crossdock.testing.servers.live import EDITOR, find_node

PATIENCE = 60.0  # seconds; a machine with much else to do answers late
_FIRST = "first.yaml"  # a file nobody asks about
_SHOWN = "textDocument/publishDiagnostics"


class YamlLanguageServer:
    """A server of our own over the folder ``root``, which reads ``settings`` as an editor has them (``yaml.schemas``)."""

    def __init__(self, root: Path, schemas: Mapping[str, list[str]]) -> None:
        command: list[str | Path] = [find_node("yaml-language-server", EDITOR), "--stdio"]
        self._root = root
        self._settings = {"schemas": schemas, "schemaStore": {"enable": False}, "validate": True, "hover": True}
        self._settings |= {"completion": True}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self._numbers = itertools.count(1)
        self._heard: Queue[dict[str, Any]] = Queue()
        self._told: dict[str, list[dict[str, Any]]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    # What an editor does

    def show(self, path: str, text: str) -> None:
        """Open a file at ``path`` in the folder with this text. A path is opened once."""
        document = {"uri": self._uri(path), "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})

    def diagnostics(self, path: str) -> list[tuple[int, int, str]]:
        """What is marked in a file that is open: line and column, from 1, and the words."""
        uri = self._uri(path)
        while uri not in self._told:
            self._take()
        found = self._told[uri]
        return [(*_position(one["range"]["start"]), one["message"]) for one in found]

    def completions(self, path: str, text: str) -> list[dict[str, Any]]:
        """What is proposed where ``text`` has a ``|``, in a file that is opened for it."""
        line, column = self._show_at(path, text)
        found = self._ask("textDocument/completion", self._at(path, line, column))
        return list(found["items"] if isinstance(found, dict) else found or [])

    def hover(self, path: str, text: str) -> str:
        """What is told of the word that has a ``|`` in it."""
        line, column = self._show_at(path, text)
        found = self._ask("textDocument/hover", self._at(path, line, column))
        return str(found["contents"]["value"]) if found else ""

    def changed(self, path: str) -> None:
        """A file of the folder is another one by now."""
        changes = [{"uri": self._uri(path), "type": 2}]  # LSP 3.17, FileChangeType.Changed
        self._notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def _show_at(self, path: str, text: str) -> tuple[int, int]:
        before, _, after = text.partition("|")
        self.show(path, before + after)
        return before.count("\n"), len(before.rpartition("\n")[2])

    def _at(self, path: str, line: int, column: int) -> dict[str, object]:
        return {"textDocument": {"uri": self._uri(path)}, "position": {"line": line, "character": column}}

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    # The protocol

    def _begin(self) -> None:
        text = {"completion": {"completionItem": {"snippetSupport": True}}, "hover": {"contentFormat": ["markdown"]}}
        capabilities = {"textDocument": text, "workspace": {"configuration": True}}
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        begin = {
            "processId": None,
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": capabilities,
        }
        self._ask("initialize", begin)
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": {"yaml": self._settings}})
        while self._take().get("method") != "workspace/configuration":
            pass  # until it has asked for the settings, it would answer without them
        self.show(_FIRST, "")
        self.diagnostics(_FIRST)

    def _ask(self, method: str, parameters: object) -> Any:  # noqa: ANN401 - whatever the protocol answers
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                return message.get("result")

    def _notify(self, method: str, parameters: object) -> None:
        self._send({"method": method, "params": parameters})

    def _take(self) -> dict[str, Any]:
        try:
            message = self._heard.get(timeout=PATIENCE)
        except Empty:
            raise Halt("T102", "the YAML language server does not answer") from None
        if message.get("method") == _SHOWN:
            self._told[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: Mapping[str, Any]) -> object:
        """To what the server asks the editor: its settings, and nothing else."""
        if message["method"] != "workspace/configuration":
            return None
        return [self._settings if one.get("section") == "yaml" else None for one in message["params"]["items"]]

    def _send(self, message: Mapping[str, object]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        for data in self._messages():
            self._heard.put(json.loads(data))

    def _messages(self) -> Iterator[bytes]:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - it was asked for
        length = 0
        while line := pipe.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
            elif not line.strip():
                yield pipe.read(length)


def _position(start: Mapping[str, int]) -> tuple[int, int]:
    return start["line"] + 1, start["character"] + 1
