"""What messages and segments are called, in our words: ``tag name``, one a line.

They are shown to people (``edi show``, guides, pages, reports) and decide nothing.
"""

from __future__ import annotations

SETS = """
APERAK application error and acknowledgement
CONTRL syntax and service report
DESADV despatch advice
INVOIC invoice
INVRPT inventory report
ORDCHG purchase order change
ORDERS purchase order
ORDRSP purchase order response
PRICAT price and sales catalogue
RECADV receiving advice
REMADV remittance advice
RETANN announcement for returns
SLSRPT sales data report
"""

SEGMENTS = """
AJT adjustment
ALC allowance or charge
ALI additional facts
APR additional price facts
BGM beginning of message
CAV characteristic value
CCI characteristic
CDI physical condition
CED computer environment
CNT control total
COD component details
COM means of contact
CPS consignment packing sequence
CTA contact
CUX currency
DGS dangerous goods
DLI document line
DLM delivery limitations
DOC document
DTM date, time or period
EFI external file
EQA attached equipment
EQD equipment
ERC application error
FII financial institution
FTX free text
GEI processing facts
GIN identity numbers of goods
GIR related identity numbers
GIS general indicator
HAN handling
HYN hierarchy
IMD item description
INP instruction to a party
INV inventory movement
LIN line item
LOC place
MEA measurement
MKS market and sales channel
MOA monetary amount
MTD maintenance
NAD name and address
PAC package
PAI payment instruction
PAT terms of payment
PCD percentage
PCI package marks
PGI product group
PIA additional product id
PRI price
PTY priority
QTY quantity
QVR quantity variance
RCS requirements and conditions
RFF reference
RJL accounting journal
RNG range
RTE rate
SCC scheduling conditions
SEL seal number
SGP split goods
STG stages
STS status
TAX duty, tax or fee
TDT transport
TMD transport movement
TOD terms of delivery
TRU technical rules
TSR transport service
UCD data element in error
UCF verdict on a group
UCI verdict on an interchange
UCM verdict on a message
UCS segment in error
UNB interchange header
UNE group trailer
UNG group header
UNH message header
UNO object header
UNP object trailer
UNS section control
UNT message trailer
UNZ interchange trailer
"""
