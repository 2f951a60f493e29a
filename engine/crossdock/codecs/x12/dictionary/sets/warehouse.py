"""Between a depositor and a warehouse: 940, 943, 944, 945, 947.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

WAREHOUSE = """
set 940 004010 005010 OW
W05 M;
N1 10 { N2 2; N3 2; N4; PER 5 };
N9 10; G61 3; G62 10; NTE *; W09; W66; W6 @005010: 5; R2 13; BNX;
TD3@005010 { AT9 };
LM 10 { LQ 100 };
LX * {
  MAN *; SDQ *; N1; G62 10; N9@005010 *;
  W01 * {
    G69 5; N9 200; NTE *; W20 3; QTY 10; AMT @005010: *; G62 10; G66;
    N1 3 @005010: * { N2@005010; N3@005010; N4@005010; PER@005010 5 };
    PER 5; LH2 6; LHR; LH6 5;
    LM 10 { LQ 100 };
    LS {
      LX M * {
        N9 *; G62 10; N1; SDQ *;
        LM 10 { LQ 100 };
        LH1 * { LH2 4; LH3 10; LFH 20; LEP 3; LH4; LHT 3; LHR 5; PER 5 } };
      LE M };
    FA1 * { FA2 * } } };
W76;
check W7601 ~= sum(LX.W01.W0101);

set 943 004010 005010 AR
W06 M;
N1 M 10 { N2; N3 2; N4; PER 5 };
N9 10; G61 3; G62 5; NTE 20; W27 M; W28; W10;
W04 M 9999 { G69 5; N9 200; W20 2 };
W03 M;
check W0301 ~= sum(W04.W0401);

set 944 004010 005010 RE
W17 M;
N1 M 10 { N2; N3 2; N4; PER 5 };
N9 10; G61 3; G62 5; NTE 20; W08; W18 10; G08 2;
W07@<005010 M 9999 { G69 5; N9 200; W20 2; W13 50 { N9 200 } };
TD1@005010 5;
LX@005010 M * { MAN; PAL *; N9 5; W07 9999 { G69 5; N9 200; W20 2; W13 50 { N9 200 } } };
W14 M;
check@<005010 W1401 ~= sum(W07.W0701);
check@005010 W1401 ~= sum(LX.W07.W0701);

set 945 004010 005010 SW
W06 M;
N1 M 10 { N2; N3 2; N4; PER 5 };
N9 10; G61 3; G62 5; NTE 20; W27; W6; W28; W10 10; G72 5; TD1@005010 5;
LM 10 { LQ 100 };
LX * {
  MAN *; PAL; N9 5;
  W12 * {
    G69 5; N9 200; G62 10; QTY 10; MEA 5; AMT; R4 5; W27;
    N1 5 @005010: * { N2@005010; N3@005010; N4@005010; PER@005010 };
    G72 5;
    LM 10 { LQ 100 };
    LS { LX M * { N9 *; G62 10; N1; LM 10 { LQ 100 } }; LE M };
    FA1 * { FA2 * } } };
W03;
check W0301 ~= sum(LX.W12.W1203);

set 947 004010 005010 AW
W15 M;
N1 M 100 { N2; N3; N4; PER 5 };
N9 10; G61 3; G62 5; NTE 20;
LM 10 { LQ 100 };
W19 M * {
  G69 5; N9 10; CS; AMT; G62 10;
  LM 10 { LQ 100 };
  N1 50 { N2 2; N3 2; N4; G61 5 };
  LX * { N9 *; G62; N1; LM 10 { LQ 100 } };
  FA1 * { FA2 * } };
"""
