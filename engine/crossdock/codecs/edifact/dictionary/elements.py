"""Data elements of the directories: number, type, least/greatest length, name in our words.

``AN`` any characters, ``N`` a number (its length counts the digits only), ``1082@D01B`` replaces 1082 from that directory
on. Every code list is open: its length is checked and the code taken as sent. Elements of the service segments (00xx)
are in service.py.

Facts by the United Nations Trade Data Interchange Directory, part EDED, issues D.96A and D.01B.
"""

from __future__ import annotations

ELEMENTS = """
1000      AN 1/35   kind of document in words
1001      AN 1/3    kind of document
1004      AN 1/35   document number
1050      AN 1/6    place in a sequence
1050@D01B AN 1/10   place in a sequence
1056      AN 1/9    version
1058      AN 1/9    release
1060@D01B AN 1/6    revision
1073      AN 1/3    what to do with this document line
1082      N  1/6    line number
1082@D01B AN 1/6    line number
1131      AN 1/3    code list
1131@D01B AN 1/17   code list
1153      AN 1/3    kind of reference
1154      AN 1/35   reference
1154@D01B AN 1/70   reference
1156      AN 1/6    line within the document referred to
1170@D01B AN 1/35   journal in words
1171@D01B AN 1/17   journal
1218      N  1/2    originals needed
1220      N  1/2    copies needed
1222      N  1/2    configuration level
1225      AN 1/3    purpose of the message
1227      AN 1/3    order of calculation
1229      AN 1/3    action asked for or taken
1230      AN 1/35   number of the allowance or charge
1366      AN 1/35   where the document comes from
1366@D01B AN 1/70   where the document comes from
1373      AN 1/3    state of the document
1501      AN 1/3    kind of computing fact
1502      AN 1/35   data format in words
1503      AN 1/3    data format
1508      AN 1/35   file name
1510      AN 1/35   computing fact in words
1511      AN 1/3    computing fact
1516      AN 1/17   file format
2005      AN 1/3    meaning of the date
2009      AN 1/3    relation of the terms to time
2013      AN 1/3    frequency
2015      AN 1/3    delivery pattern
2017      AN 1/3    time of day of the pattern
2151      AN 1/3    unit of period
2152      N  1/3    number of periods
2379      AN 1/3    format of the date
2380      AN 1/35   date, time or period
2475      AN 1/3    event the terms count from
3005@D01B AN 1/3    operator of maintenance
3009@D01B AN 1/3    payer of maintenance
3035      AN 1/3    role of the party
3036      AN 1/35   name line
3039      AN 1/35   party number
3042      AN 1/35   street line
3045      AN 1/3    layout of the name
3055      AN 1/3    who keeps the code list
3124      AN 1/35   name and address line
3127      AN 1/17   carrier
3128      AN 1/35   carrier name
3139      AN 1/3    role of the contact
3148      AN 1/512  address to call or write to
3153      AN 1/3    medium
3155      AN 1/3    kind of address
3164      AN 1/35   city
3192      AN 1/35   account holder line
3194      AN 1/35   account number
3207      AN 1/3    country
3222      AN 1/70   place within the location, in words
3223      AN 1/25   place within the location
3224      AN 1/70   location in words
3224@D01B AN 1/256  location in words
3225      AN 1/25   location
3227      AN 1/3    role of the location
3228@D01B AN 1/70   region in words
3229      AN 1/9    region
3232      AN 1/70   second place within the location, in words
3233      AN 1/25   second place within the location
3239      AN 1/3    country of origin
3251      AN 1/9    postal code
3251@D01B AN 1/17   postal code
3285      AN 1/17   receiver of the instruction
3285@D01B AN 1/35   receiver of the instruction
3301      AN 1/17   who acts on the instruction
3301@D01B AN 1/35   who acts on the instruction
3412      AN 1/35   contact name
3413      AN 1/17   contact number
3432      AN 1/70   bank name
3433      AN 1/11   bank
3434      AN 1/17   branch
3436      AN 1/70   branch in words
3446      AN 1/20   tax number of the party
3453      AN 1/3    language
3496      AN 1/17   sales channel
4000      AN 1/35   version of the reference
4017      AN 1/3    firmness of the plan
4035      AN 1/3    kind of priority
4036      AN 1/35   priority in words
4037      AN 1/3    priority
4043      AN 1/3    class of trade
4051@D01B AN 1/3    relevance of the characteristic
4052      AN 1/70   delivery terms line
4053      AN 1/3    delivery terms
4055      AN 1/3    what the delivery terms cover
4065      AN 1/3    contract of carriage
4078      AN 1/70   handling in words
4079      AN 1/3    handling
4183      AN 1/3    special condition
4215      AN 1/3    payer of transport
4219      AN 1/3    transport priority
4221      AN 1/3    kind of discrepancy
4233      AN 1/3    how goods are marked
4276      AN 1/35   payment terms line
4277      AN 1/17   payment terms number
4279      AN 1/3    kind of payment terms
4294      AN 1/35   reason for the change, in words
4295      AN 1/3    reason for the change
4343      AN 1/3    kind of response
4347      AN 1/3    role of the product number
4400      AN 1/35   instruction in words
4401      AN 1/3    instruction
4403      AN 1/3    kind of instruction
4404@D01B AN 1/35   state in words
4405      AN 1/3    state
4431      AN 1/3    guarantee of payment
4435      AN 1/3    way of payment
4439      AN 1/3    condition of payment
4440      AN 1/70   text line
4440@D01B AN 1/512  text line
4441      AN 1/3    standard text
4441@D01B AN 1/17   standard text
4447@D01B AN 1/3    layout of the text
4451      AN 1/3    subject of the text
4453      AN 1/3    use of the text
4455      AN 1/3    back orders
4457      AN 1/3    substitution
4461      AN 1/3    means of payment
4465      AN 1/3    reason for the adjustment
4471      AN 1/3    how it is settled
4474@D01B AN 1/35   posting in words
4475@D01B AN 1/17   posting
4493      AN 1/3    delivery instruction
4499      AN 1/3    reason for the movement
4501      AN 1/3    direction of the movement
4503      AN 1/3    how the balance is reckoned
4513@D01B AN 1/3    kind of maintenance
4517      AN 1/3    state of the seal
5004      N  1/18   amount
5004@D01B N  1/35   amount
5025      AN 1/3    meaning of the amount
5118      N  1/15   price
5125      AN 1/3    role of the price
5152      AN 1/35   name of the tax
5153      AN 1/3    tax
5189      AN 1/3    allowance or charge
5213      AN 1/3    effect on the price of the line above
5245      AN 1/3    meaning of the percentage
5249      AN 1/3    base of the percentage
5273      AN 1/12   basis of the rate
5278      AN 1/17   tax rate
5279      AN 1/7    tax rate code
5283      AN 1/3    role of the tax
5284      N  1/9    quantity the price is for
5286      AN 1/15   taxed amount
5289      AN 1/6    tax account
5305      AN 1/3    tax category
5375      AN 1/3    what the price includes
5379      AN 1/3    kind of product group
5387      AN 1/3    kind of price
5388      AN 1/35   product group in words
5389      AN 1/3    product group
5389@D01B AN 1/25   product group
5393      AN 1/3    kind of multiplier
5394      N  1/12   multiplier
5402      N  1/12   exchange rate
5419      AN 1/3    meaning of the rate
5420      N  1/15   rate per unit
5463      AN 1/3    allowance or charge qualifier
5479      AN 1/3    relation
5482      N  1/10   percentage
5495      AN 1/3    sub-line indicator
6060      N  1/15   quantity
6060@D01B AN 1/35   quantity
6063      AN 1/3    meaning of the quantity
6064      N  1/15   variance
6066      N  1/18   control total
6069      AN 1/3    meaning of the control total
6152      N  1/18   upper bound
6154      AN 1/70   property measured, in words
6155      AN 1/3    property measured
6155@D01B AN 1/17   property measured
6162      N  1/18   lower bound
6167      AN 1/3    kind of range
6311      AN 1/3    purpose of the measurement
6313      AN 1/3    dimension measured
6314      N  1/18   measured value
6314@D01B AN 1/18   measured value
6321      AN 1/3    significance of the value
6341      AN 1/3    currency market
6343      AN 1/3    role of the currency
6345      AN 1/3    currency
6347      AN 1/3    use of the currency
6348      N  1/4    base of the rate
6411      AN 1/3    unit
6426      N  1/2    stages in all
6428      N  1/2    stages done
6432      N  1/2    significant digits
7001      AN 1/3    kind of condition of the goods
7006      AN 1/35   condition in words
7006@D01B AN 1/70   condition in words
7007      AN 1/3    condition of the goods
7008      AN 1/35   item description line
7008@D01B AN 1/256  item description line
7009      AN 1/17   item description code
7036      AN 1/35   characteristic in words
7037      AN 1/17   characteristic
7059      AN 1/3    class of properties
7064      AN 1/35   packaging in words
7065      AN 1/17   packaging
7073      AN 1/3    packaging terms
7075      AN 1/3    level of packaging
7077      AN 1/3    kind of description
7081      AN 1/3    characteristic described
7083      AN 1/3    operation on the configuration
7085      AN 1/3    nature of cargo
7088      AN 1/8    flashpoint of the substance
7102      AN 1/35   marks line
7106      N  3/3    flashpoint of the shipment
7110      AN 1/35   value of the characteristic, in words
7111      AN 1/3    value of the characteristic
7124      N  4/4    UN number of the substance
7130      AN 1/17   authorization of excess transport
7140      AN 1/35   item number
7143      AN 1/3    kind of item number
7160      AN 1/35   service in words
7161      AN 1/3    service
7164      AN 1/12   level number
7164@D01B AN 1/35   level number
7166      AN 1/12   level above
7166@D01B AN 1/35   level above
7171@D01B AN 1/3    relation of the levels
7173@D01B AN 1/3    role of the level
7175@D01B AN 1/7    part of the rule
7187      AN 1/17   kind of processing
7224      N  1/8    number of packages
7233      AN 1/3    packaging information
7273      AN 1/3    service required
7293      AN 1/3    business sector
7294      AN 1/35   requirement in words
7295      AN 1/17   requirement
7297      AN 1/3    kind of set
7364@D01B AN 1/35   processing in words
7365      AN 1/3    processing
7383      AN 1/3    surface or layer
7402      AN 1/35   identity number
7405      AN 1/3    kind of identity number
7418@D01B AN 1/35   hazard class in words
7419      AN 1/4    hazard class of the material
7419@D01B AN 1/7    hazard class of the material
7491      AN 1/3    kind of stock
7495@D01B AN 1/3    kind of object
7504      AN 1/35   component in words
7505      AN 1/3    component
7506      AN 1/35   material in words
7507      AN 1/3    material
7511      AN 1/3    kind of marking
8028      AN 1/17   voyage or trip number
8051      AN 1/3    stage of transport
8053      AN 1/3    kind of equipment
8066      AN 1/17   mode of transport in words
8067      AN 1/3    mode of transport
8077      AN 1/3    supplier of the equipment
8078      AN 1/7    additional hazard class
8092      AN 1/10   version of the hazard code
8101      AN 1/3    direction of transit
8126      AN 1/10   transport emergency card
8154      AN 1/35   size and type in words
8155      AN 1/10   size and type
8158      AN 1/4    upper number on the hazard plate
8169      AN 1/3    full or empty
8178      AN 1/17   kind of vehicle in words
8179      AN 1/8    kind of vehicle
8186      AN 4/4    lower number on the hazard plate
8211      AN 1/3    permission to carry
8212      AN 1/35   name of the vehicle
8213      AN 1/9    number of the vehicle
8246      AN 1/4    hazard label
8249      AN 1/3    state of the equipment
8255      AN 1/3    packing instruction
8260      AN 1/17   equipment number
8273      AN 1/3    dangerous goods rules
8275      AN 1/3    contents indicator
8281      AN 1/3    owner of the vehicle
8325      AN 1/3    category of the vehicle for hazards
8332      AN 1/26   equipment plan
8334      AN 1/35   movement in words
8335      AN 1/3    movement
8339      AN 1/3    packing group
8341      AN 1/3    haulage
8351      AN 1/7    hazard code
8364      AN 1/6    emergency procedure at sea
8393      AN 1/3    contents of the returnable package
8395      AN 1/3    payer of the package's return
8410      AN 1/4    first aid guide
8453      AN 1/3    nationality of the vehicle
8457      AN 1/3    reason for excess transport
8459      AN 1/3    who answers for excess transport
9010      AN 1/35   status event in words
9011      AN 1/3    status event
9012      AN 1/35   reason for the status, in words
9012@D01B AN 1/256  reason for the status, in words
9013      AN 1/3    reason for the status
9015      AN 1/3    kind of status
9213      AN 1/3    duty regime
9302      AN 1/35   sealer in words
9303      AN 1/3    sealer
9308      AN 1/10   seal number
9308@D01B AN 1/35   seal number
9321      AN 1/8    application error
9421      AN 1/3    stage of the process
9448@D01B AN 1/35   command that made the file
9450@D01B AN 1/35   compression of the file
9649@D01B AN 1/3    role of the processing information
"""
