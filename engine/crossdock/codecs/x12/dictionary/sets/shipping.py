"""What is under way, and what comes back: 856, 180.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

SHIPPING = """
set 856 004010 005010 SH
BSN M; DTM 10;
HL M 200000 {
  LIN; SN1; SLN 1000; PRF; PO4; PID 200; MEA 40; PWK 25; PKG 25; TD1 20; TD5 12;
  TD3 12 { AT9@005010 };
  TD4 5; TSD; REF *; PER 3;
  LH1 100 { LH2 4; LH3 12; LFH 20; LEP *; LH4 @005010: 4; LHT 3; LHR 10; PER 5; LHE };
  CLD 200 { REF 200; DTP };
  MAN *; DTM 10; FOB; PAL;
  N1 200 { N2 2; N3 2; N4; REF 12; PER 3; FOB };
  SDQ 50; ETD; CUR;
  SAC * { CUR };
  GF; YNQ 10;
  LM 10 { LQ 100 };
  V1 * { R4 *; DTM * } };
CTT;
check CTT01 == count(HL);
check CTT02 ~= sum(HL.SN1.SN102);

set 180 004010 005010 AN
BGN M; RDR; PRF; DTM 10; N9 10; PER 2; SAC 10; G38; PKG 5; TD1 10; TD5 10; NTE 5;
N1 200 { N2 2; N3 2; N4; PER 5 };
LM 10 { LQ 100 };
BLI * {
  N9 20; PID 5; RDR; SAC 10; AMT *; MEA *; CRC *; NTE *; PRF; DTM 15; DD 100; GF; TD5 5; SDQ 100;
  LM 10 { LQ 100 };
  N1 200 { N2 2; N3 2; N4; PER 5 };
  QTY * { AMT 5; DTM 10; N1; LM 10 { LQ 100 }; LX * { N9 *; DTM 10; N1; LM 10 { LQ 100 } } };
  FA1 * { FA2 * } };
"""
