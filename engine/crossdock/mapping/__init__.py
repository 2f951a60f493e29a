"""Mappings: documents into documents, by JMESPath in YAML or by XSLT, with cross-reference tables. Pure."""
