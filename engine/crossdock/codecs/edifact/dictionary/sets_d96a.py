"""Messages of directory D.96A between UNH and UNT.

The notation is that of the X12 sets: ``DTM M 35`` mandatory, at most 35 times; ``RFF 10 { DTM 5 }`` a segment group, named
by the segment that opens it; ``MOA=MOA_sum`` names what stands after UNS so that it is not taken for its like before it.
``check CNT[2]`` is the entry of CNT whose qualifier is 2; of paths joined by ``or`` one has to agree.

Facts by the United Nations Trade Data Interchange Directory, part EDMD, issue D.96A; the qualifiers of totals by code lists
6069, 6063 and 5025.
"""

from __future__ import annotations

SETS = """
set ORDERS D96A
BGM M; DTM M 35; PAI; ALI 5; IMD; FTX 99;
RFF 10 { DTM 5 };
NAD 99 { LOC 25; FII 5; RFF 10 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 10 { MEA 5; PCI 5 { RFF; DTM 5; GIN 10 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 15 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 100 { RFF 5; DTM 5; FTX 5 };
LIN 200000 {
  PIA 25; IMD 99; MEA 5; QTY 10; PCD 5; ALI 5; DTM 35; MOA 10; GIN 1000; GIR 1000; QVR; DOC 5; PAI; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 10 { DTM 5 };
  PAC 10 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 5 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 99 { LOC 5; RFF 5 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 100 { RFF 5; DTM 5; FTX 5 };
  STG 10 { QTY 3 { MOA } } };
UNS M; MOA=MOA_sum 12; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21]);
check CNT[2] == count(LIN);

set ORDRSP D96A
BGM M; DTM M 35; PAI; ALI 5; IMD; FTX 99;
RFF 10 { DTM 5 };
AJT { FTX 5 };
NAD 99 { LOC 25; FII 5; RFF 10 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 10 { MEA 5; PCI 5 { RFF; DTM 5; GIN 99 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 15 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 100 { RFF 5; DTM 5; FTX 5 };
LIN 200000 {
  PIA 25; IMD 99; MEA 5; QTY 10; PCD 5; ALI 5; DTM 35; MOA 10; GIN 1000; GIR 1000; QVR; DOC 5; PAI; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA };
  AJT { FTX 5 };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 999 { DTM 5 };
  PAC 10 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 5 { RFF; DTM 5; GIN 99 } };
  LOC 9999 { QTY; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 99 { LOC 5; RFF 5 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 100 { RFF 5; DTM 5; FTX 5 };
  STG 10 { QTY 3 { MOA } } };
UNS M; MOA=MOA_sum 12; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21] or LIN.QTY[12] or LIN.QTY[113]);
check CNT[2] == count(LIN);

set ORDCHG D96A
BGM M; DTM M 35; PAI; ALI 5; IMD; FTX 99;
RFF 10 { DTM 5 };
AJT { FTX 5 };
NAD 99 { LOC 25; FII 5; RFF 10 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 10 { MEA 5; PCI 5 { RFF; DTM 5; GIN 10 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 15 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 100 { RFF 5; DTM 5; FTX 5 };
LIN 200000 {
  PIA 25; IMD 99; MEA 5; QTY 10; PCD 5; ALI 5; DTM 35; MOA 10; GIN 1000; GIR 1000; QVR; DOC 5; PAI; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA };
  AJT { FTX 5 };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 999 { DTM 5 };
  PAC 10 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 5 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 10 { LOC 5; RFF 5 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 100 { RFF 5; DTM 5; FTX 5 };
  STG 10 { QTY 3 { MOA } } };
UNS M; MOA=MOA_sum 12; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21]);
check CNT[2] == count(LIN);

set DESADV D96A
BGM M; DTM 10; ALI 5; MEA 5; MOA 5;
RFF 10 { DTM };
NAD 10 { LOC 10; RFF 10 { DTM }; CTA 10 { COM 5 } };
TOD 10 { LOC 5; FTX 5 };
TDT 10 { PCD 6; LOC 10 { DTM 10 } };
EQD 10 { MEA 5; SEL 25; EQA 5; HAN 10 { FTX 10 } };
CPS 9999 {
  FTX 5;
  PAC 9999 { MEA 10; QTY 10; HAN 10 { FTX 10 }; PCI 1000 { RFF; DTM 5; GIR 99; GIN 99 { DLM 10 } } };
  LIN 9999 {
    PIA 10; IMD 25; MEA 10; QTY 10; ALI 10; GIN 100; GIR 100; DLM 100; DTM 5; FTX 5; MOA 5;
    RFF 10 { DTM };
    DGS 10 { QTY; FTX 5 };
    LOC 100 { NAD; DTM; QTY 10 };
    SGP 1000 { QTY 10 };
    PCI 9999 { DTM 5; MEA 10; QTY; GIN 10 { DLM 100 }; HAN 10 { FTX 5; GIN 1000 } };
    QVR 10 { DTM 5 } } };
CNT 5;
check CNT[1] ~= sum(CPS.LIN.QTY or CPS.LIN.QTY[12]);
check CNT[2] == count(CPS.LIN);

set INVOIC D96A
BGM M; DTM M 35; PAI; ALI 5; IMD; FTX 10;
RFF 99 { DTM 5 };
NAD 99 { LOC 25; FII 5; RFF 9999 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { DTM 5 };
PAT 10 { DTM 5; PCD; MOA; PAI; FII };
TDT 10 { LOC 10 { DTM 5 }; RFF 9999 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 1000 { MEA 5; PCI 5 { RFF; DTM 5; GIN 5 } };
ALC 9999 { ALI 5; RFF 5 { DTM 5 }; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 100 { RFF 5; DTM 5; FTX 5 };
AJT { FTX 5 };
INP { FTX 5 };
LIN 9999999 {
  PIA 25; IMD 10; MEA 5; QTY 5; PCD; ALI 5; DTM 35; GIN 1000; GIR 1000; QVR; EQD; FTX 5;
  MOA 5 { CUX };
  PAT 10 { DTM 5; PCD; MOA };
  PRI 25 { APR; RNG; DTM 5 };
  RFF 10 { DTM 5 };
  PAC 10 { MEA 10; PCI 10 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY 100; DTM 5 };
  TAX 99 { MOA; LOC 5 };
  NAD 20 { LOC 5; RFF 5 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 15 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  RCS 100 { RFF 5; DTM 5; FTX 5 } };
UNS M; CNT 10;
MOA=MOA_sum M 100 { RFF { DTM 5 } };
TAX=TAX_sum 10 { MOA 2 };
ALC=ALC_sum 15 { ALI; MOA 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[47]);
check CNT[2] == count(LIN);
check MOA_sum[79] ~= sum(LIN.MOA[203]);
check MOA_sum[125] ~= sum(TAX_sum.MOA[125]);
check MOA_sum[176] ~= sum(TAX_sum.MOA[124]);

set INVRPT D96A
BGM M; DTM M 10;
RFF 10 { DTM };
NAD 20 { LOC 5; RFF 10 { DTM }; CTA 10 { COM 5 } };
CUX 5 { DTM };
CPS 9999 { PAC 999 { PCI 1000; QTY 9999 { GIN 9999; DTM 5 } } };
LIN 9999 {
  PIA 10; IMD 10; MEA 10; ALI 10; LOC 5; DTM 5;
  RFF 10 { DTM };
  QTY 9999 {
    INV; GIN 9999; LOC 5; DTM 5; STS 9;
    NAD 5 { LOC };
    PRI 5 { CUX; DTM };
    RFF 10 { DTM };
    CPS 9999 { PAC 9999 { MEA 10; QTY 10; PCI 9999 { RFF; DTM 5; GIN 9999 } } } } };

set RECADV D96A
BGM M; DTM M 10; ALI 5;
RFF 10 { DTM };
DOC 10 { CDI 10 { INP 5 } };
NAD M 10 { LOC 10; RFF 10 { DTM }; CTA 10 { COM 5 } };
TOD 10 { CDI 10 { INP 5 }; LOC 10 { CDI 10 } };
TDT 10 { DTM 10; CDI 10 };
EQD 9999 { CDI 10 { INP 5 }; SEL 25 { CDI M 10 }; EQA 10 { CDI 10 { INP 5 } } };
CPS 9999 {
  PAC 9999 { QVR; PCI 999 { RFF; CDI 10 { INP 5 }; GIN 999 { CDI 10 { INP 5 } } } };
  LIN 9999 {
    PIA 10; IMD 25; QTY 10; QVR 10; DTM 5;
    CDI 10 { INP 5 };
    DOC 10 { CDI 10 { INP 5 } };
    GIN 99 { CDI 10 { INP 5 } };
    RFF 10 { DTM };
    PCI 9999 { QTY; QVR; CDI 10 { INP 5 }; GIN 10 { CDI 10 { INP 5 } } } } };
CNT;
check CNT[1] ~= sum(CPS.LIN.QTY or CPS.LIN.QTY[48] or CPS.LIN.QTY[194]);
check CNT[2] == count(CPS.LIN);

set PRICAT D96A
BGM M; DTM M 35; ALI 5; FTX 99;
RFF 99 { DTM 5 };
NAD 99 { LOC 25; RFF 10 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA };
CUX 5 { DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 };
TOD 5 { LOC 2 };
ALC 10 { ALI 5; DTM 9; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
PGI 1000 {
  DTM 15; QTY 10; ALI 5; FTX 5;
  CUX 10 { DTM 5 };
  PRI 100 { CUX; APR; RNG; DTM 5 };
  TAX 10 { MOA };
  ALC 99 { ALI 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  NAD 20 { LOC 5; RFF 10 { DTM 5 }; CTA 5 { COM 5 } };
  PAT 10 { DTM 5; PCD; MOA };
  TDT 10 { LOC 10 };
  TOD 5 { LOC 2 };
  PAC 10 { MEA 10; HAN 5 };
  LIN 999999 {
    PIA 10; IMD 999; MEA 10; QTY 10; HAN 5; ALI 5; DTM 10; NAD 99; RFF; LOC; DOC; FTX 5;
    CCI 999 { CAV 10; MEA 10 };
    TAX 10 { MOA };
    CUX 5 { DTM 5 };
    PRI 100 { CUX; APR; RNG; DTM 5; PCD 5 };
    ALC 99 { ALI 5; DTM 9; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
    PAC 10 { MEA 10; HAN 5 };
    PAT 10 { DTM 5; PCD; MOA };
    TDT 10 { LOC 10 };
    TOD 5 { LOC 2 } } };

set SLSRPT D96A
BGM M; DTM M 5;
NAD M 5 { CTA 5 { COM 5 } };
RFF 5 { DTM 5 };
CUX 5 { DTM 5 };
LOC M 200000 {
  DTM 5;
  RFF 99 { DTM 5 };
  LIN 200000 { PIA 5; IMD 5; PAC 5; RFF 5; DOC 5; ALI 5; MOA 5; PRI 5; GIN 9999; QTY 999 { MKS; NAD } } };

set REMADV D96A
BGM M; DTM M 5; RFF 5; FII 5; PAI; FTX 5;
NAD 99 { CTA 5 { COM 5 } };
CUX 5 { DTM };
DOC 9999 {
  MOA M 5; DTM 5; RFF 5; NAD 2;
  CUX 5 { DTM };
  AJT 100 { MOA; RFF; FTX 5 };
  INP 5 { FTX 5 };
  DLI 9999 { MOA 5; PIA 5; DTM 5; CUX 5 { DTM }; AJT 10 { MOA; RFF; FTX 5 } } };
UNS M; MOA=MOA_sum M 5;

set APERAK D96A
BGM M; DTM 9; FTX 9; CNT 9;
RFF 9 { DTM 9 };
NAD 9 { CTA 9; COM 9 };
ERC 999 { FTX; RFF { FTX 9 } };
"""
