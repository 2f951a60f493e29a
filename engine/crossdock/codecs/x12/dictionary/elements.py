"""Data elements: number, type, least/greatest length, name in our words, and the codes where the list is closed.

``127@005010`` replaces 127 from that release on. ``{…}`` closes a list: any other code is an error; ``00-69`` spans
two-digit codes. Closed are only lists that are short, stable over the releases and told alike by several public
sources; they are rather too wide than too narrow, because a false rejection costs more than a late one. Every other
identifier (units, qualifiers, entity codes …) is open: its length is checked and the code taken as sent.

Facts by ASC X12.3 (data element dictionary) as trading partners' guides for 004010 and 005010 print them.
"""

from __future__ import annotations

ELEMENTS = """
19    AN 2/30   city
22    AN 1/30   commodity code
23    ID 1/1    commodity code qualifier
24    ID 4/4    equipment type
26    ID 2/3    country
28    N0 1/9    group control number
40    ID 2/2    equipment description
54    ID 2/2    risk of loss
61    AN 1/30   free-form information
65    R 1/8     height
66    ID 1/2    identification qualifier
67    AN 2/80   identification
79    AN 1/50   lading description
80    N0 1/7    lading quantity
81    R 1/10    weight
82    R 1/8     length
87    AN 1/48   marks and numbers
88    ID 1/2    marks and numbers qualifier
91    ID 1/2    transport mode
92    ID 2/2    order type
93    AN 1/60   name
96    N0 1/10   number of segments
97    N0 1/6    number of transactions
98    ID 2/3    party role
100   ID 3/3    currency
102   ID 1/1    equipment owner
103   AN 3/5    packaging
107   ID 1/2    payment method
116   ID 3/15   postal code
118   R 1/9     rate
124   AN 2/15   application receiver
127   AN 1/30   reference
127@005010 AN 1/50 reference
128   ID 2/3    reference qualifier
133   ID 1/2    routing sequence
142   AN 2/15   application sender
143   ID 3/3    set
146   ID 2/2    payer of freight
152   ID 2/3    special handling
156   ID 2/2    state or province
166   AN 1/55   address line
183   R 1/8     volume
187   ID 1/2    weight qualifier
189   R 1/8     width
206   AN 1/4    equipment initial
207   AN 1/10   equipment number
208   ID 1/1    hazard code qualifier
209   AN 1/4    hazard class
212   R 1/17    unit price
225   AN 2/15   seal number
234   AN 1/48   product id
235   ID 2/2    product id qualifier
236   ID 3/3    price kind
248   ID 1/1    allowance or charge {A C N P Q R S}
280   R 4/10    exchange rate
284   ID 2/2    service level
289   N0 1/2    multiple price quantity
306   ID 1/2    action
309   ID 1/2    location qualifier
310   AN 1/30   location
324   AN 1/22   order number
325   AN 1/20   tax number
326   AN 1/45   request reference
328   AN 1/30   release number
329   AN 4/9    transaction control number
330   R 1/15    quantity
331   ID 2/2    settlement of allowance or charge
332   R 1/6     percent
333   ID 1/2    terms basis date
334   ID 2/2    transport terms qualifier
335   ID 3/3    transport terms
336   ID 2/2    terms type
337   TM 4/8    time
338   R 1/6     discount percent
342   R 1/5     percent of invoice payable
344   ID 2/2    period unit
345   ID 2/2    lead time kind
347   R 1/10    hash total
349   ID 1/1    description type {F S X}
350   AN 1/20   line id
351   N0 1/3    discount days due
352   AN 1/80   description
353   ID 2/2    purpose {00-69 77 CF CN CO EX GR IN NA PR RH RV SU ZZ}
354   N0 1/6    number of lines
355   ID 2/2    unit
356   N0 1/6    inner packs
357   R 1/8     pack size
362   N2 1/10   discount amount
363   ID 3/3    note reference
364   AN 1/80   contact address
364@005010 AN 1/256 contact address
365   ID 2/2    contact address qualifier
366   ID 2/2    contact role
367   AN 1/30   contract number
368   ID 2/2    shipment status
369   AN 1/45   free-form description
370   DT 8/8    discount due date
371   ID 2/2    change reason
373   DT 8/8    date
374   ID 3/3    date qualifier
378   ID 1/1    percent qualifier
380   R 1/15    quantity
382   R 1/10    units shipped
383   R 1/9     quantity difference
384   R 1/9     gross weight per pack
385   R 1/9     gross volume per pack
386   N0 1/3    net days
387   AN 1/35   routing
388   DT 8/8    deferred due date
389   N2 1/10   deferred amount
400   ID 2/2    unit load option
407   ID 2/2    seal status
441   ID 1/1    tax exempt
443   AN 1/20   contact inquiry reference
446   DT 8/8    net due date
447   AN 1/6    loop id
455   ID 1/2    responsible agency {T X}
478   ID 1/1    credit or debit
479   ID 2/2    functional identifier
480   AN 1/12   version
499   AN 1/10   condition value
508   AN 1/35   account number
522   ID 1/3    amount qualifier
559   ID 2/2    code agency
560   ID 2/10   special services
563   ID 1/2    sales requirement
566   ID 1/2    substitution
587   ID 2/2    acknowledgement type
610   N2 1/15   amount
623   ID 2/2    time zone
628   AN 1/12   hierarchy id
639   ID 2/2    price basis
640   ID 2/2    transaction type
648   ID 3/3    price multiplier qualifier
649   R 1/10    price multiplier
653   ID 3/3    discount terms type
654   ID 2/2    discount base qualifier
655   R 1/10    discount base value
656   ID 2/3    discount limit qualifier
657   R 1/10    discount limit
662   ID 1/1    relationship
669   ID 3/3    currency market
673   ID 2/2    quantity qualifier
687   ID 2/2    class of trade
688   ID 2/2    restriction
704   ID 1/2    paperwork action
706   ID 2/2    party relationship
731   ID 2/2    transit direction
732   ID 2/2    transit time qualifier
733   R 1/4     transit time
737   ID 2/2    measurement reference
738   ID 1/3    measurement qualifier
739   R 1/20    measurement
740   R 1/20    range minimum
741   R 1/20    range maximum
750   ID 2/3    product characteristic
751   AN 1/12   product description code
752   ID 2/2    surface or layer
753   ID 1/5    packaging characteristic
754   AN 1/7    packaging description code
755   ID 2/2    report type
756   ID 1/2    report transmission
757   N0 1/2    report copies
765   N0 1/2    day of month
770   AN 1/20   option number
782   R 1/18    amount
786   ID 2/2    security level
790   AN 1/132  entity title
791   AN 1/80   entity purpose
792   ID 1/1    entity status
799   AN 1/30   version
810   N0 1/6    inner pack
819   ID 2/3    language
822   AN 1/15   source subqualifier
828   R 1/9     tax basis amount
933   AN 1/264  message
934   ID 2/2    line control
935   ID 2/2    measurement significance
936   ID 2/2    measurement attribute
954   R 1/10    percentage as decimal
955   ID 2/2    tax jurisdiction qualifier
956   AN 1/10   tax jurisdiction
963   ID 2/2    tax type
1000  ID 2/2    service characteristic qualifier
1004  ID 1/2    percentage qualifier
1018  R 1/15    exponent
1019  ID 3/3    invoice type
1073  ID 1/1    yes or no {N U W Y}
1096  AN 5/5    county
1104  ID 2/2    name component qualifier
1106  ID 2/2    address component qualifier
1166  ID 2/2    contract type
1179  ID 2/2    customs entry type group
1195  AN 1/80   accounting code
1196  ID 2/2    accounting code qualifier
1232  ID 2/2    purchase category
1250  ID 2/3    date format
1251  AN 1/35   date or period
1270  ID 1/3    code list qualifier
1271  AN 1/30   industry code
1300  ID 4/4    service, allowance or charge code
1301  AN 1/10   agency's allowance or charge code
1309  ID 2/2    contract situation
1373  ID 2/4    measurement method
1470  N0 1/9    number
1525  ID 1/2    request category
1551  AN 1/4096 text
1705  AN 1/35   implementation reference
1715  ID 1/3    country subdivision
"""
