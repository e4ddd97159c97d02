"""The one report of soak, rehearsal and benches."""

from scripts import proof


def test_targets_are_read_and_variables_are_none():
    makefile = (
        "PY := .venv/bin/python\n.PHONY: soak\nsoak: install  ## x\n\t@true\nbench: install\n"
    )
    assert proof.targets(makefile) == {"soak", "bench"}


def test_a_section_says_how_it_ended_and_ends_with_the_figures():
    said = "\n".join(f"line {n}" for n in range(100))
    told = proof.section("soak", 0, said)
    assert "## make soak: it passed" in told
    assert "line 99" in told
    assert "line 9\n" not in told
    assert "it FAILED (2)" in proof.section("bench", 2, "")


def test_the_head_says_what_was_measured_and_on_what():
    told = "\n".join(proof.head())
    assert "- Of: " in told
    assert "cores" in told
