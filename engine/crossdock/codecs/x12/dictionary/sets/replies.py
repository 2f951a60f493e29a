"""What is answered to a document: 997, 999, 824, and plain text (864).

The notation is told in this package's opening lines; what public sources say of each set, and where they disagree, is
kept in tests/unit/x12/provenance.
"""

from __future__ import annotations

REPLIES = """
set 997 004010 005010 FA
AK1 M;
AK2 999999 @005010: * { AK3 999999 @005010: * { AK4 99 }; AK5 M };
AK9 M;

set 999 005010 FA
AK1 M;
AK2 * { IK3 * { CTX 10; IK4 * { CTX 10 } }; IK5 M };
AK9 M;

set 824 004010 005010 AG
BGN M;
N1 * { N2 2; N3 2; N4; REF 12; PER 3 };
OTI M * {
  REF 12; DTM 2; PER 3; AMT *; QTY *; NM1 9;
  TED * { CTX@005010 10; NTE 100; RED 100 };
  LM * { LQ 100 { RED 100 } } };

set 864 004010 005010 TX
BMG M; DTM 10;
N1 200 { N2 2; N3 2; N4; REF 12; PER 3 };
MIT M * { N1 200 { N2 2; N3 2; N4; REF 12; PER 3 }; MSG M 100000 @005010: M * };
"""
