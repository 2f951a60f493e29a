"""EDI examined as an outsider would: files of a corpus, mutated files, generated files."""
