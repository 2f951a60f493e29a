"""Invoices and remittances: 810, 820.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

BILLING = """
set 810 004010 005010 IN
BIG M; NTE 100; CUR; REF 12; YNQ 10; PER 3;
N1 200 { N2 2; N3 2; N4; REF 12; PER 3; DMG };
ITD *; DTM 10; FOB; PID 200; MEA 40; PWK 25; PKG 25; L7; BAL *; INC; PAM *; CRC@005010;
LM 10 { LQ 100 };
N9 { MSG M 10 };
V1 * { R4 *; DTM * };
FA1 * { FA2 * };
IT1 200000 {
  CRC; QTY 5; CUR; IT3 5; TXI 10 @005010: *; CTP 25; PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PKG 25; PO4; ITD 2; REF *; YNQ 10; PER 5; SDQ 500; DTM 10; CAD *; L7 *; SR;
  SAC 25 @005010: * { TXI 10 @005010: * { DTM@005010 } };
  SLN 1000 { DTM; REF *; PID 1000; SAC 25 @005010: *; TC2 2; TXI 10 @005010: * };
  N1 200 { N2 2; N3 2; N4; REF 12; PER 3; DMG };
  LM 10 { LQ 100 };
  V1 * { R4 *; DTM * };
  FA1 * { FA2 * } };
TDS M; TXI 10 @005010: *; CAD; AMT *;
SAC 25 @005010: * { DTM@005010 *; TXI 10 @005010: * { DTM@005010 } };
ISS * { PID };
CTT;
check CTT01 == count(IT1);
check CTT02 ~= sum(IT1.IT102);
check TDS01 ~= invoice(IT1);

set 820 004010 005010 RA
BPR M; NTE *; TRN; CUR; REF *; DTM *;
N1 * { N2 *; N3 *; N4; REF *; PER *; RDM; DTM };
ENT * {
  FA1@005010 * { FA2 * };
  NM1 * { N2 *; N3 *; N4; REF *; PER * };
  ADX * {
    NTE *; PER *; DTM;
    REF * { DTM * };
    IT1 * {
      RPA@005010; QTY@005010;
      REF * { DTM };
      SAC * { TXI *; DTM@005010 10 };
      SLN * { REF * { DTM * }; SAC * { TXI * } } };
    FA1@005010 * { FA2 * } };
  RMR * {
    NTE *; REF *; DTM *; VEH@005010;
    IT1 * { RPA@005010; QTY@005010; REF * { DTM }; SAC * { TXI * }; SLN * { REF * { DTM * }; SAC * { TXI * } } };
    ADX * {
      NTE *; PER *;
      REF * { DTM * };
      IT1 * {
        RPA@005010; QTY@005010;
        REF * { DTM };
        SAC * { TXI *; DTM@005010 10 };
        SLN * { REF * { DTM * }; SAC * { TXI * } } } };
    FA1@005010 * { FA2 * } } };
TXP * { TXI *; REF@005010 *; DTM@005010 * };
DED *;
LX * { REF *; TRN *; NM1 * { REF *; G53; AIN * { QTY *; DTP * }; PEN * { AMT *; DTP *; INV * { DTP * } } } };
N9 { REF@005010 *; AMT * { REF * }; N1 * { REF *; EMS * { ATN *; AIN *; PYD * } } };
RYL * { NM1 * { LOC * { PID * { DTM; PCT * { QTY; AMT * { ADX * } } } }; ASM { ADX } } };
check BPR02 ~= sum(ENT.RMR.RMR04 + ENT.ADX.ADX01);
"""
