import numpy as np

from broadcast.commands.bench_master import BEGIN, END, main, speechlike


def test_what_is_measured_is_as_long_as_it_says_and_always_the_same():
    first, second = (np.concatenate(list(speechlike(12, seed=4))) for _ in range(2))
    assert len(first) == 12 * 48_000
    assert (first == second).all()
    assert np.abs(first).max() > 1000


def test_the_table_goes_into_the_page_and_leaves_the_rest(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    assert main(["--minutes", "0.1", "--into", str(page)]) == 0
    text = page.read_text("utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert text.count("LUFS") == 6
    assert "horn" in capsys.readouterr().out
