"""The table's figures and words."""

import pytest

from benchmarks import records, report
from benchmarks.figures import Result, Row, better_by, middle_and_tail, percentile, written

NEVER = float("inf")


def a_row(**values):
    return Row("order10", "order shown, ms", lambda bench, name: (1.0,), **values)


def a_result(*product, baseline=(), note="", **values):
    at = "2026-11-21 12:00"
    return Result(a_row(**values), "order shown, ms", at, list(product), list(baseline), note)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 6), (0.9, 10), (0.99, 10), (1.0, 10)])
def test_a_percentile_is_one_of_the_values(share, value):
    assert percentile(range(10, 0, -1), share) == value


def test_without_a_value_there_is_no_middle():
    assert middle_and_tail([]) == (NEVER, NEVER)


@pytest.mark.parametrize(
    ("figure", "digits", "text"),
    [
        ((3.14159,), 2, "3.14"),
        ((7.25, 11.5), 1, "7.2 / 11.5"),
        ((1234.5,), 1, "1,234"),
        ((99.6,), 0, "100"),
        ((4.0, NEVER), 1, "4.0 / never"),
    ],
)
def test_a_figure_is_written_with_as_many_digits_as_it_is_worth(figure, digits, text):
    assert written(figure, digits) == text


def test_less_is_better_unless_said_otherwise():
    assert better_by(a_result((5.0, 8.0), baseline=[(20.0, 120.0)])) == "4.0x / 15x"
    assert better_by(a_result((600.0,), baseline=[(60.0,)], more_is_better=True)) == "10x"


def test_a_baseline_that_never_arrives_is_beaten_without_a_number():
    assert better_by(a_result((5.0,), baseline=[(NEVER,)])) == "∞"
    assert better_by(a_result((0.0,), baseline=[(5.0,)])) == "∞"


def test_a_row_without_a_baseline_has_no_ratio():
    assert better_by(a_result((5.0,))) == ""


@pytest.mark.parametrize(
    ("figures", "values", "met"),
    [
        ([(8.0, 12.0)], {"wanted": (8.0, 12.0)}, True),
        ([(8.0, 12.1)], {"wanted": (8.0, 12.0)}, False),
        ([(7.0,), (8.0,), (90.0,)], {"wanted": (8.0,)}, True),
        ([(549.0,)], {"wanted": (550.0,), "more_is_better": True}, False),
        ([(1.1, 500.0)], {"wanted": (1.2,)}, True),
        ([(40.0, 38.0)], {"keeps": lambda figure: figure[0] < figure[1] + 5}, True),
        ([(40.0,)], {}, None),
        ([], {"wanted": (8.0,)}, None),
    ],
)
def test_a_budget_is_kept_by_the_median_of_every_number(figures, values, met):
    assert a_result(*figures, **values).met is met


def test_a_line_of_the_table():
    result = a_result((6.0, 9.0), baseline=[(30.0, 45.0)], budget="8 / 12", wanted=(8.0, 12.0))

    line = report.line(result)

    assert line == "| order shown, ms | 6.0 / 9.0 | 30.0 / 45.0 | 5.0x / 5.0x | 8 / 12 | yes |"


def test_what_misses_its_budget_is_said_with_every_repetition():
    result = a_result((9.0,), (11.0,), (10.0,), budget="<= 8", wanted=(8.0,))

    page = report.page([result], "2 cores")

    assert "| **no** |" in page
    assert "- order shown, ms: 9.0, 11.0, 10.0 where the budget is <= 8." in page


def test_what_was_not_measured_is_said_with_its_reason():
    page = report.page([a_result(note="Chromium is not installed", wanted=(1.0,))], "2 cores")

    assert "| order shown, ms | not measured |" in page
    assert "- order shown, ms: Chromium is not installed" in page


def test_other_work_on_the_machine_is_not_kept_quiet():
    disturbed, quiet = a_result((5.0,)), a_result((5.0,))
    disturbed.busy = 0.634

    assert "Just before 1 of these 2 rows" in report.page([disturbed, quiet], "2 cores")
    assert "shared" not in report.page([quiet], "2 cores")


def test_rows_measured_by_themselves_join_those_kept(tmp_path):
    file = tmp_path / "results.json"
    kept = a_result((5.0,), (NEVER,), baseline=[(20.0,)], note="noisy")
    records.write(file, [kept])

    assert records.read(file, {"order10": kept.row}) == {"order10": kept}
    assert records.read(file, {}) == {}
    assert records.read(tmp_path / "none.json", {"order10": kept.row}) == {}
