"""Folders on other machines: what SFTP and FTP have in common. A protocol brings ``RemoteFiles``, the rest is here."""
