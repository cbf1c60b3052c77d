import itertools

import pytest

from policypacks.engine.verdict import NOT_APPLICABLE, PASS, Answer, Verdict, all_of, any_of, fail, undetermined

FAIL = fail("a", "is wrong", "mend it")
OPEN = undetermined("b")
ALL = (PASS, FAIL, OPEN, NOT_APPLICABLE)


@pytest.mark.parametrize("verdicts", list(itertools.product(ALL, repeat=3)))
def test_all_of_is_decided_by_one_failure_whatever_is_unknown(verdicts: tuple[Verdict, ...]) -> None:
    answers = {verdict.answer for verdict in verdicts}
    expected = next(
        (answer for answer in (Answer.FAIL, Answer.UNDETERMINED, Answer.PASS) if answer in answers),
        Answer.NOT_APPLICABLE,
    )
    assert all_of(*verdicts).answer is expected


@pytest.mark.parametrize("verdicts", list(itertools.product(ALL, repeat=3)))
def test_any_of_is_decided_by_one_pass_whatever_is_unknown(verdicts: tuple[Verdict, ...]) -> None:
    answers = {verdict.answer for verdict in verdicts}
    expected = next(
        (answer for answer in (Answer.PASS, Answer.UNDETERMINED, Answer.FAIL) if answer in answers),
        Answer.NOT_APPLICABLE,
    )
    assert any_of(*verdicts).answer is expected


def test_faults_are_kept_once() -> None:
    assert all_of(FAIL, fail("c", "is wrong too"), FAIL).faults == (*FAIL.faults, *fail("c", "is wrong too").faults)


def test_unknown_paths_are_kept() -> None:
    assert all_of(OPEN, PASS, undetermined("c")).unknown == ("b", "c")


def test_nothing_is_not_applicable() -> None:
    assert all_of() == NOT_APPLICABLE == any_of()
