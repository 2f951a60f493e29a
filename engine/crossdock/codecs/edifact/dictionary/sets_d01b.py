"""Messages of directory D.01B between UNH and UNT.

The notation is that of the X12 sets: ``DTM M 35`` mandatory, at most 35 times; ``RFF 10 { DTM 5 }`` a segment group, named
by the segment that opens it; ``MOA=MOA_sum`` names what stands after UNS so that it is not taken for its like before it.
``check CNT[2]`` is the entry of CNT whose qualifier is 2; of paths joined by ``or`` one has to agree.

Facts by the United Nations Trade Data Interchange Directory, part EDMD, issue D.01B; the qualifiers of totals by code lists
6069, 6063 and 5025.
"""

from __future__ import annotations

SETS = """
set ORDERS D01B
BGM M; DTM M 35; PAI; ALI 5; IMD 999; FTX 99; GIR 10;
RFF 9999 { DTM 5 };
NAD 99 { LOC 99; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 9 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA 9999 { GIR 9; RJL 99 } };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 99 { MEA 5; PCI 5 { RFF; DTM 5; GIN 10 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 999 { RFF 5; DTM 5; FTX 99999 };
DGS 999 { FTX 5; CTA 99 { COM 5 } };
LIN 200000 {
  PIA 25; IMD 99; MEA 99; QTY 99; PCD 5; ALI 5; DTM 35; MOA 10; GIS 99; GIN 1000; GIR 1000; QVR; DOC 99; PAI;
  MTD 99; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA 9999 { GIR 9 } };
  PRI 25 { CUX; APR 99; RNG; DTM 5 };
  RFF 9999 { DTM 5; GIS 99; MOA 99 };
  PAC 99 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 5 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY; PCD; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 999 { LOC 5; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 999 { RFF 5; DTM 5; FTX 99999 };
  STG 10 { QTY 3 { MOA } };
  DGS 999 { FTX 5; CTA 99 { COM 5 } } };
UNS M; MOA=MOA_sum 99; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21]);
check CNT[2] == count(LIN);

set ORDRSP D01B
BGM M; DTM M 35; PAI; ALI 5; IMD 999; FTX 99; GIR 10;
RFF 9999 { DTM 5 };
AJT { FTX 5 };
NAD 99 { LOC 25; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 99 { MEA 5; PCI 99 { RFF; DTM 5; GIN 99 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 999 { RFF 5; DTM 5; FTX 99999 };
LIN 200000 {
  PIA 25; IMD 99; MEA 99; QTY 99; PCD 5; ALI 5; DTM 35; MOA 10; GIS 99; GIN 1000; GIR 1000; QVR; DOC 99; PAI;
  MTD 99; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA };
  AJT { FTX 5 };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 9999 { DTM 5 };
  PAC 99 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 99 { RFF; DTM 5; GIN 99 } };
  LOC 9999 { QTY; PCD; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 999 { LOC 5; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 999 { RFF 5; DTM 5; FTX 99999 };
  STG 10 { QTY 3 { MOA } } };
UNS M; MOA=MOA_sum 12; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21] or LIN.QTY[12] or LIN.QTY[113]);
check CNT[2] == count(LIN);

set ORDCHG D01B
BGM M; DTM M 35; PAI; ALI 5; IMD 999; FTX 99; GIR 10;
RFF 9999 { DTM 5 };
AJT { FTX 5 };
NAD 99 { LOC 99; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 5 { PCD 5; DTM 5 };
PAT 10 { DTM 5; PCD; MOA 9999 { GIR 9; RJL 99 } };
TDT 10 { LOC 10 { DTM 5 } };
TOD 5 { LOC 2 };
PAC 99 { MEA 5; PCI 5 { RFF; DTM 5; GIN 10 } };
EQD 10 { HAN 5; MEA 5; FTX 5 };
SCC 10 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
APR 25 { DTM 5; RNG };
ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
RCS 999 { RFF 5; DTM 5; FTX 99999 };
LIN 200000 {
  PIA 25; IMD 99; MEA 99; QTY 99; PCD 5; ALI 5; DTM 35; MOA 10; GIS 99; GIN 1000; GIR 1000; QVR; DOC 99; PAI;
  MTD 99; FTX 99;
  CCI 999 { CAV 10; MEA 10 };
  PAT 10 { DTM 5; PCD; MOA 9999 { GIR 9 } };
  AJT { FTX 5 };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 9999 { DTM 5 };
  PAC 99 { MEA 5; QTY 5; DTM 5; RFF { DTM 5 }; PCI 5 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY; DTM 5 };
  TAX 10 { MOA; LOC 5 };
  NAD 999 { LOC 5; FII 5; RFF 99 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 99 { ALI 5; DTM 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  EQD 10 { HAN 5; MEA 5; FTX 5 };
  SCC 100 { FTX 5; RFF 5; QTY 10 { DTM 5 } };
  RCS 999 { RFF 5; DTM 5; FTX 99999 };
  STG 10 { QTY 3 { MOA } } };
UNS M; MOA=MOA_sum 12; CNT 10;
ALC=ALC_sum 10 { ALI; MOA M 2 };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[21]);
check CNT[2] == count(LIN);

set DESADV D01B
BGM M; DTM 10; ALI 5; MEA 5; MOA 5; CUX 9;
RFF 10 { DTM };
NAD 99 { LOC 10; RFF 10 { DTM }; CTA 10 { COM 5 } };
TOD 10 { LOC 5; FTX 5 };
TDT 10 { PCD 6; TMD; LOC 10 { DTM 10 } };
EQD 10 { MEA 5; SEL 25; EQA 5; HAN 10 { FTX 10 } };
CPS 9999 {
  FTX 5; QVR 9;
  PAC 9999 {
    MEA 10; QTY 10;
    HAN 10 { FTX 10 };
    PCI 1000 { RFF; DTM 5; GIR 99 { DTM 5 }; GIN 99 { DLM 10 }; COD 99 { MEA 9; QTY 9; PCD 9 } } };
  LIN 9999 {
    PIA 10; IMD 25; MEA 10; QTY 10; ALI 10; GIN 100; GIR 100; DLM 100; DTM 5; NAD 99; TDT; TMD; HAN 20; FTX 99;
    MOA 5;
    RFF 99 { NAD; CTA; DTM };
    DGS 9999 { QTY; FTX 5 };
    LOC 100 { NAD; DTM; QTY 10 };
    SGP 1000 { QTY 10 };
    PCI 9999 { DTM 5; MEA 10; QTY; GIN 10 { DLM 100 }; HAN 10 { FTX 5; GIN 1000 } };
    QVR 10 { DTM 5 } } };
CNT 5;
check CNT[1] ~= sum(CPS.LIN.QTY or CPS.LIN.QTY[12]);
check CNT[2] == count(CPS.LIN);

set INVOIC D01B
BGM M; DTM M 35; PAI; ALI 5; IMD; FTX 99; LOC 10; GIS 10; DGS; GIR 10;
RFF 99999 { DTM 5; GIR 5; LOC 2; MEA 5; QTY 2; FTX 5; MOA 2; RTE 99 };
NAD 99 { LOC 25; FII 5; MOA 99; RFF 9999 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; LOC 5 };
CUX 99 { DTM 5 };
PAT 10 { DTM 5; PCD; MOA; PAI; FII };
TDT 10 { TSR; LOC 10 { DTM 5 }; RFF 9999 { DTM 5 } };
TOD 5 { LOC 2 };
EQD 99 { SEL 9 };
PAC 1000 { MEA 5; EQD; PCI 5 { RFF; DTM 5; GIN 5 } };
ALC 9999 {
  ALI 5; FTX;
  RFF 5 { DTM 5 };
  QTY { RNG };
  PCD { RNG };
  MOA 2 { RNG; CUX; DTM };
  RTE { RNG };
  TAX 5 { MOA } };
RCS 100 { RFF 5; DTM 5; FTX 5 };
AJT { FTX 5 };
INP { FTX 5 };
LIN 9999999 {
  PIA 25; PGI 99; IMD 99; MEA 5; QTY 5; PCD; ALI 5; DTM 35; GIN 1000; GIR 1000; QVR; EQD; FTX 99; DGS;
  MOA 99 { CUX };
  PAT 10 { DTM 5; PCD 99; MOA };
  PRI 25 { CUX; APR; RNG; DTM 5 };
  RFF 10 { DTM 5 };
  PAC 10 { MEA 10; EQD; PCI 10 { RFF; DTM 5; GIN 10 } };
  LOC 9999 { QTY 100; DTM 5 };
  TAX 99 { MOA 2; LOC 5 };
  NAD 99 { LOC 5; FII 5; RFF 5 { DTM 5 }; DOC 5 { DTM 5 }; CTA 5 { COM 5 } };
  ALC 30 { ALI 5; DTM 5; FTX; QTY { RNG }; PCD { RNG }; MOA 2 { RNG; CUX; DTM }; RTE { RNG }; TAX 5 { MOA 2 } };
  TDT 10 { LOC 10 { DTM 5 } };
  TOD 5 { LOC 2 };
  RCS 100 { RFF 5; DTM 5; FTX 5 };
  GIS 10 { RFF; DTM 5; GIR 5; LOC 2; MEA 5; QTY 2; FTX 5; MOA 2 } };
UNS M; CNT 10;
MOA=MOA_sum M 100 { RFF { DTM 5 } };
TAX=TAX_sum 10 { MOA 9 };
ALC=ALC_sum 15 { ALI; MOA 2; FTX };
check CNT[1] ~= sum(LIN.QTY or LIN.QTY[47]);
check CNT[2] == count(LIN);
check MOA_sum[79] ~= sum(LIN.MOA[203]);
check MOA_sum[125] ~= sum(TAX_sum.MOA[125]);
check MOA_sum[176] ~= sum(TAX_sum.MOA[124]);

set INVRPT D01B
BGM M; FTX 99; DTM M 10;
RFF 10 { DTM };
NAD 20 { LOC 5; RFF 99 { DTM }; CTA 10 { COM 5 } };
CUX 5 { DTM };
CPS 9999 { PAC 999 { PCI 1000; QTY 9999 { GIN 9999; DTM 5 } } };
LIN 9999999 {
  PIA 10; IMD 10; NAD; MEA 10; ALI 10; LOC 5; DTM 5; FTX 99;
  RFF 10 { DTM };
  INV 9999 {
    QTY M; GIN 9999; LOC 5; DTM 5; STS 9;
    NAD 5 { LOC };
    PRI 5 { CUX; DTM };
    RFF 10 { DTM };
    CPS 9999 { PAC 9999 { MEA 10; QTY 10; PCI 9999 { RFF; DTM 5; GIN 9999; GIR 99 { DTM 5 } } } } } };

set RECADV D01B
BGM M; DTM M 10; ALI 5; CUX 9; FTX 99;
RFF 10 { DTM; GEI 99; MOA 99; ALC };
DOC 10 { CDI 10 { INP 5 } };
NAD M 99 { LOC 10; RFF 10 { DTM }; CTA 10 { COM 5 } };
TOD 10 { CDI 10 { INP 5 }; LOC 10 { CDI 10 } };
TDT 10 { DTM 10; CDI 20 };
EQD 9999 { CDI 10 { INP 5 }; SEL 25 { CDI M 10 }; EQA 10 { CDI 10 { INP 5 } } };
CPS 9999 {
  PAC 9999 { QVR; PCI 999 { RFF; CDI 10 { INP 5 }; GIN 999 { CDI 10 { INP 5 } } } };
  LIN 9999 {
    PIA 10; IMD 25; QTY 10; QVR 10; DTM 5; PRI; FTX 99; NAD 99;
    CDI 10 { INP 5 };
    DOC 10 { CDI 10 { INP 5 } };
    GIN 99 { CDI 10 { INP 5 } };
    RFF 10 { DTM; GEI 99; MOA 99; ALC };
    PCI 9999 { QTY; QVR; CDI 10 { INP 5 }; GIN 10 { CDI 10 { INP 5 } } } } };
CNT;
check CNT[1] ~= sum(CPS.LIN.QTY or CPS.LIN.QTY[48] or CPS.LIN.QTY[194]);
check CNT[2] == count(CPS.LIN);

set PRICAT D01B
BGM M; DTM M 35; ALI 5; FTX 99;
RFF 99 { DTM 5 };
NAD 99 { LOC 25; RFF 10 { DTM 5 }; CTA 5 { COM 5 } };
TAX 5 { MOA; DTM };
CUX 20 { DTM 5 };
PAT 10 { DTM 5; PCD; MOA };
TDT 10 { LOC 10 };
TOD 5 { LOC 2 };
ALC 10 { ALI 5; DTM 9; QTY 10 { RNG }; PCD 10 { RNG }; MOA 10 { RNG }; RTE 10 { RNG }; TAX 5 { MOA; DTM } };
TRU 9 { DTM 9 };
PGI 1000 {
  DTM 15; QTY 10; ALI 5; FTX 5;
  CUX 10 { DTM 5 };
  PRI 100 { CUX; APR 99; RNG; DTM 5 };
  TAX 10 { MOA; DTM };
  ALC 99 { ALI 5; QTY { RNG }; PCD { RNG }; MOA 2 { RNG }; RTE { RNG }; TAX 5 { MOA; DTM } };
  NAD 20 { LOC 5; RFF 10 { DTM 5 }; CTA 5 { COM 5 } };
  PAT 10 { DTM 5; PCD; MOA };
  TDT 10 { LOC 10 };
  TOD 5 { LOC 2 };
  PAC 10 { MEA 10; HAN 5 };
  EFI 99 { CED 99; COM 9; RFF 9; DTM 9; QTY 9 };
  TRU 9 { DTM 9 };
  LIN 999999 {
    PIA 99; IMD 999; MEA 10; QTY 10; HAN 5; ALI 5; DTM 10; RFF 99; LOC; DOC; PTY 99; FTX 999;
    CCI 999 { CAV 10; MEA 10 };
    TAX 10 { MOA; DTM };
    CUX 5 { DTM 5 };
    PRI 100 { CUX; APR 99; RNG; DTM 5; PCD 5; LOC 99 };
    ALC 99 { ALI 5; DTM 9; QTY 10 { RNG }; PCD 99 { RNG }; MOA 10 { RNG }; RTE 10 { RNG }; TAX 5 { MOA; DTM } };
    PAC 999 { MEA 10; QTY 99; HAN 5 };
    PAT 10 { DTM 5; PCD; MOA };
    TDT 10 { LOC 10 };
    TOD 5 { LOC 2 };
    EFI 99 { CED 99; COM 9; RFF 9; DTM 9; QTY 9 };
    NAD 99 { CTA 99 { COM 99 } };
    TRU 9 { DTM 9 };
    DGS 9 { QTY 9; FTX 9 };
    HYN 999 {
      PIA 99; QTY 9; FTX 99;
      RFF 999 { DTM 9 };
      CCI 99 { CAV 9; MEA 99 };
      NAD 99 { PIA 99; QTY 9; CCI 99 { CAV 99; MEA 9 } } } } };

set SLSRPT D01B
BGM M; DTM M 5; MKS;
RFF 9 { DTM 9 };
NAD M 5 { CTA 5 { COM 5 }; RFF 9 { DTM 9 } };
CUX 5 { DTM 5; STS 5 };
LOC 200000 {
  DTM 5; FTX 5;
  RFF 99 { DTM 5 };
  LIN 200000 {
    PIA 5; IMD 5; DTM 9; PAC 5; RFF 5; DOC 5; ALI 5; MOA 5; GIN 9999;
    PRI 999 { CUX };
    PAI 9;
    QTY 999 { MKS; NAD; PRI 9; DTM 9; RFF 9; STS 9 } } };
GIS {
  LIN 999999 {
    PIA 99; IMD 9; PAC 9; MOA 9;
    LOC 9999 { RFF 9; DTM 9; MOA 9; QTY 99 { PRI 9; DTM 9; RFF 9; STS 9 } } } };
UNS M; MOA=MOA_sum 9;

set REMADV D01B
BGM M; DTM M 5; RFF 5; FII 5; PAI; FTX 99; GIS 5;
NAD 99 { RFF 9 { DTM 9 }; CTA 5 { COM 5 } };
CUX 5 { DTM };
DOC 999999 {
  MOA M 5; DTM 5; RFF 5; NAD 2;
  CUX 5 { DTM };
  AJT 100 { MOA; RFF; FTX 5; QTY 9; TAX 9 { MOA 9 } };
  INP 5 { FTX 5 };
  DLI 9999 { MOA 5; PIA 5; DTM 5; CUX 5 { DTM }; AJT 10 { MOA; RFF; FTX 5; TAX 9 { MOA 9 } } } };
UNS M; MOA=MOA_sum M 99;
ALC=ALC_sum 99 { MOA 9 };

set APERAK D01B
BGM M; DTM 9; FTX 9; CNT 9;
DOC 99 { DTM 99 };
RFF 9 { DTM 9 };
NAD 9 { CTA 9; COM 9 };
ERC 99999 { FTX; RFF 9 { FTX 9 } };

set RETANN D01B
BGM M; DTM 9; FTX 9; CUX 9;
DOC 9 { DTM 9 };
RFF 9 { DTM 9 };
NAD 9 { LOC 999; RFF 9 { DTM 9 }; CTA 9 { COM 9 } };
TOD 9 { LOC 9 };
TDT 9 { LOC 9; DTM 9 };
EQD 9 { MEA 9; FTX 9 };
ALC 9 { ALI 9; DTM 9; MOA 9; TAX 9 { MOA 9 } };
LIN M 9999 {
  PIA 9; IMD 9; MEA 9; DTM 9; PRI 9; FTX 9; LOC 9; MOA 9;
  TAX 9 { MOA 9 };
  QTY 9 { CDI 9 };
  DOC 9 { DTM 9 };
  RFF 9 { DTM 9 };
  DGS 9 { QTY 9; FTX 9 };
  HAN 9 { FTX 9 };
  PAC 9 { PCI 9 { DTM 9; GIN 9 } };
  TDT 9 { LOC 9; DTM 9 };
  EQD 9 { MEA 9; FTX 9 };
  ALC 9 { ALI 9; DTM 9; MOA 9; PCD 9; TAX 9 { MOA } } };
UNS M; CNT 9; MOA=MOA_sum 9;
TAX=TAX_sum 9 { MOA 9 };
check CNT[2] == count(LIN);
"""
