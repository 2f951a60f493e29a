"""What the trade calls things: names of columns and keys, in English, German and SAP's abbreviations.

Names are compared folded: ``Bestell-Nr.``, ``bestellNr`` and ``BESTELL_NUMMER`` are all ``bestellno``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"(?:nummer|number|num|nr|no)\Z")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@lru_cache(maxsize=4096)  # a sample has few names, and each is compared with every field
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded: ``ShipTo_PLZ`` is ``ship``, ``to``, ``plz``."""
    plain = unicodedata.normalize("NFKD", name.translate(_GERMAN)).encode("ascii", "ignore").decode()
    words = (word for word in _NOT_WORD.split(_CAMEL.sub(" ", plain).lower()) if word)
    return tuple(_NUMBER.sub("no", word) for word in words)


def folded(names: Iterable[str]) -> str:
    """Names one after the other, as one word."""
    return _NUMBER.sub("no", "".join(word for name in names for word in tokens(name)))


def _words(text: str) -> frozenset[str]:
    return frozenset(folded([word]) for word in text.split())


#: What a document of a contract is called before "number" and "date".
DOCUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "order": ("order", "po", "purchaseorder", "bestell", "auftrags", "bestellung", "customerorder", "salesorder"),
        "order_change": ("change", "orderchange", "amendment", "revision", "aenderungs"),
        "order_acknowledgement": ("confirmation", "acknowledgement", "auftragsbestaetigungs", "ab"),
        "invoice": ("invoice", "inv", "rechnung", "rechnungs", "faktura", "bill"),
        "shipment": ("shipment", "delivery", "asn", "despatch", "dispatch", "lieferschein", "liefer", "sendungs"),
        "inventory": ("count", "inventory", "stock", "zaehl", "inventur"),
        "price_list": ("pricelist", "catalogue", "catalog", "preislisten"),
        "remittance": ("remittance", "payment", "zahlungs", "avis"),
        "return": ("return", "rma", "retouren"),
    }
)
_NUMBERS = ("", "no", "id", "ref", "reference", "name", "code")
_SAP_NUMBERS = {"order": "bstnr bstkd ebeln vbeln", "invoice": "vbeln belnr", "shipment": "vbeln"}
_DATES = ("date", "datum", "on", "at", "createdat", "placedat")

#: Fields at the head, by their name in the contract.
HEAD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ordered_on": _words(
            "date datum orderdate orderedat ordered placedat createdat created bestelldatum bedat audat"
        ),
        "issued_on": _words("date datum invoicedate rechnungsdatum issuedate createdat created bldat"),
        "shipped_on": _words("date datum shipdate shippedat versanddatum despatchdate dispatchdate"),
        "taken_at": _words("date datum countedat counted asof timestamp updatedat zeitpunkt"),
        "invoiced_on": _words("date datum invoicedate rechnungsdatum issuedate issuedon createdat created bldat fkdat"),
        "acknowledged_on": _words("date datum confirmeddate confirmedat acknowledgedat confirmationdate createdat"),
        "changed_on": _words("date datum changedate changedat modified modifiedat updatedat aenderungsdatum"),
        "paid_on": _words("date datum paymentdate paidat paid valuedate zahlungsdatum"),
        "valid_from": _words("validfrom effective effectivedate effectivefrom startdate gueltigab gueltigvon datab"),
        "valid_until": _words("validto validuntil validthrough expires expirydate enddate gueltigbis datbi"),
        "order_number": _words(
            "order orderno orderid orderref ordernumber po pono ponumber purchaseorder purchaseorderno bestellno"
            " bestellung bestellnr auftragsno auftrag customerorder ebeln bstnr"
        ),
        "invoice_number": _words("invoice invoiceno invoiceid inv invno rechnung rechnungsno belegno"),
        "shipment_number": _words("shipment shipmentno delivery deliveryno asn lieferschein lieferscheinno"),
        "tracking_number": _words("tracking trackingno trackingid trackingcode sendungsno paketno"),
        "bill_of_lading": _words("bol bolno billoflading frachtbrief"),
        "pack_count": _words("packages packagecount cartons colli kolli packstuecke"),
        "line_total": _words("subtotal net nettotal netamount totalnet nettosumme nettobetrag summenetto linestotal"),
        "tax_total": _words("tax taxtotal totaltax taxamount vat vatamount mwst ust steuerbetrag"),
        "amount_due": _words("amountdue due balance zahlbetrag openamount"),
        "due_on": _words("duedate due faelligkeit faelligam payby"),
        "currency": _words(
            "currency currencycode cur curr ccy waehrung whrg waers curcy devise isocurrency totalcurrency pricecurrency"
        ),
        "requested_delivery_on": _words(
            "deliverydate requesteddelivery requesteddeliverydate deliverby lieferdatum liefertermin wunschtermin"
            " wunschlieferdatum needby requiredby wanteddate termin eindt vdatu"
        ),
        "requested_ship_on": _words("shipdate requestedshipdate shipby versanddatum versandtermin"),
        "total": _words(
            "total ordertotal grandtotal totalamount totalprice amount gesamtbetrag gesamtsumme summe betrag"
        ),
        "customer_order_number": _words("customerorder customerorderno endcustomerorder kundenauftrag"),
        "notes": _words(
            "note notes comment comments remark remarks bemerkung bemerkungen hinweis kommentar instructions"
            " specialinstructions ordernotes customernote lieferhinweis"
        ),
        "carrier.name": _words("carrier carriername shipper spediteur spedition frachtfuehrer versanddienst"),
        "carrier.service": _words("shippingmethod versandart shipvia service"),
    }
)

#: Fields of lines.
LINE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "number": _words("line lineno linenumber pos position positionsnr posno posnr posex ebelp zeile row rowno seq"),
        "sku": _words(
            "sku article articleno articlecode artno artikel artikelnr itemno item itemcode itemid product productcode"
            " productno productid partno part matnr material materialno vendoritem vendorpartno supplieritem"
            " supplierpartno stockcode sachno"
        ),
        "gtin": _words("gtin ean upc ean13 ean11 eancode upccode barcode gtin13 gtin14"),
        "buyer_item": _words(
            "buyeritem buyeritemno buyerpart buyerpartno customeritem customeritemno customerpartno kundenartikel"
            " kundenartikelnr kdmat ihreartikelnr yourref"
        ),
        "seller_item": _words("selleritem sellerpartno lieferantenartikel lieferantenartikelnr idnlf"),
        "manufacturer_item": _words("mpn manufacturerpart manufacturerpartno herstellernr herstellerartikelnr mfrpn"),
        "description": _words(
            "description desc name title bezeichnung text itemdescription productname producttitle itemname"
            " artikelbezeichnung artikelbez artikeltext kurztext arktx maktx txz01 freeformdescription itemdescriptionline"
        ),
        "quantity": _words(
            "qty quantity menge orderqty orderquantity orderedqty qtyordered quantityordered anzahl stueckzahl"
            " bestellmenge liefermenge pieces stueck kwmeng amountordered quantityvalue quantityamount qtyvalue shippedqty"
            " qtyshipped quantityshipped invoicedqty invoicedquantity"
        ),
        "unit": _words(
            "unit uom unitofmeasure unitcode um me einheit mengeneinheit vrkme meins bme qtyunit quantityunit quantityuom units"
        ),
        "unit_price": _words(
            "price unitprice netprice itemprice preis einzelpreis nettopreis stueckpreis epreis epnetto vkpreis cost unitcost"
            " priceamount pricevalue unitpriceamount unitpricevalue priceeach pricenet"
            " netpr vprei"
        ),
        "price_base_quantity": _words("per priceunit pricebase preiseinheit peinh priceper"),
        "amount": _words(
            "amount lineamount linetotal extendedprice extended netamount positionswert netwr gesamtpreis betrag"
            " subtotal total zeilenbetrag"
        ),
        "order_number": HEAD["order_number"],
        "invoice_number": HEAD["invoice_number"],
        "list_price": _words("listprice listenpreis msrp rrp uvp retailprice grossprice bruttopreis"),
        "minimum_quantity": _words("minqty minimumqty minquantity moq mindestmenge abmenge fromqty staffel"),
        "valid_from": HEAD["valid_from"],
        "valid_until": HEAD["valid_until"],
        "paid": _words("paid paidamount amountpaid gezahlt zahlbetrag"),
        "discount": _words("discount discountamount skonto rabatt"),
        "lot": _words("lot batch lotno batchno charge chargenno"),
        "expires_on": _words("expires expiry expirydate bestbefore mhd"),
        "requested_delivery_on": HEAD["requested_delivery_on"],
        "requested_ship_on": HEAD["requested_ship_on"],
        "on_hand": _words("onhand stock bestand qtyonhand quantityonhand stockonhand lagerbestand instock"),
        "available": _words("available verfuegbar qtyavailable freestock freierbestand atp"),
        "bin": _words("bin lagerplatz location shelf"),
        "notes": HEAD["notes"],
    }
)

#: Parties by their name in the contract; the empty word stands for keys without a party around them.
PARTIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "buyer": _words("buyer customer kunde kunden cust besteller soldto client account auftraggeber kunnr ag"),
        "seller": _words("seller vendor supplier lieferant lifnr merchant"),
        "ship_to": _words(
            "shipto shipping shippingaddress deliveryaddress delivery deliverto recipient consignee lieferadresse liefer"
            " lieferung warenempfaenger empfaenger lieferanschrift we store"
        ),
        "bill_to": _words("billto billing billingaddress invoiceto rechnung rechnungsadresse rechnungsempfaenger re"),
        "ship_from": _words("shipfrom warehouse origin versender absender lager"),
        "location": _words("location warehouse site lager lagerort werk standort depot"),
        "payer": _words("payer payor zahler"),
        "payee": _words("payee zahlungsempfaenger"),
    }
)

#: Fields of a party, by their path inside it. The empty word is the party itself: ``customer: C-1001``.
IN_PARTY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "id": _words("id no code gln accountno account key") | {""},
        "name": _words("name company companyname firma fullname displayname name1 title"),
        "address.street": _words("street street1 address address1 addressline1 line1 strasse str stras addressstreet"),
        "address.city": _words("city town ort stadt ort01 addresscity"),
        "address.region": _words("region state province bundesland regio addressstate statecode provincecode"),
        "address.postal_code": _words("zip zipcode postcode postalcode plz pstlz addresszip addresspostcode"),
        "address.country": _words("country countrycode land land1 isocountry addresscountry"),
        "contact.name": _words("contact contactname ansprechpartner attention attn"),
        "contact.email": _words("email mail emailaddress contactemail"),
        "contact.phone": _words("phone telephone tel telefon phoneno contactphone"),
    }
)
#: Words that lines put before the names of their fields.
BEFORE = ("", "line", "item", "product", "article", "pos", "position", "artikel", "lineitem", "order")


def head_phrases(document: str, path: Sequence[str]) -> frozenset[str]:
    """What the trade calls a field at the head of a contract."""
    dotted, names = ".".join(path), DOCUMENTS.get(document, (document.replace("_", ""),))
    own = frozenset({folded(path), folded(path[-1:])}) if len(path) == 1 else frozenset({folded(path)})
    if dotted == "number":
        return (
            frozenset(name + tail for name in names for tail in _NUMBERS)
            | {"no"}
            | _words(_SAP_NUMBERS.get(document, ""))
        )
    found = own | HEAD.get(dotted, frozenset())
    if dotted in ("ordered_on", "issued_on", "shipped_on"):
        found |= {name + tail for name in names for tail in _DATES}
    return found


def line_phrases(name: str) -> frozenset[str]:
    """What the trade calls a field of a line."""
    plain = LINE.get(name, frozenset()) | {folded([name])}
    around = BEFORE if name != "number" else ("", "line", "pos", "position")  # "order no" is another number
    return frozenset(before + word for before in around for word in plain)


def party_phrases(party: str, inner: Sequence[str]) -> frozenset[str]:
    """What the trade calls a field of a party, with the party before it."""
    fields = IN_PARTY.get(".".join(inner), frozenset()) | {folded(inner), folded(inner[-1:])}
    people = PARTIES.get(party, frozenset()) | {folded([party])}
    return frozenset(who + what for who in people for what in fields)
