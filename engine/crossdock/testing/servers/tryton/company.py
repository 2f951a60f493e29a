"""A company in a Tryton of our own: run by the Python that has trytond, not by the one that has crossdock.

``python company.py CONFIGURATION DATABASE KEY PASSWORD`` fills a database whose modules are activated: a company with a chart of
accounts, fiscal years, goods in stock, customers with addresses, and a user who has both. What it made is
printed as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from trytond import config
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

T = TypeVar("T")

#: Number, name, price, and how many there are; the goods of the pack.
GOODS = (
    ("HB-0840", "Hex bolt M8x40 zinc", "9.25", 100_000),
    ("WA-0800", "Washer M8 zinc", "31.50", 100_000),
    ("GL-NITR", "Nitrile gloves, box of 100", "12.40", 100_000),
)
#: The code that partners' profiles know them by, and a name.
CUSTOMERS = (("ACMEDIST", "Acme Distribution"), ("WEBSHOP", "Customers of the web shop"), ("MOCKEDI", "Mock EDI"))
LOGIN = "crossdock"
YEARS = range(2026, 2029)


def main(configuration: str, database: str, key: str, password: str) -> None:
    """Fill the database."""
    config.update_etc(configuration)
    Pool.start()
    pool = Pool(database)
    pool.init()
    company = committed(database, {}, lambda: make_company(pool))
    context = {"company": company, "companies": [company]}
    committed(database, context, lambda: make_accounts(pool, company))
    term = committed(database, context, lambda: make_payment_term(pool))
    products = committed(database, context, lambda: make_goods(pool, company))
    customers = committed(database, context, lambda: make_customers(pool, term))
    committed(database, context, lambda: make_user(pool, company, key, password))
    told = {"user": LOGIN, "company": company, "payment_term": term, "products": products, "customers": customers}
    told |= committed(database, context, lambda: numbers(pool))
    sys.stdout.write(json.dumps(told))


def committed(database: str, context: dict[str, object], make: Callable[[], T]) -> T:
    """Do it in a transaction, anew with the locks it turns out to need."""
    extras: dict[str, object] = {}
    while True:
        with Transaction().start(database, 0, context=context, **extras) as transaction:
            try:
                return make()
            except TransactionError as lacking:
                transaction.rollback()
                lacking.fix(extras)


def numbers(pool: Pool) -> dict[str, int]:
    """Of what is there from the start."""
    wanted = (
        ("warehouse", "stock.location", ("type", "=", "warehouse")),
        ("currency", "currency.currency", ("code", "=", "USD")),
        ("unit", "product.uom", ("symbol", "=", "u")),
    )
    return {name: int(pool.get(model).search([domain], limit=1)[0].id) for name, model, domain in wanted}


def make_company(pool: Pool) -> int:
    """The company, in dollars."""
    currency = record(
        pool, "currency.currency", name="US Dollar", symbol="$", code="USD", rounding=Decimal("0.01"), digits=2
    )
    record(pool, "currency.currency.rate", currency=currency, date=date(2020, 1, 1), rate=Decimal(1))
    party = record(pool, "party.party", name="Globex", addresses=[("create", [{"street": "1 Harbour Road"}])])
    return record(pool, "company.company", party=party, currency=currency)


def make_accounts(pool: Pool, company: int) -> None:
    """The chart that comes with the module account, and years to book in."""
    wizard = pool.get("account.create_chart", type="wizard")
    session, _, _ = wizard.create()
    chart = wizard(session)
    chart.account.company = company
    chart.account.account_template = pool.get("ir.model.data").get_id("account", "account_template_root_en")
    chart.transition_create_account()
    receivable, payable = account(pool, "receivable"), account(pool, "payable")
    settings = pool.get("account.configuration")(1)
    settings.default_account_receivable, settings.default_account_payable = receivable, payable
    settings.save()
    for year in YEARS:
        make_year(pool, company, year)


def account(pool: Pool, kind: str) -> int:
    """The first account of a kind."""
    return int(pool.get("account.account").search([(f"type.{kind}", "=", True), ("closed", "!=", True)], limit=1)[0].id)


def make_year(pool: Pool, company: int, year: int) -> None:
    """A fiscal year with its months."""
    moves = sequence(pool, "Account Move", f"{year}", company)
    invoices = sequence(pool, "Invoice", f"{year}", company)
    kinds = ("out_invoice", "in_invoice", "out_credit_note", "in_credit_note")
    made = record(
        pool,
        "account.fiscalyear",
        name=str(year),
        start_date=date(year, 1, 1),
        end_date=date(year, 12, 31),
        company=company,
        move_sequence=moves,
        invoice_sequences=[("create", [{"company": company} | {f"{kind}_sequence": invoices for kind in kinds}])],
    )
    fiscal_year = pool.get("account.fiscalyear")
    fiscal_year.create_period([fiscal_year(made)])


def sequence(pool: Pool, kind: str, name: str, company: int) -> int:
    """A gapless sequence."""
    (found,) = pool.get("ir.sequence.type").search([("name", "=", kind)], limit=1)
    return record(pool, "ir.sequence.strict", name=name, sequence_type=found.id, company=company)


def make_goods(pool: Pool, company: int) -> dict[str, int]:
    """The products by their numbers, with stock in the warehouse."""
    category = record(pool, "product.category", name="Goods", accounting=True)
    accounts = pool.get("product.category")(category)
    accounts.account_expense, accounts.account_revenue = account(pool, "expense"), account(pool, "revenue")
    accounts.save()
    (unit,) = pool.get("product.uom").search([("symbol", "=", "u")], limit=1)
    made = {code: product(pool, unit.id, category, code, name, price) for code, name, price, _ in GOODS}
    (storage,) = pool.get("stock.location").search([("code", "=", "STO")])
    inventory = pool.get("stock.inventory")
    lines = [{"product": made[code], "quantity": float(count)} for code, _, _, count in GOODS]
    counted = record(pool, "stock.inventory", location=storage.id, company=company, lines=[("create", lines)])
    inventory.confirm([inventory(counted)])
    return made


def product(pool: Pool, unit: int, category: int, code: str, name: str, price: str) -> int:
    """One product of a template of its own."""
    template = record(
        pool,
        "product.template",
        name=name,
        type="goods",
        default_uom=unit,
        sale_uom=unit,
        salable=True,
        list_price=Decimal(price),
        account_category=category,
        products=[("create", [{"suffix_code": code}])],
    )
    return int(pool.get("product.template")(template).products[0].id)


def make_payment_term(pool: Pool) -> int:
    """Thirty days."""
    days = [("create", [{"days": 30}])]
    line = {"type": "remainder", "relativedeltas": days}
    return record(pool, "account.invoice.payment_term", name="30 days", lines=[("create", [line])])


def make_customers(pool: Pool, term: int) -> dict[str, dict[str, int]]:
    """The customers by their codes: party and address."""
    made = {}
    for code, name in CUSTOMERS:
        address = {
            "street": "7 Market Street",
            "city": "Memphis",
            "postal_code": "38103",
            "invoice": True,
            "delivery": True,
        }
        party = record(
            pool,
            "party.party",
            name=name,
            code=code,
            customer_payment_term=term,
            addresses=[("create", [address])],
        )
        made[code] = {"party": party, "address": int(pool.get("party.party")(party).addresses[0].id)}
    return made


def make_user(pool: Pool, company: int, key: str, password: str) -> None:
    """The user that crossdock is, with an application key for REST, and rights in everything it touches."""
    wanted = ("Sales", "Sales Administrator", "Stock", "Accounting", "Accounting Administrator", "Stock Administration")
    groups = pool.get("res.group").search([("name", "in", wanted)])
    user = record(
        pool,
        "res.user",
        name="crossdock",
        login=LOGIN,
        password=password,
        companies=[("add", [company])],
        company=company,
        groups=[("add", [group.id for group in groups])],
    )
    record(pool, "res.user.application", key=key, user=user, application="rest", state="validated")


def record(pool: Pool, model: str, **values: object) -> int:
    """The number of a new record."""
    return int(pool.get(model).create([values])[0].id)


if __name__ == "__main__":
    main(*sys.argv[1:])
