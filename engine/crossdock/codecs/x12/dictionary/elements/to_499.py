"""Data elements 1 to 499."""

from __future__ import annotations

TO_499 = """
2     N0 1/6    accepted transactions
3     AN 1/60   free-form text
11    ID 1/1    billing code
19    AN 2/30   city
22    AN 1/30   commodity code
23    ID 1/1    commodity code qualifier
24    ID 4/4    equipment type
26    ID 2/3    country
28    N0 1/9    group control number
31    AN 1/22   adjustment number
33    ID 1/1    lading exception
34    N1 1/4    zone rate
40    ID 2/2    equipment description
46    ID 4/4    tariff supplement
54    ID 2/2    risk of loss
55    ID 2/10   vessel requirement
56    ID 2/2    type of service
58    N2 1/12   charge
58@005010 N2 1/15 charge
59    ID 2/5    freight class
60    R  1/9    freight rate
61    AN 1/30   free-form information
65    R 1/8     height
66    ID 1/2    identification qualifier
67    AN 2/80   identification
71    N0 1/3    inquiry request number
74    N2 2/12   declared value
76    AN 1/22   invoice number
79    AN 1/50   lading description
80    N0 1/7    lading quantity
81    R 1/10    weight
82    R 1/8     length
86    N0 1/3    equipment count
87    AN 1/48   marks and numbers
88    ID 1/2    marks and numbers qualifier
90    ID 1/1    linear unit
91    ID 1/2    transport mode
92    ID 2/2    order type
93    AN 1/60   name
96    N0 1/10   number of segments
97    N0 1/6    number of transactions
98    ID 2/3    party role
100   ID 3/3    currency
102   ID 1/1    equipment owner
103   AN 3/5    packaging
106   AN 1/25   event text
107   ID 1/2    payment method
108   ID 1/2    pick-up or delivery
110   ID 1/2    application acknowledgement
113   ID 1/4    terminal name qualifier
114   AN 2/24   port name
115   ID 1/1    port function
116   ID 3/15   postal code
117   N2 1/9    prepaid amount
117@005010 N2 1/15 prepaid amount
118   R 1/9     rate
119   ID 1/6    tariff distance
121   ID 1/3    rate class
122   ID 2/2    rate qualifier
123   N0 1/6    received transactions
124   AN 2/15   application receiver
127   AN 1/30   reference
127@005010 AN 1/50 reference
128   ID 2/3    reference qualifier
129   AN 1/13   repetitive pattern
133   ID 1/2    routing sequence
140   ID 2/4    carrier SCAC
142   AN 2/15   application sender
143   ID 3/3    set
145   AN 1/30   shipment number
146   ID 2/2    payer of freight
147   ID 1/1    shipment qualifier
150   ID 3/3    special charge
152   ID 2/3    special handling
153   AN 2/30   special handling text
154   ID 6/9    rail station
156   ID 2/2    state or province
163   ID 2/2    stop reason
165   N0 1/3    stop sequence
166   AN 1/55   address line
167   N0 3/8    tare weight
168   ID 1/4    tariff agency
169   AN 1/16   tariff number
170   N0 1/2    tariff section
171   AN 1/7    tariff item
172   ID 1/2    tariff item part
173   ID 1/4    freight class of tariff
174   AN 2/30   terminal name
176   ID 1/2    time qualifier
177   ID 1/2    interchange agreement status
181   ID 2/2    adjustment reason
182   AN 2/28   vessel name
183   R 1/8     volume
184   ID 1/1    volume unit
187   ID 1/2    weight qualifier
188   ID 1/1    weight unit
189   R 1/8     width
190   ID 1/1    accomplished
191   N2 1/9    advance amount
200   ID 1/6    hazard placard notation
205   N0 1/6    dunnage
206   AN 1/4    equipment initial
207   AN 1/10   equipment number
207@005010 AN 1/15 equipment number
208   ID 1/1    hazard code qualifier
209   AN 1/4    hazard class
211   ID 3/3    packaging form
212   R 1/17    unit price
213   N0 1/3    lading line
215   AN 1/30   hazardous classification
218   AN 14/40  hazardous material notation
219   ID 1/3    position
222   AN 4/25   hazardous endorsement
223   N0 5/5    repetitive group
224   AN 1/25   hazardous shipping name
225   AN 2/15   seal number
227   ID 1/2    tariff column
230   AN 1/3    hazard packing instruction
232   N0 2/6    weight allowance
234   AN 1/48   product id
235   ID 2/2    product id qualifier
236   ID 3/3    price kind
238   AN 1/12   emergency response plan
248   ID 1/1    allowance or charge {A C N P Q R S}
249   ID 1/1    shipment stop code
254   ID 1/3    packing group
267   R  1/6    control temperature
267@005010 R 1/10 control temperature
271   ID 1/2    hazmat subsidiary class
272   ID 1/1    certification clause
273   AN 1/25   certification
277   ID 6/6    UN or NA hazard number
280   R 4/10    exchange rate
284   ID 2/2    service level
285   AN 1/22   depositor order number
286   ID 2/2    product handling
289   N0 1/2    multiple price quantity
290   ID 2/2    trade item status
291   ID 3/3    price list issuer
292   ID 3/3    pricing basis
293   ID 2/2    performance code
294   N0 1/5    distance on tariff
295   ID 1/1    distance qualifier
296   ID 2/4    intermediate switch
301   ID 1/4    car type
304   ID 3/3    event
305   ID 1/2    transaction handling
306   ID 1/2    action
309   ID 1/2    location qualifier
310   AN 1/30   location
319   AN 3/6    temperature control
324   AN 1/22   order number
325   AN 1/20   tax number
326   AN 1/45   request reference
327   AN 1/8    change order number
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
339   R  1/10   allowance rate
340   ID 1/3    allowance code
341   AN 1/16   allowance number
342   R 1/5     percent of invoice payable
344   ID 2/2    period unit
345   ID 2/2    lead time kind
346   ID 2/2    application type
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
358   R  1/10   quantity invoiced
358@005010 R 1/15 quantity invoiced
359   R  1/15   allowance quantity
360   N2 1/15   allowance total
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
375   ID 2/2    tariff service
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
394   AN 1/12   warehouse receipt number
395   R  1/8    unit weight
396   AN 2/30   shipment identification
397   AN 1/10   color
398   R  1/10   order sizing factor
399   ID 1/1    pallet exchange
400   ID 2/2    unit load option
406   N0 1/3    pallets
407   ID 2/2    seal status
408   R  1/4    temperature
409   N0 1/3    cases shipped
410   N0 1/3    cases short
411   R  1/7    quantity damaged
412   ID 2/2    damage reason
413   N0 1/7    quantity received
414   N0 1/7    quantity damaged or on hold
416   N0 6/6    pallet block and tiers
417   ID 1/3    price bracket
418   R  1/9    item list price
419   R  1/9    suggested retail price
420   N2 2/7    new price
421   N2 2/7    previous price
422   ID 2/2    performed function
426   ID 2/2    adjustment reason of payment
432   ID 2/2    date kind
433   ID 2/2    service requirement
434   AN 1/30   service requirement text
438   AN 12/12  UPC case code
439   AN 1/16   price list number
440   AN 1/16   price list issue number
441   ID 1/1    tax exempt
443   AN 1/20   contact inquiry reference
446   DT 8/8    net due date
447   AN 1/6    loop id
451   AN 1/12   warehouse lot number
452   N0 1/9    quantity short
455   ID 1/2    responsible agency {T X}
456   ID 2/2    temperature location
460   ID 1/1    shipment weight kind
466   N0 1/2    stop weight
472   N0 6/6    link sequence
473   ID 1/1    depositor order status
474   AN 1/22   master reference
477   R  1/10   debit or credit quantity
478   ID 1/1    credit or debit
479   ID 2/2    functional identifier
480   AN 1/12   version
481   ID 1/2    trace type
482   ID 2/2    payment action
488   N0 1/3    percent whole
499   AN 1/10   condition value
"""
