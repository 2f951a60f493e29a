"""Service segments of syntax versions 1 to 3 (``D3``) and of version 4 (``41``), and CONTRL, which is made of them.

The notation is that of the directories' tables; ``0008@41`` replaces 0008 from syntax version 4 on. Dependency notes (ISO
9735-1, 11) are written with the letters of X12's syntax notes: D1 one and only one is ``R`` with ``E``, D2 all or none ``P``,
D3 one or more ``R``, D4 one or none ``E``, D5 if first then all ``C``, D6 if first then one more ``L``, D7 if first then none of
the others an ``E`` for each pair.

Closed are only the lists that every edition tells alike: sections (0081), first and last transfer (0073), and, as wide
as it ever was, the action of a CONTRL (0083).

Facts by ISO 9735:1988 with amendment 1:1992 (versions 1 to 3), ISO 9735-1, -4, -8 and -10 (version 4), and by
TRADE/WP.4/R.1186 (CONTRL).
"""

from __future__ import annotations

ELEMENTS = """
0001    A  4/4    syntax and character set
0002    N  1/1    syntax version
0002@41 AN 1/1    syntax version
0004    AN 1/35   sender
0007    AN 1/4    kind of party number
0008    AN 1/14   sender's address for answers
0008@41 AN 1/35   sender's internal number
0010    AN 1/35   receiver
0013    A  3/3    service segment at fault
0014    AN 1/14   receiver's routing address
0014@41 AN 1/35   receiver's internal number
0017    N  6/6    date made
0017@41 N  8/8    date made
0019    N  4/4    time made
0020    AN 1/14   interchange number
0022    AN 1/14   receiver's reference or password
0025    AN 2/2    reference or password
0026    AN 1/14   application
0029    A  1/1    priority
0031    N  1/1    acknowledgement wanted
0032    AN 1/35   agreement
0035    N  1/1    test indicator
0036    N  1/6    messages or groups in the interchange
0038    AN 1/6    messages in the group
0040    AN 1/35   sending application
0042    AN 1/35   sender's internal sub-number
0044    AN 1/35   receiving application
0046    AN 1/35   receiver's internal sub-number
0048    AN 1/14   group number
0051    AN 1/2    controlling agency
0051@41 AN 1/3    controlling agency
0052    AN 1/3    message version
0054    AN 1/3    message release
0057    AN 1/6    association code
0058    AN 1/14   application password
0060    N  1/6    messages in the group, counted
0062    AN 1/14   message number
0065    AN 1/6    message
0068    AN 1/35   common access reference
0070    N  1/2    place in a sequence of transfers
0073    A  1/1    first or last transfer {C F}
0074    N  1/6    segments in the message
0074@41 N  1/10   segments in the message
0076    AN 2/2    syntax release
0080    AN 1/6    service code lists
0081    A  1/1    section that begins {D S}
0083    AN 1/3    action {1-8}
0085    AN 1/3    syntax error
0096    N  1/6    position of the segment
0098    N  1/3    position of the element
0104    N  1/3    position of the component
0110    AN 1/6    code lists of the message
0113    AN 1/6    sub-function of the message
0115    AN 1/14   subset
0116    AN 1/3    subset version
0118    AN 1/3    subset release
0121    AN 1/14   implementation guide
0122    AN 1/3    guide version
0124    AN 1/3    guide release
0127    AN 1/14   scenario
0128    AN 1/3    scenario version
0130    AN 1/3    scenario release
0133    AN 1/3    character encoding
0135    AN 1/3    service segment at fault
0136    N  1/6    repetition of the element
0138    N  1/6    position of the security segment
0300    AN 1/35   initiator's control reference
0303    AN 1/35   initiator
0304    AN 1/35   responder's control reference
0314    AN 1/15   time of the event
0320    N  1/6    sequence number of the sender
0323    A  1/1    position of the transfer
0325    A  1/1    duplicate
0336    N  4/4    offset of the time
0338    N  1/8    date of the event
0534    AN 1/14   security reference
0800    AN 1/35   package number
0802    AN 1/35   reference of the object
0805    AN 1/3    kind of object fact
0808    AN 1/256  object fact in words
0809    AN 1/256  object fact
0810    N  1/18   octets of the object
0813    AN 1/3    kind of reference of the object
0814    N  1/3    segments before the object
"""

COMPOSITES = """
S001     0001! 0002!
S001@41  0001! 0002! 0080 0133 0076
S002     0004! 0007 0008
S002@41  0004! 0007 0008 0042
S003     0010! 0007 0014
S003@41  0010! 0007 0014 0046
S004     0017! 0019!
S005     0022! 0025
S006     0040! 0007
S007     0044! 0007
S008     0052! 0054! 0057
S009     0065! 0052! 0054! 0051! 0057
S009@41  0065! 0052! 0054! 0051! 0057 0110 0113
S010     0070! 0073
S011     0098! 0104
S011@41  0098! 0104 0136
S016@41  0115! 0116 0118 0051
S017@41  0121! 0122 0124 0051
S018@41  0127! 0128 0130 0051
S020@41  0813! 0802!
S021@41  0805! 0809 0808 0051
S022@41  0810! 0814 0070 0073
S300@41  0338 0314 0336
S301@41  0320 0323 0325
S302@41  0300! 0303 0051 0304
"""

SEGMENTS = """
UCD     0085! S011!
UCF     0048! S006! S007! 0083! 0085 0013 S011
UCF@41  0048! S006 S007 0083! 0085 0135 S011 0534 0138 | C0605 C070605 C08060509 C09080605
UCI     0020! S002! S003! 0083! 0085 0013 S011
UCI@41  0020! S002! S003! 0083! 0085 0135 S011 0534 0138 | C0605 C070605 C08060509 C09080605
UCM     0062! S009! 0083! 0085 0013 S011
UCM@41  0062 S009 0083! 0085 0135 S011 0800 S020^99 0534 0138 | R0107 E0107 P0102 P0708 C0504 C060504 C09050410 C10090504
UCS     0096! 0085
UNB     S001! S002! S003! S004! 0020! S005 0026 0029 0031 0032 0035
UNE     0060! 0048!
UNG     0038! S006! S007! S004! 0048! 0051! S008! 0058
UNG@41  0038 S006 S007 S004 0048! 0051 S008 0058 | P010607
UNH     0062! S009! 0068 S010
UNH@41  0062! S009! 0068 S010 S016 S017 S018
UNO@41  0800! S020!^99 S021!^99 S022! S302 S301 S300 0035
UNP@41  0810! 0800!
UNS     0081!
UNT     0074! 0062!
UNZ     0036! 0020!
"""

SETS = """
set CONTRL D3
UCI M;
UCM 999999 { UCS 999 { UCD 99 } };
UCF 999999 { UCM 999999 { UCS 999 { UCD 99 } } };

set CONTRL 41
UCI M;
UCM 999999 { UCS 999 { UCD 99 } };
UCF 999999 { UCM 999999 { UCS 999 { UCD 99 } } };
"""
