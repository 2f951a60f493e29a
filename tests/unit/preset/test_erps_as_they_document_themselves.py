"""Salesforce, NetSuite, Business Central, S/4HANA, Odoo, Tryton and AvaTax, after their documentation."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.unit.preset.conftest import NOW, Ground, answer

from crossdock.connector import Done, Effect
from crossdock.errors import Doubt, Reject, Retry

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
TOKEN = {"access_token": "00D-canary-token", "token_type": "Bearer", "expires_in": 3600}

SALESFORCE = {"domain": "globex", "client_id": "3MVG9", "client_secret": "canary", "object": "Order__c"}
NETSUITE = {"account": "1234567", "client_id": "abc", "certificate": "cert-1", "key": PEM}
TBA = {
    "account": "1234567",
    "client_id": "abc",
    "token": "tok",
    "consumer_secret": "canary-c",
    "token_secret": "canary-t",
}
CENTRAL = {"tenant": "globex.example", "company": "0000-1", "client_id": "1111", "client_secret": "canary"}
S4 = {"user": "CROSSDOCK", "password": "canary"}
ODOO = {"key": "canary", "model": "sale.order"}
TRYTON = {"database": "globex", "key": "canary"}


def claims(ground: Ground, field: str, audience: str, algorithm: str) -> dict[str, object]:
    """What a token that we signed says, at the time of the test."""
    form = parse_qs(str(ground.seen[0]["body"]))
    decoded: dict[str, object] = jwt.decode(
        form[field][0],
        _KEY.public_key(),
        algorithms=[algorithm],
        audience=audience,
        options={"verify_exp": False, "verify_iat": False},
    )
    return decoded


def test_salesforce_records_follow_the_next_url_and_then_the_modstamp(ground: Ground) -> None:
    def record(name: str) -> dict[str, object]:
        kind = {"type": "Order__c", "url": f"/services/data/v66.0/sobjects/Order__c/{name}"}
        return {"attributes": kind, "Id": name, "SystemModstamp": "2026-11-20T11:00:00.000+0000"}

    following = "/services/data/v66.0/query/01gD-2000"
    ground.peer.plan(
        answer({**TOKEN, "instance_url": ground.peer.url, "expires_in": None}, path="/services/oauth2/token"),
        answer(
            {"totalSize": 2, "done": False, "nextRecordsUrl": following, "records": [record("a")]},
            path="/services/data",
        ),
        answer({"totalSize": 2, "done": True, "records": [record("b")]}, path=following),
        answer({"totalSize": 0, "done": True, "records": []}, path="/services/data"),
    )
    source = ground.opened("salesforce", "source", "records", fields="Id, SystemModstamp", **SALESFORCE)
    assert [one["Id"] for one in ground.documents(source)] == ["a", "b"]
    ground.polled(source)
    assert ground.seen[0]["body"] == "grant_type=client_credentials&client_id=3MVG9&client_secret=canary"
    assert ground.seen[1]["query"] == {"q": "SELECT Id, SystemModstamp FROM Order__c ORDER BY SystemModstamp"}
    assert "WHERE SystemModstamp >= 2026-11-20T10:59:00Z ORDER BY" in ground.seen[3]["query"]["q"]


def test_of_a_collection_salesforce_refuses_one_and_takes_the_other(ground: Ground) -> None:
    missing = {
        "statusCode": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [Name]",
        "fields": ["Name"],
    }
    locked = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access", "fields": []}
    ground.peer.plan(
        answer(TOKEN, path="/services/oauth2/token"),
        answer(
            [
                {"id": "a01", "success": True, "errors": [], "created": True},
                {"success": False, "errors": [missing]},
                {"success": False, "errors": [locked]},
            ],
            path="/services/data",
        ),
    )
    sink = ground.opened("salesforce", "sink", "upsert", external_id="Number__c", **SALESFORCE)
    records = [{"attributes": {"type": "Order__c"}, "Number__c": f"PO-{n}"} for n in (1, 2, 3)]
    done, refused, later = ground.sent(sink, *records)
    assert done == Done("a01")
    assert isinstance(refused, Reject)
    assert isinstance(later, Retry)
    sent = ground.seen[1]
    assert (sent["method"], sent["path"]) == ("PATCH", "/services/data/v66.0/composite/sobjects/Order__c/Number__c")
    assert json.loads(sent["body"]) == {"records": records}


def test_a_session_of_salesforce_that_has_ended_is_renewed_without_a_word(ground: Ground) -> None:
    ended = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    ground.peer.plan(
        answer(TOKEN, path="/services/oauth2/token"),
        answer(ended, path="/services/data", status=401),
        answer({**TOKEN, "access_token": "second"}, path="/services/oauth2/token"),
        answer({"Id": "a01"}, path="/services/data"),
    )
    call = ground.opened("salesforce", "call", "record", external_id="Number__c", **SALESFORCE)
    assert ground.asked(call, {"number": "PO 1/2"}) == {"Id": "a01"}
    assert ground.seen[3]["headers"]["authorization"] == "Bearer second"


def test_salesforce_takes_a_token_that_we_signed_for_a_user(ground: Ground) -> None:
    ground.peer.plan(answer(TOKEN, path="/services/oauth2/token"), answer([], path="/services/data", status=404))
    given = {**SALESFORCE, "client_secret": None, "key": PEM, "user": "crossdock@globex.example", "audience": "test"}
    call = ground.opened("salesforce", "call", "record", external_id="Number__c", **given)
    assert ground.asked(call, {"number": "1"}) is None
    said = claims(ground, "assertion", "https://test.salesforce.com", "RS256")
    assert (said["iss"], said["sub"]) == ("3MVG9", "crossdock@globex.example")
    assert parse_qs(str(ground.seen[0]["body"]))["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]


def test_the_daily_limit_of_salesforce_is_waited_for(ground: Ground) -> None:
    body = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    ground.peer.plan(answer(TOKEN, path="/services/oauth2/token"), answer(body, path="/services/data", status=403))
    (told,) = ground.sent(ground.opened("salesforce", "sink", "upsert", external_id="Number__c", **SALESFORCE), {})
    assert isinstance(told, Retry)


def test_netsuite_gives_a_token_for_an_assertion_with_the_certificate_as_kid(ground: Ground) -> None:
    where = "/services/rest/auth/oauth2/v1/token"
    page = {
        "items": [{"id": "1", "tranid": "SO1", "changed": "2026-11-20 09:00:00"}],
        "hasMore": True,
        "offset": 0,
        "count": 1,
    }
    ground.peer.plan(
        answer(TOKEN, path=where),
        answer(page, path="/services/rest/query"),
        answer({"items": [], "hasMore": False, "offset": 1, "count": 0}, path="/services/rest/query"),
    )
    assert len(ground.polled(ground.opened("netsuite", "source", "orders", days=7, **NETSUITE))) == 1
    said = claims(ground, "client_assertion", f"{ground.peer.url}{where}", "PS256")
    assert (said["iss"], said["scope"]) == ("abc", "rest_webservices")
    form = parse_qs(str(ground.seen[0]["body"]))
    assert jwt.get_unverified_header(form["client_assertion"][0])["kid"] == "cert-1"
    assert form["grant_type"] == ["client_credentials"]
    assert [one["query"] for one in ground.seen[1:]] == [
        {"limit": "1000", "offset": "0"},
        {"limit": "1000", "offset": "1"},
    ]
    assert ground.seen[1]["headers"]["prefer"] == "transient"
    assert "SYSDATE - 7" in json.loads(ground.seen[1]["body"])["q"]


def test_netsuite_takes_signed_requests_as_well(ground: Ground) -> None:
    ground.peer.plan(answer(None, status=204))
    sink = ground.opened("netsuite", "sink", "upsert", record="salesOrder", realm="1234567_SB1", **TBA)
    (done,) = ground.sent(sink, {"externalId": "PO-4711", "memo": "x"})
    assert isinstance(done, Done)
    sent = ground.seen[0]
    assert (sent["method"], sent["path"]) == ("PUT", "/services/rest/record/v1/salesOrder/eid:PO-4711")
    header = sent["headers"]["authorization"]
    assert header.startswith('OAuth realm="1234567_SB1", oauth_consumer_key="abc", oauth_token="tok"')
    assert 'oauth_signature_method="HMAC-SHA256"' in header
    assert "canary" not in header


def test_a_second_request_of_one_key_counts_as_done_at_netsuite(ground: Ground) -> None:
    detail = {
        "detail": "A request with the same idempotency key is already submitted.",
        "o:errorCode": "IDEMPOTENCY_ERROR",
    }
    conflict = {"type": "about:blank", "title": "Conflict", "status": 400, "o:errorDetails": [detail]}
    ground.peer.plan(
        answer(None, status=202, headers={"Location": "/services/rest/async/v1/job/5"}), answer(conflict, status=400)
    )
    sink = ground.opened("netsuite", "sink", "create", record="salesOrder", **TBA)
    first, second = ground.sent(sink, {"memo": "x"})[0], ground.sent(sink, {"memo": "x"})[0]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert ground.seen[0]["headers"]["x-netsuite-idempotency-key"] == "key-1"
    assert ground.seen[0]["headers"]["prefer"] == "respond-async"


def test_another_400_of_netsuite_rejects(ground: Ground) -> None:
    detail = {"detail": "Invalid field value for entity.", "o:errorCode": "USER_ERROR", "o:errorPath": "entity"}
    ground.peer.plan(answer({"title": "Bad Request", "status": 400, "o:errorDetails": [detail]}, status=400))
    (told,) = ground.sent(ground.opened("netsuite", "sink", "create", record="salesOrder", **TBA), {"memo": "x"})
    assert isinstance(told, Reject)


def test_business_central_orders_follow_the_next_link_and_then_the_time_of_change(ground: Ground) -> None:
    where = "/v2.0/companies(0000-1)/salesOrders"

    def order(number: str) -> dict[str, object]:
        return {"@odata.etag": 'W/"1"', "id": number, "number": number, "lastModifiedDateTime": "2026-11-20T11:00:00Z"}

    following = f"{ground.peer.url}{where}?$skiptoken=2"
    ground.peer.plan(
        answer(TOKEN, path="/login/token"),
        answer({"@odata.nextLink": following, "value": [order("S1")]}, path=where),
        answer({"value": [order("S2")]}, path=where),
        answer({"value": []}, path=where),
    )
    given = {**CENTRAL, "address": f"{ground.peer.url}/v2.0", "login": f"{ground.peer.url}/login"}
    source = ground.opened("business_central", "source", "orders", **given)
    assert [one["number"] for one in ground.documents(source)] == ["S1", "S2"]
    ground.polled(source)
    form = parse_qs(str(ground.seen[0]["body"]))
    assert form["scope"] == ["https://api.businesscentral.dynamics.com/.default"]
    assert form["client_id"] == ["1111"]
    assert ground.seen[1]["query"] == {"$expand": "salesOrderLines", "$orderby": "lastModifiedDateTime"}
    assert ground.seen[1]["headers"]["prefer"] == "odata.maxpagesize=200"
    assert ground.seen[3]["query"]["$filter"] == "lastModifiedDateTime ge 2026-11-20T10:59:00Z"


def test_business_central_takes_a_certificate_instead_of_a_secret(ground: Ground) -> None:
    ground.peer.plan(
        answer(TOKEN, path="/login/token"), answer({"value": []}, path="/v2.0/companies(0000-1)/salesOrders")
    )
    where = {"address": f"{ground.peer.url}/v2.0", "login": f"{ground.peer.url}/login"}
    given = {**CENTRAL, "client_secret": None, "key": PEM, "certificate": "dGh1bWI", **where}
    ground.polled(ground.opened("business_central", "source", "orders", **given))
    said = claims(ground, "client_assertion", f"{ground.peer.url}/login/token", "PS256")
    form = parse_qs(str(ground.seen[0]["body"]))
    assert (said["iss"], said["sub"]) == ("1111", "1111")
    assert jwt.get_unverified_header(form["client_assertion"][0])["x5t#S256"] == "dGh1bWI"


def test_business_central_that_is_busy_is_left_alone_as_long_as_it_asks(ground: Ground) -> None:
    busy = {"error": {"code": "Application_TooManyRequests", "message": "Too many requests reached."}}
    ground.peer.plan(
        answer(TOKEN, path="/login/token"), answer(busy, path="/v2.0", status=429, headers={"Retry-After": "30"})
    )
    given = {**CENTRAL, "address": f"{ground.peer.url}/v2.0", "login": f"{ground.peer.url}/login"}
    sink = ground.opened("business_central", "sink", "create-order", **given)
    (told,) = ground.sent(sink, {"customerNumber": "10000"})
    assert isinstance(told, Retry)
    assert told.after == 30


def test_an_order_of_business_central_is_changed_whatever_its_etag(ground: Ground) -> None:
    ground.peer.plan(answer(TOKEN, path="/login/token"), answer({"number": "S1"}, path="/v2.0"))
    given = {**CENTRAL, "address": f"{ground.peer.url}/v2.0", "login": f"{ground.peer.url}/login"}
    sink = ground.opened("business_central", "sink", "change-order", **given)
    outcome = sink.send([ground.parcel({"externalDocumentNumber": "PO-1"}, headers={"bc.id": "aaaa-1"})])
    assert outcome == [Done("S1")]
    assert ground.seen[1]["path"] == "/v2.0/companies(0000-1)/salesOrders(aaaa-1)"
    assert ground.seen[1]["headers"]["if-match"] == "*"


def test_s4_gives_a_token_and_cookies_and_wants_both_back(ground: Ground) -> None:
    service = "/sap/opu/odata/sap/API_SALES_ORDER_SRV"
    fetched = {"X-CSRF-Token": "tok-1", "Set-Cookie": "SAP_SESSIONID_S4=abc; path=/; secure; HttpOnly"}
    ground.peer.plan(
        answer({"d": {"EntitySets": []}}, path=f"{service}/?", headers=fetched),
        answer({"d": {"SalesOrder": "4711"}}, path=f"{service}/A_SalesOrder", status=201),
        answer(
            "CSRF token validation failed",
            path=f"{service}/A_SalesOrder",
            status=403,
            headers={"X-CSRF-Token": "Required"},
        ),
        answer({"d": {}}, path=f"{service}/?", headers={"X-CSRF-Token": "tok-2"}),
        answer({"d": {"SalesOrder": "4712"}}, path=f"{service}/A_SalesOrder", status=201),
    )
    sink = ground.opened("s4hana", "sink", "create-order", **S4)
    assert ground.sent(sink, {"SalesOrderType": "OR"}, {"SalesOrderType": "OR"}) == [Done("4711"), Done("4712")]
    fetch, first, refused, again, second = ground.seen
    assert (fetch["method"], fetch["headers"]["x-csrf-token"]) == ("GET", "Fetch")
    assert (first["headers"]["x-csrf-token"], first["headers"]["cookie"]) == ("tok-1", "SAP_SESSIONID_S4=abc")
    assert refused["headers"]["x-csrf-token"] == "tok-1"
    assert again["headers"]["x-csrf-token"] == "Fetch"
    assert second["headers"]["x-csrf-token"] == "tok-2"
    assert second["query"] == {"sap-client": "100"}


def test_an_error_of_s4_is_told_in_its_words(ground: Ground) -> None:
    service = "/sap/opu/odata/sap/API_SALES_ORDER_SRV"
    error = {"error": {"code": "V1/384", "message": {"lang": "en", "value": "Sold-to party 4711 not maintained"}}}
    ground.peer.plan(
        answer({}, path=f"{service}/?", headers={"X-CSRF-Token": "tok-1"}), answer(error, path=service, status=400)
    )
    (told,) = ground.sent(ground.opened("s4hana", "sink", "create-order", **S4), {"SalesOrderType": "OR"})
    assert isinstance(told, Reject)
    assert "Sold-to party 4711 not maintained" in told.message


def test_s4_orders_are_read_by_skip_and_top_and_then_from_the_time_of_change(ground: Ground) -> None:
    order = {"SalesOrder": "1", "LastChangeDateTime": "/Date(1795174200000+0000)/"}
    ground.peer.plan(*[answer({"d": {"results": rows}}) for rows in ([order], [], [])])
    source = ground.opened("s4hana", "source", "orders", **S4)
    assert len(ground.polled(source)) == 1
    ground.polled(source)
    assert [(one["query"]["$skip"], one["query"]["$top"]) for one in ground.seen] == [
        ("0", "200"),
        ("1", "200"),
        ("0", "200"),
    ]
    assert ground.seen[2]["query"]["$filter"] == "LastChangeDateTime ge datetimeoffset'2026-11-20T11:29:00Z'"


def test_times_of_s4_are_brought_as_iso_8601_and_days_of_an_order_sent_as_v2_has_them(ground: Ground) -> None:
    service = "/sap/opu/odata/sap/API_SALES_ORDER_SRV"
    order = {"SalesOrder": "1", "SalesOrderDate": "/Date(1795132800000)/", "to_Item": {"results": []}}
    ground.peer.plan(
        answer({"d": {"results": [order]}}),
        answer({"d": {"results": []}}),
        answer({}, path=f"{service}/?", headers={"X-CSRF-Token": "tok-1"}),
        answer({"d": {"SalesOrder": "4711"}}, path=f"{service}/A_SalesOrder", status=201),
    )
    (brought,) = ground.documents(ground.opened("s4hana", "source", "orders", **S4))
    assert brought["SalesOrderDate"] == "2026-11-20T00:00:00"
    sink = ground.opened("s4hana", "sink", "create-order", **S4)
    assert ground.sent(sink, {"CustomerPurchaseOrderDate": "2026-11-20T00:00:00"}) == [Done("4711")]
    assert ground.bodies[-1]["CustomerPurchaseOrderDate"] == "/Date(1795132800000)/"


def test_an_order_of_business_central_that_is_not_there_is_nothing(ground: Ground) -> None:
    missing = {"error": {"code": "BadRequest_ResourceNotFound", "message": "The resource was not found."}}
    ground.peer.plan(answer(TOKEN, path="/login/token"), answer(missing, path="/v2.0", status=404))
    given = {**CENTRAL, "address": f"{ground.peer.url}/v2.0", "login": f"{ground.peer.url}/login"}
    call = ground.opened("business_central", "call", "order", **given)
    assert ground.asked(call, {"id": "5d115c9c-44e3-ea11-bb43-000d3a2feca1"}) is None
    where = "/v2.0/companies(0000-1)/salesOrders(5d115c9c-44e3-ea11-bb43-000d3a2feca1)"
    assert (ground.seen[1]["path"], ground.seen[1]["query"]) == (where, {"$expand": "salesOrderLines"})


def test_odoo_is_searched_by_name_with_a_key_and_its_naive_times(ground: Ground) -> None:
    row = {"id": 7, "name": "S00007", "write_date": "2026-11-20 11:00:00"}
    ground.peer.plan(*[answer(rows) for rows in ([row], [], [])])
    source = ground.opened("odoo", "source", "records", fields=["name", "write_date"], database="globex", **ODOO)
    assert ground.documents(source) == [row]
    ground.polled(source)
    assert ground.seen[0]["path"] == "/json/2/sale.order/search_read"
    assert ground.seen[0]["headers"]["authorization"] == "Bearer canary"
    assert ground.seen[0]["headers"]["x-odoo-database"] == "globex"
    first, second, third = ground.bodies
    assert first == {
        "domain": [["write_date", ">=", "2000-01-01 00:00:00"]],
        "fields": ["name", "write_date"],
        "offset": 0,
        "limit": 200,
        "order": "write_date, id",
    }
    assert second["offset"] == 1
    assert third["domain"] == [["write_date", ">=", "2026-11-20 10:59:00"]]


def test_an_order_is_created_in_odoo_and_its_id_is_the_receipt(ground: Ground) -> None:
    ground.peer.plan(answer([42]))
    assert ground.sent(ground.opened("odoo", "sink", "create", **ODOO), {"partner_id": 3}) == [Done("42")]
    assert ground.bodies == [{"vals_list": [{"partner_id": 3}]}]
    options = ground.options("odoo", "sink", "create", **ODOO)
    assert ground.kind("odoo", "sink").effect(options) is Effect.OPAQUE


def test_an_error_of_odoo_over_json_rpc_has_status_200_and_rejects_without_the_password(ground: Ground) -> None:
    error = {
        "code": 200,
        "message": "Odoo Server Error",
        "data": {"name": "odoo.exceptions.AccessDenied", "message": "canary"},
    }
    ground.peer.plan(answer({"jsonrpc": "2.0", "id": 1, "error": error}))
    given = {
        "rpc_database": "globex",
        "user_id": 2,
        "password": "canary",
        "model": "sale.order",
        "method": "action_confirm",
    }
    told = ground.asked(ground.opened("odoo", "call", "rpc", **given), [[7]])
    assert isinstance(told, Reject)
    assert "canary" not in str(told)
    assert ground.bodies[0]["params"]["args"] == ["globex", 2, "canary", "sale.order", "action_confirm", [[7]]]


def test_tryton_wants_the_company_in_its_context_and_a_body_for_a_button(ground: Ground) -> None:
    ground.peer.plan(answer({"id": 5, "__name__": "sale.sale", "rec_name": "1"}))
    call = ground.opened("tryton", "call", "button", model="sale.sale", action="quote", company=3, **TRYTON)
    assert ground.asked(call, {"id": 5}) == {"id": 5, "__name__": "sale.sale", "rec_name": "1"}
    sent = ground.seen[0]
    assert (sent["method"], sent["path"], sent["body"]) == ("POST", "/globex/rest/model/sale.sale/5/quote", "{}")
    assert json.loads(base64.urlsafe_b64decode(sent["headers"]["x-tryton-context"])) == {"company": 3}
    assert sent["headers"]["authorization"] == "Bearer canary"


def test_tryton_shipments_are_read_whole_and_come_again_when_they_changed(ground: Ground) -> None:
    def row(day: int) -> dict[str, object]:
        written = {"__class__": "datetime", "year": 2026, "month": 11, "day": day, "hour": 9, "minute": 0, "second": 0}
        return {"id": 1, "number": "5", "write_date": written}

    ground.peer.plan(*[answer(rows) for rows in ([row(19)], [], [row(19)], [], [row(20)], [])])
    source = ground.opened("tryton", "source", "shipments", **TRYTON)
    assert [len(ground.polled(source)) for _ in range(3)] == [1, 0, 1]
    query = ground.seen[1]["query"]
    assert json.loads(base64.urlsafe_b64decode(query["d"])) == [["state", "=", "done"]]
    assert (query["s"], query["p"]) == ("200", "1")


def test_avatax_estimates_change_nothing_and_records_are_known_by_their_code(ground: Ground) -> None:
    given = {"account": "2000000000", "license": "canary"}
    ground.peer.plan(
        answer({"id": 0, "type": "SalesOrder", "totalTax": 8.93}, status=201), answer({"code": "INV-1"}, status=201)
    )
    assert ground.asked(ground.opened("avalara", "call", "tax", **given), {"type": "SalesOrder"}) is not None
    assert ground.sent(ground.opened("avalara", "sink", "record", **given), {"code": "INV-1"}) == [Done("INV-1")]
    tax, record = ground.seen
    assert tax["headers"]["x-avalara-client"].startswith("crossdock;")
    assert (record["path"], json.loads(record["body"])) == (
        "/api/v2/transactions/createoradjust",
        {"createTransactionModel": {"code": "INV-1"}},
    )
    assert ground.kind("avalara", "call").effect(ground.options("avalara", "call", "tax", **given)) is None
    assert ground.kind("avalara", "sink").effect(ground.options("avalara", "sink", "record", **given)) is Effect.KEYED


def test_a_sandbox_is_chosen_by_its_name(ground: Ground) -> None:
    given = {"account": "1", "license": "canary", "environment": "sandbox", "address": None}
    options = ground.options("avalara", "sink", "record", **given)
    target = ground.kind("avalara", "sink").target(options, ground.parcel({"code": "1"}))
    assert target == "POST https://sandbox-rest.avatax.com/api/v2/transactions/createoradjust"


def test_an_order_whose_answer_was_lost_is_in_doubt_where_the_erp_knows_no_key(ground: Ground) -> None:
    ground.peer.plan(answer({}, status=504))
    (told,) = ground.sent(ground.opened("odoo", "sink", "create", **ODOO), {"partner_id": 3})
    assert isinstance(told, Doubt)


@pytest.mark.parametrize("name", ["salesforce", "netsuite"])
def test_the_time_of_our_tokens_is_the_time_of_the_engine(ground: Ground, name: str) -> None:
    ground.peer.plan(
        answer(TOKEN, path="/services"), answer({"records": [], "items": [], "hasMore": False}, path="/services")
    )
    if name == "salesforce":
        given = {**SALESFORCE, "client_secret": None, "key": PEM, "user": "u@globex.example", "fields": "Id"}
        ground.polled(ground.opened("salesforce", "source", "records", **given))
        said = claims(ground, "assertion", "https://login.salesforce.com", "RS256")
    else:
        ground.polled(ground.opened("netsuite", "source", "stock", **NETSUITE))
        said = claims(ground, "client_assertion", f"{ground.peer.url}/services/rest/auth/oauth2/v1/token", "PS256")
    assert said["iat"] == int(NOW.timestamp())
    assert said["exp"] == int(NOW.timestamp()) + 180
