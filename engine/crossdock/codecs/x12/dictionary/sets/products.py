"""What is sold and what is there of it: 832, 846, 852.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

PRODUCTS = """
set 832 004010 005010 SC
BCT M; CTP 100; REF *; YNQ 10; PER *; DTM 10; CTB 25; CUR 5; ITD 2; LDT *; SAC *; TD1 *; TD5 *; TD3 *; TD4 *; FOB;
PKG *; G93@<005010 50; TXI *; AAA; MTX@005010 *; PWK@005010 25;
N1 * { N2 2; N3 2; N4 *; REF 12; PKG *; PER *; DTM 10; MTX@005010 *; SPI@005010 };
LM * { LQ * };
N9 * { DTM *; MTX@005010 *; PWK@005010 *; EFI@005010 * };
G93@005010 * { SAC; N1; G26 };
LIN * {
  PO1; G53; SI *; DTM 10; REF *; YNQ 10; PER *; CRD *; CTB 25; PID 200; MEA 40; PKG 25; PO4; TD1 *; TD5 *; TD3 *;
  TD4 *; ITD 2; LDT; SAC *; FOB; AAA; TC2 2; TXI *; MTX@005010 *; G55; G54;
  CTP 100 @005010: * {
    G40@<005010 99; DTM 10; G36; LDT; CUR 5; PO4; CTB 5; REF *; G43 9999; SAC *; G26 99; TXI@005010 *; ITD@005010;
    G40@005010 * { SAC; G93 * };
    LS@005010 2 { LM * { LQ * }; N1 * { N2 2; N3 2; N4 2 }; LE M } };
  N1 * { N2 2; N3 2; N4; REF 12; PER *; DTM 10; MTX@005010 *; PKG *; PAL@005010 *; SPI@005010 };
  G39 * { CTP };
  PKL 20 { CTP; PKG 2; G53@005010; DTM@005010 * };
  LFG { CRC * { QTY } };
  LM * { LQ * { REF@005010 *; EFI@005010; DTM@005010 *; PID@005010 * { MEA *; MTX } } };
  SLN * {
    SI *; PID *; DTM *; CTP *; PAM *; PO4 *; PKG *; QTY *; MEA *; SAC *; MTX *;
    LM * { LQ * };
    N1@005010 * { N2 2; N3 2; N4 *; REF 12; PER *; DTM 10 } };
  N9 * { DTM *; MTX@005010 *; PWK@005010 *; EFI@005010 * } };
CTT;
check CTT01 == count(LIN);

set 846 004010 005010 IB
BIA M; CUR; DTM 10; REF 12; PER 3; MEA 20;
N1 5 { N2 2; N3 2; N4; REF 12; PER 3 };
LM 10 { LQ 100 };
LIN M 10000 {
  PID 200; MEA 40; PKG 25; DTM 10; CTP 25; CUR; SAC 25; REF *; PER 3; SDQ 500; MAN; UIT 5; CS; DD *; G53; PCT *;
  LDT 12;
  LM 10 { LQ 100 };
  SLN 1000 { PID 200; MEA 40; PKG 25; MAN 100 { MEA 40 } };
  QTY 99 {
    UIT 12; MEA 25; LDT 12; DTM 10;
    SCH 25 { MEA 25 };
    LM * { LQ 100 };
    LS { REF M * { DTM *; N1; LM 10 { LQ 100 } }; LE M } };
  N1 200 { N2 2; N3 2; N4; REF 12; PER 3 } };
CTT;
check CTT01 == count(LIN);
check CTT02 ~= sum(LIN.QTY.QTY02);

set 852 004010 005010 PD
XQ M; XPO *; N9 *; PER 3;
N1 200 { N2; N3 2; N4; FOB; TD5; DTM *; N9 *; PER 3 };
LIN 999999 {
  CTP 25; SAC@005010 *; PO4; N9 *; AMT 10; PAL; QTY @005010: *;
  ZA * { QTY @005010: *; CTP 25; SDQ *; G95 { DTM 2 } } };
CTT;
check CTT01 == count(LIN);
"""
