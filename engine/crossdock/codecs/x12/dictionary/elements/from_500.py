"""Data elements from 500 on, and those of the interchange (I…)."""

from __future__ import annotations

FROM_500 = """
501   ID 2/2    customs documentation
506   ID 2/2    bank id qualifier
507   AN 3/12   bank id
508   AN 1/35   account number
509   AN 10/10  originating company
510   AN 9/9    originating company supplement
514   ID 1/1    reporting code
522   ID 1/3    amount qualifier
529   ID 1/2    inventory status
531   AN 1/12   agent shipment id
539   AN 1/30   vehicle identification
554   N0 1/6    assigned number
558   ID 1/1    reservation action
559   ID 2/2    code agency
560   ID 2/10   special services
562   ID 1/2    rate or payment kind
563   ID 1/2    sales requirement
566   ID 1/2    substitution
567   N0 4/5    equipment length
569   ID 1/3    account number qualifier
571   ID 1/1    tare qualifier
584   ID 2/2    employment status
587   ID 2/2    acknowledgement type
591   ID 3/3    payment method
594   ID 1/1    frequency
595   ID 1/1    compartment
597   AN 1/8    vessel code
598   AN 1/12   manifest unit
598@005010 AN 1/25 manifest unit
604   ID 1/1    consolidation
610   N2 1/15   amount
618   ID 1/3    implementation transaction error
619   ID 2/3    Canadian wheat board grade
620   ID 1/3    implementation segment error
621   ID 1/3    implementation element error
622   N0 1/5    number of loads
623   ID 2/2    time zone
625   ID 1/1    collect on delivery fee
626   ID 1/2    excess transport reason
627   ID 1/1    excess transport responsibility
628   AN 1/12   hierarchy id
639   ID 2/2    price basis
640   ID 2/2    transaction type
641   ID 3/3    status reason
646   R  1/15   quantity shipped to date
647   ID 1/3    application error
648   ID 3/3    price multiplier qualifier
649   R 1/10    price multiplier
653   ID 3/3    discount terms type
654   ID 2/2    discount base qualifier
655   R 1/10    discount base value
656   ID 2/3    discount limit qualifier
657   R 1/10    discount limit
659   ID 1/2    verification basis
662   ID 1/1    relationship
665   ID 1/1    reportable quantity
668   ID 2/2    line status
669   ID 3/3    currency market
670   ID 2/2    line change
671   R  1/9    quantity left to receive
673   ID 2/2    quantity qualifier
677   N0 1/6    packs on a pallet
683   ID 2/2    catalog purpose
684   AN 1/15   catalog number
685   AN 1/15   catalog version
686   AN 1/6    catalog revision
687   ID 2/2    class of trade
688   ID 2/2    restriction
704   ID 1/2    paperwork action
706   ID 2/2    party relationship
715   ID 1/1    group acknowledgement {A E M P R W X}
716   ID 1/3    group error
717   ID 1/1    transaction acknowledgement {A E M R W X}
718   ID 1/3    transaction error
719   N0 1/6    segment position
719@005010 N0 1/10 segment position
720   ID 1/3    segment error
721   ID 2/3    segment tag
722   N0 1/2    element position
723   ID 1/3    element error
724   AN 1/99   bad element
725   N0 1/4    element number
728   ID 1/2    returnable container
729   ID 1/6    service level qualifier
731   ID 2/2    transit direction
732   ID 2/2    transit time qualifier
733   R 1/4     transit time
734   AN 1/12   hierarchy parent
735   ID 1/2    hierarchy level
736   ID 1/1    hierarchy child {0 1}
737   ID 2/2    measurement reference
738   ID 1/3    measurement qualifier
739   R 1/20    measurement
740   R 1/20    range minimum
741   R 1/20    range maximum
742   AN 1/35   billing description
743   ID 1/2    returnable container authorization
750   ID 2/3    product characteristic
751   AN 1/12   product description code
752   ID 2/2    surface or layer
753   ID 1/5    packaging characteristic
754   AN 1/7    packaging description code
755   ID 2/2    report type
756   ID 1/2    report transmission
757   N0 1/2    report copies
759   ID 2/2    hazardous inhalation zone
761   N0 1/1    equipment check digit
765   N0 1/2    day of month
767   AN 1/12   market area
767@005010 AN 1/13 market area
769   AN 1/16   exception number
770   AN 1/20   option number
771   ID 1/3    market area qualifier
782   R 1/18    amount
784   N0 1/15   binary length
785   B  1/999999999999999 binary data
786   ID 2/2    security level
787   R  1/15   file length
788   R  1/5    block length
789   ID 2/2    block type
790   AN 1/132  entity title
791   AN 1/80   entity purpose
792   ID 1/1    entity status
797   ID 2/2    security technique
799   AN 1/30   version
800   AN 1/30   file name
801   AN 1/30   interchange format
802   AN 1/30   program
803   AN 1/64   record length
804   AN 1/4    record format
805   AN 1/25   hazardous substance
806   ID 4/6    EPA waste stream
807   AN 12/16  waste characteristic
808   ID 3/3    hazard information qualifier
809   AN 1/25   hazard information
810   N0 1/6    inner pack
812   ID 1/10   payment format
817   AN 1/30   tax information
819   ID 2/3    language
822   AN 1/15   source subqualifier
828   R 1/9     tax basis amount
832   N0 1/3    page width
833   N0 1/3    page length
844   ID 2/2    warehouse detail adjustment
853   ID 2/2    label kind
854   ID 2/2    vessel stowage
859   ID 2/2    activity
875   ID 3/3    maintenance type
876   ID 1/3    inner pack size
878   AN 1/20   color or flavor
879   ID 3/3    unit nesting
880   N0 1/4    items in display
881   R  1/8    drained weight
883   ID 1/2    pallet type
884   N0 1/3    pallet tiers
885   N0 1/3    pallet blocks
889   ID 1/1    follow-up action
890   ID 2/2    receiver route
891   ID 2/2    shipment load kind
892   ID 2/2    line discrepancy
893   ID 1/1    quantity or status adjustment
897   ID 1/1    vessel code qualifier
901   ID 2/2    rejection reason
933   AN 1/264  message
934   ID 2/2    line control
935   ID 2/2    measurement significance
936   ID 2/2    measurement attribute
951   ID 1/2    balance kind
954   R 1/10    percentage as decimal
955   ID 2/2    tax jurisdiction qualifier
956   AN 1/10   tax jurisdiction
961   AN 1/99   good element
963   ID 2/2    tax type
983   ID 1/1    hazardous classification qualifier
984   ID 1/1    hazardous shipping name qualifier
985   ID 3/3    hazardous notice
986   ID 1/1    hazard response plan
1000  ID 2/2    service characteristic qualifier
1000@005010 ID 2/3 service characteristic qualifier
1004  ID 1/2    percentage qualifier
1005  ID 4/4    hierarchy structure
1018  R 1/15    exponent
1019  ID 3/3    invoice type
1022  AN 1/7    time range text
1023  ID 1/1    hazard measure
1024  N0 1/2    rack levels
1025  ID 1/1    rack side
1026  ID 3/3    loading dimension
1030  ID 3/3    vehicle height
1031  ID 3/3    vehicle loading
1035  AN 1/35   last or company name
1035@005010 AN 1/60 last or company name
1036  AN 1/25   first name
1036@005010 AN 1/35 first name
1037  AN 1/25   middle name
1038  AN 1/10   name prefix
1039  AN 1/10   name suffix
1042  ID 2/2    load or device
1043  N0 1/2    load devices
1044  ID 3/3    car configuration
1045  ID 2/2    coupler type
1046  ID 2/2    hitch type
1047  ID 2/2    brake type
1048  ID 1/3    business function
1049  AN 1/5    tax payment kind
1050  AN 1/6    taxpayer verification
1051  N2 1/10   tax amount
1065  ID 1/1    entity kind
1066  ID 1/2    citizenship
1067  ID 1/1    marital status
1068  ID 1/1    gender
1073  ID 1/1    yes or no {N U W Y}
1095  N0 4/4    year
1096  AN 5/5    county
1104  ID 2/2    name component qualifier
1106  ID 2/2    address component qualifier
1109  ID 1/1    race or ethnicity
1122  ID 1/1    temperature control kind
1136  ID 2/2    condition category
1149  ID 4/6    occupation
1161  ID 1/2    benefit status
1166  ID 2/2    contract type
1176  ID 2/3    employment class
1179  ID 1/2    customs entry type group
1186  ID 2/2    income kind
1195  AN 1/80   accounting code
1196  ID 2/2    accounting code qualifier
1224  ID 2/2    pension investment
1232  ID 2/2    purchase category
1250  ID 2/3    date format
1251  AN 1/35   date or period
1262  ID 1/2    investment plan
1270  ID 1/3    code list qualifier
1271  AN 1/30   industry code
1274  ID 2/2    event time qualifier
1274@005010 ID 2/3 event time qualifier
1280  ID 1/1    direction
1292  ID 2/2    return reason
1293  ID 2/2    return response
1294  ID 2/2    return disposition
1296  AN 1/6    plan coverage
1300  ID 4/4    service, allowance or charge code
1301  AN 1/10   agency's allowance or charge code
1309  ID 2/2    contract situation
1310  ID 1/1    cost code
1321  ID 2/2    condition
1321@005010 ID 2/3 condition
1322  ID 1/1    certification kind
1373  ID 2/4    measurement method
1375  AN 1/5    hazard zone
1401  ID 1/3    proposal detail
1470  N0 1/9    number
1511  ID 2/2    deduction kind
1525  ID 1/2    request category
1528  N0 1/2    component position
1551  AN 1/4096 text
1570  ID 3/3    file compression
1577  ID 1/1    marine pollutant
1609  ID 2/3    application error kind
1650  ID 2/2    shipment status code
1651  ID 2/2    shipment status reason
1652  ID 2/2    appointment status
1654  ID 7/7    longitude
1655  ID 7/7    latitude
1658  ID 3/3    reservation reason
1666  R  2/9    density
1684  ID 1/4    attendance kind
1685  ID 1/2    tax treatment
1686  N0 1/4    repetition position
1687  R  1/15   earnings rate
1688  ID 1/4    pay period
1705  AN 1/35   implementation reference
1715  ID 1/3    country subdivision
9998  AN 1/35   context reference
9999  AN 1/35   context name
I08   DT 6/6    interchange date
I09   TM 4/4    interchange time
I12   N0 9/9    interchange control number
I17   ID 1/1    interchange acknowledgement {A E R}
I18   ID 3/3    interchange note {000-031}
"""
