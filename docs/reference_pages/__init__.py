"""The pages of docs/reference, one module each; ``page()`` gives the whole page in Markdown."""
