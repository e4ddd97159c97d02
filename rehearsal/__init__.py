"""Several machines on one computer, with failures: `make rehearsal`, described in docs/proof.md.

Nothing of it belongs to the program. What it sets up is rendered from the very files that an
operator copies, deploy/cluster/*.example.
"""
