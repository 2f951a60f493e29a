"""The call: one entity by its key, several by a filter, or the answer to a change."""

from __future__ import annotations

import re
from urllib.parse import quote

from crossdock.connector import Parcel, Surroundings
from crossdock.connector.http.address import moment_of
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Response
from crossdock.connector.template import Template, any_text
from crossdock.errors import CrossdockError, Doubt, Reject
from crossdock.message import Document
from crossdock_connectors.odata.change import Changes, document_in, key_of
from crossdock_connectors.odata.literal import doubled, from_v2
from crossdock_connectors.odata.options import CallOptions
from crossdock_connectors.odata.service import Service, document_of, entities_in, entity_in

_NOT_FOUND = 404
_BARE = re.compile(
    r"(?:-?\d{1,40}(?:\.\d{1,40})?|true|false|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)\Z"
)


class ODataCall:
    """Asks one service."""

    def __init__(self, options: CallOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._service = Service(options, around, client, keyed=options.repeatability, success=options.success)
        self._changes = Changes(self._service, options, whole=True)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The answer; None where there is no such entity."""
        try:
            response = self._read(parcel) if self._options.reads else self._changes.make(parcel)
            if response is None or isinstance(response, CrossdockError):
                return response
        except CrossdockError as error:
            return error
        try:
            return self._answer(response)
        except Reject as error:
            return error if self._options.effect is None else Doubt(error.code, error.message, hint=error.hint)

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def _read(self, parcel: Parcel) -> Response | CrossdockError | None:
        options = self._options
        path = options.entity
        if options.do == "read":
            path = f"{path}({key_of(options, document_in(parcel))})"
        response = self._service.get(self._service.url(path, self._query(parcel)), self._service.headers(parcel))
        if response.status == _NOT_FOUND and options.do == "read" and self._service.judge.then(response) is None:
            return None
        return self._service.failure(response) or response

    def _query(self, parcel: Parcel) -> dict[str, str]:
        options, given = self._options, dict[str, str]()
        if options.filter is not None:
            given["$filter"] = filled(options.filter, parcel)
        if options.select:
            given["$select"] = ",".join(options.select)
        for name in ("expand", "orderby", "top"):
            value = getattr(options, name)
            if value is not None:
                given[f"${name}"] = str(value)
        return given

    def _answer(self, response: Response) -> Document:
        if not response.body:
            return None
        document = document_of(response)
        found: Document = entities_in(document) if self._options.do == "find" else entity_in(document)
        if found is None:
            raise Reject("K763", "the reply has no list of entities", hint="look at 'entity:'")
        found = from_v2(found) if self._options.version == "v2" else found
        return found if self._options.result is None else self._options.result.of(found)


def filled(template: Template, parcel: Parcel) -> str:
    """A filter with the values of a document. Raises ``Reject`` where one is missing or would be more than a value."""
    moment, text = moment_of(parcel), ""
    for index, piece in enumerate(template.parts):
        if isinstance(piece, str):
            text += piece
            continue
        hole = Template(f"{{{piece.text}}}", template.parts[index : index + 1])
        if text.replace("''", "").count("'") % 2:
            text += hole.render(parcel, moment, part=_no_nul, whole=any_text, written=doubled)
        else:
            text += hole.render(parcel, moment, part=_bare, whole=any_text)
    return text


def _no_nul(text: str) -> str | None:
    try:
        quote(text)
    except UnicodeEncodeError:
        return "it has half a surrogate pair"
    return "it has a NUL" if "\0" in text else None


def _bare(text: str) -> str | None:
    return (
        None if _BARE.match(text) else "without quotes around it there may be a number, a date, a GUID, true or false"
    )
