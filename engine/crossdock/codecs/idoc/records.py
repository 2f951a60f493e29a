"""The two records of a flat IDoc: control record EDI_DC40 and data record EDI_DD40, column by column.

SAP documents both with every system (transaction WE60, "IDoc record types"); widths are characters.
"""

from __future__ import annotations

from crossdock.codecs.idoc.model import Field, columns

CONTROL = "EDI_DC40"
CONTROL_FIELDS: tuple[Field, ...] = columns(
    """
    TABNAM 10, MANDT 3, DOCNUM 16, DOCREL 4, STATUS 2, DIRECT 1, OUTMOD 1, EXPRSS 1, TEST 1, IDOCTYP 30, CIMTYP 30,
    MESTYP 30, MESCOD 3, MESFCT 3, STD 1, STDVRS 6, STDMES 6, SNDPOR 10, SNDPRT 2, SNDPFC 2, SNDPRN 10, SNDSAD 21,
    SNDLAD 70, RCVPOR 10, RCVPRT 2, RCVPFC 2, RCVPRN 10, RCVSAD 21, RCVLAD 70, CREDAT 8, CRETIM 6, REFINT 14,
    REFGRP 14, REFMES 14, ARCKEY 70, SERIAL 20
    """
)
CONTROL_WIDTH = 524
DATA_FIELDS: tuple[Field, ...] = columns("SEGNAM 30, MANDT 3, DOCNUM 16, SEGNUM 6, PSGNUM 6, HLEVEL 2")
DATA_START = 63
DATA_WIDTH = 1000
RECORD_WIDTH = DATA_START + DATA_WIDTH
REST = "_rest"  # the key of what stands behind the last field that is described
