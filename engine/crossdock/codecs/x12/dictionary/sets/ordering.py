"""Orders, their acknowledgements and their changes: 850, 855, 860, 865.

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

ORDERING = """
set 850 004010 005010 PO
BEG M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH 5; TC2 *;
SAC 25 { CUR };
ITD *; DIS 20; INC; DTM 10; LDT@<005010 12; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 200; TD1 2;
TD5 12 @005010: *; TD3 12; TD4 5; MAN 10; PCT *; CTB 5; TXI *;
LDT@005010 * { QTY *; MTX *; REF * };
AMT * { REF *; DTM; PCT *; FA1 * { FA2 M * } };
N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
N1 200 { N2 2; IN2@005010 *; N3 2; N4 *; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200 };
LM * { LQ M * };
SPI * {
  REF 5; DTM 5; MSG@<005010 50; MTX@005010 *;
  N1 20 { N2 2; N3 2; N4; REF 20; G61; MSG@<005010 50; MTX@005010 * };
  CB1 * { REF 20; DTM 5; LDT; MSG@<005010 50; MTX@005010 * } };
ADV * { DTM *; MTX * };
PO1 M 100000 {
  LIN *; SI *; CUR; CN1; PO3 25;
  CTP * { CUR };
  PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PO4 *; REF *; PER 3;
  SAC 25 { CUR; CTP };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; IT3 5; DTM 10; TC2 *; TD1; TD5 12; TD3 12; TD4 5; PCT *;
  MAN 10; MSG@<005010 *; MTX@005010 *; SPI *; TXI *; CTB *;
  QTY * { SI * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF * };
  PKG 200 { MEA * };
  LS { LDT * { QTY *; MSG@<005010; MTX@005010 *; REF 3; LM * { LQ M * } }; LE M };
  N9 1000 { DTM *; MEA 40; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
  N1 200 {
    N2 2; IN2@005010 *; N3 2; N4; QTY *; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12;
    TD4 5; PKG 200;
    LDT * { MAN 10; QTY 5; MSG@<005010; MTX@005010 *; REF 3 } };
  SLN 1000 {
    MSG@<005010 *; MTX@005010 *; SI *; PID 1000; PO3 104; MEA@005010 *; TC2 *; ADV *; DTM 10; CTP 25; PAM 10; PO4;
    TAX 3;
    N9 * { DTM *; MSG@<005010 *; MTX@005010 * };
    SAC 25 { CUR; CTP };
    QTY * { SI * };
    N1 10 { N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER 3; SI * } };
  AMT * { REF @005010: *; PCT * };
  LM * { LQ M * } };
CTT { AMT };
check CTT01 == count(PO1);
check CTT02 ~= sum(PO1.PO102);

set 855 004010 005010 PR
BAK M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH;
SAC 25 { CUR };
ITD 5; DIS 20; INC; DTM 10; LDT 12; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 25; TD1 2; TD5 12; TD3 12; TD4 5;
MAN 10; TXI *; CTB *;
N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
N1 200 {
  N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 25;
  MSG@<005010 *; MTX@005010 * };
ADV * { DTM *; MTX * };
PO1 100000 {
  LIN *; SI *; CUR; PO3 25; CTP *; PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PO4 *; REF *; PER 3;
  SAC 25 { CUR };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; DTM 10; LDT 12; TD1; TD5 12; TD3 12; TD4 5;
  ACK 104 { DTM };
  MAN 10; AMT; CTB *; TXI *;
  QTY * { SI * };
  PKG 200 { MEA * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF * };
  N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
  N1 200 {
    N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12; TD4 5;
    QTY *; PKG 25 };
  SLN 1000 {
    MSG@<005010 *; MTX@005010 *; SI *; PID 1000; PO3 25; MEA@005010 *; CTP 25; PAM 10; ACK 104;
    SAC 10 { CUR };
    DTM 10; PO4; TAX 3; ADV *;
    QTY * { SI * };
    N9 * { DTM *; MSG@<005010 *; MTX@005010 * };
    N1 10 { N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER 3; SI * } } };
CTT { AMT };
check CTT01 == count(PO1);
check CTT02 ~= sum(PO1.PO102);

set 860 004010 005010 PC
BCH M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH 5;
SAC 25 { CUR };
ITD 5; DIS 20; INC; DTM 10; LDT@<005010 12; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 200; TD1 2; TD5 12; TD3 12;
TD4 5; CTB *; MAN 10; G53 *; TXI *; PCT *;
LDT@005010 * { QTY *; MTX *; REF * };
AMT * { REF *; DTM; PCT *; FA1 * { FA2 * } };
N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
N1 200 { N2 2; IN2@005010 *; N3 2; N4 *; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 200 };
LM * { LQ * };
SPI * {
  REF 5; DTM 5; MSG@<005010 50; MTX@005010 *;
  N1 20 { N2 2; N3 2; N4; REF 20; G61; MSG@<005010 50; MTX@005010 * };
  CB1 * { REF 20; DTM 5; LDT; MSG@<005010 50; MTX@005010 * } };
ADV * { DTM *; MTX * };
POC * {
  LIN *; SI *; CUR; CN1; PO3 25; CTP *; PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PKG 200; PO4 *; REF *; PER 3;
  SAC 25 { CUR };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; DTM 10; TD1; TD5 12; TD3 12; TD4 5; MAN 10; PCT *; TC2 2;
  CTB *; TXI *; SPI *; MSG@<005010 *; MTX@005010 *;
  QTY * { SI * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF@005010 * };
  N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
  LS { LDT * { QTY *; MSG@<005010; MTX@005010 *; REF 3; LM * { LQ * } }; LE M };
  N1 200 {
    N2 2; IN2@005010 *; N3 2; N4; QTY *; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12;
    TD4 5; PKG 200;
    LDT * { MAN 10; QTY 5; MSG@<005010; MTX@005010 *; REF 3 } };
  SLN 1000 {
    MSG@<005010 *; MTX@005010 *; SI *; PID 1000; PO3 104; MEA@005010 *; TC2 2;
    SAC 10 { CUR };
    DTM 10; CTP 25; PAM 10; PO4; TAX 3; ADV *;
    QTY * { SI * };
    N9 * { DTM *; MSG@<005010 *; MTX@005010 * };
    N1 10 { N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER 3; SI * } };
  AMT * { REF @005010: *; PCT * };
  LM * { LQ * } };
CTT { AMT 5 };
check CTT01 == count(POC);
check CTT02 ~= sum(POC.POC03);

set 865 004010 005010 CA
BCA M; CUR; REF *; PER 3; TAX *; FOB *; CTP *; PAM 10; CSH;
SAC 25 { CUR };
ITD 5; DIS 20; INC; DTM 10; LDT@<005010 12; LIN 5; SI *; PID 200; MEA 40; PWK 25; PKG 25; TD1 2; TD5 12; TD3 12;
TD4 5; PCT *; MAN 10; TXI *; CTB *; G53 *;
LDT@005010 * { QTY *; MTX * };
N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
N1 200 {
  N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER *; SI *; FOB; TD1 2; TD5 12; TD3 12; TD4 5; PKG 25;
  MSG@<005010 *; MTX@005010 * };
AMT * { PCT * };
ADV * { DTM *; MTX * };
LM@005010 * { LQ * };
POC * {
  LIN *; SI *; CUR; PO3 25; CTP *; PAM 10; MEA 40;
  PID 1000 { MEA 10 };
  PWK 25; PKG 25; PO4 *; REF *; PER 3;
  SAC 25 { CUR };
  IT8; CSH *; ITD 2; DIS 20; INC; TAX *; FOB *; SDQ 500; DTM 10; TD1; TD5 12; TD3 12; TD4 5; TXI *; PCT *;
  ACK 104 { DTM };
  MAN 10; SPI *; MSG@<005010 *; MTX@005010 *; CTB *;
  LM@005010 * { LQ * };
  AMT * { PCT * };
  QTY * { SI * };
  SCH 200 { TD1 2; TD5 12; TD3 12; TD4 5; REF * };
  LDT * { QTY *; MSG@<005010; MTX@005010 *; LM * { LQ * } };
  N9 1000 { DTM *; MSG@<005010 1000; MTX@005010 *; PWK@005010 *; EFI@005010 * };
  N1 200 {
    N2 2; IN2@005010 *; N3 2; N4; QTY *; NX2 *; REF 12; PER 3; SI *; DTM; FOB; SCH 200; TD1 2; TD5 12; TD3 12;
    TD4 5; PKG 25;
    LDT * { MAN 10; QTY 5; MSG@<005010; MTX@005010 * } };
  SLN 1000 {
    MSG@<005010 *; MTX@005010 *; SI *; PID 1000; PO3 25; MEA@005010 *; CTP 25; PAM 10; ACK 104;
    SAC 10 { CUR };
    DTM 10; PO4; TAX 3; ADV *;
    QTY * { SI * };
    N9 * { DTM *; MTX@005010 * };
    N1 10 { N2 2; IN2@005010 *; N3 2; N4; NX2 *; REF 12; PER 3; SI * } };
  PD * { PDD * } };
CTT { AMT 5 };
check CTT01 == count(POC);
check CTT02 ~= sum(POC.POC03);
"""
