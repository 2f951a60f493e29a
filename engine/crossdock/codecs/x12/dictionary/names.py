"""What sets and segments are called, in our words: ``tag name``, one a line.

They are shown to people (``edi show``, guides, pages, reports) and decide nothing.
"""

from __future__ import annotations

SETS = """
180 return authorization
204 load tender
214 shipment status
810 invoice
820 payment and remittance advice
824 application advice
832 price catalog
846 inventory advice
850 purchase order
852 product activity
855 purchase order acknowledgement
856 ship notice
860 purchase order change
864 text message
865 purchase order change acknowledgement
940 warehouse shipping order
943 warehouse transfer shipment advice
944 warehouse transfer receipt advice
945 warehouse shipping advice
947 warehouse inventory adjustment
990 response to a load tender
997 functional acknowledgement
999 implementation acknowledgement
TA1 interchange acknowledgement
"""

SEGMENTS = """
AAA request rejected
ACK line item acknowledgement
ADV advertising
ADX adjustment of a payment
AIN income
AK1 acknowledged group
AK2 acknowledged transaction
AK3 segment in error
AK4 element in error
AK5 verdict on a transaction
AK9 verdict on a group
AMT amount
ASM amount settled
AT5 handling instruction
AT7 shipment status
AT8 weight, packaging, quantity
AT9 trailer or container size
ATN attendance
B1 response to a tender
B10 shipment status header
B2 load tender header
B2A purpose of a load tender
BAK acknowledgement header
BAL balance
BCA change acknowledgement header
BCH order change header
BCT price catalog header
BEG order header
BGN message header
BIA inventory header
BIG invoice header
BIN binary data
BLI item in brief
BMG text header
BNX billing facts
BPR payment order
BSN ship notice header
C3 currency of freight
CAD carrier details
CB1 contract and cost details
CD3 carton
CLD load detail
CN1 contract
CRC conditions
CRD share of a country
CS contract summary
CSH sale requirements
CTB restrictions
CTP price
CTT totals
CTX context of an error
CUR currency
DD demand
DED deductions
DIS discount
DMG demographics
DTM date or time
DTP date or period
EFI file attached electronically
EMS employment
ENT entity
ETD excess transportation
FA1 type of accounting
FA2 accounting data
FOB delivery terms
G08 shortage and damage
G26 price conditions
G36 price list
G38 pack and dimensions
G39 item description
G40 price
G43 promotion
G53 maintenance code
G54 item of a promotion
G55 item characteristics
G61 contact
G62 date or time
G66 transport instructions
G69 item text
G72 allowance or charge
G93 price bracket
G95 performance required
GE group trailer
GF goods and services furnished
GS group header
HL hierarchical level
IEA interchange trailer
IK3 segment in error
IK4 element in error
IK5 verdict on a transaction
IN2 person's name
INC installment
INV investment
ISA interchange header
ISS shipment summary of an invoice
IT1 invoice line
IT3 additional item data
IT8 conditions of sale
ITD terms of payment
K1 remarks
L11 business reference
L3 total weight and charges
L4 dimensions
L5 description and marks
L7 tariff reference
L9 charge
LAD lading detail
LDT lead time
LE loop trailer
LEP waste regulation data
LFG hazardous goods of a freight line
LFH hazardous freight text
LH1 hazardous identification
LH2 hazardous classification
LH3 hazardous shipping name
LH4 canadian dangerous goods
LH6 hazardous certification
LHE empty hazardous equipment
LHR hazardous reference
LHT transborder hazardous
LIN item identification
LM code source
LOC location
LQ industry code
LS loop header
LX assigned number
M7 seal numbers
MAN marks and numbers
MEA measurement
MIT message header
MS1 location of equipment
MS2 equipment owner
MS3 interline information
MSG message text
MTX text
N1 party
N2 more of a name
N3 street address
N4 city, state, postal code
N7 equipment
N7A equipment details
N7B equipment weight
N9 reference with text
NM1 person or organization
NTE note
NX2 address component
OID order identification
OTI original transaction
PAL pallet
PAM amounts of a period
PCT percentage
PD pricing detail
PDD property
PEN pension
PER contact person
PID item description
PKG packaging and marking
PKL configuration of a pack
PLD pallet data
PO1 order line
PO3 additional item detail
PO4 physical details of an item
POC line item change
PRF order reference
PWK paperwork
PYD payroll deduction
Q7 lading exception
QTY quantity
R2 route
R4 port or terminal
RDM delivery of remittance data
RDR return disposition
RED remittance error details
REF reference
RMR open item remitted
RPA rate or payment amounts
RTT freight rate
RYL royalty payment
S5 stop-off details
SAC service, allowance or charge
SCH line item schedule
SDQ destination quantities
SE transaction trailer
SI service characteristic
SLN subline item
SN1 item details of a shipment
SPI specification
SPO shipment purchase order detail
SR services requested
ST transaction header
TA1 interchange acknowledgement
TAX tax reference
TC2 commodity
TD1 carrier details: quantity and weight
TD3 carrier details: equipment
TD4 carrier details: special handling
TD5 carrier details: routing
TDS total monetary value
TED technical error
TRN trace
TSD trailer details
TXI tax
TXP tax payment
UIT unit
V1 vessel
V9 event
VEH vehicle
W01 line item of a warehouse order
W03 total shipped
W04 item detail
W05 warehouse order header
W06 warehouse shipment header
W07 item received
W08 receipt of goods by carrier
W09 equipment and temperature
W10 warehouse facts
W12 item shipped
W13 condition of an item
W14 total received
W15 adjustment header
W17 warehouse receipt header
W18 packaging changes
W19 item adjustment
W20 line item weight and packaging
W27 carrier details
W28 consolidation
W6 special handling
W66 carrier of a warehouse order
W76 total ordered
XPO purchase order numbers set aside
XQ reporting period
YNQ yes or no question
ZA product activity
"""
