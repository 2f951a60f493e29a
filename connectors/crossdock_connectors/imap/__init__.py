"""``imap``: mail that arrives: its attachments, its text, or whole messages.

```yaml
from:
  imap:
    host: imap.example.com
    user: orders@globex.example
    password: "${secret:imap_password}"
    search: {unseen: true, subject: order}
    senders: [acme.example, buyer@initech.example]
    take: {attachments: ["*.csv", "*.edi"]}
    after: {move: Done}
```

Each attachment is an arrival of its own; the mail is put away once all of them are safe. An attachment is known by the
``Message-ID`` of its mail, its place and its content, so neither a mailbox that was rebuilt nor a mail that was
delivered twice brings it a second time. Headers: ``mail.from``, ``mail.to``, ``mail.subject``, ``mail.date``,
``mail.message_id``, ``mail.uid``, ``mail.folder`` and ``mail.attachment``, the name without folders.

``senders`` are compared with the ``From`` of a mail, which anyone can write: a mailbox that takes orders needs a
server that checks SPF, DKIM and DMARC before it delivers.
"""

from __future__ import annotations

from crossdock.connector import Connector, SourceKind
from crossdock_connectors.imap.options import SourceOptions
from crossdock_connectors.imap.probing import probe
from crossdock_connectors.imap.source import ImapSource

__all__ = ["CONNECTOR", "ImapSource", "SourceOptions"]

CONNECTOR = Connector(
    name="imap",
    about="Takes attachments, texts or whole mails out of a mailbox, each once.",
    source=SourceKind(options=SourceOptions, open=ImapSource, probe=probe),
)
