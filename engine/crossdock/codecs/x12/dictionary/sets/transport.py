"""Between a shipper and a motor carrier: 204, 990, 214.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

TRANSPORT = """
set 204 004010 005010 SM
B2 M; B2A M; C3@005010; L11 50 @005010: *; G62; MS3;
AT5 6 { RTT@005010; C3@005010 };
PLD; LH6 6; NTE 10;
N1 5 { N2; N3 2; N4; L11; G61 3 };
N7 10 { N7A; N7B; MEA; M7 2 };
S5 M 999 {
  L11 50 @005010: *; G62 2 @005010: 3; AT8; LAD 999 @005010: *;
  AT5 6 { RTT@005010; C3@005010 };
  PLD; NTE 20;
  N1 { N2; N3 2; N4; G61 3 };
  L5 99 @005010: * {
    AT8;
    AT5@005010 6 { RTT; C3 };
    L11@005010 *; MEA@005010 10; PER@005010; L4@005010;
    G61 99 { L11 5; LH6 6; LH1 25 { LH2 4; LH3 10; LFH 20; LEP 3; LH4; LHT 3 } } };
  OID 999 @005010: * {
    G62 2; LAD 999 @005010: *;
    L5 99 @005010: * {
      AT8; L4@005010;
      G61 99 { L11 5; LH6 6; LH1 25 { LH2 4; LH3 10; LFH 20; LEP 3; LH4; LHT 3 } } } };
  N7 10 { N7A; N7B; MEA; M7 2 } };
L3;
LX@005010 { L4 };

set 990 004010 005010 GF
B1 M; L11@005010 *; N9; G62 6; N7; L9 40; V9 10; K1 10;
S5 999 { N9 10; G62 10; K1 10 };

set 214 004010 005010 QM
B10 M; L11 300; MAN 9999; K1 10;
N1 10 { N2; N3 2; N4; G61; G62; L11 10 };
MS3 12;
LX 999999 {
  AT7 10 { MS1; MS2 @005010: 2; K1@005010; M7@005010 };
  L11 10 @005010: 999; MAN 9999; Q7 10; K1 10; AT5 10; AT8 10;
  AT7=AT7_later@005010 10 { MS1; MS2 2; K1; M7 };
  CD3 999999 { L11 20; AT7 10 { MS1; MS2 }; NM1; Q7 10; AT8; MAN 9999; N1 999999 { N2; N3 3; N4; L11 10 } };
  PRF 999999 { N1 999999 { N2; N3 2; N4; L11 10 }; CD3 999999 { L11 20; AT7 10 { MS1; MS2 }; MAN 9999 } };
  SPO 999999 { SDQ 10 };
  EFI * { BIN M };
  N1@005010 5 { N2; N3 2; N4; G62; L11 10 };
  OID@005010 999999 { SDQ 10 } };
"""
