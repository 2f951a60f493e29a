"""Transaction sets between ST and SE, one notation for all of them.

``BEG M`` mandatory, ``PER 3`` at most three, ``REF *`` without bound, ``N1 200 { N2 2; N3 2 }`` a loop that its
first segment opens. ``MOA=MOA_sum`` names a second place of a tag at one level. The first line says number, release
and functional identifier (GS01); a release without a line of its own is read structurally. ``check`` lines are the
agreements between segments.

Facts by ASC X12.1 (purchase order), order and maxima as several public guides and tools tell them.
"""

from __future__ import annotations

SETS = """
set 850 004010 PO
BEG M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH 5; TC2 *;
SAC 25 { CUR };
ITD *; DIS 20; INC; DTM 10; LDT 12; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 200;
TD1 2; TD5 12; TD3 12; TD4 5; MAN 10; PCT *; CTB 5; TXI *;
AMT * { REF *; DTM; PCT *; FA1 * { FA2 M * } };
N9 1000 { DTM *; MSG 1000 };
N1 200 { N2 2; N3 2; N4 *; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200 };
LM * { LQ M * };
SPI * { REF 5; DTM 5; MSG 50;
  N1 20 { N2 2; N3 2; N4; REF 20; G61; MSG 50 };
  CB1 * { REF 20; DTM 5; LDT; MSG 50 } };
ADV * { DTM *; MTX * };
PO1 M 100000 {
  LIN *; SI *; CUR; CN1; PO3 25;
  CTP * { CUR };
  PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PO4 *; REF *; PER 3;
  SAC 25 { CUR; CTP };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; IT3 5; DTM 10; TC2 *;
  TD1; TD5 12; TD3 12; TD4 5; PCT *; MAN 10; MSG *; SPI *; TXI *; CTB *;
  QTY * { SI * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF * };
  PKG 200 { MEA * };
  LS { LDT * { QTY *; MSG; REF 3; LM * { LQ M * } }; LE M };
  N9 1000 { DTM *; MEA 40; MSG 1000 };
  N1 200 { N2 2; N3 2; N4; QTY *; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200;
    LDT * { MAN 10; QTY 5; MSG; REF 3 } };
  SLN 1000 { MSG *; SI *; PID 1000; PO3 104; TC2 *; ADV *; DTM 10; CTP 25; PAM 10; PO4; TAX 3;
    N9 * { DTM *; MSG * };
    SAC 25 { CUR; CTP };
    QTY * { SI * };
    N1 10 { N2 2; N3 2; N4; NX2 *; REF 12; PER 3; SI * } };
  AMT * { REF; PCT * };
  LM * { LQ M * } };
CTT { AMT };
check CTT01 == count(PO1);
check CTT02 ~= sum(PO1.PO102);

set 850 005010 PO
BEG M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH 5; TC2 *;
SAC 25 { CUR };
ITD *; DIS 20; INC; DTM 10; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 200;
TD1 2; TD5 *; TD3 12; TD4 5; MAN 10; PCT *; CTB 5; TXI *;
LDT * { QTY *; MTX *; REF * };
AMT * { REF *; DTM; PCT *; FA1 * { FA2 M * } };
N9 1000 { DTM *; MTX *; PWK *; EFI * };
N1 200 { N2 2; IN2 *; N3 2; N4 *; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200 };
LM * { LQ M * };
SPI * { REF 5; DTM 5; MTX *;
  N1 20 { N2 2; N3 2; N4; REF 20; G61; MTX * };
  CB1 * { REF 20; DTM 5; LDT; MTX * } };
ADV * { DTM *; MTX * };
PO1 M 100000 {
  LIN *; SI *; CUR; CN1; PO3 25;
  CTP * { CUR };
  PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PO4 *; REF *; PER 3;
  SAC 25 { CUR; CTP };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; IT3 5; DTM 10; TC2 *;
  TD1; TD5 12; TD3 12; TD4 5; PCT *; MAN 10; MTX *; SPI *; TXI *; CTB *;
  QTY * { SI * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF * };
  PKG 200 { MEA * };
  LS { LDT * { QTY *; MTX *; REF 3; LM * { LQ M * } }; LE M };
  N9 1000 { DTM *; MEA 40; MTX *; PWK *; EFI * };
  N1 200 { N2 2; IN2 *; N3 2; N4; QTY *; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200;
    LDT * { MAN 10; QTY 5; MTX *; REF 3 } };
  SLN 1000 { MTX *; SI *; PID 1000; PO3 104; MEA *; TC2 *; ADV *; DTM 10; CTP 25; PAM 10; PO4; TAX 3;
    N9 * { DTM *; MTX * };
    SAC 25 { CUR; CTP };
    QTY * { SI * };
    N1 10 { N2 2; IN2 *; N3 2; N4; NX2 *; REF 12; PER 3; SI * } };
  AMT * { REF *; PCT * };
  LM * { LQ M * } };
CTT { AMT };
check CTT01 == count(PO1);
check CTT02 ~= sum(PO1.PO102);
"""
